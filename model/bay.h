/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_BAY_H
#define NGUON_MODEL_BAY_H

#include "model/varying.h"

/**
 * A bay: an estuary whose water is one mixed box. What flows in of the rivers flows out to where it
 * spills; the tide and other mixing swap water with the neighbours without any net flow. The keys
 * of `bay` of an estuary; what they mean is in docs/basin-file.md.
 */
struct bay {
    double volume_m3; /**< at mean sea level; 0: the estuary is no bay */
    double area_m2;
    double initial_kgm3;
    double river_kgm3;           /**< of the water of rivers, where no salt is followed */
    struct varying sea_salinity; /**< of the sea that it spills to or swaps water with */
    struct varying rain, evaporation;
    double range_m, period_s; /**< mean range of the tide, 0: no tide; period */
    double returns;           /**< share of the ebb that the next flood brings back */
    int exchange_count;
    int *exchange_node_i;                  /**< bays and seas that it also swaps water with */
    struct varying *exchange;              /**< [exchange_count] each way, m3/s */
    double suits_from_kgm3, suits_to_kgm3; /**< what lives in it wants; to 0: any more is good */
};

#endif
