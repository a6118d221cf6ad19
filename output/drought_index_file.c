/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/drought_index_file.h"

#include "output/catchment_file.h"

#include <math.h>

static const char *const zero_rules[] = {
    [ZERO_SHARE] = "probability of zero q, the share of zeros (McKee et al. 1993)",
    [ZERO_CENTRE] = "centre of the zeros' probability mass (Stagge et al. 2015)",
    [ZERO_PLAIN] = "none: 0 is a value like any other",
};

static void
write_head(FILE *out, const struct drought_index *index)
{
    const struct index_options *options = &index->options;
    char from[32], to[32];
    fprintf(out, "# %s of %s, by %s\n# command: %s\n# source: %s\n", index->name, index->input,
            index->version, index->command, index->source);
    fprintf(out, "# distribution: %s\n# estimator: %s\n",
            options->choose ? "of each calendar month the nearest in L-kurtosis (see --fits)"
                            : distribution_name(options->distribution),
            estimator_name(options->estimator));
    fprintf(out, "# reference period: %s to %s\n",
            site_series_date(index->months, options->reference_first, from, sizeof from),
            site_series_date(index->months, options->reference_last, to, sizeof to));
    fprintf(out, "# zeros: %s\n", zero_rules[options->zero_rule]);
    fprintf(out, "# limits: -%g to %g\n", options->clip, options->clip);
}

enum status
drought_index_write(const char *path, const struct drought_index *index, struct error *err)
{
    struct text_file file;
    enum status status = text_file_open(&file, path, err);
    if (status != STATUS_OK)
        return status;
    write_head(file.out, index);
    fputs("date", file.out);
    for (int s = 0; s < index->scale_count; s++)
        fprintf(file.out, ",%s_%d", index->name, index->scale[s]);
    fputc('\n', file.out);
    for (int t = index->first; t <= index->last; t++) {
        char date[32];
        fputs(site_series_date(index->months, t, date, sizeof date), file.out);
        for (int s = 0; s < index->scale_count; s++)
            if (isnan(index->value[s][t]))
                fputc(',', file.out);
            else
                fprintf(file.out, ",%.12g", index->value[s][t]);
        fputc('\n', file.out);
    }
    return text_file_close(&file, true, err);
}

static void
write_fit(FILE *out, int scale, int month, enum estimator estimator, const struct index_fit *fit)
{
    fprintf(out, "%d,%d,%d,%d,%.12g", scale, month, fit->value_count, fit->zero_count,
            fit->zero_probability);
    if (!fit->fitted) {
        fprintf(out, ",,,,,,,,\"not fitted: %s\"\n", fit->fault);
        return;
    }
    enum distribution distribution = fit->distribution.distribution;
    fprintf(out, ",%s,%s", distribution_name(distribution), estimator_name(estimator));
    for (int i = 0; i < DISTRIBUTION_PARAMETERS_MAX; i++) {
        const char *name = distribution_parameter_name(distribution, i);
        if (name == NULL)
            fputs(",,", out);
        else
            fprintf(out, ",%s,%.15g", name, fit->distribution.parameter[i]);
    }
    fputs(",\n", out);
}

enum status
drought_index_write_fits(const char *path, const struct drought_index *index, struct error *err)
{
    struct text_file file;
    enum status status = text_file_open(&file, path, err);
    if (status != STATUS_OK)
        return status;
    write_head(file.out, index);
    fputs("scale,month,values,zeros,zero_probability,distribution,estimator,name_1,parameter_1,"
          "name_2,parameter_2,name_3,parameter_3,note\n",
          file.out);
    for (int s = 0; s < index->scale_count; s++)
        for (int m = 0; m < CALENDAR_MONTHS; m++)
            write_fit(file.out, index->scale[s], m + 1, index->options.estimator,
                      &index->fit[s][m]);
    return text_file_close(&file, true, err);
}
