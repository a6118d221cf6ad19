/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_SNAPSHOT_H
#define NGUON_SOLVERS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * The state of an object as bytes. One function of each object hands over all that changes in it,
 * and serves to count the bytes, to save and to load them, so that these cannot differ.
 */

enum snapshot_mode { SNAPSHOT_COUNT, SNAPSHOT_SAVE, SNAPSHOT_LOAD };

struct snapshot {
    enum snapshot_mode mode;
    unsigned char *bytes; /**< [size] owned by the caller; NULL while counting */
    size_t size;
    size_t place; /**< how far it has come; when it has failed the rest is left alone */
    bool failed;  /**< more is asked for than there is */
};

/** The next size bytes: counted, copied from data, or copied into it. */
static inline void
snapshot_carry(struct snapshot *snapshot, void *data, size_t size)
{
    if (snapshot->mode != SNAPSHOT_COUNT && size > snapshot->size - snapshot->place)
        snapshot->failed = true;
    if (snapshot->failed || size == 0)
        return;
    if (snapshot->mode == SNAPSHOT_SAVE)
        memcpy(snapshot->bytes + snapshot->place, data, size);
    else if (snapshot->mode == SNAPSHOT_LOAD)
        memcpy(data, snapshot->bytes + snapshot->place, size);
    snapshot->place += size;
}

#endif
