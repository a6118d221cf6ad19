/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/recheck_private.h"

#include "scenarios/allocation.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A results file checked again: scenario after scenario in blocks of steps, then the report. */

enum { BLOCK_BYTES = 64 << 20, BLOCK_STEPS_MIN = 64 };

static const char *const check_names[RECHECK_COUNT] = {
    [RECHECK_TEXT] = "text of the basin by its hash",
    [RECHECK_INPUTS] = "inputs by their hashes",
    [RECHECK_PROGRAM] = "program",
    [RECHECK_SEED] = "seed",
    [RECHECK_SCENARIOS] = "scenarios by the axes of the basin",
    [RECHECK_CALENDAR] = "calendar",
    [RECHECK_FINITE] = "series are numbers",
    [RECHECK_SHORTAGE] = "need = supply + shortage",
    [RECHECK_BOUNDS] = "bounds",
    [RECHECK_LEVELS] = "levels by the tables of the lakes",
    [RECHECK_STORAGE] = "storage goes on from step to step",
    [RECHECK_CLOSURE] = "water of every node",
    [RECHECK_RANKS] = "ranks: supply by the step solved again",
    [RECHECK_DECISIONS] = "flows and storages by the step solved again",
    [RECHECK_INDICATORS] = "indicators by the series",
    [RECHECK_TOTALS] = "totals of the basin",
    [RECHECK_SALT] = "salt",
};

/* ---- checks ------------------------------------------------------------------------------------
 */

void
check_enter(struct check *check, double size, double limit, const char *unit, const char *format,
            ...)
{
    double ratio = isnan(size) ? (double)INFINITY : size / limit;
    bool failed = !(size <= limit), worst = ratio > check->worst || check->count == 0;
    check->count++;
    if (!failed && !worst)
        return;
    char text[sizeof check->where];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (worst) {
        check->worst = ratio;
        check->size = size;
        snprintf(check->unit, sizeof check->unit, "%s", unit);
        memcpy(check->where, text, sizeof text);
    }
    if (failed && check->failed_count < RECHECK_TOLD_MAX &&
        asprintf(&check->told[check->failed_count],
                 unit[0] != '\0' ? "%s (%.3g %s, limit %.2g)" : "%s", text, size, unit, limit) < 0)
        check->told[check->failed_count] = NULL;
    check->failed_count += failed;
}

void
check_miss(struct check *check, const char *format, ...)
{
    va_list arguments;
    if (check->missing[0] != '\0')
        return;
    va_start(arguments, format);
    vsnprintf(check->missing, sizeof check->missing, format, arguments);
    va_end(arguments);
}

const char *
recheck_place(const struct recheck *recheck, int step_t, char *buffer, size_t size)
{
    char date[32];
    const struct reader *reader = recheck->reader;
    snprintf(buffer, size, "%s, scenario %s",
             reader_date(reader, reader->time[step_t], date, sizeof date),
             reader->scenario[recheck->scenario_s]);
    return buffer;
}

/* ---- one scenario ------------------------------------------------------------------------------
 */

/* Memory for what the file keeps. */
static enum status
make_block(struct recheck *recheck, struct error *err)
{
    struct step_block *block = &recheck->block;
    size_t element_count = 1;
    bool keeps[RESULT_VARIABLE_COUNT + AUDIT_VARIABLE_COUNT] = {false};
    recheck->has_audit = H5Lexists(recheck->reader->file, "audit", H5P_DEFAULT) > 0;
    for (int v = 0; v < RESULT_VARIABLE_COUNT + AUDIT_VARIABLE_COUNT; v++) {
        bool audit = v >= RESULT_VARIABLE_COUNT;
        const struct result_description *is =
            audit ? audit_describe(v - RESULT_VARIABLE_COUNT) : result_describe(v);
        int count = result_element_count(recheck->base, is->element);
        keeps[v] =
            count > 0 && (audit ? recheck->has_audit : reader_keeps(recheck->reader, is->name, -1));
        element_count += keeps[v] ? (size_t)count : 0;
    }
    size_t steps = BLOCK_BYTES / sizeof(double) / element_count;
    steps = steps < BLOCK_STEPS_MIN ? BLOCK_STEPS_MIN : steps;
    block->capacity =
        steps < (size_t)recheck->axis.step_count ? (int)steps : recheck->axis.step_count;
    for (int v = 0; v < RESULT_VARIABLE_COUNT + AUDIT_VARIABLE_COUNT; v++) {
        bool audit = v >= RESULT_VARIABLE_COUNT;
        double **value = audit ? &block->audit[v - RESULT_VARIABLE_COUNT] : &block->series[v];
        const struct result_description *is =
            audit ? audit_describe(v - RESULT_VARIABLE_COUNT) : result_describe(v);
        size_t count = (size_t)result_element_count(recheck->base, is->element);
        if (!keeps[v])
            continue;
        *value = malloc(count * (size_t)block->capacity * sizeof(double));
        if (*value == NULL)
            return error_set(err, STATUS_MEMORY, "out of memory for the steps");
    }
    return STATUS_OK;
}

