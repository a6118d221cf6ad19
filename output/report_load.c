/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the report reads of a file but for the series. */

enum { PICKED_MAX = 200, BUCKETS = 400, DETAIL_VALUES = 400000, DETAIL_MAX = 200 };

/* What an indicator runs over. */
enum owner { OF_DEMAND, OF_RESERVOIR, OF_LINK };

static const struct {
    const char *name;
    enum owner owner;
} figures_wanted[FIGURE_COUNT] = {
    [FIGURE_NEED] = {"demand_demand_m3", OF_DEMAND},
    [FIGURE_SUPPLY] = {"demand_supply_m3", OF_DEMAND},
    [FIGURE_RULE] = {"demand_shortage_rule_m3", OF_DEMAND},
    [FIGURE_WATER] = {"demand_shortage_water_m3", OF_DEMAND},
    [FIGURE_STRUCTURAL] = {"demand_shortage_structural_m3", OF_DEMAND},
    [FIGURE_STEPS] = {"demand_steps_with_demand", OF_DEMAND},
    [FIGURE_SHORT] = {"demand_steps_short", OF_DEMAND},
    [FIGURE_WORST_SHARE] = {"demand_worst_share", OF_DEMAND},
    [FIGURE_WORST_TIME] = {"demand_worst_step", OF_DEMAND},
    [FIGURE_EVENTS] = {"demand_event_count", OF_DEMAND},
    [FIGURE_LONGEST] = {"demand_longest_event_steps", OF_DEMAND},
    [FIGURE_LONGEST_START] = {"demand_longest_event_start", OF_DEMAND},
    [FIGURE_LEAST_STORAGE] = {"reservoir_minimum_storage_m3", OF_RESERVOIR},
    [FIGURE_LARGEST_STORAGE] = {"reservoir_maximum_storage_m3", OF_RESERVOIR},
    [FIGURE_LEAST_TIME] = {"reservoir_minimum_step", OF_RESERVOIR},
    [FIGURE_START_STORAGE] = {"reservoir_start_storage_m3", OF_RESERVOIR},
    [FIGURE_END_STORAGE] = {"reservoir_end_storage_m3", OF_RESERVOIR},
    [FIGURE_INFLOW] = {"reservoir_inflow_m3", OF_RESERVOIR},
    [FIGURE_RAIN] = {"reservoir_rain_m3", OF_RESERVOIR},
    [FIGURE_EVAPORATION] = {"reservoir_evaporation_m3", OF_RESERVOIR},
    [FIGURE_SEEPAGE] = {"reservoir_seepage_m3", OF_RESERVOIR},
    [FIGURE_SPILL] = {"reservoir_spill_m3", OF_RESERVOIR},
    [FIGURE_SPILLING] = {"reservoir_steps_spilling", OF_RESERVOIR},
    [FIGURE_IN_ZONE] = {"reservoir_steps_in_zone_below_target", OF_RESERVOIR},
    [FIGURE_BELOW_DEAD] = {"reservoir_steps_below_dead", OF_RESERVOIR},
    [FIGURE_RESERVE_SHORT] = {"reservoir_steps_reserve_short", OF_RESERVOIR},
    [FIGURE_LINK_VOLUME] = {"link_volume_m3", OF_LINK},
    [FIGURE_SALINITY] = {"link_worst_salinity_kgm3", OF_LINK},
    [FIGURE_SHUT] = {"link_steps_shut", OF_LINK},
    [FIGURE_PARTLY] = {"link_steps_partly_shut", OF_LINK},
    [FIGURE_WITHHELD] = {"link_withheld_m3", OF_LINK},
    [FIGURE_LONGEST_SHUT] = {"link_longest_shut_steps", OF_LINK},
    [FIGURE_LONGEST_SHUT_START] = {"link_longest_shut_start", OF_LINK},
};

