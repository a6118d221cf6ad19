/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/operate_input.h"

#include "cli/flood_input.h"
#include "model/dam.h"
#include "model/design_flood.h"
#include "model/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Inflows of `nguon operate`: a file, members, or the design flood. */

static const double hour_s = 3600.0;

/* "T=100", "100", or the design or check flood of the dam's class. */
static enum status
read_return_period(const struct operate_options *options, const struct dam *dam, double *years,
                   struct error *err)
{
    const char *text = options->flood;
    bool design = strcmp(text, "design") == 0, check = strcmp(text, "check") == 0;
    struct dam_class class;
    if ((design || check) && dam->class == NULL)
        return error_set(err, STATUS_INPUT,
                         "--design-flood %s needs the key dam.class of the reservoir", text);
    if (design || check) {
        enum status status = flood_read_class(options->classes_path, dam->class, &class, err);
        if (status == STATUS_OK)
            *years = design ? class.design_years : class.check_years;
        return status;
    }
    struct error cause = {0};
    const char *number = strncmp(text, "T=", 2) == 0 ? text + 2 : text;
    if (number_parse(number, years, &cause) == STATUS_OK && *years > 1.0)
        return STATUS_OK;
    return error_set(err, STATUS_USAGE,
                     "--design-flood '%s' must be T=YEARS, above 1, or design, or check", text);
}

/* Peak of the design flood from the basin's table or from annual peaks. */
static enum status
find_peak(const struct operate_options *options, const struct design_flood *flood, double years,
          double *peak_m3s, char *text, size_t size, struct error *err)
{
    if (options->peaks_path == NULL) {
        snprintf(text, size, "peak of the basin file");
        return design_flood_peak(flood, years, peak_m3s, err);
    }
    double *value = calloc(FLOOD_YEARS_MAX, sizeof *value);
    int count;
    enum flood_distribution distribution = FLOOD_PEARSON3;
    enum status status = STATUS_OK;
    if (value == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the annual peaks");
    if (options->distribution != NULL)
        TRY(flood_distribution_find(options->distribution, &distribution, err));
    TRY(flood_read_peaks(options->peaks_path, value, &count, err));
    TRY(flood_peak(distribution, count, value, years, peak_m3s, err));
    snprintf(text, size, "%s fitted to %d years", flood_distribution_names[distribution], count);
out:
    free(value);
    return status;
}

enum status
operate_design_flood(const struct operate_options *options, const struct operation_request *request,
                     const struct reservoir *reservoir, int64_t end_s, struct operate_input *input,
                     struct error *err)
{
    const struct design_flood *flood = &reservoir->design_flood;
    double years, peak_m3s;
    char how[128];
    enum status status = STATUS_OK;
    TRY(read_return_period(options, &reservoir->dam, &years, err));
    TRY(find_peak(options, flood, years, &peak_m3s, how, sizeof how, err));
    status = design_flood_hydrograph(flood, peak_m3s, request->start_s, end_s, &input->inflow);
    if (status != STATUS_OK)
        return error_set(err, status, "out of memory for the design flood");
    snprintf(input->inflow_text, sizeof input->inflow_text,
             "design flood of %g years, peak %.1f m3/s (%s), %.4g h to the peak", years, peak_m3s,
             how, flood->time_to_peak_s / hour_s);
out:
    return status;
}

static bool
ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

enum status
operate_inflow_file(const struct operate_options *options, struct operate_input *input,
                    struct error *err)
{
    struct diagnostics diagnostics;
    const char *path = options->inflow_path != NULL ? options->inflow_path : options->ensemble_path;
    diagnostics_init(&diagnostics);
    enum status status;
    if (options->inflow_path != NULL)
        status = inflow_read_csv(path, options->column != NULL ? options->column : "inflow_m3s",
                                 &input->inflow, &diagnostics);
    else if (ends_with(path, ".csv"))
        status = inflow_read_csv(path, NULL, &input->inflow, &diagnostics);
    else
        status = inflow_read_netcdf(path, options->variable, &input->inflow, &diagnostics);
    operate_print_faults(&diagnostics);
    diagnostics_finish(&diagnostics);
    if (status != STATUS_OK)
        return error_set(err, status, "the inflow '%s' cannot be used", path);
    snprintf(input->inflow_text, sizeof input->inflow_text, "%s%s", path,
             options->inflow_path != NULL ? "" : " (ensemble)");
    return STATUS_OK;
}
