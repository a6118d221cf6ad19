/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/compare_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Which scenarios of the runs belong together. */

/* A scenario of a run by its place on all other axes. */
struct placed {
    char *place; /* "drought=normal,demand=2030", axes in the order of their names */
    int scenario_s;
    bool is_taken;
};

struct placed_list {
    struct placed *item;
    int count;
};

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *
place_of(const struct compared_file *file, int scenario_s, bool with_realisation)
{
    char *part[SHOW_AXES_MAX + 1] = {NULL}, *place = NULL;
    int count = 0;
    size_t size = 0;
    for (int a = 0; a < file->axes.count; a++)
        if (a != file->axis_a &&
            asprintf(&part[count], "%s=%s", file->axes.id[a], file->axes.label[a][scenario_s]) >= 0)
            count++;
    qsort(part, (size_t)count, sizeof *part, compare_texts);
    FILE *out = open_memstream(&place, &size);
    for (int i = 0; i < count; i++) {
        if (out != NULL)
            fprintf(out, "%s%s", i > 0 ? "," : "", part[i]);
        free(part[i]);
    }
    if (out == NULL)
        return NULL;
    if (count == 0)
        fputs("base", out);
    if (with_realisation)
        fprintf(out, " (weather %.0f)", file->realisation[scenario_s]);
    fclose(out);
    return place;
}

/* Whether the axis compared is the one that draws the weather: every member has a realisation of
 * its own, and no two runs can have the same. */
static bool
axis_draws_weather(const struct compared_file *file)
{
    bool differs = false;
    char *const *label = file->axis_a >= 0 ? file->axes.label[file->axis_a] : NULL;
    for (int s = 0; label != NULL && s < file->reader.scenario_count; s++) {
        int first = 0;
        while (strcmp(label[first], label[s]) != 0)
            first++;
        if (fabs(file->realisation[s] - file->realisation[first]) > 0.5)
            return false;
        differs = differs || fabs(file->realisation[s] - file->realisation[0]) > 0.5;
    }
    return differs;
}

static enum status
place_scenarios(const struct compared_run *run, bool with_realisation, struct placed_list *list,
                struct error *err)
{
    const struct compared_file *file = run->file;
    list->item = calloc((size_t)file->reader.scenario_count, sizeof *list->item);
    if (list->item == NULL)
        return compare_no_memory(err);
    for (int s = 0; s < file->reader.scenario_count; s++) {
        if (run->member != NULL && strcmp(file->axes.label[file->axis_a][s], run->member) != 0)
            continue;
        struct placed *item = &list->item[list->count];
        item->scenario_s = s;
        item->place = place_of(file, s, with_realisation);
        if (item->place == NULL)
            return compare_no_memory(err);
        list->count++;
    }
    return STATUS_OK;
}

static int
compare_placed(const void *a, const void *b)
{
    const struct placed *one = a, *other = b;
    int order = strcmp(one->place, other->place);
    return order != 0 ? order : one->scenario_s - other->scenario_s;
}

