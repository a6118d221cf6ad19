/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_MODEL_BASIN_FIXTURE_H
#define NGUON_TESTS_MODEL_BASIN_FIXTURE_H

/* The basin of tests/data/basin/good.yaml, read before the tests of a group. */

#include "model/basin.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef TEST_DATA_DIR
#define TEST_DATA_DIR "tests/data"
#endif

static const char path[] = TEST_DATA_DIR "/basin/good.yaml";
static struct basin *basin;
static struct timeaxis axis;

static inline void
fail_with(const struct diagnostics *diagnostics)
{
    char buffer[2048];
    for (int i = 0; i < diagnostics->count; i++)
        print_message("    %s\n", diagnostic_format(&diagnostics->item[i], buffer, sizeof buffer));
}

static inline struct basin *
load(const char *scenario_path)
{
    struct diagnostics diagnostics;
    struct basin *loaded = NULL;
    diagnostics_init(&diagnostics);
    if (basin_load(path, scenario_path, &loaded, &diagnostics) != STATUS_OK)
        fail_with(&diagnostics);
    diagnostics_finish(&diagnostics);
    return loaded;
}

static inline int
setup(void **state)
{
    (void)state;
    basin = load(NULL);
    if (basin == NULL)
        return -1;
    return timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, NULL) ==
                   STATUS_OK
               ? 0
               : -1;
}

static inline int
teardown(void **state)
{
    (void)state;
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return 0;
}

static inline int
step_of(int month, int day)
{
    const struct date date = {.year = 2020, .month = month, .day = day};
    return timeaxis_find(&axis, date_to_seconds(date));
}

/* Value in a step for quantities without records or levels. */
static inline double
value_on(const struct varying *varying, int month, int day)
{
    return varying_at(varying, &axis, step_of(month, day), basin->run.demand_year, NULL, NAN);
}

#endif
