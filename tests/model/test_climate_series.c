/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/model/climate_fixture.h"

/* Series of a basin file that come from netCDF files, as they are and corrected. */

/* A basin of one catchment whose rain is the series `rain`, with the section `series` given. */
static struct basin *
load(const char *series)
{
    char text[4096];
    snprintf(text, sizeof text,
             "nguon: 1\nname: test\nrun: {start: 2001-01-01, end: 2004-12-31, step: daily}\n"
             "series:\n%s\n"
             "catchments:\n  hill: {area: 100 km2, to: bay, inflow: {gr4j: {x1: 300 mm, "
             "x2: 0 mm/d, x3: 90 mm, x4: 1.7 d, pet: 3 mm/d, rain: {series: rain}}}}\n"
             "seas: {bay: {}}\n",
             series);
    return load_text(text);
}

static struct basin *
must_load(const char *series)
{
    char text[2048];
    struct basin *basin = load(series);
    if (basin == NULL)
        fail_msg("%s", diagnostic_format(&faults.item[0], text, sizeof text));
    return basin;
}

static const struct record *
record_of(const struct basin *basin, const char *id)
{
    for (int i = 0; i < basin->series_count; i++)
        if (strcmp(basin->series[i].id, id) == 0)
            return &basin->series[i].record;
    fail_msg("no series %s", id);
    return NULL;
}

static void
must_fault(const char *series, const char *words)
{
    struct basin *basin = load(series);
    assert_null(basin);
    must_say(words);
}

static void
a_netcdf_series_serves_a_run(void **unused)
{
    (void)unused;
    write_model("pr_a.nc", 2001, 2002, 1.0);
    write_model("pr_b.nc", 2003, 2004, 1.0);
    struct basin *basin = must_load("  rain: {netcdf: 'pr_*.nc', variable: pr, at: [21.4, 107.1]}");
    const struct record *record = record_of(basin, "rain");
    assert_int_equal(record->count, 1461);
    assert_close(record->value[40], rain_of_day(1, 2, 10) / 86.4e6, 1e-6, 1e-18);
    struct timeaxis axis;
    double *value = malloc(1461 * sizeof *value);
    assert_non_null(value);
    assert_int_equal(timeaxis_init(&axis, STEP_DAILY, basin->run.start, basin->run.end, NULL),
                     STATUS_OK);
    assert_int_equal(record_on_axis(record, &axis, value, NULL), STATUS_OK);
    timeaxis_finish(&axis);
    free(value);
    basin_destroy(basin);
}

/* One box and one weights file beside the point, from files that are read once. */
static void
places_of_every_form_are_read(void **unused)
{
    (void)unused;
    write_model("pr_a.nc", 2001, 2004, 1.0);
    write_text("w.csv", "lat,lon,hill\n21.5,107,3\n21.5,108,1\n");
    struct basin *basin = must_load(
        "  rain: {netcdf: pr_a.nc, variable: pr, weights: w.csv, weights_column: hill}\n"
        "  box: {netcdf: pr_a.nc, variable: pr, box: [21, 106.5, 22, 108.5]}\n"
        "  between: {netcdf: pr_a.nc, variable: pr, at: [21.5, 107.25], interpolation: bilinear}");
    double centre = rain_of_day(1, 2, 10);
    assert_close(record_of(basin, "rain")->value[40], (centre + 0.5) / 86.4e6, 1e-6, 0);
    /* what no quantity uses is not read, and said so */
    assert_int_equal(record_of(basin, "box")->count, 0);
    assert_int_equal(faults.count, 2);
    basin_destroy(basin);
    basin = must_load("  rain: {netcdf: pr_a.nc, variable: pr, box: [21, 106.5, 22, 108.5]}");
    assert_close(record_of(basin, "rain")->value[40], (centre + 1) / 86.4e6, 1e-6, 0);
    basin_destroy(basin);
    basin = must_load("  rain: {netcdf: pr_a.nc, variable: pr, at: [21.5, 107.25], "
                      "interpolation: bilinear}");
    assert_close(record_of(basin, "rain")->value[40], (centre + 0.5) / 86.4e6, 1e-6, 0);
    basin_destroy(basin);
}

