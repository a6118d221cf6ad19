/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/catchment_model.h"
#include "model/csv.h"
#include "model/gr.h"
#include "tests/random.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- GR4J of the table of models, its figures by name -----------------------------------------
 */

enum { GR4J_UH1_LENGTH = GR_DAILY_LENGTH, GR4J_UH2_LENGTH = 2 * GR_DAILY_LENGTH };

struct gr4j_parameters {
    double x1_mm, x2_mm, x3_mm, x4_d;
};

struct gr4j_state {
    double production_mm, routing_mm;
    double uh1_mm[GR4J_UH1_LENGTH], uh2_mm[GR4J_UH2_LENGTH];
};

struct gr4j_fluxes {
    double actual_evaporation, percolation, effective_rain, q9, q1, exchange, exchange_routing,
        exchange_direct, routed_flow, direct_flow;
};

static void
gr4j_state_init(struct gr4j_state *state, const struct gr4j_parameters *p,
                double production_fraction, double routing_fraction)
{
    *state = (struct gr4j_state){.production_mm = production_fraction * fmax(p->x1_mm, 0.01),
                                 .routing_mm = routing_fraction * fmax(p->x3_mm, 0.01)};
}

static void
pick_fluxes(int count, const double *column, struct gr4j_fluxes *fluxes)
{
    for (int d = 0; d < count; d++, column += GR_COLUMN_COUNT)
        fluxes[d] = (struct gr4j_fluxes){.actual_evaporation = column[GR_COLUMN_AE],
                                         .percolation = column[GR_COLUMN_PERC],
                                         .effective_rain = column[GR_COLUMN_PR],
                                         .q9 = column[GR_COLUMN_Q9],
                                         .q1 = column[GR_COLUMN_Q1],
                                         .exchange = column[GR_COLUMN_EXCH],
                                         .exchange_routing = column[GR_COLUMN_AEXCH1],
                                         .exchange_direct = column[GR_COLUMN_AEXCH2],
                                         .routed_flow = column[GR_COLUMN_QR],
                                         .direct_flow = column[GR_COLUMN_QD]};
}

static enum status
gr4j_run(const struct gr4j_parameters *p, struct gr4j_state *state, int count, const double *rain,
         const double *pet, double *flow, struct gr4j_fluxes *fluxes, struct error *err)
{
    enum { DAYS_AT_ONCE = 1000 };
    static double column[DAYS_AT_ONCE * GR_COLUMN_COUNT];
    double parameter[] = {p->x1_mm, p->x2_mm, p->x3_mm, p->x4_d};
    double flat[CATCHMENT_STATE_MAX] = {state->production_mm, state->routing_mm};
    assert_true(fluxes == NULL || count <= DAYS_AT_ONCE);
    memcpy(flat + GR_REGISTERS, state->uh1_mm, sizeof state->uh1_mm);
    memcpy(flat + GR_REGISTERS + GR4J_UH1_LENGTH, state->uh2_mm, sizeof state->uh2_mm);
    enum status status = catchment_run(catchment_model_find("gr4j"), parameter, flat, count, rain,
                                       pet, flow, fluxes != NULL ? column : NULL, err);
    state->production_mm = flat[GR_PRODUCTION];
    state->routing_mm = flat[GR_ROUTING];
    memcpy(state->uh1_mm, flat + GR_REGISTERS, sizeof state->uh1_mm);
    memcpy(state->uh2_mm, flat + GR_REGISTERS + GR4J_UH1_LENGTH, sizeof state->uh2_mm);
    if (fluxes != NULL && status == STATUS_OK)
        pick_fluxes(count, column, fluxes);
    return status;
}

/* The documentation run of airGR 1.7.6: catchment L0123001, 1990-1999, warmed up over 1989. */
static const struct gr4j_parameters documented = {257.238, 1.012, 88.235, 2.208};

enum { DAYS_MAX = 5000 };

