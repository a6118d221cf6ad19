/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/philox.h"
#include "tests/support.h"

#include <gsl/gsl_cdf.h>
#include <stdlib.h>

/* Known-answer vectors of philox4x32-10, file kat_vectors of Random123 (Salmon et al. 2011). */
static const struct {
    uint32_t counter[4], key[2], words[4];
} known[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static void
words_are_those_of_random123(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct philox_key key = {.seed = (uint64_t)known[i].key[1] << 32 | known[i].key[0],
                                 .realisation = known[i].counter[1],
                                 .site = known[i].counter[2],
                                 .variable = known[i].counter[3]};
        uint32_t words[4];
        philox_words(&key, known[i].counter[0], words);
        assert_memory_equal(words, known[i].words, sizeof words);
    }
}

static void
uniforms_are_those_of_their_words(void **state)
{
    (void)state;
    struct philox_key key = {0};
    /* the first 52 bits of 6627e8d5 e169c58d, and a half of the last of them */
    double wanted = ((double)0x6627e8d5e169cULL * 2.0 + 1.0) * 0x1p-53;
    assert_close(philox_uniform(&key, 0), wanted, 0, 0);
    assert_close(philox_normal(&key, 0), gsl_cdf_ugaussian_Pinv(wanted), 0, 0);
}

static int
compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Kolmogorov's distance between the draws and their distribution, times the root of the count. */
static double
kolmogorov(double *sorted, int count, double (*cdf)(double))
{
    double distance = 0.0;
    qsort(sorted, (size_t)count, sizeof *sorted, compare_doubles);
    for (int i = 0; i < count; i++) {
        double p = cdf(sorted[i]);
        distance = fmax(distance, fmax(p - i / (double)count, (i + 1) / (double)count - p));
    }
    return distance * sqrt(count);
}

static double
itself(double x)
{
    return x;
}

static void
draws_have_their_distribution(void **state)
{
    (void)state;
    enum { COUNT = 200000 };
    static double uniform[COUNT], normal[COUNT];
    struct philox_key key = {.seed = 2022, .realisation = 1, .site = philox_hash("yen_lap")};
    double product = 0.0;
    for (int i = 0; i < COUNT; i++) {
        uniform[i] = philox_uniform(&key, (uint32_t)i);
        normal[i] = philox_normal(&key, (uint32_t)i);
        assert_true(uniform[i] > 0.0 && uniform[i] < 1.0);
        assert_true(isfinite(normal[i]));
        if (i > 0)
            product += normal[i] * normal[i - 1] / COUNT;
    }
    assert_close(product, 0, 0, 4 / sqrt(COUNT));
    assert_true(kolmogorov(uniform, COUNT, itself) < 1.95); /* one in a thousand is above */
    assert_true(kolmogorov(normal, COUNT, gsl_cdf_ugaussian_P) < 1.95);
}

static void
a_draw_depends_on_every_part_of_its_key_alone(void **state)
{
    (void)state;
    struct philox_key key = {.seed = 1, .realisation = 2, .site = 3, .variable = 4};
    struct philox_key others[] = {key, key, key, key, key};
    others[0].seed ^= 1;
    others[1].seed ^= 1ull << 63;
    others[2].realisation ^= 1;
    others[3].site ^= 1u << 31;
    others[4].variable ^= 1;
    uint32_t words[4], again[4], other[4];
    philox_words(&key, 5, words);
    philox_words(&key, 5, again);
    assert_memory_equal(words, again, sizeof words);
    for (int i = 0; i < 6; i++) {
        int changed = 0;
        philox_words(i < 5 ? &others[i] : &key, i < 5 ? 5 : 6, other);
        for (int w = 0; w < 4; w++)
            changed += __builtin_popcount(words[w] ^ other[w]);
        assert_in_range(changed, 40, 88); /* of 128 bits, half within four standard errors */
    }
}

static void
hashes_are_fnv_1a(void **state)
{
    (void)state;
    /* RFC 9923 and the test vectors of its authors */
    assert_int_equal(philox_hash(""), 0x811c9dc5);
    assert_int_equal(philox_hash("a"), 0xe40c292c);
    assert_int_equal(philox_hash("foobar"), 0xbf9cf968);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_those_of_random123),
        cmocka_unit_test(uniforms_are_those_of_their_words),
        cmocka_unit_test(draws_have_their_distribution),
        cmocka_unit_test(a_draw_depends_on_every_part_of_its_key_alone),
        cmocka_unit_test(hashes_are_fnv_1a),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
