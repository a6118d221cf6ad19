/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "model/conveyance.h"
#include "model/reservoir.h"
#include "output/table.h"
#include "scenarios/simulate.h"

#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Prints what was understood of a basin, so that a slip of the file is seen before a run. */

static const double seconds_per_year = 365.2425 * 86400.0;
static const double m3_per_hm3 = 1e6;

static const char doc[] =
    "Read and validate a basin file and print what was understood: nodes, storages, demands by "
    "class, mean inflow, the balance of supply and demand, and demands that the works cannot serve "
    "whole."
    "\vExample:\n  nguon check examples/quang-ninh/basin.yaml";

static const struct argp_option options[] = {
    {"scenarios", 's', "FILE", 0, "take the scenarios from this file", 0},
    {"set", 'S', "PATH=VALUE", 0, "change a figure: reservoirs.yen_lap.capacity='120 hm3'", 0},
    {0}};

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct basin_source *source = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "basin file", &source->path);
    default:
        return parse_basin_option(key, argument, state, source);
    }
}

/** The basin as its file stands, with what its weather and its works amount to over the run. */
struct survey {
    const struct basin *basin;
    const struct timeaxis *axis;
    struct plan plan;
    struct records *records;
    struct runoff *runoff;
    struct delivery *delivery; /**< [demand_count] */
    double *need_m3;           /**< [demand_count] */
    double *drawn_m3;          /**< [demand_count] need and what is lost on the way to it */
    double *runoff_m3;         /**< [node_count] of catchments */
    double *other_m3;          /**< [node_count] recharge, forced sources, water from outside */
    double *gain;              /**< [node_count] of conveyance_gains, work space */
};

static double
to_hm3_per_year(const struct survey *survey, double volume_m3)
{
    const struct timeaxis *axis = survey->axis;
    double run_s = (double)(axis->start_s[axis->step_count] - axis->start_s[0]);
    return volume_m3 / m3_per_hm3 * seconds_per_year / run_s;
}

/* ---- figures -----------------------------------------------------------------------------------
 */

static void
sum_needs(struct survey *survey)
{
    const struct basin *basin = survey->basin;
    const struct timeaxis *axis = survey->axis;
    for (int t = 0; t < axis->step_count; t++) {
        struct moment moment = {axis, t, basin->run.demand_year, survey->records->on_steps};
        if (t == 0 || axis->month[t] != axis->month[t - 1])
            conveyance_gains(basin, &moment, survey->gain);
        for (int d = 0; d < basin->demand_count; d++) {
            double gain = survey->gain[basin->demand[d].node_i];
            double need_m3 = demand_need_m3s(basin, &basin->demand[d], &moment) * axis->dt_s[t];
            survey->need_m3[d] += need_m3;
            survey->drawn_m3[d] += gain > 0.0 ? need_m3 / gain : need_m3;
        }
    }
}

static double
quantity_m3(const struct survey *survey, const struct varying *varying)
{
    double volume_m3 = 0.0;
    if (varying->kind == VARYING_ABSENT)
        return 0.0;
    for (int t = 0; t < survey->axis->step_count; t++) {
        double flow_m3s = varying_at(varying, survey->axis, t, survey->basin->run.demand_year,
                                     survey->records->on_steps, NAN);
        volume_m3 += fmax(0.0, flow_m3s) * survey->axis->dt_s[t];
    }
    return volume_m3;
}

static void
sum_inflows(struct survey *survey)
{
    const struct basin *basin = survey->basin;
    for (int c = 0; c < basin->catchment_count; c++)
        for (int t = 0; t < survey->axis->step_count; t++)
            survey->runoff_m3[basin->catchment[c].node_i] +=
                survey->runoff->flow_m3s[c][t] * survey->axis->dt_s[t];
    for (int p = 0; p < basin->passage_count; p++)
        survey->other_m3[basin->passage[p].node_i] +=
            quantity_m3(survey, &basin->passage[p].boundary_inflow);
    for (int a = 0; a < basin->aquifer_count; a++)
        survey->other_m3[basin->aquifer[a].node_i] +=
            quantity_m3(survey, &basin->aquifer[a].recharge);
    for (int s = 0; s < basin->source_count; s++)
        if (basin->source[s].forced)
            survey->other_m3[basin->source[s].node_i] +=
                quantity_m3(survey, &basin->source[s].capacity);
}

