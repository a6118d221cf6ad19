/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/performance_table.h"

#include "model/timeaxis.h"
#include "output/reader.h"
#include "output/table.h"
#include "solvers/performance.h"
#include "solvers/quantile.h"

#include <hdf5.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double m3_per_hm3 = 1e6;
static const double confidence_level = 0.95;

/** The demands of a file, the groups they go into, and the series of one scenario. */
struct assessment {
    struct reader reader;
    const struct performance_options *options;
    int demand_count, group_count;
    char **id, **key; /* [demand_count] ids; what they are grouped by, NULL for the ids or all */
    char **group;     /* [group_count] names, not owned */
    int *group_of;    /* [demand_count] */
    float *need_m3s, *supply_m3s;    /* [step_count][demand_count] */
    double *demand_m3, *supplied_m3; /* [group_count][step_count] */
    int16_t *year;                   /* [step_count] */
    struct performance *measured;    /* [scenario_count][group_count] */
    bool *there;                     /* [scenario_count] the scenario has results */
};

/* ---- reading ----------------------------------------------------------------------------------
 */

/* All steps and demands of a series in one scenario. */
static enum status
read_slab(struct assessment *of, const char *name, int scenario_s, float *value, struct error *err)
{
    hid_t variable =
        reader_keeps(&of->reader, name, -1) ? H5Dopen2(of->reader.file, name, H5P_DEFAULT) : -1;
    if (variable < 0)
        return error_set(err, STATUS_USAGE,
                         "'%s' keeps no series '%s'; run with --save need,supply (or the default)",
                         of->reader.path, name);
    const hsize_t start[3] = {(hsize_t)scenario_s, 0, 0};
    const hsize_t count[3] = {1, (hsize_t)of->reader.step_count, (hsize_t)of->demand_count};
    hid_t space = H5Dget_space(variable), memory = H5Screate_simple(3, count, NULL);
    bool good = space >= 0 && memory >= 0 &&
                H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                H5Dread(variable, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, value) >= 0;
    if (space >= 0)
        H5Sclose(space);
    if (memory >= 0)
        H5Sclose(memory);
    H5Dclose(variable);
    return good ? STATUS_OK
                : error_set(err, STATUS_INPUT, "'%s': series '%s' cannot be read", of->reader.path,
                            name);
}

/* Number the groups in the order in which they first come. */
static void
number_groups(struct assessment *of)
{
    static char all[] = "all";
    for (int d = 0; d < of->demand_count; d++) {
        char *name = of->options->group == GROUP_ALL ? all
                     : of->key != NULL               ? of->key[d]
                                                     : of->id[d];
        int g = 0;
        while (g < of->group_count && strcmp(of->group[g], name) != 0)
            g++;
        if (g == of->group_count)
            of->group[of->group_count++] = name;
        of->group_of[d] = g;
    }
}

static enum status
allocate(struct assessment *of, struct error *err)
{
    size_t steps = (size_t)of->reader.step_count, demands = (size_t)of->demand_count;
    size_t scenarios = (size_t)of->reader.scenario_count;
    of->group = malloc((demands + 1) * sizeof *of->group);
    of->group_of = malloc((demands + 1) * sizeof *of->group_of);
    of->need_m3s = malloc((2 * steps * demands + 1) * sizeof(float));
    of->demand_m3 = malloc((2 * steps * demands + 1) * sizeof(double));
    of->year = malloc((steps + 1) * sizeof *of->year);
    of->measured = malloc((scenarios * demands + 1) * sizeof *of->measured);
    of->there = calloc(scenarios + 1, sizeof *of->there);
    if (of->group == NULL || of->group_of == NULL || of->need_m3s == NULL ||
        of->demand_m3 == NULL || of->year == NULL || of->measured == NULL || of->there == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the series of '%s'",
                         of->reader.path);
    of->supply_m3s = of->need_m3s + steps * demands;
    of->supplied_m3 = of->demand_m3 + steps * demands;
    return STATUS_OK;
}

