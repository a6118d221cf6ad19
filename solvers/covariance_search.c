/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/global_search.h"

#include "solvers/philox.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * CMA-ES. Coordinates are shares of the box, so that all of them are of one size. Points outside
 * the box are moved to its edge before they are evaluated and learnt from, which lets optima on the
 * edge be reached exactly.
 */

enum { PARENTS_MOST = 512, STALLED_GENERATIONS = 120, POPULATIONS_MOST = 16 };
static const double first_step = 0.3;  /* of the width of the box */
static const double least_step = 1e-7; /* a population has converged */

/* One population under way; equations as numbered in Hansen (2016). */
struct swarm {
    const struct search_problem *problem;
    int n, lambda, mu;
    double weight[PARENTS_MOST];
    double mu_eff, c_sigma, d_sigma, c_c, c_1, c_mu, chi;
    double step;
    double *mean, *path_sigma, *path_c; /* [n] */
    double *covariance, *axes, *root;   /* [n][n], eigenvectors by columns; [n] square roots */
    double *point, *asked, *value;      /* [lambda][n] shares; in the box's units; [lambda] */
    int *order;                         /* [lambda] from the best on */
    double *scratch;                    /* [2 n] */
    struct philox_key key;
    uint32_t draw_i;
    gsl_matrix *matrix, *vectors;
    gsl_vector *values;
    gsl_eigen_symmv_workspace *eigen;
    void *memory;
};

/* Strategy parameters, table 1. */
static void
set_parameters(struct swarm *swarm)
{
    double n = swarm->n, sum = 0.0, squares = 0.0;
    swarm->mu = swarm->lambda / 2;
    for (int i = 0; i < swarm->mu; i++) {
        swarm->weight[i] = log(0.5 * (swarm->lambda + 1)) - log(i + 1.0);
        sum += swarm->weight[i];
    }
    for (int i = 0; i < swarm->mu; i++) {
        swarm->weight[i] /= sum;
        squares += swarm->weight[i] * swarm->weight[i];
    }
    double mu_eff = swarm->mu_eff = 1.0 / squares;
    swarm->c_sigma = (mu_eff + 2.0) / (n + mu_eff + 5.0);
    swarm->d_sigma = 1.0 + 2.0 * fmax(0.0, sqrt((mu_eff - 1.0) / (n + 1.0)) - 1.0) + swarm->c_sigma;
    swarm->c_c = (4.0 + mu_eff / n) / (n + 4.0 + 2.0 * mu_eff / n);
    swarm->c_1 = 2.0 / ((n + 1.3) * (n + 1.3) + mu_eff);
    swarm->c_mu = fmin(1.0 - swarm->c_1,
                       2.0 * (mu_eff - 2.0 + 1.0 / mu_eff) / ((n + 2.0) * (n + 2.0) + mu_eff));
    swarm->chi = sqrt(n) * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n));
}

static void
swarm_destroy(struct swarm *swarm)
{
    gsl_matrix_free(swarm->matrix);
    gsl_matrix_free(swarm->vectors);
    gsl_vector_free(swarm->values);
    gsl_eigen_symmv_free(swarm->eigen);
    free(swarm->memory);
    free(swarm->order);
}

