/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/why_fixture.h"
#include "tests/support.h"

#include <string.h>

/* Rules of links as the binding thing, in small basins whose answers are worked out by hand. */

static const char *folder;

static const double day_m3 = 86400.0; /* of 1 m3/s */

static int
demand_of(const struct test_run *run, const char *id)
{
    int node_i = basin_find_node(run->basin, id);
    assert_true(node_i >= 0);
    return run->basin->node[node_i].kind_i;
}

/* Run the text and ask of a demand on a day. */
static struct why_answer
ask(struct test_run *run, const char *text, const char *demand, int t)
{
    struct why_answer answer;
    if (!open_audited(run, basin_of_text(folder, text, NULL)))
        fail_msg("%s", run->err.text);
    struct audit_step record = record_of(run, t);
    struct why_question question = {run->basin, &run->axis, t, demand_of(run, demand), &record};
    if (why_ask(&question, &answer, &run->err) != STATUS_OK)
        fail_msg("%s", run->err.text);
    audit_step_finish(&record);
    return answer;
}

static const struct why_item *
item_of(const struct why_answer *answer, enum why_kind kind)
{
    for (int i = 0; i < answer->item_count; i++)
        if (answer->item[i].kind == kind)
            return &answer->item[i];
    fail_msg("the cut holds no item of kind %d", kind);
    return NULL;
}

static void
close_all(struct test_run *run, struct why_answer *answer)
{
    why_finish(answer);
    run_close(run);
}

#define HEAD "nguon: 1\nname: why\nrun: {start: 2021-01-01, end: 2021-01-02}\nseas: {sea: {}}\n"
#define RIVER(flow) "junctions: {j: {boundary_inflow: " flow ", spill_to: sea}}\n"
#define TABLE                                                                                      \
    "table: {level: [10, 20, 30], area: [0.1, 0.6, 1], storage: [0, 3, 12], "                      \
    "units: [m, km2, hm3]}, capacity: 12 hm3, spill_to: sea"

/* 10000 m3 a year at 0.1 m3/s: 1360 m3 are left for the second day. */
static void
a_licence_of_links_runs_out(void **state)
{
    (void)state;
    struct test_run run;
    struct why_answer answer =
        ask(&run,
            HEAD RIVER("1 m3/s") "demands: {mill: {class: industry, need: 0.1 m3/s}}\n"
                                 "links: {race: {kind: canal, from: j, to: mill}}\n"
                                 "licences: {permit: {links: race, yearly: 10000 m3}}\n",
            "mill", 1);
    const struct why_item *licence = item_of(&answer, WHY_PERMIT);
    assert_string_equal(run.basin->licence[licence->rule_i].id, "permit");
    assert_close(licence->volume_m3, 1360.0, 1e-9, 0.0);
    assert_close(licence->extra_m3, 7280.0, 1e-8, 0.0);
    assert_close(answer.cut_m3, 1360.0, 1e-9, 0.0);
    close_all(&run, &answer);
}

/* Of 10000 m3 a year 4000 are kept for people: the mill has 6000, of which 3760 are left. */
static void
a_reserved_licence_is_spared(void **state)
{
    (void)state;
    struct test_run run;
    struct why_answer answer =
        ask(&run,
            HEAD RIVER("1 m3/s") "demands: {mill: {class: industry, need: 0.1 m3/s},\n"
                                 "  town: {class: domestic, need: 0.01 m3/s}}\n"
                                 "links: {race: {kind: canal, from: j, to: mill},\n"
                                 "  main: {kind: pipe, from: j, to: town}}\n"
                                 "licences: {permit: {links: [race, main], yearly: 10000 m3,\n"
                                 "  reserved: 4000 m3, reserved_for: domestic}}\n",
            "mill", 0);
    assert_close(answer.supply_m3, 6000.0 - 864.0, 1e-9, 0.0);
    assert_close(item_of(&answer, WHY_PERMIT)->volume_m3, 6000.0, 1e-9, 0.0);
    const struct why_item *spared = item_of(&answer, WHY_SPARED);
    assert_int_equal(spared->rule_i, 0);
    assert_string_equal(run.basin->rank[spared->rank_i].id, "domestic");
    assert_close(spared->volume_m3, 0.0, 0.0, 1e-9);
    close_all(&run, &answer);
}

