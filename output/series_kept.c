/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/series_kept.h"

#include "scenarios/selection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One more name in a list. */
static void
add_name(char *list, size_t size, const char *name)
{
    size_t used = strlen(list);
    snprintf(list + used, size - used, "%s%s", used > 0 ? ", " : "", name);
}

static bool
is_there(const struct reader *reader, const char *name)
{
    return H5Lexists(reader->file, name, H5P_DEFAULT) > 0;
}

/* Other forms of the series that are in the file. */
static void
list_forms(const struct reader *reader, const char *series, char *list, size_t size)
{
    char form[256], name[280];
    for (int period = 0; period < PERIOD_COUNT; period++)
        for (int how = 0; how < HOW_COUNT; how++) {
            snprintf(form, sizeof form, "%s%s%s%s%s", series, period > 0 ? "_" : "",
                     result_period_word((enum result_period)period), how > 0 ? "_" : "",
                     result_how_word((enum result_how)how));
            snprintf(name, sizeof name, "%s_quantiles", form);
            if (period > PERIOD_STEP && is_there(reader, form))
                add_name(list, size, form);
            if (is_there(reader, name))
                add_name(list, size, name);
        }
}

enum status
series_not_kept(struct reader *reader, const char *series, const char *id, struct error *err)
{
    char names[2048] = "", forms[1024] = "";
    const char *kept[RESULT_VARIABLE_COUNT];
    int count = 0;
    bool known = false;
    if (id != NULL) {
        char *ids = reader_attribute(reader, series, KEPT_ATTRIBUTE);
        enum status status = error_set(
            err, STATUS_USAGE, "'%s' does not keep %s:%s, but %s of %s; run with --save %s:%s",
            reader->path, series, id, series, ids != NULL ? ids : "others", series, id);
        free(ids);
        return status;
    }
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        const char *name = result_describe(v)->name;
        known = known || strcmp(name, series) == 0;
        if (is_there(reader, name)) {
            kept[count++] = name;
            add_name(names, sizeof names, name);
        }
    }
    list_forms(reader, series, forms, sizeof forms);
    if (known)
        return error_set(err, STATUS_USAGE,
                         "'%s' keeps no series '%s' of each scenario and step%s%s: run with --save "
                         "%s; it keeps %s",
                         reader->path, series, forms[0] != '\0' ? ", only " : "", forms, series,
                         count > 0 ? names : "none");
    const char *nearest = nearest_name(series, kept, count);
    return error_set(err, STATUS_USAGE, "there is no series '%s'%s%s%s; '%s' keeps %s", series,
                     nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "'?)" : "", reader->path, count > 0 ? names : "none");
}
