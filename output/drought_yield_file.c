/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/drought_yield_file.h"

#include "output/catchment_file.h"

static const double m3_per_hm3 = 1e6;
static const double seconds_per_year = 365.2425 * 86400.0;

static void
write_source(FILE *out, const char *what, const struct yield_source *source)
{
    fprintf(out, "# %s of %s, column %s, by %s\n# command: %s\n", what, source->input,
            source->column, source->version, source->command);
}

enum status
yield_curve_write(const char *path, const struct yield_source *source,
                  const struct yield_curve *curve, struct error *err)
{
    struct text_file file;
    enum status status = text_file_open(&file, path, err);
    if (status != STATUS_OK)
        return status;
    write_source(file.out, "storage-yield-reliability curve", source);
    fprintf(file.out, "# reliability: %s; mean inflow %.12g m3/s\n", curve->measure,
            curve->mean_inflow_m3s);
    fputs("storage_hm3,storage_share_of_year,reliability,yield_m3s,yield_share_of_inflow\n",
          file.out);
    for (int s = 0; s < curve->storage_count; s++)
        for (int r = 0; r < curve->reliability_count; r++) {
            double yield_m3s = curve->yield_m3s[s * curve->reliability_count + r];
            fprintf(file.out, "%.12g,%.6g,%.6g,%.12g,%.6g\n", curve->storage_m3[s] / m3_per_hm3,
                    curve->storage_m3[s] / (curve->mean_inflow_m3s * seconds_per_year),
                    curve->reliability[r], yield_m3s, yield_m3s / curve->mean_inflow_m3s);
        }
    return text_file_close(&file, true, err);
}

enum status
yield_trace_write(const char *path, const struct yield_source *source,
                  const struct site_series *series, int first,
                  const struct storage_problem *problem, const struct storage_trace *trace,
                  struct error *err)
{
    struct text_file file;
    enum status status = text_file_open(&file, path, err);
    if (status != STATUS_OK)
        return status;
    write_source(file.out, "simulation", source);
    fputs("date,inflow_m3s,demand_m3s,supply_m3s,spill_m3s,evaporation_m3s,storage_hm3\n",
          file.out);
    for (int t = 0; t < problem->count; t++) {
        char date[32];
        double length_s = (double)(series->start_s[first + t + 1] - series->start_s[first + t]);
        fprintf(file.out, "%s,%.9g,%.9g,%.9g,%.9g,%.9g,%.9g\n",
                site_series_date(series, first + t, date, sizeof date),
                problem->inflow_m3[t] / length_s, trace->demand_m3[t] / length_s,
                trace->supply_m3[t] / length_s, trace->spill_m3[t] / length_s,
                trace->evaporation_m3[t] / length_s, trace->storage_m3[t] / m3_per_hm3);
    }
    return text_file_close(&file, true, err);
}
