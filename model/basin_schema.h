/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_BASIN_SCHEMA_H
#define NGUON_MODEL_BASIN_SCHEMA_H

#include "solvers/status.h"

#include <stdio.h>

/**
 * Write the JSON Schema (draft 07) of the basin file, from the same tables that its reader uses, so
 * that editors complete keys and mark unknown ones. It is no stricter than the reader: units, ids
 * and what keys mean together are left to `nguon check`.
 *
 * @return STATUS_OK, STATUS_FILE_WRITE
 */
enum status basin_write_schema(FILE *out, struct error *err);

#endif
