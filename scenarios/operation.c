/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/operation_private.h"

#include "model/reservoir.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_S = 3600, SAFE_ITERATIONS = 60 };
/* Error of the level allowed in one step of the solver. */
static const double level_tolerance_m = 2e-5;
static const double balance_limit = 1e-9;

/* ---- memory ---------------------------------------------------------------------------------- */

enum status
operation_run_create(const struct operation_plan *plan, struct operation_run **out,
                     struct error *err)
{
    struct operation_run *run = calloc(1, sizeof *run);
    size_t steps = (size_t)plan->request.step_count, gates = (size_t)plan->gate_count;
    size_t draws = (size_t)plan->draw_count, parts = (size_t)plan->part_count;
    size_t breaks = (size_t)plan->break_count;
    size_t doubles = 4 * draws + draws * steps + 3 * (steps + 1) + 3 * steps +
                     gates * (2 * steps + 1) + 5 * parts + breaks + 2 * gates;
    double *block = calloc(doubles, sizeof *block);
    *out = run;
    if (run == NULL || block == NULL) {
        free(block);
        operation_run_destroy(run);
        *out = NULL;
        return error_set(err, STATUS_MEMORY, "out of memory for the results of a run");
    }
    run->plan = plan;
#define TAKE(member, count)                                                                        \
    run->member = block;                                                                           \
    block += (count)
    TAKE(need_m3, draws); /* owner of the block */
    TAKE(rule_cut_m3, draws);
    TAKE(water_cut_m3, draws);
    TAKE(allowed_m3s, draws);
    TAKE(level_m, steps + 1);
    TAKE(storage_m3, steps + 1);
    TAKE(tailwater_m, steps + 1);
    TAKE(inflow_m3s, steps);
    TAKE(release_m3s, steps);
    TAKE(drawn_m3s, steps);
    TAKE(draw_m3s, draws * steps);
    TAKE(gate_m3s, gates * steps);
    TAKE(opening, gates * (steps + 1));
    TAKE(part_m3, parts);
    TAKE(interval_part_m3, parts);
    TAKE(work, 3 * parts);
    TAKE(release_at_m3s, breaks);
    TAKE(now_opening, gates);
    TAKE(now_m3s, gates);
#undef TAKE
    run->event = calloc(EVENTS_MAX, sizeof *run->event);
    run->motion = calloc(gates + 1, sizeof *run->motion);
    run->open_event = calloc(RULE_COUNT + gates, sizeof *run->open_event);
    if (run->event != NULL && run->motion != NULL && run->open_event != NULL)
        return STATUS_OK;
    operation_run_destroy(run);
    *out = NULL;
    return error_set(err, STATUS_MEMORY, "out of memory for the results of a run");
}

void
operation_run_destroy(struct operation_run *run)
{
    if (run == NULL)
        return;
    free(run->need_m3);
    free(run->event);
    free(run->motion);
    free(run->open_event);
    free(run);
}

/* ---- gates ----------------------------------------------------------------------------------- */

static int
hour_of(const struct operation_plan *plan, double at_s)
{
    int hour = (int)(((double)plan->axis_offset_s + at_s) / HOUR_S);
    return hour < plan->hour_count ? hour : plan->hour_count - 1;
}

/* Flow of a gate that is told a flow; its changes keep within the ramps of the lake. */
static void
set_flow(struct operation_run *run, int gate_i, double start_m3s, double end_m3s, bool ramped,
         double dt_s)
{
    const struct reservoir *reservoir = run->plan->reservoir;
    struct gate_motion *motion = &run->motion[gate_i];
    double now = run->now_m3s[gate_i];
    motion->by_flow = true;
    if (ramped && reservoir->ramp_up_m3s > 0.0 && end_m3s > now) {
        end_m3s = fmin(end_m3s, now + reservoir->ramp_up_m3s * dt_s / HOUR_S);
        start_m3s = fmin(start_m3s, now);
    }
    if (ramped && reservoir->ramp_down_m3s > 0.0 && end_m3s < now) {
        end_m3s = fmax(end_m3s, now - reservoir->ramp_down_m3s * dt_s / HOUR_S);
        start_m3s = fmax(start_m3s, now);
    }
    motion->flow_m3s = start_m3s;
    motion->flow_rate = (end_m3s - start_m3s) / dt_s;
}