static void
a_unit_may_be_given(void **unused)
{
    (void)unused;
    fixture_year = 2001;
    fixture_share = 1;
    struct netcdf_fixture fixture = {.path = in_folder("unit.nc"),
                                     .unit = "mm",
                                     .calendar = "noleap",
                                     .time_unit = "days since 2001-01-01",
                                     .time_count = 4 * 365,
                                     .row_count = 3,
                                     .column_count = 3,
                                     .latitude = latitude,
                                     .longitude = longitude,
                                     .figure = noleap_rain};
    netcdf_fixture_write(&fixture);
    must_fault("  rain: {netcdf: unit.nc, variable: pr, at: [21.5, 107]}",
               "series 'rain' is in the unit of a level or depth");
    struct basin *basin =
        must_load("  rain: {netcdf: unit.nc, variable: pr, at: [21.5, 107], unit: mm/d}");
    assert_close(record_of(basin, "rain")->value[40], rain_of_day(1, 2, 10) / 86400 / 86.4e6, 1e-6,
                 0);
    basin_destroy(basin);
}

static double
monthly_sum(const struct record *record, int month)
{
    double sum = 0.0;
    for (int i = 0; i < record->count; i++)
        if (date_from_seconds(record->start_s[i]).month == month)
            sum += record->value[i];
    return sum;
}

/* The model is twice as dry as the observations in its past and 20 % wetter in its future. */
static void
a_future_is_corrected_and_put_on_the_run(void **unused)
{
    (void)unused;
    write_observed(2001, 2010);
    write_model("past.nc", 2001, 2010, 0.5);
    write_model("future.nc", 2051, 2060, 0.6);
    struct basin *basin =
        must_load("  obs: {file: observed.csv, column: P_mm, unit: mm/d}\n"
                  "  rain: {netcdf: future.nc, historical: past.nc, variable: pr, at: [21.5, 107],"
                  " method: quantile_delta, observed: obs, reference: 2001-2010, "
                  "period: 2051-2060}");
    assert_int_equal(faults.count, 0); /* the observations are not called unused */
    const struct record *rain = record_of(basin, "rain");
    const struct record *observed = record_of(basin, "obs");
    assert_int_equal(rain->start_s[0], date_to_seconds((struct date){2001, 1, 1, 0}));
    assert_int_equal(rain->count, observed->count);
    for (int month = 1; month <= 12; month++)
        assert_close(monthly_sum(rain, month), 1.2 * monthly_sum(observed, month), 4e-3, 0);
    /* a figure stands at its own quantile: July 2056 is 1.2 times July 2006, day by day */
    int first = (int)((date_to_seconds((struct date){2006, 7, 1, 0}) - rain->start_s[0]) / 86400);
    int wet = 0;
    for (int i = first; i < first + 31; i++) {
        wet += observed->value[i] > 5e-3 / 86400;
        if (observed->value[i] > 5e-3 / 86400)
            assert_close(rain->value[i], 1.2 * observed->value[i], 1e-2, 0);
    }
    assert_true(wet > 5);
    basin_destroy(basin);
}

static void
observations_are_changed_by_the_delta(void **unused)
{
    (void)unused;
    write_observed(2001, 2010);
    write_model("past.nc", 2001, 2010, 0.5);
    write_model("future.nc", 2051, 2060, 0.6);
    struct basin *basin =
        must_load("  obs: {file: observed.csv, column: P_mm, unit: mm/d}\n"
                  "  rain: {netcdf: future.nc, historical: past.nc, variable: pr, at: [21.5, 107],"
                  " method: delta, observed: obs, period: 2051-2060}");
    const struct record *rain = record_of(basin, "rain");
    const struct record *observed = record_of(basin, "obs");
    assert_int_equal(rain->count, observed->count);
    /* Februaries of 2051-2060 have one leap day more: the same water over 283 days, not 282 */
    for (int i = 0; i < rain->count; i++)
        assert_close(rain->value[i],
                     1.2 * observed->value[i] *
                         (date_from_seconds(rain->start_s[i]).month == 2 ? 282.0 / 283 : 1.0),
                     1e-5, 0);
    basin_destroy(basin);
}

