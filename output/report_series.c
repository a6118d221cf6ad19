/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report_private.h"

#include "model/reservoir.h"
#include "scenarios/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The charts of the report and the events of classes, read once through the series of the file. */

static const double per_hm3 = 1e-6, short_share = 1e-6;

/* ---- a chart -----------------------------------------------------------------------------------
 */

static struct report_chart *
add_chart(struct report *report, const char *kind, const char *title, const char *units,
          double to_unit, struct error *err)
{
    if (report->chart_count == report->chart_capacity) {
        int capacity = 2 * report->chart_capacity + 16;
        struct report_chart *larger =
            realloc(report->chart, (size_t)capacity * sizeof *report->chart);
        if (larger == NULL)
            return NULL;
        report->chart = larger;
        report->chart_capacity = capacity;
    }
    struct report_chart *chart = &report->chart[report->chart_count];
    *chart = (struct report_chart){
        .kind = kind, .title = strdup(title), .units = strdup(units), .to_unit = to_unit};
    report->chart_count++;
    if (chart->title == NULL || chart->units == NULL ||
        band_init(&chart->band, report->reader.step_count, report->length_s, report->bucket_max,
                  report->view.shown_count, report->detail_max, err) != STATUS_OK)
        return NULL;
    return chart;
}

/* A further line of a chart, to be filled in; NULL without memory or room. */
static double *
add_line(struct report_chart *chart, enum report_line role, const char *name)
{
    if (chart->line_count == REPORT_LINES_MAX)
        return NULL;
    double *value = malloc((size_t)chart->band.bucket_count * sizeof *value);
    chart->line_name[chart->line_count] = strdup(name);
    if (value == NULL || chart->line_name[chart->line_count] == NULL) {
        free(chart->line_name[chart->line_count]);
        free(value);
        return NULL;
    }
    chart->role[chart->line_count] = role;
    chart->line[chart->line_count++] = value;
    return value;
}

/* ---- lines of lakes ----------------------------------------------------------------------------
 */

static void
add_level_line(struct report_chart *chart, enum report_line role, const char *name, double value)
{
    double *line = add_line(chart, role, name);
    for (int b = 0; b < chart->band.bucket_count && line != NULL; b++)
        line[b] = value;
}

/* A line of the rule curves in the middle of each bucket; none if it comes from a record. */
static void
add_curve(const struct report *report, struct report_chart *chart, const struct reservoir *lake,
          const struct varying *curve, int demand_year, enum report_line role, const char *name)
{
    struct moment moment = {&report->axis, 0, demand_year, NULL};
    if (curve->kind == VARYING_ABSENT || curve->kind == VARYING_SERIES)
        return;
    double *line = add_line(chart, role, name);
    for (int b = 0; b < chart->band.bucket_count && line != NULL; b++) {
        int middle = b * chart->band.bucket_steps + chart->band.bucket_steps / 2;
        moment.step_t = middle < chart->band.step_count ? middle : chart->band.step_count - 1;
        line[b] = reservoir_line_m3(lake, curve, &moment) * per_hm3;
    }
}

static void
add_lake_lines(const struct report *report, struct report_chart *chart, const struct basin *basin,
               int reservoir_r)
{
    const struct reservoir *lake = &basin->reservoir[reservoir_r];
    int year = basin->run.demand_year;
    add_level_line(chart, LINE_CAPACITY, report_word(report, WORD_CAPACITY_LINE),
                   lake->capacity_m3 * per_hm3);
    add_level_line(chart, LINE_DEAD, report_word(report, WORD_DEAD_LINE),
                   lake->dead_storage_m3 * per_hm3);
    if (!varying_is_constant(&lake->flood_limit))
        add_curve(report, chart, lake, &lake->flood_limit, year, LINE_FLOOD,
                  report_word(report, WORD_FLOOD_LINE));
    add_curve(report, chart, lake, &lake->target, year, LINE_TARGET,
              report_word(report, WORD_TARGET_LINE));
    add_curve(report, chart, lake, &lake->domestic_reserve, year, LINE_RESERVE,
              report_word(report, WORD_RESERVE_LINE));
    for (int z = 0; z < lake->zone_count; z++)
        add_curve(report, chart, lake, &lake->zone[z].below, year, LINE_ZONE + (unsigned)z,
                  lake->zone[z].id);
}

