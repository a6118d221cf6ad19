/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_HBV_H
#define NGUON_MODEL_HBV_H

/* Places of the HBV model's figures: what hbv.c fills and its kernel reads. */

enum { HBV_TRANSFER_LENGTH = 50 }; /**< base of the transfer triangle up to 50 d */

enum hbv_constant {
    HBV_FC,
    HBV_INVERSE_FC,
    HBV_BETA,
    HBV_INVERSE_LIMIT, /**< 1 / (LP FC) */
    HBV_SHARE0,        /**< exp(-1/K0) / K0, at most 1 */
    HBV_INVERSE_K1,
    HBV_DECAY1, /**< exp(-1/K1) */
    HBV_INVERSE_K2,
    HBV_DECAY2,
    HBV_LSUZ,
    HBV_CPERC,
    HBV_BMAX,
    HBV_CROUTE,
    HBV_CONSTANT_COUNT
};

enum hbv_state {
    HBV_STATE_SM,
    HBV_STATE_SUZ,
    HBV_STATE_SLZ,
    HBV_STATE_TRANSFER,
    HBV_STATE_COUNT = HBV_STATE_TRANSFER + HBV_TRANSFER_LENGTH
};

enum hbv_column {
    HBV_COLUMN_SM,
    HBV_COLUMN_SUZ,
    HBV_COLUMN_SLZ,
    HBV_COLUMN_TRANSFER,
    HBV_COLUMN_AE,
    HBV_COLUMN_RECHARGE,
    HBV_COLUMN_PERC,
    HBV_COLUMN_Q0,
    HBV_COLUMN_Q1,
    HBV_COLUMN_Q2,
    HBV_COLUMN_COUNT
};

#endif
