/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include "model/climate_change.h"
#include "model/reservoir.h"
#include "solvers/standardised_index.h"

#include <math.h>
#include <string.h>

/* The section drought_plans: its keys, the stages of a plan, and what they mean together. */

enum { STAGES_MAX = 100, NAMES_MAX = 10000, INDEX_YEARS_LEAST = 10 };

const char *const drought_trigger_words[TRIGGER_COUNT] = {"storage", "spi", "forecast", "ssi"};

#define AT(type, member) .offset = offsetof(struct type, member)
#define VARIES(unit, low, high)                                                                    \
    .kind = FIELD_VARYING, .dimensions = unit, .forms = FORM_ANY, .min = low, .max = high
#define TABLE(rows, path)                                                                          \
    {                                                                                              \
        .prefix = path, .field = rows, .count = sizeof rows / sizeof rows[0]                       \
    }
enum {
    SHARE = 1 << DIMENSION_NONE,
    VOLUME = 1 << DIMENSION_VOLUME,
    FLOW = 1 << DIMENSION_FLOW,
    SPEED = 1 << DIMENSION_SPEED,
    TIME = 1 << DIMENSION_TIME
};

static field_reader read_lakes, read_demands, read_districts, read_reference, read_stages,
    read_flow_reference, read_stage_caps, read_opens;

/* ---- keys -------------------------------------------------------------------------------------
 */

#define TRIGGERS(side)                                                                             \
    {"storage", VARIES(VOLUME | SHARE, 0, INFINITY), AT(drought_stage, side[TRIGGER_STORAGE]),     \
     .doc = "joint storage of the lakes, or its share of their capacity"},                         \
        {"spi", VARIES(SHARE, -10, 10), AT(drought_stage, side[TRIGGER_INDEX]),                    \
         .doc = "standardised index of the rain of the months that have ended"},                   \
        {"ssi", VARIES(SHARE, -10, 10), AT(drought_stage, side[TRIGGER_FLOW]),                     \
         .doc = "standardised index of the streamflow of the months that have ended"},             \
    {                                                                                              \
        "forecast", VARIES(VOLUME | SHARE, 0, INFINITY),                                           \
            AT(drought_stage, side[TRIGGER_FORECAST]),                                             \
            .doc = "inflow of the time ahead, or its share of the normal inflow"                   \
    }

static const struct field enter_rows[] = {TRIGGERS(enter)};
static const struct field leave_rows[] = {TRIGGERS(leave)};
static const struct field_table enter_keys = TABLE(enter_rows, "");
static const struct field_table leave_keys = TABLE(leave_rows, "");

static const struct field stage_rows[] = {
    {"id", .kind = FIELD_TEXT, AT(drought_stage, id), .flags = FIELD_REQUIRED,
     .doc = "name of the stage"},
    {"enter", .kind = FIELD_MAP, .inside = &enter_keys, .flags = FIELD_REQUIRED,
     .doc = "lines below any of which the stage begins"},
    {"leave", .kind = FIELD_MAP, .inside = &leave_keys,
     .doc = "lines above all of which it ends; default those of enter"},
    {"hold", .kind = FIELD_NUMBER, .dimensions = TIME, .min = 0, .max = 1e9,
     AT(drought_stage, hold_s), .fallback = "0 d", .doc = "least time in the stage"},
    {"caps", .kind = FIELD_SPECIAL, .read = read_stage_caps,
     .doc = "{class: share of its demand} from this stage on"},
    {"opens", .kind = FIELD_SPECIAL, .read = read_opens, .flags = FIELD_NO_FIGURE,
     .doc = "links.ID, or all links but rivers out of sources.ID, reservoirs.ID ...: in service "
            "from this stage on"},
};
static const struct field_table stage_keys = TABLE(stage_rows, "");

static const struct field index_rows[] = {
    {"rain", VARIES(SPEED, 0, INFINITY), AT(drought_plan, rain), .flags = FIELD_REQUIRED,
     .doc = "rain whose sums are standardised, a series"},
    {"scale", .kind = FIELD_INTEGER, .min = 1, .max = SCALE_MAX, AT(drought_plan, scale),
     .fallback = "3", .flags = FIELD_FIXED, .doc = "months that are summed"},
    {"reference", .kind = FIELD_SPECIAL, .read = read_reference,
     .flags = FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "years that the index is fitted to, 1991-2020; default all of the run"},
};
const struct field_table drought_index_keys = TABLE(index_rows, "spi");

