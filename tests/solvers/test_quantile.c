/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/quantile.h"
#include "solvers/quantile_mapping.h"
#include "tests/solvers/reference_file.h"
#include "tests/support.h"

#include <string.h>

/* Hyndman & Fan 1996, type 7, worked by hand: of 1, 3, 8, 20 at p the place is 1 + 3 p. */
static void
quantiles_are_of_type_7(void **unused)
{
    (void)unused;
    double value[] = {8, 1, 20, 3};
    quantile_sort(value, 4);
    assert_close(quantile_of_sorted(value, 4, 0.0), 1, 0, 0);
    assert_close(quantile_of_sorted(value, 4, 0.1), 1 + 0.3 * 2, 1e-15, 0);
    assert_close(quantile_of_sorted(value, 4, 0.5), 5.5, 1e-15, 0);
    assert_close(quantile_of_sorted(value, 4, 0.9), 8 + 0.7 * 12, 1e-15, 0);
    assert_close(quantile_of_sorted(value, 4, 1.0), 20, 0, 0);
    assert_true(isnan(quantile_of_sorted(value, 0, 0.5)));
}

static void
a_model_with_many_runs_has_one_vote(void **unused)
{
    (void)unused;
    /* model 7 has runs 1, 2 and 3; models 2, 5 and 9 one each; one run is missing */
    const double value[] = {1, -4, 2, 10, NAN, 3, 6};
    const int model[] = {7, 2, 7, 5, 5, 7, 9};
    struct member_statistics found;
    assert_int_equal(member_statistics(value, model, 7, &found, NULL), STATUS_OK);
    assert_int_equal(found.member_count, 6);
    assert_int_equal(found.vote_count, 4);
    /* votes -4, 2, 6, 10 */
    assert_close(found.mean, 3.5, 1e-15, 0);
    assert_close(found.median, 4, 1e-15, 0);
    assert_close(found.p10, -4 + 0.3 * 6, 1e-14, 0);
    assert_close(found.p90, 6 + 0.7 * 4, 1e-15, 0);
    assert_close(found.p17, -4 + 0.51 * 6, 1e-14, 0);
    assert_close(found.p83, 6 + 0.49 * 4, 1e-15, 0);
    assert_close(found.minimum, -4, 0, 0);
    assert_close(found.maximum, 10, 0, 0);
    assert_close(found.sign_agreement, 0.75, 0, 0);
    assert_int_equal(member_statistics(value, NULL, 7, &found, NULL), STATUS_OK);
    assert_int_equal(found.vote_count, 6);
    assert_close(found.mean, 3, 1e-15, 0);
}

static void
change_is_told_by_model_before_it_is_counted(void **unused)
{
    (void)unused;
    const double before[] = {10, 20, 40, 0, 5};
    const double after[] = {12, 16, 50, 3, NAN};
    const int model[] = {1, 1, 2, 3, 4};
    struct member_statistics found;
    assert_int_equal(member_change(before, after, model, 5, true, &found, NULL), STATUS_OK);
    /* model 1: 15 -> 14; model 2: 40 -> 50; model 3 begins at 0; model 4 has no second figure */
    assert_int_equal(found.vote_count, 2);
    assert_close(found.minimum, -1.0 / 15, 1e-15, 0);
    assert_close(found.maximum, 0.25, 1e-15, 0);
    assert_int_equal(member_change(before, after, model, 5, false, &found, NULL), STATUS_OK);
    assert_int_equal(found.vote_count, 3);
    assert_close(found.mean, (-1 + 10 + 3) / 3.0, 1e-15, 0);
    assert_close(found.sign_agreement, 2.0 / 3, 1e-15, 0);
}

static void
statistics_of_nothing_are_no_figures(void **unused)
{
    (void)unused;
    const double nothing[] = {NAN, NAN};
    const double infinite[] = {1, INFINITY};
    struct member_statistics found;
    struct error err = {0};
    assert_int_equal(member_statistics(nothing, NULL, 2, &found, NULL), STATUS_OK);
    assert_int_equal(found.vote_count, 0);
    assert_true(isnan(found.median) && isnan(found.p90) && isnan(found.sign_agreement));
    assert_int_equal(member_statistics(infinite, NULL, 2, &found, &err), STATUS_NOT_FINITE);
    assert_string_equal(err.text, "member 2 is infinite");
}

