/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/global_search.h"
#include "solvers/nelder_mead.h"
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

/* The global search on functions whose minimum is known. */

static const double pi = 3.14159265358979323846;

struct task {
    int dimension;
    double (*function)(const double *x, int dimension);
    int call_count, point_count;
    int fail_after; /* calls, 0 never */
};

static enum status
evaluate(void *context, int count, const double *point, double *value, struct error *err)
{
    struct task *task = context;
    if (task->fail_after > 0 && ++task->call_count > task->fail_after)
        return error_set(err, STATUS_NUMERIC, "the function failed");
    task->point_count += count;
    for (int i = 0; i < count; i++)
        value[i] = task->function(point + i * task->dimension, task->dimension);
    return STATUS_OK;
}

static double
rastrigin(const double *x, int dimension)
{
    double sum = 10.0 * dimension;
    for (int d = 0; d < dimension; d++) {
        double y = x[d] - 1.3;
        sum += y * y - 10.0 * cos(2.0 * pi * y);
    }
    return sum;
}

static double
rosenbrock(const double *x, int dimension)
{
    double sum = 0.0;
    for (int d = 0; d + 1 < dimension; d++) {
        double a = x[d + 1] - x[d] * x[d], b = 1.0 - x[d];
        sum += 100.0 * a * a + b * b;
    }
    return sum;
}

/* The least sum lies in the corner of the box; half of the box is forbidden. */
static double
corner(const double *x, int dimension)
{
    double sum = 0.0;
    if (x[0] > 0.5)
        return INFINITY;
    for (int d = 0; d < dimension; d++)
        sum += (d + 1) * x[d];
    return sum;
}

/* An oblique ellipsoid. */
static double
ellipsoid(const double *x, int dimension)
{
    (void)dimension;
    double u = x[0] + x[1], v = (x[0] - x[1]) / 0.05, w = x[2] / 0.5;
    return u * u + v * v + w * w;
}

static struct search_problem
make_problem(struct task *task, const double *low, const double *high)
{
    return (struct search_problem){.dimension = task->dimension,
                                   .low = low,
                                   .high = high,
                                   .evaluate = evaluate,
                                   .context = task};
}

static const double minus5[] = {-5, -5, -5, -5, -5, -5}, plus5[] = {5, 5, 5, 5, 5, 5};

static void
many_local_minima_do_not_hold_the_search(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct task task = {.dimension = 5, .function = rastrigin};
        struct search_problem problem = make_problem(&task, minus5, plus5);
        struct search_settings settings = search_settings_usual(seed);
        struct search_result result;
        struct error err = {0};
        assert_int_equal(global_search(&problem, &settings, &result, &err), STATUS_OK);
        assert_close(result.value, 0.0, 0.0, 1e-9);
        for (int d = 0; d < 5; d++)
            assert_close(result.point[d], 1.3, 0.0, 1e-5);
        assert_true(result.agreeing_count >= 2);
        assert_int_equal(result.evaluation_count, task.point_count);
    }
}

static void
a_curved_valley_is_followed_to_its_end(void **state)
{
    (void)state;
    struct task task = {.dimension = 4, .function = rosenbrock};
    struct search_problem problem = make_problem(&task, minus5, plus5);
    struct search_settings settings = search_settings_usual(3);
    struct search_result result;
    struct error err = {0};
    assert_int_equal(global_search(&problem, &settings, &result, &err), STATUS_OK);
    for (int d = 0; d < 4; d++)
        assert_close(result.point[d], 1.0, 0.0, 1e-4);
}

static void
a_minimum_in_a_corner_beside_forbidden_ground_is_found(void **state)
{
    (void)state;
    struct task task = {.dimension = 3, .function = corner};
    struct search_problem problem = make_problem(&task, minus5, plus5);
    struct search_settings settings = search_settings_usual(4);
    struct search_result result;
    struct error err = {0};
    assert_int_equal(global_search(&problem, &settings, &result, &err), STATUS_OK);
    assert_close(result.value, -30.0, 1e-7, 0.0);
    for (int d = 0; d < 3; d++)
        assert_true(result.point[d] >= -5.0);
}

