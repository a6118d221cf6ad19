/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_CALIBRATION_PLOT_H
#define NGUON_OUTPUT_CALIBRATION_PLOT_H

#include "scenarios/calibration.h"

/** What the picture of a calibration shows. */
struct calibration_plot {
    const char *title, *subtitle;
    enum step_kind step;
    int count;                 /**< steps */
    const int64_t *start_s;    /**< [count + 1] */
    const double *rain_mm;     /**< [count] */
    const double *observed_mm; /**< [count], NaN where missing */
    const double *simulated_mm;
    const double *low_mm, *high_mm; /**< [count] span of the near-optimal sets, NULL: none */
    const struct catchment_model *model;
    const struct calibration_range *range; /**< [parameter_count] searched */
    const double *parameter;               /**< [parameter_count] best */
    const struct identifiability *found;   /**< [parameter_count] */
};

/**
 * Write the picture as SVG: the last years' hydrograph with rain and the span of the near-optimal
 * sets, the flow duration curves, the mean year and how well each parameter is found.
 * @return STATUS_OK, STATUS_FILE_WRITE, STATUS_MEMORY
 */
enum status calibration_plot_write(const char *path, const struct calibration_plot *plot,
                                   struct error *err);

#endif
