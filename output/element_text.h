/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_ELEMENT_TEXT_H
#define NGUON_OUTPUT_ELEMENT_TEXT_H

#include "model/basin.h"

/** Names of elements that are parts of others. Each text is valid until the next call. */

/** "town>sewage", the demand and the node that its water comes back to. */
const char *return_id(const struct basin *basin, int i);
/** "lake/zone" */
const char *zone_id(const struct basin *basin, int i);
/** "plan/stage" */
const char *stage_id(const struct basin *basin, int i);
/** "split/link" and "blend/link" */
const char *split_link_id(const struct basin *basin, int i);
const char *blend_link_id(const struct basin *basin, int i);

/** "substance/node", of all substances but salt. */
const char *content_id(const struct basin *basin, int i);

/** "estuary/12.5km", places along the estuaries. */
const char *place_id(const struct basin *basin, int i);

#endif
