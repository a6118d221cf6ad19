/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/reserve.h"

#include "model/conveyance.h"
#include "model/reservoir.h"
#include "scenarios/monthly_runoff.h"
#include "solvers/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AREA_POINTS = 64, ROUNDS = 4 };

/* The basin as the search sees it. */
struct search {
    const struct basin *basin;
    const struct reserve_request *request;
    struct timeaxis axis; /* the months of one year */
    struct moment moment;
    struct monthly_runoff runoff;
    double *gain;      /* [reservoir_count][node_count] what arrives of a m3 of the lake */
    double *need_m3s;  /* [demand_count][12]; 0 for those that are not of people */
    double *floor_m3s; /* [demand_count][12] */
};

static bool
is_of_people(const struct search *search, int demand_d)
{
    const struct basin *basin = search->basin;
    return strcmp(basin->class[basin->demand[demand_d].class_i].id, search->request->class_id) == 0;
}

static double
gain_of(const struct search *search, int reservoir_r, int demand_d)
{
    const struct basin *basin = search->basin;
    return search->gain[(long)reservoir_r * basin->node_count + basin->demand[demand_d].node_i];
}

/* Part of a demand's draw that a lake carries: by active volumes of all lakes that lead to it. */
static double
part_of(const struct search *search, int reservoir_r, int demand_d)
{
    const struct basin *basin = search->basin;
    double all_m3 = 0.0;
    for (int r = 0; r < basin->reservoir_count; r++)
        if (gain_of(search, r, demand_d) > 0.0)
            all_m3 += basin->reservoir[r].capacity_m3 - basin->reservoir[r].dead_storage_m3;
    if (!(gain_of(search, reservoir_r, demand_d) > 0.0) || !(all_m3 > 0.0))
        return 0.0;
    const struct reservoir *lake = &basin->reservoir[reservoir_r];
    return (lake->capacity_m3 - lake->dead_storage_m3) / all_m3;
}

/* ---- who draws on what ------------------------------------------------------------------------
 */

static void
find_needs(struct search *search)
{
    const struct basin *basin = search->basin;
    for (int d = 0; d < basin->demand_count; d++)
        for (int m = 0; m < RESERVE_MONTHS && is_of_people(search, d); m++) {
            const struct demand *demand = &basin->demand[d];
            search->moment.step_t = m;
            double need_m3s = demand_need_m3s(basin, demand, &search->moment);
            search->need_m3s[d * RESERVE_MONTHS + m] = need_m3s;
            search->floor_m3s[d * RESERVE_MONTHS + m] =
                demand_floor_m3s(demand, &search->moment, need_m3s);
        }
}

/* What arrives of a m3 of each lake; nothing of one that is not in service. */
static void
find_gains(struct search *search)
{
    const struct basin *basin = search->basin;
    search->moment.step_t = 0;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct node *node = &basin->node[basin->reservoir[r].node_i];
        double *gain = search->gain + (long)r * basin->node_count;
        if (date_range_holds(&node->in_service, &search->axis, 0, search->moment.demand_year))
            conveyance_gains_from(basin, &search->moment, basin->reservoir[r].node_i, gain);
    }
}

static enum status
search_init(struct search *search, const struct basin *basin, const struct reserve_request *request,
            struct error *err)
{
    enum status status = STATUS_OK;
    size_t demands = (size_t)basin->demand_count;
    int year = basin->run.demand_year != 0 ? basin->run.demand_year : basin->run.start.year;
    search->basin = basin;
    search->request = request;
    TRY(monthly_runoff_read(&search->runoff, basin, (struct year_span){0, 0}, err));
    TRY(timeaxis_init(&search->axis, STEP_MONTHLY, (struct date){year, 1, 1, 0},
                      (struct date){year, 12, 31, 0}, err));
    search->moment = (struct moment){&search->axis, 0, basin->run.demand_year, NULL};
    search->gain = calloc((size_t)basin->reservoir_count * (size_t)basin->node_count + 1,
                          sizeof *search->gain);
    search->need_m3s = calloc(2 * demands * RESERVE_MONTHS + 1, sizeof *search->need_m3s);
    if (search->gain == NULL || search->need_m3s == NULL)
        TRY(STATUS_MEMORY);
    search->floor_m3s = search->need_m3s + demands * RESERVE_MONTHS;
    find_needs(search);
    find_gains(search);
out:
    return status;
}

static void
search_finish(struct search *search)
{
    monthly_runoff_finish(&search->runoff);
    timeaxis_finish(&search->axis);
    free(search->gain);
    free(search->need_m3s);
}

