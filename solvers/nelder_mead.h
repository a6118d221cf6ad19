/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_NELDER_MEAD_H
#define NGUON_SOLVERS_NELDER_MEAD_H

#include "solvers/global_search.h"

/**
 * Improve a point by the simplex method of Nelder and Mead (1965, Comput. J. 7:308-313), inside the
 * box. Reflection, expansion and both contractions of a move are asked for together, so that a
 * caller with lanes answers them at the price of one. Ends when the simplex is flat (1e-13) or
 * small (1e-9 of the box), or after 60 moves for each dimension.
 *
 * @param[in]     width  [dimension] of the first simplex
 * @param[in,out] point, value  the start and its value, and the best found
 * @param[in,out] evaluation_count  added to
 */
enum status nelder_mead(const struct search_problem *problem, const double *width, double *point,
                        double *value, int *evaluation_count, struct error *err);

#endif
