/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_DROUGHT_SEARCH_H
#define NGUON_CLI_DROUGHT_SEARCH_H

#include "output/table.h"
#include "scenarios/rule_search.h"

/** All that is printed of a search of rules. */
struct search_report {
    const struct rule_search_request *request;
    const struct rule_search_result *result;
    const char *objective; /**< "maximise mean domestic.volume" */
    const char *command;
    bool has_bound;
    double bound;         /**< of the objective */
    int bound_months;     /**< months of its blocks */
    const char *no_bound; /**< why there is none */
};

/** Tables for people, one CSV table of run, name and value, or one JSON object. */
enum status search_print(FILE *out, const struct search_report *report, enum table_format format,
                         struct error *err);

/** The best rules as a scenario file with the members as_it_is and found. */
enum status search_write(const char *path, const struct search_report *report, struct error *err);

#endif
