/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/netcdf_series.h"

#include "model/netcdf_private.h"
#include "model/netcdf_stretch.h"

#include <glob.h>
#include <math.h>
#include <netcdf.h>
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

/* Records while they are read: one for each place. */
struct joining {
    const struct netcdf_source *source;
    struct netcdf_request *request;
    int request_count;
    struct piece *piece;
    int piece_count;
    enum netcdf_calendar calendar;
    enum month_rule rule;
    struct netcdf_stretch *stretch; /* [request_count] */
    struct error *err;              /* [request_count], of one place */
    const char *last_path;          /* of the file that gave the last figures */
};

/* ---- files ----------------------------------------------------------------------------------- */

/* Files of a pattern; `count` of them, the first ones, have the variable. */
struct file_list {
    glob_t found;
    size_t count;
};

/* Whether a file can be opened and does not hold the variable: what is wrong with others is said
 * where they are read. */
static bool
lacks_variable(const char *path, const char *variable)
{
    int file_id, variable_id;
    if (nc_open(path, NC_NOWRITE, &file_id) != NC_NOERR)
        return false;
    bool lacks = nc_inq_varid(file_id, variable, &variable_id) != NC_NOERR;
    nc_close(file_id);
    return lacks;
}

/* A pattern may catch files of several variables, as CMIP6 has them: those of others are left out,
 * unless there would be none. */
static void
choose_files(struct file_list *files, const char *variable)
{
    char **path = files->found.gl_pathv;
    size_t kept = 0;
    for (size_t i = 0; i < files->found.gl_pathc; i++) {
        if (lacks_variable(path[i], variable))
            continue;
        char *own = path[i]; /* the others keep their order too */
        memmove(path + kept + 1, path + kept, (i - kept) * sizeof *path);
        path[kept++] = own;
    }
    files->count = kept > 0 ? kept : files->found.gl_pathc;
}

static enum status
expand_pattern(const struct netcdf_source *source, struct file_list *files, struct error *err)
{
    int outcome = glob(source->pattern, 0, NULL, &files->found);
    files->count = files->found.gl_pathc;
    if (outcome == GLOB_NOSPACE)
        return error_set(err, STATUS_MEMORY, "out of memory for the files '%s'", source->pattern);
    if (outcome == GLOB_NOMATCH || files->count == 0)
        return error_set(err, STATUS_INPUT, "there is no file '%s'", source->pattern);
    if (outcome != 0)
        return error_set(err, STATUS_INPUT, "the files '%s' cannot be listed", source->pattern);
    if (files->count > 1 && source->variable != NULL)
        choose_files(files, source->variable);
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
    struct file_list files = {0};
    struct netcdf_variable variable = {.file_id = -1};
    struct netcdf_unit unit;
    enum status status = STATUS_OK;
    TRY(expand_pattern(source, &files, err));
    TRY(netcdf_variable_open(files.found.gl_pathv[0], source->variable, &variable, err));
    TRY(unit_of(source, &variable, &unit, err));
    source->unit = unit;
out:
    netcdf_variable_close(&variable);
    globfree(&files.found);
    return status;
}