/* A model that is its own correction: a period put on the years of the run, with its leap days. */
static void
a_period_may_be_moved_as_it_is(void **unused)
{
    (void)unused;
    write_model("future.nc", 2051, 2060, 0.6);
    struct basin *basin = must_load("  rain: {netcdf: future.nc, variable: pr, at: [21.5, 107], "
                                    "period: 2051-2054}");
    const struct record *rain = record_of(basin, "rain");
    double sum = 0.0;
    double direct = 0.0;
    assert_int_equal(rain->count, 1461);
    for (int i = 0; i < rain->count; i++)
        sum += rain->value[i];
    fixture_year = 2051;
    fixture_share = 0.6;
    for (int t = 0; t < 4 * 365; t++)
        direct += (double)(float)noleap_rain(t, 1, 1) * 1e-3;
    assert_close(sum, direct, 1e-12, 0);
    basin_destroy(basin);
}

static void
faults_stand_at_their_key(void **unused)
{
    (void)unused;
    write_observed(2001, 2010);
    write_model("past.nc", 2001, 2010, 0.5);
    static const struct {
        const char *series, *words;
    } table[] = {
        {"  rain: {netcdf: none.nc, variable: pr}", "basin.yaml:5:18: error: series 'rain': there "
                                                    "is no file"},
        {"  rain: {netcdf: past.nc}", "lacks the key 'variable'"},
        {"  rain: {netcdf: past.nc, variable: tas}", "there is no variable 'tas'"},
        {"  rain: {netcdf: past.nc, variable: pr}", "give the place by at, box or weights"},
        {"  rain: {netcdf: past.nc, variable: pr, at: [21, 107], colour: red}",
         "unknown key 'colour' in a series from netCDF"},
        {"  rain: {netcdf: past.nc, variable: pr, at: [107, 21]}", "'at' is [latitude, longitude]"},
        {"  rain: {netcdf: past.nc, variable: pr, at: 21}", "'at' is [latitude, longitude]"},
        {"  rain: {netcdf: past.nc, variable: pr, box: [22, 106, 21, 107]}", "south below north"},
        {"  rain: {netcdf: past.nc, variable: pr, at: [21, 107], box: [20, 106, 21, 107]}",
         "has both 'at' and 'box'"},
        {"  rain: {netcdf: past.nc, variable: pr, at: [31, 107]}",
         "its grid does not cover latitude 31"},
        {"  rain: {netcdf: past.nc, variable: pr, weights: none.csv}", "none.csv"},
        {"  rain: {netcdf: past.nc, variable: pr, at: [21, 107], method: magic}", "magic"},
        {"  rain: {netcdf: past.nc, variable: pr, at: [21, 107], method: delta}",
         "lacks the key 'observed'"},
        {"  rain: {netcdf: past.nc, variable: pr, at: [21, 107], observed: obs}",
         "'observed' goes only with a method"},
        {"  rain: {netcdf: past.nc, variable: pr, at: [21, 107], period: 2070-2041}",
         "'period' must be a span of years"},
        {"  rain: {netcdf: past.nc, variable: pr, at: [21, 107], method: delta, observed: other, "
         "period: 2001-2010}",
         "there is no series 'other'"},
        {"  obs: {file: observed.csv, column: P_mm, unit: m}\n  rain: {netcdf: past.nc, variable: "
         "pr, at: [21, 107], method: delta, observed: obs, period: 2001-2010}",
         "'obs' is another quantity"},
        {"  obs: {file: observed.csv, column: P_mm, unit: mm/d}\n  rain: {netcdf: past.nc, "
         "variable: pr, at: [21, 107], method: quantile_delta, observed: obs, period: 2041-2070}",
         "the model's future: the record covers 2001-01-01 to 2010-12-31, not the years 2041"},
        {"  rain: {netcdf: past.nc, variable: pr, at: [21, 107], period: 2001-2002}",
         "series 'rain' does not serve the run: it has no value for 2003-01-01"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        must_fault(table[i].series, table[i].words);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_netcdf_series_serves_a_run),
        cmocka_unit_test(places_of_every_form_are_read),
        cmocka_unit_test(a_unit_may_be_given),
        cmocka_unit_test(a_future_is_corrected_and_put_on_the_run),
        cmocka_unit_test(observations_are_changed_by_the_delta),
        cmocka_unit_test(a_period_may_be_moved_as_it_is),
        cmocka_unit_test(faults_stand_at_their_key),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
