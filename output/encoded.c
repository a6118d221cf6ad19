/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/encoded.h"

#include "output/indicators.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { CHUNK_LENGTH_MAX = 65536, DEFLATE_LEVEL = 1 };

/* ---- layout ------------------------------------------------------------------------------------
 */

static enum status
out_of_memory(struct error *err)
{
    return error_set(err, STATUS_MEMORY, "out of memory for the results of a scenario");
}

static void
add_column(struct encoding *encoding, int element_count, int length, size_t value_size,
           bool statistics)
{
    struct encoded_column *column = &encoding->column[encoding->column_count++];
    int chunk = length < CHUNK_LENGTH_MAX ? length : CHUNK_LENGTH_MAX;
    *column = (struct encoded_column){.element_count = element_count,
                                      .length = length,
                                      .chunk_length = chunk,
                                      .chunk_count = (length + chunk - 1) / chunk,
                                      .value_size = value_size,
                                      .first_chunk = encoding->chunk_total,
                                      .first_value = encoding->statistic_total};
    encoding->chunk_total += (size_t)element_count * (size_t)column->chunk_count;
    if (statistics)
        encoding->statistic_total += (size_t)element_count * (size_t)length;
}

enum status
encoding_init(struct encoding *encoding, const struct run_info *info, struct error *err)
{
    enum status status = STATUS_OK;
    *encoding = (struct encoding){.info = info};
    TRY(kept_init(&encoding->kept, info, err));
    const struct kept *kept = &encoding->kept;
    encoding->column = calloc((size_t)kept->count + AUDIT_VARIABLE_COUNT, sizeof *encoding->column);
    if (encoding->column == NULL)
        TRY(out_of_memory(err));
    for (int i = 0; i < kept->count; i++)
        add_column(encoding, kept->series[i].kept_count, kept->time[kept->series[i].period].count,
                   sizeof(float), kept->series[i].statistics);
    for (int v = 0; v < AUDIT_VARIABLE_COUNT && info->selection.audit; v++)
        add_column(encoding, result_element_count(info->basin, audit_describe(v)->element),
                   info->axis->step_count, sizeof(double), false);
    int gate_count = substep_gate_count(info->basin);
    if (gate_count > 0 && result_keeps_any(&info->selection)) {
        encoding->substep_width = SUBSTEP_GATES + 2 * gate_count;
        encoding->chunk_total++;
    }
    for (int i = 0; i < indicator_count; i++)
        encoding->indicator_total += (size_t)indicator_length(info->basin, indicators[i].owner);
out:
    if (status != STATUS_OK)
        encoding_finish(encoding);
    return status;
}

void
encoding_finish(struct encoding *encoding)
{
    kept_finish(&encoding->kept);
    free(encoding->column);
    encoding->column = NULL;
    encoding->column_count = 0;
}

/* ---- making ------------------------------------------------------------------------------------
 */

void
encoded_destroy(struct encoded *encoded)
{
    if (encoded == NULL)
        return;
    free(encoded->offset);
    free(encoded->bytes);
    free(encoded->indicator);
    free(encoded->statistic);
    free(encoded);
}

static struct encoded *
create(const struct encoding *encoding)
{
    struct encoded *encoded = calloc(1, sizeof *encoded);
    if (encoded == NULL)
        return NULL;
    encoded->offset = calloc(encoding->chunk_total + 1, sizeof *encoded->offset);
    encoded->indicator = calloc(encoding->indicator_total + 1, sizeof *encoded->indicator);
    encoded->statistic = calloc(encoding->statistic_total + 1, sizeof *encoded->statistic);
    if (encoded->offset != NULL && encoded->indicator != NULL && encoded->statistic != NULL)
        return encoded;
    encoded_destroy(encoded);
    return NULL;
}

/* What one worker needs to make chunks. */
struct maker {
    struct encoded *encoded;
    z_stream deflate;
    unsigned char *raw; /* a chunk, shuffled */
    float *value;       /* of one element, put together over time */
    /* the last chunk that was one value throughout: series of 0 are frequent */
    uint64_t same_bits;
    size_t same_size, same_from, same_to;
};

