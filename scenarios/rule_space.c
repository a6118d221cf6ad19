/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/rule_search.h"

#include "solvers/global_search.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a search of rules varies: figures in the values of assignments. */

enum { ASSIGNMENTS_MAX = 64 };

/** Bounds as written in a value. */
struct bounds {
    int count; /* figures with these bounds, 1 but for N*LOW..HIGH */
    double low, high;
    size_t length; /* bytes of the text */
};

/* Whether "LOW..HIGH" or "N*LOW..HIGH" begins here. */
static bool
read_bounds(const char *text, struct bounds *out)
{
    char *end;
    const char *at = text;
    long count = 1;
    if (isdigit((unsigned char)*at)) {
        long number = strtol(at, &end, 10);
        if (*end == '*') {
            count = number;
            at = end + 1;
        }
    }
    const char *dots = strstr(at, "..");
    char low[64];
    if (dots == NULL || dots == at || (size_t)(dots - at) >= sizeof low || isspace(*at))
        return false;
    memcpy(low, at, (size_t)(dots - at));
    low[dots - at] = '\0';
    out->low = strtod(low, &end);
    if (*end != '\0' || isspace((unsigned char)dots[2]))
        return false;
    out->high = strtod(dots + 2, &end);
    if (end == dots + 2)
        return false;
    out->count = count >= 1 && count <= SEARCH_DIMENSION_MAX ? (int)count : -1;
    out->length = (size_t)(end - text);
    return true;
}

/* A figure can begin only where no word or number is under way. */
static bool
may_begin(const char *value, size_t place)
{
    char before = place > 0 ? value[place - 1] : ' ';
    return !isalnum((unsigned char)before) && before != '.' && before != '-' && before != '_';
}

static enum status
add_variables(struct rule_space *space, const struct bounds *bounds, const char *text,
              struct error *err)
{
    if (!(bounds->low < bounds->high) || !isfinite(bounds->low) || !isfinite(bounds->high) ||
        bounds->count < 1)
        return error_set(err, STATUS_USAGE,
                         "--vary: '%s': bounds are LOW..HIGH or N*LOW..HIGH, LOW below HIGH", text);
    if (space->variable_count + bounds->count > SEARCH_DIMENSION_MAX)
        return error_set(err, STATUS_USAGE, "--vary: more than %d figures are varied",
                         SEARCH_DIMENSION_MAX);
    for (int i = 0; i < bounds->count; i++) {
        space->low[space->variable_count] = bounds->low;
        space->high[space->variable_count++] = bounds->high;
    }
    return STATUS_OK;
}

enum status
rule_space_add(struct rule_space *space, const char *text, struct error *err)
{
    const char *equals = strchr(text, '=');
    struct bounds bounds;
    if (equals == NULL || equals == text)
        return error_set(err, STATUS_USAGE,
                         "--vary: '%s' must be path=value with bounds in the value, such as "
                         "reservoirs.lake.domestic_reserve='10..40 hm3'",
                         text);
    if (space->low == NULL) {
        space->low = calloc(2 * SEARCH_DIMENSION_MAX, sizeof(double));
        space->path = calloc(2 * ASSIGNMENTS_MAX, sizeof(char *));
        space->first_variable = calloc(ASSIGNMENTS_MAX + 1, sizeof(int));
        if (space->low == NULL || space->path == NULL || space->first_variable == NULL)
            return error_set(err, STATUS_MEMORY, "out of memory");
        space->high = space->low + SEARCH_DIMENSION_MAX;
        space->value = space->path + ASSIGNMENTS_MAX;
    }
    if (space->assignment_count == ASSIGNMENTS_MAX)
        return error_set(err, STATUS_USAGE, "--vary stands more than %d times", ASSIGNMENTS_MAX);
    int a = space->assignment_count++, before = space->variable_count;
    space->path[a] = strndup(text, (size_t)(equals - text));
    space->value[a] = strdup(equals + 1);
    if (space->path[a] == NULL || space->value[a] == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory");
    for (size_t i = 0; space->value[a][i] != '\0';) {
        if (!may_begin(space->value[a], i) || !read_bounds(space->value[a] + i, &bounds)) {
            i++;
            continue;
        }
        enum status status = add_variables(space, &bounds, text, err);
        if (status != STATUS_OK)
            return status;
        i += bounds.length;
    }
    space->first_variable[a + 1] = space->variable_count;
    if (space->variable_count > before)
        return STATUS_OK;
    return error_set(err, STATUS_USAGE, "--vary: '%s' has no bounds, such as 10..40, in its value",
                     text);
}

void
rule_space_finish(struct rule_space *space)
{
    for (int a = 0; a < space->assignment_count; a++) {
        free(space->path[a]);
        free(space->value[a]);
    }
    free(space->path);
    free(space->low);
    free(space->first_variable);
    *space = (struct rule_space){0};
}

char *
rule_space_value(const struct rule_space *space, int assignment_a, const double *point)
{
    const char *value = space->value[assignment_a];
    char *text = NULL;
    size_t size;
    int variable = space->first_variable[assignment_a];
    struct bounds bounds;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    for (size_t i = 0; value[i] != '\0';) {
        if (!may_begin(value, i) || !read_bounds(value + i, &bounds)) {
            fputc(value[i++], out);
            continue;
        }
        for (int k = 0; k < bounds.count; k++)
            fprintf(out, "%s%.10g", k > 0 ? ", " : "", point[variable++]);
        i += bounds.length;
    }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
