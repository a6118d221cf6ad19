/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/performance.h"

#include "solvers/philox.h"
#include "solvers/quantile.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const double failure_share = 1e-6;

/* The run of failures that is under way, and the sums over those that ended. */
struct failure_run {
    int first;
    double deficit_m3, demand_m3, worst_share;
    double peak_sum, mean_sum;
    int longest;
};

static void
end_run(struct performance *out, struct failure_run *run, int last)
{
    run->peak_sum += run->worst_share;
    run->mean_sum += run->deficit_m3 / run->demand_m3;
    out->event_count++;
    if (last - run->first + 1 > run->longest) {
        run->longest = last - run->first + 1;
        out->longest_first = run->first;
        out->longest_last = last;
    }
    if (run->deficit_m3 > out->deepest_m3) {
        out->deepest_m3 = run->deficit_m3;
        out->deepest_first = run->first;
        out->deepest_last = last;
    }
    run->first = -1;
}

static void
measure_steps(int count, const double *demand_m3, const double *supply_m3, struct performance *out)
{
    struct failure_run run = {.first = -1};
    int last = -1;
    for (int t = 0; t < count; t++) {
        double deficit_m3 = demand_m3[t] - supply_m3[t];
        if (!(demand_m3[t] > 0.0))
            continue; /* a step without a demand neither fails nor ends a run */
        out->step_count++;
        out->demand_m3 += demand_m3[t];
        out->supply_m3 += supply_m3[t];
        if (deficit_m3 <= failure_share * demand_m3[t]) {
            if (run.first >= 0)
                end_run(out, &run, last);
            continue;
        }
        if (run.first < 0)
            run = (struct failure_run){t, 0.0, 0.0, 0.0, run.peak_sum, run.mean_sum, run.longest};
        last = t;
        out->failure_count++;
        run.deficit_m3 += deficit_m3;
        run.demand_m3 += demand_m3[t];
        run.worst_share = fmax(run.worst_share, deficit_m3 / demand_m3[t]);
        out->largest_share = fmax(out->largest_share, deficit_m3 / demand_m3[t]);
    }
    if (run.first >= 0)
        end_run(out, &run, last);
    int events = out->event_count;
    out->vulnerability_peak = events > 0 ? run.peak_sum / events : 0.0;
    out->vulnerability_mean = events > 0 ? run.mean_sum / events : 0.0;
}

static void
measure_years(int count, const double *demand_m3, const double *supply_m3, const int16_t *year,
              struct performance *out)
{
    double squares = 0.0;
    for (int t = 0; t < count;) {
        double demand = 0.0, supply = 0.0;
        bool failed = false;
        int16_t this_year = year[t];
        for (; t < count && year[t] == this_year; t++) {
            demand += demand_m3[t];
            supply += supply_m3[t];
            failed = failed || demand_m3[t] - supply_m3[t] > failure_share * demand_m3[t];
        }
        if (!(demand > 0.0))
            continue;
        out->year_count++;
        out->bad_year_count += failed;
        squares += (1.0 - supply / demand) * (1.0 - supply / demand);
    }
    out->shortage_index = out->year_count > 0 ? 100.0 * squares / out->year_count : 0.0;
}

struct performance
performance_measure(int count, const double *demand_m3, const double *supply_m3,
                    const int16_t *year)
{
    struct performance out = {
        .longest_first = -1, .longest_last = -1, .deepest_first = -1, .deepest_last = -1};
    measure_steps(count, demand_m3, supply_m3, &out);
    measure_years(count, demand_m3, supply_m3, year, &out);
    int good_years = out.year_count - out.bad_year_count;
    bool any = out.step_count > 0;
    out.time_reliability = any ? 1.0 - (double)out.failure_count / out.step_count : 1.0;
    out.volume_reliability = any ? out.supply_m3 / out.demand_m3 : 1.0;
    out.annual_reliability = any ? (double)good_years / out.year_count : 1.0;
    out.assurance = good_years / (out.year_count + 1.0);
    out.resilience = out.failure_count > 0 ? (double)out.event_count / out.failure_count : 1.0;
    out.sustainability_loucks =
        out.time_reliability * out.resilience * (1.0 - out.vulnerability_peak);
    out.sustainability_sandoval = cbrt(out.sustainability_loucks);
    return out;
}

/* ---- confidence -------------------------------------------------------------------------------
 */

enum { FIGURE_COUNT = 6 };

