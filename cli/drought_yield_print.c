/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/drought_yield.h"

#include "output/table.h"

#include <math.h>
#include <stdio.h>

static const double m3_per_hm3 = 1e6;
static const double seconds_per_year = 365.2425 * 86400.0;

enum { BOOTSTRAP_SAMPLES = 2000 };

double
mean_inflow_m3s(const struct yield_run *run)
{
    double sum = 0.0;
    for (int t = 0; t < run->problem.count; t++)
        sum += run->problem.inflow_m3[t];
    return sum / run->problem.count / run->mean_length_s;
}

static struct performance
measure(const struct yield_run *run)
{
    return performance_measure(run->problem.count, run->trace.demand_m3, run->trace.supply_m3,
                               run->year);
}

/* ---- tables -----------------------------------------------------------------------------------
 */

void
print_yield_head(const struct yield_run *run)
{
    char from[32], to[32];
    double inflow_m3s = mean_inflow_m3s(run);
    if (run->quiet)
        return;
    printf("%s, column %s, %s to %s: mean inflow %.4g m3/s, %.4g hm3 a year\n", run->path,
           run->series.column, site_series_date(&run->series, run->first, from, sizeof from),
           site_series_date(&run->series, run->first + run->problem.count - 1, to, sizeof to),
           inflow_m3s, inflow_m3s * seconds_per_year / m3_per_hm3);
}

/* When the storage was full before its lowest, and when it was again. */
static void
print_critical(const struct yield_run *run)
{
    const double *storage_m3 = run->trace.storage_m3;
    double capacity_m3 = run->problem.capacity_m3;
    int count = run->problem.count, lowest = 0;
    char date[32];
    for (int t = 1; t < count; t++)
        lowest = storage_m3[t] < storage_m3[lowest] ? t : lowest;
    int full = lowest, again = lowest;
    while (full >= 0 && storage_m3[full] < capacity_m3)
        full--;
    while (again < count && storage_m3[again] < capacity_m3)
        again++;
    printf("Critical period: full at the end of %s, lowest at the end of ",
           full < 0 ? "the step before the record"
                    : site_series_date(&run->series, run->first + full, date, sizeof date));
    printf("%s (%d steps later), full again ",
           site_series_date(&run->series, run->first + lowest, date, sizeof date), lowest - full);
    printf("%s%s\n", again < count ? "at the end of " : "after the end of the record",
           again < count ? site_series_date(&run->series, run->first + again, date, sizeof date)
                         : "");
}

static void
add_performance(struct table *table, const struct performance *of)
{
    table_number(table, 100.0 * of->time_reliability);
    table_number(table, 100.0 * of->volume_reliability);
    table_number(table, 100.0 * of->annual_reliability);
    table_number(table, of->resilience);
    table_number(table, of->vulnerability_peak);
    table_number(table, of->vulnerability_mean);
}

enum status
print_yields(struct yield_run *run, struct error *err)
{
    static const char *const heads[] = {"reliability", "yield m3/s", "hm3/year", "of inflow %",
                                        "time %",      "volume %",   "years %",  "resilience",
                                        "vuln. peak",  "vuln. mean"};
    double inflow_m3s = mean_inflow_m3s(run);
    bool has_critical = false;
    struct table table;
    enum status status = STATUS_OK;
    if (!run->quiet)
        printf("\nFirm yields of %.6g hm3, reliability of %s:\n\n", run->capacity_m3 / m3_per_hm3,
               measure_names[run->kind]);
    table_init(&table, false, 10, heads);
    /* backwards, so that the trace of the first reliability is the one that stays */
    double yield_m3[LIST_MAX];
    struct performance of[LIST_MAX];
    for (int r = run->reliability.count - 1; r >= 0; r--) {
        TRY(firm_yield(&run->problem, run->kind, run->reliability.value[r], &run->trace,
                       &yield_m3[r], err));
        of[r] = measure(run);
    }
    has_critical = yield_m3[0] > 0.0;
    for (int r = 0; r < run->reliability.count; r++) {
        double yield_m3s = yield_m3[r] / run->mean_length_s;
        table_cell(&table, "%g", run->reliability.value[r]);
        table_number(&table, yield_m3s);
        table_number(&table, yield_m3s * seconds_per_year / m3_per_hm3);
        table_number(&table, 100.0 * yield_m3s / inflow_m3s);
        add_performance(&table, &of[r]);
    }
    if (!run->quiet) {
        table_print(&table, stdout);
        if (has_critical) {
            printf("\nWith the yield of reliability %g:\n", run->reliability.value[0]);
            print_critical(run);
        }
        return STATUS_OK;
    }
out:
    table_discard(&table);
    return status;
}

