/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/boxes.h"
#include "solvers/philox.h"
#include "tests/support.h"

#include <gsl/gsl_linalg.h>
#include <math.h>

/* Mixed boxes against one box in closed form, the exponential of the whole matrix, and their own
 * account of what they hold. */

enum { MOST = 6 };

static double
draw(uint64_t seed, uint32_t i)
{
    return philox_uniform(&(struct philox_key){.seed = seed}, i);
}

/* A bay of volume V that a river flushes and that mixes with the sea: tau = V / (Q + E). */
static void
one_box_is_an_exponential(void **state)
{
    (void)state;
    static const double days[] = {0.01, 1.0, 30.0, 3650.0};
    for (int i = 0; i < 4; i++) {
        double volume_m3 = 180e6, river_m3s = 25.0, mixing_m3s = 300.0, sea_kgm3 = 32.0;
        double rate = -(river_m3s + mixing_m3s) / volume_m3;
        double gain = mixing_m3s * sea_kgm3 / volume_m3, dt_s = days[i] * 86400.0;
        double value = 20.0, mean, room[2], end = -gain / rate;
        double kept = exp(rate * dt_s);
        assert_int_equal(boxes_advance(1, &rate, &gain, dt_s, &value, &mean, room), STATUS_OK);
        assert_close(value, end + (20.0 - end) * kept, 1e-13, 0);
        assert_close(mean, end + (20.0 - end) * (1.0 - kept) / (-rate * dt_s), 1e-12, 0);
    }
}

/* Random boxes that exchange, drain and are fed. */
static int
make(uint64_t seed, double *rate, double *gain, double *value)
{
    int count = 2 + (int)(draw(seed, 0) * (MOST - 1));
    double scale = pow(10.0, -7.0 + 3.0 * draw(seed, 1));
    for (int i = 0; i < count; i++) {
        double lost =
            draw(seed, 100 + (uint32_t)i) < 0.5 ? scale * draw(seed, 200 + (uint32_t)i) : 0;
        for (int j = 0; j < count; j++) {
            uint32_t k = 10 * (uint32_t)(i * MOST + j) + 1000;
            rate[i * count + j] = i != j && draw(seed, k) < 0.6 ? scale * draw(seed, k + 1) : 0.0;
            lost += rate[i * count + j];
        }
        rate[i * count + i] = -lost; /* equal contents stay equal but for what is lost */
        gain[i] = draw(seed, 300 + (uint32_t)i) < 0.4 ? 30.0 * scale * draw(seed, 400) : 0.0;
        value[i] = 35.0 * draw(seed, 500 + (uint32_t)i);
    }
    return count;
}

static void
boxes_follow_the_exponential_of_their_matrix(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        double rate[MOST * MOST], gain[MOST], value[MOST], mean[MOST], room[2 * MOST];
        int count = make(seed, rate, gain, value), size = 2 * count + 1;
        double before[MOST], dt_s = 86400.0 * pow(10.0, 2.0 * draw(seed, 2) - 1.0);
        /* [value, 1, integral]' = [[A b 0] [0 0 0] [I 0 0]] */
        gsl_matrix *matrix = gsl_matrix_calloc((size_t)size, (size_t)size);
        gsl_matrix *power = gsl_matrix_calloc((size_t)size, (size_t)size);
        for (int i = 0; i < count; i++) {
            before[i] = value[i];
            for (int j = 0; j < count; j++)
                gsl_matrix_set(matrix, (size_t)i, (size_t)j, rate[i * count + j] * dt_s);
            gsl_matrix_set(matrix, (size_t)i, (size_t)count, gain[i] * dt_s);
            gsl_matrix_set(matrix, (size_t)(count + 1 + i), (size_t)i, 1.0);
        }
        gsl_linalg_exponential_ss(matrix, power, GSL_PREC_DOUBLE);
        assert_int_equal(boxes_advance(count, rate, gain, dt_s, value, mean, room), STATUS_OK);
        for (int i = 0; i < count; i++) {
            double end = gsl_matrix_get(power, (size_t)i, (size_t)count), sum = 0.0;
            double through = gsl_matrix_get(power, (size_t)(count + 1 + i), (size_t)count);
            for (int j = 0; j < count; j++) {
                end += gsl_matrix_get(power, (size_t)i, (size_t)j) * before[j];
                through += gsl_matrix_get(power, (size_t)(count + 1 + i), (size_t)j) * before[j];
                sum += rate[i * count + j] * mean[j];
            }
            assert_close(value[i], end, 1e-9, 1e-9);
            assert_close(mean[i], through, 1e-9, 1e-9);
            assert_close(value[i] - before[i], (sum + gain[i]) * dt_s, 1e-11, 1e-11);
        }
        gsl_matrix_free(matrix);
        gsl_matrix_free(power);
    }
}

/* Whatever the step no content leaves the range of what was there and of the sea outside. */
static void
no_content_leaves_its_range(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        double rate[MOST * MOST], gain[MOST], value[MOST], mean[MOST], room[2 * MOST];
        int count = make(seed, rate, gain, value);
        double low = 33.0, high = 33.0;
        for (int i = 0; i < count; i++) {
            double sum = 0.0;
            for (int j = 0; j < count; j++)
                sum += rate[i * count + j];
            gain[i] =
                fmax(0.0, -sum * 33.0); /* what is lost is lost to the sea, which gives as much */
            low = fmin(low, value[i]);
            high = fmax(high, value[i]);
        }
        assert_int_equal(boxes_advance(count, rate, gain, 1e6, value, mean, room), STATUS_OK);
        for (int i = 0; i < count; i++) {
            assert_true(value[i] >= low - 1e-12 && value[i] <= high + 1e-12);
            assert_true(mean[i] >= low - 1e-12 && mean[i] <= high + 1e-12);
        }
    }
}

static void
bad_figures_change_nothing(void **state)
{
    (void)state;
    double rate[4] = {-1e-5, -1e-6, 1e-6, -1e-5}, gain[2] = {0.0, 0.0}, value[2] = {3.0, 4.0};
    double mean[2], room[4];
    assert_int_equal(boxes_advance(2, rate, gain, 1.0, value, mean, room), STATUS_INPUT);
    rate[1] = 0.0;
    gain[0] = -1.0;
    assert_int_equal(boxes_advance(2, rate, gain, 1.0, value, mean, room), STATUS_INPUT);
    gain[0] = 0.0;
    assert_int_equal(boxes_advance(2, rate, gain, (double)NAN, value, mean, room), STATUS_INPUT);
    assert_true(value[0] == 3.0 && value[1] == 4.0);
    assert_int_equal(boxes_advance(2, rate, gain, 0.0, value, mean, room), STATUS_OK);
    assert_true(value[0] == 3.0 && mean[1] == 4.0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_box_is_an_exponential),
        cmocka_unit_test(boxes_follow_the_exponential_of_their_matrix),
        cmocka_unit_test(no_content_leaves_its_range),
        cmocka_unit_test(bad_figures_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
