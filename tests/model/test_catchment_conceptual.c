/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/catchment_model.h"
#include "solvers/philox.h"
#include "tests/support.h"

#include <stdbool.h>
#include <string.h>

/* Xinanjiang and HBV against a plain transcription of the published equations, branch by branch and
   with the C library's pow and exp, and against what the equations imply. */

enum { STEPS = 1200 };

static double rain_mm[STEPS], pet_mm[STEPS];

static double
draw(uint32_t stream, uint32_t i)
{
    struct philox_key key = {.seed = 23, .variable = stream};
    return philox_uniform(&key, i);
}

static void
make_weather(void)
{
    for (uint32_t t = 0; t < STEPS; t++) {
        rain_mm[t] = draw(1, t) < 0.6 ? 0.0 : -15.0 * log(draw(2, t));
        if (t % 97 == 96)
            rain_mm[t] += 300.0 * draw(3, t);
        pet_mm[t] = 7.0 * draw(4, t);
    }
}

static void
run(const char *name, const double *parameter, const double *initial, double *flow_mm)
{
    const struct catchment_model *model = catchment_model_find(name);
    double state[CATCHMENT_STATE_MAX];
    struct error err = {0};
    catchment_start(model, parameter, initial, state);
    assert_int_equal(
        catchment_run(model, parameter, state, STEPS, rain_mm, pet_mm, flow_mm, NULL, &err),
        STATUS_OK);
}

/* ---- Xinanjiang (Zhao 1992) -------------------------------------------------------------------
 */

struct xinanjiang {
    double k, b, im, um, lm, dm, c, sm, ex, ki, kg, cs, l, ci, cg;
    double wu, wl, wd, s, fr, qi, qg, q;
    double under_way[STEPS + 40];
};

/* Evapotranspiration, net rain and runoff of one day; Zhao 1992 equations 1 to 9. */
static double
xinanjiang_runoff(struct xinanjiang *m, double p, double ep, double *net)
{
    double eu, el = 0.0, ed = 0.0;
    if (p + m->wu >= ep) {
        eu = ep;
    } else {
        eu = p + m->wu;
        if (m->wl >= m->c * m->lm) {
            el = (ep - eu) * m->wl / m->lm;
        } else if (m->wl >= m->c * (ep - eu)) {
            el = m->c * (ep - eu);
        } else {
            el = m->wl;
            ed = m->c * (ep - eu) - el;
            if (ed > m->wd)
                ed = m->wd;
        }
    }
    *net = p - ep > 0.0 ? p - ep : 0.0;
    m->wl -= el;
    m->wd -= ed;
    if (p <= ep) {
        m->wu -= eu - p;
        return 0.0;
    }
    double wm = m->um + m->lm + m->dm, wmm = wm * (1.0 + m->b), w = m->wu + m->wl + m->wd;
    double a = wmm * (1.0 - pow(1.0 - w / wm, 1.0 / (1.0 + m->b)));
    double r = *net + a < wmm ? *net - (wm - w) + wm * pow(1.0 - (*net + a) / wmm, 1.0 + m->b)
                              : *net - (wm - w);
    m->wu += *net - r;
    if (m->wu > m->um) {
        m->wl += m->wu - m->um;
        m->wu = m->um;
    }
    if (m->wl > m->lm) {
        m->wd += m->wl - m->lm;
        m->wl = m->lm;
    }
    return r;
}

/* Split into three sources in parts of at most 5 mm of net rain. */
static void
xinanjiang_divide(struct xinanjiang *m, double net, double r, double *rs, double *ri, double *rg)
{
    double fr0 = m->fr, smm = m->sm * (1.0 + m->ex);
    int parts = net > 5.0 ? (int)ceil(net / 5.0) : 1;
    double kt = m->ki + m->kg, part_kt = 1.0 - pow(1.0 - kt, 1.0 / parts);
    *rs = *ri = *rg = 0.0;
    if (r > 0.0) {
        m->fr = r / net > 1e-3 ? r / net : 1e-3;
        double held = m->s * fr0;
        m->s = held / m->fr;
        if (m->s > m->sm) {
            double drained = held - m->sm * m->fr;
            *ri += drained * m->ki / kt;
            *rg += drained * m->kg / kt;
            m->s = m->sm;
        }
    }
    for (int i = 0; i < parts; i++) {
        double depth = r / parts / m->fr, spilled = 0.0;
        if (r > 0.0) {
            double au = smm * (1.0 - pow(1.0 - m->s / m->sm, 1.0 / (1.0 + m->ex)));
            spilled = depth + au < smm ? depth - m->sm + m->s +
                                             m->sm * pow(1.0 - (depth + au) / smm, 1.0 + m->ex)
                                       : depth + m->s - m->sm;
        }
        *rs += spilled * m->fr;
        m->s += depth - spilled;
        *ri += m->s * part_kt * m->ki / kt * m->fr;
        *rg += m->s * part_kt * m->kg / kt * m->fr;
        m->s *= 1.0 - part_kt;
    }
}

