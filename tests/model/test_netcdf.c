/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/model/netcdf_folder.h"
#include "tests/random.h"

#include <netcdf.h>

static const double kg_to_m = 1e-3; /* kg m-2 of water as a depth */

static struct place_source
at_point(const char *path, double latitude_deg, double longitude_deg)
{
    return (struct place_source){.files.pattern = path,
                                 .place = {.pick = PICK_NEAREST,
                                           .latitude_deg = latitude_deg,
                                           .longitude_deg = longitude_deg}};
}

/* ---- the CMIP6-like samples ------------------------------------------------------------------ */

static bool
sample_path(const char *name, char *path, size_t size)
{
    const char *shared = getenv("NGUON_SHARED");
    snprintf(path, size, "%s/reference/climate/%s", shared != NULL ? shared : "../shared", name);
    return access(path, R_OK) == 0;
}

/* Figures as ncdump prints them: 2015-01-01 to 2015-01-04 at 21.5 N, 107.5 E. */
static void
the_noleap_sample_is_read(void **unused)
{
    static const double printed[] = {7.991017e-05, 1.888288e-05, 6.588892e-07, 0.0001716948};
    char path[1024];
    (void)unused;
    if (!sample_path("pr_day_TEST-ESM_ssp245_r1i1p1f1_gn_20150101-20150110.nc", path, sizeof path))
        skip();
    struct place_source source = at_point(path, 21.6, 107.2);
    struct record record;
    must_read(&source, &record);
    assert_int_equal(source.files.unit.dimension, DIMENSION_SPEED);
    assert_int_equal(record.step, STEP_DAILY);
    assert_int_equal(record.count, 10);
    assert_int_equal(record.start_s[0], date_to_seconds((struct date){2015, 1, 1, 0}));
    for (int i = 0; i < 4; i++)
        assert_close(record.value[i], printed[i] * kg_to_m, 5e-7, 0);
    record_finish(&record);
}

static void
the_360_day_sample_keeps_its_rain(void **unused)
{
    char path[1024];
    double sum = 0.0;
    double direct = 0.0;
    float figure[10][3][4];
    int id;
    int variable;
    (void)unused;
    if (!sample_path("pr_day_TEST-360_ssp585_r1i1p1f2_gn_20150101-20150110.nc", path, sizeof path))
        skip();
    struct place_source source = at_point(path, 20.4, 110.1);
    struct record record;
    must_read(&source, &record);
    assert_int_equal(nc_open(path, NC_NOWRITE, &id), NC_NOERR);
    assert_int_equal(nc_inq_varid(id, "pr", &variable), NC_NOERR);
    assert_int_equal(nc_get_var_float(id, variable, &figure[0][0][0]), NC_NOERR);
    nc_close(id);
    for (int t = 0; t < 10; t++)
        direct += (double)figure[t][0][3] * kg_to_m;
    for (int i = 0; i < record.count; i++)
        sum += record.value[i];
    assert_close(sum, direct, 1e-14, 0);
    record_finish(&record);
}

/* ---- forms of files -------------------------------------------------------------------------- */

static const double falling_latitude[] = {23, 22, 21, 20};
static const double east[] = {105, 106.5, 108, 109.5, 111};

/* A plane in space and time, so that any linear rule can be checked. */
static double
plane(int time_t, int row, int column)
{
    return 1e-5 * (3 + 2 * falling_latitude[row] - 0.25 * (east[column] - 100) + 0.5 * time_t);
}

static double
plane_at(int time_t, double latitude_deg, double longitude_deg)
{
    return 1e-5 * kg_to_m * (3 + 2 * latitude_deg - 0.25 * (longitude_deg - 100) + 0.5 * time_t);
}

static struct netcdf_fixture
plane_file(const char *path)
{
    return (struct netcdf_fixture){.path = path,
                                   .calendar = "standard",
                                   .time_count = 12,
                                   .row_count = 4,
                                   .column_count = 5,
                                   .latitude = falling_latitude,
                                   .longitude = east,
                                   .figure = plane};
}

