/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/domestic.h"
#include "solvers/philox.h"
#include "tests/support.h"

#include <stdlib.h>

/* The Gini coefficient against the area under the Lorenz curve. */

enum { GROUPS = 9 };

struct group {
    double share, weight;
};

static int
compare(const void *left, const void *right)
{
    const struct group *a = left, *b = right;
    return (a->share > b->share) - (a->share < b->share);
}

/* 1 - 2 x the area under the curve of cumulated water over cumulated people. */
static double
gini_of_lorenz(const double *share, const double *weight, int count)
{
    struct group sorted[GROUPS];
    double people = 0.0, water = 0.0, area = 0.0, below = 0.0;
    for (int i = 0; i < count; i++) {
        sorted[i] = (struct group){share[i], weight[i]};
        people += weight[i];
        water += weight[i] * share[i];
    }
    qsort(sorted, (size_t)count, sizeof *sorted, compare);
    for (int i = 0; i < count; i++) {
        double own = sorted[i].share * sorted[i].weight / water;
        area += sorted[i].weight / people * (below + 0.5 * own);
        below += own;
    }
    return 1.0 - 2.0 * area;
}

static void
gini_is_the_area_of_lorenz(void **state)
{
    (void)state;
    double share[GROUPS], weight[GROUPS];
    for (uint32_t sample = 0; sample < 50; sample++) {
        struct philox_key key = {.seed = 1, .realisation = sample};
        for (uint32_t i = 0; i < GROUPS; i++) {
            share[i] = philox_uniform(&key, i);
            weight[i] = 1e5 * philox_uniform(&key, 100 + i);
        }
        assert_close(weighted_gini(GROUPS, share, weight), gini_of_lorenz(share, weight, GROUPS),
                     1e-11, 1e-13);
    }
    const double two[2] = {0.5, 1.0}, even[2] = {1.0, 1.0}, none[2] = {0.0, 0.0};
    assert_close(weighted_gini(2, two, even), 1.0 / 6.0, 1e-14, 0.0);
    assert_close(weighted_gini(2, even, two), 0.0, 0.0, 0.0);
    assert_true(isnan(weighted_gini(2, two, none)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(gini_is_the_area_of_lorenz)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
