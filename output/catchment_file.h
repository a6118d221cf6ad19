/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_CATCHMENT_FILE_H
#define NGUON_OUTPUT_CATCHMENT_FILE_H

#include "model/catchment_model.h"
#include "model/diagnostics.h"

#include <stdbool.h>
#include <stdio.h>

/*
 * Files of a catchment alone: simulated series (CSV, or HDF5 that is also netCDF-4), states for hot
 * starts and parameter sets. Every file is written under another name and renamed when complete.
 */

/** A simulated series. */
struct catchment_result {
    const struct catchment_model *model;
    const double *parameter; /**< [parameter_count] */
    const char *input;       /**< file of the weather */
    const char *command;     /**< as typed, for the provenance */
    const char *version;     /**< of the program */
    int count;               /**< steps */
    const int64_t *start_s;  /**< [count + 1] */
    const double *flow_mm;   /**< [count] in the step */
    double area_m2;          /**< NAN: not known, then no flow in m3/s is written */
    const double *column;    /**< [count][column_count] stores and fluxes, NULL: not wanted */
    const double *rain_mm, *pet_mm; /**< [count], written beside the columns */
};

/** A text file under way. */
struct text_file {
    FILE *out;
    const char *path;
    char *temporary_path;
};

/** Open; NULL for path is standard output. @return STATUS_OK, STATUS_FILE_WRITE, STATUS_MEMORY */
enum status text_file_open(struct text_file *file, const char *path, struct error *err);

/** Close and put in its place, or, with good false or after a fault, remove it. */
enum status text_file_close(struct text_file *file, bool good, struct error *err);

/**
 * Write a series: HDF5 if the name ends in .h5, .hdf5 or .nc, else CSV: `date,Q_mm`, then `Q_m3s`
 * if the area is known, then P_mm, PE_mm and every store and flux. NULL for path: standard output.
 */
enum status catchment_result_write(const char *path, const struct catchment_result *result,
                                   struct error *err);

/** Whether a name asks for HDF5. */
bool is_hdf5_name(const char *path);

/**
 * Write a state: rows `name,value` with the model, the parameters, the first step after it and
 * every figure to its last digit.
 */
enum status catchment_state_write(const char *path, const struct catchment_model *model,
                                  const double *parameter, int64_t next_s, const double *state,
                                  struct error *err);

/** What a state file says. */
struct catchment_state_file {
    int64_t next_s;                            /**< step that it is the start of */
    double parameter[CATCHMENT_PARAMETER_MAX]; /**< of the run that left it */
    double state[CATCHMENT_STATE_MAX];
};

/**
 * Read a state of a model. Faults go to diagnostics: another model, a row that is unknown, missing,
 * double or no number.
 * @return STATUS_OK, STATUS_INPUT, STATUS_MEMORY
 */
enum status catchment_state_read(const char *path, const struct catchment_model *model,
                                 struct catchment_state_file *out, struct diagnostics *diagnostics);

/** Write a parameter set: rows `name,value,unit`. */
enum status catchment_parameters_write(const char *path, const struct catchment_model *model,
                                       const double *parameter, struct error *err);

/** Read a parameter set by name; the same faults as those of a state. */
enum status catchment_parameters_read(const char *path, const struct catchment_model *model,
                                      double *parameter, struct diagnostics *diagnostics);

#endif
