/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/philox.h"
#include "solvers/salt_transport.h"
#include "tests/support.h"

#include <gsl/gsl_sf_erf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Transport against analytic solutions, its order on finer grids, mass, and bounds. */

enum { CELLS_MAX = 1600 };

static struct salt_transport *
make(const struct channel *channel, double length_m, int cells)
{
    struct salt_transport *transport;
    struct error err = {0};
    assert_int_equal(salt_transport_create(channel, length_m, cells, &transport, &err), STATUS_OK);
    return transport;
}

static struct salt_account
advance(struct salt_transport *transport, const struct salt_forcing *forcing, int steps)
{
    struct salt_account account = {0};
    struct error err = {0};
    for (int i = 0; i < steps; i++) {
        enum status status = salt_transport_advance(transport, forcing, &account, &err);
        if (status != STATUS_OK)
            print_error("%s\n", err.text);
        assert_int_equal(status, STATUS_OK);
    }
    return account;
}

/* ---- steady exponential channel -------------------------------------------------------------- */

static const struct channel exponential = {1, {{0.0, 2500.0, 15e3}}};
static const struct salt_intrusion steady = {20.0, 250.0, 0.0, 32.0, 0.0};

/* The largest error of the steady state, reached in huge steps. */
static double
steady_error(const struct salt_intrusion *state, int cells, double length_m, double *least)
{
    struct salt_transport *transport = make(&exponential, length_m, cells);
    struct salt_forcing forcing = {.dt_s = 1e9,
                                   .dispersion_m2s = state->dispersion_m2s,
                                   .van_der_burgh = state->van_der_burgh,
                                   .sea_kgm3 = state->sea_kgm3,
                                   .river_m3s = state->flow_m3s,
                                   .river_kgm3 = state->river_kgm3};
    salt_transport_set_least_dispersion(transport, state->van_der_burgh > 0.0 ? 1e-6 : 1.0);
    salt_transport_set_steady(transport, state);
    advance(transport, &forcing, state->van_der_burgh > 0.0 ? 400 : 3);
    double worst = 0.0;
    *least = INFINITY;
    for (int i = 0; i < cells; i++) {
        double x_m = salt_transport_place_m(transport, i);
        double s = salt_transport_salinity(transport)[i];
        worst = fmax(worst, fabs(s - salt_intrusion_salinity(&exponential, state, x_m)));
        *least = fmin(*least, s);
    }
    salt_transport_destroy(transport);
    return worst;
}

static void
steady_state_is_of_order_two(void **state)
{
    (void)state;
    double before = 0.0;
    for (int cells = 25; cells <= 400; cells *= 2) {
        double least, worst = steady_error(&steady, cells, 40e3, &least);
        assert_true(least >= 0.0);
        if (cells > 25)
            assert_true(log2(before / worst) > 1.9);
        before = worst;
    }
    assert_true(before < 1e-4);
    /* computed from the closed form by another program */
    const double exact[] = {26.465498, 20.304115, 8.371016, 1.490317}, at_km[] = {5, 10, 20, 30};
    for (int i = 0; i < 4; i++)
        assert_close(salt_intrusion_salinity(&exponential, &steady, 1e3 * at_km[i]), exact[i], 1e-6,
                     0);
}

/* The dispersion that follows the salinity comes to Van der Burgh's steady state. */
static void
steady_state_with_van_der_burgh(void **state)
{
    (void)state;
    const double ks[] = {0.2, 0.5, 0.8};
    for (int i = 0; i < 3; i++) {
        struct salt_intrusion vary = {15.0, 300.0, ks[i], 30.0, 0.2};
        double least, coarse = steady_error(&vary, 100, 45e3, &least),
                      fine = steady_error(&vary, 400, 45e3, &least);
        assert_true(least >= 0.2 - 1e-12);
        assert_true(fine < 0.02);
        assert_true(fine < 0.3 * coarse);
    }
}

/* ---- Ogata & Banks 1961 ---------------------------------------------------------------------- */

static const struct channel prismatic = {1, {{0.0, 1000.0, INFINITY}}};

static double
ogata_banks(double u_ms, double d_m2s, double t_s, double x_m)
{
    double spread_m = 2.0 * sqrt(d_m2s * t_s);
    return 0.5 * (gsl_sf_erfc((x_m - u_ms * t_s) / spread_m) +
                  exp(u_ms * x_m / d_m2s + gsl_sf_log_erfc((x_m + u_ms * t_s) / spread_m)));
}

