/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_FLOW_DAYS_H
#define NGUON_SOLVERS_FLOW_DAYS_H

#include "solvers/status.h"

#include <stdint.h>

/*
 * Days of generated months, as in the record's months that are most alike (Nowak et al. 2010, WRR
 * 46:W08529, as used by Kirsch, Characklis & Zeff 2013): among the days of the record that begin up
 * to a week before or after the first of the month, the K nearest in the means of all sites; one of
 * them is drawn and scaled to each site's month. All sites take the same days.
 */

enum { DAYS_TABLES = 13 }; /* twelve months, and February of 29 days */

/** Stretches of the record that a month of some length may be copied from. */
struct day_table {
    int length; /**< days */
    int candidate_count;
    int *first;    /**< [candidate_count] day of the record */
    double *mean;  /**< [site_count][candidate_count] mean flow over the sd of the months */
    double *scale; /**< [site_count] 1/sd */
};

struct day_model {
    int site_count, day_count;
    const double *flow; /**< [day_count][site_count] of the record; not owned */
    struct day_table table[DAYS_TABLES];
};

/**
 * Lay out the candidates.
 *
 * @param[in] flow         [day_count][site_count], from 1 January of first_year on, whole years
 * @param[in] window_days  days that a stretch may begin before or after the first of the month
 * @return STATUS_OK, STATUS_MEMORY
 */
enum status day_model_init(struct day_model *model, int site_count, int first_year, int year_count,
                           int day_count, const double *flow, int window_days, struct error *err);
void day_model_finish(struct day_model *model);

/** Doubles that day_model_fill needs to work in. */
int day_model_workspace(const struct day_model *model);

/**
 * The days of one month.
 *
 * @param[in]  place   number of the month from the start of the member, keys the draw
 * @param[in]  month   0 January
 * @param[in]  length  its days, 28 to 31
 * @param[in]  mean    [site_count] mean flow of the month
 * @param[out] days    [length][site_count]
 */
void day_model_fill(const struct day_model *model, uint64_t seed, uint32_t member, int place,
                    int month, int length, const double *mean, double *workspace, float *days);

#endif
