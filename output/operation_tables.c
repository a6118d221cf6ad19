/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/operation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 64, AT_BYTES = 24, NAME_BYTES = 96 };
static const double per_hm3 = 1e-6, hour_s = 3600.0;

typedef double figure_of(const struct operation_run *run);

static const char *
at_text(const struct operation_results *results, double at_s, char *buffer)
{
    return instant_format(results->plan->request.start_s + (int64_t)llround(at_s), buffer,
                          AT_BYTES);
}

/* ---- one inflow ------------------------------------------------------------------------------ */

static void
put_row(struct table *table, const struct operation_results *results, const char *name,
        figure_of *figure)
{
    table_cell(table, "%s", name);
    for (int v = 0; v < results->variant_count; v++)
        table_number(table, figure(results->run[v]));
}

static void
put_times(struct table *table, const struct operation_results *results, const char *name,
          figure_of *figure)
{
    char at[AT_BYTES];
    table_cell(table, "%s", name);
    for (int v = 0; v < results->variant_count; v++)
        table_cell(table, "%s", at_text(results, figure(results->run[v]), at));
}

#define FIGURE(name, expression)                                                                   \
    static double name(const struct operation_run *run)                                            \
    {                                                                                              \
        return expression;                                                                         \
    }
FIGURE(start_level, run->level_m[0])
FIGURE(highest, run->summary.highest_m)
FIGURE(highest_at, run->summary.highest_s)
FIGURE(freeboard, run->summary.freeboard_m)
FIGURE(required_freeboard, run->plan->reservoir->dam.crest_level_m - run->plan->freeboard_level_m)
FIGURE(wave_freeboard, required_freeboard(run) - run->plan->reservoir->dam.freeboard_m)
FIGURE(lowest, run->summary.lowest_m)
FIGURE(end_level, run->summary.end_m)
FIGURE(largest_inflow, run->summary.largest_inflow_m3s)
FIGURE(largest_outflow, run->summary.largest_outflow_m3s)
FIGURE(largest_outflow_at, run->summary.largest_outflow_s)
FIGURE(largest_downstream, run->summary.largest_downstream_m3s)
FIGURE(largest_downstream_at, run->summary.largest_downstream_s)
FIGURE(inflow_volume, run->summary.inflow_m3 *per_hm3)
FIGURE(release_volume, run->summary.release_m3 *per_hm3)
FIGURE(spill_volume, run->summary.spill_m3 *per_hm3)
FIGURE(loss_volume, (run->summary.loss_m3 - run->summary.rain_m3) * per_hm3)
FIGURE(overtop_hours, run->summary.overtop_s / hour_s)
FIGURE(overtop_volume, run->summary.overtop_m3 *per_hm3)
FIGURE(minimum_hours, run->summary.minimum_short_s / hour_s)
FIGURE(minimum_volume, run->summary.minimum_short_m3 *per_hm3)
FIGURE(cut_volume, run->summary.schedule_cut_m3 *per_hm3)
FIGURE(event_number, run->event_count + run->dropped_count)
FIGURE(open_balance, run->summary.balance_m3)

/* Need and losses of a class, hm3: 0 the need, 1 cut by rule, 2 for lack of water. */
static double
class_volume(const struct operation_run *run, int class_i, int what)
{
    const double *from = what == 0   ? run->need_m3
                         : what == 1 ? run->rule_cut_m3
                                     : run->water_cut_m3;
    double sum_m3 = 0.0;
    for (int d = 0; d < run->plan->draw_count; d++)
        if (run->plan->draw[d].class_i == class_i)
            sum_m3 += from[d];
    return sum_m3 * per_hm3;
}

static void
put_classes(struct table *table, const struct operation_results *results)
{
    static const char *const texts[] = {"%s: needs from the lake, hm3", "%s: lost by rule, hm3",
                                        "%s: lost for lack of water, hm3"};
    const struct basin *basin = results->plan->request.basin;
    for (int c = 0; c < basin->class_count; c++) {
        bool draws = false;
        for (int d = 0; d < results->plan->draw_count; d++)
            draws = draws || results->plan->draw[d].class_i == c;
        for (int what = 0; what < 3 && draws; what++) {
            char name[NAME_BYTES];
            snprintf(name, sizeof name, texts[what],
                     basin->class[c].name != NULL ? basin->class[c].name : basin->class[c].id);
            table_cell(table, "%s", name);
            for (int v = 0; v < results->variant_count; v++)
                table_number(table, class_volume(results->run[v], c, what));
        }
    }
}

void
operation_begin_table(struct table *table, const struct operation_results *results,
                      enum table_format format)
{
    const char *heads[COLUMNS_MAX];
    int count = 0;
    heads[count++] = "<figure";
    for (int v = 0; v < results->variant_count && count < COLUMNS_MAX; v++)
        heads[count++] = results->variant[v].name;
    table_init(table, format, count, heads);
}