static enum status
swarm_create(struct swarm *swarm, const struct search_problem *problem, int lambda,
             const struct philox_key *key, struct error *err)
{
    size_t n = (size_t)problem->dimension, count = (size_t)lambda;
    *swarm = (struct swarm){.problem = problem, .n = problem->dimension, .lambda = lambda};
    swarm->key = *key;
    double *next = swarm->memory = calloc(6 * n + 2 * n * n + (2 * n + 1) * count, sizeof(double));
    swarm->order = calloc(count, sizeof(int));
    swarm->matrix = gsl_matrix_alloc(n, n);
    swarm->vectors = gsl_matrix_alloc(n, n);
    swarm->values = gsl_vector_alloc(n);
    swarm->eigen = gsl_eigen_symmv_alloc(n);
    if (next == NULL || swarm->order == NULL || swarm->matrix == NULL || swarm->vectors == NULL ||
        swarm->values == NULL || swarm->eigen == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the search");
    double **arrays[] = {&swarm->mean, &swarm->path_sigma, &swarm->path_c, &swarm->root};
    for (int i = 0; i < 4; i++, next += n)
        *arrays[i] = next;
    swarm->scratch = next;
    swarm->covariance = next + 2 * n;
    swarm->axes = swarm->covariance + n * n;
    swarm->point = swarm->axes + n * n;
    swarm->asked = swarm->point + n * count;
    swarm->value = swarm->asked + n * count;
    set_parameters(swarm);
    swarm->step = first_step;
    for (size_t d = 0; d < n; d++) {
        swarm->mean[d] = philox_uniform(&swarm->key, swarm->draw_i++);
        swarm->covariance[d * n + d] = swarm->axes[d * n + d] = swarm->root[d] = 1.0;
    }
    return STATUS_OK;
}

/* New points: mean + step x axes x roots x normal, eq. 38-40. */
static void
sample(struct swarm *swarm)
{
    int n = swarm->n;
    double *normal = swarm->scratch;
    for (int k = 0; k < swarm->lambda; k++) {
        for (int d = 0; d < n; d++)
            normal[d] = swarm->root[d] * philox_normal(&swarm->key, swarm->draw_i++);
        for (int d = 0; d < n; d++) {
            double moved = 0.0;
            for (int e = 0; e < n; e++)
                moved += swarm->axes[d * n + e] * normal[e];
            double share = swarm->mean[d] + swarm->step * moved;
            share = share < 0.0 ? 0.0 : share > 1.0 ? 1.0 : share;
            swarm->point[k * n + d] = share;
            swarm->asked[k * n + d] =
                swarm->problem->low[d] + share * (swarm->problem->high[d] - swarm->problem->low[d]);
        }
    }
}

/* Best first; of equals the one drawn first. */
static void
rank_points(struct swarm *swarm)
{
    for (int k = 0; k < swarm->lambda; k++) {
        int place = k;
        while (place > 0 && swarm->value[k] < swarm->value[swarm->order[place - 1]]) {
            swarm->order[place] = swarm->order[place - 1];
            place--;
        }
        swarm->order[place] = k;
    }
}

/* The covariance from its paths and the best points, eq. 45-47. */
static void
adapt_covariance(struct swarm *swarm, const double *old_mean, double stalled)
{
    int n = swarm->n;
    double keep =
        1.0 - swarm->c_1 - swarm->c_mu + swarm->c_1 * stalled * swarm->c_c * (2.0 - swarm->c_c);
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double sum = 0.0;
            for (int k = 0; k < swarm->mu; k++) {
                const double *x = swarm->point + swarm->order[k] * n;
                sum += swarm->weight[k] * (x[i] - old_mean[i]) * (x[j] - old_mean[j]);
            }
            double value = keep * swarm->covariance[i * n + j] +
                           swarm->c_1 * swarm->path_c[i] * swarm->path_c[j] +
                           swarm->c_mu * sum / (swarm->step * swarm->step);
            swarm->covariance[i * n + j] = swarm->covariance[j * n + i] = value;
        }
}

/* C^(-1/2) (new mean - old mean) / step, for the path of the step, eq. 43. */
static void
whiten(const struct swarm *swarm, const double *moved, double *out)
{
    int n = swarm->n;
    for (int d = 0; d < n; d++)
        out[d] = 0.0;
    for (int e = 0; e < n; e++) {
        double along = 0.0;
        for (int d = 0; d < n; d++)
            along += swarm->axes[d * n + e] * moved[d];
        along /= swarm->root[e];
        for (int d = 0; d < n; d++)
            out[d] += swarm->axes[d * n + e] * along;
    }
}

static void
adapt(struct swarm *swarm, int generation)
{
    int n = swarm->n;
    double old_mean[SEARCH_DIMENSION_MAX], moved[SEARCH_DIMENSION_MAX];
    double white[SEARCH_DIMENSION_MAX], norm = 0.0;
    memcpy(old_mean, swarm->mean, (size_t)n * sizeof(double));
    for (int d = 0; d < n; d++) {
        swarm->mean[d] = 0.0;
        for (int k = 0; k < swarm->mu; k++)
            swarm->mean[d] += swarm->weight[k] * swarm->point[swarm->order[k] * n + d];
        moved[d] = (swarm->mean[d] - old_mean[d]) / swarm->step;
    }
    whiten(swarm, moved, white);
    double c = swarm->c_sigma, gain = sqrt(c * (2.0 - c) * swarm->mu_eff);
    for (int d = 0; d < n; d++) {
        swarm->path_sigma[d] = (1.0 - c) * swarm->path_sigma[d] + gain * white[d];
        norm += swarm->path_sigma[d] * swarm->path_sigma[d];
    }
    norm = sqrt(norm);
    double expected = swarm->chi * sqrt(1.0 - pow(1.0 - c, 2.0 * (generation + 1)));
    bool moves = norm / expected < 1.4 + 2.0 / (n + 1.0);
    double path_gain = moves ? sqrt(swarm->c_c * (2.0 - swarm->c_c) * swarm->mu_eff) : 0.0;
    for (int d = 0; d < n; d++)
        swarm->path_c[d] = (1.0 - swarm->c_c) * swarm->path_c[d] + path_gain * moved[d];
    adapt_covariance(swarm, old_mean, moves ? 0.0 : 1.0);
    swarm->step *= exp(fmin(1.0, c / swarm->d_sigma * (norm / swarm->chi - 1.0)));
    swarm->step = fmin(swarm->step, 1.0);
}

