/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/operation_ensemble.h"
#include "solvers/philox.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A prism of 1 km2, 20 m deep, so that levels and volumes follow from each other by hand. */
static const char basin_text[] =
    "nguon: 1\n"
    "run: {start: 2024-09-01, end: 2024-09-30, demand_year: 2024}\n"
    "ranks: [domestic, industry, irrigation, storage_target]\n"
    "reservoirs:\n"
    "  lake:\n"
    "    table: {level: [0, 10, 20], area: [1, 1, 1], storage: [0, 10, 20], units: [m, km2, hm3]}\n"
    "    normal_level: 16 m\n"
    "    dead_level: 4 m\n"
    "    flood_limit: {curve: {01-01: 15 m}}\n"
    "    spill_to: sea\n"
    "    dam: {crest_level: 18 m, crest_length: 100 m, crest_coefficient: 0.34, freeboard: 1 m,\n"
    "          design_level: 16.5 m}\n"
    "    minimum_release: 2 m3/s\n"
    "    safe_flow: 150 m3/s\n"
    "    outlets:\n"
    "%s"
    "seas: {sea: }\n"
    "%s";
static const char crest_outlets[] =
    "      crest: {kind: broad_crest, sill: 10 m, width: 20 m, coefficient: 0.36}\n";
static const char gate_outlets[] =
    "      gates: {kind: ogee, gates: 3, sill: 8 m, width: 6 m, height: 4 m, coefficient: 0.48,\n"
    "              orifice_coefficient: 0.65, opening_speed: 1 m/h}\n"
    "      bottom: {kind: sluice, sill: 0 m, width: 2 m, height: 2 m, coefficient: 0.62}\n";
static const char demand_text[] = "demands:\n"
                                  "  town: {class: domestic, need: 3 m3/s}\n"
                                  "  mill: {class: industry, need: 2 m3/s}\n"
                                  "  farm: {class: irrigation, need: 5 m3/s}\n"
                                  "links:\n"
                                  "  a: {kind: pipe, from: lake, to: town, loss: 25 %}\n"
                                  "  b: {kind: pipe, from: lake, to: mill}\n"
                                  "  c: {kind: canal, from: lake, to: farm}\n";

/* One question and its run, with all that they own. */
struct fixture {
    const char *folder;
    struct basin *basin;
    struct inflow_members inflow;
    struct release_schedule schedule;
    struct operation_request request;
    struct operation_plan *plan;
    struct operation_run *run;
    struct operation_variant variant;
};

static void
open_basin(struct fixture *fixture, const char *outlets, const char *demands, int hours,
           double inflow_m3s, double level_m)
{
    char text[4096];
    *fixture = (struct fixture){.folder = folder_create()};
    snprintf(text, sizeof text, basin_text, outlets, demands);
    fixture->basin = basin_of_text(fixture->folder, text, NULL);
    assert_non_null(fixture->basin);
    assert_int_equal(inflow_allocate(&fixture->inflow, 2, 1), STATUS_OK);
    fixture->inflow.label[0] = strdup("constant");
    int64_t start_s = date_to_seconds((struct date){2024, 9, 6, 0});
    fixture->inflow.time_s[0] = start_s;
    fixture->inflow.time_s[1] = start_s + (int64_t)hours * 3600;
    fixture->inflow.flow_m3s[0] = fixture->inflow.flow_m3s[1] = inflow_m3s;
    fixture->request = (struct operation_request){.basin = fixture->basin,
                                                  .start_s = start_s,
                                                  .step_s = 3600,
                                                  .step_count = hours,
                                                  .control_s = 900,
                                                  .start_level_m = level_m,
                                                  .with_supply = true,
                                                  .inflow = &fixture->inflow};
    fixture->variant.name = "test";
}

