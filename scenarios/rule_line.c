/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/rule_line.h"

#include "model/reservoir.h"
#include "scenarios/operation_private.h"

#include <math.h>
#include <stdlib.h>

enum { DAY_S = 86400, YEARS_LEAST = 5 };

/* The record on ten-day periods, and what the lake gives in each. */
struct balance {
    struct timeaxis axis;
    double *inflow_m3s, *draft_m3s, *net_evaporation_ms; /* [axis.step_count] */
    int first[RULE_YEARS_MAX];                           /* step with which each year begins */
    double year_m3[RULE_YEARS_MAX];
    int year_count;
};

static int
tenday_of(const struct timeaxis *axis, int t)
{
    int third = (axis->day[t] - 1) / 10;
    return 3 * (axis->month[t] - 1) + (third < 3 ? third : 2);
}

/* Whole ten-day periods that the record covers. */
static enum status
make_axis(const struct record *inflow, struct timeaxis *axis, struct error *err)
{
    int64_t first_s = inflow->start_s[0], last_s = inflow->start_s[inflow->count] - DAY_S;
    struct date first = date_from_seconds(first_s);
    while (first.day != 1 && first.day != 11 && first.day != 21)
        first = date_from_seconds(first_s += DAY_S);
    struct date last = date_from_seconds(last_s), next = date_from_seconds(last_s + DAY_S);
    while (next.day != 1 && next.day != 11 && next.day != 21) {
        next = last;
        last = date_from_seconds(last_s -= DAY_S);
    }
    first.hour = last.hour = 0;
    return timeaxis_init(axis, STEP_TENDAY, first, last, err);
}

/* Rates of the lake that hold for a day of any year. */
static enum status
fill_rates(const struct rule_line_request *request, struct balance *balance, struct error *err)
{
    const struct reservoir *lake = &request->basin->reservoir[request->reservoir_i];
    const struct {
        const char *key;
        const struct varying *varying;
        double sign, *out;
    } rates[] = {
        {"minimum_release", &lake->minimum_release, 1.0, balance->draft_m3s},
        {"evaporation", &lake->evaporation, 1.0, balance->net_evaporation_ms},
        {"rain", &lake->rain, -1.0, balance->net_evaporation_ms},
    };
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        if (rates[i].varying->kind == VARYING_SERIES)
            return error_set(err, STATUS_INPUT,
                             "'%s' of the lake is a record: lines need one by day of the year",
                             rates[i].key);
        for (int t = 0; t < balance->axis.step_count; t++) {
            const struct moment moment = {&balance->axis, t, request->basin->run.demand_year, NULL};
            if (rates[i].varying->kind != VARYING_ABSENT)
                rates[i].out[t] += rates[i].sign * moment_value(&moment, rates[i].varying);
        }
    }
    return STATUS_OK;
}

/* What the demands take of the lake. */
static enum status
add_demands(const struct rule_line_request *request, struct balance *balance, struct error *err)
{
    struct operation_plan plan = {.request = {.basin = request->basin,
                                              .reservoir_i = request->reservoir_i,
                                              .with_supply = true},
                                  .axis = balance->axis,
                                  .hour_count = balance->axis.step_count};
    double **no_records = calloc((size_t)request->basin->series_count + 1, sizeof *no_records);
    enum status status = no_records != NULL
                             ? operation_find_draws(&plan, no_records, err)
                             : error_set(err, STATUS_MEMORY, "out of memory for the demands");
    for (int d = 0; d < plan.draw_count; d++) {
        for (int t = 0; t < plan.hour_count && status == STATUS_OK; t++)
            balance->draft_m3s[t] += plan.draw[d].want_m3s[t];
        free(plan.draw[d].want_m3s);
    }
    free(plan.draw);
    free(no_records);
    return status;
}

