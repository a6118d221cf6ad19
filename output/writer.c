/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/writer_private.h"

#include "output/indicators.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status
fail(const struct writer *writer, int system_error, struct error *err)
{
    if (system_error != 0)
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s': %s", writer->path,
                         strerror(system_error));
    return error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", writer->path);
}

/* ---- life --------------------------------------------------------------------------------------
 */

enum status
writer_create(const char *path, bool resume, struct writer **out, struct error *err)
{
    struct stat status;
    *out = NULL;
    /* the new file will take the place of what is there: that must not be a device or a pipe */
    bool exists = stat(path, &status) == 0;
    if (exists && !S_ISREG(status.st_mode))
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s': it is %s", path,
                         S_ISDIR(status.st_mode) ? "a directory" : "not an ordinary file");
    struct writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the results");
    writer->file.file = -1;
    writer->resume = resume;
    writer->number = 1;
    writer->path = exists ? realpath(path, NULL) : strdup(path); /* behind a symbolic link */
    size_t size = (writer->path != NULL ? strlen(writer->path) : 0) + 8;
    writer->temporary_path = malloc(size);
    writer->indicator = calloc((size_t)indicator_count, sizeof *writer->indicator);
    if (writer->path == NULL || writer->temporary_path == NULL || writer->indicator == NULL) {
        writer_destroy(writer);
        return error_set(err, STATUS_MEMORY, "out of memory for the results");
    }
    snprintf(writer->temporary_path, size, "%s.tmp", writer->path);
    for (int i = 0; i < indicator_count; i++)
        writer->indicator[i] = -1;
    *out = writer;
    return STATUS_OK;
}

static void
close_file(struct writer *writer)
{
    for (int c = 0; c < writer->encoding.column_count; c++) {
        if (writer->column[c] >= 0)
            H5Dclose(writer->column[c]);
        writer->column[c] = -1;
    }
    for (int i = 0; i < indicator_count; i++) {
        if (writer->indicator[i] >= 0)
            H5Dclose(writer->indicator[i]);
        writer->indicator[i] = -1;
    }
    h5file_close(&writer->file);
}

static void
discard(void *self)
{
    struct writer *writer = self;
    if (writer->file.file >= 0) {
        close_file(writer);
        unlink(writer->temporary_path);
    }
    if (writer->parts != NULL)
        writer->kept_count = parts_count(writer->parts);
    parts_close(writer->parts, true);
    writer->parts = NULL;
}

void
writer_survey(struct writer *writer)
{
    writer->parts_only = true;
}

void
writer_share(struct writer *writer, int number)
{
    writer->parts_only = true;
    writer->scope = PARTS_OWN;
    writer->number = number;
}

void
writer_merge(struct writer *writer, int expected)
{
    writer->parts_only = false;
    writer->resume = true;
    writer->scope = PARTS_ALL;
    writer->number = 1;
    writer->expected = expected;
}

bool
writer_keeps(const struct writer *writer, int scenario_s)
{
    return writer->parts != NULL && parts_keep(writer->parts, scenario_s);
}

int
writer_taken_count(const struct writer *writer)
{
    return writer->taken_count;
}

int
writer_kept_count(const struct writer *writer)
{
    return writer->parts != NULL ? parts_count(writer->parts) : writer->kept_count;
}

void
writer_destroy(struct writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->path != NULL && writer->temporary_path != NULL && writer->indicator != NULL)
        discard(writer);
    free(writer->path);
    free(writer->temporary_path);
    free(writer->indicator);
    free(writer->input_digest);
    free(writer->identity);
    free(writer->substep_count);
    writer_statistics_finish(writer);
    free(writer->column);
    encoding_finish(&writer->encoding);
    free(writer);
}

/* ---- begin and end -----------------------------------------------------------------------------
 */

