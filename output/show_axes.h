/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_SHOW_AXES_H
#define NGUON_OUTPUT_SHOW_AXES_H

#include "output/show_private.h"

/*
 * One figure of each scenario, and the places of the scenarios on the axes of the run: what tables
 * over members and response surfaces are made from.
 */

enum { SHOW_AXES_MAX = 16, SHOW_GROUP_BYTES = 256 };

/** The axes of a run, in their order. */
struct show_axes {
    int count;
    char *id[SHOW_AXES_MAX];
    char **label[SHOW_AXES_MAX]; /**< [scenario_count] */
    int scenario_count;
};

/** @return STATUS_OK, STATUS_MEMORY */
enum status show_axes_open(struct view *view, struct show_axes *axes, struct error *err);
void show_axes_close(struct show_axes *axes);

/** Place of an axis by its name. @return -1 with a message that names the axes there are */
int show_axes_find(const struct show_axes *axes, const char *id, struct error *err);

/** Where a scenario stands on all axes but two (-1: none): "demand=2030,policy=today"; "all" where
 *  there is no other axis. Buffer of SHOW_GROUP_BYTES. */
const char *show_axes_group(const struct show_axes *axes, int scenario_s, int but_a, int but_b,
                            char *buffer);

/** A figure of each scenario. */
struct show_indicator {
    double *value; /**< [scenario_count], NAN where the scenario failed */
    char title[160];
    char units[32];
    bool is_share; /**< printed in % */
};

/**
 * Find an indicator by its text:
 *   met, full, worst [/ID]  share of the need supplied, share of steps supplied in full, least
 * share of a step: of a demand, a class, a district or (no ID) of all demands; NAME[/ID] a variable
 * of group /indicators and the element of it.
 * @return STATUS_OK; STATUS_USAGE with what there is; STATUS_MEMORY
 */
enum status show_indicator_find(struct view *view, const char *text,
                                struct show_indicator *indicator, struct error *err);

#endif
