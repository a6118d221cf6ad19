/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/synthetic_report.h"

#include "output/table.h"
#include "solvers/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const month_names[MONTHS] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* ---- acceptance -------------------------------------------------------------------------------
 */

static void
take_error(struct acceptance *of, double error, int month, int site, int other_site, int *count)
{
    of->error_mean += error;
    (*count)++;
    if (!(error > of->worst))
        return;
    of->worst = error;
    of->month = month;
    of->site = site;
    of->other_site = other_site;
}

void
synthetic_acceptance(const struct synthetic_report *report, struct acceptance out[ACCEPTANCE_COUNT])
{
    const struct flow_statistics *a = &report->source, *b = &report->synthetic;
    int sites = a->site_count, count[ACCEPTANCE_COUNT] = {0};
    const struct acceptance blank[ACCEPTANCE_COUNT] = {
        {.name = "log-mean, error in sd", .bound = 0.040, .other_site = -1},
        {.name = "log-sd, relative error", .bound = 0.029, .other_site = -1},
        {.name = "lag-1 correlation, error", .bound = 0.059, .other_site = -1},
        {.name = "correlation of sites, error", .bound = 0.119, .other_site = -1}};
    for (int i = 0; i < ACCEPTANCE_COUNT; i++)
        out[i] = blank[i];
    for (int m = 0; m < MONTHS; m++)
        for (int s = 0; s < sites; s++) {
            int at = m * sites + s;
            take_error(&out[0], fabs(b->log_mean[at] - a->log_mean[at]) / a->log_sd[at], m, s, -1,
                       &count[0]);
            take_error(&out[1], fabs(b->log_sd[at] / a->log_sd[at] - 1.0), m, s, -1, &count[1]);
            take_error(&out[2], fabs(b->lag1[at] - a->lag1[at]), m, s, -1, &count[2]);
            for (int other = 0; other < s; other++)
                take_error(
                    &out[3],
                    fabs(b->cross[(long)at * sites + other] - a->cross[(long)at * sites + other]),
                    m, s, other, &count[3]);
        }
    for (int i = 0; i < ACCEPTANCE_COUNT; i++)
        out[i].error_mean = count[i] > 0 ? out[i].error_mean / count[i] : 0.0;
}

static bool
print_acceptance(const struct synthetic_report *report, const struct synthetic_source *source)
{
    static const char *const heads[] = {
        "<statistic of the logarithms", "bound", "largest", "mean", "<of", "<kept"};
    struct acceptance kept[ACCEPTANCE_COUNT];
    bool all = true;
    struct table table;
    synthetic_acceptance(report, kept);
    table_init(&table, false, 6, heads);
    for (int i = 0; i < ACCEPTANCE_COUNT; i++) {
        bool good = kept[i].worst <= kept[i].bound;
        if (i == ACCEPTANCE_COUNT - 1 && source->site_count < 2)
            continue;
        all = all && good;
        table_cell(&table, "%s", kept[i].name);
        table_cell(&table, "%.3f", kept[i].bound);
        table_cell(&table, "%.3f", kept[i].worst);
        table_cell(&table, "%.3f", kept[i].error_mean);
        if (kept[i].other_site < 0)
            table_cell(&table, "%s %s", month_names[kept[i].month], source->name[kept[i].site]);
        else
            table_cell(&table, "%s %s and %s", month_names[kept[i].month],
                       source->name[kept[i].other_site], source->name[kept[i].site]);
        table_cell(&table, "%s", good ? "yes" : "NO");
    }
    table_print(&table, stdout);
    return all;
}

/* ---- site by site -----------------------------------------------------------------------------
 */

/* Mean, or the value that one year in ten falls below, of the least weeks of the years. */
static double
week_figure(int site, int sites, long year_count, const float *of_members, const double *of_source,
            bool mean)
{
    double *sample = malloc((size_t)year_count * sizeof *sample), figure = (double)NAN, sum = 0.0;
    if (sample == NULL)
        return figure;
    for (long y = 0; y < year_count; y++) {
        sample[y] =
            of_members != NULL ? (double)of_members[y * sites + site] : of_source[y * sites + site];
        sum += sample[y];
    }
    quantile_sort(sample, (int)year_count);
    figure = mean ? sum / (double)year_count : quantile_of_sorted(sample, (int)year_count, 0.1);
    free(sample);
    return figure;
}

static double
mean_skew(const struct flow_statistics *of, int site)
{
    double sum = 0.0;
    for (int m = 0; m < MONTHS; m++)
        sum += of->skew[m * of->site_count + site] / MONTHS;
    return sum;
}

static void
add_pair(struct table *table, const char *site, const char *what, double source, double synthetic)
{
    table_cell(table, "%s", site);
    table_cell(table, "%s", what);
    table_number(table, source);
    table_number(table, synthetic);
}