static void
read_schedule(struct fixture *fixture, const char *text)
{
    char path[512];
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    snprintf(path, sizeof path, "%s/schedule.csv", fixture->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    enum status status = release_schedule_read(path, &fixture->basin->reservoir[0],
                                               &fixture->schedule, &diagnostics);
    if (status != STATUS_OK)
        fail_msg("%s", diagnostics.item[0].message);
    diagnostics_finish(&diagnostics);
    fixture->variant.schedule = &fixture->schedule;
    fixture->request.schedule = &fixture->schedule;
    fixture->request.schedule_count = 1;
}

static void
operate(struct fixture *fixture)
{
    struct error err = {0};
    if (operation_plan_create(&fixture->request, &fixture->plan, &err) != STATUS_OK ||
        operation_run_create(fixture->plan, &fixture->run, &err) != STATUS_OK ||
        operation_simulate(fixture->run, &fixture->variant, 0, fixture->plan->start_storage_m3,
                           &err) != STATUS_OK)
        fail_msg("%s", err.text);
    const struct operation_summary *summary = &fixture->run->summary;
    assert_true(fabs(summary->balance_m3) <=
                1e-9 * fmax(summary->inflow_m3, fixture->plan->start_storage_m3));
}

static void
close_all(struct fixture *fixture)
{
    operation_run_destroy(fixture->run);
    operation_plan_destroy(fixture->plan);
    release_schedule_finish(&fixture->schedule);
    inflow_members_finish(&fixture->inflow);
    basin_destroy(fixture->basin);
    folder_remove(fixture->folder);
}

static const struct rule_event *
find_event(const struct operation_run *run, enum operation_rule rule)
{
    for (int i = 0; i < run->event_count; i++)
        if (run->event[i].rule == rule)
            return &run->event[i];
    return NULL;
}

/* 1/sqrt(h) = 1/sqrt(h0) + m b sqrt(2g) t / (2 A). */
static void
free_crest_empties_as_its_closed_form(void **unused)
{
    struct fixture fixture;
    (void)unused;
    open_basin(&fixture, crest_outlets, "", 96, 0.0, 14.0);
    operate(&fixture);
    double c = 0.36 * 20.0 * sqrt(2.0 * 9.80665);
    for (int hour = 0; hour <= 96; hour++) {
        double root = 1.0 / (1.0 / 2.0 + c * 3600.0 * hour / 2e6);
        assert_close(fixture.run->level_m[hour], 10.0 + root * root, 0, 2e-4);
    }
    assert_close(fixture.run->summary.spill_m3, 1e6 * (14.0 - fixture.run->level_m[96]), 1e-9, 0);
    close_all(&fixture);
}

/* 50 m3/s of one gate against 10 m3/s in: 0.144 m an hour, until the head no longer gives it. */
static void
scheduled_flow_draws_down_and_is_cut(void **unused)
{
    struct fixture fixture;
    (void)unused;
    open_basin(&fixture, gate_outlets, "", 100, 10.0, 14.0);
    read_schedule(&fixture, "time,gate,flow_m3s\n2024-09-06,gates.2,50\n2024-09-06,bottom,0\n");
    operate(&fixture);
    const struct operation_run *run = fixture.run;
    for (int hour = 0; hour <= 20; hour++)
        assert_close(run->level_m[hour], 14.0 - 0.144 * hour, 0, 1e-9);
    const struct rule_event *cut = find_event(run, RULE_SCHEDULE_CUT);
    assert_non_null(cut);
    assert_int_equal(cut->gate_i, 1);
    /* fully open, the gate gives 50 m3/s at the head where m b sqrt(2g) H^1.5 = 50 */
    double head = pow(50.0 / (0.48 * 6.0 * sqrt(2.0 * 9.80665)), 2.0 / 3.0);
    double at_s = (14.0 - 8.0 - head) / 0.04 * 1e3;
    assert_close(cut->start_s, at_s, 0, 1800.0);
    assert_close(cut->volume_m3, 50.0 * 360000.0 - run->part_m3[1], 1e-6, 0);
    assert_close(run->summary.schedule_cut_m3, cut->volume_m3, 1e-12, 0);
    /* never invented: what left is what the lake lost and got */
    assert_close(run->part_m3[1], 1e6 * (14.0 - run->level_m[100]) + 10.0 * 360000.0, 1e-9, 0);
    close_all(&fixture);
}

static void
gates_keep_to_their_speed(void **unused)
{
    struct fixture fixture;
    (void)unused;
    open_basin(&fixture, gate_outlets, "", 8, 0.0, 14.0);
    read_schedule(&fixture, "time,outlet,opening_m\n2024-09-06 01:00,gates,3\n");
    operate(&fixture);
    static const double expected[] = {0, 0, 1, 2, 3, 3, 3, 3, 3};
    for (int gate = 0; gate < 3; gate++)
        for (int hour = 0; hour <= 8; hour++)
            assert_close(fixture.run->opening[gate * 9 + hour], expected[hour], 0, 1e-12);
    close_all(&fixture);
}

static void
linear_rows_are_straight_and_rule_takes_over(void **unused)
{
    struct fixture fixture;
    (void)unused;
    open_basin(&fixture, gate_outlets, "", 8, 0.0, 14.0);
    read_schedule(&fixture, "time,gate,opening_percent,mode\n"
                            "2024-09-06,bottom,0,linear\n"
                            "2024-09-06 04:00,bottom,100,step\n"
                            "2024-09-06 06:00,bottom,rule,\n");
    operate(&fixture);
    static const double expected[] = {0, 0.5, 1.0, 1.5, 2.0, 2.0, 2.0, 0.0, 0.0};
    const double *opening = fixture.run->opening + 3 * 9;
    for (int hour = 0; hour <= 8; hour++)
        assert_close(opening[hour], expected[hour], 0, 1e-5);
    close_all(&fixture);
}

/* 3 / 0.75 + 2 + 5 = 11 m3/s are wanted of 1 hm3 above dead level; the farm goes dry first. */
static void
supply_is_lost_from_the_lowest_rank(void **unused)
{
    struct fixture fixture;
    (void)unused;
    open_basin(&fixture, gate_outlets, demand_text, 60, 5.0, 5.0);
    operate(&fixture);
    const struct operation_run *run = fixture.run;
    assert_int_equal(fixture.plan->draw_count, 3);
    assert_close(run->need_m3[0], 4.0 * 216000.0, 1e-12, 0);
    assert_close(run->need_m3[1], 2.0 * 216000.0, 1e-12, 0);
    assert_close(run->need_m3[2], 5.0 * 216000.0, 1e-12, 0);
    assert_close(run->water_cut_m3[0], 0.0, 0, 1.0);
    /* 1e6 m3 last 1e6/6 s at a deficit of 6 m3/s; then only 5 m3/s come: mill 1 short, farm all */
    double dry_s = 216000.0 - 1e6 / 6.0;
    assert_close(run->water_cut_m3[1], 1.0 * dry_s, 0.01, 0);
    assert_close(run->water_cut_m3[2], 5.0 * dry_s, 0.01, 0);
    close_all(&fixture);
}

static void
rules_are_listed_with_start_end_and_size(void **unused)
{
    struct fixture fixture;
    (void)unused;
    /* 100 m3/s into a closed lake: 0.36 m an hour from 14.5 m; full at 18 m after 9.7 h */
    open_basin(&fixture, gate_outlets, "", 24, 100.0, 14.5);
    operate(&fixture);
    const struct operation_run *run = fixture.run;
    const struct rule_event *limit = find_event(run, RULE_FLOOD_LIMIT);
    const struct rule_event *freeboard = find_event(run, RULE_FREEBOARD);
    const struct rule_event *design = find_event(run, RULE_DESIGN_LEVEL);
    const struct rule_event *over = find_event(run, RULE_OVERTOPPED);
    const struct rule_event *minimum = find_event(run, RULE_MINIMUM_RELEASE);
    assert_true(limit && freeboard && design && over && minimum);
    assert_close(limit->start_s, 0.5 / 0.36 * 3600.0, 0, 900.0);
    assert_close(design->start_s, 2.0 / 0.36 * 3600.0, 0, 900.0);
    assert_close(freeboard->start_s, 2.5 / 0.36 * 3600.0, 0, 900.0);
    assert_close(over->start_s, 3.5 / 0.36 * 3600.0, 0, 900.0);
    assert_close(over->end_s, 86400.0, 0, 0);
    assert_close(over->volume_m3, run->summary.overtop_m3, 1e-12, 0);
    assert_close(minimum->size, 2.0, 1e-9, 0);
    assert_close(minimum->start_s, 0.0, 0, 0);
    /* all that comes in goes over the crest at last: 100 = 0.34 x 100 sqrt(2g) H^1.5 */
    double head = pow(100.0 / (34.0 * sqrt(2.0 * 9.80665)), 2.0 / 3.0);
    assert_close(run->level_m[24], 18.0 + head, 0, 2e-3);
    assert_close(over->size, head, 0.01, 0);
    close_all(&fixture);
}

static void
safe_start_is_the_highest_that_keeps_the_limit(void **unused)
{
    struct fixture fixture;
    struct error err = {0};
    double safe_m, higher_m;
    (void)unused;
    open_basin(&fixture, gate_outlets, "", 12, 60.0, 14.0); /* 0.216 m an hour, closed: 2.592 m */
    operate(&fixture);
    assert_int_equal(operation_safe_start(fixture.run, &fixture.variant, 0, 17.0, &safe_m, &err),
                     STATUS_OK);
    assert_close(safe_m, 17.0 - 2.592, 0, 1.5e-3);
    assert_true(fixture.run->summary.highest_m <= 17.0);
    assert_int_equal(operation_safe_start(fixture.run, &fixture.variant, 0, 4.5, &higher_m, &err),
                     STATUS_OK);
    assert_true(isnan(higher_m)); /* even from dead level */
    close_all(&fixture);
}

static void
late_and_jammed_gates_stay(void **unused)
{
    struct fixture fixture;
    struct error err = {0};
    bool jammed[4] = {false, true, false, false};
    (void)unused;
    open_basin(&fixture, gate_outlets, "", 12, 0.0, 14.0);
    read_schedule(&fixture, "time,outlet,opening_m\n2024-09-06,gates,4\n");
    fixture.variant.late_s = 7200.0;
    fixture.variant.jammed = jammed;
    operate(&fixture);
    const struct operation_run *run = fixture.run;
    assert_close(run->opening[2], 0.0, 0, 0);
    assert_close(run->opening[3], 1.0, 1e-12, 0);
    assert_close(run->part_m3[1], 0.0, 0, 0);
    assert_close(run->part_m3[0], run->part_m3[2], 1e-15, 0);
    double level_m = run->level_m[12];
    fixture.variant.jammed = NULL;
    assert_int_equal(
        operation_simulate(fixture.run, &fixture.variant, 0, fixture.plan->start_storage_m3, &err),
        STATUS_OK);
    assert_true(fixture.run->level_m[12] < level_m - 0.1);
    close_all(&fixture);
}

static double
end_level(enum pool_method method, int control_s)
{
    struct fixture fixture;
    open_basin(&fixture, crest_outlets, "", 24, 80.0, 11.0);
    fixture.request.method = method;
    fixture.request.control_s = control_s;
    fixture.inflow.flow_m3s[1] = 0.0;
    operate(&fixture);
    double level_m = fixture.run->level_m[24];
    close_all(&fixture);
    return level_m;
}

/* The trapezoidal rule halves its step: its error falls by four, towards the adaptive method. */
static void
puls_converges_to_the_adaptive_method(void **unused)
{
    (void)unused;
    double exact = end_level(POOL_PULS, 20), before = end_level(POOL_PULS, 3600) - exact;
    for (int control_s = 1800; control_s >= 450; control_s /= 2) {
        double error = end_level(POOL_PULS, control_s) - exact;
        assert_close(log2(fabs(before / error)), 2.0, 0, 0.15);
        before = error;
    }
    assert_close(end_level(POOL_TRBDF2, 3600), exact, 0, 3e-4);
}

static void
tailwater_slows_the_outlets(void **unused)
{
    struct fixture fixture;
    (void)unused;
    open_basin(&fixture, gate_outlets, "", 4, 0.0, 14.0);
    read_schedule(&fixture, "time,outlet,opening_m\n2024-09-06,bottom,2\n");
    struct reservoir *lake = &fixture.basin->reservoir[0];
    double flow[] = {0.0, 100.0}, level[] = {3.0, 13.0};
    lake->tailwater_count = 2;
    lake->tailwater_m3s = flow;
    lake->tailwater_m = level;
    operate(&fixture);
    /* Q = mu b a sqrt(2g (H - z)), z = 3 + 0.1 Q: one Q satisfies both */
    const struct operation_run *run = fixture.run;
    double q = run->release_at_m3s[fixture.plan->break_count - 1];
    double k = 0.62 * 2.0 * 2.0 * sqrt(2.0 * 9.80665);
    assert_close(q, k * sqrt(run->level_m[4] - 3.0 - 0.1 * q), 1e-9, 0);
    assert_close(run->tailwater_m[4], 3.0 + 0.1 * q, 1e-9, 0);
    close_all(&fixture);
}

static void
level_above_the_table_is_refused_or_flagged(void **unused)
{
    struct fixture fixture;
    struct error err = {0};
    (void)unused;
    open_basin(&fixture, gate_outlets, "", 48, 2000.0, 14.0);
    assert_int_equal(operation_plan_create(&fixture.request, &fixture.plan, &err), STATUS_OK);
    assert_int_equal(operation_run_create(fixture.plan, &fixture.run, &err), STATUS_OK);
    assert_int_equal(
        operation_simulate(fixture.run, &fixture.variant, 0, fixture.plan->start_storage_m3, &err),
        STATUS_INPUT);
    assert_non_null(strstr(err.text, "rises above the table of 'lake', which ends at 20 m"));
    operation_run_destroy(fixture.run);
    operation_plan_destroy(fixture.plan);
    fixture.request.extrapolate = true;
    operate(&fixture);
    assert_non_null(find_event(fixture.run, RULE_ABOVE_TABLE));
    close_all(&fixture);
}

static void
what_makes_no_sense_is_refused(void **unused)
{
    struct fixture fixture;
    struct error err = {0};
    (void)unused;
    open_basin(&fixture, gate_outlets, "", 48, 20.0, 18.5);
    assert_int_equal(operation_plan_create(&fixture.request, &fixture.plan, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "18.5 m is not below the crest"));
    err = (struct error){0};
    fixture.request.start_level_m = -1.0;
    assert_int_equal(operation_plan_create(&fixture.request, &fixture.plan, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "lies below the table"));
    err = (struct error){0};
    fixture.request.start_level_m = 14.0;
    fixture.request.step_count = 49;
    assert_int_equal(operation_plan_create(&fixture.request, &fixture.plan, &err), STATUS_INPUT);
    assert_non_null(
        strstr(err.text, "does not cover the run, 2024-09-06 00:00 to 2024-09-08 01:00"));
    close_all(&fixture);
}

/* Random schedules and inflows: mass closes, and nothing leaves that the gates cannot pass. */
static void
mass_closes_for_random_operation(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < 60; i++) {
        const struct philox_key key = {.seed = 5, .variable = i};
        struct fixture fixture;
        char text[2048] = "time,gate,opening_m,flow_m3s,mode\n";
        uint32_t draw = 2;
        open_basin(&fixture, gate_outlets, i % 2 == 0 ? demand_text : "", 72,
                   200.0 * philox_uniform(&key, 0), 5.0 + 12.0 * philox_uniform(&key, 1));
        fixture.inflow.flow_m3s[1] = 200.0 * philox_uniform(&key, draw++);
        fixture.request.extrapolate = true;
        for (int row = 0; row < 12; row++) {
            size_t used = strlen(text);
            bool is_flow = row % 4 == 3;
            snprintf(text + used, sizeof text - used, "2024-09-%02d %02d:%02d,gates.%d,",
                     6 + row / 4, 6 * (row / 4) + row % 4, (int)(59 * philox_uniform(&key, draw)),
                     row % 3 + 1);
            draw++;
            used = strlen(text);
            if (is_flow)
                snprintf(text + used, sizeof text - used, ",%.2f,step\n",
                         90.0 * philox_uniform(&key, draw++));
            else
                snprintf(text + used, sizeof text - used, "%.2f,,step\n",
                         4.0 * philox_uniform(&key, draw++));
        }
        read_schedule(&fixture, text);
        operate(&fixture);
        for (int t = 0; t < 72; t++)
            assert_true(fixture.run->release_m3s[t] >= 0.0);
        assert_true(fixture.run->summary.lowest_m >= 0.0);
        close_all(&fixture);
    }
}