static enum status
read_block(struct recheck *recheck, int first_t, struct error *err)
{
    struct step_block *block = &recheck->block;
    int rest = recheck->axis.step_count - first_t;
    block->first_t = first_t;
    block->count = rest < block->capacity ? rest : block->capacity;
    for (int v = 0; v < RESULT_VARIABLE_COUNT + AUDIT_VARIABLE_COUNT; v++) {
        bool audit = v >= RESULT_VARIABLE_COUNT;
        double *value = audit ? block->audit[v - RESULT_VARIABLE_COUNT] : block->series[v];
        const struct result_description *is =
            audit ? audit_describe(v - RESULT_VARIABLE_COUNT) : result_describe(v);
        char name[128];
        if (value == NULL)
            continue;
        snprintf(name, sizeof name, "%s%s", audit ? "audit/" : "", is->name);
        if (!reader_block(recheck->reader, name, recheck->scenario_s, first_t, block->count,
                          result_element_count(recheck->base, is->element), value))
            return error_set(err, STATUS_INPUT,
                             "'%s' is damaged: %s cannot be read, or does not fit the basin",
                             recheck->reader->path, name);
    }
    return STATUS_OK;
}

static enum status
recheck_scenario(struct recheck *recheck, int scenario_s, struct error *err)
{
    enum status status = STATUS_OK;
    recheck->scenario_s = scenario_s;
    TRY(plan_scenario_basin(&recheck->plan, recheck->base, scenario_s, &recheck->basin, err));
    if (recheck->has_audit)
        TRY(allocation_create(recheck->basin, recheck->options->method, &recheck->allocation, err));
    for (int r = 0; r < recheck->basin->reservoir_count; r++)
        recheck->lake_end_m3[r] = (double)NAN;
    for (int a = 0; a < recheck->basin->aquifer_count; a++)
        recheck->ground_end_m3[a] = (double)NAN;
    recheck_sums_start(recheck);
    for (int t = 0; t < recheck->axis.step_count; t += recheck->block.capacity) {
        TRY(read_block(recheck, t, err));
        for (int i = 0; i < recheck->block.count; i++) {
            recheck_step(recheck, i);
            recheck_sums_add(recheck, i);
            if (recheck->has_audit)
                TRY(recheck_ranks(recheck, i, err));
        }
    }
    recheck_sums_compare(recheck);
out:
    allocation_destroy(recheck->allocation);
    recheck->allocation = NULL;
    basin_destroy(recheck->basin);
    recheck->basin = NULL;
    return status;
}

/* ---- all scenarios -----------------------------------------------------------------------------
 */

/* Why checks of steps are not made where series are missing. */
static void
note_missing(struct recheck *recheck)
{
    static const char need_audit[] =
        "the file does not keep what its steps were made from; --save audit does";
    double *const *series = recheck->block.series;
    static const enum recheck_id by_audit[] = {RECHECK_STORAGE, RECHECK_CLOSURE, RECHECK_RANKS,
                                               RECHECK_DECISIONS};
    for (size_t i = 0; i < sizeof by_audit / sizeof *by_audit && !recheck->has_audit; i++)
        check_miss(&recheck->check[by_audit[i]], "%s", need_audit);
    if (!recheck->has_audit)
        check_miss(&recheck->check[RECHECK_BOUNDS], "only by sign and need: %s", need_audit);
    if (series[RESULT_SUPPLY] == NULL || series[RESULT_NEED] == NULL)
        check_miss(&recheck->check[RECHECK_SHORTAGE],
                   "the series need and supply are not kept (--save need,supply)");
    if (series[RESULT_LEVEL] == NULL || series[RESULT_STORAGE] == NULL)
        check_miss(&recheck->check[RECHECK_LEVELS],
                   "the series storage and level are not kept, or there is no lake");
}

