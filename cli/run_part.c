/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/run_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 999999 };

struct dealer {
    const struct run_part *part;
    const struct ensemble_settings *settings;
    int size, dealt; /**< scenarios */
    bool begun, interrupted;
};

bool
run_part_parse(const char *text, struct run_part *part)
{
    char *slash, *end;
    errno = 0;
    long number = strtol(text, &slash, 10);
    if (errno != 0 || *slash != '/')
        return false;
    long count = strtol(slash + 1, &end, 10);
    if (errno != 0 || end == slash + 1 || *end != '\0' || number < 1 || number > count ||
        count > PARTS_MAX)
        return false;
    *part = (struct run_part){(int)number, (int)count};
    return true;
}

int
run_part_size(const struct run_part *part, int scenario_count)
{
    return scenario_count < part->number ? 0 : (scenario_count - part->number) / part->count + 1;
}

static int
next(void *self)
{
    struct dealer *dealer = self;
    const struct ensemble_settings *settings = dealer->settings;
    if (dealer->interrupted || dealer->dealt == dealer->size)
        return -1;
    dealer->interrupted =
        settings->progress != NULL &&
        !settings->progress(settings->progress_context, dealer->dealt, dealer->size);
    if (dealer->interrupted)
        return -1;
    return dealer->part->number - 1 + dealer->dealt++ * dealer->part->count;
}

static void
done(void *self, int scenario_s, double value)
{
    (void)self;
    (void)scenario_s;
    (void)value;
}

static void
stop(void *self)
{
    (void)self; /* there are no others */
}

/* There is one. */
static bool
another_round(void *self, enum status *status, struct error *err)
{
    struct dealer *dealer = self;
    bool first = !dealer->begun;
    dealer->begun = true;
    if (dealer->interrupted)
        *status = error_set(err, STATUS_INTERRUPTED, "interrupted");
    return first && *status == STATUS_OK;
}

enum status
run_part(const struct run_part *part, struct writer *writer, const struct run_info *info,
         const struct ensemble_settings *settings, struct error *err)
{
    struct dealer dealer = {.part = part,
                            .settings = settings,
                            .size = run_part_size(part, info->plan->scenario_count)};
    const struct team team = {
        .self = &dealer, .next = next, .done = done, .stop = stop, .another_round = another_round};
    struct sink sink = writer_sink(writer);
    writer_share(writer, part->number);
    return ensemble_share(info, settings, &sink, &team, err);
}
