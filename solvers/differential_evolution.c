/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/global_search.h"

#include "solvers/nelder_mead.h"
#include "solvers/philox.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double crossover_rate = 0.9;
static const double scale_least = 0.5, scale_most = 0.9;
/* Two minima are at one place if no coordinate differs by more than this share of the box. */
static const double same_place_share = 0.02;

enum {
    LEAST_POPULATION = 40,
    STALLED_GENERATIONS = 400, /* without a better best: the population is done */
    LEAST_GENERATIONS = 20,
    POPULATIONS_MOST = 64
};

/* One population under way. */
struct population {
    const struct search_problem *problem;
    const struct search_settings *settings;
    int size;
    struct philox_key key;
    uint32_t draw_i;
    double *member, *value;      /* [size][dimension], [size] */
    double *trial, *trial_value; /* the same */
    int best_i;
    int stalled_count;
};

struct search_settings
search_settings_usual(uint64_t seed)
{
    return (struct search_settings){.seed = seed,
                                    .evaluation_max = 200000,
                                    .value_tolerance = 1e-9,
                                    .agree_tolerance = 1e-6,
                                    .population_max = 6};
}

static double
draw(struct population *population)
{
    return philox_uniform(&population->key, population->draw_i++);
}

/* A member other than those in `not_these`. */
static int
pick_other(struct population *population, const int *not_these, int count)
{
    for (;;) {
        int i = (int)(draw(population) * population->size);
        bool taken = i >= population->size;
        for (int j = 0; j < count; j++)
            taken = taken || i == not_these[j];
        if (!taken)
            return i;
    }
}

