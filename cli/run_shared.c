/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/run_shared.h"

#include "cli/ranks.h"
#include "output/run_identity.h"
#include "scenarios/stopping.h"
#include "scenarios/verify.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Scenarios of a round for each thread of all ranks, where a stopping rule is asked after it. */
enum { ROUND_SCENARIOS = 4 };

struct shared_run {
    const struct run_info *info;
    const struct ensemble_settings *settings;
    struct writer *writer;
    int scenario_count;
    unsigned char *kept; /**< [scenario_count] whether an earlier run has finished it */
    int kept_count;
    int *missing; /**< [missing_count] the others, in order */
    int missing_count;
    struct stopping rule; /**< as in settings, for the rounds */
    double *value;        /**< [scenario_count] measured by it: here or, if it was kept, by rank 0;
                               else 0 */
    int round_size;       /**< scenarios */
    int first, last;      /**< scenarios of this round, and the next after it */
    int dealt;            /**< missing ones dealt up to the end of this round */
    int done_count;       /**< by this rank */
    bool interrupted;
};

/* ---- before ------------------------------------------------------------------------------------
 */

static enum status
out_of_memory(struct error *err)
{
    return error_set(err, STATUS_MEMORY, "out of memory for the list of scenarios");
}

/* Whether every rank has read the same. */
static enum status
compare_ranks(const struct shared_run *share, struct error *err)
{
    char *first = NULL, said[1200] = "";
    enum status status = ranks_agree(writer_prepare(share->writer, share->info, err), err);
    if (status != STATUS_OK)
        return status;
    const char *own = writer_identity(share->writer);
    size_t size = strlen(own) + 1;
    ranks_broadcast(&size, sizeof size);
    first = ranks_own() == 0 ? strdup(own) : calloc(size + 1, 1);
    TRY(ranks_agree(first == NULL ? out_of_memory(err) : STATUS_OK, err));
    ranks_broadcast(first, size);
    if (strcmp(first, own) != 0) {
        identity_differences(first, own, said, sizeof said);
        status = error_set(err, STATUS_INPUT, "this is not what rank 0 runs: %s", said);
    }
    status = ranks_agree(status, err);
out:
    free(first);
    return status;
}

/* What the stopping rule says of what was kept; what is damaged is not kept. */
static enum status
read_values(struct shared_run *share, const struct sink *sink, struct error *err)
{
    const struct run_info *info = share->info;
    struct scenario_result result = {0};
    enum status status =
        scenario_result_init(&result, info->basin, info->axis->step_count, &info->selection);
    if (status != STATUS_OK)
        return out_of_memory(err);
    for (int s = 0; s < share->scenario_count && status == STATUS_OK; s++) {
        void *encoded = NULL;
        if (!share->kept[s])
            continue;
        result.scenario_s = s;
        status = sink->recall(sink->self, &result, true, &encoded, err);
        share->kept[s] = encoded != NULL && (result.status == STATUS_OK || share->settings->go_on);
        if (share->kept[s])
            share->value[s] = stopping_value(&share->rule, &result);
        sink->drop(sink->self, encoded);
    }
    scenario_result_finish(&result);
    return status;
}

/* Rank 0 finds out what is kept. */
static enum status
survey(struct shared_run *share, struct error *err)
{
    struct sink sink = writer_sink(share->writer);
    enum status status = STATUS_OK;
    if (ranks_own() == 0) {
        writer_survey(share->writer);
        status = sink.begin(sink.self, share->info, err);
        for (int s = 0; s < share->scenario_count; s++)
            share->kept[s] = writer_keeps(share->writer, s);
        if (status == STATUS_OK && share->value != NULL)
            status = read_values(share, &sink, err);
        sink.discard(sink.self);
    }
    TRY(ranks_agree(status, err));
    ranks_broadcast(share->kept, (size_t)share->scenario_count);
    for (int s = 0; s < share->scenario_count; s++)
        if (share->kept[s])
            share->kept_count++;
        else
            share->missing[share->missing_count++] = s;
out:
    return status;
}

