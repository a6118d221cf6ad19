/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/operation.h"

#include "output/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static bool
begin_columns(struct table *table, const struct operation_results *results, bool csv)
{
    const char *heads[COLUMNS_MAX];
    int count = 0;
    heads[count++] = "<figure";
    for (int v = 0; v < results->variant_count && count < COLUMNS_MAX; v++)
        heads[count++] = results->variant[v].name;
    table_init(table, csv, count, heads);
    return true;
}

bool
operation_print_figures(const struct operation_results *results, bool csv, FILE *out)
{
    struct table table;
    const struct reservoir *reservoir = results->plan->reservoir;
    begin_columns(&table, results, csv);
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
operation_print_events(const struct operation_results *results, bool csv, FILE *out)
{
    static const char *const heads[] = {"<schedule", "<rule", "<gate", "<from",     "<to",
                                        "hours",     "size",  "<unit", "volume hm3"};
    struct table table;
    char at[AT_BYTES], gate[NAME_BYTES];
    table_init(&table, csv, sizeof heads / sizeof *heads, heads);
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

/* ---- ensembles ------------------------------------------------------------------------------- */

static int
compare_doubles(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return first < second ? -1 : first > second;
}

/* Quantile by type 7 of sorted figures. */
static double
quantile(const double *sorted, int count, double share)
{
    double at = share * (count - 1);
    int i = (int)at;
    return i + 1 < count ? sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]) : sorted[count - 1];
}

/* Whether the lake has the limit at all. */
static bool
has_limit(const struct reservoir *reservoir, enum operation_rule rule)
{
    const struct dam *dam = &reservoir->dam;
    switch (rule) {
    case RULE_OVERTOPPED:
        return dam->given;
    case RULE_FREEBOARD:
        return dam->given && !isnan(dam->freeboard_m);
    case RULE_CHECK_LEVEL:
        return dam->given && !isnan(dam->check_level_m);
    case RULE_DESIGN_LEVEL:
        return dam->given && !isnan(dam->design_level_m);
    case RULE_SAFE_FLOW:
        return reservoir->safe_flow_m3s > 0.0;
    default:
        return true;
    }
}

static void
put_share(struct table *table, const struct operation_results *results, enum operation_rule rule)
{
    const struct operation_ensemble *ensemble = results->ensemble;
    table_cell(table, "%s, %% of members", operation_rule_name(rule));
    for (int v = 0; v < results->variant_count; v++) {
        double low, high;
        int count = operation_ensemble_broken(ensemble, v, rule);
        operation_interval(count, ensemble->member_count, &low, &high);
        table_cell(table, "%.1f (%.1f-%.1f)", 100.0 * count / ensemble->member_count, 100.0 * low,
                   100.0 * high);
    }
}

/* Earliest and median time to the first breach, of the members that have one. */
static void
put_warning(struct table *table, const struct operation_results *results, enum operation_rule rule,
            double *scratch)
{
    const struct operation_ensemble *ensemble = results->ensemble;
    table_cell(table, "  warning time, h: earliest, median");
    for (int v = 0; v < results->variant_count; v++) {
        int count = 0;
        for (int m = 0; m < ensemble->member_count; m++) {
            double first_s = ensemble->summary[v * ensemble->member_count + m].first_s[rule];
            if (isfinite(first_s))
                scratch[count++] = first_s / hour_s;
        }
        qsort(scratch, (size_t)count, sizeof *scratch, compare_doubles);
        if (count == 0)
            table_cell(table, "-");
        else
            table_cell(table, "%.1f, %.1f", scratch[0], quantile(scratch, count, 0.5));
    }
}

static void
put_quantiles(struct table *table, const struct operation_results *results, bool of_level,
              double share, double *scratch)
{
    const struct operation_ensemble *ensemble = results->ensemble;
    table_cell(table,
               of_level ? "highest level, %.0f %% of members stay below, m"
                        : "largest outflow, %.0f %% of members stay below, m3/s",
               100.0 * share);
    for (int v = 0; v < results->variant_count; v++) {
        for (int m = 0; m < ensemble->member_count; m++) {
            const struct operation_summary *summary =
                &ensemble->summary[v * ensemble->member_count + m];
            scratch[m] = of_level ? summary->highest_m : summary->largest_outflow_m3s;
        }
        qsort(scratch, (size_t)ensemble->member_count, sizeof *scratch, compare_doubles);
        table_number(table, quantile(scratch, ensemble->member_count, share));
    }
}

