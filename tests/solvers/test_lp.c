/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/lp.h"
#include "test_lp_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glpk.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- allocations are counted by the linker's --wrap -------------------------------------- */

static _Thread_local long allocation_count;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

void *
__wrap_malloc(size_t size)
{
    allocation_count++;
    return __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
    allocation_count++;
    return __real_calloc(count, size);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
    allocation_count++;
    return __real_aligned_alloc(alignment, size);
}

/* ---- a pair of backends on the same problem ---------------------------------------------- */

struct pair {
    unsigned long long seed; /**< for messages */
    struct lp *simplex;
    struct lp *glpk;
    struct lp_certificate certificate;
};

/** What the random tests have met; none of them may stay untested. */
struct tally {
    long optimal;
    long infeasible;
    long equal_x;
    long tolerated;
    double worst_violation;
};

static void
pair_init(struct pair *pair, const struct sample *sample, uint64_t seed)
{
    pair->seed = seed;
    pair->simplex = test_lp_create(&sample->problem, LP_SIMPLEX);
    pair->glpk = test_lp_create(&sample->problem, LP_GLPK);
    pair->certificate.multiplier = calloc((size_t)sample->problem.column_count, sizeof(double));
    pair->certificate.row_multiplier = calloc((size_t)sample->problem.row_count, sizeof(double));
}

static void
pair_finish(struct pair *pair)
{
    lp_destroy(pair->simplex);
    lp_destroy(pair->glpk);
    free(pair->certificate.multiplier);
    free(pair->certificate.row_multiplier);
}

/** Objectives of all levels agree to 1e-9 of their terms (or of a typical volume). */
static void
check_objectives(unsigned long long seed, const struct sample *sample, const double *x,
                 const double *y)
{
    for (int k = 0; k < sample->problem.level_count; k++) {
        double x_size;
        double y_size;
        double x_objective = sample_objective(sample, k, x, &x_size);
        double y_objective = sample_objective(sample, k, y, &y_size);
        double scale = fmax(fmax(x_size, y_size), sample->unit);
        if (!(fabs(x_objective - y_objective) <= 1e-9 * scale))
            fail_msg("seed %llu, level %d: %.17g against %.17g", seed, k, x_objective, y_objective);
    }
}

static void
check_equal_x(unsigned long long seed, const struct sample *sample, const double *x,
              const double *y)
{
    for (int j = 0; j < sample->problem.column_count; j++) {
        double scale = fmax(fmax(fabs(x[j]), fabs(y[j])), sample->unit);
        if (!(fabs(x[j] - y[j]) <= 1e-7 * scale))
            fail_msg("seed %llu, column %d: %.17g against %.17g", seed, j, x[j], y[j]);
    }
}

static void
check_certificate(const struct pair *pair, const struct sample *sample, const char *who)
{
    if (!sample_certificate_holds(sample, &pair->certificate))
        fail_msg("seed %llu: the certificate of %s does not hold", pair->seed, who);
}

/** What one backend says is held stands at the same value in the other's optimum. */
static void
check_held(unsigned long long seed, const struct sample *sample, const struct lp *holder,
           const double *x, const double *y)
{
    int level_count = sample->problem.level_count;
    for (int levels = 0; levels <= level_count; levels += level_count > 1 ? level_count / 2 : 1)
        for (int j = 0; j < sample->problem.column_count; j++) {
            double lower, upper;
            lp_get_bounds(holder, j, &lower, &upper);
            assert_true(x[j] >= lower - 1e-6 * sample->unit && x[j] <= upper + 1e-6 * sample->unit);
            if (!lp_is_held(holder, j, levels))
                continue;
            assert_int_not_equal(levels, 0);
            double scale = fmax(fmax(fabs(x[j]), fabs(y[j])), sample->unit);
            if (!(fabs(x[j] - y[j]) <= 1e-7 * scale))
                fail_msg("seed %llu, column %d is not held by %d levels: %.17g against %.17g", seed,
                         j, levels, x[j], y[j]);
        }
}

/* What a backend says of its levels is the objective of the values it gives. */
static void
check_level_values(unsigned long long seed, const struct sample *sample, const struct lp *lp)
{
    for (int k = 0; k < sample->problem.level_count; k++) {
        double size, own_size;
        double objective = sample_objective(sample, k, lp_values(lp), &size);
        double own = lp_level_value(lp, k, &own_size);
        double slack = 1e-12 * size + 1e-7; /* bounds go with the value to the last digit */
        if (!(fabs(own - objective) <= slack) || !(fabs(own_size - size) <= slack))
            fail_msg("seed %llu: level %d is said to be %g, of size %g; it is %g, of size %g", seed,
                     k, own, own_size, objective, size);
    }
}