static double
xinanjiang_day(struct xinanjiang *m, int t)
{
    double net, rs, ri, rg;
    double r = xinanjiang_runoff(m, rain_mm[t], m->k * pet_mm[t], &net);
    xinanjiang_divide(m, net, r, &rs, &ri, &rg);
    m->qi = m->ci * m->qi + (1.0 - m->ci) * ri * (1.0 - m->im);
    m->qg = m->cg * m->qg + (1.0 - m->cg) * rg * (1.0 - m->im);
    double into = rs * (1.0 - m->im) + net * m->im + m->qi + m->qg;
    int whole = (int)m->l;
    m->under_way[t + whole] += into * (1.0 - (m->l - whole));
    m->under_way[t + whole + 1] += into * (m->l - whole);
    m->q = m->cs * m->q + (1.0 - m->cs) * m->under_way[t];
    return m->q;
}

static void
xinanjiang_follows_the_published_equations(void **state)
{
    (void)state;
    static const double sets[][15] = {
        {0.93, 0.3, 0.01, 20, 70, 60, 0.15, 30, 1.2, 0.4, 0.3, 0.3, 1.4, 0.7, 0.98},
        {0.2, 0.1, 0.1, 5, 60, 60, 0.0, 1.5, 1.0, 0.1, 0.6, 0.9, 0.0, 0.0, 0.998},
        {1.0, 0.4, 0.0, 0, 90, 120, 0.2, 100, 1.5, 0.7, 0.05, 0.0, 3.0, 0.9, 0.9},
    };
    static double flow_mm[STEPS];
    make_weather();
    for (int i = 0; i < 3; i++) {
        static struct xinanjiang m;
        memset(&m, 0, sizeof m);
        memcpy(&m, sets[i], sizeof sets[i]);
        m.wu = 0.5 * m.um;
        m.wl = 0.5 * m.lm;
        m.wd = 0.5 * m.dm;
        m.s = 0.5 * m.sm;
        m.fr = 0.1;
        m.qg = 0.1;
        run("xinanjiang", sets[i], (double[]){0.5, 0.5, 0.1}, flow_mm);
        for (int t = 0; t < STEPS; t++) {
            double expected = xinanjiang_day(&m, t);
            if (!(fabs(flow_mm[t] - expected) <= 1e-9 * fmax(1.0, expected)))
                fail_msg("set %d, day %d: %.15g, expected %.15g", i, t, flow_mm[t], expected);
        }
    }
}

/* Steady rain on a catchment in balance leaves as flow, but for what evaporates. */
static void
xinanjiang_in_balance_passes_the_net_rain(void **state)
{
    (void)state;
    static double flow_mm[STEPS];
    const struct catchment_model *model = catchment_model_find("xinanjiang");
    double parameter[CATCHMENT_PARAMETER_MAX];
    for (int i = 0; i < model->parameter_count; i++)
        parameter[i] = model->parameter[i].usual;
    for (int t = 0; t < STEPS; t++) {
        rain_mm[t] = 12.0;
        pet_mm[t] = 4.0;
    }
    run("xinanjiang", parameter, (double[]){0.5, 0.5, 0.0}, flow_mm);
    assert_close(flow_mm[STEPS - 1], 12.0 - parameter[0] * 4.0, 1e-9, 0.0);
}

/* ---- HBV (Parajka, Merz, Blöschl 2007) ---------------------------------------------------------
 */

