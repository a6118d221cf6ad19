/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_PLAUSIBLE_H
#define NGUON_MODEL_PLAUSIBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Whether a record of rain or potential evapotranspiration can be one of this Earth. What cannot is
 * most likely in another unit: inches, centimetres, metres, W/m2, a month's sum for a day.
 */

enum plausible_kind { PLAUSIBLE_RAIN, PLAUSIBLE_PET };

/** A record of depths or of their rate. */
struct plausible_record {
    enum plausible_kind kind;
    int count;
    const int64_t *start_s; /**< [count + 1] */
    const double *value;    /**< [count] depths in the interval, or rates; NaN where missing */
    double mm;              /**< mm of a depth of 1; mm/d of a rate of 1 */
    bool is_rate;
};

/**
 * Judge the greatest interval, and the mean where the record is long enough for it.
 *
 * @param[out] text  what is wrong: "mean rain is 516 mm/d, which is implausible; is the unit
 *                   right?"
 * @return true if the record is plausible; text is then empty
 */
bool record_is_plausible(const struct plausible_record *record, char *text, size_t size);

#endif
