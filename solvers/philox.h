/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_PHILOX_H
#define NGUON_SOLVERS_PHILOX_H

#include <stdint.h>

/**
 * Counter-based random numbers, Philox4x32-10 (Salmon et al. 2011, SC'11): a draw is a pure
 * function of its key, so that no result depends on the order, the thread or the size of an
 * ensemble.
 */
struct philox_key {
    uint64_t seed;
    uint32_t realisation; /**< weather realisation, never a scenario or thread number */
    uint32_t site;        /**< hash of the site's id (philox_hash) */
    uint32_t variable;    /**< which quantity of the site */
};

/** Four independent 32-bit words of draw number draw_i. */
void philox_words(const struct philox_key *key, uint32_t draw_i, uint32_t words[4]);

/** Uniform in the open interval (0,1), 53 bits. */
double philox_uniform(const struct philox_key *key, uint32_t draw_i);

/** Standard normal: the inverse distribution function (gsl_cdf_ugaussian_Pinv) of philox_uniform.
 */
double philox_normal(const struct philox_key *key, uint32_t draw_i);

/** 32-bit FNV-1a of a text, to key streams by id and not by position in a file. */
uint32_t philox_hash(const char *text);

#endif