static void
set_opening(struct operation_run *run, int gate_i, const struct outlet *outlet, double start,
            double end, double dt_s)
{
    struct gate_motion *motion = &run->motion[gate_i];
    double now = run->now_opening[gate_i], most = INFINITY;
    motion->by_flow = false;
    if (!isnan(outlet->speed_ms)) { /* it leaves from where it is */
        most = outlet->speed_ms * dt_s;
        start = now;
        end = now + fmax(-most, fmin(most, end - now));
    }
    motion->opening = start;
    motion->opening_rate = (end - start) / dt_s;
}

/* What every gate does through an interval: the schedule first, else its rule at the level now, or
 * its nomograph at level and inflow now. */
static void
set_gates(struct operation_run *run, double from_s, double dt_s, double level_m, double inflow_m3s,
          int hour_i)
{
    const struct operation_plan *plan = run->plan;
    double at_s = (double)plan->request.start_s + from_s;
    for (int g = 0; g < plan->gate_count; g++) {
        const struct outlet *outlet = &plan->reservoir->outlet[plan->gate_outlet[g]];
        double start, end;
        enum command_kind kind = release_schedule_at(run->variant->schedule, g, at_s, &start);
        bool still = from_s < run->variant->late_s ||
                     (run->variant->jammed != NULL && run->variant->jammed[g]);
        release_schedule_at(run->variant->schedule, g, at_s + dt_s - 1e-3, &end);
        if (still) {
            run->motion[g] = (struct gate_motion){.opening = run->now_opening[g]};
        } else if (kind == COMMAND_FLOW) {
            set_flow(run, g, start, end, true, dt_s);
        } else if (kind == COMMAND_OPENING) {
            set_opening(run, g, outlet, start, end, dt_s);
        } else if (outlet->gives_minimum && !isnan(plan->minimum_m3s[hour_i])) {
            double least = plan->minimum_m3s[hour_i] / outlet->gate_count;
            set_flow(run, g, least, least, false, dt_s);
        } else {
            double opening = plan->request.nomograph != NULL &&
                                     plan->request.nomograph_outlet == plan->gate_outlet[g]
                                 ? nomograph_opening(plan->request.nomograph, level_m, inflow_m3s)
                                 : outlet_rule_opening(outlet, level_m);
            set_opening(run, g, outlet, opening, opening, dt_s);
        }
    }
}

/* Where the gates stand after an interval, and what they were told and could not give. */
static void
leave_gates(struct operation_run *run, double from_s, double dt_s, double level_m,
            double tailwater_m)
{
    const struct operation_plan *plan = run->plan;
    for (int g = 0; g < plan->gate_count; g++) {
        const struct outlet *outlet = &plan->reservoir->outlet[plan->gate_outlet[g]];
        const struct gate_motion *motion = &run->motion[g];
        run->now_m3s[g] = run->work[g];
        run->now_opening[g] = motion->opening + motion->opening_rate * dt_s;
        if (!motion->by_flow)
            continue;
        run->now_opening[g] = outlet_opening_for(outlet, level_m, tailwater_m, run->work[g]);
        double asked_m3 = dt_s * (motion->flow_m3s + 0.5 * motion->flow_rate * dt_s);
        double cut_m3 = asked_m3 - run->interval_part_m3[g];
        bool is_cut = cut_m3 > 1e-6 * asked_m3;
        run->summary.schedule_cut_m3 += is_cut ? cut_m3 : 0.0;
        operation_note(run, RULE_SCHEDULE_CUT, g, is_cut, from_s, from_s + dt_s, cut_m3 / dt_s,
                       is_cut ? cut_m3 : 0.0);
    }
}

/* ---- an interval ----------------------------------------------------------------------------- */

/* What each demand may take by the zones at this storage. */
static void
set_draws(struct operation_run *run, double dt_s, double storage_m3, int hour_i)
{
    const struct operation_plan *plan = run->plan;
    const struct reservoir *reservoir = plan->reservoir;
    const double *zone_m3 = plan->zone_m3 + hour_i * reservoir->zone_count;
    for (int d = 0; d < plan->draw_count; d++) {
        double want = plan->draw[d].want_m3s[hour_i];
        double cap = reservoir_class_cap(reservoir, zone_m3, storage_m3, plan->draw[d].class_i);
        run->allowed_m3s[d] = cap * want;
        run->need_m3[d] += want * dt_s;
        run->rule_cut_m3[d] += (1.0 - cap) * want * dt_s;
    }
}

