/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_PARTS_PRIVATE_H
#define NGUON_OUTPUT_PARTS_PRIVATE_H

#include "output/parts.h"

#include <pthread.h>
#include <stdint.h>
#include <time.h>

enum { PART_PATH_MAX = 4096 + 32, PART_FORMAT = 1 };

/* Also tells a file of a machine with the other order of bytes. */
#define PART_MAGIC "ngpart\r\n"
static const uint32_t PART_FRAME_MARK = 0x4e675343;

/** First bytes of a file; the identity follows. */
struct part_head {
    char magic[8];
    uint32_t format;
    uint32_t identity_size;
    uint32_t identity_crc;
    uint32_t head_crc; /**< of all before it */
};

/** First bytes of a scenario; its results follow. */
struct part_frame {
    uint32_t mark;
    uint32_t scenario_s;
    uint64_t size;
    uint32_t crc;
    uint32_t frame_crc; /**< of all before it */
};

struct part_file {
    int number, descriptor;
    int64_t end; /**< of the last whole frame */
    bool is_new; /**< there was nothing in it */
};

/** Where the results of a scenario are. */
struct part_place {
    int64_t offset;
    uint64_t size;
    uint32_t crc;
    int file_i; /**< -1: not kept */
};

struct parts {
    char *path; /**< of the results file */
    int file_count;
    struct part_file *file;
    int own_i; /**< the one that is appended to */
    int scenario_count, kept_count;
    struct part_place *place; /**< [scenario_count] */
    pthread_mutex_t lock;
    int64_t pushed;  /**< up to here the system has been asked to write to the disk */
    time_t synced_s; /**< when it was last waited for */
};

/** All bytes at a place; false if they are not there. */
bool part_pread(int descriptor, void *bytes, size_t size, int64_t offset);
uint32_t part_crc(uint32_t crc, const void *bytes, size_t size);

#endif
