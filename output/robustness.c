/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/compare_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Runs as policies under many scenarios: in how many of them each keeps a threshold, how far it
 * stays behind the best of them, and the order that follows.
 */

bool
robustness_is_wanted(const struct comparison *comparison)
{
    return comparison->options->satisfy_count > 0 || comparison->options->axis != NULL ||
           comparison->run_count > 2;
}

/* ---- what is measured --------------------------------------------------------------------------
 */

static bool
keeps(const struct criterion *criterion, double value)
{
    static const double rounding = 1e-9; /* as much but for rounding is as much */
    double slack = rounding * fmax(1.0, fabs(criterion->limit));
    double over = criterion->less ? criterion->limit - value : value - criterion->limit;
    return criterion->equal ? over >= -slack : over > slack;
}

/* Values in the pairs, in the unit of the threshold (SI). Every file is measured once. */
static enum status
take_values(const struct comparison *comparison, struct criterion *criterion, struct error *err)
{
    int pairs = comparison->pair_count;
    criterion->value = calloc((size_t)comparison->run_count * (size_t)pairs, sizeof(double));
    criterion->of_run = calloc((size_t)comparison->run_count, sizeof *criterion->of_run);
    if (criterion->value == NULL || criterion->of_run == NULL)
        return compare_no_memory(err);
    for (int f = 0; f < comparison->file_count; f++) {
        struct measured measured;
        enum status status =
            criterion_measure(&comparison->file[f], criterion->left, &measured, err);
        if (status != STATUS_OK)
            return status;
        criterion->is_share = measured.is_share;
        for (int r = 0; r < comparison->run_count; r++) {
            const struct compared_run *run = &comparison->run[r];
            for (int p = 0; p < pairs && run->file == &comparison->file[f]; p++)
                criterion->value[r * pairs + p] =
                    measured.value[run->scenario_s[p]] * measured.to_si;
        }
        free(measured.value);
    }
    return STATUS_OK;
}

/* Best of all runs in a pair, NAN unless all are known: only then they compare. */
static double
best_in(const struct comparison *comparison, const struct criterion *criterion, int pair_i)
{
    double best = (double)NAN;
    for (int r = 0; r < comparison->run_count; r++) {
        double value = criterion->value[r * comparison->pair_count + pair_i];
        if (isnan(value))
            return value;
        if (isnan(best) || (criterion->less ? value < best : value > best))
            best = value;
    }
    return best;
}

/* Place of a figure among those of all runs: 1 + how many are better. */
static int
rank_of(const struct policy_figures *figures, int run_count, int run_r, bool by_regret)
{
    int rank = 1;
    for (int r = 0; r < run_count; r++)
        if (by_regret ? figures[r].regret < figures[run_r].regret
                      : figures[r].share > figures[run_r].share)
            rank++;
    return rank;
}

/* Series are kept in single precision: what differs by less does not differ. */
static const double series_rounding = 1e-7;

static void
measure_policy(const struct comparison *comparison, struct criterion *criterion, int run_r)
{
    struct policy_figures figures = {
        .worst_pair = -1, .regret_pair = -1, .worst = (double)NAN, .regret = (double)NAN};
    int kept = 0, known = 0;
    for (int p = 0; p < comparison->pair_count; p++) {
        double best = best_in(comparison, criterion, p);
        double value = criterion->value[run_r * comparison->pair_count + p];
        if (isnan(best))
            continue;
        double regret = fabs(best - value);
        if (regret <= series_rounding * fabs(best))
            regret = 0.0;
        known++;
        kept += criterion->has_limit && keeps(criterion, value);
        figures.mean += value;
        if (isnan(figures.worst) ||
            (criterion->less ? value > figures.worst : value < figures.worst)) {
            figures.worst = value;
            figures.worst_pair = p;
        }
        if (isnan(figures.regret) || regret > figures.regret) {
            figures.regret = regret;
            figures.regret_pair = p;
        }
    }
    figures.mean = known > 0 ? figures.mean / known : (double)NAN;
    figures.share = known > 0 && criterion->has_limit ? (double)kept / known : (double)NAN;
    criterion->of_run[run_r] = figures;
}

