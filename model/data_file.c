/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/data_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool
data_file_find(const char *name, char *path, size_t size)
{
    const char *const folders[] = {getenv("NGUON_DATA"), NGUON_DATA_DIR, NGUON_SOURCE_DATA_DIR};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (folders[i] != NULL && snprintf(path, size, "%s/%s", folders[i], name) < (int)size &&
            access(path, R_OK) == 0)
            return true;
    return false;
}
