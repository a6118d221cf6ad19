/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <stdbool.h>

/* `nguon drought` as a user runs it. */

/* Months from January 1961 on with a season and a little noise that repeats itself. */
static void
write_months(const char *path, int count, const char *extra_row)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("month,rain,Q\n", file);
    for (int t = 0; t < count; t++) {
        int m = t % 12;
        double noise = (t * 7919 % 101) / 100.0;
        double rain = (m >= 4 && m <= 9 ? 250.0 : 40.0) * (0.4 + 1.2 * noise);
        fprintf(file, "%d-%02d,%.3f,%.3f\n", 1961 + t / 12, m + 1, rain, 0.2 * rain);
    }
    fputs(extra_row, file);
    fclose(file);
}

static void
index_names_all_that_made_it(void **state)
{
    (void)state;
    write_months("m.csv", 480, "");
    assert_run("drought index m.csv --index spi --rain rain --scale 1,3 --reference 1971-2000 "
               "-o spi.csv --fits fits.csv",
               0, "out.txt", "gamma by thom, reference 1971-01 to 2000-12");
    assert_says("spi.csv", "# distribution: gamma\n# estimator: thom\n"
                           "# reference period: 1971-01 to 2000-12\n");
    assert_says("spi.csv", "\ndate,spi_1,spi_3\n1961-01,");
    assert_says("spi.csv", "\n2000-12,");
    assert_says("fits.csv", "3,12,30,0,0,gamma,thom,shape,");
    assert_run("drought index m.csv --index ssi --flow Q:m3/s --distribution best --from 1990-01 "
               "--to 1990-03",
               0, "out.txt", "# estimator: ub-pwm");
    assert_says("out.txt", "\ndate,ssi_1\n1990-01,");
    assert_run("drought index m.csv --index spei --balance rain --distribution pearson3 -o a.csv",
               0, "out.txt", "pearson3 by ub-pwm");
}

static void
flows_and_volumes_give_one_index(void **state)
{
    (void)state;
    FILE *file = fopen("v.csv", "w");
    assert_non_null(file);
    fputs("date,V,W\n", file);
    for (int t = 0; t < 480; t++) {
        double volume = 10.0 + (t * 7919 % 101);
        fprintf(file, "%d-%02d,%.1f,%.12g\n", 1961 + t / 12, t % 12 + 1, volume, volume / 1.2345);
    }
    fclose(file);
    assert_run("drought index v.csv --index ssi --flow V:hm3", 0, NULL, NULL);
    assert_int_equal(system("grep -v '#' out.txt | cut -c1-13 > a.txt"), 0);
    assert_run("drought index v.csv --index ssi --flow W:mm", 0, NULL, NULL);
    assert_int_equal(system("grep -v '#' out.txt | cut -c1-13 | cmp - a.txt"), 0);
}

static void
bad_input_of_an_index_is_refused_in_clear_words(void **state)
{
    (void)state;
    write_months("m.csv", 480, "");
    write_months("short.csv", 60, "");
    write_months("negative.csv", 480, "2001-01,-5,-1\n");
    assert_run("drought index m.csv --index spi --rain rain --reference 1931-1960", 2, "err.txt",
               "--reference 1931-01 is outside the record of m.csv, 1961-01 to 2000-12");
    assert_run("drought index m.csv --index spi --rain rain --reference 1980", 2, "err.txt",
               "'1980' is no period");
    assert_run("drought index short.csv --index spi --rain rain", 2, "err.txt",
               "spi_1 of January cannot be fitted: 5 values in the reference period, 10 are "
               "needed");
    assert_run("drought index short.csv --index spi --rain rain --scale 48 --skip-unfit", 0,
               "err.txt", "2 values in the reference period");
    assert_run("drought index negative.csv --index ssi --flow Q", 2, "err.txt",
               "negative.csv:482: error: column 'Q' is negative on 2001-01");
    assert_run("drought index m.csv --index spi --rain rains", 2, "err.txt", "did you mean");
    assert_run("drought index m.csv --index spi --rain rain --scale 49", 2, "err.txt",
               "from 1 to 48");
    assert_run("drought index m.csv --index spei --balance rain --distribution gamma", 2, "err.txt",
               "allows negative values");
    assert_run("drought index m.csv --index spi --rain rain --distribution gev --estimator thom", 2,
               "err.txt", "--estimator thom is not made for --distribution gev");
    assert_run("drought index m.csv --index spi --rain rain -o m.csv", 2, "err.txt",
               "would overwrite the input");
    assert_run("drought index m.csv --index spi --rain rain:m3/s", 2, "err.txt", "must be a depth");
    assert_run("drought indx m.csv", 2, "err.txt", "did you mean 'index'?");
}

