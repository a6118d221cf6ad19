/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli_fixture.h"

/* `nguon operate` from the command line: the example, files in and out, and bad input. */

static const char *example; /* NGUON_EXAMPLE */

static int
prepare(void **state)
{
    example = getenv("NGUON_EXAMPLE");
    if (example == NULL) {
        print_error("NGUON_EXAMPLE does not name examples/dam\n");
        return -1;
    }
    return make_folder(state);
}

/* Run with the example's basin and storm from 28.4 m and these further words. */
static void
assert_operate(const char *words, int exit_code, const char *path, const char *wanted)
{
    char arguments[COMMAND_LENGTH / 2];
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' --inflow '%s/storm.csv' --start-level 28.4 %s", example,
             example, words);
    assert_run(arguments, exit_code, path, wanted);
}

static void
example_shows_which_schedule_is_safe(void **state)
{
    char words[PATH_LENGTH * 3];
    (void)state;
    snprintf(words, sizeof words,
             "-a '%s/early.csv' -a '%s/late.csv' --jam spillway.3 -o out.h5 --svg out.svg "
             "--log log.csv --report out.html",
             example, example);
    assert_operate(words, 0, "out.txt", "late, jammed: spillway.3");
    assert_says("out.txt", "dam overtopped");
    assert_says("out.svg", "required freeboard");
    assert_says("log.csv", "schedule,time,level_m,tailwater_m,storage_hm3,inflow_m3s,release_m3s,"
                           "supply_m3s,supply_domestic_m3s,");
    assert_says("log.csv", ",spillway_m3s,spillway_gates,");
    /* gates 1 and 2 as the schedule has them, gate 3 jammed shut */
    assert_says("log.csv", "\n\"early, jammed: spillway.3\",2024-09-07 05:00,");
    assert_says("log.csv", ",2 x 1.200 + 1 x 0.000,");
    assert_says("out.txt", "dam safe");
    assert_says("out.html", "<th class=\"n\">late, jammed: spillway.3</th>");
    assert_says("out.html", "<td>dam safe</td><td class=\"n\">yes</td>");
    assert_says("out.html", "<td>inside the required freeboard</td>");
    assert_says("out.html", "</svg>");
    assert_int_equal(system("ncdump -h out.h5 | grep -q 'double gate_flow(schedule, gate, time)'"),
                     0);
    assert_int_equal(system("ncdump -h out.h5 | grep -q 'double supply(schedule, demand, time)'"),
                     0);
    assert_int_equal(
        system("ncdump -h out.h5 | grep -q 'double lost_by_rule_m3(schedule, demand)'"), 0);
    assert_operate("--by-rule --csv", 0, "out.txt", "\"highest level, m\",");
}

static void
design_flood_and_safe_level(void **state)
{
    char arguments[COMMAND_LENGTH / 2];
    (void)state;
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' --design-flood T=100 --safe-level", example);
    assert_run(arguments, 0, "out.txt", "peak 1500.0 m3/s");
    assert_says("out.txt", "safe start level for 31.66 m");
    write_text("peaks.csv", "year,peak\n2001,500\n2002,700\n2003,640\n2004,1200\n2005,380\n");
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' --design-flood T=50 --annual-peaks peaks.csv "
             "--distribution gumbel --extrapolate",
             example);
    assert_run(arguments, 0, "out.txt", "gumbel fitted to 5 years");
}

/* The class of the dam says which flood; waves take their part of the crest; each gate in turn. */
static void
class_waves_and_one_gate_less(void **state)
{
    char arguments[COMMAND_LENGTH / 2];
    (void)state;
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' --design-flood design -l 28.4 --jam each --csv", example);
    assert_run(arguments, 0, "out.txt",
               "figure,by rule,\"by rule, jammed: spillway.1\",\"by rule, "
               "jammed: bottom\"");
    assert_says("out.txt", "  of it set-up and run-up of waves,0.61356");
    char *text = read_text("out.txt");
    double all, less;
    const char *row = strstr(text, "\"highest level, m\",");
    assert_non_null(row);
    assert_int_equal(sscanf(row, "\"highest level, m\",%lf,%lf", &all, &less), 2);
    assert_true(less > all + 0.2);
    free(text);
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' --design-flood check -l 28.4 --extrapolate", example);
    assert_run(arguments, 0, "out.txt", "design flood of 500 years");
    write_text("classes.csv", "class,design_years,check_years,flag\nII,50,200,E\n");
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' --design-flood design --dam-classes classes.csv", example);
    assert_run(arguments, 0, "out.txt", "design flood of 50 years");
    snprintf(arguments, sizeof arguments, "operate '%s/dam_ha_dong.yaml' --design-flood design",
             example);
    assert_run(arguments, 2, "err.txt", "design_flood");
}

