/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_NETWORK_NAMES_H
#define NGUON_SCENARIOS_NETWORK_NAMES_H

#include "scenarios/network.h"

/* What each column of the network stands for, for those who explain or write it. */

enum column_kind {
    COLUMN_LINK,     /**< flow of a link, its minimum apart */
    COLUMN_MINIMUM,  /**< minimum flow of a link */
    COLUMN_PART,     /**< part of a demand */
    COLUMN_BAND,     /**< band of a reservoir */
    COLUMN_GROUND,   /**< band of an aquifer: 0 up to minimum storage, 1 above */
    COLUMN_FREE,     /**< abstraction from an aquifer */
    COLUMN_RESERVED, /**< the same out of the reserved licence */
    COLUMN_REJECTED, /**< what a full aquifer does not take */
    COLUMN_WORKS,    /**< throughput of a node */
    COLUMN_DRAW,     /**< draw from a source */
    COLUMN_SPLIT,    /**< all that the links of a split carry */
    COLUMN_BLEND,    /**< content that a blend could still take */
    COLUMN_PERMIT,   /**< what links draw on their licence: 0 out of its free part, 1 reserved */
    COLUMN_OUTLET    /**< water that outlets of a lake could still take, by its place in draw[] */
};

struct column_meaning {
    enum column_kind kind;
    int element_i; /**< link, demand, reservoir, aquifer, passage, source, split ... by kind */
    int node_i;    /**< its node, -1 for links, splits, blends and licences */
    int which;     /**< part, band or part of a licence, else 0 */
};

/** Fill meaning [column_count]. */
void network_meanings(const struct network *network, struct column_meaning *meaning);

/** Throughput of works or draw of a source by its node; -1 where there is no such column. */
int network_works_column(const struct network *network, int node_i);

/** Name of a column such as "n.town.main", "n.lake.reserve", "l.pipe.flow", "c.permit.drawn", of
 *  letters, digits, '_' and '.'; different for each column. */
const char *network_column_name(const struct network *network, const struct column_meaning *meaning,
                                char *buffer, size_t size);

/** "floor", "head", "main", "cut". */
const char *demand_part_name(int part);

#endif
