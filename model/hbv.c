/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/hbv.h"

#include "model/catchment_model.h"

#include <math.h>
#include <stddef.h>

/* HBV as an entry of the table of models; hbv_kernel.h has the equations. */

extern const struct catchment_model model_hbv;

enum parameter {
    PARAMETER_LP,
    PARAMETER_FC,
    PARAMETER_BETA,
    PARAMETER_K0,
    PARAMETER_K1,
    PARAMETER_K2,
    PARAMETER_LSUZ,
    PARAMETER_CPERC,
    PARAMETER_BMAX,
    PARAMETER_CROUTE,
    PARAMETER_COUNT
};

/* Order, ranges and defaults of the R package TUWmodel (its help page), snow left out. */
static const struct catchment_parameter parameters[PARAMETER_COUNT] = {
    {"lp", "1", "share of FC from which evapotranspiration is potential", 0.0, 1e-3, INFINITY, 0.9,
     0.1, 1.0, SEARCH_PLAIN},
    {"fc", "mm", "capacity of soil moisture", 0.0, 0.01, INFINITY, 100.0, 5.0, 1000.0, SEARCH_LOG},
    {"beta", "1", "exponent of runoff generation", 0.0, 1e-3, 100.0, 3.3, 0.1, 20.0, SEARCH_LOG},
    {"k0", "d", "storage coefficient of very fast flow", 0.0, 0.0, INFINITY, 0.5, 0.05, 2.0,
     SEARCH_PLAIN},
    {"k1", "d", "storage coefficient of fast flow", 0.0, 1.0, INFINITY, 9.0, 2.0, 50.0, SEARCH_LOG},
    {"k2", "d", "storage coefficient of slow flow", 0.0, 1.0, INFINITY, 105.0, 20.0, 500.0,
     SEARCH_LOG},
    {"lsuz", "mm", "upper zone storage above which very fast flow begins", 0.0, 0.0, INFINITY, 50.0,
     0.5, 200.0, SEARCH_LOG},
    {"cperc", "mm/d", "largest percolation", 0.0, 0.0, INFINITY, 2.0, 0.0, 10.0, SEARCH_PLAIN},
    {"bmax", "d", "base of the transfer triangle at low flow", 0.0, 1.0, HBV_TRANSFER_LENGTH, 10.0,
     1.0, 30.0, SEARCH_PLAIN},
    {"croute", "d2/mm", "shortening of the base with flow", 0.0, 0.0, INFINITY, 26.5, 0.0, 50.0,
     SEARCH_PLAIN},
};

static void
set_constants(const double *parameter, double *constant, int *span)
{
    double k0 = parameter[PARAMETER_K0];
    constant[HBV_FC] = parameter[PARAMETER_FC];
    constant[HBV_INVERSE_FC] = 1.0 / parameter[PARAMETER_FC];
    constant[HBV_BETA] = parameter[PARAMETER_BETA];
    constant[HBV_INVERSE_LIMIT] = 1.0 / (parameter[PARAMETER_LP] * parameter[PARAMETER_FC]);
    constant[HBV_SHARE0] = k0 > 0.0 ? exp(-1.0 / k0) / k0 : 0.0;
    constant[HBV_INVERSE_K1] = 1.0 / parameter[PARAMETER_K1];
    constant[HBV_DECAY1] = exp(-1.0 / parameter[PARAMETER_K1]);
    constant[HBV_INVERSE_K2] = 1.0 / parameter[PARAMETER_K2];
    constant[HBV_DECAY2] = exp(-1.0 / parameter[PARAMETER_K2]);
    constant[HBV_LSUZ] = parameter[PARAMETER_LSUZ];
    constant[HBV_CPERC] = parameter[PARAMETER_CPERC];
    constant[HBV_BMAX] = parameter[PARAMETER_BMAX];
    constant[HBV_CROUTE] = parameter[PARAMETER_CROUTE];
    span[0] = (int)parameter[PARAMETER_BMAX];
}

static void
start(const double *parameter, const double *initial, double *state)
{
    state[HBV_STATE_SM] = initial[0] * parameter[PARAMETER_FC];
    state[HBV_STATE_SUZ] = initial[1] * parameter[PARAMETER_LSUZ];
    state[HBV_STATE_SLZ] = initial[2];
}

static const char *
check_state(const double *parameter, const double *state)
{
    for (int i = 0; i < HBV_STATE_COUNT; i++)
        if (state[i] < 0.0)
            return "of water (a negative figure)";
    return state[HBV_STATE_SM] <= parameter[PARAMETER_FC] * (1.0 + 1e-9) ? NULL : "SM";
}

static const struct catchment_state_part parts[] = {
    {"SM", HBV_STATE_SM, 1},
    {"SUZ", HBV_STATE_SUZ, 1},
    {"SLZ", HBV_STATE_SLZ, 1},
    {"Transfer", HBV_STATE_TRANSFER, HBV_TRANSFER_LENGTH},
};

static const struct catchment_column columns[] = {
    {"SM", "mm", HBV_COLUMN_SM, COLUMN_STORE, "soil moisture"},
    {"SUZ", "mm", HBV_COLUMN_SUZ, COLUMN_STORE, "upper zone"},
    {"SLZ", "mm", HBV_COLUMN_SLZ, COLUMN_STORE, "lower zone"},
    {"Transfer", "mm", HBV_COLUMN_TRANSFER, COLUMN_STORE, "water under way in the channels"},
    {"AE", "mm", HBV_COLUMN_AE, COLUMN_LOSS, "actual evapotranspiration"},
    {"Recharge", "mm", HBV_COLUMN_RECHARGE, COLUMN_INSIDE, "into the upper zone"},
    {"Perc", "mm", HBV_COLUMN_PERC, COLUMN_INSIDE, "into the lower zone"},
    {"Q0", "mm", HBV_COLUMN_Q0, COLUMN_INSIDE, "very fast flow"},
    {"Q1", "mm", HBV_COLUMN_Q1, COLUMN_INSIDE, "fast flow"},
    {"Q2", "mm", HBV_COLUMN_Q2, COLUMN_INSIDE, "slow flow"},
};

#define LENGTH(array) (int)(sizeof(array) / sizeof *(array))

const struct catchment_model model_hbv = {
    .name = "hbv",
    .title = "HBV without snow, daily",
    .source = "Bergström 1976; Parajka, Merz, Blöschl 2007, Hydrol. Process. 21:435-446",
    .step = STEP_DAILY,
    .parameter_count = PARAMETER_COUNT,
    .parameter = parameters,
    .state_count = HBV_STATE_COUNT,
    .part_count = LENGTH(parts),
    .part = parts,
    .column_count = HBV_COLUMN_COUNT,
    .shown_count = LENGTH(columns),
    .column = columns,
    .initial_count = 3,
    .initial = {0.5, 0.05, 2.5},
    .initial_meaning = "shares 0..1 of FC and of LSUZ, and the lower zone in mm",
    .kernel = KERNEL_HBV,
    .constant_count = HBV_CONSTANT_COUNT,
    .length_parameter = PARAMETER_BMAX,
    .register_count = 1,
    .register_part = {3},
    .set_constants = set_constants,
    .set_start = start,
    .check_state = check_state,
};
