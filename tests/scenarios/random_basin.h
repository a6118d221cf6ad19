/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_SCENARIOS_RANDOM_BASIN_H
#define NGUON_TESTS_SCENARIOS_RANDOM_BASIN_H

#include "model/basin.h"

/** What is drawn beside the network itself. */
struct random_basin_options {
    uint64_t seed;       /**< of the network and its weather */
    uint64_t order_seed; /**< of the order of sections and entries in the file, 0 as drawn */
    const char *share;   /**< fair | total | order */
    const char *step;    /**< daily | tenday | monthly | hourly */
    int step_count;
    bool rich;       /**< more kinds of everything, drawn apart: the rest stays as it is */
    int dry_years;   /**< not 0: a monthly run of so many years without any runoff */
    bool with_rules; /**< splits, blends, licences of links, turn-downs, lowest levels, carry-over;
                          drawn apart too */
    bool with_quality; /**< substances, limits of classes, demands that blend; drawn with the rules
                          stream */
};

/**
 * Write a random basin file with its weather into a folder and read it back.
 *
 * Rivers with lakes, weirs and an estuary; plants, mains joined by two-way pipes, wells, sources
 * free, forced and for emergencies, works that clean returned water for use; demands of five
 * classes with floors, minimum shares, weights and zones that cut them; losses, minimum flows,
 * licences.
 *
 * A rich basin also has other orders of ranks, transfers into lakes, links limited by level or by
 * date, dates of service, losses and returns by month, priced sources, evaporation by the mean
 * area.
 *
 * @return the basin, or NULL after printing every fault found in the file
 */
struct basin *random_basin(const struct random_basin_options *options, const char *folder);

#endif
