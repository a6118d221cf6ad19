/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/fit.h"
#include "tests/support.h"

#include <string.h>

/* Measures of fit, by hand. */

static void
measures_are_those_of_their_definitions(void **state)
{
    (void)state;
    double observed[] = {1.0, NAN, 3.0, 2.0, 6.0}, simulated[] = {1.5, 9.0, 2.0, 2.0, 5.0};
    struct fit_target target;
    struct error err = {0};
    assert_int_equal(fit_target_init(&target, FIT_PLAIN, 5, observed, &err), STATUS_OK);
    struct fit_score score = fit_series(&target, simulated);
    /* pairs (1.5,1) (2,3) (2,2) (5,6): means 2.625 and 3, deviations squared 7.6875 and 14 */
    double r = (-1.125 * -2.0 + -0.625 * 0.0 + -0.625 * -1.0 + 2.375 * 3.0) / sqrt(7.6875 * 14.0);
    double alpha = sqrt(7.6875 / 14.0), beta = 2.625 / 3.0;
    assert_int_equal(score.used_count, 4);
    assert_close(score.nse, 1.0 - 2.25 / 14.0, 1e-14, 0.0);
    assert_close(score.r, r, 1e-14, 0.0);
    assert_close(score.alpha, alpha, 1e-14, 0.0);
    assert_close(score.beta, beta, 1e-14, 0.0);
    assert_close(score.gamma, alpha / beta, 1e-14, 0.0);
    assert_close(score.rmse, 0.75, 1e-14, 0.0);
    assert_close(score.kge2009,
                 1.0 -
                     sqrt((r - 1) * (r - 1) + (alpha - 1) * (alpha - 1) + (beta - 1) * (beta - 1)),
                 1e-14, 0.0);
    double gamma = alpha / beta;
    assert_close(score.kge2012,
                 1.0 -
                     sqrt((r - 1) * (r - 1) + (gamma - 1) * (gamma - 1) + (beta - 1) * (beta - 1)),
                 1e-14, 0.0);
    fit_target_finish(&target);
}

static void
a_perfect_simulation_scores_one_in_every_transform(void **state)
{
    (void)state;
    double observed[] = {0.0, 0.4, NAN, 2.5, 100.0, 7.0};
    for (int transform = 0; transform < FIT_TRANSFORM_COUNT; transform++) {
        struct fit_target target;
        assert_int_equal(fit_target_init(&target, (enum fit_transform)transform, 6, observed, NULL),
                         STATUS_OK);
        double simulated[6];
        memcpy(simulated, observed, sizeof simulated);
        simulated[2] = 50.0; /* where nothing was observed */
        struct fit_score score = fit_series(&target, simulated);
        for (int measure = 0; measure < FIT_MEASURE_COUNT; measure++)
            assert_close(fit_measure(&score, (enum fit_measure)measure), 1.0, 1e-12, 0.0);
        fit_target_finish(&target);
    }
}

static void
transforms_weigh_low_flows(void **state)
{
    (void)state;
    double observed[] = {1.0, 2.0, 100.0}, simulated[] = {2.0, 2.0, 100.0};
    double nse[FIT_TRANSFORM_COUNT];
    for (int transform = 0; transform < FIT_TRANSFORM_COUNT; transform++) {
        struct fit_target target;
        fit_target_init(&target, (enum fit_transform)transform, 3, observed, NULL);
        nse[transform] = fit_series(&target, simulated).nse;
        fit_target_finish(&target);
    }
    assert_true(nse[FIT_PLAIN] > nse[FIT_ROOT] && nse[FIT_ROOT] > nse[FIT_LOG] &&
                nse[FIT_LOG] > nse[FIT_INVERSE]);
    /* 1/Q by hand; the offset is 103/300 */
    double e = 103.0 / 300.0, a = 1 / (1 + e), b = 1 / (2 + e), c = 1 / (100 + e);
    double mean = (a + b + c) / 3,
           deviations = (a - mean) * (a - mean) + (b - mean) * (b - mean) + (c - mean) * (c - mean);
    assert_close(nse[FIT_INVERSE], 1.0 - (b - a) * (b - a) / deviations, 1e-13, 0.0);
}

static void
what_cannot_be_measured_is_refused(void **state)
{
    (void)state;
    struct fit_target target;
    double one[] = {NAN, 2.0}, equal[] = {2.0, 2.0, NAN}, negative[] = {1.0, -1.0, 2.0};
    assert_int_equal(fit_target_init(&target, FIT_PLAIN, 2, one, NULL), STATUS_INPUT);
    assert_int_equal(fit_target_init(&target, FIT_PLAIN, 3, equal, NULL), STATUS_INPUT);
    assert_int_equal(fit_target_init(&target, FIT_PLAIN, 3, negative, NULL), STATUS_INPUT);
    /* a constant simulation has no correlation, and so no KGE */
    double observed[] = {1.0, 2.0, 3.0}, constant[] = {2.0, 2.0, 2.0};
    assert_int_equal(fit_target_init(&target, FIT_PLAIN, 3, observed, NULL), STATUS_OK);
    struct fit_score score = fit_series(&target, constant);
    assert_true(isinf(fit_measure(&score, FIT_KGE2009)));
    assert_close(fit_measure(&score, FIT_NSE), 0.0, 0.0, 1e-15);
    fit_target_finish(&target);
}

/* The wide kernels give each lane the bits of the single one. */
static void
lanes_add_up_alike(void **state)
{
    (void)state;
    enum { COUNT = 300 };
    static double observed[COUNT], simulated[COUNT], lanes[COUNT * 8] __attribute__((aligned(64)));
    for (int t = 0; t < COUNT; t++) {
        observed[t] = t % 7 == 3 ? NAN : 1.0 + sin(t / 9.0);
        simulated[t] = 1.0 + sin(t / 9.0 + 0.2) + 0.1 * cos(t * 1.7);
    }
    for (int width = 4; width <= 8; width *= 2)
        for (int transform = 0; transform < FIT_TRANSFORM_COUNT; transform++) {
            double sums[FIT_SUM_COUNT * 8] __attribute__((aligned(64))) = {0};
            struct fit_target target;
            if (fit_kernel(width) == NULL) {
                print_message("this processor has no %d lanes\n", width);
                continue;
            }
            fit_target_init(&target, (enum fit_transform)transform, COUNT, observed, NULL);
            for (int t = 0; t < COUNT; t++)
                for (int lane = 0; lane < width; lane++)
                    lanes[t * width + lane] = simulated[t] * (lane == 3 ? 1.0 : 0.7 + 0.1 * lane);
            struct fit_run run = {.transform = target.transform,
                                  .step_count = COUNT,
                                  .simulated = lanes,
                                  .observed = target.observed,
                                  .offset = target.offset,
                                  .centre = target.mean,
                                  .sums = sums};
            fit_kernel(width)(&run);
            double own[FIT_SUM_COUNT], alone[FIT_SUM_COUNT] = {0};
            for (int i = 0; i < FIT_SUM_COUNT; i++)
                own[i] = sums[i * width + 3];
            run.simulated = simulated;
            run.sums = alone;
            fit_add_1(&run);
            assert_memory_equal(own, alone, sizeof own);
            fit_target_finish(&target);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_are_those_of_their_definitions),
        cmocka_unit_test(a_perfect_simulation_scores_one_in_every_transform),
        cmocka_unit_test(transforms_weigh_low_flows),
        cmocka_unit_test(what_cannot_be_measured_is_refused),
        cmocka_unit_test(lanes_add_up_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
