/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

/* examples/rules-of-links as a user runs it: each rule checked, run, shown and named by `why`; then
 * the same file with a fault in each rule. */

static char example[PATH_LENGTH]; /* examples/rules-of-links/basin.yaml */

static int
make_results(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    const char *folder_name = getenv("NGUON_EXAMPLE");
    if (folder_name == NULL) {
        print_error("NGUON_EXAMPLE does not name the example\n");
        return -1;
    }
    snprintf(example, sizeof example, "%s/basin.yaml", folder_name);
    char command[2 * PATH_LENGTH];
    snprintf(command, sizeof command, "run '%s' -o out.h5 --save audit --verify -q", example);
    return run(command);
}

static void
the_rules_are_counted_and_shown(void **state)
{
    (void)state;
    char command[2 * PATH_LENGTH];
    snprintf(command, sizeof command, "check '%s'", example);
    assert_run(command, 0, "out.txt", "Rules of links: 1 split, 1 blend, 1 licence");
    /* 200000 m3 in each of four months; 59 days at 0.03 m3/s are below the turn-down */
    assert_run("show out.h5", 0, "out.txt", "factory_permit      2.43             0.800");
    assert_says("out.txt", "Plants off below their turn-down, steps and plants: 59 in all");
}

static void
each_rule_is_named(void **state)
{
    (void)state;
    /* the left fields are full at 60 %, so that 40 % are 0.2 m3/s */
    assert_run("why out.h5 --demand right_fields --date 2022-01-10", 0, "out.txt",
               "split 'divider_gates': no more than 40 % for canal 'right_canal'");
    assert_says("out.txt", "got 17280 m3 (0.2 m3/s): 66.67 %");
    assert_says("out.txt", "No more water, storage or capacity would have restored it");
    assert_run("why out.h5 --demand factory --date 2022-01-30", 0, "out.txt",
               "licence 'factory_permit' of links: it leaves them 0 m3");
    assert_says("out.txt", "more licence 'factory_permit' of links: 8640 m3");
    assert_run("why out.h5 --demand village --date 2022-02-01", 0, "out.txt",
               "plant village_works: off, since it could only run below its turn-down of 4320 m3");
    assert_says("out.txt", "which could run at: 2592 m3 (0.03 m3/s)");
    assert_run("why out.h5 --demand left_fields --date 2022-03-20", 0, "out.txt",
               "storage of lake, kept, rank carry_over, ahead");
    /* the last day on which the lake stands above the pump, in part */
    assert_run("why out.h5 --demand town --date 2022-04-09", 0, "out.txt",
               "pump 'raw_pump' from lake to works: the lake had");
    assert_says("out.txt", "blend 'mine_share' at works: what comes there is at its limit");
    assert_run("why out.h5 --demand town --date 2022-04-25", 0, "out.txt",
               "pump 'raw_pump' from lake to works: the water stands below its intake");
    assert_run("why out.h5 --demand factory --date 2022-01-30 --json", 0, "out.txt",
               "\"kind\": \"link_licence\", \"rule\": \"factory_permit\"");
}

/* The example with one text in place of another; the fault is where the text stands. */
static void
assert_fault(const char *old, const char *new, const char *wanted)
{
    char *text = read_text(example);
    char *at = strstr(text, old);
    assert_non_null(at);
    FILE *file = fopen("bad.yaml", "w");
    assert_non_null(file);
    fprintf(file, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    assert_int_equal(fclose(file), 0);
    free(text);
    assert_run("check bad.yaml", 2, "err.txt", wanted);
}

static void
faults_have_their_place(void **state)
{
    (void)state;
    assert_fault("links: factory_pump", "links: factory_pmp",
                 "bad.yaml:60:27: error: 'links' names link 'factory_pmp', which is not defined "
                 "(did you mean 'factory_pump'?)");
    assert_fault("right_canal: 40 %", "right_canal: 35 %",
                 "bad.yaml:56:26: error: the shares of the split sum to 95 %, not 100 %");
    assert_fault("monthly: 200000 m3", "monthly: 200000 m3, reset: 02-30",
                 "bad.yaml:60:68: error: '02-30' is not a day of the year");
    assert_fault("at_most: 30 %", "at_most: 130 %",
                 "bad.yaml:58:43: error: 'at_most' comes to 130 %; a share must be at most 100 %");
    assert_fault("turn_down: 0.05 m3/s", "turn_down: 5 %",
                 "bad.yaml:35:30: error: 'turn_down' is a share of a capacity that is not given");
    assert_fault("  - carry_over ", "  # carry_over ",
                 "'carry_over' needs the word carry_over in 'ranks'");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_rules_are_counted_and_shown),
                                       cmocka_unit_test(each_rule_is_named),
                                       cmocka_unit_test(faults_have_their_place)};
    return cmocka_run_group_tests_name("rules", tests, make_results, remove_folder);
}
