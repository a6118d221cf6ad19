/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/encoded.h"

#include "output/indicators.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { CHUNK_STEPS_MAX = 65536, DEFLATE_LEVEL = 1 };

static size_t
value_size(int kept)
{
    return kept < RESULT_VARIABLE_COUNT ? sizeof(float) : sizeof(double);
}

static int
elements_kept(const struct run_info *info, int kept)
{
    bool is_series = kept < RESULT_VARIABLE_COUNT;
    bool is_kept = is_series ? info->selection.keep[kept] : info->selection.audit;
    const struct result_description *is =
        is_series ? result_describe(kept) : audit_describe(kept - RESULT_VARIABLE_COUNT);
    return is_kept ? result_element_count(info->basin, is->element) : 0;
}

void
encoding_init(struct encoding *encoding, const struct run_info *info)
{
    int step_count = info->axis->step_count;
    *encoding = (struct encoding){.info = info};
    encoding->chunk_steps = step_count < CHUNK_STEPS_MAX ? step_count : CHUNK_STEPS_MAX;
    encoding->chunk_count = (step_count + encoding->chunk_steps - 1) / encoding->chunk_steps;
    for (int v = 0; v < KEPT_COUNT; v++) {
        encoding->elements[v] = elements_kept(info, v);
        encoding->chunk_total += (size_t)encoding->elements[v] * (size_t)encoding->chunk_count;
    }
    for (int i = 0; i < indicator_count; i++)
        encoding->indicator_total += (size_t)indicator_length(info->basin, indicators[i].owner);
}

/* ---- making ------------------------------------------------------------------------------------
 */

static enum status
out_of_memory(struct error *err)
{
    return error_set(err, STATUS_MEMORY, "out of memory for the results of a scenario");
}

void
encoded_destroy(struct encoded *encoded)
{
    if (encoded == NULL)
        return;
    free(encoded->offset);
    free(encoded->bytes);
    free(encoded->indicator);
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
    if (encoded->offset != NULL && encoded->indicator != NULL)
        return encoded;
    encoded_destroy(encoded);
    return NULL;
}

/* HDF5's shuffle filter: first bytes of all values, then second bytes ... */
static void
shuffle(const unsigned char *byte, size_t size, int count, int padded_count, unsigned char *out)
{
    for (size_t b = 0; b < size; b++) {
        unsigned char *plane = out + b * (size_t)padded_count;
        for (int i = 0; i < count; i++)
            plane[i] = byte[(size_t)i * size + b];
        for (int i = count; i < padded_count; i++)
            plane[i] = 0;
    }
}

static bool
make_room(struct encoded *encoded, size_t size)
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

/* One chunk onto the end of the encoded bytes. */
static bool
append_chunk(struct encoded *encoded, const unsigned char *raw, size_t raw_size)
{
    uLongf size = compressBound((uLong)raw_size);
    if (!make_room(encoded, size))
        return false;
    if (compress2(encoded->bytes + encoded->used, &size, raw, (uLong)raw_size, DEFLATE_LEVEL) !=
        Z_OK)
        return false;
    encoded->used += size;
    return true;
}

static bool
encode_series(const struct encoding *encoding, const struct scenario_result *result,
              struct encoded *encoded, unsigned char *raw)
{
    int step_count = encoding->info->axis->step_count, chunk_steps = encoding->chunk_steps;
    size_t chunk = 0;
    for (int v = 0; v < KEPT_COUNT; v++) {
        size_t size = value_size(v);
        const unsigned char *byte =
            v < RESULT_VARIABLE_COUNT
                ? (const unsigned char *)result->series[v]
                : (const unsigned char *)result->audit[v - RESULT_VARIABLE_COUNT];
        for (int element = 0; element < encoding->elements[v]; element++)
            for (int c = 0; c < encoding->chunk_count; c++) {
                int from = c * chunk_steps, rest = step_count - from;
                size_t first = (size_t)element * (size_t)step_count + (size_t)from;
                shuffle(byte + first * size, size, rest < chunk_steps ? rest : chunk_steps,
                        chunk_steps, raw);
                if (!append_chunk(encoded, raw, (size_t)chunk_steps * size))
                    return false;
                encoded->offset[++chunk] = encoded->used;
            }
    }
    return true;
}

static bool
append_state(struct encoded *encoded, const struct simulation_state *state)
{
    const uint64_t size = state->size;
    if (state->step_t == 0)
        return true;
    if (!make_room(encoded, sizeof size))
        return false;
    memcpy(encoded->bytes + encoded->used, &size, sizeof size);
    encoded->used += sizeof size;
    return append_chunk(encoded, state->bytes, state->size);
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
    unsigned char *raw = malloc((size_t)encoding->chunk_steps * sizeof(double));
    size_t place = 0;
    if (encoded == NULL || raw == NULL || !encode_series(encoding, result, encoded, raw)) {
        free(raw);
        encoded_destroy(encoded);
        return out_of_memory(err);
    }
    free(raw);
    if (!append_state(encoded, &result->state)) {
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
        *out = encoded;
    } else {
        encoded_destroy(encoded);
    }
    return STATUS_OK;
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

bool
encoded_series(const struct encoding *encoding, const struct encoded *encoded, int variable,
               float *value)
{
    int step_count = encoding->info->axis->step_count, chunk_steps = encoding->chunk_steps;
    size_t chunk = 0, raw_size = (size_t)chunk_steps * sizeof(float);
    unsigned char *raw = malloc(raw_size);
    bool good = raw != NULL;
    for (int v = 0; v < variable; v++)
        chunk += (size_t)encoding->elements[v] * (size_t)encoding->chunk_count;
    for (int element = 0; element < encoding->elements[variable]; element++)
        for (int c = 0; c < encoding->chunk_count && good; c++, chunk++) {
            int from = c * chunk_steps, rest = step_count - from;
            uLongf size = raw_size;
            good = uncompress(raw, &size, encoded->bytes + encoded->offset[chunk],
                              encoded->offset[chunk + 1] - encoded->offset[chunk]) == Z_OK &&
                   size == raw_size;
            if (good)
                gather(raw, chunk_steps, rest < chunk_steps ? rest : chunk_steps,
                       value + (size_t)element * (size_t)step_count + from);
        }
    free(raw);
    return good;
}
