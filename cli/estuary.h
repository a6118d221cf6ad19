/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_ESTUARY_H
#define NGUON_CLI_ESTUARY_H

#include "model/basin.h"

#include <argp.h>

/* The verbs of `nguon estuary`. */

int estuary_fit(int argc, char **argv);
int estuary_profile(int argc, char **argv);
int estuary_tide(int argc, char **argv);

/** A figure with its unit from the command line, SI; a usage error if it is none of the dimension.
 */
double parse_figure(const char *option, const char *text, enum dimension dimension,
                    struct argp_state *state);

#endif