/* Whole years from after the end of a dry season to the end of the next. */
static enum status
find_years(const struct rule_line_request *request, struct balance *balance, struct error *err)
{
    const struct timeaxis *axis = &balance->axis;
    for (int t = 0; t + RULE_TENDAYS <= axis->step_count; t++) {
        if (tenday_of(axis, t) != (request->dry_end + 1) % RULE_TENDAYS ||
            balance->year_count == RULE_YEARS_MAX)
            continue;
        double sum_m3 = 0.0;
        for (int i = t; i < t + RULE_TENDAYS; i++)
            sum_m3 += balance->inflow_m3s[i] * axis->dt_s[i];
        balance->first[balance->year_count] = t;
        balance->year_m3[balance->year_count++] = sum_m3;
    }
    if (balance->year_count >= YEARS_LEAST)
        return STATUS_OK;
    return error_set(err, STATUS_INPUT,
                     "the record holds %d whole years from the end of one dry season to the next; "
                     "lines need at least %d",
                     balance->year_count, YEARS_LEAST);
}

/* Route a year back from dead storage and widen the envelopes. */
static void
route_back(const struct rule_line_request *request, const struct balance *balance, int year_i,
           struct rule_lines *out)
{
    const struct reservoir *lake = &request->basin->reservoir[request->reservoir_i];
    double storage_m3 = lake->dead_storage_m3;
    for (int i = RULE_TENDAYS - 1; i >= 0; i--) {
        int t = balance->first[year_i] + i;
        double area_m2 = reservoir_area_m2(lake, storage_m3);
        storage_m3 += balance->axis.dt_s[t] *
                      (balance->draft_m3s[t] + balance->net_evaporation_ms[t] * area_m2 -
                       balance->inflow_m3s[t]);
        storage_m3 = fmax(lake->dead_storage_m3, fmin(lake->capacity_m3, storage_m3));
        int tenday = tenday_of(&balance->axis, t);
        double level_m = reservoir_level_m(lake, storage_m3);
        out->upper_m[tenday] = fmax(out->upper_m[tenday], level_m);
        out->lower_m[tenday] = fmin(out->lower_m[tenday], level_m);
    }
}

/* Years in the range of shares: the share of years with more inflow is m / (n + 1). */
static enum status
choose_years(const struct rule_line_request *request, const struct balance *balance,
             struct rule_lines *out, struct error *err)
{
    out->year_count = balance->year_count;
    for (int y = 0; y < balance->year_count; y++) {
        int rank = 1;
        for (int other = 0; other < balance->year_count; other++)
            rank += balance->year_m3[other] > balance->year_m3[y] ||
                    (balance->year_m3[other] == balance->year_m3[y] && other < y);
        double share = (double)rank / (balance->year_count + 1);
        if (share < request->from_share - 1e-9 || share > request->to_share + 1e-9)
            continue;
        out->chosen[out->chosen_count++] = balance->axis.year[balance->first[y]];
        route_back(request, balance, y, out);
    }
    if (out->chosen_count > 0)
        return STATUS_OK;
    return error_set(err, STATUS_INPUT,
                     "none of the %d years of the record is exceeded in %g to %g %% of years",
                     balance->year_count, 100.0 * request->from_share, 100.0 * request->to_share);
}

enum status
rule_lines_derive(const struct rule_line_request *request, struct rule_lines *out,
                  struct error *err)
{
    struct balance *balance = calloc(1, sizeof *balance);
    enum status status = STATUS_OK;
    *out = (struct rule_lines){0};
    for (int i = 0; i < RULE_TENDAYS; i++) {
        out->upper_m[i] = -INFINITY;
        out->lower_m[i] = INFINITY;
    }
    if (balance == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the lines");
    TRY(make_axis(request->inflow, &balance->axis, err));
    size_t steps = (size_t)balance->axis.step_count;
    balance->inflow_m3s = calloc(3 * steps + 1, sizeof *balance->inflow_m3s);
    if (balance->inflow_m3s == NULL) {
        status = error_set(err, STATUS_MEMORY, "out of memory for the lines");
        goto out;
    }
    balance->draft_m3s = balance->inflow_m3s + steps;
    balance->net_evaporation_ms = balance->draft_m3s + steps;
    TRY(record_on_axis(request->inflow, &balance->axis, balance->inflow_m3s, err));
    TRY(fill_rates(request, balance, err));
    TRY(add_demands(request, balance, err));
    TRY(find_years(request, balance, err));
    TRY(choose_years(request, balance, out, err));
out:
    timeaxis_finish(&balance->axis);
    free(balance->inflow_m3s);
    free(balance);
    return status;
}