static void
all_zero_months_are_refused_or_left_empty(void **state)
{
    (void)state;
    FILE *file = fopen("dry.csv", "w");
    assert_non_null(file);
    fputs("date,P_mm\n", file);
    for (int t = 0; t < 480; t++)
        fprintf(file, "%d-%02d,%d\n", 1961 + t / 12, t % 12 + 1,
                t % 12 == 0   ? 0
                : t % 12 == 1 ? 5
                              : 20 + t * 7919 % 101);
    fclose(file);
    assert_run("drought index dry.csv --index spi", 2, "err.txt",
               "spi_1 of January cannot be fitted: 0 of 40 values in the reference period are "
               "above 0");
    assert_says("err.txt", "spi_1 of February cannot be fitted: all values are the same (5)");
    assert_run("drought index dry.csv --index spi --skip-unfit", 0, "out.txt",
               "\n1961-01,\n1961-02,\n1961-03,");
    char *text = read_text("out.txt");
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "inf"));
    free(text);
    assert_run("drought index dry.csv --index spi --scale 12", 0, "out.txt", "\n1962-01,");
}

static void
events_have_return_periods(void **state)
{
    (void)state;
    write_months("m.csv", 480, "");
    assert_run("drought events m.csv --column Q:m3/s --threshold Q80 --by month -o e.csv", 0,
               "out.txt", "below Q80 of each calendar month, 1961-01 to 2000-12: ");
    assert_says("e.csv", "# threshold: Q80 of each calendar month, 1961-01 to 2000-12\n");
    assert_says("e.csv", "# duration: geometric by its mean; ");
    assert_says("e.csv", "\nstart,end,duration_months,severity_hm3,intensity_hm3,"
                         "largest_deficit_hm3,interarrival_months,parts,cut_by_record,"
                         "T_duration_years,T_severity_years,T_both_years,T_either_years\n");
    assert_run("drought index m.csv --index spi --rain rain --scale 3 -o spi.csv", 0, NULL, NULL);
    assert_run("drought events spi.csv --column spi_3 --threshold 0 --reach -1 --no-frequency", 0,
               "out.txt", "# kept: events that come down to -1\n");
}

/* January 1991 has 31 days of 1 m3/s below a limit of 3 m3/s: a deficit of 2 x 86400 x 31 m3. */
static void
deficits_are_volumes(void **state)
{
    (void)state;
    write_text("d.csv", "date,Q\n1990-12,9\n1991-01,1\n1991-02,9\n1991-03,9\n");
    assert_run("drought events d.csv --column Q:m3/s --threshold '3 m3/s'", 0, "out.txt",
               "\n1991-01,1991-01,1,5.3568,5.3568,5.3568,,1,no\n");
    assert_says("err.txt", "1 events are too few for return periods");
}

static void
bad_thresholds_are_refused_in_clear_words(void **state)
{
    (void)state;
    write_text("d.csv", "date,Q\n1990-12,9\n1991-01,1\n1991-02,9\n1991-03,9\n");
    assert_run("drought events d.csv --column Q:m3/s --threshold 3", 2, "err.txt",
               "--threshold '3' does not suit column 'Q': write '12.5 m3/s'");
    assert_run("drought events d.csv --column Q --threshold '3 m3/s'", 2, "err.txt",
               "it has no unit");
    assert_run("drought events d.csv --column Q:m3/s --threshold Q100", 2, "err.txt", "write Q80");
    assert_run("drought events d.csv --column Q:m3/s --threshold Q80 --by day", 2, "err.txt",
               "--by day needs daily values");
    assert_run("drought events d.csv --column Q:m3/s --threshold Q80 --by month --reference "
               "1990-12/1991-01",
               2, "err.txt", "no values for the threshold of 1991-02");
    assert_run("drought events d.csv --threshold Q80", 2, "err.txt", "no --column given");
}