/* What was checked of salt, and what there was of it. */
static void
note_salt(struct recheck *recheck)
{
    struct check *check = &recheck->check[RECHECK_SALT];
    double *const *series = recheck->block.series;
    if (series[RESULT_OPEN_SHARE] == NULL && series[RESULT_SALT_FRONT_1] == NULL)
        check_miss(check, "no series of salt is kept (--save audit,open_share,intake_salinity,"
                          "salt_front_1,salt_front_4)");
    else if (check->count == 0)
        check_miss(check, "no estuary of the basin carries salt");
    else
        check_miss(check, "the balance of salt is not in the series: shares, signs, order of the "
                          "fronts and shut intakes are checked");
}

static enum status
make_sums(struct recheck *recheck, struct error *err)
{
    const struct basin *basin = recheck->base;
    size_t nodes = (size_t)basin->node_count + 1;
    recheck->lake_end_m3 = calloc((size_t)basin->reservoir_count + 1, sizeof(double));
    recheck->ground_end_m3 = calloc((size_t)basin->aquifer_count + 1, sizeof(double));
    recheck->node_m3 = calloc(3 * nodes, sizeof(double));
    recheck->demand = calloc((size_t)basin->demand_count + 1, sizeof *recheck->demand);
    recheck->lake = calloc((size_t)basin->reservoir_count + 1, sizeof *recheck->lake);
    recheck->link = calloc((size_t)basin->link_count + 1, sizeof *recheck->link);
    if (recheck->lake_end_m3 == NULL || recheck->ground_end_m3 == NULL ||
        recheck->node_m3 == NULL || recheck->demand == NULL || recheck->lake == NULL ||
        recheck->link == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the balances");
    recheck->node_size_m3 = recheck->node_m3 + nodes;
    recheck->node_single_m3 = recheck->node_size_m3 + nodes;
    return STATUS_OK;
}

static enum status
recheck_scenarios(struct recheck *recheck, struct error *err)
{
    enum status status = STATUS_OK;
    struct reader *reader = recheck->reader;
    int count, failed_count = 0, found = 0;
    double *failed = reader_numbers(reader, "indicators/basin_failed_step", &count);
    bool fits = recheck->axis.step_count == reader->step_count &&
                recheck->plan.scenario_count >= reader->scenario_count;
    if (failed == NULL || count != reader->scenario_count)
        TRY(error_set(err, STATUS_INPUT, "'%s' is damaged: part of the results is missing",
                      reader->path));
    if (!fits)
        goto out; /* as the checks of scenarios and calendar have told */
    TRY(make_block(recheck, err));
    TRY(make_sums(recheck, err));
    note_missing(recheck);
    for (int s = 0; s < reader->scenario_count; s++) {
        const char *wanted = recheck->options->scenario;
        if (wanted != NULL && strcmp(wanted, reader->scenario[s]) != 0)
            continue;
        found++;
        failed_count += !isnan(failed[s]);
        if (isnan(failed[s]))
            TRY(recheck_scenario(recheck, s, err));
    }
    if (found == 0)
        TRY(error_set(err, STATUS_USAGE, "'%s' holds no scenario '%s'; see nguon show %s scenarios",
                      reader->path, recheck->options->scenario, reader->path));
    if (failed_count > 0)
        check_miss(&recheck->check[RECHECK_FINITE], "%d scenario%s failed and left no results",
                   failed_count, failed_count == 1 ? "" : "s");
    note_salt(recheck);
out:
    free(failed);
    return status;
}

/* ---- the report --------------------------------------------------------------------------------
 */

static const char *
verdict_of(const struct check *check)
{
    if (check->failed_count > 0)
        return "FAILED";
    if (check->count == 0)
        return "not checked";
    return check->missing[0] != '\0' ? "passed in part" : "passed";
}

/* A figure where a difference was measured, nothing where it was yes or no. */
static void
worst_cells(struct table *table, const struct check *check)
{
    bool measured = check->unit[0] != '\0' && check->count > 0;
    table_cell(table, "%ld", check->count);
    table_cell(table, "%ld", check->failed_count);
    if (measured)
        table_cell(table, "%.2g", check->size);
    else
        table_cell(table, "%s", table->format == TABLE_TEXT ? "-" : "");
    table_cell(table, "%s", check->unit);
    if (check->count > 0 && (measured || check->worst > 0.0) && isfinite(check->worst))
        table_cell(table, "%.2g", check->worst);
    else
        table_cell(table, "%s", table->format == TABLE_TEXT ? "-" : "");
}

static bool
print_table(FILE *out, const struct recheck *recheck)
{
    static const char *const heads[] = {"<check", "<result",  "compared", "failed",      "worst",
                                        "<unit",  "of limit", "<where",   "<not checked"};
    enum table_format format = recheck->options->format;
    struct table table;
    int columns = format == TABLE_TEXT ? 7 : 9;
    table_init(&table, format, columns, heads);
    for (int i = 0; i < RECHECK_COUNT; i++) {
        const struct check *check = &recheck->check[i];
        table_cell(&table, "%s", check_names[i]);
        table_cell(&table, "%s", verdict_of(check));
        worst_cells(&table, check);
        if (columns == 7)
            continue;
        table_cell(&table, "%s", check->worst > 0.0 ? check->where : "");
        table_cell(&table, "%s", check->missing);
    }
    return table_print(&table, out);
}

static void
print_words(FILE *out, const struct recheck *recheck)
{
    int failed = 0, missing = 0;
    for (int i = 0; i < RECHECK_COUNT; i++) {
        const struct check *check = &recheck->check[i];
        failed += check->failed_count > 0;
        missing += check->missing[0] != '\0';
        for (int k = 0; k < RECHECK_TOLD_MAX && k < check->failed_count; k++)
            fprintf(out, "%sFAILED %s: %s\n", failed == 1 && k == 0 ? "\n" : "", check_names[i],
                    check->told[k] != NULL ? check->told[k] : "");
        if (check->failed_count > RECHECK_TOLD_MAX)
            fprintf(out, "FAILED %s: ... and %ld more; the worst: %s\n", check_names[i],
                    check->failed_count - RECHECK_TOLD_MAX, check->where);
    }
    fputs(missing > 0 ? "\nNot checked:\n" : "", out);
    for (int i = 0; i < RECHECK_COUNT; i++)
        if (recheck->check[i].missing[0] != '\0')
            fprintf(out, "  %s: %s\n", check_names[i], recheck->check[i].missing);
    fprintf(out, "\n%s\n",
            failed > 0 ? "The results do NOT hold." : "All that could be checked holds.");
}

static bool
has_failed(const struct recheck *recheck, int *failed_count)
{
    *failed_count = 0;
    for (int i = 0; i < RECHECK_COUNT; i++)
        *failed_count += recheck->check[i].failed_count > 0;
    return *failed_count > 0;
}

static void
finish(struct recheck *recheck)
{
    for (int i = 0; i < RECHECK_COUNT; i++)
        for (int k = 0; k < RECHECK_TOLD_MAX; k++)
            free(recheck->check[i].told[k]);
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++)
        free(recheck->block.series[v]);
    for (int v = 0; v < AUDIT_VARIABLE_COUNT; v++)
        free(recheck->block.audit[v]);
    free(recheck->lake_end_m3);
    free(recheck->ground_end_m3);
    free(recheck->node_m3);
    free(recheck->demand);
    free(recheck->lake);
    free(recheck->link);
    plan_finish(&recheck->plan);
    timeaxis_finish(&recheck->axis);
    basin_destroy(recheck->base);
    reader_close(recheck->reader);
}

enum status
recheck_results(FILE *out, const char *path, const struct recheck_options *options,
                struct error *err)
{
    struct reader reader;
    struct recheck recheck = {.options = options, .reader = &reader};
    int failed_count;
    enum status status = reader_open(&reader, path, err);
    if (status != STATUS_OK)
        return status;
    TRY(recheck_origin(&recheck, err));
    if (recheck.base != NULL)
        TRY(recheck_scenarios(&recheck, err));
    if (options->format == TABLE_TEXT)
        fprintf(out, "%s: %s, %d scenario%s, %d steps, made by %s\n\n", path, reader.title,
                reader.scenario_count, reader.scenario_count == 1 ? "" : "s", reader.step_count,
                reader.source);
    if (!print_table(out, &recheck))
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the report"));
    if (options->format == TABLE_TEXT)
        print_words(out, &recheck);
    if (fflush(out) != 0 || ferror(out))
        TRY(error_set(err, STATUS_FILE_WRITE, "cannot write the report"));
    if (has_failed(&recheck, &failed_count))
        status = error_set(err, STATUS_NUMERIC, "%d check%s of '%s' failed", failed_count,
                           failed_count == 1 ? "" : "s", path);
out:
    finish(&recheck);
    return status;
}