static void
solve_and_compare(struct pair *pair, const struct sample *sample, bool tie_free,
                  struct tally *tally)
{
    sample_load(sample, pair->simplex);
    sample_load(sample, pair->glpk);
    long before = allocation_count;
    enum lp_outcome ours = lp_solve(pair->simplex, &pair->certificate);
    assert_int_equal(allocation_count, before);
    if (ours == LP_INFEASIBLE)
        check_certificate(pair, sample, "the simplex");
    enum lp_outcome theirs = lp_solve(pair->glpk, &pair->certificate);
    if (ours != theirs && theirs != LP_OPTIMAL &&
        sample_certificate_gap(sample, &pair->certificate) < 1e-7) {
        tally->tolerated++; /* short by less than lp_solve minds, which GLPK sees after scaling */
        return;
    }
    if (ours != theirs || ours == LP_FAILED || ours == LP_UNBOUNDED)
        fail_msg("seed %llu: outcome %d against %d of GLPK", pair->seed, (int)ours, (int)theirs);
    if (ours == LP_INFEASIBLE) {
        check_certificate(pair, sample, "GLPK");
        tally->infeasible++;
        return;
    }
    tally->optimal++;
    const double *x = lp_values(pair->simplex);
    const double *y = lp_values(pair->glpk);
    double violation = sample_violation(sample, x);
    tally->worst_violation = fmax(tally->worst_violation, violation);
    if (!(violation <= 1e-9))
        fail_msg("seed %llu: rows or bounds violated by %g", pair->seed, violation);
    check_objectives(pair->seed, sample, x, y);
    check_level_values(pair->seed, sample, pair->simplex);
    check_held(pair->seed, sample, pair->simplex, x, y);
    check_held(pair->seed, sample, pair->glpk, y, x);
    if (tie_free && !sample->has_free) {
        check_equal_x(pair->seed, sample, x, y);
        tally->equal_x++;
    }
}

static void
run_sequence(uint64_t seed, int solve_count, struct tally *tally)
{
    struct random random = {seed};
    struct sample_shape shape = sample_shape_draw(&random);
    struct sample sample;
    struct pair pair;
    sample_create(&sample, &shape, &random);
    pair_init(&pair, &sample, seed);
    for (int t = 0; t < solve_count; t++) {
        solve_and_compare(&pair, &sample, shape.tie_free, tally);
        sample_change(&sample, &shape, t % 5 == 0 ? 0.6 : 0.15, &random);
    }
    pair_finish(&pair);
    sample_destroy(&sample);
}

/* ---- random tests ------------------------------------------------------------------------ */

/** TEST_LP_SEED and TEST_LP_COUNT choose other sequences than the usual ones. */
static void
random_problems_agree_with_glpk(void **state)
{
    (void)state;
    struct tally tally = {0, 0, 0, 0, 0.0};
    const char *seed_text = getenv("TEST_LP_SEED");
    const char *count_text = getenv("TEST_LP_COUNT");
    uint64_t first_seed = seed_text == NULL ? 20240301 : strtoull(seed_text, NULL, 10);
    uint64_t count = count_text == NULL ? 4000 : strtoull(count_text, NULL, 10);
    print_message("seeds %llu to %llu\n", (unsigned long long)first_seed,
                  (unsigned long long)(first_seed + count - 1));
    for (uint64_t seed = first_seed; seed < first_seed + count; seed++)
        run_sequence(seed, seed % 4 == 0 ? 30 : 2, &tally);
    print_message("%ld optimal, %ld infeasible, %ld tolerated, %ld with equal x, worst %.1e\n",
                  tally.optimal, tally.infeasible, tally.tolerated, tally.equal_x,
                  tally.worst_violation);
    assert_true(tally.tolerated * 1000 <= tally.optimal);
    if (count < 4000)
        return;
    assert_true(tally.optimal > 3000);
    assert_true(tally.infeasible > 500);
    assert_true(tally.equal_x > 1000);
}