/* The next scenario of this place in a sorted list that is not taken yet, NULL for none. */
static struct placed *
find_place(const struct placed_list *list, const char *place)
{
    int low = 0, high = list->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (strcmp(list->item[middle].place, place) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (low < list->count && list->item[low].is_taken &&
           strcmp(list->item[low].place, place) == 0)
        low++;
    return low < list->count && strcmp(list->item[low].place, place) == 0 ? &list->item[low] : NULL;
}

/* What a pair is called: the scenario of the first run, but for the axis compared. */
static char *
name_pair(const struct compared_run *run, int scenario_s)
{
    const struct compared_file *file = run->file;
    char group[SHOW_GROUP_BYTES];
    if (file->axis_a < 0)
        return strdup(file->reader.scenario[scenario_s]);
    show_axes_group(&file->axes, scenario_s, file->axis_a, -1, group);
    return strdup(strcmp(group, "all") == 0 ? "base" : group);
}

/* Take one place of the first run in all others. */
static enum status
pair_place(struct comparison *comparison, struct placed_list *list, int item_i, int *failed_count,
           struct error *err)
{
    struct placed *item = &list[0].item[item_i];
    bool everywhere = true, failed = false;
    for (int r = 0; r < comparison->run_count && everywhere; r++) {
        struct compared_run *run = &comparison->run[r];
        struct placed *found = r == 0 ? item : find_place(&list[r], item->place);
        everywhere = found != NULL;
        if (!everywhere)
            break;
        run->scenario_s[comparison->pair_count] = found->scenario_s;
        failed = failed || !isnan(run->file->view.failed_time[found->scenario_s]);
    }
    if (!everywhere)
        return STATUS_OK;
    for (int r = 0; r < comparison->run_count; r++) {
        struct placed *found = r == 0 ? item : find_place(&list[r], item->place);
        found->is_taken = true;
    }
    *failed_count += failed;
    if (failed)
        return STATUS_OK;
    comparison->pair[comparison->pair_count] = name_pair(&comparison->run[0], item->scenario_s);
    return comparison->pair[comparison->pair_count++] != NULL ? STATUS_OK : compare_no_memory(err);
}

/* What a run has and another has not. */
static void
note_unpaired(struct comparison *comparison, const struct placed_list *list)
{
    for (int r = 0; r < comparison->run_count; r++) {
        char names[1024] = "";
        int count = 0;
        for (int i = 0; i < list[r].count; i++) {
            size_t used = strlen(names);
            if (list[r].item[i].is_taken)
                continue;
            if (count++ < COMPARE_NAMED_MAX)
                snprintf(names + used, sizeof names - used, "%s'%s'", used > 0 ? ", " : "",
                         list[r].item[i].place);
        }
        if (count > 0)
            note_add(&comparison->notes, "%d of %d scenarios of %s are not in all runs: %s%s",
                     count, list[r].count, comparison->run[r].letter, names,
                     count > COMPARE_NAMED_MAX ? " ..." : "");
    }
}

static enum status
nothing_paired(const struct comparison *comparison, const struct placed_list *list, int failed,
               struct error *err)
{
    const struct compared_run *first = &comparison->run[0], *other = &comparison->run[1];
    if (failed > 0)
        return error_set(err, STATUS_INPUT, "every scenario that the runs share failed in one");
    return error_set(
        err, STATUS_INPUT,
        "'%s' and '%s' have no scenario in common: the first has '%s'%s, the other '%s'%s; runs "
        "that differ by an axis are compared with --axis AXIS",
        first->label, other->label, list[0].item[0].place, list[0].count > 1 ? " ..." : "",
        list[1].item[0].place, list[1].count > 1 ? " ..." : "");
}

enum status
compare_pair_scenarios(struct comparison *comparison, struct error *err)
{
    enum status status = STATUS_OK;
    int run_count = comparison->run_count, failed = 0;
    bool with_realisation = true;
    struct placed_list *list = calloc((size_t)run_count + 1, sizeof *list);
    if (list == NULL)
        return compare_no_memory(err);
    for (int f = 0; f < comparison->file_count; f++)
        with_realisation = with_realisation && !axis_draws_weather(&comparison->file[f]);
    if (!with_realisation)
        note_add(&comparison->notes,
                 "the members of '%s' have weather of their own: that changes figures too",
                 comparison->options->axis);
    for (int r = 0; r < run_count; r++) {
        TRY(place_scenarios(&comparison->run[r], with_realisation, &list[r], err));
        if (r > 0)
            qsort(list[r].item, (size_t)list[r].count, sizeof *list[r].item, compare_placed);
    }
    comparison->pair = calloc((size_t)list[0].count + 1, sizeof *comparison->pair);
    for (int r = 0; r < run_count; r++) {
        comparison->run[r].scenario_s = calloc((size_t)list[0].count + 1, sizeof(int));
        if (comparison->run[r].scenario_s == NULL || comparison->pair == NULL)
            TRY(compare_no_memory(err));
    }
    for (int i = 0; i < list[0].count; i++)
        TRY(pair_place(comparison, list, i, &failed, err));
    if (comparison->pair_count == 0)
        TRY(nothing_paired(comparison, list, failed, err));
    note_unpaired(comparison, list);
    if (failed > 0)
        note_add(&comparison->notes, "%d scenario%s failed in a run and %s left out", failed,
                 failed == 1 ? "" : "s", failed == 1 ? "is" : "are");
out:
    for (int r = 0; r < run_count; r++) {
        for (int i = 0; i < list[r].count; i++)
            free(list[r].item[i].place);
        free(list[r].item);
    }
    free(list);
    return status;
}