static const struct field flow_index_rows[] = {
    {"flow", VARIES(FLOW, 0, INFINITY), AT(drought_plan, flow),
     .doc = "streamflow whose sums are standardised, a series; default the run's own runoff to the "
            "lakes"},
    {"scale", .kind = FIELD_INTEGER, .min = 1, .max = SCALE_MAX, AT(drought_plan, flow_scale),
     .fallback = "3", .flags = FIELD_FIXED, .doc = "months that are summed"},
    {"reference", .kind = FIELD_SPECIAL, .read = read_flow_reference,
     .flags = FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "years that the index is fitted to, 1991-2020; default all of the run"},
};
const struct field_table drought_flow_index_keys = TABLE(flow_index_rows, "ssi");

static const struct field forecast_rows[] = {
    {"window", .kind = FIELD_NUMBER, .dimensions = TIME, .min = 0, .max = 1e8,
     AT(drought_plan, window_s), .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN | FIELD_FIXED,
     .doc = "time ahead that is looked at"},
    {"normal", VARIES(FLOW, 0, INFINITY), AT(drought_plan, normal),
     .doc = "normal inflow, that shares are of"},
    {"inflow", VARIES(FLOW, 0, INFINITY), AT(drought_plan, forecast),
     .doc = "forecast inflow; default the runoff of the run itself (a perfect forecast)"},
};
const struct field_table drought_forecast_keys = TABLE(forecast_rows, "forecast");

static const struct field plan_rows[] = {
    {"enabled", .kind = FIELD_YES_NO, AT(drought_plan, enabled), .fallback = "true",
     .doc = "false: no stage is ever entered"},
    {"districts", .kind = FIELD_SPECIAL, .read = read_districts,
     .flags = FIELD_FIXED | FIELD_NO_FIGURE, .doc = "whose demands it cuts; default all"},
    {"demands", .kind = FIELD_SPECIAL, .read = read_demands, .flags = FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "demands that it cuts besides"},
    {"storage_of", .kind = FIELD_SPECIAL, .read = read_lakes,
     .flags = FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "lakes whose joint storage is looked at; default those of its districts but reserves"},
    {"spi", .kind = FIELD_MAP, .inside = &drought_index_keys, .flags = FIELD_FIXED,
     .doc = "the index that stages may look at"},
    {"ssi", .kind = FIELD_MAP, .inside = &drought_flow_index_keys, .flags = FIELD_FIXED,
     .doc = "the index of streamflow that stages may look at"},
    {"forecast", .kind = FIELD_MAP, .inside = &drought_forecast_keys, .flags = FIELD_FIXED,
     .doc = "the forecast that stages may look at"},
    {"stages", .kind = FIELD_SPECIAL, .read = read_stages, .inside = &stage_keys,
     .flags = FIELD_REQUIRED | FIELD_FIXED | FIELD_LIST, .doc = "from mild to severe"},
    {"note", .kind = FIELD_TEXT, AT(drought_plan, note), .flags = FIELD_FIXED, .doc = "free text"},
    {"flags", .kind = FIELD_SPECIAL, .read = read_flags, .flags = FIELD_FIXED | FIELD_NO_FIGURE,
     .doc = "where the figures of keys come from"},
};
const struct field_table drought_plan_keys = TABLE(plan_rows, "");

/* ---- names ------------------------------------------------------------------------------------
 */

/* A list of texts, or one of them; the number of entries, -1 with a fault. */
static int
entry_count(struct basin_reader *reader, const char *key, const struct yaml_node *value)
{
    int count = value->kind == YAML_LIST ? value->count : value->kind == YAML_TEXT ? 1 : 0;
    if (count > 0 && count <= NAMES_MAX)
        return count;
    fault(reader, value, "'%s' must be a list of names", key);
    return -1;
}

static const struct yaml_node *
entry(const struct yaml_node *value, int i)
{
    return value->kind == YAML_LIST ? &value->value[i] : value;
}

