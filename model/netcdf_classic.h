/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_NETCDF_CLASSIC_H
#define NGUON_MODEL_NETCDF_CLASSIC_H

#include "solvers/status.h"

/**
 * Whether a file in a classic format (CDF-1, CDF-2 or CDF-5) is as long as its header says. The
 * netCDF library reads a cut one without a word and gives zeros for what is missing.
 *
 * @return STATUS_OK (also for a file that is not in a classic format), STATUS_INPUT with the bytes
 *         that are there and those expected, STATUS_FILE if the file cannot be read
 */
enum status netcdf_classic_check(const char *path, struct error *err);

#endif
