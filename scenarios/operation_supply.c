/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/operation_private.h"

#include "model/conveyance.h"

#include <math.h>
#include <stdlib.h>

/* The demands that draw on the lake, and what each would take of it hour by hour. */

enum { HOURS_PER_DAY = 24 };

static int
rank_of_class(const struct basin *basin, int class_i)
{
    for (int r = 0; r < basin->rank_count; r++)
        for (int i = 0; i < basin->rank[r].class_count; i++)
            if (basin->rank[r].kind == RANK_DEMAND && basin->rank[r].class_i[i] == class_i)
                return r;
    return basin->rank_count;
}

static bool
draws_on(const struct demand *demand, int reservoir_i)
{
    for (int i = 0; i < demand->restricted_by_count; i++)
        if (demand->restricted_by[i] == reservoir_i)
            return true;
    return false;
}

/* A record that the demand needs and that does not cover the run: its series, or -1. */
static int
missing_series(const struct demand *demand, double *const *series_value)
{
    const struct varying *const parts[] = {&demand->need,       &demand->population, &demand->norm,
                                           &demand->coverage,   &demand->area,       &demand->heads,
                                           &demand->temperature};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i]->kind == VARYING_SERIES && series_value[parts[i]->series_i] == NULL)
            return parts[i]->series_i;
    return -1;
}

static int
compare_draws(const void *a, const void *b)
{
    const struct operation_draw *first = a, *second = b;
    if (first->rank_i != second->rank_i)
        return first->rank_i < second->rank_i ? -1 : 1;
    return first->demand_i < second->demand_i ? -1 : first->demand_i > second->demand_i;
}

/* Need of each hour over what arrives of the lake's water, in equal parts of the lakes it has. */
static enum status
fill_wants(struct operation_plan *plan, double *const *series_value, struct error *err)
{
    const struct basin *basin = plan->request.basin;
    double *gain = calloc((size_t)basin->node_count, sizeof *gain);
    if (gain == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the demands");
    for (int h = 0; h < plan->hour_count; h++) {
        const struct moment moment = {&plan->axis, h, basin->run.demand_year,
                                      (double *const *)series_value};
        if (plan->axis.step != STEP_HOURLY || h % HOURS_PER_DAY == 0)
            conveyance_gains(basin, &moment, gain);
        for (int d = 0; d < plan->draw_count; d++) {
            const struct demand *demand = &basin->demand[plan->draw[d].demand_i];
            double arrives = gain[demand->node_i];
            double need_m3s = demand_need_m3s(basin, demand, &moment);
            plan->draw[d].want_m3s[h] =
                arrives > 0.0 ? need_m3s / arrives / demand->restricted_by_count : 0.0;
        }
    }
    free(gain);
    return STATUS_OK;
}

enum status
operation_find_draws(struct operation_plan *plan, double *const *series_value, struct error *err)
{
    const struct basin *basin = plan->request.basin;
    plan->draw = calloc((size_t)basin->demand_count + 1, sizeof *plan->draw);
    if (plan->draw == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the demands");
    for (int d = 0; d < basin->demand_count && plan->request.with_supply; d++) {
        const struct demand *demand = &basin->demand[d];
        if (!draws_on(demand, plan->request.reservoir_i))
            continue;
        int series_i = missing_series(demand, series_value);
        if (series_i >= 0)
            return error_set(err, STATUS_INPUT,
                             "the need of '%s' comes from series '%s', which does not cover the "
                             "run; choose another --start, or leave the supply out with "
                             "--no-supply",
                             basin->node[demand->node_i].id, basin->series[series_i].id);
        plan->draw[plan->draw_count++] =
            (struct operation_draw){.demand_i = d,
                                    .class_i = demand->class_i,
                                    .rank_i = rank_of_class(basin, demand->class_i)};
    }
    qsort(plan->draw, (size_t)plan->draw_count, sizeof *plan->draw, compare_draws);
    for (int d = 0; d < plan->draw_count; d++) {
        plan->draw[d].want_m3s = calloc((size_t)plan->hour_count, sizeof(double));
        if (plan->draw[d].want_m3s == NULL)
            return error_set(err, STATUS_MEMORY, "out of memory for the demands");
    }
    return fill_wants(plan, series_value, err);
}