/* Scenarios must be possible, though the figures are those of the file itself. */
static enum status
try_first_scenario(struct survey *survey, struct error *err)
{
    struct basin *scenario = NULL;
    enum status status = plan_scenario_basin(&survey->plan, survey->basin, 0, &scenario, err);
    basin_destroy(scenario);
    return status;
}

static enum status
survey_init(struct survey *survey, struct error *err)
{
    enum status status = STATUS_OK;
    const struct basin *basin = survey->basin;
    survey->need_m3 = calloc((size_t)basin->demand_count + 1, sizeof(double));
    survey->drawn_m3 = calloc((size_t)basin->demand_count + 1, sizeof(double));
    survey->runoff_m3 = calloc((size_t)basin->node_count + 1, sizeof(double));
    survey->other_m3 = calloc((size_t)basin->node_count + 1, sizeof(double));
    survey->gain = calloc((size_t)basin->node_count + 1, sizeof(double));
    survey->delivery = calloc((size_t)basin->demand_count + 1, sizeof *survey->delivery);
    if (survey->need_m3 == NULL || survey->drawn_m3 == NULL || survey->runoff_m3 == NULL ||
        survey->other_m3 == NULL || survey->gain == NULL || survey->delivery == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory"));
    TRY(plan_expand(basin, &survey->plan, err));
    TRY(try_first_scenario(survey, err));
    TRY(records_create(basin, survey->axis, &survey->records, err));
    TRY(runoff_create(basin, survey->records, &survey->runoff, err));
    TRY(runoff_compute(survey->runoff, basin, basin, survey->records, 1, err));
    struct simulation_input input = {.basin = basin,
                                     .axis = survey->axis,
                                     .records = survey->records,
                                     .runoff = survey->runoff,
                                     .method = LP_SIMPLEX};
    TRY(simulate_delivery(&input, survey->delivery, err));
    sum_needs(survey);
    sum_inflows(survey);
out:
    return status;
}

static void
survey_finish(struct survey *survey)
{
    runoff_destroy(survey->runoff);
    records_destroy(survey->records);
    plan_finish(&survey->plan);
    free(survey->need_m3);
    free(survey->drawn_m3);
    free(survey->runoff_m3);
    free(survey->other_m3);
    free(survey->gain);
    free(survey->delivery);
}

static void
print_drought_plans(const struct basin *basin)
{
    for (int p = 0; p < basin->drought_plan_count; p++) {
        const struct drought_plan *plan = &basin->drought_plan[p];
        int demand_count = 0;
        for (int d = 0; d < basin->demand_count; d++)
            demand_count += plan->holds_for[d];
        printf("Drought plan %s%s for %d demands, by the storage of %d lakes: normal", plan->id,
               plan->enabled ? "" : " (not enabled)", demand_count, plan->lake_count);
        for (int i = 0; i < plan->stage_count; i++)
            printf(", %s", plan->stage[i].id);
        printf("\n");
    }
}

/* ---- tables ------------------------------------------------------------------------------------
 */

static void
print_head(const struct survey *survey)
{
    const struct basin *basin = survey->basin;
    const struct timeaxis *axis = survey->axis;
    char first[32], last[32];
    printf("%s: %s to %s, %s, %d steps\n", basin->name,
           date_format(timeaxis_date(axis, 0), false, first, sizeof first),
           date_format(date_from_seconds(axis->start_s[axis->step_count] - 86400), false, last,
                       sizeof last),
           step_kind_name(axis->step), axis->step_count);
    int node_count[NODE_KIND_COUNT] = {0}, link_count[LINK_SLUICE + 1] = {0}, spill_count = 0;
    for (int i = 0; i < basin->node_count; i++)
        node_count[basin->node[i].kind]++;
    for (int i = 0; i < basin->link_count; i++) {
        if (basin->link[i].is_spill)
            spill_count++;
        else
            link_count[basin->link[i].kind]++;
    }
    printf("%d nodes:", basin->node_count);
    for (int kind = 0; kind < NODE_KIND_COUNT; kind++)
        if (node_count[kind] > 0)
            printf(" %d %s", node_count[kind], node_kind_name((enum node_kind)kind));
    printf("\n%d links:", basin->link_count);
    for (int kind = 0; kind <= LINK_SLUICE; kind++)
        if (link_count[kind] > 0)
            printf(" %d %s", link_count[kind], link_kind_name((enum link_kind)kind));
    printf(" %d spillway\n", spill_count);
    print_drought_plans(basin);
    if (basin->split_count + basin->blend_count + basin->licence_count > 0)
        printf("Rules of links: %d split, %d blend, %d licence\n", basin->split_count,
               basin->blend_count, basin->licence_count);
    if (basin->substance_count > 0) {
        printf("Followed in the water:");
        for (int s = 0; s < basin->substance_count; s++)
            printf(" %s", basin->substance[s].id);
        printf("\n");
    }
    printf("Ranks:");
    for (int i = 0; i < basin->rank_count; i++)
        printf(" %d %s", i + 1, basin->rank[i].id);
    printf(
        "\nFigures flagged S (sourced) %d, R (recalled) %d, E (estimated) %d, M (from memory) %d, "
        "without a flag %d\n",
        basin->flag_count[0], basin->flag_count[1], basin->flag_count[2], basin->flag_count[3],
        basin->unflagged_count);
    printf("%d scenario%s", survey->plan.scenario_count,
           survey->plan.scenario_count == 1 ? "" : "s:");
    for (int a = 0; a < survey->plan.axis_count; a++)
        printf(" %s %d", survey->plan.axis[a].id, survey->plan.axis[a].member_count);
    printf("; the figures below are those of the file itself, ");
    if (basin->run.demand_year != 0)
        printf("demand year %d\n\n", basin->run.demand_year);
    else
        printf("demand by the calendar\n\n");
}

static void
print_reservoirs(const struct survey *survey)
{
    static const char *const heads[] = {"<reservoir", "<name",    "full hm3",  "level m",
                                        "dead hm3",   "area km2", "<spills to"};
    const struct basin *basin = survey->basin;
    struct table table;
    double full_m3 = 0.0, dead_m3 = 0.0;
    if (basin->reservoir_count == 0)
        return;
    table_init(&table, false, sizeof heads / sizeof *heads, heads);
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *reservoir = &basin->reservoir[r];
        table_cell(&table, "%s", basin->node[reservoir->node_i].id);
        table_cell(&table, "%s", basin->node[reservoir->node_i].name);
        table_number(&table, reservoir->capacity_m3 / m3_per_hm3);
        table_number(&table, reservoir_level_m(reservoir, reservoir->capacity_m3));
        table_number(&table, reservoir->dead_storage_m3 / m3_per_hm3);
        table_number(&table, reservoir_area_m2(reservoir, reservoir->capacity_m3) / 1e6);
        table_cell(&table, "%s", basin->node[reservoir->spill_to].id);
        full_m3 += reservoir->capacity_m3;
        dead_m3 += reservoir->dead_storage_m3;
    }
    table_cell(&table, "all");
    table_cell(&table, " ");
    table_number(&table, full_m3 / m3_per_hm3);
    table_cell(&table, " ");
    table_number(&table, dead_m3 / m3_per_hm3);
    table_cell(&table, " ");
    table_cell(&table, " ");
    table_print(&table, stdout);
    putchar('\n');
}

