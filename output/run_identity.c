/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/run_identity.h"

#include "output/input_hash.h"

#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(DIGEST_BYTES == SHA256_DIGEST_STRING_LENGTH, "a digest as text");

char (*input_digests(const struct basin *basin))[DIGEST_BYTES]
{
    char(*digest)[DIGEST_BYTES] = calloc((size_t)basin->input_count + 1, sizeof *digest);
    for (int i = 0; i < basin->input_count && digest != NULL; i++)
        snprintf(digest[i], DIGEST_BYTES, "%s", input_hash(basin->input[i]));
    return digest;
}

/* ---- identity ----------------------------------------------------------------------------------
 */

/* A line of a digest, which is not shown. */
static void
print_digest(FILE *out, const char *what, const char *name, SHA256_CTX *context)
{
    char digest[DIGEST_BYTES];
    SHA256End(context, digest);
    fprintf(out, "%s%s\t#%s\n", what, name, digest);
}

/* Named from the folder of the basin file, so that the run may be resumed from another. */
static void
print_inputs(FILE *out, const struct basin *basin, char (*input_digest)[DIGEST_BYTES])
{
    const char *slash = strrchr(basin->path, '/');
    size_t folder = slash != NULL ? (size_t)(slash - basin->path) + 1 : 0;
    for (int i = 0; i < basin->input_count; i++) {
        const char *path = basin->input[i];
        bool inside = strncmp(path, basin->path, folder) == 0;
        fprintf(out, "the input %s\t#%s\n", inside ? path + folder : path, input_digest[i]);
    }
}

static void
print_scenarios(FILE *out, const struct plan *plan)
{
    SHA256_CTX context;
    SHA256Init(&context);
    for (int s = 0; s < plan->scenario_count; s++) {
        const struct scenario *scenario = &plan->scenario[s];
        SHA256Update(&context, (const uint8_t *)scenario->id, strlen(scenario->id) + 1);
        SHA256Update(&context, (const uint8_t *)&scenario->realisation,
                     sizeof scenario->realisation);
        for (int a = 0; a < plan->axis_count; a++)
            if (plan->axis[a].is_range)
                SHA256Update(&context, (const uint8_t *)&scenario->range_value[a],
                             sizeof scenario->range_value[a]);
    }
    fprintf(out, "the number of scenarios\t%d\n", plan->scenario_count);
    print_digest(out, "the plan of scenarios", "", &context);
}

static void
print_selection(FILE *out, const struct kept *kept, const struct run_info *info)
{
    char *text = kept_text(kept, info);
    fprintf(out, "what is kept (--save)\t%s\n", text != NULL ? text : "?");
    free(text);
}

/* Changes of the command line, the seed apart. */
static void
print_changes(FILE *out, const struct basin *basin)
{
    static const char seed[] = "seed=";
    const char *comma = "";
    fputs("--set\t", out);
    for (int i = 0; i < basin->set_count; i++) {
        if (strncmp(basin->set[i], seed, strlen(seed)) == 0)
            continue;
        fputs(comma, out);
        for (const char *c = basin->set[i]; *c != '\0'; c++)
            fputc(*c == '\n' || *c == '\t' ? ' ' : *c, out);
        comma = ", ";
    }
    fprintf(out, "%s\n", comma[0] == '\0' ? "nothing" : "");
}

/* Program, basin and inputs. */
static void
print_basin(FILE *out, const struct run_info *info, char (*input_digest)[DIGEST_BYTES])
{
    SHA256_CTX context;
    const char *build = info->program_build != NULL ? info->program_build : "";
    fprintf(out, "the program\tnguon %s%s%s\n", info->program_version,
            build[0] != '\0' ? " build " : "", build);
    fprintf(out, "the solver\t%s\n", info->solver);
    fprintf(out, "the seed\t%llu\n", (unsigned long long)info->basin->run.seed);
    print_changes(out, info->basin);
    SHA256Init(&context);
    SHA256Update(&context, (const uint8_t *)info->basin->text, strlen(info->basin->text));
    print_digest(out, "the basin file, or what it includes,", "", &context);
    print_inputs(out, info->basin, input_digest);
}

static void
print_run(FILE *out, const struct run_info *info, const struct kept *kept)
{
    print_scenarios(out, info->plan);
    print_selection(out, kept, info);
    if (info->fork != NULL)
        fprintf(out, "--fork\t%s\n", info->fork);
    if (info->save_before_t > 0)
        fprintf(out, "the step that --save-state names\t%d\n", info->save_before_t);
}

/* The text of a stream that was opened for it; NULL if that went wrong. */
static char *
close_text(FILE *out, char **text)
{
    bool good = ferror(out) == 0;
    if (fclose(out) == 0 && good)
        return *text;
    free(*text);
    return NULL;
}

char *
run_identity(const struct run_info *info, const struct kept *kept,
             char (*input_digest)[DIGEST_BYTES])
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    print_basin(out, info, input_digest);
    print_run(out, info, kept);
    return close_text(out, &text);
}

char *
state_identity(const struct run_info *info, char (*input_digest)[DIGEST_BYTES])
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    print_basin(out, info, input_digest);
    return close_text(out, &text);
}

char *
scenario_identity(const struct plan *plan, int scenario_s)
{
    const struct scenario *scenario = &plan->scenario[scenario_s];
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    fprintf(out, "the weather of the scenario\t%d\n", scenario->realisation);
    for (int a = 0; a < plan->axis_count; a++)
        if (plan->axis[a].is_range)
            fprintf(out, "its value on axis %s\t%.17g\n", plan->axis[a].id,
                    scenario->range_value[a]);
    return close_text(out, &text);
}

/* ---- whether two are the same ------------------------------------------------------------------
 */

/* The figure of the line "what<tab>figure" in a text; its length. NULL if there is none. */
static const char *
find_figure(const char *text, const char *what, size_t what_length, size_t *length)
{
    for (const char *line = text; *line != '\0';) {
        size_t size = strcspn(line, "\n");
        if (size > what_length && strncmp(line, what, what_length) == 0 &&
            line[what_length] == '\t') {
            *length = size - what_length - 1;
            return line + what_length + 1;
        }
        line += size + (line[size] == '\n');
    }
    return NULL;
}

/* Every line of `from` whose figure is another in `to`; lines that only one has are told by `gone`.
 */
static void
tell_differences(const char *from, const char *to, bool only_missing, char *said, size_t size)
{
    for (const char *line = from; *line != '\0';) {
        size_t length = strcspn(line, "\n"), what = strcspn(line, "\t"), other_length = 0;
        const char *figure = line + what + 1;
        size_t figure_length = length - what - 1, used = strlen(said);
        const char *other = find_figure(to, line, what, &other_length);
        bool same = other != NULL && other_length == figure_length &&
                    strncmp(other, figure, figure_length) == 0;
        const char *comma = used > 0 ? "; " : "";
        if (other == NULL)
            snprintf(said + used, size - used, "%s%.*s is %s", comma, (int)what, line,
                     only_missing ? "new" : "gone");
        else if (!same && !only_missing && figure[0] == '#')
            snprintf(said + used, size - used, "%s%.*s has changed", comma, (int)what, line);
        else if (!same && !only_missing)
            snprintf(said + used, size - used, "%s%.*s was %.*s and is %.*s", comma, (int)what,
                     line, (int)figure_length, figure, (int)other_length, other);
        line += length + (line[length] == '\n');
    }
}

void
identity_differences(const char *kept, const char *now, char *said, size_t size)
{
    said[0] = '\0';
    tell_differences(kept, now, false, said, size);
    tell_differences(now, kept, true, said, size);
}
