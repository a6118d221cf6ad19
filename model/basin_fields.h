/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_BASIN_FIELDS_H
#define NGUON_MODEL_BASIN_FIELDS_H

#include "model/basin.h"

/*
 * The keys of the basin file as tables. The same tables drive the reading of the file, changes by
 * path (--set, scenarios), the check of values, and the schema.
 */

struct basin_reader;
struct element;
struct field;
struct yaml_node;

/** Reads a key that no common kind covers. */
typedef void field_reader(struct basin_reader *reader, const struct element *element,
                          const struct field *field, const struct yaml_node *value);

enum field_kind {
    FIELD_TEXT,      /**< char *: text */
    FIELD_NUMBER,    /**< double: one figure, SI * per_si */
    FIELD_VARYING,   /**< struct varying */
    FIELD_YES_NO,    /**< bool: true or false */
    FIELD_WORD,      /**< int-sized enum: index into words */
    FIELD_WORD_BOOL, /**< bool: index into two words */
    FIELD_INTEGER,   /**< int */
    FIELD_YEAR,      /**< int; 0 for the word `calendar` where words is given */
    FIELD_SEED,      /**< uint64_t */
    FIELD_DATE,      /**< struct date */
    FIELD_RANGE,     /**< struct date_range: {from, to} */
    FIELD_NODE,      /**< int: index of a node */
    FIELD_RANK,      /**< int: index of a rank */
    FIELD_MAP,       /**< a map of further keys: the table `inside` */
    FIELD_SPECIAL    /**< by the function `read` */
};

enum field_flag {
    FIELD_REQUIRED = 1,
    FIELD_ABOVE_MIN = 2,   /**< min itself is not allowed */
    FIELD_BELOW_MAX = 4,   /**< max itself is not allowed */
    FIELD_FIXED = 8,       /**< no scenario and no --set may change it */
    FIELD_RUN_ONLY = 16,   /**< --set may change it, a scenario may not */
    FIELD_DERIVED = 32,    /**< scale and shift act on the resulting figure, though absent */
    FIELD_PER_YEAR = 64,   /**< a rate that must be per year */
    FIELD_OF_NODE = 128,   /**< stored in struct node, not in the struct of the kind */
    FIELD_NO_FIGURE = 256, /**< special keys that hold no figure to be flagged */
    FIELD_SIZE = 512,      /**< part of a size: changed only where given, in its dimension */
    FIELD_BY_ID = 1024,    /**< a map from ids to the keys of the table `inside` */
    FIELD_LIST = 2048,     /**< a list of maps of the keys of the table `inside` */
    FIELD_OF_ITEM = 4096,  /**< stored in an item of a list of the element: a zone, a stage */
    FIELD_OF_CAP = 8192    /**< one of the caps of such an item */
};

/** Forms a varying quantity may take, one bit for each enum varying_kind. */
enum {
    FORM_CONSTANT = 1u << VARYING_CONSTANT,
    FORM_ANY = 1u << VARYING_CONSTANT | 1u << VARYING_MONTHLY | 1u << VARYING_CURVE |
               1u << VARYING_YEARS | 1u << VARYING_SERIES,
    FORM_YEARS = 1u << VARYING_CONSTANT | 1u << VARYING_YEARS,
    FORM_LEVEL = FORM_ANY | 1u << VARYING_BY_LEVEL
};

struct field {
    const char *key;
    enum field_kind kind;
    unsigned dimensions; /**< allowed ones, one bit for each enum dimension */
    unsigned forms;
    unsigned flags;  /**< enum field_flag */
    double min, max; /**< SI */
    double per_si;   /**< stored = SI * per_si; 0 means 1 */
    size_t offset;
    const char *fallback;     /**< text that stands for an absent key, or NULL: zero bytes */
    const char *const *words; /**< NULL-terminated */
    field_reader *read;
    const struct field_table *inside;
    const char *doc;
};

struct field_table {
    const char *prefix; /**< "" or the path inside the element, "inflow.generate" */
    const struct field *field;
    int count;
};

enum section {
    SECTION_RUN,
    SECTION_CATCHMENTS,
    SECTION_RESERVOIRS,
    SECTION_JUNCTIONS,
    SECTION_WEIRS,
    SECTION_PLANTS,
    SECTION_WASTEWATER,
    SECTION_ESTUARIES,
    SECTION_SEAS,
    SECTION_AQUIFERS,
    SECTION_SOURCES,
    SECTION_DEMANDS,
    SECTION_LINKS,
    SECTION_SPLITS,
    SECTION_BLENDS,
    SECTION_LICENCES,
    SECTION_DROUGHT_PLANS,
    SECTION_QUALITY,
    SECTION_COUNT
};