bool
netcdf_global_texts(const struct netcdf_source *source, const char *const *attributes,
                    char (*text)[NETCDF_TEXT_MAX], int count)
{
    struct file_list files = {0};
    int file_id;
    bool good = expand_pattern(source, &files, NULL) == STATUS_OK &&
                nc_open(files.found.gl_pathv[0], NC_NOWRITE, &file_id) == NC_NOERR;
    if (good) {
        for (int i = 0; i < count; i++)
            good = netcdf_text(file_id, NC_GLOBAL, attributes[i], text[i], NETCDF_TEXT_MAX) && good;
        nc_close(file_id);
    }
    globfree(&files.found);
    return good;
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
static enum month_rule
rule_of(const struct netcdf_variable *variable, const struct netcdf_unit *unit)
{
    static const char *const rain_names[] = {"pr",   "prc",    "prra",          "prsn", "tp",
                                             "rain", "precip", "precipitation", NULL};
    if (unit->dimension == DIMENSION_FLOW)
        return MONTH_FLUX;
    if (unit->dimension != DIMENSION_SPEED)
        return MONTH_STATE;
    if (strstr(variable->standard_name, "precipitation") != NULL ||
        strstr(variable->standard_name, "rainfall") != NULL ||
        strstr(variable->standard_name, "snowfall") != NULL)
        return MONTH_RAIN;
    for (int i = 0; rain_names[i] != NULL; i++)
        if (strcasecmp(variable->name, rain_names[i]) == 0)
            return MONTH_RAIN;
    return MONTH_FLUX;
}

/* Look at each file once: calendar and unit agree, and in which order they come. */
static enum status
order_pieces(struct joining *joining, const struct file_list *files, struct error *err)
{
    struct netcdf_variable variable = {.file_id = -1};
    enum status status = STATUS_OK;
    joining->piece = calloc(files->count, sizeof *joining->piece);
    if (joining->piece == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the files");
    for (size_t i = 0; i < files->count; i++) {
        struct netcdf_unit unit;
        TRY(netcdf_variable_open(files->found.gl_pathv[i], joining->source->variable, &variable,
                                 err));
        TRY(unit_of(joining->source, &variable, &unit, err));
        if (i == 0) {
            joining->calendar = variable.calendar;
            joining->rule = rule_of(&variable, &unit);
        }
        if (variable.calendar != joining->calendar)
            TRY(error_set(err, STATUS_INPUT, "%s has the calendar %s, but %s has %s",
                          files->found.gl_pathv[0], netcdf_calendar_name(joining->calendar),
                          files->found.gl_pathv[i], netcdf_calendar_name(variable.calendar)));
        if (unit.dimension != joining->source->unit.dimension)
            TRY(error_set(err, STATUS_INPUT,
                          "%s: variable '%s': its unit '%s' is that of another quantity than in "
                          "the first file",
                          variable.path, variable.name, variable.unit));
        joining->piece[i].path = strdup(files->found.gl_pathv[i]);
        joining->piece[i].start_s = variable.start_s[0];
        joining->piece_count++;
        if (joining->piece[i].path == NULL)
            TRY(error_set(err, STATUS_MEMORY, "out of memory for the files"));
        netcdf_variable_close(&variable);
    }
    qsort(joining->piece, (size_t)joining->piece_count, sizeof *joining->piece, compare_pieces);
out:
    netcdf_variable_close(&variable);
    return status;
}

/* ---- means over cells ------------------------------------------------------------------------ */

/* A cell of one of the places. */
struct member_cell {
    size_t row, column;
    double weight;
    int place;
    int present; /* times at which it has a figure */
};

/* Means of one file for all places while they are made. */
struct means {
    const struct netcdf_variable *variable;
    struct member_cell *cell;
    int cell_count;
    double *sum;    /* [place][time] of weight x figure, at last the mean */
    double *weight; /* [place][time] of the weights that have a figure */
    double *block;  /* figures read at once */
    size_t block_size;
};

static int
compare_columns(const void *left, const void *right)
{
    const struct member_cell *a = left;
    const struct member_cell *b = right;
    return (a->column > b->column) - (a->column < b->column);
}

/* Add one block of times to the sums of the cells [first, last). */
static void
add_block(struct means *means, const struct netcdf_block *block, int first, int last)
{
    size_t cells = block->row_count * block->column_count;
    size_t time_count = (size_t)means->variable->time_count;
    for (int i = first; i < last; i++) {
        struct member_cell *cell = &means->cell[i];
        const double *figure = means->block + (cell->row - block->row_from) * block->column_count +
                               (cell->column - block->column_from);
        size_t at = (size_t)cell->place * time_count + block->time_from;
        for (size_t k = 0; k < block->time_count; k++, figure += cells) {
            if (isnan(*figure))
                continue;
            cell->present++;
            means->sum[at + k] += cell->weight * *figure;
            means->weight[at + k] += cell->weight;
        }
    }
}

static bool
make_room(struct means *means, size_t size)
{
    if (means->block_size >= size)
        return true;
    free(means->block);
    means->block = malloc(size * sizeof *means->block);
    means->block_size = means->block != NULL ? size : 0;
    return means->block != NULL;
}

/* Read the rectangle around cells [first, last), sorted by column, over all times. */
static enum status
add_rectangle(struct means *means, int first, int last, struct error *err)
{
    struct netcdf_block block = {.column_from = means->cell[first].column};
    size_t time_count = (size_t)means->variable->time_count;
    size_t row_last = 0;
    block.column_count = means->cell[last - 1].column - block.column_from + 1;
    block.row_from = SIZE_MAX;
    for (int i = first; i < last; i++) {
        size_t row = means->cell[i].row;
        block.row_from = row < block.row_from ? row : block.row_from;
        row_last = row > row_last ? row : row_last;
    }
    block.row_count = row_last - block.row_from + 1;
    size_t cells = block.row_count * block.column_count;
    size_t at_once = BLOCK_FIGURES / cells > 0 ? BLOCK_FIGURES / cells : 1;
    at_once = at_once < time_count ? at_once : time_count;
    if (!make_room(means, at_once * cells))
        return error_set(err, STATUS_MEMORY, "out of memory for %s", means->variable->path);
    for (size_t t = 0; t < time_count; t += block.time_count) {
        block.time_from = t;
        block.time_count = time_count - t < at_once ? time_count - t : at_once;
        enum status status = netcdf_read_block(means->variable, &block, means->block, err);
        if (status != STATUS_OK)
            return status;
        add_block(means, &block, first, last);
    }
    return STATUS_OK;
}

/* Read all cells, in runs of neighbouring columns: a place across 0 degrees is in two. */
static enum status
add_cells(struct means *means, struct error *err)
{
    int count = means->cell_count;
    enum status status = STATUS_OK;
    if (count == 0) /* no place is covered */
        return status;
    qsort(means->cell, (size_t)count, sizeof *means->cell, compare_columns);
    for (int i = 0, next; i < count && status == STATUS_OK; i = next) {
        for (next = i + 1;
             next < count && means->cell[next].column - means->cell[next - 1].column <= COLUMN_GAP;
             next++)
            continue;
        status = add_rectangle(means, i, next, err);
    }
    return status;
}

/* The cells of every place; a place that the grid does not cover keeps its own error. */
static enum status
collect_cells(struct joining *joining, struct means *means)
{
    for (int p = 0; p < joining->request_count; p++) {
        struct netcdf_cell *cell;
        int count;
        struct error cause = {0};
        if (joining->err[p].status != STATUS_OK)
            continue;
        enum status status = netcdf_grid_cells(&means->variable->grid, joining->request[p].place,
                                               &cell, &count, &cause);
        if (status == STATUS_MEMORY)
            return status;
        if (status != STATUS_OK) {
            error_set(&joining->err[p], status, "%s: variable '%s': %s", means->variable->path,
                      means->variable->name, cause.text);
            continue;
        }
        struct member_cell *grown =
            realloc(means->cell, (size_t)(means->cell_count + count) * sizeof *grown);
        for (int i = 0; grown != NULL && i < count; i++)
            grown[means->cell_count + i] =
                (struct member_cell){cell[i].row, cell[i].column, cell[i].weight, p, 0};
        free(cell);
        if (grown == NULL)
            return STATUS_MEMORY;
        means->cell = grown;
        means->cell_count += count;
    }
    return STATUS_OK;
}

/* Weight of a place's cells that never have a figure (the sea of a model of the land, say). */
static double
masked_weight(const struct means *means, int place)
{
    double masked = 0.0;
    for (int i = 0; i < means->cell_count; i++)
        if (means->cell[i].place == place && means->cell[i].present == 0)
            masked += means->cell[i].weight;
    return masked;
}

static enum status
make_means(struct joining *joining, struct means *means, struct error *err)
{
    const double masked_most = 0.5;
    size_t time_count = (size_t)means->variable->time_count;
    size_t size = (size_t)joining->request_count * time_count;
    means->sum = calloc(size, sizeof *means->sum);
    means->weight = calloc(size, sizeof *means->weight);
    if (means->sum == NULL || means->weight == NULL || collect_cells(joining, means) != STATUS_OK)
        return error_set(err, STATUS_MEMORY, "out of memory for %s", means->variable->path);
    enum status status = add_cells(means, err);
    for (int p = 0; status == STATUS_OK && p < joining->request_count; p++) {
        double masked = masked_weight(means, p);
        if (masked > masked_most)
            error_set(&joining->err[p], STATUS_INPUT,
                      "%s: variable '%s': %.0f %% of the place lies on cells without a single "
                      "figure",
                      means->variable->path, means->variable->name, 100.0 * masked);
        for (size_t i = (size_t)p * time_count; i < ((size_t)p + 1) * time_count; i++) {
            bool whole = means->weight[i] >= (1.0 - masked) * (1.0 - 1e-9);
            means->sum[i] = whole ? means->sum[i] / means->weight[i] : NAN;
        }
    }
    return status;
}

static void
means_finish(struct means *means)
{
    free(means->cell);
    free(means->sum);
    free(means->weight);
    free(means->block);
}

/* ---- joining --------------------------------------------------------------------------------- */

/* Whether an interval that starts before the end of the last one is there already, and the same. */
static enum status
check_overlap(const struct joining *joining, const struct netcdf_stretch *stretch,
              const struct netcdf_variable *variable, int time_t, double value, struct error *err)
{
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
        err, STATUS_INPUT, "%s: variable '%s': %s is also in %s, with %s", variable->path,
        variable->name,
        netcdf_instant_text(variable->calendar, variable->start_s[time_t], date, sizeof date),
        joining->last_path, there ? "another figure" : "an interval of another length");
}

/* Append the figures of one place. */
static enum status
append_means(struct joining *joining, int place, const struct means *means,
             const struct netcdf_unit *unit, struct error *err)
{
    const struct netcdf_variable *variable = means->variable;
    const double *mean = means->sum + (size_t)place * (size_t)variable->time_count;
    struct netcdf_stretch *stretch = &joining->stretch[place];
    for (int t = 0; t < variable->time_count; t++) {
        double value = mean[t] * unit->scale + unit->offset;
        if (unit->per_interval)
            value /= (double)(variable->end_s[t] - variable->start_s[t]);
        /* packing may leave a trifle below nothing */
        if (stretch->rule == MONTH_RAIN && value < 0.0 && value > -1e-9)
            value = 0.0;
        if (stretch->count > 0 && variable->start_s[t] < stretch->end_s[stretch->count - 1]) {
            enum status status = check_overlap(joining, stretch, variable, t, value, err);
            if (status != STATUS_OK)
                return status;
        } else if (!netcdf_stretch_add(stretch, variable->start_s[t], variable->end_s[t], value)) {
            return error_set(err, STATUS_MEMORY, "out of memory for the record");
        }
    }
    return STATUS_OK;
}

static enum status
join_piece(struct joining *joining, const struct piece *piece, struct error *err)
{
    struct netcdf_variable variable = {.file_id = -1};
    struct means means = {.variable = &variable};
    struct netcdf_unit unit;
    enum status status = STATUS_OK;
    TRY(netcdf_variable_open(piece->path, joining->source->variable, &variable, err));
    TRY(unit_of(joining->source, &variable, &unit, err));
    TRY(make_means(joining, &means, err));
    for (int p = 0; p < joining->request_count; p++)
        if (joining->err[p].status == STATUS_OK &&
            append_means(joining, p, &means, &unit, &joining->err[p]) == STATUS_MEMORY)
            TRY(error_set(err, STATUS_MEMORY, "out of memory for the records"));
    joining->last_path = piece->path;
out:
    means_finish(&means);
    netcdf_variable_close(&variable);
    return status;
}

static enum status
join_files(struct joining *joining, struct error *err)
{
    struct file_list files = {0};
    enum status status = STATUS_OK;
    size_t count = (size_t)joining->request_count;
    joining->stretch = calloc(count, sizeof *joining->stretch);
    joining->err = calloc(count, sizeof *joining->err);
    if (joining->stretch == NULL || joining->err == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the records");
    TRY(expand_pattern(joining->source, &files, err));
    TRY(order_pieces(joining, &files, err));
    for (size_t p = 0; p < count; p++) {
        joining->stretch[p].calendar = joining->calendar;
        joining->stretch[p].rule = joining->rule;
    }
    for (int i = 0; i < joining->piece_count; i++)
        TRY(join_piece(joining, &joining->piece[i], err));
out:
    globfree(&files.found);
    return status;
}

static void
joining_finish(struct joining *joining)
{
    for (int p = 0; joining->stretch != NULL && p < joining->request_count; p++)
        netcdf_stretch_finish(&joining->stretch[p]);
    for (int i = 0; i < joining->piece_count; i++)
        free(joining->piece[i].path);
    free(joining->piece);
    free(joining->stretch);
    free(joining->err);
}

/* ---- records --------------------------------------------------------------------------------- */

/* Where gaps are reported to. */
struct gap_place {
    const struct netcdf_source *source;
    const struct netcdf_request *request;
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
        place->diagnostics, false, place->request->file, place->request->line, 0,
        "%s: variable '%s' has no figure from %s to %s (%d missing)%s", place->source->pattern,
        place->source->variable, date_format_short(record->start_s[from], first, sizeof first),
        date_format_short(record->start_s[to - 1], last, sizeof last), to - from, reason);
}

/* The record of one place, with its gaps filled. */
static enum status
make_record(struct joining *joining, int place, struct diagnostics *diagnostics)
{
    struct netcdf_request *request = &joining->request[place];
    struct gap_place gaps = {joining->source, request, diagnostics, 0};
    struct error *err = &joining->err[place];
    struct error cause = {0};
    request->rule = joining->rule;
    if (err->status == STATUS_OK &&
        netcdf_stretch_to_record(&joining->stretch[place], &request->record, &cause) != STATUS_OK)
        error_set(err, cause.status, "%s: variable '%s': %s", joining->source->pattern,
                  joining->source->variable, cause.text);
    if (err->status != STATUS_OK) {
        diagnostics_add(diagnostics, false, request->file, request->line, 0, "%s", err->text);
        return err->status == STATUS_MEMORY ? STATUS_MEMORY : STATUS_INPUT;
    }
    record_fill(&request->record, request->fill, 0.0, report_gap, &gaps);
    if (gaps.count > LISTED_MAX)
        diagnostics_add(diagnostics, false, request->file, request->line, 0, "%d more gaps",
                        gaps.count - LISTED_MAX);
    if (gaps.count > 0)
        record_finish(&request->record);
    return gaps.count > 0 ? STATUS_INPUT : STATUS_OK;
}

enum status
records_read_netcdf(const struct netcdf_source *source, struct netcdf_request *request,
                    int request_count, struct diagnostics *diagnostics)
{
    struct error err = {0};
    struct joining joining = {.source = source, .request = request, .request_count = request_count};
    for (int p = 0; p < request_count; p++)
        request[p].record = (struct record){0};
    if (request_count == 0)
        return STATUS_OK;
    enum status status = join_files(&joining, &err);
    if (status != STATUS_OK)
        diagnostics_add(diagnostics, false, request[0].file, request[0].line, 0, "%s", err.text);
    for (int p = 0; status != STATUS_MEMORY && joining.last_path != NULL && p < request_count;
         p++) {
        enum status one =
            err.status == STATUS_OK ? make_record(&joining, p, diagnostics) : STATUS_INPUT;
        status = one != STATUS_OK ? one : status;
    }
    joining_finish(&joining);
    return status == STATUS_OK || status == STATUS_MEMORY ? status : STATUS_INPUT;
}