/* ---- one run against another implementation -------------------------------------------------- */

static double
s_curve(double t, double base, bool second)
{
    double x = t / base;
    if (!second)
        return x <= 0 ? 0 : x < 1 ? pow(x, 2.5) : 1;
    return x <= 0 ? 0 : x <= 1 ? 0.5 * pow(x, 2.5) : x < 2 ? 1 - 0.5 * pow(2 - x, 2.5) : 1;
}

/*
 * GR4J as the equations of Perrin et al. (2003) stand, with the unit hydrographs as convolutions
 * over all days before, and powers by pow.
 */
static void
run_by_equations(const struct gr4j_parameters *p, double production, double routing, int count,
                 const double *rain, const double *pet, double *flow, double *effective)
{
    double s = production * p->x1_mm;
    double r = routing * p->x3_mm;
    for (int d = 0; d < count; d++) {
        double pn = rain[d] > pet[d] ? rain[d] - pet[d] : 0;
        double en = rain[d] > pet[d] ? 0 : pet[d] - rain[d];
        double ratio = s / p->x1_mm;
        double tp = tanh(fmin(pn / p->x1_mm, 13));
        double te = tanh(fmin(en / p->x1_mm, 13));
        double ps = p->x1_mm * (1 - ratio * ratio) * tp / (1 + ratio * tp);
        double es = s * (2 - ratio) * te / (1 + (1 - ratio) * te);
        s += ps - es;
        double perc = s * (1 - pow(1 + pow(4.0 / 9.0 * s / p->x1_mm, 4), -0.25));
        s -= perc;
        effective[d] = perc + pn - ps;
        double q9 = 0;
        double q1 = 0;
        for (int k = 0; k <= d && k < 41; k++) {
            q9 += 0.9 * effective[d - k] *
                  (s_curve(k + 1, p->x4_d, false) - s_curve(k, p->x4_d, false));
            q1 += 0.1 * effective[d - k] *
                  (s_curve(k + 1, p->x4_d, true) - s_curve(k, p->x4_d, true));
        }
        double exchange = p->x2_mm * pow(r / p->x3_mm, 3.5);
        r = fmax(0, r + q9 + exchange);
        double qr = r * (1 - pow(1 + pow(r / p->x3_mm, 4), -0.25));
        r -= qr;
        flow[d] = qr + fmax(0, q1 + exchange);
    }
}

/* Storms of some days among dry ones, and evaporation with a season. */
static void
make_weather(uint64_t *seed, int count, double *rain, double *pet)
{
    for (int d = 0; d < count; d++) {
        double u = random_uniform(seed);
        rain[d] = u < 0.6 ? 0.0 : -30.0 * log(1.0 - (u - 0.6) / 0.4000001);
        pet[d] = 3.0 + 2.5 * sin(d / 58.1) + random_uniform(seed);
    }
}

static void
runs_agree_with_the_equations(void **state)
{
    (void)state;
    enum { COUNT = 700 };
    static double rain[COUNT], pet[COUNT], wanted[COUNT], flow[COUNT], effective[COUNT];
    uint64_t seed = 2003;
    for (int run = 0; run < 300; run++) {
        struct gr4j_parameters p = {exp(log(5) + log(400) * random_uniform(&seed)),
                                    -6 + 10 * random_uniform(&seed),
                                    exp(log(2) + log(300) * random_uniform(&seed)),
                                    0.5 + (run % 3 == 0 ? 19.49 : 3) * random_uniform(&seed)};
        double production = random_uniform(&seed);
        double routing = random_uniform(&seed);
        struct gr4j_state stores;
        make_weather(&seed, COUNT, rain, pet);
        run_by_equations(&p, production, routing, COUNT, rain, pet, wanted, effective);
        gr4j_state_init(&stores, &p, production, routing);
        assert_int_equal(gr4j_run(&p, &stores, COUNT, rain, pet, flow, NULL, NULL), STATUS_OK);
        for (int d = 0; d < COUNT; d++)
            assert_close(flow[d], wanted[d], 1e-9, 1e-9);
    }
}

