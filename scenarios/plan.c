/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/plan.h"

#include "solvers/philox.h"

#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCENARIOS_MAX = 1000000, SOBOL_AXES_MAX = 40 };

/* Variables of the random streams of a sample: one for the order of strata, one for the place
 * inside them. */
enum { STREAM_STRATUM = 1, STREAM_PLACE = 2 };

static double
member_product(const struct scenario_spec *spec)
{
    double product = 1.0;
    for (int axis_a = 0; axis_a < spec->axis_count; axis_a++)
        product *= spec->axis[axis_a].member_count;
    return product;
}

static enum status
count_scenarios(const struct scenario_spec *spec, int *count, struct error *err)
{
    double wanted = 1.0;
    if (spec->axis_count == 0)
        wanted = 1.0;
    else if (spec->combine == COMBINE_SAMPLE)
        wanted = spec->sample_size;
    else if (spec->combine == COMBINE_ZIP)
        wanted = spec->axis[0].member_count;
    else
        wanted = member_product(spec);
    for (int axis_a = 0; axis_a < spec->axis_count; axis_a++) {
        const struct axis *axis = &spec->axis[axis_a];
        if (axis->is_range && spec->combine != COMBINE_SAMPLE)
            return error_set(err, STATUS_INPUT, "axis '%s' is a range, which only a sample can use",
                             axis->id);
        if (spec->combine == COMBINE_ZIP && axis->member_count != spec->axis[0].member_count)
            return error_set(
                err, STATUS_INPUT, "axes '%s' (%d members) and '%s' (%d) of a zip differ in length",
                spec->axis[0].id, spec->axis[0].member_count, axis->id, axis->member_count);
    }
    if (wanted < 1.0 || wanted > SCENARIOS_MAX)
        return error_set(err, STATUS_INPUT, "%.0f scenarios; allowed are 1 to %d", wanted,
                         SCENARIOS_MAX);
    *count = (int)wanted;
    return STATUS_OK;
}

/* Member of each axis in the product, last axis fastest. */
static void
product_members(const struct scenario_spec *spec, int scenario_s, int *member_i)
{
    int rest = scenario_s;
    for (int axis_a = spec->axis_count - 1; axis_a >= 0; axis_a--) {
        member_i[axis_a] = rest % spec->axis[axis_a].member_count;
        rest /= spec->axis[axis_a].member_count;
    }
}

/* A point of the unit interval as a member or as a value between the ends of a range. */
static void
take_point(const struct axis *axis, double point, int *member_i, double *range_value)
{
    if (axis->is_range) {
        *range_value = axis->low + point * (axis->high - axis->low);
        return;
    }
    int member = (int)(point * axis->member_count);
    *member_i = member < axis->member_count ? member : axis->member_count - 1;
}

/*
 * Latin hypercube (McKay, Beckman & Conover 1979): each axis has one point in each of n equal
 * strata; the strata are shuffled (Fisher-Yates) by a stream of the axis's own.
 */
static enum status
sample_latin(const struct basin *basin, struct plan *plan, struct error *err)
{
    const struct scenario_spec *spec = &basin->scenarios;
    int n = plan->scenario_count;
    int *stratum = malloc((size_t)n * sizeof *stratum);
    if (stratum == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %d scenarios", n);
    for (int axis_a = 0; axis_a < spec->axis_count; axis_a++) {
        struct philox_key key = {.seed = basin->run.seed,
                                 .site = philox_hash(spec->axis[axis_a].id),
                                 .variable = STREAM_STRATUM};
        for (int i = 0; i < n; i++)
            stratum[i] = i;
        for (int i = n - 1; i > 0; i--) {
            int other = (int)(philox_uniform(&key, (uint32_t)i) * (i + 1));
            int held = stratum[i];
            stratum[i] = stratum[other];
            stratum[other] = held;
        }
        key.variable = STREAM_PLACE;
        for (int i = 0; i < n; i++)
            take_point(&spec->axis[axis_a], (stratum[i] + philox_uniform(&key, (uint32_t)i)) / n,
                       &plan->scenario[i].member_i[axis_a], &plan->scenario[i].range_value[axis_a]);
    }
    free(stratum);
    return STATUS_OK;
}

static enum status
sample_sobol(const struct scenario_spec *spec, struct plan *plan, struct error *err)
{
    double point[SOBOL_AXES_MAX];
    if (spec->axis_count > SOBOL_AXES_MAX)
        return error_set(err, STATUS_INPUT,
                         "a Sobol sample takes at most %d axes, not %d; use latin_hypercube",
                         SOBOL_AXES_MAX, spec->axis_count);
    gsl_qrng *sobol = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)spec->axis_count);
    if (sobol == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the sample");
    for (int s = 0; s < plan->scenario_count; s++) {
        gsl_qrng_get(sobol, point);
        for (int axis_a = 0; axis_a < spec->axis_count; axis_a++)
            take_point(&spec->axis[axis_a], point[axis_a], &plan->scenario[s].member_i[axis_a],
                       &plan->scenario[s].range_value[axis_a]);
    }
    gsl_qrng_free(sobol);
    return STATUS_OK;
}

static enum status
choose_members(const struct basin *basin, struct plan *plan, struct error *err)
{
    const struct scenario_spec *spec = &basin->scenarios;
    if (spec->axis_count == 0)
        return STATUS_OK;
    if (spec->combine == COMBINE_SAMPLE && spec->method == SAMPLE_SOBOL)
        return sample_sobol(spec, plan, err);
    if (spec->combine == COMBINE_SAMPLE)
        return sample_latin(basin, plan, err);
    for (int s = 0; s < plan->scenario_count; s++)
        if (spec->combine == COMBINE_PRODUCT)
            product_members(spec, s, plan->scenario[s].member_i);
        else
            for (int axis_a = 0; axis_a < spec->axis_count; axis_a++)
                plan->scenario[s].member_i[axis_a] = s;
    return STATUS_OK;
}

