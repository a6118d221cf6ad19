/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_NETWORK_LAYOUT_H
#define NGUON_OUTPUT_NETWORK_LAYOUT_H

#include "model/basin.h"

/** Where the nodes of a network stand on a picture. */
struct network_layout {
    double width, height;
    double *x, *y;     /**< [node_count] within the picture, y downwards */
    bool is_layered;   /**< fewer than two nodes have coordinates: by the way of the water */
    int guessed_count; /**< nodes without coordinates, put beside their neighbours */
};

/**
 * Place the nodes in a picture of the given width, by their coordinates (as many kilometres to the
 * east as to the north have one length), or in layers from the springs to the sea.
 * @return STATUS_OK, STATUS_MEMORY
 */
enum status network_layout_init(const struct basin *basin, double width,
                                struct network_layout *layout, struct error *err);
void network_layout_finish(struct network_layout *layout);

/** Node that a catchment's water runs to, first of its split; -1 for other nodes. */
int network_layout_next(const struct basin *basin, int node_i);

#endif
