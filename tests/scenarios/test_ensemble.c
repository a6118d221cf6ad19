/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/ensemble.h"
#include "scenarios/verify.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Many scenarios at once: the same bits for any number of threads, failures that name themselves.
 */

static const char *folder;

/* ---- a sink that keeps everything in memory ---------------------------------------------------
 */

struct memory_sink {
    const struct run_info *info;
    char *bytes; /* all results, one after the other */
    size_t size;
    int write_count, drop_count, begin_count, end_count, discard_count;
    int last_scenario_s;
    bool in_order;
    int fail_encode_s, fail_write_s; /* -1: never */
};

/* What one scenario encodes to. */
struct parcel {
    int scenario_s;
    size_t size;
    char *bytes;
};

static void
append(struct parcel *parcel, const void *data, size_t size)
{
    parcel->bytes = realloc(parcel->bytes, parcel->size + size + 1);
    assert_non_null(parcel->bytes);
    memcpy(parcel->bytes + parcel->size, data, size);
    parcel->size += size;
}

static enum status
sink_begin(void *self, const struct run_info *info, struct error *err)
{
    (void)err;
    struct memory_sink *sink = self;
    sink->info = info;
    sink->begin_count++;
    return STATUS_OK;
}

/* Fields one by one: padding has no defined bits. */
static void
append_demand(struct parcel *parcel, const struct demand_indicators *d)
{
    const double values[] = {d->demand_m3,
                             d->supply_m3,
                             d->shortage_rule_m3,
                             d->shortage_water_m3,
                             d->shortage_structural_m3,
                             d->floor_supply_m3,
                             d->worst_share,
                             d->longest_event_m3};
    const int counts[] = {d->steps_short, d->worst_step, d->longest_event_steps, d->event_count};
    append(parcel, values, sizeof values);
    append(parcel, counts, sizeof counts);
}

static enum status
sink_encode(void *self, const struct scenario_result *result, void **encoded, struct error *err)
{
    const struct memory_sink *sink = self;
    const struct basin *basin = sink->info->basin;
    if (result->scenario_s == sink->fail_encode_s)
        return error_set(err, STATUS_FILE_WRITE, "no room to encode");
    struct parcel *parcel = calloc(1, sizeof *parcel);
    assert_non_null(parcel);
    parcel->scenario_s = result->scenario_s;
    for (int v = 0; v < RESULT_VARIABLE_COUNT; v++) {
        size_t count = (size_t)result_element_count(basin, result_describe(v)->element) *
                       (size_t)sink->info->axis->step_count;
        if (result->series[v] != NULL)
            append(parcel, result->series[v], count * sizeof(float));
    }
    for (int d = 0; d < basin->demand_count; d++)
        append_demand(parcel, &result->demand[d]);
    for (int r = 0; r < basin->reservoir_count; r++)
        append(parcel, &result->reservoir[r].end_storage_m3, sizeof(double));
    for (int l = 0; l < basin->link_count; l++)
        append(parcel, &result->link[l].volume_m3, sizeof(double));
    const double sums[] = {result->basin.inflow_m3, result->basin.outflow_m3, result->basin.loss_m3,
                           result->basin.worst_residual_m3};
    append(parcel, sums, sizeof sums);
    *encoded = parcel;
    return STATUS_OK;
}

static void
sink_drop(void *self, void *encoded)
{
    struct memory_sink *sink = self;
    struct parcel *parcel = encoded;
    if (parcel == NULL)
        return;
    sink->drop_count++;
    free(parcel->bytes);
    free(parcel);
}

static enum status
sink_write(void *self, int scenario_s, void *encoded, struct error *err)
{
    struct memory_sink *sink = self;
    struct parcel *parcel = encoded;
    enum status status = STATUS_OK;
    sink->in_order = sink->in_order && scenario_s == sink->last_scenario_s + 1 &&
                     parcel->scenario_s == scenario_s;
    sink->last_scenario_s = scenario_s;
    if (scenario_s == sink->fail_write_s)
        status = error_set(err, STATUS_FILE_WRITE, "the disk is full");
    sink->bytes = realloc(sink->bytes, sink->size + parcel->size + 1);
    assert_non_null(sink->bytes);
    memcpy(sink->bytes + sink->size, parcel->bytes, parcel->size);
    sink->size += parcel->size;
    sink->write_count++;
    free(parcel->bytes);
    free(parcel);
    return status;
}

static enum status
sink_end(void *self, struct error *err)
{
    (void)err;
    ((struct memory_sink *)self)->end_count++;
    return STATUS_OK;
}

