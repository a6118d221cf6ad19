/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/salt_fit.h"
#include "solvers/salt_intrusion.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A known profile is found again; a real one has the error that another program found. */

static void
a_known_profile_is_found(void **state)
{
    (void)state;
    const struct channel channel = {1, {{0.0, 2500.0, 15e3}}};
    const double ks[] = {0.2, 0.45, 0.8};
    for (int i = 0; i < 3; i++) {
        struct salt_intrusion known = {20.0, 250.0, ks[i], 32.0, 0.0};
        double x_m[12], s[12];
        for (int p = 0; p < 12; p++) {
            x_m[p] = 2500.0 * p;
            s[p] = salt_intrusion_salinity(&channel, &known, x_m[p]);
        }
        for (int free_sea = 0; free_sea < 2; free_sea++) {
            struct salt_fit fit;
            struct error err = {0};
            assert_int_equal(salt_fit(x_m, s, 12, 15e3, free_sea ? 0.0 : 32.0, &fit, &err),
                             STATUS_OK);
            assert_close(fit.van_der_burgh, ks[i], 0, 1e-9);
            assert_close(fit.sea_kgm3, 32.0, 1e-6, 0);
            assert_close(fit.length_m, salt_intrusion_length(&channel, &known), 1e-6, 0);
            assert_close(fit.nse, 1.0, 1e-9, 0);
            assert_close(salt_fit_salinity(&fit, 15e3, 11e3),
                         salt_intrusion_salinity(&channel, &known, 11e3), 1e-6, 0);
        }
    }
}

/* Mekong, March 2025, surface salinity in four branches, with the convergence lengths that the
 * source sets: the errors that another least-squares program found, K at its lower bound in three
 * of the four. */
static void
real_profiles_have_the_error_they_have(void **state)
{
    (void)state;
    static const struct {
        const char *branch;
        double a_km, nse, rmse;
    } cases[] = {{"Hau_River", 80, .993, .82},
                 {"Ham_Luong", 100, .986, 1.16},
                 {"Co_Chien", 75, .984, 1.32},
                 {"My_Tho", 55, .898, 2.91}};
    char path[4096], line[256];
    const char *shared = getenv("NGUON_SHARED");
    snprintf(path, sizeof path, "%s/reference/salinity/mekong_mar2025_salinity_profiles.csv",
             shared != NULL ? shared : NGUON_SHARED_DEFAULT);
    int at_bound = 0;
    for (int i = 0; i < 4; i++) {
        FILE *file = fopen(path, "r");
        double x_m[32], s[32];
        int count = 0;
        if (file == NULL) {
            print_message("%s is not there: skipped\n", path);
            skip();
        }
        while (fgets(line, sizeof line, file) != NULL) {
            char branch[64];
            if (sscanf(line, "%63[^,],%lf,%lf", branch, &x_m[count], &s[count]) == 3 &&
                strcmp(branch, cases[i].branch) == 0)
                x_m[count++] *= 1e3;
        }
        fclose(file);
        struct salt_fit fit;
        struct error err = {0};
        assert_int_equal(salt_fit(x_m, s, count, 1e3 * cases[i].a_km, 0.0, &fit, &err), STATUS_OK);
        print_message("    %-10s K %.2f (%.2f to %.2f), S0 %.1f, L %.0f km, NSE %.3f, RMSE %.2f\n",
                      cases[i].branch, fit.van_der_burgh, fit.k_low, fit.k_high, fit.sea_kgm3,
                      fit.length_m / 1e3, fit.nse, fit.rmse_kgm3);
        assert_close(fit.rmse_kgm3, cases[i].rmse, 0, 0.006);
        assert_close(fit.nse, cases[i].nse, 0, 0.0006);
        at_bound += fit.van_der_burgh < 0.055;
    }
    assert_int_equal(at_bound, 3);
}

static void
points_that_tell_nothing_are_refused(void **state)
{
    (void)state;
    double x[] = {0, 1e3, 2e3, 3e3}, same[] = {3, 3, 3, 3}, bad[] = {3, 2, -1, 0};
    struct salt_fit fit;
    struct error err = {0};
    assert_int_equal(salt_fit(x, same, 4, 10e3, 0, &fit, &err), STATUS_INPUT);
    assert_int_equal(salt_fit(x, bad, 4, 10e3, 0, &fit, &err), STATUS_INPUT);
    assert_int_equal(salt_fit(x, x, 3, 10e3, 0, &fit, &err), STATUS_INPUT);
    assert_int_equal(salt_fit(x, x, 4, 0, 0, &fit, &err), STATUS_INPUT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_profile_is_found),
        cmocka_unit_test(real_profiles_have_the_error_they_have),
        cmocka_unit_test(points_that_tell_nothing_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