/* Numbers, in their kind, of the nodes of one kind that a list names. */
static int
read_nodes_of(struct basin_reader *reader, const char *key, enum node_kind kind,
              const struct yaml_node *value, int **out)
{
    int count = entry_count(reader, key, value), found = 0;
    *out = arena_alloc(reader->arena, (size_t)(count > 0 ? count : 0), sizeof **out);
    for (int i = 0; i < count && *out != NULL; i++) {
        int node_i = find_node(reader, key, entry(value, i));
        const struct node *node = node_i >= 0 ? &reader->basin->node[node_i] : NULL;
        if (node != NULL && node->kind != kind)
            fault(reader, entry(value, i), "'%s' names '%s', which is a %s, not a %s", key,
                  node->id, node_kind_name(node->kind), node_kind_name(kind));
        else if (node != NULL)
            (*out)[found++] = node->kind_i;
    }
    return found;
}

static void
read_lakes(struct basin_reader *reader, const struct element *element, const struct field *field,
           const struct yaml_node *value)
{
    struct drought_plan *plan = element->base;
    plan->lake_count = read_nodes_of(reader, field->key, NODE_RESERVOIR, value, &plan->lake_r);
}

static void
read_demands(struct basin_reader *reader, const struct element *element, const struct field *field,
             const struct yaml_node *value)
{
    struct drought_plan *plan = element->base;
    plan->named_count = read_nodes_of(reader, field->key, NODE_DEMAND, value, &plan->named_d);
}

static bool
in_district(const struct drought_plan *plan, const struct node *node)
{
    for (int i = 0; i < plan->district_count && node->district != NULL; i++)
        if (strcmp(plan->district[i], node->district) == 0)
            return true;
    return false;
}

static void
read_districts(struct basin_reader *reader, const struct element *element,
               const struct field *field, const struct yaml_node *value)
{
    const struct basin *basin = reader->basin;
    struct drought_plan *plan = element->base;
    int count = entry_count(reader, field->key, value), known_count = 0;
    const char **known = arena_alloc(reader->scratch, (size_t)basin->node_count, sizeof *known);
    plan->district = arena_alloc(reader->arena, (size_t)(count > 0 ? count : 0), sizeof(char *));
    for (int i = 0; i < basin->node_count && known != NULL; i++)
        if (basin->node[i].district != NULL)
            known[known_count++] = basin->node[i].district;
    for (int i = 0; i < count && plan->district != NULL && known != NULL; i++) {
        const struct yaml_node *word = entry(value, i);
        if (!require_text(reader, field->key, word))
            continue;
        bool found = false;
        for (int k = 0; k < known_count; k++)
            found = found || strcmp(known[k], word->text) == 0;
        if (!found)
            fault(reader, word, "'%s' names '%s', which is the district of no node%s", field->key,
                  word->text, did_you_mean(reader, word->text, known, known_count));
        plan->district[plan->district_count++] = arena_text(reader->arena, word->text);
    }
}

static void
read_years(struct basin_reader *reader, const struct field *field, const struct yaml_node *value,
           int *first, int *last)
{
    struct year_span years;
    if (!require_text(reader, field->key, value))
        return;
    if (!year_span_parse(value->text, &years)) {
        fault(reader, value, "'%s' is years such as 1991-2020, not '%s'", field->key, value->text);
        return;
    }
    *first = years.first;
    *last = years.last;
}

static void
read_reference(struct basin_reader *reader, const struct element *element,
               const struct field *field, const struct yaml_node *value)
{
    struct drought_plan *plan = element->base;
    read_years(reader, field, value, &plan->reference_first, &plan->reference_last);
}

static void
read_flow_reference(struct basin_reader *reader, const struct element *element,
                    const struct field *field, const struct yaml_node *value)
{
    struct drought_plan *plan = element->base;
    read_years(reader, field, value, &plan->flow_reference_first, &plan->flow_reference_last);
}

/* ---- stages -----------------------------------------------------------------------------------
 */

static void
read_stage_caps(struct basin_reader *reader, const struct element *element,
                const struct field *field, const struct yaml_node *value)
{
    (void)field;
    struct drought_stage *stage = element->base;
    read_caps(reader, value, &stage->cap_count, &stage->cap_class_i, &stage->cap);
}

