/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/domestic.h"
#include "output/show_axes.h"
#include "solvers/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The risk of drought: hazards, the members of an axis, by the people of districts. */

static const double days_per_year = 365.2425;

/* Names in the order in which they come. */
struct names {
    int count;
    const char **name;
};

struct risk {
    struct domestic domestic;
    struct view view;
    struct show_axes axes;
    int axis_a; /* -1: all scenarios are one hazard */
    struct names hazard, district;
    double *people, *days, *days_below; /* [scenario_count] scratch of one row */
};

static int
place_of(struct names *names, const char *name)
{
    int i = 0;
    while (i < names->count && strcmp(names->name[i], name) != 0)
        i++;
    if (i == names->count)
        names->name[names->count++] = name;
    return i;
}

static const char *
hazard_of(const struct risk *risk, int scenario_s)
{
    return risk->axis_a < 0 ? "all" : risk->axes.label[risk->axis_a][scenario_s];
}

/* The axis of hazards, unless it is named. */
static int
usual_axis(const struct show_axes *axes)
{
    int first = -1;
    for (int a = 0; a < axes->count; a++) {
        if (strcmp(axes->id[a], "drought") == 0)
            return a;
        if (first < 0 && strcmp(axes->id[a], "weather") != 0)
            first = a;
    }
    return first;
}

static enum status
prepare(struct risk *risk, const struct risk_options *options, struct error *err)
{
    static const struct show_options none = {0};
    const struct domestic *domestic = &risk->domestic;
    enum status status = STATUS_OK;
    size_t scenarios = (size_t)domestic->reader.scenario_count;
    risk->view = (struct view){.reader = &risk->domestic.reader, .options = &none};
    TRY(show_axes_open(&risk->view, &risk->axes, err));
    risk->axis_a = options->axis != NULL ? show_axes_find(&risk->axes, options->axis, err)
                                         : usual_axis(&risk->axes);
    if (options->axis != NULL && risk->axis_a < 0)
        return STATUS_USAGE;
    risk->hazard.name = calloc(scenarios + 1, sizeof *risk->hazard.name);
    risk->district.name = calloc((size_t)domestic->demand_count + 1, sizeof *risk->district.name);
    risk->people = calloc(scenarios + 1, sizeof *risk->people);
    risk->days = calloc(scenarios + 1, sizeof *risk->days);
    risk->days_below = calloc(scenarios + 1, sizeof *risk->days_below);
    if (risk->hazard.name == NULL || risk->district.name == NULL || risk->people == NULL ||
        risk->days == NULL || risk->days_below == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the table of risk"));
    for (int s = 0; s < domestic->reader.scenario_count; s++)
        place_of(&risk->hazard, hazard_of(risk, s));
    for (int i = 0; i < domestic->demand_count; i++)
        place_of(&risk->district, domestic_district(domestic, i));
out:
    return status;
}

/* What people of a district, or of all (NULL), lack in a scenario. */
struct lack {
    double people;
    double people_short; /* of them those whose supply is short in some step */
    double days;         /* person-days a year, each for the share of the need that is lacking */
    double days_below;   /* with less than the litres */
};

static struct lack
lack_of(const struct domestic *domestic, int scenario_s, const char *district)
{
    struct lack sum = {0};
    for (int i = 0; i < domestic->demand_count; i++) {
        const struct domestic_supply *one =
            &domestic->supply[(long)scenario_s * domestic->demand_count + i];
        bool here = district == NULL || strcmp(domestic_district(domestic, i), district) == 0;
        if (!here || !(one->people > 0.0))
            continue;
        double per_year = days_per_year * one->people / one->person_days;
        sum.people += one->people;
        sum.people_short += one->short_count > 0 ? one->people : 0.0;
        if (one->need_m3 > 0.0)
            sum.days += (1.0 - one->supply_m3 / one->need_m3) * one->person_days * per_year;
        sum.days_below += one->person_days_short * per_year;
    }
    return sum;
}

static double
mean_of(const double *value, int count)
{
    double sum = 0.0;
    for (int i = 0; i < count; i++)
        sum += value[i];
    return count > 0 ? sum / count : (double)NAN;
}

/* The mean, and what the worst tenth of the scenarios reach. Sorts the values. */
static void
add_figure(struct table *table, double *value, int count)
{
    table_number(table, mean_of(value, count));
    quantile_sort(value, count);
    table_number(table, quantile_of_sorted(value, count, 0.9));
}

/* One hazard and one district, or all of them. */
static void
add_row(struct table *table, struct risk *risk, const char *hazard, const char *district)
{
    const struct domestic *domestic = &risk->domestic;
    int count = 0, short_count = 0;
    double people = 0.0;
    for (int s = 0; s < domestic->reader.scenario_count; s++) {
        if (!domestic->there[s] || strcmp(hazard_of(risk, s), hazard) != 0)
            continue;
        struct lack lack = lack_of(domestic, s, district);
        people += lack.people;
        short_count += lack.people_short > 0.0;
        risk->people[count] = lack.people_short;
        risk->days[count] = lack.days;
        risk->days_below[count++] = lack.days_below;
    }
    if (district != NULL && !(people > 0.0))
        return; /* nobody lives there, or they are not named */
    table_cell(table, "%s", hazard);
    table_cell(table, "%s", district != NULL ? district : "all");
    table_cell(table, "%d", count);
    table_number(table, count > 0 ? people / count : (double)NAN);
    table_percent(table, count > 0 ? (double)short_count / count : (double)NAN);
    add_figure(table, risk->people, count);
    add_figure(table, risk->days, count);
    add_figure(table, risk->days_below, count);
}

enum status
risk_print(FILE *out, const char *path, const struct risk_options *options, struct error *err)
{
    struct risk risk = {.axis_a = -1};
    struct table table;
    char below[64], below_often[80];
    enum status status =
        domestic_open(&risk.domestic, path, options->class_id, options->litres, err);
    if (status != STATUS_OK)
        return status;
    snprintf(below, sizeof below, "days < %g L/y", options->litres);
    snprintf(below_often, sizeof below_often, "%s (1 in 10)", below);
    TRY(prepare(&risk, options, err));
    const char *heads[] = {NULL,
                           "<district",
                           "scenarios",
                           "people",
                           "short in %",
                           "people short",
                           "people short (1 in 10)",
                           "days lacking/y",
                           "days lacking/y (1 in 10)",
                           below,
                           below_often};
    char hazard[80];
    snprintf(hazard, sizeof hazard, "<%s", risk.axis_a < 0 ? "hazard" : risk.axes.id[risk.axis_a]);
    heads[0] = hazard;
    table_init(&table, options->format, sizeof heads / sizeof *heads, heads);
    for (int h = 0; h < risk.hazard.count; h++) {
        for (int d = 0; d < risk.district.count; d++)
            add_row(&table, &risk, risk.hazard.name[h], risk.district.name[d]);
        add_row(&table, &risk, risk.hazard.name[h], NULL);
    }
    if (!table_print(&table, out))
        status = error_set(err, STATUS_FILE_WRITE, "the table was not written");
out:
    show_axes_close(&risk.axes);
    free(risk.hazard.name);
    free(risk.district.name);
    free(risk.people);
    free(risk.days);
    free(risk.days_below);
    domestic_close(&risk.domestic);
    return status;
}