static double
front_error(double u_ms, double d_m2s, double t_s, int cells, int steps)
{
    double length_m = u_ms * t_s + 8.0 * sqrt(2.0 * d_m2s * t_s), worst = 0.0;
    struct salt_transport *transport = make(&prismatic, length_m, cells);
    struct salt_forcing forcing = {
        .dt_s = t_s / steps, .dispersion_m2s = d_m2s, .sea_kgm3 = 1.0, .river_m3s = -u_ms * 1000.0};
    advance(transport, &forcing, steps);
    for (int i = 0; i < cells; i++)
        worst =
            fmax(worst, fabs(salt_transport_salinity(transport)[i] -
                             ogata_banks(u_ms, d_m2s, t_s, salt_transport_place_m(transport, i))));
    salt_transport_destroy(transport);
    return worst;
}

static void
front_moves_as_it_should(void **state)
{
    (void)state;
    static const double cases[][3] = {
        {0.05, 50, 86400}, {0.02, 200, 432000}, {0.1, 10, 43200}, {0.3, 30, 20000}};
    for (int i = 0; i < 4; i++) {
        const double *c = cases[i];
        double a = front_error(c[0], c[1], c[2], 800, 400);
        double b = front_error(c[0], c[1], c[2], 800, 800);
        assert_true(b < 0.01);
        assert_true(a / b > 1.6); /* order one in the step */
    }
}

static void
front_agrees_with_the_reference_file(void **state)
{
    (void)state;
    char path[4096], line[256];
    const char *shared = getenv("NGUON_SHARED");
    snprintf(path, sizeof path, "%s/reference/salinity/ref_ogata_banks.csv",
             shared != NULL ? shared : NGUON_SHARED_DEFAULT);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        print_message("%s is not there: skipped\n", path);
        skip();
    }
    int rows = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        double u, d, t, x, c;
        if (sscanf(line, "%lf,%lf,%lf,%lf,%lf", &u, &d, &t, &x, &c) != 5)
            continue;
        assert_close(ogata_banks(u, d, t, x), c, 1e-7, 1e-8); /* places are rounded to 0.1 mm */
        rows++;
    }
    fclose(file);
    assert_true(rows > 50);
}

/* ---- mass and bounds ------------------------------------------------------------------------- */

struct draws {
    double lateral_m3s[CELLS_MAX], lateral_kgm3[CELLS_MAX], withdrawn_m3s[CELLS_MAX];
};

static double
draw(uint64_t seed, uint64_t number)
{
    return philox_uniform(&(struct philox_key){.seed = seed}, (uint32_t)number);
}

static void
fill(struct draws *draws, int cells, uint64_t seed)
{
    for (int i = 0; i < cells; i++) {
        uint64_t n = 3 * (uint64_t)i;
        draws->lateral_m3s[i] = draw(seed, n) < 0.1 ? 3.0 * draw(seed, n + 1) : 0.0;
        draws->lateral_kgm3[i] = 5.0 * draw(seed, n + 2);
        draws->withdrawn_m3s[i] = draw(seed, n + 1) < 0.1 ? 2.0 * draw(seed, n + 2) : 0.0;
    }
}

static void
mass_closes_and_nothing_overshoots(void **state)
{
    (void)state;
    static struct draws draws;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        int cells = 5 + (int)(120 * draw(seed, 1000));
        struct channel channel = {
            2, {{0.0, 3000.0, 5e3 + 40e3 * draw(seed, 1001)}, {8e3, 900.0, 30e3}}};
        struct salt_transport *transport = make(&channel, 50e3, cells);
        salt_transport_set_least_dispersion(transport, 1e-3);
        double held = 0.0;
        for (int t = 0; t < 40; t++) {
            fill(&draws, cells, 100 * seed + (uint64_t)t);
            struct salt_forcing forcing = {
                .dt_s = pow(10.0, 2.0 + 4.0 * draw(seed, 2000 + (uint64_t)t)),
                .dispersion_m2s = pow(10.0, 3.0 * draw(seed, 3000 + (uint64_t)t)),
                .van_der_burgh = draw(seed, 1002),
                .sea_kgm3 = 20.0 + 12.0 * draw(seed, 4000 + (uint64_t)t),
                .river_m3s = 300.0 * (draw(seed, 5000 + (uint64_t)t) - 0.3),
                .river_kgm3 = 0.3,
                .lateral_m3s = draws.lateral_m3s,
                .lateral_kgm3 = draws.lateral_kgm3,
                .withdrawn_m3s = draws.withdrawn_m3s};
            struct salt_account a = advance(transport, &forcing, 1);
            double scale = fabs(a.sea_kg) + fabs(a.river_kg) + a.lateral_kg + a.withdrawn_kg + held;
            assert_close(a.stored_kg, a.sea_kg + a.river_kg + a.lateral_kg - a.withdrawn_kg, 0,
                         1e-10 * scale);
            held += a.stored_kg;
            for (int i = 0; i < cells; i++) {
                double s = salt_transport_salinity(transport)[i];
                assert_true(s >= 0.0 && s <= 32.0);
            }
        }
        salt_transport_destroy(transport);
    }
}