static bool
maker_init(struct maker *maker, const struct encoding *encoding, struct encoded *encoded)
{
    size_t raw_size = 1, length = 1;
    for (int c = 0; c < encoding->column_count; c++) {
        const struct encoded_column *column = &encoding->column[c];
        size_t size = (size_t)column->chunk_length * column->value_size;
        raw_size = size > raw_size ? size : raw_size;
        length = (size_t)column->length > length ? (size_t)column->length : length;
    }
    *maker = (struct maker){.encoded = encoded};
    maker->raw = malloc(raw_size);
    maker->value = malloc(length * sizeof *maker->value);
    return maker->raw != NULL && maker->value != NULL &&
           deflateInit(&maker->deflate, DEFLATE_LEVEL) == Z_OK;
}

static void
maker_finish(struct maker *maker)
{
    deflateEnd(&maker->deflate);
    free(maker->raw);
    free(maker->value);
}

/* HDF5's shuffle filter: first bytes of all values, then second bytes ... */
static void
shuffle(const unsigned char *byte, size_t size, int count, int padded_count, unsigned char *out)
{
    for (size_t b = 0; b < size; b++) {
        unsigned char *restrict plane = out + b * (size_t)padded_count;
        const unsigned char *restrict from = byte + b;
        if (size == sizeof(float)) /* a stride that the compiler knows */
            for (int i = 0; i < count; i++)
                plane[i] = from[(size_t)i * sizeof(float)];
        else
            for (int i = 0; i < count; i++)
                plane[i] = from[(size_t)i * size];
        for (int i = count; i < padded_count; i++)
            plane[i] = 0;
    }
}

static bool
reserve(struct encoded *encoded, size_t size)
{
    if (encoded->used + size <= encoded->capacity)
        return true;
    size_t capacity = 2 * encoded->capacity + size + (1 << 20);
    unsigned char *larger = realloc(encoded->bytes, capacity);
    if (larger == NULL)
        return false;
    encoded->bytes = larger;
    encoded->capacity = capacity;
    return true;
}

/* Compress a chunk onto the end of the encoded bytes. */
static bool
append_chunk(struct maker *maker, size_t raw_size)
{
    struct encoded *encoded = maker->encoded;
    z_stream *deflater = &maker->deflate;
    uLong bound = compressBound((uLong)raw_size);
    if (!reserve(encoded, bound) || deflateReset(deflater) != Z_OK)
        return false;
    deflater->next_in = maker->raw;
    deflater->avail_in = (uInt)raw_size;
    deflater->next_out = encoded->bytes + encoded->used;
    deflater->avail_out = (uInt)bound;
    if (deflate(deflater, Z_FINISH) != Z_STREAM_END)
        return false;
    encoded->used += bound - deflater->avail_out;
    return true;
}

/* Whether all values are the same, bit for bit. */
static bool
is_constant(const unsigned char *byte, size_t size, int count)
{
    return memcmp(byte, byte + size, (size_t)(count - 1) * size) == 0;
}

static bool
is_missing(const unsigned char *byte, size_t size)
{
    float single;
    double twice;
    if (size == sizeof single) {
        memcpy(&single, byte, sizeof single);
        return isnan(single);
    }
    memcpy(&twice, byte, sizeof twice);
    return isnan(twice);
}

/* One chunk; nothing if it is missing throughout, a copy if it is one value as the last was. */
static bool
add_chunk(struct maker *maker, const unsigned char *byte, size_t size, int count, int padded_count)
{
    struct encoded *encoded = maker->encoded;
    bool constant = is_constant(byte, size, count);
    size_t raw_size = (size_t)padded_count * size, from = encoded->used;
    uint64_t bits = 0;
    memcpy(&bits, byte, size);
    if (constant && is_missing(byte, size))
        return true;
    constant = constant && count == padded_count;
    if (constant && maker->same_size == raw_size && maker->same_bits == bits) {
        size_t length = maker->same_to - maker->same_from;
        if (!reserve(encoded, length))
            return false;
        memcpy(encoded->bytes + from, encoded->bytes + maker->same_from, length);
        encoded->used += length;
        return true;
    }
    shuffle(byte, size, count, padded_count, maker->raw);
    if (!append_chunk(maker, raw_size))
        return false;
    if (constant) {
        maker->same_bits = bits;
        maker->same_size = raw_size;
        maker->same_from = from;
        maker->same_to = encoded->used;
    }
    return true;
}