bool
operation_print_ensemble(const struct operation_results *results, bool csv, FILE *out)
{
    static const enum operation_rule safety[] = {RULE_OVERTOPPED,  RULE_FREEBOARD,
                                                 RULE_CHECK_LEVEL, RULE_DESIGN_LEVEL,
                                                 RULE_FLOOD_LIMIT, RULE_SAFE_FLOW};
    static const double shares[] = {0.5, 0.9, 0.95};
    const struct operation_ensemble *ensemble = results->ensemble;
    double *scratch = calloc((size_t)ensemble->member_count + 1, sizeof *scratch);
    struct table table;
    if (scratch == NULL)
        return false;
    begin_columns(&table, results, csv);
    for (int i = 0; i < 3; i++)
        put_quantiles(&table, results, true, shares[i], scratch);
    for (int i = 0; i < 3; i++)
        put_quantiles(&table, results, false, shares[i], scratch);
    for (size_t i = 0; i < sizeof safety / sizeof *safety; i++) {
        int broken = 0;
        if (!has_limit(results->plan->reservoir, safety[i]))
            continue;
        for (int v = 0; v < results->variant_count; v++)
            broken += operation_ensemble_broken(ensemble, v, safety[i]);
        put_share(&table, results, safety[i]);
        if (broken > 0)
            put_warning(&table, results, safety[i], scratch);
    }
    if (results->plan->reservoir->dam.given) {
        bool has_freeboard = has_limit(results->plan->reservoir, RULE_FREEBOARD);
        table_cell(&table, has_freeboard ? "freeboard kept in 95 %% of members"
                                         : "dam not overtopped in 95 %% of members");
        for (int v = 0; v < results->variant_count; v++) {
            int broken = operation_ensemble_broken(
                ensemble, v, has_freeboard ? RULE_FREEBOARD : RULE_OVERTOPPED);
            table_cell(&table, broken <= 0.05 * ensemble->member_count ? "yes" : "no");
        }
    }
    free(scratch);
    return table_print(&table, out);
}

/* ---- operation log --------------------------------------------------------------------------- */

FILE *
operation_open(const char *path, char *temporary, size_t size, struct error *err)
{
    snprintf(temporary, size, "%s.part%ld", path, (long)getpid());
    FILE *file = fopen(temporary, "w");
    if (file == NULL)
        error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
    return file;
}

enum status
operation_close(FILE *file, const char *temporary, const char *path, struct error *err)
{
    bool good = !ferror(file);
    good = fclose(file) == 0 && good;
    if (good && rename(temporary, path) == 0)
        return STATUS_OK;
    remove(temporary);
    return error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
}

static void
write_log_row(FILE *out, const struct operation_results *results, int v, int step)
{
    const struct operation_run *run = results->run[v];
    const struct operation_plan *plan = results->plan;
    size_t steps = (size_t)plan->request.step_count;
    char at[AT_BYTES];
    int next = step + 1;
    fprintf(out, "%s,%s,%.4f,", results->variant[v].name,
            at_text(results, (double)plan->request.step_s * next, at), run->level_m[next]);
    if (isfinite(run->tailwater_m[next]))
        fprintf(out, "%.4f", run->tailwater_m[next]);
    fprintf(out, ",%.6f,%.4f,%.4f,%.4f", run->storage_m3[next] * per_hm3, run->inflow_m3s[step],
            run->release_m3s[step], run->drawn_m3s[step]);
    for (int g = 0; g < plan->gate_count; g++)
        fprintf(out, ",%.4f,%.4f", run->gate_m3s[(size_t)g * steps + (size_t)step],
                run->opening[(size_t)g * (steps + 1) + (size_t)next]);
    fputc('\n', out);
}

enum status
operation_write_log(const char *path, const struct operation_results *results, struct error *err)
{
    char temporary[4096], gate[NAME_BYTES];
    FILE *out = operation_open(path, temporary, sizeof temporary, err);
    if (out == NULL)
        return STATUS_FILE_WRITE;
    const struct operation_plan *plan = results->plan;
    fputs("schedule,time,level_m,tailwater_m,storage_hm3,inflow_m3s,release_m3s,supply_m3s", out);
    for (int g = 0; g < plan->gate_count; g++) {
        reservoir_gate_name(plan->reservoir, g, gate, sizeof gate);
        bool in_metres = outlet_opens_in_metres(&plan->reservoir->outlet[plan->gate_outlet[g]]);
        fprintf(out, ",%s_m3s,%s_opening%s", gate, gate, in_metres ? "_m" : "");
    }
    fputc('\n', out);
    for (int v = 0; v < results->variant_count; v++)
        for (int step = 0; step < plan->request.step_count; step++)
            write_log_row(out, results, v, step);
    return operation_close(out, temporary, path, err);
}
