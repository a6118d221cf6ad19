/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/scorecard.h"

#include "model/demand.h"
#include "output/domestic.h"
#include "output/scorecard_private.h"
#include "output/table.h"
#include "scenarios/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_COUNT = 5 };

/* A run and what is scored in it. */
struct scoring {
    struct domestic domestic;
    struct plan plan;
    struct timeaxis axis;
    const char *class_id;
    double *flow_steps, *flow_short; /* [scenario_count][link_count] of minimum flows */
    int link_count;
};

/* One scenario as it was run. */
struct scored_scenario {
    const struct scoring *scoring;
    const struct basin *basin;
    int scenario_s;
    struct moment moment; /* the first step */
};

/* ---- people -----------------------------------------------------------------------------------
 */

/* Part of a demand that a target is about: of a tag of people, a district, or all. -1: unknown. */
static double
part_of(const struct basin *basin, const struct demand *demand, const char *of)
{
    static const char *const tags[TAG_COUNT] = {"urban", "rural", "mountain", "border", "island"};
    const char *district = basin->node[demand->node_i].district;
    if (strcmp(of, "all") == 0)
        return 1.0;
    for (int tag = 0; tag < TAG_COUNT; tag++)
        if (strcmp(of, tags[tag]) == 0)
            return (demand->people_tags & 1u << tag) != 0 ? demand->people_share[tag] : 0.0;
    return district != NULL && strcmp(of, district) == 0 ? 1.0 : 0.0;
}

/* Share of the people who are served and whose demand is met on enough of the steps. */
static double
people_served(const struct scored_scenario *scored, const struct target *target)
{
    const struct domestic *domestic = &scored->scoring->domestic;
    double served = 0.0, all = 0.0;
    for (int i = 0; i < domestic->demand_count; i++) {
        const struct demand *demand = &scored->basin->demand[domestic->demand_d[i]];
        const struct domestic_supply *one =
            &domestic->supply[(long)scored->scenario_s * domestic->demand_count + i];
        double part = part_of(scored->basin, demand, target->of);
        double reliability =
            one->step_count > 0 ? 1.0 - (double)one->short_count / one->step_count : 0.0;
        all += part * one->population;
        served += reliability >= target->reliability ? part * one->people : 0.0;
    }
    return all > 0.0 ? served / all : (double)NAN;
}

/* Share of person-days with at least the litres. */
static double
person_days(const struct scored_scenario *scored, const struct target *target)
{
    const struct domestic *domestic = &scored->scoring->domestic;
    double days = 0.0, short_days = 0.0;
    for (int i = 0; i < domestic->demand_count; i++) {
        const struct demand *demand = &scored->basin->demand[domestic->demand_d[i]];
        const struct domestic_supply *one =
            &domestic->supply[(long)scored->scenario_s * domestic->demand_count + i];
        double part = part_of(scored->basin, demand, target->of);
        days += part * one->person_days;
        short_days += part * one->person_days_short;
    }
    return days > 0.0 ? 1.0 - short_days / days : (double)NAN;
}

/* ---- lakes, works, forest ---------------------------------------------------------------------
 */

/* Whether a lake has a minimum flow below it, and keeps it often enough. */
static bool
keeps_flow(const struct scored_scenario *scored, const struct reservoir *lake, double reliability)
{
    const struct scoring *scoring = scored->scoring;
    bool any = false;
    for (int l = 0; l < scored->basin->link_count; l++) {
        const struct link *link = &scored->basin->link[l];
        long place = (long)scored->scenario_s * scoring->link_count + l;
        if (link->from != lake->node_i || !(scoring->flow_steps[place] > 0.0))
            continue;
        any = true;
        if (1.0 - scoring->flow_short[place] / scoring->flow_steps[place] < reliability)
            return false;
    }
    return any;
}

/* Share of the lakes in service, of at least the volume, that keep their minimum flow. */
static double
lakes_with_flow(const struct scored_scenario *scored, const struct target *target)
{
    const struct basin *basin = scored->basin;
    int large = 0, kept = 0;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *lake = &basin->reservoir[r];
        if (lake->capacity_m3 < target->parameter * 1e6 || lake->pit_lake ||
            !date_range_holds(&basin->node[lake->node_i].in_service, scored->moment.axis, 0,
                              scored->moment.demand_year))
            continue;
        large++;
        kept += keeps_flow(scored, lake, target->reliability);
    }
    return large > 0 ? (double)kept / large : (double)NAN;
}