/* What must be seen first: whether the dam is safe, by its limits in order of their weight. */
static void
put_verdict(struct table *table, const struct operation_results *results)
{
    const struct reservoir *reservoir = results->plan->reservoir;
    if (!reservoir->dam.given)
        return;
    table_cell(table, "dam safe");
    for (int v = 0; v < results->variant_count; v++) {
        const double *first_s = results->run[v]->summary.first_s;
        const char *verdict = isfinite(first_s[RULE_OVERTOPPED])     ? "NO: overtopped"
                              : isfinite(first_s[RULE_FREEBOARD])    ? "NO: freeboard"
                              : isfinite(first_s[RULE_CHECK_LEVEL])  ? "NO: check level"
                              : isfinite(first_s[RULE_DESIGN_LEVEL]) ? "above design level"
                                                                     : "yes";
        table_cell(table, "%s", verdict);
    }
}

bool
operation_print_figures(const struct operation_results *results, enum table_format format,
                        FILE *out)
{
    struct table table;
    const struct reservoir *reservoir = results->plan->reservoir;
    operation_begin_table(&table, results, format);
    put_verdict(&table, results);
    put_row(&table, results, "start level, m", start_level);
    if (results->safe_start_m != NULL) {
        table_cell(&table, "safe start level for %.2f m, m", results->safe_limit_m);
        for (int v = 0; v < results->variant_count; v++)
            if (isnan(results->safe_start_m[v]))
                table_cell(&table, "none");
            else
                table_number(&table, results->safe_start_m[v]);
    }
    put_row(&table, results, "highest level, m", highest);
    put_times(&table, results, "  at", highest_at);
    if (reservoir->dam.given)
        put_row(&table, results, "freeboard left, m", freeboard);
    if (reservoir->dam.given && !isnan(results->plan->freeboard_level_m))
        put_row(&table, results, "  required", required_freeboard);
    if (reservoir->dam.wind.speed_ms > 0.0)
        put_row(&table, results, "  of it set-up and run-up of waves", wave_freeboard);
    put_row(&table, results, "lowest level, m", lowest);
    put_row(&table, results, "level at the end, m", end_level);
    put_row(&table, results, "largest inflow, m3/s", largest_inflow);
    put_row(&table, results, "largest outflow, m3/s", largest_outflow);
    put_times(&table, results, "  at", largest_outflow_at);
    put_row(&table, results, "largest flow below, mean of a step, m3/s", largest_downstream);
    put_times(&table, results, "  from", largest_downstream_at);
    put_row(&table, results, "inflow, hm3", inflow_volume);
    put_row(&table, results, "released, hm3", release_volume);
    put_row(&table, results, "  of it spilled over crests, hm3", spill_volume);
    put_row(&table, results, "evaporation and seepage less rain, hm3", loss_volume);
    if (reservoir->dam.given) {
        put_row(&table, results, "dam overtopped, h", overtop_hours);
        put_row(&table, results, "dam overtopped, hm3", overtop_volume);
    }
    if (reservoir->minimum_release.kind != VARYING_ABSENT) {
        put_row(&table, results, "below minimum release, h", minimum_hours);
        put_row(&table, results, "below minimum release, hm3", minimum_volume);
    }
    put_row(&table, results, "asked and not given, hm3", cut_volume);
    put_classes(&table, results);
    put_row(&table, results, "times a rule is broken", event_number);
    put_row(&table, results, "open water balance, m3", open_balance);
    return table_print(&table, out);
}

bool
operation_print_events(const struct operation_results *results, enum table_format format, FILE *out)
{
    static const char *const heads[] = {"<schedule", "<rule", "<gate", "<from",     "<to",
                                        "hours",     "size",  "<unit", "volume hm3"};
    struct table table;
    char at[AT_BYTES], gate[NAME_BYTES];
    table_init(&table, format, sizeof heads / sizeof *heads, heads);
    for (int v = 0; v < results->variant_count; v++)
        for (int i = 0; i < results->run[v]->event_count; i++) {
            const struct rule_event *event = &results->run[v]->event[i];
            table_cell(&table, "%s", results->variant[v].name);
            table_cell(&table, "%s", operation_rule_name(event->rule));
            table_cell(&table, "%s",
                       event->gate_i < 0 ? ""
                                         : reservoir_gate_name(results->plan->reservoir,
                                                               event->gate_i, gate, sizeof gate));
            table_cell(&table, "%s", at_text(results, event->start_s, at));
            table_cell(&table, "%s", at_text(results, event->end_s, at));
            table_cell(&table, "%.2f", (event->end_s - event->start_s) / hour_s);
            table_number(&table, event->size);
            table_cell(&table, "%s", operation_rule_unit(event->rule));
            if (event->volume_m3 > 0.0)
                table_number(&table, event->volume_m3 * per_hm3);
            else
                table_cell(&table, "%s", "");
        }
    return table_print(&table, out);
}
