/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/drought_search.h"

#include "output/json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a search of rules is printed and written as. */

enum { SEEDS_SHOWN_MAX = 12 };

/* "reservoirs.lake.target[3]", or the path alone where it holds one figure. */
static void
name_variable(const struct rule_space *space, int variable, char *name, size_t size)
{
    int a = 0;
    while (variable >= space->first_variable[a + 1])
        a++;
    if (space->first_variable[a + 1] - space->first_variable[a] == 1)
        snprintf(name, size, "%s", space->path[a]);
    else
        snprintf(name, size, "%s[%d]", space->path[a], variable - space->first_variable[a] + 1);
}

static enum status
finish_table(struct table *table, FILE *out, struct error *err)
{
    return table_print(table, out) ? STATUS_OK
                                   : error_set(err, STATUS_FILE_WRITE, "the table was not written");
}

/* How far the searches lie apart in a figure. */
static double
spread_of(const struct rule_search_result *result, int measure_m)
{
    double least = INFINITY, most = -INFINITY;
    for (int i = 0; i < result->seed_count; i++) {
        least = fmin(least, result->seed[i].measure[measure_m]);
        most = fmax(most, result->seed[i].measure[measure_m]);
    }
    return most - least;
}

/* A row for each measure: the rules as they are, and each search. */
static void
measure_row(struct table *table, const struct search_report *report, int m, int shown)
{
    const struct rule_search_result *result = report->result;
    table_cell(table, "%s", report->request->measure[m].text);
    table_cell(table, "%.6g", result->baseline.measure[m]);
    for (int i = 0; i < shown; i++)
        table_cell(table, "%.6g", result->seed[i].measure[m]);
    table_cell(table, "%.3g", spread_of(result, m));
    if (m == 0 && report->has_bound)
        table_cell(table, "%.6g", report->bound);
    else
        table_cell(table, "%s", m == 0 ? "-" : "");
}

static enum status
print_outcomes(FILE *out, const struct search_report *report, struct error *err)
{
    const struct rule_search_request *request = report->request;
    const struct rule_search_result *result = report->result;
    const char *heads[SEEDS_SHOWN_MAX + 4] = {"<measure", "as it is"};
    char name[SEEDS_SHOWN_MAX][32];
    struct table table;
    int shown = result->seed_count < SEEDS_SHOWN_MAX ? result->seed_count : SEEDS_SHOWN_MAX;
    for (int i = 0; i < shown; i++) {
        snprintf(name[i], sizeof name[i], "seed %llu%s",
                 (unsigned long long)request->seed + (unsigned)i, i == result->best_i ? " *" : "");
        heads[i + 2] = name[i];
    }
    heads[shown + 2] = "spread";
    heads[shown + 3] = "foresight";
    table_init(&table, TABLE_TEXT, shown + 4, heads);
    for (int m = 0; m < request->measure_count; m++)
        measure_row(&table, report, m, shown);
    if (request->measure_count > 1) {
        table_cell(&table, "%s", "constraints hold");
        for (int i = -1; i < shown; i++)
            table_cell(&table, "%s",
                       (i < 0 ? &result->baseline : &result->seed[i])->feasible ? "yes" : "no");
        for (int i = 0; i < 2; i++)
            table_cell(&table, "%s", "");
    }
    return finish_table(&table, out, err);
}

static enum status
print_variables(FILE *out, const struct search_report *report, struct error *err)
{
    const struct rule_space *space = report->request->space;
    const struct rule_search_result *result = report->result;
    static const char *const heads[] = {"<figure", "from",       "to",
                                        "best",    "least seed", "largest seed"};
    struct table table;
    char name[256];
    table_init(&table, TABLE_TEXT, 6, heads);
    for (int v = 0; v < space->variable_count; v++) {
        double least = INFINITY, most = -INFINITY;
        for (int i = 0; i < result->seed_count; i++) {
            least = fmin(least, result->seed[i].point[v]);
            most = fmax(most, result->seed[i].point[v]);
        }
        name_variable(space, v, name, sizeof name);
        table_cell(&table, "%s", name);
        table_cell(&table, "%g", space->low[v]);
        table_cell(&table, "%g", space->high[v]);
        table_cell(&table, "%.5g", result->seed[result->best_i].point[v]);
        table_cell(&table, "%.5g", least);
        table_cell(&table, "%.5g", most);
    }
    return finish_table(&table, out, err);
}

static enum status
print_text(FILE *out, const struct search_report *report, struct error *err)
{
    const struct rule_search_request *request = report->request;
    const struct rule_search_result *result = report->result;
    enum status status = STATUS_OK;
    fprintf(out, "%s: %s, %d figures varied, %d scenario%s for every candidate; CMA-ES\n\n",
            request->basin->name != NULL ? request->basin->name : request->basin->path,
            report->objective, request->space->variable_count, request->plan->scenario_count,
            request->plan->scenario_count == 1 ? "" : "s");
    TRY(print_outcomes(out, report, err));
    if (report->has_bound)
        fprintf(out,
                "Perfect foresight: linear program over the whole horizon in blocks of %d month%s "
                "(GLPK), whatever the rules\n\n",
                report->bound_months, report->bound_months == 1 ? "" : "s");
    else
        fprintf(out, "Perfect foresight: %s\n\n", report->no_bound);
    TRY(print_variables(out, report, err));
    if (result->failed_count > 0)
        fprintf(out, "\n%d candidates came to nothing, the first because: %s\n",
                result->failed_count, result->failure);
out:
    return status;
}