static void
all_formats_and_layouts_give_the_same(void **unused)
{
    (void)unused;
    for (int i = 0; i < 10; i++) {
        const char *path = in_folder("form.nc");
        struct netcdf_fixture fixture = plane_file(path);
        double turned[5];
        double tolerance = 1e-6; /* of single precision */
        const int formats[] = {0, 1, 2, 5};
        fixture.format = i < 4 ? formats[i] : 0;
        fixture.string_attributes = i == 4;
        fixture.column_first = i == 5;
        fixture.bounds = i == 6;
        fixture.time_first = i == 6 ? 0.5 : 0.0;
        if (i == 7) {
            fixture.scale = 1e-8;
            fixture.offset = 4e-4;
            tolerance = 1e-8 / 4e-4;
        }
        for (int k = 0; k < 5; k++)
            turned[k] = east[k] - 360;
        if (i == 8)
            fixture.longitude = turned;
        if (i == 9)
            fixture.time_unit = "hours since 1999-12-31 12:00";
        fixture.time_step = i == 9 ? 24 : 1;
        if (i == 9)
            fixture.time_first = 12;
        netcdf_fixture_write(&fixture);
        struct place_source source = at_point(path, 21.2, i % 2 == 0 ? 107.9 : 107.9 - 360);
        struct record record;
        must_read(&source, &record);
        assert_int_equal(record.count, 12);
        assert_int_equal(record.start_s[0], date_to_seconds((struct date){2000, 1, 1, 0}));
        for (int t = 0; t < 12; t++)
            assert_close(record.value[t], plane_at(t, 21, 108), tolerance, 0);
        record_finish(&record);
    }
}

static void
a_point_between_centres_is_bilinear(void **unused)
{
    const char *path = in_folder("plane.nc");
    struct netcdf_fixture fixture = plane_file(path);
    struct record record;
    (void)unused;
    netcdf_fixture_write(&fixture);
    struct place_source source = at_point(path, 21.3, 107.1);
    source.place.pick = PICK_BILINEAR;
    must_read(&source, &record);
    for (int t = 0; t < 12; t++)
        assert_close(record.value[t], plane_at(t, 21.3, 107.1), 1e-6, 0);
    record_finish(&record);
    /* the outer half of an outer cell holds the last centre */
    source.place.latitude_deg = 23.4;
    source.place.longitude_deg = 104.5;
    must_read(&source, &record);
    assert_close(record.value[3], plane_at(3, 23, 105), 1e-6, 0);
    record_finish(&record);
}

/* Mean of a plane over a box by area of the sphere, by fine quadrature over the cells' values. */
static void
a_box_is_weighed_by_area(void **unused)
{
    const double south = 20.2;
    const double north = 22.3;
    const double west = 105.9;
    const double wide = 110.2;
    double sum = 0.0;
    double area = 0.0;
    const char *path = in_folder("box.nc");
    struct netcdf_fixture fixture = plane_file(path);
    struct record record;
    (void)unused;
    netcdf_fixture_write(&fixture);
    struct place_source source = {.files.pattern = path,
                                  .place = {PICK_BOX, .south_deg = south, .west_deg = west,
                                            .north_deg = north, .east_deg = wide}};
    must_read(&source, &record);
    for (int i = 0; i < 4000; i++)
        for (int j = 0; j < 400; j++) {
            double y = south + (north - south) * (i + 0.5) / 4000;
            double x = west + (wide - west) * (j + 0.5) / 400;
            double row = round(y); /* the cell that holds it */
            double column = 105 + 1.5 * round((x - 105) / 1.5);
            double weight = cos(y * acos(-1.0) / 180);
            sum += weight * plane_at(0, row, column);
            area += weight;
        }
    assert_close(record.value[0], sum / area, 1e-4, 0);
    record_finish(&record);
}

