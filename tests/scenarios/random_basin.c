/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/random_draft.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const section_name[SECTION_COUNT] = {
    "catchments", "reservoirs", "junctions",     "weirs",   "plants", "wastewater",
    "estuaries",  "aquifers",   "sources",       "demands", "links",  "splits",
    "blends",     "licences",   "drought_plans", "quality"};

void
add(struct draft *draft, enum section section, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (draft->entry_count[section] < ENTRIES_MAX)
        vsnprintf(draft->entry[section][draft->entry_count[section]++], ENTRY_SIZE, format,
                  arguments);
    va_end(arguments);
}

static double
uniform(struct draft *draft, double low, double high)
{
    return random_uniform(&draft->random, low, high);
}

static int
below(struct draft *draft, int count)
{
    return random_below(&draft->random, count);
}

static bool
chance(struct draft *draft, double probability)
{
    return random_chance(&draft->random, probability);
}

enum { RANK_ORDERS = 5 };

/* Other laws than the default. */
static const char *const rank_orders[RANK_ORDERS] = {
    "domestic_floor, domestic, storage_target, minimum_flow, industry, domestic_reserve, "
    "tourism, [aquaculture, irrigation]",
    "minimum_flow, [domestic, industry], {id: rest, of: [tourism, aquaculture], share: "
    "total}, irrigation, storage_target",
    "domestic, industry, tourism, aquaculture, irrigation",
    "irrigation, {id: guests, of: [aquaculture, tourism], share: order}, domestic_reserve, "
    "industry, domestic_floor, domestic, storage_target, minimum_flow",
    "storage_target, domestic_reserve, [domestic, industry, tourism, aquaculture, "
    "irrigation]"};

/* The default, written out where the rank carry_over has to be put into it. */
static const char default_order[] =
    "domestic_floor, domestic, minimum_flow, domestic_reserve, industry, tourism, [aquaculture, "
    "irrigation], storage_target";

/* What only a rich basin has is drawn from a stream of its own. */
static bool
luck(struct draft *draft, double probability)
{
    return draft->rich && random_chance(&draft->extra, probability);
}

static bool
has_floor_rank(const struct draft *draft)
{
    return draft->rank_order[0] == '\0' || strstr(draft->rank_order, "domestic_floor") != NULL;
}

static double
amount(struct draft *draft, double low, double high)
{
    return random_uniform(&draft->extra, low, high);
}

static int
pick(struct draft *draft, int count)
{
    return random_below(&draft->extra, count);
}

static void
add_supply(struct draft *draft, const char *id)
{
    if (draft->supply_count < SUPPLIES_MAX)
        snprintf(draft->supply[draft->supply_count++], 16, "%s", id);
}

/* Dates near the start of the run, so that short runs meet them. */
static const char *
service(struct draft *draft, char *text, size_t size, double probability)
{
    text[0] = '\0';
    if (luck(draft, probability))
        snprintf(text, size, ", in_service: {%s: 2021-01-%02d}", luck(draft, 0.5) ? "from" : "to",
                 1 + pick(draft, 4));
    return text;
}

/* A node further down the river, or the sea. */
static const char *
downstream(struct draft *draft, int river_i)
{
    int rest = draft->river_count - river_i - 1;
    int step = rest > 0 ? below(draft, rest < 2 ? rest + 1 : 3) : 0;
    return rest > step ? draft->river[river_i + 1 + step] : "sea";
}

static const char *
minimum_flow(struct draft *draft, char *text, size_t size)
{
    if (chance(draft, 0.6))
        return "";
    snprintf(text, size, ", minimum_flow: %.4f m3/s%s", uniform(draft, 0.02, 0.8),
             chance(draft, 0.5) ? ", limit: natural_inflow" : "");
    return text;
}

