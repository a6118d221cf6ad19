/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_SERIES_KEPT_H
#define NGUON_OUTPUT_SERIES_KEPT_H

#include "output/reader.h"

/**
 * Say that a series is not in a file, what is there of it, and which --save keeps it.
 * @param[in] id  of the one element that is missing of a series that is there; NULL: the series
 * @return STATUS_USAGE
 */
enum status series_not_kept(struct reader *reader, const char *series, const char *id,
                            struct error *err);

#endif
