/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/verify_private.h"

#include <gsl/gsl_linalg.h>
#include <math.h>

/*
 * What the water of the decided flows holds, worked out anew: one full linear system a step for the
 * contents of what leaves each node and reach, by concentrations where the run goes by masses.
 */

static const double noise_m3 = 1e-6;
static const double near = 1e-7; /* a content that near its limit: the run has decided */

static double
value_now(const struct verifier *verifier, int substance_s, const struct varying *content)
{
    if (content == NULL)
        content = &verifier->basin->substance[substance_s].background;
    return fmax(0.0, moment_value(&verifier->moment, content));
}

static double
part_now(const struct verifier *verifier, const struct varying *part)
{
    return fmin(1.0, fmax(0.0, moment_value(&verifier->moment, part)));
}

static double *
row_of(double *values, const struct verifier *verifier, int substance_s)
{
    return values + (size_t)substance_s * (size_t)verifier->quality.element_count;
}

/* ---- the start ------------------------------------------------------------------------------- */

enum status
verify_quality_create(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    struct verified_quality *quality = &verifier->quality;
    if (basin->substance_count == 0)
        return STATUS_OK;
    int count = basin->node_count + verifier->state.reaches.count;
    quality->element_count = count;
    size_t elements = (size_t)count, all = elements * (size_t)basin->substance_count;
    quality->content = arena_alloc(verifier->memory, all, sizeof(double));
    quality->mass = arena_alloc(verifier->memory, all, sizeof(double));
    double **const of_elements[] = {&quality->in_m3,  &quality->out_m3, &quality->start_m3,
                                    &quality->end_m3, &quality->enters, &quality->leaves};
    for (size_t i = 0; i < sizeof of_elements / sizeof *of_elements; i++)
        *of_elements[i] = arena_alloc(verifier->memory, elements, sizeof(double));
    quality->matrix = arena_alloc(verifier->memory, elements * elements, sizeof(double));
    quality->permutation = gsl_permutation_alloc(elements);
    return verifier->memory->failed || quality->permutation == NULL ? STATUS_MEMORY : STATUS_OK;
}

void
verify_quality_finish(struct verifier *verifier)
{
    if (verifier->quality.permutation != NULL)
        gsl_permutation_free(verifier->quality.permutation);
}

static void
begin(struct verifier *verifier, int substance_s)
{
    const struct basin *basin = verifier->basin;
    const struct substance *substance = &basin->substance[substance_s];
    double *content = row_of(verifier->quality.content, verifier, substance_s);
    double *mass = row_of(verifier->quality.mass, verifier, substance_s);
    for (int i = 0; i < verifier->quality.element_count; i++)
        content[i] = value_now(verifier, substance_s,
                               i < basin->node_count ? substance_content(substance, i) : NULL);
    for (int r = 0; r < basin->reservoir_count; r++) {
        int i = basin->reservoir[r].node_i;
        content[i] = value_now(verifier, substance_s, substance_initial(substance, i));
        mass[i] = content[i] * verifier->state.lake_m3[r];
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        int i = basin->aquifer[a].node_i;
        content[i] = value_now(verifier, substance_s, substance_initial(substance, i));
        mass[i] = content[i] * verifier->state.ground_m3[a];
    }
    for (int i = 0; i < verifier->state.reaches.count; i++)
        mass[basin->node_count + i] =
            content[basin->node_count + i] * verifier->state.reaches.reach[i].start_m3;
}

double
verify_quality_content(const struct verifier *verifier, int substance_s, int link_l)
{
    const double *content = row_of(verifier->quality.content, verifier, substance_s);
    double found = content[verifier->basin->link[link_l].from];
    return substance_s == substance_salt(verifier->basin)
               ? found + verifier->outcome->link_sea_kgm3[link_l]
               : found;
}

double
verify_quality_limit(const struct verifier *verifier, const struct blend *blend)
{
    const struct basin *basin = verifier->basin;
    return value_now(
        verifier, blend->substance_s,
        substance_limit(basin, blend->substance_s, &basin->demand[blend->demand_d], blend->side));
}

bool
verify_quality_opens(const struct verifier *verifier, int link_l)
{
    const struct basin *basin = verifier->basin;
    const struct node *to = &basin->node[basin->link[link_l].to];
    if (to->kind != NODE_DEMAND || basin->demand[to->kind_i].blend)
        return true;
    for (int k = 0; k < LIMIT_SIDES * basin->substance_count; k++) {
        int s = k / LIMIT_SIDES;
        enum limit_side side = (enum limit_side)(k % LIMIT_SIDES);
        const struct varying *is = substance_limit(basin, s, &basin->demand[to->kind_i], side);
        if (is == NULL)
            continue;
        double found = verify_quality_content(verifier, s, link_l);
        double limit = value_now(verifier, s, is);
        if (fabs(found - limit) <= near * fmax(limit, 1e-9))
            return verifier->outcome->link_open_share[link_l] > 0.0;
        if (side == LIMIT_MOST ? found > limit : found < limit)
            return false;
    }
    return true;
}