/* Need net of losses, and what has to be drawn for it. */
static void
print_classes(const struct survey *survey)
{
    static const char *const heads[] = {"<class", "demands", "need hm3/y", "drawn hm3/y",
                                        "peak m3/s"};
    const struct basin *basin = survey->basin;
    struct table table;
    double all_m3 = 0.0, all_drawn_m3 = 0.0;
    table_init(&table, false, sizeof heads / sizeof *heads, heads);
    for (int class_i = 0; class_i < basin->class_count; class_i++) {
        double need_m3 = 0.0, drawn_m3 = 0.0, peak_m3s = 0.0;
        int count = 0;
        for (int d = 0; d < basin->demand_count; d++)
            if (basin->demand[d].class_i == class_i) {
                need_m3 += survey->need_m3[d];
                drawn_m3 += survey->drawn_m3[d];
                peak_m3s += survey->delivery[d].peak_need_m3s;
                count++;
            }
        all_m3 += need_m3;
        all_drawn_m3 += drawn_m3;
        if (count == 0)
            continue;
        table_cell(&table, "%s", basin->class[class_i].id);
        table_cell(&table, "%d", count);
        table_number(&table, to_hm3_per_year(survey, need_m3));
        table_number(&table, to_hm3_per_year(survey, drawn_m3));
        table_number(&table, peak_m3s);
    }
    table_cell(&table, "all");
    table_cell(&table, "%d", basin->demand_count);
    table_number(&table, to_hm3_per_year(survey, all_m3));
    table_number(&table, to_hm3_per_year(survey, all_drawn_m3));
    table_cell(&table, " ");
    table_print(&table, stdout);
    puts("(drawn: the need and what is lost on the way on which least is lost)\n");
}

