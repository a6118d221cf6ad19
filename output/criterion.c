/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/compare_private.h"

#include "model/units.h"
#include "scenarios/stopping.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A threshold such as "domestic.reliability >= 99 %": its text, and its left side in every
 * scenario of a file. */

enum status
criterion_parse(const char *text, struct criterion *criterion, struct error *err)
{
    struct quantity quantity;
    size_t length = strcspn(text, "<>");
    const char *sign = text + length, *right = sign + 1 + (*sign != '\0' && sign[1] == '=');
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (*sign == '\0' || length == 0 || quantity_parse(right, &quantity, NULL) != STATUS_OK)
        return error_set(err, STATUS_USAGE,
                         "--satisfy: '%s' is no threshold; write 'domestic.reliability >= 99 %%' "
                         "or 'reservoir_minimum_storage_m3/yen_lap >= 20 hm3'",
                         text);
    criterion->has_limit = true;
    criterion->less = *sign == '<';
    criterion->equal = sign[1] == '=';
    criterion->limit = quantity.value;
    criterion->text = strdup(text);
    criterion->left = strndup(text, length);
    if (criterion->text == NULL || criterion->left == NULL)
        return compare_no_memory(err);
    return STATUS_OK;
}

/* ---- measures from the series ------------------------------------------------------------------
 */

/* What a measure of a group of demands is worked out with. */
struct group_series {
    struct compared_file *file;
    int demand_count;
    bool *chosen;                /* [demand_count] */
    double *need_m3, *supply_m3; /* [step_count] */
    int16_t *year;
};

/* Demands of a class, of a district, or the one of this name, or "all". */
static enum status
choose_demands(struct group_series *series, const char *id, struct error *err)
{
    static const char *const keys[] = {"demand_class", "demand_district", "demand"};
    struct view *view = &series->file->view;
    bool any = false;
    series->demand_count = view_count(view, "demand");
    series->chosen = calloc((size_t)series->demand_count + 1, sizeof *series->chosen);
    if (series->chosen == NULL)
        return compare_no_memory(err);
    for (int k = 0; k < 3 && !any; k++) {
        char **key = view_texts(view, keys[k], series->demand_count);
        for (int d = 0; d < series->demand_count && key != NULL; d++) {
            series->chosen[d] = strcmp(id, "all") == 0 || strcmp(key[d], id) == 0;
            any = any || series->chosen[d];
        }
        texts_free(key, key != NULL ? series->demand_count : 0);
    }
    if (any)
        return STATUS_OK;
    return error_set(err, STATUS_USAGE,
                     "--satisfy: '%s' holds no class, district or demand '%s' (nor is it 'all')",
                     view->reader->path, id);
}

/* Sums over the demands chosen. @return false where the series are NaN or were not kept */
static enum status
sum_demands(struct group_series *series, int scenario_s, bool *there, struct error *err)
{
    struct reader *reader = &series->file->reader;
    int steps = reader->step_count;
    memset(series->need_m3, 0, (size_t)steps * sizeof(double));
    memset(series->supply_m3, 0, (size_t)steps * sizeof(double));
    *there = true;
    for (int d = 0; d < series->demand_count; d++) {
        if (!series->chosen[d])
            continue;
        double *need = reader_series(reader, "need", scenario_s, d);
        double *supply = reader_series(reader, "supply", scenario_s, d);
        bool kept = need != NULL && supply != NULL;
        for (int t = 0; t < steps && kept; t++) {
            double dt_s = (reader->time[t + 1] - reader->time[t]) * reader->time_unit_s;
            series->need_m3[t] += need[t] * dt_s;
            series->supply_m3[t] += supply[t] * dt_s;
            *there = *there && !isnan(need[t]) && !isnan(supply[t]);
        }
        free(need);
        free(supply);
        if (!kept)
            return error_set(err, STATUS_USAGE,
                             "--satisfy: '%s' does not keep the series need and supply, from which "
                             "reliability is measured: run it again with --save need,supply, or "
                             "take met/ID, full/ID or worst/ID",
                             reader->path);
    }
    return STATUS_OK;
}

static enum status
measure_group(struct compared_file *file, const char *id, enum stopping_measure measure,
              double *value, struct error *err)
{
    enum status status = STATUS_OK;
    size_t steps = (size_t)file->reader.step_count;
    struct group_series series = {.file = file};
    series.need_m3 = calloc(steps, sizeof(double));
    series.supply_m3 = calloc(steps, sizeof(double));
    series.year = calloc(steps, sizeof *series.year);
    if (series.need_m3 == NULL || series.supply_m3 == NULL || series.year == NULL)
        TRY(compare_no_memory(err));
    TRY(choose_demands(&series, id, err));
    for (size_t t = 0; t < steps; t++)
        series.year[t] = (int16_t)date_from_seconds(
                             (int64_t)llround(file->reader.time[t] * file->reader.time_unit_s))
                             .year;
    for (int s = 0; s < file->reader.scenario_count; s++) {
        bool there;
        TRY(sum_demands(&series, s, &there, err));
        struct performance is = performance_measure(file->reader.step_count, series.need_m3,
                                                    series.supply_m3, series.year);
        value[s] = there ? stopping_measure_of(&is, measure) : (double)NAN;
    }
out:
    free(series.chosen);
    free(series.need_m3);
    free(series.supply_m3);
    free(series.year);
    return status;
}

/* ---- either ------------------------------------------------------------------------------------
 */

/* An indicator in the words of `nguon show members:`. */
static enum status
measure_indicator(struct compared_file *file, const char *left, struct measured *measured,
                  struct error *err)
{
    struct show_indicator indicator;
    struct unit unit;
    enum status status = show_indicator_find(&file->view, left, &indicator, err);
    if (status == STATUS_OK && file->view.failed)
        status =
            error_set(err, STATUS_INPUT, "'%s' holds no figures of '%s'", file->reader.path, left);
    if (status != STATUS_OK)
        return status;
    measured->value = indicator.value;
    measured->is_share = indicator.is_share;
    measured->to_si = 1.0;
    if (!indicator.is_share && strcmp(indicator.units, "1") != 0 &&
        unit_parse(indicator.units, &unit, NULL) == STATUS_OK)
        measured->to_si = unit.scale;
    return STATUS_OK;
}

enum status
criterion_measure(struct compared_file *file, const char *left, struct measured *measured,
                  struct error *err)
{
    enum stopping_measure measure;
    const char *dot = strrchr(left, '.');
    *measured = (struct measured){.is_share = true, .to_si = 1.0};
    if (dot == NULL)
        return measure_indicator(file, left, measured, err);
    if (!stopping_measure_find(dot + 1, &measure))
        return error_set(err, STATUS_USAGE, "--satisfy: after the class comes one of %s, not '%s'",
                         stopping_measures, dot);
    char *id = strndup(left, (size_t)(dot - left));
    measured->value = calloc((size_t)file->reader.scenario_count, sizeof(double));
    if (id == NULL || measured->value == NULL) {
        free(id);
        free(measured->value);
        return compare_no_memory(err);
    }
    enum status status = measure_group(file, id, measure, measured->value, err);
    free(id);
    if (status != STATUS_OK) {
        free(measured->value);
        measured->value = NULL;
    }
    return status;
}
