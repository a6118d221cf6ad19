/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/nelder_mead.h"

#include <math.h>
#include <string.h>

static const double flat_value = 1e-13, small_share = 1e-9;

enum { MOVES_PER_DIMENSION = 60, MOVE_COUNT = 4 };

/* Where the worst corner may go, along the line from it through the centre of the others. */
static const double move_length[MOVE_COUNT] = {1.0, 2.0, 0.5, -0.5};
enum move { REFLECTED, EXPANDED, CONTRACTED_OUTSIDE, CONTRACTED_INSIDE };

struct simplex {
    const struct search_problem *problem;
    double corner[SEARCH_DIMENSION_MAX + 1][SEARCH_DIMENSION_MAX];
    double value[SEARCH_DIMENSION_MAX + 1];
    int evaluation_count;
};

static double
inside(const struct search_problem *problem, int d, double x)
{
    return x < problem->low[d] ? problem->low[d] : x > problem->high[d] ? problem->high[d] : x;
}

/* Ask for points kept one SEARCH_DIMENSION_MAX apart. */
static enum status
ask(struct simplex *simplex, int count, double point[][SEARCH_DIMENSION_MAX], double *value,
    struct error *err)
{
    const struct search_problem *problem = simplex->problem;
    double packed[SEARCH_DIMENSION_MAX * SEARCH_DIMENSION_MAX];
    int dimension = problem->dimension;
    for (int i = 0; i < count; i++)
        memcpy(packed + i * dimension, point[i], sizeof(double) * (size_t)dimension);
    simplex->evaluation_count += count;
    return problem->evaluate(problem->context, count, packed, value, err);
}

/* Order corners from the best to the worst (insertion sort: they are nearly in order). */
static void
sort_corners(struct simplex *simplex)
{
    int count = simplex->problem->dimension + 1;
    for (int i = 1; i < count; i++) {
        double corner[SEARCH_DIMENSION_MAX], value = simplex->value[i];
        int j = i;
        memcpy(corner, simplex->corner[i], sizeof corner);
        for (; j > 0 && value < simplex->value[j - 1]; j--) {
            simplex->value[j] = simplex->value[j - 1];
            memcpy(simplex->corner[j], simplex->corner[j - 1], sizeof corner);
        }
        simplex->value[j] = value;
        memcpy(simplex->corner[j], corner, sizeof corner);
    }
}

static bool
is_done(const struct simplex *simplex)
{
    int dimension = simplex->problem->dimension;
    if (simplex->value[dimension] - simplex->value[0] <= flat_value)
        return true;
    for (int d = 0; d < dimension; d++) {
        double range = simplex->problem->high[d] - simplex->problem->low[d];
        for (int i = 1; i <= dimension; i++)
            if (fabs(simplex->corner[i][d] - simplex->corner[0][d]) > small_share * range)
                return false;
    }
    return true;
}

/* Draw all corners half the way to the best. */
static enum status
shrink(struct simplex *simplex, struct error *err)
{
    int dimension = simplex->problem->dimension;
    for (int i = 1; i <= dimension; i++)
        for (int d = 0; d < dimension; d++)
            simplex->corner[i][d] = 0.5 * (simplex->corner[i][d] + simplex->corner[0][d]);
    return ask(simplex, dimension, &simplex->corner[1], &simplex->value[1], err);
}

/* Which of the moves replaces the worst corner, -1: none, shrink. */
static int
choose_move(const struct simplex *simplex, const double *value)
{
    int dimension = simplex->problem->dimension;
    double worst = simplex->value[dimension], second = simplex->value[dimension - 1];
    if (value[REFLECTED] < simplex->value[0])
        return value[EXPANDED] < value[REFLECTED] ? EXPANDED : REFLECTED;
    if (value[REFLECTED] < second)
        return REFLECTED;
    if (value[REFLECTED] < worst)
        return value[CONTRACTED_OUTSIDE] <= value[REFLECTED] ? CONTRACTED_OUTSIDE : -1;
    return value[CONTRACTED_INSIDE] < worst ? CONTRACTED_INSIDE : -1;
}

static enum status
move_worst(struct simplex *simplex, struct error *err)
{
    const struct search_problem *problem = simplex->problem;
    int dimension = problem->dimension;
    double moved[MOVE_COUNT][SEARCH_DIMENSION_MAX], value[MOVE_COUNT];
    for (int d = 0; d < dimension; d++) {
        double centre = 0.0;
        for (int i = 0; i < dimension; i++)
            centre += simplex->corner[i][d] / dimension;
        for (int m = 0; m < MOVE_COUNT; m++)
            moved[m][d] = inside(
                problem, d, centre + move_length[m] * (centre - simplex->corner[dimension][d]));
    }
    enum status status = ask(simplex, MOVE_COUNT, moved, value, err);
    if (status != STATUS_OK)
        return status;
    int move = choose_move(simplex, value);
    if (move < 0)
        return shrink(simplex, err);
    simplex->value[dimension] = value[move];
    memcpy(simplex->corner[dimension], moved[move], sizeof moved[move]);
    return STATUS_OK;
}

enum status
nelder_mead(const struct search_problem *problem, const double *width, double *point, double *value,
            int *evaluation_count, struct error *err)
{
    struct simplex simplex = {.problem = problem};
    int dimension = problem->dimension;
    for (int i = 0; i <= dimension; i++) {
        memcpy(simplex.corner[i], point, sizeof(double) * (size_t)dimension);
        if (i == 0)
            continue;
        int d = i - 1;
        double shifted = point[d] + width[d];
        simplex.corner[i][d] = shifted <= problem->high[d] ? shifted : point[d] - width[d];
        simplex.corner[i][d] = inside(problem, d, simplex.corner[i][d]);
    }
    simplex.value[0] = *value;
    enum status status = ask(&simplex, dimension, &simplex.corner[1], &simplex.value[1], err);
    if (status == STATUS_OK)
        sort_corners(&simplex);
    for (int i = 0; i < MOVES_PER_DIMENSION * dimension && status == STATUS_OK; i++) {
        if (is_done(&simplex))
            break;
        status = move_worst(&simplex, err);
        if (status == STATUS_OK)
            sort_corners(&simplex);
    }
    *evaluation_count += simplex.evaluation_count;
    if (status == STATUS_OK && simplex.value[0] <= *value) {
        *value = simplex.value[0];
        memcpy(point, simplex.corner[0], sizeof(double) * (size_t)dimension);
    }
    return status;
}