/* Share of the wastewater of a district's people that works take; NAN if none of it does. */
static double
wastewater_collected(const struct scored_scenario *scored, const struct target *target)
{
    const struct domestic *domestic = &scored->scoring->domestic;
    double taken_m3 = 0.0, all_m3 = 0.0;
    for (int i = 0; i < domestic->demand_count; i++) {
        const struct demand *demand = &scored->basin->demand[domestic->demand_d[i]];
        double part = part_of(scored->basin, demand, target->of);
        double supply_m3 =
            part *
            domestic->supply[(long)scored->scenario_s * domestic->demand_count + i].supply_m3;
        all_m3 += supply_m3 * target->parameter / 100.0;
        for (int j = 0; j < demand->return_count; j++)
            if (scored->basin->node[demand->returns[j].node_i].kind == NODE_WASTEWATER)
                taken_m3 += supply_m3 * moment_value(&scored->moment, &demand->returns[j].fraction);
    }
    return taken_m3 > 0.0 && all_m3 > 0.0 ? fmin(1.0, taken_m3 / all_m3) : (double)NAN;
}

/* Cover of the catchments whose forest the basin names, by area. */
static double
forest_cover(const struct scored_scenario *scored)
{
    double area_m2 = 0.0, covered_m2 = 0.0;
    for (int c = 0; c < scored->basin->catchment_count; c++) {
        const struct catchment *catchment = &scored->basin->catchment[c];
        if (isnan(catchment->forest.annual_rain_m))
            continue;
        area_m2 += catchment->area_m2;
        covered_m2 += catchment->area_m2 * catchment->forest.cover;
    }
    return area_m2 > 0.0 ? covered_m2 / area_m2 : (double)NAN;
}

static double
measure_target(const struct scored_scenario *scored, const struct target *target)
{
    switch (target->measure) {
    case SCORE_PEOPLE_SERVED:
        return people_served(scored, target);
    case SCORE_PERSON_DAYS:
        return person_days(scored, target);
    case SCORE_MINIMUM_FLOW:
        return lakes_with_flow(scored, target);
    case SCORE_WASTEWATER:
        return wastewater_collected(scored, target);
    case SCORE_FOREST:
        return forest_cover(scored);
    case SCORE_NOT_MODELLED:
    case SCORE_MEASURE_COUNT:
        break;
    }
    return (double)NAN;
}

/* ---- scoring ----------------------------------------------------------------------------------
 */

/* What the scenarios of its year make of a target. */
struct score {
    int scenario_count; /* of the year */
    int figure_count;   /* of them with a figure */
    double mean, worst;
    int worst_s;
};

/* A figure that is the target but for rounding is just as much. */
static bool
is_met(const struct target *target, double value)
{
    static const double rounding = 1e-9;
    return target->above ? value > target->target + rounding : value >= target->target - rounding;
}

static enum scorecard_verdict
judge(const struct target *target, const struct score *score)
{
    if (target->measure == SCORE_NOT_MODELLED)
        return SCORECARD_NOT_MODELLED;
    if (score->scenario_count == 0)
        return SCORECARD_NO_YEAR;
    if (score->figure_count == 0)
        return SCORECARD_NOT_MODELLED_HERE;
    if (is_met(target, score->worst))
        return SCORECARD_MET;
    return is_met(target, score->mean) ? SCORECARD_MET_ON_AVERAGE : SCORECARD_MISSED;
}

static const char *const verdicts[SCORECARD_VERDICT_COUNT] = {
    "met",          "met on average",    "missed",
    "not modelled", "not modelled here", "no scenario of the year"};

static const char *
verdict(const struct target *target, const struct score *score)
{
    return verdicts[judge(target, score)];
}

/* A scenario of another year than the target's. */
static const double other_year = (double)INFINITY;

