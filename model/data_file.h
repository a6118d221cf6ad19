/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_DATA_FILE_H
#define NGUON_MODEL_DATA_FILE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Path of a table that comes with the program (data/README.md): in the folder NGUON_DATA of the
 * environment, where it is installed, or where it was built from.
 * @return whether there is one that can be read
 */
bool data_file_find(const char *name, char *path, size_t size);

#endif