/* All chunks of one element. */
static bool
add_element(struct maker *maker, const struct encoded_column *column, const unsigned char *byte,
            size_t *chunk)
{
    for (int c = 0; c < column->chunk_count; c++) {
        int from = c * column->chunk_length, rest = column->length - from;
        int count = rest < column->chunk_length ? rest : column->chunk_length;
        if (!add_chunk(maker, byte + (size_t)from * column->value_size, column->value_size, count,
                       column->chunk_length))
            return false;
        maker->encoded->offset[++*chunk] = maker->encoded->used;
    }
    return true;
}

/* One kept series, and its values for statistics. */
static bool
add_series(struct maker *maker, const struct encoding *encoding, int series_i,
           const struct scenario_result *result)
{
    const struct kept_series *series = &encoding->kept.series[series_i];
    const struct encoded_column *column = &encoding->column[series_i];
    const struct timeaxis *axis = encoding->info->axis;
    size_t length = (size_t)column->length, chunk = column->first_chunk;
    float *statistic = maker->encoded->statistic + column->first_value;
    for (int e = 0; e < series->element_count; e++) {
        const float *value =
            result->series[series->variable] + (size_t)e * (size_t)axis->step_count;
        if (!series->is_kept[e])
            continue;
        if (series->period != PERIOD_STEP) {
            kept_values(&encoding->kept, series, axis, value, maker->value);
            value = maker->value;
        }
        if (series->statistics) {
            memcpy(statistic, value, length * sizeof *value);
            statistic += length;
        }
        if (!add_element(maker, column, (const unsigned char *)value, &chunk))
            return false;
    }
    return true;
}

static bool
encode_series(struct maker *maker, const struct encoding *encoding,
              const struct scenario_result *result)
{
    bool good = true;
    for (int i = 0; i < encoding->kept.count && good; i++)
        good = add_series(maker, encoding, i, result);
    for (int c = encoding->kept.count; c < encoding->column_count && good; c++) {
        const struct encoded_column *column = &encoding->column[c];
        const double *value = result->audit[c - encoding->kept.count];
        size_t chunk = column->first_chunk;
        for (int e = 0; e < column->element_count && good; e++)
            good = add_element(maker, column,
                               (const unsigned char *)(value + (size_t)e * (size_t)column->length),
                               &chunk);
    }
    return good;
}

/* Steps inside flood windows: their number, then figure by figure. */
static bool
append_substeps(struct encoded *encoded, const struct encoding *encoding,
                const struct substeps *substeps)
{
    const uint64_t count = substeps->count;
    size_t width = (size_t)encoding->substep_width, total = width * substeps->count;
    uLongf length = compressBound((uLong)(total * sizeof(float)));
    if (width == 0)
        return true;
    float *by_figure = malloc(total * sizeof(float) + 1);
    unsigned char *raw = malloc(total * sizeof(float) + 1);
    bool good = by_figure != NULL && raw != NULL && total <= INT_MAX &&
                reserve(encoded, sizeof count + length);
    if (good) {
        memcpy(encoded->bytes + encoded->used, &count, sizeof count);
        encoded->used += sizeof count;
        for (size_t i = 0; i < total; i++)
            by_figure[i % width * substeps->count + i / width] = substeps->value[i];
        shuffle((const unsigned char *)by_figure, sizeof(float), (int)total, (int)total, raw);
        good = compress2(encoded->bytes + encoded->used, &length, raw,
                         (uLong)(total * sizeof(float)), DEFLATE_LEVEL) == Z_OK;
        encoded->used += length;
    }
    encoded->offset[encoding->chunk_total] = encoded->used;
    free(by_figure);
    free(raw);
    return good;
}

