/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/parts_private.h"
#include "output/run_identity.h"

#include "output/run_identity.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the part files of a results file are and what is in them. */

enum { IDENTITY_BYTES_MAX = 64 << 20, NUMBER_MAX = 1000000 };

/* What is found at the head of a file. */
enum head_state { HEAD_GOOD, HEAD_TORN, HEAD_FOREIGN, HEAD_OTHER_FORMAT };

static enum status
out_of_memory(struct error *err)
{
    return error_set(err, STATUS_MEMORY, "out of memory for the scenarios that are kept");
}

static int64_t
size_of(int descriptor)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 ? (int64_t)status.st_size : 0;
}

/* ---- which files there are ---------------------------------------------------------------------
 */

/* The number of "out.h5.part12" for "out.h5", else 0. */
static int
number_of(const char *name, const char *base)
{
    static const char mark[] = ".part";
    size_t length = strlen(base);
    if (strncmp(name, base, length) != 0 || strncmp(name + length, mark, strlen(mark)) != 0)
        return 0;
    const char *digits = name + length + strlen(mark);
    size_t count = strspn(digits, "0123456789");
    if (count == 0 || count > 6 || digits[count] != '\0' || digits[0] == '0')
        return 0;
    return (int)strtol(digits, NULL, 10);
}

static bool
add_file(struct parts *parts, int number)
{
    size_t count = (size_t)parts->file_count;
    struct part_file *larger = realloc(parts->file, (count + 1) * sizeof *larger);
    if (larger == NULL)
        return false;
    larger[count] = (struct part_file){.number = number, .descriptor = -1};
    parts->file = larger;
    parts->file_count++;
    return true;
}

static bool
list_files(struct parts *parts, int number, enum parts_scope scope)
{
    if (!add_file(parts, number))
        return false;
    const char *slash = strrchr(parts->path, '/');
    const char *base = slash != NULL ? slash + 1 : parts->path;
    char *folder = slash == NULL          ? strdup(".")
                   : slash == parts->path ? strdup("/")
                                          : strndup(parts->path, (size_t)(slash - parts->path));
    if (folder == NULL)
        return false;
    DIR *entries = scope == PARTS_ALL ? opendir(folder) : NULL;
    free(folder);
    bool good = true;
    for (const struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        int other = number_of(entry->d_name, base);
        if (other > 0 && other != number)
            good = good && add_file(parts, other);
    }
    if (entries != NULL)
        closedir(entries);
    return good;
}

/* A process may have 1,024 files open unless it asks for more; a run on as many processes leaves
 * more parts. */
static void
allow_files(int count)
{
    enum { OTHERS = 64 };
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= (rlim_t)count + OTHERS)
        return;
    limit.rlim_cur =
        (rlim_t)count + OTHERS < limit.rlim_max ? (rlim_t)count + OTHERS : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static enum status
open_file(const struct parts *parts, struct part_file *file, bool own, struct error *err)
{
    char path[PART_PATH_MAX];
    snprintf(path, sizeof path, "%s.part%d", parts->path, file->number);
    file->descriptor = open(path, O_RDWR | O_CLOEXEC | (own ? O_CREAT : 0), 0666);
    if (file->descriptor < 0)
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s': %s", path, strerror(errno));
    /* where the file system knows no locks there is nothing to look at */
    if (flock(file->descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        close(file->descriptor);
        file->descriptor = -1;
        return error_set(err, STATUS_USAGE, "another run is writing '%s'", path);
    }
    file->is_new = size_of(file->descriptor) == 0;
    return STATUS_OK;
}

/* ---- what is in them ---------------------------------------------------------------------------
 */

/* The identity, to be freed, of a good head. */
static enum head_state
read_head(const struct part_file *file, struct part_head *head, char **identity)
{
    int64_t size = size_of(file->descriptor);
    *identity = NULL;
    if (size < (int64_t)sizeof *head)
        return HEAD_TORN;
    if (!part_pread(file->descriptor, head, sizeof *head, 0) ||
        memcmp(head->magic, PART_MAGIC, sizeof head->magic) != 0 ||
        part_crc(0, head, offsetof(struct part_head, head_crc)) != head->head_crc)
        return HEAD_FOREIGN;
    if (head->format != PART_FORMAT)
        return HEAD_OTHER_FORMAT;
    if (head->identity_size > IDENTITY_BYTES_MAX)
        return HEAD_FOREIGN;
    if (size < (int64_t)sizeof *head + (int64_t)head->identity_size)
        return HEAD_TORN;
    char *text = calloc((size_t)head->identity_size + 1, 1);
    if (text != NULL &&
        part_pread(file->descriptor, text, head->identity_size, (int64_t)sizeof *head) &&
        part_crc(0, text, head->identity_size) == head->identity_crc) {
        *identity = text;
        return HEAD_GOOD;
    }
    free(text);
    return HEAD_FOREIGN;
}

/* Find all scenarios up to the first place where there is no whole frame. @return how many */
static int
scan_frames(struct parts *parts, int file_i, int64_t begin, bool keep)
{
    struct part_file *file = &parts->file[file_i];
    int64_t size = size_of(file->descriptor);
    struct part_frame frame;
    const int64_t head = (int64_t)sizeof frame;
    int count = 0;
    file->end = begin;
    while (size - file->end >= head &&
           part_pread(file->descriptor, &frame, sizeof frame, file->end)) {
        if (frame.mark != PART_FRAME_MARK ||
            part_crc(0, &frame, offsetof(struct part_frame, frame_crc)) != frame.frame_crc ||
            frame.size > (uint64_t)(size - file->end - head))
            break;
        if (keep && frame.scenario_s < (uint32_t)parts->scenario_count) {
            struct part_place *place = &parts->place[frame.scenario_s];
            parts->kept_count += place->file_i < 0 ? 1 : 0;
            *place = (struct part_place){file->end + head, frame.size, frame.crc, file_i};
        }
        file->end += head + (int64_t)frame.size;
        count++;
    }
    return count;
}

/* ---- whether it is the same run ----------------------------------------------------------------
 */

static enum status
check_identity(const struct parts *parts, const struct part_file *file, const char *kept,
               const char *now, struct error *err)
{
    char said[1200] = "";
    if (strcmp(kept, now) == 0)
        return STATUS_OK;
    identity_differences(kept, now, said, sizeof said);
    return error_set(err, STATUS_USAGE,
                     "'%s.part%d' is of another run, which cannot be completed so: %s. Put back "
                     "what it was begun with, or remove the file to begin anew",
                     parts->path, file->number, said);
}

/* ---- one file ----------------------------------------------------------------------------------
 */

static enum status
write_head(const struct parts *parts, struct part_file *file, const char *identity,
           struct error *err)
{
    struct part_head head = {
        .magic = PART_MAGIC, .format = PART_FORMAT, .identity_size = (uint32_t)strlen(identity)};
    head.identity_crc = part_crc(0, identity, strlen(identity));
    head.head_crc = part_crc(0, &head, offsetof(struct part_head, head_crc));
    const ssize_t wanted = (ssize_t)(sizeof head + strlen(identity));
    struct iovec piece[2] = {{&head, sizeof head}, {(void *)(uintptr_t)identity, strlen(identity)}};
    errno = 0;
    if (ftruncate(file->descriptor, 0) != 0 || pwritev(file->descriptor, piece, 2, 0) != wanted ||
        fdatasync(file->descriptor) != 0) {
        int system_error = errno != 0 ? errno : ENOSPC;
        (void)!ftruncate(file->descriptor, 0);
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s.part%d': %s", parts->path,
                         file->number, strerror(system_error));
    }
    file->end = wanted;
    return STATUS_OK;
}

