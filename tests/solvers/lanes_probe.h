/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_SOLVERS_LANES_PROBE_H
#define NGUON_TESTS_SOLVERS_LANES_PROBE_H

/* The functions of lanes_math.h over arrays, compiled for each width. */

enum probe { PROBE_EXPM1, PROBE_EXP, PROBE_TANH, PROBE_LOG, PROBE_POW, PROBE_FLOOR };

/** count a multiple of 8; y is read by PROBE_POW only. */
typedef void probe_function(enum probe probe, int count, const double *x, const double *y,
                            double *out);

probe_function lanes_probe_1, lanes_probe_4, lanes_probe_8;

#endif
