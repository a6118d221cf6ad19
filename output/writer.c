/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/writer_private.h"

#include "output/indicators.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { CHUNK_STEPS_MAX = 65536, DEFLATE_LEVEL = 1 };

/* Results of one scenario, compressed. */
struct encoded {
    size_t *offset; /* [chunks + 1] of every series, element and time chunk, in this order */
    unsigned char *bytes;
    size_t used, capacity;
    double *indicator; /* values of all indicators one after the other */
};

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
writer_create(const char *path, struct writer **out, struct error *err)
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
    writer->path = exists ? realpath(path, NULL) : strdup(path); /* behind a symbolic link */
    size_t size = (writer->path != NULL ? strlen(writer->path) : 0) + 40;
    writer->temporary_path = malloc(size);
    writer->indicator = calloc((size_t)indicator_count, sizeof *writer->indicator);
    if (writer->path == NULL || writer->temporary_path == NULL || writer->indicator == NULL) {
        writer_destroy(writer);
        return error_set(err, STATUS_MEMORY, "out of memory for the results");
    }
    snprintf(writer->temporary_path, size, "%s.part%ld", writer->path, (long)getpid());
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++)
        writer->series[v] = -1;
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++)
        writer->audit[v] = -1;
    for (int i = 0; i < indicator_count; i++)
        writer->indicator[i] = -1;
    *out = writer;
    return STATUS_OK;
}

static void
close_file(struct writer *writer)
{
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        if (writer->series[v] >= 0)
            H5Dclose(writer->series[v]);
        writer->series[v] = -1;
    }
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++) {
        if (writer->audit[v] >= 0)
            H5Dclose(writer->audit[v]);
        writer->audit[v] = -1;
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
    if (writer->file.file < 0)
        return;
    close_file(writer);
    unlink(writer->temporary_path);
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
    free(writer);
}

/* ---- begin and end -----------------------------------------------------------------------------
 */