/* Faults that other programs had: no salt while the river runs out, a plateau that does not decay,
 * salt that is not kept where nothing flows. */
static void
salt_comes_in_against_the_flow(void **state)
{
    (void)state;
    struct salt_transport *transport = make(&exponential, 40e3, 100);
    struct salt_forcing forcing = {
        .dt_s = 86400, .dispersion_m2s = 250, .sea_kgm3 = 32, .river_m3s = 20};
    struct salt_account first = advance(transport, &forcing, 1);
    assert_true(first.sea_kg > 0.0);
    advance(transport, &forcing, 2000);
    const double *s = salt_transport_salinity(transport);
    for (int i = 1; i < 100; i++)
        assert_true(s[i] < s[i - 1]);
    assert_close(salt_transport_salinity_at(transport, 32, 10e3), 20.304115, 1e-3, 0);
    assert_close(salt_transport_distance(transport, 32, 20.304115), 10e3, 1e-3, 0);
    assert_close(salt_transport_salinity_at(transport, 32, 0.0), 32, 0, 0);
    assert_close(salt_transport_distance(transport, 32, 33), 0, 0, 0);
    salt_transport_destroy(transport);
    /* a still channel fills from the sea to the end */
    transport = make(&exponential, 20e3, 50);
    forcing.river_m3s = 0.0;
    advance(transport, &forcing, 20000);
    assert_close(salt_transport_salinity(transport)[49], 32, 1e-6, 0);
    assert_close(salt_transport_distance(transport, 32, 1.0), 20e3, 0, 0);
    salt_transport_destroy(transport);
}

/* The dispersion of the end of the step: same answer as very many lagged ones in a steady state,
 * and what was asked is told. */
static void
iterations_converge_or_say_so(void **state)
{
    (void)state;
    struct salt_transport *transport = make(&exponential, 45e3, 100);
    struct salt_forcing forcing = {.dt_s = 86400,
                                   .dispersion_m2s = 250,
                                   .van_der_burgh = 0.5,
                                   .sea_kgm3 = 32,
                                   .river_m3s = 20};
    struct salt_intrusion from = {35.0, 250.0, 0.5, 32.0, 0.0};
    salt_transport_set_steady(transport, &from);
    salt_transport_set_iterations(transport, 50, 1e-6);
    struct salt_account account = advance(transport, &forcing, 1);
    assert_true(account.converged && account.iteration_count > 1);
    salt_transport_set_iterations(transport, 2, 1e-12);
    account = advance(transport, &forcing, 1);
    assert_true(!account.converged);
    assert_int_equal(account.iteration_count, 2);
    salt_transport_destroy(transport);
}

static void
bad_forcing_is_told(void **state)
{
    (void)state;
    struct salt_transport *transport = make(&exponential, 40e3, 10);
    double bad[10] = {0, 0, -1.0};
    const struct salt_forcing good = {.dt_s = 86400,
                                      .dispersion_m2s = 250,
                                      .van_der_burgh = 0.5,
                                      .sea_kgm3 = 32,
                                      .river_m3s = 20};
    struct salt_forcing cases[8];
    for (int i = 0; i < 8; i++)
        cases[i] = good;
    cases[0].dt_s = 0.0;
    cases[1].dispersion_m2s = 0.0;
    cases[2].van_der_burgh = 1.01;
    cases[3].sea_kgm3 = -1.0;
    cases[4].river_kgm3 = NAN;
    cases[5].river_m3s = INFINITY;
    cases[6].withdrawn_m3s = bad;
    cases[7].lateral_m3s = cases[7].lateral_kgm3 = bad;
    for (int i = 0; i < 8; i++) {
        struct error err = {0};
        struct salt_account account;
        assert_int_equal(salt_transport_advance(transport, &cases[i], &account, &err),
                         STATUS_INPUT);
        assert_true(err.text[0] != '\0');
    }
    struct salt_transport *none;
    struct error err = {0};
    assert_int_equal(salt_transport_create(&exponential, 1e3, 1, &none, &err), STATUS_USAGE);
    assert_null(none);
    salt_transport_destroy(transport);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_state_is_of_order_two),
        cmocka_unit_test(steady_state_with_van_der_burgh),
        cmocka_unit_test(front_moves_as_it_should),
        cmocka_unit_test(front_agrees_with_the_reference_file),
        cmocka_unit_test(mass_closes_and_nothing_overshoots),
        cmocka_unit_test(salt_comes_in_against_the_flow),
        cmocka_unit_test(iterations_converge_or_say_so),
        cmocka_unit_test(bad_forcing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