static double
by_column(int time_t, int row, int column)
{
    (void)time_t;
    (void)row;
    return 1e-5 * (column + 1);
}

/* A grid around the Earth from 0 to 315: boxes and points across its seam. */
static void
places_across_the_seam_of_a_globe_are_read(void **unused)
{
    static const double latitude[] = {-45, 0, 45};
    double longitude[8];
    const char *path = in_folder("globe.nc");
    struct record record;
    (void)unused;
    for (int i = 0; i < 8; i++)
        longitude[i] = 45.0 * i;
    struct netcdf_fixture fixture = {.path = path,
                                     .time_count = 2,
                                     .row_count = 3,
                                     .column_count = 8,
                                     .latitude = latitude,
                                     .longitude = longitude,
                                     .figure = by_column};
    netcdf_fixture_write(&fixture);
    struct place_source box = {
        .files.pattern = path,
        .place = {PICK_BOX, .south_deg = -10, .west_deg = -30, .north_deg = 10, .east_deg = 15}};
    must_read(&box, &record); /* 7.5 degrees of column 8, 37.5 of column 1 */
    assert_close(record.value[0], 1e-8 * (7.5 * 8 + 37.5 * 1) / 45, 1e-6, 0);
    record_finish(&record);
    struct place_source point = at_point(path, 0, -9);
    point.place.pick = PICK_BILINEAR;
    must_read(&point, &record); /* a fifth of the way from column 1 to column 8 */
    assert_close(record.value[0], 1e-8 * (0.8 * 1 + 0.2 * 8), 1e-6, 0);
    record_finish(&record);
    struct place_source nearest = at_point(path, 10, 359);
    must_read(&nearest, &record);
    assert_close(record.value[0], 1e-8, 1e-6, 0);
    record_finish(&record);
}

static void
weights_come_from_a_table(void **unused)
{
    const char *path = in_folder("weights.nc");
    const char *table = in_folder("weights.csv");
    struct netcdf_fixture fixture = plane_file(path);
    struct record record;
    struct error err = {0};
    (void)unused;
    netcdf_fixture_write(&fixture);
    FILE *file = fopen(table, "w");
    assert_non_null(file);
    fputs("# km2 in each cell\nlat,lon,ba_che,other\n21,106.5,30,1\n22.1,108,10,5\n"
          "23,111,0,1\n21,-253.5,20,0\n",
          file);
    fclose(file);
    struct place_source source = {.files.pattern = path};
    assert_int_equal(netcdf_weights_read(&source.place, table, "ba_che", &err), STATUS_OK);
    must_read(&source, &record);
    for (int t = 0; t < 12; t++) /* 106.5 E stands twice, once as 253.5 W */
        assert_close(record.value[t],
                     (50 * plane_at(t, 21, 106.5) + 10 * plane_at(t, 22, 108)) / 60, 1e-6, 0);
    record_finish(&record);
    netcdf_place_finish(&source.place);
}

/* Land only: the sea cells never have a figure and are left out of the mean. */
static double
land_only(int time_t, int row, int column)
{
    return column == 4 ? NAN : plane(time_t, row, column);
}

static double
sometimes_missing(int time_t, int row, int column)
{
    return time_t == 5 && column == 2 ? NAN : plane(time_t, row, column);
}

static void
cells_without_any_figure_are_left_out(void **unused)
{
    const char *path = in_folder("land.nc");
    struct netcdf_fixture fixture = plane_file(path);
    struct record record;
    (void)unused;
    fixture.figure = land_only;
    netcdf_fixture_write(&fixture);
    struct place_source source = {.files.pattern = path,
                                  .place = {PICK_BOX, .south_deg = 20.5, .west_deg = 107.25,
                                            .north_deg = 21.5, .east_deg = 111.75}};
    must_read(&source, &record); /* of columns 108, 109.5 and 111 the last is sea */
    assert_close(record.value[0], 0.5 * (plane_at(0, 21, 108) + plane_at(0, 21, 109.5)), 1e-6, 0);
    record_finish(&record);
    /* a cell that is missing once makes the mean of that day missing */
    fixture.figure = sometimes_missing;
    netcdf_fixture_write(&fixture);
    assert_int_equal(read_netcdf(&source, FILL_NONE, &record), STATUS_INPUT);
    assert_non_null(strstr(faults.item[0].message, "no figure from 2000-01-06 to 2000-01-06"));
    assert_int_equal(read_netcdf(&source, FILL_INTERPOLATE, &record), STATUS_OK);
    assert_int_equal(record.filled_count, 1);
    assert_close(record.value[5], 0.5 * (record.value[4] + record.value[6]), 1e-12, 0);
    record_finish(&record);
}

