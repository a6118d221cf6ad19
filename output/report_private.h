/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_REPORT_PRIVATE_H
#define NGUON_OUTPUT_REPORT_PRIVATE_H

#include "output/band.h"
#include "output/report.h"
#include "output/report_words.h"
#include "output/show_private.h"
#include "solvers/performance.h"

/** Indicators of demands, reservoirs and links that the report is made from. */
enum report_figure {
    FIGURE_NEED,
    FIGURE_SUPPLY,
    FIGURE_RULE,
    FIGURE_WATER,
    FIGURE_STRUCTURAL,
    FIGURE_STEPS,
    FIGURE_SHORT,
    FIGURE_WORST_SHARE,
    FIGURE_WORST_TIME,
    FIGURE_EVENTS,
    FIGURE_LONGEST,
    FIGURE_LONGEST_START,
    FIGURE_LEAST_STORAGE,
    FIGURE_LARGEST_STORAGE,
    FIGURE_LEAST_TIME,
    FIGURE_START_STORAGE,
    FIGURE_END_STORAGE,
    FIGURE_INFLOW,
    FIGURE_RAIN,
    FIGURE_EVAPORATION,
    FIGURE_SEEPAGE,
    FIGURE_SPILL,
    FIGURE_SPILLING,
    FIGURE_IN_ZONE,
    FIGURE_BELOW_DEAD,
    FIGURE_RESERVE_SHORT,
    FIGURE_LINK_VOLUME,
    FIGURE_SALINITY,
    FIGURE_SHUT,
    FIGURE_PARTLY,
    FIGURE_WITHHELD,
    FIGURE_LONGEST_SHUT,
    FIGURE_LONGEST_SHUT_START,
    FIGURE_COUNT
};

/** What elements of one kind are called. */
struct report_names {
    int count;
    char **id, **name; /**< [count]; name the id where it has none */
};

/** Elements put together by a text: demands by class, by district. */
struct report_groups {
    int count;
    const char **id; /**< [count] in the order in which they come */
    int *of;         /**< [elements] group of each */
};

enum { REPORT_LINES_MAX = 12 };

/** What a line beside the bands is; the script has a look for each. */
enum report_line {
    LINE_CAPACITY,
    LINE_DEAD,
    LINE_FLOOD,
    LINE_TARGET,
    LINE_RESERVE,
    LINE_NEED,
    LINE_LIMIT,
    LINE_ZONE /**< the first zone; further ones follow */
};

/** A chart of the page: bands of a series and lines with it. */
struct report_chart {
    struct band band;
    char *title, *units;
    const char *kind; /**< "storage", "supply", "shortage", "salinity" */
    double to_unit;   /**< factor on the band, 1 on the lines */
    int line_count;
    enum report_line role[REPORT_LINES_MAX]; /**< how it is drawn */
    char *line_name[REPORT_LINES_MAX];
    double *line[REPORT_LINES_MAX]; /**< [band.bucket_count] */
};

/** How well a class fares in the scenario that is worst for it. */
struct report_performance {
    int scenario_s;
    struct performance of;
    double *series_m3; /**< [2][step_count] need and supply; NULL: not read */
};

/** A run of steps in which a class is short. */
struct report_event {
    int class_g, scenario_s, first_t, last_t;
    double missing_m3, need_m3, deepest; /**< largest share that lacks in a step */
};

enum { REPORT_EVENTS_MAX = 8 }; /* of a class */

struct report {
    const struct report_options *options;
    struct reader reader;
    struct show_options shown;
    struct view view;    /**< of all scenarios that did not fail */
    struct basin *basin; /**< NULL if it cannot be read */
    struct error basin_error;
    struct timeaxis axis; /**< of the basin */
    enum language language;
    FILE *out;
    double *length_s; /**< [step_count] */
    struct report_names demand, reservoir, link;
    char **class_id, **district, **link_from, **link_to; /**< [demand.count], [link.count] */
    struct report_groups by_class, by_district;
    double *capacity_m3; /**< [reservoir.count] */
    struct figures figure[FIGURE_COUNT];
    int picked_count;
    int *picked; /**< [picked_count] scenarios that can be chosen, places in view.scenario_s */
    int bucket_max, detail_max;
    int chart_count, chart_capacity;
    struct report_chart *chart;
    int16_t *year;                    /**< [step_count] */
    struct report_performance *worst; /**< [by_class.count] */
    int *event_count;                 /**< [by_class.count] */
    struct report_event *event;       /**< [by_class.count][REPORT_EVENTS_MAX] by what is missing */
};

/* ---- report_load.c ---- */

/** Open the file and read all but the series. */
enum status report_load(struct report *report, const char *path, struct error *err);
void report_unload(struct report *report);

/* ---- report_series.c ---- */

/** Read the series that the file keeps and make the charts. */
enum status report_read_series(struct report *report, struct error *err);

/** The chart of one element of a series, in place of those. */
enum status report_read_one(struct report *report, const char *series_name, int element_i,
                            const char *title, const char *units, double to_unit,
                            struct error *err);

/* ---- report_performance.c ---- */

/** Measure a class in a scenario and keep it if it is the worst so far. */
enum status report_measure_class(struct report *report, int class_g, int scenario_s,
                                 const float *need_m3s, const float *supply_m3s, struct error *err);
/** The table of them, with intervals. */
void report_performance(struct report *report);

/* ---- report_text.c ---- */

/** A sentence with its {1} {2} ... replaced by the texts, all escaped; paragraph tag around it. */
void report_say(struct report *report, enum word word, const char *const *given);
void report_paragraph(struct report *report, const char *style, enum word word,
                      const char *const *given);
/** A text of the table. */
const char *report_word(const struct report *report, enum word word);
/** Begin and end a section with its head. */
void report_section(struct report *report, const char *id, enum word head);
void report_section_end(struct report *report);
/** A table with heads of words; the first `left` columns at the left, the others numbers. */
void report_table(struct report *report, struct table *table, int count, const enum word *heads,
                  unsigned left_mask);
/** Print it with its caption and a button for its data. */
void report_table_end(struct report *report, struct table *table, const char *caption);
/** Name of a class for readers. */
const char *report_class_name(const struct report *report, const char *id);
/** Text of a number with so many digits after the point. Buffer of >= 32 bytes. */
const char *report_number(double value, int digits, char *buffer, size_t size);
/** Date of a time of the file. */
const char *report_time(const struct report *report, double time, char *buffer, size_t size);
/** So many steps in words: "12 days". */
const char *report_steps(const struct report *report, double steps, char *buffer, size_t size);
/** Class of colour of a share, 0 worst to 5 all. */
int report_colour(double share);

/* ---- sections ---- */
void report_question(struct report *report);
void report_headline(struct report *report);
void report_scorecard(struct report *report);
void report_reliability(struct report *report);
void report_storage(struct report *report);
void report_supply(struct report *report);
void report_droughts(struct report *report);
void report_salinity(struct report *report);
void report_dams(struct report *report);
void report_balance(struct report *report);
void report_map(struct report *report);
void report_about(struct report *report);

/** Figures with the data for the script. (report_data.c) */
void report_data(struct report *report);
/** Figure of each chart of a kind. @return how many */
int report_charts(struct report *report, const char *kind);

#endif
