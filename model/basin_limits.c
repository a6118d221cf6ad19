/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the checks report to, and the element they look at. */
struct limit_check {
    const struct basin *basin;
    limit_report *report;
    void *context;
    enum section section;
    int element_i;
    int number;        /* of the element, or of the item that is looked at */
    bool records_only; /* look at quantities that are records, and at no others */
};

static void say(const struct limit_check *check, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
say(const struct limit_check *check, const char *key, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    check->report(check->context, check->section, check->element_i, key, message);
}

/* A point of a quantity after its scales and shifts; those of part of the run only if windowed. */
static double
adjusted(const struct varying *varying, double value, bool windowed)
{
    for (int i = 0; i < varying->adjustment_count; i++) {
        const struct adjustment *adjustment = &varying->adjustment[i];
        bool is_open = adjustment->from_s == INT64_MIN && adjustment->to_s == INT64_MAX &&
                       adjustment->month_mask == 0xfff;
        if (adjustment->monthly != NULL || (!is_open && !windowed)) /* checked where it is made */
            continue;
        if (adjustment->operation == CHANGE_SCALE)
            value *= adjustment->value;
        else if (adjustment->basis == varying->basis)
            value = adjustment->value + (adjustment->operation == CHANGE_SHIFT ? value : 0.0);
    }
    return value;
}

/*
 * The largest figure of a record after its scales and shifts. What a shift brings below nothing is
 * taken as nothing in a run; the record as it stands is checked where it is read.
 */
static void
check_series_range(const struct limit_check *check, const struct field *field,
                   const struct varying *varying)
{
    const struct series_input *series = &check->basin->series[varying->series_i];
    char range[128];
    if (series->record.count == 0 || varying->adjustment_count == 0)
        return;
    double value = adjusted(varying, series->record.largest, false);
    if (value <= field->max && value <= FIGURE_MAX)
        return;
    say(check, field->key, "'%s' comes to %g with series '%s'; it must be %s", field->key, value,
        series->id, range_text(field, varying->dimension, value, range, sizeof range));
}

static void
check_varying_range(const struct limit_check *check, const struct field *field,
                    const struct varying *varying)
{
    if (varying->kind == VARYING_SERIES)
        check_series_range(check, field, varying);
    if (check->records_only)
        return;
    for (int i = 0; i < varying->count; i++)
        for (int windowed = 0; windowed < 2; windowed++) {
            double value = adjusted(varying, varying->value[i], windowed != 0);
            char range[128];
            if (isfinite(value) && value_in_range(field, value))
                continue;
            say(check, field->key, "'%s' comes to %g; it must be %s", field->key, value,
                range_text(field, varying->dimension, value, range, sizeof range));
            return;
        }
}

static void
check_number_range(const struct limit_check *check, const struct field *field, double stored)
{
    double value = stored / (field->per_si != 0.0 ? field->per_si : 1.0);
    enum dimension dimension = DIMENSION_NONE;
    while (dimension < DIMENSION_COUNT - 1 && (field->dimensions & 1u << dimension) == 0)
        dimension++;
    char range[128];
    const double slack = 1e-12; /* per_si is not exactly undone */
    if (isnan(stored) || value_in_range(field, value) ||
        value_in_range(field, value * (1.0 + slack)) ||
        value_in_range(field, value * (1.0 - slack)))
        return;
    say(check, field->key, "'%s' comes to %g; it must be %s", field->key, value,
        range_text(field, dimension, value, range, sizeof range));
}

/* Whether the keys of a table belong to the method of routing that a link has. */
static bool
routing_table_holds(const struct link *link, const struct field_table *table)
{
    const struct river_routing *routing = &link->routing;
    if (strcmp(table->prefix, "routing.muskingum") == 0)
        return !isnan(routing->k_s);
    if (strcmp(table->prefix, "routing.muskingum_cunge") == 0)
        return !isnan(routing->length_m);
    return river_routing_method_count(routing) > 0;
}

/* Keys of a model or of generate hold only for catchments of that kind, those of a licence or of
 * its window likewise. */
bool
table_holds(const struct basin *basin, enum section section, int element_i,
            const struct field_table *table)
{
    if (section == SECTION_CATCHMENTS)
        return catchment_table_holds(&basin->catchment[element_i], table);
    if (section == SECTION_LINKS && table->prefix[0] != '\0')
        return routing_table_holds(&basin->link[element_i], table);
    if (section == SECTION_LICENCES && table->prefix[0] != '\0')
        return basin->licence[element_i].rolling.kind != VARYING_ABSENT;
    if (section == SECTION_DROUGHT_PLANS && table == &drought_index_keys)
        return basin->drought_plan[element_i].rain.kind != VARYING_ABSENT;
    if (section == SECTION_DROUGHT_PLANS && table == &drought_flow_index_keys)
        return basin->drought_plan[element_i].flow_scale > 0;
    if (section == SECTION_DROUGHT_PLANS && table == &drought_forecast_keys)
        return basin->drought_plan[element_i].window_s > 0.0;
    if (section == SECTION_RESERVOIRS && table->prefix[0] != '\0')
        return basin->reservoir[element_i].flood_window.step_s > 0.0;
    if (table == &salt_keys)
        return basin->passage[element_i].salt.mouth_area_m2 > 0.0;
    if (table == &bay_keys)
        return basin->passage[element_i].bay.volume_m3 > 0.0;
    return table->prefix[0] == '\0' || section != SECTION_AQUIFERS ||
           basin->aquifer[element_i].licence.kind != VARYING_ABSENT;
}

static void
check_table(const struct limit_check *check, const struct field_table *table)
{
    for (int i = 0; i < table->count; i++) {
        const struct field *field = &table->field[i];
        const void *address = field_address(check->basin, check->section, check->number, field);
        if (field->kind == FIELD_VARYING)
            check_varying_range(check, field, address);
        else if (field->kind == FIELD_NUMBER && !check->records_only)
            check_number_range(check, field, *(const double *)address);
    }
}

/* Lines, times and caps of the items of an element. */
static void
check_items(struct limit_check *check)
{
    enum section section = check->section;
    for (int i = 0; i < item_count(check->basin, section, check->element_i); i++)
        for (int j = 0; j < ITEM_TABLES_MAX && item_table[section].table[j] != NULL; j++) {
            const struct field_table *table = item_table[section].table[j];
            bool is_cap = (table->field->flags & FIELD_OF_CAP) != 0;
            int count = is_cap ? item_cap_count(check->basin, section, check->element_i, i) : 1;
            for (int k = 0; k < count; k++) {
                check->number = item_number(check->element_i, i, k);
                check_table(check, table);
            }
        }
}

void
check_ranges(const struct basin *basin, bool records_only, limit_report *report, void *context)
{
    struct limit_check check = {
        .basin = basin, .report = report, .context = context, .records_only = records_only};
    for (enum section section = SECTION_CATCHMENTS; section < SECTION_COUNT; section++) {
        check.section = section;
        for (int i = 0; i < section_array_count(basin, section); i++) {
            check.element_i = check.number = i;
            if (!section_holds(basin, section, i))
                continue;
            for (int j = 0; section_table[section].table[j] != NULL; j++)
                if (table_holds(basin, section, i, section_table[section].table[j]))
                    check_table(&check, section_table[section].table[j]);
            check_items(&check);
        }
    }
}

/* A line of a lake lies inside its table. */
static void
check_line(const struct limit_check *check, const struct reservoir *reservoir, const char *key,
           const struct varying *line)
{
    int last = reservoir->table_count - 1;
    if (line->kind == VARYING_ABSENT || line->kind == VARYING_SERIES)
        return;
    double low = 0.0;
    double high = 1.0;
    const char *unit = " of capacity";
    if (line->dimension == DIMENSION_VOLUME) {
        high = reservoir->table_storage_m3[last];
        unit = " m3";
    } else if (line->dimension == DIMENSION_LENGTH) {
        low = reservoir->table_level_m[0];
        high = reservoir->table_level_m[last];
        unit = " m";
    }
    const double slack = 1e-9 * (fabs(high) + fabs(low));
    for (int i = 0; i < line->count; i++) {
        double value = adjusted(line, line->value[i], false);
        if (value >= low - slack && value <= high + slack)
            continue;
        say(check, key, "'%s' comes to %g%s; the lake has %g to %g", key, value, unit, low, high);
        return;
    }
}

static void
check_reservoir(const struct limit_check *check, const struct reservoir *reservoir)
{
    if (reservoir->table_count == 0)
        return;
    double top_m3 = reservoir->table_storage_m3[reservoir->table_count - 1];
    bool by_level = !isnan(reservoir->normal_level_m);
    const char *capacity_key = by_level ? "normal_level" : "capacity";
    const char *dead_key = !isnan(reservoir->dead_level_m) ? "dead_level" : "dead_storage";
    if (reservoir->capacity_m3 > top_m3 * (1.0 + 1e-9))
        say(check, capacity_key, "the capacity, %g hm3, lies above the table, which ends at %g hm3",
            reservoir->capacity_m3 / 1e6, top_m3 / 1e6);
    if (reservoir->capacity_m3 > 0.0 && reservoir->dead_storage_m3 >= reservoir->capacity_m3)
        say(check, dead_key, "the dead storage, %g hm3, is not below the capacity, %g hm3",
            reservoir->dead_storage_m3 / 1e6, reservoir->capacity_m3 / 1e6);
    check_line(check, reservoir, "initial", &reservoir->initial);
    check_line(check, reservoir, "flood_limit", &reservoir->flood_limit);
    check_line(check, reservoir, "target", &reservoir->target);
    check_line(check, reservoir, "domestic_reserve", &reservoir->domestic_reserve);
    check_line(check, reservoir, "upper_line", &reservoir->upper_line);
    check_line(check, reservoir, "restriction_line", &reservoir->restriction_line);
    check_line(check, reservoir, "carry_over", &reservoir->carry_over);
    for (int i = 0; i < reservoir->zone_count; i++)
        check_line(check, reservoir, "zones", &reservoir->zone[i].below);
}

static void
check_aquifer(const struct limit_check *check, const struct aquifer *aquifer)
{
    if (aquifer->capacity_m3 <= 0.0)
        return;
    if (aquifer->minimum_storage_m3 > aquifer->capacity_m3)
        say(check, "minimum_storage", "the minimum storage, %g hm3, is above the capacity, %g hm3",
            aquifer->minimum_storage_m3 / 1e6, aquifer->capacity_m3 / 1e6);
    if (aquifer->initial.kind == VARYING_CONSTANT) {
        double limit = aquifer->initial.dimension == DIMENSION_NONE ? 1.0 : aquifer->capacity_m3;
        double initial = adjusted(&aquifer->initial, aquifer->initial.value[0], false);
        if (initial > limit * (1.0 + 1e-9))
            say(check, "initial", "'initial' comes to more than the capacity, %g hm3",
                aquifer->capacity_m3 / 1e6);
    }
    if (aquifer->licence.kind == VARYING_CONSTANT) {
        double yearly = adjusted(&aquifer->licence, aquifer->licence.value[0], false);
        if (aquifer->licence_reserved_m3 > yearly)
            say(check, "licence", "the reserved part of the licence, %g hm3, is above it, %g hm3",
                aquifer->licence_reserved_m3 / 1e6, yearly / 1e6);
    }
}

/* A plant that is off below some throughput can at least run at it. */
static void
check_turn_down(const struct limit_check *check, const struct passage *passage)
{
    const struct varying *turn_down = &passage->turn_down, *capacity = &passage->capacity;
    if (turn_down->kind == VARYING_ABSENT)
        return;
    if (turn_down->dimension == DIMENSION_NONE && capacity->kind == VARYING_ABSENT)
        say(check, "turn_down", "'turn_down' is a share of a capacity that is not given");
    for (int i = 0; i < turn_down->count && turn_down->kind != VARYING_SERIES; i++) {
        double value = adjusted(turn_down, turn_down->value[i], false);
        double limit = turn_down->dimension == DIMENSION_NONE ? 1.0 : (double)INFINITY;
        if (turn_down->dimension == DIMENSION_FLOW && capacity->kind == VARYING_CONSTANT &&
            turn_down->basis == capacity->basis)
            limit = adjusted(capacity, capacity->value[0], false);
        if (value <= limit * (1.0 + 1e-9))
            continue;
        say(check, "turn_down", "'turn_down' comes to more than the capacity");
        return;
    }
}

/* What links bring is at most all of it. */
static void
check_blend(const struct limit_check *check, const struct blend *blend)
{
    const struct varying *at_most = &blend->at_most;
    if (blend->is_concentration || at_most->kind == VARYING_ABSENT ||
        at_most->kind == VARYING_SERIES)
        return;
    for (int i = 0; i < at_most->count; i++) {
        double value = adjusted(at_most, at_most->value[i], false);
        if (value <= 1.0 + 1e-9)
            continue;
        say(check, "at_most", "'at_most' comes to %g %%; a share must be at most 100 %%",
            100.0 * value);
        return;
    }
}

static void
check_licence(const struct limit_check *check, const struct licence *licence)
{
    if (licence->rolling.kind != VARYING_ABSENT && !(licence->rolling_s > 0.0))
        say(check, "rolling", "'rolling' lacks its 'window'");
    if (licence->yearly.kind != VARYING_CONSTANT)
        return;
    double yearly = adjusted(&licence->yearly, licence->yearly.value[0], false);
    if (licence->reserved_m3 > yearly)
        say(check, "reserved", "the reserved part of the licence, %g hm3, is above it, %g hm3",
            licence->reserved_m3 / 1e6, yearly / 1e6);
}

/* Share in a month if it is by month, else the largest there is. */
static double
largest_share(const struct varying *fraction, int month_i)
{
    if (fraction->kind == VARYING_MONTHLY)
        return adjusted(fraction, fraction->value[month_i], false);
    double largest = 0.0;
    for (int i = 0; i < fraction->count && fraction->kind != VARYING_SERIES; i++) {
        double value = adjusted(fraction, fraction->value[i], false);
        largest = value > largest ? value : largest;
    }
    return largest;
}

/* No more water comes back than was supplied. */
static void
check_demand(const struct limit_check *check, const struct demand *demand)
{
    for (int month_i = 0; month_i < 12; month_i++) {
        double sum = 0.0;
        for (int i = 0; i < demand->return_count; i++)
            sum += largest_share(&demand->returns[i].fraction, month_i);
        if (sum <= 1.0 + 1e-9)
            continue;
        say(check, "returns", "the shares of 'returns' sum to %.6g %%, more than 100 %%",
            100.0 * sum);
        return;
    }
}

static void
check_link_routing(const struct limit_check *check, const struct link *link)
{
    struct routing routing;
    struct error err = {0};
    int count = river_routing_method_count(&link->routing);
    if (count > 1)
        say(check, "routing",
            "'routing' has %d methods; give one of lag, muskingum and "
            "muskingum_cunge",
            count);
    else if (count == 1 && river_routing_is_whole(&link->routing) &&
             river_routing_prepare(&link->routing, check->basin->run.step, &routing, &err) !=
                 STATUS_OK)
        say(check, "routing", "'routing': %s", err.text);
}

static void
check_forest(const struct limit_check *check, const struct catchment *catchment)
{
    const struct forest *forest = &catchment->forest;
    if (isnan(forest->annual_rain_m) || !(forest->annual_rain_m > 0.0))
        return;
    if (forest->quick_flow * (forest->reference - forest->cover) < -1.0)
        say(check, "forest", "'forest': quick flow would fall below nothing");
}

/* No stage is left before it is entered; of the file the reader says so by the day of the year. */
static void
check_plan(const struct limit_check *check, const struct drought_plan *plan)
{
    for (int i = 0; i < plan->stage_count; i++)
        for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
            const struct varying *enter = &plan->stage[i].enter[trigger];
            const struct varying *leave = &plan->stage[i].leave[trigger];
            bool known = enter->kind == VARYING_CONSTANT && leave->kind == VARYING_CONSTANT;
            if (!known || (enter->dimension == leave->dimension &&
                           adjusted(enter, enter->value[0], false) <=
                               adjusted(leave, leave->value[0], false) + 1e-9))
                continue;
            say(check, "stages", "stage '%s' would be left by '%s' before it is entered",
                plan->stage[i].id, drought_trigger_words[trigger]);
        }
}

