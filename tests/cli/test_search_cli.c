/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <math.h>
#include <stdbool.h>

/* `nguon drought search`: what it prints, what it writes, and what it refuses. */

#define EXAMPLE "\"$NGUON_EXAMPLES\"/one-reservoir/basin.yaml"
#define CAP "reservoirs.lake.zones.restriction.caps.irrigation"

static const char one_scenario[] = "scenarios: {axes: {record: {members: {all: {}}}}}\n";

/* The number behind a text of a file. */
static double
number_after(const char *path, const char *text)
{
    char *content = read_text(path), *found = strstr(content, text);
    if (found == NULL)
        fail_msg("%s does not say: %s\n%s", path, text, content);
    double number = strtod(found + strlen(text), NULL);
    free(content);
    return number;
}

/* What is found is what a run with it comes to. */
static void
the_file_holds_what_was_found(void **state)
{
    (void)state;
    write_text("one.yaml", one_scenario);
    assert_run("drought search " EXAMPLE " -s one.yaml --vary " CAP "='20..90 %' --maximise "
               "irrigation.volume --evaluations 40 --seeds 2 --csv -o best.yaml",
               0, "out.txt", "rules,name,value");
    double found = number_after("out.txt", "seed 1 best,irrigation.volume,");
    double as_it_is = number_after("out.txt", "as_it_is,irrigation.volume,");
    double bound = number_after("out.txt", "perfect_foresight,irrigation.volume,");
    assert_true(found > as_it_is);
    assert_true(bound >= found && bound <= 1.0 + 1e-9);
    assert_says("best.yaml", "        found:\n          " CAP ": 90 %");
    assert_run("run " EXAMPLE " -s best.yaml -q -o best.h5", 0, NULL, NULL);
    assert_run("run " EXAMPLE " -s one.yaml -q -o set.h5 --set '" CAP "=90 %'", 0, NULL, NULL);
    assert_run("drought performance set.h5 --by class --csv --samples 0", 0, NULL, NULL);
    char *text = read_text("out.txt");
    char *row = strstr(text, "irrigation");
    assert_non_null(row);
    bool there = false;
    for (char *cell = strtok(row, ",\n"); cell != NULL && !there; cell = strtok(NULL, ",\n"))
        there = fabs(strtod(cell, NULL) - found) < 1e-6;
    free(text);
    assert_true(there);
}

/* Its optimum is known, and perfect foresight knows it. */
static void
the_four_reservoirs_have_their_bound(void **state)
{
    (void)state;
    assert_run("drought search \"$NGUON_EXAMPLES\"/four-reservoirs/basin.yaml --vary "
               "links.r4.minimum_flow='{monthly: [12*0..7], unit: hm3/month}' --maximise "
               "\"benefit($NGUON_EXAMPLES/four-reservoirs/benefits.csv)\" "
               "--constraint 'reservoir_end_storage_m3/lake_1 >= 5 hm3' "
               "--constraint 'reservoir_end_storage_m3/lake_2 >= 5 hm3' "
               "--constraint 'reservoir_end_storage_m3/lake_3 >= 5 hm3' "
               "--constraint 'reservoir_end_storage_m3/lake_4 >= 7 hm3' "
               "--evaluations 30 --seeds 1 --json",
               0, "out.txt", "\"method\": \"CMA-ES\"");
    double bound = number_after("out.txt", "\"perfect_foresight\": ");
    assert_true(fabs(bound - 401.3) < 1e-9 * 401.3);
}

static void
bad_use_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *arguments;
        int exit_code;
        const char *message;
    } bad[] = {
        {"--maximise all.volume", 2, "give --vary"},
        {"--vary " CAP "='20..90 %'", 2, "one of --maximise and --minimise"},
        {"--vary " CAP "='90 %' --maximise all.volume", 2, "has no bounds"},
        {"--vary " CAP "='20..90 %' --maximise all.volme", 2, ".reliability"},
        {"--vary " CAP "='20..90 %' --maximise nobody.volume", 2, "no class, district or demand"},
        {"--vary " CAP "='20..90 %' --maximise reservoir_minimum_storag_m3/lake", 2,
         "did you mean"},
        {"--vary " CAP "='20..90 %' --maximise 'benefit(none.csv)'", 2, "none.csv"},
        {"--vary " CAP "='20..90 %' --maximise all.volume --constraint all.volume", 2,
         "has no limit"},
        {"--vary catchments.hills.inflow='1..2 m3/s' --maximise all.volume", 2, "is weather"},
        {"--vary reservoirs.lake.zones.restriction.belo='1..2 hm3' --maximise all.volume", 2,
         "have no key 'belo'"},
    };
    write_text("one.yaml", one_scenario);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char arguments[1024];
        snprintf(arguments, sizeof arguments,
                 "drought search " EXAMPLE " -s one.yaml --evaluations 10 --seeds 1 %s",
                 bad[i].arguments);
        assert_run(arguments, bad[i].exit_code, "err.txt", bad[i].message);
    }
}

/* One row for each level, and names that are none. */
static void
triggers_are_scored(void **state)
{
    (void)state;
#define PLAN "\"$NGUON_EXAMPLES\"/one-reservoir/drought_plan.yaml -s one.yaml "
    write_text("one.yaml", one_scenario);
    assert_run("drought triggers " PLAN "--set 'demands.town.population=140000 person' --csv", 0,
               "out.txt", "trigger,level,hits");
    assert_says("out.txt", "\nstorage,0.5,");
    assert_says("out.txt", "\nssi,-1,");
    assert_run("drought triggers " PLAN "--below 30 --json", 0, "out.txt",
               "\"trigger\": \"storage\"");
    assert_run("drought triggers " PLAN "--below 30 --act save --ahead 60", 0, "out.txt",
               "least cost");
    assert_run("drought triggers " PLAN "--plan none", 2, "err.txt", "no drought plan 'none'");
    assert_run("drought triggers " PLAN "--act none", 2, "err.txt", "no stage 'none'");
    assert_run("drought triggers " PLAN "--class none", 2, "err.txt", "no class 'none'");
    assert_run("drought triggers " PLAN "--below 101", 2, "err.txt", "--below is a percentage");
    assert_run("drought triggers " EXAMPLE, 2, "err.txt", "has no drought plans");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_holds_what_was_found),
        cmocka_unit_test(the_four_reservoirs_have_their_bound),
        cmocka_unit_test(bad_use_is_refused),
        cmocka_unit_test(triggers_are_scored),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