/* Peaks whose Gumbel quantiles are known by hand: 1, 2, 3, 4: mean 2.5, L-scale 5/6. */
static void
flood_peaks_by_return_period(void **state)
{
    (void)state;
    write_text("peaks.csv", "year,peak\n2001,1\n2002,3\n2003,2\n2004,4\n");
    assert_run("flood peaks.csv --class II --csv", 0, "out.txt",
               "\"return period, years\",pearson3,gev,gumbel,log_normal");
    char *text = read_text("out.txt");
    double pearson, gev, gumbel;
    const char *row = strstr(text, "\ndesign flood: 100,");
    assert_non_null(row);
    assert_int_equal(sscanf(row, "\ndesign flood: 100,%lf,%lf,%lf", &pearson, &gev, &gumbel), 3);
    double scale = 5.0 / 6.0 / log(2.0);
    assert_close(gumbel, 2.5 - 0.5772156649 * scale - scale * log(-log(0.99)), 1e-8, 0);
    free(text);
    assert_run("flood peaks.csv --class II", 0, "out.txt", "confirm them before use");
    assert_run("flood peaks.csv --class V", 2, "err.txt",
               "knows no class 'V'; it has special, I, II, III, IV");
    assert_run("flood no_such.csv", 2, "err.txt", "no_such.csv");
    write_text("peaks.csv", "year,peak\n2001,1\n2002,x\n");
    assert_run("flood peaks.csv", 2, "err.txt", "peaks.csv:3: 'x' is no flow");
}

static void
ensembles_from_csv_and_netcdf(void **state)
{
    char arguments[COMMAND_LENGTH / 2];
    (void)state;
    write_text("members.csv",
               "time,a,b,c\n2024-09-06 00:00,10,20,30\n2024-09-06 12:00,500,700,900\n"
               "2024-09-07 12:00,20,20,20\n");
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' --ensemble members.csv --start-level 28.4 -o e.h5 --svg "
             "e.svg",
             example);
    assert_run(arguments, 0, "out.txt", "freeboard kept in 95 % of members");
    char *from_csv = read_text("out.txt");
    write_text("members.cdl",
               "netcdf m { dimensions: member = 3 ; time = 3 ; variables: double time(time) ; "
               "time:units = \"hours since 2024-09-06\" ; float q(member, time) ; "
               "q:units = \"m3 s-1\" ; data: time = 0, 12, 36 ; "
               "q = 10, 500, 20, 20, 700, 20, 30, 900, 20 ; }\n");
    if (system("ncgen -4 -o members.nc members.cdl 2>/dev/null") == 0) {
        snprintf(arguments, sizeof arguments,
                 "operate '%s/yen_lap.yaml' --ensemble members.nc --start-level 28.4", example);
        assert_run(arguments, 0, NULL, NULL);
        char *from_netcdf = read_text("out.txt");
        assert_string_equal(strstr(from_csv, "figure"), strstr(from_netcdf, "figure"));
        free(from_netcdf);
    }
    free(from_csv);
}

