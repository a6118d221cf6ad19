/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/domestic.h"

#include "model/demand.h"
#include "scenarios/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double short_share = 1e-6;
static const double m3_per_litre = 1e-3;

static enum status
find_demands(struct domestic *domestic, const char *class_id, struct error *err)
{
    const struct basin *basin = domestic->base;
    domestic->demand_d = calloc((size_t)basin->demand_count + 1, sizeof *domestic->demand_d);
    if (domestic->demand_d == NULL)
        return STATUS_MEMORY;
    for (int d = 0; d < basin->demand_count; d++)
        if (strcmp(basin->class[basin->demand[d].class_i].id, class_id) == 0)
            domestic->demand_d[domestic->demand_count++] = d;
    if (domestic->demand_count == 0)
        return error_set(err, STATUS_USAGE, "'%s' has no demand of class '%s'",
                         domestic->reader.path, class_id);
    return STATUS_OK;
}

/* Share of the people whom a demand serves in a step. */
static double
share_covered(const struct demand *demand, const struct moment *moment)
{
    return demand->coverage.kind == VARYING_ABSENT ? 1.0 : moment_value(moment, &demand->coverage);
}

static void
measure(const struct demand *demand, struct moment *moment, const double *need_m3s,
        const double *supply_m3s, double litres, struct domestic_supply *out)
{
    const struct timeaxis *axis = moment->axis;
    double length_days = 0.0;
    for (int t = 0; t < axis->step_count; t++) {
        double days = axis->dt_s[t] / 86400.0;
        moment->step_t = t;
        bool named = need_m3s[t] > 0.0 && demand->population.kind != VARYING_ABSENT;
        double population = named ? moment_value(moment, &demand->population) : 0.0;
        double people = population * share_covered(demand, moment);
        double wanted_m3s = people * litres * m3_per_litre / 86400.0;
        out->need_m3 += need_m3s[t] * axis->dt_s[t];
        out->supply_m3 += supply_m3s[t] * axis->dt_s[t];
        out->step_count += need_m3s[t] > 0.0;
        out->short_count += supply_m3s[t] < (1.0 - short_share) * need_m3s[t];
        out->person_days += people * days;
        out->population += population * days;
        if (supply_m3s[t] < (1.0 - short_share) * wanted_m3s)
            out->person_days_short += people * days;
        length_days += days;
    }
    out->people = out->person_days / length_days;
    out->population /= length_days;
}

/* One scenario; one that failed has no figures. */
static enum status
read_scenario(struct domestic *domestic, const struct basin *basin, int scenario_s,
              const struct timeaxis *axis, double litres, struct error *err)
{
    struct reader *reader = &domestic->reader;
    enum status status = STATUS_OK;
    domestic->there[scenario_s] = true;
    domestic->demand_year[scenario_s] = basin->run.demand_year;
    for (int i = 0; i < domestic->demand_count && status == STATUS_OK; i++) {
        int demand_d = domestic->demand_d[i];
        struct moment moment = {.axis = axis, .demand_year = basin->run.demand_year};
        double *need = reader_series(reader, "need", scenario_s, demand_d);
        double *supply = reader_series(reader, "supply", scenario_s, demand_d);
        if (need == NULL || supply == NULL)
            status = error_set(err, STATUS_USAGE,
                               "'%s' keeps no series 'need' and 'supply'; run with --save "
                               "need,supply (or the default)",
                               reader->path);
        else if (isnan(need[0]))
            domestic->there[scenario_s] = false;
        else
            measure(&basin->demand[demand_d], &moment, need, supply, litres,
                    &domestic->supply[(long)scenario_s * domestic->demand_count + i]);
        free(need);
        free(supply);
    }
    return status;
}

static enum status
read_scenarios(struct domestic *domestic, double litres, struct error *err)
{
    enum status status = STATUS_OK;
    size_t count = (size_t)domestic->reader.scenario_count;
    const struct run_settings *run = &domestic->base->run;
    struct plan plan = {0};
    struct timeaxis axis = {0};
    struct basin *scenario = NULL;
    domestic->there = calloc(count + 1, sizeof *domestic->there);
    domestic->demand_year = calloc(count + 1, sizeof *domestic->demand_year);
    domestic->supply = calloc(count * (size_t)domestic->demand_count + 1, sizeof *domestic->supply);
    if (domestic->there == NULL || domestic->demand_year == NULL || domestic->supply == NULL)
        TRY(STATUS_MEMORY);
    TRY(plan_expand(domestic->base, &plan, err));
    TRY(timeaxis_init(&axis, run->step, run->start, run->end, err));
    if (plan.scenario_count < (int)count || /* --until may have ended it early */
        axis.step_count != domestic->reader.step_count)
        TRY(error_set(err, STATUS_INPUT, "the basin kept in '%s' is not that of its results",
                      domestic->reader.path));
    for (int s = 0; s < (int)count; s++) {
        TRY(plan_scenario_basin(&plan, domestic->base, s, &scenario, err));
        TRY(read_scenario(domestic, scenario, s, &axis, litres, err));
        basin_destroy(scenario);
        scenario = NULL;
    }
out:
    basin_destroy(scenario);
    timeaxis_finish(&axis);
    plan_finish(&plan);
    return status;
}

enum status
domestic_open(struct domestic *domestic, const char *path, const char *class_id, double litres,
              struct error *err)
{
    *domestic = (struct domestic){0};
    enum status status = reader_open(&domestic->reader, path, err);
    if (status != STATUS_OK)
        return status;
    TRY(reader_basin(&domestic->reader, &domestic->base, err));
    TRY(find_demands(domestic, class_id, err));
    TRY(read_scenarios(domestic, litres, err));
out:
    if (status == STATUS_MEMORY)
        error_set(err, status, "out of memory for '%s'", path);
    if (status != STATUS_OK)
        domestic_close(domestic);
    return status;
}

const char *
domestic_district(const struct domestic *domestic, int i)
{
    const struct basin *basin = domestic->base;
    const char *name = basin->node[basin->demand[domestic->demand_d[i]].node_i].district;
    return name != NULL ? name : "-";
}

void
domestic_close(struct domestic *domestic)
{
    free(domestic->demand_d);
    free(domestic->demand_year);
    free(domestic->there);
    free(domestic->supply);
    basin_destroy(domestic->base);
    reader_close(&domestic->reader);
    *domestic = (struct domestic){0};
}

double
weighted_gini(int count, const double *share, const double *weight)
{
    double differences = 0.0, total = 0.0, sum = 0.0;
    for (int i = 0; i < count; i++) {
        total += weight[i];
        sum += weight[i] * share[i];
        for (int j = 0; j < count; j++)
            differences += weight[i] * weight[j] * fabs(share[i] - share[j]);
    }
    if (!(total > 0.0) || !(sum > 0.0))
        return (double)NAN;
    return differences / (2.0 * total * sum);
}