/* ---- figures of airGR ------------------------------------------------------------------------ */

/*
 * The first two days of the documentation run, 1990-01-01 without rain and 1990-01-02 with 9.3 mm.
 * airGR gives the stores at the end of a day and every flux, so the stores at its start follow: S
 * before day 1 is S + Perc + AE, R before it is R + QR - Q9 - F. The registers of the unit
 * hydrographs are what makes Q9 and Q1 those of airGR; all else is computed.
 */
static void
the_first_days_of_the_documented_run_are_those_of_airgr(void **state)
{
    (void)state;
    static const double rain[2] = {0.0, 9.3}, pet[2] = {0.3, 0.4};
    static const double q9[2] = {1.7836361819936961, 1.5195237696304651};
    static const double q1[2] = {0.19964072251505371, 0.1946849802805716};
    static const double percolation[2] = {0.64530637594508344, 0.69584394458098542};
    static const double effective[2] = {0.64530637594508344, 5.9462597220111686};
    static const double exchange[2] = {0.18086195410249054, 0.17984925773614588};
    static const double evaporation[2] = {0.28328599798037052, 0.4};
    static const double production[2] = {195.733501166389, 198.68724144437783};
    static const double routing[2] = {53.861383007897651, 53.569071886933074};
    static const double flow[2] = {2.4314794060550797, 2.3662183863479083};
    struct gr4j_state stores = {.production_mm = production[0] + percolation[0] + evaporation[0],
                                .routing_mm =
                                    routing[0] + 2.0509767294375356 - q9[0] - exchange[0]};
    double first9 = 0.9 * s_curve(1, documented.x4_d, false);
    double second9 = 0.9 * s_curve(2, documented.x4_d, false) - first9;
    double first1 = 0.1 * s_curve(1, documented.x4_d, true);
    double second1 = 0.1 * s_curve(2, documented.x4_d, true) - first1;
    stores.uh1_mm[1] = q9[0] - first9 * effective[0];
    stores.uh1_mm[2] = q9[1] - first9 * effective[1] - second9 * effective[0];
    stores.uh2_mm[1] = q1[0] - first1 * effective[0];
    stores.uh2_mm[2] = q1[1] - first1 * effective[1] - second1 * effective[0];
    for (int d = 0; d < 2; d++) {
        struct gr4j_fluxes flux;
        double simulated;
        assert_int_equal(
            gr4j_run(&documented, &stores, 1, &rain[d], &pet[d], &simulated, &flux, NULL),
            STATUS_OK);
        assert_close(stores.production_mm, production[d], 0, 1e-9);
        assert_close(flux.percolation, percolation[d], 0, 1e-9);
        assert_close(flux.effective_rain, effective[d], 0, 1e-9);
        assert_close(flux.actual_evaporation, evaporation[d], 0, 1e-9);
        assert_close(flux.q9, q9[d], 0, 1e-9);
        assert_close(flux.q1, q1[d], 0, 1e-9);
        assert_close(flux.exchange, exchange[d], 0, 1e-9);
        assert_close(stores.routing_mm, routing[d], 0, 1e-9);
        assert_close(simulated, flow[d], 0, 1e-9);
    }
}

