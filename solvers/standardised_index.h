/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_STANDARDISED_INDEX_H
#define NGUON_SOLVERS_STANDARDISED_INDEX_H

#include "solvers/distribution.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Standardised drought indices: sums over the last k months, a distribution fitted for each
 * calendar month over a reference period, and the score of the standard normal distribution with
 * the same probability (McKee et al. 1993, SPI; Vicente-Serrano et al. 2010, SPEI; 2012, SSI).
 */

/** What probability a sum of 0 has, q being the share of zeros in the reference period. */
enum zero_rule {
    ZERO_SHARE,  /**< H(0) = q (Thom 1966; McKee et al. 1993), H(x) = q + (1 - q) G(x) */
    ZERO_CENTRE, /**< H(0) = (n0 + 1)/(2 (n + 1)), q = n0/(n + 1): the index has mean 0 (Stagge et
                    al. 2015, Int. J. Climatol. 35:4027) */
    ZERO_PLAIN   /**< 0 is a value like any other (SPEI) */
};

enum { SCALE_MAX = 48, CALENDAR_MONTHS = 12 };

struct index_options {
    int scale;   /**< months that are summed, 1..SCALE_MAX */
    bool choose; /**< for each calendar month the distribution of three parameters (not gamma)
                    whose L-kurtosis is nearest to the sample's at its L-skewness (the distance
                    of Hosking & Wallis 1997, section 5.2); `distribution` is not used */
    enum distribution distribution;
    enum estimator estimator;
    enum zero_rule zero_rule;
    double clip;         /**< the index is held within -clip .. clip, > 0 */
    int reference_first; /**< first month of the reference period, a place in the series */
    int reference_last;  /**< last one, included */
    int least_count;     /**< values a calendar month must have to be fitted, >= 4 */
};

/** What was fitted for a calendar month. */
struct index_fit {
    int value_count; /**< sums of the reference period, zeros included */
    int zero_count;
    bool fitted;
    double zero_probability; /**< q; 0 with ZERO_PLAIN */
    struct fitted_distribution distribution;
    char fault[200]; /**< why it was not fitted */
};

/** The limit of `clip` that stands for none: scores beyond it are not told from it in doubles. */
extern const double index_clip_none;

/**
 * Standardise a monthly series.
 *
 * @param[in]  value  [count] monthly values; NAN where missing
 * @param[in]  month  [count] 1..12
 * @param[out] sum    [count] sum of the last `scale` months; NAN where one is missing
 * @param[out] index  [count] NAN where the sum is, and in calendar months that were not fitted
 * @param[out] fit    [CALENDAR_MONTHS] January first
 * @return STATUS_OK, also if calendar months were not fitted (see fit); STATUS_MEMORY
 */
enum status standardised_index(int count, const double *value, const int8_t *month,
                               const struct index_options *options, double *sum, double *index,
                               struct index_fit *fit, struct error *err);

#endif
