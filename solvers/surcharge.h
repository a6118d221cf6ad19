/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_SURCHARGE_H
#define NGUON_SOLVERS_SURCHARGE_H

/**
 * Least steady release that keeps a lake within a volume, if its inflow has just passed its peak
 * and falls by exp(-t/recession): the volume of inflow above the release Q1, recession (Q0 - Q1 (1
 * + ln(Q0/Q1))), is what there is room for. This is the induced-surcharge envelope of gate
 * regulation (US Army Corps of Engineers, EM 1110-2-3600).
 *
 * @param[in] inflow_m3s   Q0, 0 or more
 * @param[in] room_m3      volume left below the highest level allowed; 0 or less: release all
 * @param[in] recession_s  > 0
 * @return 0 .. inflow_m3s, to 1e-12 of it
 */
double surcharge_release_m3s(double inflow_m3s, double room_m3, double recession_s);

#endif