/* The empty results file. */
static enum status
create_file(struct writer *writer, struct error *err)
{
    /* the system's own words for a folder that is not there or may not be written to */
    int descriptor = open(writer->temporary_path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (descriptor < 0)
        return fail(writer, errno, err);
    close(descriptor);
    errno = 0;
    h5file_create(&writer->file, writer->temporary_path);
    if (!writer->file.failed)
        writer_lay_out(writer);
    if (!writer->file.failed)
        return STATUS_OK;
    int system_error = errno;
    if (writer->file.file < 0)
        unlink(writer->temporary_path);
    return fail(writer, system_error, err);
}

enum status
writer_prepare(struct writer *writer, const struct run_info *info, struct error *err)
{
    enum status status = STATUS_OK;
    if (writer->identity != NULL)
        return STATUS_OK;
    TRY(encoding_init(&writer->encoding, info, err));
    size_t column_count = (size_t)writer->encoding.column_count;
    writer->column = malloc((column_count + 1) * sizeof *writer->column);
    for (size_t c = 0; c < column_count && writer->column != NULL; c++)
        writer->column[c] = -1;
    writer->input_digest = input_digests(info->basin);
    writer->substep_count =
        calloc((size_t)info->plan->scenario_count + 1, sizeof *writer->substep_count);
    if (writer->column != NULL && writer->input_digest != NULL && writer->substep_count != NULL)
        writer->identity = run_identity(info, &writer->encoding.kept, writer->input_digest);
    if (writer->identity == NULL)
        status = error_set(err, STATUS_MEMORY, "out of memory for the results");
out:
    return status;
}

const char *
writer_identity(const struct writer *writer)
{
    return writer->identity;
}

static enum status
begin(void *self, const struct run_info *info, struct error *err)
{
    struct writer *writer = self;
    enum status status = STATUS_OK;
    writer->info = info;
    TRY(writer_prepare(writer, info, err));
    writer_statistics_finish(writer);
    if (!writer->parts_only)
        TRY(writer_statistics_init(writer, err));
    TRY(parts_open(writer->path, writer->identity, info->plan->scenario_count, writer->number,
                   writer->scope, writer->resume, &writer->parts, err));
    writer->taken_count = parts_count(writer->parts);
    if (writer->taken_count < writer->expected)
        return error_set(err, STATUS_FILE,
                         "%d scenarios are finished, but only %d are in the part files beside "
                         "'%s': its folder must be one that all processes share",
                         writer->expected, writer->taken_count, writer->path);
    if (!writer->parts_only)
        status = create_file(writer, err);
out:
    return status;
}

static bool
sync_file(const char *path)
{
    int descriptor = open(path, O_RDONLY);
    bool good = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return good;
}

static void
sync_folder(const char *path)
{
    char *copy = strdup(path);
    if (copy != NULL)
        sync_file(dirname(copy));
    free(copy);
}

static enum status
finish(struct writer *writer, struct error *err)
{
    enum status status = writer_substeps(writer, err);
    if (status != STATUS_OK)
        return status;
    errno = 0;
    writer_put_statistics(writer);
    close_file(writer);
    if (writer->file.failed || !sync_file(writer->temporary_path) ||
        rename(writer->temporary_path, writer->path) != 0) {
        int system_error = errno;
        unlink(writer->temporary_path);
        return fail(writer, system_error, err);
    }
    sync_folder(writer->path); /* the name must be on the disk before the parts are gone */
    parts_close(writer->parts, false);
    writer->parts = NULL;
    return STATUS_OK;
}

/* ---- scenarios ---------------------------------------------------------------------------------
 */

static void
drop(void *self, void *encoded)
{
    (void)self;
    encoded_destroy(encoded);
}

/* A finished scenario is safe from here on. */
static enum status
encode(void *self, const struct scenario_result *result, void **out, struct error *err)
{
    const struct writer *writer = self;
    struct encoded *encoded = NULL;
    struct iovec piece[ENCODED_PIECES];
    enum status status = STATUS_OK;
    TRY(encoded_make(&writer->encoding, result, &encoded, err));
    TRY(parts_append(writer->parts, result->scenario_s, piece,
                     encoded_pieces(&writer->encoding, encoded, piece), err));
    *out = encoded;
    encoded = NULL;
out:
    encoded_destroy(encoded);
    return status;
}

enum status
writer_read_kept(const struct writer *writer, int scenario_s, struct encoded **out,
                 struct error *err)
{
    unsigned char *bytes;
    size_t size;
    *out = NULL;
    enum status status = parts_read(writer->parts, scenario_s, &bytes, &size, err);
    if (status == STATUS_OK && bytes != NULL)
        status = encoded_read(&writer->encoding, bytes, size, out, err);
    free(bytes);
    return status;
}

static enum status
recall(void *self, struct scenario_result *result, bool with_series, void **out, struct error *err)
{
    const struct writer *writer = self;
    struct encoded *encoded;
    *out = NULL;
    enum status status = writer_read_kept(writer, result->scenario_s, &encoded, err);
    if (encoded == NULL)
        return status;
    bool good = true;
    for (int v = 0; v < RESULT_VARIABLE_COUNT && with_series; v++)
        if (result->series[v] != NULL)
            good = good && encoded_series(&writer->encoding, encoded, v, result->series[v]);
    if (!good) {
        encoded_destroy(encoded);
        return STATUS_OK;
    }
    result->status = (enum status)encoded->status;
    *out = encoded;
    return STATUS_OK;
}

/* Put the chunks of one column into the results file; missing ones need none. */
static void
write_column(struct writer *writer, int column_c, hsize_t scenario_s, const struct encoded *encoded)
{
    const struct encoding *encoding = &writer->encoding;
    const struct encoded_column *column = &encoding->column[column_c];
    const struct kept_series *series =
        column_c < encoding->kept.count ? &encoding->kept.series[column_c] : NULL;
    size_t chunk = column->first_chunk;
    hsize_t element = 0;
    for (int k = 0; k < column->element_count; k++, element++) {
        while (series != NULL && !series->is_kept[element])
            element++;
        for (int c = 0; c < column->chunk_count && !writer->file.failed; c++, chunk++) {
            hsize_t place[3] = {scenario_s, (hsize_t)c * (hsize_t)column->chunk_length, element};
            size_t size = encoded->offset[chunk + 1] - encoded->offset[chunk];
            if (size > 0 && H5Dwrite_chunk(writer->column[column_c], H5P_DEFAULT, 0, place, size,
                                           encoded->bytes + encoded->offset[chunk]) < 0)
                writer->file.failed = true;
        }
    }
}

/* Into the results file. Frees what is given. */
static enum status
put_scenario(struct writer *writer, int scenario_s, struct encoded *result, struct error *err)
{
    const double *value = result->indicator;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* the library keeps this by thread */
    errno = 0;
    for (int c = 0; c < writer->encoding.column_count; c++)
        if (writer->column[c] >= 0)
            write_column(writer, c, (hsize_t)scenario_s, result);
    for (int i = 0; i < indicator_count; i++) {
        int count = indicator_length(writer->info->basin, indicators[i].owner);
        if (writer->indicator[i] >= 0)
            h5file_write_row(&writer->file, writer->indicator[i], H5T_NATIVE_DOUBLE,
                             (hsize_t)scenario_s, (hsize_t)count, value);
        value += count;
    }
    writer_put_state(writer, scenario_s, result);
    int system_error = errno;
    encoded_destroy(result);
    return writer->file.failed ? fail(writer, system_error, err) : STATUS_OK;
}

static enum status
write_scenario(void *self, int scenario_s, void *encoded, struct error *err)
{
    struct writer *writer = self;
    writer->written_count = scenario_s + 1;
    writer->substep_count[scenario_s] = encoded_substep_count(&writer->encoding, encoded);
    writer_statistics_add(writer, scenario_s, encoded);
    return put_scenario(writer, scenario_s, encoded, err);
}

/* ---- end ---------------------------------------------------------------------------------------
 */

/* A run that was ended early gets a file for the scenarios there are in place of one with room for
 * all. */
static enum status
cut_short(struct writer *writer, struct error *err)
{
    struct plan plan = *writer->info->plan;
    struct run_info info = *writer->info;
    const struct run_info *whole = writer->info;
    enum status status = STATUS_OK;
    struct encoded *encoded;
    plan.scenario_count = writer->written_count;
    info.plan = &plan;
    writer->info = &info;
    close_file(writer);
    TRY(create_file(writer, err));
    for (int s = 0; s < plan.scenario_count; s++) {
        TRY(writer_read_kept(writer, s, &encoded, err));
        if (encoded == NULL)
            TRY(error_set(err, STATUS_FILE, "cannot read back the results of scenario '%s'",
                          plan.scenario[s].id));
        TRY(put_scenario(writer, s, encoded, err));
    }
    status = finish(writer, err);
out:
    writer->info = whole;
    return status;
}

static enum status
end(void *self, struct error *err)
{
    struct writer *writer = self;
    if (writer->written_count < writer->info->plan->scenario_count)
        return cut_short(writer, err);
    return finish(writer, err);
}

struct sink
writer_sink(struct writer *writer)
{
    struct sink sink = {.self = writer,
                        .begin = begin,
                        .encode = encode,
                        .write = write_scenario,
                        .drop = drop,
                        .end = end,
                        .discard = discard,
                        .recall = recall};
    return sink;
}
