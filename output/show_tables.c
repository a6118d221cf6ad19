/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/show_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Tables with a line for each class, district, demand, reservoir, link or scenario. */

static void
print(struct view *view, struct table *table)
{
    if (!table_print(table, view->out))
        view->failed = true;
}

static double
ratio(double part, double whole)
{
    return whole > 0.0 ? part / whole : (double)NAN;
}

/* ---- supply ------------------------------------------------------------------------------------
 */

/** The indicators of demands that tables of supply are made from. */
struct supply_figures {
    int count;
    struct figures need, supply, rule, water, structural, steps, short_steps, worst_share,
        worst_time;
    struct figures event_count, longest, longest_start;
};

/** Sums over demands and scenarios, and the worst step among them. */
struct supply_sum {
    double need_m3, supply_m3, rule_m3, water_m3, structural_m3, steps, short_steps;
    double worst_share, worst_time;
    int worst_demand, worst_scenario;
    int count; /**< demands in it */
};

static void
read_supply(struct view *view, struct supply_figures *figures)
{
    *figures = (struct supply_figures){.count = view_count(view, "demand")};
    if (figures->count == 0)
        return;
    const struct {
        const char *name;
        struct figures *figures;
    } wanted[] = {{"demand_demand_m3", &figures->need},
                  {"demand_supply_m3", &figures->supply},
                  {"demand_shortage_rule_m3", &figures->rule},
                  {"demand_shortage_water_m3", &figures->water},
                  {"demand_shortage_structural_m3", &figures->structural},
                  {"demand_steps_with_demand", &figures->steps},
                  {"demand_steps_short", &figures->short_steps},
                  {"demand_worst_share", &figures->worst_share},
                  {"demand_worst_step", &figures->worst_time},
                  {"demand_event_count", &figures->event_count},
                  {"demand_longest_event_steps", &figures->longest},
                  {"demand_longest_event_start", &figures->longest_start}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        *wanted[i].figures = view_figures(view, wanted[i].name, figures->count);
}

static void
free_supply(struct supply_figures *figures)
{
    free(figures->need.value);
    free(figures->supply.value);
    free(figures->rule.value);
    free(figures->water.value);
    free(figures->structural.value);
    free(figures->steps.value);
    free(figures->short_steps.value);
    free(figures->worst_share.value);
    free(figures->worst_time.value);
    free(figures->event_count.value);
    free(figures->longest.value);
    free(figures->longest_start.value);
}

static struct supply_sum
empty_sum(void)
{
    return (struct supply_sum){
        .worst_share = 1.0, .worst_time = (double)NAN, .worst_demand = -1, .worst_scenario = -1};
}

static void
add_demand(const struct view *view, const struct supply_figures *figures, int demand_d,
           struct supply_sum *sum)
{
    sum->count++;
    for (int i = 0; i < view->shown_count; i++) {
        int s = view->scenario_s[i];
        double share = figure(&figures->worst_share, s, demand_d);
        sum->need_m3 += figure(&figures->need, s, demand_d);
        sum->supply_m3 += figure(&figures->supply, s, demand_d);
        sum->rule_m3 += figure(&figures->rule, s, demand_d);
        sum->water_m3 += figure(&figures->water, s, demand_d);
        sum->structural_m3 += figure(&figures->structural, s, demand_d);
        sum->steps += figure(&figures->steps, s, demand_d);
        sum->short_steps += figure(&figures->short_steps, s, demand_d);
        if (share < sum->worst_share) {
            sum->worst_share = share;
            sum->worst_time = figure(&figures->worst_time, s, demand_d);
            sum->worst_demand = demand_d;
            sum->worst_scenario = s;
        }
    }
}

/* need, supplied, met, missing by reason, steps met in full */
static void
supply_cells(const struct view *view, struct table *table, const struct supply_sum *sum)
{
    double to_hm3 = 1e-6 / view->years / view->shown_count;
    table_number(table, sum->need_m3 * to_hm3);
    table_number(table, sum->supply_m3 * to_hm3);
    table_percent(table, ratio(sum->supply_m3, sum->need_m3));
    table_number(table, sum->rule_m3 * to_hm3);
    table_number(table, (sum->water_m3 - sum->structural_m3) * to_hm3);
    table_number(table, sum->structural_m3 * to_hm3);
    table_percent(table, ratio(sum->steps - sum->short_steps, sum->steps));
    table_percent(table, sum->worst_demand >= 0 ? sum->worst_share : 1.0);
}

#define SUPPLY_HEADS                                                                               \
    "need hm3/y", "supply", "met %", "cut by rule", "no water", "no works", "steps full %",        \
        "worst step %"

void
date_cell(const struct view *view, struct table *table, double time)
{
    char date[32];
    table_cell(table, "%s", reader_date(view->reader, time, date, sizeof date));
}

static void
worst_cells(const struct view *view, struct table *table, const struct supply_sum *sum,
            char *const *demand)
{
    if (sum->worst_demand < 0) {
        for (int i = 0; i < 3; i++)
            table_cell(table, "-");
        return;
    }
    table_cell(table, "%s", demand[sum->worst_demand]);
    date_cell(view, table, sum->worst_time);
    table_cell(table, "%s", view->reader->scenario[sum->worst_scenario]);
}

static void
merge(struct supply_sum *total, const struct supply_sum *sum)
{
    total->need_m3 += sum->need_m3;
    total->supply_m3 += sum->supply_m3;
    total->rule_m3 += sum->rule_m3;
    total->water_m3 += sum->water_m3;
    total->structural_m3 += sum->structural_m3;
    total->steps += sum->steps;
    total->short_steps += sum->short_steps;
    total->count += sum->count;
    if (sum->worst_demand >= 0 && sum->worst_share < total->worst_share) {
        total->worst_share = sum->worst_share;
        total->worst_time = sum->worst_time;
        total->worst_demand = sum->worst_demand;
        total->worst_scenario = sum->worst_scenario;
    }
}

static void
group_rows(const struct view *view, struct table *table, const struct supply_figures *figures,
           char *const *key, char *const *demand)
{
    struct supply_sum total = empty_sum();
    for (int d = 0; d < figures->count; d++) {
        int first = 0;
        while (strcmp(key[first], key[d]) != 0)
            first++;
        if (first < d)
            continue; /* its group has had its line */
        struct supply_sum sum = empty_sum();
        for (int other = d; other < figures->count; other++)
            if (strcmp(key[other], key[d]) == 0)
                add_demand(view, figures, other, &sum);
        merge(&total, &sum);
        table_cell(table, "%s", key[d][0] != '\0' ? key[d] : "(none)");
        supply_cells(view, table, &sum);
        worst_cells(view, table, &sum, demand);
    }
    table_cell(table, "all");
    supply_cells(view, table, &total);
    worst_cells(view, table, &total, demand);
}

void
show_groups(struct view *view, const char *head, const char *key_variable)
{
    const char *const heads[] = {head, SUPPLY_HEADS, "<of", "<on", "<scenario"};
    struct supply_figures figures;
    struct table table;
    read_supply(view, &figures);
    char **key = view_texts(view, key_variable, figures.count);
    char **demand = view_texts(view, "demand", figures.count);
    if (!view->failed) {
        table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
        group_rows(view, &table, &figures, key, demand);
        print(view, &table);
    }
    texts_free(key, key != NULL ? figures.count : 0);
    texts_free(demand, demand != NULL ? figures.count : 0);
    free_supply(&figures);
}

/* The longest run of short steps of a demand over the scenarios shown. */
static void
longest_cells(const struct view *view, struct table *table, const struct supply_figures *figures,
              int demand_d)
{
    double events = 0.0;
    int longest_s = view->scenario_s[0];
    for (int i = 0; i < view->shown_count; i++) {
        int s = view->scenario_s[i];
        events += figure(&figures->event_count, s, demand_d);
        if (figure(&figures->longest, s, demand_d) > figure(&figures->longest, longest_s, demand_d))
            longest_s = s;
    }
    table_number(table, events / view->years / view->shown_count);
    table_cell(table, "%.0f", figure(&figures->longest, longest_s, demand_d));
    date_cell(view, table, figure(&figures->longest_start, longest_s, demand_d));
}

#define DEMAND_HEADS "<class", SUPPLY_HEADS, "<on", "events/y", "longest, steps", "<from"

static void
demand_row(const struct view *view, struct table *table, const struct supply_figures *figures,
           int demand_d, const char *id, const char *key)
{
    struct supply_sum sum = empty_sum();
    add_demand(view, figures, demand_d, &sum);
    table_cell(table, "%s", id);
    table_cell(table, "%s", key);
    supply_cells(view, table, &sum);
    date_cell(view, table, sum.worst_time);
    longest_cells(view, table, figures, demand_d);
}

void
show_demands(struct view *view)
{
    static const char *const heads[] = {"<demand", DEMAND_HEADS};
    struct supply_figures figures;
    struct table table;
    read_supply(view, &figures);
    char **key = view_texts(view, "demand_class", figures.count);
    char **demand = view_texts(view, "demand", figures.count);
    if (!view->failed) {
        table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
        for (int d = 0; d < figures.count; d++)
            demand_row(view, &table, &figures, d, demand[d], key[d]);
        print(view, &table);
    }
    texts_free(key, key != NULL ? figures.count : 0);
    texts_free(demand, demand != NULL ? figures.count : 0);
    free_supply(&figures);
}

/* Demands short at times, those with the least of their need first; how many there are. */
static int
rank_shortest(const struct view *view, const struct supply_figures *figures, int *order,
              double *met)
{
    int count = 0;
    for (int d = 0; d < figures->count; d++) {
        struct supply_sum sum = empty_sum();
        add_demand(view, figures, d, &sum);
        if (sum.short_steps <= 0.0)
            continue;
        int place = count++;
        met[d] = ratio(sum.supply_m3, sum.need_m3);
        for (; place > 0 && met[order[place - 1]] > met[d]; place--)
            order[place] = order[place - 1];
        order[place] = d;
    }
    return count;
}

void
show_shortest(struct view *view)
{
    enum { SHOWN_MAX = 12 };
    static const char *const heads[] = {"<least served", DEMAND_HEADS};
    struct supply_figures figures;
    struct table table;
    read_supply(view, &figures);
    char **key = view_texts(view, "demand_class", figures.count);
    char **demand = view_texts(view, "demand", figures.count);
    int *order = calloc((size_t)figures.count + 1, sizeof *order);
    double *met = calloc((size_t)figures.count + 1, sizeof *met);
    view->failed = view->failed || order == NULL || met == NULL;
    if (!view->failed) {
        int short_count = rank_shortest(view, &figures, order, met);
        if (short_count == 0) {
            fputs("No demand is ever short.\n", view->out);
        } else {
            table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
            for (int i = 0; i < short_count && i < SHOWN_MAX; i++)
                demand_row(view, &table, &figures, order[i], demand[order[i]], key[order[i]]);
            print(view, &table);
        }
        if (short_count > SHOWN_MAX)
            fprintf(view->out, "... and %d more that are short at times: nguon show %s demands\n",
                    short_count - SHOWN_MAX, view->reader->path);
    }
    free(order);
    free(met);
    texts_free(key, key != NULL ? figures.count : 0);
    texts_free(demand, demand != NULL ? figures.count : 0);
    free_supply(&figures);
}

/* ---- reservoirs and links ----------------------------------------------------------------------
 */

void
show_reservoirs(struct view *view)
{
    static const char *const heads[] = {"<reservoir",   "capacity hm3", "lowest hm3",
                                        "lowest m",     "<on",          "<scenario",
                                        "inflow hm3/y", "spill hm3/y",  "evaporation",
                                        "spilling %",   "in a zone %",  "reserve short %"};
    static const char *const names[] = {
        "reservoir_minimum_storage_m3", "reservoir_minimum_level_m",
        "reservoir_minimum_step",       "reservoir_inflow_m3",
        "reservoir_spill_m3",           "reservoir_evaporation_m3",
        "reservoir_steps_spilling",     "reservoir_steps_in_zone_below_target",
        "reservoir_steps_reserve_short"};
    enum { LOWEST, LEVEL, TIME, INFLOW, SPILL, EVAPORATION, SPILLING, ZONE, RESERVE, FIGURE_COUNT };
    struct figures figures[FIGURE_COUNT];
    struct table table;
    int count = view_count(view, "reservoir"), capacity_count;
    if (count == 0)
        return;
    for (int i = 0; i < FIGURE_COUNT; i++)
        figures[i] = view_figures(view, names[i], count);
    char **id = view_texts(view, "reservoir", count);
    double *capacity = reader_numbers(view->reader, "reservoir_capacity", &capacity_count);
    view->failed = view->failed || capacity_count != count;
    if (!view->failed) {
        double steps = view->reader->step_count;
        table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
        for (int r = 0; r < count; r++) {
            int lowest_s = view->scenario_s[0];
            for (int i = 0; i < view->shown_count; i++) {
                int s = view->scenario_s[i];
                if (isnan(figure(&figures[LOWEST], lowest_s, r)) || /* not in service there */
                    figure(&figures[LOWEST], s, r) < figure(&figures[LOWEST], lowest_s, r))
                    lowest_s = s;
            }
            table_cell(&table, "%s", id[r]);
            table_number(&table, capacity[r] / 1e6);
            table_number(&table, figure(&figures[LOWEST], lowest_s, r) / 1e6);
            table_number(&table, figure(&figures[LEVEL], lowest_s, r));
            date_cell(view, &table, figure(&figures[TIME], lowest_s, r));
            bool served = !isnan(figure(&figures[LOWEST], lowest_s, r));
            table_cell(&table, "%s", served ? view->reader->scenario[lowest_s] : "-");
            for (int i = INFLOW; i <= EVAPORATION; i++)
                table_number(&table, figure_mean(view, &figures[i], r) / 1e6 / view->years);
            for (int i = SPILLING; i <= RESERVE; i++)
                table_percent(&table, figure_mean(view, &figures[i], r) / steps);
        }
        print(view, &table);
    }
    for (int i = 0; i < FIGURE_COUNT; i++)
        free(figures[i].value);
    texts_free(id, id != NULL ? count : 0);
    free(capacity);
}

void
show_links(struct view *view)
{
    static const char *const heads[] = {"<link",    "<kind",          "<from",       "<to",
                                        "hm3/year", "minimum kept %", "steps kept %"};
    static const char *const names[] = {"link_volume_m3", "link_minimum_flow_m3",
                                        "link_minimum_flow_met_m3", "link_steps_minimum_flow",
                                        "link_steps_minimum_flow_short"};
    static const char *const texts[] = {"link", "link_kind", "link_from", "link_to"};
    enum { VOLUME, MINIMUM, MET, STEPS, SHORT, FIGURE_COUNT };
    struct figures figures[FIGURE_COUNT];
    char **text[4];
    struct table table;
    int count = view_count(view, "link");
    if (count == 0)
        return;
    for (int i = 0; i < FIGURE_COUNT; i++)
        figures[i] = view_figures(view, names[i], count);
    for (int i = 0; i < 4; i++)
        text[i] = view_texts(view, texts[i], count);
    if (!view->failed) {
        table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
        for (int l = 0; l < count; l++) {
            for (int i = 0; i < 4; i++)
                table_cell(&table, "%s", text[i][l]);
            double steps = figure_mean(view, &figures[STEPS], l);
            table_number(&table, figure_mean(view, &figures[VOLUME], l) / 1e6 / view->years);
            table_percent(&table, ratio(figure_mean(view, &figures[MET], l),
                                        figure_mean(view, &figures[MINIMUM], l)));
            table_percent(&table, ratio(steps - figure_mean(view, &figures[SHORT], l), steps));
        }
        print(view, &table);
    }
    for (int i = 0; i < FIGURE_COUNT; i++)
        free(figures[i].value);
    for (int i = 0; i < 4; i++)
        texts_free(text[i], text[i] != NULL ? count : 0);
}

/* The scenario with the longest time shut, of those in which the link shuts on salt; -1 for none.
 */
static int
worst_shut(const struct view *view, const struct figures *salinity, const struct figures *longest,
           int link_l)
{
    int worst_s = -1;
    for (int i = 0; i < view->shown_count; i++) {
        int s = view->scenario_s[i];
        if (!isnan(figure(salinity, s, link_l)) &&
            (worst_s < 0 || figure(longest, s, link_l) > figure(longest, worst_s, link_l)))
            worst_s = s;
    }
    return worst_s;
}

/* Mean over the scenarios in which the link shuts on salt. */
static double
mean_of_intake(const struct view *view, const struct figures *salinity,
               const struct figures *figures, int link_l)
{
    double sum = 0.0;
    int count = 0;
    for (int i = 0; i < view->shown_count; i++)
        if (!isnan(figure(salinity, view->scenario_s[i], link_l))) {
            sum += figure(figures, view->scenario_s[i], link_l);
            count++;
        }
    return sum / count;
}

void
show_intakes(struct view *view)
{
    static const char *const heads[] = {"<intake",
                                        "<estuary",
                                        "shut %",
                                        "partly shut %",
                                        "withheld hm3/year",
                                        "worst kg/m3",
                                        "longest shut, steps",
                                        "<from",
                                        "<in scenario",
                                        "people short, most",
                                        "person-days/year"};
    static const char *const names[] = {"link_worst_salinity_kgm3", "link_steps_shut",
                                        "link_steps_partly_shut",   "link_withheld_m3",
                                        "link_longest_shut_steps",  "link_longest_shut_start",
                                        "link_people_short",        "link_person_days_short"};
    enum { SALINITY, SHUT, PARTLY, WITHHELD, LONGEST, START, PEOPLE, PERSON_DAYS, FIGURE_COUNT };
    struct figures figures[FIGURE_COUNT];
    struct table table;
    int count = view_count(view, "link");
    double steps = (double)view->reader->step_count;
    if (count == 0 || view->shown_count == 0)
        return;
    for (int i = 0; i < FIGURE_COUNT; i++)
        figures[i] = view_figures(view, names[i], count);
    char **id = view_texts(view, "link", count), **from = view_texts(view, "link_from", count);
    if (!view->failed) {
        table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
        for (int l = 0; l < count; l++) {
            int worst_s = worst_shut(view, &figures[SALINITY], &figures[LONGEST], l);
            if (worst_s < 0)
                continue;
            double worst_kgm3 = 0.0, people = 0.0;
            for (int i = 0; i < view->shown_count; i++) {
                worst_kgm3 = fmax(worst_kgm3, figure(&figures[SALINITY], view->scenario_s[i], l));
                people = fmax(people, figure(&figures[PEOPLE], view->scenario_s[i], l));
            }
            table_cell(&table, "%s", id[l]);
            table_cell(&table, "%s", from[l]);
            table_percent(&table,
                          mean_of_intake(view, &figures[SALINITY], &figures[SHUT], l) / steps);
            table_percent(&table,
                          mean_of_intake(view, &figures[SALINITY], &figures[PARTLY], l) / steps);
            table_number(&table, mean_of_intake(view, &figures[SALINITY], &figures[WITHHELD], l) /
                                     1e6 / view->years);
            table_number(&table, worst_kgm3);
            table_number(&table, figure(&figures[LONGEST], worst_s, l));
            date_cell(view, &table, figure(&figures[START], worst_s, l));
            table_cell(&table, "%s", view->reader->scenario[worst_s]);
            table_number(&table, people);
            table_number(&table,
                         mean_of_intake(view, &figures[SALINITY], &figures[PERSON_DAYS], l) /
                             view->years);
        }
        print(view, &table);
    }
    for (int i = 0; i < FIGURE_COUNT; i++)
        free(figures[i].value);
    texts_free(id, id != NULL ? count : 0);
    texts_free(from, from != NULL ? count : 0);
}

void
show_licences(struct view *view)
{
    static const char *const heads[] = {"<licence", "hm3/year", "largest year hm3", "used up %"};
    struct table table;
    int count = view_count(view, "licence");
    if (count == 0)
        return;
    struct figures volume = view_figures(view, "licence_volume_m3", count);
    struct figures largest = view_figures(view, "licence_largest_year_m3", count);
    struct figures exhausted = view_figures(view, "licence_steps_exhausted", count);
    char **id = view_texts(view, "licence", count);
    if (!view->failed) {
        table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
        for (int c = 0; c < count; c++) {
            double largest_m3 = 0.0;
            for (int s = view->first_s; s < view->end_s; s++)
                if (figure(&largest, s, c) > largest_m3)
                    largest_m3 = figure(&largest, s, c);
            table_cell(&table, "%s", id[c]);
            table_number(&table, figure_mean(view, &volume, c) / 1e6 / view->years);
            table_number(&table, largest_m3 / 1e6);
            table_percent(&table,
                          figure_mean(view, &exhausted, c) / (double)view->reader->step_count);
        }
        print(view, &table);
    }
    free(volume.value);
    free(largest.value);
    free(exhausted.value);
    texts_free(id, id != NULL ? count : 0);
}

/* ---- scenarios ---------------------------------------------------------------------------------
 */

/* In place of a supply: since when there is nothing. */
static void
failed_cells(const struct view *view, struct table *table, int scenario_s)
{
    static const char *const supply_heads[] = {SUPPLY_HEADS};
    for (size_t i = 0; i < sizeof supply_heads / sizeof *supply_heads; i++)
        table_cell(table, "-");
    table_cell(table, "failed");
    date_cell(view, table, view->failed_time[scenario_s]);
}

void
show_scenarios(struct view *view)
{
    const char *const heads[] = {"<scenario", SUPPLY_HEADS, "<of", "<on"};
    struct supply_figures figures;
    struct table table;
    struct view one = *view;
    read_supply(view, &figures);
    char **demand = view_texts(view, "demand", figures.count);
    if (!view->failed) {
        table_init(&table, view->options->format, sizeof heads / sizeof *heads, heads);
        for (int s = view->first_s; s < view->end_s; s++) {
            struct supply_sum sum = empty_sum();
            table_cell(&table, "%s", view->reader->scenario[s]);
            if (!isnan(view->failed_time[s])) {
                failed_cells(view, &table, s);
                continue;
            }
            one.scenario_s = &s;
            one.shown_count = 1;
            for (int d = 0; d < figures.count; d++)
                add_demand(&one, &figures, d, &sum);
            supply_cells(&one, &table, &sum);
            table_cell(&table, "%s", sum.worst_demand >= 0 ? demand[sum.worst_demand] : "-");
            date_cell(&one, &table, sum.worst_time);
        }
        print(view, &table);
    }
    texts_free(demand, demand != NULL ? figures.count : 0);
    free_supply(&figures);
}
