/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/indicators.h"
#include "output/input_hash.h"
#include "output/recheck_private.h"

#include <math.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>

/* What the results say they were made from, against what is there. */

/* ---- the basin ---------------------------------------------------------------------------------
 */

static void
check_text(struct recheck *recheck)
{
    struct check *check = &recheck->check[RECHECK_TEXT];
    char digest[SHA256_DIGEST_STRING_LENGTH] = "";
    int count;
    char **text = reader_texts(recheck->reader, "provenance/basin_text", &count);
    char *hash = reader_attribute(recheck->reader, "provenance", "basin_sha256");
    if (text == NULL || count != 1 || hash == NULL) {
        check_miss(check, "the file does not hold the text of its basin, or no hash of it");
    } else {
        SHA256Data((const uint8_t *)text[0], strlen(text[0]), digest);
        check_enter(check, strcmp(digest, hash) == 0 ? 0.0 : 1.0, 0.5, "",
                    "the text of the basin has SHA-256 %.12s..., not %.12s... as when it was run",
                    digest, hash);
    }
    texts_free(text, count);
    free(hash);
}

/* Files of the basin that have changed on the disk since are no fault of the results. */
static void
compare_files(struct recheck *recheck)
{
    const struct basin *basin = recheck->base;
    for (int i = 0; i < basin->part_count; i++) {
        const struct basin_part *part = &basin->part[i];
        char *text = malloc(part->length + 2);
        FILE *file = fopen(part->name, "r");
        size_t length = file != NULL && text != NULL ? fread(text, 1, part->length + 1, file) : 0;
        bool same = text != NULL && length == part->length &&
                    memcmp(text, basin->text + part->start, length) == 0;
        if (file != NULL && !same)
            check_miss(&recheck->check[RECHECK_TEXT],
                       "the basin file '%s' on the disk is not the one that was run", part->name);
        if (file == NULL)
            check_miss(&recheck->check[RECHECK_TEXT],
                       "the basin file '%s' is not here to be compared with the text kept",
                       part->name);
        if (file != NULL)
            fclose(file);
        free(text);
    }
}

/* Files that the basin names, but whose hash was not kept (by an earlier version). */
static void
check_input_list(struct recheck *recheck, char **path, int path_count)
{
    const struct basin *basin = recheck->base;
    for (int i = 0; basin != NULL && i < basin->input_count; i++) {
        bool kept = false;
        for (int k = 0; k < path_count && !kept; k++)
            kept = strcmp(path[k], basin->input[i]) == 0;
        if (!kept)
            check_miss(&recheck->check[RECHECK_INPUTS], "no hash of input '%s' was kept",
                       basin->input[i]);
    }
}

static void
check_inputs(struct recheck *recheck)
{
    struct check *check = &recheck->check[RECHECK_INPUTS];
    int path_count, hash_count, absent = 0;
    char **path = reader_texts(recheck->reader, "provenance/input", &path_count);
    char **hash = reader_texts(recheck->reader, "provenance/input_sha256", &hash_count);
    const char *first = NULL;
    if (path_count != hash_count)
        check_enter(check, 1.0, 0.5, "", "there are %d inputs and %d hashes", path_count,
                    hash_count);
    for (int i = 0; i < path_count && i < hash_count; i++) {
        const char *now = input_hash(path[i]);
        if (strcmp(now, "unreadable") == 0 || strcmp(hash[i], "unreadable") == 0) {
            first = absent++ == 0 ? path[i] : first;
            continue;
        }
        check_enter(check, strcmp(now, hash[i]) == 0 ? 0.0 : 1.0, 0.5, "",
                    "input '%s' has SHA-256 %.12s..., not %.12s... as when it was run", path[i],
                    now, hash[i]);
    }
    if (absent > 0)
        check_miss(check,
                   "%d of %d inputs are not here, such as '%s'; paths are as in the folder of the "
                   "run",
                   absent, path_count, first);
    else if (path_count == 0)
        check_miss(check, "the basin has no input files");
    check_input_list(recheck, path, path_count);
    texts_free(path, path_count);
    texts_free(hash, hash_count);
}

