/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_CLI_CATCHMENT_INPUT_H
#define NGUON_CLI_CATCHMENT_INPUT_H

#include "model/catchment_model.h"
#include "model/catchment_series.h"

#include <argp.h>

/*
 * What the verbs of `nguon catchment` share: the options that say what is read and which steps are
 * run, the reading itself, and the printing of faults.
 */

int catchment_simulate(int argc, char **argv);
int catchment_calibrate(int argc, char **argv);
int catchment_evaluate(int argc, char **argv);
int catchment_coefficient(int argc, char **argv);
int catchment_pet(int argc, char **argv);
int catchment_weather(int argc, char **argv);

/** Options of the input, parsed by catchment_argp as a child of the verb's own parser. */
struct catchment_input {
    struct catchment_request request;
    const struct catchment_model *model; /**< NULL: not given */
    const char *from, *to;
    const char *warmup_text;
    const char *initial_text;
    double initial[CATCHMENT_INITIAL_MAX];
    const char *source_text[6]; /**< --rain, --pet ... as written */
    char *kept[6];              /**< copies split at the colon, to be freed */
};

void catchment_input_init(struct catchment_input *input);
void catchment_input_finish(struct catchment_input *input);

/** The shared options; its input is a struct catchment_input. */
extern const struct argp catchment_argp;

/**
 * Read the series and find the steps of the run, with messages on standard error. Weather is
 * checked for gaps when the request needs it.
 */
enum status catchment_input_read(struct catchment_input *input, struct catchment_series *series,
                                 struct catchment_period *period, struct error *err);

/**
 * Parameters from "257.2,1.0,88.2,2.2", "x1=257.2,x2=..." or the name of a file that calibration
 * wrote. Messages go to standard error.
 */
enum status catchment_parameters_parse(const struct catchment_model *model, const char *text,
                                       double *parameter, struct error *err);

/**
 * Table of all measures of fit over all transforms, and the bias; observed is NaN where missing.
 * @return STATUS_OK, STATUS_INPUT (too few observations), STATUS_MEMORY
 */
enum status catchment_print_scores(int count, const double *simulated, const double *observed,
                                   bool csv, struct error *err);

/** Print what a reader found to standard error, and free it. */
void print_faults(struct diagnostics *diagnostics);

/** A positive whole number of an option within limits, or a usage error. */
int parse_whole(const char *option, const char *text, int low, int high, struct argp_state *state);

/** A finite number of an option, or a usage error. */
double parse_number(const char *option, const char *text, struct argp_state *state);

/** The command line as typed, to be freed; NULL if out of memory. */
char *join_command(int argc, char **argv);

#endif
