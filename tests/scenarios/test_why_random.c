/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"
#include "tests/scenarios/why_fixture.h"
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

/*
 * Explanations of shortages in random basins, each verified apart from the code that gave it: the
 * items of the cut are what the step had and add up to the supply, and the step is simulated again
 * (not allocated from its record) with the raise that is said to restore the supply, and with a
 * little less.
 */

static struct seed_range seeds;
static const char *folder;
static bool with_rules;

/* The run again up to step t, that step with raises, by the simulation itself. */
struct replay {
    struct simulation_input input;
    struct scenario_result result;
    struct simulation *simulation;
};

/* Plants stay off or on as the step had them, but one that is said to run at little; the excess of
 * a mix is a right-hand side. */
static void
raise_rule(struct simulation *simulation, const struct why_item *item, double extra_m3)
{
    struct allocation *allocation = simulation->allocation;
    const struct network *network = allocation->network;
    if (item->kind == WHY_BLEND) {
        allocation_known(allocation, network->blend_row[item->rule_i], -extra_m3);
        return;
    }
    int p = simulation->basin->node[item->node_i].kind_i;
    double most_m3 = simulation->works[p].capacity_m3s * simulation->dt_s;
    allocation_bounds(allocation, network->passage_column[p], 0.0, fmin(extra_m3, most_m3));
}

static void
hold_plants(struct simulation *simulation)
{
    struct allocation *allocation = simulation->allocation;
    for (int i = 0; i < simulation->turn_down_count; i++) {
        int p = simulation->turn_down_p[i];
        const struct works *works = &simulation->works[p];
        int column_j = allocation->network->passage_column[p];
        if (works->state == TURN_DOWN_OFF)
            allocation_bounds(allocation, column_j, 0.0, 0.0);
        else if (works->state == TURN_DOWN_ON)
            allocation_bounds(allocation, column_j, works->turn_down_m3s * simulation->dt_s,
                              works->capacity_m3s * simulation->dt_s);
    }
}

static bool
is_rule(const struct why_item *item)
{
    return item->kind == WHY_BLEND || item->kind == WHY_TURN_DOWN;
}

static void
raise(struct simulation *simulation, const struct why_item *item, double extra_m3)
{
    const struct basin *basin = simulation->basin;
    const struct node *node = item->node_i >= 0 ? &basin->node[item->node_i] : NULL;
    double extra_m3s = extra_m3 / simulation->dt_s;
    switch (item->kind) {
    case WHY_WATER:
        if (node->kind == NODE_RESERVOIR)
            simulation->lake[node->kind_i].storage_m3 += extra_m3;
        else
            simulation->known_m3[item->node_i] += extra_m3;
        break;
    case WHY_LINK_LEVEL:
        simulation->lake[basin->node[basin->link[item->link_l].from].kind_i].storage_m3 += extra_m3;
        break;
    case WHY_LINK_SHUT:
    case WHY_LINK:
        if (!simulation->way[item->link_l].open)
            simulation->way[item->link_l].capacity_m3s = 0.0;
        simulation->way[item->link_l].open = true;
        simulation->way[item->link_l].capacity_m3s += extra_m3s;
        break;
    case WHY_WORKS:
        simulation->works[node->kind_i].capacity_m3s += extra_m3s;
        break;
    case WHY_SOURCE:
        simulation->supply[node->kind_i].available_m3 += extra_m3;
        break;
    case WHY_YIELD:
        simulation->ground[node->kind_i].yield_m3 += extra_m3;
        break;
    case WHY_OUTLET:
        simulation->lake[node->kind_i].storage_m3 += extra_m3;
        break;
    case WHY_PERMIT:
        simulation->permit[item->rule_i].free_m3 += extra_m3;
        break;
    case WHY_LICENCE:
        simulation->ground[node->kind_i].licence_left_m3 += extra_m3;
        break;
    default:
        fail_msg("nothing to be raised");
    }
}

