/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/design_drought.h"
#include "scenarios/plan.h"
#include "solvers/distribution.h"
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* Design droughts as an axis: their volume, their return period, and what a run makes of them. */

static const char *folder;

enum { CATCHMENTS = 3, DAYS_MAX = 4000, WINDOW_YEARS = 1999 };

/* Two catchments of one region, and one that is a share of the first; %s are the axes. */
static const char frame[] =
    "nguon: 1\nname: droughts\nrun: {start: 2001-01-01, end: 2008-12-31, seed: 11}\n"
    "catchments:\n"
    "  east: {area: 100 km2, to: lake, inflow: {generate: {mean: 3 m3/s, monthly: "
    "[4, 4, 5, 6, 8, 12, 16, 15, 11, 8, 6, 5], cv: 0.35, lag1: 0.5, recession: 6 d, base: 50 %%, "
    "region: n, region_correlation: 0.7}}}\n"
    "  west: {area: 50 km2, to: lake, inflow: {generate: {mean: 1 m3/s, monthly: "
    "[3, 3, 4, 6, 9, 13, 17, 16, 11, 8, 6, 4], cv: 0.4, lag1: 0.4, recession: 4 d, base: 40 %%, "
    "region: n, region_correlation: 0.7}}}\n"
    "  small: {area: 20 km2, to: lake, inflow: {donor: {of: east, rain_ratio: 110 %%}}}\n"
    "reservoirs:\n"
    "  lake: {table: {level: [0, 10], area: [1, 1], storage: [0, 10], units: [m, km2, hm3]}, "
    "capacity: 10 hm3, rain: 3 mm/d, spill_to: sea}\n"
    "seas:\n  sea: {}\n"
    "demands:\n  town: {class: domestic, need: 1 m3/s}\n"
    "links:\n  to_town: {kind: pipe, from: lake, to: town}\n"
    "scenarios: {axes: {%s}}\n";

static struct basin *
basin_with(const char *axes)
{
    char text[8192];
    snprintf(text, sizeof text, frame, axes);
    struct basin *basin = basin_of_text(folder, text, NULL);
    assert_non_null(basin);
    return basin;
}

static void
find(struct basin *basin)
{
    struct error err = {0};
    if (design_droughts_find(basin, &err) != STATUS_OK)
        fail_msg("%s", err.text);
}

static const struct design_drought *
drought_of(const struct basin *basin, int i)
{
    const struct axis *axis = design_drought_axis(basin);
    assert_true(i < axis->design->drought_count);
    return &axis->design->drought[i];
}

/* ---- how often --------------------------------------------------------------------------------
 */

/* Mean flow of November to March in all years of three other realisations of the weather. */
static int
other_winters(const struct basin *basin, double *mean_m3s)
{
    static const double days[5] = {30, 31, 31, 28.2425, 31};
    int count = 0;
    struct timeaxis axis;
    struct records *records = NULL;
    struct runoff *runoff = NULL;
    struct error err = {0};
    assert_int_equal(timeaxis_init(&axis, STEP_MONTHLY, (struct date){1700, 1, 1, 0},
                                   (struct date){1700 + WINDOW_YEARS, 12, 31, 0}, &err),
                     STATUS_OK);
    assert_int_equal(records_create(basin, &axis, &records, &err), STATUS_OK);
    assert_int_equal(runoff_create(basin, records, &runoff, &err), STATUS_OK);
    for (int realisation = 2; realisation <= 3; realisation++) {
        assert_int_equal(runoff_compute(runoff, basin, basin, records, realisation, &err),
                         STATUS_OK);
        for (int y = 0; y < WINDOW_YEARS; y++, count++) {
            double sum = 0.0, length = 0.0;
            for (int m = 0; m < 5; m++) {
                length += days[m];
                for (int c = 0; c < CATCHMENTS; c++)
                    sum += runoff->flow_m3s[c][y * 12 + 10 + m] * days[m];
            }
            mean_m3s[count] = sum / length;
        }
    }
    runoff_destroy(runoff);
    records_destroy(records);
    timeaxis_finish(&axis);
    return count;
}