struct hbv {
    double lp, fc, beta, k0, k1, k2, lsuz, cperc, bmax, croute;
    double sm, suz, slz;
    double under_way[STEPS + 60];
};

static double
hbv_day(struct hbv *m, int t)
{
    double p = rain_mm[t], dq = pow(m->sm / m->fc, m->beta) * p;
    if (dq > p)
        dq = p;
    m->sm += p - dq;
    if (m->sm > m->fc) {
        dq += m->sm - m->fc;
        m->sm = m->fc;
    }
    double et = m->sm < m->lp * m->fc ? pet_mm[t] * m->sm / (m->lp * m->fc) : pet_mm[t];
    m->sm -= et < m->sm ? et : m->sm;
    double suz = m->suz + dq, q0 = 0.0;
    if (suz > m->lsuz)
        q0 = (suz - m->lsuz) / m->k0 * exp(-1.0 / m->k0);
    suz -= q0;
    double q1 = -m->cperc + (m->cperc + suz / m->k1) * exp(-1.0 / m->k1);
    if (q1 < 0.0)
        q1 = 0.0;
    double percolation = suz - q1 < m->cperc ? suz - q1 : m->cperc;
    m->suz = suz - q1 - percolation;
    double q2 = percolation - (percolation - m->slz / m->k2) * exp(-1.0 / m->k2);
    if (q2 < 0.0)
        q2 = 0.0;
    m->slz += percolation - q2;
    double flow = q0 + q1 + q2, base = m->bmax - m->croute * flow;
    int n = base > 1.0 ? (int)base : 1;
    for (int j = 1; j <= n; j++) {
        double height = j <= n / 2 ? j - 0.5 : n - j + 0.5;
        if (n % 2 == 1 && j == n / 2 + 1)
            height = j - 0.75;
        m->under_way[t + j - 1] += height * 4.0 * flow / (n * n);
    }
    return m->under_way[t];
}

static void
hbv_follows_the_published_equations(void **state)
{
    (void)state;
    static const double sets[][10] = {
        {0.9, 100, 3.3, 0.5, 9, 105, 50, 2, 10, 26.5},
        {0.3, 450, 0.7, 2.0, 25, 220, 5, 7, 24.5, 1.5},
        {1.0, 40, 15, 0.2, 2, 30, 90, 0.3, 1.0, 0.0},
    };
    static double flow_mm[STEPS];
    make_weather();
    for (int i = 0; i < 3; i++) {
        static struct hbv m;
        memset(&m, 0, sizeof m);
        memcpy(&m, sets[i], sizeof sets[i]);
        m.sm = 0.5 * m.fc;
        m.suz = 0.05 * m.lsuz;
        m.slz = 2.5;
        run("hbv", sets[i], (double[]){0.5, 0.05, 2.5}, flow_mm);
        for (int t = 0; t < STEPS; t++) {
            double expected = hbv_day(&m, t);
            if (!(fabs(flow_mm[t] - expected) <= 1e-9 * fmax(1.0, expected)))
                fail_msg("set %d, day %d: %.15g, expected %.15g", i, t, flow_mm[t], expected);
        }
    }
}

/* Without rain the lower zone empties as exp(-t/K2) in the long run. */
static void
hbv_recedes_at_the_rate_of_its_lower_zone(void **state)
{
    (void)state;
    static double flow_mm[STEPS];
    double parameter[] = {0.9, 100, 3.3, 0.5, 9, 105, 50, 2, 10, 0.0};
    memset(rain_mm, 0, sizeof rain_mm);
    memset(pet_mm, 0, sizeof pet_mm);
    run("hbv", parameter, (double[]){0.0, 0.0, 80.0}, flow_mm);
    /* a day's share of the store is 1/K2 exp(-1/K2) in this scheme */
    double kept = 1.0 - exp(-1.0 / 105.0) / 105.0;
    for (int t = 20; t < 400; t++)
        assert_close(flow_mm[t + 1] / flow_mm[t], kept, 1e-12, 0.0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xinanjiang_follows_the_published_equations),
        cmocka_unit_test(xinanjiang_in_balance_passes_the_net_rain),
        cmocka_unit_test(hbv_follows_the_published_equations),
        cmocka_unit_test(hbv_recedes_at_the_rate_of_its_lower_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