/* ---- storage -----------------------------------------------------------------------------------
 */

static enum status
unreadable(const struct report *report, const char *name, struct error *err)
{
    return error_set(err, STATUS_INPUT, "'%s': series '%s' cannot be read", report->reader.path,
                     name);
}

/* The bands of one element of a series that is open; nothing of scenarios in which the indicator
   that tells of it (FIGURE_COUNT: none) is missing. */
static enum status
fill_band(struct report *report, struct series_variable *series, const char *name, int element_i,
          enum report_figure needed, struct band *band, float *value, struct error *err)
{
    for (int i = 0; i < report->view.shown_count; i++) {
        int s = report->view.scenario_s[i];
        if (!series_read(series, s, element_i, value))
            return unreadable(report, name, err);
        if (needed < FIGURE_COUNT &&
            isnan(figure(&report->figure[needed], s, element_i))) /* not in service there */
            for (int t = 0; t < report->reader.step_count; t++)
                value[t] = NAN;
        band_add(band, i, value);
    }
    return band_close(band, err);
}

/* Take the last chart away again if there is nothing in it. */
static bool
drop_empty(struct report *report)
{
    struct report_chart *chart = &report->chart[report->chart_count - 1];
    for (int b = 0; b < chart->band.bucket_count; b++)
        if (!isnan(chart->band.line[BAND_MIN][b]))
            return false;
    band_finish(&chart->band);
    free(chart->title);
    free(chart->units);
    report->chart_count--;
    return true;
}

static enum status
read_storage(struct report *report, const struct basin *basin, float *value, struct error *err)
{
    struct series_variable series;
    enum status status = STATUS_OK;
    if (!series_open(&series, &report->reader, "storage"))
        return STATUS_OK;
    for (int r = 0; r < report->reservoir.count; r++) {
        struct report_chart *chart = add_chart(report, "storage", report->reservoir.name[r],
                                               report_word(report, WORD_HM3), per_hm3, err);
        if (chart == NULL)
            TRY(error_set(err, STATUS_MEMORY, "out of memory for the charts"));
        TRY(fill_band(report, &series, "storage", r, FIGURE_LEAST_STORAGE, &chart->band, value,
                      err));
        if (drop_empty(report))
            continue; /* never in service */
        if (basin != NULL && r < basin->reservoir_count)
            add_lake_lines(report, chart, basin, r);
        else
            add_level_line(chart, LINE_CAPACITY, report_word(report, WORD_CAPACITY_LINE),
                           report->capacity_m3[r] * per_hm3);
    }
out:
    series_close(&series);
    return status;
}

/* Salinity at the intakes that shut on it. */
static enum status
read_salinity(struct report *report, const struct basin *basin, float *value, struct error *err)
{
    struct series_variable series;
    enum status status = STATUS_OK;
    char title[256];
    if (!series_open(&series, &report->reader, "intake_salinity"))
        return STATUS_OK;
    for (int l = 0; l < report->link.count; l++) {
        bool any = false;
        for (int i = 0; i < report->view.shown_count && !any; i++)
            any = !isnan(figure(&report->figure[FIGURE_SALINITY], report->view.scenario_s[i], l));
        if (!any)
            continue;
        const char *name = report->link.name != NULL ? report->link.name[l] : report->link.id[l];
        snprintf(title, sizeof title, "%s", name);
        struct report_chart *chart =
            add_chart(report, "salinity", title, report_word(report, WORD_KGM3), 1.0, err);
        if (chart == NULL)
            TRY(error_set(err, STATUS_MEMORY, "out of memory for the charts"));
        TRY(fill_band(report, &series, "intake_salinity", l, FIGURE_SALINITY, &chart->band, value,
                      err));
        const struct varying *limit =
            basin != NULL && l < basin->link_count ? &basin->link[l].max_salinity : NULL;
        if (limit != NULL && limit->kind != VARYING_ABSENT && varying_is_constant(limit))
            add_level_line(chart, LINE_LIMIT, report_word(report, WORD_LIMIT),
                           varying_long_term(limit));
    }
out:
    series_close(&series);
    return status;
}