/* The textbook's nine flows as years of twelve equal months: 3.5 m3/s asks for 7.5 m3/s x year. */
static void
yield_of_the_textbook(void **state)
{
    (void)state;
    static const int flow[] = {1, 3, 3, 5, 8, 6, 7, 2, 1};
    FILE *file = fopen("y.csv", "w");
    assert_non_null(file);
    fputs("date,V\n", file);
    for (int t = 0; t < 108; t++)
        fprintf(file, "%d-%02d,%d\n", 2001 + t / 12, t % 12 + 1, flow[t / 12]);
    fclose(file);
    assert_run("drought yield y.csv --flow V:m3/s --demand '3.5 m3/s'", 0, "out.txt",
               "Sequent peak, without evaporation: 236.65 hm3, drawn down from 2008-01 to "
               "2003-12 (round the end of the record)");
    assert_run("drought yield y.csv --flow V:m3/s --demand '4.5 m3/s'", 0, "out.txt",
               "the demand is above the mean inflow, no storage is enough");
    assert_run("drought yield y.csv --flow V:m3/s --capacity '300 hm3' --demand '3 m3/s'", 0,
               "out.txt", "0 of 108 steps fail, in 0 events");
    assert_run("drought yield y.csv --flow V:m3/s --capacity '20 hm3' -o t.csv --curve c.csv", 0,
               "out.txt", "Critical period: full at the end of the step before the record, lowest");
    assert_says("t.csv", "\ndate,inflow_m3s,demand_m3s,supply_m3s,spill_m3s,evaporation_m3s,"
                         "storage_hm3\n2001-01,1,");
    assert_says(
        "c.csv",
        "\nstorage_hm3,storage_share_of_year,reliability,yield_m3s,yield_share_of_inflow\n");
}

static void
bad_input_of_a_yield_is_refused_in_clear_words(void **state)
{
    (void)state;
    write_text("g.csv", "date,Q\n1990-12,9\n1991-01,\n1991-02,9\n1991-03,9\n");
    assert_run("drought yield g.csv --flow Q --capacity '5 hm3'", 2, "err.txt",
               "g.csv:3: the inflow is missing on 1991-01");
    assert_run("drought yield g.csv --flow Q --from 1991-02 --capacity '5 hm3' --measure assurance",
               2, "err.txt",
               "an assurance of 0.95 is beyond a record of 1 years, which shows at most 0.5");
    assert_run("drought yield g.csv --flow Q --capacity 5", 2, "err.txt", "is not a volume");
    assert_run("drought yield g.csv --flow Q", 2, "err.txt", "give --capacity, --demand or");
    assert_run("drought yield g.csv --flow Q:mm --capacity '5 hm3'", 2, "err.txt",
               "must be a flow or a volume");
    assert_run("drought yield g.csv --flow Q --capacity '5 hm3' --pattern 1,2", 2, "err.txt",
               "--pattern has 12 figures, not 2");
}

/* Ten years of days at two sites that go together. */
static void
write_days(const char *path, int year_count)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("date,east,west\n", file);
    for (int y = 0, t = 0; y < year_count; y++)
        for (int m = 0; m < 12; m++)
            for (int d = 0; d < lengths[m] + (m == 1 && (1991 + y) % 4 == 0); d++, t++) {
                double noise = (t / 9 * 7919 % 101) / 100.0, own = (t / 9 * 104729 % 97) / 97.0;
                double season = m >= 4 && m <= 9 ? 10.0 : 2.0;
                fprintf(file, "%d-%02d-%02d,%.4f,%.4f\n", 1991 + y, m + 1, d + 1,
                        season * (0.3 + noise), season * (0.2 + noise + 0.5 * own));
            }
    fclose(file);
}