/* Of three members one stays dry, and two rise above the flood limit, one of them late. */
static void
probabilities_come_with_their_lead_time(void **state)
{
    char arguments[COMMAND_LENGTH / 2];
    (void)state;
    write_text("members.csv", "time,dry,early,late\n2024-09-06 00:00,2,2,2\n"
                              "2024-09-06 06:00,2,900,2\n2024-09-06 12:00,2,900,2\n"
                              "2024-09-06 18:00,2,2,900\n2024-09-07 12:00,2,2,900\n");
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' --ensemble members.csv --start-level 28.4 --csv -o p.h5 "
             "--report p.html",
             example);
    assert_run(arguments, 0, "out.txt",
               "schedule,lead h,at,level 5 %,level 50 %,level 95 %,"
               "overtopped %,freeboard %,check level %,design level %,"
               "flood limit %,safe flow %");
    char *text = read_text("out.txt");
    double previous = 0.0, share = NAN;
    int rows = 0;
    for (const char *row = strstr(text, "\nby rule,"); row != NULL;
         row = strstr(row + 1, "\nby rule,"), rows++) {
        double lead_h, low, middle, high;
        assert_int_equal(sscanf(row,
                                "\nby rule,%lf,%*[^,],%lf,%lf,%lf,%*[^,],%*[^,],%*[^,],"
                                "%*[^,],%lf",
                                &lead_h, &low, &middle, &high, &share),
                         5);
        assert_true(low <= middle && middle <= high && share >= previous);
        assert_close(share, lead_h < 14.0 ? 100.0 / 3 : 200.0 / 3, 0, 1e-6);
        previous = share;
    }
    assert_int_equal(rows, 12);
    assert_close(share, 200.0 / 3, 0, 1e-6);
    free(text);
    assert_says("out.txt", "above 29.00 m, % of members\",66.7 (25.4-92.2)");
    assert_says("p.html", "<h2>By lead time</h2>");
    assert_int_equal(system("ncdump -v first_flood_limit_s p.h5 | grep -q '_, 6300, 50400'"), 0);
}

static void
start_from_an_observed_level(void **state)
{
    char arguments[COMMAND_LENGTH / 2];
    (void)state;
    write_text("levels.csv", "time,level_m\n2024-09-05 18:00,28.10\n2024-09-06 06:00,28.30\n");
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' --inflow '%s/storm.csv' --initial levels.csv --csv",
             example, example);
    assert_run(arguments, 0, "out.txt", "\"start level, m\",28.2");
    write_text("levels.csv", "time,level_m\n2024-09-07 18:00,28.10\n2024-09-08 06:00,28.30\n");
    assert_run(arguments, 2, "err.txt", "no level before and after the start, 2024-09-06 00:00");
}

/* A restart from the log in the middle of a schedule ends as the run that was not broken. */
static void
restart_goes_on_as_before(void **state)
{
    char words[PATH_LENGTH * 3], arguments[COMMAND_LENGTH / 2];
    double end_m, again_m;
    (void)state;
    snprintf(words, sizeof words, "-a '%s/early.csv' --csv --log log.csv", example);
    assert_operate(words, 0, NULL, NULL);
    char *text = read_text("out.txt");
    const char *row = strstr(text, "\"level at the end, m\",");
    assert_non_null(row);
    assert_int_equal(sscanf(row, "\"level at the end, m\",%lf", &end_m), 1);
    free(text);
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' -a '%s/early.csv' --inflow '%s/storm.csv' --initial "
             "log.csv --start '2024-09-09 12:00' --csv",
             example, example, example);
    assert_run(arguments, 0, "out.txt", "\"start level, m\",");
    text = read_text("out.txt");
    row = strstr(text, "\"level at the end, m\",");
    assert_non_null(row);
    assert_int_equal(sscanf(row, "\"level at the end, m\",%lf", &again_m), 1);
    assert_close(again_m, end_m, 0, 2e-4); /* the log has four digits */
    free(text);
    write_text("levels.csv", "time,level_m,spillway.1_opening_m\n2024-09-06,28.1,7\n"
                             "2024-09-07,28.3,7\n");
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' --inflow '%s/storm.csv' --initial levels.csv", example,
             example);
    assert_run(arguments, 2, "err.txt", "'spillway.1_opening_m' is 7 at the start; it opens to 6");
}