static void
replay_open(struct replay *replay, const struct test_run *run, int t)
{
    const struct result_selection nothing = {0};
    struct error err = {0};
    *replay = (struct replay){.input = {.basin = run->basin,
                                        .axis = &run->axis,
                                        .records = run->records,
                                        .runoff = run->runoff,
                                        .method = LP_SIMPLEX}};
    assert_int_equal(
        scenario_result_init(&replay->result, run->basin, run->axis.step_count, &nothing),
        STATUS_OK);
    assert_int_equal(simulation_create(&replay->input, &replay->result, &replay->simulation, &err),
                     STATUS_OK);
    struct simulation *simulation = replay->simulation;
    for (int step_t = 0; step_t <= t; step_t++) {
        look_up_step(simulation, step_t);
        assert_int_equal(set_coefficients(simulation, simulation->allocation), STATUS_OK);
        if (step_t == t)
            break;
        bound_step(simulation);
        assert_int_equal(allocation_solve(simulation->allocation), STATUS_OK);
        if (simulation->turn_down_count > 0)
            assert_int_equal(settle_turn_downs(simulation), STATUS_OK);
        take_flows(simulation);
        assert_int_equal(check_balance(simulation, &err), STATUS_OK);
        account_step(simulation);
    }
}

/* Decide the step as it is, for the sake of which plants are on. */
static void
settle(struct simulation *simulation)
{
    assert_int_equal(allocation_solve(simulation->allocation), STATUS_OK);
    if (simulation->turn_down_count > 0)
        assert_int_equal(settle_turn_downs(simulation), STATUS_OK);
}

static void
replay_close(struct replay *replay)
{
    simulation_destroy(replay->simulation);
    scenario_result_finish(&replay->result);
}

/* What the demand lacks when the last step is simulated with the raises times a factor. */
static double
replay_missing_m3(const struct test_run *run, int t, const struct why_item *item, int count,
                  double factor, int demand_d, bool whole)
{
    struct replay replay;
    replay_open(&replay, run, t);
    struct simulation *simulation = replay.simulation;
    double asked_m3 = 0.0;
    bound_step(simulation); /* what the demand may have without the raises */
    for (int part = 0; part < (whole ? PART_COUNT : PART_CUT); part++)
        asked_m3 += simulation->want[demand_d].part_m3[part];
    settle(simulation);
    for (int i = 0; i < count; i++)
        if (!is_rule(&item[i]))
            raise(simulation, &item[i], factor * item[i].extra_m3);
    bound_step(simulation);
    hold_plants(simulation);
    for (int i = 0; i < count; i++)
        if (is_rule(&item[i]))
            raise_rule(simulation, &item[i], factor * item[i].extra_m3);
    assert_int_equal(allocation_solve(simulation->allocation), STATUS_OK);
    take_flows(simulation);
    for (int part = 0; part < (whole ? PART_COUNT : PART_CUT); part++)
        asked_m3 -= simulation->want[demand_d].supplied_m3[part];
    replay_close(&replay);
    return asked_m3;
}

/* Evaporation, seepage and minimum flows change with the storage of a lake; an answer holds for
 * them as they were, so that a lake where that matters is left out here. */
static bool
follows_storage(const struct test_run *run, const struct why_item *item)
{
    int node_i = item->kind == WHY_LINK_LEVEL ? run->basin->link[item->link_l].from : item->node_i;
    if ((item->kind != WHY_WATER && item->kind != WHY_LINK_LEVEL && item->kind != WHY_OUTLET) ||
        run->basin->node[node_i].kind != NODE_RESERVOIR)
        return false;
    const struct reservoir *reservoir = &run->basin->reservoir[run->basin->node[node_i].kind_i];
    return reservoir->seepage.kind != VARYING_ABSENT || reservoir->zone_count > 0 ||
           reservoir->evaporation.kind != VARYING_ABSENT;
}

struct tally {
    long answers, raises, together, zones, left_out;
};

/* With the raise the demand lacks nothing, with a little less it does. */
static bool
raises_are_least(const struct test_run *run, int t, const struct why_item *item, int count,
                 int demand_d, bool whole, double need_m3)
{
    double enough = replay_missing_m3(run, t, item, count, 1.0 + 1e-7, demand_d, whole);
    if (enough > 1e-8 * need_m3) {
        print_error("kind %d of %d: still lacks %g of %g m3\n", item[0].kind, count, enough,
                    need_m3);
        return false;
    }
    for (int i = 0; i < count; i++) {
        struct why_item *less = malloc((size_t)count * sizeof *less);
        memcpy(less, item, (size_t)count * sizeof *less);
        less[i].extra_m3 *= 1.0 - 1e-3;
        double lacking = replay_missing_m3(run, t, less, count, 1.0, demand_d, whole);
        free(less);
        if (!(lacking > 1e-9 * need_m3)) {
            print_error("kind %d: a little less than %g m3 is enough (lacks %g)\n", item[i].kind,
                        item[i].extra_m3, lacking);
            return false;
        }
    }
    return true;
}

