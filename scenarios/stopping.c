/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/stopping.h"

#include "model/units.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS_MIN = 10, CLASS_MAX = 128 };

static const double level = 0.95;

static const char *const measure_names[STOPPING_MEASURE_COUNT] = {"reliability", "volume", "annual",
                                                                  "resilience", "vulnerability"};

const char stopping_measures[] = ".reliability, .volume, .annual, .resilience and .vulnerability";

bool
stopping_measure_find(const char *name, enum stopping_measure *measure)
{
    for (int m = 0; m < STOPPING_MEASURE_COUNT; m++)
        if (strcmp(name, measure_names[m]) == 0) {
            *measure = (enum stopping_measure)m;
            return true;
        }
    return false;
}

double
stopping_measure_of(const struct performance *performance, enum stopping_measure measure)
{
    const double values[STOPPING_MEASURE_COUNT] = {
        performance->time_reliability, performance->volume_reliability,
        performance->annual_reliability, performance->resilience, performance->vulnerability_peak};
    return values[measure];
}

/* "domestic.reliability" */
static enum status
read_measure(struct stopping *stopping, const char *text, struct error *err)
{
    const char *known[CLASS_MAX], *dot = strchr(text, '.');
    int known_count = 0;
    size_t length = dot != NULL ? (size_t)(dot - text) : strlen(text);
    stopping->class_i = -1;
    for (int i = 0; i < stopping->basin->class_count; i++) {
        const char *id = stopping->basin->class[i].id;
        if (known_count < CLASS_MAX)
            known[known_count++] = id;
        if (strlen(id) == length && strncmp(id, text, length) == 0)
            stopping->class_i = i;
    }
    if (stopping->class_i < 0) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)length, text);
        const char *nearest = nearest_name(name, known, known_count);
        return error_set(err, STATUS_USAGE, "--until: there is no class '%s'%s%s%s", name,
                         nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                         nearest != NULL ? "'?)" : "");
    }
    if (dot != NULL && stopping_measure_find(dot + 1, &stopping->measure))
        return STATUS_OK;
    return error_set(err, STATUS_USAGE, "--until: after the class comes one of %s, not '%s'",
                     stopping_measures, dot != NULL ? dot : "");
}

