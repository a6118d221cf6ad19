/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/fit_kernel.h"
#include "solvers/philox.h"
#include "tests/solvers/lanes_probe.h"
#include "tests/support.h"

#include <stdbool.h>
#include <string.h>

enum { SAMPLES = 200000 };

static double x[SAMPLES], y[SAMPLES], out[SAMPLES], wide[SAMPLES];

/* Points between two bounds, evenly or evenly in the logarithm. */
static void
sample(double low, double high, bool by_log, uint32_t stream)
{
    struct philox_key key = {.seed = 7, .variable = stream};
    for (uint32_t i = 0; i < SAMPLES; i++) {
        double u = philox_uniform(&key, i);
        x[i] = by_log ? exp(log(low) + u * (log(high) - log(low))) : low + u * (high - low);
        y[i] = 0.01 + 20.0 * philox_uniform(&key, SAMPLES + i);
    }
    x[0] = low;
    x[1] = high;
}

/* Largest error in units of the last place (2^-52 of the exact figure). */
static double
worst_error(enum probe probe, long double (*exact)(long double))
{
    double worst = 0.0;
    lanes_probe_1(probe, SAMPLES, x, y, out);
    for (int i = 0; i < SAMPLES; i++) {
        long double expected = exact((long double)x[i]);
        long double error = fabsl((long double)out[i] - expected) / (fabsl(expected) * 0x1p-52L);
        worst = error > worst ? (double)error : worst;
        if (!(error < 100.0L))
            fail_msg("f(%.17g) is %.17g, expected %.17Lg", x[i], out[i], expected);
    }
    return worst;
}

static void
expm1_is_within_three_units(void **state)
{
    (void)state;
    sample(-36.0, 700.0, false, 1);
    assert_true(worst_error(PROBE_EXPM1, expm1l) < 3.0);
    sample(1e-12, 1.0, true, 2);
    assert_true(worst_error(PROBE_EXPM1, expm1l) < 3.0);
}

static void
exp_is_within_two_units(void **state)
{
    (void)state;
    sample(-700.0, 700.0, false, 3);
    assert_true(worst_error(PROBE_EXP, expl) < 2.0);
    x[0] = -1e9;
    x[1] = 1e9;
    lanes_probe_1(PROBE_EXP, 8, x, y, out);
    assert_close(out[0], exp(-700.0), 1e-15, 0.0);
    assert_close(out[1], exp(700.0), 1e-15, 0.0);
}

static void
tanh_is_within_four_units(void **state)
{
    (void)state;
    sample(1e-9, 300.0, true, 4);
    assert_true(worst_error(PROBE_TANH, tanhl) < 4.0);
    x[0] = 0.0;
    lanes_probe_1(PROBE_TANH, 8, x, y, out);
    assert_true(out[0] == 0.0);
}

static void
log_is_within_two_units(void **state)
{
    (void)state;
    sample(2.3e-308, 1.7e308, true, 5);
    assert_true(worst_error(PROBE_LOG, logl) < 2.0);
    sample(0.5, 2.0, false, 6);
    x[0] = 1.0;
    lanes_probe_1(PROBE_LOG, SAMPLES, x, y, out);
    assert_true(out[0] == 0.0);
    for (int i = 1; i < SAMPLES; i++)
        assert_close(out[i], (double)logl(x[i]), 2.0 * 0x1p-52, 0.0);
}

static void
power_of_a_share_is_within_its_bound(void **state)
{
    (void)state;
    sample(1e-20, 1.0, true, 7);
    lanes_probe_1(PROBE_POW, SAMPLES, x, y, out);
    for (int i = 0; i < SAMPLES; i++)
        assert_close(out[i], (double)powl(x[i], y[i]), 0.0, 4e-16);
    sample(0.0, 1.0, false, 8);
    lanes_probe_1(PROBE_POW, SAMPLES, x, y, out);
    assert_true(out[0] == 0.0 && out[1] == 1.0);
    for (int i = 0; i < SAMPLES; i++)
        assert_close(out[i], (double)powl(x[i], y[i]), 0.0, 4e-16);
}

static void
floor_is_exact(void **state)
{
    (void)state;
    sample(-1e6, 1e6, false, 9);
    for (int i = 2; i < 1000; i++)
        x[i] = i - 500;
    lanes_probe_1(PROBE_FLOOR, SAMPLES, x, y, out);
    for (int i = 0; i < SAMPLES; i++)
        assert_true(out[i] == floor(x[i]));
}

/* The same bits from the wide builds, for every function. */
static void
every_width_gives_the_same_bits(void **state)
{
    (void)state;
    probe_function *const probes[] = {
#if HAVE_WIDE_LANES
        lanes_probe_4,
        lanes_probe_8
#else
        lanes_probe_1,
        lanes_probe_1
#endif
    };
    for (int w = 0; w < 2; w++) {
        if (!lanes_available(w == 0 ? 4 : 8)) {
            print_message("this processor has no %d lanes\n", w == 0 ? 4 : 8);
            continue;
        }
        for (int probe = PROBE_EXPM1; probe <= PROBE_FLOOR; probe++) {
            sample(1e-12, 30.0, true, (uint32_t)(20 + probe));
            for (int i = 0; i < SAMPLES && probe == PROBE_POW; i++)
                x[i] /= 30.0;
            lanes_probe_1((enum probe)probe, SAMPLES, x, y, out);
            probes[w]((enum probe)probe, SAMPLES, x, y, wide);
            assert_memory_equal(out, wide, sizeof out);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expm1_is_within_three_units),
        cmocka_unit_test(exp_is_within_two_units),
        cmocka_unit_test(tanh_is_within_four_units),
        cmocka_unit_test(log_is_within_two_units),
        cmocka_unit_test(power_of_a_share_is_within_its_bound),
        cmocka_unit_test(floor_is_exact),
        cmocka_unit_test(every_width_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
