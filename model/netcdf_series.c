/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/netcdf_series.h"

#include "model/netcdf_stretch.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BLOCK_FIGURES = 1 << 21, COLUMN_GAP = 16, LISTED_MAX = 5 };

/* Two files may give one figure with the rounding of their packing. */
static const double same_figure = 1e-5;

/* One file of several. */
struct piece {
    char *path;
    int64_t start_s; /* first instant, in its calendar */
};

/* A record while it is read. */
struct joining {
    const struct netcdf_source *source;
    struct piece *piece;
    int piece_count;
    struct netcdf_stretch stretch;
    const char *last_path; /* of the file that gave the last figures */
    struct error *err;
};

/* ---- files ----------------------------------------------------------------------------------- */

static enum status
expand_pattern(const struct netcdf_source *source, glob_t *files, struct error *err)
{
    int outcome = glob(source->pattern, 0, NULL, files);
    if (outcome == GLOB_NOSPACE)
        return error_set(err, STATUS_MEMORY, "out of memory for the files '%s'", source->pattern);
    if (outcome == GLOB_NOMATCH || files->gl_pathc == 0)
        return error_set(err, STATUS_INPUT, "there is no file '%s'", source->pattern);
    if (outcome != 0)
        return error_set(err, STATUS_INPUT, "the files '%s' cannot be listed", source->pattern);
    return STATUS_OK;
}

/* The unit of an open variable, or the one that was given. */
static enum status
unit_of(const struct netcdf_source *source, const struct netcdf_variable *variable,
        struct netcdf_unit *out, struct error *err)
{
    struct error cause = {0};
    *out = source->unit;
    if (source->unit_given)
        return STATUS_OK;
    enum status status = netcdf_unit_parse(variable->unit, variable->standard_name,
                                           variable->cell_methods, out, &cause);
    if (status == STATUS_OK)
        return STATUS_OK;
    return error_set(err, status, "%s: variable '%s': %s", variable->path, variable->name,
                     cause.text);
}

enum status
netcdf_source_probe(struct netcdf_source *source, struct error *err)
{
    glob_t files = {0};
    struct netcdf_variable variable = {.file_id = -1};
    struct netcdf_unit unit;
    enum status status = STATUS_OK;
    TRY(expand_pattern(source, &files, err));
    TRY(netcdf_variable_open(files.gl_pathv[0], source->variable, &variable, err));
    TRY(unit_of(source, &variable, &unit, err));
    source->unit = unit;
out:
    netcdf_variable_close(&variable);
    globfree(&files);
    return status;
}

static int
compare_pieces(const void *left, const void *right)
{
    const struct piece *a = left;
    const struct piece *b = right;
    if (a->start_s != b->start_s)
        return a->start_s < b->start_s ? -1 : 1;
    return strcmp(a->path, b->path);
}

/* Whether the figures are rain, which falls on whole days, another flux, or a state. */
static enum stretch_kind
kind_of(const struct netcdf_variable *variable, const struct netcdf_unit *unit)
{
    static const char *const rain_names[] = {"pr",   "prc",    "prra",          "prsn", "tp",
                                             "rain", "precip", "precipitation", NULL};
    if (unit->dimension == DIMENSION_FLOW)
        return STRETCH_FLUX;
    if (unit->dimension != DIMENSION_SPEED)
        return STRETCH_STATE;
    if (strstr(variable->standard_name, "precipitation") != NULL ||
        strstr(variable->standard_name, "rainfall") != NULL ||
        strstr(variable->standard_name, "snowfall") != NULL)
        return STRETCH_RAIN;
    for (int i = 0; rain_names[i] != NULL; i++)
        if (strcasecmp(variable->name, rain_names[i]) == 0)
            return STRETCH_RAIN;
    return STRETCH_FLUX;
}

