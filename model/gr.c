/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gr.h"

#include "model/catchment_model.h"

#include <math.h>
#include <stddef.h>

/* The GR family as entries of the table of models; gr_kernel.h has the equations. */

extern const struct catchment_model model_gr4j, model_gr5j, model_gr6j, model_gr4h, model_gr2m;

/* ---- unit hydrographs ------------------------------------------------------------------------ */

/* S-curve of the first unit hydrograph: share of the water that has left after t. */
static double
s_curve1(double t, double x4, double exponent)
{
    return t < x4 ? pow(t / x4, exponent) : 1.0;
}

static double
s_curve2(double t, double x4, double exponent)
{
    if (t <= x4)
        return 0.5 * pow(t / x4, exponent);
    return t < 2.0 * x4 ? 1.0 - 0.5 * pow(2.0 - t / x4, exponent) : 1.0;
}

/* Ordinates of both unit hydrographs and the count of those that differ from zero. */
static void
set_ordinates(double x4, double exponent, int length1, int length2, double *ordinate, int *span)
{
    double *second = ordinate + length1;
    for (int j = 0; j < length1; j++)
        ordinate[j] = s_curve1(j + 1.0, x4, exponent) - s_curve1(j, x4, exponent);
    for (int j = 0; j < length2; j++)
        second[j] = s_curve2(j + 1.0, x4, exponent) - s_curve2(j, x4, exponent);
    span[0] = length1 > 0 ? (int)ceil(x4) : 0;
    span[1] = (int)ceil(2.0 * x4);
}

/* ---- constants and start --------------------------------------------------------------------- */

static const double exponent_day = 2.5, exponent_hour = 1.25;

static void
set_stores(const double *parameter, double *constant)
{
    constant[GR_X1] = parameter[0];
    constant[GR_INVERSE_X1] = 1.0 / parameter[0];
    constant[GR_X2] = parameter[1];
    constant[GR_INVERSE_X3] = 1.0 / parameter[2];
    constant[GR_X5] = 0.0;
    constant[GR_X6] = 1.0;
    constant[GR_INVERSE_X6] = 1.0;
}

static void
set_gr4j(const double *parameter, double *constant, int *span)
{
    set_stores(parameter, constant);
    set_ordinates(parameter[3], exponent_day, GR_DAILY_LENGTH, 2 * GR_DAILY_LENGTH,
                  constant + GR_ORDINATES, span);
}

static void
set_gr5j(const double *parameter, double *constant, int *span)
{
    set_stores(parameter, constant);
    constant[GR_X5] = parameter[4];
    set_ordinates(parameter[3], exponent_day, 0, 2 * GR_DAILY_LENGTH, constant + GR_ORDINATES,
                  span);
}

static void
set_gr6j(const double *parameter, double *constant, int *span)
{
    set_gr4j(parameter, constant, span);
    constant[GR_X5] = parameter[4];
    constant[GR_X6] = parameter[5];
    constant[GR_INVERSE_X6] = 1.0 / parameter[5];
}

static void
set_gr4h(const double *parameter, double *constant, int *span)
{
    set_stores(parameter, constant);
    set_ordinates(parameter[3], exponent_hour, GR_HOURLY_LENGTH, 2 * GR_HOURLY_LENGTH,
                  constant + GR_ORDINATES, span);
}

static void
set_gr2m(const double *parameter, double *constant, int *span)
{
    constant[GR2M_X1] = parameter[0];
    constant[GR2M_INVERSE_X1] = 1.0 / parameter[0];
    constant[GR2M_X2] = parameter[1];
    span[0] = 0;
    span[1] = 0;
}

static void
start_gr(const double *parameter, const double *initial, double *state)
{
    state[GR_PRODUCTION] = initial[0] * parameter[0];
    state[GR_ROUTING] = initial[1] * parameter[2];
}

static void
start_gr6j(const double *parameter, const double *initial, double *state)
{
    start_gr(parameter, initial, state);
    state[GR_EXPONENTIAL] = initial[2];
}

/* The reference package fills the routing store with that many times X2, which is a coefficient
   near 1, so that the store is almost empty; kept so that runs compare. */
static void
start_gr2m(const double *parameter, const double *initial, double *state)
{
    state[GR_PRODUCTION] = initial[0] * parameter[0];
    state[GR_ROUTING] = initial[1] * parameter[1];
}

static const char *
check_stores(const double *parameter, const double *state)
{
    const double slack = 1.0 + 1e-12; /* figures of a saved state are rounded */
    if (!(state[GR_PRODUCTION] >= 0.0 && state[GR_PRODUCTION] <= parameter[0] * slack))
        return "Prod";
    return state[GR_ROUTING] >= 0.0 ? NULL : "Rout";
}