/* Sums after an interval. */
static void
add_up(struct operation_run *run, int step, double dt_s, const struct pool_outcome *outcome,
       double rain_m3)
{
    const struct operation_plan *plan = run->plan;
    struct operation_summary *summary = &run->summary;
    const double *part = run->interval_part_m3;
    size_t steps = (size_t)plan->request.step_count;
    double step_s = plan->request.step_s, release_m3 = part[plan->gate_count];
    summary->overtop_m3 += part[plan->gate_count];
    summary->spill_m3 += part[plan->gate_count];
    for (int g = 0; g < plan->gate_count; g++) {
        enum outlet_kind kind = plan->reservoir->outlet[plan->gate_outlet[g]].kind;
        run->gate_m3s[(size_t)g * steps + (size_t)step] += part[g] / step_s;
        release_m3 += part[g];
        if (kind == OUTLET_OGEE || kind == OUTLET_BROAD_CREST)
            summary->spill_m3 += part[g];
    }
    const double *draw = part + plan->gate_count + 1;
    for (int d = 0; d < plan->draw_count; d++) {
        summary->drawn_m3 += draw[d];
        run->drawn_m3s[step] += draw[d] / step_s;
        run->draw_m3s[(size_t)d * steps + (size_t)step] += draw[d] / step_s;
        run->water_cut_m3[d] += fmax(0.0, run->allowed_m3s[d] * dt_s - draw[d]);
    }
    summary->loss_m3 += draw[plan->draw_count];
    summary->release_m3 += release_m3;
    summary->inflow_m3 += outcome->inflow_m3 - rain_m3;
    summary->rain_m3 += rain_m3;
    summary->step_count += outcome->step_count;
    run->release_m3s[step] += release_m3 / step_s;
    run->inflow_m3s[step] += (outcome->inflow_m3 - rain_m3) / step_s;
    for (int i = 0; i < plan->part_count; i++)
        run->part_m3[i] += part[i];
}

static void
note_extremes(struct operation_run *run, double from_s, double dt_s, double level_m,
              double release_m3s, const struct pool_outcome *outcome)
{
    struct operation_summary *summary = &run->summary;
    double highest_m = operation_level_m(run->plan, outcome->highest_m3);
    if (highest_m > summary->highest_m) {
        summary->highest_m = highest_m;
        summary->highest_s = from_s + outcome->highest_s;
    }
    summary->lowest_m = fmin(summary->lowest_m, level_m);
    if (release_m3s > summary->largest_outflow_m3s) {
        summary->largest_outflow_m3s = release_m3s;
        summary->largest_outflow_s = from_s + dt_s;
    }
}

/* The level must not leave a table unnoticed. */
static enum status
check_tables(const struct operation_run *run, double level_m, double at_s, struct error *err)
{
    const struct operation_plan *plan = run->plan;
    char at[24];
    const char *what = plan->request.basin->node[plan->reservoir->node_i].id;
    double top_m = plan->top_level_m;
    if (plan->request.extrapolate)
        return STATUS_OK;
    for (int o = 0; o < plan->reservoir->outlet_count; o++)
        if (outlet_table_top_m(&plan->reservoir->outlet[o]) < top_m) {
            top_m = outlet_table_top_m(&plan->reservoir->outlet[o]);
            what = plan->reservoir->outlet[o].id;
        }
    if (level_m <= top_m)
        return STATUS_OK;
    return error_set(err, STATUS_INPUT,
                     "the level rises above the table of '%s', which ends at %g m, before %s; "
                     "extend the table, or ask for %s (such levels are then flagged)",
                     what, top_m,
                     instant_format(plan->request.start_s + (int64_t)at_s, at, sizeof at),
                     plan->extrapolate_by);
}

