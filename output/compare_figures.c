/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/compare_private.h"
#include "output/indicators.h"
#include "output/scorecard.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The figures of a file, scenario by scenario and element by element. */

#define SUPPLY_FIGURES                                                                             \
    8,                                                                                             \
    {                                                                                              \
        {"met_share", "met %", "%", false}, {"full_share", "steps full %", "%", false},            \
            {"worst_share", "worst step %", "%", true}, {"need", "need hm3/y", "hm3/year", false}, \
            {"supply", "supply hm3/y", "hm3/year", false},                                         \
            {"cut_by_rule", "cut by rule", "hm3/year", false},                                     \
            {"lack_of_water", "no water", "hm3/year", false},                                      \
        {                                                                                          \
            "lack_of_works", "no works", "hm3/year", false                                         \
        }                                                                                          \
    }

enum {
    SUPPLY_MET,
    SUPPLY_FULL,
    SUPPLY_WORST,
    SUPPLY_NEED,
    SUPPLY_SUPPLY,
    SUPPLY_RULE,
    SUPPLY_WATER,
    SUPPLY_WORKS
};

const struct compared_description compared_kinds[COMPARED_KIND_COUNT] = {
    [COMPARED_CLASS] = {"classes", "class", SUPPLY_FIGURES},
    [COMPARED_DISTRICT] = {"districts", "district", SUPPLY_FIGURES},
    [COMPARED_DEMAND] = {"demands", "demand", SUPPLY_FIGURES},
    [COMPARED_RESERVOIR] = {"reservoirs",
                            "reservoir",
                            8,
                            {{"lowest_storage", "lowest hm3", "hm3", true},
                             {"spill", "spill hm3/y", "hm3/year", false},
                             {"reserve_short_share", "reserve short %", "%", false},
                             {"lowest_level", "lowest m", "m", true},
                             {"inflow", "inflow hm3/y", "hm3/year", false},
                             {"evaporation", "evaporation hm3/y", "hm3/year", false},
                             {"spilling_share", "spilling %", "%", false},
                             {"in_zone_share", "in a zone %", "%", false}}},
    [COMPARED_TARGET] = {"targets",
                         "target",
                         2,
                         {{"score", "score %", "%", false}, {"worst_score", "worst %", "%", true}}},
};

void
note_add(struct notes *notes, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    char **larger =
        text != NULL ? realloc(notes->text, (size_t)(notes->count + 1) * sizeof *larger) : NULL;
    if (larger == NULL) {
        free(text);
        notes->failed = true;
        return;
    }
    notes->text = larger;
    notes->text[notes->count++] = text;
}

/* ---- indicators --------------------------------------------------------------------------------
 */

/* An indicator in the unit that this program gives it; without values, and a note, where the file
 * has it in another or not at all. */
static struct figures
read_indicator(struct compared_file *file, const char *name, int count, struct notes *notes)
{
    const char *wanted = "";
    char path[128];
    for (int i = 0; i < indicator_count; i++)
        if (strcmp(indicators[i].name, name) == 0)
            wanted = indicators[i].units;
    snprintf(path, sizeof path, "indicators/%s", name);
    struct figures figures = view_figures(&file->view, name, count);
    if (figures.value == NULL) {
        note_add(notes, "'%s' (made by %s) has no %s: figures made from it are not compared",
                 file->reader.path, file->reader.source, name);
        file->view.failed = false;
        return figures;
    }
    char *units = reader_attribute(&file->reader, path, "units");
    if (units == NULL || strcmp(units, wanted) != 0) {
        note_add(notes, "'%s' has %s in '%s', not in '%s': figures made from it are not compared",
                 file->reader.path, name, units != NULL ? units : "no unit", wanted);
        free(figures.value);
        figures.value = NULL;
    }
    free(units);
    return figures;
}

/* NAN where the indicator is missing. */
static double
known(const struct figures *figures, int scenario_s, int element)
{
    return figures->value != NULL ? figure(figures, scenario_s, element) : (double)NAN;
}

static enum status
make_set(struct compared_set *set, const struct compared_file *file, enum compared_kind kind,
         struct error *err)
{
    size_t length = (size_t)file->reader.scenario_count * (size_t)set->count *
                    (size_t)compared_kinds[kind].figure_count;
    set->amount = calloc(length + 1, sizeof *set->amount);
    if (set->amount == NULL || set->id == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the figures of '%s'",
                         file->reader.path);
    return STATUS_OK;
}

