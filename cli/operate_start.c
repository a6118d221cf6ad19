/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/operate_input.h"

#include "model/csv.h"
#include "model/reservoir.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How the lake stands at the start of `nguon operate`, and what each member has of its own. */

static bool
has_column(const char *path, const char *name)
{
    struct csv_reader csv;
    bool found = false;
    if (csv_open(&csv, path) == CSV_ROW && csv_next(&csv) == CSV_ROW)
        for (int i = 0; i < csv.cell_count; i++)
            found = found || strcmp(csv_cell(&csv, i), name) == 0;
    csv_close(&csv);
    return found;
}

/* A column of observations at the start, straight between two of them. */
static enum status
read_observed(const char *path, const char *column, int64_t start_s, double *value,
              struct error *err)
{
    struct inflow_members observed;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    enum status status = inflow_read_csv(path, column, &observed, &diagnostics);
    operate_print_faults(&diagnostics);
    diagnostics_finish(&diagnostics);
    char at[24];
    int hint = 0;
    if (status != STATUS_OK)
        status = error_set(err, status, "the observed levels '%s' cannot be used", path);
    else if (start_s < observed.time_s[0] || start_s > observed.time_s[observed.time_count - 1])
        status = error_set(err, STATUS_INPUT, "'%s' has no level before and after the start, %s",
                           path, instant_format(start_s, at, sizeof at));
    else
        *value = inflow_at(&observed, 0, (double)start_s, &hint);
    inflow_members_finish(&observed);
    return status;
}

