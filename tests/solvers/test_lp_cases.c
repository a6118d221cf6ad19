/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/lp.h"
#include "test_lp_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glpk.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* Cases with known answers, and the interface of lp.h itself. */

struct lp *
test_lp_create(const struct lp_problem *problem, enum lp_method method)
{
    struct lp *lp = NULL;
    struct error err = {STATUS_OK, ""};
    assert_int_equal(lp_create(problem, method, &lp, &err), STATUS_OK);
    assert_non_null(lp);
    return lp;
}

/* ---- by hand ----------------------------------------------------------------------------- */

/*
 * One lake (release, spill) and two users: release = a + b, release + spill = inflow. Level 0 wants
 * user a served, level 1 user b; columns: release, spill, a, b.
 */
static const int hand_start[] = {0, 2, 3, 4, 5};
static const int hand_row[] = {0, 1, 0, 1, 1};
static const double hand_coefficient[] = {1.0, 1.0, 1.0, -1.0, -1.0};
static const double hand_cost[] = {0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, -1.0};
static const struct lp_problem hand_problem = {.row_count = 2,
                                               .column_count = 4,
                                               .level_count = 2,
                                               .column_start = hand_start,
                                               .row_index = hand_row,
                                               .coefficient = hand_coefficient,
                                               .cost = hand_cost};

static void
set_hand(struct lp *lp, double inflow, double need_a, double need_b)
{
    lp_set_rhs(lp, 0, inflow);
    lp_set_bounds(lp, 2, 0.0, need_a);
    lp_set_bounds(lp, 3, 0.0, need_b);
}

void
levels_are_strict_whatever_the_sizes(void **state)
{
    (void)state;
    for (int method = 0; method < 2; method++) {
        struct lp *lp = test_lp_create(&hand_problem, method == 0 ? LP_SIMPLEX : LP_GLPK);
        set_hand(lp, 10.0, 4.0, 20.0);
        assert_int_equal(lp_solve(lp, NULL), LP_OPTIMAL);
        assert_true(fabs(lp_values(lp)[2] - 4.0) < 1e-12);
        assert_true(fabs(lp_values(lp)[3] - 6.0) < 1e-12);
        assert_true(fabs(lp_values(lp)[1]) < 1e-12);
        lp_destroy(lp);
    }
    struct lp *lp = test_lp_create(&hand_problem, LP_SIMPLEX);
    set_hand(lp, 1e12, 3e-6, 1e6); /* a cup from an ocean is still served in full */
    assert_int_equal(lp_solve(lp, NULL), LP_OPTIMAL);
    assert_true(fabs(lp_values(lp)[2] - 3e-6) <= 1e-15);
    assert_true(fabs(lp_values(lp)[3] - 1e6) <= 1e-6);
    set_hand(lp, 1e-6, 3e-6, 1e6);
    assert_int_equal(lp_solve(lp, NULL), LP_OPTIMAL);
    assert_true(fabs(lp_values(lp)[2] - 1e-6) <= 1e-15);
    assert_true(fabs(lp_values(lp)[3]) <= 1e-18);
    lp_destroy(lp);
}

void
certificate_names_what_is_short(void **state)
{
    (void)state;
    for (int method = 0; method < 2; method++) {
        struct lp *lp = test_lp_create(&hand_problem, method == 0 ? LP_SIMPLEX : LP_GLPK);
        double multiplier[4];
        struct lp_certificate certificate = {.multiplier = multiplier};
        set_hand(lp, 10.0, 4.0, 20.0);
        lp_set_bounds(lp, 3, 12.0, 20.0);
        assert_int_equal(lp_solve(lp, &certificate), LP_INFEASIBLE);
        /* release is at most 10 since spill >= 0, and b alone needs 12 */
        double largest = multiplier[3] * 12.0;
        assert_true(multiplier[3] < 0.0);
        assert_true(multiplier[1] < 0.0 && fabs(multiplier[0]) < 1e-12);
        assert_true(fabs(certificate.value - multiplier[3] * 10.0) < 1e-9);
        assert_true(largest < certificate.value);
        lp_set_bounds(lp, 3, 0.0, 20.0);
        assert_int_equal(lp_solve(lp, &certificate), LP_OPTIMAL);
        lp_destroy(lp);
    }
}