/* Look at each file once: calendar and unit agree, and in which order they come. */
static enum status
order_pieces(struct joining *joining, const glob_t *files)
{
    struct netcdf_variable variable = {.file_id = -1};
    enum status status = STATUS_OK;
    joining->piece = calloc(files->gl_pathc, sizeof *joining->piece);
    if (joining->piece == NULL)
        return error_set(joining->err, STATUS_MEMORY, "out of memory for the files");
    for (size_t i = 0; i < files->gl_pathc; i++) {
        struct netcdf_unit unit;
        TRY(netcdf_variable_open(files->gl_pathv[i], joining->source->variable, &variable,
                                 joining->err));
        TRY(unit_of(joining->source, &variable, &unit, joining->err));
        if (i == 0) {
            joining->stretch.calendar = variable.calendar;
            joining->stretch.kind = kind_of(&variable, &unit);
        }
        if (variable.calendar != joining->stretch.calendar)
            TRY(error_set(joining->err, STATUS_INPUT, "%s has the calendar %s, but %s has %s",
                          files->gl_pathv[0], netcdf_calendar_name(joining->stretch.calendar),
                          files->gl_pathv[i], netcdf_calendar_name(variable.calendar)));
        if (unit.dimension != joining->source->unit.dimension)
            TRY(error_set(joining->err, STATUS_INPUT,
                          "%s: variable '%s': its unit '%s' is that of another quantity than in "
                          "the first file",
                          variable.path, variable.name, variable.unit));
        joining->piece[i].path = strdup(files->gl_pathv[i]);
        joining->piece[i].start_s = variable.start_s[0];
        joining->piece_count++;
        if (joining->piece[i].path == NULL)
            TRY(error_set(joining->err, STATUS_MEMORY, "out of memory for the files"));
        netcdf_variable_close(&variable);
    }
    qsort(joining->piece, (size_t)joining->piece_count, sizeof *joining->piece, compare_pieces);
out:
    netcdf_variable_close(&variable);
    return status;
}

/* ---- the mean over the cells ----------------------------------------------------------------- */

/* Means of one file while they are made. */
struct means {
    const struct netcdf_variable *variable;
    struct netcdf_cell *cell;
    int cell_count;
    int *present;   /* [cell_count] times at which the cell has a figure */
    double *sum;    /* [time_count] of weight x figure */
    double *weight; /* [time_count] of the weights that have a figure */
    double *block;  /* figures read at once */
    size_t block_size;
};

static int
compare_columns(const void *left, const void *right)
{
    size_t a = *(const size_t *)left;
    size_t b = *(const size_t *)right;
    return (a > b) - (a < b);
}

/* Add the cells that stand in columns [from, to] over all times. */
static enum status
add_columns(struct means *means, size_t from, size_t to, struct error *err)
{
    struct netcdf_block block = {.column_from = from, .column_count = to - from + 1};
    size_t row_first = SIZE_MAX;
    size_t row_last = 0;
    for (int i = 0; i < means->cell_count; i++) {
        const struct netcdf_cell *cell = &means->cell[i];
        if (cell->column < from || cell->column > to)
            continue;
        row_first = cell->row < row_first ? cell->row : row_first;
        row_last = cell->row > row_last ? cell->row : row_last;
    }
    block.row_from = row_first;
    block.row_count = row_last - row_first + 1;
    size_t cells = block.row_count * block.column_count;
    size_t times_at_once = BLOCK_FIGURES / cells > 0 ? BLOCK_FIGURES / cells : 1;
    size_t time_count = (size_t)means->variable->time_count;
    if (times_at_once > time_count)
        times_at_once = time_count;
    if (means->block_size < times_at_once * cells) {
        free(means->block);
        means->block_size = times_at_once * cells;
        means->block = malloc(means->block_size * sizeof *means->block);
        if (means->block == NULL)
            return error_set(err, STATUS_MEMORY, "out of memory for %s", means->variable->path);
    }
    for (size_t t = 0; t < time_count; t += block.time_count) {
        block.time_from = t;
        block.time_count = time_count - t < times_at_once ? time_count - t : times_at_once;
        enum status status = netcdf_read_block(means->variable, &block, means->block, err);
        if (status != STATUS_OK)
            return status;
        for (int i = 0; i < means->cell_count; i++) {
            const struct netcdf_cell *cell = &means->cell[i];
            if (cell->column < from || cell->column > to)
                continue;
            const double *figure =
                means->block + (cell->row - row_first) * block.column_count + (cell->column - from);
            for (size_t k = 0; k < block.time_count; k++, figure += cells) {
                if (isnan(*figure))
                    continue;
                means->present[i]++;
                means->sum[t + k] += cell->weight * *figure;
                means->weight[t + k] += cell->weight;
            }
        }
    }
    return STATUS_OK;
}

