/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/netcdf_classic.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/*
 * The header of the classic formats (NetCDF Users Guide, appendix "File format specifications"):
 *     magic numrecs dim_list gatt_list var_list
 * Counts have 4 bytes (8 in CDF-5), offsets 4 bytes (8 in CDF-2 and CDF-5), all big-endian.
 */

enum { TAG_DIMENSION = 10, TAG_VARIABLE = 11, TAG_ATTRIBUTE = 12, LIST_MAX = 1000000 };

struct header {
    FILE *file;
    int count_bytes;
    int offset_bytes;
    bool cut; /* the file ends inside its header, or the header makes no sense */
    uint64_t record_count;
    uint64_t *dimension; /* length of each, 0 for the record dimension */
    uint64_t dimension_count;
    uint64_t fixed_end;        /* end of the last variable without records */
    uint64_t record_begin_max; /* where the first record of the last record variable begins */
    uint64_t record_last_size;
    uint64_t record_size; /* of all record variables together */
    uint64_t record_variables;
    uint64_t record_unpadded; /* size of the only record variable, which is not padded */
};

static uint64_t
read_big_endian(struct header *header, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) {
        int byte = fgetc(header->file);
        header->cut = header->cut || byte == EOF;
        value = value << 8 | (uint64_t)(byte & 0xff);
    }
    return value;
}

static uint64_t
read_count(struct header *header)
{
    return read_big_endian(header, header->count_bytes);
}

static uint64_t
padded(uint64_t bytes)
{
    return (bytes + 3) / 4 * 4;
}

static void
skip(struct header *header, uint64_t bytes)
{
    if (bytes > INT64_MAX || fseeko(header->file, (off_t)bytes, SEEK_CUR) != 0)
        header->cut = true;
}

static void
skip_name(struct header *header)
{
    skip(header, padded(read_count(header)));
}

static uint64_t
type_bytes(struct header *header, uint64_t type)
{
    static const int bytes[] = {0, 1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8}; /* NC_BYTE is 1 */
    if (type >= 1 && type < sizeof bytes / sizeof bytes[0])
        return (uint64_t)bytes[type];
    header->cut = true;
    return 1;
}

/* Number of entries of a list: a tag and a count, both 0 for none. */
static uint64_t
read_list(struct header *header, uint64_t expected_tag)
{
    uint64_t tag = read_big_endian(header, 4);
    uint64_t count = read_count(header);
    if ((tag != expected_tag && (tag != 0 || count != 0)) || count > LIST_MAX)
        header->cut = true;
    return header->cut ? 0 : count;
}

static void
skip_attributes(struct header *header)
{
    uint64_t count = read_list(header, TAG_ATTRIBUTE);
    for (uint64_t i = 0; i < count && !header->cut; i++) {
        skip_name(header);
        uint64_t bytes = type_bytes(header, read_big_endian(header, 4));
        skip(header, padded(bytes * read_count(header)));
    }
}

static void
read_dimensions(struct header *header)
{
    header->dimension_count = read_list(header, TAG_DIMENSION);
    header->dimension = calloc(header->dimension_count + 1, sizeof *header->dimension);
    for (uint64_t i = 0; i < header->dimension_count && !header->cut; i++) {
        skip_name(header);
        uint64_t length = read_count(header);
        if (header->dimension != NULL)
            header->dimension[i] = length;
    }
}

/* Size of a variable without padding, from its dimensions: the vsize field may overflow. */
static uint64_t
read_shape(struct header *header, bool *has_records)
{
    uint64_t rank = read_count(header);
    uint64_t size = 1;
    *has_records = false;
    for (uint64_t i = 0; i < rank && !header->cut; i++) {
        uint64_t dimension_i = read_count(header);
        if (dimension_i >= header->dimension_count) {
            header->cut = true;
            return 0;
        }
        uint64_t length = header->dimension[dimension_i];
        if (i == 0 && length == 0)
            *has_records = true;
        else
            size *= length;
    }
    return size;
}

static void
read_variables(struct header *header)
{
    uint64_t count = read_list(header, TAG_VARIABLE);
    for (uint64_t i = 0; i < count && !header->cut; i++) {
        bool has_records;
        skip_name(header);
        uint64_t size = read_shape(header, &has_records);
        skip_attributes(header);
        size *= type_bytes(header, read_big_endian(header, 4));
        read_count(header); /* vsize */
        uint64_t begin = read_big_endian(header, header->offset_bytes);
        if (has_records) {
            header->record_variables++;
            header->record_size += padded(size);
            header->record_unpadded = size;
            if (begin >= header->record_begin_max) {
                header->record_begin_max = begin;
                header->record_last_size = size;
            }
        } else if (begin + size > header->fixed_end) {
            header->fixed_end = begin + size;
        }
    }
}

/* Bytes that the file must have at least. */
static uint64_t
expected_bytes(const struct header *header)
{
    const uint64_t streaming = header->count_bytes == 8 ? UINT64_MAX : UINT32_MAX;
    uint64_t records = header->record_count;
    if (header->record_variables == 0 || records == 0 || records == streaming)
        return header->fixed_end;
    uint64_t step = header->record_variables == 1 ? header->record_unpadded : header->record_size;
    uint64_t end = header->record_begin_max + (records - 1) * step + header->record_last_size;
    return end > header->fixed_end ? end : header->fixed_end;
}

static enum status
check_open_file(FILE *file, struct error *err)
{
    struct header header = {.file = file};
    char magic[4] = {0};
    struct stat about;
    if (fread(magic, 1, 4, file) != 4 || memcmp(magic, "CDF", 3) != 0 ||
        (magic[3] != 1 && magic[3] != 2 && magic[3] != 5))
        return STATUS_OK;
    header.count_bytes = magic[3] == 5 ? 8 : 4;
    header.offset_bytes = magic[3] == 1 ? 4 : 8;
    header.record_count = read_count(&header);
    read_dimensions(&header);
    if (header.dimension == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory");
    skip_attributes(&header);
    read_variables(&header);
    free(header.dimension);
    if (fstat(fileno(file), &about) != 0)
        return error_set(err, STATUS_FILE, "cannot be read: %s", strerror(errno));
    if (header.cut)
        return error_set(err, STATUS_INPUT,
                         "the file is cut off or damaged: it ends inside its header, at %jd bytes",
                         (intmax_t)about.st_size);
    if ((uint64_t)about.st_size < expected_bytes(&header))
        return error_set(err, STATUS_INPUT,
                         "the file is cut off: it has %jd bytes, and its header says %ju",
                         (intmax_t)about.st_size, (uintmax_t)expected_bytes(&header));
    return STATUS_OK;
}

enum status
netcdf_classic_check(const char *path, struct error *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return error_set(err, STATUS_FILE, "cannot be read: %s", strerror(errno));
    enum status status = check_open_file(file, err);
    fclose(file);
    return status;
}