/* A figure that varies with records has no ordinary year. */
static enum status
refuse_series(const struct basin *basin, const struct reserve_request *request, struct error *err)
{
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        const char *id = basin->node[demand->node_i].id;
        if (strcmp(basin->class[demand->class_i].id, request->class_id) == 0 &&
            (demand->need.kind == VARYING_SERIES || demand->temperature.kind == VARYING_SERIES))
            return error_set(err, STATUS_USAGE,
                             "'%s' follows a record: its ordinary year is not known", id);
    }
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct reservoir *lake = &basin->reservoir[r];
        if (lake->evaporation.kind == VARYING_SERIES || lake->rain.kind == VARYING_SERIES ||
            lake->seepage.kind == VARYING_SERIES)
            return error_set(err, STATUS_USAGE,
                             "evaporation, rain or seepage of '%s' follows a record: its ordinary "
                             "year is not known",
                             basin->node[lake->node_i].id);
    }
    return STATUS_OK;
}

/* ---- inflow -----------------------------------------------------------------------------------
 */

/* The lake that water comes to from a node by rivers that do not fork, or -1. */
static int
lake_below(const struct basin *basin, int node_i)
{
    for (int passed = 0; passed < basin->node_count; passed++) {
        int river_l = -1;
        if (basin->node[node_i].kind == NODE_RESERVOIR)
            return basin->node[node_i].kind_i;
        for (int l = 0; l < basin->link_count; l++) {
            if (basin->link[l].from != node_i || basin->link[l].kind != LINK_RIVER ||
                basin->link[l].is_spill)
                continue;
            if (river_l >= 0)
                return -1;
            river_l = l;
        }
        if (river_l < 0)
            return -1;
        node_i = basin->link[river_l].to;
    }
    return -1;
}

/* Monthly inflow of the record. @return whether there is any */
static bool
add_inflow(const struct search *search, int reservoir_r, double *inflow_m3s)
{
    const struct basin *basin = search->basin;
    int months = search->runoff.year_count * MONTHS;
    bool any = false;
    for (int c = 0; c < basin->catchment_count; c++)
        for (int i = 0; i < basin->catchment[c].to_count; i++) {
            const struct share *to = &basin->catchment[c].to[i];
            if (lake_below(basin, to->node_i) != reservoir_r)
                continue;
            for (int m = 0; m < months; m++) {
                struct moment moment = search->moment;
                moment.step_t = m % MONTHS;
                inflow_m3s[m] += moment_value(&moment, &to->fraction) *
                                 search->runoff.flow_m3s[(long)c * months + m];
                any = any || inflow_m3s[m] > 0.0;
            }
        }
    return any;
}

/* ---- one lake ---------------------------------------------------------------------------------
 */

/* What a lake exchanges with air and ground in each calendar month, and its area. */
struct lake {
    double dead_m3, capacity_m3;
    double area_m2[AREA_POINTS + 1]; /* by equal parts of the capacity */
    double evaporation_m[MONTHS], rain_m[MONTHS];
    double seepage_share[MONTHS], seepage_m3[MONTHS]; /* of the storage, and apart from it */
    double length_s[MONTHS];
    double mean_inflow_m3s[MONTHS];
};

static void
describe_lake(const struct search *search, const struct reservoir *reservoir, struct lake *lake)
{
    struct moment moment = search->moment;
    *lake =
        (struct lake){.dead_m3 = reservoir->dead_storage_m3, .capacity_m3 = reservoir->capacity_m3};
    for (int i = 0; i <= AREA_POINTS; i++)
        lake->area_m2[i] = reservoir_area_m2(reservoir, lake->capacity_m3 * i / AREA_POINTS);
    for (int m = 0; m < MONTHS; m++) {
        moment.step_t = m;
        lake->length_s[m] = month_days_mean[m] * 86400.0;
        if (reservoir->evaporation.kind != VARYING_ABSENT)
            lake->evaporation_m[m] =
                moment_value(&moment, &reservoir->evaporation) * lake->length_s[m];
        if (reservoir->rain.kind != VARYING_ABSENT)
            lake->rain_m[m] = moment_value(&moment, &reservoir->rain) * lake->length_s[m];
        if (reservoir->seepage.kind == VARYING_ABSENT)
            continue;
        double seepage = moment_value(&moment, &reservoir->seepage) * lake->length_s[m];
        if (reservoir->seepage.dimension == DIMENSION_RATE)
            lake->seepage_share[m] = seepage;
        else
            lake->seepage_m3[m] = seepage;
    }
}