static enum status
begin(void *self, const struct run_info *info, struct error *err)
{
    struct writer *writer = self;
    int step_count = info->axis->step_count;
    writer->info = info;
    writer->chunk_steps = step_count < CHUNK_STEPS_MAX ? step_count : CHUNK_STEPS_MAX;
    writer->chunk_count = (step_count + writer->chunk_steps - 1) / writer->chunk_steps;
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

static bool
sync_file(const char *path)
{
    int descriptor = open(path, O_RDONLY);
    bool good = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return good;
}

static enum status
finish(struct writer *writer, struct error *err)
{
    errno = 0;
    close_file(writer);
    if (writer->file.failed || !sync_file(writer->temporary_path) ||
        rename(writer->temporary_path, writer->path) != 0) {
        int system_error = errno;
        unlink(writer->temporary_path);
        return fail(writer, system_error, err);
    }
    return STATUS_OK;
}

/* ---- scenarios ---------------------------------------------------------------------------------
 */

static void
drop(void *self, void *encoded)
{
    struct encoded *result = encoded;
    (void)self;
    if (result == NULL)
        return;
    free(result->offset);
    free(result->bytes);
    free(result->indicator);
    free(result);
}

/* Series and, after them, the variables of the audit are numbered on. */
enum { KEPT_COUNT = RESULT_VARIABLE_COUNT + AUDIT_VARIABLE_COUNT };

static int
element_count(const struct writer *writer, int kept)
{
    const struct result_description *is = kept < RESULT_VARIABLE_COUNT
                                              ? result_describe(kept)
                                              : audit_describe(kept - RESULT_VARIABLE_COUNT);
    return result_element_count(writer->info->basin, is->element);
}

/* Values of a variable as bytes, [element][step]; NULL if it is not kept. */
static const unsigned char *
kept_bytes(const struct scenario_result *result, int kept, size_t *value_size)
{
    bool is_series = kept < RESULT_VARIABLE_COUNT;
    *value_size = is_series ? sizeof(float) : sizeof(double);
    if (is_series)
        return (const unsigned char *)result->series[kept];
    return (const unsigned char *)result->audit[kept - RESULT_VARIABLE_COUNT];
}

/* HDF5's shuffle filter: first bytes of all values, then second bytes ... */
static void
shuffle(const unsigned char *byte, size_t value_size, int count, int padded_count,
        unsigned char *out)
{
    for (size_t b = 0; b < value_size; b++) {
        unsigned char *plane = out + b * (size_t)padded_count;
        for (int i = 0; i < count; i++)
            plane[i] = byte[(size_t)i * value_size + b];
        for (int i = count; i < padded_count; i++)
            plane[i] = 0;
    }
}

/* One chunk onto the end of the encoded bytes. */
static bool
append_chunk(struct encoded *encoded, const unsigned char *raw, size_t raw_size)
{
    uLongf size = compressBound((uLong)raw_size);
    if (encoded->used + size > encoded->capacity) {
        size_t capacity = 2 * encoded->capacity + size + (1 << 20);
        unsigned char *larger = realloc(encoded->bytes, capacity);
        if (larger == NULL)
            return false;
        encoded->bytes = larger;
        encoded->capacity = capacity;
    }
    if (compress2(encoded->bytes + encoded->used, &size, raw, (uLong)raw_size, DEFLATE_LEVEL) !=
        Z_OK)
        return false;
    encoded->used += size;
    return true;
}

static bool
encode_series(const struct writer *writer, const struct scenario_result *result,
              struct encoded *encoded, unsigned char *raw)
{
    int step_count = writer->info->axis->step_count;
    size_t chunk = 0;
    for (int v = 0; v < KEPT_COUNT; v++) {
        size_t value_size;
        const unsigned char *byte = kept_bytes(result, v, &value_size);
        int count = byte != NULL ? element_count(writer, v) : 0;
        for (int element = 0; element < count; element++)
            for (int c = 0; c < writer->chunk_count; c++) {
                int from = c * writer->chunk_steps, rest = step_count - from;
                size_t first = (size_t)element * (size_t)step_count + (size_t)from;
                shuffle(byte + first * value_size, value_size,
                        rest < writer->chunk_steps ? rest : writer->chunk_steps,
                        writer->chunk_steps, raw);
                if (!append_chunk(encoded, raw, (size_t)writer->chunk_steps * value_size))
                    return false;
                encoded->offset[++chunk] = encoded->used;
            }
    }
    return true;
}

static size_t
chunks_of_scenario(const struct writer *writer, const struct scenario_result *result)
{
    size_t count = 0, value_size;
    for (int v = 0; v < KEPT_COUNT; v++)
        if (kept_bytes(result, v, &value_size) != NULL)
            count += (size_t)element_count(writer, v) * (size_t)writer->chunk_count;
    return count;
}

static size_t
indicator_total(const struct writer *writer)
{
    size_t total = 0;
    for (int i = 0; i < indicator_count; i++)
        total += (size_t)indicator_length(writer->info->basin, indicators[i].owner);
    return total;
}

static enum status
encode(void *self, const struct scenario_result *result, void **out, struct error *err)
{
    const struct writer *writer = self;
    struct encoded *encoded = calloc(1, sizeof *encoded);
    unsigned char *raw = malloc((size_t)writer->chunk_steps * sizeof(double));
    bool good = encoded != NULL && raw != NULL;
    if (good) {
        encoded->offset = calloc(chunks_of_scenario(writer, result) + 1, sizeof(size_t));
        encoded->indicator = calloc(indicator_total(writer) + 1, sizeof(double));
        good = encoded->offset != NULL && encoded->indicator != NULL &&
               encode_series(writer, result, encoded, raw);
    }
    size_t place = 0;
    for (int i = 0; i < indicator_count && good; i++) {
        indicator_values(&indicators[i], result, writer->info->basin, writer->info->axis,
                         encoded->indicator + place);
        place += (size_t)indicator_length(writer->info->basin, indicators[i].owner);
    }
    free(raw);
    if (!good) {
        drop(NULL, encoded);
        return error_set(err, STATUS_MEMORY, "out of memory for the results of a scenario");
    }
    *out = encoded;
    return STATUS_OK;
}

static void
write_series(struct writer *writer, hsize_t scenario_s, const struct encoded *encoded)
{
    size_t chunk = 0;
    for (int v = 0; v < KEPT_COUNT; v++) {
        hid_t variable = v < RESULT_VARIABLE_COUNT ? writer->series[v]
                                                   : writer->audit[v - RESULT_VARIABLE_COUNT];
        int count = variable >= 0 ? element_count(writer, v) : 0;
        for (int element = 0; element < count; element++)
            for (int c = 0; c < writer->chunk_count && !writer->file.failed; c++, chunk++) {
                hsize_t place[3] = {scenario_s, (hsize_t)c * (hsize_t)writer->chunk_steps,
                                    (hsize_t)element};
                if (H5Dwrite_chunk(variable, H5P_DEFAULT, 0, place,
                                   encoded->offset[chunk + 1] - encoded->offset[chunk],
                                   encoded->bytes + encoded->offset[chunk]) < 0)
                    writer->file.failed = true;
            }
    }
}

static enum status
write_scenario(void *self, int scenario_s, void *encoded, struct error *err)
{
    struct writer *writer = self;
    const struct encoded *result = encoded;
    const double *value = result->indicator;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* the library keeps this by thread */
    errno = 0;
    writer->written_count = scenario_s + 1;
    write_series(writer, (hsize_t)scenario_s, result);
    for (int i = 0; i < indicator_count; i++) {
        int count = indicator_length(writer->info->basin, indicators[i].owner);
        if (writer->indicator[i] >= 0)
            h5file_write_row(&writer->file, writer->indicator[i], H5T_NATIVE_DOUBLE,
                             (hsize_t)scenario_s, (hsize_t)count, value);
        value += count;
    }
    int system_error = errno;
    drop(NULL, encoded);
    return writer->file.failed ? fail(writer, system_error, err) : STATUS_OK;
}

/* ---- a run that was ended early ---------------------------------------------------------------
 */

/* The chunks of one variable in the scenarios there are, as they are compressed. */
static void
copy_chunks(const struct writer *from, struct writer *to, hid_t source, hid_t target, int elements,
            unsigned char *buffer)
{
    for (int s = 0; s < from->written_count; s++)
        for (int element = 0; element < elements; element++)
            for (int c = 0; c < from->chunk_count && !to->file.failed; c++) {
                hsize_t place[3] = {(hsize_t)s, (hsize_t)c * (hsize_t)from->chunk_steps,
                                    (hsize_t)element};
                hsize_t size;
                uint32_t filters;
                if (H5Dget_chunk_storage_size(source, place, &size) < 0 ||
                    H5Dread_chunk(source, H5P_DEFAULT, place, &filters, buffer) < 0 ||
                    H5Dwrite_chunk(target, H5P_DEFAULT, filters, place, size, buffer) < 0)
                    to->file.failed = true;
            }
}

static void
copy_indicators(const struct writer *from, struct writer *to, double *row)
{
    for (int i = 0; i < indicator_count; i++) {
        hsize_t length = (hsize_t)indicator_length(from->info->basin, indicators[i].owner);
        for (int s = 0; s < from->written_count && from->indicator[i] >= 0; s++) {
            h5file_read_row(&to->file, from->indicator[i], H5T_NATIVE_DOUBLE, (hsize_t)s, length,
                            row);
            h5file_write_row(&to->file, to->indicator[i], H5T_NATIVE_DOUBLE, (hsize_t)s, length,
                             row);
        }
    }
}

static void
copy_scenarios(const struct writer *from, struct writer *to)
{
    /* what cannot be compressed grows a little */
    size_t bytes = (size_t)compressBound((uLong)from->chunk_steps * sizeof(double));
    unsigned char *buffer = malloc(bytes);
    double *row = malloc((indicator_total(from) + 1) * sizeof *row);
    to->file.failed = to->file.failed || buffer == NULL || row == NULL;
    for (int v = 0; v < KEPT_COUNT && !to->file.failed; v++) {
        bool is_series = v < RESULT_VARIABLE_COUNT;
        int place = is_series ? v : v - RESULT_VARIABLE_COUNT;
        hid_t source = is_series ? from->series[place] : from->audit[place];
        if (source >= 0)
            copy_chunks(from, to, source, is_series ? to->series[place] : to->audit[place],
                        element_count(from, v), buffer);
    }
    if (!to->file.failed)
        copy_indicators(from, to, row);
    free(buffer);
    free(row);
}

/* Put a file with the scenarios there are in place of one with room for all. */
static enum status
cut_short(struct writer *writer, struct error *err)
{
    struct plan plan = *writer->info->plan;
    struct run_info info = *writer->info;
    struct writer *shorter;
    plan.scenario_count = writer->written_count;
    info.plan = &plan;
    enum status status = writer_create(writer->path, &shorter, err);
    if (status != STATUS_OK)
        return status;
    strcat(shorter->temporary_path, "s"); /* there is room for it */
    status = begin(shorter, &info, err);
    if (status == STATUS_OK)
        copy_scenarios(writer, shorter);
    discard(writer);
    if (status == STATUS_OK)
        status = finish(shorter, err);
    writer_destroy(shorter);
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
                        .discard = discard};
    return sink;
}