/* ---- classes -----------------------------------------------------------------------------------
 */

/* The sums of one class in one scenario. */
struct class_sums {
    struct series_variable need, supply;
    float *one, *need_m3s, *supply_m3s, *short_m3s; /* [step_count] */
};

/* Keep an event if it is among the largest of its class. */
static void
keep_event(struct report *report, const struct report_event *event)
{
    int *count = &report->event_count[event->class_g];
    struct report_event *kept = &report->event[(size_t)event->class_g * REPORT_EVENTS_MAX];
    int place = *count < REPORT_EVENTS_MAX ? *count : REPORT_EVENTS_MAX - 1;
    if (*count == REPORT_EVENTS_MAX && kept[place].missing_m3 >= event->missing_m3)
        return;
    for (; place > 0 && kept[place - 1].missing_m3 < event->missing_m3; place--)
        kept[place] = kept[place - 1];
    kept[place] = *event;
    *count += *count < REPORT_EVENTS_MAX;
}

static void
find_events(struct report *report, const struct class_sums *sums, int class_g, int scenario_s)
{
    struct report_event event = {.first_t = -1};
    for (int t = 0; t <= report->reader.step_count; t++) {
        bool last = t == report->reader.step_count;
        double need = last ? 0.0 : (double)sums->need_m3s[t];
        double lack = last ? 0.0 : (double)sums->short_m3s[t];
        if (lack > short_share * need) {
            if (event.first_t < 0)
                event = (struct report_event){class_g, scenario_s, t, t, 0.0, 0.0, 0.0};
            event.last_t = t;
            event.missing_m3 += lack * report->length_s[t];
            event.need_m3 += need * report->length_s[t];
            event.deepest = fmax(event.deepest, lack / need);
        } else if (event.first_t >= 0) {
            keep_event(report, &event);
            event.first_t = -1;
        }
    }
}

static enum status
sum_class(struct report *report, struct class_sums *sums, int class_g, int scenario_s,
          struct error *err)
{
    int steps = report->reader.step_count;
    memset(sums->need_m3s, 0, (size_t)steps * sizeof(float));
    memset(sums->supply_m3s, 0, (size_t)steps * sizeof(float));
    memset(sums->short_m3s, 0, (size_t)steps * sizeof(float));
    for (int d = 0; d < report->demand.count; d++) {
        if (report->by_class.of[d] != class_g)
            continue;
        if (!series_read(&sums->need, scenario_s, d, sums->one))
            return unreadable(report, "need", err);
        for (int t = 0; t < steps; t++) {
            sums->need_m3s[t] += sums->one[t];
            sums->short_m3s[t] += sums->one[t];
        }
        if (!series_read(&sums->supply, scenario_s, d, sums->one))
            return unreadable(report, "supply", err);
        for (int t = 0; t < steps; t++) {
            sums->supply_m3s[t] += sums->one[t];
            sums->short_m3s[t] -= sums->one[t];
        }
    }
    for (int t = 0; t < steps; t++) /* of two floats that are alike but for rounding */
        if (sums->short_m3s[t] < (float)short_share * sums->need_m3s[t])
            sums->short_m3s[t] = 0.0F;
    return STATUS_OK;
}

