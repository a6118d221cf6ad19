/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/reader.h"
#include "tests/cli/cli_fixture.h"

#include <math.h>

/*
 * Flood windows from the basin file to the results file and what is shown of it, on the example of
 * Yên Lập in a few realisations with a storm that overtops the dam in some of them.
 */

enum { SCENARIOS = 6 };

static const char *example;

static int
run_storms(const char *options)
{
    char arguments[COMMAND_LENGTH / 2];
    write_text("storms.yaml",
               "scenarios:\n  axes:\n    weather: {realisations: 6}\n"
               "    storm: {members: {september: {catchments.hills.inflow: {scale: 30, from: "
               "2020-09-06, to: 2020-09-08}}}}\n");
    snprintf(arguments, sizeof arguments,
             "run '%s/yen_lap.yaml' -s storms.yaml --set start=2020-08-15 --set end=2020-09-30 %s",
             example, options);
    int code = run(arguments);
    if (code != 0)
        print_error("%s", read_text("err.txt"));
    return code;
}

static double *
numbers(struct reader *reader, const char *name, int *count)
{
    double *value = reader_numbers(reader, name, count);
    if (value == NULL)
        fail_msg("no %s", name);
    return value;
}

/* Each day of a window in the file: the mean of its hours is the flow of the spillway, the gates
 * and the flow over the dam are the release, the last level is that of the day. */
static void
steps_in_the_file_make_up_the_days(void **state)
{
    struct reader reader;
    struct error err = {0};
    int count, days = 0;
    (void)state;
    assert_int_equal(run_storms("--save all -o out.h5"), 0);
    assert_int_equal(reader_open(&reader, "out.h5", &err), STATUS_OK);
    double *time = numbers(&reader, "substeps/time", &count);
    double *scenario = numbers(&reader, "substeps/scenario_index", &count);
    double *release = numbers(&reader, "substeps/release", &count);
    double *over = numbers(&reader, "substeps/overtopping", &count);
    double *level = numbers(&reader, "substeps/level", &count);
    int gates;
    double *gate = numbers(&reader, "substeps/gate_flow", &gates);
    double *hours = numbers(&reader, "indicators/flood_hours", &gates);
    double *over_m3 = numbers(&reader, "indicators/flood_overtopped_m3", &gates);
    double seen_h[SCENARIOS] = {0}, seen_m3[SCENARIOS] = {0};
    assert_true(count % 24 == 0);
    int links;
    char **link = reader_texts(&reader, "link", &links);
    int spill = 0;
    while (strcmp(link[spill], "yen_lap_spill") != 0)
        spill++;
    for (int i = 0; i < count; i++) {
        int s = (int)scenario[i];
        seen_h[s] += 1.0;
        seen_m3[s] += 3600.0 * over[i];
        double sum = over[i];
        for (int g = 0; g < 4; g++)
            sum += gate[4 * i + g];
        assert_close(sum, release[i], 1e-6, 1e-5);
    }
    for (int i = 0; i < count; i += 24, days++) {
        double *flow = reader_series(&reader, "link_flow", (int)scenario[i], spill);
        double *daily = reader_series(&reader, "level", (int)scenario[i], 0);
        int t = (int)(time[i] / 24.0 - reader.time[0]);
        double mean = 0.0;
        for (int k = i; k < i + 24; k++) {
            mean += release[k] / 24.0;
            assert_close(time[k], time[i] + (k - i), 0, 1e-9);
        }
        assert_close(mean, flow[t], 1e-6, 1e-5);
        if (daily[t] < 33.9) /* the daily level ends with the table */
            assert_close(level[i + 23], daily[t], 0, 1e-4);
        free(flow);
        free(daily);
    }
    assert_true(days > 20);
    for (int s = 0; s < SCENARIOS; s++) {
        assert_close(seen_h[s], hours[s], 0, 1e-9);
        assert_close(seen_m3[s], over_m3[s], 1e-5, 1.0);
    }
    double *all[] = {time, scenario, release, over, level, gate, hours, over_m3};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    texts_free(link, links);
    reader_close(&reader);
}

/* Verified while it runs and from its file, and the same bytes from one thread and from two. */
static void
runs_are_verified_and_the_same_for_any_threads(void **state)
{
    (void)state;
    assert_int_equal(run_storms("--save audit --verify --threads 2 -o same.h5"), 0);
    assert_int_equal(rename("same.h5", "two.h5"), 0);
    assert_int_equal(run_storms("--save audit --verify --threads 2 -o same.h5"), 0);
    assert_int_equal(system("cmp same.h5 two.h5"), 0);
    assert_int_equal(run_storms("--save audit --threads 1 -o one.h5"), 0);
    struct reader one, two;
    struct error err = {0};
    assert_int_equal(reader_open(&one, "one.h5", &err), STATUS_OK);
    assert_int_equal(reader_open(&two, "two.h5", &err), STATUS_OK);
    static const char *const names[] = {"storage", "link_flow", "substeps/level",
                                        "substeps/gate_opening", "indicators/flood_overtopped_m3"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int first, second;
        double *a = numbers(&one, names[i], &first), *b = numbers(&two, names[i], &second);
        assert_int_equal(first, second);
        assert_memory_equal(a, b, (size_t)first * sizeof *a);
        free(a);
        free(b);
    }
    reader_close(&one);
    reader_close(&two);
    assert_int_equal(run("verify two.h5"), 0);
    assert_says("out.txt", "flows and storages by the step solved again  passed");
    assert_says("out.txt", "All that could be checked holds.");
}

