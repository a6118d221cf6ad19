/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_SHOW_PRIVATE_H
#define NGUON_OUTPUT_SHOW_PRIVATE_H

#include "output/reader.h"
#include "output/show.h"
#include "output/table.h"

/** Mean length of a year of the Gregorian calendar. */
static const double seconds_per_year = 365.2425 * 86400.0;

/** What the tables are made from. */
struct view {
    struct reader *reader;
    const struct show_options *options;
    FILE *out;
    int first_s, end_s; /**< scenarios asked for */
    int *scenario_s;    /**< [shown_count] those of them that have results */
    int shown_count;
    double *failed_time; /**< [scenario_count] of the step that failed, NaN if none did */
    double years;        /**< length of the run */
    bool failed;         /**< a variable is missing, memory ran out or nothing could be written */
};

/** An indicator of the file, [scenario_count][count]; value is NULL after a failure. */
struct figures {
    double *value;
    int count; /**< elements of one scenario */
};

/** The indicator of this name with `count` elements (0: whatever it has); view.failed if it is not
 *  there. The value is freed by the caller. */
struct figures view_figures(struct view *view, const char *name, int count);

static inline double
figure(const struct figures *figures, int scenario_s, int element)
{
    return figures->value == NULL
               ? 0.0
               : figures->value[(size_t)scenario_s * (size_t)figures->count + (size_t)element];
}

/** Mean over the scenarios shown. */
double figure_mean(const struct view *view, const struct figures *figures, int element);

/** Texts of `count` elements, or NULL with view.failed (NULL without it where there are none);
 *  freed by texts_free. */
char **view_texts(struct view *view, const char *name, int count);

/** Number of elements of a dimension by the variable of its ids, 0 if the basin has none. */
int view_count(struct view *view, const char *ids);

/** Place of a text in a list; if it is not there -1, *nearest the most similar one or NULL. */
int view_find_text(char *const *text, int count, const char *wanted, const char **nearest);

/** "the results hold no ... '...'; did you mean ...?" @return STATUS_USAGE */
enum status view_not_found(const char *what, const char *wanted, const char *nearest,
                           struct error *err);

/** A time of the results as a date. (show_tables.c) */
void date_cell(const struct view *view, struct table *table, double time);
/** Supply by the key of each demand (its class, its district). (show_tables.c) */
void show_groups(struct view *view, const char *head, const char *key_variable);
void show_demands(struct view *view);
/** The demands that are served least, for the overview. */
void show_shortest(struct view *view);
void show_reservoirs(struct view *view);
void show_links(struct view *view);
/** Intakes that shut on salt. */
void show_intakes(struct view *view);
/** Nothing where the basin has no licences of links. */
void show_licences(struct view *view);
/** Changes of stage of the drought plans, and how long each stage held. (show_stages.c) */
void show_stages(struct view *view);
void show_stage_times(struct view *view);
/** Balance of each substance; nothing where none is followed. */
void show_quality(struct view *view);
/** Salinity and flushing of each bay; nothing where there is none. */
void show_bays(struct view *view);
/** Flood windows of lakes, and how surely their dams are overtopped. (show_floods.c) */
void show_floods(struct view *view);
void show_scenarios(struct view *view);

/** Rain and temperature of each scenario against those of the first, as --overlay takes them.
 *  (show_members.c) */
void show_climate(struct view *view);

/** Statistics over the members of an axis, what: INDICATOR[:AXIS[:FROM:TO]]. (show_members.c) */
enum status show_members(struct view *view, const char *what, struct error *err);

/** A response surface, what: INDICATOR:AXIS:AXIS[:THRESHOLD]. (show_surface.c) */
enum status show_surface(struct view *view, const char *what, struct error *err);

#endif
