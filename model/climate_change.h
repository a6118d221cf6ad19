/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_CLIMATE_CHANGE_H
#define NGUON_MODEL_CLIMATE_CHANGE_H

#include "model/month_days.h"
#include "model/series.h"
#include "solvers/philox.h"

/** Calendar years, both included; first 0 for none. */
struct year_span {
    int first, last;
};

/** "2041-2070" or "2041". @return false if it is no span of years 1600..9999 */
bool year_span_parse(const char *text, struct year_span *out);

/** Years that a record covers from their first instant to their last; {0, 0} for none. */
struct year_span record_whole_years(const struct record *record);

/**
 * Means of the twelve calendar months over whole years, weighed by time.
 *
 * @return STATUS_OK; STATUS_INPUT if the record does not cover the years, or a figure of them is
 *         missing (with its date)
 */
enum status climate_monthly_means(const struct record *record, struct year_span years,
                                  double mean[12], struct error *err);

/** What the model's means say of the twelve months. */
struct monthly_change {
    bool ratio; /**< change is a factor, else it is added */
    double change[12];
};

/**
 * The delta of each month: mean after less mean before, or for a ratio after / before, kept within
 * 0.2 and 5. Where the model's past month is nearly dry the ratio would explode; the difference
 * after - before is then added to the observed mean and the factor that gives this is taken, 1 if
 * the observations are dry in that month too.
 *
 * @param[in] nearly_dry  mean below which a month is nearly dry (0.5 mm/d, in the unit of the
 * means)
 * @param[in] observed    means of the record to be changed; used for nearly dry months only
 */
void climate_delta(bool ratio, const double before[12], const double after[12],
                   const double observed[12], double nearly_dry, struct monthly_change *out);

enum climate_method { CLIMATE_QUANTILE_DELTA, CLIMATE_QUANTILE_MAPPING };

/** How a model's future is corrected by observations. */
struct climate_correction {
    enum climate_method method;
    bool ratio;                 /**< rain and other figures of 0 or more; else temperature */
    double trace;               /**< smallest wet figure, in the unit of the records */
    struct year_span reference; /**< years that observations and the model's past share */
    struct year_span period;    /**< years of the model that are wanted */
    struct philox_key key;      /**< of the draws for figures below the trace */
};

/**
 * The model's figures of the period, corrected month by month on the whole years of the reference
 * (solvers/quantile_mapping.h). A period above 30 years is taken in blocks of 30 years, each with
 * its own distribution; a shorter last block takes the distribution of the last 30 years.
 *
 * @param[in]  observed, historical, future  records of one step; historical and future may be one
 * @param[out] out  the period, on its own dates; finished by the caller
 * @return STATUS_OK, STATUS_INPUT (steps differ, years not covered), STATUS_MEMORY
 */
enum status climate_correct(const struct climate_correction *correction,
                            const struct record *observed, const struct record *historical,
                            const struct record *future, struct record *out, struct error *err);

/** A copy of a record. */
enum status record_copy(const struct record *record, struct record *out, struct error *err);

/** The part of a record that lies in the years. @return STATUS_INPUT if it does not cover them */
enum status record_of_years(const struct record *record, struct year_span years, struct record *out,
                            struct error *err);

/**
 * A record of whole months moved by a number of years, so that a future can run on the calendar of
 * the past. Februaries of other length keep their sum or mean by the rule (model/month_days.h).
 *
 * @return STATUS_OK, STATUS_INPUT (the record does not begin and end with a month), STATUS_MEMORY
 */
enum status record_shift_years(const struct record *record, enum month_rule rule, int years,
                               struct record *out, struct error *err);

#endif