/* ---- a rotated pole -------------------------------------------------------------------------- */

enum { ROTATED_ROWS = 12, ROTATED_COLUMNS = 15 };

static double rotated_latitude[ROTATED_ROWS * ROTATED_COLUMNS];
static double rotated_longitude[ROTATED_ROWS * ROTATED_COLUMNS];

/* Rows and columns turned by 20 degrees, half a degree apart. */
static void
turn_grid(void)
{
    for (int row = 0; row < ROTATED_ROWS; row++)
        for (int column = 0; column < ROTATED_COLUMNS; column++) {
            int i = row * ROTATED_COLUMNS + column;
            rotated_latitude[i] = 18.0 + 0.5 * (row * 0.94 + column * 0.342);
            rotated_longitude[i] = 105.0 + 0.5 * (column * 0.94 - row * 0.342);
        }
}

static double
rotated_plane(int time_t, int row, int column)
{
    int i = row * ROTATED_COLUMNS + column;
    (void)time_t;
    return 1e-5 * (3 + 2 * rotated_latitude[i] - 0.25 * (rotated_longitude[i] - 100));
}

static void
grids_by_cell_are_read(void **unused)
{
    const char *path = in_folder("rotated.nc");
    struct record record;
    (void)unused;
    turn_grid();
    struct netcdf_fixture fixture = {.path = path,
                                     .time_count = 2,
                                     .row_count = ROTATED_ROWS,
                                     .column_count = ROTATED_COLUMNS,
                                     .latitude = rotated_latitude,
                                     .longitude = rotated_longitude,
                                     .rotated = true,
                                     .figure = rotated_plane};
    netcdf_fixture_write(&fixture);
    struct place_source source = at_point(path, 21.37, 107.04);
    source.place.pick = PICK_BILINEAR;
    must_read(&source, &record);
    assert_close(record.value[1], plane_at(0, 21.37, 107.04), 1e-6, 0);
    record_finish(&record);
    int nearest = 5 * ROTATED_COLUMNS + 7;
    struct place_source near =
        at_point(path, rotated_latitude[nearest] + 0.1, rotated_longitude[nearest] - 0.12);
    must_read(&near, &record);
    assert_close(record.value[0],
                 plane_at(0, rotated_latitude[nearest], rotated_longitude[nearest]), 1e-6, 0);
    record_finish(&record);
    double sum = 0.0;
    int count = 0;
    for (int i = 0; i < ROTATED_ROWS * ROTATED_COLUMNS; i++)
        if (rotated_latitude[i] > 20 && rotated_latitude[i] < 23 && rotated_longitude[i] > 105.5 &&
            rotated_longitude[i] < 108.5) {
            sum += plane_at(0, rotated_latitude[i], rotated_longitude[i]);
            count++;
        }
    struct place_source box = {.files.pattern = path,
                               .place = {PICK_BOX, .south_deg = 20, .west_deg = 105.5,
                                         .north_deg = 23, .east_deg = 108.5}};
    must_read(&box, &record);
    assert_close(record.value[0], sum / count, 2e-3, 0); /* cells differ by cos latitude */
    record_finish(&record);
}

/* ---- calendars ------------------------------------------------------------------------------- */

enum { CALENDAR_DAYS = 1440 };