void
verify_quality_start(struct verifier *verifier)
{
    for (int s = 0; s < verifier->basin->substance_count && verifier->moment.step_t == 0; s++)
        begin(verifier, s);
}

/* ---- volumes of the decided flows ------------------------------------------------------------ */

static void
find_storages(struct verifier *verifier, const struct step_outcome *outcome)
{
    const struct basin *basin = verifier->basin;
    struct verified_quality *quality = &verifier->quality;
    for (int r = 0; r < basin->reservoir_count; r++) {
        int i = basin->reservoir[r].node_i;
        quality->start_m3[i] = verifier->state.lake_m3[r];
        quality->end_m3[i] = outcome->lake_end_m3[r];
        quality->out_m3[i] += verifier->limits.lake[r].seepage_m3;
        if (basin->reservoir[r].seepage_to >= 0)
            quality->in_m3[basin->reservoir[r].seepage_to] += verifier->limits.lake[r].seepage_m3;
    }
    for (int i = 0; i < verifier->state.reaches.count; i++) {
        struct reach *reach = &verifier->state.reaches.reach[i];
        int element = basin->node_count + i;
        double dt_s = verifier->moment.axis->dt_s[verifier->moment.step_t];
        reach_pass(reach, outcome->link_flow_m3[reach->link_l], dt_s);
        double left = 1.0 - part_now(verifier, &basin->link[reach->link_l].loss);
        quality->start_m3[element] = reach->start_m3;
        quality->end_m3[element] = reach->end_m3;
        quality->in_m3[element] = outcome->link_flow_m3[reach->link_l];
        quality->out_m3[element] = reach->outflow_m3;
        quality->in_m3[basin->link[reach->link_l].to] += left * reach->outflow_m3;
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        int i = basin->aquifer[a].node_i;
        quality->start_m3[i] = verifier->state.ground_m3[a];
        quality->end_m3[i] = outcome->aquifer_end_m3[a];
        double rejected_m3 =
            quality->start_m3[i] + quality->in_m3[i] - quality->end_m3[i] - quality->out_m3[i];
        quality->out_m3[i] += basin->aquifer[a].spill_to < 0 ? fmax(0.0, rejected_m3) : 0.0;
    }
}

static double
supply_m3(const struct step_outcome *outcome, int demand_d)
{
    double sum_m3 = 0.0;
    for (int part = 0; part < PART_COUNT; part++)
        sum_m3 += outcome->supplied_m3[demand_d][part];
    return sum_m3;
}

/* A volume from outside: its mass of a substance, or for -1 the volume itself. */
static void
bring(struct verifier *verifier, int substance_s, int of_i, int node_i, double volume_m3)
{
    struct verified_quality *quality = &verifier->quality;
    if (substance_s < 0)
        quality->in_m3[node_i] += volume_m3;
    else
        quality->enters[node_i] +=
            volume_m3 *
            value_now(verifier, substance_s,
                      substance_content(&verifier->basin->substance[substance_s], of_i));
}

static void
bring_inflows(struct verifier *verifier, const struct step_outcome *outcome, int substance_s)
{
    const struct basin *basin = verifier->basin;
    int t = verifier->moment.step_t;
    double dt_s = verifier->moment.axis->dt_s[t];
    for (int c = 0; c < basin->catchment_count; c++) {
        const struct catchment *catchment = &basin->catchment[c];
        for (int i = 0; i < catchment->to_count; i++)
            bring(verifier, substance_s, catchment->node_i, catchment->to[i].node_i,
                  part_now(verifier, &catchment->to[i].fraction) *
                      verifier->input->runoff->flow_m3s[c][t] * dt_s);
    }
    for (int p = 0; p < basin->passage_count; p++)
        if (basin->passage[p].boundary_inflow.kind != VARYING_ABSENT)
            bring(verifier, substance_s, basin->passage[p].node_i, basin->passage[p].node_i,
                  fmax(0.0, moment_value(&verifier->moment, &basin->passage[p].boundary_inflow)) *
                      dt_s);
    for (int a = 0; a < basin->aquifer_count; a++)
        if (basin->aquifer[a].recharge.kind != VARYING_ABSENT)
            bring(verifier, substance_s, basin->aquifer[a].node_i, basin->aquifer[a].node_i,
                  fmax(0.0, moment_value(&verifier->moment, &basin->aquifer[a].recharge)) * dt_s);
    for (int s = 0; s < basin->source_count; s++) /* all of a source's water leaves it */
        bring(verifier, substance_s, basin->source[s].node_i, basin->source[s].node_i,
              verifier->quality.out_m3[basin->source[s].node_i]);
    for (int d = 0; d < basin->demand_count && substance_s >= 0; d++) {
        const struct demand *demand = &basin->demand[d];
        if (substance_content(&basin->substance[substance_s], demand->node_i) == NULL)
            continue;
        for (int i = 0; i < demand->return_count; i++)
            bring(verifier, substance_s, demand->node_i, demand->returns[i].node_i,
                  part_now(verifier, &demand->returns[i].fraction) * supply_m3(outcome, d));
    }
}