/* Volumes of an item as the step simulated again has them. */
static double
actual_m3(const struct simulation *simulation, const struct why_item *item)
{
    const struct basin *basin = simulation->basin;
    const struct allocation *allocation = simulation->allocation;
    const struct node *node = item->node_i >= 0 ? &basin->node[item->node_i] : NULL;
    switch (item->kind) {
    case WHY_WATER:
        return allocation->known_m3[allocation->network->node_row[item->node_i]];
    case WHY_LINK:
    case WHY_LINK_SHUT:
    case WHY_LINK_LEVEL:
        return simulation->way[item->link_l].flow_m3;
    case WHY_WORKS:
    case WHY_TURN_DOWN:
    case WHY_KEPT_ON:
        return simulation->works[node->kind_i].flow_m3;
    case WHY_SOURCE:
        return simulation->supply[node->kind_i].used_m3;
    case WHY_OUTLET:
        return fmax(0.0, simulation->lake[node->kind_i].available_m3 -
                             simulation->way[item->link_l].lowest_m3);
    case WHY_DEMAND:
        return simulation->want[node->kind_i].supplied_m3[item->part];
    case WHY_FLOW:
        return fmin(simulation->way[item->link_l].flow_m3,
                    simulation->way[item->link_l].minimum_m3);
    default:
        return item->volume_m3;
    }
}

/* The items of a cut are what the step had, and add up to the supply. */
static bool
cut_is_true(const struct test_run *run, int t, const struct why_answer *answer, int demand_d)
{
    struct replay replay;
    replay_open(&replay, run, t);
    struct simulation *simulation = replay.simulation;
    bound_step(simulation);
    settle(simulation);
    take_flows(simulation);
    double sum_m3 = 0.0, size_m3 = answer->need_m3;
    bool good = true;
    for (int i = 0; i < answer->item_count; i++) {
        const struct why_item *item = &answer->item[i];
        double term_m3 = item->worth * item->volume_m3;
        double actual = actual_m3(simulation, item);
        bool taken = why_is_taken(item->kind);
        sum_m3 += taken ? -term_m3 : term_m3;
        size_m3 += fabs(term_m3);
        /* an equal may have more than the part of it that is held */
        bool same = fabs(actual - item->volume_m3) <= 1e-7 * fabs(item->volume_m3) + 1e-6;
        bool more = taken && actual >= item->volume_m3;
        if (!same && !more) {
            print_error("kind %d has %.9g m3, not %.9g\n", item->kind, actual, item->volume_m3);
            good = false;
        }
        if (item->kind == WHY_DEMAND && item->rank_i > answer->rank_i) {
            print_error("a lower rank was served instead\n");
            good = false;
        }
    }
    double supply_m3 = simulation->want[demand_d].supplied_m3[answer->part];
    if (fabs(sum_m3 - supply_m3) > 1e-8 * size_m3 ||
        fabs(sum_m3 - answer->cut_m3) > 1e-8 * size_m3) {
        print_error("the cut is %.9g m3, its items %.9g, the supply %.9g\n", answer->cut_m3, sum_m3,
                    supply_m3);
        good = false;
    }
    replay_close(&replay);
    return good;
}

static bool
answer_is_true(const struct test_run *run, int t, int demand_d, struct tally *tally,
               struct error *err)
{
    struct audit_step record = record_of(run, t);
    struct why_question question = {run->basin, &run->axis, t, demand_d, &record};
    struct why_answer answer;
    enum status status = why_ask(&question, &answer, err);
    audit_step_finish(&record);
    if (status != STATUS_OK) {
        print_error("%s\n", err->text);
        return false;
    }
    bool good = answer.part < 0 || cut_is_true(run, t, &answer, demand_d);
    tally->answers++;
    for (int i = 0; i < answer.item_count && good; i++) {
        if (isnan(answer.item[i].extra_m3))
            continue;
        if (follows_storage(run, &answer.item[i])) {
            tally->left_out++;
            continue;
        }
        good = raises_are_least(run, t, &answer.item[i], 1, demand_d, false, answer.need_m3);
        tally->raises++;
    }
    bool together = answer.together_count > 0;
    for (int i = 0; i < answer.together_count; i++)
        together = together && !follows_storage(run, &answer.together[i]);
    if (together && good) {
        good = raises_are_least(run, t, answer.together, answer.together_count, demand_d, false,
                                answer.need_m3);
        tally->together++;
    }
    why_finish(&answer);
    return good;
}