/** Larger networks with cycles, many warm solves: no restart, and a cold object agrees. */
static void
warm_and_cold_agree_on_networks(void **state)
{
    (void)state;
    struct tally tally = {0, 0, 0, 0, 0.0};
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct random random = {seed};
        struct sample_shape shape = {.node_count = 60,
                                     .arc_count = 180,
                                     .side_count = seed % 2 == 0 ? 0 : 3,
                                     .copy_count = seed % 2 == 0 ? 0 : 2,
                                     .plain = seed % 2 == 0,
                                     .level_count = 6,
                                     .unit = 1e6,
                                     .spread = 2.0,
                                     .stepped = seed > 3,
                                     .sides_stay = true,
                                     .tie_free = true};
        struct sample sample;
        struct pair pair;
        sample_create(&sample, &shape, &random);
        pair_init(&pair, &sample, seed);
        struct lp *cold = test_lp_create(&sample.problem, LP_SIMPLEX);
        for (int t = 0; t < 100; t++) {
            solve_and_compare(&pair, &sample, true, &tally);
            sample_load(&sample, cold);
            lp_forget_basis(cold);
            if (lp_solve(cold, NULL) == LP_OPTIMAL) {
                check_objectives(seed, &sample, lp_values(pair.simplex), lp_values(cold));
                check_equal_x(seed, &sample, lp_values(pair.simplex), lp_values(cold));
            }
            sample_change(&sample, &shape, 0.1, &random);
        }
        const struct lp_info *info = lp_info(pair.simplex);
        assert_int_equal(info->solve_count, 100);
        assert_true(shape.plain || info->refactor_count > 0);
        assert_int_equal(info->restart_count, 0);
        assert_true(info->pivot_count < lp_info(cold)->pivot_count);
        assert_true(info->worst_residual < 1e-9);
        lp_destroy(cold);
        pair_finish(&pair);
        sample_destroy(&sample);
    }
    assert_true(tally.optimal > 100);
}

/** Equal bounds, zeros and ties everywhere: pivots that gain nothing must still come to an end. */
static void
degenerate_problems_end(void **state)
{
    (void)state;
    struct tally tally = {0, 0, 0, 0, 0.0};
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct random random = {seed};
        struct sample_shape shape = {.node_count = 30,
                                     .arc_count = 120,
                                     .side_count = (int)(seed % 3),
                                     .copy_count = 4,
                                     .level_count = 1 + (int)(seed % 4),
                                     .unit = 1.0,
                                     .stepped = seed % 2 == 0,
                                     .degenerate = true};
        struct sample sample;
        struct pair pair;
        sample_create(&sample, &shape, &random);
        if (seed % 5 == 0) /* no objective at all: every pivot is degenerate */
            memset(sample.cost, 0,
                   (size_t)(shape.level_count * sample.problem.column_count) * sizeof(double));
        pair_init(&pair, &sample, seed);
        for (int t = 0; t < 10; t++) {
            solve_and_compare(&pair, &sample, false, &tally);
            sample_change(&sample, &shape, 0.3, &random);
            if (t % 2 == 0)
                memset(sample.rhs, 0, (size_t)sample.problem.row_count * sizeof(double));
        }
        pair_finish(&pair);
        sample_destroy(&sample);
    }
    assert_true(tally.optimal > 50);
}

static void
same_calls_give_the_same_bits(void **state)
{
    (void)state;
    struct random random = {77};
    struct sample_shape shape = {.node_count = 20,
                                 .arc_count = 50,
                                 .level_count = 4,
                                 .unit = 1e3,
                                 .spread = 3.0,
                                 .side_count = 2};
    struct sample sample;
    sample_create(&sample, &shape, &random);
    struct lp *one = test_lp_create(&sample.problem, LP_SIMPLEX);
    struct lp *two = test_lp_create(&sample.problem, LP_SIMPLEX);
    for (int t = 0; t < 100; t++) {
        sample_load(&sample, one);
        sample_load(&sample, two);
        enum lp_outcome outcome = lp_solve(one, NULL);
        assert_int_equal(lp_solve(two, NULL), outcome);
        if (outcome == LP_OPTIMAL)
            assert_memory_equal(lp_values(one), lp_values(two),
                                (size_t)sample.problem.column_count * sizeof(double));
        sample_change(&sample, &shape, 0.2, &random);
    }
    lp_destroy(one);
    lp_destroy(two);
    sample_destroy(&sample);
}

/** New coefficients: the warm object, GLPK and a fresh object agree. */
static void
coefficients_can_change(void **state)
{
    (void)state;
    uint64_t seed = 4711;
    struct random random = {seed};
    struct tally tally = {0, 0, 0, 0, 0.0};
    for (int s = 0; s < 60; s++) {
        struct sample_shape shape = {.node_count = 8,
                                     .arc_count = 16,
                                     .side_count = 2,
                                     .level_count = 3,
                                     .unit = 10.0,
                                     .spread = 1.0,
                                     .tie_free = true};
        struct sample sample;
        struct pair pair;
        sample_create(&sample, &shape, &random);
        pair_init(&pair, &sample, seed);
        for (int t = 0; t < 10; t++) {
            solve_and_compare(&pair, &sample, true, &tally);
            for (int change = 0; change < 3; change++) {
                int j = random_below(&random, sample.problem.column_count);
                int e = sample.column_start[j];
                sample.coefficient[e] *=
                    random_chance(&random, 0.1) ? 0.0 : random_uniform(&random, 0.5, 1.5);
                int i = sample.row_index[e];
                double number = sample.coefficient[e];
                assert_int_equal(lp_set_coefficient(pair.simplex, i, j, number), STATUS_OK);
                assert_int_equal(lp_set_coefficient(pair.glpk, i, j, number), STATUS_OK);
            }
        }
        pair_finish(&pair);
        sample_destroy(&sample);
    }
    assert_true(tally.optimal > 200);
}

