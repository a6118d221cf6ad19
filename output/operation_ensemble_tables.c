/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/operation.h"

#include <math.h>
#include <stdlib.h>

enum { AT_BYTES = 24, LEADS_MAX = 12, LEVELS_MAX = 10 };
static const double hour_s = 3600.0;

/* Rules of which an operator wants the probability, the worst first. */
static const struct {
    enum operation_rule rule;
    const char *shortly;
} safety[] = {{RULE_OVERTOPPED, "overtopped %"},   {RULE_FREEBOARD, "freeboard %"},
              {RULE_CHECK_LEVEL, "check level %"}, {RULE_DESIGN_LEVEL, "design level %"},
              {RULE_FLOOD_LIMIT, "flood limit %"}, {RULE_SAFE_FLOW, "safe flow %"}};
enum { SAFETY_COUNT = sizeof safety / sizeof *safety };

static int
compare_doubles(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return first < second ? -1 : first > second;
}

/* Quantile by type 7 of sorted figures. */
static double
quantile(const double *sorted, int count, double share)
{
    double at = share * (count - 1);
    int i = (int)at;
    return i + 1 < count ? sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]) : sorted[count - 1];
}

/* Whether the lake has the limit at all. */
static bool
has_limit(const struct reservoir *reservoir, enum operation_rule rule)
{
    const struct dam *dam = &reservoir->dam;
    switch (rule) {
    case RULE_OVERTOPPED:
        return dam->given;
    case RULE_FREEBOARD:
        return dam->given && !isnan(dam->freeboard_m);
    case RULE_CHECK_LEVEL:
        return dam->given && !isnan(dam->check_level_m);
    case RULE_DESIGN_LEVEL:
        return dam->given && !isnan(dam->design_level_m);
    case RULE_SAFE_FLOW:
        return reservoir->safe_flow_m3s > 0.0;
    default:
        return true;
    }
}

static void
put_share(struct table *table, const struct operation_results *results, enum operation_rule rule)
{
    const struct operation_ensemble *ensemble = results->ensemble;
    table_cell(table, "%s, %% of members", operation_rule_name(rule));
    for (int v = 0; v < results->variant_count; v++) {
        double low, high;
        int count = operation_ensemble_broken(ensemble, v, rule);
        operation_interval(count, ensemble->member_count, &low, &high);
        table_cell(table, "%.1f (%.1f-%.1f)", 100.0 * count / ensemble->member_count, 100.0 * low,
                   100.0 * high);
    }
}

/* Earliest and median time to the first breach, of the members that have one. */
static void
put_warning(struct table *table, const struct operation_results *results, enum operation_rule rule,
            double *scratch)
{
    const struct operation_ensemble *ensemble = results->ensemble;
    table_cell(table, "  warning time, h: earliest, median");
    for (int v = 0; v < results->variant_count; v++) {
        int count = 0;
        for (int m = 0; m < ensemble->member_count; m++) {
            double first_s = ensemble->summary[v * ensemble->member_count + m].first_s[rule];
            if (isfinite(first_s))
                scratch[count++] = first_s / hour_s;
        }
        qsort(scratch, (size_t)count, sizeof *scratch, compare_doubles);
        if (count == 0)
            table_cell(table, "-");
        else
            table_cell(table, "%.1f, %.1f", scratch[0], quantile(scratch, count, 0.5));
    }
}

static void
put_quantiles(struct table *table, const struct operation_results *results, bool of_level,
              double share, double *scratch)
{
    const struct operation_ensemble *ensemble = results->ensemble;
    table_cell(table,
               of_level ? "highest level, %.0f %% of members stay below, m"
                        : "largest outflow, %.0f %% of members stay below, m3/s",
               100.0 * share);
    for (int v = 0; v < results->variant_count; v++) {
        for (int m = 0; m < ensemble->member_count; m++) {
            const struct operation_summary *summary =
                &ensemble->summary[v * ensemble->member_count + m];
            scratch[m] = of_level ? summary->highest_m : summary->largest_outflow_m3s;
        }
        qsort(scratch, (size_t)ensemble->member_count, sizeof *scratch, compare_doubles);
        table_number(table, quantile(scratch, ensemble->member_count, share));
    }
}

bool
operation_print_ensemble(const struct operation_results *results, enum table_format format,
                         FILE *out)
{
    static const double shares[] = {0.5, 0.9, 0.95};
    const struct operation_ensemble *ensemble = results->ensemble;
    double *scratch = calloc((size_t)ensemble->member_count + 1, sizeof *scratch);
    struct table table;
    if (scratch == NULL)
        return false;
    operation_begin_table(&table, results, format);
    for (int i = 0; i < 3; i++)
        put_quantiles(&table, results, true, shares[i], scratch);
    for (int i = 0; i < 3; i++)
        put_quantiles(&table, results, false, shares[i], scratch);
    for (int i = 0; i < SAFETY_COUNT; i++) {
        int broken = 0;
        if (!has_limit(results->plan->reservoir, safety[i].rule))
            continue;
        for (int v = 0; v < results->variant_count; v++)
            broken += operation_ensemble_broken(ensemble, v, safety[i].rule);
        put_share(&table, results, safety[i].rule);
        if (broken > 0)
            put_warning(&table, results, safety[i].rule, scratch);
    }
    if (results->plan->reservoir->dam.given) {
        bool has_freeboard = has_limit(results->plan->reservoir, RULE_FREEBOARD);
        table_cell(&table, has_freeboard ? "freeboard kept in 95 %% of members"
                                         : "dam not overtopped in 95 %% of members");
        for (int v = 0; v < results->variant_count; v++) {
            int broken = operation_ensemble_broken(
                ensemble, v, has_freeboard ? RULE_FREEBOARD : RULE_OVERTOPPED);
            table_cell(&table, broken <= 0.05 * ensemble->member_count ? "yes" : "no");
        }
    }
    free(scratch);
    return table_print(&table, out);
}

