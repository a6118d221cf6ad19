/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/rule_measure.h"

#include "output/indicators.h"

#include "model/csv.h"
#include "model/units.h"
#include "scenarios/stopping.h"
#include "solvers/performance.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum measure_kind {
    MEASURE_PERFORMANCE,
    MEASURE_SHORTAGE_INDEX,
    MEASURE_INDICATOR,
    MEASURE_BENEFIT
};

struct measure_of_scenario {
    enum measure_kind kind;
    const struct basin *basin;
    const struct timeaxis *axis;
    enum stopping_measure performance;
    bool *chosen; /* [demand_count] */
    const struct indicator *indicator;
    int element_i;
    double (*demand_worth)[12], (*link_worth)[12]; /* per m3 */
    char *left;                                    /* text without statistic and limit */
};

static const double m3_per_hm3 = 1e6;

/* ---- values -----------------------------------------------------------------------------------
 */

static double
performance_of(const struct measure_of_scenario *of, const struct scenario_result *result)
{
    size_t steps = (size_t)of->axis->step_count;
    double *need_m3 = calloc(2 * steps, sizeof *need_m3), *supply_m3 = need_m3 + steps;
    if (need_m3 == NULL)
        return (double)NAN;
    for (int d = 0; d < of->basin->demand_count; d++) {
        const float *need_m3s = result->series[RESULT_NEED] + (size_t)d * steps;
        const float *supply_m3s = result->series[RESULT_SUPPLY] + (size_t)d * steps;
        for (size_t t = 0; t < steps && of->chosen[d]; t++) {
            need_m3[t] += (double)need_m3s[t] * of->axis->dt_s[t];
            supply_m3[t] += (double)supply_m3s[t] * of->axis->dt_s[t];
        }
    }
    struct performance is =
        performance_measure(of->axis->step_count, need_m3, supply_m3, of->axis->year);
    free(need_m3);
    return of->kind == MEASURE_SHORTAGE_INDEX ? is.shortage_index
                                              : stopping_measure_of(&is, of->performance);
}

static double
benefit_of(const struct measure_of_scenario *of, const struct scenario_result *result)
{
    const struct timeaxis *axis = of->axis;
    size_t steps = (size_t)axis->step_count;
    double sum = 0.0;
    for (int kind = 0; kind < 2; kind++) {
        int count = kind == 0 ? of->basin->demand_count : of->basin->link_count;
        const float *series = result->series[kind == 0 ? RESULT_SUPPLY : RESULT_LINK_FLOW];
        double(*worth)[12] = kind == 0 ? of->demand_worth : of->link_worth;
        for (int i = 0; i < count; i++)
            for (size_t t = 0; t < steps; t++)
                sum += worth[i][axis->month[t] - 1] * (double)series[(size_t)i * steps + t] *
                       axis->dt_s[t];
    }
    return sum;
}

static double
value_of(const void *context, const struct scenario_result *result)
{
    const struct measure_of_scenario *of = context;
    if (of->kind == MEASURE_BENEFIT)
        return benefit_of(of, result);
    if (of->kind != MEASURE_INDICATOR)
        return performance_of(of, result);
    int count = indicator_length(of->basin, of->indicator->owner);
    double *value = calloc((size_t)count + 1, sizeof *value);
    if (value == NULL)
        return (double)NAN;
    indicator_values(of->indicator, result, of->basin, of->axis, value);
    double chosen = value[of->element_i];
    free(value);
    return chosen;
}

/* ---- reading ----------------------------------------------------------------------------------
 */

/* "mean ", "worst ", "p10 " in front. */
static const char *
read_statistic(const char *text, struct rule_measure *measure)
{
    int percent = 0, used = 0;
    if (strncmp(text, "mean ", 5) == 0)
        return text + 5;
    if (strncmp(text, "worst ", 6) == 0) {
        measure->statistic = RULE_WORST;
        return text + 6;
    }
    if (sscanf(text, "p%2d %n", &percent, &used) == 1 && used > 2) {
        measure->statistic = RULE_QUANTILE;
        measure->quantile = percent / 100.0;
        return text + used;
    }
    return text;
}