/* Water and needs of one sub-system, or of all. */
struct balance {
    double runoff_m3, other_m3, storage_m3, need_m3, drawn_m3;
};

static struct balance
balance_of(const struct survey *survey, const char *subsystem)
{
    const struct basin *basin = survey->basin;
    struct balance balance = {0};
    for (int i = 0; i < basin->node_count; i++) {
        const struct node *node = &basin->node[i];
        const char *own = node->subsystem != NULL ? node->subsystem : "";
        if (subsystem != NULL && strcmp(own, subsystem) != 0)
            continue;
        balance.runoff_m3 += survey->runoff_m3[i];
        balance.other_m3 += survey->other_m3[i];
        if (node->kind == NODE_RESERVOIR)
            balance.storage_m3 += basin->reservoir[node->kind_i].capacity_m3;
        if (node->kind == NODE_DEMAND) {
            balance.need_m3 += survey->need_m3[node->kind_i];
            balance.drawn_m3 += survey->drawn_m3[node->kind_i];
        }
    }
    return balance;
}

static void
balance_row(struct table *table, const struct survey *survey, const char *name,
            const struct balance *balance)
{
    double inflow_m3 = balance->runoff_m3 + balance->other_m3;
    table_cell(table, "%s", name);
    table_number(table, to_hm3_per_year(survey, balance->runoff_m3));
    table_number(table, to_hm3_per_year(survey, balance->other_m3));
    table_number(table, balance->storage_m3 / m3_per_hm3);
    table_number(table, to_hm3_per_year(survey, balance->need_m3));
    table_number(table, to_hm3_per_year(survey, balance->drawn_m3));
    table_percent(table, inflow_m3 > 0.0 ? balance->drawn_m3 / inflow_m3 : (double)NAN);
}