/* ---- what the models are called and made of ---------------------------------------------------
 */

#define X1_ROW                                                                                     \
    {                                                                                              \
        "x1", "mm", "capacity of the production store", 0.0, 0.01, INFINITY, 350.0, 1.0, 10000.0,  \
            SEARCH_LOG                                                                             \
    }
#define X3_ROW                                                                                     \
    {                                                                                              \
        "x3", "mm", "capacity of the routing store", 0.0, 0.01, INFINITY, 90.0, 1.0, 5000.0,       \
            SEARCH_LOG                                                                             \
    }
#define X4_ROW                                                                                     \
    {                                                                                              \
        "x4", "d", "time base of the unit hydrograph", 0.0, 0.5, 20.0, 1.7, 0.5, 20.0, SEARCH_LOG  \
    }
#define X2_ROW(unit)                                                                               \
    {                                                                                              \
        "x2", unit, "exchange with the ground", -INFINITY, -INFINITY, INFINITY, 0.0, -50.0, 50.0,  \
            SEARCH_ASINH                                                                           \
    }
#define X5_ROW                                                                                     \
    {                                                                                              \
        "x5", "1", "threshold of the exchange", -INFINITY, -INFINITY, INFINITY, 0.0, -2.0, 2.0,    \
            SEARCH_PLAIN                                                                           \
    }

/* Defaults are medians of Perrin et al. 2003 [M]; ranges of calibration reach well beyond theirs.
 */
static const struct catchment_parameter gr4j_parameters[] = {X1_ROW, X2_ROW("mm/d"), X3_ROW,
                                                             X4_ROW};
static const struct catchment_parameter gr5j_parameters[] = {X1_ROW, X2_ROW("mm/d"), X3_ROW, X4_ROW,
                                                             X5_ROW};
static const struct catchment_parameter gr6j_parameters[] = {
    X1_ROW,
    X2_ROW("mm/d"),
    X3_ROW,
    X4_ROW,
    X5_ROW,
    {"x6", "mm", "capacity of the exponential store", 0.0, 0.01, INFINITY, 5.0, 0.05, 1000.0,
     SEARCH_LOG}};
static const struct catchment_parameter gr4h_parameters[] = {
    X1_ROW,
    X2_ROW("mm/h"),
    X3_ROW,
    {"x4", "h", "time base of the unit hydrograph", 0.0, 0.5, 480.0, 5.0, 0.5, 240.0, SEARCH_LOG}};
static const struct catchment_parameter gr2m_parameters[] = {
    {"x1", "mm", "capacity of the production store", 0.0, 0.01, INFINITY, 380.0, 1.0, 10000.0,
     SEARCH_LOG},
    {"x2", "1", "share of the routed water that stays (above 1: it gains)", 0.0, 0.01, INFINITY,
     0.9, 0.05, 3.0, SEARCH_PLAIN}};

enum { UH_DAILY = GR_REGISTERS + GR_DAILY_LENGTH, UH_HOURLY = GR_REGISTERS + GR_HOURLY_LENGTH };

static const struct catchment_state_part gr4j_parts[] = {
    {"Prod", GR_PRODUCTION, 1},
    {"Rout", GR_ROUTING, 1},
    {"UH1", GR_REGISTERS, GR_DAILY_LENGTH},
    {"UH2", UH_DAILY, 2 * GR_DAILY_LENGTH},
};
static const struct catchment_state_part gr5j_parts[] = {
    {"Prod", GR_PRODUCTION, 1},
    {"Rout", GR_ROUTING, 1},
    {"UH1", GR_REGISTERS, 0},
    {"UH2", GR_REGISTERS, 2 * GR_DAILY_LENGTH},
};
static const struct catchment_state_part gr6j_parts[] = {
    {"Prod", GR_PRODUCTION, 1},
    {"Rout", GR_ROUTING, 1},
    {"UH1", GR_REGISTERS, GR_DAILY_LENGTH},
    {"UH2", UH_DAILY, 2 * GR_DAILY_LENGTH},
    {"Exp", GR_EXPONENTIAL, 1},
};
static const struct catchment_state_part gr4h_parts[] = {
    {"Prod", GR_PRODUCTION, 1},
    {"Rout", GR_ROUTING, 1},
    {"UH1", GR_REGISTERS, GR_HOURLY_LENGTH},
    {"UH2", UH_HOURLY, 2 * GR_HOURLY_LENGTH},
};
static const struct catchment_state_part gr2m_parts[] = {{"Prod", GR_PRODUCTION, 1},
                                                         {"Rout", GR_ROUTING, 1}};