static void
open_link(struct drought_stage *stage, int link_l)
{
    for (int i = 0; i < stage->link_count; i++)
        if (stage->link_i[i] == link_l)
            return;
    stage->link_i[stage->link_count++] = link_l;
}

/* All links that leave a node but rivers and spillways, which no plan closes. */
static void
open_node(struct basin_reader *reader, const struct yaml_node *at, int node_i,
          struct drought_stage *stage)
{
    const struct basin *basin = reader->basin;
    int before = stage->link_count;
    for (int l = 0; l < basin->link_count; l++)
        if (basin->link[l].from == node_i && !basin->link[l].is_spill &&
            basin->link[l].kind != LINK_RIVER)
            open_link(stage, l);
    if (stage->link_count == before)
        fault(reader, at, "'opens' names '%s', which no pipe, pump or other link but rivers leaves",
              basin->node[node_i].id);
}

/* section.id */
static void
read_opened(struct basin_reader *reader, const struct yaml_node *word, struct drought_stage *stage)
{
    const struct basin *basin = reader->basin;
    const char *dot = word->kind == YAML_TEXT ? strchr(word->text, '.') : NULL;
    enum section section = SECTION_CATCHMENTS;
    for (; dot != NULL && section <= SECTION_LINKS; section++)
        if (strlen(section_table[section].name) == (size_t)(dot - word->text) &&
            strncmp(section_table[section].name, word->text, (size_t)(dot - word->text)) == 0)
            break;
    if (dot == NULL || section > SECTION_LINKS) {
        fault(reader, word,
              "'opens' is a list of links.ID, sources.ID, reservoirs.ID ..., not '%s'",
              word->kind == YAML_TEXT ? word->text : yaml_kind_name(word->kind));
        return;
    }
    struct yaml_node id = *word;
    id.text = dot + 1;
    if (section == SECTION_LINKS) {
        int link_l = find_link(reader, "opens", &id);
        if (link_l >= 0 && (basin->link[link_l].is_spill || basin->link[link_l].kind == LINK_RIVER))
            fault(reader, word, "'opens' names '%s', a %s, which no plan closes", id.text,
                  basin->link[link_l].is_spill ? "spillway" : "river");
        else if (link_l >= 0)
            open_link(stage, link_l);
        return;
    }
    int node_i = find_node(reader, "opens", &id);
    if (node_i < 0)
        return;
    if (basin->node[node_i].kind != section_table[section].kind)
        fault(reader, word, "'opens' names '%s', but '%s' is a %s", word->text, id.text,
              node_kind_name(basin->node[node_i].kind));
    else
        open_node(reader, word, node_i, stage);
}

static void
read_opens(struct basin_reader *reader, const struct element *element, const struct field *field,
           const struct yaml_node *value)
{
    struct drought_stage *stage = element->base;
    int count = entry_count(reader, field->key, value);
    stage->link_i =
        arena_alloc(reader->arena, (size_t)reader->basin->link_count, sizeof *stage->link_i);
    for (int i = 0; i < count && stage->link_i != NULL; i++)
        read_opened(reader, entry(value, i), stage);
}

/* ---- checks -----------------------------------------------------------------------------------
 */

/* The first day of the year on which `low` lies above `high`; 0 if on none, or if one of them is
 * only known in the run. */
static int
first_day_above(const struct varying *low, const struct varying *high, const struct timeaxis *year,
                double *low_value, double *high_value)
{
    if (!line_is_rule(low) || !line_is_rule(high) || low->dimension != high->dimension)
        return 0;
    for (int t = 0; t < year->step_count; t++) {
        struct moment moment = {.axis = year, .step_t = t};
        *low_value = moment_value(&moment, low);
        *high_value = moment_value(&moment, high);
        if (*low_value > *high_value + 1e-9 * fabs(*high_value))
            return t + 1;
    }
    return 0;
}

