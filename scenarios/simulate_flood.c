/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"

#include <math.h>

/*
 * Flood windows: days on which a lake is worked by its gates, hour by hour or finer, within a daily
 * run. The day's allocation decides what the lake takes in and what links draw from it; its gates
 * and crest let out what they do at the level of each moment (operation_day.h), and that goes to
 * the allocation as the day's flow of the lake's spillway.
 */

static const double release_tolerance = 1e-9; /* of what passes, as the balance of a node */
static const double volume_tolerance_m3 = 1e-6;
/* Above it the secant is no help: it goes too far. */
static const double largest_slope = 0.99;

/* ---- life cycle ------------------------------------------------------------------------------ */

enum status
flood_create(struct simulation *simulation, struct error *err)
{
    const struct basin *basin = simulation->basin;
    enum status status = STATUS_OK;
    simulation->flood =
        arena_alloc(simulation->memory, (size_t)basin->reservoir_count, sizeof *simulation->flood);
    if (simulation->flood == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the flood windows");
    for (int r = 0; r < basin->reservoir_count; r++) {
        if (!(basin->reservoir[r].flood_window.step_s > 0.0))
            continue;
        struct flood_watch *watch = &simulation->flood[simulation->flood_count];
        *watch = (struct flood_watch){.reservoir_r = r, .spill_l = -1};
        for (int l = 0; l < basin->link_count; l++)
            if (basin->link[l].is_spill && basin->link[l].from == basin->reservoir[r].node_i)
                watch->spill_l = l;
        TRY(operation_day_create(basin, r, &watch->day, err));
        simulation->flood_count++;
    }
out:
    return status;
}

void
flood_destroy(struct simulation *simulation)
{
    for (int i = 0; i < simulation->flood_count; i++)
        operation_day_destroy(simulation->flood[i].day);
}

void
flood_carry(struct simulation *simulation, struct snapshot *snapshot)
{
    for (int i = 0; i < simulation->flood_count; i++) {
        struct flood_watch *watch = &simulation->flood[i];
        size_t gates = (size_t)watch->day->plan->gate_count;
        snapshot_carry(snapshot, &watch->was_in_window, sizeof watch->was_in_window);
        snapshot_carry(snapshot, watch->day->opening, gates * sizeof *watch->day->opening);
    }
}

/* ---- triggers -------------------------------------------------------------------------------- */

/* Mean runoff that flows into the lake on a day of the run, shares as they are now. */
static double
direct_m3s(const struct simulation *simulation, int node_i, int step_t)
{
    const struct basin *basin = simulation->basin;
    double sum_m3s = 0.0;
    int entry = 0;
    for (int c = 0; c < basin->catchment_count; c++)
        for (int i = 0; i < basin->catchment[c].to_count; i++, entry++)
            if (basin->catchment[c].to[i].node_i == node_i)
                sum_m3s +=
                    simulation->share[entry] * simulation->input->runoff->flow_m3s[c][step_t];
    return sum_m3s;
}

/* The same; the first and last days of the run have their own as their neighbour. */
static double
direct_near_m3s(const struct simulation *simulation, int node_i, int step_t)
{
    int last_t = simulation->axis->step_count - 1;
    return direct_m3s(simulation, node_i, step_t < 0 ? 0 : step_t > last_t ? last_t : step_t);
}

static bool
is_forecast(const struct simulation *simulation, const struct flood_window *window, int node_i)
{
    int t = simulation->moment.step_t, last_t = simulation->axis->step_count - 1;
    if (!(window->forecast_m3s > 0.0))
        return false;
    for (int ahead = 0; ahead <= window->forecast_days && t + ahead <= last_t; ahead++)
        if (direct_m3s(simulation, node_i, t + ahead) >= window->forecast_m3s)
            return true;
    return false;
}

/* Whether the lake is worked by its gates in this step. It goes back to days only below its flood
 * limit: the allocation of a day would have it spill all that is above, whatever gates can pass. */
static bool
is_window(const struct simulation *simulation, const struct flood_watch *watch)
{
    const struct reservoir *reservoir = &simulation->basin->reservoir[watch->reservoir_r];
    const struct flood_window *window = &reservoir->flood_window;
    const struct moment *moment = &simulation->moment;
    double storage_m3 = simulation->lake[watch->reservoir_r].storage_m3;
    double inflow_m3s = simulation->known_m3[reservoir->node_i] / simulation->dt_s;
    bool has_level = window->level.kind != VARYING_ABSENT, has_inflow = window->inflow_m3s > 0.0;
    double level_m3 = has_level ? reservoir_line_m3(reservoir, &window->level, moment) : INFINITY;
    if (storage_m3 >= level_m3 || (has_inflow && inflow_m3s >= window->inflow_m3s) ||
        is_forecast(simulation, window, reservoir->node_i))
        return true;
    if (!watch->was_in_window)
        return false;
    double flood_m3 = reservoir_line_m3(reservoir, &reservoir->flood_limit, moment);
    double until_m3 = fmin(level_m3, flood_m3);
    if (window->until_level.kind != VARYING_ABSENT)
        until_m3 = fmin(until_m3, reservoir_line_m3(reservoir, &window->until_level, moment));
    double until_m3s = window->until_inflow_m3s > 0.0 ? window->until_inflow_m3s : INFINITY;
    return storage_m3 > until_m3 || inflow_m3s >= until_m3s;
}

void
flood_look_up(struct simulation *simulation)
{
    for (int i = 0; i < simulation->flood_count; i++) {
        struct flood_watch *watch = &simulation->flood[i];
        struct lake *lake = &simulation->lake[watch->reservoir_r];
        lake->in_window = lake->in_service && is_window(simulation, watch);
        lake->gate_m3 = (double)NAN;
        if (lake->in_window && !watch->was_in_window)
            operation_day_set_gates(watch->day);
    }
}

/* ---- routing --------------------------------------------------------------------------------- */

/* Water that links and users bring to the lake in the step, by the flows as they are. */
static double
brought_m3(const struct simulation *simulation, int node_i)
{
    const struct basin *basin = simulation->basin;
    double sum_m3 = 0.0;
    for (int l = 0; l < basin->link_count; l++) {
        const struct way *way = &simulation->way[l];
        if (basin->link[l].to != node_i)
            continue;
        const struct reach *reach = reaches_find(&simulation->reaches, l);
        double arrives_m3 = reach == NULL ? way->flow_m3 : reach->outflow_m3 - reach->known_m3;
        sum_m3 += (1.0 - way->loss) * arrives_m3; /* what was on its way is known water */
    }
    for (int d = 0; d < basin->demand_count; d++)
        for (int i = 0; i < basin->demand[d].return_count; i++)
            if (basin->demand[d].returns[i].node_i == node_i)
                sum_m3 += share_now(simulation, &basin->demand[d].returns[i].fraction) *
                          simulation->want[d].supply_m3;
    return sum_m3;
}

/* What leaves the lake by other links than its spillway. */
static double
drawn_m3(const struct simulation *simulation, const struct flood_watch *watch, int node_i)
{
    double sum_m3 = 0.0;
    for (int l = 0; l < simulation->basin->link_count; l++)
        if (simulation->basin->link[l].from == node_i && l != watch->spill_l)
            sum_m3 += simulation->way[l].flow_m3;
    return sum_m3;
}

/* The day's water of a lake by the flows as they are; what enters in all, m3. */
static double
find_water(const struct simulation *simulation, const struct flood_watch *watch,
           struct day_water *water)
{
    const struct reservoir *reservoir = &simulation->basin->reservoir[watch->reservoir_r];
    const struct lake *lake = &simulation->lake[watch->reservoir_r];
    int node_i = reservoir->node_i, t = simulation->moment.step_t;
    double dt_s = simulation->dt_s;
    double enters_m3 = lake->forced_m3 + lake->exchange.rain_m3 + brought_m3(simulation, node_i);
    *water = (struct day_water){
        .start_s = simulation->axis->start_s[t],
        .start_m3 = lake->storage_m3,
        .direct_m3s = {direct_near_m3s(simulation, node_i, t - 1),
                       direct_m3s(simulation, node_i, t),
                       direct_near_m3s(simulation, node_i, t + 1)},
        .drawn_m3s = drawn_m3(simulation, watch, node_i) / dt_s,
        .lost_m3s = (lake->exchange.evaporation_m3 + lake->exchange.seepage_m3) / dt_s,
        .flood_limit_m = reservoir_level_m(reservoir, lake->flood_m3),
        .minimum_m3s = (double)NAN};
    water->steady_m3s = fmax(0.0, enters_m3 / dt_s - water->direct_m3s[1]);
    if (reservoir->minimum_release.kind != VARYING_ABSENT)
        water->minimum_m3s =
            fmax(0.0, moment_value(&simulation->moment, &reservoir->minimum_release));
    return enters_m3;
}

/*
 * The release to try next. What is routed answers in part to what is tried: a user below the dam
 * that the gates serve draws less from the lake by another way. The secant of the last two tries
 * finds where both are the same, since the answer is nearly straight; the first try is what was
 * routed with the release left free.
 */
static double
next_release_m3(struct flood_watch *watch, double tried_m3, double routed_m3, double most_m3)
{
    double slope = (routed_m3 - watch->routed_m3) / (tried_m3 - watch->tried_m3);
    double next_m3 = routed_m3;
    if (slope > -1.0 && slope < largest_slope)
        next_m3 = (routed_m3 - slope * tried_m3) / (1.0 - slope);
    watch->tried_m3 = tried_m3;
    watch->routed_m3 = routed_m3;
    return fmin(fmax(next_m3, 0.0), most_m3);
}

enum status
flood_route(struct simulation *simulation, bool *moved, struct error *err)
{
    enum status status = STATUS_OK;
    *moved = false;
    for (int i = 0; i < simulation->flood_count; i++) {
        struct flood_watch *watch = &simulation->flood[i];
        struct lake *lake = &simulation->lake[watch->reservoir_r];
        struct day_water water;
        if (!lake->in_window)
            continue;
        double enters_m3 = find_water(simulation, watch, &water);
        TRY(operation_day_pass(watch->day, &water, err));
        double gate_m3 = operation_day_release_m3(watch->day);
        double tolerance_m3 = fmax(volume_tolerance_m3, release_tolerance * (enters_m3 + gate_m3));
        if (fabs(gate_m3 - lake->gate_m3) <= tolerance_m3)
            continue; /* what the allocation has been made with */
        lake->gate_m3 =
            next_release_m3(watch, lake->gate_m3, gate_m3, lake->storage_m3 + enters_m3);
        *moved = true;
    }
out:
    return status;
}

/* ---- results --------------------------------------------------------------------------------- */

/* The day's steps as rows of the results. */
static void
keep_substeps(struct simulation *simulation, const struct flood_watch *watch)
{
    const struct operation_run *run = watch->day->run;
    struct substeps *substeps = &simulation->result->substeps;
    int steps = run->plan->request.step_count, gates = run->plan->gate_count;
    int all_gates = (substeps->width - SUBSTEP_GATES) / 2;
    int first = substep_first_gate(simulation->basin, watch->reservoir_r);
    for (int step = 0; step < steps; step++) {
        float *row = substeps->value + substeps->count++ * (size_t)substeps->width;
        double gates_m3s = 0.0;
        row[SUBSTEP_RESERVOIR] = (float)watch->reservoir_r;
        row[SUBSTEP_DAY] = (float)simulation->moment.step_t;
        row[SUBSTEP_NUMBER] = (float)step;
        row[SUBSTEP_LEVEL] = (float)run->level_m[step + 1];
        row[SUBSTEP_INFLOW] = (float)run->inflow_m3s[step];
        row[SUBSTEP_RELEASE] = (float)run->release_m3s[step];
        row[SUBSTEP_DRAWN] = (float)run->draw_m3s[step];
        for (int g = 0; g < 2 * all_gates; g++)
            row[SUBSTEP_GATES + g] = (float)NAN;
        for (int g = 0; g < gates; g++) {
            double flow_m3s = run->gate_m3s[g * steps + step];
            gates_m3s += flow_m3s;
            row[SUBSTEP_GATES + first + g] = (float)flow_m3s;
            row[SUBSTEP_GATES + all_gates + first + g] =
                (float)run->opening[g * (steps + 1) + step + 1];
        }
        row[SUBSTEP_OVERTOPPING] = (float)fmax(0.0, run->release_m3s[step] - gates_m3s);
    }
}

void
flood_account(struct simulation *simulation)
{
    static const double hour_s = 3600.0;
    int t = simulation->moment.step_t;
    for (int i = 0; i < simulation->flood_count; i++) {
        struct flood_watch *watch = &simulation->flood[i];
        const struct lake *lake = &simulation->lake[watch->reservoir_r];
        struct flood_indicators *sum = &simulation->result->flood[watch->reservoir_r];
        const struct operation_summary *day = &watch->day->run->summary;
        if (lake->in_window) {
            if (day->highest_m > sum->highest_level_m) {
                sum->highest_level_m = day->highest_m;
                sum->highest_step = t;
            }
            sum->window_count += !watch->was_in_window;
            sum->hours += simulation->dt_s / hour_s;
            sum->overtopped_hours += day->overtop_s / hour_s;
            sum->overtopped_m3 += day->overtop_m3;
            sum->largest_release_m3s = fmax(sum->largest_release_m3s, day->largest_outflow_m3s);
            sum->above_table_m = fmax(sum->above_table_m, day->extreme[RULE_ABOVE_TABLE]);
            operation_day_keep_gates(watch->day);
            if (simulation->result->substeps.value != NULL)
                keep_substeps(simulation, watch);
        }
        watch->was_in_window = lake->in_window;
    }
}