/* Where the gates stand, in columns named as those of the log: spillway.1_opening_m. */
static enum status
read_openings(const char *path, const struct reservoir *reservoir, struct operate_input *input,
              struct error *err)
{
    int gates = reservoir_gate_count(reservoir), number;
    input->start_opening = calloc((size_t)gates + 1, sizeof *input->start_opening);
    if (input->start_opening == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the gates");
    for (int g = 0; g < gates; g++) {
        const struct outlet *outlet =
            &reservoir->outlet[reservoir_gate_outlet(reservoir, g, &number)];
        char gate[96], column[128];
        snprintf(column, sizeof column, "%s_opening_%s",
                 reservoir_gate_name(reservoir, g, gate, sizeof gate),
                 outlet_opens_in_metres(outlet) ? "m" : "share");
        double *opening = &input->start_opening[g];
        *opening = NAN;
        if (!has_column(path, column))
            continue;
        enum status status = read_observed(path, column, input->request.start_s, opening, err);
        if (status != STATUS_OK)
            return status;
        if (*opening > outlet_full_opening(outlet) * (1.0 + 1e-9))
            return error_set(err, STATUS_INPUT, "%s: '%s' is %g at the start; it opens to %g", path,
                             column, *opening, outlet_full_opening(outlet));
    }
    input->request.start_opening = input->start_opening;
    return STATUS_OK;
}

enum status
operate_start_level(const struct operate_options *options, const struct basin *basin,
                    struct operate_input *input, struct error *err)
{
    struct operation_request *request = &input->request;
    const struct reservoir *reservoir = &basin->reservoir[request->reservoir_i];
    if (options->start_level != NULL)
        return operate_read_quantity("--start-level", options->start_level, DIMENSION_LENGTH, 1.0,
                                     &request->start_level_m, err);
    request->start_level_m = reservoir_level_m(reservoir, reservoir->capacity_m3);
    if (options->initial_path == NULL)
        return STATUS_OK;
    request->history = true;
    enum status status = read_observed(options->initial_path, "level_m", request->start_s,
                                       &request->start_level_m, err);
    return status == STATUS_OK ? read_openings(options->initial_path, reservoir, input, err)
                               : status;
}

/* ---- cases ----------------------------------------------------------------------------------- */

/* One row: the member it is of, then its figures. */
static enum status
read_case(const char *path, const struct csv_reader *csv, char *const *head, int head_count,
          const struct reservoir *reservoir, struct operate_input *input, struct error *err)
{
    const struct inflow_members *inflow = &input->inflow;
    const char *member = csv_cell(csv, 0);
    char shown[64];
    int m = 0;
    while (m < inflow->member_count && strcmp(inflow->label[m], member) != 0)
        m++;
    if (csv->cell_count != head_count)
        return error_set(err, STATUS_INPUT, "%s:%d: %d cells, but %d columns", path, csv->row_line,
                         csv->cell_count, head_count);
    if (m == inflow->member_count)
        return error_set(err, STATUS_INPUT, "%s:%d: the inflow has no member '%s'", path,
                         csv->row_line, csv_shown(member, shown, sizeof shown));
    struct operation_case *own = &input->member_case[m];
    if (own->reservoir.outlet != NULL)
        return error_set(err, STATUS_INPUT, "%s:%d: a second row for member '%s'", path,
                         csv->row_line, csv_shown(member, shown, sizeof shown));
    if (reservoir_copy(reservoir, &own->reservoir) != STATUS_OK)
        return error_set(err, STATUS_MEMORY, "out of memory for the cases");
    own->start_level_m = input->request.start_level_m;
    for (int i = 1; i < head_count; i++) {
        struct error cause = {0};
        enum status status =
            strcmp(head[i], "start_level") == 0
                ? operate_read_quantity("start_level", csv_cell(csv, i), DIMENSION_LENGTH, 1.0,
                                        &own->start_level_m, &cause)
                : reservoir_change(&own->reservoir, head[i], csv_cell(csv, i), &cause);
        if (status != STATUS_OK)
            return error_set(err, STATUS_INPUT, "%s:%d: %s", path, csv->row_line, cause.text);
    }
    return STATUS_OK;
}

static enum status
read_head(const char *path, const struct csv_reader *csv, char **head, int *count,
          struct error *err)
{
    if (strcmp(csv_cell(csv, 0), "member") != 0 || csv->cell_count > CASE_COLUMNS_MAX)
        return error_set(err, STATUS_INPUT,
                         "%s:%d: the first of at most %d columns must be 'member'", path,
                         csv->row_line, CASE_COLUMNS_MAX);
    for (int i = 0; i < csv->cell_count; i++)
        if ((head[(*count)++] = strdup(csv_cell(csv, i))) == NULL)
            return error_set(err, STATUS_MEMORY, "out of memory for the cases");
    return STATUS_OK;
}

enum status
operate_cases(const struct operate_options *options, const struct reservoir *reservoir,
              struct operate_input *input, struct error *err)
{
    const char *path = options->cases_path;
    char *head[CASE_COLUMNS_MAX] = {NULL};
    int head_count = 0;
    struct csv_reader csv;
    enum csv_outcome outcome = csv_open(&csv, path);
    enum status status = STATUS_OK;
    input->case_count = input->inflow.member_count;
    input->member_case = calloc((size_t)input->inflow.member_count + 1, sizeof *input->member_case);
    if (input->member_case == NULL)
        status = error_set(err, STATUS_MEMORY, "out of memory for the cases");
    while (status == STATUS_OK && outcome == CSV_ROW && (outcome = csv_next(&csv)) == CSV_ROW)
        status = head_count == 0 ? read_head(path, &csv, head, &head_count, err)
                                 : read_case(path, &csv, head, head_count, reservoir, input, err);
    if (status == STATUS_OK && outcome != CSV_END)
        status = error_set(err, outcome == CSV_NO_MEMORY ? STATUS_MEMORY : STATUS_INPUT, "%s: %s",
                           path, outcome == CSV_NO_MEMORY ? "out of memory" : csv.problem);
    for (int m = 0; m < input->inflow.member_count && status == STATUS_OK; m++)
        if (input->member_case[m].reservoir.outlet == NULL)
            status = error_set(err, STATUS_INPUT, "%s has no row for member '%s'", path,
                               input->inflow.label[m]);
    csv_close(&csv);
    for (int i = 0; i < head_count; i++)
        free(head[i]);
    input->request.member_case = input->member_case;
    return status;
}

void
operate_cases_finish(struct operate_input *input)
{
    for (int m = 0; m < input->case_count && input->member_case != NULL; m++)
        reservoir_copy_finish(&input->member_case[m].reservoir);
    free(input->member_case);
}
