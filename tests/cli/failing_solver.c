/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/lp_private.h"

#include <math.h>

/*
 * Linked in place of lp_solve (-Wl,--wrap) into a program made for the tests: it cannot solve a
 * step in which something may be 77,777 m3, of which no demand takes a drop and for which no drop
 * is there, and gives up on one with 88,888 m3.
 */

enum lp_outcome __wrap_lp_solve(struct lp *lp, struct lp_certificate *certificate);
enum lp_outcome __real_lp_solve(struct lp *lp, struct lp_certificate *certificate);

static int
find_upper(const struct lp *lp, double upper_m3)
{
    for (int j = 0; j < lp->column_count; j++)
        if (fabs(lp->upper[j] - upper_m3) < 1e-6)
            return j;
    return -1;
}

enum lp_outcome
__wrap_lp_solve(struct lp *lp, struct lp_certificate *certificate)
{
    int column_j = find_upper(lp, 77777.0);
    if (column_j >= 0)
        for (int j = 0; j < lp->column_count; j++)
            if (j != column_j)
                lp_set_bounds(lp, j, 0.0, 0.0);
    if (column_j >= 0)
        lp_set_bounds(lp, column_j, 77777.0, 77777.0);
    return find_upper(lp, 88888.0) >= 0 ? LP_FAILED : __real_lp_solve(lp, certificate);
}