/* Carry the lake through one interval. */
static enum status
pass_interval(struct operation_run *run, int i, int step, double *storage_m3, struct error *err)
{
    const struct operation_plan *plan = run->plan;
    const struct operation_request *request = &plan->request;
    const struct reservoir *lake = plan->reservoir;
    double from_s = plan->break_s[i], dt_s = plan->break_s[i + 1] - from_s;
    int hour_i = hour_of(plan, from_s + 1e-6);
    double at_s = (double)request->start_s + from_s;
    double level_m = operation_level_m(plan, *storage_m3);
    double area_m2 = fmax(1.0, reservoir_area_m2(lake, *storage_m3));
    double rain_m3s = fmax(0.0, plan->rain_ms[hour_i]) * area_m2;
    double seepage = fmax(0.0, plan->seepage[hour_i]);
    struct flow_context context = {
        .plan = plan,
        .motion = run->motion,
        .allowed_m3s = run->allowed_m3s,
        .loss_m3s = fmax(0.0, plan->evaporation_ms[hour_i]) * area_m2 +
                    (lake->seepage.dimension == DIMENSION_RATE ? seepage * *storage_m3 : seepage)};
    const struct level_pool pool = {.method = request->method,
                                    .outflow = operation_outflow,
                                    .context = &context,
                                    .part_count = plan->part_count,
                                    .work = run->work,
                                    .tolerance_m3 = level_tolerance_m * area_m2,
                                    .longest_s = INFINITY};
    double steady_m3s = rain_m3s + (run->upstream_m3s != NULL ? run->upstream_m3s[step] : 0.0);
    const struct pool_interval interval = {
        dt_s, inflow_at(request->inflow, run->member_i, at_s, &run->inflow_hint) + steady_m3s,
        inflow_at(request->inflow, run->member_i, at_s + dt_s, &run->inflow_hint) + steady_m3s};
    set_gates(run, from_s, dt_s, level_m, interval.inflow_start_m3s - rain_m3s, hour_i);
    set_draws(run, dt_s, *storage_m3, hour_i);
    struct pool_outcome outcome;
    memset(run->interval_part_m3, 0, (size_t)plan->part_count * sizeof(double));
    enum status status =
        level_pool_advance(&pool, &interval, storage_m3, run->interval_part_m3, &outcome, err);
    if (status != STATUS_OK)
        return status;
    level_m = operation_level_m(plan, *storage_m3);
    double release_m3s = operation_release(&context, dt_s, level_m, run->work);
    if (i == 0)
        run->release_at_m3s[0] = release_m3s;
    run->release_at_m3s[i + 1] = release_m3s;
    run->tailwater_m[step + 1] = context.tailwater_m;
    run->summary.largest_inflow_m3s =
        fmax(run->summary.largest_inflow_m3s,
             fmax(interval.inflow_start_m3s, interval.inflow_end_m3s) - rain_m3s);
    note_extremes(run, from_s, dt_s, level_m, release_m3s, &outcome);
    add_up(run, step, dt_s, &outcome, rain_m3s * dt_s);
    leave_gates(run, from_s, dt_s, level_m, context.tailwater_m);
    double mean_m3s = run->interval_part_m3[plan->gate_count] / dt_s;
    for (int g = 0; g < plan->gate_count; g++)
        mean_m3s += run->interval_part_m3[g] / dt_s;
    operation_check(run, i, level_m, hour_i, mean_m3s);
    return check_tables(run, operation_level_m(plan, outcome.highest_m3), from_s + dt_s, err);
}

/* ---- a run ----------------------------------------------------------------------------------- */

/* Where a gate stands at the start: as observed, as the schedule left it, as the file says. */
static double
first_opening(const struct operation_run *run, int gate_i, double level_m)
{
    const struct operation_request *request = &run->plan->request;
    const struct outlet *outlet = &run->plan->reservoir->outlet[run->plan->gate_outlet[gate_i]];
    double value;
    if (request->start_opening != NULL && !isnan(request->start_opening[gate_i]))
        return request->start_opening[gate_i];
    if (!request->history)
        return outlet->initial_opening;
    switch (release_schedule_at(run->variant->schedule, gate_i, (double)request->start_s - 1e-3,
                                &value)) {
    case COMMAND_OPENING:
        return value;
    case COMMAND_FLOW:
        return outlet_opening_for(outlet, level_m, -INFINITY, value);
    case COMMAND_RULE:
        break;
    }
    return outlet_rule_opening(outlet, level_m);
}

static void
begin(struct operation_run *run, double storage_m3)
{
    const struct operation_plan *plan = run->plan;
    size_t steps = (size_t)plan->request.step_count;
    double level_m = operation_level_m(plan, storage_m3);
    run->summary = (struct operation_summary){.highest_m = level_m, .lowest_m = level_m};
    for (int r = 0; r < RULE_COUNT; r++)
        run->summary.first_s[r] = INFINITY;
    for (int r = 0; r < RULE_COUNT + plan->gate_count; r++)
        run->open_event[r] = -1;
    run->event_count = run->dropped_count = 0;
    run->inflow_hint = run->ramp_hint = 0;
    memset(run->need_m3, 0, 3 * (size_t)plan->draw_count * sizeof(double));
    memset(run->inflow_m3s, 0, 3 * steps * sizeof(double)); /* with release and draws */
    memset(run->draw_m3s, 0, (size_t)plan->draw_count * steps * sizeof(double));
    memset(run->gate_m3s, 0, (size_t)plan->gate_count * steps * sizeof(double));
    memset(run->part_m3, 0, (size_t)plan->part_count * sizeof(double));
    run->level_m[0] = level_m;
    run->storage_m3[0] = storage_m3;
    for (int g = 0; g < plan->gate_count; g++) {
        const struct outlet *outlet = &plan->reservoir->outlet[plan->gate_outlet[g]];
        double opening = first_opening(run, g, level_m);
        run->now_opening[g] = opening;
        run->opening[(size_t)g * (steps + 1)] = opening;
        run->now_m3s[g] = outlet_flow_m3s(outlet, level_m, -INFINITY, opening);
    }
    run->tailwater_m[0] = NAN;
}