enum status
print_storages(struct yield_run *run, struct error *err)
{
    static const char *const heads[] = {"reliability", "storage hm3", "of a year's inflow %"};
    double inflow_m3 = mean_inflow_m3s(run) * seconds_per_year;
    char from[32], to[32];
    struct table table;
    enum status status = STATUS_OK;
    storage_simulate(&run->problem, run->demand_m3s * run->mean_length_s, &run->trace);
    struct sequent_peak peak =
        sequent_peak(run->problem.count, run->problem.inflow_m3, run->trace.demand_m3);
    printf("\nStorage for %.6g m3/s, reliability of %s:\n\n", run->demand_m3s,
           measure_names[run->kind]);
    table_init(&table, false, 3, heads);
    for (int r = 0; r < run->reliability.count; r++) {
        double storage_m3;
        TRY(storage_for_yield(&run->problem, run->demand_m3s * run->mean_length_s, run->kind,
                              run->reliability.value[r], &run->trace, &storage_m3, err));
        table_cell(&table, "%g", run->reliability.value[r]);
        if (isinf(storage_m3)) {
            table_cell(&table, "none does");
            table_cell(&table, "-");
            continue;
        }
        table_number(&table, storage_m3 / m3_per_hm3);
        table_number(&table, 100.0 * storage_m3 / inflow_m3);
    }
    table_print(&table, stdout);
    if (isinf(peak.capacity_m3))
        printf("\nSequent peak: the demand is above the mean inflow, no storage is enough\n");
    else if (peak.critical_first < 0)
        printf("\nSequent peak: no step asks for more than flows in, no storage is needed\n");
    else
        printf("\nSequent peak, without evaporation: %.6g hm3, drawn down from %s to %s%s\n",
               peak.capacity_m3 / m3_per_hm3,
               site_series_date(&run->series, run->first + peak.critical_first, from, sizeof from),
               site_series_date(&run->series, run->first + peak.critical_last, to, sizeof to),
               peak.critical_last < peak.critical_first ? " (round the end of the record)" : "");
    return STATUS_OK;
out:
    table_discard(&table);
    return status;
}

static void
print_worst(const struct yield_run *run)
{
    struct performance of = measure(run);
    char from[32], to[32];
    if (of.event_count == 0)
        return;
    printf("Longest failure: %s to %s, %d steps\n",
           site_series_date(&run->series, run->first + of.longest_first, from, sizeof from),
           site_series_date(&run->series, run->first + of.longest_last, to, sizeof to),
           of.longest_last - of.longest_first + 1);
    printf("Deepest failure: %s to %s, %.6g hm3 lacking\n",
           site_series_date(&run->series, run->first + of.deepest_first, from, sizeof from),
           site_series_date(&run->series, run->first + of.deepest_last, to, sizeof to),
           of.deepest_m3 / m3_per_hm3);
}

/* How well a demand is met, with confidence intervals where the record allows them. */
enum status
print_performance(const struct yield_run *run, struct error *err)
{
    static const char *const heads[] = {"<measure", "figure", "95 % from", "to"};
    int count = run->problem.count;
    struct performance of = measure(run);
    int block_years = (int)lround(cbrt(of.year_count));
    struct performance_confidence limits;
    struct error cause = {0};
    enum status status =
        performance_bootstrap(count, run->trace.demand_m3, run->trace.supply_m3, run->year,
                              block_years, BOOTSTRAP_SAMPLES, 0.95, 0, &limits, &cause);
    if (status == STATUS_MEMORY)
        return error_set(err, status, "%s", cause.text);
    bool known = status == STATUS_OK;
    const struct confidence none = {(double)NAN, (double)NAN};
    const struct {
        const char *name;
        double figure;
        struct confidence limits;
    } rows[] = {{"reliability of time", of.time_reliability, limits.time_reliability},
                {"reliability of volume", of.volume_reliability, limits.volume_reliability},
                {"years without a failure", of.annual_reliability, limits.annual_reliability},
                {"assurance, of n + 1 years", of.assurance, none},
                {"resilience", of.resilience, limits.resilience},
                {"vulnerability, mean of peaks", of.vulnerability_peak, limits.vulnerability_peak},
                {"vulnerability, mean deficit", of.vulnerability_mean, limits.vulnerability_mean},
                {"largest share lacking", of.largest_share, none},
                {"shortage index", of.shortage_index, none},
                {"sustainability, Loucks", of.sustainability_loucks, none},
                {"sustainability, Sandoval-Solis", of.sustainability_sandoval, none}};
    struct table table;
    printf("\n%.6g m3/s from %.6g hm3: %d of %d steps fail, in %d events\n\n", run->demand_m3s,
           run->capacity_m3 / m3_per_hm3, of.failure_count, of.step_count, of.event_count);
    table_init(&table, false, 4, heads);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        table_cell(&table, "%s", rows[i].name);
        table_cell(&table, "%.4f", rows[i].figure);
        for (int side = 0; side < 2; side++) {
            double limit = side == 0 ? rows[i].limits.low : rows[i].limits.high;
            if (known && isfinite(limit))
                table_cell(&table, "%.4f", limit);
            else
                table_cell(&table, "-");
        }
    }
    table_print(&table, stdout);
    if (known)
        printf("\nIntervals: bootstrap of %d years in blocks of %d, %d samples\n", of.year_count,
               block_years, BOOTSTRAP_SAMPLES);
    else
        printf("\nNo intervals: %s\n", cause.text);
    print_worst(run);
    return STATUS_OK;
}
