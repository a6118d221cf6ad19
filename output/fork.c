/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/fork.h"

#include "model/instant.h"
#include "output/reader.h"
#include "output/run_identity.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fork {
    char *path;
    const char *date; /**< in path, after its end */
    const struct run_info *info;
    bool rules_may_differ;
    struct reader reader;
    int before_t;
};

/* ---- opening -----------------------------------------------------------------------------------
 */

static enum status
find_step(struct fork *fork, const char *kept, struct error *err)
{
    const struct timeaxis *axis = fork->info->axis;
    struct instant wanted, found;
    if (!instant_parse(fork->date, &wanted))
        return error_set(err, STATUS_USAGE, "--fork takes OUT.h5@DATE; '%s' is no date",
                         fork->date);
    if (!instant_parse(kept, &found) || found.local_s != wanted.local_s)
        return error_set(err, STATUS_INPUT, "'%s' holds the states of %s, not of %s", fork->path,
                         kept, fork->date);
    for (int t = 1; t <= axis->step_count; t++)
        if (axis->start_s[t] == wanted.local_s)
            fork->before_t = t;
    if (fork->before_t == 0)
        return error_set(err, STATUS_USAGE, "no step of the run ends at %s", fork->date);
    return STATUS_OK;
}

/* What the states depend on must be what it was. */
static enum status
check_identity(struct fork *fork, struct error *err)
{
    char said[1200] = "";
    int count;
    char **kept = reader_texts(&fork->reader, "state/identity", &count);
    char(*digest)[DIGEST_BYTES] = input_digests(fork->info->basin);
    char *now = digest != NULL ? state_identity(fork->info, digest) : NULL;
    enum status status = STATUS_OK;
    if (now == NULL)
        status = error_set(err, STATUS_MEMORY, "out of memory for the states");
    else if (kept == NULL || count != 1)
        status =
            error_set(err, STATUS_INPUT, "'%s' does not say what its states are of", fork->path);
    else
        identity_differences(kept[0], now, said, sizeof said);
    if (said[0] != '\0')
        status = error_set(err, STATUS_INPUT, "the states in '%s' are of another run: %s",
                           fork->path, said);
    texts_free(kept, count);
    free(digest);
    free(now);
    return status;
}

