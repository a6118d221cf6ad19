/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_VARYING_H
#define NGUON_MODEL_VARYING_H

#include <stdbool.h>
#include <stdint.h>

/* Quantities of a basin: their dimension, how they vary, and what scenarios do to them. */

/** Physical kind of a quantity; the SI unit of each is what is stored. */
enum dimension {
    DIMENSION_NONE,        /**< 1 (a share, a percentage, a count) */
    DIMENSION_VOLUME,      /**< m3 */
    DIMENSION_FLOW,        /**< m3/s */
    DIMENSION_LENGTH,      /**< m (levels, depths of water) */
    DIMENSION_AREA,        /**< m2 */
    DIMENSION_SPEED,       /**< m/s (rain, evaporation, m3/ha/d) */
    DIMENSION_RATE,        /**< 1/s (seepage as a share of storage, growth) */
    DIMENSION_TIME,        /**< s */
    DIMENSION_PERSONS,     /**< person */
    DIMENSION_PERSON_NORM, /**< m3/person/s */
    DIMENSION_HEADS,       /**< head of cattle ... */
    DIMENSION_HEAD_NORM,   /**< m3/head/s */
    DIMENSION_SALINITY,    /**< kg/m3 */
    DIMENSION_TEMPERATURE, /**< degrees Celsius */
    DIMENSION_PER_DEGREE,  /**< 1/K (a rise for each degree) */
    DIMENSION_DISPERSION,  /**< m2/s */
    DIMENSION_COUNT
};

/** Rates stated per month or per year use the true length of the month or year of the step. */
enum rate_basis { BASIS_SECOND, BASIS_MONTH, BASIS_YEAR };

/** How a quantity varies. */
enum varying_kind {
    VARYING_ABSENT, /**< key not given */
    VARYING_CONSTANT,
    VARYING_MONTHLY, /**< 12 values, constant through each month */
    VARYING_CURVE,   /**< points by day of the (leap) year, cyclic, linear or stepped */
    VARYING_YEARS,   /**< points by year, linear between, constant outside; uses the demand year */
    VARYING_SERIES,  /**< a record on the run's steps */
    VARYING_BY_LEVEL /**< function of the level of the upstream storage, linear, constant outside */
};

/** What a scenario does to a quantity inside a window of time. */
enum change_operation { CHANGE_SET, CHANGE_SCALE, CHANGE_SHIFT };

struct adjustment {
    enum change_operation operation;
    double value;
    int64_t from_s;        /**< first instant, INT64_MIN for open */
    int64_t to_s;          /**< instant after the last, INT64_MAX for open */
    unsigned month_mask;   /**< bit 0 January ...; 0xfff for all */
    enum rate_basis basis; /**< of value, for set and shift: may be per month or year */
    const double *monthly; /**< [12] figures by month in place of value, or NULL */
};

enum { ADJUSTMENT_MAX = 8 };

/** A quantity that may vary in time or with level; values in the SI unit of its dimension. */
struct varying {
    enum varying_kind kind;
    enum dimension dimension; /**< which of the allowed ones the file used */
    enum rate_basis basis;    /**< if not BASIS_SECOND, values are per month or per year */
    bool stepped;             /**< VARYING_CURVE: hold the last point instead of interpolating */
    int count;
    double *x;     /**< [count] day of leap year, year or level m */
    double *value; /**< [count] */
    int series_i;  /**< VARYING_SERIES: index into basin.series */
    int adjustment_count;
    struct adjustment adjustment[ADJUSTMENT_MAX]; /**< applied in order */
};

/** An inclusive range of dates; open ends are INT64_MIN and INT64_MAX. */
struct date_range {
    int64_t from_s;
    int64_t to_s; /**< instant after the last day */
};

#endif
