/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"
#include "tests/random.h"

#include <stdbool.h>

/* Drought plans as a user meets them: stages by the index of rain against `nguon drought index` on
 * the same file, their table, what `why` says of a cut and of a link that waits for its stage. */

enum { FIRST_YEAR = 1991, YEARS = 20, MONTHS_OF_RUN = 12 * YEARS };

static const char basin_text[] =
    "nguon: 1\nname: Plan\n"
    "run: {start: 1991-01-01, end: 2010-12-31}\n"
    "series: {rain: {file: rain.csv, column: P, unit: mm/d}}\n"
    "seas: {sea: {}}\n"
    "sources:\n"
    "  spring: {capacity: 2 m3/s, cost: 1}\n"
    "  tanker: {capacity: 0.5 m3/s}\n"
    "demands:\n"
    "  fields: {class: irrigation, need: 1 m3/s}\n"
    "  village: {class: domestic, need: 0.1 m3/s}\n"
    "links:\n"
    "  canal: {kind: canal, from: spring, to: fields}\n"
    "  truck: {kind: pipe, from: tanker, to: village}\n"
    "drought_plans:\n"
    "  rainy:\n"
    "    spi: {rain: {series: rain}, scale: 3}\n"
    "    stages: [{id: dry, enter: {spi: -1}, leave: {spi: 0}, caps: {irrigation: 50 %},\n"
    "              opens: sources.tanker}]\n"
    "scenarios:\n"
    "  axes:\n"
    "    plan: {members: {with: {}, without: {drought_plans.rainy.enabled: false}}}\n";

/* Days of rain, wetter from May to September. */
static int
make_results(void **state)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint64_t seed = 5;
    if (make_folder(state) != 0)
        return -1;
    write_text("basin.yaml", basin_text);
    FILE *file = fopen("rain.csv", "w");
    if (file == NULL)
        return -1;
    fputs("date,P\n", file);
    for (int m = 0; m < MONTHS_OF_RUN; m++) {
        int year = FIRST_YEAR + m / 12, month = m % 12 + 1;
        bool wet = month >= 5 && month <= 9;
        double wetness = random_uniform(&seed);
        int length = days[month - 1] + (month == 2 && year % 4 == 0);
        for (int day = 1; day <= length; day++) {
            bool dry = random_uniform(&seed) < (wet ? 0.5 : 0.8);
            fprintf(file, "%d-%02d-%02d,%.1f\n", year, month, day,
                    dry ? 0.0 : (wet ? 30.0 : 10.0) * wetness * random_uniform(&seed));
        }
    }
    if (fclose(file) != 0)
        return -1;
    return run("run basin.yaml -o out.h5 --save audit --verify -q");
}

/* "base,1991-06-01,rainy,normal,dry,spi" of the change that the index calls for; 0 for none. */
static size_t
next_change(double index, int month_m, bool *dry, char *line, size_t size)
{
    bool enters = !*dry && index < -1.0, leaves = *dry && index >= 0.0;
    int next_m = month_m + 1; /* the index is known when its month has ended */
    if ((!enters && !leaves) || next_m == MONTHS_OF_RUN)
        return 0;
    *dry = enters;
    return (size_t)snprintf(line, size, "plan=with,%d-%02d-01,rainy,%s\n", FIRST_YEAR + next_m / 12,
                            next_m % 12 + 1, enters ? "normal,dry,spi" : "dry,normal,recovery");
}

