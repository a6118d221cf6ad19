/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_SCENARIOS_RANDOM_DRAFT_H
#define NGUON_TESTS_SCENARIOS_RANDOM_DRAFT_H

#include "tests/scenarios/random_basin.h"
#include "tests/solvers/test_lp_support.h"

/* A basin file while it is drawn, for those who draw it. */

enum { ENTRIES_MAX = 64, ENTRY_SIZE = 1024, RIVERS_MAX = 10, SUPPLIES_MAX = 24 };

enum section {
    CATCHMENTS,
    RESERVOIRS,
    JUNCTIONS,
    WEIRS,
    PLANTS,
    WASTEWATER,
    ESTUARIES,
    AQUIFERS,
    SOURCES,
    DEMANDS,
    LINKS,
    SPLITS,
    BLENDS,
    LICENCES,
    DROUGHT_PLANS,
    QUALITY,
    SECTION_COUNT
};

/* The file while it is drawn: entries of each section. */
struct draft {
    struct random random, extra;
    bool rich;
    const char *rank_order; /* the list `ranks` of the file, empty for the default */
    char (*entry)[ENTRIES_MAX][ENTRY_SIZE];
    int entry_count[SECTION_COUNT];
    int river_count;
    char river[RIVERS_MAX][16]; /* from the springs to the sea */
    bool is_lake[RIVERS_MAX];
    int supply_count;
    char supply[SUPPLIES_MAX][16]; /* nodes that links to demands may start from */
    int series_count;
    int lake_count;
    bool with_rules;
    int carry_place;     /* of the rank carry_over */
    struct random rules; /* so that networks do not depend on the rules drawn for them */
    int way_count;
    char way_from[ENTRIES_MAX][16], way_to[ENTRIES_MAX][16];
};

/** Add an entry to a section: its text, '\x1f' and its id. */
void __attribute__((format(printf, 3, 4)))
add(struct draft *draft, enum section section, const char *format, ...);

/** What rules there are is drawn from a stream of its own. (random_rules.c) */
bool rule_chance(struct draft *draft, double probability);
double rule_uniform(struct draft *draft, double low, double high);

/** Splits, blends, licences and drought plans of the links drawn. */
void draw_rules(struct draft *draft);

/** Salt and the label of a water, limits of classes, demands that blend. */
void draw_quality(struct draft *draft);

#endif
