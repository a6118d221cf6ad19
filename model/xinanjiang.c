/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/xinanjiang.h"

#include "model/catchment_model.h"

#include <math.h>
#include <stddef.h>

/* The Xinanjiang model as an entry of the table of models; xinanjiang_kernel.h has the equations.
 */

extern const struct catchment_model model_xinanjiang;

enum parameter {
    PARAMETER_K,
    PARAMETER_B,
    PARAMETER_IM,
    PARAMETER_UM,
    PARAMETER_LM,
    PARAMETER_DM,
    PARAMETER_C,
    PARAMETER_SM,
    PARAMETER_EX,
    PARAMETER_KI,
    PARAMETER_KG,
    PARAMETER_CS,
    PARAMETER_LAG,
    PARAMETER_CI,
    PARAMETER_CG,
    PARAMETER_COUNT
};

/* Ranges: hydromodel's param.yaml; defaults near the middle of what Zhao (1992, table 1) gives [M].
 */
static const struct catchment_parameter parameters[PARAMETER_COUNT] = {
    {"k", "1", "potential evapotranspiration over the figure given", 0.0, 0.0, 10.0, 0.95, 0.1, 1.2,
     SEARCH_PLAIN},
    {"b", "1", "exponent of the tension water capacity curve", 0.0, 0.01, 10.0, 0.3, 0.1, 0.6,
     SEARCH_PLAIN},
    {"im", "1", "impervious share of the catchment", 0.0, 0.0, 1.0, 0.01, 0.0, 0.1, SEARCH_PLAIN},
    {"um", "mm", "capacity of the upper layer", 0.0, 0.0, INFINITY, 20.0, 0.0, 30.0, SEARCH_PLAIN},
    {"lm", "mm", "capacity of the lower layer", 0.0, 0.1, INFINITY, 70.0, 40.0, 120.0,
     SEARCH_PLAIN},
    {"dm", "mm", "capacity of the deep layer", 0.0, 0.0, INFINITY, 60.0, 20.0, 150.0, SEARCH_PLAIN},
    {"c", "1", "evapotranspiration of the deep layer", 0.0, 0.0, 1.0, 0.15, 0.0, 0.3, SEARCH_PLAIN},
    {"sm", "mm", "capacity of free water", 0.0, 0.1, INFINITY, 30.0, 1.0, 200.0, SEARCH_LOG},
    {"ex", "1", "exponent of the free water capacity curve", 0.0, 0.01, 10.0, 1.2, 0.5, 2.0,
     SEARCH_PLAIN},
    {"ki", "1", "share of free water into interflow, a day", 0.0, 0.0, 1.0, 0.4, 0.01, 0.7,
     SEARCH_PLAIN},
    {"kg", "1", "share of free water into groundwater, a day", 0.0, 0.0, 1.0, 0.3, 0.01, 0.7,
     SEARCH_PLAIN},
    {"cs", "1", "recession of the channel network, a day", 0.0, 0.0, 0.99999, 0.3, 0.0, 0.95,
     SEARCH_PLAIN},
    {"l", "d", "lag of the channel network", 0.0, 0.0, XINANJIANG_LAG_LENGTH - 2.0, 0.0, 0.0, 10.0,
     SEARCH_PLAIN},
    {"ci", "1", "recession of interflow, a day", 0.0, 0.0, 0.99999, 0.7, 0.0, 0.95, SEARCH_PLAIN},
    {"cg", "1", "recession of groundwater flow, a day", 0.0, 0.0, 0.99999, 0.98, 0.9, 0.999,
     SEARCH_PLAIN},
};

static void
set_constants(const double *parameter, double *constant, int *span)
{
    /* both outlets of free water together take less than all of it; more is scaled down */
    const double most = 1.0 - 1e-6;
    double kt = parameter[PARAMETER_KI] + parameter[PARAMETER_KG];
    double b = parameter[PARAMETER_B], ex = parameter[PARAMETER_EX], lag = parameter[PARAMETER_LAG];
    constant[XAJ_K] = parameter[PARAMETER_K];
    constant[XAJ_IM] = parameter[PARAMETER_IM];
    constant[XAJ_UM] = parameter[PARAMETER_UM];
    constant[XAJ_LM] = parameter[PARAMETER_LM];
    constant[XAJ_DM] = parameter[PARAMETER_DM];
    constant[XAJ_C] = parameter[PARAMETER_C];
    constant[XAJ_WM] = parameter[PARAMETER_UM] + parameter[PARAMETER_LM] + parameter[PARAMETER_DM];
    constant[XAJ_WMM] = constant[XAJ_WM] * (1.0 + b);
    constant[XAJ_POWER_B] = 1.0 + b;
    constant[XAJ_ROOT_B] = 1.0 / (1.0 + b);
    constant[XAJ_SM] = parameter[PARAMETER_SM];
    constant[XAJ_SMM] = parameter[PARAMETER_SM] * (1.0 + ex);
    constant[XAJ_POWER_EX] = 1.0 + ex;
    constant[XAJ_ROOT_EX] = 1.0 / (1.0 + ex);
    constant[XAJ_KT] = kt < most ? kt : most;
    constant[XAJ_KI_SHARE] = kt > 0.0 ? parameter[PARAMETER_KI] / kt : 0.5;
    constant[XAJ_CS] = parameter[PARAMETER_CS];
    constant[XAJ_CI] = parameter[PARAMETER_CI];
    constant[XAJ_CG] = parameter[PARAMETER_CG];
    int whole = (int)lag;
    for (int j = 0; j < XINANJIANG_LAG_LENGTH; j++)
        constant[XAJ_LAG_WEIGHTS + j] = 0.0;
    constant[XAJ_LAG_WEIGHTS + whole] = 1.0 - (lag - whole);
    constant[XAJ_LAG_WEIGHTS + whole + 1] = lag - whole;
    span[0] = whole + (lag > whole ? 2 : 1);
}