static double daily[CALENDAR_DAYS];

static double
of_daily(int time_t, int row, int column)
{
    (void)row;
    (void)column;
    return daily[time_t];
}

static void
draw_days(bool rain, uint64_t seed)
{
    for (int i = 0; i < CALENDAR_DAYS; i++)
        daily[i] = rain ? (random_uniform(&seed) < 0.4 ? 1e-4 * random_uniform(&seed) : 0)
                        : 280 + 30 * random_uniform(&seed);
}

static int
month_days(const char *calendar, int year, int month)
{
    static const int common[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strcmp(calendar, "360_day") == 0)
        return 30;
    bool leap =
        strcmp(calendar, "all_leap") == 0 || (strcmp(calendar, "standard") == 0 && year % 4 == 0);
    return common[month - 1] + (month == 2 && leap);
}

/* Sum of each whole month in the file and in the record. */
static void
compare_months(const struct record *record, const char *calendar, bool means, double scale,
               double offset)
{
    int day = 0;
    int i = 0;
    for (int month = 0; month < 36; month++) {
        int year = 2003 + month / 12; /* 2004 is a leap year */
        int own_days = month_days(calendar, year, month % 12 + 1);
        int run_days = days_in_month(year, month % 12 + 1);
        double own = 0.0;
        double run = 0.0;
        for (int k = 0; k < own_days; k++)
            own += (double)(float)daily[day++] * scale + offset;
        for (int k = 0; k < run_days; k++)
            run += record->value[i++];
        assert_close(means ? run / run_days : run, means ? own / own_days : own, 1e-13, 1e-22);
    }
}

static void
months_keep_their_rain_and_their_mean_temperature(void **unused)
{
    static const char *const calendars[] = {"noleap", "360_day", "all_leap", "standard"};
    static const double latitude[] = {21};
    static const double longitude[] = {107};
    (void)unused;
    for (int c = 0; c < 4; c++)
        for (int kind = 0; kind < 3; kind++) {
            const char *path = in_folder("calendar.nc");
            const char *names[] = {"pr", "evspsblpot", "tas"};
            struct netcdf_fixture fixture = {.path = path,
                                             .variable = names[kind],
                                             .unit = kind == 2 ? "K" : "kg m-2 s-1",
                                             .calendar = calendars[c],
                                             .time_unit = "days since 2003-01-01",
                                             .time_first = 0.5,
                                             .bounds = c % 2 == 0,
                                             .time_count = CALENDAR_DAYS,
                                             .row_count = 1,
                                             .column_count = 1,
                                             .latitude = latitude,
                                             .longitude = longitude,
                                             .figure = of_daily};
            struct record record;
            draw_days(kind < 2, (uint64_t)(77 + c));
            netcdf_fixture_write(&fixture);
            struct place_source source = at_point(path, 21, 107);
            source.files.variable = names[kind];
            must_read(&source, &record);
            assert_int_equal(record.step, STEP_DAILY);
            compare_months(&record, calendars[c], kind == 2, kind == 2 ? 1 : kg_to_m,
                           kind == 2 ? -273.15 : 0);
            record_finish(&record);
        }
}

/* Rain of a 360-day January falls on 31 days: 30 of them its days as they were, one dry. */
static void
storms_keep_their_size_in_longer_months(void **unused)
{
    static const double latitude[] = {21};
    static const double longitude[] = {107};
    const char *path = in_folder("storms.nc");
    struct record record;
    (void)unused;
    for (int i = 0; i < 60; i++)
        daily[i] = 1e-5 * (i + 1);
    struct netcdf_fixture fixture = {.path = path,
                                     .calendar = "360_day",
                                     .time_unit = "days since 2003-01-01",
                                     .time_count = 60,
                                     .row_count = 1,
                                     .column_count = 1,
                                     .latitude = latitude,
                                     .longitude = longitude,
                                     .figure = of_daily};
    netcdf_fixture_write(&fixture);
    struct place_source source = at_point(path, 21, 107);
    must_read(&source, &record);
    assert_int_equal(record.count, 31 + 28);
    int next = 0;
    int dry = 0;
    for (int i = 0; i < 31; i++) {
        dry += record.value[i] == 0;
        if (record.value[i] > 0)
            assert_close(record.value[i], 1e-8 * ++next, 1e-6, 0);
    }
    assert_int_equal(next, 30);
    assert_int_equal(dry, 1);
    /* of February's 30 days four fall together on two; all 60 days are in the record */
    double sum = 0.0;
    for (int i = 0; i < record.count; i++)
        sum += record.value[i];
    assert_close(sum, 1e-8 * 60 * 61 / 2, 1e-6, 0);
    record_finish(&record);
}

