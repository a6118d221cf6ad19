/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/philox.h"

#include <gsl/gsl_cdf.h>

/* Multipliers and Weyl key increments of Philox4x32, Salmon et al. 2011, section 3.3. */
#define MULTIPLIER_0 UINT64_C(0xD2511F53)
#define MULTIPLIER_1 UINT64_C(0xCD9E8D57)
#define WEYL_0 UINT32_C(0x9E3779B9)
#define WEYL_1 UINT32_C(0xBB67AE85)

enum { ROUND_COUNT = 10 };

/* The counter is (draw, realisation, site, variable), the key the seed, low word first. */
void
philox_words(const struct philox_key *key, uint32_t draw_i, uint32_t words[4])
{
    uint32_t c0 = draw_i;
    uint32_t c1 = key->realisation;
    uint32_t c2 = key->site;
    uint32_t c3 = key->variable;
    uint32_t k0 = (uint32_t)(key->seed & UINT32_MAX);
    uint32_t k1 = (uint32_t)(key->seed >> 32);
    for (int round = 0; round < ROUND_COUNT; round++) {
        uint64_t product_0 = MULTIPLIER_0 * c0;
        uint64_t product_1 = MULTIPLIER_1 * c2;
        c0 = (uint32_t)(product_1 >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(product_0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)(product_1 & UINT32_MAX);
        c3 = (uint32_t)(product_0 & UINT32_MAX);
        k0 += WEYL_0;
        k1 += WEYL_1;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
}

/*
 * An odd multiple of 2^-53: exact in a double, never 0 or 1 (n + 1/2 with 53 random bits would
 * round to 1), and symmetric about 1/2.
 */
double
philox_uniform(const struct philox_key *key, uint32_t draw_i)
{
    uint32_t words[4];
    philox_words(key, draw_i, words);
    uint64_t bits = ((uint64_t)words[0] << 32 | words[1]) >> 12;
    return (double)(2 * bits + 1) * 0x1p-53;
}

double
philox_normal(const struct philox_key *key, uint32_t draw_i)
{
    return gsl_cdf_ugaussian_Pinv(philox_uniform(key, draw_i));
}

/* Offset basis and prime: Fowler, Noll, Vo; RFC 9923, section 5. */
uint32_t
philox_hash(const char *text)
{
    uint32_t hash = UINT32_C(0x811C9DC5);
    for (const char *at = text; *at != '\0'; at++) {
        hash ^= (unsigned char)*at;
        hash *= UINT32_C(0x01000193);
    }
    return hash;
}