static void
draw_lake(struct draft *draft, int river_i)
{
    const char *id = draft->river[river_i];
    double capacity = uniform(draft, 0.3, 6.0); /* hm3 */
    double dead = chance(draft, 0.3) ? 0.0 : capacity * uniform(draft, 0.02, 0.3);
    char extra[512] = "", dates[64];
    size_t used = 0;
#define EXTRA(...) used += (size_t)snprintf(extra + used, sizeof extra - used, __VA_ARGS__)
    if (chance(draft, 0.5))
        EXTRA(", zones: [{id: low, below: %.1f %%, caps: {irrigation: %.0f %%, tourism: %.0f %%}}]",
              uniform(draft, 20.0, 95.0), uniform(draft, 0.0, 90.0), uniform(draft, 10.0, 100.0));
    if (chance(draft, 0.4))
        EXTRA(", domestic_reserve: %.4f hm3", dead + (capacity - dead) * uniform(draft, 0.0, 0.7));
    if (chance(draft, 0.4))
        EXTRA(", target: %.1f %%", uniform(draft, 30.0, 100.0));
    if (chance(draft, 0.3))
        EXTRA(", flood_limit: {curve: {05-01: %.1f %%, 11-01: 100 %%}, interpolate: step}",
              uniform(draft, 60.0, 100.0));
    if (chance(draft, 0.6))
        EXTRA(", evaporation: %.2f mm/d, rain: %.2f mm/d", uniform(draft, 0.0, 8.0),
              uniform(draft, 0.0, 8.0));
    if (chance(draft, 0.3))
        EXTRA(", seepage: %.2f %%/month%s", uniform(draft, 0.1, 5.0),
              chance(draft, 0.5) ? ", seepage_to: ground" : "");
    if (chance(draft, 0.15))
        EXTRA(", reserve: true");
    else if (chance(draft, 0.15))
        EXTRA(", emergency_for: %s", chance(draft, 0.5) ? "domestic" : "industry");
    EXTRA("%s", service(draft, dates, sizeof dates, 0.15));
    if (rule_chance(draft, 0.5))
        EXTRA(", carry_over: %.1f %%", rule_uniform(draft, 5.0, 90.0));
#undef EXTRA
    add(draft, RESERVOIRS,
        "{table: {level: [10, 20, 35], area: [0.05, 0.4, 1.1], storage: [0, %.4f, %.4f], "
        "units: [m, km2, hm3]}, capacity: %.4f hm3, dead_storage: %.4f hm3, initial: %.1f %%, "
        "spill_to: %s%s}\x1f%s",
        capacity * 0.4, capacity * 1.2, capacity, dead, uniform(draft, 0.0, 100.0),
        downstream(draft, river_i), extra, id);
    char text[96];
    if (chance(draft, 0.8))
        add(draft, LINKS, "{kind: river, from: %s, to: %s%s}\x1f%s_outlet", id,
            downstream(draft, river_i), minimum_flow(draft, text, sizeof text), id);
}

static void
draw_rivers(struct draft *draft)
{
    draft->river_count = 2 + below(draft, RIVERS_MAX - 2);
    for (int i = 0; i < draft->river_count; i++) {
        draft->is_lake[i] = chance(draft, 0.5) || (i == 0 && draft->lake_count == 0);
        snprintf(draft->river[i], sizeof draft->river[i], "%s%d",
                 draft->is_lake[i] ? "lake" : "river", (i * 7 + 3) % 11);
        draft->lake_count += draft->is_lake[i];
    }
    for (int i = 0; i < draft->river_count; i++) {
        const char *id = draft->river[i];
        char text[96];
        add_supply(draft, id);
        if (draft->is_lake[i]) {
            draw_lake(draft, i);
        } else if (chance(draft, 0.3)) {
            add(draft, WEIRS, "{spill_to: %s}\x1f%s", downstream(draft, i), id);
        } else if (chance(draft, 0.2)) {
            add(draft, ESTUARIES, "{spill_to: sea, boundary_inflow: %.3f m3/s}\x1f%s",
                uniform(draft, 0.0, 0.5), id);
        } else {
            add(draft, JUNCTIONS, "{spill_to: sea}\x1f%s", id);
            const char *minimum = minimum_flow(draft, text, sizeof text);
            char limit[96] = "";
            if (luck(draft, 0.25))
                snprintf(limit, sizeof limit, ", routing: {lag: %.1f h, initial: %.2f m3/s}",
                         amount(draft, 0.1, 60.0), amount(draft, 0.0, 0.5));
            else if (luck(draft, 0.2))
                snprintf(limit, sizeof limit, ", routing: {muskingum: {k: %.1f h, x: %.2f}}",
                         amount(draft, 1.0, 60.0), amount(draft, 0.0, 0.4));
            else if (luck(draft, 0.3))
                snprintf(limit, sizeof limit, ", capacity: %.3f m3/s", amount(draft, 0.0, 1.0));
            add(draft, LINKS, "{kind: river, from: %s, to: %s%s, loss: %.1f %%%s}\x1f%s_reach", id,
                downstream(draft, i), minimum, chance(draft, 0.5) ? 0.0 : uniform(draft, 0.0, 10.0),
                limit, id);
        }
    }
    for (int i = 0; i < draft->river_count; i++)
        if (i == 0 || chance(draft, 0.5)) {
            int other = below(draft, draft->river_count);
            double share = uniform(draft, 5.0, 95.0);
            int series = draft->series_count++;
            if (other == i || chance(draft, 0.7))
                add(draft, CATCHMENTS, "{area: 10 km2, to: %s, inflow: {series: q%d}}\x1fland%d",
                    draft->river[i], series, i);
            else
                add(draft, CATCHMENTS,
                    "{area: 10 km2, to: {%s: %.2f %%, %s: %.2f %%}, "
                    "inflow: {series: q%d}}\x1fland%d",
                    draft->river[i], share, draft->river[other], 100.0 - share, series, i);
        }
}

