/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/model/netcdf_folder.h"

#include <sys/stat.h>

/* Bad files: an error that names file, variable and date, and never a wrong figure. */

static const double latitude[] = {20, 21, 22};
static const double longitude[] = {105, 106, 107, 108};

static double
some_rain(int time_t, int row, int column)
{
    return 1e-6 * (1 + time_t + 10 * row + 100 * column);
}

static struct netcdf_fixture
usual(const char *path)
{
    return (struct netcdf_fixture){.path = path,
                                   .calendar = "noleap",
                                   .time_count = 20,
                                   .row_count = 3,
                                   .column_count = 4,
                                   .latitude = latitude,
                                   .longitude = longitude,
                                   .figure = some_rain};
}

static struct place_source
usual_source(const char *path)
{
    return (struct place_source){.files.pattern = path,
                                 .files.variable = "pr",
                                 .place = {PICK_NEAREST, .latitude_deg = 21, .longitude_deg = 106}};
}

/* Reading must fail with a message that holds the words and the file's name. */
static void
must_fail(struct place_source source, const char *name, const char *words)
{
    struct record record;
    if (read_netcdf(&source, FILL_NONE, &record) == STATUS_OK)
        fail_msg("%s was read, without \"%s\"", name, words);
    assert_true(faults.count > 0);
    const char *message = faults.item[0].message;
    if (strstr(message, words) == NULL || strstr(message, name) == NULL)
        fail_msg("\"%s\" lacks \"%s\" or \"%s\"", message, words, name);
}

static size_t
read_all(const char *path, char *bytes, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t count = fread(bytes, 1, size, file);
    fclose(file);
    return count;
}

static void
write_all(const char *path, const char *bytes, size_t count)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    fclose(file);
}

/* A file cut anywhere is refused in every format; the whole file is read. */
static void
files_cut_off_are_refused(void **unused)
{
    static char bytes[1 << 17];
    static const int formats[] = {1, 2, 5, 0};
    (void)unused;
    for (int i = 0; i < 4; i++) {
        struct netcdf_fixture fixture = usual(in_folder("whole.nc"));
        struct record record;
        fixture.format = formats[i];
        netcdf_fixture_write(&fixture);
        size_t count = read_all(in_folder("whole.nc"), bytes, sizeof bytes);
        assert_true(count > 200 && count < sizeof bytes);
        size_t step = i < 3 ? 3 : count / 50;
        for (size_t cut = 0; cut < count; cut += step) {
            write_all(in_folder("cut.nc"), bytes, cut);
            struct place_source source = usual_source(in_folder("cut.nc"));
            if (read_netcdf(&source, FILL_NONE, &record) == STATUS_OK)
                fail_msg("format %d: %zu of %zu bytes were read", formats[i], cut, count);
            assert_non_null(strstr(faults.item[0].message, "cut.nc"));
        }
        write_all(in_folder("cut.nc"), bytes, count);
        struct place_source source = usual_source(in_folder("cut.nc"));
        must_read(&source, &record);
        record_finish(&record);
    }
    /* near its end the message says so */
    struct netcdf_fixture fixture = usual(in_folder("whole.nc"));
    fixture.format = 1;
    netcdf_fixture_write(&fixture);
    size_t count = read_all(in_folder("whole.nc"), bytes, sizeof bytes);
    write_all(in_folder("cut.nc"), bytes, count - 9);
    must_fail(usual_source(in_folder("cut.nc")), "cut.nc", "the file is cut off: it has");
}

/* Bytes of a classic header turned one by one: any outcome but a crash or a hang. */
static void
damaged_headers_do_no_harm(void **unused)
{
    static char bytes[1 << 16];
    (void)unused;
    struct netcdf_fixture fixture = usual(in_folder("whole.nc"));
    fixture.format = 1;
    netcdf_fixture_write(&fixture);
    size_t count = read_all(in_folder("whole.nc"), bytes, sizeof bytes);
    for (size_t i = 0; i < 700 && i < count; i++) {
        struct record record;
        bytes[i] = (char)(bytes[i] ^ 0x5a);
        write_all(in_folder("hurt.nc"), bytes, count);
        bytes[i] = (char)(bytes[i] ^ 0x5a);
        struct place_source source = usual_source(in_folder("hurt.nc"));
        if (read_netcdf(&source, FILL_ZERO, &record) == STATUS_OK)
            record_finish(&record);
        else
            assert_true(faults.count > 0);
    }
}

static void
what_is_no_netcdf_is_named(void **unused)
{
    (void)unused;
    write_all(in_folder("text.nc"), "date,P_mm\n2000-01-01,1\n", 23);
    must_fail(usual_source(in_folder("text.nc")), "text.nc", "this is no netCDF file");
    must_fail(usual_source(in_folder("none_*.nc")), "none_*.nc", "there is no file");
    assert_int_equal(mkdir(in_folder("dir.nc"), 0700), 0);
    must_fail(usual_source(in_folder("dir.nc")), "dir.nc", "this is no file");
}