static struct amount *
amounts_of(const struct compared_set *set, enum compared_kind kind, int scenario_s, int element)
{
    return set->amount +
           ((long)scenario_s * set->count + element) * compared_kinds[kind].figure_count;
}

/* ---- supply ------------------------------------------------------------------------------------
 */

enum {
    READ_NEED,
    READ_SUPPLY,
    READ_RULE,
    READ_WATER,
    READ_WORKS,
    READ_STEPS,
    READ_SHORT,
    READ_WORST,
    READ_COUNT
};

/* Group of each demand by a key, and the names of the groups; "(none)" for an empty one. */
static enum status
group_demands(char *const *key, int demand_count, struct compared_set *set, int *group,
              struct error *err)
{
    set->id = calloc((size_t)demand_count + 1, sizeof *set->id);
    for (int d = 0; d < demand_count && set->id != NULL; d++) {
        const char *name = key[d][0] != '\0' ? key[d] : "(none)";
        group[d] = compared_find(set, name);
        if (group[d] >= 0)
            continue;
        group[d] = set->count;
        set->id[set->count] = strdup(name);
        if (set->id[set->count++] == NULL)
            return error_set(err, STATUS_MEMORY, "out of memory for the names of demands");
    }
    return STATUS_OK;
}

static void
add_supply(struct amount *amount, const struct figures *read, int scenario_s, int demand_d,
           double years)
{
    double value[READ_COUNT];
    for (int i = 0; i < READ_COUNT; i++)
        value[i] = known(&read[i], scenario_s, demand_d);
    const double volume[] = {value[READ_NEED], value[READ_SUPPLY], value[READ_RULE],
                             value[READ_WATER] - value[READ_WORKS], value[READ_WORKS]};
    bool first = !(amount[SUPPLY_WORST].whole > 0.0);
    amount[SUPPLY_MET].part += 100.0 * value[READ_SUPPLY];
    amount[SUPPLY_MET].whole += value[READ_NEED];
    amount[SUPPLY_FULL].part += 100.0 * (value[READ_STEPS] - value[READ_SHORT]);
    amount[SUPPLY_FULL].whole += value[READ_STEPS];
    if (first || 100.0 * value[READ_WORST] < amount[SUPPLY_WORST].part)
        amount[SUPPLY_WORST].part = 100.0 * value[READ_WORST];
    amount[SUPPLY_WORST].whole = 1.0;
    for (int i = SUPPLY_NEED; i <= SUPPLY_WORKS; i++) {
        amount[i].part += volume[i - SUPPLY_NEED] / 1e6;
        amount[i].whole = years;
    }
}

