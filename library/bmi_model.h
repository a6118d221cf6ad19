/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_LIBRARY_BMI_MODEL_H
#define NGUON_LIBRARY_BMI_MODEL_H

#include "library/bmi.h"
#include "library/nguon.h"

/* Private to the Basic Model Interface: what a model holds between initialize and finalize. */

struct bmi_model {
    struct nguon_basin *basin;
    struct nguon_simulation *simulation; /**< NULL before initialize and after finalize */
    struct nguon_error err;
};

enum bmi_grid {
    GRID_BASIN,
    GRID_RESERVOIR,
    GRID_AQUIFER,
    GRID_CATCHMENT,
    GRID_DEMAND,
    GRID_NETWORK,
    GRID_COUNT
};

/** The model if it is initialised; NULL, with a message, if not. */
struct bmi_model *bmi_ready(struct Bmi *self);

/** Note why a call cannot be made. @return BMI_FAILURE */
int bmi_refuse(struct Bmi *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Functions of the grids. (bmi_grids.c) */
void bmi_register_grids(struct Bmi *model);

#endif
