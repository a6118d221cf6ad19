/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_WHY_PRIVATE_H
#define NGUON_SCENARIOS_WHY_PRIVATE_H

#include "scenarios/network_names.h"
#include "scenarios/why.h"

/** A step that is taken apart: its allocation, solved, and the bounds while a cut is looked for. */
struct study {
    const struct why_question *question;
    const struct basin *basin;
    const struct audit_step *record;
    struct allocation *allocation;
    struct column_meaning *meaning;   /**< [column_count] */
    double *low, *high;               /**< [column_count] bounds with the goals ahead held */
    int *held_for;                    /**< [column_count] rank that a bound is held for, NOT_HELD */
    double *multiplier;               /**< [column_count] local numbering: worth of a column */
    double *row_multiplier;           /**< [row_count] local numbering: worth of water in a row */
    double *try_multiplier, *try_row; /**< the certificate of a try */
    double *extra_storage_m3, *extra_yield_m3, *extra_licence_m3; /**< [node_count] of raises */
    double raised_m3; /**< sum of the raises solved last */
};

enum { NOT_HELD = -2 };

/** A growing list of items. */
struct item_list {
    struct why_item *item;
    int count, capacity;
    bool failed;
};

/** The items of the cut that the proof kept in the study stands for; own_j is the part asked for.
 *  (why_items.c) */
void study_items(const struct study *study, const struct program *program, int own_j,
                 struct item_list *list);

/** Less of a need missing is rounding; a smaller worth is rounding. */
#define WHY_ROUNDING 1e-9

enum status study_open(struct study *study, const struct why_question *question, struct error *err);
void study_close(struct study *study);

/** The parts of the demand as they are supplied in the present solution. */
double study_supply_m3(const struct study *study, int part);
double study_need_m3(const struct study *study, int part);

/** First short part of the demand in the present solution, -1 if none but the cut one is short. */
int study_short_part(const struct study *study);

/**
 * The cut that binds a part in the present solution, as items; *count 0 and STATUS_NUMERIC if there
 * is no proof. Items are allocated for the caller. *cut_m3 is what the items add up to.
 */
enum status study_cut(struct study *study, int part, struct why_item **item, int *count,
                      double *cut_m3, struct error *err);

/** Solve the step again with raises: of each item its element by extra_m3. (why_raise.c) */
enum status study_solve(struct study *study, const struct why_item *raise, int count,
                        struct error *err);

/** What of the shortage each item alone restores; the smallest; a set where none does. */
enum status study_restore(struct study *study, struct why_answer *answer, struct error *err);

#endif