/* Members with a dam of their own: a lower crest is overtopped, a higher start level rises more. */
static void
cases_give_members_their_own_dam(void **state)
{
    static const struct {
        const char *text, *wanted;
    } bad[] = {
        {"name,start_level\na,60\n", "cases.csv:1: the first of at most"},
        {"member,start_level\na,60\n", "cases.csv has no row for member 'b'"},
        {"member,start_level\na,60\nx,60\n", "cases.csv:3: the inflow has no member 'x'"},
        {"member,start_level\na,60\na,60\n", "cases.csv:3: a second row for member 'a'"},
        {"member,start_level\na,60\nb\n", "cases.csv:3: 1 cells, but 2 columns"},
        {"member,dam.crest\na,60\nb,60\n", "cases.csv:2: 'dam.crest' is no figure of the dam"},
        {"member,outlets.gate.width\na,7\nb,7\n", "'outlets.gate.width' is no figure"},
        {"member,dam.crest_level\na,62\nb,64\n", "must lie below the crest"},
        {"member,dam.crest_level\na,64 m3/s\nb,64\n", "a wrong unit"},
        {"member,outlets.spillway.width\na,-1\nb,64\n", "out of range"},
        {"member,start_level\na,64\nb,60\n", "member a: the start level 64 m is not below"},
    };
    char arguments[COMMAND_LENGTH / 2];
    (void)state;
    write_text("members.csv", "time,a,b\n2014-10-29 20:00,5,5\n2014-10-30 05:00,900,900\n"
                              "2014-10-30 20:00,5,5\n");
    snprintf(arguments, sizeof arguments,
             "operate '%s/dam_ha_dong.yaml' --ensemble members.csv --cases cases.csv -l 60 "
             "--extrapolate --csv -o cases.h5",
             example);
    write_text("cases.csv", "member,dam.crest_level,outlets.spillway.width,start_level\n"
                            "b,90 m,9,59\na,63,6,60.5\n");
    assert_run(arguments, 0, "out.txt", "\"dam overtopped, % of members\",50.0");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_text("cases.csv", bad[i].text);
        assert_run(arguments, 2, "err.txt", bad[i].wanted);
    }
}

/* The sheet made for a top level keeps the lake below it, and does so when read again. */
static void
nomographs_in_and_out(void **state)
{
    char arguments[COMMAND_LENGTH / 2];
    double highest_m[2];
    (void)state;
    for (int again = 0; again < 2; again++) {
        snprintf(arguments, sizeof arguments, "operate '%s/yen_lap.yaml' -d T=100 -l 28.4 --csv %s",
                 example,
                 again ? "--nomograph spillway=sheet.csv"
                       : "--make-nomograph spillway=sheet.csv --recession 8h --surcharge-to 31.4");
        assert_run(arguments, 0, NULL, NULL);
        char *text = read_text("out.txt");
        const char *row = strstr(text, "\"highest level, m\",");
        assert_non_null(row);
        assert_int_equal(sscanf(row, "\"highest level, m\",%lf", &highest_m[again]), 1);
        free(text);
    }
    assert_says("sheet.csv", "level_m,0,100,200,");
    assert_true(highest_m[0] > 31.0 && highest_m[0] < 31.4);
    assert_close(highest_m[1], highest_m[0], 0, 1e-3);
    static const struct {
        const char *words, *wanted;
    } bad[] = {
        {"--make-nomograph spillway=x.csv", "needs --recession"},
        {"--make-nomograph spillway=x.csv --recession 0h", "must be above 0"},
        {"--make-nomograph spillway=x.csv --recession 6h --surcharge-to 20",
         "cannot be kept below"},
        {"--nomograph gate=x.csv", "must be OUTLET=FILE"},
        {"--nomograph spillway", "must be OUTLET=FILE"},
        {"--nomograph spillway=none.csv", "none.csv"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(arguments, sizeof arguments, "operate '%s/yen_lap.yaml' -d T=100 -l 28.4 %s",
                 example, bad[i].words);
        assert_run(arguments, 2, "err.txt", bad[i].wanted);
    }
}

/* Six years of 1 m3/s and 3 m3/s by half-years give lines; what makes no sense is refused. */
static void
lines_are_derived_from_a_record(void **state)
{
    static const struct {
        const char *words, *wanted;
    } bad[] = {
        {"--derive none.csv", "none.csv"},
        {"--derive flow.csv --column q", "no column"},
        {"--derive flow.csv --dry-end 06-31", "--dry-end '06-31' must be a day"},
        {"--derive flow.csv --years 85-75", "--years '85-75' must be percentages"},
        {"--derive flow.csv --years 1-2", "none of the 6 years"},
    };
    char arguments[COMMAND_LENGTH / 2], text[4096] = "month,inflow_m3s\n";
    (void)state;
    for (int month = 0; month < 84; month++)
        sprintf(text + strlen(text), "%d-%02d,%d\n", 2001 + month / 12, month % 12 + 1,
                month % 12 < 5 ? 1 : 3);
    write_text("flow.csv", text);
    snprintf(arguments, sizeof arguments, "chart '%s/yen_lap.yaml' --derive flow.csv --years 70-86",
             example);
    assert_run(arguments, 0, "out.txt", "2 of 6 years:");
    assert_says("out.txt", "restriction_line:\n  unit: m\n  tenday: [");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(arguments, sizeof arguments, "chart '%s/yen_lap.yaml' %s", example, bad[i].words);
        assert_run(arguments, 2, "err.txt", bad[i].wanted);
    }
}