static void
generated_flows_are_the_same_on_any_threads(void **state)
{
    (void)state;
    write_days("d.csv", 10);
    setenv("OMP_NUM_THREADS", "1", 1);
    assert_run("drought generate d.csv --members 3 --years 4 --seed 5 -o one.csv", 0, "out.txt",
               "d.csv: 2 sites, 1991 to 2000; method kirsch, 3 members of 4 years of days, seed 5");
    setenv("OMP_NUM_THREADS", "4", 1);
    assert_run("drought generate d.csv --members 9 --years 4 --seed 5 -o nine.csv --report r.csv",
               0, "err.txt", "matrices of correlations were not positive definite");
    unsetenv("OMP_NUM_THREADS");
    assert_says("one.csv", "\nmember,date,east,west\n0,2001-01-01,");
    assert_says("r.csv", "\nlag1_of_logs,west,Dec,");
    /* the three members are the first three of the nine */
    assert_int_equal(system("grep '^[012],' one.csv > a.txt && grep '^[012],' nine.csv | "
                            "cmp - a.txt && test $(wc -l < a.txt) -eq 4383"),
                     0);
    assert_run("drought generate d.csv --members 3 --years 4 --seed 6 -o other.csv -q", 0, NULL,
               NULL);
    assert_int_not_equal(
        system("grep '^0,' other.csv > b.txt; grep '^0,' one.csv | cmp -s - b.txt"), 0);
}

static void
generated_flows_open_as_netcdf(void **state)
{
    (void)state;
    write_days("d.csv", 10);
    assert_run("drought generate d.csv --site west --monthly --method par --members 4 --years 3 "
               "-o s.nc",
               0, "out.txt", "4 members of 3 years of months");
    if (system("command -v ncdump > /dev/null") != 0) {
        print_message("skipped: ncdump is not there\n");
        skip();
    }
    assert_int_equal(system("ncdump -v site s.nc > nc.txt"), 0);
    assert_says("nc.txt", "float flow(member, time, site) ;");
    assert_says("nc.txt", "site = \"west\" ;");
    assert_says("nc.txt", ":method = \"method par, seed 0\" ;");
}

static void
bad_input_of_a_generator_is_refused_in_clear_words(void **state)
{
    (void)state;
    write_days("short.csv", 4);
    write_months("m.csv", 480, "");
    assert_run("drought generate short.csv -o none_made.csv", 2, "err.txt",
               "the record has 4 whole years, 5 are needed to fit a generator");
    assert_int_not_equal(access("none_made.csv", F_OK), 0);
    assert_run("drought generate m.csv --site Q --site Q -o a.csv", 2, "err.txt", "stands twice");
    assert_run("drought generate m.csv --site Q:mm -o a.csv", 2, "err.txt",
               "must be a flow or a volume");
    assert_run("drought generate m.csv --site Q", 2, "err.txt", "give -o for the flows");
    assert_run("drought generate m.csv --site Q --years 8000 -o a.csv", 2, "err.txt",
               "beyond the year 9999");
    assert_run("drought generate m.csv --site Q --method kirch -o a.csv", 2, "err.txt",
               "--method is one of kirsch, par, knn");
    assert_run("drought generate none.csv -o a.csv", 2, "err.txt", "none.csv");
    assert_run("drought generate m.csv --site Q -o /no/such/folder/a.nc", 4, "err.txt",
               "cannot write '/no/such/folder/a.nc'");
}

/* ---- performance of a run ---------------------------------------------------------------------
 */

enum { STEPS_MAX = 200 };

#define FIRST_SCENARIO "--scenario 'river=100 %%,town=90000 person'"

/* A series of the results as `show` prints it. @return steps */
static int
shown_series(const char *what, double *value, char date[STEPS_MAX][16])
{
    char arguments[256], line[512];
    int count = 0;
    snprintf(arguments, sizeof arguments, "show r.h5 series:%s --csv " FIRST_SCENARIO, what);
    assert_run(arguments, 0, NULL, NULL);
    FILE *file = fopen("out.txt", "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (count < STEPS_MAX && fgets(line, sizeof line, file) != NULL) {
        char *comma = strrchr(line, ',');
        value[count] = strtod(comma + 1, NULL);
        memcpy(date[count], comma - 10, 10);
        date[count++][10] = '\0';
    }
    fclose(file);
    return count;
}

