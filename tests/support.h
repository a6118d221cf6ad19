/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_SUPPORT_H
#define NGUON_TESTS_SUPPORT_H

/* What every test file needs: CMocka in the order it wants, and a comparison of doubles. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/** |actual - expected| <= max(relative x |expected|, absolute); NaN never passes. */
#define assert_close(actual, expected, relative, absolute)                                         \
    do {                                                                                           \
        double actual_ = (actual), expected_ = (expected);                                         \
        double tolerance_ = (relative)*fabs(expected_);                                            \
        if (tolerance_ < (absolute))                                                               \
            tolerance_ = (absolute);                                                               \
        if (!(fabs(actual_ - expected_) <= tolerance_))                                            \
            fail_msg("%s is %.17g, expected %.17g within %g", #actual, actual_, expected_,         \
                     tolerance_);                                                                  \
    } while (0)

#endif