/* The part up to the sign, and the limit behind it. */
static enum status
read_limit(const char *option, const char *text, struct rule_measure *measure, size_t *length,
           struct error *err)
{
    struct quantity quantity;
    *length = strcspn(text, "<>");
    const char *sign = text + *length;
    if (*sign == '\0' || sign[1] != '=' || quantity_parse(sign + 2, &quantity, NULL) != STATUS_OK)
        return error_set(err, STATUS_USAGE,
                         "%s: '%s' has no limit; write 'domestic.reliability >= 99 %%'", option,
                         text);
    measure->has_limit = true;
    measure->low_is_good = *sign == '<';
    measure->limit = quantity.value;
    return STATUS_OK;
}

static enum status
no_memory(struct error *err)
{
    return error_set(err, STATUS_MEMORY, "out of memory for a measure");
}

/* "GROUP.MEASURE": demands of a class, of a district, one by its name, or all. */
static enum status
read_group(const char *option, struct measure_of_scenario *of, char *dot, struct error *err)
{
    const struct basin *basin = of->basin;
    bool any = false;
    if (strcmp(dot + 1, "shortage_index") == 0)
        of->kind = MEASURE_SHORTAGE_INDEX;
    else if (!stopping_measure_find(dot + 1, &of->performance))
        return error_set(err, STATUS_USAGE,
                         "%s: after the group comes one of %s or .shortage_index, not '%s'", option,
                         stopping_measures, dot);
    of->chosen = calloc((size_t)basin->demand_count + 1, sizeof *of->chosen);
    if (of->chosen == NULL)
        return no_memory(err);
    *dot = '\0';
    for (int pass = 0; pass < 3 && !any; pass++)
        for (int d = 0; d < basin->demand_count; d++) {
            const struct node *node = &basin->node[basin->demand[d].node_i];
            const char *key = pass == 0   ? basin->class[basin->demand[d].class_i].id
                              : pass == 1 ? node->district
                                          : node->id;
            of->chosen[d] =
                strcmp(of->left, "all") == 0 || (key != NULL && strcmp(key, of->left) == 0);
            any = any || of->chosen[d];
        }
    if (!any)
        return error_set(err, STATUS_USAGE,
                         "%s: there is no class, district or demand '%s' (nor is it 'all')", option,
                         of->left);
    *dot = '.';
    return STATUS_OK;
}

static const char *
element_id(const struct basin *basin, enum indicator_owner owner, int i)
{
    switch (owner) {
    case OWNER_DEMAND:
        return basin->node[basin->demand[i].node_i].id;
    case OWNER_RESERVOIR:
        return basin->node[basin->reservoir[i].node_i].id;
    case OWNER_LINK:
        return basin->link[i].id;
    case OWNER_LICENCE:
        return basin->licence[i].id;
    default:
        return NULL;
    }
}