static void
members_are_the_same_on_any_number_of_threads(void **unused)
{
    struct fixture fixture;
    struct operation_ensemble *one, *many;
    struct error err = {0};
    enum { MEMBERS = 40 };
    (void)unused;
    open_basin(&fixture, gate_outlets, "", 24, 0.0, 14.0);
    inflow_members_finish(&fixture.inflow);
    assert_int_equal(inflow_allocate(&fixture.inflow, 2, MEMBERS), STATUS_OK);
    for (int m = 0; m < MEMBERS; m++) {
        fixture.inflow.label[m] = strdup("m");
        fixture.inflow.flow_m3s[2 * m] = 0.5 * m;
        fixture.inflow.flow_m3s[2 * m + 1] = 0.7 * m;
    }
    fixture.inflow.time_s[0] = fixture.request.start_s;
    fixture.inflow.time_s[1] = fixture.request.start_s + 86400;
    fixture.request.extrapolate = true;
    assert_int_equal(operation_plan_create(&fixture.request, &fixture.plan, &err), STATUS_OK);
    omp_set_num_threads(1);
    assert_int_equal(operation_ensemble_run(fixture.plan, &fixture.variant, 1, &one, &err),
                     STATUS_OK);
    omp_set_num_threads(4);
    assert_int_equal(operation_ensemble_run(fixture.plan, &fixture.variant, 1, &many, &err),
                     STATUS_OK);
    assert_memory_equal(one->summary, many->summary, MEMBERS * sizeof *one->summary);
    assert_memory_equal(one->level_m, many->level_m, MEMBERS * 25 * sizeof *one->level_m);
    int above = 0;
    for (int m = 0; m < MEMBERS; m++)
        above += one->summary[m].highest_m > 15.0 + 1e-4;
    assert_int_equal(operation_ensemble_broken(one, 0, RULE_FLOOD_LIMIT), above);
    assert_true(above > 0 && above < MEMBERS);
    operation_ensemble_destroy(one);
    operation_ensemble_destroy(many);
    close_all(&fixture);
}