static void
stages_follow_the_index_of_nguon_drought_index(void **state)
{
    (void)state;
    static char expected[1 << 16] = "scenario,date,plan,from,to,cause\n";
    size_t used = strlen(expected);
    int month_m = 0, change_count = 0;
    bool dry = false;
    assert_run("drought index rain.csv --index spi --scale 3 --rain P:mm/d -q -o spi.csv", 0,
               "err.txt", NULL);
    char *text = read_text("spi.csv"), *rest = text, *row;
    while ((row = strsep(&rest, "\n")) != NULL) {
        const char *cell = strchr(row, ',');
        if (row[0] < '0' || row[0] > '9' || cell == NULL)
            continue;
        if (cell[1] != '\0') {
            size_t length = next_change(strtod(cell + 1, NULL), month_m, &dry, expected + used,
                                        sizeof expected - used);
            change_count += length > 0;
            used += length;
        }
        month_m++;
    }
    free(text);
    assert_int_equal(month_m, MONTHS_OF_RUN);
    assert_true(change_count > 8);
    assert_run("show out.h5 stages --csv", 0, "out.txt", NULL);
    char *found = read_text("out.txt");
    assert_string_equal(found, expected);
    free(found);
}

static void
tables_and_answers_name_the_plan(void **state)
{
    (void)state;
    assert_run("check basin.yaml", 0, "out.txt",
               "Drought plan rainy for 2 demands, by the storage of 0 lakes: normal, dry");
    assert_run("show out.h5 stages --scenario plan=without", 0, "out.txt", "rainy/dry");
    assert_says("out.txt", " 0.00");
    assert_run("show out.h5", 0, "out.txt", "rainy/dry");
    assert_run("verify out.h5", 0, "out.txt", "All that could be checked holds");
    /* a day of the first dry spell */
    assert_run("show out.h5 stages --csv", 0, "out.txt", NULL);
    char *text = read_text("out.txt"), command[256], date[11] = "";
    const char *first = strstr(text, "plan=with,");
    assert_non_null(first);
    memcpy(date, first + strlen("plan=with,"), 10);
    free(text);
    snprintf(command, sizeof command, "why out.h5 --scenario plan=with --demand fields --date %s",
             date);
    assert_run(command, 0, "out.txt",
               "drought plan 'rainy', in stage 'dry', allows class irrigation 50 %");
    strcat(command, " --json");
    assert_run(command, 0, "out.txt", "{\"drought_plan\": \"rainy\", \"stage\": \"dry\", ");
    assert_run("why out.h5 --scenario plan=with --demand village --date 1991-02-01", 0, "out.txt",
               "shut until a later stage of its drought plan");
}

static void
any_number_of_threads_writes_the_same_stages(void **state)
{
    (void)state;
    assert_run("run basin.yaml -o one.h5 --threads 1 -q", 0, "out.txt", NULL);
    assert_run("run basin.yaml -o two.h5 --threads 2 -q", 0, "out.txt", NULL);
    assert_run("show one.h5 stages", 0, "out.txt", NULL);
    char *one = read_text("out.txt");
    assert_run("show two.h5 stages", 0, "out.txt", NULL);
    char *two = read_text("out.txt");
    assert_string_equal(one, two);
    free(one);
    free(two);
    assert_run("show one.h5 series:drought_stage:rainy --scenario plan=with", 0, "out.txt",
               "rainy drought_stage");
}

static void
a_basin_without_a_plan_says_so(void **state)
{
    (void)state;
    write_text("plain.yaml", "nguon: 1\nrun: {start: 2001-01-01, end: 2001-01-05}\n"
                             "sources: {spring: {capacity: 2 m3/s}}\nseas: {sea: {}}\n"
                             "demands: {town: {class: domestic, need: 1 m3/s}}\n"
                             "links: {pipe: {kind: pipe, from: spring, to: town}}\n");
    assert_run("run plain.yaml -o plain.h5 -q", 0, "out.txt", NULL);
    assert_run("show plain.h5 stages", 0, "out.txt", "The basin has no drought plan.");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_follow_the_index_of_nguon_drought_index),
        cmocka_unit_test(tables_and_answers_name_the_plan),
        cmocka_unit_test(any_number_of_threads_writes_the_same_stages),
        cmocka_unit_test(a_basin_without_a_plan_says_so),
    };
    return cmocka_run_group_tests(tests, make_results, remove_folder);
}