static void
a_wrong_variable_brings_the_nearest(void **unused)
{
    (void)unused;
    struct netcdf_fixture fixture = usual(in_folder("usual.nc"));
    netcdf_fixture_write(&fixture);
    struct place_source source = usual_source(in_folder("usual.nc"));
    source.files.variable = "prr";
    must_fail(source, "usual.nc", "there is no variable 'prr' (did you mean 'pr'?)");
    source.files.variable = "lat";
    must_fail(source, "usual.nc", "variable 'lat': it has no time axis");
}

static void
calendars_and_units_that_are_not_known_are_named(void **unused)
{
    static const struct {
        const char *calendar, *time_unit, *unit, *words;
    } table[] = {
        {"lunar", NULL, NULL, "variable 'pr': the calendar 'lunar' is not known"},
        {"noleap", "months since 2000-01-01", NULL, "the time is in 'months since 2000-01-01'"},
        {"noleap", "days since 2000-02-30", NULL, "no date of the calendar noleap"},
        {"noleap", NULL, "furlong/fortnightly", "its unit 'furlong/fortnightly' is not known"},
        {"noleap", NULL, "W m-2", "its unit 'W m-2' is that of no quantity used here"},
        {"noleap", NULL, "s", "is that of no quantity used here"},
        {"noleap", NULL, "", "it has no unit; give the key 'unit'"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct netcdf_fixture fixture = usual(in_folder("unknown.nc"));
        fixture.calendar = table[i].calendar;
        fixture.time_unit = table[i].time_unit;
        fixture.unit = table[i].unit;
        netcdf_fixture_write(&fixture);
        must_fail(usual_source(in_folder("unknown.nc")), "unknown.nc", table[i].words);
    }
}

static void
a_grid_that_does_not_cover_the_place_says_its_span(void **unused)
{
    const char *words = "variable 'pr': its grid does not cover latitude 22.6, longitude 106: it "
                        "spans latitudes 19.5 to 22.5 and longitudes 104.5 to 108.5";
    (void)unused;
    struct netcdf_fixture fixture = usual(in_folder("small.nc"));
    netcdf_fixture_write(&fixture);
    struct place_source source = usual_source(in_folder("small.nc"));
    source.place.latitude_deg = 22.6;
    must_fail(source, "small.nc", words);
    source = usual_source(in_folder("small.nc"));
    source.place.longitude_deg = 103;
    must_fail(source, "small.nc", "does not cover latitude 21, longitude 103");
    source.place = (struct netcdf_place){PICK_BOX, .south_deg = 20, .west_deg = 106,
                                         .north_deg = 22, .east_deg = 109};
    must_fail(source, "small.nc", "does not cover latitude 22, longitude 109");
    source.place = (struct netcdf_place){.pick = PICK_SERIES};
    must_fail(source, "small.nc", "it has a grid of 3 x 4 cells; give the place");
}

static double
sea_everywhere(int time_t, int row, int column)
{
    (void)time_t;
    return row == 1 && column == 1 ? NAN : some_rain(time_t, row, column);
}

static void
a_place_in_the_sea_of_the_model_is_refused(void **unused)
{
    (void)unused;
    struct netcdf_fixture fixture = usual(in_folder("sea.nc"));
    fixture.figure = sea_everywhere;
    netcdf_fixture_write(&fixture);
    must_fail(usual_source(in_folder("sea.nc")), "sea.nc",
              "100 % of the place lies on cells without a single figure");
}

static void
further_dimensions_are_named(void **unused)
{
    (void)unused;
    struct netcdf_fixture fixture = usual(in_folder("plev.nc"));
    fixture.height = true;
    netcdf_fixture_write(&fixture);
    must_fail(usual_source(in_folder("plev.nc")), "plev.nc",
              "its dimension 'plev' has 2 entries and is neither time nor");
}

static void
times_and_coordinates_that_make_no_sense_are_named(void **unused)
{
    static const double back[] = {0, 1, 2, 1, 4};
    static const double five_days[] = {0, 5, 10, 15, 20};
    static const double uneven[] = {0, 1, 2, 2.5, 3};
    static const double no_latitude[] = {20, 21, 95};
    static const double zigzag[] = {20, 22, 21};
    (void)unused;
    struct netcdf_fixture fixture = usual(in_folder("odd.nc"));
    fixture.time_count = 5;
    fixture.time = back;
    netcdf_fixture_write(&fixture);
    must_fail(usual_source(in_folder("odd.nc")), "odd.nc",
              "its times do not rise: entry 3 is of 2000-01-03, entry 4 of 2000-01-02");
    fixture.time = five_days;
    netcdf_fixture_write(&fixture);
    must_fail(usual_source(in_folder("odd.nc")), "odd.nc",
              "the figure of 2000-01-01 is of 120 hours; hours, 2, 3, 4, 6, 8 or 12 hours");
    fixture.time = uneven;
    netcdf_fixture_write(&fixture);
    must_fail(usual_source(in_folder("odd.nc")), "odd.nc", "its times do not rise");
    fixture.time = NULL;
    fixture.latitude = no_latitude;
    netcdf_fixture_write(&fixture);
    must_fail(usual_source(in_folder("odd.nc")), "odd.nc", "are no degrees: entry 3 is 95");
    fixture.latitude = zigzag;
    netcdf_fixture_write(&fixture);
    must_fail(usual_source(in_folder("odd.nc")), "odd.nc",
              "its latitude does not rise or fall throughout: 22 stands beside 21");
}

static double shift;

static double
shifted_rain(int time_t, int row, int column)
{
    return some_rain(time_t, row, column) + shift;
}

/* Two files named a and b; b begins at the day given. */
static void
write_two(double first_of_b, double shift_of_b, const char *calendar_of_b)
{
    struct netcdf_fixture fixture = usual(in_folder("two_a.nc"));
    shift = 0.0;
    fixture.figure = shifted_rain;
    netcdf_fixture_write(&fixture);
    fixture.path = in_folder("two_b.nc");
    fixture.time_first = first_of_b;
    fixture.calendar = calendar_of_b;
    shift = shift_of_b;
    netcdf_fixture_write(&fixture);
}

static void
gaps_and_overlaps_of_files_are_named_with_dates(void **unused)
{
    (void)unused;
    write_two(22, 0.0, "noleap"); /* 2000-01-01 to 20, 2000-01-23 on */
    must_fail(usual_source(in_folder("two_*.nc")), "two_*.nc",
              "variable 'pr' has no figure from 2000-01-21 to 2000-01-22 (2 missing)");
    assert_string_equal(faults.item[0].file, "basin.yaml");
    assert_int_equal(faults.item[0].line, 7);
    write_two(17, 1e-3, "noleap");
    must_fail(usual_source(in_folder("two_*.nc")), "two_b.nc", "2000-01-18 is also in ");
    assert_non_null(strstr(faults.item[0].message, "two_a.nc, with another figure"));
    write_two(20, 0.0, "360_day");
    must_fail(usual_source(in_folder("two_*.nc")), "two_b.nc", "has 360_day");
}

static void
weights_that_make_no_sense_are_named(void **unused)
{
    static const struct {
        const char *text, *words;
    } table[] = {
        {"lat,lon,area\n21,106,1\n", "there is no column 'weight'; weights need lat, lon"},
        {"lat,weight\n21,1\n", "there is no column 'lon'"},
        {"lat,lon,weight\n21,106,1\n91,106,1\n", ":3: '91' is no latitude"},
        {"lat,lon,weight\n21,106,-1\n", ":2: '-1' is no weight of 0 or more"},
        {"lat,lon,weight\n21,106\n", ":2: '' is no weight"},
        {"lat,lon,weight\n", "the file has no weights"},
        {"", "the file is empty"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct netcdf_place place;
        struct error err = {0};
        write_all(in_folder("w.csv"), table[i].text, strlen(table[i].text));
        assert_int_equal(netcdf_weights_read(&place, in_folder("w.csv"), "weight", &err),
                         STATUS_INPUT);
        if (strstr(err.text, table[i].words) == NULL || strstr(err.text, "w.csv") == NULL)
            fail_msg("\"%s\" lacks \"%s\"", err.text, table[i].words);
    }
    /* a cell outside the grid */
    struct netcdf_fixture fixture = usual(in_folder("grid.nc"));
    netcdf_fixture_write(&fixture);
    write_all(in_folder("w.csv"), "lat,lon,weight\n21,106,1\n25,106,1\n", 33);
    struct place_source source = usual_source(in_folder("grid.nc"));
    assert_int_equal(netcdf_weights_read(&source.place, in_folder("w.csv"), "weight", NULL),
                     STATUS_OK);
    must_fail(source, "grid.nc", "does not cover latitude 25");
    netcdf_place_finish(&source.place);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_cut_off_are_refused),
        cmocka_unit_test(damaged_headers_do_no_harm),
        cmocka_unit_test(what_is_no_netcdf_is_named),
        cmocka_unit_test(a_wrong_variable_brings_the_nearest),
        cmocka_unit_test(calendars_and_units_that_are_not_known_are_named),
        cmocka_unit_test(a_grid_that_does_not_cover_the_place_says_its_span),
        cmocka_unit_test(a_place_in_the_sea_of_the_model_is_refused),
        cmocka_unit_test(further_dimensions_are_named),
        cmocka_unit_test(times_and_coordinates_that_make_no_sense_are_named),
        cmocka_unit_test(gaps_and_overlaps_of_files_are_named_with_dates),
        cmocka_unit_test(weights_that_make_no_sense_are_named),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
