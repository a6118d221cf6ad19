/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/operation_private.h"

#include <math.h>

/* Below these, a limit counts as kept: 0.1 mm, and a millionth of a flow. */
static const double level_slack_m = 1e-4;
static const double flow_slack = 1e-6;
static const double hour_s = 3600.0;

static const struct {
    const char *name, *unit;
} rules[RULE_COUNT] = {
    [RULE_OVERTOPPED] = {"dam overtopped", "m"},
    [RULE_FREEBOARD] = {"inside the required freeboard", "m"},
    [RULE_CHECK_LEVEL] = {"above the level of the check flood", "m"},
    [RULE_DESIGN_LEVEL] = {"above the level of the design flood", "m"},
    [RULE_FLOOD_LIMIT] = {"above the flood limit of the day", "m"},
    [RULE_ABOVE_TABLE] = {"above the last row of a table (extrapolated)", "m"},
    [RULE_SAFE_FLOW] = {"release above the safe flow below the dam", "m3/s"},
    [RULE_RAMP_UP] = {"release rises too fast", "m3/s in 1 h"},
    [RULE_RAMP_DOWN] = {"release falls too fast", "m3/s in 1 h"},
    [RULE_MINIMUM_RELEASE] = {"release below the minimum", "m3/s"},
    [RULE_RESTRICTION] = {"below the restriction line", "m"},
    [RULE_DEAD_LEVEL] = {"below dead level", "m"},
    [RULE_SCHEDULE_CUT] = {"schedule cut: the lake cannot give it", "m3/s"},
};

const char *
operation_rule_name(enum operation_rule rule)
{
    return rules[rule].name;
}

const char *
operation_rule_unit(enum operation_rule rule)
{
    return rules[rule].unit;
}

void
operation_note(struct operation_run *run, enum operation_rule rule, int gate_i, bool broken,
               double from_s, double to_s, double size, double volume_m3)
{
    int *open = &run->open_event[rule == RULE_SCHEDULE_CUT ? RULE_COUNT + gate_i : (int)rule];
    struct operation_summary *summary = &run->summary;
    if (!broken) {
        *open = -1;
        return;
    }
    summary->first_s[rule] = fmin(summary->first_s[rule], from_s);
    summary->extreme[rule] = fmax(summary->extreme[rule], size);
    if (*open < 0 && run->event_count == EVENTS_MAX) {
        run->dropped_count++;
        return;
    }
    if (*open < 0) {
        *open = run->event_count++;
        run->event[*open] =
            (struct rule_event){.rule = rule, .gate_i = gate_i, .start_s = from_s, .end_s = to_s};
    }
    struct rule_event *event = &run->event[*open];
    event->end_s = to_s;
    event->size = fmax(event->size, size);
    event->volume_m3 += volume_m3;
}

/* Release an hour before the end of the interval, straight between what was seen. */
static double
release_an_hour_ago(struct operation_run *run, int interval_i)
{
    const double *at_s = run->plan->break_s;
    double then_s = at_s[interval_i + 1] - hour_s;
    if (then_s <= 0.0)
        return run->release_at_m3s[0];
    while (at_s[run->ramp_hint + 1] < then_s)
        run->ramp_hint++;
    int i = run->ramp_hint;
    double share = (then_s - at_s[i]) / (at_s[i + 1] - at_s[i]);
    return run->release_at_m3s[i] + share * (run->release_at_m3s[i + 1] - run->release_at_m3s[i]);
}

static void
check_level(struct operation_run *run, enum operation_rule rule, double excess_m, double from_s,
            double to_s, double volume_m3)
{
    operation_note(run, rule, -1, excess_m > level_slack_m, from_s, to_s, excess_m, volume_m3);
}

