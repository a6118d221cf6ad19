/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/why_fixture.h"
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

/* Explanations of shortages in small basins, whose answers are worked out by hand. */

static const char *folder;

static const double day_m3 = 86400.0; /* of 1 m3/s */

static void
open_text(struct test_run *run, const char *text)
{
    if (!open_audited(run, basin_of_text(folder, text, NULL)))
        fail_msg("%s", run->err.text);
}

static int
demand_of(const struct test_run *run, const char *id)
{
    int node_i = basin_find_node(run->basin, id);
    assert_true(node_i >= 0);
    return run->basin->node[node_i].kind_i;
}

static struct why_answer
ask(struct test_run *run, const char *demand, int t)
{
    struct audit_step record = record_of(run, t);
    struct why_question question = {run->basin, &run->axis, t, demand_of(run, demand), &record};
    struct why_answer answer;
    if (why_ask(&question, &answer, &run->err) != STATUS_OK)
        fail_msg("%s", run->err.text);
    audit_step_finish(&record);
    return answer;
}

/* The item of a kind whose link or node has this id. */
static const struct why_item *
item_of(const struct test_run *run, const struct why_answer *answer, enum why_kind kind,
        const char *id)
{
    for (int i = 0; i < answer->item_count; i++) {
        const struct why_item *item = &answer->item[i];
        const char *its = item->link_l >= 0 ? run->basin->link[item->link_l].id
                                            : run->basin->node[item->node_i].id;
        if (item->kind == kind && strcmp(its, id) == 0)
            return item;
    }
    fail_msg("the cut does not name '%s'", id);
    return NULL;
}

/* ---- by hand -----------------------------------------------------------------------------------
 */

#define HEAD "nguon: 1\nname: why\nrun: {start: 2021-01-01, end: 2021-01-02}\nseas: {sea: {}}\n"
#define RIVER "junctions: {j: {boundary_inflow: 1 m3/s, spill_to: sea}}\n"
#define TABLE                                                                                      \
    "table: {level: [10, 20, 30], area: [0.1, 0.6, 1], storage: [0, 3, 12], "                      \
    "units: [m, km2, hm3]}, capacity: 12 hm3, spill_to: sea"

static void
a_pipe_binds_and_its_loss_counts(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run, HEAD RIVER
              "demands: {town: {class: domestic, need: 0.5 m3/s}}\n"
              "links: {main: {kind: pipe, from: j, to: town, capacity: 0.3 m3/s, loss: 10 %}}\n");
    struct why_answer answer = ask(&run, "town", 1);
    const struct why_item *main_pipe = item_of(&run, &answer, WHY_LINK, "main");
    assert_int_equal(answer.item_count, 1);
    assert_close(answer.supply_m3, 0.27 * day_m3, 1e-12, 0.0);
    assert_close(answer.water_m3, 0.23 * day_m3, 1e-12, 0.0);
    assert_close(answer.cut_m3, 0.27 * day_m3, 1e-9, 0.0);
    assert_close(main_pipe->volume_m3, 0.3 * day_m3, 1e-12, 0.0);
    assert_close(main_pipe->worth, 0.9, 1e-12, 0.0);
    assert_close(main_pipe->extra_m3, 0.23 / 0.9 * day_m3, 1e-8, 0.0);
    assert_int_equal(answer.smallest_i, 0);
    why_finish(&answer);
    run_close(&run);
}

static void
nothing_is_said_of_a_demand_that_is_served(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run, HEAD RIVER "demands: {town: {class: domestic, need: 0.5 m3/s}}\n"
                               "links: {main: {kind: pipe, from: j, to: town}}\n");
    struct why_answer answer = ask(&run, "town", 0);
    assert_int_equal(answer.part, -1);
    assert_int_equal(answer.item_count, 0);
    assert_close(answer.supply_m3, answer.need_m3, 1e-12, 0.0);
    why_finish(&answer);
    run_close(&run);
}