/* A drought that a thousand years of one realisation make one in 20 is one in 20 in others. */
static void
return_periods_are_those_of_other_years(void **state)
{
    (void)state;
    static double winter_m3s[2 * WINDOW_YEARS];
    struct basin *basin =
        basin_with("d: {generate: {return_period: [5, 20, 50], duration: 5 months, onset: "
                   "november, record: 1700-2699}}");
    find(basin);
    int count = other_winters(basin, winter_m3s);
    for (int i = 0; i < 3; i++) {
        const struct design_drought *drought = drought_of(basin, i);
        int dry = 0;
        for (int y = 0; y < count; y++)
            dry += winter_m3s[y] <= drought->mean_m3s;
        double years = (double)count / dry;
        assert_close(drought->years, drought->figure, 0.01, 0.0);
        /* sampling error of the count: within three of its standard deviations and the record's */
        double spread = 3.0 / sqrt(dry) + 3.0 / sqrt(1000.0 / drought->figure);
        if (fabs(log(years / drought->figure)) > spread)
            fail_msg("T = %g is %g in other years", drought->figure, years);
        assert_true(drought->record_low < years && years < drought->record_high);
        assert_true(drought->record_high - drought->record_low >
                    drought->years_high - drought->years_low);
    }
    basin_destroy(basin);
}

/* At the ends of the interval of Clopper and Pearson the count has a chance of 2.5 % (binomial). */
static void
the_interval_of_the_count_is_binomial(void **state)
{
    (void)state;
    struct basin *basin = basin_with("d: {generate: {share: [90 %, 60 %], duration: 3 months, "
                                     "onset: [february, 11], record: 1900-2099}}");
    find(basin);
    for (int i = 0; i < 4; i++) {
        const struct design_drought *drought = drought_of(basin, i);
        unsigned n = drought->onset_month == 2 ? 10000 : 9999;
        unsigned dry = (unsigned)lround(n / drought->years);
        assert_true(dry > 0 && dry < n);
        assert_close(1.0 - gsl_cdf_binomial_P(dry - 1, 1.0 / drought->years_high, n), 0.025, 1e-6,
                     0.0);
        assert_close(gsl_cdf_binomial_P(dry, 1.0 / drought->years_low, n), 0.025, 1e-6, 0.0);
        assert_close(drought->share, drought->figure, 1e-12, 0.0);
    }
    basin_destroy(basin);
}

/* The flow of an assurance, from winters that are summed and fitted here. */
static void
an_assurance_is_pearson_3_of_the_record(void **state)
{
    (void)state;
    enum { YEARS = 40, WINTERS = YEARS - 1 };
    static const double days[6] = {30, 31, 31, 28.2425, 31, 30};
    double winter_m3s[WINTERS];
    struct error err = {0};
    struct timeaxis axis;
    struct records *records = NULL;
    struct runoff *runoff = NULL;
    struct basin *basin = basin_with("d: {generate: {assurance: 85 %, duration: 6 months, onset: "
                                     "nov, catchments: [east], record: 1961-2000}}");
    find(basin);
    assert_int_equal(timeaxis_init(&axis, STEP_MONTHLY, (struct date){1961, 1, 1, 0},
                                   (struct date){2000, 12, 31, 0}, &err),
                     STATUS_OK);
    assert_int_equal(records_create(basin, &axis, &records, &err), STATUS_OK);
    assert_int_equal(runoff_create(basin, records, &runoff, &err), STATUS_OK);
    assert_int_equal(runoff_compute(runoff, basin, basin, records, 1, &err), STATUS_OK);
    double least = INFINITY, mean = 0.0;
    for (int y = 0; y < WINTERS; y++) {
        double sum = 0.0, length = 0.0;
        for (int m = 0; m < 6; m++) {
            sum += runoff->flow_m3s[0][y * 12 + 10 + m] * days[m];
            length += days[m];
        }
        winter_m3s[y] = sum / length;
        least = fmin(least, winter_m3s[y]);
        mean += winter_m3s[y] / WINTERS;
    }
    struct fitted_distribution fitted;
    gsl_sort(winter_m3s, 1, WINTERS);
    assert_int_equal(distribution_fit(DISTRIBUTION_PEARSON3, ESTIMATOR_LMOMENTS, winter_m3s,
                                      WINTERS, &fitted, &err),
                     STATUS_OK);
    const struct design_drought *drought = drought_of(basin, 0);
    assert_close(distribution_cdf(&fitted, drought->mean_m3s), 0.15, 1e-6, 0.0);
    assert_close(drought->driest_share, least / mean, 1e-9, 0.0);
    assert_close(drought->volume_m3, drought->mean_m3s * 181.2425 * 86400.0, 1e-12, 0.0);
    runoff_destroy(runoff);
    records_destroy(records);
    timeaxis_finish(&axis);
    basin_destroy(basin);
}

/* ---- in a run ---------------------------------------------------------------------------------
 */