static void
measure_joint(const struct comparison *comparison, struct robustness *robustness)
{
    for (int r = 0; r < comparison->run_count; r++) {
        int kept = 0, known = 0;
        for (int p = 0; p < comparison->pair_count; p++) {
            bool all = true, there = true;
            for (int c = 0; c < robustness->criterion_count; c++) {
                const struct criterion *criterion = &robustness->criterion[c];
                there = there && !isnan(best_in(comparison, criterion, p));
                all = all && keeps(criterion, criterion->value[r * comparison->pair_count + p]);
            }
            known += there;
            kept += there && all;
        }
        robustness->joint[r] = known > 0 ? (double)kept / known : (double)NAN;
    }
}

/* Without a threshold: regret and rank by what every class that is in all files is supplied. */
static enum status
usual_criteria(const struct comparison *comparison, struct robustness *robustness,
               struct error *err)
{
    const struct compared_set *classes = &comparison->file[0].set[COMPARED_CLASS];
    robustness->criterion = calloc((size_t)classes->count + 1, sizeof *robustness->criterion);
    if (robustness->criterion == NULL)
        return compare_no_memory(err);
    for (int i = 0; i < classes->count; i++) {
        bool everywhere = true;
        for (int f = 1; f < comparison->file_count; f++)
            everywhere = everywhere && compared_find(&comparison->file[f].set[COMPARED_CLASS],
                                                     classes->id[i]) >= 0;
        if (!everywhere || strcmp(classes->id[i], "(none)") == 0)
            continue;
        struct criterion *criterion = &robustness->criterion[robustness->criterion_count++];
        if (asprintf(&criterion->left, "met/%s", classes->id[i]) < 0)
            criterion->left = NULL;
        criterion->text = criterion->left != NULL ? strdup(criterion->left) : NULL;
        if (criterion->text == NULL)
            return compare_no_memory(err);
    }
    return STATUS_OK;
}

