/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/show_axes.h"

#include "model/diagnostics.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- axes --------------------------------------------------------------------------------------
 */

/* Numbers of a sampled axis as labels. */
static char **
labels_of_numbers(struct view *view, const char *name, int *count)
{
    double *value = reader_numbers(view->reader, name, count);
    char **label = value != NULL ? calloc((size_t)*count + 1, sizeof *label) : NULL;
    for (int i = 0; label != NULL && i < *count; i++)
        if (asprintf(&label[i], "%.9g", value[i]) < 0)
            label[i] = NULL;
    free(value);
    return label;
}

/* Take an axis whose name stands in an id of a scenario, if there is such a variable. */
static bool
add_axis(struct view *view, struct show_axes *axes, const char *id, size_t length)
{
    char name[96];
    int count;
    if (axes->count == SHOW_AXES_MAX || length == 0 || length > 64)
        return true;
    for (int a = 0; a < axes->count; a++)
        if (strlen(axes->id[a]) == length && strncmp(axes->id[a], id, length) == 0)
            return true; /* a label that looks like an axis */
    snprintf(name, sizeof name, "axis_%.*s", (int)length, id);
    char **label = reader_texts(view->reader, name, &count);
    if (label == NULL)
        label = labels_of_numbers(view, name, &count);
    if (label == NULL || count != axes->scenario_count) {
        texts_free(label, label != NULL ? count : 0);
        return true;
    }
    axes->label[axes->count] = label;
    axes->id[axes->count++] = strndup(id, length);
    return axes->id[axes->count - 1] != NULL;
}