/* ---- large ------------------------------------------------------------------------------- */

/**
 * A valley of node_count nodes: water runs to the next node with a loss, every node has a demand
 * and every third a link to a node far below. Level 0 wants the demands met, level 1 little flow.
 */
struct valley {
    int column_start[3001];
    int row_index[6000];
    double coefficient[6000];
    double cost[2 * 3000];
    struct lp_problem problem;
};

static void
valley_column(struct valley *valley, int from, int to, double gain, double cost_0, double cost_1)
{
    int j = valley->problem.column_count++;
    int e = valley->column_start[j];
    valley->row_index[e] = from;
    valley->coefficient[e++] = -1.0;
    if (to >= 0) {
        valley->row_index[e] = to;
        valley->coefficient[e++] = gain;
    }
    valley->column_start[j + 1] = e;
    valley->cost[2 * j] = cost_0;
    valley->cost[2 * j + 1] = cost_1;
}

static void
valley_init(struct valley *valley, int node_count)
{
    memset(valley, 0, sizeof *valley);
    for (int i = 0; i < node_count; i++) {
        valley_column(valley, i, i + 1 < node_count ? i + 1 : -1, 0.999, 0.0, 1.0);
        valley_column(valley, i, -1, 0.0, -1.0, 0.0);
        if (i % 3 == 0 && i + 40 < node_count)
            valley_column(valley, i, i + 40, 0.9, 0.0, 0.5);
    }
    int columns = valley->problem.column_count;
    double *cost = malloc(2 * (size_t)columns * sizeof *cost);
    for (int j = 0; j < columns; j++) {
        cost[j] = valley->cost[2 * j];
        cost[columns + j] = valley->cost[2 * j + 1];
    }
    memcpy(valley->cost, cost, 2 * (size_t)columns * sizeof *cost);
    free(cost);
    valley->problem.row_count = node_count;
    valley->problem.level_count = 2;
    valley->problem.column_start = valley->column_start;
    valley->problem.row_index = valley->row_index;
    valley->problem.coefficient = valley->coefficient;
    valley->problem.cost = valley->cost;
}

static void
a_thousand_rows_are_solved(void **state)
{
    (void)state;
    struct random random = {1000};
    struct valley *valley = malloc(sizeof *valley);
    valley_init(valley, 1000);
    int columns = valley->problem.column_count;
    struct lp *both[2] = {test_lp_create(&valley->problem, LP_SIMPLEX),
                          test_lp_create(&valley->problem, LP_GLPK)};
    for (int t = 0; t < 3; t++) {
        for (int i = 0; i < 1000; i++) {
            double inflow = random_uniform(&random, 0.0, 10.0);
            lp_set_rhs(both[0], i, -inflow);
            lp_set_rhs(both[1], i, -inflow);
        }
        for (int j = 0; j < columns; j++) {
            bool demand = valley->cost[j] < 0.0;
            double upper = demand ? random_uniform(&random, 0.0, 12.0) : (double)INFINITY;
            lp_set_bounds(both[0], j, 0.0, upper);
            lp_set_bounds(both[1], j, 0.0, upper);
        }
        assert_int_equal(lp_solve(both[0], NULL), LP_OPTIMAL);
        assert_int_equal(lp_solve(both[1], NULL), LP_OPTIMAL);
        for (int k = 0; k < 2; k++) {
            double sum[2] = {0.0, 0.0};
            for (int b = 0; b < 2; b++) {
                for (int j = 0; j < columns; j++)
                    sum[b] += valley->cost[k * columns + j] * lp_values(both[b])[j];
            }
            assert_true(fabs(sum[0] - sum[1]) <= 1e-9 * fabs(sum[0]));
        }
    }
    lp_destroy(both[0]);
    lp_destroy(both[1]);
    free(valley);
}

/* ---- all ---------------------------------------------------------------------------------- */

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_strict_whatever_the_sizes),
        cmocka_unit_test(certificate_names_what_is_short),
        cmocka_unit_test(sides_that_open_and_close_are_followed),
        cmocka_unit_test(steps_fill_side_by_side),
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(written_files_are_read_back),
        cmocka_unit_test(same_calls_give_the_same_bits),
        cmocka_unit_test(coefficients_can_change),
        cmocka_unit_test(threads_may_use_glpk_at_once),
        cmocka_unit_test(degenerate_problems_end),
        cmocka_unit_test(warm_and_cold_agree_on_networks),
        cmocka_unit_test(a_thousand_rows_are_solved),
        cmocka_unit_test(random_problems_agree_with_glpk),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    glp_free_env();
    return failed;
}