static struct plan plan;
static struct timeaxis axis;

/* Runoff of every scenario of a basin, [scenario][catchment][day]. */
static void
run_weather(const struct basin *basin, double flow_m3s[][CATCHMENTS][DAYS_MAX])
{
    struct error err = {0};
    struct records *records = NULL;
    struct runoff *runoff = NULL;
    assert_int_equal(plan_expand(basin, &plan, &err), STATUS_OK);
    assert_int_equal(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, &err),
                     STATUS_OK);
    assert_int_equal(records_create(basin, &axis, &records, &err), STATUS_OK);
    assert_int_equal(runoff_create(basin, records, &runoff, &err), STATUS_OK);
    for (int s = 0; s < plan.scenario_count; s++) {
        struct basin *scenario;
        assert_int_equal(plan_scenario_basin(&plan, basin, s, &scenario, &err), STATUS_OK);
        if (runoff_compute(runoff, basin, scenario, records, plan.scenario[s].realisation, &err) !=
            STATUS_OK)
            fail_msg("%s", err.text);
        for (int c = 0; c < CATCHMENTS; c++)
            memcpy(flow_m3s[s][c], runoff->flow_m3s[c], (size_t)axis.step_count * sizeof(double));
        basin_destroy(scenario);
    }
    runoff_destroy(runoff);
    records_destroy(records);
}

static void
finish_weather(struct basin *basin)
{
    plan_finish(&plan);
    timeaxis_finish(&axis);
    basin_destroy(basin);
}

/* In every realisation of the weather the affected catchments have the volume of the drought in its
   months; all else is as it was, and a change of the climate acts on the drought too. */
static void
a_run_has_the_drought(void **state)
{
    (void)state;
    static double flow_m3s[8][CATCHMENTS][DAYS_MAX];
    struct basin *basin = basin_with(
        "weather: {realisations: [1, 5]}, d: {generate: {return_period: 30, duration: 7 months, "
        "onset: october, year: 2004, catchments: {n: [west, small]}, normal: true}}, "
        "climate: {values: [100 %, 80 %], path: catchments.*.inflow, change: scale}");
    find(basin);
    run_weather(basin, flow_m3s);
    assert_int_equal(plan.scenario_count, 8);
    assert_string_equal(plan.scenario[2].id, "weather=1,d=T30_7m_oct_n,climate=100 %");
    const struct design_drought *drought = drought_of(basin, 0);
    int64_t from_s = date_to_seconds((struct date){2004, 10, 1, 0});
    int64_t to_s = date_to_seconds((struct date){2005, 5, 1, 0});
    for (int w = 0; w < 2; w++)
        for (int dry = 0; dry < 2; dry++) {
            double sum = 0.0, length = 0.0;
            for (int t = 0; t < axis.step_count; t++) {
                bool inside = dry && axis.start_s[t] >= from_s && axis.start_s[t] < to_s;
                for (int c = 0; c < CATCHMENTS; c++) {
                    double now = flow_m3s[4 * w + 2 * dry][c][t];
                    double drier = flow_m3s[4 * w + 2 * dry + 1][c][t];
                    assert_close(drier, 0.8 * now, 1e-12, 1e-15);
                    if (!inside || c == 0)
                        assert_true(now == flow_m3s[4 * w][c][t]);
                    sum += inside && c > 0 ? now : 0.0;
                }
                length += inside ? 1.0 : 0.0;
            }
            if (dry)
                assert_close(sum / length, drought->mean_m3s, 1e-12, 0.0);
        }
    finish_weather(basin);
}

/* Rain on the lake is given the share of the drought in its months. */
static void
what_shares_the_drought_has_its_share(void **state)
{
    (void)state;
    struct error err = {0};
    struct basin *basin = basin_with("d: {generate: {share: 45 %, duration: 9 months, onset: "
                                     "november, also: [reservoirs.*.rain]}}");
    find(basin);
    assert_int_equal(plan_expand(basin, &plan, &err), STATUS_OK);
    struct basin *scenario;
    assert_int_equal(plan_scenario_basin(&plan, basin, 0, &scenario, &err), STATUS_OK);
    assert_int_equal(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, &err),
                     STATUS_OK);
    for (int t = 0; t < axis.step_count; t++) {
        bool inside = axis.start_s[t] >= date_to_seconds((struct date){2007, 11, 1, 0}) &&
                      axis.start_s[t] < date_to_seconds((struct date){2008, 8, 1, 0});
        assert_close(varying_at(&scenario->reservoir[0].rain, &axis, t, 0, NULL, NAN),
                     (inside ? 0.45 : 1.0) * 0.003 / 86400.0, 1e-12, 0.0);
    }
    basin_destroy(scenario);
    finish_weather(basin);
}