/* "domestic.reliability ±0.5 %" */
static enum status
read_rule(struct stopping *stopping, const char *text, struct error *err)
{
    static const char sign[] = "±", ascii[] = "+-";
    const char *place = strstr(text, sign);
    size_t length = strlen(sign);
    struct quantity quantity;
    if (place == NULL) {
        place = strstr(text, ascii);
        length = strlen(ascii);
    }
    if (place == NULL || quantity_parse(place + length, &quantity, err) != STATUS_OK ||
        quantity.unit.dimension != DIMENSION_NONE || !(quantity.value > 0.0))
        return error_set(err, STATUS_USAGE,
                         "--until: '%s' has no tolerance; write 'domestic.reliability ±0.5 %%'",
                         text);
    stopping->tolerance = quantity.value;
    char *name = strndup(text, (size_t)(place - text));
    if (name == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory");
    size_t end = strlen(name);
    while (end > 0 && name[end - 1] == ' ')
        name[--end] = '\0';
    enum status status = read_measure(stopping, name, err);
    free(name);
    return status;
}

/* How many scenarios make one draw. */
static enum status
find_block(struct stopping *stopping, const struct plan *plan, struct error *err)
{
    const struct scenario_spec *spec = &stopping->basin->scenarios;
    stopping->block = 1;
    if (spec->axis_count > 0 && spec->combine == COMBINE_SAMPLE)
        return STATUS_OK;
    const struct axis *first = spec->axis_count > 0 ? &spec->axis[0] : NULL;
    if (first == NULL || first->member_count == 0 || first->member[0].realisation == 0)
        return error_set(err, STATUS_USAGE,
                         "--until needs draws of the weather: make an axis of realisations the "
                         "first, or a sample (combine: {sample: ...})");
    stopping->block = plan->scenario_count / first->member_count;
    return STATUS_OK;
}

enum status
stopping_init(struct stopping *stopping, const char *text, const struct basin *basin,
              const struct timeaxis *axis, const struct plan *plan, struct error *err)
{
    enum status status = STATUS_OK;
    *stopping = (struct stopping){.basin = basin, .axis = axis};
    TRY(read_rule(stopping, text, err));
    TRY(find_block(stopping, plan, err));
    stopping->need_m3 = calloc((size_t)axis->step_count, sizeof *stopping->need_m3);
    stopping->supply_m3 = calloc((size_t)axis->step_count, sizeof *stopping->supply_m3);
    if (stopping->need_m3 == NULL || stopping->supply_m3 == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the stopping rule"));
out:
    if (status != STATUS_OK)
        stopping_finish(stopping);
    return status;
}

void
stopping_finish(struct stopping *stopping)
{
    free(stopping->need_m3);
    free(stopping->supply_m3);
    stopping->need_m3 = stopping->supply_m3 = NULL;
}

double
stopping_value(struct stopping *stopping, const struct scenario_result *result)
{
    const struct timeaxis *axis = stopping->axis;
    size_t steps = (size_t)axis->step_count;
    memset(stopping->need_m3, 0, steps * sizeof *stopping->need_m3);
    memset(stopping->supply_m3, 0, steps * sizeof *stopping->supply_m3);
    for (int d = 0; d < stopping->basin->demand_count; d++) {
        if (stopping->basin->demand[d].class_i != stopping->class_i)
            continue;
        const float *need_m3s = result->series[RESULT_NEED] + (size_t)d * steps;
        const float *supply_m3s = result->series[RESULT_SUPPLY] + (size_t)d * steps;
        for (size_t t = 0; t < steps; t++) {
            stopping->need_m3[t] += (double)need_m3s[t] * axis->dt_s[t];
            stopping->supply_m3[t] += (double)supply_m3s[t] * axis->dt_s[t];
        }
    }
    struct performance is =
        performance_measure(axis->step_count, stopping->need_m3, stopping->supply_m3, axis->year);
    return stopping_measure_of(&is, stopping->measure);
}

/* One more draw (Welford 1962, Technometrics 4:419). */
static void
add_draw(struct stopping *stopping, double value)
{
    double before = value - stopping->mean;
    stopping->draw_count++;
    stopping->mean += before / stopping->draw_count;
    stopping->squares += before * (value - stopping->mean);
}

double
stopping_half_width(const struct stopping *stopping)
{
    int n = stopping->draw_count;
    if (n < 2)
        return (double)NAN;
    if (!(stopping->squares > 0.0))
        return 1.0 - pow(1.0 - level, 1.0 / n);
    return gsl_cdf_tdist_Pinv(0.5 + 0.5 * level, n - 1) * sqrt(stopping->squares / (n - 1) / n);
}

double
stopping_draws_wanted(const struct stopping *stopping)
{
    if (!(stopping->squares > 0.0))
        return ceil(log(1.0 - level) / log1p(-fmin(stopping->tolerance, 0.999)));
    double ratio = stopping_half_width(stopping) / stopping->tolerance;
    return ceil(stopping->draw_count * ratio * ratio);
}

bool
stopping_add(struct stopping *stopping, double value)
{
    if (isnan(value))
        stopping->failed_in_block++;
    else
        stopping->sum_of_block += value;
    if (++stopping->in_block < stopping->block)
        return false;
    int known = stopping->block - stopping->failed_in_block;
    if (known > 0)
        add_draw(stopping, stopping->sum_of_block / known);
    stopping->in_block = stopping->failed_in_block = 0;
    stopping->sum_of_block = 0.0;
    return stopping->draw_count >= DRAWS_MIN &&
           stopping_half_width(stopping) <= stopping->tolerance;
}
