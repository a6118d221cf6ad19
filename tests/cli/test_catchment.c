/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* `nguon catchment` as a user runs it. */

enum { PATH_LENGTH = 512, COMMAND_LENGTH = 4096, TEXT_LENGTH = 1 << 20 };

static const char *program; /* NGUON_PROGRAM */
static char folder[] = "/tmp/nguon_catchment_XXXXXX";
static char input[PATH_LENGTH]; /* daily basin of the reference, empty if it is not there */
static char printed[TEXT_LENGTH];

static int
make_folder(void **state)
{
    (void)state;
    const char *shared = getenv("NGUON_SHARED");
    program = getenv("NGUON_PROGRAM");
    if (program == NULL) {
        print_error("NGUON_PROGRAM does not name the program under test\n");
        return -1;
    }
    snprintf(input, sizeof input, "%s/reference/airgr/basin_L0123001_daily.csv",
             shared != NULL ? shared : "../shared");
    if (access(input, R_OK) != 0)
        input[0] = '\0';
    return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static int
remove_folder(void **state)
{
    (void)state;
    char command[PATH_LENGTH];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

/* Run `nguon catchment ...`; what it prints, both ways, is in `printed`. @return exit code */
static int
run(const char *arguments)
{
    char command[COMMAND_LENGTH];
    snprintf(command, sizeof command, "'%s' catchment %s 2>&1", program, arguments);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t length = fread(printed, 1, sizeof printed - 1, pipe);
    printed[length] = '\0';
    int result = pclose(pipe);
    assert_true(WIFEXITED(result));
    return WEXITSTATUS(result);
}

static void
expect(const char *arguments, int exit_code, const char *text)
{
    int code = run(arguments);
    if (code != exit_code || strstr(printed, text) == NULL)
        fail_msg("`catchment %s` gave %d, expected %d with '%s':\n%s", arguments, code, exit_code,
                 text, printed);
}

static void
write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* Made-up weather of 60 days; `column` holds other names and one row can be replaced. */
static void
write_weather(const char *path, const char *names, int odd_row, const char *odd_text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s\n", names);
    for (int t = 0; t < 60; t++) {
        if (t == odd_row)
            fprintf(file, "%s\n", odd_text);
        else
            fprintf(file, "2001-%02d-%02d,%d,2.5,%.1f\n",
                    t < 31   ? 1
                    : t < 59 ? 2
                             : 3,
                    t < 31   ? t + 1
                    : t < 59 ? t - 30
                             : 1,
                    t % 4 == 0 ? 20 : 0, 15.0 + t % 5);
    }
    assert_int_equal(fclose(file), 0);
}

static void
needs_reference(void)
{
    if (input[0] == '\0') {
        print_message("reference figures of airGR are not there\n");
        skip();
    }
}

#define GR4J_SET "--model gr4j --params 257.238,1.012,88.235,2.208 "

/* ---- simulate ----------------------------------------------------------------------------------
 */

static void
documented_run_gives_the_flow_of_the_reference(void **state)
{
    (void)state;
    char command[COMMAND_LENGTH];
    needs_reference();
    snprintf(command, sizeof command,
             "simulate " GR4J_SET "--area 360 --from 1990-01-01 --to 1999-12-31 --warmup 365 '%s' "
             "-o OUT.csv",
             input);
    expect(command, 0, "NSE 0.798822");
    FILE *file = fopen("OUT.csv", "r");
    char line[256];
    double flow_mm, flow_m3s;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "date,Q_mm,Q_m3s\n");
    assert_non_null(fgets(line, sizeof line, file));
    assert_int_equal(sscanf(line, "1990-01-01,%lf,%lf", &flow_mm, &flow_m3s), 2);
    assert_close(flow_mm, 2.431479406055, 0.0, 1e-6);
    assert_close(flow_m3s, flow_mm * 360e6 / 1000.0 / 86400.0, 1e-12, 0.0);
    int count = 1;
    while (fgets(line, sizeof line, file) != NULL)
        count++;
    assert_int_equal(count, 3652);
    assert_int_equal(strncmp(line, "1999-12-31,", 11), 0);
    fclose(file);
}

static void
states_give_every_store_and_flux(void **state)
{
    (void)state;
    write_weather("w.csv", "date,P_mm,PE_mm,T", -1, "");
    expect("simulate " GR4J_SET "--states w.csv", 0,
           "date,Q_mm,P_mm,PE_mm,Prod_mm,Rout_mm,UH1_mm,UH2_mm,Pn_mm,Ps_mm,AE_mm,Perc_mm,PR_mm,"
           "Q9_mm,Q1_mm,Exch_mm,AExch1_mm,AExch2_mm,AExch_mm,QR_mm,QD_mm\n2001-01-01,");
    expect("simulate -m gr6j -p 300,0.5,60,2,0.4,5 --initial 0.3,0.5,-1 --states w.csv", 0,
           ",QRExp_mm,");
    expect("simulate -m xinanjiang -p .93,.3,.01,20,70,60,.15,30,1.2,.4,.3,.3,1.4,.7,.98 --states "
           "w.csv",
           0, ",FR,Storage_mm,");
    expect("simulate -m hbv -p fc=100,lp=.9,beta=3.3,k0=.5,k1=9,k2=105,lsuz=50,cperc=2,bmax=10,"
           "croute=26.5 w.csv",
           0, "2001-03-01,");
}

static void
a_hot_start_goes_on_as_if_never_stopped(void **state)
{
    (void)state;
    write_weather("w.csv", "date,P_mm,PE_mm,T", -1, "");
    expect("simulate " GR4J_SET "w.csv -o whole.csv -q", 0, "");
    expect("simulate " GR4J_SET "w.csv --to 2001-01-31 --save-state s.csv -o a.csv -q", 0, "");
    expect("simulate " GR4J_SET "w.csv --from 2001-02-01 --load-state s.csv -o b.csv -q", 0, "");
    assert_int_equal(system("tail -n +2 b.csv | cat a.csv - | cmp -s - whole.csv"), 0);
    expect("simulate " GR4J_SET "w.csv --from 2001-02-03 --load-state s.csv -o b.csv -q", 0,
           "warning: the state of 's.csv' is for the start of 2001-02-01");
    expect("simulate -m gr6j -p 300,0.5,60,2,0.4,5 w.csv --load-state s.csv", 2,
           "s.csv:2: error: it is of model 'gr4j', not of 'gr6j'");
    assert_null(strstr(printed, "s.csv:3")); /* the rest would be noise */
    expect("simulate --model gr4j --params 50,1,88,2.2 w.csv --from 2001-02-01 --load-state s.csv",
           2, "store Prod is outside its bounds");
    write_text("t.csv", "name,value\nmodel,gr4j\nnext,2001-02-01\nx1,abc\n");
    expect("simulate " GR4J_SET "w.csv --load-state t.csv", 2, "t.csv:4: error: 'x1' is 'abc'");
}

static void
columns_units_and_temperature_stand_in(void **state)
{
    (void)state;
    write_weather("w.csv", "date,P_mm,PE_mm,T", -1, "");
    expect("simulate " GR4J_SET "w.csv -o usual.csv -q", 0, "");
    write_weather("x.csv", "date,rain,evap,T", -1, "");
    expect("simulate " GR4J_SET "x.csv --rain rain:mm/d --pet evap -o other.csv -q", 0, "");
    assert_int_equal(system("cmp -s usual.csv other.csv"), 0);
    expect("simulate " GR4J_SET "x.csv --rain rain", 2,
           "x.csv:1: error: there is no column 'PE_mm' of potential evapotranspiration");
    expect("simulate " GR4J_SET "x.csv --rain rain --temperature T --latitude 21 -o t.csv", 0,
           "potential evapotranspiration by Oudin");
    expect("simulate " GR4J_SET "x.csv --rain rain --temperature T:K --latitude 21", 2,
           "no temperature of the air");
    expect("simulate " GR4J_SET "x.csv --rain rain:m3/s --pet evap", 2, "give --area");
    expect("simulate " GR4J_SET "x.csv --rain rain:degC --pet evap", 2, "x.csv:1: error: column");
    expect("simulate " GR4J_SET "x.csv --rain rain:cm --pet evap -o cm.csv", 0,
           "which is implausible; is the unit right?");
}

static void
netcdf_opens_with_ncdump(void **state)
{
    (void)state;
    if (system("command -v ncdump > /dev/null") != 0) {
        print_message("ncdump is not there\n");
        skip();
    }
    write_weather("w.csv", "date,P_mm,PE_mm,T", -1, "");
    expect("simulate " GR4J_SET "--area 360 --states w.csv -o out.nc -q", 0, "");
    assert_int_equal(system("ncdump -h out.nc | grep -q 'double Q_m3s(time)'"), 0);
    assert_int_equal(system("ncdump -h out.nc | grep -q 'Prod_mm:units = \"mm\"'"), 0);
    assert_int_equal(system("ncdump -t -v time out.nc | grep -q '\"2001-01-01\"'"), 0);
}

static void
a_coarser_model_sums_the_record(void **state)
{
    (void)state;
    write_weather("w.csv", "date,P_mm,PE_mm,T", -1, "");
    /* 1 March alone is no whole month: January and February are */
    expect("simulate -m gr2m -p 265,1.04 --states w.csv", 0, "\n2001-02,");
    assert_null(strstr(printed, "2001-03"));
    assert_non_null(strstr(printed, ",160,77.5,")); /* January: 8 x 20 mm, 31 x 2.5 mm */
    expect("simulate -m gr4h -p 265,0,90,5 w.csv", 2, "the file has days; the model needs hours");
}

static void
hours_are_written_alike(void **state)
{
    (void)state;
    FILE *file = fopen("h.csv", "w");
    assert_non_null(file);
    fputs("date,P_mm,PE_mm\n", file);
    for (int t = 0; t < 48; t++)
        fprintf(file, "2001-01-%02d %02d:00,1,0.1\n", 1 + t / 24, t % 24);
    assert_int_equal(fclose(file), 0);
    expect("simulate -m gr4h -p 265,0,90,5 h.csv", 0, "\n2001-01-01 00:00,");
    assert_non_null(strstr(printed, "\n2001-01-01 01:00,"));
    expect("simulate -m gr4h -p 265,0,90,5 h.csv -o h2.csv", 0,
           "48 hours from 2001-01-01 00:00 to 2001-01-02 23:00");
    expect("simulate -m gr4h -p 265,0,90,5 h.csv --pet PE_mm:cm -o h2.csv", 0, "");
    expect("simulate -m gr4h -p 265,0,90,5 h.csv --pet P_mm:cm -o h2.csv", 0,
           "warning: column 'P_mm': potential evapotranspiration reaches 10 mm in an hour");
}

/* ---- bad input ---------------------------------------------------------------------------------
 */

static void
bad_input_is_named_by_line_column_and_date(void **state)
{
    (void)state;
    static const struct {
        int row;
        const char *text, *expected;
    } cases[] = {
        {9, "2001-01-10,-3,2.5,15", "w.csv:11: error: column 'P_mm' is negative on 2001-01-10: -3"},
        {9, "2001-01-10,,2.5,15",
         "w.csv:11: error: column 'P_mm' has no value from 2001-01-10 to 2001-01-10 (1 missing)"},
        {9, "2001-01-09,1,2.5,15", "w.csv:11: error: 2001-01-09 repeats the date of line 10"},
        {9, "2001-01-05,1,2.5,15", "w.csv:11: error: 2001-01-05 is before the date of line 10"},
        {9, "2001-01-10,1,abc,15",
         "w.csv:11: error: column 'PE_mm', 2001-01-10: 'abc' is no number"},
        {9, "2001-13-10,1,2,15", "w.csv:11: error: '2001-13-10' is no date"},
        {9, "2001-01-10,1", "w.csv:11: error: the row has 2 cells, the first line has 4"},
        {9, "2001-01-10,1,2,15\n2001-01-10,1,2,15", "w.csv:12: error: 2001-01-10 repeats"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_weather("w.csv", "date,P_mm,PE_mm,T", cases[i].row, cases[i].text);
        expect("simulate " GR4J_SET "w.csv", 2, cases[i].expected);
    }
    write_weather("w.csv", "date,Pmm,PE_mm,T", -1, "");
    expect("simulate " GR4J_SET "w.csv", 2,
           "w.csv:1: error: there is no column 'P_mm' (did you mean 'Pmm'?)");
    expect("simulate " GR4J_SET "absent.csv", 2, "absent.csv");
    /* a gap outside the run does no harm */
    write_weather("w.csv", "date,P_mm,PE_mm,T", 50, "2001-02-20,,2.5,15");
    expect("simulate " GR4J_SET "w.csv --to 2001-02-10 -o out.csv -q", 0, "");
    /* potential evapotranspiration in m instead of mm */
    write_weather("w.csv", "date,P_mm,other,PE_mm", -1, "");
    expect("simulate " GR4J_SET "w.csv -o out.csv", 0,
           "warning: column 'PE_mm': mean potential evapotranspiration is 17 mm/d");
}

static void
bad_usage_says_what_is_meant(void **state)
{
    (void)state;
    write_weather("w.csv", "date,P_mm,PE_mm,T", -1, "");
    expect("simulate --params 1,2,3,4 w.csv", 2, "no --model given");
    expect("simulate --model gr4k --params 1,2,3,4 w.csv", 2, "did you mean 'gr4j'?");
    expect("simulate --model gr4j --params 257,1,88 w.csv", 2, "x4 of gr4j is missing");
    expect("simulate --model gr4j --params 257,1,88,x w.csv", 2, "'x' is no number");
    expect("simulate --model gr4j --params 257,1,88,2,3 w.csv", 2, "gr4j has 4 parameters");
    expect("simulate --model gr4j --params 257,1,88,21 w.csv", 2, "x4 is 21 d");
    expect("simulate " GR4J_SET "--initial 0.3 w.csv", 2, "shares 0..1 of X1 and X3");
    expect("simulate " GR4J_SET "--initial 0.3,1.5 w.csv", 2, "figure 2 of the initial filling");
    expect("simulate " GR4J_SET "--warmup 100 w.csv", 2, "takes the whole record");
    expect("simulate " GR4J_SET "--warmup 10 --from 2001-01-05 w.csv", 2,
           "the warm-up needs 10 days before 2001-01-05");
    expect("simulate " GR4J_SET "--from 1999-01-01 w.csv", 2, "is outside the record");
    expect("simulate " GR4J_SET "--from 2001-02-02 --to 2001-01-05 w.csv", 2, "before it begins");
    expect("simulate " GR4J_SET "--area -3 w.csv", 2, "--area");
    expect("simulate " GR4J_SET "w.csv -o w.csv", 2, "would overwrite the input");
    expect("simulate " GR4J_SET "w.csv -o /nowhere/x.csv", 4, "cannot write '/nowhere/x.csv'");
    expect("simulat", 2, "did you mean 'simulate'?");
}

/* ---- evaluate ----------------------------------------------------------------------------------
 */

static void
evaluation_skips_and_counts_missing_observations(void **state)
{
    (void)state;
    write_text("s.csv", "date,Q_mm\n2001-01-01,1\n2001-01-02,2\n2001-01-03,3\n2001-01-04,5\n");
    write_text("o.csv", "date,Qobs_mm\n2001-01-02,2.5\n2001-01-03,NA\n2001-01-04,4\n"
                        "2001-01-05,9\n");
    expect("evaluate s.csv o.csv --csv", 0, "of,NSE,KGE,");
    /* pairs (2, 2.5) and (5, 4): NSE = 1 - (0.25 + 1) / (2 x 0.75^2) */
    double nse;
    const char *row = strstr(printed, "\nQ,");
    assert_non_null(row);
    assert_int_equal(sscanf(row, "\nQ,%lf", &nse), 1);
    assert_close(nse, 1.0 - 1.25 / 1.125, 1e-10, 0.0);
    expect("evaluate s.csv o.csv", 0, "4 steps, 2 without an observation");
    expect("evaluate s.csv o.csv --to 2001-01-03", 2, "there are 1 observations");
    write_text("g.csv", "date,Q_mm,Qobs_mm\n2001-01-01,1,2\n2001-01-02,,2\n2001-01-03,2,3\n");
    expect("evaluate g.csv", 2, "g.csv:3: column 'Q_mm' has no value for 2001-01-02");
}

static void
evaluation_with_a_model_is_that_of_its_simulation(void **state)
{
    (void)state;
    char command[COMMAND_LENGTH];
    needs_reference();
    snprintf(command, sizeof command,
             "evaluate " GR4J_SET "--from 1990-01-01 --to 1999-12-31 --warmup 365 '%s' --csv",
             input);
    expect(command, 0, "of,NSE");
    double nse, kge, kge2012;
    const char *row = strstr(printed, "\nQ,");
    assert_non_null(row);
    assert_int_equal(sscanf(row, "\nQ,%lf,%lf,%lf", &nse, &kge, &kge2012), 3);
    assert_close(nse, 0.7988220772, 0.0, 1e-7);
    assert_close(kge, 0.7854052500, 0.0, 1e-7);
    assert_close(kge2012, 0.7555276475, 0.0, 1e-7);
}

/* ---- calibrate ---------------------------------------------------------------------------------
 */

/* Four years of made-up weather, without the flow column. */
static void
write_years(const char *path)
{
    FILE *file = fopen(path, "w");
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned long random = 12345;
    assert_non_null(file);
    fputs("date,P_mm,PE_mm\n", file);
    for (int year = 2001; year <= 2004; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= lengths[month - 1] + (month == 2 && year == 2004); day++) {
                random = (random * 1103515245UL + 12345UL) % 2147483648UL;
                double u = (double)random / 2147483648.0;
                fprintf(file, "%d-%02d-%02d,%.2f,%.2f\n", year, month, day,
                        u < 0.6 ? 0.0 : -9.0 * log((u - 0.6) / 0.4 + 1e-6),
                        2.5 + 1.5 * sin(month * 0.52));
            }
    assert_int_equal(fclose(file), 0);
}

/* A flow that a model made gives its own parameters back. */
static void
calibration_finds_the_parameters_that_made_the_flow(void **state)
{
    (void)state;
    double found[4];
    static const double made[] = {180.0, -0.8, 65.0, 1.9};
    write_years("years.csv");
    expect("simulate -m gr4j -p 180,-0.8,65,1.9 years.csv -o made.csv -q", 0, "");
    assert_int_equal(system("cut -d, -f2 made.csv | sed 's/Q_mm/Qobs_mm/' | "
                            "paste -d, years.csv - > twin.csv"),
                     0);
    expect("calibrate -m gr4j --objective NSE --threads 1 --from 2002-01-01 --warmup 365 twin.csv "
           "-o best.csv "
           "--plot fit.svg --sets sets.csv --no-split",
           0, "best 1.000000");
    FILE *file = fopen("best.csv", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file,
                            "name,value,unit model,gr4j, x1,%lf,mm x2,%lf,mm/d x3,%lf,mm "
                            "x4,%lf,d",
                            &found[0], &found[1], &found[2], &found[3]),
                     4);
    fclose(file);
    for (int i = 0; i < 4; i++)
        assert_close(found[i], made[i], 1e-3, 0.0);
    assert_int_equal(system("grep -q '</svg>' fit.svg"), 0);
    assert_int_equal(system("grep -q '^objective,x1,x2,x3,x4$' sets.csv"), 0);
    /* the file serves as --params */
    expect("evaluate -m gr4j -p best.csv --from 2002-01-01 --warmup 365 twin.csv --csv", 0,
           "of,NSE");
    double nse;
    assert_int_equal(sscanf(strstr(printed, "\nQ,"), "\nQ,%lf", &nse), 1);
    assert_close(nse, 1.0, 1e-6, 0.0);
}

static void
calibration_does_not_depend_on_threads(void **state)
{
    (void)state;
    static char first[TEXT_LENGTH];
    write_years("years.csv");
    expect("simulate -m gr5j -p 180,-0.8,65,1.9,0.2 years.csv -o made.csv -q", 0, "");
    assert_int_equal(system("cut -d, -f2 made.csv | paste -d, years.csv - > twin.csv"), 0);
    for (int threads = 1; threads <= 3; threads++) {
        char command[COMMAND_LENGTH];
        snprintf(command, sizeof command,
                 "calibrate -m gr4j --flow Q_mm --objective '0.5*KGE+0.5*KGE(1/q)' "
                 "--evaluations 400 --from 2002-01-01 --to 2003-12-31 --warmup 365 --threads %d "
                 "--fix x4=1.7 --range x1=50:900 twin.csv",
                 threads);
        expect(command, 0, "Split-sample test, 0.5*KGE + 0.5*KGE(1/q)");
        assert_non_null(strstr(printed, "allow more with --evaluations"));
        assert_non_null(strstr(printed, "fixed"));
        assert_non_null(strstr(printed, "2003-01-01 to 2003-12-31  2002-01-01 to 2002-12-31"));
        if (threads == 1)
            memcpy(first, printed, sizeof first);
        assert_string_equal(printed, first);
    }
}

static void
bad_calibrations_say_what_is_meant(void **state)
{
    (void)state;
    write_weather("w.csv", "date,P_mm,PE_mm,Qobs_mm", -1, "");
    expect("calibrate -m gr4j --objective rmse w.csv", 2, "'rmse' is no objective");
    expect("calibrate -m gr4j --range x9=1:2 w.csv", 2, "gr4j has no parameter 'x9'");
    expect("calibrate -m gr4j --range x1=10 w.csv", 2, "write x1=LOW:HIGH, rising");
    expect("calibrate -m gr4j --range x1=10:2 w.csv", 2, "write x1=LOW:HIGH, rising");
    expect("calibrate -m gr4j --fix x4=25 w.csv", 2, "the range of x4 is 25 to 25");
    expect("calibrate -m gr4j --fix x1=1 --fix x2=1 --fix x3=1 --fix x4=1 w.csv", 2,
           "nothing is left to search");
    expect("calibrate -m gr4j --split 2001-01-01 --evaluations 200 w.csv", 2,
           "--split 2001-01-01 is not inside the period");
    write_weather("w.csv", "date,P_mm,PE_mm,T", -1, "");
    expect("calibrate -m gr4j w.csv", 2, "there is no column 'Qobs_mm'");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documented_run_gives_the_flow_of_the_reference),
        cmocka_unit_test(states_give_every_store_and_flux),
        cmocka_unit_test(a_hot_start_goes_on_as_if_never_stopped),
        cmocka_unit_test(columns_units_and_temperature_stand_in),
        cmocka_unit_test(netcdf_opens_with_ncdump),
        cmocka_unit_test(a_coarser_model_sums_the_record),
        cmocka_unit_test(hours_are_written_alike),
        cmocka_unit_test(bad_input_is_named_by_line_column_and_date),
        cmocka_unit_test(bad_usage_says_what_is_meant),
        cmocka_unit_test(evaluation_skips_and_counts_missing_observations),
        cmocka_unit_test(evaluation_with_a_model_is_that_of_its_simulation),
        cmocka_unit_test(calibration_finds_the_parameters_that_made_the_flow),
        cmocka_unit_test(calibration_does_not_depend_on_threads),
        cmocka_unit_test(bad_calibrations_say_what_is_meant),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
