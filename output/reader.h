/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_READER_H
#define NGUON_OUTPUT_READER_H

#include "model/basin.h"
#include "solvers/status.h"

#include <hdf5.h>
#include <stdbool.h>

/**
 * Root attribute `format` of a results file. The first number changes when an older reader would
 * misread the file, the second when something is added. This program reads every file of the same
 * first number, and those of before the attribute was there.
 */
#define RESULTS_FORMAT_NAME "nguon-results "
enum { RESULTS_FORMAT_MAJOR = 1 };
#define RESULTS_FORMAT RESULTS_FORMAT_NAME "1.1"

/** Attribute of a series that is not kept of all elements: the ids of those it is kept of. */
#define KEPT_ATTRIBUTE "elements_kept"

/** A results file open for reading. */
struct reader {
    hid_t file;
    const char *path;
    char *title, *source, *step; /**< attributes of the root */
    int scenario_count, step_count;
    char **scenario; /**< [scenario_count] ids */
    double *time;    /**< [step_count + 1] starts of the steps and the end of the run */
    double time_unit_s;
};

/**
 * Open a results file. For all that reads results: what is not a whole results file of a format
 * that is known (foreign, cut short, half written, damaged, newer) is bad input; only what the
 * system itself refuses is a failure of files.
 * @return STATUS_OK; STATUS_INPUT; STATUS_FILE with the system's reason
 */
enum status reader_open(struct reader *reader, const char *path, struct error *err);
void reader_close(struct reader *reader);

/** Texts of a variable; *count 0 and NULL if there is no such variable. Freed by texts_free. */
char **reader_texts(struct reader *reader, const char *name, int *count);
void texts_free(char **text, int count);

/** All numbers of a variable, row by row; NULL if there is no such variable. Freed by free. */
double *reader_numbers(struct reader *reader, const char *name, int *count);

/** Whether a series is in the file, and kept of this element (-1: of all of them). */
bool reader_keeps(struct reader *reader, const char *name, int element_i);

/**
 * Let step_count and time be those of a series that is there: of steps, or of months or years.
 * @return STATUS_OK, STATUS_FILE
 */
enum status reader_take_time(struct reader *reader, const char *series, struct error *err);

/** A series of one element in one scenario, [step_count]; NULL if it was not kept. */
double *reader_series(struct reader *reader, const char *name, int scenario_s, int element_i);

/** All elements of a variable in one scenario and step; NULL if there is no such variable. */
double *reader_step(struct reader *reader, const char *name, int scenario_s, int step_t,
                    int *count);

/**
 * All elements of a variable in one scenario over some steps, [step_count][element_count].
 * @return false if there is no such variable, or it has another count of elements or is damaged
 */
bool reader_block(struct reader *reader, const char *name, int scenario_s, int first_t,
                  int step_count, int element_count, double *value);

/**
 * The basin that the results were made from, by the texts kept in the file: no input file is read,
 * records of series are empty.
 * @return STATUS_OK, STATUS_INPUT (no texts, or they cannot be read any more), STATUS_MEMORY
 */
enum status reader_basin(struct reader *reader, struct basin **out, struct error *err);

/** Text attribute of an object ("." the root), or NULL. Freed by free. */
char *reader_attribute(struct reader *reader, const char *object, const char *name);

/** Name of the variable with the ids of what the last index of a series counts ("reservoir"), NULL
 *  if there is no such series. Freed by free. */
char *reader_element_ids(struct reader *reader, const char *series);

/** Date of a time in the file, "-" if it is none. Buffer of >= 20 bytes. */
const char *reader_date(const struct reader *reader, double time, char *buffer, size_t size);

#endif
