/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_FLOOD_INPUT_H
#define NGUON_CLI_FLOOD_INPUT_H

#include "model/dam.h"
#include "solvers/flood_frequency.h"

enum { FLOOD_YEARS_MAX = 1000 };

/** Largest flow of each year: the last column of a CSV file with a header; value
 *  [FLOOD_YEARS_MAX]. */
enum status flood_read_peaks(const char *path, double *value, int *count, struct error *err);

/** A class of dams from the table `path`, or, if NULL, from that of the program. */
enum status flood_read_class(const char *path, const char *name, struct dam_class *out,
                             struct error *err);

#endif
