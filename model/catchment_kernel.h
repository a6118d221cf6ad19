/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_CATCHMENT_KERNEL_H
#define NGUON_MODEL_CATCHMENT_KERNEL_H

/*
 * What the compiled kernels of the catchment models take. All arrays hold the lanes innermost and
 * are aligned to their width; nothing is checked here (catchment_lanes.c does that).
 */

/** One call of a kernel: step_count steps of LANES independent catchments. */
struct kernel_run {
    int step_count;
    int weather_stride;             /**< 0: one weather for all lanes; else the number of lanes */
    const double *rain_mm, *pet_mm; /**< [step_count] or [step_count][lanes], in the step */
    const double *constant;         /**< [constant_count][lanes], from the parameters */
    const int *span; /**< [2] places of each register in use, the most of all lanes */
    double *state;   /**< [state_count][lanes] */
    double *flow_mm; /**< [step_count][lanes], in the step */
    double *column;  /**< [step_count][column_count]; one lane only */
};

typedef void kernel_function(const struct kernel_run *run);

enum kernel_kind {
    KERNEL_GR4J,
    KERNEL_GR5J,
    KERNEL_GR6J,
    KERNEL_GR4H,
    KERNEL_GR2M,
    KERNEL_XINANJIANG,
    KERNEL_HBV,
    KERNEL_KIND_COUNT
};

/** The kernels of one width. */
struct kernel_table {
    int lanes;
    kernel_function *run[KERNEL_KIND_COUNT];
    kernel_function *run_columns[KERNEL_KIND_COUNT]; /**< NULL but for one lane */
};

extern const struct kernel_table kernel_table_1;
extern const struct kernel_table kernel_table_4; /**< needs AVX2 */
extern const struct kernel_table kernel_table_8; /**< needs AVX-512 F, DQ and VL */

#endif