/* 1 m3/s is divided 60 : 40; the left side spills, the right one lacks 0.1. */
static void
a_split_holds_a_link_back(void **state)
{
    (void)state;
    struct test_run run;
    struct why_answer answer =
        ask(&run,
            HEAD "junctions: {j: {boundary_inflow: 1 m3/s, spill_to: sea}, k: {spill_to: sea}}\n"
                 "demands: {town: {class: domestic, need: 0.5 m3/s}}\n"
                 "links: {left: {kind: canal, from: j, to: k}, right: {kind: canal, from: j, to: "
                 "town}}\n"
                 "splits: {weir: {links: {left: 60 %, right: 40 %}}}\n",
            "town", 0);
    const struct why_item *split = item_of(&answer, WHY_SPLIT);
    assert_string_equal(run.basin->split[split->rule_i].id, "weir");
    assert_string_equal(run.basin->link[split->link_l].id, "right");
    assert_close(answer.supply_m3, 0.4 * day_m3, 1e-9, 0.0);
    assert_close(item_of(&answer, WHY_WATER)->worth, 0.4, 1e-9, 0.0);
    assert_close(item_of(&answer, WHY_WATER)->extra_m3, 0.25 * day_m3, 1e-8, 0.0);
    close_all(&run, &answer);
}

/* At most 30 % from the mine beside 0.2 m3/s of clean water: 0.2 / 0.7 in all. For 0.5 m3/s the
 * mine has to give 0.3, which exceeds its 30 % by 0.3 - 0.15. */
static void
a_blend_limits_a_mix(void **state)
{
    (void)state;
    struct test_run run;
    struct why_answer answer = ask(
        &run,
        HEAD RIVER("1 m3/s") "demands: {town: {class: domestic, need: 0.5 m3/s}}\n"
                             "links: {clean: {kind: pipe, from: j, to: town, capacity: 0.2 m3/s},\n"
                             "  mine: {kind: pipe, from: j, to: town}}\n"
                             "blends: {mix: {links: mine, at_most: 30 %}}\n",
        "town", 0);
    const struct why_item *blend = item_of(&answer, WHY_BLEND);
    assert_close(answer.supply_m3, 0.2 / 0.7 * day_m3, 1e-9, 0.0);
    assert_close(blend->worth, 1.0 / 0.7, 1e-9, 0.0);
    assert_close(blend->volume_m3, 0.0, 0.0, 1e-9);
    assert_close(blend->extra_m3, 0.15 * day_m3, 1e-8, 0.0);
    const struct why_item *clean = item_of(&answer, WHY_LINK);
    assert_close(clean->extra_m3, 0.15 * day_m3, 1e-8, 0.0);
    assert_int_equal(answer.item[answer.smallest_i].kind, WHY_LINK);
    close_all(&run, &answer);
}

/* The town wants less than the plant can run at, and there is no other way for the rest. */
static void
a_plant_is_off_for_its_turn_down(void **state)
{
    (void)state;
    struct test_run run;
    struct why_answer answer = ask(
        &run,
        HEAD RIVER("1 m3/s") "plants: {works: {capacity: 0.5 m3/s, turn_down: 0.3 m3/s}}\n"
                             "demands: {town: {class: domestic, need: 0.2 m3/s}}\n"
                             "links: {raw: {kind: canal, from: j, to: works}, main: {kind: pipe, "
                             "from: works, to: town}}\n",
        "town", 0);
    const struct why_item *works = item_of(&answer, WHY_TURN_DOWN);
    assert_close(answer.supply_m3, 0.0, 0.0, 1e-9);
    assert_close(works->extra_m3, 0.2 * day_m3, 1e-8, 0.0);
    assert_int_equal(answer.item[answer.smallest_i].kind, WHY_TURN_DOWN);
    close_all(&run, &answer);
}