/* Whether a time is a whole number of seconds that goes evenly into another. */
static bool
goes_into(double part_s, double whole_s)
{
    return part_s >= 60.0 && fmod(part_s, 1.0) == 0.0 && fmod(whole_s, part_s) == 0.0;
}

static void
check_flood_window(const struct limit_check *check, const struct reservoir *reservoir)
{
    static const double day_s = 86400.0;
    const struct flood_window *window = &reservoir->flood_window;
    const char *key = "flood_window";
    if (!(window->step_s > 0.0))
        return;
    if (check->basin->run.step != STEP_DAILY)
        say(check, key, "'flood_window' needs 'run.step: daily'");
    if (reservoir->outlet_count == 0)
        say(check, key, "'flood_window' needs 'outlets', through which the lake is worked");
    if (window->level.kind == VARYING_ABSENT && !(window->inflow_m3s > 0.0) &&
        !(window->forecast_m3s > 0.0))
        say(check, key, "'flood_window' needs at least one of level, inflow and forecast_inflow");
    check_line(check, reservoir, key, &window->level);
    check_line(check, reservoir, key, &window->until_level);
    if ((window->forecast_m3s > 0.0) != (window->forecast_days > 0))
        say(check, key, "'forecast_inflow' and 'forecast_days' go together");
    if (window->until_inflow_m3s > 0.0 && window->inflow_m3s > 0.0 &&
        window->until_inflow_m3s > window->inflow_m3s)
        say(check, key, "'until_inflow' must not lie above 'inflow'");
    if (!goes_into(window->step_s, day_s))
        say(check, key,
            "'step' must be whole minutes or seconds, 1 minute or more, that go "
            "evenly into a day");
    else if (!goes_into(window->control_s, window->step_s))
        say(check, key, "'control' must be 1 minute or more and go evenly into 'step'");
}

