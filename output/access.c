/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/domestic.h"
#include "output/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Equal access between districts and between kinds of people. */

enum { TAG_COUNT = 5 };

static const char *const tag_names[TAG_COUNT] = {"urban", "rural", "mountain", "border", "island"};

/* The demands as groups: each belongs to a group by a part from 0 to 1. */
struct grouping {
    const char *title, *between; /* "district"; "districts" */
    int group_count;
    const char **name; /* [group_count] */
    double *part;      /* [group_count][demand_count] */
};

/* What a group got in one scenario. */
struct group_supply {
    double need_m3, supply_m3, people, person_days, person_days_short;
    double named_m3; /* supply of those demands whose people are named */
    double share;
};

static enum status
grouping_init(struct grouping *grouping, const struct domestic *domestic)
{
    size_t most = (size_t)domestic->demand_count + TAG_COUNT;
    grouping->name = calloc(most, sizeof *grouping->name);
    grouping->part = calloc(most * (size_t)domestic->demand_count, sizeof *grouping->part);
    return grouping->name != NULL && grouping->part != NULL ? STATUS_OK : STATUS_MEMORY;
}

static void
grouping_finish(struct grouping *grouping)
{
    free(grouping->name);
    free(grouping->part);
}

static void
group_by_district(struct grouping *grouping, const struct domestic *domestic)
{
    grouping->title = "district";
    grouping->between = "districts";
    for (int i = 0; i < domestic->demand_count; i++) {
        const char *name = domestic_district(domestic, i);
        int g = 0;
        while (g < grouping->group_count && strcmp(grouping->name[g], name) != 0)
            g++;
        if (g == grouping->group_count)
            grouping->name[grouping->group_count++] = name;
        grouping->part[(long)g * domestic->demand_count + i] = 1.0;
    }
}

/* Tags that no demand carries are left out. */
static void
group_by_people(struct grouping *grouping, const struct domestic *domestic)
{
    grouping->title = "people";
    grouping->between = "kinds of people";
    for (int tag = 0; tag < TAG_COUNT; tag++) {
        bool any = false;
        double *part = &grouping->part[(long)grouping->group_count * domestic->demand_count];
        for (int i = 0; i < domestic->demand_count; i++) {
            const struct demand *demand = &domestic->base->demand[domestic->demand_d[i]];
            part[i] = (demand->people_tags & 1u << tag) != 0 ? demand->people_share[tag] : 0.0;
            any = any || part[i] > 0.0;
        }
        if (any)
            grouping->name[grouping->group_count++] = tag_names[tag];
    }
}

static struct group_supply
add_up(const struct grouping *grouping, const struct domestic *domestic, int group_g,
       int scenario_s)
{
    struct group_supply sum = {0};
    for (int i = 0; i < domestic->demand_count; i++) {
        double part = grouping->part[(long)group_g * domestic->demand_count + i];
        const struct domestic_supply *one =
            &domestic->supply[(long)scenario_s * domestic->demand_count + i];
        sum.need_m3 += part * one->need_m3;
        sum.supply_m3 += part * one->supply_m3;
        sum.named_m3 += one->people > 0.0 ? part * one->supply_m3 : 0.0;
        sum.people += part * one->people;
        sum.person_days += part * one->person_days;
        sum.person_days_short += part * one->person_days_short;
    }
    sum.share = sum.need_m3 > 0.0 ? sum.supply_m3 / sum.need_m3 : (double)NAN;
    return sum;
}

/* Smallest share over the largest, and Gini, of one scenario; weights are people, or needs where
   no people are named. */
static void
compare_groups(const struct grouping *grouping, const struct domestic *domestic, int scenario_s,
               double *ratio, double *gini)
{
    double low = (double)INFINITY, high = 0.0, all_people = 0.0;
    int count = 0;
    double *value = malloc(2 * ((size_t)grouping->group_count + 1) * sizeof *value);
    *ratio = *gini = (double)NAN;
    if (value == NULL)
        return;
    double *weight = value + grouping->group_count + 1;
    for (int g = 0; g < grouping->group_count; g++)
        all_people += add_up(grouping, domestic, g, scenario_s).people;
    for (int g = 0; g < grouping->group_count; g++) {
        struct group_supply sum = add_up(grouping, domestic, g, scenario_s);
        if (isnan(sum.share))
            continue;
        low = fmin(low, sum.share);
        high = fmax(high, sum.share);
        value[count] = sum.share;
        weight[count++] = all_people > 0.0 ? sum.people : sum.need_m3;
    }
    if (high > 0.0)
        *ratio = low / high;
    *gini = weighted_gini(count, value, weight);
    free(value);
}

/* ---- the table --------------------------------------------------------------------------------
 */