/* The plant runs at 0.3 m3/s for the town's 0.2, and the farm has what is left of 0.5. */
static void
a_plant_is_kept_on_before_a_farm(void **state)
{
    (void)state;
    struct test_run run;
    struct why_answer answer = ask(
        &run,
        HEAD "junctions: {j: {boundary_inflow: 0.5 m3/s, spill_to: sea}, p: {spill_to: sea}}\n"
             "plants: {works: {capacity: 0.5 m3/s, turn_down: 0.3 m3/s}}\n"
             "demands: {town: {class: domestic, need: 0.2 m3/s}, farm: {class: irrigation, "
             "need: 0.4 m3/s}}\n"
             "links: {raw: {kind: canal, from: j, to: works}, out: {kind: pipe, from: works, to: "
             "p},\n  main: {kind: pipe, from: p, to: town}, ditch: {kind: canal, from: j, to: "
             "farm}}\n",
        "farm", 0);
    assert_close(answer.supply_m3, 0.2 * day_m3, 1e-9, 0.0);
    assert_close(item_of(&answer, WHY_KEPT_ON)->volume_m3, 0.3 * day_m3, 1e-9, 0.0);
    assert_close(item_of(&answer, WHY_WATER)->extra_m3, 0.2 * day_m3, 1e-8, 0.0);
    close_all(&run, &answer);
}

/* 5000 m3 stand above the intake at 3 hm3, and 10000 m3 are wanted. */
static void
an_outlet_ends_above_the_water(void **state)
{
    (void)state;
    struct test_run run;
    struct why_answer answer =
        ask(&run,
            HEAD "reservoirs: {lake: {" TABLE ", initial: 3.005 hm3}}\n"
                 "demands: {farm: {class: irrigation, need: 10000 m3/d}}\n"
                 "links: {intake: {kind: pump, from: lake, to: farm, lowest_level: 20 m}}\n",
            "farm", 0);
    const struct why_item *outlet = item_of(&answer, WHY_OUTLET);
    assert_close(answer.supply_m3, 5000.0, 1e-9, 0.0);
    assert_close(outlet->volume_m3, 5000.0, 1e-7, 0.0);
    assert_close(outlet->extra_m3, 5000.0, 1e-7, 0.0);
    assert_string_equal(run.basin->link[outlet->link_l].id, "intake");
    close_all(&run, &answer);
}

/* Fields lack what the rank before them carries over: 5 hm3, of which 4 are there. */
static void
water_carried_over_is_named(void **state)
{
    (void)state;
    struct test_run run;
    struct why_answer answer =
        ask(&run,
            HEAD "ranks: [domestic, carry_over, irrigation]\n"
                 "reservoirs: {lake: {" TABLE ", initial: 4 hm3, carry_over: 5 hm3}}\n"
                 "demands: {farm: {class: irrigation, need: 10000 m3/d}}\n"
                 "links: {intake: {kind: pump, from: lake, to: farm}}\n",
            "farm", 0);
    const struct why_item *kept = item_of(&answer, WHY_STORAGE);
    assert_close(kept->volume_m3, 4e6, 1e-9, 0.0);
    assert_string_equal(run.basin->rank[kept->rank_i].id, "carry_over");
    assert_close(item_of(&answer, WHY_WATER)->extra_m3, 1.01e6, 1e-8, 0.0);
    close_all(&run, &answer);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_licence_of_links_runs_out),
        cmocka_unit_test(a_reserved_licence_is_spared),
        cmocka_unit_test(a_split_holds_a_link_back),
        cmocka_unit_test(a_blend_limits_a_mix),
        cmocka_unit_test(a_plant_is_off_for_its_turn_down),
        cmocka_unit_test(a_plant_is_kept_on_before_a_farm),
        cmocka_unit_test(an_outlet_ends_above_the_water),
        cmocka_unit_test(water_carried_over_is_named),
    };
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
