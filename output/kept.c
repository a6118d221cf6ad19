/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/kept.h"

#include "model/diagnostics.h"
#include "output/element_text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status
out_of_memory(struct error *err)
{
    return error_set(err, STATUS_MEMORY, "out of memory for what is to be kept");
}

/* ---- elements ----------------------------------------------------------------------------------
 */

const char *
kept_element_id(const struct basin *basin, enum result_element element, int i)
{
    switch (element) {
    case ELEMENT_RESERVOIR:
        return basin->node[basin->reservoir[i].node_i].id;
    case ELEMENT_AQUIFER:
        return basin->node[basin->aquifer[i].node_i].id;
    case ELEMENT_DEMAND:
        return basin->node[basin->demand[i].node_i].id;
    case ELEMENT_LINK:
        return basin->link[i].id;
    case ELEMENT_NODE:
        return basin->node[i].id;
    case ELEMENT_DROUGHT_PLAN:
        return basin->drought_plan[i].id;
    case ELEMENT_CONTENT:
        return content_id(basin, i);
    case ELEMENT_SECTION:
        return place_id(basin, i);
    default: /* of the audit, which is kept as a whole */
        return "";
    }
}

/* What is written after a colon. */
struct place {
    const char *text;
    size_t length;
};

static bool
says(const struct place *place, const char *name)
{
    return name != NULL && strlen(name) == place->length &&
           strncmp(name, place->text, place->length) == 0;
}

static bool
node_says(const struct place *place, const struct node *node)
{
    return says(place, node_kind_name(node->kind)) || says(place, node->district);
}

/* Whether the place is a kind, class, district or end of the element, beside its id. */
static bool
is_label(const struct place *place, const struct basin *basin, enum result_element element, int i)
{
    switch (element) {
    case ELEMENT_RESERVOIR:
        return node_says(place, &basin->node[basin->reservoir[i].node_i]);
    case ELEMENT_AQUIFER:
        return node_says(place, &basin->node[basin->aquifer[i].node_i]);
    case ELEMENT_DEMAND:
        return says(place, basin->class[basin->demand[i].class_i].id) ||
               node_says(place, &basin->node[basin->demand[i].node_i]);
    case ELEMENT_LINK:
        return says(place,
                    basin->link[i].is_spill ? "spill" : link_kind_name(basin->link[i].kind)) ||
               says(place, basin->node[basin->link[i].from].id) ||
               says(place, basin->node[basin->link[i].to].id);
    case ELEMENT_NODE:
        return node_says(place, &basin->node[i]);
    case ELEMENT_SECTION: {
        double distance_m;
        return node_says(place, &basin->node[result_section(basin, i, &distance_m)->node_i]) ||
               says(place, basin->node[result_section(basin, i, &distance_m)->node_i].id);
    }
    case ELEMENT_CONTENT: {
        const char *text = content_id(basin, i), *slash = strchr(text, '/');
        return says(place, slash + 1) || ((size_t)(slash - text) == place->length &&
                                          strncmp(text, place->text, place->length) == 0);
    }
    default:
        return false;
    }
}

/* Mark the elements of a place: the one with that id, or else all that it describes. */
static int
mark_elements(const struct kept_word *word, const struct basin *basin, enum result_element element,
              int count, bool *is_kept)
{
    const struct place place = {word->where, word->where_length};
    bool by_id = false;
    int found = 0;
    for (int i = 0; i < count && !by_id && word->where != NULL; i++)
        by_id = says(&place, kept_element_id(basin, element, i));
    for (int i = 0; i < count; i++) {
        bool here = word->where == NULL || (by_id ? says(&place, kept_element_id(basin, element, i))
                                                  : is_label(&place, basin, element, i));
        is_kept[i] = is_kept[i] || here;
        found += here ? 1 : 0;
    }
    return found;
}

