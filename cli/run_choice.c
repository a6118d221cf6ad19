/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/run_choice.h"

#include "output/compare.h"
#include "output/reader.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Scenarios of the earlier run by their measure. */
struct ranked {
    int count;
    char **id;
    double *value; /* NAN: failed */
};

static enum status
parse_choice(const char *choice, bool *least, int *wanted, const char **measure, struct error *err)
{
    *least = strncmp(choice, "least:", 6) == 0;
    const char *number = *least ? choice + 6 : strncmp(choice, "most:", 5) == 0 ? choice + 5 : NULL;
    char *end = NULL;
    errno = 0;
    long count = number != NULL ? strtol(number, &end, 10) : 0;
    if (number == NULL || end == number || *end != ':' || end[1] == '\0' || errno != 0 ||
        count < 1 || count > 1000000)
        return error_set(err, STATUS_USAGE,
                         "--members takes least:N:MEASURE or most:N:MEASURE, such as "
                         "least:50:basin_inflow_m3, not '%s'",
                         choice);
    *wanted = (int)count;
    *measure = end + 1;
    return STATUS_OK;
}

/* Place of the lowest or highest that is left, of equals the first; -1 where none is. */
static int
next_of(const struct ranked *ranked, bool least)
{
    int best = -1;
    for (int s = 0; s < ranked->count; s++)
        if (!isnan(ranked->value[s]) &&
            (best < 0 || (least ? ranked->value[s] < ranked->value[best]
                                : ranked->value[s] > ranked->value[best])))
            best = s;
    return best;
}

/* Mark the scenarios that are wanted; those taken lose their value. */
static enum status
mark(struct ranked *ranked, bool least, int wanted, const struct plan *plan, bool *keep,
     struct error *err)
{
    for (int k = 0; k < wanted; k++) {
        int best = next_of(ranked, least), found = -1;
        if (best < 0)
            return error_set(err, STATUS_USAGE,
                             "--members asks for %d scenarios; the earlier run has finished %d",
                             wanted, k);
        for (int s = 0; s < plan->scenario_count && found < 0; s++)
            if (strcmp(plan->scenario[s].id, ranked->id[best]) == 0)
                found = s;
        if (found < 0)
            return error_set(err, STATUS_INPUT,
                             "--members chooses scenario '%s', which this run does not have",
                             ranked->id[best]);
        keep[found] = true;
        ranked->value[best] = (double)NAN;
    }
    return STATUS_OK;
}

enum status
run_choose(const char *choice, const char *past, struct plan *plan, struct error *err)
{
    enum status status = STATUS_OK;
    struct ranked ranked = {0};
    const char *measure = NULL, *at = past != NULL ? strrchr(past, '@') : NULL;
    char *path = NULL;
    bool least = false, *keep = NULL;
    int wanted = 0;
    if (at == NULL)
        return error_set(err, STATUS_USAGE,
                         "--members chooses among the scenarios of --fork or --branch OUT.h5@DATE");
    TRY(parse_choice(choice, &least, &wanted, &measure, err));
    path = strndup(past, (size_t)(at - past));
    keep = calloc((size_t)plan->scenario_count + 1, sizeof *keep);
    if (path == NULL || keep == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the choice of scenarios"));
    TRY(compare_measure(path, measure, &ranked.count, &ranked.id, &ranked.value, err));
    TRY(mark(&ranked, least, wanted, plan, keep, err));
    plan_keep(plan, keep);
out:
    texts_free(ranked.id, ranked.count);
    free(ranked.value);
    free(path);
    free(keep);
    return status;
}