static void
find_volumes(struct verifier *verifier, const struct step_outcome *outcome)
{
    const struct basin *basin = verifier->basin;
    struct verified_quality *quality = &verifier->quality;
    for (int i = 0; i < quality->element_count; i++)
        quality->in_m3[i] = quality->out_m3[i] = quality->start_m3[i] = quality->end_m3[i] = 0.0;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        quality->out_m3[link->from] += outcome->link_flow_m3[l];
        if (reaches_find(&verifier->state.reaches, l) == NULL)
            quality->in_m3[link->to] +=
                (1.0 - part_now(verifier, &link->loss)) * outcome->link_flow_m3[l];
    }
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        quality->out_m3[demand->node_i] += supply_m3(outcome, d);
        for (int i = 0; i < demand->return_count; i++)
            quality->in_m3[demand->returns[i].node_i] +=
                part_now(verifier, &demand->returns[i].fraction) * supply_m3(outcome, d);
    }
    bring_inflows(verifier, outcome, -1);
    find_storages(verifier, outcome);
}

/* ---- contents -------------------------------------------------------------------------------- */

/* Of the mass at the start and of what enters, the parts that are there at the end: steady flows
 * into and out of a mixed volume, as in solvers/mixing.h but by powers. */
static void
keep_parts(const struct verified_quality *quality, int i, double *of_start, double *of_entering)
{
    double start_m3 = quality->start_m3[i], end_m3 = quality->end_m3[i];
    double out_m3 = quality->out_m3[i], rise_m3 = end_m3 - start_m3;
    *of_start = *of_entering = 1.0;
    if (!(out_m3 > 0.0))
        return;
    bool is_flat = fabs(rise_m3) <= 1e-7 * start_m3;
    if (!(start_m3 > 0.0))
        *of_start = 0.0;
    else
        *of_start = is_flat ? exp(-out_m3 / (start_m3 + 0.5 * rise_m3))
                            : pow(end_m3 / start_m3, -out_m3 / rise_m3);
    double in_m3 = out_m3 + rise_m3;
    *of_entering = in_m3 != 0.0 ? (end_m3 - start_m3 * *of_start) / in_m3 : 1.0;
}

/* What links, returns and seepage bring, for each unit of content of the element above. */
static void
visit_arcs(struct verifier *verifier, const struct step_outcome *outcome,
           void (*arc)(struct verifier *verifier, int from, int to, double volume_m3))
{
    const struct basin *basin = verifier->basin;
    const struct reaches *reaches = &verifier->state.reaches;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        double left = 1.0 - part_now(verifier, &link->loss);
        const struct reach *reach = reaches_find(reaches, l);
        int from = link->from;
        if (reach != NULL) {
            from = basin->node_count + (int)(reach - reaches->reach);
            arc(verifier, link->from, from, outcome->link_flow_m3[l]);
        }
        arc(verifier, from, link->to,
            left * (reach != NULL ? reach->outflow_m3 : outcome->link_flow_m3[l]));
    }
    for (int d = 0; d < basin->demand_count; d++)
        for (int i = 0; i < basin->demand[d].return_count; i++)
            arc(verifier, basin->demand[d].node_i, basin->demand[d].returns[i].node_i,
                part_now(verifier, &basin->demand[d].returns[i].fraction) * supply_m3(outcome, d));
    for (int r = 0; r < basin->reservoir_count; r++)
        if (basin->reservoir[r].seepage_to >= 0)
            arc(verifier, basin->reservoir[r].node_i, basin->reservoir[r].seepage_to,
                verifier->limits.lake[r].seepage_m3);
}

static bool
is_storage(const struct verifier *verifier, int i)
{
    const struct basin *basin = verifier->basin;
    return i >= basin->node_count || basin->node[i].kind == NODE_RESERVOIR ||
           basin->node[i].kind == NODE_AQUIFER;
}

/* Part of what enters that leaves again, for each m3 that does: what its row is scaled by. */
static double
passing(const struct verifier *verifier, int i)
{
    const struct verified_quality *quality = &verifier->quality;
    double of_start, of_entering;
    if (!is_storage(verifier, i))
        return quality->in_m3[i] > noise_m3 ? 1.0 / quality->in_m3[i] : 0.0;
    keep_parts(quality, i, &of_start, &of_entering);
    return quality->out_m3[i] > noise_m3 ? (1.0 - of_entering) / quality->out_m3[i] : 0.0;
}

