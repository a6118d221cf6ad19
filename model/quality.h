/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_QUALITY_H
#define NGUON_MODEL_QUALITY_H

#include "model/varying.h"

struct basin;
struct demand;

/** A content must not be above a limit, or, where what lives in the water needs it, not below. */
enum limit_side { LIMIT_MOST, LIMIT_LEAST, LIMIT_SIDES };

/**
 * A substance that the water of the network carries and does not lose: salt, or the label of a
 * water. Contents are kg/m3, or all of them shares (DIMENSION_NONE).
 */
struct substance {
    char *id;
    char *note;
    struct varying background; /**< of all inflow and first storage that nothing else is said of */
    int content_count;
    int *content_node_i; /**< catchments, sources, aquifers (recharge), boundary inflows; demands:
                              what use adds to the water that comes back */
    struct varying *content; /**< [content_count] */
    int initial_count;
    int *initial_node_i; /**< reservoirs and aquifers at the start */
    struct varying *initial;
    int limit_count[LIMIT_SIDES];
    int *limit_class_i[LIMIT_SIDES]; /**< what a class can use */
    struct varying *limit[LIMIT_SIDES];
    int line;
    const char *file;
};

/** The substance that is the salt of the sea, by its id; -1 where it is not followed. */
int substance_salt(const struct basin *basin);

/** Largest or least content that a demand can use: its own, or that of its class; NULL without. */
const struct varying *substance_limit(const struct basin *basin, int substance_s,
                                      const struct demand *demand, enum limit_side side);

/** Whether any substance is limited for a demand. */
bool quality_limits(const struct basin *basin, const struct demand *demand);

/** Whether links to the demand shut on a limit: it has one and does not blend. */
bool quality_guards(const struct basin *basin, const struct demand *demand);

/** Content of what enters at a node, or that use adds there; NULL where nothing is said of it. */
const struct varying *substance_content(const struct substance *substance, int node_i);

/** Content of a storage at the start; NULL where nothing is said of it. */
const struct varying *substance_initial(const struct substance *substance, int node_i);

#endif
