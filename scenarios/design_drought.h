/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_DESIGN_DROUGHT_H
#define NGUON_SCENARIOS_DESIGN_DROUGHT_H

#include "model/basin.h"

/**
 * Find how dry the design droughts of the basin's axes are, and how often such a drought comes.
 *
 * The runoff of the file's own weather (realisation 1, without changes of the forest) over the
 * record, summed over the catchments that are affected, is the record that a generator of monthly
 * flows is fitted to. Its synthetic years, at least 10,000 in one sequence, give the flow of a
 * return period T (the quantile of probability 1/T of the mean over the drought's months) and the
 * return period of a flow. Two 95 % intervals of T are found: of the count of synthetic years that
 * are as dry (Clopper & Pearson 1934), and of the record, whose years are drawn again in blocks
 * (Künsch 1989), fitted and generated afresh.
 *
 * Changes that share a drought (`also`) are given its share of the ordinary flow. The figures are
 * the same for any number of threads. Nothing is done without such axes.
 *
 * @return STATUS_OK; STATUS_INPUT (fewer than 5 whole years of runoff, records that do not cover
 *         them, no flow); STATUS_MEMORY
 */
enum status design_droughts_find(struct basin *basin, struct error *err);

/** The axis of design droughts, or NULL. */
const struct axis *design_drought_axis(const struct basin *basin);

#endif