static enum status
open_assessment(struct assessment *of, const char *path, const struct performance_options *options,
                struct error *err)
{
    static const char *const keys[GROUP_COUNT] = {NULL, "demand_class", "demand_district", NULL};
    int count;
    enum status status = STATUS_OK;
    TRY(reader_open(&of->reader, path, err));
    of->options = options;
    of->id = reader_texts(&of->reader, "demand", &of->demand_count);
    if (of->id == NULL || of->demand_count == 0)
        TRY(error_set(err, STATUS_USAGE, "'%s' has no demands", path));
    if (keys[options->group] != NULL) {
        of->key = reader_texts(&of->reader, keys[options->group], &count);
        if (of->key == NULL || count != of->demand_count)
            TRY(error_set(err, STATUS_INPUT, "'%s' has no %s", path, keys[options->group]));
    }
    TRY(allocate(of, err));
    number_groups(of);
    for (int t = 0; t < of->reader.step_count; t++)
        of->year[t] = (int16_t)date_from_seconds(
                          (int64_t)llround(of->reader.time[t] * of->reader.time_unit_s))
                          .year;
out:
    return status;
}

static void
close_assessment(struct assessment *of)
{
    texts_free(of->id, of->demand_count);
    texts_free(of->key, of->key != NULL ? of->demand_count : 0);
    free(of->group);
    free(of->group_of);
    free(of->need_m3s);
    free(of->demand_m3);
    free(of->year);
    free(of->measured);
    free(of->there);
    reader_close(&of->reader);
}

/* Sums of the groups. @return false if the scenario failed: its series are NaN */
static bool
sum_groups(struct assessment *of)
{
    int steps = of->reader.step_count, demands = of->demand_count;
    memset(of->demand_m3, 0, 2 * (size_t)steps * (size_t)demands * sizeof(double));
    for (int t = 0; t < steps; t++) {
        double dt_s = (of->reader.time[t + 1] - of->reader.time[t]) * of->reader.time_unit_s;
        for (int d = 0; d < demands; d++) {
            long from = (long)t * demands + d, to = (long)of->group_of[d] * steps + t;
            double need = (double)of->need_m3s[from], supply = (double)of->supply_m3s[from];
            if (isnan(need) || isnan(supply))
                return false;
            of->demand_m3[to] += need * dt_s;
            of->supplied_m3[to] += supply * dt_s;
        }
    }
    return true;
}

static enum status
measure_scenario(struct assessment *of, int scenario_s, struct error *err)
{
    int steps = of->reader.step_count;
    enum status status = read_slab(of, "need", scenario_s, of->need_m3s, err);
    if (status == STATUS_OK)
        status = read_slab(of, "supply", scenario_s, of->supply_m3s, err);
    if (status != STATUS_OK)
        return status;
    of->there[scenario_s] = sum_groups(of);
    for (int g = 0; g < of->group_count && of->there[scenario_s]; g++)
        of->measured[scenario_s * of->group_count + g] = performance_measure(
            steps, of->demand_m3 + (long)g * steps, of->supplied_m3 + (long)g * steps, of->year);
    return STATUS_OK;
}

/* ---- CSV --------------------------------------------------------------------------------------
 */

static const char *const csv_heads[] = {"<scenario",
                                        "<group",
                                        "steps",
                                        "failures",
                                        "events",
                                        "years",
                                        "bad_years",
                                        "need_hm3",
                                        "supply_hm3",
                                        "time_reliability",
                                        "time_reliability_low",
                                        "time_reliability_high",
                                        "volume_reliability",
                                        "volume_reliability_low",
                                        "volume_reliability_high",
                                        "annual_reliability",
                                        "annual_reliability_low",
                                        "annual_reliability_high",
                                        "assurance",
                                        "resilience",
                                        "resilience_low",
                                        "resilience_high",
                                        "vulnerability_peak",
                                        "vulnerability_peak_low",
                                        "vulnerability_peak_high",
                                        "vulnerability_mean",
                                        "vulnerability_mean_low",
                                        "vulnerability_mean_high",
                                        "largest_share_lacking",
                                        "shortage_index",
                                        "sustainability_loucks",
                                        "sustainability_sandoval",
                                        "longest_steps",
                                        "<longest_from",
                                        "deepest_hm3",
                                        "<deepest_from"};