void
sides_that_open_and_close_are_followed(void **state)
{
    (void)state;
    struct lp *lp = test_lp_create(&hand_problem, LP_SIMPLEX);
    set_hand(lp, 10.0, 4.0, 20.0);
    assert_int_equal(lp_solve(lp, NULL), LP_OPTIMAL);
    lp_set_bounds(lp, 2, 0.0, (double)INFINITY); /* its cost pulls to infinity: not allowed */
    assert_int_equal(lp_solve(lp, NULL), LP_UNBOUNDED);
    lp_set_bounds(lp, 2, -(double)INFINITY, 5.0);
    assert_int_equal(lp_solve(lp, NULL), LP_OPTIMAL);
    assert_true(fabs(lp_values(lp)[2] - 5.0) < 1e-12);
    lp_set_bounds(lp, 1, -(double)INFINITY, (double)INFINITY); /* free and without cost */
    assert_int_equal(lp_solve(lp, NULL), LP_OPTIMAL);
    assert_true(fabs(lp_values(lp)[3] - 20.0) < 1e-12);
    assert_true(fabs(lp_values(lp)[1] + 15.0) < 1e-12);
    lp_set_bounds(lp, 1, -(double)INFINITY, -2.0);
    assert_int_equal(lp_solve(lp, NULL), LP_OPTIMAL);
    assert_true(fabs(lp_values(lp)[1] + 15.0) < 1e-12);
    lp_set_bounds(lp, 1, 1.0, 1.0);
    assert_int_equal(lp_solve(lp, NULL), LP_OPTIMAL);
    assert_true(fabs(lp_values(lp)[3] - 4.0) < 1e-12);
    lp_destroy(lp);
}

/**
 * One inflow kept in two lakes of 10 and 40, each in five steps: the fifths fill one after the
 * other in both, lake 0 first within a step (it costs less on the last level).
 */
void
steps_fill_side_by_side(void **state)
{
    (void)state;
    static const int start[] = {0, 1, 2, 3};
    static const int row[] = {0, 0, 0};
    static const double one[] = {1.0, 1.0, 1.0};
    static const double cost[] = {-1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0};
    static const int steps[] = {5, 5, 1};
    static const double step_cost[] = {0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0};
    const struct lp_problem problem = {.row_count = 1,
                                       .column_count = 3,
                                       .level_count = 3,
                                       .column_start = start,
                                       .row_index = row,
                                       .coefficient = one,
                                       .cost = cost,
                                       .step_count = steps,
                                       .step_cost = step_cost};
    for (int method = 0; method < 2; method++) {
        struct lp *lp = test_lp_create(&problem, method == 0 ? LP_SIMPLEX : LP_GLPK);
        lp_set_bounds(lp, 0, 0.0, 10.0);
        lp_set_bounds(lp, 1, 0.0, 40.0);
        for (int i = 0; i < 400; i++) {
            double inflow = (i * 37 % 400) * 0.15; /* up and down, beyond both lakes */
            lp_set_rhs(lp, 0, inflow);
            assert_int_equal(lp_solve(lp, NULL), LP_OPTIMAL);
            double full = floor(inflow / 10.0 + 1e-9), rest = inflow - 10.0 * full;
            double small = inflow >= 50.0 ? 10.0 : 2.0 * full + fmin(rest, 2.0);
            double large = inflow >= 50.0 ? 40.0 : 8.0 * full + fmax(0.0, rest - 2.0);
            assert_true(fabs(lp_values(lp)[0] - small) < 1e-9);
            assert_true(fabs(lp_values(lp)[1] - large) < 1e-9);
        }
        lp_destroy(lp);
    }
}