/* ---- time steps ------------------------------------------------------------------------------ */

static void
hours_and_months_are_read(void **unused)
{
    static const double months[] = {15.5, 45, 74.5, 105};
    const char *path = in_folder("steps.nc");
    struct netcdf_fixture fixture = plane_file(path);
    struct record record;
    (void)unused;
    fixture.time_unit = "hours since 2000-01-01";
    fixture.time_step = 3;
    fixture.time_first = 1.5; /* centred, without bounds */
    netcdf_fixture_write(&fixture);
    struct place_source source = at_point(path, 21, 108);
    must_read(&source, &record);
    assert_int_equal(record.step, STEP_HOURLY);
    assert_int_equal(record.count, 36);
    assert_int_equal(record.start_s[0], date_to_seconds((struct date){2000, 1, 1, 0}));
    assert_close(record.value[4], plane_at(1, 21, 108), 1e-6, 0);
    assert_close(record.value[35], plane_at(11, 21, 108), 1e-6, 0);
    record_finish(&record);
    fixture = plane_file(path);
    fixture.time = months;
    fixture.time_count = 4;
    netcdf_fixture_write(&fixture);
    must_read(&source, &record);
    assert_int_equal(record.step, STEP_MONTHLY);
    assert_int_equal(record.count, 4);
    assert_int_equal(record.start_s[1], date_to_seconds((struct date){2000, 2, 1, 0}));
    assert_close(record.value[1], plane_at(1, 21, 108), 1e-6, 0);
    record_finish(&record);
    /* months of 360_day keep their volume: February 2000 has 29 days for 30 */
    fixture.calendar = "360_day";
    fixture.time = NULL;
    fixture.time_first = 15;
    fixture.time_step = 30;
    fixture.bounds = true;
    netcdf_fixture_write(&fixture);
    must_read(&source, &record);
    assert_close(record.value[1], plane_at(1, 21, 108) * 30 / 29, 1e-6, 0);
    record_finish(&record);
}

/* ---- several files --------------------------------------------------------------------------- */

static int first_day;

static double
by_day(int time_t, int row, int column)
{
    (void)row;
    (void)column;
    return 1e-5 * (1 + first_day + time_t);
}

static void
write_days(const char *name, int first, int count)
{
    struct netcdf_fixture fixture = plane_file(in_folder(name));
    fixture.figure = by_day;
    fixture.time_first = first;
    fixture.time_count = count;
    first_day = first;
    netcdf_fixture_write(&fixture);
}

static void
several_files_are_one_record(void **unused)
{
    struct record record;
    (void)unused;
    write_days("pr_day_c.nc", 0, 10); /* names are not in the order of time */
    write_days("pr_day_a.nc", 10, 25);
    write_days("pr_day_b.nc", 30, 20); /* days 30 to 34 are in both, and the same */
    struct place_source source = at_point(in_folder("pr_day_*.nc"), 21, 108);
    must_read(&source, &record);
    assert_int_equal(record.count, 50);
    for (int i = 0; i < 50; i++)
        assert_close(record.value[i], 1e-8 * (i + 1), 1e-6, 0);
    record_finish(&record);
}

/* ---- units ----------------------------------------------------------------------------------- */