static void
check_release(struct operation_run *run, int interval_i, int hour_i, double mean_m3s)
{
    const struct operation_plan *plan = run->plan;
    const struct reservoir *reservoir = plan->reservoir;
    double from_s = plan->break_s[interval_i], to_s = plan->break_s[interval_i + 1];
    double dt_s = to_s - from_s, now_m3s = run->release_at_m3s[interval_i + 1];
    if (reservoir->safe_flow_m3s > 0.0) {
        double excess = fmax(now_m3s, mean_m3s) - reservoir->safe_flow_m3s;
        operation_note(run, RULE_SAFE_FLOW, -1, excess > flow_slack * reservoir->safe_flow_m3s,
                       from_s, to_s, excess, fmax(0.0, mean_m3s - reservoir->safe_flow_m3s) * dt_s);
    }
    if (reservoir->ramp_up_m3s > 0.0 || reservoir->ramp_down_m3s > 0.0) {
        double change = now_m3s - release_an_hour_ago(run, interval_i);
        double up = change - reservoir->ramp_up_m3s, down = -change - reservoir->ramp_down_m3s;
        if (reservoir->ramp_up_m3s > 0.0)
            operation_note(run, RULE_RAMP_UP, -1, up > flow_slack * reservoir->ramp_up_m3s, from_s,
                           to_s, up, 0.0);
        if (reservoir->ramp_down_m3s > 0.0)
            operation_note(run, RULE_RAMP_DOWN, -1, down > flow_slack * reservoir->ramp_down_m3s,
                           from_s, to_s, down, 0.0);
    }
    double least = plan->minimum_m3s[hour_i];
    if (!isnan(least)) {
        double missing = least - mean_m3s;
        bool broken = missing > flow_slack * least;
        operation_note(run, RULE_MINIMUM_RELEASE, -1, broken, from_s, to_s, missing,
                       broken ? missing * dt_s : 0.0);
        run->summary.minimum_short_s += broken ? dt_s : 0.0;
        run->summary.minimum_short_m3 += broken ? missing * dt_s : 0.0;
    }
}

/* Level above which some table gives only what lies beyond its last row. */
static double
tables_end(const struct operation_plan *plan)
{
    double end_m = plan->top_level_m;
    for (int o = 0; o < plan->reservoir->outlet_count; o++)
        end_m = fmin(end_m, outlet_table_top_m(&plan->reservoir->outlet[o]));
    return end_m;
}

void
operation_check(struct operation_run *run, int interval_i, double level_m, int hour_i,
                double release_mean_m3s)
{
    const struct operation_plan *plan = run->plan;
    const struct dam *dam = &plan->reservoir->dam;
    double from_s = plan->break_s[interval_i], to_s = plan->break_s[interval_i + 1];
    if (dam->given) {
        double over_m3 = run->interval_part_m3[plan->gate_count];
        bool over = level_m > dam->crest_level_m || over_m3 > 0.0;
        run->summary.overtop_s += over ? to_s - from_s : 0.0;
        operation_note(run, RULE_OVERTOPPED, -1, over, from_s, to_s,
                       fmax(0.0, level_m - dam->crest_level_m), over_m3);
        check_level(run, RULE_FREEBOARD, level_m - plan->freeboard_level_m, from_s, to_s, 0.0);
        check_level(run, RULE_DESIGN_LEVEL, level_m - dam->design_level_m, from_s, to_s, 0.0);
        check_level(run, RULE_CHECK_LEVEL, level_m - dam->check_level_m, from_s, to_s, 0.0);
    }
    check_level(run, RULE_FLOOD_LIMIT, level_m - plan->flood_limit_m[hour_i], from_s, to_s, 0.0);
    check_level(run, RULE_RESTRICTION, plan->restriction_m[hour_i] - level_m, from_s, to_s, 0.0);
    check_level(run, RULE_DEAD_LEVEL, plan->dead_level_m - level_m, from_s, to_s, 0.0);
    check_level(run, RULE_ABOVE_TABLE, level_m - tables_end(plan), from_s, to_s, 0.0);
    check_release(run, interval_i, hour_i, release_mean_m3s);
}