static enum status
finish(struct operation_run *run, double start_m3, double end_m3, struct error *err)
{
    const struct operation_plan *plan = run->plan;
    struct operation_summary *summary = &run->summary;
    double out_m3 = 0.0;
    for (int i = 0; i < plan->part_count; i++)
        out_m3 += run->part_m3[i];
    double in_m3 = summary->inflow_m3 + summary->rain_m3;
    summary->balance_m3 = start_m3 + in_m3 - out_m3 - end_m3;
    summary->end_m = operation_level_m(plan, end_m3);
    summary->freeboard_m =
        plan->reservoir->dam.given ? plan->reservoir->dam.crest_level_m - summary->highest_m : NAN;
    for (int t = 0; t < plan->request.step_count; t++)
        if (run->release_m3s[t] > summary->largest_downstream_m3s) {
            summary->largest_downstream_m3s = run->release_m3s[t];
            summary->largest_downstream_s = (double)plan->request.step_s * t;
        }
    run->tailwater_m[0] = run->tailwater_m[1];
    if (fabs(summary->balance_m3) > balance_limit * fmax(fmax(1.0, in_m3), start_m3))
        return error_set(err, STATUS_BALANCE, "the water balance is open by %g m3 of %g m3",
                         summary->balance_m3, in_m3);
    return STATUS_OK;
}

enum status
operation_simulate(struct operation_run *run, const struct operation_variant *variant, int member_i,
                   double start_storage_m3, struct error *err)
{
    const struct operation_plan *plan = run->plan;
    size_t steps = (size_t)plan->request.step_count;
    double storage_m3 = start_storage_m3;
    run->variant = variant;
    run->member_i = member_i;
    begin(run, storage_m3);
    int step = 0;
    for (int i = 0; i + 1 < plan->break_count; i++) {
        enum status status = pass_interval(run, i, step, &storage_m3, err);
        if (status != STATUS_OK)
            return status;
        if (plan->break_s[i + 1] < (double)plan->request.step_s * (step + 1) - 0.5)
            continue;
        step++;
        run->storage_m3[step] = storage_m3;
        run->level_m[step] = operation_level_m(plan, storage_m3);
        for (int g = 0; g < plan->gate_count; g++)
            run->opening[(size_t)g * (steps + 1) + (size_t)step] = run->now_opening[g];
    }
    return finish(run, start_storage_m3, storage_m3, err);
}

/* Whether the lake rises above the limit from a start level; leaving a table is above, too. */
static enum status
rises_above(struct operation_run *run, const struct operation_variant *variant, int member_i,
            double limit_m, double start_m, bool *above, struct error *err)
{
    struct error cause = {0};
    enum status status = operation_simulate(run, variant, member_i,
                                            operation_storage_m3(run->plan, start_m), &cause);
    *above = status == STATUS_INPUT || run->summary.highest_m > limit_m;
    if (status == STATUS_OK || status == STATUS_INPUT)
        return STATUS_OK;
    return error_set(err, status, "%s", cause.text);
}

enum status
operation_safe_start(struct operation_run *run, const struct operation_variant *variant,
                     int member_i, double limit_m, double *level_m, struct error *err)
{
    const struct operation_plan *plan = run->plan;
    double low_m = plan->dead_level_m, high_m = fmin(limit_m, plan->top_level_m);
    bool above;
    enum status status = rises_above(run, variant, member_i, limit_m, low_m, &above, err);
    *level_m = NAN;
    if (status != STATUS_OK || above || !(high_m > low_m))
        return status;
    status = rises_above(run, variant, member_i, limit_m, high_m, &above, err);
    if (status == STATUS_OK && !above)
        low_m = high_m;
    for (int i = 0; i < SAFE_ITERATIONS && high_m - low_m > 1e-3 && status == STATUS_OK; i++) {
        double middle_m = 0.5 * (low_m + high_m);
        status = rises_above(run, variant, member_i, limit_m, middle_m, &above, err);
        if (above)
            high_m = middle_m;
        else
            low_m = middle_m;
    }
    if (status != STATUS_OK)
        return status;
    *level_m = low_m;
    return rises_above(run, variant, member_i, limit_m, low_m, &above, err);
}