static bool
append_state(struct encoded *encoded, const struct simulation_state *state)
{
    const uint64_t size = state->size;
    uLongf length = compressBound((uLong)size);
    if (state->step_t == 0)
        return true;
    if (!reserve(encoded, sizeof size + length))
        return false;
    memcpy(encoded->bytes + encoded->used, &size, sizeof size);
    encoded->used += sizeof size;
    if (compress2(encoded->bytes + encoded->used, &length, state->bytes, (uLong)size,
                  DEFLATE_LEVEL) != Z_OK)
        return false;
    encoded->used += length;
    return true;
}

struct encoded_state
encoded_state(const struct encoding *encoding, const struct encoded *encoded)
{
    size_t place = encoded->offset[encoding->chunk_total];
    uint64_t raw_size;
    if (encoded->used < place + sizeof raw_size)
        return (struct encoded_state){0};
    memcpy(&raw_size, encoded->bytes + place, sizeof raw_size);
    place += sizeof raw_size;
    return (struct encoded_state){(size_t)raw_size, encoded->bytes + place, encoded->used - place};
}

enum status
encoded_make(const struct encoding *encoding, const struct scenario_result *result,
             struct encoded **out, struct error *err)
{
    struct encoded *encoded = create(encoding);
    struct maker maker = {0};
    size_t place = 0;
    bool good = encoded != NULL && maker_init(&maker, encoding, encoded) &&
                encode_series(&maker, encoding, result);
    maker_finish(&maker);
    if (!good) {
        encoded_destroy(encoded);
        return out_of_memory(err);
    }
    if (!append_substeps(encoded, encoding, &result->substeps) ||
        !append_state(encoded, &result->state)) {
        encoded_destroy(encoded);
        return out_of_memory(err);
    }
    encoded->status = (int32_t)result->status;
    for (int i = 0; i < indicator_count; i++) {
        const struct run_info *info = encoding->info;
        indicator_values(&indicators[i], result, info->basin, info->axis,
                         encoded->indicator + place);
        place += (size_t)indicator_length(info->basin, indicators[i].owner);
    }
    *out = encoded;
    return STATUS_OK;
}

/* ---- bytes -------------------------------------------------------------------------------------
 */

int
encoded_pieces(const struct encoding *encoding, const struct encoded *encoded,
               struct iovec piece[ENCODED_PIECES])
{
    piece[0] = (struct iovec){(void *)(uintptr_t)&encoded->status, sizeof encoded->status};
    piece[1] = (struct iovec){encoded->offset, (encoding->chunk_total + 1) * sizeof(uint64_t)};
    piece[2] = (struct iovec){encoded->indicator, encoding->indicator_total * sizeof(double)};
    piece[3] = (struct iovec){encoded->bytes, encoded->used};
    return encoded->used > 0 ? 4 : 3;
}

/* The reverse of shuffle for floats. */
static void
gather(const unsigned char *plane, int padded_count, int count, float *value)
{
    unsigned char *byte = (unsigned char *)value;
    for (size_t b = 0; b < sizeof *value; b++)
        for (int i = 0; i < count; i++)
            byte[(size_t)i * sizeof *value + b] = plane[b * (size_t)padded_count + (size_t)i];
}

/* The values of one element of a column of floats. */
static bool
decode_element(const struct encoded *encoded, const struct encoded_column *column, int element_i,
               unsigned char *raw, float *value)
{
    size_t raw_size = (size_t)column->chunk_length * sizeof(float);
    size_t chunk = column->first_chunk + (size_t)element_i * (size_t)column->chunk_count;
    for (int c = 0; c < column->chunk_count; c++, chunk++) {
        int from = c * column->chunk_length, rest = column->length - from;
        int count = rest < column->chunk_length ? rest : column->chunk_length;
        size_t packed = encoded->offset[chunk + 1] - encoded->offset[chunk];
        uLongf size = raw_size;
        if (packed == 0) {
            for (int i = 0; i < count; i++)
                value[from + i] = NAN;
            continue;
        }
        if (uncompress(raw, &size, encoded->bytes + encoded->offset[chunk], packed) != Z_OK ||
            size != raw_size)
            return false;
        gather(raw, column->chunk_length, count, value + from);
    }
    return true;
}