static enum status
unknown_place(const struct kept_word *word, const struct basin *basin,
              const struct result_description *is, struct error *err)
{
    int count = is != NULL ? result_element_count(basin, is->element) : basin->node_count;
    char written[128];
    const char **id = calloc((size_t)count + 1, sizeof *id);
    size_t length = word->where_length < sizeof written ? word->where_length : sizeof written - 1;
    memcpy(written, word->where, length);
    written[length] = '\0';
    bool listed = id != NULL && (is == NULL || is->element != ELEMENT_CONTENT);
    for (int i = 0; i < count && listed; i++)
        id[i] = is != NULL ? kept_element_id(basin, is->element, i) : basin->node[i].id;
    const char *nearest = listed ? nearest_name(written, id, count) : NULL;
    enum status status = error_set(
        err, STATUS_USAGE, "--save: there is nothing called '%s' that has %s%s%s%s", written,
        is != NULL ? is->name : "results", nearest != NULL ? "; did you mean '" : "",
        nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
    free(id);
    return status;
}

/* ---- series ------------------------------------------------------------------------------------
 */

/* How values of a variable are put together over a month, HOW_USUAL for the value at its end;
 * HOW_COUNT if it cannot be done. */
static enum result_how
how_of(const struct result_description *is, const struct kept_word *word)
{
    bool is_mean = strcmp(is->cell_methods, "time: mean") == 0;
    if (word->how == HOW_USUAL && is_mean)
        return HOW_MEAN;
    if (word->how == HOW_SUM && strcmp(is->units, "m3 s-1") != 0)
        return HOW_COUNT;
    return word->how;
}

static void
name_series(struct kept_series *series, const struct result_description *is)
{
    bool usual = series->how == HOW_USUAL ||
                 (series->how == HOW_MEAN && strcmp(is->cell_methods, "time: mean") == 0);
    snprintf(series->name, sizeof series->name, "%s%s%s%s%s", is->name,
             series->period != PERIOD_STEP ? "_" : "", result_period_word(series->period),
             usual ? "" : "_", usual ? "" : result_how_word(series->how));
    series->units = series->how == HOW_SUM ? "m3" : is->units;
}

/* The series of this form, which is added if it is not there; NULL without memory. */
static struct kept_series *
find_series(struct kept *kept, const struct basin *basin, int variable,
            const struct kept_word *word, enum result_how how)
{
    for (int i = 0; i < kept->count; i++) {
        struct kept_series *series = &kept->series[i];
        if (series->variable == variable && series->period == word->period && series->how == how &&
            series->statistics == word->statistics)
            return series;
    }
    struct kept_series *larger = realloc(kept->series, (size_t)(kept->count + 1) * sizeof *larger);
    if (larger == NULL)
        return NULL;
    kept->series = larger;
    const struct result_description *is = result_describe(variable);
    struct kept_series *series = &larger[kept->count];
    *series = (struct kept_series){.variable = variable,
                                   .period = word->period,
                                   .how = how,
                                   .statistics = word->statistics,
                                   .element_count = result_element_count(basin, is->element)};
    name_series(series, is);
    series->is_kept = calloc((size_t)series->element_count + 1, sizeof *series->is_kept);
    if (series->is_kept == NULL)
        return NULL;
    kept->count++;
    return series;
}

static enum status
add_word(struct kept *kept, const struct basin *basin, const struct kept_word *word,
         struct error *err)
{
    int found = 0;
    const struct result_description *only = NULL;
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        const struct result_description *is = result_describe(v);
        enum result_how how = how_of(is, word);
        if (!word->keep[v])
            continue;
        only = word->is_one ? is : NULL;
        if (how == HOW_COUNT && word->is_one)
            return error_set(err, STATUS_USAGE,
                             "--save: %s is in %s: only flows have a sum over time", is->name,
                             is->units);
        if (how == HOW_COUNT)
            continue;
        struct kept_series *series = find_series(kept, basin, v, word, how);
        if (series == NULL)
            return out_of_memory(err);
        found += mark_elements(word, basin, is->element, series->element_count, series->is_kept);
    }
    if (found == 0 && word->where != NULL)
        return unknown_place(word, basin, only, err);
    return STATUS_OK;
}

static int
compare_series(const void *left, const void *right)
{
    const struct kept_series *a = left, *b = right;
    if (a->statistics != b->statistics)
        return a->statistics ? 1 : -1;
    if (a->period != b->period)
        return a->period < b->period ? -1 : 1;
    if (a->variable != b->variable)
        return a->variable < b->variable ? -1 : 1;
    return (int)a->how - (int)b->how;
}

