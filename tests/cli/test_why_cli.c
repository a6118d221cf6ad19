/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

/* `nguon why` as a user runs it: from the basin file to the sentences. */

static const char basin[] =
    "nguon: 1\n"
    "name: Sông Nhỏ\n"
    "include: [uses.yaml]\n"
    "run: {start: 2021-01-01, end: 2021-01-03}\n"
    "junctions: {j: {boundary_inflow: 1 m3/s, spill_to: sea}}\n"
    "seas: {sea: {}}\n"
    "scenarios: {axes: {weir: {values: [1 m3/s, 0.3 m3/s], path: links.main.capacity}}}\n";

static const char uses[] = "# file: uses.yaml\n"
                           "demands:\n"
                           "  town: {name: 'Thị trấn \"A\"', class: domestic, need: 0.5 m3/s}\n"
                           "  farm: {class: irrigation, need: 0.9 m3/s}\n"
                           "links:\n"
                           "  main: {kind: pipe, from: j, to: town, loss: 10 %}\n"
                           "  canal: {kind: canal, from: j, to: farm}\n";

static int
make_results(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    write_text("basin.yaml", basin);
    write_text("uses.yaml", uses);
    return run("run basin.yaml -o out.h5 --save audit -q --set 'demands.farm.need=2 m3/s'") == 0 &&
                   run("run basin.yaml -o plain.h5 -q") == 0
               ? 0
               : -1;
}

static void
the_binding_pipe_is_named(void **state)
{
    (void)state;
    /* the scenario in which the town lacks most is taken */
    assert_run("why out.h5 --demand town --date 2021-01-02", 0, "out.txt",
               "scenario 'weir=0.3 m3/s'");
    assert_says("out.txt", "got 23328 m3 (0.27 m3/s): 54 %");
    assert_says("out.txt", "pipe 'main' from j to town: full at 25920 m3 (0.3 m3/s)");
    assert_says("out.txt", "of each m3 there 0.9 m3 would arrive");
    /* 0.23 / 0.9 */
    assert_says("out.txt", "more capacity of pipe 'main' from j to town: 22080 m3 (0.2556 m3/s), "
                           "the smallest");
    assert_run("why out.h5 --demand town --date 2021-01-02 --scenario 'weir=1 m3/s'", 0, "out.txt",
               "Nothing was lacking.");
}

static void
changes_of_the_command_line_are_known_again(void **state)
{
    (void)state;
    /* 2 m3/s by --set; the town has taken 0.5/0.9 */
    assert_run("why out.h5 --demand farm --date 2021-01-01 --scenario 'weir=1 m3/s' --values", 0,
               "out.txt", "It asked for 172800 m3 (2 m3/s) and got 38400 m3 (0.4444 m3/s)");
    assert_says("out.txt", "demand town for the rest of what it may have (class domestic), rank "
                           "domestic, ahead: 43200 m3 (0.5 m3/s); of each m3 of it 1.111 m3");
    assert_says("out.txt", "more water in junction j: 134400 m3 (1.556 m3/s), the smallest");
    assert_says("out.txt", "Who gets one m3 more at each node");
    assert_says("out.txt", "+1 m3  demand farm");
}

static const char json_check[] =
    "import json\n"
    "answer = json.load(open('out.txt'))\n"
    "assert answer['demand'] == 'town' and answer['date'] == '2021-01-02'\n"
    "assert answer['scenario'] == 'weir=0.3 m3/s'\n"
    "assert answer['need_m3'] == 43200\n"
    "entering = sum(i['worth'] * i['volume_m3'] for i in answer['cut'])\n"
    "assert abs(entering - answer['supply_m3']) < 1e-6\n"
    "item = answer['cut'][answer['smallest']]\n"
    "assert item['kind'] == 'link' and item['link'] == 'main'\n"
    "assert abs(item['restoring_m3'] - 22080) < 1e-3\n"
    "assert answer['values'][0]['at'] and answer['together'] == []\n";

static void
json_is_for_machines(void **state)
{
    (void)state;
    assert_run("why out.h5 --demand town --date 2021-01-02 --json --values", 0, "out.txt",
               "\"kind\": \"link\"");
    write_text("check.py", json_check);
    if (system("/usr/bin/python3 -c pass 2> err.txt") != 0) {
        print_message("skipped: python3 is not installed\n");
        skip();
    }
    assert_int_equal(system("env -u LD_PRELOAD /usr/bin/python3 check.py"), 0);
}

static void
what_cannot_be_asked_ends_with_2(void **state)
{
    (void)state;
    assert_run("why plain.h5 --demand town --date 2021-01-02", 2, "err.txt",
               "run it again with --save audit");
    assert_run("why out.h5 --demand twon --date 2021-01-02", 2, "err.txt", "did you mean 'town'?");
    assert_run("why out.h5 --demand j --date 2021-01-02", 2, "err.txt", "no demand 'j'");
    assert_run("why out.h5 --demand town --date 2021-02-30", 2, "err.txt", "is no date");
    assert_run("why out.h5 --demand town --date 2021-01-04", 2, "err.txt",
               "outside the run, which goes from 2021-01-01 to 2021-01-03");
    assert_run("why out.h5 --demand town --date 2021-01-02 --scenario x", 2, "err.txt",
               "no scenario 'x'");
    assert_run("why out.h5 --demand town", 2, "err.txt", "--demand and --date are needed");
    assert_run("why", 2, "err.txt", "no results file");
    assert_run("why absent.h5 --demand town --date 2021-01-02", 4, "err.txt", "absent.h5");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_binding_pipe_is_named),
        cmocka_unit_test(changes_of_the_command_line_are_known_again),
        cmocka_unit_test(json_is_for_machines),
        cmocka_unit_test(what_cannot_be_asked_ends_with_2),
    };
    return cmocka_run_group_tests_name("why", tests, make_results, remove_folder);
}
