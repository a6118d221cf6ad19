/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_DESIGN_DROUGHT_H
#define NGUON_MODEL_DESIGN_DROUGHT_H

#include "model/climate_change.h"

#include <stdint.h>

/*
 * Design droughts: the months from an onset on in which all affected catchments together have a
 * given volume. They are the members of an axis `generate`; how large each is is found from the
 * runoff of the basin before a run (scenarios/design_drought.h).
 */

/** What names the volume of a design drought. */
enum drought_size {
    DROUGHT_RETURN_PERIOD, /**< years, of the synthetic years */
    DROUGHT_ASSURANCE,     /**< share of years that have more, by Pearson III of the record */
    DROUGHT_SHARE          /**< share of the mean of the record */
};

/** The catchments that a drought affects. */
struct drought_region {
    char *id;
    int catchment_count;
    int *catchment_c;
};

/** One design drought. Figures from mean_m3s on are NAN until they are found. */
struct design_drought {
    enum drought_size size;
    double figure; /**< years, or a share of 1 */
    int onset_month, duration_months;
    int region_r;         /**< of its axis */
    int64_t from_s, to_s; /**< its months in the run */
    double mean_m3s;      /**< flow of the affected catchments together */
    double volume_m3;     /**< of all its months */
    double share;         /**< of the mean of these months in the record */
    double years;         /**< return period by the synthetic years */
    double years_low;     /**< 95 % interval: how few of the synthetic years are so dry */
    double years_high;    /**< INFINITY: none is */
    double record_low;    /**< 95 % interval: how short the record is (bootstrap of its years) */
    double record_high;
    double driest_share; /**< of the driest such months of the record */
    int driest_year;     /**< in which they begin */
};

/** The settings that the droughts of an axis share. */
struct drought_design {
    int method;              /**< enum flow_method */
    struct year_span record; /**< years of runoff that are fitted; {0, 0}: those of the run */
    int synthetic_years;
    int sample_years; /**< generated from each new draw of the record */
    int region_count;
    struct drought_region *region;
    int drought_count;
    struct design_drought *drought;
};

#endif