/* Rows run, name, value. */
static enum status
print_csv(FILE *out, const struct search_report *report, struct error *err)
{
    static const char *const heads[] = {"rules", "name", "value"};
    const struct rule_search_request *request = report->request;
    const struct rule_search_result *result = report->result;
    struct table table;
    char rules[64], name[256];
    table_init(&table, TABLE_CSV, 3, heads);
    for (int i = -1; i < result->seed_count; i++) {
        const struct rule_outcome *outcome = i < 0 ? &result->baseline : &result->seed[i];
        snprintf(rules, sizeof rules,
                 i < 0                 ? "as_it_is"
                 : i == result->best_i ? "seed %llu best"
                                       : "seed %llu",
                 (unsigned long long)request->seed + (unsigned)(i < 0 ? 0 : i));
        for (int m = 0; m < request->measure_count; m++) {
            table_cell(&table, "%s", rules);
            table_cell(&table, "%s", request->measure[m].text);
            table_cell(&table, "%.17g", outcome->measure[m]);
        }
        for (int v = 0; outcome->point != NULL && v < request->space->variable_count; v++) {
            name_variable(request->space, v, name, sizeof name);
            table_cell(&table, "%s", rules);
            table_cell(&table, "%s", name);
            table_cell(&table, "%.17g", outcome->point[v]);
        }
    }
    if (report->has_bound) {
        table_cell(&table, "%s", "perfect_foresight");
        table_cell(&table, "%s", request->measure[0].text);
        table_cell(&table, "%.17g", report->bound);
    }
    return finish_table(&table, out, err);
}

static void
json_outcome(FILE *out, const struct search_report *report, const struct rule_outcome *outcome)
{
    const struct rule_search_request *request = report->request;
    char name[256];
    fputs("{\"measures\": {", out);
    for (int m = 0; m < request->measure_count; m++) {
        fputs(m > 0 ? ", " : "", out);
        json_text(out, request->measure[m].text);
        fputs(": ", out);
        json_number(out, outcome->measure[m], 17);
    }
    fprintf(out, "}, \"holds\": %s", outcome->feasible ? "true" : "false");
    if (outcome->point != NULL) {
        fprintf(out, ", \"candidates\": %d, \"figures\": {", outcome->evaluation_count);
        for (int v = 0; v < request->space->variable_count; v++) {
            fputs(v > 0 ? ", " : "", out);
            name_variable(request->space, v, name, sizeof name);
            json_text(out, name);
            fputs(": ", out);
            json_number(out, outcome->point[v], 17);
        }
        fputs("}", out);
    }
    fputs("}", out);
}

static enum status
print_json(FILE *out, const struct search_report *report, struct error *err)
{
    const struct rule_search_result *result = report->result;
    fputs("{\"objective\": ", out);
    json_text(out, report->objective);
    fprintf(out, ", \"scenarios\": %d, \"method\": \"CMA-ES\", \"as_it_is\": ",
            report->request->plan->scenario_count);
    json_outcome(out, report, &result->baseline);
    fputs(", \"seeds\": [", out);
    for (int i = 0; i < result->seed_count; i++) {
        fputs(i > 0 ? ", " : "", out);
        json_outcome(out, report, &result->seed[i]);
    }
    fprintf(out, "], \"best\": %d, \"perfect_foresight\": ", result->best_i);
    json_number(out, report->has_bound ? report->bound : (double)NAN, 17);
    fprintf(out, ", \"failed_candidates\": %d}\n", result->failed_count);
    return ferror(out) == 0 ? STATUS_OK
                            : error_set(err, STATUS_FILE_WRITE, "the result was not written");
}

enum status
search_print(FILE *out, const struct search_report *report, enum table_format format,
             struct error *err)
{
    return format == TABLE_JSON  ? print_json(out, report, err)
           : format == TABLE_CSV ? print_csv(out, report, err)
                                 : print_text(out, report, err);
}

enum status
search_write(const char *path, const struct search_report *report, struct error *err)
{
    const struct rule_space *space = report->request->space;
    const struct rule_outcome *best = &report->result->seed[report->result->best_i];
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return error_set(err, STATUS_FILE_WRITE, "cannot write '%s': %s", path, strerror(errno));
    fprintf(file,
            "# Found by: %s\n# %s: %.9g in place of %.9g. In place of this file, --set PATH=VALUE "
            "of each line below does the\n# same beside any other scenarios.\n"
            "scenarios:\n  axes:\n    rules:\n      members:\n        as_it_is: {}\n"
            "        found:\n",
            report->command, report->objective, best->measure[0],
            report->result->baseline.measure[0]);
    bool good = true;
    for (int a = 0; a < space->assignment_count; a++) {
        char *value = rule_space_value(space, a, best->point);
        good =
            good && value != NULL && fprintf(file, "          %s: %s\n", space->path[a], value) > 0;
        free(value);
    }
    good = fclose(file) == 0 && good;
    return good ? STATUS_OK : error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
}