static enum status
prepare(struct shared_run *share, struct error *err)
{
    size_t count = (size_t)share->scenario_count;
    const struct stopping *stopping = share->settings->stopping;
    int threads = share->settings->threads > 0 ? share->settings->threads : omp_get_num_procs();
    share->kept = calloc(count, sizeof *share->kept);
    share->missing = calloc(count, sizeof *share->missing);
    share->round_size = share->scenario_count;
    bool good = share->kept != NULL && share->missing != NULL;
    if (stopping != NULL) {
        double all_threads = threads;
        ranks_add(&all_threads, 1);
        double wanted = ROUND_SCENARIOS * all_threads;
        share->rule = *stopping;
        share->round_size = wanted < share->scenario_count ? (int)wanted : share->scenario_count;
        share->value = calloc(count, sizeof *share->value);
        good = good && share->value != NULL;
    }
    return ranks_agree(good ? STATUS_OK : out_of_memory(err), err);
}

/* ---- rounds ------------------------------------------------------------------------------------
 */

static int
next(void *self)
{
    struct shared_run *share = self;
    const struct ensemble_settings *settings = share->settings;
    int i = ranks_draw();
    if (i >= share->dealt)
        return -1;
    if (settings->progress == NULL ||
        settings->progress(settings->progress_context, i, share->missing_count))
        return share->missing[i];
    share->interrupted = true;
    ranks_cut(share->dealt);
    return -1;
}

static void
done(void *self, int scenario_s, double value)
{
    struct shared_run *share = self;
    share->done_count++;
    if (share->value != NULL)
        share->value[scenario_s] = value;
}

static void
stop(void *self)
{
    const struct shared_run *share = self;
    ranks_cut(share->dealt);
}

/* Whether the stopping rule holds after the scenarios of the round. */
static bool
is_enough(struct shared_run *share)
{
    bool enough = false;
    if (share->value == NULL || share->last == share->first)
        return false;
    ranks_add(share->value + share->first, (size_t)(share->last - share->first));
    for (int s = share->first; s < share->last && !enough; s++)
        enough = stopping_add(&share->rule, share->value[s]);
    return enough;
}

static bool
another_round(void *self, enum status *status, struct error *err)
{
    struct shared_run *share = self;
    if (share->interrupted)
        *status = error_set(err, STATUS_INTERRUPTED, "interrupted");
    ranks_tell();
    *status = ranks_agree(*status, err);
    if (*status != STATUS_OK || is_enough(share) || share->last == share->scenario_count)
        return false;
    share->first = share->last;
    share->last = share->first < share->scenario_count - share->round_size
                      ? share->first + share->round_size
                      : share->scenario_count;
    int begin = share->dealt;
    while (share->dealt < share->missing_count && share->missing[share->dealt] < share->last)
        share->dealt++;
    ranks_deal(begin);
    return true;
}

/* ---- after -------------------------------------------------------------------------------------
 */

/* What the ranks have verified, as if one had done it. */
static enum status
gather_verification(struct verification *found, struct error *err)
{
    size_t count = (size_t)ranks_count();
    struct verification *each = calloc(count, sizeof *each);
    enum status status =
        ranks_agree(each != NULL ? STATUS_OK : error_set(err, STATUS_MEMORY, "out of memory"), err);
    if (status == STATUS_OK) {
        ranks_gather(found, sizeof *found, each);
        for (size_t rank = 1; rank < count && ranks_own() == 0; rank++)
            verification_add(found, &each[rank]);
    }
    free(each);
    return status;
}

enum status
run_shared(struct writer *writer, const struct run_info *info,
           const struct ensemble_settings *settings, int *kept_count, struct error *err)
{
    struct shared_run share = {.info = info,
                               .settings = settings,
                               .writer = writer,
                               .scenario_count = info->plan->scenario_count};
    const struct team team = {
        .self = &share, .next = next, .done = done, .stop = stop, .another_round = another_round};
    enum status status = STATUS_OK;
    TRY(compare_ranks(&share, err));
    TRY(prepare(&share, err));
    TRY(survey(&share, err));
    writer_share(writer, ranks_own() + 1);
    struct sink sink = writer_sink(writer);
    status = ensemble_share(info, settings, &sink, &team, err);
    double done_count = share.done_count;
    ranks_add(&done_count, 1);
    *kept_count = share.kept_count + (int)done_count;
    if (status == STATUS_OK && settings->verification != NULL)
        status = gather_verification(settings->verification, err);
    writer_merge(writer, *kept_count);
out:
    free(share.kept);
    free(share.missing);
    free(share.value);
    return status;
}
