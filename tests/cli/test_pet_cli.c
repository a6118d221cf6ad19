/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/cli_fixture.h"

#include <math.h>
#include <stdbool.h>

/* The worked examples of FAO Irrigation and Drainage Paper 56 through `nguon catchment pet`. */

static double
depth(const char *file, const char *arguments)
{
    char command[512];
    write_text("w.csv", file);
    snprintf(command, sizeof command, "catchment pet w.csv %s", arguments);
    assert_run(command, 0, NULL, NULL);
    char *text = read_text("out.txt");
    double value = atof(strrchr(text, ',') + 1);
    free(text);
    return value;
}

static void
examples_of_fao_56(void **state)
{
    (void)state;
    /* 17, Bangkok in April: 5.72 mm/d; heat into the ground 0.14 (30.2 - 29.2) */
    assert_close(depth("date,Tmin_C,Tmax_C,ea_kPa,wind_ms,sun_h,G_MJ\n"
                       "2001-04-15,25.6,34.8,2.85,2,8.5,0.14\n",
                       "--method fao56 --latitude 13.7333 --altitude 2"),
                 5.72, 0, 0.006);
    /* 18, Uccle, 6 July: 3.88 mm/d; wind 2.78 m/s at 10 m */
    assert_close(depth("date,Tmin_C,Tmax_C,RHmax,RHmin,wind_ms,sun_h\n"
                       "2001-07-06,12.3,21.5,84,63,2.78,9.25\n",
                       "--method fao56 --latitude 50.8 --altitude 100 --wind-height 10"),
                 3.88, 0, 0.006);
    /* 20, Lyon in July, temperature alone: 4.56 mm/d, Hargreaves 5.0 */
    assert_close(depth("date,Tmin_C,Tmax_C\n2001-07-15,14.8,26.6\n",
                       "--method fao56 --latitude 45.7167 --altitude 200"),
                 4.56, 0, 0.006);
    assert_close(depth("date,Tmin_C,Tmax_C\n2001-07-15,14.8,26.6\n",
                       "--method hargreaves --latitude 45.7167"),
                 5.03, 0, 0.006);
}

static void
lakes_evaporate_by_penman_or_a_pan(void **state)
{
    (void)state;
    static const char april[] = "date,Tmin_C,Tmax_C,ea_kPa,wind_ms,sun_h\n"
                                "2001-04-15,25.6,34.8,2.85,2,8.5\n";
    double grass = depth(april, "--method fao56 --latitude 13.7333");
    double lake = depth(april, "--method open-water --latitude 13.7333");
    assert_true(lake > grass && lake < 1.5 * grass);
    assert_says("out.txt", "date,E_mm");
    assert_close(depth("date,pan_mm\n2001-04-15,5\n", "--method pan"), 3.5, 1e-9, 0);
    assert_close(depth("date,pan_mm\n2001-04-15,5\n", "--method pan --coefficient 0.8"), 4.0, 1e-9,
                 0);
}

static void
faults_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *file, *arguments, *message;
    } cases[] = {
        {"date,T_C\n2001-01-01,20\n", "--method fao56 --latitude 21", "no column 'Tmin_C'"},
        {"date,Tmin_C,Tmax_C\n2001-01-01,20,\n", "--method fao56 --latitude 21",
         "w.csv:2: column 'Tmax_C' has no value on 2001-01-01"},
        {"date,Tmin_C,Tmax_C\n2001-01-01,20,10\n", "--method fao56 --latitude 21",
         "w.csv:2: Tmin_C, 20, is above Tmax_C, 10"},
        {"date,T_C\n2001-01-01,293\n", "--method oudin --latitude 21",
         "w.csv:2: column 'T_C' is 293 on 2001-01-01"},
        {"date,T_C\n2001-01-02,20\n2001-01-01,20\n", "--method oudin --latitude 21",
         "w.csv:3: 2001-01-01 does not come after"},
        {"date,T_C\n2001-13-02,20\n", "--method oudin --latitude 21", "is no date"},
        {"date,T_C\n2001-01-02,x\n", "--method oudin --latitude 21", "'x' is no number"},
        {"date,T_C\n2001-01-02,20\n", "--method oudin", "needs --latitude"},
        {"date,T_C\n2001-01-02,20\n", "--method penman --latitude 21", "--method is oudin"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[512];
        write_text("w.csv", cases[i].file);
        snprintf(command, sizeof command, "catchment pet w.csv %s", cases[i].arguments);
        assert_run(command, 2, "err.txt", cases[i].message);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_fao_56),
        cmocka_unit_test(lakes_evaporate_by_penman_or_a_pan),
        cmocka_unit_test(faults_are_named),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