static enum status
add_series(struct kept *kept, const struct run_info *info, struct error *err)
{
    enum status status = STATUS_OK;
    const char *rest = info->selection.list;
    if (rest == NULL || strcmp(rest, "none") == 0)
        return STATUS_OK;
    while (rest != NULL) {
        struct kept_word word;
        TRY(kept_word_next(&rest, &word, err));
        TRY(add_word(kept, info->basin, &word, err));
    }
    int count = 0; /* leave out what the basin has no elements of */
    for (int i = 0; i < kept->count; i++) {
        struct kept_series *series = &kept->series[i];
        for (int e = 0; e < series->element_count; e++)
            series->kept_count += series->is_kept[e] ? 1 : 0;
        if (series->kept_count > 0)
            kept->series[count++] = *series;
        else
            free(series->is_kept);
    }
    kept->count = count;
    if (count > 0)
        qsort(kept->series, (size_t)count, sizeof *kept->series, compare_series);
out:
    return status;
}

/* ---- time --------------------------------------------------------------------------------------
 */

static bool
begins(const struct timeaxis *axis, int step_t, enum result_period period)
{
    return period == PERIOD_STEP || step_t == 0 || axis->year[step_t] != axis->year[step_t - 1] ||
           (period == PERIOD_MONTH && axis->month[step_t] != axis->month[step_t - 1]);
}

static enum status
find_times(struct kept *kept, const struct timeaxis *axis, struct error *err)
{
    for (int p = 0; p < PERIOD_COUNT; p++) {
        struct kept_time *time = &kept->time[p];
        time->first_t = calloc((size_t)axis->step_count + 1, sizeof *time->first_t);
        if (time->first_t == NULL)
            return out_of_memory(err);
        for (int t = 0; t < axis->step_count; t++)
            if (begins(axis, t, (enum result_period)p))
                time->first_t[time->count++] = t;
        time->first_t[time->count] = axis->step_count;
    }
    return STATUS_OK;
}

/* The value of one period; missing steps are left out, but the value at its end is its own. */
static double
put_together(const float *value, const double *dt_s, int count, enum result_how how)
{
    double sum = 0.0, length_s = 0.0, least = (double)NAN, largest = (double)NAN;
    for (int t = 0; t < count; t++) {
        double one = (double)value[t];
        if (isnan(one))
            continue;
        sum += one * dt_s[t];
        length_s += dt_s[t];
        least = fmin(least, one);
        largest = fmax(largest, one);
    }
    switch (how) {
    case HOW_MEAN:
        return length_s > 0.0 ? sum / length_s : (double)NAN;
    case HOW_SUM:
        return length_s > 0.0 ? sum : (double)NAN;
    case HOW_MIN:
        return least;
    case HOW_MAX:
        return largest;
    default:
        return (double)value[count - 1];
    }
}

void
kept_values(const struct kept *kept, const struct kept_series *series, const struct timeaxis *axis,
            const float *step_value, float *out)
{
    const struct kept_time *time = &kept->time[series->period];
    if (series->period == PERIOD_STEP) {
        memcpy(out, step_value, (size_t)time->count * sizeof *out);
        return;
    }
    for (int p = 0; p < time->count; p++) {
        int first = time->first_t[p];
        out[p] = (float)put_together(step_value + first, axis->dt_s + first,
                                     time->first_t[p + 1] - first, series->how);
    }
}

/* ---- statistics --------------------------------------------------------------------------------
 */

static enum status
read_quantiles(struct kept *kept, const char *list, struct error *err)
{
    const char *rest = list != NULL ? list : "0.05,0.1,0.25,0.5,0.75,0.9,0.95";
    for (;;) {
        char *end;
        errno = 0;
        double value = strtod(rest, &end);
        bool good = end != rest && errno == 0 && value >= 0.0 && value <= 1.0 &&
                    (*end == ',' || *end == '\0');
        bool rises = kept->quantile_count == 0 || value > kept->quantile[kept->quantile_count - 1];
        if (!good || !rises || kept->quantile_count == QUANTILES_MAX)
            return error_set(err, STATUS_USAGE,
                             "--quantiles takes up to %d rising numbers from 0 to 1 separated by "
                             "commas, not '%s'",
                             QUANTILES_MAX, list);
        kept->quantile[kept->quantile_count++] = value;
        if (*end == '\0')
            return STATUS_OK;
        rest = end + 1;
    }
}