/* Mean over the scenarios of what a group got, and the least share of any. */
static void
add_row(struct table *table, const struct grouping *grouping, const struct domestic *domestic,
        int group_g)
{
    struct group_supply mean = {0};
    double share = 0.0, least = (double)INFINITY;
    int count = 0;
    for (int s = 0; s < domestic->reader.scenario_count; s++) {
        if (!domestic->there[s])
            continue;
        struct group_supply one = add_up(grouping, domestic, group_g, s);
        mean.people += one.people;
        mean.named_m3 += one.named_m3;
        mean.person_days += one.person_days;
        mean.person_days_short += one.person_days_short;
        share += one.share;
        least = fmin(least, one.share);
        count++;
    }
    table_cell(table, "%s", grouping->name[group_g]);
    if (mean.people > 0.0)
        table_cell(table, "%.0f", mean.people / count);
    else
        table_cell(table, "-");
    table_number(table, mean.people > 0.0 ? mean.named_m3 * 1e3 / mean.person_days : (double)NAN);
    table_percent(table, share / count);
    table_percent(table, least);
    table_number(table, mean.people > 0.0 ? mean.person_days_short / mean.person_days * 365.2425
                                          : (double)NAN);
}

/* The comparison over the scenarios: the mean, and the scenario that is most unequal. */
static void
print_comparison(FILE *out, const struct grouping *grouping, const struct domestic *domestic)
{
    double mean_ratio = 0.0, mean_gini = 0.0, worst = (double)INFINITY, worst_gini = 0.0;
    int count = 0, worst_s = 0;
    for (int s = 0; s < domestic->reader.scenario_count; s++) {
        double ratio, gini;
        if (!domestic->there[s])
            continue;
        compare_groups(grouping, domestic, s, &ratio, &gini);
        mean_ratio += ratio;
        mean_gini += gini;
        count++;
        if (ratio < worst) {
            worst = ratio;
            worst_gini = gini;
            worst_s = s;
        }
    }
    if (count == 0 || !isfinite(worst))
        return;
    fprintf(out,
            "Between %s: smallest share over largest %.4f, Gini %.5f; most unequal %.4f, %.5f in "
            "%s\n",
            grouping->between, mean_ratio / count, mean_gini / count, worst, worst_gini,
            domestic->reader.scenario[worst_s]);
}

static enum status
print_grouping(FILE *out, const struct grouping *grouping, const struct domestic *domestic,
               double litres, struct error *err)
{
    char days[48];
    snprintf(days, sizeof days, "days/y < %g L", litres);
    const char *heads[] = {grouping->group_count > 0 && strcmp(grouping->title, "people") == 0
                               ? "<people"
                               : "<district",
                           "persons",
                           "L/person/d",
                           "met %",
                           "worst scenario %",
                           days};
    struct table table;
    table_init(&table, false, 6, heads);
    for (int g = 0; g < grouping->group_count; g++)
        add_row(&table, grouping, domestic, g);
    if (!table_print(&table, out))
        return error_set(err, STATUS_FILE_WRITE, "the table was not written");
    print_comparison(out, grouping, domestic);
    return STATUS_OK;
}

/* ---- CSV --------------------------------------------------------------------------------------
 */

static void
add_csv_rows(struct table *table, const struct grouping *grouping, const struct domestic *domestic)
{
    for (int s = 0; s < domestic->reader.scenario_count; s++) {
        double ratio, gini;
        if (!domestic->there[s])
            continue;
        compare_groups(grouping, domestic, s, &ratio, &gini);
        for (int g = 0; g < grouping->group_count; g++) {
            struct group_supply one = add_up(grouping, domestic, g, s);
            table_cell(table, "%s", domestic->reader.scenario[s]);
            table_cell(table, "%s", grouping->title);
            table_cell(table, "%s", grouping->name[g]);
            const double figures[] = {one.people,
                                      one.need_m3 / 1e6,
                                      one.supply_m3 / 1e6,
                                      one.share,
                                      one.person_days,
                                      one.person_days_short,
                                      ratio,
                                      gini};
            for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
                if (isfinite(figures[i]))
                    table_cell(table, "%.9g", figures[i]);
                else
                    table_cell(table, "%s", "");
        }
    }
}

enum status
access_print(FILE *out, const char *path, const struct access_options *options, struct error *err)
{
    static const char *const heads[] = {
        "scenario",          "grouping",         "group", "people",
        "need_hm3",          "supply_hm3",       "share", "person_days",
        "person_days_short", "least_to_largest", "gini"};
    struct domestic domestic;
    struct grouping grouping[2] = {{0}};
    struct table table;
    enum status status = domestic_open(&domestic, path, options->class_id, options->litres, err);
    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < 2; i++)
        TRY(grouping_init(&grouping[i], &domestic));
    group_by_district(&grouping[0], &domestic);
    group_by_people(&grouping[1], &domestic);
    if (options->csv) {
        table_init(&table, true, sizeof heads / sizeof *heads, heads);
        for (int i = 0; i < 2; i++)
            add_csv_rows(&table, &grouping[i], &domestic);
        if (!table_print(&table, out))
            TRY(error_set(err, STATUS_FILE_WRITE, "the table was not written"));
    } else {
        fprintf(out, "%s, class %s: means over %d scenarios\n\n",
                domestic.reader.title != NULL ? domestic.reader.title : path, options->class_id,
                domestic.reader.scenario_count);
        TRY(print_grouping(out, &grouping[0], &domestic, options->litres, err));
        fputc('\n', out);
        if (grouping[1].group_count > 0)
            TRY(print_grouping(out, &grouping[1], &domestic, options->litres, err));
    }
out:
    if (status == STATUS_MEMORY)
        error_set(err, status, "out of memory for '%s'", path);
    for (int i = 0; i < 2; i++)
        grouping_finish(&grouping[i]);
    domestic_close(&domestic);
    return status;
}
