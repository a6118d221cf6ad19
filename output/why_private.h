/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_WHY_PRIVATE_H
#define NGUON_OUTPUT_WHY_PRIVATE_H

#include "output/why.h"

/** A question with its answer, to be printed. */
struct explanation {
    const struct basin *basin;
    const struct timeaxis *axis;
    const char *scenario;
    int step_t, demand_d;
    double dt_s;
    const struct audit_step *record;
    struct why_answer answer;
    int value_count;
    struct why_value *value; /**< NULL if they are not wanted */
};

/** Sentences. (why_text.c) */
void explanation_print(FILE *out, const struct explanation *explanation);

/** One JSON object. (why_json.c) */
void explanation_json(FILE *out, const struct explanation *explanation);

/** Word for a kind of item in JSON, "link", "licence" ... */
const char *why_kind_word(enum why_kind kind);

/** Id of the split, blend or licence of an item, NULL without one. */
const char *why_rule(const struct basin *basin, const struct why_item *item);

/** Id of a rank, "after all ranks" for -1. */
const char *why_rank(const struct basin *basin, int rank_i);

#endif
