/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_DOMESTIC_H
#define NGUON_OUTPUT_DOMESTIC_H

#include "output/reader.h"
#include "output/table.h"

#include <stdio.h>

/*
 * How people fared in a run: the demands of one class, by the series `need` and `supply` of a
 * results file and by the people that the basin kept in it names.
 */

/** One demand in one scenario, over the run. */
struct domestic_supply {
    double need_m3, supply_m3;
    double people;            /**< served, mean over the run; 0 where none are named */
    double population;        /**< those not served too, mean over the run */
    double person_days;       /**< people x days */
    double person_days_short; /**< of them with less than the litres asked about */
    int step_count;           /**< with a need */
    int short_count;          /**< of them short by more than a part in 1e6 */
};

/** A results file as far as it tells of people. */
struct domestic {
    struct reader reader;
    struct basin *base;             /**< of the file, without changes of scenarios */
    int demand_count;               /**< of the class */
    int *demand_d;                  /**< [demand_count] in basin.demand */
    int *demand_year;               /**< [scenario_count] 0: the calendar's */
    bool *there;                    /**< [scenario_count] false for one that failed */
    struct domestic_supply *supply; /**< [scenario_count][demand_count] */
};

/**
 * Read a results file.
 *
 * @param[in] class_id  "domestic"
 * @param[in] litres    a person a day: below it a person-day is short
 * @return STATUS_OK; STATUS_USAGE (no such class, the series were not kept); as reader_open
 */
enum status domestic_open(struct domestic *domestic, const char *path, const char *class_id,
                          double litres, struct error *err);
void domestic_close(struct domestic *domestic);

/** District of a demand of the class, "-" for none. */
const char *domestic_district(const struct domestic *domestic, int i);

/**
 * Inequality of shares (Gini 1912): sum_ij w_i w_j |x_i - x_j| / (2 W sum_i w_i x_i), 0 where all
 * are alike. NAN without weight.
 */
double weighted_gini(int count, const double *share, const double *weight);

/** What `nguon drought access` prints. */
struct access_options {
    const char *class_id;
    double litres;
    bool csv; /**< a row for each scenario and group */
};

/**
 * Equal access: how much of their need districts, and people of towns, country, mountains, border
 * and islands got, the smallest share over the largest, and the Gini coefficient.
 *
 * @return as domestic_open; STATUS_FILE_WRITE
 */
enum status access_print(FILE *out, const char *path, const struct access_options *options,
                         struct error *err);

/** What `nguon drought risk` prints. */
struct risk_options {
    const char *class_id;
    double litres;
    const char
        *axis; /**< whose members are the hazards; NULL: drought, else the first but weather */
    enum table_format format;
};

/**
 * Hazard by people: for each member of an axis and each district, how likely its people run short
 * in a run, how many of them do (expected, and the larger figure that 10 % of the scenarios reach),
 * and the person-days below the litres.
 *
 * @return as domestic_open; STATUS_USAGE (no such axis); STATUS_FILE_WRITE
 */
enum status risk_print(FILE *out, const char *path, const struct risk_options *options,
                       struct error *err);

#endif