enum status
fork_open(const char *text, const struct run_info *info, bool rules_may_differ, struct fork **out,
          struct error *err)
{
    enum status status = STATUS_OK;
    struct fork *fork = calloc(1, sizeof *fork);
    char *kept = NULL;
    *out = NULL;
    if (fork != NULL)
        fork->path = strdup(text);
    if (fork == NULL || fork->path == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the states"));
    fork->info = info;
    fork->rules_may_differ = rules_may_differ;
    fork->reader.file = -1;
    char *at = strrchr(fork->path, '@');
    if (at == NULL || at == fork->path)
        TRY(error_set(err, STATUS_USAGE, "--fork takes OUT.h5@DATE, not '%s'", text));
    *at = '\0';
    fork->date = at + 1;
    TRY(reader_open(&fork->reader, fork->path, err));
    kept = reader_attribute(&fork->reader, "state", "date");
    if (kept == NULL)
        TRY(error_set(err, STATUS_INPUT, "'%s' holds no states: run it with --save-state %s",
                      fork->path, fork->date));
    TRY(find_step(fork, kept, err));
    if (!rules_may_differ)
        TRY(check_identity(fork, err));
    *out = fork;
    fork = NULL;
out:
    free(kept);
    fork_close(fork);
    return status;
}

void
fork_close(struct fork *fork)
{
    if (fork == NULL)
        return;
    reader_close(&fork->reader);
    free(fork->path);
    free(fork);
}

int
fork_step(const struct fork *fork)
{
    return fork->before_t;
}

/* ---- scenarios ---------------------------------------------------------------------------------
 */

/* Number of a scenario of the run in the file, -1 without one. */
static int
find_scenario(const struct fork *fork, int scenario_s)
{
    const char *id = fork->info->plan->scenario[scenario_s].id;
    for (int s = 0; s < fork->reader.scenario_count; s++)
        if (strcmp(fork->reader.scenario[s], id) == 0)
            return s;
    return fork->rules_may_differ && fork->reader.scenario_count == 1 ? 0 : -1;
}

static enum status
check_scenario(struct fork *fork, int scenario_s, const char *name, struct error *err)
{
    char said[1200] = "";
    char *kept = reader_attribute(&fork->reader, name, "identity");
    char *now = scenario_identity(fork->info->plan, scenario_s);
    enum status status = STATUS_OK;
    if (now == NULL)
        status = error_set(err, STATUS_MEMORY, "out of memory for the states");
    else
        identity_differences(kept != NULL ? kept : "", now, said, sizeof said);
    if (said[0] != '\0')
        status = error_set(err, STATUS_INPUT, "the state in '%s' is of another scenario: %s",
                           fork->path, said);
    free(kept);
    free(now);
    return status;
}

/* The bytes of a variable into memory that grows. */
static bool
read_bytes(hid_t variable, struct simulation_state *out)
{
    hid_t space = H5Dget_space(variable);
    hssize_t size = H5Sget_simple_extent_npoints(space);
    H5Sclose(space);
    unsigned char *bytes = size > 0 ? realloc(out->bytes, (size_t)size) : NULL;
    if (bytes == NULL)
        return false;
    out->bytes = bytes;
    return H5Dread(variable, H5T_NATIVE_UCHAR, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0 &&
           simulation_state_of(bytes, (size_t)size, out);
}

static enum status
read_state(void *self, int scenario_s, struct simulation_state *out, struct error *err)
{
    struct fork *fork = self;
    char name[48];
    int s = find_scenario(fork, scenario_s);
    if (s < 0)
        return error_set(err, STATUS_INPUT, "'%s' has no scenario of that name", fork->path);
    snprintf(name, sizeof name, "state/scenario_%d", s);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* the library keeps this by thread */
    hid_t variable = H5Dopen2(fork->reader.file, name, H5P_DEFAULT);
    if (variable < 0)
        return error_set(err, STATUS_INPUT,
                         "'%s' has no state of the scenario, which has failed there", fork->path);
    bool good = read_bytes(variable, out);
    H5Dclose(variable);
    if (!good || out->step_t != fork->before_t)
        return error_set(err, STATUS_INPUT, "the state of the scenario in '%s' is damaged",
                         fork->path);
    return fork->rules_may_differ ? STATUS_OK : check_scenario(fork, scenario_s, name, err);
}

/* The past of one element, [step_count] of the file; NULL where there is none. */
static double *
past_of(struct fork *fork, int kept, int s, int element_i)
{
    char name[80];
    bool is_audit = kept >= RESULT_VARIABLE_COUNT;
    snprintf(name, sizeof name, "%s%s", is_audit ? "audit/" : "",
             is_audit ? audit_describe(kept - RESULT_VARIABLE_COUNT)->name
                      : result_describe(kept)->name);
    return fork->reader.step_count >= fork->before_t
               ? reader_series(&fork->reader, name, s, element_i)
               : NULL;
}

static enum status
fill_past(void *self, struct scenario_result *result, int before_t, struct error *err)
{
    struct fork *fork = self;
    const struct run_info *info = fork->info;
    int s = find_scenario(fork, result->scenario_s);
    size_t step_count = (size_t)info->axis->step_count;
    (void)err;
    for (int kept = 0; kept < RESULT_VARIABLE_COUNT + AUDIT_VARIABLE_COUNT; kept++) {
        bool is_audit = kept >= RESULT_VARIABLE_COUNT;
        int variable = is_audit ? kept - RESULT_VARIABLE_COUNT : kept;
        float *series = is_audit ? NULL : result->series[variable];
        double *audit = is_audit ? result->audit[variable] : NULL;
        enum result_element element =
            is_audit ? audit_describe(variable)->element : result_describe(variable)->element;
        if (series == NULL && audit == NULL)
            continue;
        for (int e = 0; e < result_element_count(info->basin, element); e++) {
            double *past = past_of(fork, kept, s, e);
            size_t first = (size_t)e * step_count;
            for (int t = 0; t < before_t; t++) {
                double value = past != NULL ? past[t] : (double)NAN;
                if (series != NULL)
                    series[first + (size_t)t] = (float)value;
                else
                    audit[first + (size_t)t] = value;
            }
            free(past);
        }
    }
    return STATUS_OK;
}

struct run_origin
fork_origin(struct fork *fork)
{
    return (struct run_origin){
        .self = fork, .from_water = fork->rules_may_differ, .state = read_state, .past = fill_past};
}
