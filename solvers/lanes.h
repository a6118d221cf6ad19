/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SOLVERS_LANES_H
#define NGUON_SOLVERS_LANES_H

/*
 * One kernel source for every width of the processor. A file that includes this header is compiled
 * once for each width, with LANES (1, 4 or 8) defined by the build; `vec` holds LANES doubles.
 * Every operation here rounds correctly (IEEE 754: + - * / sqrt) or is exact (selection, bits), and
 * contraction is off, so that a lane gives the same bits whatever the width.
 */

#include <stdint.h>
#include <string.h>

#ifndef LANES
#define LANES 1
#endif

#define LANES_JOIN2(name, lanes) name##_##lanes
#define LANES_JOIN(name, lanes) LANES_JOIN2(name, lanes)
/** Name of a function compiled once for each width: gr4j_1, gr4j_4, gr4j_8. */
#define LANES_NAME(name) LANES_JOIN(name, LANES)

#if LANES == 1

#include <math.h>

typedef double vec;
typedef uint64_t vec_int;

#define VEC_SQRT(a) sqrt(a)
#define VEC_MAX(a, b) ((a) > (b) ? (a) : (b))
#define VEC_MIN(a, b) ((a) < (b) ? (a) : (b))
#define VEC_IF_LESS(a, b, yes, no) ((a) < (b) ? (yes) : (no))
#define VEC_ANY_LESS(a, b) ((a) < (b))
#define VEC_ALL(x) (x)

#elif LANES == 4

#include <immintrin.h>

typedef double vec __attribute__((vector_size(32)));
typedef uint64_t vec_int __attribute__((vector_size(32)));

#define VEC_SQRT(a) ((vec)_mm256_sqrt_pd(a))
#define VEC_MAX(a, b) ((vec)_mm256_max_pd(a, b))
#define VEC_MIN(a, b) ((vec)_mm256_min_pd(a, b))
#define VEC_IF_LESS(a, b, yes, no) ((vec)_mm256_blendv_pd(no, yes, _mm256_cmp_pd(a, b, _CMP_LT_OQ)))
#define VEC_ANY_LESS(a, b) (_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LT_OQ)) != 0)
#define VEC_ALL(x) ((vec){x, x, x, x})

#elif LANES == 8

#include <immintrin.h>

typedef double vec __attribute__((vector_size(64)));
typedef uint64_t vec_int __attribute__((vector_size(64)));

#define VEC_SQRT(a) ((vec)_mm512_sqrt_pd(a))
#define VEC_MAX(a, b) ((vec)_mm512_max_pd(a, b))
#define VEC_MIN(a, b) ((vec)_mm512_min_pd(a, b))
#define VEC_IF_LESS(a, b, yes, no)                                                                 \
    ((vec)_mm512_mask_blend_pd(_mm512_cmp_pd_mask(a, b, _CMP_LT_OQ), no, yes))
#define VEC_ANY_LESS(a, b) (_mm512_cmp_pd_mask(a, b, _CMP_LT_OQ) != 0)
#define VEC_ALL(x) ((vec){x, x, x, x, x, x, x, x})

#else
#error "LANES is 1, 4 or 8"
#endif

static inline vec
vec_all(double x)
{
    return VEC_ALL(x);
}

/** LANES doubles from memory aligned to their size. */
static inline vec
vec_load(const double *from)
{
    vec a;
    memcpy(&a, __builtin_assume_aligned(from, sizeof a), sizeof a);
    return a;
}

static inline void
vec_store(double *to, vec a)
{
    memcpy(__builtin_assume_aligned(to, sizeof a), &a, sizeof a);
}

static inline vec
vec_sqrt(vec a)
{
    return VEC_SQRT(a);
}

/** a > b ? a : b, lane by lane; b where one is NaN. */
static inline vec
vec_max(vec a, vec b)
{
    return VEC_MAX(a, b);
}

/** a < b ? a : b, lane by lane; b where one is NaN. */
static inline vec
vec_min(vec a, vec b)
{
    return VEC_MIN(a, b);
}

/** a < b ? yes : no, lane by lane. */
static inline vec
vec_if_less(vec a, vec b, vec yes, vec no)
{
    return VEC_IF_LESS(a, b, yes, no);
}

/** Whether a < b in any lane. */
static inline int
vec_any_less(vec a, vec b)
{
    return VEC_ANY_LESS(a, b);
}

/** The bits of the doubles as unsigned integers, and back. */
static inline vec_int
vec_bits(vec a)
{
    vec_int bits;
    memcpy(&bits, &a, sizeof bits);
    return bits;
}

static inline vec
vec_from_bits(vec_int bits)
{
    vec a;
    memcpy(&a, &bits, sizeof a);
    return a;
}

/** Largest of the lanes. */
static inline double
vec_largest(vec a)
{
    double lane[LANES];
    memcpy(lane, &a, sizeof a);
    double largest = lane[0];
    for (int i = 1; i < LANES; i++)
        largest = lane[i] > largest ? lane[i] : largest;
    return largest;
}

#endif