/* Figures of columns of a file from a date on, until count rows or the last date. */
static int
read_columns(const char *name, const char *const *columns, int column_count, const char *from,
             const char *to, double (*value)[DAYS_MAX])
{
    char path[1024];
    const char *shared = getenv("NGUON_SHARED");
    snprintf(path, sizeof path, "%s/reference/airgr/%s", shared != NULL ? shared : "../shared",
             name);
    struct csv_reader reader;
    int place[8];
    int count = 0;
    if (csv_open(&reader, path) != CSV_ROW || csv_next(&reader) != CSV_ROW) {
        csv_close(&reader);
        return 0;
    }
    for (int c = 0; c < column_count; c++) {
        place[c] = -1;
        for (int i = 0; i < reader.cell_count; i++)
            if (strcmp(csv_cell(&reader, i), columns[c]) == 0)
                place[c] = i;
        assert_true(place[c] >= 0);
    }
    while (csv_next(&reader) == CSV_ROW) {
        const char *date = csv_cell(&reader, 0);
        if (strcmp(date, from) < 0 || strcmp(date, to) > 0)
            continue;
        assert_true(count < DAYS_MAX);
        for (int c = 0; c < column_count; c++)
            value[c][count] = strcmp(csv_cell(&reader, place[c]), "NA") == 0
                                  ? NAN
                                  : strtod(csv_cell(&reader, place[c]), NULL);
        count++;
    }
    csv_close(&reader);
    return count;
}

static void
the_whole_documented_run_is_that_of_airgr(void **state)
{
    (void)state;
    static const char *const weather_columns[] = {"P_mm", "PE_mm", "Qobs_mm"};
    static const char *const result_columns[] = {"Qsim", "Prod", "Rout", "AExch1", "AExch2", "AE"};
    static double weather[3][DAYS_MAX], wanted[6][DAYS_MAX], flow[DAYS_MAX];
    static struct gr4j_fluxes flux[DAYS_MAX];
    int days = read_columns("basin_L0123001_daily.csv", weather_columns, 3, "1989-01-01",
                            "1999-12-31", weather);
    int results = read_columns("ref_GR4J_L0123001_doc.csv", result_columns, 6, "1990-01-01",
                               "1999-12-31", wanted);
    if (days == 0 || results == 0) {
        print_message("the reference run of airGR is not here (NGUON_SHARED)\n");
        skip();
    }
    assert_int_equal(days, 365 + 3652);
    assert_int_equal(results, 3652);
    struct gr4j_state stores;
    gr4j_state_init(&stores, &documented, 0.3, 0.5);
    assert_int_equal(gr4j_run(&documented, &stores, 365, weather[0], weather[1], flow, NULL, NULL),
                     STATUS_OK);
    /* day by day, for the stores; the parts of the run join without a seam */
    double squares = 0.0, variance = 0.0, mean = 0.0;
    int observed = 0;
    for (int d = 0; d < results; d++) {
        assert_int_equal(gr4j_run(&documented, &stores, 1, weather[0] + 365 + d,
                                  weather[1] + 365 + d, flow + d, flux + d, NULL),
                         STATUS_OK);
        assert_close(flow[d], wanted[0][d], 0, 1e-6);
        assert_close(stores.production_mm, wanted[1][d], 0, 1e-6);
        assert_close(stores.routing_mm, wanted[2][d], 0, 1e-5);
        assert_close(flux[d].exchange_routing, wanted[3][d], 0, 1e-6);
        assert_close(flux[d].exchange_direct, wanted[4][d], 0, 1e-6);
        assert_close(flux[d].actual_evaporation, wanted[5][d], 0, 1e-6);
        double q = weather[2][365 + d];
        if (isnan(q))
            continue;
        observed++;
        mean += q;
        squares += (flow[d] - q) * (flow[d] - q);
    }
    mean /= observed;
    for (int d = 0; d < results; d++)
        if (!isnan(weather[2][365 + d]))
            variance += (weather[2][365 + d] - mean) * (weather[2][365 + d] - mean);
    assert_int_equal(observed, 3595);
    assert_close(1.0 - squares / variance, 0.7988220772, 0, 1e-6); /* NSE of airGR */
}

/* ---- water balance --------------------------------------------------------------------------- */

static double
water_in(const struct gr4j_state *stores)
{
    double sum = stores->production_mm + stores->routing_mm;
    for (int j = 1; j < GR4J_UH1_LENGTH; j++) /* place 0 has left */
        sum += stores->uh1_mm[j];
    for (int j = 1; j < GR4J_UH2_LENGTH; j++)
        sum += stores->uh2_mm[j];
    return sum;
}

