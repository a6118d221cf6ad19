/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/climate_table.h"
#include "model/demand.h"
#include "tests/model/climate_fixture.h"

/* Climate projections as members of a scenario axis. */

/* One model catchment, one with a gauge, a lake, a town that feels the heat; the axis is given. */
static struct basin *
load_axis(const char *members)
{
    char text[8192];
    snprintf(text, sizeof text,
             "nguon: 1\nname: test\nrun: {start: 2001-01-01, end: 2004-12-31, step: daily}\n"
             "series:\n"
             "  obs: {file: observed.csv, column: P_mm, unit: mm/d}\n"
             "catchments:\n"
             "  hill: {area: 100 km2, to: lake, at: [21.5, 107], inflow: {gr4j: {x1: 300 mm, "
             "x2: 0 mm/d, x3: 90 mm, x4: 1.7 d, pet: 3 mm/d, rain: {series: obs}}}}\n"
             "  gauged: {area: 50 km2, to: lake, at: [21.5, 107], inflow: 2 m3/s}\n"
             "reservoirs:\n"
             "  lake: {table: {level: [0, 10], area: [0, 2], storage: [0, 10], "
             "units: [m, km2, hm3]}, capacity: 10 hm3, spill_to: bay, rain: 4 mm/d, "
             "evaporation: 3 mm/d}\n"
             "demands:\n"
             "  town: {class: domestic, need: 1 m3/s, temperature: 29 degC, warm_above: 28 degC, "
             "warm_rise: 2 %%/K}\n"
             "seas: {bay: {}}\n"
             "links:\n"
             "  main: {kind: pipe, from: lake, to: town}\n"
             "  out: {kind: river, from: lake, to: bay}\n"
             "scenarios:\n  axes:\n    climate:\n%s\n",
             members);
    return load_text(text);
}

static struct basin *
must_load_axis(const char *members)
{
    char text[2048];
    struct basin *basin = load_axis(members);
    for (int i = 0; basin == NULL && i < faults.count; i++)
        print_message("%s\n", diagnostic_format(&faults.item[i], text, sizeof text));
    assert_non_null(basin);
    return basin;
}

static void
must_fault_axis(const char *members, const char *words)
{
    struct basin *basin = load_axis(members);
    assert_null(basin);
    must_say(words);
}

/* The basin as a member sees it. */
static struct basin *
apply_member(const struct basin *basin, int member_i)
{
    const struct axis_member *member = &basin->scenarios.axis[0].member[member_i];
    struct basin *copy = NULL;
    assert_int_equal(basin_copy(basin, &copy), STATUS_OK);
    for (int i = 0; i < member->change_count; i++) {
        struct error err = {0};
        if (basin_apply(copy, &member->change[i], &err) != STATUS_OK)
            fail_msg("%s", err.text);
    }
    return copy;
}

/* Value on the first day of a month of 2001. */
static double
on_month(const struct basin *basin, const struct varying *varying, int month)
{
    struct timeaxis axis;
    double **records = calloc((size_t)basin->series_count + 1, sizeof *records);
    assert_non_null(records);
    assert_int_equal(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, NULL),
                     STATUS_OK);
    for (int i = 0; i < basin->series_count; i++) {
        if (basin->series[i].record.count == 0)
            continue;
        records[i] = malloc((size_t)axis.step_count * sizeof *records[i]);
        assert_non_null(records[i]);
        assert_int_equal(record_on_axis(&basin->series[i].record, &axis, records[i], NULL),
                         STATUS_OK);
    }
    int step_t = timeaxis_find(&axis, date_to_seconds((struct date){2001, month, 1, 0}));
    double value = varying_at(varying, &axis, step_t, 0, records, NAN);
    for (int i = 0; i < basin->series_count; i++)
        free(records[i]);
    free(records);
    timeaxis_finish(&axis);
    return value;
}

static double
need_of_town(const struct basin *basin)
{
    struct timeaxis axis;
    assert_int_equal(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, NULL),
                     STATUS_OK);
    const struct moment moment = {.axis = &axis, .step_t = 0, .demand_year = 0};
    double need = demand_need_m3s(basin, &basin->demand[0], &moment);
    timeaxis_finish(&axis);
    return need;
}