/* Column of the row that holds `row`, its first two cells and the comma behind them, in out.txt. */
static double
csv_figure(const char *heading, const char *row)
{
    char *text = read_text("out.txt"), *rest = text, *head = strsep(&rest, "\n"), *cell;
    int place = 0;
    while ((cell = strsep(&head, ",")) != NULL && strcmp(cell, heading) != 0)
        place++;
    assert_non_null(cell);
    char *found = strstr(rest, row);
    assert_non_null(found);
    for (cell = found + strlen(row); place > 2; place--)
        cell = strchr(cell, ',') + 1;
    double value = strtod(cell, NULL);
    free(text);
    return value;
}

/* The months of examples/one-reservoir, counted from the series that `show` prints. */
static void
performance_of_a_run_is_that_of_its_series(void **state)
{
    (void)state;
    static double need[STEPS_MAX], supply[STEPS_MAX];
    static char date[STEPS_MAX][16];
    const char *examples = getenv("NGUON_EXAMPLES");
    assert_non_null(examples);
    char arguments[1024];
    snprintf(arguments, sizeof arguments, "run %s/one-reservoir/basin.yaml -o r.h5", examples);
    assert_run(arguments, 0, NULL, NULL);
    int count = shown_series("need:fields", need, date), failures = 0, events = 0, bad_years = 0;
    assert_int_equal(shown_series("supply:fields", supply, date), count);
    assert_int_equal(count, 120);
    int last_bad_year = 0, year = 0;
    bool failing = false;
    for (int t = 0; t < count; t++) {
        bool fails = need[t] - supply[t] > 1e-6 * need[t];
        year = atoi(date[t]);
        failures += fails;
        events += fails && !failing;
        bad_years += fails && year != last_bad_year;
        last_bad_year = fails ? year : last_bad_year;
        failing = fails;
    }
    assert_true(failures > 0 && failures < count);
    snprintf(arguments, sizeof arguments,
             "drought performance r.h5 --by demand --csv " FIRST_SCENARIO "%s", "");
    assert_run(arguments, 0, "out.txt", ",fields,");
    assert_close(csv_figure("failures", ",fields,"), failures, 0.0, 0.0);
    assert_close(csv_figure("events", ",fields,"), events, 0.0, 0.0);
    assert_close(csv_figure("bad_years", ",fields,"), bad_years, 0.0, 0.0);
    assert_close(csv_figure("time_reliability", ",fields,"), 1.0 - failures / 120.0, 1e-8, 0.0);
    assert_close(csv_figure("assurance", ",fields,"), (10.0 - bad_years) / 11.0, 1e-8, 0.0);
    assert_true(csv_figure("time_reliability_low", ",fields,") <= 1.0 - failures / 120.0);
    assert_true(csv_figure("time_reliability_high", ",fields,") >= 1.0 - failures / 120.0);
    assert_run("drought performance r.h5", 0, "out.txt", "irrigation ");
    assert_run("drought performance r.h5 --scenario none", 2, "err.txt", "no scenario 'none'");
    snprintf(arguments, sizeof arguments, "run %s/one-reservoir/basin.yaml -o n.h5 --save none",
             examples);
    assert_run(arguments, 0, NULL, NULL);
    assert_run("drought performance n.h5", 2, "err.txt", "keeps no series 'need'");
}

/* ---- people -----------------------------------------------------------------------------------
 */