static void
check_program(struct recheck *recheck)
{
    struct check *check = &recheck->check[RECHECK_PROGRAM];
    char *version = reader_attribute(recheck->reader, "provenance", "version");
    char *seed = reader_attribute(recheck->reader, "provenance", "seed");
    const char *source = recheck->reader->source + strlen("nguon ");
    if (version == NULL)
        check_miss(check, "the file does not say which version made it");
    else
        check_enter(check, strcmp(version, source) == 0 ? 0.0 : 1.0, 0.5, "",
                    "the file says it was made by version %s, and by %s", source, version);
    if (version != NULL && strcmp(version, recheck->options->program_version) != 0)
        check_miss(check, "made by version %s, checked by %s", version,
                   recheck->options->program_version);
    if (seed == NULL || recheck->base == NULL)
        check_miss(&recheck->check[RECHECK_SEED], "the file has no seed, or no basin");
    else
        check_enter(&recheck->check[RECHECK_SEED],
                    strtoull(seed, NULL, 10) == recheck->base->run.seed ? 0.0 : 1.0, 0.5, "",
                    "the seed kept is %s, that of the basin %llu", seed,
                    (unsigned long long)recheck->base->run.seed);
    free(version);
    free(seed);
}

/* ---- scenarios and calendar --------------------------------------------------------------------
 */

/* The ids and realisations that the axes of the basin give. Ids may name what is only in weather
 * files; then only their number is compared. */
static void
check_scenarios(struct recheck *recheck)
{
    struct check *check = &recheck->check[RECHECK_SCENARIOS];
    struct reader *reader = recheck->reader;
    int count;
    double *realisation = reader_numbers(reader, "realisation", &count);
    int differ = 0;
    for (int s = 0; s < reader->scenario_count && s < recheck->plan.scenario_count; s++)
        differ += strcmp(reader->scenario[s], recheck->plan.scenario[s].id) != 0;
    check_enter(check,
                recheck->plan.scenario_count >= reader->scenario_count &&
                        count == reader->scenario_count
                    ? 0.0
                    : 1.0,
                0.5, "", "the basin has %d scenarios, the file %d with %d realisations",
                recheck->plan.scenario_count, reader->scenario_count, count);
    if (recheck->plan.scenario_count > reader->scenario_count)
        check_miss(check, "the run ended with %d of %d scenarios", reader->scenario_count,
                   recheck->plan.scenario_count);
    bool from_files = false; /* labels that weather files gave */
    for (int i = 0; i < recheck->base->series_count; i++)
        from_files = from_files || recheck->base->series[i].climate != NULL;
    for (int s = 0; s < reader->scenario_count && s < recheck->plan.scenario_count; s++) {
        const struct scenario *is = &recheck->plan.scenario[s];
        if (!from_files)
            check_enter(check, strcmp(reader->scenario[s], is->id) == 0 ? 0.0 : 1.0, 0.5, "",
                        "scenario %d is called '%s', not '%s' as by the axes of the basin", s + 1,
                        reader->scenario[s], is->id);
        if (s < count)
            check_enter(check, fabs(realisation[s] - is->realisation), 0.5, "",
                        "scenario '%s' has realisation %g, not %d", reader->scenario[s],
                        realisation[s], is->realisation);
    }
    if (from_files && differ > 0)
        check_miss(check, "ids of scenarios may be of weather files, which are not read");
    free(realisation);
}

static void
check_calendar(struct recheck *recheck)
{
    struct check *check = &recheck->check[RECHECK_CALENDAR];
    const struct reader *reader = recheck->reader;
    const struct timeaxis *axis = &recheck->axis;
    check_enter(check, fabs((double)(axis->step_count - reader->step_count)), 0.5, "",
                "the run of the basin has %d steps, the file %d", axis->step_count,
                reader->step_count);
    for (int t = 0; t <= axis->step_count && axis->step_count == reader->step_count; t++) {
        double size = fabs(reader->time[t] * reader->time_unit_s - (double)axis->start_s[t]);
        check_enter(check, size, 0.5, "s", "step %d begins at another time than in the basin",
                    t + 1);
    }
}

enum status
recheck_origin(struct recheck *recheck, struct error *err)
{
    struct error cause = {0};
    enum status status = STATUS_OK;
    check_text(recheck);
    status = reader_basin(recheck->reader, &recheck->base, &cause);
    if (status == STATUS_OK)
        status = plan_expand(recheck->base, &recheck->plan, &cause);
    if (status == STATUS_OK)
        status = timeaxis_init(&recheck->axis, recheck->base->run.step, recheck->base->run.start,
                               recheck->base->run.end, &cause);
    if (status == STATUS_MEMORY)
        return error_set(err, status, "%s", cause.text);
    if (status != STATUS_OK) {
        check_miss(&recheck->check[RECHECK_SCENARIOS], "%s", cause.text);
        check_miss(&recheck->check[RECHECK_CALENDAR], "%s", cause.text);
        basin_destroy(recheck->base);
        recheck->base = NULL;
    } else {
        check_scenarios(recheck);
        check_calendar(recheck);
        compare_files(recheck);
    }
    check_inputs(recheck);
    check_program(recheck);
    return STATUS_OK;
}
