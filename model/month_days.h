/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_MONTH_DAYS_H
#define NGUON_MODEL_MONTH_DAYS_H

/** How daily figures go from a month of one length to a month of another. */
enum month_rule {
    MONTH_RAIN, /**< whole days, the sum of the days is kept */
    MONTH_FLUX, /**< spread evenly, the sum is kept */
    MONTH_STATE /**< spread evenly, the mean is kept */
};

/**
 * Daily figures of a month laid on a month of another length; no day is dropped.
 *
 * Rain falls whole on the day of the new month that holds the middle of the old day, so that
 * storms keep their size: two that meet on one day add up, a day that gets none is dry. Fluxes and
 * states take what each new day covers of the old ones. A missing figure (NAN) makes the days
 * missing that need it.
 *
 * @param[in]  from  [from_count] rates or states by day, from_count > 0
 * @param[out] to    [to_count], to_count <= 2 from_count
 */
void month_days_move(enum month_rule rule, const double *from, int from_count, double *to,
                     int to_count);

#endif
