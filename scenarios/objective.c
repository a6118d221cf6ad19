/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/calibration.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text of an objective: a sum of [weight *] measure [(transform)]. */

struct word {
    const char *text;
    int meaning;
};

static const struct word measures[] = {
    {"nse", FIT_NSE},      {"kge2009", FIT_KGE2009}, {"kge2012", FIT_KGE2012},
    {"kge'", FIT_KGE2012}, {"kge", FIT_KGE2009},     {NULL, 0},
};
static const struct word transforms[] = {
    {"q", FIT_PLAIN},     {"sqrt", FIT_ROOT}, {"inverse", FIT_INVERSE}, {"inv", FIT_INVERSE},
    {"1/q", FIT_INVERSE}, {"log", FIT_LOG},   {"ln", FIT_LOG},          {NULL, 0},
};

/* Take a word from the front of the text. @return its meaning, -1 if none fits */
static int
take_word(const char **text, const struct word *words)
{
    for (int i = 0; words[i].text != NULL; i++) {
        size_t length = strlen(words[i].text);
        if (strncmp(*text, words[i].text, length) != 0)
            continue;
        *text += length;
        return words[i].meaning;
    }
    return -1;
}

static bool
take_letter(const char **text, char letter)
{
    if (**text != letter)
        return false;
    (*text)++;
    return true;
}

static bool
take_term(const char **text, struct objective_term *term)
{
    *term = (struct objective_term){.weight = 1.0};
    if (isdigit((unsigned char)**text) || **text == '.') {
        char *end;
        term->weight = strtod(*text, &end);
        *text = end;
        if (!take_letter(text, '*') || !(term->weight > 0.0) || !isfinite(term->weight))
            return false;
    }
    int measure = take_word(text, measures);
    if (measure < 0)
        return false;
    term->measure = (enum fit_measure)measure;
    if (!take_letter(text, '('))
        return true;
    int transform = take_word(text, transforms);
    if (transform < 0)
        return false;
    term->transform = (enum fit_transform)transform;
    return take_letter(text, ')');
}

enum status
objective_parse(const char *text, struct objective *objective, struct error *err)
{
    char plain[256]; /* lower case, no blanks */
    size_t length = 0;
    for (const char *c = text; *c != '\0' && length + 1 < sizeof plain; c++)
        if (!isspace((unsigned char)*c))
            plain[length++] = (char)tolower((unsigned char)*c);
    plain[length] = '\0';
    const char *at = plain;
    *objective = (struct objective){0};
    do {
        if (objective->term_count == OBJECTIVE_TERM_MAX)
            return error_set(err, STATUS_USAGE, "an objective has at most %d terms",
                             OBJECTIVE_TERM_MAX);
        if (!take_term(&at, &objective->term[objective->term_count++]))
            return error_set(err, STATUS_USAGE,
                             "'%s' is no objective: write NSE, KGE or KGE2012, with a transform in "
                             "brackets (q, sqrt, 1/q, log), or a weighted sum as "
                             "'0.5*KGE+0.5*KGE(1/q)'",
                             text);
    } while (take_letter(&at, '+'));
    if (*at == '\0')
        return STATUS_OK;
    return error_set(err, STATUS_USAGE, "'%s' is no objective: what is '%s'?", text, at);
}

const char *
objective_format(const struct objective *objective, char *buffer, size_t size)
{
    static const char *const measure[] = {"NSE", "KGE", "KGE2012"};
    static const char *const transform[] = {"", "(sqrt)", "(1/q)", "(log)"};
    size_t used = 0;
    buffer[0] = '\0';
    for (int i = 0; i < objective->term_count && used < size; i++) {
        const struct objective_term *term = &objective->term[i];
        if (objective->term_count > 1)
            used += (size_t)snprintf(buffer + used, size - used, "%s%g*", i > 0 ? " + " : "",
                                     term->weight);
        if (used < size)
            used += (size_t)snprintf(buffer + used, size - used, "%s%s", measure[term->measure],
                                     transform[term->transform]);
    }
    return buffer;
}