/* Read all cells, in runs of neighbouring columns: a place across 0 degrees is in two. */
static enum status
add_cells(struct means *means, struct error *err)
{
    size_t count = (size_t)means->cell_count;
    size_t *column = malloc(count * sizeof *column);
    enum status status = STATUS_OK;
    if (column == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %s", means->variable->path);
    for (size_t i = 0; i < count; i++)
        column[i] = means->cell[i].column;
    qsort(column, count, sizeof *column, compare_columns);
    for (size_t i = 0, next; i < count && status == STATUS_OK; i = next) {
        for (next = i + 1; next < count && column[next] - column[next - 1] <= COLUMN_GAP; next++)
            continue;
        status = add_columns(means, column[i], column[next - 1], err);
    }
    free(column);
    return status;
}

/* Weight of the cells that never have a figure (the sea of a model of the land, say). */
static enum status
masked_weight(const struct means *means, double *out, struct error *err)
{
    const double most = 0.5;
    *out = 0.0;
    for (int i = 0; i < means->cell_count; i++)
        if (means->present[i] == 0)
            *out += means->cell[i].weight;
    if (*out > most)
        return error_set(err, STATUS_INPUT,
                         "%s: variable '%s': %.0f %% of the place lies on cells without a single "
                         "figure",
                         means->variable->path, means->variable->name, 100.0 * *out);
    return STATUS_OK;
}

static enum status
make_means(struct means *means, const struct netcdf_place *place, struct error *err)
{
    struct error cause = {0};
    size_t time_count = (size_t)means->variable->time_count;
    enum status status =
        netcdf_grid_cells(&means->variable->grid, place, &means->cell, &means->cell_count, &cause);
    if (status != STATUS_OK)
        return error_set(err, status, "%s: variable '%s': %s", means->variable->path,
                         means->variable->name, cause.text);
    means->present = calloc((size_t)means->cell_count, sizeof *means->present);
    means->sum = calloc(time_count, sizeof *means->sum);
    means->weight = calloc(time_count, sizeof *means->weight);
    if (means->present == NULL || means->sum == NULL || means->weight == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %s", means->variable->path);
    double masked;
    TRY(add_cells(means, err));
    TRY(masked_weight(means, &masked, err));
    for (size_t t = 0; t < time_count; t++) {
        bool whole = means->weight[t] >= (1.0 - masked) * (1.0 - 1e-9);
        means->sum[t] = whole ? means->sum[t] / means->weight[t] : NAN;
    }
out:
    return status;
}

static void
means_finish(struct means *means)
{
    free(means->cell);
    free(means->present);
    free(means->sum);
    free(means->weight);
    free(means->block);
}

/* ---- joining --------------------------------------------------------------------------------- */

/* Whether an interval that starts before the end of the last one is there already, and the same. */
static enum status
check_overlap(const struct joining *joining, const struct netcdf_variable *variable, int time_t,
              double value)
{
    const struct netcdf_stretch *stretch = &joining->stretch;
    char date[32];
    int low = 0;
    int high = stretch->count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (stretch->start_s[middle] < variable->start_s[time_t])
            low = middle + 1;
        else
            high = middle;
    }
    bool there = low < stretch->count && stretch->start_s[low] == variable->start_s[time_t] &&
                 stretch->end_s[low] == variable->end_s[time_t];
    double difference = there ? fabs(stretch->value[low] - value) : INFINITY;
    if (there &&
        (difference <= same_figure * fabs(value) || (isnan(value) && isnan(stretch->value[low]))))
        return STATUS_OK;
    return error_set(
        joining->err, STATUS_INPUT, "%s: variable '%s': %s is also in %s, with %s", variable->path,
        variable->name,
        netcdf_instant_text(variable->calendar, variable->start_s[time_t], date, sizeof date),
        joining->last_path, there ? "another figure" : "an interval of another length");
}

static enum status
append_means(struct joining *joining, const struct means *means, const struct netcdf_unit *unit)
{
    const struct netcdf_variable *variable = means->variable;
    struct netcdf_stretch *stretch = &joining->stretch;
    for (int t = 0; t < variable->time_count; t++) {
        double value = means->sum[t] * unit->scale + unit->offset;
        if (unit->per_interval)
            value /= (double)(variable->end_s[t] - variable->start_s[t]);
        /* packing may leave a trifle below nothing */
        if (stretch->kind == STRETCH_RAIN && value < 0.0 && value > -1e-9)
            value = 0.0;
        if (stretch->count > 0 && variable->start_s[t] < stretch->end_s[stretch->count - 1]) {
            enum status status = check_overlap(joining, variable, t, value);
            if (status != STATUS_OK)
                return status;
        } else if (!netcdf_stretch_add(stretch, variable->start_s[t], variable->end_s[t], value)) {
            return error_set(joining->err, STATUS_MEMORY, "out of memory for the record");
        }
    }
    return STATUS_OK;
}

static enum status
join_piece(struct joining *joining, const struct piece *piece)
{
    struct netcdf_variable variable = {.file_id = -1};
    struct means means = {.variable = &variable};
    struct netcdf_unit unit;
    enum status status = STATUS_OK;
    TRY(netcdf_variable_open(piece->path, joining->source->variable, &variable, joining->err));
    TRY(unit_of(joining->source, &variable, &unit, joining->err));
    TRY(make_means(&means, &joining->source->place, joining->err));
    TRY(append_means(joining, &means, &unit));
    joining->last_path = piece->path;
out:
    means_finish(&means);
    netcdf_variable_close(&variable);
    return status;
}

static enum status
join_files(struct joining *joining, struct record *record)
{
    glob_t files = {0};
    struct error cause = {0};
    enum status status = STATUS_OK;
    TRY(expand_pattern(joining->source, &files, joining->err));
    TRY(order_pieces(joining, &files));
    for (int i = 0; i < joining->piece_count; i++)
        TRY(join_piece(joining, &joining->piece[i]));
    status = netcdf_stretch_to_record(&joining->stretch, record, &cause);
    if (status != STATUS_OK)
        TRY(error_set(joining->err, status, "%s: variable '%s': %s", joining->source->pattern,
                      joining->source->variable, cause.text));
out:
    globfree(&files);
    netcdf_stretch_finish(&joining->stretch);
    for (int i = 0; i < joining->piece_count; i++)
        free(joining->piece[i].path);
    free(joining->piece);
    return status;
}

/* ---- the record ------------------------------------------------------------------------------ */

/* Where gaps are reported to. */
struct gap_place {
    const struct netcdf_source *source;
    const char *file;
    int line;
    struct diagnostics *diagnostics;
    int count;
};

static void
report_gap(void *context, const struct record *record, int from, int to, const char *reason)
{
    struct gap_place *place = context;
    char first[24];
    char last[24];
    if (place->count++ >= LISTED_MAX)
        return;
    diagnostics_add(
        place->diagnostics, false, place->file, place->line, 0,
        "%s: variable '%s' has no figure from %s to %s (%d missing)%s", place->source->pattern,
        place->source->variable,
        date_format(date_from_seconds(record->start_s[from]), true, first, sizeof first),
        date_format(date_from_seconds(record->start_s[to - 1]), true, last, sizeof last), to - from,
        reason);
}

enum status
record_read_netcdf(struct record *record, const struct netcdf_source *source, enum fill_rule fill,
                   const char *file, int line, struct diagnostics *diagnostics)
{
    struct error err = {0};
    struct joining joining = {.source = source, .err = &err};
    struct gap_place place = {source, file, line, diagnostics, 0};
    *record = (struct record){0};
    enum status status = join_files(&joining, record);
    if (status != STATUS_OK) {
        diagnostics_add(diagnostics, false, file, line, 0, "%s", err.text);
        return status == STATUS_MEMORY ? STATUS_MEMORY : STATUS_INPUT;
    }
    record_fill(record, fill, 0.0, report_gap, &place);
    if (place.count > LISTED_MAX)
        diagnostics_add(diagnostics, false, file, line, 0, "%d more gaps",
                        place.count - LISTED_MAX);
    if (place.count > 0)
        record_finish(record);
    return place.count > 0 ? STATUS_INPUT : STATUS_OK;
}