/* Steps between lead times: the least round number of hours that needs no more than LEADS_MAX. */
static int
lead_steps(const struct operation_plan *plan)
{
    static const int hours[] = {1, 2, 3, 6, 12, 24, 48, 120, 240};
    int step_s = plan->request.step_s, steps = plan->request.step_count;
    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
        int every_s = hours[i] * (int)hour_s;
        if (every_s % step_s == 0 && steps <= LEADS_MAX * (every_s / step_s))
            return every_s / step_s;
    }
    return (steps + LEADS_MAX - 1) / LEADS_MAX;
}

/* Share of members in which a rule has been broken by a time. */
static double
share_by(const struct operation_ensemble *ensemble, int variant_i, enum operation_rule rule,
         double at_s)
{
    int count = 0;
    for (int m = 0; m < ensemble->member_count; m++)
        count += ensemble->summary[variant_i * ensemble->member_count + m].first_s[rule] < at_s;
    return (double)count / ensemble->member_count;
}

static void
put_lead(struct table *table, const struct operation_results *results, int v, int step,
         double *scratch)
{
    static const double shares[] = {0.05, 0.5, 0.95};
    const struct operation_ensemble *ensemble = results->ensemble;
    const struct operation_request *request = &results->plan->request;
    int members = ensemble->member_count;
    double at_s = (double)request->step_s * step;
    char at[AT_BYTES];
    table_cell(table, "%s", results->variant[v].name);
    table_number(table, at_s / hour_s);
    table_cell(table, "%s", instant_format(request->start_s + (int64_t)at_s, at, sizeof at));
    for (int m = 0; m < members; m++)
        scratch[m] =
            (double)ensemble->level_m[(v * members + m) * (ensemble->step_count + 1) + step];
    qsort(scratch, (size_t)members, sizeof *scratch, compare_doubles);
    for (int i = 0; i < 3; i++)
        table_number(table, quantile(scratch, members, shares[i]));
    for (int i = 0; i < SAFETY_COUNT; i++)
        if (has_limit(results->plan->reservoir, safety[i].rule))
            table_number(table, 100.0 * share_by(ensemble, v, safety[i].rule, at_s));
}

bool
operation_print_leads(const struct operation_results *results, enum table_format format, FILE *out)
{
    const char *heads[6 + SAFETY_COUNT] = {"<schedule", "lead h",     "<at",
                                           "level 5 %", "level 50 %", "level 95 %"};
    const struct operation_ensemble *ensemble = results->ensemble;
    double *scratch = calloc((size_t)ensemble->member_count + 1, sizeof *scratch);
    int every = lead_steps(results->plan), count = 6;
    struct table table;
    if (scratch == NULL)
        return false;
    for (int i = 0; i < SAFETY_COUNT; i++)
        if (has_limit(results->plan->reservoir, safety[i].rule))
            heads[count++] = safety[i].shortly;
    table_init(&table, format, count, heads);
    for (int v = 0; v < results->variant_count; v++)
        for (int step = every; step < ensemble->step_count + every; step += every)
            put_lead(&table, results, v, step < ensemble->step_count ? step : ensemble->step_count,
                     scratch);
    free(scratch);
    return table_print(&table, out);
}

/* Round levels that span the highest levels of all members. */
static int
round_levels(const struct operation_ensemble *ensemble, double *level_m)
{
    static const double steps_m[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0};
    double low_m = INFINITY, high_m = -INFINITY, step_m = 50.0;
    for (int i = 0; i < ensemble->variant_count * ensemble->member_count; i++) {
        low_m = fmin(low_m, ensemble->summary[i].highest_m);
        high_m = fmax(high_m, ensemble->summary[i].highest_m);
    }
    for (size_t i = 0; i < sizeof steps_m / sizeof *steps_m; i++)
        if (floor(high_m / steps_m[i]) - ceil(low_m / steps_m[i]) < LEVELS_MAX) {
            step_m = steps_m[i];
            break;
        }
    int count = 0;
    for (double n = ceil(low_m / step_m); n <= floor(high_m / step_m) && count < LEVELS_MAX; n++)
        level_m[count++] = n * step_m;
    return count;
}

bool
operation_print_levels(const struct operation_results *results, enum table_format format, FILE *out)
{
    const struct operation_ensemble *ensemble = results->ensemble;
    double level_m[LEVELS_MAX];
    int count = round_levels(ensemble, level_m), members = ensemble->member_count;
    struct table table;
    operation_begin_table(&table, results, format);
    for (int i = 0; i < count; i++) {
        table_cell(&table, "above %.2f m, %% of members", level_m[i]);
        for (int v = 0; v < results->variant_count; v++) {
            int above = 0;
            double low, high;
            for (int m = 0; m < members; m++)
                above += ensemble->summary[v * members + m].highest_m > level_m[i];
            operation_interval(above, members, &low, &high);
            table_cell(&table, "%.1f (%.1f-%.1f)", 100.0 * above / members, 100.0 * low,
                       100.0 * high);
        }
    }
    return table_print(&table, out);
}
