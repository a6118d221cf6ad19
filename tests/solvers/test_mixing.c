/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/mixing.h"
#include "solvers/philox.h"
#include "tests/support.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

/* Mixed nodes against a full linear system of all of them, mixed storages against their
 * differential equation in many small steps. */

enum { NODES = 30, ARCS = 80 };

static double
draw(uint64_t seed, uint32_t i)
{
    return philox_uniform(&(struct philox_key){.seed = seed}, i);
}

static void
cycles_are_solved_as_one_system(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct mixing_arc arc[ARCS];
        double share[ARCS], sum[NODES] = {0}, pass[NODES], own[NODES], enters[NODES], leaves[NODES];
        double matrix[NODES * NODES] = {0}, expected[NODES];
        struct mixing *mixing;
        struct error err;
        for (int a = 0; a < ARCS; a++) {
            arc[a].from = (int)(draw(seed, 4 * (uint32_t)a) * NODES);
            arc[a].to = (int)(draw(seed, 4 * (uint32_t)a + 1) * NODES);
            share[a] =
                draw(seed, 4 * (uint32_t)a + 2) < 0.4 ? 0.0 : draw(seed, 4 * (uint32_t)a + 3);
            sum[arc[a].from] += share[a];
        }
        for (int a = 0; a < ARCS; a++)
            share[a] /= fmax(1.0, sum[arc[a].from]);
        for (int n = 0; n < NODES; n++) {
            pass[n] = 0.98 * draw(seed, 1000 + (uint32_t)n);
            own[n] = draw(seed, 2000 + (uint32_t)n);
            enters[n] = draw(seed, 3000 + (uint32_t)n);
            matrix[n * NODES + n] += 1.0;
            expected[n] = own[n] + pass[n] * enters[n];
        }
        for (int a = 0; a < ARCS; a++)
            matrix[arc[a].to * NODES + arc[a].from] -= pass[arc[a].to] * share[a];
        gsl_matrix_view view = gsl_matrix_view_array(matrix, NODES, NODES);
        gsl_vector_view right = gsl_vector_view_array(expected, NODES);
        gsl_permutation *permutation = gsl_permutation_alloc(NODES);
        int sign;
        gsl_linalg_LU_decomp(&view.matrix, permutation, &sign);
        gsl_linalg_LU_svx(&view.matrix, permutation, &right.vector);
        gsl_permutation_free(permutation);
        assert_int_equal(mixing_create(NODES, ARCS, arc, &mixing, &err), STATUS_OK);
        for (int round = 0; round < 2; round++) { /* a second time with the memory of the first */
            mixing_order(mixing, share);
            assert_int_equal(mixing_solve(mixing, share, pass, own, enters, leaves), STATUS_OK);
            for (int n = 0; n < NODES; n++)
                assert_close(leaves[n], expected[n], 1e-11, 0);
        }
        mixing_destroy(mixing);
    }
}

/* Nothing leaves a circle of two nodes: what enters would go round for ever. It stays. */
static void
a_closed_circle_stays_finite(void **state)
{
    (void)state;
    const struct mixing_arc arc[2] = {{0, 1}, {1, 0}};
    const double share[2] = {1.0, 1.0}, pass[2] = {1.0, 1.0}, own[2] = {0}, enters[2] = {0.0, 0.0};
    double leaves[2];
    struct mixing *mixing;
    struct error err;
    assert_int_equal(mixing_create(2, 2, arc, &mixing, &err), STATUS_OK);
    mixing_order(mixing, share);
    assert_int_equal(mixing_solve(mixing, share, pass, own, enters, leaves), STATUS_OK);
    assert_true(leaves[0] == 0.0 && leaves[1] == 0.0);
    mixing_destroy(mixing);
}

/* Runge-Kutta of d M/dt = L - q M/V in 20000 steps. */
static void
storages_follow_their_equation(void **state)
{
    (void)state;
    static const double cases[][3] = {{10, 10, 3},   {10, 10, 50}, {10, 4, 1},    {10, 4, 12},
                                      {4, 10, 0.5},  {10, 9, 0},   {10, 2, 0.01}, {1e6, 1e6 + 1, 5},
                                      {10, 7, 1e-6}, {3, 12, 40}};
    enum { STEPS = 20000 };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double start = cases[c][0], end = cases[c][1], out = cases[c][2], keeps, stays;
        mixing_storage(start, end, out, &keeps, &stays);
        for (int which = 0; which < 2; which++) {
            double mass = which == 0 ? 1.0 : 0.0, load = which == 0 ? 0.0 : 1.0, h = 1.0 / STEPS;
            for (int i = 0; i < STEPS; i++) {
                double v0 = start + (end - start) * i * h, v1 = v0 + 0.5 * (end - start) * h,
                       v2 = v0 + (end - start) * h;
                double k1 = load - out * mass / v0, k2 = load - out * (mass + 0.5 * h * k1) / v1;
                double k3 = load - out * (mass + 0.5 * h * k2) / v1;
                double k4 = load - out * (mass + h * k3) / v2;
                mass += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
            }
            assert_close(which == 0 ? keeps : stays, mass, 1e-9, 1e-12);
        }
    }
}

static void
storages_fill_from_nothing_and_run_dry(void **state)
{
    (void)state;
    double keeps, stays;
    mixing_storage(0.0, 5.0, 3.0, &keeps, &stays); /* 8 enter, 5 stay, at one content throughout */
    assert_close(keeps, 0.0, 0, 0);
    assert_close(stays, 5.0 / 8.0, 1e-15, 0);
    mixing_storage(5.0, 0.0, 9.0, &keeps, &stays);
    assert_true(keeps == 0.0 && stays == 0.0);
    mixing_storage(5.0, 0.0, 0.0, &keeps, &stays); /* it evaporates: the salt stays */
    assert_true(keeps == 1.0 && stays == 1.0);
    mixing_storage(0.0, 0.0, 7.0, &keeps, &stays); /* out of service: water passes */
    assert_true(keeps == 0.0 && stays == 0.0);
    mixing_storage(0.0, 0.0, 0.0, &keeps, &stays);
    assert_true(keeps == 1.0 && stays == 1.0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cycles_are_solved_as_one_system),
        cmocka_unit_test(a_closed_circle_stays_finite),
        cmocka_unit_test(storages_follow_their_equation),
        cmocka_unit_test(storages_fill_from_nothing_and_run_dry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
