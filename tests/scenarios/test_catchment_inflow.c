/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/catchment_model.h"
#include "model/pet.h"
#include "scenarios/forcing.h"
#include "scenarios/plan.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Catchments of a basin file that run rainfall-runoff models, against the models run by hand. */

static char folder[] = "/tmp/nguon_inflow_XXXXXX";

static int
make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static int
remove_folder(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

/* Rain of a hash, warm summers: three years of days, or a few weeks of hours. */
static double
rain_mm(int i)
{
    unsigned hash = (unsigned)i * 2654435761u;
    hash ^= hash >> 15;
    return hash % 100 < 60 ? 0.0 : (double)(hash / 100 % 300) / 10.0;
}

static double
warmth_degC(int i)
{
    return 22.0 + 7.0 * sin(i / 58.0 - 1.6) + (double)(i % 5);
}

static void
write_weather(const char *path, bool hourly, int count)
{
    FILE *file = fopen(path, "w");
    int64_t start_s = date_to_seconds((struct date){2001, 1, 1, 0});
    assert_non_null(file);
    fputs("date,P_mm,T_C\n", file);
    for (int i = 0; i < count; i++) {
        char date[32];
        date_format(date_from_seconds(start_s + (int64_t)i * (hourly ? 3600 : 86400)), hourly, date,
                    sizeof date);
        fprintf(file, "%s,%.17g,%.17g\n", date, rain_mm(i), warmth_degC(i));
    }
    assert_int_equal(fclose(file), 0);
}

/* A basin whose catchments flow into the sea. */
static struct basin *
load(const char *step, const char *end, const char *catchments, char *faults, size_t size)
{
    FILE *file = fopen("basin.yaml", "w");
    struct diagnostics diagnostics;
    struct basin *basin = NULL;
    bool hourly = strcmp(step, "hourly") == 0;
    assert_non_null(file);
    fprintf(file,
            "nguon: 1\nname: test\nrun: {start: 2001-01-01, end: %s, step: %s}\n"
            "series:\n  rain: {file: w.csv, column: P_mm, unit: %s}\n"
            "  warmth: {file: w.csv, column: T_C, unit: degC}\n"
            "seas:\n  sea: {}\ncatchments:\n%s",
            end, step, hourly ? "mm/h" : "mm/d", catchments);
    assert_int_equal(fclose(file), 0);
    faults[0] = '\0';
    diagnostics_init(&diagnostics);
    basin_load("basin.yaml", NULL, &basin, &diagnostics);
    for (int i = 0; i < diagnostics.count; i++) {
        char text[1024];
        size_t used = strlen(faults);
        snprintf(faults + used, size - used, "%s\n",
                 diagnostic_format(&diagnostics.item[i], text, sizeof text));
    }
    diagnostics_finish(&diagnostics);
    return basin;
}

/* Everything that a run of the inflows needs. */
struct setup {
    struct basin *basin, *scenario;
    struct timeaxis axis;
    struct records *records;
    struct runoff *runoff;
};

static void
compute(struct setup *setup, struct basin *basin, const char *change)
{
    struct error err = {0};
    *setup = (struct setup){.basin = basin};
    assert_int_equal(
        timeaxis_init(&setup->axis, basin->run.step, basin->run.start, basin->run.end, &err),
        STATUS_OK);
    assert_int_equal(basin_copy(basin, &setup->scenario), STATUS_OK);
    if (change != NULL) {
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics);
        if (basin_set(setup->scenario, change, &diagnostics) != STATUS_OK)
            fail_msg("%s: %s", change, diagnostics.item[0].message);
        diagnostics_finish(&diagnostics);
    }
    assert_int_equal(records_create(basin, &setup->axis, &setup->records, &err), STATUS_OK);
    assert_int_equal(runoff_create(basin, setup->records, &setup->runoff, &err), STATUS_OK);
    if (runoff_compute(setup->runoff, basin, setup->scenario, setup->records, 1, &err) != STATUS_OK)
        fail_msg("%s", err.text);
}

static void
finish(struct setup *setup)
{
    runoff_destroy(setup->runoff);
    records_destroy(setup->records);
    timeaxis_finish(&setup->axis);
    basin_destroy(setup->scenario);
    basin_destroy(setup->basin);
}

