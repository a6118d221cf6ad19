/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/simplex.h"

#include <math.h>

/* The dual ratio test. */

/** A pivot below this part of its row is avoided when a passed-over column offers a better one. */
#define PIVOT_POOR 1e-6

/* ---- tableau row ------------------------------------------------------------------------- */

/**
 * Row of B^-1 A through the non-zeros of the row of B^-1 only, for the columns that could enter.
 * The row of B^-1 stays at hand in inverse_row and inverse_index.
 */
void
simplex_tableau_row(struct simplex *s, int position)
{
    for (int c = 0; c < s->row_list_count; c++) {
        s->alpha_row[s->row_list[c]] = 0.0;
        s->mark[s->row_list[c]] = 0;
    }
    int count = basis_row(&s->basis, position, s->inverse_index, &s->inverse_row);
    int list_count = 0;
    double scale = 0.0;
    for (int c = 0; c < count; c++) {
        int i = s->inverse_index[c];
        double factor = s->inverse_row[i];
        double size = fabs(factor) * s->row_size[i];
        scale = size > scale ? size : scale;
        for (int e = s->row_start[i]; e < s->row_start[i + 1]; e++) {
            int j = s->row_column[e];
            if (s->state[j] <= COLUMN_FIXED)
                continue;
            s->alpha_row[j] += factor * s->row_coefficient[e];
            s->row_list[list_count] = j;
            list_count += !s->mark[j];
            s->mark[j] = 1;
        }
    }
    s->inverse_count = count;
    s->row_list_count = list_count;
    s->alpha_scale = scale;
    s->leaving = s->basic[position];
}

/* ---- candidates -------------------------------------------------------------------------- */

/** Which way a column has to move to push the leaving variable towards its bound; 0: it cannot. */
static int
useful_move(const struct simplex *s, int column_j, double push, double zero)
{
    if (!(fabs(push) > zero))
        return 0;
    int move = push > 0.0 ? 1 : -1;
    switch (s->state[column_j]) {
    case COLUMN_LOWER:
        return move > 0 ? 1 : 0;
    case COLUMN_UPPER:
        return move < 0 ? -1 : 0;
    default:
        return move;
    }
}

/** Part that a column enters by a move from where it stands. */
static int
entered_part(const struct simplex *s, int column_j, int move)
{
    if (s->state[column_j] == COLUMN_UPPER)
        return s->lp->step_count[column_j] - 1;
    return s->segment[column_j] - (move < 0 && s->state[column_j] == COLUMN_STEP);
}

/** First digit of the candidate's cost; a sign that rounding has turned counts as zero. */
static void
set_lead(const struct simplex *s, struct candidate *candidate)
{
    double value;
    int lead = simplex_lead(s, candidate->column, candidate->segment, &value);
    candidate->cost = candidate->move * value;
    candidate->lead = candidate->cost < 0.0 ? s->digit_count : lead;
}

/** Parts that the leaving column could still go on by instead of leaving. */
static int
parts_ahead(const struct simplex *s, double direction)
{
    int p = s->leaving;
    if (p == SIMPLEX_LOGICAL || s->step_row[p] < 0)
        return 0;
    return direction < 0.0 ? s->lp->step_count[p] - 1 - s->segment[p] : s->segment[p];
}

/** Columns that can push the leaving variable towards its bound and stay dual feasible. */
static void
gather_candidates(struct simplex *s, double direction)
{
    double zero = SIMPLEX_ALPHA_ZERO * s->alpha_scale;
    int count = 0;
    for (int c = 0; c < s->row_list_count; c++) {
        int j = s->row_list[c];
        int move = useful_move(s, j, -direction * s->alpha_row[j], zero);
        if (move == 0)
            continue;
        struct candidate *candidate = &s->candidate[count++];
        *candidate = (struct candidate){.column = j,
                                        .segment = entered_part(s, j, move),
                                        .move = move,
                                        .size = fabs(s->alpha_row[j])};
        set_lead(s, candidate);
    }
    if (parts_ahead(s, direction) > 0) {
        const double *step =
            s->step_cost + (size_t)s->step_row[s->leaving] * (size_t)s->digit_stride;
        struct candidate *candidate = &s->candidate[count++];
        *candidate = (struct candidate){
            .column = s->leaving, .segment = 1, .move = direction < 0.0 ? 1 : -1, .size = 1.0};
        while (candidate->lead < s->digit_count && step[candidate->lead] == 0.0)
            candidate->lead++;
        candidate->cost = step[candidate->lead];
    }
    s->candidate_count = count;
}

/** Size of one digit of a candidate's reduced cost, not negative on its first. */
static double
cost_size(const struct simplex *s, const struct candidate *candidate, int digit)
{
    if (candidate->column == s->leaving)
        return candidate->segment *
               s->step_cost[(size_t)s->step_row[s->leaving] * (size_t)s->digit_stride +
                            (size_t)digit];
    return candidate->move * simplex_reduced(s, candidate->column, candidate->segment, digit);
}

/** The order of two candidates whose costs have the same first digit and equal ratios on it. */
static int
compare_rest(const struct simplex *s, const struct candidate *j, const struct candidate *q,
             double factor)
{
    for (int k = q->lead + 1; k < s->digit_count; k++) {
        double rest = cost_size(s, j, k) - factor * cost_size(s, q, k);
        if (rest > s->digit_zero[k])
            return 1;
        if (rest < -s->digit_zero[k])
            return -1;
    }
    return 0;
}

