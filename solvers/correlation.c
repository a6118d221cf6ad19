/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/correlation.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_statistics_double.h>

#include <math.h>
#include <string.h>

double
correlation(int count, const double *x, int x_stride, const double *y, int y_stride)
{
    double r = gsl_stats_correlation(x, (size_t)x_stride, y, (size_t)y_stride, (size_t)count);
    return isfinite(r) ? r : 0.0;
}

/* V max(lambda, least) V', back on the old diagonal. */
static void
rebuild(int size, const gsl_vector *lambda, const gsl_matrix *v, double least, double *matrix)
{
    for (int i = 0; i < size; i++)
        for (int j = 0; j < i; j++) {
            double sum = 0.0, of_i = 0.0, of_j = 0.0;
            for (int k = 0; k < size; k++) {
                double raised = fmax(least, gsl_vector_get(lambda, (size_t)k));
                double vi = gsl_matrix_get(v, (size_t)i, (size_t)k);
                double vj = gsl_matrix_get(v, (size_t)j, (size_t)k);
                sum += raised * vi * vj;
                of_i += raised * vi * vi;
                of_j += raised * vj * vj;
            }
            double scale = sqrt(matrix[i * size + i] / of_i) * sqrt(matrix[j * size + j] / of_j);
            matrix[i * size + j] = matrix[j * size + i] = sum * scale;
        }
}

enum status
make_positive_definite(int size, double *matrix, bool *repaired, struct error *err)
{
    static const double least_share = 1e-8;
    size_t n = (size_t)size;
    gsl_matrix *copy = gsl_matrix_alloc(n, n), *v = gsl_matrix_alloc(n, n);
    gsl_vector *lambda = gsl_vector_alloc(n);
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(n);
    enum status status = STATUS_OK;
    *repaired = false;
    if (copy == NULL || v == NULL || lambda == NULL || workspace == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for a correlation matrix"));
    double largest = 0.0;
    for (int i = 0; i < size; i++)
        largest = fmax(largest, matrix[i * size + i]);
    for (int i = 0; i < size; i++) { /* a variance that is not positive has no correlations */
        if (matrix[i * size + i] > least_share * largest)
            continue;
        for (int j = 0; j < size; j++)
            matrix[i * size + j] = matrix[j * size + i] = 0.0;
        matrix[i * size + i] = least_share * fmax(largest, 1e-300);
        *repaired = true;
    }
    memcpy(copy->data, matrix, n * n * sizeof(double));
    if (gsl_eigen_symmv(copy, lambda, v, workspace) != GSL_SUCCESS)
        TRY(error_set(err, STATUS_NUMERIC, "no eigenvalues of a correlation matrix"));
    double least = least_share * gsl_vector_max(lambda);
    if (gsl_vector_min(lambda) >= least)
        goto out;
    *repaired = true;
    rebuild(size, lambda, v, least, matrix);
out:
    gsl_matrix_free(copy);
    gsl_matrix_free(v);
    gsl_vector_free(lambda);
    gsl_eigen_symmv_free(workspace);
    return status;
}

enum status
cholesky_lower(int size, const double *matrix, double *lower, struct error *err)
{
    size_t n = (size_t)size;
    memcpy(lower, matrix, n * n * sizeof(double));
    gsl_matrix_view view = gsl_matrix_view_array(lower, n, n);
    if (gsl_linalg_cholesky_decomp1(&view.matrix) != GSL_SUCCESS)
        return error_set(err, STATUS_NUMERIC, "a correlation matrix is not positive definite");
    for (int i = 0; i < size; i++)
        for (int j = i + 1; j < size; j++)
            lower[i * size + j] = 0.0;
    return STATUS_OK;
}

enum status
invert_positive_definite(int size, const double *matrix, double *inverse, struct error *err)
{
    size_t n = (size_t)size;
    memcpy(inverse, matrix, n * n * sizeof(double));
    gsl_matrix_view view = gsl_matrix_view_array(inverse, n, n);
    if (gsl_linalg_cholesky_decomp1(&view.matrix) != GSL_SUCCESS ||
        gsl_linalg_cholesky_invert(&view.matrix) != GSL_SUCCESS)
        return error_set(err, STATUS_NUMERIC, "a correlation matrix is not positive definite");
    return STATUS_OK;
}