/* Wilson 1927: 0 of 20 at 90 % reaches z^2 / (n + z^2) = 2.7055 / 22.7055. */
static void
interval_of_a_share_by_hand(void **unused)
{
    double low, high;
    (void)unused;
    operation_interval(0, 20, &low, &high);
    assert_close(low, 0.0, 0, 1e-15);
    assert_close(high, 0.119158, 0, 1e-6);
    operation_interval(10, 20, &low, &high);
    assert_close(0.5 * (low + high), 0.5, 1e-12, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_crest_empties_as_its_closed_form),
        cmocka_unit_test(scheduled_flow_draws_down_and_is_cut),
        cmocka_unit_test(gates_keep_to_their_speed),
        cmocka_unit_test(linear_rows_are_straight_and_rule_takes_over),
        cmocka_unit_test(supply_is_lost_from_the_lowest_rank),
        cmocka_unit_test(rules_are_listed_with_start_end_and_size),
        cmocka_unit_test(safe_start_is_the_highest_that_keeps_the_limit),
        cmocka_unit_test(late_and_jammed_gates_stay),
        cmocka_unit_test(puls_converges_to_the_adaptive_method),
        cmocka_unit_test(tailwater_slows_the_outlets),
        cmocka_unit_test(level_above_the_table_is_refused_or_flagged),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(mass_closes_for_random_operation),
        cmocka_unit_test(members_are_the_same_on_any_number_of_threads),
        cmocka_unit_test(interval_of_a_share_by_hand),
    };
    return cmocka_run_group_tests_name("operation", tests, NULL, NULL);
}