enum status
show_axes_open(struct view *view, struct show_axes *axes, struct error *err)
{
    const char *text = view->reader->scenario[0];
    *axes = (struct show_axes){.scenario_count = view->reader->scenario_count};
    for (const char *equals = strchr(text, '='); equals != NULL; equals = strchr(equals + 1, '=')) {
        const char *start = equals;
        while (start > text && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
            start--;
        if (!add_axis(view, axes, start, (size_t)(equals - start))) {
            show_axes_close(axes);
            return error_set(err, STATUS_MEMORY, "out of memory for the axes");
        }
    }
    return STATUS_OK;
}

void
show_axes_close(struct show_axes *axes)
{
    for (int a = 0; a < axes->count; a++) {
        free(axes->id[a]);
        texts_free(axes->label[a], axes->scenario_count);
    }
    axes->count = 0;
}

int
show_axes_find(const struct show_axes *axes, const char *id, struct error *err)
{
    char list[256] = "";
    for (int a = 0; a < axes->count; a++) {
        if (strcmp(axes->id[a], id) == 0)
            return a;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", a > 0 ? ", " : "", axes->id[a]);
    }
    error_set(err, STATUS_USAGE, "the run has no axis '%s'; it has %s", id,
              axes->count > 0 ? list : "none");
    return -1;
}

const char *
show_axes_group(const struct show_axes *axes, int scenario_s, int but_a, int but_b, char *buffer)
{
    size_t used = 0;
    buffer[0] = '\0';
    for (int a = 0; a < axes->count; a++) {
        if (a == but_a || a == but_b || used >= SHOW_GROUP_BYTES - 1)
            continue;
        snprintf(buffer + used, SHOW_GROUP_BYTES - used, "%s%s=%s", used > 0 ? "," : "",
                 axes->id[a], axes->label[a][scenario_s]);
        used = strlen(buffer);
    }
    if (used == 0)
        snprintf(buffer, SHOW_GROUP_BYTES, "all");
    return buffer;
}

/* ---- indicators --------------------------------------------------------------------------------
 */

static const char *
part_after(const char *text, char mark)
{
    const char *at = strchr(text, mark);
    return at != NULL ? at + 1 : NULL;
}

/* Which demands an id stands for: itself, its class or its district; all without an id. */
static bool *
chosen_demands(struct view *view, const char *id, int count)
{
    static const char *const names[] = {"demand", "demand_class", "demand_district"};
    bool *chosen = calloc((size_t)count + 1, sizeof *chosen), any = false;
    for (int i = 0; i < 3 && chosen != NULL && !any; i++) {
        char **key = view_texts(view, names[i], count);
        for (int d = 0; key != NULL && d < count; d++) {
            chosen[d] = id == NULL || strcmp(id, "all") == 0 || strcmp(key[d], id) == 0;
            any = any || chosen[d];
        }
        texts_free(key, key != NULL ? count : 0);
    }
    if (!any) {
        free(chosen);
        return NULL;
    }
    return chosen;
}

enum derived { DERIVED_MET, DERIVED_FULL, DERIVED_WORST, DERIVED_COUNT };

static double
derived_value(enum derived which, const struct figures *part, const struct figures *whole, int s,
              const bool *chosen)
{
    double sum = 0.0, of = 0.0, least = 1.0;
    for (int d = 0; d < part->count; d++) {
        if (!chosen[d])
            continue;
        sum += figure(part, s, d);
        of += figure(whole, s, d);
        least = fmin(least, figure(part, s, d));
        if (isnan(figure(part, s, d)))
            return (double)NAN;
    }
    if (which == DERIVED_WORST)
        return least;
    double share = of > 0.0 ? sum / of : (double)NAN;
    return which == DERIVED_FULL ? 1.0 - share : share;
}

static enum status
find_derived(struct view *view, enum derived which, const char *id,
             struct show_indicator *indicator, struct error *err)
{
    static const char *const parts[] = {"demand_supply_m3", "demand_steps_short",
                                        "demand_worst_share"};
    static const char *const wholes[] = {"demand_demand_m3", "demand_steps_with_demand",
                                         "demand_worst_share"};
    static const char *const titles[] = {"share of the need supplied",
                                         "share of steps supplied in full",
                                         "least share of the need in a step"};
    enum status status = STATUS_OK;
    int count = view_count(view, "demand");
    struct figures part = {0}, whole = {0};
    bool *chosen = count > 0 ? chosen_demands(view, id, count) : NULL;
    if (chosen == NULL)
        TRY(error_set(err, STATUS_USAGE, "the results hold no demand, class or district '%s'",
                      id != NULL ? id : "all"));
    part = view_figures(view, parts[which], count);
    whole = view_figures(view, wholes[which], count);
    if (view->failed)
        goto out;
    for (int s = 0; s < view->reader->scenario_count; s++)
        indicator->value[s] = derived_value(which, &part, &whole, s, chosen);
    indicator->is_share = true;
    snprintf(indicator->units, sizeof indicator->units, "%%");
    snprintf(indicator->title, sizeof indicator->title, "%s, %.64s", titles[which],
             id != NULL ? id : "all demands");
out:
    free(chosen);
    free(part.value);
    free(whole.value);
    return status;
}

/* Element of a variable: the only one, or that of the id. */
static int
find_element(struct view *view, const char *name, const char *id, int count, struct error *err)
{
    if (count == 1 && id == NULL)
        return 0;
    char owner[64];
    int id_count = 0, found = -1;
    snprintf(owner, sizeof owner, "%.*s", (int)strcspn(name, "_"), name);
    char **key = reader_texts(view->reader, owner, &id_count);
    for (int i = 0; id != NULL && i < id_count && i < count; i++)
        if (strcmp(key[i], id) == 0)
            found = i;
    const char *nearest =
        id != NULL && key != NULL ? nearest_name(id, (const char *const *)key, id_count) : NULL;
    if (found < 0)
        error_set(err, STATUS_USAGE,
                  id == NULL ? "'%s' is of every %s: say which, %s/ID%s%s"
                             : "'%s': there is no %s '%s'%s%s",
                  name, owner, id == NULL ? name : id, nearest != NULL ? "; did you mean " : "",
                  nearest != NULL ? nearest : "");
    texts_free(key, id_count);
    return found;
}

static enum status
find_variable(struct view *view, const char *name, const char *id, struct show_indicator *indicator,
              struct error *err)
{
    char path[128];
    int found, scenario_count = view->reader->scenario_count;
    snprintf(path, sizeof path, "indicators/%s", name);
    double *value = reader_numbers(view->reader, path, &found);
    if (value == NULL || found == 0 || found % scenario_count != 0) {
        free(value);
        return error_set(
            err, STATUS_USAGE,
            "there is no indicator '%s'; there are met, full and worst, of all demands "
            "or of one, a class or a district (met/domestic), and the variables of "
            "group /indicators, such as reservoir_minimum_storage_m3/ID",
            name);
    }
    int count = found / scenario_count;
    int element = find_element(view, name, id, count, err);
    for (int s = 0; s < scenario_count && element >= 0; s++)
        indicator->value[s] = value[s * count + element];
    free(value);
    if (element < 0)
        return STATUS_USAGE;
    char *long_name = reader_attribute(view->reader, path, "long_name");
    char *units = reader_attribute(view->reader, path, "units");
    snprintf(indicator->title, sizeof indicator->title, "%.90s%s%.60s",
             long_name != NULL ? long_name : name, id != NULL ? ", " : "", id != NULL ? id : "");
    snprintf(indicator->units, sizeof indicator->units, "%.30s", units != NULL ? units : "");
    free(long_name);
    free(units);
    return STATUS_OK;
}

enum status
show_indicator_find(struct view *view, const char *text, struct show_indicator *indicator,
                    struct error *err)
{
    static const char *const derived[DERIVED_COUNT] = {"met", "full", "worst"};
    enum status status = STATUS_OK;
    const char *id = part_after(text, '/');
    char *name = strndup(text, strcspn(text, "/"));
    *indicator = (struct show_indicator){0};
    indicator->value = calloc((size_t)view->reader->scenario_count, sizeof(double));
    if (name == NULL || indicator->value == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for an indicator"));
    int which = 0;
    while (which < DERIVED_COUNT && strcmp(name, derived[which]) != 0)
        which++;
    status = which < DERIVED_COUNT ? find_derived(view, (enum derived)which, id, indicator, err)
                                   : find_variable(view, name, id, indicator, err);
out:
    free(name);
    if (status != STATUS_OK) {
        free(indicator->value);
        indicator->value = NULL;
    }
    return status;
}