static void
sink_discard(void *self)
{
    ((struct memory_sink *)self)->discard_count++;
}

static struct memory_sink
memory_sink(void)
{
    return (struct memory_sink){
        .last_scenario_s = -1, .in_order = true, .fail_encode_s = -1, .fail_write_s = -1};
}

/* ---- runs -------------------------------------------------------------------------------------
 */

static enum status
run_all(const struct basin *basin, struct ensemble_settings settings, struct memory_sink *memory,
        struct error *err)
{
    struct timeaxis axis;
    struct plan plan;
    struct run_info info = {.basin = basin, .axis = &axis, .plan = &plan};
    struct sink sink = {memory,    sink_begin, sink_encode,  sink_write,
                        sink_drop, sink_end,   sink_discard, NULL};
    assert_int_equal(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, err),
                     STATUS_OK);
    assert_int_equal(plan_expand(basin, &plan, err), STATUS_OK);
    assert_int_equal(result_select("all", &info.selection, err), STATUS_OK);
    enum status status = ensemble_run(basin, &axis, &plan, &info, &settings, &sink, err);
    plan_finish(&plan);
    timeaxis_finish(&axis);
    return status;
}

/* A lake with made weather, so that realisations differ. %s: the section of scenarios. */
static const char frame[] =
    "nguon: 1\nname: many\n"
    "run: {start: 2021-01-01, end: 2022-12-31, seed: 11, demand_year: 2021}\n"
    "catchments:\n"
    "  hills: {area: 100 km2, to: lake, inflow: {generate: {mean: 900 mm/year, cv: 0.4, "
    "monthly: [2, 2, 3, 5, 9, 14, 18, 20, 13, 8, 4, 2], lag1: 0.3, recession: 6 d, base: 40 %%}}}\n"
    "reservoirs:\n"
    "  lake: {table: {level: [0, 20], area: [1, 3], storage: [0, 40], units: [m, km2, hm3]}, "
    "capacity: 30 hm3, dead_storage: 2 hm3, domestic_reserve: 8 hm3, spill_to: river, "
    "evaporation: 3 mm/d, zones: [{id: low, below: 50 %%, caps: {irrigation: 50 %%}}]}\n"
    "junctions:\n  river: {spill_to: sea}\n"
    "seas:\n  sea: {}\n"
    "demands:\n"
    "  town: {class: domestic, need: 1.2 m3/s, population: 800000 person, floor: 60 L/person/d}\n"
    "  farm: {class: irrigation, need: 2.5 m3/s, returns: {river: 30 %%}}\n"
    "  ponds: {class: aquaculture, need: 1.5 m3/s, weight: 2}\n"
    "links:\n"
    "  outlet: {kind: river, from: lake, to: river, minimum_flow: 0.3 m3/s}\n"
    "  to_town: {kind: pipe, from: lake, to: town, loss: 12 %%}\n"
    "  to_farm: {kind: canal, from: lake, to: farm, capacity: 3 m3/s, loss: 30 %%}\n"
    "  to_ponds: {kind: canal, from: river, to: ponds}\n"
    "scenarios:\n%s";

static const char many[] = "  axes:\n"
                           "    weather: {realisations: 5}\n"
                           "    farms: {values: [50 %, 100 %, 150 %], path: demands.farm.need, "
                           "change: scale}\n";

static struct basin *
basin_with(const char *scenarios)
{
    char text[4096];
    snprintf(text, sizeof text, frame, scenarios);
    struct basin *basin = basin_of_text(folder, text, NULL);
    assert_non_null(basin);
    return basin;
}

static void
threads_change_no_bit(void **state)
{
    (void)state;
    struct basin *basin = basin_with(many);
    struct memory_sink one = memory_sink();
    struct error err = {0};
    assert_int_equal(run_all(basin, (struct ensemble_settings){.threads = 1}, &one, &err),
                     STATUS_OK);
    assert_int_equal(one.write_count, 15);
    assert_int_equal(one.begin_count, 1);
    assert_int_equal(one.end_count, 1);
    assert_int_equal(one.discard_count, 0);
    assert_true(one.in_order);
    for (int threads = 2; threads <= 5; threads++) {
        struct memory_sink more = memory_sink();
        assert_int_equal(
            run_all(basin, (struct ensemble_settings){.threads = threads}, &more, &err), STATUS_OK);
        assert_true(more.in_order);
        assert_int_equal(more.size, one.size);
        assert_true(memcmp(more.bytes, one.bytes, one.size) == 0);
        free(more.bytes);
    }
    free(one.bytes);
    basin_destroy(basin);
}