/* value[scenario][target], NAN for what is not known. */
static enum status
measure_targets(const struct scoring *scoring, const struct target *target, int target_count,
                double *value, struct error *err)
{
    enum status status = STATUS_OK;
    const struct domestic *domestic = &scoring->domestic;
    struct basin *basin = NULL;
    for (int s = 0; s < domestic->reader.scenario_count; s++) {
        double *row = value + (long)s * target_count;
        for (int i = 0; i < target_count; i++)
            row[i] = other_year;
        if (!domestic->there[s])
            continue;
        TRY(plan_scenario_basin(&scoring->plan, domestic->base, s, &basin, err));
        struct scored_scenario scored = {
            scoring, basin, s, {&scoring->axis, 0, basin->run.demand_year, NULL}};
        for (int i = 0; i < target_count; i++)
            if (target[i].year == basin->run.demand_year)
                row[i] = measure_target(&scored, &target[i]);
        basin_destroy(basin);
        basin = NULL;
    }
out:
    basin_destroy(basin);
    return status;
}

static void
score_targets(int scenario_count, int target_count, const double *value, struct score *score)
{
    for (int i = 0; i < target_count; i++) {
        score[i] = (struct score){.worst = (double)INFINITY};
        for (int s = 0; s < scenario_count; s++) {
            double one = value[(long)s * target_count + i];
            if (one == other_year)
                continue;
            score[i].scenario_count++;
            if (isnan(one))
                continue;
            score[i].figure_count++;
            score[i].mean += one;
            if (one < score[i].worst) {
                score[i].worst = one;
                score[i].worst_s = s;
            }
        }
        score[i].mean /= score[i].figure_count;
    }
}

/* ---- tables -----------------------------------------------------------------------------------
 */

static void
add_row(struct table *table, const struct scoring *scoring, const struct target *target,
        const struct score *score)
{
    bool known = score->figure_count > 0;
    table_cell(table, "%s", target->indicator);
    table_cell(table, "%d", target->year);
    table_cell(table, "%s %g", target->above ? ">" : ">=", target->target * 100.0);
    for (int i = 0; i < 2; i++)
        if (known)
            table_percent(table, i == 0 ? score->mean : score->worst);
        else
            table_cell(table, "-");
    table_cell(table, "%s", verdict(target, score));
    table_cell(table, "%s",
               known && !is_met(target, score->worst)
                   ? scoring->domestic.reader.scenario[score->worst_s]
                   : "");
}

/* With a coverage of 100 % everywhere all people count as connected: who reads must know. */
static void
print_coverage(FILE *out, const struct scoring *scoring)
{
    const struct domestic *domestic = &scoring->domestic;
    for (int i = 0; i < domestic->demand_count; i++) {
        const struct varying *coverage = &domestic->base->demand[domestic->demand_d[i]].coverage;
        if (coverage->kind != VARYING_ABSENT &&
            (!varying_is_constant(coverage) || varying_long_term(coverage) < 1.0))
            return;
    }
    fputs("No demand of people has a coverage below 100 %: all count as connected\n", out);
}

static void
print_counts(FILE *out, const struct target *target, const struct score *score, int count)
{
    fputs("\n", out);
    for (int w = 0; w < SCORECARD_VERDICT_COUNT; w++) {
        int found = 0;
        for (int i = 0; i < count; i++)
            found += (int)judge(&target[i], &score[i]) == w;
        fprintf(out, "%s%d %s", w > 0 ? ", " : "", found, verdicts[w]);
    }
    fputs("\n", out);
}

static enum status
print_scores(FILE *out, const struct scoring *scoring, const struct target *target,
             const struct score *score, int count, struct error *err)
{
    static const char *const heads[] = {"<target", "year",           "%", "mean %", "worst %",
                                        "<",       "<worst scenario"};
    const struct reader *reader = &scoring->domestic.reader;
    struct table table;
    fprintf(out, "%s: %d scenario%s against the targets; met: in every scenario of the year\n\n",
            reader->title != NULL ? reader->title : reader->path, reader->scenario_count,
            reader->scenario_count == 1 ? "" : "s");
    table_init(&table, false, 7, heads);
    for (int i = 0; i < count; i++)
        add_row(&table, scoring, &target[i], &score[i]);
    if (!table_print(&table, out))
        return error_set(err, STATUS_FILE_WRITE, "the scorecard was not written");
    print_counts(out, target, score, count);
    print_coverage(out, scoring);
    return STATUS_OK;
}