static struct sample
reference_sample(const char *name, double *value)
{
    return (struct sample){value, reference_column(name, 0, value)};
}

/* QDM of the R package MBC 0.10-7 on a series without dry months. */
static void
quantile_delta_mapping_gives_the_reference(void **unused)
{
    static double observed[REFERENCE_MAX], past[REFERENCE_MAX], future[REFERENCE_MAX];
    static double expected_future[REFERENCE_MAX], expected_past[REFERENCE_MAX];
    static double mapped[REFERENCE_MAX];
    (void)unused;
    struct sample o = reference_sample("climate/qdm_P_obs.csv", observed);
    struct sample h = reference_sample("climate/qdm_P_modhist.csv", past);
    struct sample f = reference_sample("climate/qdm_P_modfut.csv", future);
    if (o.count == 0) {
        print_message("reference/climate is not there: skipped\n");
        skip();
    }
    assert_int_equal(reference_column("climate/qdm_P_ref_fut.csv", 0, expected_future), f.count);
    assert_int_equal(reference_column("climate/qdm_P_ref_hist.csv", 0, expected_past), h.count);
    struct quantile_mapping mapping = quantile_mapping_rain(0.05);
    assert_int_equal(quantile_delta_map(&mapping, o, h, f, mapped, NULL), STATUS_OK);
    double mean = 0.0;
    for (int i = 0; i < f.count; i++) {
        assert_close(mapped[i], expected_future[i], 0, 1e-9);
        mean += mapped[i] / f.count;
    }
    assert_close(mean, 140.3713, 0, 5e-5); /* printed by the package */
    mapping.quantile_count = f.count;      /* the package takes them from the future */
    assert_int_equal(quantile_map(&mapping, o, h, h, mapped, NULL), STATUS_OK);
    for (int i = 0; i < h.count; i++)
        assert_close(mapped[i], expected_past[i], 0, 1e-9);
}

/* A model whose past is the observations has no bias: its future stays as it is. */
static void
a_model_without_bias_keeps_its_future(void **unused)
{
    double past[200], future[300], mapped[300];
    (void)unused;
    for (int i = 0; i < 200; i++)
        past[i] = 1.0 + (i * 37 % 200) * 0.3;
    for (int i = 0; i < 300; i++)
        future[i] = 2.0 + (i * 7 % 300) * 0.4;
    struct sample p = {past, 200};
    struct sample f = {future, 300};
    const struct quantile_mapping mappings[] = {quantile_mapping_rain(0.05),
                                                quantile_mapping_difference()};
    for (int kind = 0; kind < 2; kind++) {
        assert_int_equal(quantile_delta_map(&mappings[kind], p, p, f, mapped, NULL), STATUS_OK);
        for (int i = 0; i < 300; i++)
            assert_close(mapped[i], future[i], 1e-13, 0);
        assert_int_equal(quantile_map(&mappings[kind], p, p, f, mapped, NULL), STATUS_OK);
        for (int i = 0; i < 300; i++)
            assert_close(mapped[i], future[i], 1e-13, 0);
    }
}

/* A uniform bias and a uniform change: both are found exactly, whatever the distribution. */
static void
uniform_bias_and_change_are_exact(void **unused)
{
    double observed[365], past[365], future[365], mapped[365];
    (void)unused;
    for (int i = 0; i < 365; i++) {
        observed[i] = 10 + 8 * sin(i * 0.71) * sin(i * 0.013);
        future[i] = observed[i] - 2.5 + 1.9;
    }
    for (int i = 0; i < 365; i++)
        past[i] = observed[364 - i] - 2.5;
    struct quantile_mapping mapping = quantile_mapping_difference();
    struct sample o = {observed, 365};
    struct sample p = {past, 365};
    struct sample f = {future, 365};
    assert_int_equal(quantile_delta_map(&mapping, o, p, f, mapped, NULL), STATUS_OK);
    for (int i = 0; i < 365; i++)
        assert_close(mapped[i], observed[i] + 1.9, 1e-12, 0);
    /* beyond the model's past the correction of the end is kept */
    const double hot[] = {past[0] + 1000, past[0] - 1000};
    assert_int_equal(quantile_map(&mapping, o, p, (struct sample){hot, 2}, mapped, NULL),
                     STATUS_OK);
    assert_close(mapped[0], hot[0] + 2.5, 1e-12, 0);
    assert_close(mapped[1], hot[1] + 2.5, 1e-12, 0);
}