static void
write_table(void)
{
    write_text("table.csv", "id,scenario,period,variable,months,central,low,high,unit,flag,source\n"
                            "there,high,2050,temperature,1-12,2,1,3,K,S,a paper\n"
                            "there,high,2050,rain,5-10,10,,30,%,M,memory\n"
                            "there,high,2050,rain,11-4,-20,,,%,E,a guess\n"
                            "there,high,2050,sea_level,1-12,25,,,cm,R,recalled\n"
                            "there,low,2050,temperature,1-12,1,,,degC,S,a paper\n");
}

/* Rain by season, temperature, and what is asked to follow them; nothing else. */
static void
a_table_changes_rain_temperature_and_what_follows(void **unused)
{
    (void)unused;
    write_observed(2001, 2010);
    write_table();
    struct basin *basin = must_load_axis(
        "      members:\n"
        "        now: {}\n"
        "        dry: {weather: {table: table.csv, id: there, scenario: high, period: 2050, "
        "pet_per_degree: 3 %/K, runoff_elasticity: 1.5}}\n"
        "        plain: {weather: {table: table.csv, id: there, scenario: high, period: 2050}}");
    struct basin *now = apply_member(basin, 0);
    struct basin *dry = apply_member(basin, 1);
    struct basin *plain = apply_member(basin, 2);
    const double factor[] = {0.8, 1.1}; /* February and July */
    for (int i = 0; i < 2; i++) {
        int month = i == 0 ? 2 : 7;
#define RATIO_OF(member) (on_month(dry, &dry->member, month) / on_month(now, &now->member, month))
        assert_close(on_month(dry, &dry->catchment[0].rain, month),
                     factor[i] * on_month(now, &now->catchment[0].rain, month), 1e-14, 0);
        assert_close(RATIO_OF(reservoir[0].rain), factor[i], 1e-14, 0);
        assert_close(RATIO_OF(catchment[1].inflow), 1 + 1.5 * (factor[i] - 1), 1e-14, 0);
        assert_close(RATIO_OF(catchment[0].pet), 1.06, 1e-14, 0);
        assert_close(RATIO_OF(reservoir[0].evaporation), 1.06, 1e-14, 0);
#undef RATIO_OF
        assert_close(on_month(plain, &plain->catchment[0].pet, month),
                     on_month(now, &now->catchment[0].pet, month), 0, 0);
        assert_close(on_month(plain, &plain->catchment[1].inflow, month), 2.0, 0, 0);
    }
    /* the town feels 1 degree above 28 now, 3 in the member */
    assert_close(need_of_town(now), 1.02, 1e-14, 0);
    assert_close(need_of_town(dry), 1.06, 1e-14, 0);
    /* rows used are counted by their flags, and the inflow that is left alone is mentioned */
    assert_int_equal(basin->flag_count[0], 2);
    assert_int_equal(basin->flag_count[1], 2);
    assert_int_equal(basin->flag_count[2], 2);
    assert_int_equal(basin->flag_count[3], 2);
    must_say("leaves the inflow of 1 catchments as it is");
    basin_destroy(now);
    basin_destroy(dry);
    basin_destroy(plain);
    basin_destroy(basin);
}

static void
estimates_of_a_table_are_chosen(void **unused)
{
    struct climate_table_change change;
    struct climate_table_query query = {
        .path = in_folder("table.csv"), .id = "there", .scenario = "low", .period = "2050"};
    struct error err = {0};
    (void)unused;
    write_table();
    assert_int_equal(climate_table_read(&query, &change, NULL), STATUS_OK);
    assert_close(change.temperature_K[0], 1, 0, 0);
    assert_false(change.has_rain);
    assert_close(change.rain_factor[3], 1, 0, 0);
    query.estimate = ESTIMATE_HIGH;
    assert_int_equal(climate_table_read(&query, &change, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, ":6: the row has no figure 'high'"));
    query.scenario = "high";
    query.estimate = ESTIMATE_CENTRAL;
    assert_int_equal(climate_table_read(&query, &change, NULL), STATUS_OK);
    assert_true(change.has_sea_level);
    assert_close(change.sea_level_m, 0.25, 1e-15, 0);
}

