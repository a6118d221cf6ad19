/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/cell_statistics.h"
#include "solvers/philox.h"
#include "solvers/quantile.h"
#include "tests/support.h"

#include <float.h>
#include <stdlib.h>

/* Against the sorted sample itself. */

enum { COUNT = 3000, SHAPE_COUNT = 9, PROBABILITY_COUNT = 11 };

static const double probability[PROBABILITY_COUNT] = {0.0,  0.01, 0.05, 0.1,   0.25, 0.5,
                                                      0.75, 0.9,  0.95, 0.999, 1.0};

/* Draws of shapes that a histogram finds easy or hard. */
static float
draw(int shape, int i)
{
    const struct philox_key key = {.seed = 9, .site = (uint32_t)shape};
    double u = philox_uniform(&key, (uint32_t)i);
    switch (shape) {
    case 0:
        return (float)u;
    case 1: /* mostly 0, as a spill */
        return u < 0.9 ? 0.0F : (float)(u * 1e4);
    case 2: /* over many powers of ten */
        return (float)exp(60.0 * (u - 0.5));
    case 3: /* far from 0 and narrow, as a level */
        return (float)(1000.0 + 0.001 * u);
    case 4: /* on both sides of 0 */
        return (float)(u - 0.7);
    case 5: /* all the same */
        return 12.5F;
    case 6: /* two values that are next to each other */
        return u < 0.3 ? 1.0F : nextafterf(1.0F, 2.0F);
    case 7: /* the whole range of a float */
        return i == 17 ? FLT_MAX : i == 40 ? -FLT_MAX : (float)u;
    default: /* the range grows with every value */
        return (float)(i * i) * (i % 2 == 0 ? 1.0F : -0.01F);
    }
}

static double
exact(const double *sorted, int count, double p)
{
    return quantile_of_sorted(sorted, count, p);
}

static void
check_shapes(int count)
{
    struct cell_statistics *statistics;
    struct error err = {0};
    float row[SHAPE_COUNT];
    double *sample = malloc((size_t)count * sizeof *sample), found[PROBABILITY_COUNT];
    assert_non_null(sample);
    assert_int_equal(cell_statistics_create(SHAPE_COUNT, count, &statistics, &err), STATUS_OK);
    for (int i = 0; i < count; i++) {
        for (int shape = 0; shape < SHAPE_COUNT; shape++)
            row[shape] = draw(shape, i);
        cell_statistics_add(statistics, row);
    }
    for (int shape = 0; shape < SHAPE_COUNT; shape++) {
        double sum = 0.0;
        for (int i = 0; i < count; i++) {
            sample[i] = (double)draw(shape, i);
            sum += sample[i];
        }
        quantile_sort(sample, count);
        double range = sample[count - 1] - sample[0];
        double bound = count <= CELL_BINS ? 0.0 : 2.0 / (CELL_BINS - 1) * range;
        cell_quantiles(statistics, (size_t)shape, probability, PROBABILITY_COUNT, found);
        assert_int_equal(cell_count(statistics, (size_t)shape), count);
        assert_true(cell_minimum(statistics, (size_t)shape) == sample[0]);
        assert_true(cell_maximum(statistics, (size_t)shape) == sample[count - 1]);
        assert_true(cell_mean(statistics, (size_t)shape) == sum / count);
        assert_true(found[0] == sample[0] && found[PROBABILITY_COUNT - 1] == sample[count - 1]);
        for (int q = 0; q < PROBABILITY_COUNT; q++) {
            double wanted = exact(sample, count, probability[q]);
            if (!(fabs(found[q] - wanted) <= bound))
                fail_msg("shape %d, quantile %g: %.9g, not %.9g within %.3g", shape, probability[q],
                         found[q], wanted, bound);
            assert_true(q == 0 || found[q] >= found[q - 1]);
        }
    }
    cell_statistics_destroy(statistics);
    free(sample);
}

static void
few_values_have_exact_quantiles(void **state)
{
    (void)state;
    check_shapes(1);
    check_shapes(2);
    check_shapes(CELL_BINS);
}

static void
many_values_have_quantiles_within_the_bound(void **state)
{
    (void)state;
    check_shapes(CELL_BINS + 1);
    check_shapes(COUNT);
}

/* The counts are of the values alone: any order gives the same bits. */
static void
order_does_not_matter(void **state)
{
    (void)state;
    double found[3][PROBABILITY_COUNT];
    for (int shape = 0; shape < SHAPE_COUNT; shape++) {
        for (int order = 0; order < 3; order++) {
            struct cell_statistics *statistics;
            struct error err = {0};
            assert_int_equal(cell_statistics_create(1, COUNT, &statistics, &err), STATUS_OK);
            for (int i = 0; i < COUNT; i++) {
                int place = order == 0   ? i
                            : order == 1 ? COUNT - 1 - i
                                         : (int)((long)i * 1237 % COUNT); /* no common factor */
                float one = draw(shape, place);
                cell_statistics_add(statistics, &one);
            }
            cell_quantiles(statistics, 0, probability, PROBABILITY_COUNT, found[order]);
            cell_statistics_destroy(statistics);
        }
        assert_memory_equal(found[0], found[1], sizeof found[0]);
        assert_memory_equal(found[0], found[2], sizeof found[0]);
    }
}

static void
missing_values_are_left_out(void **state)
{
    (void)state;
    static const int maxima[] = {10, CELL_BINS + 10};
    for (int m = 0; m < 2; m++) {
        struct cell_statistics *statistics;
        struct error err = {0};
        double found[1];
        const double half = 0.5;
        assert_int_equal(cell_statistics_create(2, maxima[m], &statistics, &err), STATUS_OK);
        const float rows[][2] = {{NAN, NAN}, {4.0F, NAN}, {INFINITY, NAN}, {1.0F, NAN}};
        for (int r = 0; r < 4; r++)
            cell_statistics_add(statistics, rows[r]);
        assert_int_equal(cell_count(statistics, 0), 2);
        assert_true(cell_mean(statistics, 0) == 2.5);
        cell_quantiles(statistics, 0, &half, 1, found);
        assert_close(found[0], 2.5, 0.0, 3.0 * 2.0 / (CELL_BINS - 1));
        assert_int_equal(cell_count(statistics, 1), 0);
        cell_quantiles(statistics, 1, &half, 1, found);
        assert_true(isnan(found[0]) && isnan(cell_mean(statistics, 1)) &&
                    isnan(cell_minimum(statistics, 1)) && isnan(cell_maximum(statistics, 1)));
        cell_statistics_destroy(statistics);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_values_have_exact_quantiles),
        cmocka_unit_test(many_values_have_quantiles_within_the_bound),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(missing_values_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