/* ---- interface --------------------------------------------------------------------------- */

static enum status
create_status(const struct lp_problem *problem, enum lp_method method)
{
    struct lp *lp = NULL;
    struct error err = {STATUS_OK, ""};
    enum status status = lp_create(problem, method, &lp, &err);
    assert_int_equal(err.status, status);
    assert_true((lp == NULL) == (status != STATUS_OK));
    lp_destroy(lp);
    return status;
}

void
bad_input_is_refused(void **state)
{
    (void)state;
    lp_destroy(NULL);
    assert_int_equal(create_status(NULL, LP_SIMPLEX), STATUS_INPUT);
    assert_int_equal(create_status(&hand_problem, (enum lp_method)7), STATUS_INPUT);
    struct lp_problem problem = hand_problem;
    problem.row_count = 0;
    assert_int_equal(create_status(&problem, LP_SIMPLEX), STATUS_INPUT);
    problem = hand_problem;
    problem.row_count = 1;
    assert_int_equal(create_status(&problem, LP_SIMPLEX), STATUS_INPUT);
    problem = hand_problem;
    const int falling[] = {0, 2, 1, 4, 5};
    problem.column_start = falling;
    assert_int_equal(create_status(&problem, LP_GLPK), STATUS_INPUT);
    const int late[] = {1, 2, 3, 4, 5};
    problem.column_start = late;
    assert_int_equal(create_status(&problem, LP_GLPK), STATUS_INPUT);
    problem = hand_problem;
    const int twice[] = {0, 0, 0, 1, 1};
    problem.row_index = twice;
    assert_int_equal(create_status(&problem, LP_SIMPLEX), STATUS_INPUT);
    problem.row_index = NULL;
    assert_int_equal(create_status(&problem, LP_SIMPLEX), STATUS_INPUT);
    problem = hand_problem;
    double coefficient[5] = {1.0, 1.0, (double)NAN, -1.0, -1.0};
    problem.coefficient = coefficient;
    assert_int_equal(create_status(&problem, LP_SIMPLEX), STATUS_INPUT);
    problem = hand_problem;
    double cost[8] = {0.0, 0.0, -(double)INFINITY, 0.0, 0.0, 0.0, 0.0, 0.0};
    problem.cost = cost;
    assert_int_equal(create_status(&problem, LP_GLPK), STATUS_INPUT);
    problem.cost = NULL;
    assert_int_equal(create_status(&problem, LP_GLPK), STATUS_INPUT);
    problem = hand_problem;
    int steps[4] = {1, 1, 3, 1};
    double step_cost[8] = {0.0};
    problem.step_count = steps;
    assert_int_equal(create_status(&problem, LP_SIMPLEX), STATUS_INPUT);
    problem.step_cost = step_cost;
    assert_int_equal(create_status(&problem, LP_SIMPLEX), STATUS_INPUT);
    step_cost[6] = -1.0;
    assert_int_equal(create_status(&problem, LP_SIMPLEX), STATUS_INPUT);
    step_cost[6] = 1.0;
    assert_int_equal(create_status(&problem, LP_SIMPLEX), STATUS_OK);
    steps[3] = 0;
    assert_int_equal(create_status(&problem, LP_SIMPLEX), STATUS_INPUT);

    struct lp *lp = test_lp_create(&hand_problem, LP_SIMPLEX);
    assert_int_equal(lp_set_coefficient(lp, 0, 2, 1.0), STATUS_INPUT);
    assert_int_equal(lp_set_coefficient(lp, 0, 9, 1.0), STATUS_INPUT);
    assert_int_equal(lp_set_coefficient(lp, 0, 0, (double)NAN), STATUS_INPUT);
    assert_int_equal(lp_set_coefficient(lp, 0, 0, 1.5), STATUS_OK);
    struct error err = {STATUS_OK, ""};
    const char *bad_names[] = {"a", "b", "c-d", "e"};
    assert_int_equal(lp_write(lp, 5, "/dev/null", NULL, &err), STATUS_INPUT);
    assert_int_equal(lp_write(lp, 0, "/dev/null", bad_names, NULL), STATUS_INPUT);
    assert_int_equal(lp_write(lp, 0, "/nowhere/at/all.lp", NULL, NULL), STATUS_FILE_WRITE);
    lp_destroy(lp);
}