/* The lake is at dead level and 0.2 hm3 of inflow a day are shared with an equal: 1 : 3. */
static void
a_dry_lake_is_shared_with_an_equal(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run, HEAD "junctions: {spring: {boundary_inflow: 200000 m3/d}}\n"
                         "reservoirs: {lake: {" TABLE ", dead_storage: 2 hm3, initial: 2 hm3}}\n"
                         "demands:\n  a: {class: irrigation, need: 400000 m3/d}\n"
                         "  b: {class: irrigation, need: 1200000 m3/d}\n"
                         "links:\n  brook: {kind: river, from: spring, to: lake}\n"
                         "  to_a: {kind: canal, from: lake, to: a}\n"
                         "  to_b: {kind: canal, from: lake, to: b}\n");
    struct why_answer answer = ask(&run, "a", 0);
    assert_close(answer.supply_m3, 50000.0, 1e-9, 0.0);
    const struct why_item *dead = item_of(&run, &answer, WHY_DEAD, "lake");
    assert_close(dead->volume_m3, 2e6, 1e-12, 0.0);
    assert_int_equal(dead->rank_i, -1);
    const struct why_item *equal = item_of(&run, &answer, WHY_DEMAND, "b");
    assert_close(equal->volume_m3, 150000.0, 1e-9, 0.0);
    assert_int_equal(equal->rank_i, answer.rank_i);
    assert_close(item_of(&run, &answer, WHY_WATER, "spring")->volume_m3, 200000.0, 1e-12, 0.0);
    /* to give a all it lacks, b has to have all it lacks */
    assert_close(item_of(&run, &answer, WHY_WATER, "lake")->extra_m3, 1400000.0, 1e-8, 0.0);
    why_finish(&answer);
    run_close(&run);
}

/* 10000 m3 a year at 0.1 m3/s: 1360 m3 are left for the second day. */
static void
a_licence_runs_out(void **state)
{
    (void)state;
    struct test_run run;
    open_text(
        &run,
        HEAD "aquifers: {ground: {capacity: 9 hm3, yield: 0.2 m3/s, licence: {yearly: 10000 m3}}}\n"
             "demands: {mill: {class: industry, need: 0.1 m3/s}, bath: {class: tourism, "
             "need: 0.3 m3/s}}\n"
             "links: {well: {kind: well, from: ground, to: mill}, other: {kind: well, "
             "from: ground, to: bath, capacity: 0 m3/s}}\n");
    struct why_answer answer = ask(&run, "mill", 1);
    const struct why_item *licence = item_of(&run, &answer, WHY_LICENCE, "ground");
    assert_close(licence->volume_m3, 1360.0, 1e-9, 0.0);
    assert_close(licence->extra_m3, 7280.0, 1e-8, 0.0);
    why_finish(&answer);
    answer = ask(&run, "bath", 1);
    const struct why_item *shut = item_of(&run, &answer, WHY_LINK_SHUT, "other");
    assert_int_equal(shut->shut, SHUT_CAPACITY);
    assert_true(isnan(shut->extra_m3)); /* the licence and the yield are in the way as well */
    assert_int_equal(answer.smallest_i, -1);
    assert_int_equal(answer.together_count, 3);
    why_finish(&answer);
    run_close(&run);
}

static void
a_yield_binds_before_the_licence(void **state)
{
    (void)state;
    struct test_run run;
    open_text(
        &run,
        HEAD "aquifers: {ground: {capacity: 9 hm3, yield: 5000 m3/d, licence: {yearly: 7000 m3}}}\n"
             "demands: {mill: {class: industry, need: 6000 m3/d}}\n"
             "links: {well: {kind: well, from: ground, to: mill}}\n");
    struct why_answer answer = ask(&run, "mill", 0);
    assert_close(item_of(&run, &answer, WHY_YIELD, "ground")->extra_m3, 1000.0, 1e-8, 0.0);
    why_finish(&answer);
    /* next day 2000 m3 of licence are left, and both have to be raised */
    answer = ask(&run, "mill", 1);
    const struct why_item *licence = item_of(&run, &answer, WHY_LICENCE, "ground");
    assert_true(isnan(licence->extra_m3));
    assert_close(licence->gain_m3, 3000.0, 1e-8, 0.0);
    assert_int_equal(answer.together_count, 2);
    for (int i = 0; i < 2; i++)
        assert_close(answer.together[i].extra_m3,
                     answer.together[i].kind == WHY_LICENCE ? 4000.0 : 1000.0, 1e-8, 0.0);
    why_finish(&answer);
    run_close(&run);
}

/* Half of the need is cut while the lake stands below 30 % of 12 hm3; it stands at 3 hm3. */
static void
a_zone_cuts_by_rule(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run, HEAD "reservoirs: {lake: {" TABLE ", initial: 3 hm3,\n"
                         "  zones: [{id: low, below: 30 %, caps: {irrigation: 50 %}}]}}\n"
                         "demands: {farm: {class: irrigation, need: 1 m3/s}}\n"
                         "links: {canal: {kind: canal, from: lake, to: farm}}\n");
    struct why_answer answer = ask(&run, "farm", 0);
    assert_close(answer.rule_m3, 0.5 * day_m3, 1e-9, 0.0);
    assert_close(answer.water_m3, 0.0, 0.0, 0.0);
    assert_int_equal(answer.zone_count, 1);
    assert_close(answer.zone[0].cap, 0.5, 1e-12, 0.0);
    assert_close(answer.zone[0].below_m3, 0.6e6, 1e-9, 0.0);
    assert_close(answer.zone[0].extra_m3, 0.6e6, 1e-8, 0.0);
    why_finish(&answer);
    run_close(&run);
}

