/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/autonomy.h"

#include "model/demand.h"
#include "scenarios/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Results keep series in single precision. */
static const double short_share = 1e-6;

static bool
same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The one district of all links that lead to a node, NULL if there is none or they differ. */
static const char *
district_before(const struct basin *basin, const char *const *district, int node_i)
{
    const char *found = NULL;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        if (link->to != node_i || link->kind == LINK_RIVER)
            continue;
        if (district[link->from] == NULL || (found != NULL && !same(found, district[link->from])))
            return NULL;
        found = district[link->from];
    }
    return found;
}

void
find_districts(const struct basin *basin, const char **district)
{
    bool changed = true;
    for (int i = 0; i < basin->node_count; i++)
        district[i] = basin->node[i].district;
    while (changed) {
        changed = false;
        for (int i = 0; i < basin->node_count; i++) {
            if (district[i] != NULL)
                continue;
            district[i] = district_before(basin, district, i);
            changed = changed || district[i] != NULL;
        }
    }
}

bool
link_is_transfer(const struct link *link, const char *const *district)
{
    return link->kind != LINK_RIVER && !link->is_spill && district[link->from] != NULL &&
           district[link->to] != NULL && !same(district[link->from], district[link->to]);
}

/* ---- a basin whose transfers fail -------------------------------------------------------------
 */

/* Nothing of a quantity from the instant on. */
static enum status
stop(struct varying *varying, int64_t from_s, struct error *err)
{
    if (varying->adjustment_count == ADJUSTMENT_MAX)
        return error_set(err, STATUS_INPUT, "more than %d changes of one quantity", ADJUSTMENT_MAX);
    varying->adjustment[varying->adjustment_count++] = (struct adjustment){
        .operation = CHANGE_SCALE, .from_s = from_s, .to_s = INT64_MAX, .month_mask = 0xfff};
    return STATUS_OK;
}

/* Links keep their outages; *outage holds the new lists. */
static enum status
cut_links(struct basin *copy, const char *const *district, int64_t from_s,
          struct date_range **outage)
{
    int size = 0, used = 0;
    for (int l = 0; l < copy->link_count; l++)
        if (link_is_transfer(&copy->link[l], district))
            size += copy->link[l].outage_count + 1;
    *outage = malloc(((size_t)size + 1) * sizeof **outage);
    if (*outage == NULL)
        return STATUS_MEMORY;
    for (int l = 0; l < copy->link_count; l++) {
        struct link *link = &copy->link[l];
        if (!link_is_transfer(link, district))
            continue;
        struct date_range *own = *outage + used;
        for (int i = 0; i < link->outage_count; i++)
            own[i] = link->outage[i];
        own[link->outage_count++] = (struct date_range){from_s, INT64_MAX};
        link->outage = own;
        used += link->outage_count;
    }
    return STATUS_OK;
}

static enum status
cut_basin(struct basin *copy, const char *const *district, const struct autonomy_request *request,
          struct date_range **outage, struct error *err)
{
    enum status status = cut_links(copy, district, request->from_s, outage);
    for (int s = 0; s < copy->source_count && status == STATUS_OK; s++)
        if (copy->source[s].emergency)
            status = stop(&copy->source[s].capacity, request->from_s, err);
    for (int d = 0; d < copy->demand_count && status == STATUS_OK && request->people_only; d++)
        if (strcmp(copy->class[copy->demand[d].class_i].id, request->class_id) != 0)
            status = stop(&copy->demand[d].need, request->from_s, err);
    return status;
}

/* ---- how long it lasts ------------------------------------------------------------------------
 */

/* The series of one simulation, seen by districts. */
struct watch {
    const struct autonomy *autonomy;
    const struct basin *basin;
    const struct timeaxis *axis;
    const struct records *records;
    const struct scenario_result *result;
    const struct autonomy_request *request;
};

/* Need and floor of the people of a district in a step, and what lacks of each. */
struct people_step {
    double need_m3s, floor_m3s, lack_m3s, floor_lack_m3s;
};