/* Level and date limits, filling, losses by month: keys of a link from the node. */
static void
draw_link_extras(struct draft *draft, const char *kind, const char *from, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
#define EXTRA(...) used += (size_t)snprintf(text + used, size - used, __VA_ARGS__)
    if (strncmp(from, "lake", 4) == 0 && luck(draft, 0.3))
        EXTRA(", lowest_level: %.1f m", amount(draft, 10.0, 25.0));
    if (luck(draft, 0.1))
        EXTRA(", outages: [{from: 2021-01-%02d, to: 2021-01-%02d}]", 1 + pick(draft, 2),
              3 + pick(draft, 20));
    if (luck(draft, 0.1))
        EXTRA(", in_service: {%s: 2021-01-%02d}", luck(draft, 0.5) ? "from" : "to",
              1 + pick(draft, 4));
    if ((strcmp(kind, "pump") == 0 || strcmp(kind, "well") == 0) && luck(draft, 0.3))
        EXTRA(", fills: true");
#undef EXTRA
}

static void
draw_link(struct draft *draft, const char *from, const char *to, int number)
{
    static const char *const kinds[] = {"canal", "pipe", "pump", "intake"};
    char capacity[96] = "", loss[128] = "", level[64] = "", extras[192];
    if (chance(draft, 0.7))
        snprintf(capacity, sizeof capacity, ", capacity: %.4f m3/s", uniform(draft, 0.02, 1.0));
    if (chance(draft, 0.4))
        snprintf(loss, sizeof loss, ", loss: %.2f %%", uniform(draft, 0.0, 40.0));
    if (strncmp(from, "lake", 4) == 0 && luck(draft, 0.3))
        snprintf(capacity, sizeof capacity,
                 ", capacity: {by_level: [[%.1f m, %.2f m3/s], [30 m, %.2f m3/s]]}",
                 amount(draft, 9.0, 25.0), amount(draft, 0.0, 0.1), amount(draft, 0.1, 1.5));
    if (luck(draft, 0.15))
        snprintf(loss, sizeof loss,
                 ", loss: {monthly: [5, 10, 15, 80, 25, 0, 0, 0, 0, 0, 30, %.0f], unit: '%%'}",
                 amount(draft, 0.0, 50.0));
    const char *kind = kinds[below(draft, 4)];
    if (strcmp(from, "ground") == 0 && luck(draft, 0.5))
        kind = "well";
    draw_link_extras(draft, kind, from, extras, sizeof extras);
    if (strncmp(from, "lake", 4) == 0 && strstr(extras, "lowest_level") == NULL &&
        rule_chance(draft, 0.5))
        snprintf(level, sizeof level, ", lowest_level: %.2f m", rule_uniform(draft, 10.0, 30.0));
    add(draft, LINKS, "{kind: %s, from: %s, to: %s%s%s%s%s}\x1fway%02d", kind, from, to, capacity,
        loss, level, extras, number);
    if (number < ENTRIES_MAX) {
        snprintf(draft->way_from[number], sizeof draft->way_from[number], "%s", from);
        snprintf(draft->way_to[number], sizeof draft->way_to[number], "%s", to);
        draft->way_count = number + 1;
    }
}