/* "40 %", "12 hm3" or "-1" of a line. */
static const char *
line_text(const struct basin_reader *reader, const struct varying *line, int trigger, double value)
{
    const char *text = line->dimension == DIMENSION_VOLUME
                           ? arena_format(reader->scratch, "%.6g hm3", value / 1e6)
                       : trigger == TRIGGER_INDEX || trigger == TRIGGER_FLOW
                           ? arena_format(reader->scratch, "%.6g", value)
                           : arena_format(reader->scratch, "%.6g %%", 100.0 * value);
    return text != NULL ? text : "";
}

static void
check_hysteresis(struct basin_reader *reader, const struct yaml_node *at,
                 const struct drought_stage *stage, int trigger, const struct timeaxis *year)
{
    const struct varying *enter = &stage->enter[trigger], *leave = &stage->leave[trigger];
    double entered, left;
    if (enter->kind == VARYING_ABSENT || leave->kind == VARYING_ABSENT)
        return;
    if (enter->dimension != leave->dimension) {
        fault(reader, at, "stage '%s' is entered by %s and left by %s of '%s'; both must be one",
              stage->id, dimension_name(enter->dimension), dimension_name(leave->dimension),
              drought_trigger_words[trigger]);
        return;
    }
    int day = first_day_above(enter, leave, year, &entered, &left);
    if (day > 0)
        fault(reader, at,
              "stage '%s' would be left before it is entered: on %02d-%02d it is entered below %s "
              "%s and left above %s",
              stage->id, year->month[day - 1], year->day[day - 1], drought_trigger_words[trigger],
              line_text(reader, enter, trigger, entered), line_text(reader, leave, trigger, left));
}

static void
check_stage_order(struct basin_reader *reader, const struct yaml_node *at,
                  const struct drought_stage *mild, const struct drought_stage *severe, int trigger,
                  const struct timeaxis *year)
{
    const struct varying *upper = &mild->enter[trigger], *lower = &severe->enter[trigger];
    double low, high;
    if (upper->kind == VARYING_ABSENT || lower->kind == VARYING_ABSENT)
        return;
    int day = first_day_above(lower, upper, year, &low, &high);
    if (day > 0)
        fault(
            reader, at,
            "stages must be listed from mild to severe: on %02d-%02d '%s' is entered below %s %s, "
            "'%s' before it below %s",
            year->month[day - 1], year->day[day - 1], severe->id, drought_trigger_words[trigger],
            line_text(reader, lower, trigger, low), mild->id,
            line_text(reader, upper, trigger, high));
}

/* That what a line looks at is there. */
static void
check_trigger(struct basin_reader *reader, const struct yaml_node *at,
              const struct drought_plan *plan, const struct varying *line, int trigger)
{
    if (line->kind == VARYING_ABSENT)
        return;
    if (trigger == TRIGGER_INDEX && plan->rain.kind == VARYING_ABSENT)
        fault(reader, at, "'spi' needs the key 'spi' of the plan: {rain: {series: ...}, scale: 3}");
    if (trigger == TRIGGER_FLOW && plan->flow_scale == 0)
        fault(reader, at, "'ssi' needs the key 'ssi' of the plan: {scale: 3}");
    if (trigger == TRIGGER_FORECAST && !(plan->window_s > 0.0))
        fault(reader, at, "'forecast' needs the key 'forecast' of the plan: {window: 30 d}");
    else if (trigger == TRIGGER_FORECAST && line->dimension == DIMENSION_NONE &&
             plan->normal.kind == VARYING_ABSENT)
        fault(reader, at, "a share of the normal inflow needs 'forecast: {normal: ...}'");
    if (trigger != TRIGGER_STORAGE || line->dimension != DIMENSION_NONE)
        return;
    for (int i = 0; i < line->count; i++)
        if (line->value[i] > 1.0) {
            fault(reader, at, "'storage' is %.6g %% of the lakes' capacity; it is at most 100 %%",
                  100.0 * line->value[i]);
            return;
        }
}

