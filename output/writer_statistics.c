/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/writer_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Statistics over the scenarios of series that are not kept of each: added up while scenarios come
 * in, in their order, and put into the file at its end. */

/* Beside the quantiles. */
enum figure { FIGURE_MEAN, FIGURE_MIN, FIGURE_MAX, FIGURE_COUNT_OF, FIGURES };

static const struct {
    const char *suffix, *of, *method;
} figures[FIGURES] = {
    {"mean", "mean over the scenarios: ", " realization: mean"},
    {"min", "smallest of the scenarios: ", " realization: minimum"},
    {"max", "largest of the scenarios: ", " realization: maximum"},
    {"count", "number of scenarios with a value", ""},
};

/* ---- adding up ---------------------------------------------------------------------------------
 */

/* How many scenarios belong to a group. */
static int
group_size(const struct kept *kept, const struct plan *plan, int group_g)
{
    int count = 0;
    for (int s = 0; s < plan->scenario_count; s++)
        count += kept_group(kept, plan, s) == group_g ? 1 : 0;
    return count;
}

enum status
writer_statistics_init(struct writer *writer, struct error *err)
{
    enum status status = STATUS_OK;
    const struct kept *kept = &writer->encoding.kept;
    size_t groups = (size_t)kept->group_count;
    writer->statistics = calloc((size_t)kept->count * groups + 1, sizeof(struct cell_statistics *));
    if (writer->statistics == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for statistics over scenarios"));
    for (int i = 0; i < kept->count; i++) {
        const struct encoded_column *column = &writer->encoding.column[i];
        if (!kept->series[i].statistics)
            continue;
        for (size_t g = 0; g < groups; g++)
            TRY(cell_statistics_create((size_t)column->element_count * (size_t)column->length,
                                       group_size(kept, writer->info->plan, (int)g),
                                       &writer->statistics[(size_t)i * groups + g], err));
    }
out:
    return status;
}

void
writer_statistics_finish(struct writer *writer)
{
    const struct kept *kept = &writer->encoding.kept;
    for (int i = 0; i < kept->count * kept->group_count && writer->statistics != NULL; i++)
        cell_statistics_destroy(writer->statistics[i]);
    free(writer->statistics);
    writer->statistics = NULL;
}

void
writer_statistics_add(struct writer *writer, int scenario_s, const struct encoded *encoded)
{
    const struct kept *kept = &writer->encoding.kept;
    int group = kept_group(kept, writer->info->plan, scenario_s);
    for (int i = 0; i < kept->count; i++)
        if (kept->series[i].statistics)
            cell_statistics_add(writer->statistics[i * kept->group_count + group],
                                encoded->statistic + writer->encoding.column[i].first_value);
}

/* ---- the file ----------------------------------------------------------------------------------
 */

void
writer_lay_out_statistics(struct writer *writer)
{
    const struct kept *kept = &writer->encoding.kept;
    struct h5file *file = &writer->file;
    bool any = false;
    for (int i = 0; i < kept->count; i++)
        any = any || kept->series[i].statistics;
    if (!any)
        return;
    const struct h5shape shape = {1, {DIMENSION_QUANTILE}, {0}};
    file->length[DIMENSION_QUANTILE] = (hsize_t)kept->quantile_count;
    hid_t variable = h5file_variable(file, file->file, "quantile", H5T_NATIVE_DOUBLE, &shape, NULL);
    h5file_set_scale(file, variable, "quantile", DIMENSION_QUANTILE);
    h5file_text_attribute(file, variable, "long_name", "share of the scenarios that are not above");
    h5file_text_attribute(file, variable, "units", "1");
    h5file_write(file, variable, H5T_NATIVE_DOUBLE, kept->quantile);
    if (variable >= 0)
        H5Dclose(variable);
    if (kept->by_axis < 0)
        return;
    const struct axis *axis = &writer->info->plan->axis[kept->by_axis];
    const char **label = calloc((size_t)kept->group_count, sizeof *label);
    char name[128];
    file->failed = file->failed || label == NULL;
    for (int g = 0; g < kept->group_count && label != NULL; g++)
        label[g] = axis->member[g].label;
    snprintf(name, sizeof name, "by_%s", axis->id);
    if (label != NULL) {
        variable = h5file_strings(file, file->file, name, DIMENSION_GROUP,
                                  (hsize_t)kept->group_count, label);
        h5file_set_scale(file, variable, name, DIMENSION_GROUP);
        h5file_text_attribute(file, variable, "long_name",
                              "scenarios with this member of the axis");
        if (variable >= 0)
            H5Dclose(variable);
    }
    free(label);
}

/* An empty variable of statistics; with_quantile: also over the quantiles. */
static hid_t
lay_out(struct writer *writer, int series_i, const char *suffix, const char *of,
        const char *further, bool with_quantile, hid_t type)
{
    static const float missing = NAN;
    const struct kept *kept = &writer->encoding.kept;
    const struct kept_series *series = &kept->series[series_i];
    enum result_element element = result_describe(series->variable)->element;
    struct h5shape shape = {0};
    char name[KEPT_NAME_BYTES + 16];
    if (kept->by_axis >= 0)
        shape.dimension[shape.rank++] = DIMENSION_GROUP;
    if (with_quantile)
        shape.dimension[shape.rank++] = DIMENSION_QUANTILE;
    for (int i = 0; i < shape.rank; i++)
        shape.chunk[i] = 1;
    shape.chunk[shape.rank] = (hsize_t)writer->encoding.column[series_i].chunk_length;
    shape.dimension[shape.rank++] = writer_time_dimension(series->period);
    shape.chunk[shape.rank] = 1;
    shape.dimension[shape.rank++] = writer_dimension(element);
    snprintf(name, sizeof name, "%s_%s", series->name, suffix);
    bool is_count = type == H5T_NATIVE_INT;
    hid_t variable = h5file_variable(&writer->file, writer->file.file, name, type, &shape,
                                     is_count ? NULL : &missing);
    if (is_count) {
        h5file_text_attribute(&writer->file, variable, "long_name", of);
        h5file_text_attribute(&writer->file, variable, "units", "1");
    } else {
        writer_describe_series(writer, variable, series, of, further, writer_coordinates(element));
    }
    return variable;
}

/* The figures of one element and group, each over the time. */
struct element_figures {
    float *quantile;        /* [quantile_count][length] */
    float *figure[FIGURES]; /* [length], but for the count */
    int *count;             /* [length] */
};

static void
find_figures(const struct kept *kept, const struct cell_statistics *statistics, size_t first_cell,
             size_t length, struct element_figures *out)
{
    double quantile[QUANTILES_MAX];
    for (size_t t = 0; t < length; t++) {
        size_t cell = first_cell + t;
        cell_quantiles(statistics, cell, kept->quantile, kept->quantile_count, quantile);
        for (int q = 0; q < kept->quantile_count; q++)
            out->quantile[(size_t)q * length + t] = (float)quantile[q];
        out->figure[FIGURE_MEAN][t] = (float)cell_mean(statistics, cell);
        out->figure[FIGURE_MIN][t] = (float)cell_minimum(statistics, cell);
        out->figure[FIGURE_MAX][t] = (float)cell_maximum(statistics, cell);
        out->count[t] = cell_count(statistics, cell);
    }
}

/* Put them into the variables: the quantiles, and the other figures. */
static void
put_figures(struct writer *writer, const hid_t variable[FIGURES + 1], size_t length, int group_g,
            int element_i, const struct element_figures *figure)
{
    struct h5file *file = &writer->file;
    const struct kept *kept = &writer->encoding.kept;
    int before = kept->by_axis >= 0 ? 1 : 0;
    hsize_t start[H5_RANK_MAX] = {0}, count[H5_RANK_MAX] = {1, 1, 1, 1};
    start[0] = (hsize_t)group_g; /* of no meaning without groups */
    start[before] = 0;
    count[before] = (hsize_t)kept->quantile_count;
    count[before + 1] = length;
    start[before + 2] = (hsize_t)element_i;
    h5file_write_block(file, variable[FIGURES], H5T_NATIVE_FLOAT, start, count, figure->quantile);
    count[before] = length;
    count[before + 1] = 1;
    start[before + 1] = (hsize_t)element_i;
    for (int f = 0; f < FIGURES; f++)
        if (f == FIGURE_COUNT_OF)
            h5file_write_block(file, variable[f], H5T_NATIVE_INT, start, count, figure->count);
        else
            h5file_write_block(file, variable[f], H5T_NATIVE_FLOAT, start, count,
                               figure->figure[f]);
}

static bool
figures_init(struct element_figures *figure, size_t length, int quantile_count)
{
    bool good;
    *figure = (struct element_figures){0};
    figure->quantile = malloc((size_t)quantile_count * length * sizeof(float));
    figure->count = malloc(length * sizeof *figure->count);
    good = figure->quantile != NULL && figure->count != NULL;
    for (int f = 0; f < FIGURE_COUNT_OF; f++) {
        figure->figure[f] = malloc(length * sizeof(float));
        good = good && figure->figure[f] != NULL;
    }
    return good;
}

static void
figures_finish(struct element_figures *figure)
{
    free(figure->quantile);
    free(figure->count);
    for (int f = 0; f < FIGURES; f++)
        free(figure->figure[f]);
}

static void
put_series(struct writer *writer, int series_i)
{
    const struct kept *kept = &writer->encoding.kept;
    const struct kept_series *series = &kept->series[series_i];
    size_t length = (size_t)writer->encoding.column[series_i].length;
    struct element_figures figure;
    hid_t variable[FIGURES + 1];
    variable[FIGURES] = lay_out(writer, series_i, "quantiles",
                                "quantiles over the scenarios: ", " (quantiles over the scenarios)",
                                true, H5T_NATIVE_FLOAT);
    for (int f = 0; f < FIGURES; f++)
        variable[f] = lay_out(writer, series_i, figures[f].suffix, figures[f].of, figures[f].method,
                              false, f == FIGURE_COUNT_OF ? H5T_NATIVE_INT : H5T_NATIVE_FLOAT);
    bool good = figures_init(&figure, length, kept->quantile_count);
    writer->file.failed = writer->file.failed || !good;
    for (int g = 0; g < kept->group_count && good; g++) {
        size_t cell = 0;
        for (int e = 0; e < series->element_count; e++) {
            if (!series->is_kept[e])
                continue;
            find_figures(kept, writer->statistics[series_i * kept->group_count + g], cell, length,
                         &figure);
            put_figures(writer, variable, length, g, e, &figure);
            cell += length;
        }
    }
    figures_finish(&figure);
    for (int f = 0; f <= FIGURES; f++)
        if (variable[f] >= 0)
            H5Dclose(variable[f]);
}

void
writer_put_statistics(struct writer *writer)
{
    const struct kept *kept = &writer->encoding.kept;
    for (int i = 0; i < kept->count; i++)
        if (kept->series[i].statistics)
            put_series(writer, i);
}