/* Canals and pumps from river to river and into lakes: the allocation settles circles. */
static void
draw_transfers(struct draft *draft, int *link_number)
{
    int count = draft->rich ? pick(draft, 4) : 0;
    for (int i = 0; i < count; i++) {
        const char *from = draft->river[pick(draft, draft->river_count)];
        const char *to = draft->river[pick(draft, draft->river_count)];
        const char *kind = luck(draft, 0.5) ? "pump" : "canal";
        if (luck(draft, 0.2)) {
            from = "ground";
            kind = "well";
        }
        if (strcmp(from, to) == 0)
            continue;
        char extras[192];
        draw_link_extras(draft, kind, from, extras, sizeof extras);
        add(draft, LINKS, "{kind: %s, from: %s, to: %s, capacity: %.3f m3/s%s}\x1ftransfer%02d",
            kind, from, to, amount(draft, 0.01, 1.0), extras, (*link_number)++);
    }
}

/* Wells, plants, mains and other places that demands draw on. */
static void
draw_supplies(struct draft *draft, int *link_number)
{
    add(draft, AQUIFERS,
        "{capacity: %.3f hm3, initial: %.1f %%, recharge: %.4f m3/s, yield: %.3f m3/s, "
        "minimum_storage: %.3f hm3%s%s}\x1fground",
        uniform(draft, 1.0, 2.0), uniform(draft, 20.0, 100.0), uniform(draft, 0.0, 0.1),
        uniform(draft, 0.02, 0.4), uniform(draft, 0.0, 0.5),
        chance(draft, 0.6) ? ", licence: {yearly: 0.3 hm3, reset: 01-10, reserved: 0.1 hm3, "
                             "reserved_for: domestic}"
                           : "",
        chance(draft, 0.5) ? ", spill_to: sea" : "");
    add_supply(draft, "ground");
    if (chance(draft, 0.5)) {
        add(draft, SOURCES, "{capacity: %.3f m3/s, emergency: true, emergency_for: %s}\x1ftanker",
            uniform(draft, 0.01, 0.3),
            chance(draft, 0.5) || !has_floor_rank(draft) ? "domestic" : "domestic_floor");
        add_supply(draft, "tanker");
    }
    if (chance(draft, 0.5)) {
        char dates[64];
        add(draft, SOURCES, "{capacity: %.3f m3/s%s%s%s}\x1fspring", uniform(draft, 0.01, 0.3),
            chance(draft, 0.4) ? ", forced: true, spill_to: sea" : "",
            luck(draft, 0.4) ? ", cost: 5" : "", service(draft, dates, sizeof dates, 0.1));
        add_supply(draft, "spring");
    }
    int plant_count = below(draft, 3);
    for (int i = 0; i < plant_count; i++) {
        char id[16];
        snprintf(id, sizeof id, "works%d", i);
        char turn_down[64] = "";
        if (rule_chance(draft, 0.6))
            snprintf(turn_down, sizeof turn_down, ", turn_down: %.3f m3/s",
                     rule_uniform(draft, 0.01, 0.39));
        const char *capacity = chance(draft, 0.6) ? "capacity: 0.4 m3/s, " : "";
        add(draft, PLANTS, "{%s%s%s}\x1f%s", capacity,
            chance(draft, 0.5) ? "loss: 5 %" : "note: plain", turn_down, id);
        draw_link(draft, draft->supply[below(draft, draft->river_count)], id, (*link_number)++);
        add_supply(draft, id);
    }
    if (chance(draft, 0.6)) { /* two mains joined both ways */
        add(draft, JUNCTIONS, "{}\x1fmain0");
        add(draft, JUNCTIONS, "{}\x1fmain1");
        draw_link(draft, draft->supply[below(draft, draft->supply_count)], "main0",
                  (*link_number)++);
        draw_link(draft, draft->supply[below(draft, draft->supply_count)], "main1",
                  (*link_number)++);
        draw_link(draft, "main0", "main1", (*link_number)++);
        draw_link(draft, "main1", "main0", (*link_number)++);
        add_supply(draft, "main0");
        add_supply(draft, "main1");
    }
    add(draft, WASTEWATER, "{spill_to: sea%s%s}\x1fsewage",
        chance(draft, 0.5) ? ", capacity: 0.1 m3/s" : "", chance(draft, 0.5) ? ", loss: 3 %" : "");
    add_supply(draft, "sewage");
}