static void
figures_of(const struct performance *of, double figure[FIGURE_COUNT])
{
    figure[0] = of->time_reliability;
    figure[1] = of->volume_reliability;
    figure[2] = of->annual_reliability;
    figure[3] = of->resilience;
    figure[4] = of->vulnerability_peak;
    figure[5] = of->vulnerability_mean;
}

/* Copies of one sample of years, and where each year of the record begins. */
struct bootstrap {
    int year_count;
    int *start; /* [year_count + 1] */
    double *demand_m3, *supply_m3;
    int16_t *year;
    double *figure; /* [FIGURE_COUNT][sample_count] */
};

static void
draw_sample(const struct bootstrap *of, const double *demand_m3, const double *supply_m3,
            int block_years, const struct philox_key *key, double figure[FIGURE_COUNT])
{
    int at = 0, drawn = 0;
    for (uint32_t draw_i = 0; drawn < of->year_count; draw_i++) {
        int from = (int)(philox_uniform(key, draw_i) * of->year_count);
        for (int b = 0; b < block_years && drawn < of->year_count; b++, drawn++) {
            int y = (from + b) % of->year_count; /* blocks go around the record */
            int first = of->start[y], length = of->start[y + 1] - first;
            memcpy(of->demand_m3 + at, demand_m3 + first, (size_t)length * sizeof(double));
            memcpy(of->supply_m3 + at, supply_m3 + first, (size_t)length * sizeof(double));
            for (int i = 0; i < length; i++)
                of->year[at + i] = (int16_t)drawn;
            at += length;
        }
    }
    struct performance measured = performance_measure(at, of->demand_m3, of->supply_m3, of->year);
    figures_of(&measured, figure);
}

static enum status
bootstrap_init(struct bootstrap *out, int count, const int16_t *year, int sample_count,
               struct error *err)
{
    int longest = 0;
    *out = (struct bootstrap){.start = malloc(((size_t)count + 1) * sizeof(int))};
    if (out->start == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for a bootstrap");
    for (int t = 0; t < count; t++)
        if (t == 0 || year[t] != year[t - 1])
            out->start[out->year_count++] = t;
    out->start[out->year_count] = count;
    for (int y = 0; y < out->year_count; y++)
        if (out->start[y + 1] - out->start[y] > longest)
            longest = out->start[y + 1] - out->start[y];
    size_t room = (size_t)longest * (size_t)out->year_count + 1;
    out->demand_m3 = malloc(room * sizeof(double));
    out->supply_m3 = malloc(room * sizeof(double));
    out->year = malloc(room * sizeof *out->year);
    out->figure = malloc((size_t)FIGURE_COUNT * (size_t)sample_count * sizeof(double));
    if (out->demand_m3 == NULL || out->supply_m3 == NULL || out->year == NULL ||
        out->figure == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for a bootstrap");
    if (out->year_count < 5)
        return error_set(err, STATUS_INPUT,
                         "%d years are too few for a confidence interval, 5 are needed",
                         out->year_count);
    return STATUS_OK;
}

enum status
performance_bootstrap(int count, const double *demand_m3, const double *supply_m3,
                      const int16_t *year, int block_years, int sample_count, double level,
                      uint64_t seed, struct performance_confidence *out, struct error *err)
{
    struct bootstrap of;
    struct confidence *limits[FIGURE_COUNT] = {&out->time_reliability,   &out->volume_reliability,
                                               &out->annual_reliability, &out->resilience,
                                               &out->vulnerability_peak, &out->vulnerability_mean};
    enum status status = bootstrap_init(&of, count, year, sample_count, err);
    for (int s = 0; s < sample_count && status == STATUS_OK; s++) {
        struct philox_key key = {seed, (uint32_t)s, 0, philox_hash("bootstrap of years")};
        double figure[FIGURE_COUNT];
        draw_sample(&of, demand_m3, supply_m3, block_years, &key, figure);
        for (int f = 0; f < FIGURE_COUNT; f++)
            of.figure[(long)f * sample_count + s] = figure[f];
    }
    for (int f = 0; f < FIGURE_COUNT && status == STATUS_OK; f++) {
        double *sample = of.figure + (long)f * sample_count;
        quantile_sort(sample, sample_count);
        limits[f]->low = quantile_of_sorted(sample, sample_count, 0.5 * (1.0 - level));
        limits[f]->high = quantile_of_sorted(sample, sample_count, 0.5 * (1.0 + level));
    }
    free(of.start);
    free(of.demand_m3);
    free(of.supply_m3);
    free(of.year);
    free(of.figure);
    return status;
}
