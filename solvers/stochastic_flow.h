/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_STOCHASTIC_FLOW_H
#define NGUON_SOLVERS_STOCHASTIC_FLOW_H

#include "solvers/status.h"

#include <stdint.h>

/*
 * Stochastic monthly flows at several sites that keep the statistics of a record: periodic
 * autoregression, the bootstrap of Kirsch et al., and nearest neighbours. Every number drawn is a
 * function of (seed, member, place in time), so that a member is the same whatever the ensemble.
 */

enum flow_method {
    FLOW_KIRSCH, /**< Kirsch, Characklis & Zeff 2013, J. Water Resour. Plann. Manage. 139:396 */
    FLOW_PAR,    /**< Thomas & Fiering 1962 at several sites: Matalas 1967, WRR 3:937 */
    FLOW_KNN,    /**< Lall & Sharma 1996, WRR 32:679 */
    FLOW_METHOD_COUNT
};

enum { MONTHS = 12, FLOW_SITES_MAX = 64 };

/** Monthly flows of whole years. */
struct flow_record {
    int year_count, site_count;
    const double *flow; /**< [year_count * MONTHS][site_count], >= 0, any unit */
};

/**
 * Change of the seasonal cycle for futures that are not like the record (Quinn et al. 2018,
 * Earth's Future 6:1249): two harmonics are fitted to the monthly means of the logarithms; what
 * they leave stays as it is. All 1 and 0: no change.
 */
struct monsoon_change {
    double log_mean;      /**< factor of the mean of the logarithms of the flow as given */
    double amplitude[2];  /**< factors of the amplitudes of the year and the half-year */
    double phase_days[2]; /**< shifts, later positive */
    double log_sd;        /**< factor of the standard deviations of the logarithms */
};

extern const struct monsoon_change monsoon_unchanged;

/** What was fitted; to be freed with flow_model_finish. */
struct flow_model {
    enum flow_method method;
    int year_count, site_count;
    double *log_mean, *log_sd; /**< [MONTHS][site_count] of the record */
    double *new_mean, *new_sd; /**< the same after the change */
    double *score;             /**< [year_count * MONTHS][site_count] standardised logarithms */
    /** kirsch: [2][site_count][MONTHS][MONTHS] upper Cholesky factors, of years and of years
        shifted by half; par: [2][MONTHS][site_count][site_count], A and B */
    double *factor;
    int floored_count;  /**< flows of 0 that were raised to half the site's least flow above 0 */
    int repaired_count; /**< correlation matrices that were not positive definite */
};

const char *flow_method_name(enum flow_method method);

/**
 * Fit a model.
 *
 * @param[in] site_names  [site_count] for messages
 * @return STATUS_OK; STATUS_INPUT (fewer than 5 years, a site without flow, a month whose flow
 * never changes); STATUS_MEMORY
 */
enum status flow_model_fit(struct flow_model *model, enum flow_method method,
                           const struct flow_record *record, const char *const *site_names,
                           const struct monsoon_change *change, struct error *err);
void flow_model_finish(struct flow_model *model);

/** Doubles that flow_model_generate needs to work in. */
long flow_model_workspace(const struct flow_model *model, int year_count);

/**
 * Flows of one member.
 *
 * @param[in]  workspace  [flow_model_workspace]
 * @param[out] flow       [year_count * MONTHS][site_count], in the unit of the record
 */
void flow_model_generate(const struct flow_model *model, uint64_t seed, uint32_t member,
                         int year_count, double *workspace, double *flow);

#endif