static void
start(const double *parameter, const double *initial, double *state)
{
    static const double usual_area = 0.1; /* share that gives runoff, as hydromodel starts */
    state[XAJ_STATE_WU] = initial[0] * parameter[PARAMETER_UM];
    state[XAJ_STATE_WL] = initial[0] * parameter[PARAMETER_LM];
    state[XAJ_STATE_WD] = initial[0] * parameter[PARAMETER_DM];
    state[XAJ_STATE_S] = initial[1] * parameter[PARAMETER_SM];
    state[XAJ_STATE_FR] = usual_area;
    state[XAJ_STATE_QG] = initial[2];
}

static const char *
check_state(const double *parameter, const double *state)
{
    const double slack = 1.0 + 1e-9;
    for (int i = 0; i < XAJ_STATE_COUNT; i++)
        if (state[i] < 0.0)
            return "of water (a negative figure)";
    if (state[XAJ_STATE_WU] > parameter[PARAMETER_UM] * slack)
        return "WU";
    if (state[XAJ_STATE_WL] > parameter[PARAMETER_LM] * slack)
        return "WL";
    if (state[XAJ_STATE_WD] > parameter[PARAMETER_DM] * slack)
        return "WD";
    if (state[XAJ_STATE_S] > parameter[PARAMETER_SM] * slack)
        return "S";
    return state[XAJ_STATE_FR] > 0.0 && state[XAJ_STATE_FR] <= 1.0 ? NULL : "FR";
}

static const struct catchment_state_part parts[] = {
    {"WU", XAJ_STATE_WU, 1}, {"WL", XAJ_STATE_WL, 1}, {"WD", XAJ_STATE_WD, 1},
    {"S", XAJ_STATE_S, 1},   {"FR", XAJ_STATE_FR, 1}, {"QI", XAJ_STATE_QI, 1},
    {"QG", XAJ_STATE_QG, 1}, {"Q", XAJ_STATE_Q, 1},   {"Lag", XAJ_STATE_LAG, XINANJIANG_LAG_LENGTH},
};

static const struct catchment_column columns[] = {
    {"WU", "mm", XAJ_COLUMN_WU, COLUMN_INSIDE, "tension water of the upper layer, pervious area"},
    {"WL", "mm", XAJ_COLUMN_WL, COLUMN_INSIDE, "tension water of the lower layer, pervious area"},
    {"WD", "mm", XAJ_COLUMN_WD, COLUMN_INSIDE, "tension water of the deep layer, pervious area"},
    {"S", "mm", XAJ_COLUMN_S, COLUMN_INSIDE, "free water, on the area that gives runoff"},
    {"FR", "1", XAJ_COLUMN_FR, COLUMN_INSIDE, "share of the pervious area that gives runoff"},
    {"Storage", "mm", XAJ_COLUMN_STORAGE, COLUMN_STORE, "all water in the catchment"},
    {"AE", "mm", XAJ_COLUMN_AE, COLUMN_LOSS, "actual evapotranspiration"},
    {"R", "mm", XAJ_COLUMN_R, COLUMN_INSIDE, "runoff"},
    {"RS", "mm", XAJ_COLUMN_RS, COLUMN_INSIDE, "surface runoff"},
    {"RI", "mm", XAJ_COLUMN_RI, COLUMN_INSIDE, "into interflow"},
    {"RG", "mm", XAJ_COLUMN_RG, COLUMN_INSIDE, "into groundwater flow"},
    {"QI", "mm", XAJ_COLUMN_QI, COLUMN_INSIDE, "interflow into the channels"},
    {"QG", "mm", XAJ_COLUMN_QG, COLUMN_INSIDE, "groundwater flow into the channels"},
};

#define LENGTH(array) (int)(sizeof(array) / sizeof *(array))

const struct catchment_model model_xinanjiang = {
    .name = "xinanjiang",
    .title = "Xinanjiang with three sources, daily",
    .source = "Zhao 1992, J. Hydrol. 135:371-381",
    .step = STEP_DAILY,
    .parameter_count = PARAMETER_COUNT,
    .parameter = parameters,
    .state_count = XAJ_STATE_COUNT,
    .part_count = LENGTH(parts),
    .part = parts,
    .column_count = XAJ_COLUMN_COUNT,
    .shown_count = LENGTH(columns),
    .column = columns,
    .initial_count = 3,
    .initial = {0.5, 0.5, 0.1},
    .initial_meaning = "shares 0..1 of the tension water capacities and of SM, and the groundwater "
                       "flow in mm/d",
    .kernel = KERNEL_XINANJIANG,
    .constant_count = XAJ_CONSTANT_COUNT,
    .length_parameter = PARAMETER_LAG,
    .register_count = 1,
    .register_part = {8},
    .set_constants = set_constants,
    .set_start = start,
    .check_state = check_state,
};