/* Up to three short demands of each basin, in steps spread over the run. */
static bool
verify_basin(struct test_run *run, struct tally *tally)
{
    int asked = 0;
    for (int t = 3; t < run->axis.step_count && asked < 3; t += 5)
        for (int d = (int)(t % run->basin->demand_count), k = 0;
             k < run->basin->demand_count && asked < 3;
             k++, d = (d + 1) % run->basin->demand_count) {
            double lacking = run_series(run, RESULT_SHORTAGE_WATER, d, t) +
                             run_series(run, RESULT_SHORTAGE_RULE, d, t);
            if (!(lacking > 1e-4 * run_series(run, RESULT_NEED, d, t)))
                continue;
            asked++;
            if (!answer_is_true(run, t, d, tally, &run->err)) {
                print_error("demand '%s', step %d\n",
                            run->basin->node[run->basin->demand[d].node_i].id, t);
                return false;
            }
            break;
        }
    return true;
}

static void
answers_hold_when_the_step_is_simulated_again(void **state)
{
    (void)state;
    static const char *const shares[] = {"fair", "total", "order"};
    struct tally tally = {0};
    int failures = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
        struct random_basin_options options = {.seed = seed,
                                               .share = shares[seed % 3],
                                               .step = "daily",
                                               .step_count = 20,
                                               .with_rules = with_rules};
        struct test_run run;
        assert_true(open_audited(&run, random_basin(&options, folder)));
        if (!verify_basin(&run, &tally)) {
            print_error("seed %llu (%s)\n", (unsigned long long)seed, options.share);
            failures++;
        }
        run_close(&run);
    }
    print_message("%ld answers: %ld raises, %ld sets of raises verified, %ld lakes left out\n",
                  tally.answers, tally.raises, tally.together, tally.left_out);
    assert_int_equal(failures, 0);
}

/* The record of every step makes the very allocation of that step. */
static void
the_record_makes_the_step_again(void **state)
{
    (void)state;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count / 4 + 1; seed++) {
        struct random_basin_options options = {.seed = seed,
                                               .share = "fair",
                                               .step = "daily",
                                               .step_count = 20,
                                               .with_rules = with_rules};
        struct test_run run;
        assert_true(open_audited(&run, random_basin(&options, folder)));
        struct allocation *again = NULL;
        assert_int_equal(allocation_create(run.basin, LP_SIMPLEX, &again, &run.err), STATUS_OK);
        for (int t = 0; t < run.axis.step_count; t++) {
            struct audit_step record = record_of(&run, t);
            assert_int_equal(audit_restore(&record, again, &run.err), STATUS_OK);
            assert_int_equal(allocation_solve(again), STATUS_OK);
            for (int l = 0; l < run.basin->link_count; l++) {
                int minimum_j = again->network->link_minimum_column[l];
                double flow_m3 = again->value[again->network->link_column[l]] +
                                 (minimum_j >= 0 ? again->value[minimum_j] : 0.0);
                double recorded_m3 = run_series(&run, RESULT_LINK_FLOW, l, t) * run.axis.dt_s[t];
                assert_close(flow_m3, recorded_m3, 1e-6, 1e-2);
            }
            audit_step_finish(&record);
        }
        allocation_destroy(again);
        run_close(&run);
    }
}

/* Both with splits, blends, licences of links, turn-downs, lowest levels and carry-over. */
static void
answers_hold_with_rules_of_links(void **state)
{
    with_rules = true;
    answers_hold_when_the_step_is_simulated_again(state);
    the_record_makes_the_step_again(state);
    with_rules = false;
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_hold_when_the_step_is_simulated_again),
        cmocka_unit_test(the_record_makes_the_step_again),
        cmocka_unit_test(answers_hold_with_rules_of_links)};
    seeds = seed_range_of(argc, argv, 100);
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