/* Ids and names; elements without a name variable go by their ids. */
static void
read_names(struct report *report, const char *ids, const char *names, struct report_names *out)
{
    struct view *view = &report->view;
    int name_count;
    out->id = reader_texts(&report->reader, ids, &out->count);
    out->name = reader_texts(&report->reader, names, &name_count);
    if (out->name != NULL && name_count != out->count)
        view->failed = true;
}

static void
free_names(struct report_names *names)
{
    texts_free(names->name, names->name != NULL ? names->count : 0);
    texts_free(names->id, names->count);
}

static bool
group_by(struct report_groups *groups, int count, char *const *key)
{
    groups->id = calloc((size_t)count + 1, sizeof *groups->id);
    groups->of = calloc((size_t)count + 1, sizeof *groups->of);
    if (groups->id == NULL || groups->of == NULL)
        return false;
    for (int i = 0; i < count; i++) {
        int g = 0;
        while (g < groups->count && strcmp(groups->id[g], key[i]) != 0)
            g++;
        if (g == groups->count)
            groups->id[groups->count++] = key[i];
        groups->of[i] = g;
    }
    return true;
}

static void
read_elements(struct report *report)
{
    struct view *view = &report->view;
    int count;
    read_names(report, "demand", "demand_name", &report->demand);
    read_names(report, "reservoir", "reservoir_name", &report->reservoir);
    read_names(report, "link", "link_name", &report->link);
    report->class_id = view_texts(view, "demand_class", report->demand.count);
    report->district = view_texts(view, "demand_district", report->demand.count);
    report->link_from = view_texts(view, "link_from", report->link.count);
    report->link_to = view_texts(view, "link_to", report->link.count);
    report->capacity_m3 = reader_numbers(&report->reader, "reservoir_capacity", &count);
    if (report->reservoir.count > 0 && count != report->reservoir.count)
        view->failed = true;
    if (view->failed)
        return;
    report->worst = calloc((size_t)report->demand.count + 1, sizeof *report->worst);
    report->event_count = calloc((size_t)report->demand.count + 1, sizeof *report->event_count);
    report->event =
        calloc(((size_t)report->demand.count + 1) * REPORT_EVENTS_MAX, sizeof *report->event);
    if (report->worst == NULL || report->event_count == NULL || report->event == NULL ||
        !group_by(&report->by_class, report->demand.count, report->class_id) ||
        !group_by(&report->by_district, report->demand.count, report->district))
        view->failed = true;
    const int counts[] = {report->demand.count, report->reservoir.count, report->link.count};
    for (int f = 0; f < FIGURE_COUNT; f++)
        if (counts[figures_wanted[f].owner] > 0)
            report->figure[f] =
                view_figures(view, figures_wanted[f].name, counts[figures_wanted[f].owner]);
}

/* Scenarios with results, those that can be chosen, and how finely. */
static bool
read_scenarios(struct report *report)
{
    struct view *view = &report->view;
    int count, scenarios = report->reader.scenario_count;
    view->failed_time = reader_numbers(&report->reader, "indicators/basin_failed_step", &count);
    view->scenario_s = calloc((size_t)scenarios + 1, sizeof *view->scenario_s);
    report->picked = calloc((size_t)scenarios + 1, sizeof *report->picked);
    if (view->failed_time == NULL || count != scenarios || view->scenario_s == NULL ||
        report->picked == NULL)
        return false;
    for (int s = 0; s < scenarios; s++)
        if (isnan(view->failed_time[s]))
            view->scenario_s[view->shown_count++] = s;
    report->picked_count = view->shown_count < PICKED_MAX ? view->shown_count : PICKED_MAX;
    for (int i = 0; i < report->picked_count; i++)
        report->picked[i] = (int)((long)i * view->shown_count /
                                  (report->picked_count > 0 ? report->picked_count : 1));
    report->bucket_max = BUCKETS;
    return true;
}