static enum status
print_csv(FILE *out, const struct scoring *scoring, const struct target *target,
          const struct score *score, int count, struct error *err)
{
    static const char *const heads[] = {"id",      "indicator", "year",  "relation",
                                        "target",  "mean",      "worst", "worst_scenario",
                                        "verdict", "scenarios", "flag",  "source"};
    struct table table;
    table_init(&table, true, 12, heads);
    for (int i = 0; i < count; i++) {
        bool known = score[i].figure_count > 0;
        table_cell(&table, "%s", target[i].id);
        table_cell(&table, "%s", target[i].indicator);
        table_cell(&table, "%d", target[i].year);
        table_cell(&table, "%s", target[i].above ? "above" : "at_least");
        table_cell(&table, "%.9g", target[i].target);
        for (int j = 0; j < 2; j++)
            if (known)
                table_cell(&table, "%.9g", j == 0 ? score[i].mean : score[i].worst);
            else
                table_cell(&table, "%s", "");
        table_cell(&table, "%s", known ? scoring->domestic.reader.scenario[score[i].worst_s] : "");
        table_cell(&table, "%s", verdict(&target[i], &score[i]));
        table_cell(&table, "%d", score[i].scenario_count);
        table_cell(&table, "%s", target[i].flag);
        table_cell(&table, "%s", target[i].source);
    }
    return table_print(&table, out)
               ? STATUS_OK
               : error_set(err, STATUS_FILE_WRITE, "the scorecard was not written");
}

/* ---- the run ----------------------------------------------------------------------------------
 */

/* The litres of person-days: one figure for all targets. */
static enum status
find_litres(const char *path, const struct target *target, int count, double *litres,
            struct error *err)
{
    *litres = (double)NAN;
    for (int i = 0; i < count; i++) {
        if (target[i].measure != SCORE_PERSON_DAYS)
            continue;
        if (!isnan(*litres) && *litres != target[i].parameter)
            return error_set(err, STATUS_INPUT,
                             "%s: person_days of %g and of %g litres in one table", path, *litres,
                             target[i].parameter);
        *litres = target[i].parameter;
    }
    *litres = isnan(*litres) ? 0.0 : *litres;
    return STATUS_OK;
}

static enum status
open_scoring(struct scoring *scoring, struct error *err)
{
    enum status status = STATUS_OK;
    struct reader *reader = &scoring->domestic.reader;
    const struct basin *base = scoring->domestic.base;
    int steps_count, short_count;
    TRY(plan_expand(base, &scoring->plan, err));
    TRY(timeaxis_init(&scoring->axis, base->run.step, base->run.start, base->run.end, err));
    scoring->link_count = base->link_count;
    scoring->flow_steps =
        reader_numbers(reader, "indicators/link_steps_minimum_flow", &steps_count);
    scoring->flow_short =
        reader_numbers(reader, "indicators/link_steps_minimum_flow_short", &short_count);
    if (scoring->flow_steps == NULL || scoring->flow_short == NULL || steps_count != short_count ||
        steps_count != reader->scenario_count * base->link_count)
        TRY(error_set(err, STATUS_INPUT, "'%s' has no indicators of minimum flows", reader->path));
out:
    return status;
}

/* A run, a table, and what the one makes of the other. */
struct scores {
    struct scoring scoring;
    bool open;
    struct target *target;
    int count;
    double *value; /* [scenario_count][count] */
};

static void
close_scores(struct scores *scores)
{
    targets_free(scores->target, scores->count);
    free(scores->value);
    free(scores->scoring.flow_steps);
    free(scores->scoring.flow_short);
    plan_finish(&scores->scoring.plan);
    timeaxis_finish(&scores->scoring.axis);
    if (scores->open)
        domestic_close(&scores->scoring.domestic);
}

