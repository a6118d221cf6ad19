/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_NETCDF_STRETCH_H
#define NGUON_MODEL_NETCDF_STRETCH_H

#include "model/month_days.h"
#include "model/netcdf_calendar.h"
#include "model/series.h"

/** Figures joined from files, in the calendar of the files; rising, gaps left out. */
struct netcdf_stretch {
    enum netcdf_calendar calendar;
    enum month_rule rule;
    int count, capacity;
    int64_t *start_s, *end_s;
    double *value; /**< rates for fluxes; NAN where missing */
};

/** Add an interval at the end. @return false if out of memory */
bool netcdf_stretch_add(struct netcdf_stretch *stretch, int64_t start_s, int64_t end_s,
                        double value);
void netcdf_stretch_finish(struct netcdf_stretch *stretch);

/**
 * Lay the figures on the run's calendar (see record_read_netcdf). Gaps are NAN in the record.
 *
 * @return STATUS_OK; STATUS_INPUT if the intervals are no hours, days or months, differ from one
 *         another, or lie before 1600; STATUS_MEMORY
 */
enum status netcdf_stretch_to_record(const struct netcdf_stretch *stretch, struct record *record,
                                     struct error *err);

#endif
