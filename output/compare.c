/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/compare_private.h"
#include "output/json.h"
#include "output/operation.h"
#include "output/page.h"

#include "model/diagnostics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum status
compare_no_memory(struct error *err)
{
    return error_set(err, STATUS_MEMORY, "out of memory for the comparison");
}

int
compared_find(const struct compared_set *set, const char *id)
{
    for (int i = 0; i < set->count; i++)
        if (strcmp(set->id[i], id) == 0)
            return i;
    return -1;
}

bool
compared_is_wanted(const struct compare_options *options, enum compared_kind kind)
{
    return options->by == NULL || strcmp(options->by, compared_kinds[kind].plural) == 0;
}

double
compared_value(const struct comparison *comparison, const struct compared_run *run,
               enum compared_kind kind, int element, int figure_i, int pair_i)
{
    const struct compared_set *set = &run->file->set[kind];
    int figure_count = compared_kinds[kind].figure_count;
    bool least = compared_kinds[kind].figure[figure_i].is_least, any = false;
    double part = 0.0, whole = 0.0;
    for (int p = 0; p < comparison->pair_count; p++) {
        const struct amount *amount =
            &set->amount[((long)run->scenario_s[p] * set->count + element) * figure_count +
                         figure_i];
        if (pair_i >= 0 && p != pair_i)
            continue;
        if (!least) {
            part += amount->part;
            whole += amount->whole;
        } else if (!isnan(amount->part) && (!any || amount->part < part)) {
            part = amount->part;
            whole = 1.0;
            any = true;
        }
    }
    return whole > 0.0 ? part / whole : (double)NAN;
}

/* ---- files -------------------------------------------------------------------------------------
 */

static enum status
open_file(struct compared_file *file, const struct compare_options *options, const char *path,
          struct notes *notes, struct error *err)
{
    enum status status = STATUS_OK;
    static const struct show_options none = {0};
    struct reader *reader = &file->reader;
    int realisation_count, failed_count;
    TRY(reader_open(reader, path, err));
    file->view = (struct view){.reader = reader, .options = &none};
    file->view.years = (reader->time[reader->step_count] - reader->time[0]) * reader->time_unit_s /
                       seconds_per_year;
    file->axis_a = -1;
    TRY(show_axes_open(&file->view, &file->axes, err));
    if (options->axis != NULL)
        file->axis_a = show_axes_find(&file->axes, options->axis, err);
    if (options->axis != NULL && file->axis_a < 0)
        return STATUS_USAGE;
    file->realisation = reader_numbers(reader, "realisation", &realisation_count);
    file->view.failed_time = reader_numbers(reader, "indicators/basin_failed_step", &failed_count);
    if (file->realisation == NULL || realisation_count != reader->scenario_count ||
        file->view.failed_time == NULL || failed_count != reader->scenario_count)
        TRY(error_set(err, STATUS_INPUT, "'%s' is damaged: part of the results is missing", path));
    status = compared_figures_read(file, options, notes, err);
out:
    return status;
}

static void
close_file(struct compared_file *file)
{
    compared_figures_free(file);
    show_axes_close(&file->axes);
    free(file->realisation);
    free(file->view.failed_time);
    reader_close(&file->reader);
}

/* What files differ in as a whole, so that figures are read with it in mind. */
static void
note_calendars(struct comparison *comparison)
{
    const struct reader *first = &comparison->file[0].reader;
    for (int f = 1; f < comparison->file_count; f++) {
        const struct reader *reader = &comparison->file[f].reader;
        char from[2][32], to[2][32];
        bool same =
            strcmp(first->step, reader->step) == 0 && first->step_count == reader->step_count &&
            !(fabs(first->time[0] * first->time_unit_s - reader->time[0] * reader->time_unit_s) >
              0.5);
        if (same)
            continue;
        note_add(&comparison->notes,
                 "calendars differ: '%s' runs from %s to %s in %s steps, '%s' from %s to %s in %s "
                 "steps; volumes are per year, all else is of each one's own time",
                 first->path, reader_date(first, first->time[0], from[0], sizeof from[0]),
                 reader_date(first, first->time[first->step_count], to[0], sizeof to[0]),
                 first->step, reader->path,
                 reader_date(reader, reader->time[0], from[1], sizeof from[1]),
                 reader_date(reader, reader->time[reader->step_count], to[1], sizeof to[1]),
                 reader->step);
    }
}

/* ---- runs --------------------------------------------------------------------------------------
 */

static enum status
add_run(struct comparison *comparison, struct compared_file *file, const char *member,
        struct error *err)
{
    struct compared_run *larger =
        realloc(comparison->run, (size_t)(comparison->run_count + 1) * sizeof *larger);
    if (larger == NULL)
        return compare_no_memory(err);
    comparison->run = larger;
    struct compared_run *run = &larger[comparison->run_count];
    *run = (struct compared_run){.file = file, .member = member};
    const char *path = file->reader.path;
    bool one_file = comparison->file_count == 1;
    int length = member == NULL ? asprintf(&run->label, "%s", path)
                 : one_file
                     ? asprintf(&run->label, "%s=%s", comparison->options->axis, member)
                     : asprintf(&run->label, "%s, %s=%s", path, comparison->options->axis, member);
    if (length < 0) {
        run->label = NULL;
        return compare_no_memory(err);
    }
    int i = comparison->run_count++;
    if (i < 26)
        snprintf(run->letter, sizeof run->letter, "%c", 'A' + i);
    else
        snprintf(run->letter, sizeof run->letter, "R%d", (i + 1) % 100000);
    return STATUS_OK;
}