static enum status
refuse(const struct parts *parts, const struct part_file *file, enum head_state state,
       struct error *err)
{
    return error_set(
        err, STATUS_USAGE, "'%s.part%d' %s; remove it to begin anew", parts->path, file->number,
        state == HEAD_OTHER_FORMAT ? "is of another version of nguon"
                                   : "is no part file of nguon, or its head is damaged");
}

/* Take over what a file holds, or make it ready for a run from the beginning. */
static enum status
take_file(struct parts *parts, int file_i, const char *identity, bool resume, struct error *err)
{
    struct part_file *file = &parts->file[file_i];
    struct part_head head;
    char *kept = NULL;
    enum status status = STATUS_OK;
    enum head_state state = read_head(file, &head, &kept);
    int count = 0;
    if (state != HEAD_GOOD && state != HEAD_TORN)
        TRY(refuse(parts, file, state, err));
    if (state == HEAD_GOOD) {
        int64_t begin = (int64_t)sizeof head + (int64_t)head.identity_size;
        count = scan_frames(parts, file_i, begin, false);
        if (count > 0 && !resume)
            TRY(error_set(err, STATUS_USAGE,
                          "'%s.part%d' holds %d finished scenario%s of a run that was ended: "
                          "complete it with --resume, or remove the file to begin anew",
                          parts->path, file->number, count, count == 1 ? "" : "s"));
        if (count > 0)
            TRY(check_identity(parts, file, kept, identity, err));
        if (count > 0)
            scan_frames(parts, file_i, begin, true);
    }
    if (file_i == parts->own_i && count == 0)
        TRY(write_head(parts, file, identity, err));
    else if (file_i == parts->own_i && ftruncate(file->descriptor, file->end) != 0)
        TRY(error_set(err, STATUS_FILE_WRITE, "cannot write '%s.part%d': %s", parts->path,
                      file->number, strerror(errno)));
out:
    free(kept);
    return status;
}

/* Close after a failure; only what this process has begun itself is removed. */
static void
abandon(struct parts *parts)
{
    for (int i = 0; parts != NULL && i < parts->file_count; i++) {
        struct part_file *file = &parts->file[i];
        if (file->descriptor >= 0 && !file->is_new) {
            close(file->descriptor);
            file->descriptor = -1;
        }
    }
    parts_close(parts, false);
}

enum status
parts_open(const char *path, const char *identity, int scenario_count, int number,
           enum parts_scope scope, bool resume, struct parts **out, struct error *err)
{
    enum status status = STATUS_OK;
    struct parts *parts = calloc(1, sizeof *parts);
    *out = NULL;
    if (parts == NULL)
        return out_of_memory(err);
    pthread_mutex_init(&parts->lock, NULL);
    parts->path = strdup(path);
    parts->scenario_count = scenario_count;
    parts->place = calloc((size_t)scenario_count + 1, sizeof *parts->place);
    if (parts->path == NULL || parts->place == NULL || !list_files(parts, number, scope))
        TRY(out_of_memory(err));
    for (int s = 0; s < scenario_count; s++)
        parts->place[s].file_i = -1;
    allow_files(parts->file_count);
    for (int i = 0; i < parts->file_count; i++)
        TRY(open_file(parts, &parts->file[i], i == parts->own_i, err));
    for (int i = 0; i < parts->file_count; i++)
        TRY(take_file(parts, i, identity, resume, err));
    parts->pushed = parts->file[parts->own_i].end;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    parts->synced_s = now.tv_sec;
    *out = parts;
    parts = NULL;
out:
    abandon(parts);
    return status;
}