static void
draw_demands(struct draft *draft, int *link_number)
{
    static const char *const classes[] = {"domestic", "industry", "tourism", "irrigation",
                                          "aquaculture"};
    int count = 2 + below(draft, 7);
    for (int d = 0; d < count; d++) {
        const char *class = classes[below(draft, 5)];
        char id[16], extra[256] = "", dates[64], size_text[96];
        size_t used = 0;
        double need = uniform(draft, 0.01, 1.2);
        snprintf(id, sizeof id, "use%d", (d * 5 + 2) % 9);
#define EXTRA(...) used += (size_t)snprintf(extra + used, sizeof extra - used, __VA_ARGS__)
        if (strcmp(class, "domestic") == 0 && chance(draft, 0.8))
            EXTRA(", population: %.0f person, floor: 60 L/person/d",
                  need * 86400.0 / 0.06 * uniform(draft, 0.1, 0.8));
        if (chance(draft, 0.2))
            EXTRA(", minimum_share: %.0f %%", uniform(draft, 5.0, 60.0));
        if (chance(draft, 0.3))
            EXTRA(", weight: %.2f", uniform(draft, 0.3, 3.0));
        if (chance(draft, 0.3))
            EXTRA(", order: %d", 10 * below(draft, 5) + d); /* none alike: ties go by the file */
        else if (draft->rich)
            EXTRA(", order: %d", 50 + d);
        if (chance(draft, 0.4))
            EXTRA(", returns: {%s: %.1f %%}",
                  chance(draft, 0.5) ? "sewage" : draft->river[below(draft, draft->river_count)],
                  uniform(draft, 5.0, 80.0));
        else if (luck(draft, 0.3))
            EXTRA(", returns: {ground: {monthly: [0, 10, 20, 30, 0, 0, 0, 0, 0, 0, 0, 5], unit: "
                  "'%%'}, %s: %.1f %%}",
                  draft->river[pick(draft, draft->river_count)], amount(draft, 0.0, 60.0));
        EXTRA("%s", service(draft, dates, sizeof dates, 0.1));
#undef EXTRA
        snprintf(size_text, sizeof size_text, "need: %.5f m3/s", need);
        if (luck(draft, 0.1))
            snprintf(size_text, sizeof size_text, "need: {series: q0, scale: %.3f}", need);
        add(draft, DEMANDS, "{class: %s, %s%s}\x1f%s", class, size_text, extra, id);
        int links = 1 + below(draft, 3);
        for (int i = 0; i < links; i++)
            draw_link(draft, draft->supply[below(draft, draft->supply_count)], id,
                      (*link_number)++);
    }
}

/* ---- writing -----------------------------------------------------------------------------------
 */

static void
shuffle(struct random *random, int *order, int count, bool wanted)
{
    for (int i = 0; i < count; i++)
        order[i] = i;
    for (int i = count - 1; i > 0 && wanted; i--) {
        int other = random_below(random, i + 1), swap = order[i];
        order[i] = order[other];
        order[other] = swap;
    }
}

static void
write_sections(struct draft *draft, FILE *file, uint64_t order_seed)
{
    struct random random = {order_seed};
    int sections[SECTION_COUNT], entries[ENTRIES_MAX];
    shuffle(&random, sections, SECTION_COUNT, order_seed != 0);
    for (int s = 0; s < SECTION_COUNT; s++) {
        int section = sections[s];
        if (draft->entry_count[section] == 0)
            continue;
        fprintf(file, "%s:\n", section_name[section]);
        shuffle(&random, entries, draft->entry_count[section], order_seed != 0);
        for (int e = 0; e < draft->entry_count[section]; e++) {
            const char *text = draft->entry[section][entries[e]];
            const char *id = strchr(text, '\x1f');
            fprintf(file, "  %s: %.*s\n", id + 1, (int)(id - text), text);
        }
    }
}

/* With carry_over at the head, in the second place or at the end. */
static void
write_ranks(const struct draft *draft, FILE *file)
{
    const char *order = draft->rank_order;
    if (!draft->with_rules && order[0] == '\0')
        return;
    if (order[0] == '\0')
        order = default_order;
    int head = draft->carry_place == 1 ? (int)strcspn(order, ",") + 2 : 0;
    if (!draft->with_rules)
        fprintf(file, "ranks: [%s]\n", order);
    else if (draft->carry_place == 2)
        fprintf(file, "ranks: [%s, carry_over]\n", order);
    else
        fprintf(file, "ranks: [%.*scarry_over, %s]\n", head, order, order + head);
}