/* A schedule, and what must be said of it. */
struct bad_schedule {
    const char *text, *wanted;
};

static void
bad_schedules_are_refused_with_their_row(void **state)
{
    static const struct bad_schedule cases[] = {
        {"", "schedule.csv: error: the file is empty"},
        {"time,gate\n", "schedule.csv:1: error: a schedule needs the columns"},
        {"time,gate,opening\n2024-09-06,spillway,1\n",
         "schedule.csv:1: error: column 'opening' is unknown, did you mean opening_m"},
        {"time,gate,opening_m\n2024-09-06,spilway,1\n",
         "schedule.csv:2: error: there is no gate or outlet 'spilway' (did you mean 'spillway'?)"},
        {"time,gate,opening_m\n2024-09-06,spillway.4,1\n",
         "schedule.csv:2: error: there is no gate or outlet 'spillway.4'"},
        {"time,gate,opening_m\n2024-09-06,spillway,6.5\n",
         "schedule.csv:2: error: opening_m is 6.5, above the gate's height: 'spillway' opens to 6 "
         "m"},
        {"time,gate,opening_m\n2024-09-06,spillway,-1\n", "it must be a number of at least 0"},
        {"time,gate,opening_m,flow_m3s\n2024-09-06,spillway,1,20\n",
         "both opening_m and flow_m3s are given"},
        {"time,gate,opening_m\n2024-09-06,spillway,\n", "no opening and no flow is given"},
        {"time,gate,opening_m\n2024-09-31,spillway,1\n", "'2024-09-31' is not a time"},
        {"time,gate,opening_m\n2024-09-05 23:00,spillway,1\n",
         "schedule.csv:2: error: 2024-09-05 23:00 lies outside the run"},
        {"time,gate,opening_m\n2024-09-06 05:00,spillway,1\n2024-09-06 04:00,spillway.1,2\n",
         "schedule.csv:3: error: the times of 'spillway.1' do not rise"},
        {"time,gate,opening_m\n2024-09-06 05:00+07:00,spillway,1\n2024-09-06 06:00Z,spillway,2\n",
         "schedule.csv:3: error: time zones are mixed: '2024-09-06 06:00Z' is +00:00"},
        {"time,gate,opening_m\n2024-09-06 05:00+07:00,spillway,1\n",
         "time zones are mixed: the schedule is +07:00, the inflow without a zone"},
        {"time,gate,opening_m,flow_m3s,mode\n2024-09-06,bottom,1,,linear\n2024-09-07,bottom,,3,\n",
         "schedule.csv:3: error: 'bottom' cannot go straight from an opening (line 2) to a flow"},
        {"time,gate,opening_m,mode\n2024-09-06,spillway,1,sudden\n",
         "mode is 'sudden'; it must be step or linear"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_text("schedule.csv", cases[i].text);
        assert_operate("-a schedule.csv", 2, "err.txt", cases[i].wanted);
    }
    assert_operate("-a no_such.csv", 2, "err.txt", "no_such.csv");
}

static void
bad_inflows_are_refused_with_their_row(void **state)
{
    static const struct bad_schedule cases[] = {
        {"time,inflow_m3s\n2024-09-06,5\n", "at least two times"},
        {"time,inflow_m3\n2024-09-06,5\n", "(did you mean 'inflow_m3'?)"},
        {"time,inflow_m3s\n2024-09-06,5\n2024-09-06,6\n",
         "inflow.csv:3: error: the times do not rise"},
        {"time,inflow_m3s\n2024-09-06,5\n2024-09-07,x\n",
         "inflow.csv:3: error: inflow 'inflow_m3s' is 'x'"},
        {"time,inflow_m3s\n2024-09-06,5\n2024-09-07,-2\n", "at least 0 m3/s"},
        {"time,inflow_m3s\n2024-09-06,5\n2024-09-07 00:00Z,2\n", "time zones are mixed"},
    };
    char arguments[COMMAND_LENGTH / 2];
    (void)state;
    snprintf(arguments, sizeof arguments, "operate '%s/yen_lap.yaml' --inflow inflow.csv", example);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_text("inflow.csv", cases[i].text);
        assert_run(arguments, 2, "err.txt", cases[i].wanted);
    }
}

