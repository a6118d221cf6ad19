/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/selection.h"

#include "model/diagnostics.h"

#include <string.h>

static const char usual_list[] = "default";
static const char *const period_words[PERIOD_COUNT] = {"", "monthly", "yearly"};
static const char *const how_words[HOW_COUNT] = {"", "mean", "sum", "min", "max"};

const char *
result_period_word(enum result_period period)
{
    return period_words[period];
}

const char *
result_how_word(enum result_how how)
{
    return how_words[how];
}

static bool
is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncmp(text, word, length) == 0;
}

/* Take "PREFIX:" off the front. */
static bool
take_prefix(const char **text, size_t *length, const char *prefix)
{
    size_t size = strlen(prefix);
    if (*length <= size || strncmp(*text, prefix, size) != 0 || (*text)[size] != ':')
        return false;
    *text += size + 1;
    *length -= size + 1;
    return true;
}

/* "monthly:", "yearly-max:" ... */
static void
take_period(const char **text, size_t *length, struct kept_word *word)
{
    char prefix[32];
    for (int period = PERIOD_MONTH; period < PERIOD_COUNT; period++)
        for (int how = HOW_USUAL; how < HOW_COUNT; how++) {
            strcpy(prefix, period_words[period]);
            if (how != HOW_USUAL)
                strcat(strcat(prefix, "-"), how_words[how]);
            if (take_prefix(text, length, prefix)) {
                word->period = (enum result_period)period;
                word->how = (enum result_how)how;
                return;
            }
        }
}

static void
keep_usual(struct kept_word *word)
{
    static const enum result_variable usual[] = {
        RESULT_STORAGE,       RESULT_LEVEL,          RESULT_NEED,          RESULT_SUPPLY,
        RESULT_SHORTAGE_RULE, RESULT_SHORTAGE_WATER, RESULT_DROUGHT_STAGE, RESULT_DROUGHT_CAUSE};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        word->keep[usual[i]] = true;
}

static enum status
unknown(const char *text, size_t length, struct error *err)
{
    char known[1024] = "", written[128];
    const char *name[RESULT_VARIABLE_COUNT];
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        name[v] = result_describe(v)->name;
        strcat(known, v > 0 ? ", " : "");
        strcat(known, name[v]);
    }
    length = length < sizeof written ? length : sizeof written - 1;
    memcpy(written, text, length);
    written[length] = '\0';
    const char *nearest = nearest_name(written, name, RESULT_VARIABLE_COUNT);
    return error_set(err, STATUS_USAGE,
                     "there is no result called '%s'%s%s%s; there are none, or a list of: all, "
                     "default, audit, %s; with :ID behind it for one element, and quantiles:, "
                     "monthly: or yearly: before it",
                     written, nearest != NULL ? " (did you mean '" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "", known);
}

/* WHAT: one variable, or the word for several. */
static enum status
take_what(const char *text, size_t length, struct kept_word *word, struct error *err)
{
    bool plain = !word->statistics && word->period == PERIOD_STEP && word->where == NULL;
    if (is_word(text, length, "all")) {
        for (int v = 0; v < RESULT_VARIABLE_COUNT; v++)
            word->keep[v] = true;
        return STATUS_OK;
    }
    if (is_word(text, length, usual_list) || (plain && is_word(text, length, "audit"))) {
        keep_usual(word);
        word->audit = is_word(text, length, "audit");
        word->keep[RESULT_LINK_FLOW] = word->audit;
        return STATUS_OK;
    }
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++)
        if (is_word(text, length, result_describe(v)->name)) {
            word->keep[v] = word->is_one = true;
            return STATUS_OK;
        }
    return unknown(text, length, err);
}

enum status
kept_word_next(const char **list, struct kept_word *word, struct error *err)
{
    const char *text = *list;
    size_t length = strcspn(text, ",");
    *word = (struct kept_word){0};
    *list = text[length] == ',' ? text + length + 1 : NULL;
    word->statistics = take_prefix(&text, &length, "quantiles");
    take_period(&text, &length, word);
    const char *colon = memchr(text, ':', length);
    if (colon != NULL) {
        word->where = colon + 1;
        word->where_length = length - (size_t)(colon + 1 - text);
        length = (size_t)(colon - text);
    }
    return take_what(text, length, word, err);
}

enum status
result_select(const char *list, struct result_selection *selection, struct error *err)
{
    enum status status = STATUS_OK;
    *selection = (struct result_selection){.list = list != NULL ? list : usual_list};
    if (list != NULL && strcmp(list, "none") == 0)
        return STATUS_OK;
    for (const char *rest = selection->list; rest != NULL && status == STATUS_OK;) {
        struct kept_word word;
        status = kept_word_next(&rest, &word, err);
        for (int v = 0; v < RESULT_VARIABLE_COUNT; v++)
            selection->keep[v] = selection->keep[v] || word.keep[v];
        selection->audit = selection->audit || word.audit;
    }
    return status;
}