static void
a_higher_rank_upstream_takes_the_river(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run, HEAD RIVER "demands:\n  mill: {class: industry, need: 0.8 m3/s}\n"
                               "  farm: {class: irrigation, need: 0.5 m3/s}\n"
                               "links:\n  to_mill: {kind: canal, from: j, to: mill}\n"
                               "  to_farm: {kind: canal, from: j, to: farm, loss: 20 %}\n");
    struct why_answer answer = ask(&run, "farm", 0);
    const struct why_item *ahead = item_of(&run, &answer, WHY_DEMAND, "mill");
    assert_close(answer.supply_m3, 0.16 * day_m3, 1e-9, 0.0);
    assert_close(ahead->volume_m3, 0.8 * day_m3, 1e-9, 0.0);
    assert_close(ahead->worth, 0.8, 1e-9, 0.0);
    assert_true(ahead->rank_i < answer.rank_i);
    assert_close(item_of(&run, &answer, WHY_WATER, "j")->extra_m3, 0.425 * day_m3, 1e-8, 0.0);
    why_finish(&answer);
    run_close(&run);
}

/* 0.3 m3/s of works for 0.5 m3/s of equal claims. */
static void
a_shared_plant_binds(void **state)
{
    (void)state;
    struct test_run run;
    open_text(
        &run, HEAD RIVER
        "plants: {works: {capacity: 0.3 m3/s}}\n"
        "demands: {a: {class: domestic, need: 0.2 m3/s}, b: {class: domestic, "
        "need: 0.3 m3/s}}\n"
        "links:\n  raw: {kind: canal, from: j, to: works}\n"
        "  to_a: {kind: pipe, from: works, to: a}\n  to_b: {kind: pipe, from: works, to: b}\n");
    struct why_answer answer = ask(&run, "a", 0);
    const struct why_item *works = item_of(&run, &answer, WHY_WORKS, "works");
    assert_close(answer.supply_m3, 0.12 * day_m3, 1e-9, 0.0);
    assert_close(works->extra_m3, 0.2 * day_m3, 1e-8, 0.0);
    assert_close(item_of(&run, &answer, WHY_DEMAND, "b")->volume_m3, 0.18 * day_m3, 1e-9, 0.0);
    why_finish(&answer);
    run_close(&run);
}

/* 0.3 m3/s by two works in a row, then 0.5 m3/s by a lossy main: three raises are needed. */
static void
several_bottlenecks_in_a_row(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run,
              HEAD "junctions: {j: {boundary_inflow: 5 m3/s, spill_to: sea}}\n"
                   "plants: {works: {capacity: 0.3 m3/s}}\n"
                   "demands: {town: {class: domestic, need: 0.9 m3/s}}\n"
                   "links:\n  raw: {kind: canal, from: j, to: works, capacity: 0.3 m3/s}\n"
                   "  main: {kind: pipe, from: works, to: town, capacity: 0.5 m3/s, loss: 10 %}\n");
    struct why_answer answer = ask(&run, "town", 0);
    assert_int_equal(answer.smallest_i, -1);
    assert_int_equal(answer.together_count, 3);
    for (int i = 0; i < 3; i++) {
        bool is_main = answer.together[i].kind == WHY_LINK &&
                       strcmp(run.basin->link[answer.together[i].link_l].id, "main") == 0;
        assert_close(answer.together[i].extra_m3, (is_main ? 0.5 : 0.7) * day_m3, 1e-8, 0.0);
    }
    why_finish(&answer);
    run_close(&run);
}

static void
an_outage_and_a_low_lake_shut_links(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run,
              HEAD "reservoirs: {lake: {" TABLE ", initial: 2.9 hm3}}\n"
                   "demands: {town: {class: domestic, need: 0.1 m3/s}, isle: {class: domestic, "
                   "need: 0.2 m3/s}}\n"
                   "links:\n  intake: {kind: pipe, from: lake, to: town, lowest_level: 20 m}\n"
                   "  cable: {kind: pipe, from: lake, to: isle, capacity: 1 m3/s,\n"
                   "    outages: [{from: 2021-01-01, to: 2021-01-01}]}\n");
    struct why_answer answer = ask(&run, "town", 0);
    const struct why_item *level = item_of(&run, &answer, WHY_LINK_LEVEL, "intake");
    /* 3 hm3 at 20 m, and what is drawn in the day above that level */
    assert_close(level->extra_m3, 0.1e6 + 0.1 * day_m3, 1e-7, 0.0);
    why_finish(&answer);
    answer = ask(&run, "isle", 0);
    const struct why_item *shut = item_of(&run, &answer, WHY_LINK_SHUT, "cable");
    assert_int_equal(shut->shut, SHUT_OUTAGE);
    assert_close(shut->extra_m3, 0.2 * day_m3, 1e-8, 0.0);
    why_finish(&answer);
    answer = ask(&run, "isle", 1);
    assert_int_equal(answer.part, -1);
    why_finish(&answer);
    run_close(&run);
}