static void
water_is_neither_made_nor_lost(void **state)
{
    (void)state;
    enum { COUNT = 800 };
    static const double x1[] = {1e-9, 0.01, 1, 350, 5000};
    static const double x2[] = {-20, -0.5, 0, 3};
    static const double x3[] = {1e-9, 0.01, 1, 90, 2000};
    static const double x4[] = {0.1, 0.5, 0.99, 1, 1.7, 2.5, 10, 19, 19.999};
    static double rain[COUNT], pet[COUNT];
    uint64_t seed = 42;
    make_weather(&seed, COUNT, rain, pet);
    rain[100] = 3000.0; /* a flood beyond all records, and a drought */
    for (int d = 400; d < 600; d++)
        rain[d] = 0.0;
    for (int i = 0; i < 5 * 4 * 5 * 9; i++) {
        struct gr4j_parameters p = {x1[i % 5], x2[i / 5 % 4], x3[i / 20 % 5], x4[i / 100]};
        struct gr4j_state stores;
        gr4j_state_init(&stores, &p, i % 2 == 0 ? 0.0 : 1.0, i % 3 == 0 ? 0.0 : 1.0);
        for (int d = 0; d < COUNT; d++) {
            struct gr4j_fluxes flux;
            double flow;
            double before = water_in(&stores);
            assert_int_equal(gr4j_run(&p, &stores, 1, &rain[d], &pet[d], &flow, &flux, NULL),
                             STATUS_OK);
            double residual = rain[d] - flux.actual_evaporation - flow + flux.exchange_routing +
                              flux.exchange_direct - (water_in(&stores) - before);
            assert_close(residual, 0.0, 0, 1e-9);
            assert_true(flow >= 0.0 && isfinite(flow));
            assert_close(flow, flux.routed_flow + flux.direct_flow, 1e-14, 0);
            assert_true(stores.production_mm >= 0.0);
            assert_true(stores.production_mm <= fmax(p.x1_mm, 0.01));
            assert_true(stores.routing_mm >= 0.0);
            assert_true(stores.routing_mm <= fmax(p.x3_mm, 0.01) + 1e-9);
            assert_true(flux.actual_evaporation >= 0.0);
            assert_true(flux.actual_evaporation <= fmax(pet[d], rain[d]) + 1e-12);
            assert_true(flux.percolation >= 0.0 && flux.effective_rain >= 0.0);
        }
    }
}