/* "INDICATOR/ID" */
static enum status
read_indicator(const char *option, struct measure_of_scenario *of, struct error *err)
{
    const char *known[256], *slash = strchr(of->left, '/');
    size_t length = slash != NULL ? (size_t)(slash - of->left) : strlen(of->left);
    int known_count = 0;
    of->kind = MEASURE_INDICATOR;
    for (int i = 0; i < indicator_count; i++) {
        if (known_count < 256)
            known[known_count++] = indicators[i].name;
        if (strlen(indicators[i].name) == length &&
            strncmp(indicators[i].name, of->left, length) == 0)
            of->indicator = &indicators[i];
    }
    const char *nearest = nearest_name(of->left, known, known_count);
    if (of->indicator == NULL)
        return error_set(err, STATUS_USAGE,
                         "%s: '%s' is neither GROUP.MEASURE, such as domestic.reliability, nor "
                         "INDICATOR/ID nor benefit(FILE)%s%s%s",
                         option, of->left, nearest != NULL ? "; did you mean '" : "",
                         nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
    if (slash == NULL && indicator_length(of->basin, of->indicator->owner) == 1)
        return STATUS_OK;
    for (int i = 0; slash != NULL && i < indicator_length(of->basin, of->indicator->owner); i++) {
        const char *id = element_id(of->basin, of->indicator->owner, i);
        if (id == NULL || strcmp(id, slash + 1) != 0)
            continue;
        of->element_i = i;
        return STATUS_OK;
    }
    return error_set(err, STATUS_USAGE, "%s: '%s' names no element: write %.*s/ID", option,
                     of->left, (int)length, of->left);
}

/* Where the worth of a column goes: the row of a demand or a link; NULL: no such id. */
static double *
worth_of(struct measure_of_scenario *of, const char *id)
{
    int node_i = basin_find_node(of->basin, id), link_l = basin_find_link(of->basin, id);
    if (link_l >= 0)
        return of->link_worth[link_l];
    if (node_i >= 0 && of->basin->node[node_i].kind == NODE_DEMAND)
        return of->demand_worth[of->basin->node[node_i].kind_i];
    return NULL;
}

/* Rows of "month,ID,ID ...", each month once. */
static enum status
read_worth(const char *option, const char *path, struct measure_of_scenario *of, double **column,
           struct csv_reader *csv, struct error *err)
{
    unsigned seen = 0;
    char shown[64];
    if (csv_next(csv) != CSV_ROW || csv->cell_count < 2 || strcmp(csv_cell(csv, 0), "month") != 0)
        return error_set(err, STATUS_INPUT, "%s: '%s' must begin with month,ID,ID ...", option,
                         path);
    int count = csv->cell_count - 1;
    for (int i = 0; i < count && i < 256; i++) {
        column[i] = worth_of(of, csv_cell(csv, i + 1));
        if (column[i] == NULL)
            return error_set(err, STATUS_INPUT, "%s:%d: there is no link or demand '%s'", path,
                             csv->row_line, csv_shown(csv_cell(csv, i + 1), shown, sizeof shown));
    }
    enum csv_outcome outcome;
    while ((outcome = csv_next(csv)) == CSV_ROW) {
        char *end;
        long month = strtol(csv_cell(csv, 0), &end, 10);
        if (*end != '\0' || month < 1 || month > 12 || csv->cell_count != count + 1 ||
            (seen & 1u << month) != 0)
            return error_set(err, STATUS_INPUT,
                             "%s:%d: a row is a month from 1 to 12, once, and %d figures", path,
                             csv->row_line, count);
        seen |= 1u << month;
        for (int i = 0; i < count && i < 256; i++) {
            const char *text = csv_cell(csv, i + 1);
            double worth = strtod(text, &end);
            if (end == text || *end != '\0' || !isfinite(worth))
                return error_set(err, STATUS_INPUT, "%s:%d: '%s' is no figure", path, csv->row_line,
                                 csv_shown(text, shown, sizeof shown));
            column[i][month - 1] = worth / m3_per_hm3;
        }
    }
    if (outcome != CSV_END || seen != 0x1ffe)
        return error_set(err, STATUS_INPUT, "%s: '%s' lacks months%s%s", option, path,
                         outcome == CSV_END ? "" : ": ", outcome == CSV_END ? "" : csv->problem);
    return STATUS_OK;
}

/* "benefit(FILE)" */
static enum status
read_benefit(const char *option, struct measure_of_scenario *of, struct error *err)
{
    struct csv_reader csv;
    double *column[256] = {NULL};
    of->kind = MEASURE_BENEFIT;
    of->demand_worth = calloc((size_t)of->basin->demand_count + 1, sizeof *of->demand_worth);
    of->link_worth = calloc((size_t)of->basin->link_count + 1, sizeof *of->link_worth);
    char *path = strdup(of->left + strlen("benefit("));
    if (of->demand_worth == NULL || of->link_worth == NULL || path == NULL) {
        free(path);
        return no_memory(err);
    }
    path[strlen(path) - 1] = '\0';
    enum status status =
        csv_open(&csv, path) == CSV_ROW
            ? read_worth(option, path, of, column, &csv, err)
            : error_set(err, STATUS_INPUT, "%s: cannot read '%s': %s", option, path, csv.problem);
    csv_close(&csv);
    free(path);
    return status;
}

static enum status
read_left(const char *option, struct measure_of_scenario *of, struct error *err)
{
    size_t length = strlen(of->left);
    if (strncmp(of->left, "benefit(", 8) == 0 && of->left[length - 1] == ')')
        return read_benefit(option, of, err);
    char *dot = strrchr(of->left, '.');
    return dot != NULL ? read_group(option, of, dot, err) : read_indicator(option, of, err);
}

enum status
measure_read(const char *option, const char *text, bool is_constraint, const struct basin *basin,
             const struct timeaxis *axis, struct rule_measure *measure,
             struct result_selection *selection, struct error *err)
{
    enum status status = STATUS_OK;
    struct measure_of_scenario *of = calloc(1, sizeof *of);
    measure->text = text;
    measure->of = value_of;
    measure->context = of;
    if (of == NULL)
        return no_memory(err);
    const char *start = read_statistic(text, measure);
    size_t length = strlen(start);
    if (is_constraint)
        TRY(read_limit(option, start, measure, &length, err));
    while (length > 0 && isspace((unsigned char)start[length - 1]))
        length--;
    of->basin = basin;
    of->axis = axis;
    of->left = strndup(start, length);
    if (of->left == NULL)
        TRY(no_memory(err));
    TRY(read_left(option, of, err));
    if (of->kind != MEASURE_INDICATOR)
        selection->keep[RESULT_NEED] = selection->keep[RESULT_SUPPLY] = true;
    if (of->kind == MEASURE_BENEFIT)
        selection->keep[RESULT_LINK_FLOW] = true;
out:
    return status;
}

void
measure_free(struct rule_measure *measure)
{
    struct measure_of_scenario *of = (struct measure_of_scenario *)(size_t)measure->context;
    if (of == NULL)
        return;
    free(of->chosen);
    free(of->demand_worth);
    free(of->link_worth);
    free(of->left);
    free(of);
    measure->context = NULL;
}

bool
measure_is_linear(const struct rule_measure *measure, double (*demand_worth)[12],
                  double (*link_worth)[12], bool *share_of_need)
{
    const struct measure_of_scenario *of = measure->context;
    bool is_volume = of->kind == MEASURE_PERFORMANCE && of->performance == STOPPING_VOLUME;
    *share_of_need = is_volume;
    if (!is_volume && of->kind != MEASURE_BENEFIT)
        return false;
    for (int m = 0; m < 12; m++) {
        for (int d = 0; d < of->basin->demand_count; d++)
            demand_worth[d][m] = is_volume ? (double)of->chosen[d] : of->demand_worth[d][m];
        for (int l = 0; l < of->basin->link_count; l++)
            link_worth[l][m] = is_volume ? 0.0 : of->link_worth[l][m];
    }
    return true;
}

bool
measure_holds_storage(const struct rule_measure *measure, int scenario_count, double *least_m3,
                      double *end_m3)
{
    const struct measure_of_scenario *of = measure->context;
    bool in_all = scenario_count == 1 || measure->statistic == RULE_WORST;
    if (of->kind != MEASURE_INDICATOR || !measure->has_limit || measure->low_is_good || !in_all)
        return false;
    bool is_end = strcmp(of->indicator->name, "reservoir_end_storage_m3") == 0;
    if (!is_end && strcmp(of->indicator->name, "reservoir_minimum_storage_m3") != 0)
        return false;
    double *held_m3 = &(is_end ? end_m3 : least_m3)[of->element_i];
    *held_m3 = isnan(*held_m3) ? measure->limit : fmax(*held_m3, measure->limit);
    return true;
}