static void
units_are_converted(void **unused)
{
    static const struct {
        const char *variable, *unit, *standard_name, *cell_methods;
        enum dimension dimension;
        double scale, offset;
    } table[] = {
        {"pr", "mm day-1", "", "", DIMENSION_SPEED, 1e-3 / 86400, 0},
        {"pr", "mm/day", "", "", DIMENSION_SPEED, 1e-3 / 86400, 0},
        {"pr", "kg m-2 day-1", "", "", DIMENSION_SPEED, 1e-3 / 86400, 0},
        {"pr", "m s-1", "", "", DIMENSION_SPEED, 1, 0},
        {"pr", "mm", "lwe_thickness_of_precipitation_amount", "", DIMENSION_SPEED, 1e-3 / 86400, 0},
        {"tp", "m", "", "time: sum", DIMENSION_SPEED, 1.0 / 86400, 0},
        {"pr", "kg m-2", "precipitation_amount", "", DIMENSION_SPEED, 1e-3 / 86400, 0},
        {"tas", "K", "air_temperature", "", DIMENSION_TEMPERATURE, 1, -273.15},
        {"tas", "degC", "", "", DIMENSION_TEMPERATURE, 1, 0},
        {"tas", "Celsius", "", "", DIMENSION_TEMPERATURE, 1, 0},
        {"dis", "m3 s-1", "", "", DIMENSION_FLOW, 1, 0},
        {"zos", "cm", "", "", DIMENSION_LENGTH, 0.01, 0},
        {"hurs", "%", "", "", DIMENSION_NONE, 0.01, 0},
        {"so", "g m-3", "", "", DIMENSION_SALINITY, 1e-3, 0},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *path = in_folder("unit.nc");
        struct netcdf_fixture fixture = plane_file(path);
        struct record record;
        fixture.variable = table[i].variable;
        fixture.unit = table[i].unit;
        fixture.standard_name = table[i].standard_name;
        fixture.cell_methods = table[i].cell_methods;
        netcdf_fixture_write(&fixture);
        struct place_source source = at_point(path, 21, 108);
        source.files.variable = table[i].variable;
        must_read(&source, &record);
        assert_int_equal(source.files.unit.dimension, table[i].dimension);
        assert_close(record.value[2],
                     plane_at(2, 21, 108) / kg_to_m * table[i].scale + table[i].offset, 1e-6, 0);
        record_finish(&record);
    }
}

/* A series without a place: latitude and longitude are not asked for. */
static void
a_file_without_a_grid_is_a_series(void **unused)
{
    const char *path = in_folder("series.nc");
    struct netcdf_fixture fixture = {.path = path, .time_count = 5, .figure = by_day};
    struct record record;
    (void)unused;
    first_day = 0;
    netcdf_fixture_write(&fixture);
    struct place_source source = {.files.pattern = path};
    must_read(&source, &record);
    assert_close(record.value[4], 5e-8, 1e-6, 0);
    record_finish(&record);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_noleap_sample_is_read),
        cmocka_unit_test(the_360_day_sample_keeps_its_rain),
        cmocka_unit_test(all_formats_and_layouts_give_the_same),
        cmocka_unit_test(a_point_between_centres_is_bilinear),
        cmocka_unit_test(a_box_is_weighed_by_area),
        cmocka_unit_test(places_across_the_seam_of_a_globe_are_read),
        cmocka_unit_test(weights_come_from_a_table),
        cmocka_unit_test(cells_without_any_figure_are_left_out),
        cmocka_unit_test(grids_by_cell_are_read),
        cmocka_unit_test(months_keep_their_rain_and_their_mean_temperature),
        cmocka_unit_test(storms_keep_their_size_in_longer_months),
        cmocka_unit_test(hours_and_months_are_read),
        cmocka_unit_test(several_files_are_one_record),
        cmocka_unit_test(units_are_converted),
        cmocka_unit_test(a_file_without_a_grid_is_a_series),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
