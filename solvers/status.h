/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_STATUS_H
#define NGUON_SOLVERS_STATUS_H

#include <stdarg.h>
#include <stddef.h>

/**
 * Outcome of every function that can fail. Numbers are stable: users cite them.
 * The hundreds name the family, and with it the exit code of the program:
 * 100 usage and 200 input -> 2, 300 numerical -> 3, 400 files and 900 memory -> 4.
 */
#define STATUS_LIST(X)                                                                             \
    X(STATUS_OK, 0, "done")                                                                        \
    X(STATUS_USAGE, 100, "bad usage")                                                              \
    X(STATUS_INPUT, 200, "bad input")                                                              \
    X(STATUS_NUMERIC, 300, "numerical failure")                                                    \
    X(STATUS_NO_CONVERGENCE, 301, "iteration limit reached")                                       \
    X(STATUS_INFEASIBLE, 302, "no feasible solution")                                              \
    X(STATUS_NOT_FINITE, 303, "a value is not finite")                                             \
    X(STATUS_BALANCE, 304, "the water balance does not close")                                     \
    X(STATUS_FILE, 400, "file error")                                                              \
    X(STATUS_FILE_WRITE, 401, "cannot write")                                                      \
    X(STATUS_INTERRUPTED, 402, "interrupted")                                                      \
    X(STATUS_MEMORY, 900, "out of memory")

#define STATUS_ENUM_ENTRY(name, number, text) name = number,
enum status { STATUS_LIST(STATUS_ENUM_ENTRY) };
#undef STATUS_ENUM_ENTRY

/** A message for a human; owned by the caller, filled by the function that failed first. */
struct error {
    enum status status;
    char text[2048];
};

/** Constant text of a status, for example "bad input". Never NULL. */
const char *status_text(enum status status);

/** Exit code of the program for a status: 0, 2, 3 or 4 (see STATUS_LIST). */
int status_exit_code(enum status status);

/**
 * Store a formatted message in err (err may be NULL) and return status, so that a caller writes
 * `return error_set(err, STATUS_INPUT, "...")`. A message that is already there is kept: the first
 * cause is the one worth reading.
 */
enum status error_set(struct error *err, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** The only control-flow macro: jump to `out` with `status` set when an expression fails. */
#define TRY(expression)                                                                            \
    do {                                                                                           \
        status = (expression);                                                                     \
        if (status != STATUS_OK)                                                                   \
            goto out;                                                                              \
    } while (0)

#endif
