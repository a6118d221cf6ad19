/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_CATCHMENT_MODEL_H
#define NGUON_MODEL_CATCHMENT_MODEL_H

#include "model/catchment_kernel.h"
#include "model/timeaxis.h"
#include "solvers/status.h"

/*
 * Rainfall-runoff models behind one table: GR4J, GR5J, GR6J (days), GR4H (hours), GR2M (months),
 * Xinanjiang and HBV (days). A model turns rain and potential evapotranspiration, mm in a step,
 * into flow, mm in a step. Its state is a plain array of doubles, so that a run can stop and go on.
 */

enum {
    CATCHMENT_PARAMETER_MAX = 16,
    CATCHMENT_CONSTANT_MAX = 1450,
    CATCHMENT_STATE_MAX = 1450,
    CATCHMENT_COLUMN_MAX = 24,
    CATCHMENT_INITIAL_MAX = 3,
    CATCHMENT_REGISTER_MAX = 2
};

/** Space in which a parameter is searched by calibration. */
enum search_scale { SEARCH_PLAIN, SEARCH_LOG, SEARCH_ASINH };

struct catchment_parameter {
    const char *name;    /**< "x1" */
    const char *unit;    /**< "mm", "1" for none */
    const char *meaning; /**< for people */
    double lowest;       /**< smaller figures are refused */
    double least;        /**< figures from lowest to least are raised to least before a run */
    double most;         /**< larger figures are refused; INFINITY none */
    double usual;        /**< default */
    double low, high;    /**< range of calibration */
    enum search_scale scale;
};

/** A part of the state: a store, or a register of water under way (its first place is past). */
struct catchment_state_part {
    const char *name;
    int place; /**< in the state */
    int count;
};

/** What a column of the detailed output is to the water balance of a step. */
enum column_role {
    COLUMN_STORE, /**< water at the end of the step: the change of their sum is what P, Q, gain and
                       loss amount to */
    COLUMN_GAIN,  /**< water from outside other than rain (negative: to outside) */
    COLUMN_LOSS,  /**< water lost, evapotranspiration */
    COLUMN_INSIDE /**< anything else */
};

struct catchment_column {
    const char *name;
    const char *unit;
    int place; /**< in the kernel's columns */
    enum column_role role;
    const char *meaning;
};

struct catchment_model {
    const char *name;   /**< "gr4j" */
    const char *title;  /**< "GR4J, daily" */
    const char *source; /**< paper */
    enum step_kind step;
    int parameter_count;
    const struct catchment_parameter *parameter;
    int state_count;
    int part_count;
    const struct catchment_state_part *part; /**< parts that a saved state holds */
    int column_count;                        /**< columns of a kernel */
    int shown_count;                         /**< columns that mean something in this model */
    const struct catchment_column *column;   /**< [shown_count] */
    int initial_count;
    double initial[CATCHMENT_INITIAL_MAX]; /**< usual start: shares of stores, or mm */
    const char *initial_meaning;
    /* private */
    enum kernel_kind kernel;
    int constant_count;
    int length_parameter; /**< the one that sets the length of the registers, -1 none */
    int register_count;
    int register_part[CATCHMENT_REGISTER_MAX]; /**< which parts are registers */
    void (*set_constants)(const double *parameter, double *constant, int *span);
    void (*set_start)(const double *parameter, const double *initial, double *state);
    /** Whether the stores fit the parameters: the name of one that does not, or NULL. */
    const char *(*check_state)(const double *parameter, const double *state);
};

enum { CATCHMENT_MODEL_COUNT = 7 };
extern const struct catchment_model *const catchment_models[CATCHMENT_MODEL_COUNT];

/** Model of this name ("gr4j", letters of either case), NULL if there is none. */
const struct catchment_model *catchment_model_find(const char *name);

/** Place of a parameter by name, -1 if there is none. */
int catchment_parameter_find(const struct catchment_model *model, const char *name);

/**
 * Check the parameters and raise those between `lowest` and `least`.
 *
 * @param[in]  given   [parameter_count]
 * @param[out] used    [parameter_count], may be given itself
 * @return STATUS_OK, STATUS_INPUT (a figure is out of range or not finite)
 */
enum status catchment_parameters_use(const struct catchment_model *model, const double *given,
                                     double *used, struct error *err);

/**
 * Check the initial filling: fractions within 0..1 where they are shares, any figure in mm.
 * @return STATUS_OK, STATUS_INPUT
 */
enum status catchment_initial_check(const struct catchment_model *model, const double *initial,
                                    struct error *err);

/** State at the start of a run, [state_count]: stores filled as given, nothing under way. */
void catchment_start(const struct catchment_model *model, const double *used, const double *initial,
                     double *state);

/** Whether a state that was read fits the model and its parameters. @return or STATUS_INPUT */
enum status catchment_state_check(const struct catchment_model *model, const double *used,
                                  const double *state, struct error *err);

/**
 * Whether rain and potential evapotranspiration are finite and not negative.
 * @return STATUS_OK, STATUS_NOT_FINITE with the first step that is not
 */
enum status catchment_weather_check(int step_count, const double *rain_mm, const double *pet_mm,
                                    struct error *err);

/**
 * Run one catchment. Nothing is allocated.
 *
 * @param[in]     given   [parameter_count], checked as by catchment_parameters_use
 * @param[in,out] state   [state_count]
 * @param[in]     rain_mm, pet_mm  [step_count], mm in the step, >= 0
 * @param[out]    flow_mm [step_count], mm in the step
 * @param[out]    column  [step_count][column_count] or NULL: stores and fluxes
 * @return STATUS_OK, STATUS_INPUT (parameters), STATUS_NOT_FINITE (weather; state unchanged)
 */
enum status catchment_run(const struct catchment_model *model, const double *given, double *state,
                          int step_count, const double *rain_mm, const double *pet_mm,
                          double *flow_mm, double *column, struct error *err);

/**
 * What the water balance of a step leaves over, mm: rain + gains - losses - flow - change of the
 * stores, from the columns before and after.
 *
 * @param[in] before  columns at the end of the step before
 */
double catchment_residual_mm(const struct catchment_model *model, double rain_mm, double flow_mm,
                             const double *before, const double *column);

/** Water in all stores of a row of columns, mm. */
double catchment_storage_mm(const struct catchment_model *model, const double *column);

/** Steps of each register in use: what the parameters need and what the state still holds. */
void catchment_spans(const struct catchment_model *model, const double *state, int *span);

#endif