static enum status
population_create(struct population *population, const struct search_problem *problem,
                  const struct search_settings *settings, int population_i, struct error *err)
{
    int usual = 10 * problem->dimension;
    *population = (struct population){.problem = problem, .settings = settings};
    population->size = settings->population_size > 0 ? settings->population_size
                       : usual > LEAST_POPULATION    ? usual
                                                     : LEAST_POPULATION;
    if (population->size < 8)
        population->size = 8;
    population->key = (struct philox_key){.seed = settings->seed,
                                          .realisation = (uint32_t)population_i,
                                          .site = philox_hash("differential evolution")};
    size_t count = (size_t)population->size;
    size_t figures = count * (size_t)problem->dimension;
    population->member = malloc(figures * sizeof(double));
    population->trial = malloc(figures * sizeof(double));
    population->value = malloc(count * sizeof(double));
    population->trial_value = malloc(count * sizeof(double));
    if (population->member == NULL || population->trial == NULL || population->value == NULL ||
        population->trial_value == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the search");
    return STATUS_OK;
}

static void
population_destroy(struct population *population)
{
    free(population->member);
    free(population->trial);
    free(population->value);
    free(population->trial_value);
}

static void
find_best(struct population *population)
{
    for (int i = 0; i < population->size; i++)
        if (population->value[i] < population->value[population->best_i])
            population->best_i = i;
}

/* Members over the whole box, one in each slice of every coordinate (Latin hypercube). */
static void
scatter_members(struct population *population)
{
    const struct search_problem *problem = population->problem;
    int dimension = problem->dimension, size = population->size;
    for (int d = 0; d < dimension; d++) {
        for (int i = 0; i < size; i++)
            population->member[i * dimension + d] = i;
        for (int i = size - 1; i > 0; i--) { /* shuffle the slices */
            int j = (int)(draw(population) * (i + 1));
            double kept = population->member[i * dimension + d];
            population->member[i * dimension + d] = population->member[j * dimension + d];
            population->member[j * dimension + d] = kept;
        }
        for (int i = 0; i < size; i++) {
            double *x = &population->member[i * dimension + d];
            *x = problem->low[d] +
                 (problem->high[d] - problem->low[d]) * ((*x + draw(population)) / size);
        }
    }
}

/* rand/1/bin; a coordinate that leaves the box goes half the way from the base to its wall. */
static void
make_trials(struct population *population)
{
    const struct search_problem *problem = population->problem;
    int dimension = problem->dimension;
    for (int i = 0; i < population->size; i++) {
        int chosen[4] = {i};
        for (int j = 1; j < 4; j++)
            chosen[j] = pick_other(population, chosen, j);
        const double *a = population->member + chosen[1] * dimension;
        const double *b = population->member + chosen[2] * dimension;
        const double *c = population->member + chosen[3] * dimension;
        const double *own = population->member + i * dimension;
        double *trial = population->trial + i * dimension;
        double scale = scale_least + (scale_most - scale_least) * draw(population);
        int always = (int)(draw(population) * dimension);
        for (int d = 0; d < dimension; d++) {
            bool crosses = draw(population) < crossover_rate || d == always;
            trial[d] = crosses ? a[d] + scale * (b[d] - c[d]) : own[d];
            if (trial[d] < problem->low[d])
                trial[d] = 0.5 * (a[d] + problem->low[d]);
            if (trial[d] > problem->high[d])
                trial[d] = 0.5 * (a[d] + problem->high[d]);
        }
    }
}

static void
select_members(struct population *population)
{
    int dimension = population->problem->dimension;
    double before = population->value[population->best_i];
    for (int i = 0; i < population->size; i++) {
        if (!(population->trial_value[i] <= population->value[i]))
            continue;
        population->value[i] = population->trial_value[i];
        memcpy(population->member + i * dimension, population->trial + i * dimension,
               sizeof(double) * (size_t)dimension);
    }
    find_best(population);
    bool better = population->value[population->best_i] < before;
    population->stalled_count = better ? 0 : population->stalled_count + 1;
}

static bool
has_converged(const struct population *population)
{
    double best = population->value[population->best_i], worst = best;
    for (int i = 0; i < population->size; i++)
        worst = population->value[i] > worst ? population->value[i] : worst;
    return worst - best <= population->settings->value_tolerance ||
           population->stalled_count >= STALLED_GENERATIONS;
}

static bool
goes_on(const struct search_settings *settings, const struct search_result *result, double best)
{
    return settings->progress == NULL ||
           settings->progress(settings->progress_context, result->evaluation_count,
                              best < result->value ? best : result->value);
}

static enum status
evolve(struct population *population, struct search_result *result, struct error *err)
{
    const struct search_problem *problem = population->problem;
    const struct search_settings *settings = population->settings;
    enum status status = STATUS_OK;
    scatter_members(population);
    TRY(problem->evaluate(problem->context, population->size, population->member, population->value,
                          err));
    result->evaluation_count += population->size;
    find_best(population);
    for (int generation = 0;; generation++) {
        if (generation >= LEAST_GENERATIONS && has_converged(population))
            break;
        if (result->evaluation_count + population->size > settings->evaluation_max)
            break;
        make_trials(population);
        TRY(problem->evaluate(problem->context, population->size, population->trial,
                              population->trial_value, err));
        result->evaluation_count += population->size;
        select_members(population);
        if (!goes_on(settings, result, population->value[population->best_i]))
            TRY(error_set(err, STATUS_INTERRUPTED, "the search was interrupted"));
    }
out:
    return status;
}

/* Polish the best member; the first simplex is as wide as the population. */
static enum status
polish(struct population *population, double *point, double *value, int *evaluation_count,
       struct error *err)
{
    const struct search_problem *problem = population->problem;
    int dimension = problem->dimension;
    double width[SEARCH_DIMENSION_MAX];
    const double *best = population->member + population->best_i * dimension;
    for (int d = 0; d < dimension; d++) {
        double least = best[d], most = best[d];
        for (int i = 0; i < population->size; i++) {
            double x = population->member[i * dimension + d];
            least = x < least ? x : least;
            most = x > most ? x : most;
        }
        double narrowest = 1e-5 * (problem->high[d] - problem->low[d]);
        width[d] = most - least > narrowest ? most - least : narrowest;
    }
    memcpy(point, best, sizeof(double) * (size_t)dimension);
    *value = population->value[population->best_i];
    return nelder_mead(problem, width, point, value, evaluation_count, err);
}

/* The minima that the populations found. */
struct minima {
    int count;
    double value[POPULATIONS_MOST];
    double point[POPULATIONS_MOST][SEARCH_DIMENSION_MAX];
};

static bool
is_same_place(const struct search_problem *problem, const double *a, const double *b)
{
    for (int d = 0; d < problem->dimension; d++)
        if (fabs(a[d] - b[d]) > same_place_share * (problem->high[d] - problem->low[d]))
            return false;
    return true;
}

/* The best of the minima, and whether it was found often enough: twice at one place, or three times
   where the function is flat. */
static bool
compare(const struct search_problem *problem, const struct search_settings *settings,
        const struct minima *minima, struct search_result *result)
{
    int best_i = 0, same_place_count = 0;
    for (int i = 1; i < minima->count; i++)
        if (minima->value[i] < minima->value[best_i])
            best_i = i;
    result->value = minima->value[best_i];
    memcpy(result->point, minima->point[best_i], sizeof result->point);
    result->population_count = minima->count;
    result->agreeing_count = 0;
    for (int i = 0; i < minima->count; i++) {
        if (!(minima->value[i] <= result->value + settings->agree_tolerance))
            continue;
        result->agreeing_count++;
        same_place_count += is_same_place(problem, minima->point[i], result->point);
    }
    return same_place_count >= 2 || result->agreeing_count >= 3;
}

enum status
global_search(const struct search_problem *problem, const struct search_settings *settings,
              struct search_result *result, struct error *err)
{
    int most =
        settings->population_max < POPULATIONS_MOST ? settings->population_max : POPULATIONS_MOST;
    enum status status = STATUS_OK;
    struct minima *minima = calloc(1, sizeof *minima);
    bool is_sure = false;
    *result = (struct search_result){.value = INFINITY};
    if (minima == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the search");
    for (int i = 0; i < most && !is_sure; i++) {
        struct population population;
        status = population_create(&population, problem, settings, i, err);
        if (status == STATUS_OK)
            status = evolve(&population, result, err);
        if (status == STATUS_OK)
            status = polish(&population, minima->point[i], &minima->value[i],
                            &result->evaluation_count, err);
        population_destroy(&population);
        if (status != STATUS_OK)
            break;
        minima->count++;
        is_sure = compare(problem, settings, minima, result);
        if (result->evaluation_count >= settings->evaluation_max - population.size)
            break;
    }
    free(minima);
    if (status == STATUS_OK && most > 1 && !is_sure)
        status = error_set(err, STATUS_NO_CONVERGENCE,
                           "%d populations and %d evaluations did not find one minimum twice",
                           result->population_count, result->evaluation_count);
    return status;
}