static enum status
given_criteria(const struct compare_options *options, struct robustness *robustness,
               struct error *err)
{
    robustness->criterion = calloc((size_t)options->satisfy_count, sizeof *robustness->criterion);
    if (robustness->criterion == NULL)
        return compare_no_memory(err);
    for (int c = 0; c < options->satisfy_count; c++) {
        robustness->criterion_count++;
        enum status status = criterion_parse(options->satisfy[c], &robustness->criterion[c], err);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status
robustness_measure(struct comparison *comparison, struct robustness *robustness, struct error *err)
{
    enum status status = STATUS_OK;
    const struct compare_options *options = comparison->options;
    *robustness = (struct robustness){0};
    TRY(options->satisfy_count > 0 ? given_criteria(options, robustness, err)
                                   : usual_criteria(comparison, robustness, err));
    for (int c = 0; c < robustness->criterion_count; c++) {
        struct criterion *criterion = &robustness->criterion[c];
        int unknown = 0;
        TRY(take_values(comparison, criterion, err));
        for (int p = 0; p < comparison->pair_count; p++)
            unknown += isnan(best_in(comparison, criterion, p));
        if (unknown > 0)
            note_add(&comparison->notes,
                     "'%s' has no figure in %d of %d scenarios: they are left out", criterion->left,
                     unknown, comparison->pair_count);
        for (int r = 0; r < comparison->run_count; r++)
            measure_policy(comparison, criterion, r);
        for (int r = 0; r < comparison->run_count; r++) {
            struct policy_figures *figures = &criterion->of_run[r];
            figures->rank_share = rank_of(criterion->of_run, comparison->run_count, r, false);
            figures->rank_regret = rank_of(criterion->of_run, comparison->run_count, r, true);
        }
    }
    if (options->satisfy_count > 1) {
        robustness->joint = calloc((size_t)comparison->run_count, sizeof(double));
        if (robustness->joint == NULL)
            TRY(compare_no_memory(err));
        measure_joint(comparison, robustness);
    }
out:
    return status;
}

void
robustness_free(struct robustness *robustness)
{
    for (int c = 0; c < robustness->criterion_count; c++) {
        free(robustness->criterion[c].text);
        free(robustness->criterion[c].left);
        free(robustness->criterion[c].value);
        free(robustness->criterion[c].of_run);
    }
    free(robustness->criterion);
    free(robustness->joint);
    *robustness = (struct robustness){0};
}

/* ---- tables ------------------------------------------------------------------------------------
 */

static void
add_measure(struct table *table, const struct criterion *criterion, double value)
{
    if (criterion->is_share)
        table_percent(table, value);
    else
        table_cell(table, isnan(value) ? "-" : "%.5g", value);
}

static void
add_policy_row(struct table *table, const struct comparison *comparison,
               const struct criterion *criterion, int run_r)
{
    const struct policy_figures *is = &criterion->of_run[run_r];
    table_cell(table, "%s", criterion->text);
    table_cell(table, "%s", comparison->run[run_r].letter);
    table_percent(table, is->share);
    if (criterion->has_limit)
        table_cell(table, "%d", is->rank_share);
    else
        table_cell(table, "-");
    add_measure(table, criterion, is->mean);
    add_measure(table, criterion, is->worst);
    table_cell(table, "%s", is->worst_pair >= 0 ? comparison->pair[is->worst_pair] : "-");
    add_measure(table, criterion, is->regret);
    table_cell(table, "%d", is->rank_regret);
    table_cell(table, "%s",
               is->regret_pair >= 0 && is->regret > 0.0 ? comparison->pair[is->regret_pair] : "-");
}

static const char explanation[] =
    "satisfied: share of the scenarios that keep the threshold (satisficing: Starr 1963; Herman "
    "et al. 2015); regret: how far a run stays behind the best run of the same scenario, the "
    "largest over the scenarios (Savage 1951), in the unit of the measure (SI, or % of shares); "
    "rank 1 is the best";

bool
robustness_print(FILE *out, const struct comparison *comparison,
                 const struct robustness *robustness, enum table_format format)
{
    static const char *const heads[] = {"<robustness", "<run",        "satisfied %",  "rank",
                                        "mean",        "worst",       "<in scenario", "max regret",
                                        "rank",        "<in scenario"};
    struct table table;
    bool html = format == TABLE_HTML;
    fputs(html ? "<h2>Robustness</h2>\n<div>" : "\n", out);
    table_init(&table, format, 10, heads);
    for (int c = 0; c < robustness->criterion_count; c++)
        for (int r = 0; r < comparison->run_count; r++)
            add_policy_row(&table, comparison, &robustness->criterion[c], r);
    for (int r = 0; r < comparison->run_count && robustness->joint != NULL; r++) {
        int rank = 1;
        for (int other = 0; other < comparison->run_count; other++)
            rank += robustness->joint[other] > robustness->joint[r];
        table_cell(&table, "all together");
        table_cell(&table, "%s", comparison->run[r].letter);
        table_percent(&table, robustness->joint[r]);
        table_cell(&table, "%d", rank);
        for (int i = 4; i < 10; i++)
            table_cell(&table, "-");
    }
    bool good = table_print(&table, out);
    fprintf(out, html ? "</div><p class=\"small\">%s.</p>\n" : "%s.\n", explanation);
    return good;
}

static void
add_machine_row(struct table *table, const struct criterion *criterion, const char *figure,
                const char *units, const char *scenario, const char *run, double value)
{
    table_cell(table, "robustness");
    table_cell(table, "%s", criterion != NULL ? criterion->text : "all together");
    table_cell(table, "%s", figure);
    table_cell(table, "%s", units);
    table_cell(table, "%s", scenario);
    table_cell(table, "%s", run);
    table_cell(table, "%s", "");
    table_number(table, value);
    table_cell(table, "%s", "");
}

static const char *
pair_name(const struct comparison *comparison, int pair_i)
{
    return pair_i >= 0 ? comparison->pair[pair_i] : "";
}

void
robustness_add_rows(struct table *table, const struct comparison *comparison,
                    const struct robustness *robustness)
{
    for (int c = 0; c < robustness->criterion_count; c++)
        for (int r = 0; r < comparison->run_count; r++) {
            const struct criterion *criterion = &robustness->criterion[c];
            const struct policy_figures *is = &criterion->of_run[r];
            const char *run = comparison->run[r].label;
            const char *units = criterion->is_share ? "1" : "SI";
            if (criterion->has_limit) {
                add_machine_row(table, criterion, "satisficing_share", "1", "all", run, is->share);
                add_machine_row(table, criterion, "satisficing_rank", "1", "all", run,
                                is->rank_share);
            }
            add_machine_row(table, criterion, "mean", units, "all", run, is->mean);
            add_machine_row(table, criterion, "worst", units, pair_name(comparison, is->worst_pair),
                            run, is->worst);
            add_machine_row(table, criterion, "maximum_regret", units,
                            pair_name(comparison, is->regret_pair), run, is->regret);
            add_machine_row(table, criterion, "regret_rank", "1", "all", run, is->rank_regret);
        }
    for (int r = 0; r < comparison->run_count && robustness->joint != NULL; r++)
        add_machine_row(table, NULL, "satisficing_share", "1", "all", comparison->run[r].label,
                        robustness->joint[r]);
}
