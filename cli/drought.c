/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/drought.h"
#include "cli/catchment_input.h"
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* `nguon drought`: the analysis of droughts, by verbs of its own. */

static const struct subverb verbs[] = {
    {"access", "equal access: districts and kinds of people in a run", drought_access},
    {"autonomy", "how long each district lives without transfers", drought_autonomy},
    {"design", "how dry the design droughts of scenarios are, and how often", drought_design},
    {"index", "how dry: SPI, SPEI and SSI on scales of 1 to 48 months", drought_index},
    {"events", "how long, how severe, how often: runs below a threshold", drought_events},
    {"generate", "stochastic flows at several sites, with a report", drought_generate},
    {"performance", "how well the demands of a run were met, with intervals", drought_performance},
    {"reserve", "what lakes must hold for people, month by month", drought_reserve},
    {"risk", "hazard by people: how likely each district runs short, and how many", drought_risk},
    {"search", "rules searched for over the scenarios, beside perfect foresight", drought_search},
    {"triggers", "how well storage, SPI and SSI warn, and what acting costs", drought_triggers},
    {"warn", "early warning: how likely lines are crossed, and how soon", drought_warn},
    {"yield", "what one reservoir can promise: firm yield, storage, reliability", drought_yield},
};

int
command_drought(int argc, char **argv)
{
    static const struct subverb_group group = {
        "drought", "How dry, how often, and what can still be promised.", verbs,
        sizeof verbs / sizeof *verbs, NULL};
    return run_subverb(&group, argc, argv);
}

/* ---- what the verbs share ---------------------------------------------------------------------
 */

void
split_column(const char *text, char **kept, struct site_source *source)
{
    free(*kept);
    *kept = strdup(text);
    if (*kept == NULL)
        return;
    char *colon = strrchr(*kept, ':');
    source->column = *kept;
    source->unit = NULL;
    if (colon != NULL && colon != *kept && colon[1] != '\0') {
        *colon = '\0';
        source->unit = colon + 1;
    }
}

enum status
read_site(const struct site_source *source, struct site_series *series, struct error *err)
{
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    enum status status = site_series_read(series, source, &diagnostics);
    if (status == STATUS_MEMORY)
        error_set(err, status, "out of memory for the series of %s", source->path);
    else if (status != STATUS_OK)
        error_set(err, status, "%d fault%s in %s", diagnostics.error_count,
                  diagnostics.error_count == 1 ? "" : "s", source->path);
    print_faults(&diagnostics);
    return status;
}

enum status
split_period(const char *option, const char *text, char **kept, const char **from, const char **to,
             struct error *err)
{
    int first_year, last_year, used = 0;
    char *copy = malloc(64);
    *kept = copy;
    if (copy == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory");
    if (sscanf(text, "%4d-%4d%n", &first_year, &last_year, &used) == 2 && text[used] == '\0' &&
        used == 9) {
        snprintf(copy, 64, "%04d-01", first_year);
        snprintf(copy + 32, 32, "%04d-12", last_year);
        *from = copy;
        *to = copy + 32;
        return STATUS_OK;
    }
    const char *stroke = strchr(text, '/');
    if (stroke == NULL || strlen(text) >= 64)
        return error_set(err, STATUS_USAGE,
                         "%s: '%s' is no period; write 1981-2010 or 1981-06/2011-05", option, text);
    strcpy(copy, text);
    copy[stroke - text] = '\0';
    *from = copy;
    *to = copy + (stroke - text) + 1;
    return STATUS_OK;
}

enum status
refuse_overwrite(const char *output, const char *input, struct error *err)
{
    struct stat of_output, of_input;
    if (output == NULL || stat(output, &of_output) != 0 || stat(input, &of_input) != 0 ||
        of_output.st_dev != of_input.st_dev || of_output.st_ino != of_input.st_ino)
        return STATUS_OK;
    return error_set(err, STATUS_USAGE, "the results would overwrite the input '%s'", input);
}

int
parse_name(const char *option, const char *text, const char *const *known, int known_count,
           struct argp_state *state)
{
    char list[256] = "";
    for (int i = 0; i < known_count; i++) {
        size_t used = strlen(list);
        if (strcmp(text, known[i]) == 0)
            return i;
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", known[i]);
    }
    argp_error(state, "%s is one of %s, not '%s'", option, list, text);
    return -1;
}