/* The table says how many scenarios overtop the dam, with Wilson's interval worked out by hand. */
static void
show_counts_the_scenarios_that_overtop(void **state)
{
    struct reader reader;
    struct error err = {0};
    int count, over = 0;
    char wanted[64];
    (void)state;
    assert_int_equal(run_storms("-o out.h5"), 0);
    assert_int_equal(reader_open(&reader, "out.h5", &err), STATUS_OK);
    double *hours = numbers(&reader, "indicators/flood_overtopped_hours", &count);
    for (int s = 0; s < count; s++)
        over += hours[s] > 0.0;
    free(hours);
    reader_close(&reader);
    assert_true(over > 0 && over < SCENARIOS);
    double p = (double)over / SCENARIOS, z = 1.6448536269514722, n = SCENARIOS;
    double middle = p + z * z / (2.0 * n);
    double half = z * sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n)), scale = 1.0 + z * z / n;
    snprintf(wanted, sizeof wanted, "%.1f (%.1f-%.1f)", 100.0 * p, 100.0 * (middle - half) / scale,
             100.0 * (middle + half) / scale);
    assert_int_equal(run("show out.h5 floods --csv"), 0);
    assert_says("out.txt", wanted);
    assert_says("out.txt", "yen_lap,100");
    /* nothing but indicators: no steps, but the same table */
    assert_int_equal(run_storms("--save none -o none.h5"), 0);
    assert_int_equal(run("show none.h5 floods --csv"), 0);
    assert_says("out.txt", wanted);
}

static const struct {
    const char *keys, *message;
} bad[] = {
    {"step: 1 h", "'flood_window' needs at least one of level, inflow and forecast_inflow"},
    {"inflow: 5 m3/s, forecast_days: 3", "'forecast_inflow' and 'forecast_days' go together"},
    {"inflow: 5 m3/s, step: 7 h", "'step' must be whole minutes"},
    {"inflow: 5 m3/s, control: 25 min", "'control' must be 1 minute or more and go evenly"},
    {"inflow: 5 m3/s, until_inflow: 6 m3/s", "'until_inflow' must not lie above 'inflow'"},
    {"inflow: 5 m3/s, inflow_shape: [1]", "'inflow_shape' must be a list of 2 to"},
    {"inflow: 5 m3/s, inflow_shape: [0, 0]", "'inflow_shape' must not be nothing throughout"},
    {"inflow: 5 m3/s, level: 40 m", "comes to 40 m; the lake has 0 to 20"},
    {"inflow: 5 hm3", "inflow"},
    {"inflw: 5 m3/s", "did you mean 'inflow'"},
};

static void
bad_keys_are_named_with_their_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[2048];
        snprintf(
            text, sizeof text,
            "nguon: 1\nrun: {start: 2020-01-01, end: 2020-01-31}\nreservoirs:\n  lake:\n"
            "    table: {level: [0, 20], area: [1, 1], storage: [0, 20], units: [m, km2, hm3]}\n"
            "    capacity: 20 hm3\n    spill_to: sea\n"
            "    outlets: {crest: {kind: broad_crest, sill: 18 m, width: 5 m, coefficient: "
            "0.36}}\n    flood_window: {%s}\nseas: {sea: {}}\n",
            bad[i].keys);
        write_text("bad.yaml", text);
        assert_int_equal(run("check bad.yaml"), 2);
        assert_says("err.txt", bad[i].message);
        assert_says("err.txt", "bad.yaml:9:");
    }
    write_text("bad.yaml",
               "nguon: 1\nrun: {start: 2020-01-01, end: 2020-01-31, step: tenday}\nreservoirs:\n"
               "  lake: {table: {level: [0, 20], area: [1, 1], storage: [0, 20], units: [m, km2, "
               "hm3]},\n    capacity: 20 hm3, spill_to: sea, flood_window: {inflow: 5 m3/s}}\n"
               "seas: {sea: {}}\n");
    assert_int_equal(run("check bad.yaml"), 2);
    assert_says("err.txt", "'flood_window' needs 'run.step: daily'");
    assert_says("err.txt", "'flood_window' needs 'outlets'");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_in_the_file_make_up_the_days),
        cmocka_unit_test(runs_are_verified_and_the_same_for_any_threads),
        cmocka_unit_test(show_counts_the_scenarios_that_overtop),
        cmocka_unit_test(bad_keys_are_named_with_their_line),
    };
    example = getenv("NGUON_EXAMPLE");
    if (example == NULL)
        return 1;
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
