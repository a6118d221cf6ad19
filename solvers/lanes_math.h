/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_LANES_MATH_H
#define NGUON_SOLVERS_LANES_MATH_H

#include "solvers/lanes.h"

/*
 * Elementary functions over lanes, by argument reduction and polynomials, with the same bits for
 * every width. Errors are in units in the last place of the result (one is 2^-52 relative), as
 * found against long double over the stated range in test_lanes_math.c.
 */

/* 1.5 x 2^52: added to a small number it leaves the nearest integer in the low bits. */
#define LANES_ROUNDER 6755399441055744.0

/* x = k ln 2 + r with |r| <= ln(2)/2: exp(r) - 1 and 2^k. ln 2 in two parts, the first with zeros
   at its end so that k times it is exact (Cody and Waite 1980). */
static inline vec
vec_reduce_exp(vec x, vec *power_of_two)
{
    const vec rounder = vec_all(LANES_ROUNDER);
    vec shifted = x * vec_all(1.4426950408889634074) + rounder;
    vec k = shifted - rounder;
    vec r = x - k * vec_all(6.93147180369123816490e-01);
    r = r - k * vec_all(1.90821492927058770002e-10);
    *power_of_two = vec_from_bits((vec_int)((vec_bits(shifted) << 52) + vec_bits(vec_all(1.0))));
    /* Taylor series to r^13; the next term is below 2^-54 of r. Halves of even and odd powers run
       side by side. */
    vec r2 = r * r;
    vec r4 = r2 * r2;
    vec low =
        vec_all(1.0 / 2) + r * vec_all(1.0 / 6) + r2 * (vec_all(1.0 / 24) + r * vec_all(1.0 / 120));
    vec middle = vec_all(1.0 / 720) + r * vec_all(1.0 / 5040) +
                 r2 * (vec_all(1.0 / 40320) + r * vec_all(1.0 / 362880));
    vec high = vec_all(1.0 / 3628800) + r * vec_all(1.0 / 39916800) +
               r2 * (vec_all(1.0 / 479001600) + r * vec_all(1.0 / 6227020800.0));
    return r + r2 * (low + r4 * (middle + r4 * high));
}

/** exp(x) - 1 for -36 <= x <= 700. Error at most 3 units in the last place. */
static inline vec
vec_expm1(vec x)
{
    vec power;
    vec part = vec_reduce_exp(x, &power);
    return power * part + (power - vec_all(1.0));
}

/** exp(x), of -700 or 700 where x is beyond. Error at most 2 units in the last place. */
static inline vec
vec_exp(vec x)
{
    vec power;
    x = vec_max(vec_min(x, vec_all(700.0)), vec_all(-700.0));
    vec part = vec_reduce_exp(x, &power);
    return power * part + power;
}

/** tanh(x) for 0 <= x <= 300. Error at most 4 units in the last place. */
static inline vec
vec_tanh(vec x)
{
    vec e = vec_expm1(x + x);
    return e / (e + vec_all(2.0));
}

/**
 * Natural logarithm of a normal positive number (2.3e-308 to 1.7e308). Error at most 2 units in the
 * last place. Reduction and polynomial of Tang (1990, ACM TOMS 16:378) as in FDLIBM's e_log.c:
 * x = 2^k (1 + f), s = f / (2 + f), log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)).
 */
static inline vec
vec_log(vec x)
{
    /* k: exponent of x over sqrt(1/2), so that 1 + f lies in [sqrt(1/2), sqrt(2)); biased by 1023
       while it is an unsigned integer */
    const vec_int one = vec_bits(vec_all(1.0));
    const vec_int root = vec_bits(vec_all(0.70710678118654752440));
    vec_int biased = (vec_bits(x) - root + one) >> 52;
    vec m = vec_from_bits((vec_int)(vec_bits(x) - (biased << 52) + one));
    vec k = vec_from_bits((vec_int)(biased + vec_bits(vec_all(LANES_ROUNDER)))) -
            vec_all(LANES_ROUNDER + 1023.0);
    vec f = m - vec_all(1.0);
    vec s = f / (vec_all(2.0) + f);
    vec z = s * s;
    vec w = z * z;
    vec even =
        w * (vec_all(3.999999999940941908e-01) +
             w * (vec_all(2.222219843214978396e-01) + w * vec_all(1.531383769920937332e-01)));
    vec odd =
        z * (vec_all(6.666666666666735130e-01) +
             w * (vec_all(2.857142874366239149e-01) +
                  w * (vec_all(1.818357216161805012e-01) + w * vec_all(1.479819860511658591e-01))));
    vec half_square = vec_all(0.5) * f * f;
    vec tail = s * (half_square + (even + odd)) + k * vec_all(1.90821492927058770002e-10);
    return k * vec_all(6.93147180369123816490e-01) - ((half_square - tail) - f);
}

/**
 * x to the power y for 0 <= x <= 1 and y > 0, as exp(y log x); 0 for x below 1e-300. The absolute
 * error is at most 4e-16: the relative error grows with |y log x|, as the result falls.
 */
static inline vec
vec_pow_share(vec x, vec y)
{
    const vec least = vec_all(1e-300);
    vec power = vec_exp(y * vec_log(vec_max(x, least)));
    return vec_if_less(x, least, vec_all(0.0), power);
}

/** Largest integer not above x, for |x| < 2^51. */
static inline vec
vec_floor(vec x)
{
    const vec rounder = vec_all(LANES_ROUNDER);
    vec nearest = (x + rounder) - rounder;
    return vec_if_less(x, nearest, nearest - vec_all(1.0), nearest);
}

#endif
