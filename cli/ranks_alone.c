/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/ranks.h"

#include <stdlib.h>
#include <string.h>

/* A program without MPI: there is one process. */

enum status
ranks_begin(struct error *err)
{
    const char *count = getenv("OMPI_COMM_WORLD_SIZE");
    if (count != NULL && strcmp(count, "1") != 0)
        return error_set(err, STATUS_USAGE,
                         "mpirun has started %s processes, but this nguon is built without MPI; "
                         "build it with `meson setup build -Dmpi=enabled`",
                         count);
    return STATUS_OK;
}

const char *
ranks_library(void)
{
    return NULL;
}

int
ranks_count(void)
{
    return 1;
}

int
ranks_own(void)
{
    return 0;
}

enum status
ranks_agree(enum status status, struct error *err)
{
    (void)err;
    return status;
}

void
ranks_broadcast(void *bytes, size_t size)
{
    (void)bytes;
    (void)size;
}

void
ranks_add(double *value, size_t count)
{
    (void)value;
    (void)count;
}

void
ranks_gather(const void *own, size_t size, void *all)
{
    (void)own;
    (void)size;
    (void)all;
}

void
ranks_tell(void)
{
}

void
ranks_deal(int first)
{
    (void)first;
}

int
ranks_draw(void)
{
    return 0;
}

void
ranks_cut(int last)
{
    (void)last;
}

int
ranks_end(int exit_code)
{
    return exit_code;
}
