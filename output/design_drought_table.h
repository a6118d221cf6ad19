/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_DESIGN_DROUGHT_TABLE_H
#define NGUON_OUTPUT_DESIGN_DROUGHT_TABLE_H

#include "model/basin.h"

#include <stdio.h>

/**
 * How dry the design droughts of a basin are and how often each comes, with its two intervals;
 * nothing for a basin without them.
 *
 * @return STATUS_OK, STATUS_MEMORY, STATUS_FILE_WRITE
 */
enum status design_drought_table(FILE *out, const struct axis *axis, bool csv, struct error *err);

/** The same as CSV, to be freed; NULL if memory ran out. */
char *design_drought_text(const struct axis *axis);

#endif
