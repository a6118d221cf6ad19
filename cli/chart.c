/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "model/units.h"
#include "output/chart.h"
#include "output/table.h"
#include "scenarios/rule_line.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct chart_options {
    struct basin_source source;
    const char *reservoir, *svg_path;
    const char *record_path, *column, *dry_end, *years;
    bool csv;
};

enum { OPTION_SVG = 256, OPTION_CSV, OPTION_DERIVE, OPTION_COLUMN, OPTION_DRY_END, OPTION_YEARS };

static const struct argp_option option_list[] = {
    {"reservoir", 'r', "ID", 0, "the lake (default: the only one)", 1},
    {"svg", OPTION_SVG, "FILE", 0, "picture of the chart", 1},
    {"csv", OPTION_CSV, NULL, 0, "the table as CSV", 1},
    {"derive", OPTION_DERIVE, "FILE", 0,
     "derive upper and restriction line from a record of the inflow, CSV, by routing dry years "
     "backward",
     2},
    {"column", OPTION_COLUMN, "NAME", 0, "its column, m3/s (default: inflow_m3s)", 2},
    {"dry-end", OPTION_DRY_END, "MM-DD", 0, "end of the dry season (default: 05-31)", 2},
    {"years", OPTION_YEARS, "FROM-TO", 0,
     "years whose inflow is exceeded in such a percentage of years (default: 75-85)", 2},
    {"set", 'S', "PATH=VALUE", 0, "change a figure of the basin", 1},
    {0}};