static void
tables_that_make_no_sense_are_named(void **unused)
{
    static const char head[] =
        "id,scenario,period,variable,months,central,low,high,unit,flag,source\n";
    static const struct {
        const char *row, *words;
    } table[] = {
        {"there,low,2050,rain,1-12,1,,,%,S,a\n", "no scenario 'high'; there are low"},
        {"here,high,2050,rain,1-12,1,,,%,S,a\n", "no id 'there'; there are here"},
        {"there,high,2040,rain,1-12,1,,,%,S,a\n", "no period '2050'; there are 2040"},
        {"there,high,2050,rain,1-12,x,,,%,S,a\n", ":2: 'x' is no number"},
        {"there,high,2050,rain,1-13,1,,,%,S,a\n", ":2: '1-13' are no months"},
        {"there,high,2050,rain,1-12,1,,,mm,S,a\n", "variable 'rain' in 'mm': read are"},
        {"there,high,2050,wind,1-12,1,,,%,S,a\n", "variable 'wind' in '%': read are"},
        {"there,high,2050,rain,1-12,1,,,%,X,a\n", "the flag 'X' is none of"},
        {"there,high,2050,rain,1-12,1,,,%,S,\n", "the row has no source"},
        {"there,high,2050,rain,1-12,-101,,,%,S,a\n", "cannot fall by more than 100 %"},
        {"there,high,2050,rain,1-6,1,,,%,S,a\nthere,high,2050,rain,6-12,1,,,%,S,a\n",
         ":3: a second row for rain of a month that has one"},
        {"", "there are no rows"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char text[1024];
        struct climate_table_change change;
        struct climate_table_query query = {
            .path = in_folder("odd.csv"), .id = "there", .scenario = "high", .period = "2050"};
        struct error err = {0};
        snprintf(text, sizeof text, "%s%s", head, table[i].row);
        write_text("odd.csv", text);
        assert_int_equal(climate_table_read(&query, &change, &err), STATUS_INPUT);
        if (strstr(err.text, table[i].words) == NULL || strstr(err.text, "odd.csv") == NULL)
            fail_msg("\"%s\" lacks \"%s\"", err.text, table[i].words);
    }
}

/* The table that comes with the program can be read row by row. */
static void
the_table_of_the_program_is_sound(void **unused)
{
    struct climate_table_change change;
    struct climate_table_query query = {.path = SOURCE_ROOT "/data/climate_change.csv",
                                        .id = "monre_2016_north",
                                        .scenario = "rcp45",
                                        .period = "2046-2065"};
    (void)unused;
    assert_int_equal(climate_table_read(&query, &change, NULL), STATUS_OK);
    assert_close(change.rain_factor[6], 1.10, 1e-15, 0);
    assert_close(change.temperature_K[6], 1.65, 1e-15, 0);
    query.estimate = ESTIMATE_LOW;
    assert_int_equal(climate_table_read(&query, &change, NULL), STATUS_OK);
    assert_close(change.rain_factor[6], 1.05, 1e-15, 0);
    query = (struct climate_table_query){.path = query.path,
                                         .id = "ar6_hong_kong",
                                         .scenario = "ssp585",
                                         .period = "2100",
                                         .estimate = ESTIMATE_HIGH};
    assert_int_equal(climate_table_read(&query, &change, NULL), STATUS_OK);
    assert_close(change.sea_level_m, 1.72, 1e-15, 0);
}

/* A model half as wet in its past and 20 % wetter in its future, by delta: rain 1.2 times. */
static void
a_projection_scales_by_month(void **unused)
{
    (void)unused;
    write_observed(2001, 2010);
    write_model("past.nc", 2001, 2010, 0.5);
    write_model("future.nc", 2051, 2060, 0.6);
    struct basin *basin = must_load_axis(
        "      members:\n"
        "        now: {}\n"
        "        model: {weather: {rain: {netcdf: future.nc, historical: past.nc}, "
        "method: delta, period: 2051-2060, runoff_elasticity: 2}, demands.town.need: "
        "{scale: 1.1}}");
    struct basin *now = apply_member(basin, 0);
    struct basin *model = apply_member(basin, 1);
    for (int month = 3; month <= 12; month++) {
        assert_close(on_month(model, &model->catchment[0].rain, month),
                     1.2 * on_month(now, &now->catchment[0].rain, month), 1e-5, 1e-20);
        assert_close(on_month(model, &model->reservoir[0].rain, month),
                     1.2 * on_month(now, &now->reservoir[0].rain, month), 1e-5, 0);
        assert_close(on_month(model, &model->catchment[1].inflow, month), 2 * 1.4, 1e-5, 0);
    }
    /* other changes of the member hold beside its weather */
    assert_close(need_of_town(model), 1.1 * need_of_town(now), 1e-14, 0);
    basin_destroy(now);
    basin_destroy(model);
    basin_destroy(basin);
}

/* Quantile delta mapping: the catchment's record is replaced, the lake's figure scaled. */
static void
a_projection_replaces_a_record(void **unused)
{
    (void)unused;
    write_observed(2001, 2010);
    write_model("past.nc", 2001, 2010, 0.5);
    write_model("future.nc", 2051, 2060, 0.6);
    struct basin *basin =
        must_load_axis("      members:\n"
                       "        - now\n"
                       "        - {label: ec/1, rain: {netcdf: future.nc, historical: past.nc}, "
                       "method: quantile_delta, reference: 2001-2010, period: 2051-2060}");
    assert_string_equal(basin->scenarios.axis[0].member[0].label, "now");
    assert_string_equal(basin->scenarios.axis[0].member[1].label, "ec/1");
    struct basin *now = apply_member(basin, 0);
    struct basin *model = apply_member(basin, 1);
    const struct varying *rain = &model->catchment[0].rain;
    assert_true(rain->series_i != now->catchment[0].rain.series_i);
    const struct record *record = &model->series[rain->series_i].record;
    const struct record *observed = &now->series[now->catchment[0].rain.series_i].record;
    double sum[2] = {0};
    assert_int_equal(record->start_s[0], date_to_seconds((struct date){2001, 1, 1, 0}));
    assert_int_equal(record->count, observed->count);
    for (int i = 0; i < record->count; i++) {
        sum[0] += observed->value[i];
        sum[1] += record->value[i];
    }
    assert_close(sum[1], 1.2 * sum[0], 2e-3, 0);
    assert_close(on_month(model, &model->reservoir[0].rain, 7),
                 1.2 * on_month(now, &now->reservoir[0].rain, 7), 1e-5, 0);
    basin_destroy(now);
    basin_destroy(model);
    basin_destroy(basin);
}

/* Plain changes as members, and as axes of values that add to one another. */
static void
plain_changes_make_a_grid(void **unused)
{
    (void)unused;
    write_observed(2001, 2010);
    struct basin *basin = must_load_axis(
        "      members: {now: {}, hot: {weather: {rain: 80 %, temperature: 2 K, "
        "pet_per_degree: 3 %/K}}}\n"
        "    warming: {values: [0 K, 2 K, 4 degC], path: weather.temperature, pet_per_degree: 3 "
        "%/K}\n"
        "    rain: {values: [80 %, 100 %], path: weather.rain, runoff_elasticity: 2}");
    struct basin *now = apply_member(basin, 0);
    struct basin *hot = apply_member(basin, 1);
    assert_close(on_month(hot, &hot->reservoir[0].rain, 7),
                 0.8 * on_month(now, &now->reservoir[0].rain, 7), 1e-14, 0);
    assert_close(on_month(hot, &hot->catchment[0].pet, 7),
                 1.06 * on_month(now, &now->catchment[0].pet, 7), 1e-14, 0);
    basin_destroy(hot);
    const struct scenario_spec *spec = &basin->scenarios;
    assert_int_equal(spec->axis_count, 3);
    assert_int_equal(spec->axis[1].member_count, 3);
    assert_string_equal(spec->axis[1].member[2].label, "4 degC");
    struct basin *both = NULL;
    assert_int_equal(basin_copy(basin, &both), STATUS_OK);
    for (int a = 1; a < 3; a++) {
        const struct axis_member *member = &spec->axis[a].member[a == 1 ? 2 : 0];
        for (int i = 0; i < member->change_count; i++)
            assert_int_equal(basin_apply(both, &member->change[i], NULL), STATUS_OK);
    }
    assert_close(on_month(both, &both->catchment[0].pet, 7),
                 1.12 * on_month(now, &now->catchment[0].pet, 7), 1e-14, 0);
    assert_close(on_month(both, &both->catchment[0].rain, 7),
                 0.8 * on_month(now, &now->catchment[0].rain, 7), 1e-14, 1e-30);
    assert_close(on_month(both, &both->catchment[1].inflow, 7), 2 * 0.6, 1e-14, 0);
    assert_close(need_of_town(both), 1 + 0.02 * 5, 1e-14, 0);
    basin_destroy(both);
    basin_destroy(now);
    basin_destroy(basin);
}

static void
faults_of_members_are_named(void **unused)
{
    (void)unused;
    write_observed(2001, 2010);
    write_model("past.nc", 2001, 2010, 0.5);
    write_model("future.nc", 2051, 2060, 0.6);
    write_table();
    static const struct {
        const char *weather, *words;
    } table[] = {
        {"{rain: {netcdf: future.nc, historical: past.nc}}", "lacks the key 'period'"},
        {"{rain: {netcdf: none.nc}, period: 2051-2060, reference: 2001-2010}",
         "member 'x' of axis 'climate': there is no file"},
        {"{rain: {netcdf: future.nc}, period: 2051-2060}",
         "needs 'reference', years of the past that the files hold, or files 'historical'"},
        {"{rain: {netcdf: future.nc, historical: past.nc}, period: 2051-2070}",
         "future.nc: variable 'pr': the record covers 2051-01-01 to 2060-12-31, not the years "
         "2051"},
        {"{rain: {netcdf: future.nc, historical: past.nc, colour: red}, period: 2051-2060}",
         "unknown key 'colour' in rain"},
        {"{rain: {netcdf: future.nc, historical: past.nc}, period: 2051-2060, wind: 1}",
         "unknown key 'wind' in weather"},
        {"{temperature: {netcdf: future.nc, variable: pr}, period: 2051-2060, "
         "reference: 2001-2010}",
         "variable 'pr' is a depth per time, not a temperature"},
        {"{rain: {netcdf: future.nc, historical: past.nc}, period: 2051-2060, at: [31, 107]}",
         "its grid does not cover latitude 31"},
        {"{rain: {netcdf: future.nc, historical: past.nc}, period: 2051-2060, method: none}",
         "a member needs a method"},
        {"{table: none.csv, id: there, scenario: high, period: 2050}", "none.csv"},
        {"{table: table.csv, id: there, scenario: high}", "lacks the key 'period'"},
        {"{table: table.csv, id: there, scenario: high, period: 2060}", "there are 2050"},
        {"{table: table.csv, id: there, scenario: high, period: 2050, method: delta}",
         "unknown key 'method' in weather from a table"},
        {"{table: table.csv, id: there, scenario: high, period: 2050, pet_per_degree: 3 %}",
         "it takes a share per degree"},
        {"{period: 2051-2060}", "changes nothing in this basin"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text, "      members: {now: {}, x: {weather: %s}}", table[i].weather);
        must_fault_axis(text, table[i].words);
    }
    must_fault_axis("      members: [now, [1, 2]]", "an entry of 'members' is a label");
    must_fault_axis("      members: [now, {period: 2051-2060}]", "an entry of 'members' is");
    must_fault_axis("      members: [now, now]", "axis 'climate' has 'now' twice");
    must_fault_axis("      {values: [1 K], path: weather.wind}", "it has rain and temperature");
    must_fault_axis("      {values: [10 mm], path: weather.rain}", "it takes a share");
    must_fault_axis("      {values: [10 %], path: weather.temperature}", "it takes a temperature");
    must_fault_axis("      members: {x: {weather: {rain: 80 %, period: 2041-2070}}}",
                    "unknown key 'period' in plain changes of weather");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_changes_rain_temperature_and_what_follows),
        cmocka_unit_test(estimates_of_a_table_are_chosen),
        cmocka_unit_test(tables_that_make_no_sense_are_named),
        cmocka_unit_test(the_table_of_the_program_is_sound),
        cmocka_unit_test(a_projection_scales_by_month),
        cmocka_unit_test(a_projection_replaces_a_record),
        cmocka_unit_test(plain_changes_make_a_grid),
        cmocka_unit_test(faults_of_members_are_named),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