/* Inflow against need by sub-system, in the order of the file. */
static void
print_balance(const struct survey *survey)
{
    static const char *const heads[] = {"<sub-system",     "runoff hm3/y", "other inflow",
                                        "storage hm3",     "need hm3/y",   "drawn hm3/y",
                                        "drawn / inflow %"};
    const struct basin *basin = survey->basin;
    struct table table;
    table_init(&table, false, sizeof heads / sizeof *heads, heads);
    for (int i = 0; i < basin->node_count; i++) {
        const char *own = basin->node[i].subsystem != NULL ? basin->node[i].subsystem : "";
        int first = 0;
        while (strcmp(basin->node[first].subsystem != NULL ? basin->node[first].subsystem : "",
                      own) != 0)
            first++;
        struct balance balance = balance_of(survey, own);
        if (first == i &&
            balance.runoff_m3 + balance.other_m3 + balance.storage_m3 + balance.need_m3 > 0.0)
            balance_row(&table, survey, own[0] != '\0' ? own : "(none)", &balance);
    }
    struct balance all = balance_of(survey, NULL);
    balance_row(&table, survey, "all", &all);
    table_print(&table, stdout);
    puts("(other inflow: from outside, mine drainage and other forced sources, recharge)\n");
}

/* What a change of the forest means, by its source. */
static void
print_forests(const struct basin *basin)
{
    for (int c = 0; c < basin->catchment_count; c++) {
        const struct forest *forest = &basin->catchment[c].forest;
        if (isnan(forest->annual_rain_m))
            continue;
        printf("%s: forest %g %% -> %g %%: evapotranspiration %.0f -> %.0f mm/year (Zhang et al. "
               "2001), runoff x %.4f, quick flow x %.4f\n",
               basin->node[basin->catchment[c].node_i].id, 100.0 * forest->reference,
               100.0 * forest->cover,
               1e3 * forest_evapotranspiration_m(forest->annual_rain_m, forest->reference),
               1e3 * forest_evapotranspiration_m(forest->annual_rain_m, forest->cover),
               forest_runoff_factor(forest),
               1.0 + forest->quick_flow * (forest->reference - forest->cover));
    }
}

static void
print_delivery(const struct survey *survey)
{
    static const char *const heads[] = {"<demand",        "<class",      "peak m3/s",
                                        "delivered m3/s", "share met %", "<in"};
    const struct basin *basin = survey->basin;
    struct table table;
    int short_count = 0;
    for (int d = 0; d < basin->demand_count; d++)
        short_count += survey->delivery[d].least_share < 1.0;
    if (short_count == 0) {
        puts("With full lakes and rivers the works can serve every demand whole.");
        return;
    }
    printf("%d demand%s that the works cannot serve whole even from full lakes and rivers:\n",
           short_count, short_count == 1 ? "" : "s");
    table_init(&table, false, sizeof heads / sizeof *heads, heads);
    for (int d = 0; d < basin->demand_count; d++) {
        const struct delivery *delivery = &survey->delivery[d];
        char month[32];
        if (delivery->least_share >= 1.0)
            continue;
        table_cell(&table, "%s", basin->node[basin->demand[d].node_i].id);
        table_cell(&table, "%s", basin->class[basin->demand[d].class_i].id);
        table_number(&table, delivery->peak_need_m3s);
        table_number(&table, delivery->capacity_m3s);
        table_percent(&table, delivery->least_share);
        date_format(timeaxis_date(survey->axis, delivery->least_step), false, month, sizeof month);
        table_cell(&table, "%.7s", month);
    }
    table_print(&table, stdout);
}

int
command_check(int argc, char **argv)
{
    struct basin_source source = {0};
    struct argp parser = {options, parse_option, "BASIN", doc, NULL, NULL, NULL};
    struct basin *basin = NULL;
    struct timeaxis axis = {0};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &source);
    enum status status = read_basin(&source, &basin, &axis);
    if (status != STATUS_OK)
        return status_exit_code(status);
    struct survey survey = {.basin = basin, .axis = &axis};
    status = survey_init(&survey, &err);
    if (status == STATUS_OK) {
        print_head(&survey);
        print_reservoirs(&survey);
        print_classes(&survey);
        print_balance(&survey);
        print_forests(basin);
        print_delivery(&survey);
        if (fflush(stdout) != 0)
            status = error_set(&err, STATUS_FILE_WRITE, "cannot write to standard output");
    }
    survey_finish(&survey);
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return status == STATUS_OK ? 0 : report_failure(&err);
}