/* A scenario gives the same results whatever other scenarios run beside it. */
static void
a_scenario_does_not_see_the_others(void **state)
{
    (void)state;
    struct basin *all = basin_with(many);
    struct basin *last =
        basin_with("  axes:\n"
                   "    weather: {realisations: [5]}\n"
                   "    farms: {values: [150 %], path: demands.farm.need, change: scale}\n");
    struct memory_sink all_sink = memory_sink(), last_sink = memory_sink();
    struct error err = {0};
    assert_int_equal(run_all(all, (struct ensemble_settings){.threads = 2}, &all_sink, &err),
                     STATUS_OK);
    assert_int_equal(run_all(last, (struct ensemble_settings){.threads = 1}, &last_sink, &err),
                     STATUS_OK);
    size_t each = all_sink.size / 15;
    assert_int_equal(last_sink.size, each);
    assert_true(memcmp(all_sink.bytes + 14 * each, last_sink.bytes, each) == 0);
    assert_true(memcmp(all_sink.bytes + 13 * each, last_sink.bytes, each) != 0);
    free(all_sink.bytes);
    free(last_sink.bytes);
    basin_destroy(all);
    basin_destroy(last);
}

static void
weather_is_shared_by_policies(void **state)
{
    (void)state;
    struct basin *basin = basin_with(many);
    struct memory_sink memory = memory_sink();
    struct error err = {0};
    assert_int_equal(run_all(basin, (struct ensemble_settings){.threads = 2}, &memory, &err),
                     STATUS_OK);
    size_t each = memory.size / 15;
    double inflow_m3[15];
    for (int s = 0; s < 15; s++)
        memcpy(&inflow_m3[s], memory.bytes + (size_t)(s + 1) * each - 4 * sizeof(double),
               sizeof(double));
    for (int s = 0; s < 15; s++) {
        assert_true(inflow_m3[s] > 0.0);
        /* s = 3 x weather + farms */
        assert_true(memcmp(&inflow_m3[s], &inflow_m3[s / 3 * 3], sizeof(double)) == 0);
        assert_true(s < 3 || memcmp(&inflow_m3[s], &inflow_m3[s - 3], sizeof(double)) != 0);
    }
    free(memory.bytes);
    basin_destroy(basin);
}

/* ---- failures ---------------------------------------------------------------------------------
 */

static void
a_failing_sink_stops_the_run(void **state)
{
    (void)state;
    struct basin *basin = basin_with(many);
    for (int threads = 1; threads <= 2; threads++) {
        struct memory_sink write = memory_sink(), encode = memory_sink();
        struct error err = {0};
        write.fail_write_s = 4;
        assert_int_equal(
            run_all(basin, (struct ensemble_settings){.threads = threads}, &write, &err),
            STATUS_FILE_WRITE);
        assert_non_null(strstr(err.text, "scenario 'weather=2,farms=100 %'"));
        assert_non_null(strstr(err.text, "the disk is full"));
        assert_int_equal(write.write_count, 5);
        assert_int_equal(write.end_count, 0);
        assert_int_equal(write.discard_count, 1);
        free(write.bytes);
        err = (struct error){0};
        encode.fail_encode_s = 2;
        assert_int_equal(
            run_all(basin, (struct ensemble_settings){.threads = threads}, &encode, &err),
            STATUS_FILE_WRITE);
        assert_non_null(strstr(err.text, "scenario 'weather=1,farms=150 %'"));
        assert_int_equal(encode.write_count, 2);
        assert_int_equal(encode.end_count, 0);
        assert_int_equal(encode.discard_count, 1);
        free(encode.bytes);
    }
    basin_destroy(basin);
}

static bool
stop_after_three(void *context, int done_count, int scenario_count)
{
    assert_int_equal(scenario_count, 15);
    *(int *)context = done_count;
    return done_count < 3;
}

static void
progress_may_stop_the_run(void **state)
{
    (void)state;
    struct basin *basin = basin_with(many);
    struct memory_sink memory = memory_sink();
    struct error err = {0};
    int done = 0;
    struct ensemble_settings settings = {
        .threads = 2, .progress = stop_after_three, .progress_context = &done};
    assert_int_equal(run_all(basin, settings, &memory, &err), STATUS_INTERRUPTED);
    assert_int_equal(done, 3);
    assert_int_equal(memory.write_count, 3);
    assert_int_equal(memory.discard_count, 1);
    free(memory.bytes);
    basin_destroy(basin);
}

