/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_GR_H
#define NGUON_MODEL_GR_H

/*
 * Places of the GR family's figures in the arrays of a kernel: what gr.c fills and gr_kernel.h
 * reads.
 */

/** Longest unit hydrographs: X4 up to 20 d or 480 h; the second one is twice as long. */
enum { GR_DAILY_LENGTH = 20, GR_HOURLY_LENGTH = 480 };

enum gr_constant {
    GR_X1,
    GR_INVERSE_X1,
    GR_X2,
    GR_INVERSE_X3,
    GR_X5,
    GR_X6,
    GR_INVERSE_X6,
    GR_ORDINATES /**< of the first unit hydrograph, then of the second */
};

enum gr_state { GR_PRODUCTION, GR_ROUTING, GR_EXPONENTIAL, GR_REGISTERS };

/** Columns of GR4J, GR5J, GR6J and GR4H; those a model has not are left out of its output. */
enum gr_column {
    GR_COLUMN_PROD,
    GR_COLUMN_ROUT,
    GR_COLUMN_EXP,
    GR_COLUMN_UH1,
    GR_COLUMN_UH2,
    GR_COLUMN_PN,
    GR_COLUMN_PS,
    GR_COLUMN_AE,
    GR_COLUMN_PERC,
    GR_COLUMN_PR,
    GR_COLUMN_Q9,
    GR_COLUMN_Q1,
    GR_COLUMN_EXCH,
    GR_COLUMN_AEXCH1,
    GR_COLUMN_AEXCH2,
    GR_COLUMN_AEXCH,
    GR_COLUMN_QR,
    GR_COLUMN_QREXP,
    GR_COLUMN_QD,
    GR_COLUMN_COUNT
};

enum gr2m_constant { GR2M_X1, GR2M_INVERSE_X1, GR2M_X2, GR2M_CONSTANT_COUNT };
enum gr2m_column {
    GR2M_COLUMN_PROD,
    GR2M_COLUMN_ROUT,
    GR2M_COLUMN_PN,
    GR2M_COLUMN_PS,
    GR2M_COLUMN_AE,
    GR2M_COLUMN_PERC,
    GR2M_COLUMN_PR,
    GR2M_COLUMN_AEXCH,
    GR2M_COLUMN_COUNT
};

#endif