static void
add_interval(struct table *table, double figure, const struct confidence *limits)
{
    table_cell(table, "%.9g", figure);
    for (int side = 0; side < 2; side++)
        if (limits == NULL)
            table_cell(table, "%s", "");
        else
            table_cell(table, "%.9g", side == 0 ? limits->low : limits->high);
}

static void
add_event(struct table *table, const struct assessment *of, int first)
{
    char date[32] = "";
    if (first >= 0)
        reader_date(&of->reader, of->reader.time[first], date, sizeof date);
    table_cell(table, "%s", date);
}

static void
add_csv_row(struct table *table, const struct assessment *of, int scenario_s, int group_i,
            const struct performance_confidence *limits)
{
    const struct performance *row = &of->measured[scenario_s * of->group_count + group_i];
    table_cell(table, "%s", of->reader.scenario[scenario_s]);
    table_cell(table, "%s", of->group[group_i]);
    const int counts[] = {row->step_count, row->failure_count, row->event_count, row->year_count,
                          row->bad_year_count};
    for (int i = 0; i < 5; i++)
        table_cell(table, "%d", counts[i]);
    table_cell(table, "%.9g", row->demand_m3 / m3_per_hm3);
    table_cell(table, "%.9g", row->supply_m3 / m3_per_hm3);
    add_interval(table, row->time_reliability, limits ? &limits->time_reliability : NULL);
    add_interval(table, row->volume_reliability, limits ? &limits->volume_reliability : NULL);
    add_interval(table, row->annual_reliability, limits ? &limits->annual_reliability : NULL);
    table_cell(table, "%.9g", row->assurance);
    add_interval(table, row->resilience, limits ? &limits->resilience : NULL);
    add_interval(table, row->vulnerability_peak, limits ? &limits->vulnerability_peak : NULL);
    add_interval(table, row->vulnerability_mean, limits ? &limits->vulnerability_mean : NULL);
    const double rest[] = {row->largest_share, row->shortage_index, row->sustainability_loucks,
                           row->sustainability_sandoval};
    for (int i = 0; i < 4; i++)
        table_cell(table, "%.9g", rest[i]);
    table_cell(table, "%d",
               row->longest_first < 0 ? 0 : row->longest_last - row->longest_first + 1);
    add_event(table, of, row->longest_first);
    table_cell(table, "%.9g", row->deepest_m3 / m3_per_hm3);
    add_event(table, of, row->deepest_first);
}

/* Rows of the scenario whose series are at hand. */
static enum status
add_csv_rows(struct table *table, const struct assessment *of, int scenario_s, struct error *err)
{
    int steps = of->reader.step_count;
    for (int g = 0; g < of->group_count && of->there[scenario_s]; g++) {
        const struct performance_options *options = of->options;
        int years = of->measured[scenario_s * of->group_count + g].year_count;
        int block = options->block_years > 0 ? options->block_years : (int)lround(cbrt(years));
        struct performance_confidence limits;
        struct error cause = {0};
        enum status status =
            options->sample_count == 0
                ? STATUS_INPUT
                : performance_bootstrap(steps, of->demand_m3 + (long)g * steps,
                                        of->supplied_m3 + (long)g * steps, of->year,
                                        block > 0 ? block : 1, options->sample_count,
                                        confidence_level, options->seed, &limits, &cause);
        if (status == STATUS_MEMORY)
            return error_set(err, status, "%s", cause.text);
        add_csv_row(table, of, scenario_s, g, status == STATUS_OK ? &limits : NULL);
    }
    return STATUS_OK;
}

/* ---- the table --------------------------------------------------------------------------------
 */

enum { FIGURE_COUNT = 9 };

static double
figure_of(const struct performance *of, int figure_i)
{
    const double figures[FIGURE_COUNT] = {100.0 * of->time_reliability,
                                          100.0 * of->volume_reliability,
                                          100.0 * of->annual_reliability,
                                          of->resilience,
                                          of->vulnerability_peak,
                                          of->vulnerability_mean,
                                          of->shortage_index,
                                          of->sustainability_loucks,
                                          of->sustainability_sandoval};
    return figures[figure_i];
}