/* A stage by itself and against the one before it. */
static void
check_stage(struct basin_reader *reader, const struct yaml_node *at, struct drought_plan *plan,
            const struct timeaxis *year)
{
    struct drought_stage *stage = &plan->stage[plan->stage_count - 1];
    bool any = false;
    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
        check_trigger(reader, at, plan, &stage->enter[trigger], trigger);
        check_trigger(reader, at, plan, &stage->leave[trigger], trigger);
        check_hysteresis(reader, at, stage, trigger, year);
        if (plan->stage_count > 1)
            check_stage_order(reader, at, stage - 1, stage, trigger, year);
        any = any || stage->enter[trigger].kind != VARYING_ABSENT;
        stage->leaves_as_entered[trigger] = stage->leave[trigger].kind == VARYING_ABSENT;
    }
    drought_stage_follow(stage);
    if (!any && yaml_find(at, "enter") != NULL)
        fault(reader, at,
              "'enter' of stage '%s' needs a line: 'storage', 'spi', 'ssi' or 'forecast'",
              stage->id);
}

/* The next stage of a plan; false with faults. */
static bool
read_stage(struct basin_reader *reader, const struct element *element, const struct yaml_node *map,
           struct drought_plan *plan)
{
    static const struct field_table *const tables[] = {&stage_keys, NULL};
    struct element inner = *element;
    struct drought_stage *stage = &plan->stage[plan->stage_count];
    inner.id = arena_format(reader->scratch, "%s.stages", element->id);
    inner.base = stage;
    inner.at = inner.yaml = map;
    if (map->kind != YAML_MAP || inner.id == NULL) {
        fault(reader, map, "a stage is {id: ..., enter: {...}, caps: {...}}");
        return false;
    }
    read_fields(reader, &inner, tables, map);
    if (stage->id == NULL)
        return false; /* reported as missing */
    plan->stage_count++;
    if (!id_is_valid(stage->id) || strcmp(stage->id, "normal") == 0)
        fault(reader, map, "stage id '%s' may only hold a-z, 0-9 and _, and not be 'normal'",
              stage->id);
    for (int j = 0; j + 1 < plan->stage_count; j++)
        if (strcmp(plan->stage[j].id, stage->id) == 0)
            fault(reader, map, "stage '%s' stands twice", stage->id);
    return true;
}

static void
read_stages(struct basin_reader *reader, const struct element *element, const struct field *field,
            const struct yaml_node *value)
{
    struct drought_plan *plan = element->base;
    if (value->kind != YAML_LIST || value->count == 0 || value->count > STAGES_MAX) {
        fault(reader, value, "'%s' must be a list of stages, from mild to severe", field->key);
        return;
    }
    struct timeaxis year = {0};
    plan->stage = arena_alloc(reader->arena, (size_t)value->count, sizeof *plan->stage);
    if (timeaxis_init(&year, STEP_DAILY, (struct date){2000, 1, 1, 0},
                      (struct date){2000, 12, 31, 0}, NULL) != STATUS_OK)
        reader->arena->failed = true;
    for (int i = 0; i < value->count && !reader->arena->failed; i++)
        if (read_stage(reader, element, &value->value[i], plan))
            check_stage(reader, &value->value[i], plan, &year);
    timeaxis_finish(&year);
}

/* ---- the plan as a whole ----------------------------------------------------------------------
 */

/* Demands that the caps cut, and lakes that are looked at where the file names none. */
static bool
find_scope(struct basin_reader *reader, struct drought_plan *plan, bool lakes_given)
{
    const struct basin *basin = reader->basin;
    bool all = plan->district_count == 0 && plan->named_count == 0;
    plan->holds_for =
        arena_alloc(reader->arena, (size_t)basin->demand_count, sizeof *plan->holds_for);
    if (plan->holds_for == NULL)
        return false;
    for (int d = 0; d < basin->demand_count; d++)
        plan->holds_for[d] = all || in_district(plan, &basin->node[basin->demand[d].node_i]);
    for (int i = 0; i < plan->named_count; i++)
        plan->holds_for[plan->named_d[i]] = true;
    if (lakes_given)
        return true;
    plan->lake_r = arena_alloc(reader->arena, (size_t)basin->reservoir_count, sizeof *plan->lake_r);
    for (int r = 0; r < basin->reservoir_count && plan->lake_r != NULL; r++)
        if (!basin->reservoir[r].reserve &&
            (plan->district_count == 0 ||
             in_district(plan, &basin->node[basin->reservoir[r].node_i])))
            plan->lake_r[plan->lake_count++] = r;
    return plan->lake_r != NULL;
}