static const char doc[] =
    "Print the chart of regulation of a reservoir by ten-day period: flood limit, upper and "
    "restriction lines, normal and dead level, minimum release."
    "\vExample:\n  nguon chart examples/red-river/basin.yaml -r hoa_binh --svg hoa_binh.svg";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct chart_options *run = state->input;
    switch (key) {
    case 'r':
        run->reservoir = argument;
        return 0;
    case OPTION_SVG:
        run->svg_path = argument;
        return 0;
    case OPTION_DERIVE:
        run->record_path = argument;
        return 0;
    case OPTION_COLUMN:
        run->column = argument;
        return 0;
    case OPTION_DRY_END:
        run->dry_end = argument;
        return 0;
    case OPTION_YEARS:
        run->years = argument;
        return 0;
    case OPTION_CSV:
        run->csv = true;
        return 0;
    case 'S':
        return parse_basin_option(key, argument, state, &run->source);
    case ARGP_KEY_ARG:
    case ARGP_KEY_END:
        return parse_path(key, argument, state, "basin file", &run->source.path);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static enum status
find_reservoir(const struct basin *basin, const char *id, const struct reservoir **out,
               struct error *err)
{
    if (id == NULL && basin->reservoir_count != 1)
        return error_set(err, STATUS_USAGE,
                         "the basin has %d reservoirs; name one with --reservoir",
                         basin->reservoir_count);
    for (int r = 0; r < basin->reservoir_count; r++) {
        *out = &basin->reservoir[r];
        if (id == NULL || strcmp(id, basin->node[(*out)->node_i].id) == 0)
            return STATUS_OK;
    }
    return error_set(err, STATUS_USAGE, "the basin has no reservoir '%s'", id);
}

static enum status
read_words(const struct chart_options *run, struct rule_line_request *request, struct error *err)
{
    int month = 5, day = 31, used = 0;
    double from = 75.0, to = 85.0;
    if (run->dry_end != NULL &&
        (sscanf(run->dry_end, "%2d-%2d%n", &month, &day, &used) != 2 || run->dry_end[used] != 0 ||
         !date_is_valid((struct date){2024, month, day, 0})))
        return error_set(err, STATUS_USAGE, "--dry-end '%s' must be a day such as 05-31",
                         run->dry_end);
    if (run->years != NULL &&
        (sscanf(run->years, "%lf-%lf%n", &from, &to, &used) != 2 || run->years[used] != 0 ||
         !(from >= 0.0 && from <= to && to <= 100.0)))
        return error_set(err, STATUS_USAGE, "--years '%s' must be percentages such as 75-85",
                         run->years);
    int third = (day - 1) / 10;
    request->dry_end = 3 * (month - 1) + (third < 3 ? third : 2);
    request->from_share = from / 100.0;
    request->to_share = to / 100.0;
    return STATUS_OK;
}

/* The lines as keys of a basin file. */
static void
print_key(const char *key, const double *level_m)
{
    printf("%s:\n  unit: m\n  tenday: [", key);
    for (int i = 0; i < RULE_TENDAYS; i++)
        printf("%s%.2f", i == 0 ? "" : i % 12 == 0 ? ",\n           " : ", ", level_m[i]);
    puts("]");
}

static enum status
print_lines(const struct chart_options *run, const struct rule_lines *lines, struct error *err)
{
    static const char *const heads[] = {"<from", "upper m", "restriction m"};
    struct table table;
    if (!run->csv) {
        printf("%d of %d years:", lines->chosen_count, lines->year_count);
        for (int i = 0; i < lines->chosen_count; i++)
            printf(" %d/%02d", lines->chosen[i], (lines->chosen[i] + 1) % 100);
        puts("\n");
    }
    table_init(&table, run->csv, 3, heads);
    for (int i = 0; i < RULE_TENDAYS; i++) {
        table_cell(&table, "%02d-%02d", i / 3 + 1, 10 * (i % 3) + 1);
        table_number(&table, lines->upper_m[i]);
        table_number(&table, lines->lower_m[i]);
    }
    if (!table_print(&table, stdout))
        return error_set(err, STATUS_FILE_WRITE, "the table cannot be printed");
    if (!run->csv) {
        putchar('\n');
        print_key("upper_line", lines->upper_m);
        print_key("restriction_line", lines->lower_m);
    }
    return STATUS_OK;
}

static enum status
derive(const struct chart_options *run, const struct basin *basin,
       const struct reservoir *reservoir, struct error *err)
{
    struct record inflow = {0};
    struct diagnostics diagnostics;
    struct rule_lines *lines = calloc(1, sizeof *lines);
    struct rule_line_request request = {
        .basin = basin, .reservoir_i = (int)(reservoir - basin->reservoir), .inflow = &inflow};
    char text[4096];
    enum status status = STATUS_OK;
    if (lines == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the lines");
    diagnostics_init(&diagnostics);
    TRY(read_words(run, &request, err));
    status =
        record_read_csv(&inflow, run->record_path, run->column != NULL ? run->column : "inflow_m3s",
                        1.0, 0.0, FILL_NONE, &diagnostics);
    for (int i = 0; i < diagnostics.count; i++)
        fprintf(stderr, "%s\n", diagnostic_format(&diagnostics.item[i], text, sizeof text));
    if (status != STATUS_OK) {
        error_set(err, status, "the record '%s' cannot be used", run->record_path);
        goto out;
    }
    TRY(rule_lines_derive(&request, lines, err));
    TRY(print_lines(run, lines, err));
out:
    diagnostics_finish(&diagnostics);
    record_finish(&inflow);
    free(lines);
    return status;
}

static enum status
show_chart(const struct chart_options *run, const struct basin *basin, struct error *err)
{
    const struct reservoir *reservoir = NULL;
    struct chart *chart = calloc(1, sizeof *chart);
    enum status status = STATUS_OK;
    if (chart == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the chart");
    TRY(find_reservoir(basin, run->reservoir, &reservoir, err));
    if (run->record_path != NULL) {
        status = derive(run, basin, reservoir, err);
        goto out;
    }
    TRY(chart_fill(basin, reservoir, chart, err));
    if (run->svg_path != NULL)
        TRY(chart_write_svg(run->svg_path, basin->node[reservoir->node_i].name, chart, err));
    if (!chart_print(chart, run->csv, stdout))
        status = error_set(err, STATUS_FILE_WRITE, "the table cannot be printed");
out:
    free(chart);
    return status;
}

int
command_chart(int argc, char **argv)
{
    struct chart_options run = {0};
    struct argp parser = {option_list, parse_option, "BASIN", doc, NULL, NULL, NULL};
    argp_parse(&parser, argc, argv, 0, NULL, &run);
    struct basin *basin;
    struct timeaxis axis = {0};
    struct error err = {0};
    enum status status = read_basin(&run.source, &basin, &axis);
    int exit_code = status_exit_code(status);
    if (status == STATUS_OK && show_chart(&run, basin, &err) != STATUS_OK)
        exit_code = report_failure(&err);
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return exit_code;
}