static const char daily_catchments[] =
    "  a: {area: 50 km2, to: sea, inflow: {gr4j: {x1: 350 mm, x2: -0.5 mm/d, x3: 90 mm,\n"
    "      x4: 1.7 d, rain: {series: rain}, pet: 3 mm/d}}}\n"
    "  b: {area: 20 km2, to: sea, inflow: {gr6j: {x1: 0.2 m, x2: 0.6 mm/d, x3: 50 mm, x4: 53 h,\n"
    "      x5: 0.4, x6: 5 mm, rain: {series: rain, scale: 1.2}, pet: {monthly: [60, 60, 80, 90,\n"
    "      110, 110, 120, 110, 90, 90, 70, 60], unit: mm/month}, exponential: -2 mm}}}\n"
    "  c: {area: 70 km2, to: sea, at: [21.1, 107.3], inflow: {gr4j: {x1: 250 mm, x2: 0 mm/d,\n"
    "      x3: 60 mm, x4: 0.9 d, rain: {series: rain}, pet: {oudin: {temperature:\n"
    "      {series: warmth}}, scale: 1.1}, production: 80 %}}}\n"
    "  d: {area: 10 km2, to: sea, inflow: {xinanjiang: {k: 0.9, b: 0.3, im: 2 %, um: 20 mm,\n"
    "      lm: 70 mm, dm: 60 mm, c: 0.15, sm: 30 mm, ex: 1.2, ki: 0.4, kg: 0.3, cs: 0.3, l: 1.4 "
    "d,\n"
    "      ci: 0.7, cg: 0.98, rain: {series: rain}, pet: {hargreaves: {min: {series: warmth,\n"
    "      shift: -4 degC}, max: {series: warmth, shift: 4 K}, latitude: 21}}}, scale: 50 %}}\n"
    "  e: {area: 10 km2, to: sea, inflow: {hbv: {lp: 0.9, fc: 100 mm, beta: 3.3, k0: 0.5 d, k1: 9 "
    "d,\n"
    "      k2: 105 d, lsuz: 50 mm, cperc: 2 mm/d, bmax: 10 d, croute: 26.5, rain: {series: rain},\n"
    "      pet: 2 mm/d, warmup: 0 d}}}\n"
    "  f: {area: 10 km2, to: sea, inflow: {gr5j: {x1: 300 mm, x2: 0.2 mm/d, x3: 70 mm, x4: 2 d,\n"
    "      x5: 10 %, rain: {series: rain}, pet: 3 mm/d}}}\n";

static const double monthly_mm[12] = {60, 60, 80, 90, 110, 110, 120, 110, 90, 90, 70, 60};

/* Run a model by hand over the days of the file. */
static void
by_hand(const char *name, const double *parameter, const double *initial, int warmup, int count,
        const double *rain, const double *pet, double *flow_mm)
{
    const struct catchment_model *model = catchment_model_find(name);
    double state[CATCHMENT_STATE_MAX];
    catchment_start(model, parameter, initial, state);
    assert_int_equal(catchment_run(model, parameter, state, warmup, rain, pet, flow_mm, NULL, NULL),
                     STATUS_OK);
    assert_int_equal(catchment_run(model, parameter, state, count, rain, pet, flow_mm, NULL, NULL),
                     STATUS_OK);
}

static void
check(const struct setup *setup, int catchment_i, double m3s_per_mm, const double *flow_mm)
{
    for (int t = 0; t < setup->axis.step_count; t++)
        assert_close(setup->runoff->flow_m3s[catchment_i][t], flow_mm[t] * m3s_per_mm, 1e-12, 0.0);
}