static struct people_step
add_people(const struct watch *watch, const char *district, int step_t)
{
    struct people_step sum = {0};
    const struct basin *basin = watch->basin;
    struct moment moment = {watch->axis, step_t, basin->run.demand_year, watch->records->on_steps};
    for (int d = 0; d < basin->demand_count; d++) {
        const struct demand *demand = &basin->demand[d];
        if (strcmp(basin->class[demand->class_i].id, watch->request->class_id) != 0 ||
            !same(basin->node[demand->node_i].district, district))
            continue;
        size_t place = (size_t)d * (size_t)watch->axis->step_count + (size_t)step_t;
        double need = (double)watch->result->series[RESULT_NEED][place];
        double supply = (double)watch->result->series[RESULT_SUPPLY][place];
        double floor = demand_floor_m3s(demand, &moment, need);
        sum.need_m3s += need;
        sum.floor_m3s += floor;
        sum.lack_m3s += fmax(0.0, need - supply);
        sum.floor_lack_m3s += fmax(0.0, floor - supply);
    }
    return sum;
}

static struct district_autonomy
watch_district(const struct watch *watch, const char *district, int first_t)
{
    struct district_autonomy found = {0.0, (double)NAN, (double)INFINITY};
    const struct timeaxis *axis = watch->axis;
    for (int t = first_t; t < axis->step_count; t++) {
        struct people_step step = add_people(watch, district, t);
        double days = (double)(axis->start_s[t] - axis->start_s[first_t]) / 86400.0;
        if (t == first_t)
            found.need_m3s = step.need_m3s;
        if (isnan(found.floor_days) && step.floor_m3s > 0.0)
            found.floor_days = (double)INFINITY;
        if (isinf(found.need_days) && step.lack_m3s > short_share * step.need_m3s)
            found.need_days = days;
        if (isinf(found.floor_days) && step.floor_lack_m3s > short_share * step.need_m3s)
            found.floor_days = days;
    }
    return found;
}

/* ---- the scenarios ----------------------------------------------------------------------------
 */

static bool
is_of_people(const struct basin *basin, int demand_d, const char *class_id)
{
    return strcmp(basin->class[basin->demand[demand_d].class_i].id, class_id) == 0;
}

static enum status
list_districts(struct autonomy *out, const struct basin *basin, const char *const *district,
               const char *class_id, struct error *err)
{
    size_t most = (size_t)basin->demand_count + 1;
    out->district = calloc(most, sizeof *out->district);
    out->cut_count = calloc(most, sizeof *out->cut_count);
    if (out->district == NULL || out->cut_count == NULL)
        return STATUS_MEMORY;
    for (int d = 0; d < basin->demand_count; d++) {
        const char *name = basin->node[basin->demand[d].node_i].district;
        int i = 0;
        if (!is_of_people(basin, d, class_id) || name == NULL)
            continue;
        while (i < out->district_count && !same(out->district[i], name))
            i++;
        if (i == out->district_count)
            out->district[out->district_count++] = name;
    }
    if (out->district_count == 0)
        return error_set(err, STATUS_USAGE,
                         "no demand of class '%s' has a district: nothing is local", class_id);
    for (int l = 0; l < basin->link_count; l++)
        for (int i = 0; i < out->district_count; i++)
            out->cut_count[i] += link_is_transfer(&basin->link[l], district) &&
                                 same(out->district[i], district[basin->link[l].to]);
    for (int s = 0; s < basin->source_count; s++)
        out->emergency_count += basin->source[s].emergency;
    return STATUS_OK;
}

