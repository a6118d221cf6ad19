/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_MODEL_CLIMATE_FIXTURE_H
#define NGUON_TESTS_MODEL_CLIMATE_FIXTURE_H

/* Observed rain, a climate model of known bias and change, and basins that use them, in a
 * short-lived folder. */

#include "model/climate_series.h"
#include "tests/model/netcdf_fixture.h"
#include "tests/random.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/nguon_projection_XXXXXX";
static struct diagnostics faults;

static const double latitude[] = {20.5, 21.5, 22.5};
static const double longitude[] = {106, 107, 108};

static inline int
make_folder(void **state)
{
    (void)state;
    diagnostics_init(&faults);
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static inline int
remove_folder(void **state)
{
    char command[128];
    (void)state;
    diagnostics_finish(&faults);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static inline const char *
in_folder(const char *name)
{
    static char path[8][128];
    static int next;
    char *out = path[next++ % 8];
    snprintf(out, sizeof path[0], "%s/%s", folder, name);
    return out;
}

static inline void
write_text(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/** Load a basin from its text; NULL with faults. */
static inline struct basin *
load_text(const char *text)
{
    struct basin *basin = NULL;
    write_text("basin.yaml", text);
    diagnostics_finish(&faults);
    diagnostics_init(&faults);
    if (basin_load(in_folder("basin.yaml"), NULL, &basin, &faults) != STATUS_OK)
        return NULL;
    return basin;
}

/** One of the messages of the last load holds the words. */
static inline void
must_say(const char *words)
{
    char text[2048] = "";
    for (int i = 0; i < faults.count; i++)
        if (strstr(diagnostic_format(&faults.item[i], text, sizeof text), words) != NULL)
            return;
    fail_msg("\"%s\" lacks \"%s\"", faults.count > 0 ? text : "no message", words);
}

/** mm/d of rain of a day; half of the days are dry, May to October are twice as wet. */
static inline double
rain_of_day(int year, int month, int day)
{
    uint64_t seed = (uint64_t)(year * 372 + month * 31 + day) * 2654435761u + 7;
    random_uniform(&seed);
    double wet = random_uniform(&seed);
    return wet < 0.5 ? 0.0 : (wet - 0.5) * 30 * (month >= 5 && month <= 10 ? 2 : 1) + 0.3;
}

static int fixture_year;     /* of the first day of a file */
static double fixture_share; /* of the model's rain in the true one */

/* The figure of a noleap day in kg m-2 s-1; column 1 of row 1 is the place. */
static inline double
noleap_rain(int time_t, int row, int column)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    int year = fixture_year + time_t / 365;
    int day = time_t % 365;
    int month = 1;
    while (before[month] <= day)
        month++;
    double mm = rain_of_day(year % 10, month, day - before[month - 1] + 1) * fixture_share;
    return (mm + (row - 1) + 2 * (column - 1)) / 86400;
}

/** The rain of the observations times a share, in the calendar noleap. */
static inline void
write_model(const char *name, int first_year, int last_year, double share)
{
    char unit[64];
    fixture_year = first_year;
    fixture_share = share;
    snprintf(unit, sizeof unit, "days since %d-01-01", first_year);
    struct netcdf_fixture fixture = {.path = in_folder(name),
                                     .calendar = "noleap",
                                     .time_unit = unit,
                                     .time_first = 0.5,
                                     .time_count = 365 * (last_year - first_year + 1),
                                     .row_count = 3,
                                     .column_count = 3,
                                     .latitude = latitude,
                                     .longitude = longitude,
                                     .figure = noleap_rain};
    netcdf_fixture_write(&fixture);
}

/** observed.csv with a column P_mm; leap days are dry. */
static inline void
write_observed(int first_year, int last_year)
{
    struct timeaxis axis;
    FILE *file = fopen(in_folder("observed.csv"), "w");
    assert_non_null(file);
    assert_int_equal(timeaxis_init(&axis, STEP_DAILY, (struct date){first_year, 1, 1, 0},
                                   (struct date){last_year, 12, 31, 0}, NULL),
                     STATUS_OK);
    fputs("date,P_mm\n", file);
    for (int t = 0; t < axis.step_count; t++)
        fprintf(file, "%d-%02d-%02d,%.9g\n", axis.year[t], axis.month[t], axis.day[t],
                axis.day[t] == 29 && axis.month[t] == 2
                    ? 0.0
                    : rain_of_day(axis.year[t] % 10, axis.month[t], axis.day[t]));
    fclose(file);
    timeaxis_finish(&axis);
}

#endif
