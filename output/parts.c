/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/parts_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static const int64_t written_before_push = 8 << 20; /* bytes */
static const time_t seconds_before_sync = 5;

/* ---- reading -----------------------------------------------------------------------------------
 */

bool
part_pread(int descriptor, void *bytes, size_t size, int64_t offset)
{
    unsigned char *place = bytes;
    while (size > 0) {
        ssize_t got = pread(descriptor, place, size, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        place += got;
        offset += got;
        size -= (size_t)got;
    }
    return true;
}

uint32_t
part_crc(uint32_t crc, const void *bytes, size_t size)
{
    return (uint32_t)crc32_z(crc, bytes, size);
}

int
parts_count(const struct parts *parts)
{
    return parts->kept_count;
}

bool
parts_keep(const struct parts *parts, int scenario_s)
{
    return parts->place[scenario_s].file_i >= 0;
}

/* A damaged scenario is made again. */
static void
forget(struct parts *parts, int scenario_s)
{
    pthread_mutex_lock(&parts->lock);
    parts->place[scenario_s].file_i = -1;
    parts->kept_count--;
    pthread_mutex_unlock(&parts->lock);
}

enum status
parts_read(struct parts *parts, int scenario_s, unsigned char **bytes, size_t *size,
           struct error *err)
{
    const struct part_place *place = &parts->place[scenario_s];
    *bytes = NULL;
    *size = 0;
    if (place->file_i < 0)
        return STATUS_OK;
    unsigned char *read = malloc((size_t)place->size + 1);
    if (read == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the results of a scenario");
    if (!part_pread(parts->file[place->file_i].descriptor, read, (size_t)place->size,
                    place->offset) ||
        part_crc(0, read, (size_t)place->size) != place->crc) {
        free(read);
        forget(parts, scenario_s);
        return STATUS_OK;
    }
    *bytes = read;
    *size = (size_t)place->size;
    return STATUS_OK;
}

/* ---- writing -----------------------------------------------------------------------------------
 */

/* All pieces at a place of the file; errno says why not. */
static bool
write_pieces(int descriptor, struct iovec *piece, int count, int64_t offset)
{
    while (count > 0) {
        ssize_t wrote = pwritev(descriptor, piece, count, offset);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return false;
        offset += wrote;
        while (count > 0 && (size_t)wrote >= piece->iov_len) {
            wrote -= (ssize_t)piece->iov_len;
            piece++;
            count--;
        }
        if (count > 0) {
            piece->iov_base = (char *)piece->iov_base + wrote;
            piece->iov_len -= (size_t)wrote;
        }
    }
    return true;
}

/* Bring to the disk, without waiting for it each time. */
static void
push(struct parts *parts, const struct part_file *file)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (file->end - parts->pushed >= written_before_push) {
        sync_file_range(file->descriptor, parts->pushed, file->end - parts->pushed,
                        SYNC_FILE_RANGE_WRITE);
        parts->pushed = file->end;
    }
    if (now.tv_sec - parts->synced_s >= seconds_before_sync) {
        fdatasync(file->descriptor);
        clock_gettime(CLOCK_MONOTONIC, &now);
        parts->synced_s = now.tv_sec;
    }
}

enum status
parts_append(struct parts *parts, int scenario_s, const struct iovec *piece, int piece_count,
             struct error *err)
{
    struct part_file *file = &parts->file[parts->own_i];
    struct part_frame frame = {.mark = PART_FRAME_MARK, .scenario_s = (uint32_t)scenario_s};
    struct iovec all[PART_PIECES_MAX + 1] = {{&frame, sizeof frame}};
    for (int i = 0; i < piece_count; i++) {
        all[i + 1] = piece[i];
        frame.size += piece[i].iov_len;
        frame.crc = part_crc(frame.crc, piece[i].iov_base, piece[i].iov_len);
    }
    frame.frame_crc = part_crc(0, &frame, offsetof(struct part_frame, frame_crc));
    pthread_mutex_lock(&parts->lock);
    int system_error = 0;
    if (write_pieces(file->descriptor, all, piece_count + 1, file->end)) {
        parts->place[scenario_s] = (struct part_place){file->end + (int64_t)sizeof frame,
                                                       frame.size, frame.crc, parts->own_i};
        parts->kept_count++;
        file->end += (int64_t)(sizeof frame + frame.size);
        push(parts, file);
    } else {
        system_error = errno;
        (void)!ftruncate(file->descriptor, file->end);
    }
    pthread_mutex_unlock(&parts->lock);
    if (system_error != 0)
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s.part%d': %s", parts->path,
                         file->number, strerror(system_error));
    return STATUS_OK;
}

/* ---- end ---------------------------------------------------------------------------------------
 */

static void
remove_file(const struct parts *parts, const struct part_file *file)
{
    char path[PART_PATH_MAX];
    snprintf(path, sizeof path, "%s.part%d", parts->path, file->number);
    unlink(path);
}

void
parts_close(struct parts *parts, bool wanted)
{
    if (parts == NULL)
        return;
    for (int i = 0; i < parts->file_count; i++) {
        const struct part_file *file = &parts->file[i];
        if (file->descriptor < 0)
            continue;
        if (wanted && parts->kept_count > 0 && i == parts->own_i)
            fdatasync(file->descriptor);
        else if (!wanted || parts->kept_count == 0)
            remove_file(parts, file);
        close(file->descriptor);
    }
    pthread_mutex_destroy(&parts->lock);
    free(parts->file);
    free(parts->place);
    free(parts->path);
    free(parts);
}