#define PROD                                                                                       \
    {                                                                                              \
        "Prod", "mm", GR_COLUMN_PROD, COLUMN_STORE, "production store"                             \
    }
#define ROUT                                                                                       \
    {                                                                                              \
        "Rout", "mm", GR_COLUMN_ROUT, COLUMN_STORE, "routing store"                                \
    }
#define EXP                                                                                        \
    {                                                                                              \
        "Exp", "mm", GR_COLUMN_EXP, COLUMN_STORE, "exponential store"                              \
    }
#define UH1                                                                                        \
    {                                                                                              \
        "UH1", "mm", GR_COLUMN_UH1, COLUMN_STORE, "water under way in unit hydrograph 1"           \
    }
#define UH2                                                                                        \
    {                                                                                              \
        "UH2", "mm", GR_COLUMN_UH2, COLUMN_STORE, "water under way in unit hydrograph 2"           \
    }
#define PRODUCTION_FLUXES                                                                          \
    {"Pn", "mm", GR_COLUMN_PN, COLUMN_INSIDE, "net rain"},                                         \
        {"Ps", "mm", GR_COLUMN_PS, COLUMN_INSIDE, "net rain that fills the production store"},     \
        {"AE", "mm", GR_COLUMN_AE, COLUMN_LOSS, "actual evapotranspiration"},                      \
        {"Perc", "mm", GR_COLUMN_PERC, COLUMN_INSIDE, "percolation"},                              \
    {                                                                                              \
        "PR", "mm", GR_COLUMN_PR, COLUMN_INSIDE, "water that is routed"                            \
    }
#define ROUTING_FLUXES                                                                             \
    {"Q9", "mm", GR_COLUMN_Q9, COLUMN_INSIDE, "into the routing branch"},                          \
        {"Q1", "mm", GR_COLUMN_Q1, COLUMN_INSIDE, "into the direct branch"},                       \
        {"Exch", "mm", GR_COLUMN_EXCH, COLUMN_INSIDE, "potential exchange with the ground"},       \
        {"AExch1", "mm", GR_COLUMN_AEXCH1, COLUMN_INSIDE, "exchange of the routing store"},        \
        {"AExch2", "mm", GR_COLUMN_AEXCH2, COLUMN_INSIDE, "exchange of the direct branch"},        \
        {"AExch", "mm", GR_COLUMN_AEXCH, COLUMN_GAIN, "exchange in all"},                          \
    {                                                                                              \
        "QR", "mm", GR_COLUMN_QR, COLUMN_INSIDE, "flow of the routing store"                       \
    }
#define DIRECT                                                                                     \
    {                                                                                              \
        "QD", "mm", GR_COLUMN_QD, COLUMN_INSIDE, "flow of the direct branch"                       \
    }

static const struct catchment_column gr4j_columns[] = {
    PROD, ROUT, UH1, UH2, PRODUCTION_FLUXES, ROUTING_FLUXES, DIRECT};
static const struct catchment_column gr5j_columns[] = {
    PROD, ROUT, UH2, PRODUCTION_FLUXES, ROUTING_FLUXES, DIRECT};
static const struct catchment_column gr6j_columns[] = {
    PROD,
    ROUT,
    EXP,
    UH1,
    UH2,
    PRODUCTION_FLUXES,
    ROUTING_FLUXES,
    {"QRExp", "mm", GR_COLUMN_QREXP, COLUMN_INSIDE, "flow of the exponential store"},
    DIRECT};
static const struct catchment_column gr2m_columns[] = {
    {"Prod", "mm", GR2M_COLUMN_PROD, COLUMN_STORE, "production store"},
    {"Rout", "mm", GR2M_COLUMN_ROUT, COLUMN_STORE, "routing store"},
    {"Pn", "mm", GR2M_COLUMN_PN, COLUMN_INSIDE, "rain that the production store cannot hold"},
    {"Ps", "mm", GR2M_COLUMN_PS, COLUMN_INSIDE, "rain that fills the production store"},
    {"AE", "mm", GR2M_COLUMN_AE, COLUMN_LOSS, "actual evapotranspiration"},
    {"Perc", "mm", GR2M_COLUMN_PERC, COLUMN_INSIDE, "percolation"},
    {"PR", "mm", GR2M_COLUMN_PR, COLUMN_INSIDE, "water that is routed"},
    {"AExch", "mm", GR2M_COLUMN_AEXCH, COLUMN_GAIN, "exchange with the ground"}};