/**
 * Lexicographic order of |d_j| / |alpha_j| against |d_q| / |alpha_q|. Two ratios are equal on a
 * digit when the reduced cost that j would keep after q enters counts as zero, so that this test
 * and the prices never disagree.
 */
static inline int
compare_ratio(const struct simplex *s, const struct candidate *j, const struct candidate *q)
{
    if (j->lead != q->lead)
        return j->lead > q->lead ? -1 : 1;
    if (q->lead == s->digit_count)
        return 0;
    double factor = j->size / q->size;
    double rest = j->cost - factor * q->cost;
    if (rest > s->digit_zero[q->lead])
        return 1;
    if (rest < -s->digit_zero[q->lead])
        return -1;
    return compare_rest(s, j, q, factor);
}

static void
swap_candidates(struct candidate *a, struct candidate *b)
{
    struct candidate keep = *a;
    *a = *b;
    *b = keep;
}

/** Moves the candidates with the smallest ratio to the end of the list; returns where they begin.
 */
static int
smallest_group(struct simplex *s)
{
    struct candidate *candidate = s->candidate;
    int best = 0;
    bool tied = false; /* some other candidate has the ratio of the best */
    for (int c = 1; c < s->candidate_count; c++) {
        int order = compare_ratio(s, &candidate[c], &candidate[best]);
        best = order < 0 ? c : best;
        tied = order == 0 || (tied && order > 0);
    }
    int begin = s->candidate_count - 1;
    swap_candidates(&candidate[best], &candidate[begin]);
    const struct candidate smallest = candidate[begin];
    for (int c = 0; c < begin && tied;) {
        if (compare_ratio(s, &candidate[c], &smallest) > 0)
            c++;
        else
            swap_candidates(&candidate[c], &candidate[--begin]);
    }
    return begin;
}

/**
 * The leaving column itself if it can step on, else the largest pivot of a group, the lowest column
 * among equals; under Bland's rule the lowest.
 */
static const struct candidate *
best_of_group(const struct simplex *s, int begin)
{
    const struct candidate *best = &s->candidate[begin];
    for (int c = begin; c < s->candidate_count; c++) {
        const struct candidate *j = &s->candidate[c];
        if (j->column == s->leaving)
            return j;
        double size = s->bland ? 0.0 : j->size;
        double best_size = s->bland ? 0.0 : best->size;
        if (size > best_size || (!(size < best_size) && j->column < best->column))
            best = j;
    }
    return best;
}

/** Infeasibility that the next parts of a group would remove. */
static double
group_slope(const struct simplex *s, int begin)
{
    double slope = 0.0;
    for (int c = begin; c < s->candidate_count; c++)
        slope += s->candidate[c].size * simplex_part_width(s, s->candidate[c].column);
    return slope;
}

/** The candidate has passed a part. False: there is none after it. */
static bool
advance(const struct simplex *s, struct candidate *candidate, int ahead)
{
    if (candidate->column == s->leaving) {
        candidate->cost = cost_size(s, candidate, candidate->lead) * (candidate->segment + 1) /
                          candidate->segment;
        return ++candidate->segment <= ahead;
    }
    candidate->segment += candidate->move;
    if (candidate->segment < 0 || candidate->segment >= s->lp->step_count[candidate->column])
        return false;
    set_lead(s, candidate);
    return true;
}

/** All of a group pass a part; those that have another one stay candidates. */
static void
pass_group(struct simplex *s, int begin, int ahead)
{
    int keep = begin;
    for (int c = begin; c < s->candidate_count; c++) {
        struct candidate candidate = s->candidate[c];
        s->flip[s->flip_count++] = (struct flip){candidate.column, candidate.move};
        if (advance(s, &candidate, ahead))
            s->candidate[keep++] = candidate;
    }
    s->candidate_count = keep;
}

/*
 * Long-step (bound flipping) ratio test, Maros 2003 and Koberstein 2005: go
 * through the breakpoints in lexicographic order; as long as passing a group of parts leaves the
 * row infeasible on the same side, pass it and go on. The step ends in the group that would
 * overshoot.
 */
struct entering
simplex_ratio_test(struct simplex *s, double direction, double infeasibility, double tolerance)
{
    struct entering result = {.shortfall = infeasibility};
    int ahead = parts_ahead(s, direction);
    s->flip_count = 0;
    gather_candidates(s, direction);
    while (s->candidate_count > 0) {
        int begin = smallest_group(s);
        const struct candidate *best = best_of_group(s, begin);
        double slope = s->bland ? (double)INFINITY : group_slope(s, begin);
        double fallback_size = result.has_fallback ? result.fallback.size : 0.0;
        if (!(result.shortfall - slope > tolerance)) {
            result.found = true;
            result.chosen = *best;
            if (best->size < PIVOT_POOR * s->alpha_scale &&
                fallback_size > best->size / PIVOT_POOR) {
                result.chosen = result.fallback;
                s->flip_count = result.fallback_flip;
            }
            return result;
        }
        if (best->size >= fallback_size) {
            result.has_fallback = true;
            result.fallback = *best;
            result.fallback_flip = s->flip_count;
        }
        pass_group(s, begin, ahead);
        result.shortfall -= slope;
    }
    return result;
}