/* Mean over the scenarios of each figure, the spread of the first, and the longest event. */
static void
add_row(struct table *table, const struct assessment *of, int group_i, double *sample)
{
    int scenarios = of->reader.scenario_count, count = 0, longest = 0, from = -1;
    double mean[FIGURE_COUNT] = {0.0}, deepest_m3 = 0.0;
    for (int s = 0; s < scenarios; s++) {
        const struct performance *row = &of->measured[s * of->group_count + group_i];
        if (!of->there[s])
            continue;
        sample[count++] = 100.0 * row->time_reliability;
        for (int f = 0; f < FIGURE_COUNT; f++)
            mean[f] += figure_of(row, f);
        deepest_m3 = fmax(deepest_m3, row->deepest_m3);
        if (row->longest_first >= 0 && row->longest_last - row->longest_first + 1 > longest) {
            longest = row->longest_last - row->longest_first + 1;
            from = row->longest_first;
        }
    }
    quantile_sort(sample, count);
    table_cell(table, "%s", of->group[group_i]);
    table_number(table, mean[0] / count);
    table_number(table, quantile_of_sorted(sample, count, 0.1));
    table_number(table, count > 0 ? sample[0] : (double)NAN);
    for (int f = 1; f < FIGURE_COUNT; f++)
        table_number(table, mean[f] / count);
    table_cell(table, "%d", longest);
    if (from >= 0)
        add_event(table, of, from);
    else
        table_cell(table, "-");
    table_number(table, deepest_m3 / m3_per_hm3);
}

static enum status
print_table(FILE *out, const struct assessment *of, struct error *err)
{
    static const char *const names[GROUP_COUNT] = {"<demand", "<class", "<district", "<"};
    const char *heads[] = {names[of->options->group],
                           "time %",
                           "p10",
                           "worst",
                           "volume %",
                           "years %",
                           "resilience",
                           "vuln. peak",
                           "vuln. mean",
                           "shortage index",
                           "Loucks",
                           "Sandoval",
                           "longest, steps",
                           "<from",
                           "deepest hm3"};
    double *sample = malloc((size_t)of->reader.scenario_count * sizeof *sample);
    int count = 0;
    struct table table;
    if (sample == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for a table");
    for (int s = 0; s < of->reader.scenario_count; s++)
        count += of->there[s];
    fprintf(out,
            "%s: means over %d scenario%s; p10 and worst of the scenarios' time reliability; "
            "longest and deepest failure of any\n\n",
            of->reader.title != NULL ? of->reader.title : of->reader.path, count,
            count == 1 ? "" : "s");
    table_init(&table, false, 15, heads);
    for (int g = 0; g < of->group_count; g++)
        add_row(&table, of, g, sample);
    free(sample);
    return table_print(&table, out)
               ? STATUS_OK
               : error_set(err, STATUS_FILE_WRITE, "the table was not written");
}

enum status
performance_print(FILE *out, const char *path, const struct performance_options *options,
                  struct error *err)
{
    struct assessment of = {0};
    struct table table;
    bool found = options->scenario == NULL, begun = false;
    enum status status = open_assessment(&of, path, options, err);
    if (status != STATUS_OK)
        goto out;
    table_init(&table, true, (int)(sizeof csv_heads / sizeof *csv_heads), csv_heads);
    begun = true;
    for (int s = 0; s < of.reader.scenario_count; s++) {
        if (options->scenario != NULL && strcmp(of.reader.scenario[s], options->scenario) != 0)
            continue;
        found = true;
        TRY(measure_scenario(&of, s, err));
        if (options->csv)
            TRY(add_csv_rows(&table, &of, s, err));
    }
    if (!found)
        TRY(error_set(err, STATUS_USAGE, "'%s' has no scenario '%s'; see `nguon show %s scenarios`",
                      path, options->scenario, path));
    if (options->csv) {
        begun = false;
        if (!table_print(&table, out))
            status = error_set(err, STATUS_FILE_WRITE, "the table was not written");
    } else {
        TRY(print_table(out, &of, err));
    }
out:
    if (begun)
        table_discard(&table);
    close_assessment(&of);
    return status;
}