/** GLPK reads the file back, with all columns in order, and finds the same first level. */
void
written_files_are_read_back(void **state)
{
    (void)state;
    char path[] = "/tmp/test_lp_XXXXXX";
    int handle = mkstemp(path);
    assert_true(handle >= 0);
    close(handle);
    glp_term_out(GLP_OFF);
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct random random = {seed};
        struct sample_shape shape = sample_shape_draw(&random);
        shape.unit = 1.0; /* GLPK alone has absolute tolerances */
        struct sample sample;
        sample_create(&sample, &shape, &random);
        struct lp *lp = test_lp_create(&sample.problem, LP_SIMPLEX);
        sample_load(&sample, lp);
        assert_int_equal(lp_write(lp, 0, path, NULL, NULL), STATUS_OK);
        glp_prob *read = glp_create_prob();
        assert_int_equal(glp_read_lp(read, NULL, path), 0);
        assert_true(glp_get_num_cols(read) >= sample.problem.column_count);
        assert_true(shape.stepped || glp_get_num_cols(read) == sample.problem.column_count);
        assert_true(shape.stepped || glp_get_num_rows(read) == sample.problem.row_count);
        for (int j = 0; j < sample.problem.column_count; j++)
            assert_int_equal(atoi(glp_get_col_name(read, j + 1) + 1), j);
        enum lp_outcome outcome = lp_solve(lp, NULL);
        glp_smcp parameter;
        glp_init_smcp(&parameter);
        parameter.tol_bnd = 1e-9;
        assert_int_equal(glp_simplex(read, &parameter), 0);
        if (outcome == LP_OPTIMAL) {
            double size;
            double objective = sample_objective(&sample, 0, lp_values(lp), &size);
            double scale = fmax(size, sample.unit);
            assert_int_equal(glp_get_status(read), GLP_OPT);
            assert_true(fabs(objective - glp_get_obj_val(read)) <= 1e-6 * scale);
        }
        glp_delete_prob(read);
        lp_destroy(lp);
        sample_destroy(&sample);
    }
    struct lp *lp = test_lp_create(&hand_problem, LP_SIMPLEX);
    const char *names[] = {"release", "spill", "user_a", "user_b"};
    assert_int_equal(lp_write(lp, 1, path, names, NULL), STATUS_OK);
    glp_prob *read = glp_create_prob();
    assert_int_equal(glp_read_lp(read, NULL, path), 0);
    assert_string_equal(glp_get_col_name(read, 3), "user_a");
    glp_delete_prob(read);
    lp_destroy(lp);
    unlink(path);
}

static void *
solve_in_thread(void *argument)
{
    struct lp *lp = NULL;
    double *sum = argument;
    enum status status = lp_create(&hand_problem, LP_GLPK, &lp, NULL);
    for (int t = 0; t < 200 && status == STATUS_OK; t++) {
        set_hand(lp, 10.0 + t, 4.0, 20.0);
        if (lp_solve(lp, NULL) == LP_OPTIMAL)
            *sum += lp_values(lp)[3];
    }
    lp_destroy(lp);
    glp_free_env();
    return NULL;
}

void
threads_may_use_glpk_at_once(void **state)
{
    (void)state;
    pthread_t thread[4];
    double sum[4] = {0.0, 0.0, 0.0, 0.0};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, solve_in_thread, &sum[i]), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    double expected = 0.0;
    for (int t = 0; t < 200; t++)
        expected += fmin(20.0, 6.0 + t);
    for (int i = 0; i < 4; i++)
        assert_true(fabs(sum[i] - expected) < 1e-6);
}