void
check_limits(const struct basin *basin, limit_report *report, void *context)
{
    struct limit_check check = {.basin = basin, .report = report, .context = context};
    check.section = SECTION_RESERVOIRS;
    for (check.element_i = 0; check.element_i < basin->reservoir_count; check.element_i++) {
        check_reservoir(&check, &basin->reservoir[check.element_i]);
        check_flood_window(&check, &basin->reservoir[check.element_i]);
    }
    check.section = SECTION_AQUIFERS;
    for (check.element_i = 0; check.element_i < basin->aquifer_count; check.element_i++)
        check_aquifer(&check, &basin->aquifer[check.element_i]);
    check.section = SECTION_BLENDS;
    for (check.element_i = 0; check.element_i < basin->blend_count; check.element_i++)
        check_blend(&check, &basin->blend[check.element_i]);
    check.section = SECTION_LICENCES;
    for (check.element_i = 0; check.element_i < basin->licence_count; check.element_i++)
        check_licence(&check, &basin->licence[check.element_i]);
    check.section = SECTION_PLANTS;
    for (check.element_i = 0; check.element_i < basin->passage_count; check.element_i++)
        check_turn_down(&check, &basin->passage[check.element_i]);
    check.section = SECTION_DEMANDS;
    for (check.element_i = 0; check.element_i < basin->demand_count; check.element_i++)
        check_demand(&check, &basin->demand[check.element_i]);
    check.section = SECTION_CATCHMENTS;
    for (check.element_i = 0; check.element_i < basin->catchment_count; check.element_i++)
        check_forest(&check, &basin->catchment[check.element_i]);
    check.section = SECTION_LINKS;
    for (check.element_i = 0; check.element_i < basin->link_count; check.element_i++)
        check_link_routing(&check, &basin->link[check.element_i]);
}

/* Keeps the first fault as the message of an error. */
struct first_fault {
    const struct basin *basin;
    struct error *err;
    enum status status;
};

static void
keep_first(void *context, enum section section, int element_i, const char *key, const char *message)
{
    (void)key;
    struct first_fault *first = context;
    first->status = error_set(first->err, STATUS_INPUT, "%s.%s: %s", section_table[section].name,
                              section_id(first->basin, section, element_i), message);
}

enum status
basin_check_values(const struct basin *basin, struct error *err)
{
    struct first_fault first = {.basin = basin, .err = err, .status = STATUS_OK};
    check_ranges(basin, false, keep_first, &first);
    check_limits(basin, keep_first, &first);
    struct limit_check check = {
        .basin = basin, .report = keep_first, .context = &first, .section = SECTION_DROUGHT_PLANS};
    for (check.element_i = 0; check.element_i < basin->drought_plan_count; check.element_i++)
        check_plan(&check, &basin->drought_plan[check.element_i]);
    if (!check_forced_water(basin, keep_first, &first))
        return error_set(err, STATUS_MEMORY, "out of memory");
    return first.status;
}