/* A run for each file, or for each member of the axis in it. */
static enum status
make_runs(struct comparison *comparison, struct error *err)
{
    enum status status = STATUS_OK;
    for (int f = 0; f < comparison->file_count; f++) {
        struct compared_file *file = &comparison->file[f];
        char **label = file->axis_a >= 0 ? file->axes.label[file->axis_a] : NULL;
        for (int s = 0; label != NULL && s < file->reader.scenario_count; s++) {
            int first = 0;
            while (strcmp(label[first], label[s]) != 0)
                first++;
            if (first == s)
                TRY(add_run(comparison, file, label[s], err));
        }
        if (label == NULL)
            TRY(add_run(comparison, file, NULL, err));
    }
    if (comparison->run_count < 2)
        status = error_set(err, STATUS_USAGE,
                           "there is nothing to compare '%s' with: name a second file, or an axis "
                           "with more than one member (--axis)",
                           comparison->run[0].label);
out:
    return status;
}

/* ---- elements ----------------------------------------------------------------------------------
 */

/* What one file has and another has not; how many they share. */
static int
note_elements(struct comparison *comparison, enum compared_kind kind)
{
    int shared = 0;
    const struct compared_set *first = &comparison->file[0].set[kind];
    for (int f = 1; f < comparison->file_count; f++)
        for (int side = 0; side < 2; side++) {
            const struct compared_file *with = &comparison->file[side == 0 ? 0 : f];
            const struct compared_set *here = &with->set[kind];
            const struct compared_set *there = side == 0 ? &comparison->file[f].set[kind] : first;
            char names[1024] = "";
            int count = 0;
            for (int i = 0; i < here->count; i++) {
                size_t used = strlen(names);
                if (compared_find(there, here->id[i]) >= 0)
                    continue;
                if (count++ < COMPARE_NAMED_MAX)
                    snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "",
                             here->id[i]);
            }
            shared += here->count - count;
            if (count > 0)
                note_add(&comparison->notes, "only in '%s': %s %s%s", with->reader.path,
                         count == 1 ? compared_kinds[kind].singular : compared_kinds[kind].plural,
                         names, count > COMPARE_NAMED_MAX ? " ..." : "");
        }
    return comparison->file_count == 1 ? first->count : shared;
}

static enum status
match_elements(struct comparison *comparison, struct error *err)
{
    int shared = 0;
    for (int kind = 0; kind < COMPARED_KIND_COUNT; kind++)
        if (compared_is_wanted(comparison->options, (enum compared_kind)kind))
            shared += note_elements(comparison, (enum compared_kind)kind);
    if (shared > 0)
        return STATUS_OK;
    return error_set(err, STATUS_INPUT, "the runs have no %s in common",
                     comparison->options->by != NULL ? comparison->options->by
                                                     : "demand, class, district or reservoir");
}

/* ---- what is printed ---------------------------------------------------------------------------
 */

static void
print_head(FILE *out, const struct comparison *comparison, bool html)
{
    for (int r = 0; r < comparison->run_count; r++) {
        const struct compared_run *run = &comparison->run[r];
        char text[2048];
        snprintf(text, sizeof text, "%s (%s)", run->label,
                 run->file->reader.title != NULL ? run->file->reader.title : "");
        if (html)
            page_paragraph(out, run->letter, text);
        else
            fprintf(out, "%s: %s\n", run->letter, text);
    }
    char pairs[256];
    snprintf(pairs, sizeof pairs,
             "%d scenario%s in all runs; changes are from %s; figures as in nguon show",
             comparison->pair_count, comparison->pair_count == 1 ? "" : "s",
             comparison->run[0].letter);
    if (html)
        page_paragraph(out, "Compared:", pairs);
    else
        fprintf(out, "%s\n", pairs);
    for (int i = 0; i < comparison->notes.count; i++)
        if (html)
            page_paragraph(out, "Note:", comparison->notes.text[i]);
        else
            fprintf(out, "Note: %s\n", comparison->notes.text[i]);
}

