/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_QUANTILE_MAPPING_H
#define NGUON_SOLVERS_QUANTILE_MAPPING_H

#include "solvers/philox.h"
#include "solvers/status.h"

#include <stdbool.h>

/** How a distribution is corrected. */
struct quantile_mapping {
    bool ratio;             /**< changes are ratios (rain) and not differences (temperature) */
    double trace;           /**< ratio: figures below it become 0 (0.05 mm for daily rain) */
    double ratio_max;       /**< ratio: largest ratio where the model's past is nearly dry (2) */
    double ratio_max_below; /**< ratio: what "nearly dry" is (10 x trace) */
    int quantile_count;     /**< points of the distribution functions; 0: as many as figures */
    struct philox_key key;  /**< of the draws that stand for figures below trace / 2 */
};

/** The values that Cannon et al. (2015) use for daily rain in mm, and differences with no trace. */
struct quantile_mapping quantile_mapping_rain(double trace);
struct quantile_mapping quantile_mapping_difference(void);

/** A sample: figures in any order, none of them NAN or infinite. */
struct sample {
    const double *value; /**< [count] */
    int count;
};

/**
 * Quantile delta mapping (Cannon, Sobie & Murdock 2015, J. Climate 28:6938, equations 3 to 6): a
 * figure x of the model's future at quantile tau of that future becomes
 * F_observed^-1(tau) * x / F_historical^-1(tau), or + x - F_historical^-1(tau). The model's change
 * of every quantile is kept while its bias is removed.
 *
 * Quantiles are of type 7 at equally spaced probabilities, straight between them, the end values
 * beyond. For ratios, figures below trace / 2 are replaced by draws from (0, trace / 2) and
 * results below trace become 0; the ratio is cut at ratio_max where the model's past quantile is
 * below ratio_max_below.
 *
 * @param[out] mapped  [future.count] corrected future
 * @return STATUS_OK, STATUS_INPUT (an empty sample, a negative ratio figure), STATUS_NOT_FINITE,
 *         STATUS_MEMORY
 */
enum status quantile_delta_map(const struct quantile_mapping *mapping, struct sample observed,
                               struct sample historical, struct sample future, double *mapped,
                               struct error *err);

/**
 * Empirical quantile mapping (Panofsky & Brier 1968; Gudmundsson et al. 2012, HESS 16:3383):
 * x becomes F_observed^-1(F_historical(x)). Beyond the ends of the model's past the correction of
 * the end is kept, as a ratio or as a difference (Boé et al. 2007, Int. J. Climatol. 27:1643), so
 * that a future outside the past is not cut. Draws and trace as in quantile_delta_map.
 *
 * @param[in]  figures  any figures of the same model, past or future
 * @param[out] mapped   [figures.count]
 */
enum status quantile_map(const struct quantile_mapping *mapping, struct sample observed,
                         struct sample historical, struct sample figures, double *mapped,
                         struct error *err);

#endif