/* Whether a cap of the stage falls on any demand. */
static bool
cuts_anyone(const struct basin *basin, const struct drought_plan *plan,
            const struct drought_stage *stage)
{
    for (int i = 0; i < stage->cap_count; i++)
        for (int d = 0; d < basin->demand_count; d++)
            if (plan->holds_for[d] && stage->cap[i] < 1.0 &&
                basin->demand[d].class_i == stage->cap_class_i[i])
                return true;
    return false;
}

static bool
looks_at_storage(const struct drought_plan *plan)
{
    for (int i = 0; i < plan->stage_count; i++)
        if (plan->stage[i].leave[TRIGGER_STORAGE].kind != VARYING_ABSENT)
            return true;
    return false;
}

/* That the run has enough years for an index. */
static void
check_years(struct basin_reader *reader, int scale, int reference_first, int reference_last,
            const char *of, const struct yaml_node *at)
{
    const struct run_settings *run = &reader->basin->run;
    int first = run->start.year, last = run->end.year;
    if (reference_first != 0) {
        if (reference_first < first || reference_last > last)
            fault(reader, at, "'reference' is %d-%d, but the run has the years %d to %d",
                  reference_first, reference_last, first, last);
        first = reference_first;
        last = reference_last;
    }
    int lost = first == run->start.year ? (scale + 10) / 12 : 0; /* years before a whole sum */
    if (last - first + 1 - lost < INDEX_YEARS_LEAST)
        fault(reader, at, "an index of %d month%s needs %d years of %s in the run, %d-%d gives %d",
              scale, scale == 1 ? "" : "s", INDEX_YEARS_LEAST, of, first, last,
              last - first + 1 - lost > 0 ? last - first + 1 - lost : 0);
}

static void
check_index(struct basin_reader *reader, const struct drought_plan *plan,
            const struct yaml_node *at)
{
    if (plan->rain.kind != VARYING_ABSENT && plan->rain.kind != VARYING_SERIES)
        fault(reader, at, "'rain' of an index must be a series: {series: ID}");
    else if (plan->rain.kind != VARYING_ABSENT)
        check_years(reader, plan->scale, plan->reference_first, plan->reference_last, "rain", at);
}

static void
check_flow_index(struct basin_reader *reader, const struct drought_plan *plan,
                 const struct yaml_node *at)
{
    if (plan->flow.kind != VARYING_ABSENT && plan->flow.kind != VARYING_SERIES)
        fault(reader, at, "'flow' of an index must be a series: {series: ID}");
    else if (plan->flow_scale > 0)
        check_years(reader, plan->flow_scale, plan->flow_reference_first, plan->flow_reference_last,
                    "flow", at);
}

void
complete_drought_plan(struct basin_reader *reader, const struct element *element)
{
    struct drought_plan *plan = element->base;
    const struct yaml_node *index = yaml_find(element->yaml, "spi");
    bool lakes_given = yaml_find(element->yaml, "storage_of") != NULL, restricts = false;
    if (!find_scope(reader, plan, lakes_given))
        return;
    const struct yaml_node *flow_index = yaml_find(element->yaml, "ssi");
    if (index != NULL)
        check_index(reader, plan, index);
    if (flow_index != NULL)
        check_flow_index(reader, plan, flow_index);
    if (flow_index != NULL && plan->flow.kind == VARYING_ABSENT && plan->lake_count == 0)
        fault(reader, flow_index, "'ssi' looks at the runoff to the lakes of '%s', which has none",
              element->id);
    if (plan->lake_count == 0 && !lakes_given && looks_at_storage(plan))
        fault(reader, element->at,
              "'%s' looks at storage, but there is no lake in its districts: name some in "
              "'storage_of'",
              element->id);
    for (int i = 0; i < plan->stage_count; i++)
        restricts = restricts || plan->stage[i].link_count > 0 ||
                    cuts_anyone(reader->basin, plan, &plan->stage[i]);
    if (!restricts && plan->stage_count > 0)
        warn(reader, element->at, "drought plan '%s' restricts nobody and opens nothing",
             element->id);
}