static double
area_of(const struct lake *lake, double storage_m3)
{
    double place = fmin(1.0, fmax(0.0, storage_m3 / lake->capacity_m3)) * AREA_POINTS;
    int i = place >= AREA_POINTS ? AREA_POINTS - 1 : (int)place;
    return lake->area_m2[i] + (place - i) * (lake->area_m2[i + 1] - lake->area_m2[i]);
}

/* Storage at the start of a month that leaves end_m3 at its end; dead storage if less would do. */
static double
storage_before(const struct lake *lake, int month, double draw_m3s, double inflow_m3s,
               double end_m3)
{
    double mean_m3s = lake->mean_inflow_m3s[month], start_m3 = end_m3;
    double dry = mean_m3s > 0.0 ? fmin(1.0, inflow_m3s / mean_m3s) : 1.0;
    double fixed_m3 =
        end_m3 + (draw_m3s - inflow_m3s) * lake->length_s[month] + lake->seepage_m3[month];
    double loss_m = lake->evaporation_m[month] - dry * lake->rain_m[month];
    for (int round = 0; round < ROUNDS; round++)
        start_m3 = fmax(lake->dead_m3, fixed_m3 + loss_m * area_of(lake, start_m3) +
                                           lake->seepage_share[month] * start_m3);
    return start_m3;
}

/* The volume on the first of a month that carries the draw through the spell that begins then. */
static double
reserve_of_spell(const struct lake *lake, const double *draw_m3s, const double *inflow_m3s,
                 int month, int spell_months)
{
    double storage_m3 = lake->dead_m3;
    for (int i = spell_months - 1; i >= 0; i--) {
        int m = (month + i) % MONTHS;
        storage_m3 = storage_before(lake, m, draw_m3s[m], inflow_m3s[month + i], storage_m3);
    }
    return storage_m3;
}

/* Quantile over the synthetic years, for each month and need. */
static enum status
find_volumes(const struct search *search, const struct lake *lake, const double *inflow_m3s,
             int year_count, struct lake_reserve *out)
{
    const struct reserve_request *request = search->request;
    int years = year_count - (request->spell_months + MONTHS - 1) / MONTHS;
    bool failed = false;
#pragma omp parallel for schedule(dynamic) reduction(|| : failed)
    for (int which = 0; which < RESERVE_NEED_COUNT * RESERVE_MONTHS; which++) {
        int need = which / RESERVE_MONTHS, month = which % RESERVE_MONTHS;
        double *volume_m3 = malloc((size_t)years * sizeof *volume_m3);
        failed = failed || volume_m3 == NULL;
        if (volume_m3 == NULL)
            continue;
        for (int y = 0; y < years; y++)
            volume_m3[y] =
                reserve_of_spell(lake, out->draw_m3s[need], inflow_m3s + (long)y * MONTHS, month,
                                 request->spell_months);
        quantile_sort(volume_m3, years);
        out->reserve_m3[need][month] =
            quantile_of_sorted(volume_m3, years, 1.0 - 1.0 / request->return_period);
        free(volume_m3);
    }
    return failed ? STATUS_MEMORY : STATUS_OK;
}

static enum status
find_lake(const struct search *search, struct lake_reserve *out, struct error *err)
{
    enum status status = STATUS_OK;
    const struct basin *basin = search->basin;
    const struct reservoir *reservoir = &basin->reservoir[out->reservoir_r];
    int record_months = search->runoff.year_count * MONTHS;
    int years = search->request->synthetic_years;
    struct lake lake;
    double *record_m3s = calloc((size_t)record_months, sizeof *record_m3s);
    double *inflow_m3s = calloc((size_t)years * MONTHS, sizeof *inflow_m3s);
    if (record_m3s == NULL || inflow_m3s == NULL)
        TRY(STATUS_MEMORY);
    describe_lake(search, reservoir, &lake);
    if (add_inflow(search, out->reservoir_r, record_m3s)) {
        struct monthly_source source = {.name = basin->node[reservoir->node_i].id,
                                        .method = FLOW_KIRSCH,
                                        .seed = basin->run.seed,
                                        .year_count = search->runoff.year_count,
                                        .flow_m3s = record_m3s};
        TRY(monthly_flow_generate(&source, 0, years, inflow_m3s, err));
    }
    for (int m = 0; m < record_months; m++) {
        lake.mean_inflow_m3s[m % MONTHS] += record_m3s[m] / search->runoff.year_count;
        out->inflow_m3s += record_m3s[m] / record_months;
    }
    TRY(find_volumes(search, &lake, inflow_m3s, years, out));
out:
    free(record_m3s);
    free(inflow_m3s);
    return status;
}

/* ---- all lakes and districts ------------------------------------------------------------------
 */