static bool
write_basin(struct draft *draft, const struct random_basin_options *options, const char *path)
{
    static const char *const last_day[] = {"2021-12-31", "2021-06-30", "2021-03-31", "2021-01-03"};
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    const char *end = last_day[0];
    char buffer[32];
    if (options->dry_years > 0) {
        end = date_format((struct date){2020 + options->dry_years, 12, 31, 0}, false, buffer,
                          sizeof buffer);
    } else if (strcmp(options->step, "daily") == 0) {
        struct date last = date_from_seconds(date_to_seconds((struct date){2021, 1, 1, 0}) +
                                             86400 * (int64_t)(options->step_count - 1));
        end = date_format(last, false, buffer, sizeof buffer);
    } else if (strcmp(options->step, "tenday") == 0) {
        end = last_day[2];
    } else if (strcmp(options->step, "hourly") == 0) {
        end = last_day[3];
    }
    fprintf(file,
            "nguon: 1\nname: random\n"
            "run: {start: 2021-01-01, end: %s, step: %s, share: %s%s%s}\n",
            end, options->step, options->share, draft->rich ? ", demand_year: calendar" : "",
            luck(draft, 0.2) ? ", evaporation_area: mean" : "");
    write_ranks(draft, file);
    fputs("series:\n", file);
    for (int i = 0; i < draft->series_count; i++)
        fprintf(file, "  q%d: {file: weather.csv, column: q%d, unit: m3/s}\n", i, i);
    write_sections(draft, file, options->order_seed);
    fputs("seas:\n  sea: {name: sea}\n", file);
    return fclose(file) == 0;
}

/* Not a drop, month by month. */
static void
write_drought(const struct draft *draft, FILE *file, int years)
{
    for (int month = 0; month < 12 * years; month++) {
        fprintf(file, "\n%04d-%02d", 2021 + month / 12, 1 + month % 12);
        for (int i = 0; i < draft->series_count; i++)
            fputs(",0", file);
    }
}

/* Dry spells, floods and ordinary days for the year; or years of drought. */
static bool
write_weather(struct draft *draft, const struct random_basin_options *options, const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    fputs("date", file);
    for (int i = 0; i < draft->series_count; i++)
        fprintf(file, ",q%d", i);
    if (options->dry_years > 0) {
        write_drought(draft, file, options->dry_years);
        fputc('\n', file);
        return fclose(file) == 0;
    }
    int64_t start_s = date_to_seconds((struct date){2021, 1, 1, 0});
    for (int day = 0; day < 365; day++) {
        char buffer[32];
        struct date date = date_from_seconds(start_s + 86400 * (int64_t)day);
        fprintf(file, "\n%s", date_format(date, false, buffer, sizeof buffer));
        for (int i = 0; i < draft->series_count; i++) {
            double flow = chance(draft, 0.3) ? 0.0 : exp(uniform(draft, -4.0, 1.0));
            fprintf(file, ",%.5f", chance(draft, 0.05) ? flow * 20.0 : flow);
        }
    }
    fputc('\n', file);
    return fclose(file) == 0;
}

struct basin *
random_basin(const struct random_basin_options *options, const char *folder)
{
    char path[512], weather_path[512];
    struct basin *basin = NULL;
    struct draft draft = {.random = {options->seed * 0x9e3779b97f4a7c15U + 1},
                          .extra = {options->seed * 0x9e3779b97f4a7c15U + 2},
                          .rich = options->rich};
    int link_number = 0;
    draft.with_rules = options->with_rules;
    draft.rules = (struct random){options->seed * 0xd1342543de82ef95U + 7};
    draft.carry_place = random_below(&draft.rules, 3);
    draft.rank_order = luck(&draft, 0.6) ? rank_orders[pick(&draft, RANK_ORDERS)] : "";
    draft.entry = calloc(SECTION_COUNT, sizeof *draft.entry);
    if (draft.entry == NULL)
        return NULL;
    snprintf(path, sizeof path, "%s/basin.yaml", folder);
    snprintf(weather_path, sizeof weather_path, "%s/weather.csv", folder);
    draw_rivers(&draft);
    draw_supplies(&draft, &link_number);
    draw_demands(&draft, &link_number);
    draw_transfers(&draft, &link_number);
    if (draft.with_rules)
        draw_rules(&draft);
    if (options->with_quality)
        draw_quality(&draft);
    bool written =
        write_weather(&draft, options, weather_path) && write_basin(&draft, options, path);
    free(draft.entry);
    if (!written)
        return NULL;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    if (basin_load(path, NULL, &basin, &diagnostics) != STATUS_OK) {
        char text[2048];
        for (int i = 0; i < diagnostics.count; i++)
            fprintf(stderr, "%s\n", diagnostic_format(&diagnostics.item[i], text, sizeof text));
    }
    diagnostics_finish(&diagnostics);
    return basin;
}