static int
wet_count(const double *value, int count)
{
    int wet = 0;
    for (int i = 0; i < count; i++)
        wet += value[i] > 0;
    return wet;
}

/* Drizzle of the model becomes dry days, as many as were observed, whatever the draws. */
static void
wet_days_become_as_many_as_observed(void **unused)
{
    double observed[1000], past[1000], mapped[1000], again[1000];
    (void)unused;
    for (int i = 0; i < 1000; i++) {
        observed[i] = i % 10 < 7 ? 0 : 1 + (i * 13 % 100) * 0.5; /* 30 % wet */
        past[i] = i % 10 < 2 ? 0 : 0.1 + (i * 17 % 100) * 0.2;   /* 80 % wet: drizzle */
    }
    struct quantile_mapping mapping = quantile_mapping_rain(0.05);
    mapping.key.seed = 5;
    struct sample o = {observed, 1000};
    struct sample p = {past, 1000};
    assert_int_equal(quantile_delta_map(&mapping, o, p, p, mapped, NULL), STATUS_OK);
    assert_int_equal(wet_count(mapped, 1000), wet_count(observed, 1000));
    assert_int_equal(quantile_delta_map(&mapping, o, p, p, again, NULL), STATUS_OK);
    assert_memory_equal(mapped, again, sizeof mapped);
    assert_int_equal(quantile_map(&mapping, o, p, p, mapped, NULL), STATUS_OK);
    assert_int_equal(wet_count(mapped, 1000), wet_count(observed, 1000));
    for (int i = 0; i < 1000; i++)
        assert_true(mapped[i] == 0 || mapped[i] >= mapping.trace);
}

/* A ratio over next to nothing is cut at 2. */
static void
ratios_over_a_dry_past_are_cut(void **unused)
{
    double observed[50], past[50], future[50], mapped[50];
    (void)unused;
    for (int i = 0; i < 50; i++) {
        observed[i] = 1.0 + 0.01 * i;
        past[i] = 0.06 + 0.001 * i;
        future[i] = 30.0 + i;
    }
    struct quantile_mapping mapping = quantile_mapping_rain(0.05);
    assert_int_equal(quantile_delta_map(&mapping, (struct sample){observed, 50},
                                        (struct sample){past, 50}, (struct sample){future, 50},
                                        mapped, NULL),
                     STATUS_OK);
    for (int i = 0; i < 50; i++)
        assert_close(mapped[i], 2 * observed[i], 1e-13, 0);
}

static void
bad_samples_are_refused(void **unused)
{
    const double good[] = {1, 2, 3};
    const double bad[] = {1, NAN, 3};
    const double negative[] = {1, 2, -3};
    double mapped[3];
    (void)unused;
    struct quantile_mapping mapping = quantile_mapping_rain(0.05);
    struct error err = {0};
    struct sample g = {good, 3};
    assert_int_equal(quantile_delta_map(&mapping, g, g, (struct sample){bad, 3}, mapped, &err),
                     STATUS_NOT_FINITE);
    assert_string_equal(err.text, "figure 2 of the future sample is nan");
    err = (struct error){0};
    assert_int_equal(quantile_delta_map(&mapping, (struct sample){good, 0}, g, g, mapped, &err),
                     STATUS_INPUT);
    assert_string_equal(err.text, "the observed sample is empty");
    assert_int_equal(quantile_map(&mapping, g, (struct sample){negative, 3}, g, mapped, NULL),
                     STATUS_INPUT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_of_type_7),
        cmocka_unit_test(a_model_with_many_runs_has_one_vote),
        cmocka_unit_test(change_is_told_by_model_before_it_is_counted),
        cmocka_unit_test(statistics_of_nothing_are_no_figures),
        cmocka_unit_test(quantile_delta_mapping_gives_the_reference),
        cmocka_unit_test(a_model_without_bias_keeps_its_future),
        cmocka_unit_test(uniform_bias_and_change_are_exact),
        cmocka_unit_test(wet_days_become_as_many_as_observed),
        cmocka_unit_test(ratios_over_a_dry_past_are_cut),
        cmocka_unit_test(bad_samples_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