/* Litres, shares and days below 150 L of the town, counted from the series that `show` prints. */
static void
access_is_that_of_the_series(void **state)
{
    (void)state;
    static double need[STEPS_MAX], supply[STEPS_MAX];
    static char date[STEPS_MAX][16];
    char arguments[1024];
    snprintf(arguments, sizeof arguments, "run %s/one-reservoir/basin.yaml -o r.h5",
             getenv("NGUON_EXAMPLES"));
    assert_run(arguments, 0, NULL, NULL);
    int count = shown_series("need:town", need, date);
    assert_int_equal(shown_series("supply:town", supply, date), count);
    double days = 0.0, short_days = 0.0, need_m3 = 0.0, supply_m3 = 0.0;
    for (int t = 0; t < count; t++) {
        int year = atoi(date[t]), month = atoi(date[t] + 5);
        double length = month == 2 ? (year % 4 == 0 ? 29.0 : 28.0)
                        : month == 4 || month == 6 || month == 9 || month == 11 ? 30.0
                                                                                : 31.0;
        days += length;
        need_m3 += need[t] * length * 86400.0;
        supply_m3 += supply[t] * length * 86400.0;
        short_days += supply[t] < 90000 * 0.150 / 86400.0 * (1.0 - 1e-6) ? length : 0.0;
    }
    assert_run("drought access r.h5 --litres 150 --csv", 0, "out.txt", "river=100 %,town=90000");
    assert_close(csv_figure("need_hm3", ",district,"), need_m3 / 1e6, 1e-6, 0.0);
    assert_run("drought access r.h5 --litres 150 --csv", 0, NULL, NULL);
    char *text = read_text("out.txt");
    char *row = strstr(text, "\"river=100 %,town=90000 person\",district,-,");
    assert_non_null(row);
    double figure[6];
    row = strstr(row, ",-,") + 3;
    for (int i = 0; i < 6; i++, row++)
        figure[i] = strtod(row, &row);
    assert_close(figure[0], 90000.0, 1e-12, 0.0);
    assert_close(figure[1], need_m3 / 1e6, 1e-6, 0.0);
    assert_close(figure[2], supply_m3 / 1e6, 1e-6, 0.0);
    assert_close(figure[4], 90000.0 * days, 1e-9, 0.0);
    assert_close(figure[5], 90000.0 * short_days, 1e-9, 0.0);
    free(text);
    /* two towns in each river, the first of which is always served */
    double share = csv_figure("share", "\"river=100 %,town=180000 person\",district,");
    double year = 365.2425;
    assert_true(share < 0.9);
    assert_run("drought risk r.h5 --litres 150 --axis river --csv", 0, NULL, NULL);
    assert_close(csv_figure("people", "100 %,-,"), 135000.0, 1e-9, 0.0);
    assert_close(csv_figure("short in %", "100 %,all,"), 50.0, 1e-9, 0.0);
    assert_close(csv_figure("people short", "100 %,-,"), 90000.0, 1e-9, 0.0);
    assert_close(csv_figure("days lacking/y", "100 %,-,"), 90000.0 * (1.0 - share) * year, 1e-6,
                 0.0);
    assert_close(csv_figure("days lacking/y (1 in 10)", "100 %,-,"),
                 0.9 * 180000.0 * (1.0 - share) * year, 1e-6, 0.0);
    assert_close(csv_figure("days < 150 L/y", "100 %,-,"), 90000.0 * year, 1e-6, 0.0);
    assert_run("drought risk r.h5 --axis rivers", 2, "err.txt", "river");
    assert_run("drought access r.h5 --class none", 2, "err.txt", "no demand of class 'none'");
    assert_run("drought access r.h5 --litres many", 2, "err.txt", "number of litres");
}

/* The reserve is written as scenarios that the engine runs, and holds. */
static void
a_reserve_is_a_rule(void **state)
{
    (void)state;
    char arguments[1024];
    const char *examples = getenv("NGUON_EXAMPLES");
    snprintf(arguments, sizeof arguments,
             "drought reserve %s/quang-ninh/basin.yaml --set run.start=2011-01-01 --months 5 -o "
             "rule.yaml",
             examples);
    assert_run(arguments, 0, "out.txt", "floor");
    assert_says("rule.yaml", "reservoirs.yen_lap.domestic_reserve: {monthly: [");
    snprintf(arguments, sizeof arguments,
             "run %s/quang-ninh/basin.yaml --set run.start=2020-01-01 -s rule.yaml -o w.h5",
             examples);
    assert_run(arguments, 0, NULL, NULL);
    assert_run("show w.h5 scenarios", 0, "out.txt", "reserve=need");
    snprintf(arguments, sizeof arguments, "drought reserve %s/one-reservoir/basin.yaml -o o.yaml",
             examples);
    assert_run(arguments, 2, "err.txt", "ranks lack the word domestic_reserve");
    assert_run("drought reserve r.h5 --months 90", 2, "err.txt", "--months");
    assert_run("drought autonomy none.yaml", 2, "err.txt", "no date");
    snprintf(arguments, sizeof arguments, "drought design %s/two-towns/basin.yaml", examples);
    assert_run(arguments, 2, "err.txt", "there are no design droughts");
}