/* The stable id of a scenario, of its coordinates; a sample has its number in front. */
static enum status
name_scenario(const struct scenario_spec *spec, int scenario_s, struct scenario *scenario)
{
    char *id = NULL;
    size_t size = 0;
    FILE *text = open_memstream(&id, &size);
    if (text == NULL)
        return STATUS_MEMORY;
    if (spec->axis_count == 0)
        fputs("base", text);
    if (spec->combine == COMBINE_SAMPLE && spec->axis_count > 0)
        fprintf(text, "%d:", scenario_s + 1);
    scenario->realisation = 1;
    for (int axis_a = 0; axis_a < spec->axis_count; axis_a++) {
        const struct axis *axis = &spec->axis[axis_a];
        fprintf(text, "%s%s=", axis_a > 0 ? "," : "", axis->id);
        if (axis->is_range) {
            fprintf(text, "%.9g", scenario->range_value[axis_a]);
            continue;
        }
        const struct axis_member *member = &axis->member[scenario->member_i[axis_a]];
        fputs(member->label, text);
        if (member->realisation > 0)
            scenario->realisation = member->realisation;
    }
    if (fclose(text) != 0) {
        free(id);
        return STATUS_MEMORY;
    }
    scenario->id = id;
    return STATUS_OK;
}

static enum status
allocate_scenarios(struct plan *plan, int axis_count)
{
    plan->scenario = calloc((size_t)plan->scenario_count, sizeof *plan->scenario);
    if (plan->scenario == NULL)
        return STATUS_MEMORY;
    for (int s = 0; s < plan->scenario_count; s++) {
        struct scenario *scenario = &plan->scenario[s];
        scenario->member_i = calloc((size_t)axis_count + 1, sizeof *scenario->member_i);
        scenario->range_value = calloc((size_t)axis_count + 1, sizeof *scenario->range_value);
        if (scenario->member_i == NULL || scenario->range_value == NULL)
            return STATUS_MEMORY;
        for (int axis_a = 0; axis_a < axis_count; axis_a++) {
            scenario->member_i[axis_a] = -1;
            scenario->range_value[axis_a] = (double)NAN;
        }
    }
    return STATUS_OK;
}

enum status
plan_expand(const struct basin *basin, struct plan *plan, struct error *err)
{
    const struct scenario_spec *spec = &basin->scenarios;
    enum status status = STATUS_OK;
    *plan = (struct plan){.axis_count = spec->axis_count, .axis = spec->axis};
    TRY(count_scenarios(spec, &plan->scenario_count, err));
    TRY(allocate_scenarios(plan, spec->axis_count));
    TRY(choose_members(basin, plan, err));
    for (int s = 0; s < plan->scenario_count; s++)
        TRY(name_scenario(spec, s, &plan->scenario[s]));
out:
    if (status == STATUS_MEMORY)
        error_set(err, status, "out of memory for %d scenarios", plan->scenario_count);
    if (status != STATUS_OK)
        plan_finish(plan);
    return status;
}

static void
free_scenario(struct scenario *scenario)
{
    free(scenario->id);
    free(scenario->member_i);
    free(scenario->range_value);
}

void
plan_finish(struct plan *plan)
{
    for (int s = 0; plan->scenario != NULL && s < plan->scenario_count; s++)
        free_scenario(&plan->scenario[s]);
    free(plan->scenario);
    *plan = (struct plan){0};
}

void
plan_keep(struct plan *plan, const bool *keep)
{
    int count = 0;
    for (int s = 0; s < plan->scenario_count; s++)
        if (keep[s])
            plan->scenario[count++] = plan->scenario[s];
        else
            free_scenario(&plan->scenario[s]);
    plan->scenario_count = count;
}

static enum status
apply_axis(struct basin *copy, const struct axis *axis, int member_i, double range_value,
           struct error *err)
{
    if (axis->is_range) {
        /* a set of the whole run takes the value, all else the figure of its window */
        struct change change = axis->range_change;
        change.value.value = &range_value;
        change.window.value = range_value;
        return basin_apply(copy, &change, err);
    }
    const struct axis_member *member = &axis->member[member_i];
    if (member->drought != NULL) {
        copy->drought = member->drought;
        copy->design = axis->design;
    }
    for (int i = 0; i < member->change_count; i++) {
        enum status status = basin_apply(copy, &member->change[i], err);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status
plan_scenario_basin(const struct plan *plan, const struct basin *basin, int scenario_s,
                    struct basin **out, struct error *err)
{
    const struct scenario *scenario = &plan->scenario[scenario_s];
    struct basin *copy = NULL;
    enum status status = STATUS_OK;
    struct error cause = {0};
    TRY(basin_copy(basin, &copy));
    for (int axis_a = 0; axis_a < plan->axis_count; axis_a++)
        TRY(apply_axis(copy, &plan->axis[axis_a], scenario->member_i[axis_a],
                       scenario->range_value[axis_a], &cause));
    TRY(basin_check_values(copy, &cause));
    *out = copy;
    copy = NULL;
out:
    if (status != STATUS_OK)
        error_set(err, status, "scenario '%s': %s", scenario->id,
                  cause.text[0] != '\0' ? cause.text : status_text(status));
    basin_destroy(copy);
    return status;
}
