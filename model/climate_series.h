/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_CLIMATE_SERIES_H
#define NGUON_MODEL_CLIMATE_SERIES_H

#include "model/climate_change.h"
#include "model/netcdf_series.h"

/** What is made of a model's figures. */
enum climate_use {
    CLIMATE_USE_AS_IS,
    CLIMATE_USE_DELTA,          /**< observations changed by the model's monthly change */
    CLIMATE_USE_QUANTILE_DELTA, /**< the model's future, corrected (Cannon et al. 2015) */
    CLIMATE_USE_QUANTILE_MAPPING
};

/** A series of section `series` that comes from netCDF files. */
struct climate_series {
    struct netcdf_source model;      /**< files of the key `netcdf` */
    struct netcdf_source historical; /**< files of the model's past; the same by default */
    struct netcdf_place place;
    enum climate_use use;
    const char *observed;       /**< id of the series that corrects or is changed; NULL: none */
    int observed_i;             /**< its index, -1 */
    bool ratio;                 /**< changes are factors */
    double trace;               /**< smallest wet figure, in the unit of the record */
    struct year_span reference; /**< {0, 0}: the whole years that observations and past share */
    struct year_span period;    /**< {0, 0}: all years, on their own dates */
};

#endif