static void
figures_are_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    struct design_drought first = {0};
    for (int threads = 1; threads <= 3; threads += 2) {
        omp_set_num_threads(threads);
        struct basin *basin = basin_with("d: {generate: {return_period: 20, duration: 14 months, "
                                         "onset: march, method: par}}");
        find(basin);
        if (threads == 1)
            first = *drought_of(basin, 0);
        else
            assert_memory_equal(&first, drought_of(basin, 0), sizeof first);
        basin_destroy(basin);
    }
    omp_set_num_threads(omp_get_num_procs());
}

/* ---- bad input --------------------------------------------------------------------------------
 */

static void
refuse(const char *axes, const char *words)
{
    char path[512], text[8192];
    struct basin *basin = NULL;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    snprintf(text, sizeof text, frame, axes);
    snprintf(path, sizeof path, "%s/bad.yaml", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(basin_load(path, NULL, &basin, &diagnostics), STATUS_INPUT);
    bool said = false;
    for (int i = 0; i < diagnostics.count; i++)
        said = said || strstr(diagnostics.item[i].message, words) != NULL;
    if (!said)
        fail_msg("%s: '%s' is not said but '%s'", axes, words,
                 diagnostics.count > 0 ? diagnostics.item[0].message : "");
    diagnostics_finish(&diagnostics);
}

static void
what_makes_no_drought_is_refused(void **state)
{
    (void)state;
    refuse("d: {generate: {duration: 9 months, onset: may}}", "needs one of return_period");
    refuse("d: {generate: {return_period: 10, share: 50 %, duration: 9 months, onset: may}}",
           "give one");
    refuse("d: {generate: {return_period: 0.5, duration: 9 months, onset: may}}", "above 1");
    refuse("d: {generate: {assurance: 120 %, duration: 9 months, onset: may}}", "out of range");
    refuse("d: {generate: {return_period: 10, onset: may}}", "lacks the key 'duration'");
    refuse("d: {generate: {return_period: 10, duration: 90 d, onset: may}}", "such as '9 months'");
    refuse("d: {generate: {return_period: 10, duration: 9 months, onset: mai}}",
           "a month, such as november");
    refuse("d: {generate: {return_period: 10, duration: 9 months, onset: may, catchments: [lake]}}",
           "'lake' is no catchment");
    refuse("d: {generate: {return_period: 10, duration: 9 months, onset: may, catchments: [est]}}",
           "did you mean 'east'");
    refuse("d: {generate: {return_period: 10, duration: 9 months, onset: may, year: 2030}}",
           "do not fit into the run in that year");
    refuse("d: {generate: {return_period: [10, 10], duration: 9 months, onset: may}}",
           "has 'T10_9m_may' twice");
    refuse("d: {generate: {return_period: 10, duration: 9 months, onset: may, "
           "synthetic_years: 500}}",
           "10000");
    refuse("d: {generate: {return_period: 10, duration: 9 months, onset: may, also: [lakes.*.x]}}",
           "there is no section 'lakes'");
    refuse("d: {generate: {retrun_period: 10, duration: 9 months, onset: may}}",
           "did you mean 'return_period'");
    refuse("a: {generate: {share: 50 %, duration: 9 months, onset: may}}, "
           "b: {generate: {share: 50 %, duration: 9 months, onset: may}}",
           "second axis of design droughts");
}

static void
a_short_record_is_refused(void **state)
{
    (void)state;
    struct error err = {0};
    struct basin *basin = basin_with("d: {generate: {return_period: 10, duration: 9 months, onset: "
                                     "may, record: 2001-2003}}");
    assert_int_equal(design_droughts_find(basin, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "at least 5"));
    basin_destroy(basin);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(return_periods_are_those_of_other_years),
        cmocka_unit_test(the_interval_of_the_count_is_binomial),
        cmocka_unit_test(an_assurance_is_pearson_3_of_the_record),
        cmocka_unit_test(a_run_has_the_drought),
        cmocka_unit_test(what_shares_the_drought_has_its_share),
        cmocka_unit_test(figures_are_the_same_on_any_number_of_threads),
        cmocka_unit_test(what_makes_no_drought_is_refused),
        cmocka_unit_test(a_short_record_is_refused),
    };
    folder = folder_create();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