static void
daily_models_run_as_by_hand(void **state)
{
    (void)state;
    enum { DAYS = 1095 };
    static double rain[DAYS], more[DAYS], even[DAYS], monthly[DAYS], oudin[DAYS], hargreaves[DAYS],
        two[DAYS], flow[DAYS];
    static char faults[8192];
    struct setup setup;
    double latitude = 21.1 * 3.14159265358979323846 / 180.0;
    double latitude_d = 21.0 * 3.14159265358979323846 / 180.0;
    write_weather("w.csv", false, DAYS);
    struct basin *basin = load("daily", "2003-12-31", daily_catchments, faults, sizeof faults);
    if (basin == NULL)
        fail_msg("%s", faults);
    compute(&setup, basin, NULL);
    for (int t = 0; t < DAYS; t++) {
        struct date date = timeaxis_date(&setup.axis, t);
        int day = pet_day_of_year(date);
        rain[t] = rain_mm(t);
        more[t] = 1.2 * rain_mm(t);
        even[t] = 3.0;
        two[t] = 2.0;
        monthly[t] = monthly_mm[date.month - 1] / days_in_month(date.year, date.month);
        oudin[t] = 1.1 * pet_oudin_mm(latitude, day, warmth_degC(t));
        hargreaves[t] =
            pet_hargreaves_mm(latitude_d, day, warmth_degC(t) - 4.0, warmth_degC(t) + 4.0, 0.0023);
    }
    by_hand("gr4j", (double[]){350, -0.5, 90, 1.7}, (double[]){0.3, 0.5}, 365, DAYS, rain, even,
            flow);
    check(&setup, 0, 50e3 / 86400, flow);
    by_hand("gr6j", (double[]){200, 0.6, 50, 53.0 / 24, 0.4, 5}, (double[]){0.3, 0.5, -2}, 365,
            DAYS, more, monthly, flow);
    check(&setup, 1, 20e3 / 86400, flow);
    by_hand("gr4j", (double[]){250, 0, 60, 0.9}, (double[]){0.8, 0.5}, 365, DAYS, rain, oudin,
            flow);
    check(&setup, 2, 70e3 / 86400, flow);
    by_hand("xinanjiang",
            (double[]){0.9, 0.3, 0.02, 20, 70, 60, 0.15, 30, 1.2, 0.4, 0.3, 0.3, 1.4, 0.7, 0.98},
            (double[]){0.5, 0.5, 0.1}, 365, DAYS, rain, hargreaves, flow);
    check(&setup, 3, 0.5 * 10e3 / 86400, flow);
    by_hand("hbv", (double[]){0.9, 100, 3.3, 0.5, 9, 105, 50, 2, 10, 26.5},
            (double[]){0.5, 0.05, 2.5}, 0, DAYS, rain, two, flow);
    check(&setup, 4, 10e3 / 86400, flow);
    by_hand("gr5j", (double[]){300, 0.2, 70, 2, 0.1}, (double[]){0.3, 0.5}, 365, DAYS, rain, even,
            flow);
    check(&setup, 5, 10e3 / 86400, flow);
    finish(&setup);
}

/* Months of a daily model are the means of their days. */
static void
longer_steps_take_the_mean_of_their_days(void **state)
{
    (void)state;
    static char faults[8192];
    struct setup daily, monthly;
    write_weather("w.csv", false, 1095);
    compute(&daily, load("daily", "2003-12-31", daily_catchments, faults, sizeof faults), NULL);
    compute(&monthly, load("monthly", "2003-12-31", daily_catchments, faults, sizeof faults), NULL);
    for (int c = 0; c < 6; c++)
        for (int t = 0, day = 0; t < monthly.axis.step_count; t++) {
            double sum = 0.0;
            for (int i = 0; i < monthly.axis.days_in_month[t]; i++)
                sum += daily.runoff->flow_m3s[c][day++];
            assert_close(monthly.runoff->flow_m3s[c][t], sum / monthly.axis.days_in_month[t], 1e-11,
                         0.0);
        }
    finish(&daily);
    finish(&monthly);
}