static bool
read_lengths(struct report *report)
{
    struct reader *reader = &report->reader;
    report->length_s = calloc((size_t)reader->step_count + 1, sizeof *report->length_s);
    report->year = calloc((size_t)reader->step_count + 1, sizeof *report->year);
    if (report->length_s == NULL || report->year == NULL)
        return false;
    for (int t = 0; t < reader->step_count; t++) {
        report->length_s[t] = (reader->time[t + 1] - reader->time[t]) * reader->time_unit_s;
        report->year[t] =
            (int16_t)date_from_seconds((int64_t)llround(reader->time[t] * reader->time_unit_s))
                .year;
    }
    report->view.years = (reader->time[reader->step_count] - reader->time[0]) *
                         reader->time_unit_s / seconds_per_year;
    return true;
}

/* The basin of the file, for lines and places; the report does without it if it must. */
static void
read_basin(struct report *report)
{
    struct error err = {0};
    if (reader_basin(&report->reader, &report->basin, &report->basin_error) != STATUS_OK)
        return;
    const struct run_settings *run = &report->basin->run;
    if (timeaxis_init(&report->axis, run->step, run->start, run->end, &err) == STATUS_OK &&
        report->axis.step_count == report->reader.step_count)
        return;
    error_set(&report->basin_error, STATUS_INPUT, "it is not that of the results");
    basin_destroy(report->basin);
    report->basin = NULL;
}

enum status
report_load(struct report *report, const char *path, struct error *err)
{
    enum status status = reader_open(&report->reader, path, err);
    if (status != STATUS_OK)
        return status;
    report->view = (struct view){.reader = &report->reader,
                                 .options = &report->shown,
                                 .end_s = report->reader.scenario_count};
    if (!read_scenarios(report) || !read_lengths(report))
        return error_set(err, STATUS_INPUT, "'%s' is damaged: part of the results is missing",
                         path);
    read_elements(report);
    if (report->view.failed)
        return error_set(err, STATUS_INPUT, "'%s' is damaged: part of the results is missing",
                         path);
    read_basin(report);
    int charts = report->reservoir.count + 2 * report->by_class.count + 1;
    long detail = DETAIL_VALUES / ((long)charts * (report->picked_count + 1));
    report->detail_max = detail > DETAIL_MAX ? DETAIL_MAX : detail < 12 ? 12 : (int)detail;
    return STATUS_OK;
}

static void
free_charts(struct report *report)
{
    for (int c = 0; c < report->chart_count; c++) {
        struct report_chart *chart = &report->chart[c];
        band_finish(&chart->band);
        free(chart->title);
        free(chart->units);
        for (int i = 0; i < chart->line_count; i++) {
            free(chart->line_name[i]);
            free(chart->line[i]);
        }
    }
    free(report->chart);
}

void
report_unload(struct report *report)
{
    free_charts(report);
    for (int f = 0; f < FIGURE_COUNT; f++)
        free(report->figure[f].value);
    texts_free(report->class_id, report->class_id != NULL ? report->demand.count : 0);
    texts_free(report->district, report->district != NULL ? report->demand.count : 0);
    texts_free(report->link_from, report->link_from != NULL ? report->link.count : 0);
    texts_free(report->link_to, report->link_to != NULL ? report->link.count : 0);
    free_names(&report->demand);
    free_names(&report->reservoir);
    free_names(&report->link);
    free(report->by_class.id);
    free(report->by_class.of);
    free(report->by_district.id);
    free(report->by_district.of);
    free(report->capacity_m3);
    free(report->picked);
    for (int g = 0; g < report->by_class.count && report->worst != NULL; g++)
        free(report->worst[g].series_m3);
    free(report->worst);
    free(report->event_count);
    free(report->event);
    free(report->year);
    free(report->length_s);
    free(report->view.scenario_s);
    free(report->view.failed_time);
    timeaxis_finish(&report->axis);
    basin_destroy(report->basin);
    reader_close(&report->reader);
}
