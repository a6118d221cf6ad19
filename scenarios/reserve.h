/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_RESERVE_H
#define NGUON_SCENARIOS_RESERVE_H

#include "model/basin.h"

/*
 * The domestic reserve: the volume that a lake must hold on the first of each month so that it
 * carries people through the dry spell that follows.
 *
 * Of each lake that leads to demands of people, by links of any kind but through no other lake, the
 * draw is their need (or the floor of it) over what arrives of a m3, shared among the lakes of a
 * demand by their active volumes; rivers, wells and other sources are left out. Its inflow is that
 * of its own catchments, in synthetic years fitted to the runoff of the run (Kirsch et al. 2013, as
 * for design droughts). For each year and month the volume R is found backwards by months from the
 * end of the spell, where it is the dead storage:
 *     R_k = max(dead, R_(k+1) + draw + evaporation(R_k) + seepage(R_k) - inflow - rain(R_k)),
 * rain on the lake as much below the ordinary as the inflow. The reserve is the quantile 1 - 1/T of
 * R over the years.
 */

enum { RESERVE_MONTHS = 12 };

/** What a reserve is for. */
enum reserve_need { RESERVE_FLOOR, RESERVE_WHOLE, RESERVE_NEED_COUNT };

struct reserve_request {
    double return_period; /**< T, years, above 1 */
    int spell_months;     /**< 1..60 */
    int synthetic_years;
    const char *class_id; /**< the demands of people */
};

/** One lake. */
struct lake_reserve {
    int reservoir_r;
    int demand_count; /**< of people, that it leads to */
    double draw_m3s[RESERVE_NEED_COUNT][RESERVE_MONTHS];
    double reserve_m3[RESERVE_NEED_COUNT][RESERVE_MONTHS]; /**< total volume on the first of the
                                                                month; may be above the capacity */
    double inflow_m3s;                                     /**< mean of its own catchments */
};

/** One district: its part of the lakes' reserves above dead storage, by its part of their draw. */
struct district_reserve {
    const char *district;
    double need_m3s, floor_m3s; /**< of people, mean over the year */
    double active_m3[RESERVE_NEED_COUNT][RESERVE_MONTHS];
};

struct reserve {
    int lake_count;
    struct lake_reserve *lake; /**< in file order */
    int district_count;
    struct district_reserve *district;
};

/**
 * @return STATUS_OK; STATUS_USAGE (no demand of the class that a lake leads to); STATUS_INPUT (as
 *         design_droughts_find); STATUS_MEMORY. Free with reserve_finish.
 */
enum status reserve_find(struct reserve *out, const struct basin *basin,
                         const struct reserve_request *request, struct error *err);
void reserve_finish(struct reserve *reserve);

#endif