/* Charts of supply and of shortage of one class, and its events. */
static enum status
read_class(struct report *report, struct class_sums *sums, int class_g, struct error *err)
{
    enum status status = STATUS_OK;
    struct band need = {0};
    const char *name = report_class_name(report, report->by_class.id[class_g]);
    int first = report->chart_count;
    if (add_chart(report, "supply", name, report_word(report, WORD_M3S), 1.0, err) == NULL ||
        add_chart(report, "shortage", name, report_word(report, WORD_M3S), 1.0, err) == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the charts"));
    TRY(band_init(&need, report->reader.step_count, report->length_s, report->bucket_max,
                  report->view.shown_count, 0, err));
    for (int i = 0; i < report->view.shown_count; i++) {
        TRY(sum_class(report, sums, class_g, report->view.scenario_s[i], err));
        band_add(&need, i, sums->need_m3s);
        band_add(&report->chart[first].band, i, sums->supply_m3s);
        band_add(&report->chart[first + 1].band, i, sums->short_m3s);
        find_events(report, sums, class_g, report->view.scenario_s[i]);
        TRY(report_measure_class(report, class_g, report->view.scenario_s[i], sums->need_m3s,
                                 sums->supply_m3s, err));
    }
    TRY(band_close(&need, err));
    TRY(band_close(&report->chart[first].band, err));
    TRY(band_close(&report->chart[first + 1].band, err));
    double *line =
        add_line(&report->chart[first], LINE_NEED, report_word(report, WORD_MEDIAN_NEED));
    if (line != NULL)
        memcpy(line, need.line[BAND_P50], (size_t)need.bucket_count * sizeof *line);
out:
    band_finish(&need);
    return status;
}

static enum status
read_classes(struct report *report, float *value, struct error *err)
{
    struct class_sums sums = {
        .need = {-1, -1, -1, 0, 0}, .supply = {-1, -1, -1, 0, 0}, .one = value};
    size_t steps = (size_t)report->reader.step_count;
    float *work = NULL;
    enum status status = STATUS_OK;
    if (!reader_keeps(&report->reader, "need", -1) ||
        !reader_keeps(&report->reader, "supply", -1) ||
        !series_open(&sums.need, &report->reader, "need") ||
        !series_open(&sums.supply, &report->reader, "supply"))
        goto out;
    work = malloc(3 * steps * sizeof *work);
    if (work == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the charts"));
    sums.need_m3s = work;
    sums.supply_m3s = work + steps;
    sums.short_m3s = work + 2 * steps;
    for (int g = 0; g < report->by_class.count; g++)
        TRY(read_class(report, &sums, g, err));
out:
    free(work);
    series_close(&sums.need);
    series_close(&sums.supply);
    return status;
}

/* The basin as the first of the scenarios shown sees it; NULL if it is not known. */
static enum status
first_basin(const struct report *report, struct plan *plan, struct basin **out, struct error *err)
{
    enum status status = STATUS_OK;
    int first_s = report->view.scenario_s[0];
    if (report->basin == NULL)
        return STATUS_OK;
    TRY(plan_expand(report->basin, plan, err));
    if (first_s < plan->scenario_count)
        TRY(plan_scenario_basin(plan, report->basin, first_s, out, err));
out:
    return status;
}

enum status
report_read_series(struct report *report, struct error *err)
{
    enum status status = STATUS_OK;
    struct plan plan = {0};
    struct basin *basin = NULL; /* as the first scenario sees it */
    float *value = malloc(((size_t)report->reader.step_count + 1) * sizeof *value);
    if (value == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the charts"));
    if (report->view.shown_count == 0)
        goto out;
    TRY(first_basin(report, &plan, &basin, err));
    TRY(read_storage(report, basin, value, err));
    TRY(read_classes(report, value, err));
    TRY(read_salinity(report, basin, value, err));
out:
    basin_destroy(basin);
    plan_finish(&plan);
    free(value);
    return status;
}

enum status
report_read_one(struct report *report, const char *series_name, int element_i, const char *title,
                const char *units, double to_unit, struct error *err)
{
    struct series_variable series;
    struct plan plan = {0};
    struct basin *basin = NULL;
    bool of_lake = strcmp(series_name, "storage") == 0;
    enum status status = STATUS_OK;
    float *value = malloc(((size_t)report->reader.step_count + 1) * sizeof *value);
    if (!series_open(&series, &report->reader, series_name))
        TRY(unreadable(report, series_name, err));
    struct report_chart *chart = add_chart(report, "one", title, units, to_unit, err);
    if (value == NULL || chart == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the picture"));
    TRY(fill_band(report, &series, series_name, element_i,
                  of_lake ? FIGURE_LEAST_STORAGE : FIGURE_COUNT, &chart->band, value, err));
    TRY(first_basin(report, &plan, &basin, err));
    if (of_lake && basin != NULL && element_i < basin->reservoir_count)
        add_lake_lines(report, chart, basin, element_i);
out:
    basin_destroy(basin);
    plan_finish(&plan);
    series_close(&series);
    free(value);
    return status;
}