static void
water_of_higher_goals_is_named(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run, HEAD
              "reservoirs: {lake: {" TABLE ", initial: 4 hm3, domestic_reserve: 5 hm3}}\n"
              "sources: {boat: {capacity: 0.1 m3/s, emergency: true, emergency_for: domestic}}\n"
              "demands: {mill: {class: industry, need: 1 m3/s}}\n"
              "links:\n  canal: {kind: canal, from: lake, to: mill}\n"
              "  hose: {kind: pipe, from: boat, to: mill}\n"
              "  brook: {kind: river, from: lake, to: sea, minimum_flow: 0.5 m3/s}\n");
    struct why_answer answer = ask(&run, "mill", 0);
    const struct why_item *flow = item_of(&run, &answer, WHY_FLOW, "brook");
    const struct why_item *kept = item_of(&run, &answer, WHY_STORAGE, "lake");
    const struct why_item *spared = item_of(&run, &answer, WHY_SPARED, "boat");
    assert_close(flow->volume_m3, 0.5 * day_m3, 1e-9, 0.0);
    assert_string_equal(run.basin->rank[flow->rank_i].id, "minimum_flow");
    assert_close(kept->volume_m3, 4e6 - 0.5 * day_m3, 1e-9, 0.0);
    assert_string_equal(run.basin->rank[kept->rank_i].id, "domestic_reserve");
    assert_close(spared->volume_m3, 0.0, 0.0, 1e-9);
    assert_string_equal(run.basin->rank[spared->rank_i].id, "domestic");
    /* the reserve is filled first */
    assert_close(item_of(&run, &answer, WHY_WATER, "lake")->extra_m3, 1e6 + 1.5 * day_m3, 1e-8,
                 0.0);
    why_finish(&answer);
    run_close(&run);
}

/* One m3 more in the river goes to the higher rank, and its return to the lower one. */
static void
one_more_cubic_metre_goes_by_rank(void **state)
{
    (void)state;
    struct test_run run;
    open_text(&run, HEAD "junctions:\n  j: {boundary_inflow: 1 m3/s, spill_to: sea}\n"
                         "  low: {spill_to: sea}\n"
                         "demands:\n  mill: {class: industry, need: 2 m3/s, returns: {low: 60 %}}\n"
                         "  farm: {class: irrigation, need: 3 m3/s}\n"
                         "links:\n  to_mill: {kind: canal, from: j, to: mill}\n"
                         "  to_farm: {kind: canal, from: low, to: farm, loss: 50 %}\n");
    struct audit_step record = record_of(&run, 0);
    struct why_question question = {run.basin, &run.axis, 0, demand_of(&run, "farm"), &record};
    struct why_value *value;
    int count, found = 0;
    assert_int_equal(why_values(&question, &value, &count, &run.err), STATUS_OK);
    for (int i = 0; i < count; i++) {
        if (strcmp(run.basin->node[value[i].node_i].id, "j") != 0)
            continue;
        bool is_mill = strcmp(run.basin->node[value[i].owner_i].id, "mill") == 0;
        assert_close(value[i].gain, is_mill ? 1.0 : 0.3, 1e-9, 0.0);
        found++;
    }
    assert_int_equal(found, 2);
    free(value);
    audit_step_finish(&record);
    run_close(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_pipe_binds_and_its_loss_counts),
                                       cmocka_unit_test(nothing_is_said_of_a_demand_that_is_served),
                                       cmocka_unit_test(a_dry_lake_is_shared_with_an_equal),
                                       cmocka_unit_test(a_licence_runs_out),
                                       cmocka_unit_test(a_yield_binds_before_the_licence),
                                       cmocka_unit_test(a_zone_cuts_by_rule),
                                       cmocka_unit_test(a_higher_rank_upstream_takes_the_river),
                                       cmocka_unit_test(a_shared_plant_binds),
                                       cmocka_unit_test(several_bottlenecks_in_a_row),
                                       cmocka_unit_test(an_outage_and_a_low_lake_shut_links),
                                       cmocka_unit_test(water_of_higher_goals_is_named),
                                       cmocka_unit_test(one_more_cubic_metre_goes_by_rank)};
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