enum { SECTION_TABLES_MAX = 16 };

/** One section of the file: its name, its keys and where its elements are kept. */
struct section_info {
    const char *name;
    enum node_kind kind; /**< NODE_KIND_COUNT for run, links and rules of links */
    size_t array_offset; /**< of the array's pointer in struct basin */
    size_t count_offset; /**< of its count */
    size_t element_size;
    const struct field_table *table[SECTION_TABLES_MAX]; /**< NULL-terminated; the first its own */
};

extern const struct section_info section_table[SECTION_COUNT];
extern const struct field_table generate_keys, donor_keys, forest_keys;
extern const struct field_table drought_plan_keys, drought_index_keys, drought_forecast_keys;
extern const struct field_table drought_flow_index_keys;
extern const struct field_table outlet_keys, dam_keys, design_flood_keys, substance_keys;
extern const struct field_table salt_keys, bay_keys, flood_window_keys;

/** Stands for the name of any model in the prefix of a table. */
#define MODEL_WORD "<model>"

/** Parameters and first fillings of each model, in the order of catchment_models; then what all
 *  share, and the keys of each way to compute evapotranspiration. */
extern const struct field_table catchment_model_keys[CATCHMENT_MODEL_COUNT];
extern const struct field_table shared_model_keys, oudin_keys, hargreaves_keys;

/** Whether the section holds nodes: not run, links, splits ... drought plans, substances. */
static inline bool
section_is_of_nodes(enum section section)
{
    return section > SECTION_RUN && section < SECTION_LINKS;
}

/** Number of elements in the array a section's elements are kept in. */
int section_array_count(const struct basin *basin, enum section section);

/** Address of element i of the section's array; the run settings for SECTION_RUN. */
void *section_element(const struct basin *basin, enum section section, int element_i);

/** Whether element i of the array belongs to the section (passages share one array, and spills
 *  stand among the links). */
bool section_holds(const struct basin *basin, enum section section, int element_i);

/** Node of an element, NULL for those of sections without nodes. */
struct node *section_node(const struct basin *basin, enum section section, int element_i);

/** Id of an element ("run" for the run settings) and its place in the file. */
const char *section_id(const struct basin *basin, enum section section, int element_i);

/*
 * Items of a list that paths reach by their id: zones of a reservoir, stages of a drought plan
 * (`drought_plans.ID.stages.ITEM.enter.storage`). The number of such an element says which item of
 * which element, and which of its caps.
 */
enum { ITEM_TABLES_MAX = 4, ITEM_ELEMENT_MAX = 1 << 16, ITEM_MAX = 1 << 7, CAP_MAX = 1 << 7 };

struct item_info {
    const char *word; /**< "zones", "stages"; NULL: the section has none */
    const struct field_table *table[ITEM_TABLES_MAX]; /**< prefixes without the item's id */
};

extern const struct item_info item_table[SECTION_COUNT];

/** Tables of items have numbers from SECTION_TABLES_MAX on. */
const struct field_table *section_table_of(enum section section, int table_i);

static inline int
item_number(int element_i, int item_i, int cap_i)
{
    return element_i | (item_i + 1) << 16 | cap_i << 23;
}

/** How many items an element has, and the id of one. */
int item_count(const struct basin *basin, enum section section, int element_i);
const char *item_id(const struct basin *basin, enum section section, int element_i, int item_i);

/** Which cap of an item is of the class, -1 for none. */
int item_cap(const struct basin *basin, enum section section, int element_i, int item_i,
             int class_i);

int item_cap_count(const struct basin *basin, enum section section, int element_i, int item_i);

/** Where a field of an item is stored. */
void *item_address(const struct basin *basin, enum section section, int number,
                   const struct field *field);

/** After a change of an item: lines that a stage is left by follow those that it is entered by. */
void follow_item(struct basin *basin, enum section section, int number, const struct field *field);

/** Element that a field's number belongs to, itself where it is no item. */
static inline int
element_of(const struct field *field, int element_i)
{
    return (field->flags & FIELD_OF_ITEM) != 0 ? element_i & (ITEM_ELEMENT_MAX - 1) : element_i;
}

/** Where a field of an element is stored. */
void *field_address(const struct basin *basin, enum section section, int element_i,
                    const struct field *field);

#endif