static void
without_rain_an_empty_catchment_stays_dry(void **state)
{
    (void)state;
    static const double rain[30] = {0}, pet[30] = {4};
    struct gr4j_parameters p = {350, 0, 90, 1.7};
    struct gr4j_state stores;
    double flow[30];
    gr4j_state_init(&stores, &p, 0.0, 0.0);
    assert_int_equal(gr4j_run(&p, &stores, 30, rain, pet, flow, NULL, NULL), STATUS_OK);
    for (int d = 0; d < 30; d++)
        assert_true(flow[d] == 0.0);
    assert_close(water_in(&stores), 0.0, 0, 0);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void
a_run_in_two_parts_is_the_run_in_one(void **state)
{
    (void)state;
    enum { COUNT = 900 };
    static double rain[COUNT], pet[COUNT], whole[COUNT], parts[COUNT];
    static struct gr4j_fluxes whole_flux[COUNT], part_flux[COUNT];
    uint64_t seed = 8;
    make_weather(&seed, COUNT, rain, pet);
    static const double x4[] = {0.5, 1.0, 1.7, 7.3, 19.9};
    for (int i = 0; i < 5; i++)
        for (int cut = 0; cut <= COUNT; cut += 75) {
            struct gr4j_parameters p = {300, -0.7, 60, x4[i]};
            struct gr4j_state at_once, by_parts;
            memset(&at_once, 0, sizeof at_once);
            gr4j_state_init(&at_once, &p, 0.3, 0.5);
            by_parts = at_once;
            assert_int_equal(gr4j_run(&p, &at_once, COUNT, rain, pet, whole, whole_flux, NULL),
                             STATUS_OK);
            assert_int_equal(gr4j_run(&p, &by_parts, cut, rain, pet, parts, part_flux, NULL),
                             STATUS_OK);
            assert_int_equal(gr4j_run(&p, &by_parts, COUNT - cut, rain + cut, pet + cut,
                                      parts + cut, part_flux + cut, NULL),
                             STATUS_OK);
            assert_memory_equal(whole, parts, sizeof whole);
            assert_memory_equal(whole_flux, part_flux, sizeof whole_flux);
            assert_memory_equal(&at_once, &by_parts, sizeof at_once);
        }
}

static void
small_parameters_are_raised(void **state)
{
    (void)state;
    enum { COUNT = 100 };
    double rain[COUNT], pet[COUNT], one[COUNT], other[COUNT];
    uint64_t seed = 6;
    make_weather(&seed, COUNT, rain, pet);
    struct gr4j_parameters tiny = {1e-9, 0.1, 0, 0.2};
    struct gr4j_parameters raised = {0.01, 0.1, 0.01, 0.5};
    struct gr4j_state a = {0}, b = {0};
    assert_int_equal(gr4j_run(&tiny, &a, COUNT, rain, pet, one, NULL, NULL), STATUS_OK);
    assert_int_equal(gr4j_run(&raised, &b, COUNT, rain, pet, other, NULL, NULL), STATUS_OK);
    assert_memory_equal(one, other, sizeof one);
}

static void
bad_inputs_are_refused_and_change_nothing(void **state)
{
    (void)state;
    static const double bad_figures[] = {NAN, INFINITY, -INFINITY, -1e-9};
    struct gr4j_parameters good = {350, 0, 90, 1.7};
    struct gr4j_state stores, before;
    double flow[3];
    memset(&stores, 0, sizeof stores);
    gr4j_state_init(&stores, &good, 0.3, 0.5);
    before = stores;
    for (int i = 0; i < 8; i++) {
        double rain[3] = {1, 2, 3}, pet[3] = {3, 2, 1};
        (i < 4 ? rain : pet)[2] = bad_figures[i % 4];
        struct error err = {0};
        assert_int_equal(gr4j_run(&good, &stores, 3, rain, pet, flow, NULL, &err),
                         STATUS_NOT_FINITE);
        assert_non_null(strstr(err.text, "step 3 has"));
        assert_memory_equal(&stores, &before, sizeof stores);
    }
    static const struct gr4j_parameters bad[] = {
        {NAN, 0, 90, 1.7},    {350, (double)INFINITY, 90, 1.7},
        {350, 0, NAN, 1.7},   {350, 0, 90, NAN},
        {350, 0, 90, 20.001}, {-5, 0, 90, 1.7}};
    static const double rain[1] = {1}, pet[1] = {1};
    for (int i = 0; i < 6; i++) {
        assert_int_equal(gr4j_run(&bad[i], &stores, 1, rain, pet, flow, NULL, NULL), STATUS_INPUT);
        assert_memory_equal(&stores, &before, sizeof stores);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_agree_with_the_equations),
        cmocka_unit_test(the_first_days_of_the_documented_run_are_those_of_airgr),
        cmocka_unit_test(the_whole_documented_run_is_that_of_airgr),
        cmocka_unit_test(water_is_neither_made_nor_lost),
        cmocka_unit_test(without_rain_an_empty_catchment_stays_dry),
        cmocka_unit_test(a_run_in_two_parts_is_the_run_in_one),
        cmocka_unit_test(small_parameters_are_raised),
        cmocka_unit_test(bad_inputs_are_refused_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