/* The run up to the last day that is looked at. */
static enum status
make_axis(const struct basin *basin, const struct autonomy_request *request, struct timeaxis *axis,
          int *first_t, struct error *err)
{
    struct date last = basin->run.end;
    int64_t end_s = request->from_s + (int64_t)86400 * (request->day_limit - 1);
    if (end_s < date_to_seconds(last))
        last = date_from_seconds(end_s);
    last.hour = 0;
    if (request->from_s < date_to_seconds(basin->run.start) ||
        request->from_s > date_to_seconds(basin->run.end))
        return error_set(err, STATUS_USAGE, "the date on which transfers fail is not in the run");
    enum status status = timeaxis_init(axis, basin->run.step, basin->run.start, last, err);
    if (status == STATUS_OK) {
        *first_t = timeaxis_find(axis, request->from_s);
        if (axis->start_s[*first_t] < request->from_s)
            ++*first_t;
        if (*first_t >= axis->step_count)
            return error_set(err, STATUS_USAGE, "no whole step of the run follows that date");
    }
    return status;
}

static enum status
simulate_cut(struct autonomy *out, const struct basin *basin, const struct plan *plan,
             const char *const *district, const struct autonomy_request *request,
             const struct timeaxis *axis, const struct records *records, struct runoff *runoff,
             struct scenario_result *result, int scenario_s, int first_t, struct error *err)
{
    enum status status = STATUS_OK;
    struct basin *copy = NULL;
    struct date_range *outage = NULL;
    TRY(plan_scenario_basin(plan, basin, scenario_s, &copy, err));
    TRY(cut_basin(copy, district, request, &outage, err));
    TRY(runoff_compute(runoff, basin, copy, records, plan->scenario[scenario_s].realisation, err));
    struct simulation_input input = {
        .basin = copy, .axis = axis, .records = records, .runoff = runoff, .method = LP_SIMPLEX};
    scenario_result_fill(result, copy, axis->step_count, 0.0);
    TRY(simulate(&input, result, err));
    struct watch watch = {out, copy, axis, records, result, request};
    for (int i = 0; i < out->district_count; i++)
        out->found[(long)scenario_s * out->district_count + i] =
            watch_district(&watch, out->district[i], first_t);
out:
    if (status != STATUS_OK && err->text[0] == '\0')
        error_set(err, status, "%s", status_text(status));
    basin_destroy(copy);
    free(outage);
    return status;
}

enum status
autonomy_find(struct autonomy *out, const struct basin *basin, const struct plan *plan,
              const struct autonomy_request *request, struct error *err)
{
    enum status status = STATUS_OK;
    struct timeaxis axis = {0};
    struct records *records = NULL;
    struct runoff *runoff = NULL;
    struct scenario_result result = {0};
    struct result_selection selection;
    int first_t = 0;
    const char **district = calloc((size_t)basin->node_count + 1, sizeof *district);
    *out = (struct autonomy){.scenario_count = plan->scenario_count};
    if (district == NULL)
        TRY(STATUS_MEMORY);
    find_districts(basin, district);
    TRY(list_districts(out, basin, district, request->class_id, err));
    TRY(make_axis(basin, request, &axis, &first_t, err));
    out->found =
        calloc((size_t)plan->scenario_count * (size_t)out->district_count, sizeof *out->found);
    if (out->found == NULL)
        TRY(STATUS_MEMORY);
    TRY(result_select("need,supply", &selection, err));
    TRY(records_create(basin, &axis, &records, err));
    TRY(runoff_create(basin, records, &runoff, err));
    TRY(scenario_result_init(&result, basin, axis.step_count, &selection));
    for (int s = 0; s < plan->scenario_count; s++)
        TRY(simulate_cut(out, basin, plan, district, request, &axis, records, runoff, &result, s,
                         first_t, err));
out:
    if (status == STATUS_MEMORY)
        error_set(err, status, "out of memory for the autonomy of districts");
    free(district);
    scenario_result_finish(&result);
    runoff_destroy(runoff);
    records_destroy(records);
    timeaxis_finish(&axis);
    return status;
}

void
autonomy_finish(struct autonomy *autonomy)
{
    free(autonomy->district);
    free(autonomy->cut_count);
    free(autonomy->found);
    *autonomy = (struct autonomy){0};
}
