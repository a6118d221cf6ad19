/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_INSTANT_H
#define NGUON_MODEL_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A moment as operators write it: local time to the minute, perhaps with its zone. */
struct instant {
    int64_t local_s; /**< seconds since 1970-01-01 00:00 of the same clock */
    bool has_zone;
    int zone_s; /**< east of UTC: 25200 for +07:00, 0 for Z */
};

/**
 * Read "2024-09-07", "2024-09-07 13:20", "2024-09-07T13:20:00", any with Z or +07:00 after a time.
 * @return true if the whole text is such a moment; otherwise *out is unchanged
 */
bool instant_parse(const char *text, struct instant *out);

/** "2024-09-07 13:20". Buffer of >= 20 bytes. */
const char *instant_format(int64_t local_s, char *buffer, size_t size);

/** "+07:00" or "without a zone". Buffer of >= 16 bytes. */
const char *instant_zone(const struct instant *instant, char *buffer, size_t size);

#endif