static enum status
list_lakes(const struct search *search, struct reserve *out, struct error *err)
{
    const struct basin *basin = search->basin;
    out->lake = calloc((size_t)basin->reservoir_count + 1, sizeof *out->lake);
    if (out->lake == NULL)
        return STATUS_MEMORY;
    for (int r = 0; r < basin->reservoir_count; r++) {
        struct lake_reserve *lake = &out->lake[out->lake_count];
        lake->reservoir_r = r;
        for (int d = 0; d < basin->demand_count; d++) {
            double part = is_of_people(search, d) ? part_of(search, r, d) : 0.0;
            if (!(part > 0.0))
                continue;
            lake->demand_count++;
            for (int m = 0; m < RESERVE_MONTHS; m++) {
                double drawn = part / gain_of(search, r, d);
                lake->draw_m3s[RESERVE_FLOOR][m] +=
                    drawn * search->floor_m3s[d * RESERVE_MONTHS + m];
                lake->draw_m3s[RESERVE_WHOLE][m] +=
                    drawn * search->need_m3s[d * RESERVE_MONTHS + m];
            }
        }
        out->lake_count += lake->demand_count > 0;
    }
    if (out->lake_count == 0)
        return error_set(err, STATUS_USAGE, "no lake leads to a demand of class '%s'",
                         search->request->class_id);
    return STATUS_OK;
}

static struct district_reserve *
district_of(struct reserve *out, const char *name)
{
    for (int i = 0; i < out->district_count; i++)
        if (strcmp(out->district[i].district, name) == 0)
            return &out->district[i];
    out->district[out->district_count].district = name;
    return &out->district[out->district_count++];
}

/* A district's part of what a lake holds above dead storage is its part of the draw of the year. */
static void
share_lake(const struct search *search, const struct lake_reserve *lake, int demand_d,
           struct district_reserve *district)
{
    const struct reservoir *reservoir = &search->basin->reservoir[lake->reservoir_r];
    double part = part_of(search, lake->reservoir_r, demand_d);
    if (!(part > 0.0))
        return;
    double drawn = part / gain_of(search, lake->reservoir_r, demand_d);
    for (int need = 0; need < RESERVE_NEED_COUNT; need++) {
        const double *of_demand = need == RESERVE_FLOOR ? search->floor_m3s : search->need_m3s;
        double own = 0.0, all = 0.0;
        for (int m = 0; m < RESERVE_MONTHS; m++) {
            own += drawn * of_demand[demand_d * RESERVE_MONTHS + m] * month_days_mean[m];
            all += lake->draw_m3s[need][m] * month_days_mean[m];
        }
        for (int m = 0; m < RESERVE_MONTHS && all > 0.0; m++)
            district->active_m3[need][m] +=
                own / all * (lake->reserve_m3[need][m] - reservoir->dead_storage_m3);
    }
}

static enum status
share_among_districts(const struct search *search, struct reserve *out)
{
    const struct basin *basin = search->basin;
    out->district = calloc((size_t)basin->demand_count + 1, sizeof *out->district);
    if (out->district == NULL)
        return STATUS_MEMORY;
    for (int d = 0; d < basin->demand_count; d++) {
        const char *name = basin->node[basin->demand[d].node_i].district;
        if (!is_of_people(search, d))
            continue;
        struct district_reserve *district = district_of(out, name != NULL ? name : "-");
        for (int m = 0; m < RESERVE_MONTHS; m++) {
            double part = month_days_mean[m] / 365.2425;
            district->need_m3s += search->need_m3s[d * RESERVE_MONTHS + m] * part;
            district->floor_m3s += search->floor_m3s[d * RESERVE_MONTHS + m] * part;
        }
        for (int i = 0; i < out->lake_count; i++)
            share_lake(search, &out->lake[i], d, district);
    }
    return STATUS_OK;
}

enum status
reserve_find(struct reserve *out, const struct basin *basin, const struct reserve_request *request,
             struct error *err)
{
    struct search search = {0};
    enum status status = STATUS_OK;
    *out = (struct reserve){0};
    TRY(refuse_series(basin, request, err));
    TRY(search_init(&search, basin, request, err));
    TRY(list_lakes(&search, out, err));
    for (int i = 0; i < out->lake_count; i++)
        TRY(find_lake(&search, &out->lake[i], err));
    TRY(share_among_districts(&search, out));
out:
    if (status == STATUS_MEMORY)
        error_set(err, status, "out of memory for the domestic reserve");
    if (status != STATUS_OK)
        reserve_finish(out);
    search_finish(&search);
    return status;
}

void
reserve_finish(struct reserve *reserve)
{
    free(reserve->lake);
    free(reserve->district);
    *reserve = (struct reserve){0};
}