static enum status
read_groups(struct kept *kept, const struct run_info *info, struct error *err)
{
    const char *by = info->selection.quantiles_by;
    const struct plan *plan = info->plan;
    bool any = false;
    kept->by_axis = -1;
    kept->group_count = 1;
    for (int i = 0; i < kept->count; i++)
        any = any || kept->series[i].statistics;
    if (!any && (by != NULL || info->selection.quantiles != NULL))
        return error_set(err, STATUS_USAGE,
                         "--quantiles and --quantiles-by need a series in --save that is kept as "
                         "quantiles, such as --save quantiles:storage");
    for (int a = 0; a < plan->axis_count && by != NULL; a++)
        if (strcmp(plan->axis[a].id, by) == 0)
            kept->by_axis = a;
    if (by != NULL && kept->by_axis < 0)
        return error_set(err, STATUS_USAGE, "--quantiles-by: the scenarios have no axis '%s'", by);
    if (by != NULL && plan->axis[kept->by_axis].is_range)
        return error_set(err, STATUS_USAGE,
                         "--quantiles-by: axis '%s' is a range of numbers, not a list", by);
    if (by != NULL)
        kept->group_count = plan->axis[kept->by_axis].member_count;
    return STATUS_OK;
}

int
kept_group(const struct kept *kept, const struct plan *plan, int scenario_s)
{
    return kept->by_axis < 0 ? 0 : plan->scenario[scenario_s].member_i[kept->by_axis];
}

/* ---- life --------------------------------------------------------------------------------------
 */

enum status
kept_init(struct kept *kept, const struct run_info *info, struct error *err)
{
    enum status status = STATUS_OK;
    *kept = (struct kept){0};
    TRY(add_series(kept, info, err));
    TRY(find_times(kept, info->axis, err));
    TRY(read_quantiles(kept, info->selection.quantiles, err));
    TRY(read_groups(kept, info, err));
out:
    if (status != STATUS_OK)
        kept_finish(kept);
    return status;
}

void
kept_finish(struct kept *kept)
{
    for (int i = 0; i < kept->count; i++)
        free(kept->series[i].is_kept);
    free(kept->series);
    for (int p = 0; p < PERIOD_COUNT; p++)
        free(kept->time[p].first_t);
    *kept = (struct kept){0};
}

/* ---- texts -------------------------------------------------------------------------------------
 */

char *
kept_ids(const struct kept_series *series, const struct basin *basin)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    const char *blank = "";
    if (out == NULL)
        return NULL;
    for (int e = 0; e < series->element_count; e++)
        if (series->is_kept[e]) {
            fprintf(out, "%s%s", blank,
                    kept_element_id(basin, result_describe(series->variable)->element, e));
            blank = " ";
        }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

char *
kept_text(const struct kept *kept, const struct run_info *info)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    const char *comma = "";
    bool statistics = false;
    if (out == NULL)
        return NULL;
    for (int i = 0; i < kept->count; i++) {
        const struct kept_series *series = &kept->series[i];
        char *ids =
            series->kept_count < series->element_count ? kept_ids(series, info->basin) : strdup("");
        statistics = statistics || series->statistics;
        fprintf(out, "%s%s%s%s%s", comma, series->statistics ? "quantiles:" : "", series->name,
                ids != NULL && ids[0] != '\0' ? ":" : "", ids != NULL ? ids : "?");
        free(ids);
        comma = ",";
    }
    if (info->selection.audit)
        fprintf(out, "%saudit", comma);
    else if (comma[0] == '\0')
        fputs("none", out);
    for (int q = 0; q < kept->quantile_count && statistics; q++)
        fprintf(out, "%s%.17g", q == 0 ? "; quantiles " : ",", kept->quantile[q]);
    if (statistics && kept->by_axis >= 0)
        fprintf(out, " by %s", info->selection.quantiles_by);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