static void
enter_arc(struct verifier *verifier, int from, int to, double volume_m3)
{
    struct verified_quality *quality = &verifier->quality;
    quality->matrix[(size_t)to * (size_t)quality->element_count + (size_t)from] -=
        passing(verifier, to) * volume_m3;
}

static void
add_arrival(struct verifier *verifier, int from, int to, double volume_m3)
{
    verifier->quality.enters[to] += volume_m3 * verifier->quality.leaves[from];
}

static void
solve(struct verifier *verifier, const struct step_outcome *outcome, const double *mass)
{
    struct verified_quality *quality = &verifier->quality;
    size_t count = (size_t)quality->element_count;
    int sign;
    for (size_t i = 0; i < count * count; i++)
        quality->matrix[i] = i % (count + 1) == 0 ? 1.0 : 0.0;
    visit_arcs(verifier, outcome, enter_arc);
    for (int i = 0; i < quality->element_count; i++) {
        double of_start = 1.0, of_entering;
        if (is_storage(verifier, i))
            keep_parts(quality, i, &of_start, &of_entering);
        double own = quality->out_m3[i] > noise_m3 && is_storage(verifier, i)
                         ? (1.0 - of_start) * mass[i] / quality->out_m3[i]
                         : 0.0;
        quality->leaves[i] = own + passing(verifier, i) * quality->enters[i];
    }
    gsl_matrix_view matrix = gsl_matrix_view_array(quality->matrix, count, count);
    gsl_vector_view right = gsl_vector_view_array(quality->leaves, count);
    gsl_linalg_LU_decomp(&matrix.matrix, quality->permutation, &sign);
    gsl_linalg_LU_svx(&matrix.matrix, quality->permutation, &right.vector);
}

/* Contents at the end, where there is water enough for a figure; else what the run found. */
static void
take_contents(struct verifier *verifier, const struct step_outcome *outcome, int substance_s,
              double *worst, int *worst_i)
{
    const struct basin *basin = verifier->basin;
    struct verified_quality *quality = &verifier->quality;
    double *content = row_of(quality->content, verifier, substance_s);
    double *mass = row_of(quality->mass, verifier, substance_s);
    const double *found = outcome->content + (size_t)substance_s * (size_t)basin->node_count;
    double least_m3 = fmax(1.0, 1e-6 * verifier->limits.volume_m3), largest = 0.0;
    for (int i = 0; i < quality->element_count; i++) {
        double of_start, of_entering;
        double volume_m3 = is_storage(verifier, i) ? quality->end_m3[i] : quality->in_m3[i];
        if (is_storage(verifier, i)) {
            keep_parts(quality, i, &of_start, &of_entering);
            mass[i] = of_start * mass[i] + of_entering * quality->enters[i];
        }
        if (is_storage(verifier, i) && volume_m3 > noise_m3)
            content[i] = mass[i] / volume_m3;
        else
            content[i] = quality->leaves[i];
        if (i < basin->node_count && !(volume_m3 > least_m3))
            content[i] = found[i];
        largest = fmax(largest, content[i]);
    }
    for (int i = 0; i < basin->node_count; i++) {
        double size = fabs(content[i] - found[i]) / fmax(content[i], 1e-3 * largest + 1e-12);
        if (basin->node[i].kind == NODE_SEA || basin->node[i].kind == NODE_CATCHMENT ||
            !(size > *worst || isnan(size)))
            continue;
        *worst = size;
        *worst_i = i;
    }
}

void
verify_quality_advance(struct verifier *verifier, const struct step_outcome *outcome)
{
    const struct basin *basin = verifier->basin;
    struct verified_quality *quality = &verifier->quality;
    if (basin->substance_count == 0)
        return;
    find_volumes(verifier, outcome);
    int salt_s = substance_salt(basin);
    quality->worst = 0.0;
    for (int s = 0; s < basin->substance_count; s++) {
        for (int i = 0; i < quality->element_count; i++)
            quality->enters[i] = 0.0;
        bring_inflows(verifier, outcome, s);
        for (int l = 0; l < basin->link_count && s == salt_s; l++)
            quality->enters[basin->link[l].to] += outcome->link_sea_kgm3[l] *
                                                  (1.0 - part_now(verifier, &basin->link[l].loss)) *
                                                  outcome->link_flow_m3[l];
        solve(verifier, outcome, row_of(quality->mass, verifier, s));
        visit_arcs(verifier, outcome, add_arrival);
        take_contents(verifier, outcome, s, &quality->worst, &quality->worst_i);
    }
}