static enum status
read_supply_kind(struct compared_file *file, enum compared_kind kind, const char *key_name,
                 const struct figures *read, int demand_count, struct error *err)
{
    enum status status = STATUS_OK;
    struct compared_set *set = &file->set[kind];
    int *group = calloc((size_t)demand_count + 1, sizeof *group);
    char **key = view_texts(&file->view, key_name, demand_count);
    if (group == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the demands"));
    if (key == NULL)
        TRY(error_set(err, STATUS_INPUT, "'%s' is damaged: %s is missing", file->reader.path,
                      key_name));
    TRY(group_demands(key, demand_count, set, group, err));
    TRY(make_set(set, file, kind, err));
    for (int s = 0; s < file->reader.scenario_count; s++)
        for (int d = 0; d < demand_count; d++)
            add_supply(amounts_of(set, kind, s, group[d]), read, s, d, file->view.years);
out:
    texts_free(key, key != NULL ? demand_count : 0);
    free(group);
    return status;
}

static enum status
read_supply(struct compared_file *file, struct notes *notes, struct error *err)
{
    static const char *const names[READ_COUNT] = {"demand_demand_m3",
                                                  "demand_supply_m3",
                                                  "demand_shortage_rule_m3",
                                                  "demand_shortage_water_m3",
                                                  "demand_shortage_structural_m3",
                                                  "demand_steps_with_demand",
                                                  "demand_steps_short",
                                                  "demand_worst_share"};
    enum status status = STATUS_OK;
    struct figures read[READ_COUNT] = {0};
    int count = view_count(&file->view, "demand");
    if (count == 0)
        return STATUS_OK;
    for (int i = 0; i < READ_COUNT; i++)
        read[i] = read_indicator(file, names[i], count, notes);
    TRY(read_supply_kind(file, COMPARED_CLASS, "demand_class", read, count, err));
    TRY(read_supply_kind(file, COMPARED_DISTRICT, "demand_district", read, count, err));
    TRY(read_supply_kind(file, COMPARED_DEMAND, "demand", read, count, err));
out:
    for (int i = 0; i < READ_COUNT; i++)
        free(read[i].value);
    return status;
}

/* ---- reservoirs and targets --------------------------------------------------------------------
 */

static enum status
read_reservoirs(struct compared_file *file, struct notes *notes, struct error *err)
{
    static const char *const names[] = {
        "reservoir_minimum_storage_m3",  "reservoir_spill_m3",
        "reservoir_steps_reserve_short", "reservoir_minimum_level_m",
        "reservoir_inflow_m3",           "reservoir_evaporation_m3",
        "reservoir_steps_spilling",      "reservoir_steps_in_zone_below_target"};
    enum { FIGURE_COUNT = sizeof names / sizeof *names };
    enum status status = STATUS_OK;
    struct compared_set *set = &file->set[COMPARED_RESERVOIR];
    const double years = file->view.years, steps = file->reader.step_count;
    struct figures read[FIGURE_COUNT] = {0};
    int count = view_count(&file->view, "reservoir");
    if (count == 0)
        return STATUS_OK;
    const struct amount scale[FIGURE_COUNT] = {{1e-6, 1.0},    {1e-6, years}, {100.0, steps},
                                               {1.0, 1.0},     {1e-6, years}, {1e-6, years},
                                               {100.0, steps}, {100.0, steps}};
    for (int i = 0; i < FIGURE_COUNT; i++)
        read[i] = read_indicator(file, names[i], count, notes);
    set->id = reader_texts(&file->reader, "reservoir", &set->count);
    TRY(make_set(set, file, COMPARED_RESERVOIR, err));
    for (int s = 0; s < file->reader.scenario_count; s++)
        for (int r = 0; r < count; r++) {
            struct amount *amount = amounts_of(set, COMPARED_RESERVOIR, s, r);
            for (int i = 0; i < FIGURE_COUNT; i++)
                amount[i] = (struct amount){scale[i].part * known(&read[i], s, r), scale[i].whole};
        }
out:
    for (int i = 0; i < FIGURE_COUNT; i++)
        free(read[i].value);
    return status;
}

/* Scores; a run that cannot be scored, such as one without people, has none, with a note. */
static enum status
read_targets(struct compared_file *file, const struct compare_options *options, struct notes *notes,
             struct error *err)
{
    struct scorecard_values values;
    struct error cause = {0};
    struct compared_set *set = &file->set[COMPARED_TARGET];
    enum status status = scorecard_measure(file->reader.path, options->targets_path,
                                           options->class_id, &values, &cause);
    if (status == STATUS_MEMORY)
        return error_set(err, status, "%s", cause.text);
    if (status != STATUS_OK) {
        note_add(notes, "targets are not compared: %s", cause.text);
        return STATUS_OK;
    }
    set->count = values.target_count;
    set->id = values.id;
    values.id = NULL;
    status = make_set(set, file, COMPARED_TARGET, err);
    for (int s = 0; s < values.scenario_count && status == STATUS_OK; s++)
        for (int i = 0; i < values.target_count; i++) {
            double score = 100.0 * values.value[(long)s * values.target_count + i];
            struct amount *amount = amounts_of(set, COMPARED_TARGET, s, i);
            amount[0] = amount[1] = (struct amount){score, 1.0};
        }
    scorecard_values_free(&values);
    return status;
}

enum status
compared_figures_read(struct compared_file *file, const struct compare_options *options,
                      struct notes *notes, struct error *err)
{
    enum status status = STATUS_OK;
    TRY(read_supply(file, notes, err));
    TRY(read_reservoirs(file, notes, err));
    if (options->targets_path != NULL && compared_is_wanted(options, COMPARED_TARGET))
        TRY(read_targets(file, options, notes, err));
out:
    return status;
}

void
compared_figures_free(struct compared_file *file)
{
    for (int kind = 0; kind < COMPARED_KIND_COUNT; kind++) {
        struct compared_set *set = &file->set[kind];
        texts_free(set->id, set->id != NULL ? set->count : 0);
        free(set->amount);
        *set = (struct compared_set){0};
    }
}