#define LENGTH(array) (int)(sizeof(array) / sizeof *(array))
#define PARTS(name)                                                                                \
    .parameter_count = LENGTH(name##_parameters), .parameter = name##_parameters,                  \
    .part_count = LENGTH(name##_parts), .part = name##_parts

/* Parts 2 and 3 of every model with unit hydrographs are their registers. */
#define HYDROGRAPHS .length_parameter = 3, .register_count = 2, .register_part = {2, 3}

static const char two_shares[] = "shares 0..1 of X1 and X3";
static const char three_shares[] = "shares 0..1 of X1 and X3, and the exponential store in mm";

const struct catchment_model model_gr4j = {
    .name = "gr4j",
    .title = "GR4J, daily",
    .source = "Perrin, Michel, Andréassian 2003, J. Hydrol. 279:275-289",
    .step = STEP_DAILY,
    PARTS(gr4j),
    .state_count = UH_DAILY + 2 * GR_DAILY_LENGTH,
    .column_count = GR_COLUMN_COUNT,
    .shown_count = LENGTH(gr4j_columns),
    .column = gr4j_columns,
    .initial_count = 2,
    .initial = {0.3, 0.5},
    .initial_meaning = two_shares,
    .kernel = KERNEL_GR4J,
    .constant_count = GR_ORDINATES + 3 * GR_DAILY_LENGTH,
    HYDROGRAPHS,
    .set_constants = set_gr4j,
    .set_start = start_gr,
    .check_state = check_stores,
};

const struct catchment_model model_gr5j = {
    .name = "gr5j",
    .title = "GR5J, daily",
    .source = "Le Moine 2008, thesis, UPMC Paris",
    .step = STEP_DAILY,
    PARTS(gr5j),
    .state_count = GR_REGISTERS + 2 * GR_DAILY_LENGTH,
    .column_count = GR_COLUMN_COUNT,
    .shown_count = LENGTH(gr5j_columns),
    .column = gr5j_columns,
    .initial_count = 2,
    .initial = {0.3, 0.5},
    .initial_meaning = two_shares,
    .kernel = KERNEL_GR5J,
    .constant_count = GR_ORDINATES + 2 * GR_DAILY_LENGTH,
    HYDROGRAPHS,
    .set_constants = set_gr5j,
    .set_start = start_gr,
    .check_state = check_stores,
};

const struct catchment_model model_gr6j = {
    .name = "gr6j",
    .title = "GR6J, daily",
    .source = "Pushpalatha et al. 2011, J. Hydrol. 411:66-76",
    .step = STEP_DAILY,
    PARTS(gr6j),
    .state_count = UH_DAILY + 2 * GR_DAILY_LENGTH,
    .column_count = GR_COLUMN_COUNT,
    .shown_count = LENGTH(gr6j_columns),
    .column = gr6j_columns,
    .initial_count = 3,
    .initial = {0.3, 0.5, 0.0},
    .initial_meaning = three_shares,
    .kernel = KERNEL_GR6J,
    .constant_count = GR_ORDINATES + 3 * GR_DAILY_LENGTH,
    HYDROGRAPHS,
    .set_constants = set_gr6j,
    .set_start = start_gr6j,
    .check_state = check_stores,
};

const struct catchment_model model_gr4h = {
    .name = "gr4h",
    .title = "GR4H, hourly",
    .source = "Mathevet 2005, thesis, ENGREF Paris",
    .step = STEP_HOURLY,
    PARTS(gr4h),
    .state_count = UH_HOURLY + 2 * GR_HOURLY_LENGTH,
    .column_count = GR_COLUMN_COUNT,
    .shown_count = LENGTH(gr4j_columns),
    .column = gr4j_columns,
    .initial_count = 2,
    .initial = {0.3, 0.5},
    .initial_meaning = two_shares,
    .kernel = KERNEL_GR4H,
    .constant_count = GR_ORDINATES + 3 * GR_HOURLY_LENGTH,
    HYDROGRAPHS,
    .set_constants = set_gr4h,
    .set_start = start_gr,
    .check_state = check_stores,
};

const struct catchment_model model_gr2m = {
    .name = "gr2m",
    .title = "GR2M, monthly",
    .source = "Mouelhi et al. 2006, J. Hydrol. 318:200-214",
    .step = STEP_MONTHLY,
    PARTS(gr2m),
    .state_count = GR_REGISTERS,
    .column_count = GR2M_COLUMN_COUNT,
    .shown_count = LENGTH(gr2m_columns),
    .column = gr2m_columns,
    .initial_count = 2,
    .initial = {0.3, 0.5},
    .initial_meaning = "a share 0..1 of X1, and the routing store as a part 0..1 of X2 mm",
    .kernel = KERNEL_GR2M,
    .constant_count = GR2M_CONSTANT_COUNT,
    .length_parameter = -1,
    .set_constants = set_gr2m,
    .set_start = start_gr2m,
    .check_state = check_stores,
};