static void
bad_words_are_refused(void **state)
{
    char arguments[COMMAND_LENGTH / 2];
    (void)state;
    assert_operate("--jam spillway.9", 2, "err.txt", "--jam 'spillway.9' is no gate");
    assert_operate("--step 7h", 2, "err.txt", "whole minutes that divide a day");
    assert_operate("--method euler", 2, "err.txt", "--method must be trbdf2 or puls");
    assert_operate("-r yenlap", 2, "err.txt", "(did you mean 'yen_lap'?)");
    assert_operate("--late soon", 2, "err.txt", "--late 'soon'");
    assert_operate("--start 2024-09-06 --hours 200", 2, "err.txt", "does not cover the run");
    assert_operate("--design-flood T=100", 2, "err.txt",
                   "one of --inflow, --design-flood and --ensemble");
    snprintf(arguments, sizeof arguments, "operate '%s/yen_lap.yaml' --design-flood T=2", example);
    assert_run(arguments, 2, "err.txt", "outside 'peaks', 5 to 1000 years");
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' --inflow '%s/storm.csv' --start-level 32.6", example,
             example);
    assert_run(arguments, 2, "err.txt", "not below the crest of the dam of 'yen_lap', 32.57 m");
    /* a design flood runs on the clock of the basin, which has no zone */
    write_text("schedule.csv", "time,gate,opening_m\n2024-09-01 05:00+07:00,spillway,1\n");
    snprintf(arguments, sizeof arguments,
             "operate '%s/yen_lap.yaml' --design-flood T=100 -a schedule.csv", example);
    assert_run(arguments, 2, "err.txt",
               "schedule.csv:2: error: time zones are mixed: the schedule is +07:00, the design "
               "flood without a zone");
    assert_operate("--start 2024-09-06T05:00Z", 2, "err.txt",
                   "time zones are mixed: --start is +00:00, the inflow without a zone");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example_shows_which_schedule_is_safe),
        cmocka_unit_test(design_flood_and_safe_level),
        cmocka_unit_test(class_waves_and_one_gate_less),
        cmocka_unit_test(flood_peaks_by_return_period),
        cmocka_unit_test(ensembles_from_csv_and_netcdf),
        cmocka_unit_test(probabilities_come_with_their_lead_time),
        cmocka_unit_test(start_from_an_observed_level),
        cmocka_unit_test(restart_goes_on_as_before),
        cmocka_unit_test(cases_give_members_their_own_dam),
        cmocka_unit_test(nomographs_in_and_out),
        cmocka_unit_test(lines_are_derived_from_a_record),
        cmocka_unit_test(bad_schedules_are_refused_with_their_row),
        cmocka_unit_test(bad_inflows_are_refused_with_their_row),
        cmocka_unit_test(bad_words_are_refused),
    };
    return cmocka_run_group_tests_name("operate", tests, prepare, remove_folder);
}