static bool
print_all(FILE *out, const struct comparison *comparison, const struct robustness *robustness,
          enum table_format format)
{
    const struct compare_options *options = comparison->options;
    if (format == TABLE_TEXT || format == TABLE_HTML) {
        print_head(out, comparison, format == TABLE_HTML);
        bool all = options->all || format == TABLE_HTML;
        return compare_print_changes(out, comparison, format, all) &&
               (robustness == NULL || robustness_print(out, comparison, robustness, format));
    }
    struct table table;
    table_init(&table, format, COMPARE_COLUMNS, compare_heads);
    compare_add_rows(&table, comparison);
    if (robustness != NULL)
        robustness_add_rows(&table, comparison, robustness);
    if (format == TABLE_CSV)
        return table_print(&table, out);
    fputs("{\"runs\": [", out);
    for (int r = 0; r < comparison->run_count; r++) {
        fputs(r > 0 ? ", " : "", out);
        json_text(out, comparison->run[r].label);
    }
    fputs("],\n\"notes\": [", out);
    for (int i = 0; i < comparison->notes.count; i++) {
        fputs(i > 0 ? ",\n  " : "", out);
        json_text(out, comparison->notes.text[i]);
    }
    fputs("],\n\"rows\": ", out);
    bool good = table_print(&table, out);
    fputs("}\n", out);
    return good;
}

static enum status
write_page(const struct comparison *comparison, const struct robustness *robustness,
           struct error *err)
{
    const char *path = comparison->options->page_path;
    char temporary[4096];
    FILE *out = operation_open(path, temporary, sizeof temporary, err);
    if (out == NULL)
        return STATUS_FILE_WRITE;
    page_begin(out, "What changed");
    bool good = print_all(out, comparison, robustness, TABLE_HTML);
    page_paragraph(out, "Program:", comparison->file[0].reader.source);
    page_end(out);
    enum status status = operation_close(out, temporary, path, err);
    return good ? status : compare_no_memory(err);
}

static void
notes_free(struct notes *notes)
{
    for (int i = 0; i < notes->count; i++)
        free(notes->text[i]);
    free(notes->text);
}

static void
finish(struct comparison *comparison)
{
    for (int r = 0; r < comparison->run_count; r++) {
        free(comparison->run[r].label);
        free(comparison->run[r].scenario_s);
    }
    free(comparison->run);
    for (int p = 0; p < comparison->pair_count; p++)
        free(comparison->pair[p]);
    free(comparison->pair);
    for (int f = 0; f < comparison->file_count; f++)
        close_file(&comparison->file[f]);
    free(comparison->file);
    notes_free(&comparison->notes);
}

static enum status
check_kind(const struct compare_options *options, struct error *err)
{
    const char *known[COMPARED_KIND_COUNT];
    for (int kind = 0; kind < COMPARED_KIND_COUNT; kind++) {
        known[kind] = compared_kinds[kind].plural;
        if (options->by == NULL || strcmp(options->by, known[kind]) == 0)
            return STATUS_OK;
    }
    const char *nearest = nearest_name(options->by, known, COMPARED_KIND_COUNT);
    return error_set(err, STATUS_USAGE,
                     "runs are compared by classes, districts, demands, reservoirs or targets, not "
                     "by '%s'%s%s%s",
                     options->by, nearest != NULL ? "; did you mean '" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

enum status
compare_results(FILE *out, const struct compare_options *options, struct error *err)
{
    enum status status = STATUS_OK;
    struct comparison comparison = {.options = options};
    struct robustness robustness = {0};
    TRY(check_kind(options, err));
    comparison.file = calloc((size_t)options->path_count, sizeof *comparison.file);
    if (comparison.file == NULL)
        TRY(compare_no_memory(err));
    for (int f = 0; f < options->path_count; f++) {
        struct compared_file *file = &comparison.file[comparison.file_count++];
        file->reader.file = -1;
        TRY(open_file(file, options, options->path[f], &comparison.notes, err));
    }
    note_calendars(&comparison);
    TRY(make_runs(&comparison, err));
    TRY(compare_pair_scenarios(&comparison, err));
    TRY(match_elements(&comparison, err));
    bool robust = robustness_is_wanted(&comparison);
    if (robust)
        TRY(robustness_measure(&comparison, &robustness, err));
    const struct robustness *shown = robust ? &robustness : NULL;
    if (comparison.notes.failed || !print_all(out, &comparison, shown, options->format))
        TRY(compare_no_memory(err));
    if (fflush(out) != 0 || ferror(out))
        TRY(error_set(err, STATUS_FILE_WRITE, "cannot write the comparison"));
    if (options->page_path != NULL)
        status = write_page(&comparison, shown, err);
out:
    robustness_free(&robustness);
    finish(&comparison);
    return status;
}

enum status
compare_measure(const char *path, const char *measure, int *count, char ***id, double **value,
                struct error *err)
{
    static const struct compare_options none = {0};
    struct compared_file file = {.reader = {.file = -1}};
    struct notes notes = {0};
    struct measured measured = {0};
    enum status status = open_file(&file, &none, path, &notes, err);
    if (status == STATUS_OK)
        status = criterion_measure(&file, measure, &measured, err);
    if (status == STATUS_OK) {
        *count = file.reader.scenario_count;
        *id = file.reader.scenario;
        *value = measured.value;
        file.reader.scenario = NULL;
        file.reader.scenario_count = 0;
    }
    close_file(&file);
    notes_free(&notes);
    return status;
}