static void
print_sites(const struct synthetic_report *report, const struct synthetic_source *source,
            const struct synthetic_request *request, const struct synthetic_flow *flow)
{
    static const char *const heads[] = {"<site", "<statistic", "source", "synthetic"};
    const struct flow_statistics *a = &report->source, *b = &report->synthetic;
    long years = (long)request->member_count * request->year_count;
    struct table table;
    table_init(&table, false, 4, heads);
    for (int s = 0; s < source->site_count; s++) {
        const char *name = source->name[s];
        add_pair(&table, name, "mean flow, m3/s", a->annual_mean[s], b->annual_mean[s]);
        add_pair(&table, "", "sd of annual flow", a->annual_sd[s], b->annual_sd[s]);
        add_pair(&table, "", "annual lag-1", a->annual_lag1[s], b->annual_lag1[s]);
        add_pair(&table, "", "mean skew of months", mean_skew(a, s), mean_skew(b, s));
        add_pair(&table, "", "Q90 of months", a->q90[s], b->q90[s]);
        add_pair(&table, "", "Q95 of months", a->q95[s], b->q95[s]);
        if (flow->week_m3s != NULL)
            for (int mean = 1; mean >= 0; mean--)
                add_pair(&table, "", mean ? "least 7 days, mean" : "least 7 days, 1 year in 10",
                         week_figure(s, source->site_count, source->year_count, NULL,
                                     flow->source_week_m3s, mean),
                         week_figure(s, source->site_count, years, flow->week_m3s, NULL, mean));
        add_pair(&table, "", "drought, mean months", a->drought_mean[s], b->drought_mean[s]);
        add_pair(&table, "", "drought, longest", a->drought_longest[s], b->drought_longest[s]);
    }
    table_print(&table, stdout);
}

bool
synthetic_report_print(const struct synthetic_report *report, const struct synthetic_source *source,
                       const struct synthetic_request *request, const struct synthetic_flow *flow)
{
    bool changed = memcmp(&request->change, &monsoon_unchanged, sizeof monsoon_unchanged) != 0;
    int stretch =
        source->year_count < request->year_count ? source->year_count : request->year_count;
    bool all = print_acceptance(report, source);
    if (changed)
        puts("\nThe season was changed on purpose: the means and standard deviations differ.");
    printf("\nWithout a bound (drought: months below what the source exceeds 80 %% of the time; "
           "longest: in %d years):\n\n",
           stretch);
    print_sites(report, source, request, flow);
    return all;
}

/* ---- the file ---------------------------------------------------------------------------------
 */

static void
write_row(FILE *out, const char *statistic, const char *site, const char *month, double source,
          double synthetic)
{
    fprintf(out, "%s,%s,%s,%.10g,%.10g,%.10g\n", statistic, site, month, source, synthetic,
            synthetic - source);
}

static void
write_site(FILE *out, const struct synthetic_report *report, const struct synthetic_source *source,
           int site)
{
    const struct flow_statistics *a = &report->source, *b = &report->synthetic;
    const char *name = source->name[site];
    int sites = source->site_count;
    const struct {
        const char *name;
        const double *source, *synthetic;
    } monthly[] = {{"mean_m3s", a->mean, b->mean},   {"sd_m3s", a->sd, b->sd},
                   {"skew", a->skew, b->skew},       {"log_mean", a->log_mean, b->log_mean},
                   {"log_sd", a->log_sd, b->log_sd}, {"lag1_of_logs", a->lag1, b->lag1}};
    const struct {
        const char *name;
        const double *source, *synthetic;
    } whole[] = {{"annual_mean_m3s", a->annual_mean, b->annual_mean},
                 {"annual_sd_m3s", a->annual_sd, b->annual_sd},
                 {"annual_lag1", a->annual_lag1, b->annual_lag1},
                 {"q90_of_months_m3s", a->q90, b->q90},
                 {"q95_of_months_m3s", a->q95, b->q95},
                 {"drought_mean_months", a->drought_mean, b->drought_mean},
                 {"drought_longest_months", a->drought_longest, b->drought_longest}};
    for (size_t i = 0; i < sizeof monthly / sizeof *monthly; i++)
        for (int m = 0; m < MONTHS; m++)
            write_row(out, monthly[i].name, name, month_names[m],
                      monthly[i].source[m * sites + site], monthly[i].synthetic[m * sites + site]);
    for (int other = 0; other < site; other++)
        for (int m = 0; m < MONTHS; m++) {
            long at = ((long)m * sites + site) * sites + other;
            char statistic[160];
            snprintf(statistic, sizeof statistic, "correlation_of_logs_with_%.100s",
                     source->name[other]);
            write_row(out, statistic, name, month_names[m], a->cross[at], b->cross[at]);
        }
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        write_row(out, whole[i].name, name, "", whole[i].source[site], whole[i].synthetic[site]);
}

enum status
synthetic_report_write(const char *path, const struct synthetic_report *report,
                       const struct synthetic_source *source,
                       const struct synthetic_request *request, const struct synthetic_label *label,
                       struct error *err)
{
    struct text_file file;
    enum status status = text_file_open(&file, path, err);
    if (status != STATUS_OK)
        return status;
    fprintf(file.out, "# synthetic flows beside %s (%d years), by %s\n# command: %s\n",
            label->input, source->year_count, label->version, label->command);
    fprintf(file.out, "# method %s, %d members of %d years\n", flow_method_name(request->method),
            request->member_count, request->year_count);
    fputs("statistic,site,month,source,synthetic,difference\n", file.out);
    for (int s = 0; s < source->site_count; s++)
        write_site(file.out, report, source, s);
    return text_file_close(&file, true, err);
}
