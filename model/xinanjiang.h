/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_XINANJIANG_H
#define NGUON_MODEL_XINANJIANG_H

/* Places of the Xinanjiang model's figures: what xinanjiang.c fills and its kernel reads. */

enum { XINANJIANG_LAG_LENGTH = 31 }; /**< lag up to 29 d, split over two neighbours */

enum xinanjiang_constant {
    XAJ_K,
    XAJ_IM,
    XAJ_UM,
    XAJ_LM,
    XAJ_DM,
    XAJ_C,
    XAJ_WM,      /**< UM + LM + DM */
    XAJ_WMM,     /**< WM (1 + B) */
    XAJ_POWER_B, /**< 1 + B */
    XAJ_ROOT_B,  /**< 1 / (1 + B) */
    XAJ_SM,
    XAJ_SMM,      /**< SM (1 + EX) */
    XAJ_POWER_EX, /**< 1 + EX */
    XAJ_ROOT_EX,  /**< 1 / (1 + EX) */
    XAJ_KT,       /**< KI + KG */
    XAJ_KI_SHARE, /**< KI / (KI + KG) */
    XAJ_CS,
    XAJ_CI,
    XAJ_CG,
    XAJ_LAG_WEIGHTS,
    XAJ_CONSTANT_COUNT = XAJ_LAG_WEIGHTS + XINANJIANG_LAG_LENGTH
};

enum xinanjiang_state {
    XAJ_STATE_WU,
    XAJ_STATE_WL,
    XAJ_STATE_WD,
    XAJ_STATE_S,
    XAJ_STATE_FR,
    XAJ_STATE_QI,
    XAJ_STATE_QG,
    XAJ_STATE_Q,
    XAJ_STATE_LAG,
    XAJ_STATE_COUNT = XAJ_STATE_LAG + XINANJIANG_LAG_LENGTH
};

enum xinanjiang_column {
    XAJ_COLUMN_WU,
    XAJ_COLUMN_WL,
    XAJ_COLUMN_WD,
    XAJ_COLUMN_S,
    XAJ_COLUMN_FR,
    XAJ_COLUMN_STORAGE,
    XAJ_COLUMN_AE,
    XAJ_COLUMN_R,
    XAJ_COLUMN_RS,
    XAJ_COLUMN_RI,
    XAJ_COLUMN_RG,
    XAJ_COLUMN_QI,
    XAJ_COLUMN_QG,
    XAJ_COLUMN_COUNT
};

#endif