/* To be closed after a failure too. */
static enum status
open_scores(struct scores *scores, const char *path, const char *targets_path, const char *class_id,
            struct error *err)
{
    enum status status = STATUS_OK;
    double litres;
    *scores = (struct scores){.scoring = {.class_id = class_id}};
    TRY(targets_read(targets_path, &scores->target, &scores->count, err));
    TRY(find_litres(targets_path, scores->target, scores->count, &litres, err));
    TRY(domestic_open(&scores->scoring.domestic, path, class_id, litres, err));
    scores->open = true;
    TRY(open_scoring(&scores->scoring, err));
    size_t scenario_count = (size_t)scores->scoring.domestic.reader.scenario_count;
    scores->value = malloc(scenario_count * (size_t)scores->count * sizeof *scores->value);
    if (scores->value == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the scorecard"));
    status = measure_targets(&scores->scoring, scores->target, scores->count, scores->value, err);
out:
    return status;
}

enum status
scorecard_print(FILE *out, const char *path, const char *targets_path, const char *class_id,
                bool csv, struct error *err)
{
    enum status status = STATUS_OK;
    struct scores scores;
    struct score *score = NULL;
    TRY(open_scores(&scores, path, targets_path, class_id, err));
    score = malloc((size_t)scores.count * sizeof *score);
    if (score == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the scorecard"));
    score_targets(scores.scoring.domestic.reader.scenario_count, scores.count, scores.value, score);
    TRY(csv ? print_csv(out, &scores.scoring, scores.target, score, scores.count, err)
            : print_scores(out, &scores.scoring, scores.target, score, scores.count, err));
out:
    free(score);
    close_scores(&scores);
    return status;
}

void
scorecard_values_free(struct scorecard_values *values)
{
    for (int i = 0; i < values->target_count && values->id != NULL; i++)
        free(values->id[i]);
    free(values->id);
    free(values->value);
    *values = (struct scorecard_values){0};
}

enum status
scorecard_measure(const char *path, const char *targets_path, const char *class_id,
                  struct scorecard_values *values, struct error *err)
{
    enum status status = STATUS_OK;
    struct scores scores;
    *values = (struct scorecard_values){0};
    TRY(open_scores(&scores, path, targets_path, class_id, err));
    values->target_count = scores.count;
    values->scenario_count = scores.scoring.domestic.reader.scenario_count;
    values->value = scores.value;
    scores.value = NULL;
    values->id = calloc((size_t)scores.count + 1, sizeof *values->id);
    for (int i = 0; i < scores.count && values->id != NULL; i++)
        values->id[i] = strdup(scores.target[i].id);
    for (long i = 0; i < (long)values->scenario_count * scores.count; i++)
        if (values->value[i] == other_year)
            values->value[i] = (double)NAN;
    for (int i = 0; i < scores.count && status == STATUS_OK; i++)
        if (values->id == NULL || values->id[i] == NULL)
            status = error_set(err, STATUS_MEMORY, "out of memory for the scorecard");
out:
    if (status != STATUS_OK)
        scorecard_values_free(values);
    close_scores(&scores);
    return status;
}

static bool
fill_row(const struct target *target, const struct score *score, struct scorecard_row *row)
{
    bool known = score->figure_count > 0;
    *row = (struct scorecard_row){.indicator = strdup(target->indicator),
                                  .indicator_vi = strdup(target->indicator_vi),
                                  .year = target->year,
                                  .above = target->above,
                                  .target = target->target,
                                  .mean = known ? score->mean : (double)NAN,
                                  .worst = known ? score->worst : (double)NAN,
                                  .verdict = judge(target, score),
                                  .worst_s = known ? score->worst_s : -1};
    return row->indicator != NULL && row->indicator_vi != NULL;
}

enum status
scorecard_rows(const char *path, const char *targets_path, const char *class_id,
               struct scorecard_row **rows, int *count, struct error *err)
{
    enum status status = STATUS_OK;
    struct scores scores;
    struct score *score = NULL;
    *rows = NULL;
    *count = 0;
    TRY(open_scores(&scores, path, targets_path, class_id, err));
    score = malloc((size_t)scores.count * sizeof *score);
    *rows = calloc((size_t)scores.count, sizeof **rows);
    if (score == NULL || *rows == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the scorecard"));
    score_targets(scores.scoring.domestic.reader.scenario_count, scores.count, scores.value, score);
    for (int i = 0; i < scores.count; i++) {
        (*count)++;
        if (!fill_row(&scores.target[i], &score[i], &(*rows)[i]))
            TRY(error_set(err, STATUS_MEMORY, "out of memory for the scorecard"));
    }
out:
    if (status != STATUS_OK) {
        scorecard_rows_free(*rows, *count);
        *rows = NULL;
        *count = 0;
    }
    free(score);
    close_scores(&scores);
    return status;
}

void
scorecard_rows_free(struct scorecard_row *rows, int count)
{
    for (int i = 0; i < count; i++) {
        free(rows[i].indicator);
        free(rows[i].indicator_vi);
    }
    free(rows);
}
