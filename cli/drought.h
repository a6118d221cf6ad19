/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_DROUGHT_H
#define NGUON_CLI_DROUGHT_H

#include "model/site_series.h"

#include <argp.h>

/* What the verbs of `nguon drought` share. */

int drought_access(int argc, char **argv);
int drought_autonomy(int argc, char **argv);
int drought_design(int argc, char **argv);
int drought_index(int argc, char **argv);
int drought_events(int argc, char **argv);
int drought_warn(int argc, char **argv);
int drought_yield(int argc, char **argv);
int drought_performance(int argc, char **argv);
int drought_generate(int argc, char **argv);
int drought_reserve(int argc, char **argv);
int drought_risk(int argc, char **argv);
int drought_search(int argc, char **argv);
int drought_triggers(int argc, char **argv);

/** "Q:m3/s" into column and unit; *kept holds the copy, to be freed. */
void split_column(const char *text, char **kept, struct site_source *source);

/**
 * Read a series, with messages on standard error.
 * @return STATUS_OK, or what site_series_read returns, err set
 */
enum status read_site(const struct site_source *source, struct site_series *series,
                      struct error *err);

/** "1981-2010", "1981-01/2010-12" into two dates, cut at the stroke; *kept is to be freed. */
enum status split_period(const char *option, const char *text, char **kept, const char **from,
                         const char **to, struct error *err);

/** Refuse to write a result over the input. */
enum status refuse_overwrite(const char *output, const char *input, struct error *err);

/** The name among `known` that was written, or a usage error that names the nearest. */
int parse_name(const char *option, const char *text, const char *const *known, int known_count,
               struct argp_state *state);

#endif
