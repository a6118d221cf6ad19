/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_RULE_LINE_H
#define NGUON_SCENARIOS_RULE_LINE_H

#include "model/basin.h"

enum { RULE_TENDAYS = 36, RULE_YEARS_MAX = 400 };

/** What lines of a chart of regulation are derived from. */
struct rule_line_request {
    const struct basin *basin;
    int reservoir_i;
    const struct record *inflow; /**< m3/s */
    int dry_end;                 /**< last ten-day period of the dry season, 0..35 */
    double from_share, to_share; /**< years whose inflow is exceeded in such a share of years */
};

/** Lines by ten-day period, at its first day, and the years they come from. */
struct rule_lines {
    double upper_m[RULE_TENDAYS]; /**< upper envelope: above it no year of these runs short */
    double lower_m[RULE_TENDAYS]; /**< lower envelope: below it all of these years run short */
    int year_count;               /**< whole years of the record, each from after dry_end to it */
    int chosen_count, chosen[RULE_YEARS_MAX]; /**< in which they begin */
};

/**
 * Derive the lines by backward routing, as the practice of regulation charts asks: each chosen year
 * is routed back from dead storage at the end of its dry season, storage at the start of a period =
 * that at its end + what the demands of the lake, the minimum release and evaporation less rain
 * take - inflow, between dead storage and capacity. The lines are the envelopes of these years.
 * Seepage is left out.
 *
 * @return STATUS_OK; STATUS_INPUT: fewer than 5 whole years, no year in the range of shares, a
 *         demand or a rate of the lake that comes from a record
 */
enum status rule_lines_derive(const struct rule_line_request *request, struct rule_lines *out,
                              struct error *err);

#endif