static void
a_change_that_makes_no_sense_is_named(void **state)
{
    (void)state;
    struct basin *basin = basin_with("  axes:\n"
                                     "    dam: {members: {as_is: {}, silted: {\n"
                                     "      reservoirs.lake.dead_storage: {set: 40 hm3}}}}\n");
    struct memory_sink memory = memory_sink();
    struct error err = {0};
    assert_int_equal(run_all(basin, (struct ensemble_settings){.threads = 2}, &memory, &err),
                     STATUS_INPUT);
    assert_non_null(strstr(err.text, "scenario 'dam=silted'"));
    assert_int_equal(memory.write_count, 1); /* the one before it */
    assert_int_equal(memory.discard_count, 1);
    free(memory.bytes);
    basin_destroy(basin);
}

/* A river that a scenario makes too narrow for the water of a flood has no way out for it. */
static void
a_failing_step_is_named_with_its_date(void **state)
{
    (void)state;
    static const char text[] =
        "nguon: 1\nname: narrow\nrun: {start: 2021-05-01, end: 2021-07-31, demand_year: 2021}\n"
        "series:\n  q: {file: weather.csv, column: q, unit: m3/s}\n"
        "catchments:\n  hills: {area: 10 km2, to: j, inflow: {series: q}}\n"
        "junctions:\n  j: {}\n"
        "seas:\n  sea: {}\n"
        "demands:\n  town: {class: domestic, need: 0.1 m3/s}\n"
        "links:\n"
        "  river: {kind: river, from: j, to: sea}\n"
        "  pipe: {kind: pipe, from: j, to: town}\n"
        "scenarios:\n"
        "  axes: {gate: {members: {open: {}, shut: {links.river.capacity: 5 m3/s}}}}\n";
    char weather[4096] = "date,q\n";
    for (int day = 0; day < 92; day++) {
        char line[64];
        int month = day < 31 ? 5 : day < 61 ? 6 : 7;
        int first = month == 5 ? 0 : month == 6 ? 31 : 61;
        snprintf(line, sizeof line, "2021-%02d-%02d,%d\n", month, day - first + 1,
                 day == 40 ? 9 : 2);
        strcat(weather, line);
    }
    struct basin *basin = basin_of_text(folder, text, weather);
    assert_non_null(basin);
    struct memory_sink memory = memory_sink();
    struct error err = {0};
    enum status status = run_all(basin, (struct ensemble_settings){.threads = 2}, &memory, &err);
    assert_int_not_equal(status, STATUS_OK);
    assert_non_null(strstr(err.text, "scenario 'gate=shut'"));
    if (status == STATUS_INFEASIBLE) /* else the change is refused before the run */
        assert_non_null(strstr(err.text, "2021-06-10"));
    else
        assert_non_null(strstr(err.text, "way to a sea"));
    assert_int_equal(memory.write_count, 1);
    assert_int_equal(memory.discard_count, 1);
    free(memory.bytes);
    basin_destroy(basin);
}

/* ---- verification -----------------------------------------------------------------------------
 */

static void
verification_adds_up_over_scenarios_and_changes_nothing(void **state)
{
    (void)state;
    struct basin *basin = basin_with("  axes: {weather: {realisations: 2}}\n");
    struct memory_sink plain = memory_sink(), verified = memory_sink();
    struct verification found = {0};
    struct error err = {0};
    assert_int_equal(run_all(basin, (struct ensemble_settings){.threads = 2}, &plain, &err),
                     STATUS_OK);
    struct ensemble_settings settings = {.threads = 2, .verification = &found};
    assert_int_equal(run_all(basin, settings, &verified, &err), STATUS_OK);
    assert_int_equal(plain.size, verified.size);
    assert_true(memcmp(plain.bytes, verified.bytes, plain.size) == 0);
    assert_int_equal(found.step_count, 2 * 730);
    assert_true(found.fairness_count > 0);
    assert_true(verification_passed(&found));
    free(plain.bytes);
    free(verified.bytes);
    basin_destroy(basin);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(a_scenario_does_not_see_the_others),
        cmocka_unit_test(weather_is_shared_by_policies),
        cmocka_unit_test(a_failing_sink_stops_the_run),
        cmocka_unit_test(progress_may_stop_the_run),
        cmocka_unit_test(a_change_that_makes_no_sense_is_named),
        cmocka_unit_test(a_failing_step_is_named_with_its_date),
        cmocka_unit_test(verification_adds_up_over_scenarios_and_changes_nothing),
    };
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