static void
the_same_seed_gives_the_same_bits(void **state)
{
    (void)state;
    struct search_result results[2];
    memset(results, 0, sizeof results);
    for (int i = 0; i < 2; i++) {
        struct task task = {.dimension = 6, .function = rastrigin};
        struct search_problem problem = make_problem(&task, minus5, plus5);
        struct search_settings settings = search_settings_usual(77);
        assert_int_equal(global_search(&problem, &settings, &results[i], NULL), STATUS_OK);
    }
    assert_memory_equal(&results[0].point, &results[1].point, sizeof results[0].point);
    assert_true(results[0].value == results[1].value);
    assert_int_equal(results[0].evaluation_count, results[1].evaluation_count);
}

static bool
stop_soon(void *context, int evaluation_count, double best)
{
    (void)context;
    assert_true(best < (double)INFINITY);
    return evaluation_count < 500;
}

static void
the_search_ends_as_it_is_told(void **state)
{
    (void)state;
    struct task task = {.dimension = 6, .function = rastrigin};
    struct search_problem problem = make_problem(&task, minus5, plus5);
    struct search_settings settings = search_settings_usual(5);
    struct search_result result;
    settings.evaluation_max = 1000;
    assert_int_equal(global_search(&problem, &settings, &result, NULL), STATUS_NO_CONVERGENCE);
    assert_true(isfinite(result.value) && result.value > 0.0);
    assert_true(task.point_count < 3500); /* one population and its polishing */
    settings = search_settings_usual(5);
    settings.progress = stop_soon;
    assert_int_equal(global_search(&problem, &settings, &result, NULL), STATUS_INTERRUPTED);
    task.fail_after = 7;
    settings.progress = NULL;
    assert_int_equal(global_search(&problem, &settings, &result, NULL), STATUS_NUMERIC);
}

static void
nelder_mead_polishes_inside_the_box(void **state)
{
    (void)state;
    struct task task = {.dimension = 2, .function = rosenbrock};
    double low[] = {-2.0, -2.0}, high[] = {0.5, 2.0}; /* the minimum (1, 1) is outside */
    struct search_problem problem = make_problem(&task, low, high);
    double point[] = {-1.2, 1.0}, width[] = {0.3, 0.3};
    double value = rosenbrock(point, 2);
    int count = 0;
    assert_int_equal(nelder_mead(&problem, width, point, &value, &count, NULL), STATUS_OK);
    assert_close(point[0], 0.5, 0.0, 1e-6);
    assert_close(point[1], 0.25, 0.0, 1e-5);
    assert_int_equal(count, task.point_count);
}

/* An even distribution in an ellipsoid of radius R has a mean square radius of 3/5 R^2 in three
   dimensions, and reaches to its edge in every direction. */
static void
near_optimal_points_fill_their_level_set(void **state)
{
    (void)state;
    enum { CHAINS = 64, ROUNDS = 200, COUNT = CHAINS * ROUNDS };
    static double point[COUNT * 3], value[COUNT];
    struct task task = {.dimension = 3, .function = ellipsoid};
    struct search_problem problem = make_problem(&task, minus5, plus5);
    double best[] = {0.0, 0.0, 0.0}, mean = 0.0, most_u = 0.0, most_v = 0.0, most_w = 0.0;
    const double level = 0.04;
    assert_int_equal(level_set_sample(&problem, best, level, CHAINS, ROUNDS, 9, point, value, NULL),
                     STATUS_OK);
    for (int i = 0; i < COUNT; i++) {
        const double *x = point + 3 * i;
        assert_true(value[i] <= level);
        assert_close(ellipsoid(x, 3), value[i], 1e-12, 0.0);
        mean += value[i] / COUNT;
        most_u = fmax(most_u, fabs(x[0] + x[1]));
        most_v = fmax(most_v, fabs(x[0] - x[1]) / 0.05);
        most_w = fmax(most_w, fabs(x[2]) / 0.5);
    }
    assert_close(mean, 0.6 * level, 0.03, 0.0);
    assert_close(most_u, 0.2, 0.03, 0.0);
    assert_close(most_v, 0.2, 0.03, 0.0);
    assert_close(most_w, 0.2, 0.03, 0.0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_local_minima_do_not_hold_the_search),
        cmocka_unit_test(a_curved_valley_is_followed_to_its_end),
        cmocka_unit_test(a_minimum_in_a_corner_beside_forbidden_ground_is_found),
        cmocka_unit_test(the_same_seed_gives_the_same_bits),
        cmocka_unit_test(the_search_ends_as_it_is_told),
        cmocka_unit_test(nelder_mead_polishes_inside_the_box),
        cmocka_unit_test(near_optimal_points_fill_their_level_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
