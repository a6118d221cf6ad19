/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/lp_private.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/*
 * CPLEX LP format as GLPK reads it (GLPK reference manual, appendix "CPLEX LP format"). 17
 * significant digits, so that a reader gets the very same numbers.
 */

#define NAME_LENGTH_MAX 255
#define TERMS_PER_LINE 4

/** A name the format allows: not like a number, no operator in it. */
static bool
name_is_legal(const char *name)
{
    static const char symbols[] = "!\"#$%&(),.;?@_`'{}~";
    size_t length = strlen(name);
    if (length == 0 || length > NAME_LENGTH_MAX)
        return false;
    if (name[0] == '.' || isdigit((unsigned char)name[0]))
        return false;
    /* e12 reads as an exponent for some programs */
    if ((name[0] == 'e' || name[0] == 'E') && (length == 1 || isdigit((unsigned char)name[1])))
        return false;
    for (const char *c = name; *c != '\0'; c++) {
        bool plain =
            (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9');
        if (!plain && strchr(symbols, *c) == NULL)
            return false;
    }
    return true;
}

static void
write_name(FILE *file, const char *const *names, int column_j)
{
    if (names != NULL)
        fprintf(file, " %s", names[column_j]);
    else
        fprintf(file, " x%d", column_j);
}

static void
write_term(FILE *file, double factor, const char *const *names, int column_j)
{
    fprintf(file, " %c %.17g", signbit(factor) ? '-' : '+', fabs(factor));
    write_name(file, names, column_j);
}

/*
 * What a stepped column costs beyond the cost of its first part: columns NAME'1 .. NAME'(n-1) for
 * the parts above it, as far as the level has a step at all. The volume that they do not take is
 * held within the first part by a row of its own; the least cost fills them from below.
 */
static double
step_cost_of(const struct lp *lp, int level, int column_j)
{
    if (lp->step_count[column_j] == 1)
        return 0.0;
    return lp->step_cost[(size_t)level * (size_t)lp->column_count + (size_t)column_j];
}

static void
write_part(FILE *file, double factor, const char *const *names, int column_j, int part)
{
    write_term(file, factor, names, column_j);
    fprintf(file, "'%d", part);
}

static double
part_width(const struct lp *lp, int column_j)
{
    return (lp->upper[column_j] - lp->lower[column_j]) / lp->step_count[column_j];
}

static void
write_step_costs(FILE *file, const struct lp *lp, int level, const char *const *names)
{
    for (int j = 0; j < lp->column_count; j++) {
        double step_cost = step_cost_of(lp, level, j);
        for (int part = 1; part < lp->step_count[j] && step_cost > 0.0; part++) {
            fprintf(file, part % TERMS_PER_LINE == 1 ? "\n  " : "");
            write_part(file, part * step_cost, names, j, part);
        }
    }
}

static void
write_step_rows(FILE *file, const struct lp *lp, int level, const char *const *names)
{
    for (int j = 0; j < lp->column_count; j++) {
        if (!(step_cost_of(lp, level, j) > 0.0))
            continue;
        fprintf(file, " s%d:", j);
        write_term(file, 1.0, names, j);
        for (int part = 1; part < lp->step_count[j]; part++) {
            fprintf(file, part % TERMS_PER_LINE == 0 ? "\n  " : "");
            write_part(file, -1.0, names, j, part);
        }
        fprintf(file, " <= %.17g\n", lp->lower[j] + part_width(lp, j));
    }
}

static void
write_step_bounds(FILE *file, const struct lp *lp, int level, const char *const *names)
{
    for (int j = 0; j < lp->column_count; j++)
        for (int part = 1; part < lp->step_count[j] && step_cost_of(lp, level, j) > 0.0; part++) {
            fprintf(file, " 0 <=");
            write_name(file, names, j);
            fprintf(file, "'%d <= %.17g\n", part, part_width(lp, j));
        }
}

/** Every column is named, with 0 if need be, so that readers number the columns as we do. */
static void
write_objective(FILE *file, const struct lp *lp, int level, const char *const *names)
{
    const double *cost = lp->cost + (size_t)level * (size_t)lp->column_count;
    fprintf(file, "Minimize\n level%d:", level);
    for (int j = 0; j < lp->column_count; j++) {
        if (j > 0 && j % TERMS_PER_LINE == 0)
            fprintf(file, "\n  ");
        write_term(file, cost[j], names, j);
    }
    write_step_costs(file, lp, level, names);
    fprintf(file, "\n");
}

/** Scans the whole matrix for each row: a file for a human may take its time. */
static void
write_rows(FILE *file, const struct lp *lp, const char *const *names)
{
    fprintf(file, "Subject To\n");
    for (int i = 0; i < lp->row_count; i++) {
        int term_count = 0;
        fprintf(file, " r%d:", i);
        for (int j = 0; j < lp->column_count; j++) {
            for (int e = lp->column_start[j]; e < lp->column_start[j + 1]; e++) {
                if (lp->row_index[e] != i)
                    continue;
                if (term_count > 0 && term_count % TERMS_PER_LINE == 0)
                    fprintf(file, "\n  ");
                write_term(file, lp->coefficient[e], names, j);
                term_count++;
            }
        }
        if (term_count == 0)
            write_term(file, 0.0, names, 0);
        fprintf(file, " = %.17g\n", lp->rhs[i]);
    }
}

static void
write_bounds(FILE *file, const struct lp *lp, const char *const *names)
{
    fprintf(file, "Bounds\n");
    for (int j = 0; j < lp->column_count; j++) {
        double lower = lp->lower[j];
        double upper = lp->upper[j];
        if (isinf(lower) && isinf(upper)) {
            write_name(file, names, j);
            fprintf(file, " free\n");
            continue;
        }
        if (!(lower < upper)) {
            write_name(file, names, j);
            fprintf(file, " = %.17g\n", lower);
            continue;
        }
        if (isinf(lower))
            fprintf(file, " -inf <=");
        else
            fprintf(file, " %.17g <=", lower);
        write_name(file, names, j);
        if (!isinf(upper))
            fprintf(file, " <= %.17g", upper);
        fprintf(file, "\n");
    }
}

enum status
lp_write(const struct lp *lp, int level, const char *path, const char *const *column_names,
         struct error *err)
{
    if (lp == NULL || path == NULL || level < 0 || level >= lp->level_count)
        return error_set(err, STATUS_INPUT, "LP: no level %d to write", level);
    if (column_names != NULL) {
        for (int j = 0; j < lp->column_count; j++) {
            if (column_names[j] == NULL || !name_is_legal(column_names[j]))
                return error_set(err, STATUS_INPUT, "LP: name of column %d is not allowed: '%s'", j,
                                 column_names[j] == NULL ? "" : column_names[j]);
        }
    }
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return error_set(err, STATUS_FILE_WRITE, "%s: %s", path, strerror(errno));
    write_objective(file, lp, level, column_names);
    write_rows(file, lp, column_names);
    write_step_rows(file, lp, level, column_names);
    write_bounds(file, lp, column_names);
    write_step_bounds(file, lp, level, column_names);
    fprintf(file, "End\n");
    bool failed = ferror(file) != 0;
    failed = fclose(file) != 0 || failed;
    if (failed)
        return error_set(err, STATUS_FILE_WRITE, "%s: %s", path, strerror(errno));
    return STATUS_OK;
}