static void
hours_and_months_run_their_own_models(void **state)
{
    (void)state;
    enum { HOURS = 24 * 60 };
    static double rain[HOURS], pet[HOURS], flow[HOURS];
    static char faults[4096];
    struct setup setup;
    write_weather("w.csv", true, HOURS);
    struct basin *basin = load(
        "hourly", "2001-03-01",
        "  h: {area: 36 km2, to: sea, at: [21, 107], inflow: {gr4h: {x1: 500 mm, x2: -0.1 mm/h,\n"
        "      x3: 80 mm, x4: 6 h, rain: {series: rain}, pet: {oudin: {temperature:\n"
        "      {series: warmth}}}, warmup: 10 d}}}\n",
        faults, sizeof faults);
    if (basin == NULL)
        fail_msg("%s", faults);
    compute(&setup, basin, NULL);
    for (int day = 0; day < HOURS / 24; day++) {
        double warmth = 0.0, latitude = 21.0 * 3.14159265358979323846 / 180.0;
        for (int hour = 0; hour < 24; hour++)
            warmth += warmth_degC(24 * day + hour) / 24.0;
        for (int hour = 0; hour < 24; hour++) {
            rain[24 * day + hour] = rain_mm(24 * day + hour);
            pet[24 * day + hour] =
                pet_oudin_mm(latitude, day + 1, warmth) * pet_hour_share(latitude, day + 1, hour);
        }
    }
    by_hand("gr4h", (double[]){500, -0.1, 80, 6}, (double[]){0.3, 0.5}, 240, HOURS, rain, pet,
            flow);
    check(&setup, 0, 36e3 / 3600, flow);
    finish(&setup);
    write_weather("w.csv", false, 1095);
    basin = load("monthly", "2003-12-31",
                 "  m: {area: 36 km2, to: sea, inflow: {gr2m: {x1: 500 mm, x2: 0.9,\n"
                 "      rain: {series: rain}, pet: 90 mm/month}}}\n",
                 faults, sizeof faults);
    if (basin == NULL)
        fail_msg("%s", faults);
    compute(&setup, basin, NULL);
    memset(rain, 0, sizeof rain);
    for (int t = 0, day = 0; t < 36; t++) {
        for (int i = 0; i < setup.axis.days_in_month[t]; i++)
            rain[t] += rain_mm(day++);
        pet[t] = 90.0;
    }
    by_hand("gr2m", (double[]){500, 0.9}, (double[]){0.3, 0.5}, 12, 36, rain, pet, flow);
    for (int t = 0; t < 36; t++)
        assert_close(setup.runoff->flow_m3s[0][t], flow[t] * 36e3 / setup.axis.dt_s[t], 1e-11, 0.0);
    finish(&setup);
}

static void
models_are_refused_on_other_steps(void **state)
{
    (void)state;
    static char faults[4096];
    write_weather("w.csv", false, 400);
    assert_null(load("daily", "2001-12-31",
                     "  h: {area: 36 km2, to: sea, inflow: {gr4h: {x1: 500 mm, x2: -0.1 mm/h,\n"
                     "      x3: 80 mm, x4: 6 h, rain: {series: rain}, pet: 3 mm/d}}}\n",
                     faults, sizeof faults));
    assert_non_null(strstr(faults, "catchment 'h': gr4h needs run.step hourly, not daily"));
    assert_null(load("daily", "2001-12-31",
                     "  m: {area: 36 km2, to: sea, inflow: {gr2m: {x1: 500 mm, x2: 0.9,\n"
                     "      rain: {series: rain}, pet: 3 mm/d}}}\n",
                     faults, sizeof faults));
    assert_non_null(strstr(faults, "gr2m needs run.step monthly"));
    assert_null(
        load("daily", "2001-12-31",
             "  o: {area: 36 km2, to: sea, inflow: {gr4j: {x1: 500 mm, x2: 0 mm/d, x3: 80 mm,\n"
             "      x4: 1 d, rain: {series: rain}, pet: {oudin: {temperature: 25 degC}}}}}\n",
             faults, sizeof faults));
    assert_non_null(strstr(faults, "say where it lies, at: [latitude, longitude]"));
    assert_null(
        load("daily", "2001-12-31",
             "  o: {area: 36 km2, to: sea, inflow: {gr5j: {x1: 500 mm, x2: 0 mm/d, x3: 80 mm,\n"
             "      x4: 1 d, x6: 3 mm, rain: {series: rain}, pet: {penman: {}}}, gr4: 1}}\n",
             faults, sizeof faults));
    assert_non_null(strstr(faults, "unknown key 'x6' in catchments.o.inflow.gr5j"));
    assert_non_null(strstr(faults, "'x5'"));
    assert_non_null(strstr(faults, "unknown key 'gr4' in inflow (did you mean 'gr4j'"));
    write_weather("w.csv", true, 48);
    struct basin *basin =
        load("hourly", "2001-01-02",
             "  d: {area: 36 km2, to: sea, inflow: {gr4j: {x1: 500 mm, x2: 0 mm/d, x3: 80 mm,\n"
             "      x4: 1 d, rain: {series: rain}, pet: 3 mm/d, warmup: 1 d}}}\n",
             faults, sizeof faults);
    assert_non_null(basin);
    assert_non_null(strstr(faults, "warning"));
    assert_non_null(strstr(faults, "every hour takes the flow of its day"));
    basin_destroy(basin);
}