/* All kept elements of a column, one after the other. */
static bool
decode_column(const struct encoded *encoded, const struct encoded_column *column, float *value)
{
    unsigned char *raw = malloc((size_t)column->chunk_length * sizeof(float));
    bool good = raw != NULL;
    for (int e = 0; e < column->element_count && good; e++)
        good = decode_element(encoded, column, e, raw, value + (size_t)e * (size_t)column->length);
    free(raw);
    return good;
}

bool
encoded_series(const struct encoding *encoding, const struct encoded *encoded, int variable,
               float *value)
{
    for (int i = 0; i < encoding->kept.count; i++) {
        const struct kept_series *series = &encoding->kept.series[i];
        if (series->variable == variable && series->period == PERIOD_STEP &&
            series->kept_count == series->element_count)
            return decode_column(encoded, &encoding->column[i], value);
    }
    return false;
}

enum status
encoded_read(const struct encoding *encoding, const unsigned char *bytes, size_t size,
             struct encoded **out, struct error *err)
{
    *out = NULL;
    struct encoded *encoded = create(encoding);
    if (encoded == NULL)
        return out_of_memory(err);
    struct iovec piece[ENCODED_PIECES];
    encoded_pieces(encoding, encoded, piece);
    size_t before = piece[0].iov_len + piece[1].iov_len + piece[2].iov_len;
    bool good = size >= before;
    for (int i = 0; i < 3 && good; i++) {
        memcpy(piece[i].iov_base, bytes, piece[i].iov_len);
        bytes += piece[i].iov_len;
    }
    good =
        good && encoded->offset[0] == 0 && encoded->offset[encoding->chunk_total] <= size - before;
    for (size_t chunk = 0; good && chunk < encoding->chunk_total; chunk++)
        good = encoded->offset[chunk] <= encoded->offset[chunk + 1];
    if (good) {
        encoded->used = encoded->capacity = size - before;
        encoded->bytes = malloc(encoded->used + 1);
        if (encoded->bytes == NULL) {
            encoded_destroy(encoded);
            return out_of_memory(err);
        }
        memcpy(encoded->bytes, bytes, encoded->used);
    }
    for (int i = 0; i < encoding->kept.count && good; i++)
        if (encoding->kept.series[i].statistics)
            good = decode_column(encoded, &encoding->column[i],
                                 encoded->statistic + encoding->column[i].first_value);
    if (good)
        *out = encoded;
    else
        encoded_destroy(encoded);
    return STATUS_OK;
}

size_t
encoded_substep_count(const struct encoding *encoding, const struct encoded *encoded)
{
    uint64_t count = 0;
    if (encoding->substep_width == 0)
        return 0;
    uint64_t from = encoded->offset[encoding->chunk_total - 1];
    if (encoded->offset[encoding->chunk_total] - from >= sizeof count)
        memcpy(&count, encoded->bytes + from, sizeof count);
    return (size_t)count;
}

float *
encoded_substeps(const struct encoding *encoding, const struct encoded *encoded)
{
    size_t count = (size_t)encoding->substep_width * encoded_substep_count(encoding, encoded);
    if (count == 0 || count > INT_MAX)
        return NULL;
    uint64_t from = encoded->offset[encoding->chunk_total - 1] + sizeof(uint64_t);
    uLongf size = count * sizeof(float);
    unsigned char *raw = malloc(size);
    float *value = malloc(size);
    bool good = raw != NULL && value != NULL &&
                uncompress(raw, &size, encoded->bytes + from,
                           encoded->offset[encoding->chunk_total] - from) == Z_OK &&
                size == count * sizeof(float);
    if (good)
        gather(raw, (int)count, (int)count, value);
    free(raw);
    if (good)
        return value;
    free(value);
    return NULL;
}
