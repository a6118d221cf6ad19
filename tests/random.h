/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_RANDOM_H
#define NGUON_TESTS_RANDOM_H

#include <stdint.h>

/* Random numbers for tests, apart from those of the product: xorshift64* (Vigna 2016). */

static inline uint64_t
random_bits(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}

/** Uniform in [0, 1). */
static inline double
random_uniform(uint64_t *seed)
{
    return (double)(random_bits(seed) >> 11) * 0x1p-53;
}

/** A whole number in [0, count). */
static inline int
random_below(uint64_t *seed, int count)
{
    return (int)(random_bits(seed) % (uint64_t)count);
}

#endif