/* What a change does to a catchment's mean flow, as a ratio. */
static double
effect(const char *change, int catchment_i)
{
    static char faults[8192];
    struct setup before, after;
    double sum_before = 0.0, sum_after = 0.0;
    compute(&before, load("daily", "2003-12-31", daily_catchments, faults, sizeof faults), NULL);
    compute(&after, load("daily", "2003-12-31", daily_catchments, faults, sizeof faults), change);
    for (int t = 0; t < before.axis.step_count; t++) {
        sum_before += before.runoff->flow_m3s[catchment_i][t];
        sum_after += after.runoff->flow_m3s[catchment_i][t];
    }
    finish(&before);
    finish(&after);
    return sum_after / sum_before;
}

static void
changes_by_path_reach_the_model(void **state)
{
    (void)state;
    write_weather("w.csv", false, 1095);
    static const struct {
        const char *change;
        int catchment_i;
        double least, most; /* of the mean flow over the one before */
    } cases[] = {
        {"catchments.a.inflow.gr4j.x1=50 mm", 0, 1.01, 2.0},
        {"catchments.a.x1=50 mm", 0, 1.01, 2.0},
        {"catchments.b.inflow.gr6j.x2=-3 mm/d", 1, 0.2, 0.95},
        {"catchments.b.x1=20 mm", 1, 1.01, 2.0},
        /* a key that all models share, for the model that the path names */
        {"catchments.*.inflow.gr4j.rain=0 mm/d", 0, 0.0, 0.7},
        {"catchments.*.inflow.gr4j.rain=0 mm/d", 1, 1.0, 1.0},
        {"catchments.*.rain=0 mm/d", 1, 0.0, 0.7},
        {"catchments.c.temperature=35 degC", 2, 0.1, 0.99},
        {"catchments.c.pet=0 mm/d", 2, 1.1, 5.0},
        {"catchments.d.inflow.xinanjiang.k=0.5", 3, 1.01, 5.0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double ratio = effect(cases[i].change, cases[i].catchment_i);
        if (!(ratio >= cases[i].least && ratio <= cases[i].most))
            fail_msg("%s: the flow of %d changes by %g", cases[i].change, cases[i].catchment_i,
                     ratio);
    }
}

static void
a_key_of_several_models_wants_a_name(void **state)
{
    (void)state;
    static char faults[8192];
    struct diagnostics diagnostics;
    write_weather("w.csv", false, 1095);
    struct basin *basin = load("daily", "2003-12-31", daily_catchments, faults, sizeof faults);
    assert_non_null(basin);
    diagnostics_init(&diagnostics);
    assert_int_equal(basin_set(basin, "catchments.*.x1=300 mm", &diagnostics), STATUS_INPUT);
    assert_non_null(
        strstr(diagnostics.item[0].message, "'x1' is a key of several models; name one"));
    diagnostics_finish(&diagnostics);
    basin_destroy(basin);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(daily_models_run_as_by_hand),
        cmocka_unit_test(longer_steps_take_the_mean_of_their_days),
        cmocka_unit_test(hours_and_months_run_their_own_models),
        cmocka_unit_test(models_are_refused_on_other_steps),
        cmocka_unit_test(changes_by_path_reach_the_model),
        cmocka_unit_test(a_key_of_several_models_wants_a_name),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