/* Axes and roots of the covariance; what rounding makes of the smallest is held above nothing. */
static enum status
find_axes(struct swarm *swarm, struct error *err)
{
    size_t n = (size_t)swarm->n;
    double largest = 0.0;
    for (size_t i = 0; i < n * n; i++)
        gsl_matrix_set(swarm->matrix, i / n, i % n, swarm->covariance[i]);
    if (gsl_eigen_symmv(swarm->matrix, swarm->values, swarm->vectors, swarm->eigen) != GSL_SUCCESS)
        return error_set(err, STATUS_NUMERIC, "the axes of the search were not found");
    for (size_t e = 0; e < n; e++)
        largest = fmax(largest, gsl_vector_get(swarm->values, e));
    for (size_t e = 0; e < n; e++) {
        swarm->root[e] = sqrt(fmax(gsl_vector_get(swarm->values, e), 1e-14 * largest));
        for (size_t d = 0; d < n; d++)
            swarm->axes[d * n + e] = gsl_matrix_get(swarm->vectors, d, e);
    }
    return STATUS_OK;
}

/* Keep the best of all points. @return whether there was a better one */
static bool
keep_best(const struct swarm *swarm, struct search_result *result)
{
    int best_k = swarm->order[0];
    if (!(swarm->value[best_k] < result->value))
        return false;
    result->value = swarm->value[best_k];
    memcpy(result->point, swarm->asked + best_k * swarm->n, (size_t)swarm->n * sizeof(double));
    return true;
}

/* Whether the population has shrunk to a point in all directions. */
static bool
is_small(const struct swarm *swarm)
{
    double longest = 0.0;
    for (int e = 0; e < swarm->n; e++)
        longest = fmax(longest, swarm->root[e]);
    return swarm->step * longest < least_step;
}

static enum status
evolve(struct swarm *swarm, const struct search_settings *settings, struct search_result *result,
       struct error *err)
{
    enum status status = STATUS_OK;
    int stalled = 0, most = STALLED_GENERATIONS + 30 * swarm->n / swarm->lambda;
    for (int g = 0; stalled < most && !is_small(swarm); g++) {
        if (result->evaluation_count + swarm->lambda > settings->evaluation_max)
            break;
        sample(swarm);
        TRY(swarm->problem->evaluate(swarm->problem->context, swarm->lambda, swarm->asked,
                                     swarm->value, err));
        result->evaluation_count += swarm->lambda;
        rank_points(swarm);
        stalled = keep_best(swarm, result) ? 0 : stalled + 1;
        if (settings->progress != NULL &&
            !settings->progress(settings->progress_context, result->evaluation_count,
                                result->value))
            TRY(error_set(err, STATUS_INTERRUPTED, "the search was interrupted"));
        adapt(swarm, g);
        TRY(find_axes(swarm, err));
    }
out:
    return status;
}

enum status
covariance_search(const struct search_problem *problem, const struct search_settings *settings,
                  struct search_result *result, struct error *err)
{
    enum status status = STATUS_OK;
    int lambda = settings->population_size > 0 ? settings->population_size
                                               : 4 + (int)(3.0 * log(problem->dimension));
    *result = (struct search_result){.value = INFINITY};
    for (int i = 0; i < settings->population_max && i < POPULATIONS_MOST && status == STATUS_OK;
         i++) {
        struct swarm swarm;
        struct philox_key key = {.seed = settings->seed,
                                 .realisation = (uint32_t)i,
                                 .site = philox_hash("covariance search")};
        lambda = lambda < 4 ? 4 : lambda > PARENTS_MOST ? PARENTS_MOST : lambda;
        status = swarm_create(&swarm, problem, lambda, &key, err);
        if (status == STATUS_OK)
            status = evolve(&swarm, settings, result, err);
        swarm_destroy(&swarm);
        result->population_count = i + 1;
        lambda *= 2;
        if (result->evaluation_count + lambda > settings->evaluation_max)
            break;
    }
    return status;
}