/* A lake of 10 hm3 without inflow gives 0.1 m3/s, or 0.2 to half the scenarios: 8640 m3 a day or
   twice as much. It falls below 9 hm3 on the day after 1e6/8640 = 115.7 days, below dead storage
   after 8e6/17280 = 463 days in half of them, and people are short the day after that. */
static void
warnings_come_when_lines_are_crossed(void **state)
{
    (void)state;
    write_text(
        "warn.yaml",
        "nguon: 1\nname: Warn\nrun: {start: 2001-01-01, end: 2002-12-31}\n"
        "reservoirs:\n"
        "  lake: {table: {level: [0, 10], area: [0.1, 0.1], storage: [0, 10], units: [m, km2, "
        "hm3]}, capacity: 10 hm3, dead_storage: 2 hm3, initial: 100 %, spill_to: sea, "
        "zones: [{id: alert, below: 9 hm3, caps: {irrigation: 50 %}}]}\n"
        "seas:\n  sea: {}\n"
        "demands:\n"
        "  town: {class: domestic, need: 0.1 m3/s, district: Here}\n"
        "  fields: {class: irrigation, need: 0 m3/s}\n"
        "links:\n"
        "  main: {kind: pipe, from: lake, to: town}\n"
        "  canal: {kind: canal, from: lake, to: fields}\n"
        "scenarios: {axes: {need: {values: [100 %, 200 %], path: demands.town.need, "
        "change: scale}}}\n");
    assert_run("run warn.yaml -o warn.h5 -q", 0, NULL, NULL);
    assert_run("drought warn warn.h5 --csv", 0, "out.txt", "lake,alert,2,2,1,");
    assert_says("out.txt", ",57,86"); /* 57.9 and 115.7 days: the 58th and the 116th */
    assert_says("out.txt", "lake,dead storage,0,2,0,");
    assert_says("out.txt", "Here,people short,1,2,0.5,");
    assert_says("out.txt", ",462,462"); /* the water of 462.96 days: the day 463 is short */
    assert_run("drought warn warn.h5 --days 60", 0, "out.txt", "1 of");
    assert_run("drought warn warn.h5 --from 2001-03-02 --days 10", 0, "out.txt", "alert");
    assert_run("drought warn warn.h5 --from 2011-03-02", 2, "err.txt", "not in the run");
    assert_run("drought warn warn.h5 --from soon", 2, "err.txt", "--from is a date");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_names_all_that_made_it),
        cmocka_unit_test(flows_and_volumes_give_one_index),
        cmocka_unit_test(bad_input_of_an_index_is_refused_in_clear_words),
        cmocka_unit_test(all_zero_months_are_refused_or_left_empty),
        cmocka_unit_test(events_have_return_periods),
        cmocka_unit_test(deficits_are_volumes),
        cmocka_unit_test(bad_thresholds_are_refused_in_clear_words),
        cmocka_unit_test(yield_of_the_textbook),
        cmocka_unit_test(bad_input_of_a_yield_is_refused_in_clear_words),
        cmocka_unit_test(generated_flows_are_the_same_on_any_threads),
        cmocka_unit_test(generated_flows_open_as_netcdf),
        cmocka_unit_test(bad_input_of_a_generator_is_refused_in_clear_words),
        cmocka_unit_test(performance_of_a_run_is_that_of_its_series),
        cmocka_unit_test(access_is_that_of_the_series),
        cmocka_unit_test(a_reserve_is_a_rule),
        cmocka_unit_test(warnings_come_when_lines_are_crossed),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
