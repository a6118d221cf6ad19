/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_RELEASE_SCHEDULE_H
#define NGUON_MODEL_RELEASE_SCHEDULE_H

#include "model/basin.h"
#include "model/instant.h"

enum command_kind {
    COMMAND_RULE,    /**< as the rule of the outlet has it */
    COMMAND_OPENING, /**< metres, or a share for a valve */
    COMMAND_FLOW     /**< m3/s of the one gate */
};

/** What a gate is told from a moment on, until its next command. */
struct command {
    int64_t at_s;
    int gate_i; /**< counted over all outlets in the order of the file */
    enum command_kind kind;
    double value;
    bool linear; /**< straight to the next command of the gate, else held */
    int line;
};

/** A release schedule: commands by gate, then by time. */
struct release_schedule {
    char *path;
    int count, capacity;
    struct command *command;
    bool has_rows;
    struct instant zone; /**< zone of its clock, of the first row */
    int gate_count;
    int *first; /**< [gate_count + 1] where the commands of each gate begin */
};

/** Number of gates and bays of a reservoir, and which outlet a gate belongs to. */
int reservoir_gate_count(const struct reservoir *reservoir);
int reservoir_gate_outlet(const struct reservoir *reservoir, int gate_i, int *number);

/** "spillway.2", or "bottom" for an outlet of one gate. Buffer of >= 80 bytes. */
const char *reservoir_gate_name(const struct reservoir *reservoir, int gate_i, char *buffer,
                                size_t size);

/**
 * Read a CSV file: `time`, `gate` or `outlet` (an id, or id.number), then in one of the columns
 * `opening_m`, `opening_percent`, `flow_m3s` a figure or the word rule; `mode` may say step (the
 * default) or linear. An outlet of several gates takes the command for all of them, a flow in equal
 * parts.
 *
 * Faults are added with file and line: unknown gate, opening above the gate, a free crest that is
 * given a command, time zones mixed, times that do not rise for a gate, no figure or two.
 *
 * @return STATUS_OK, STATUS_INPUT, STATUS_MEMORY; release_schedule_finish is due in every case
 */
enum status release_schedule_read(const char *path, const struct reservoir *reservoir,
                                  struct release_schedule *out, struct diagnostics *diagnostics);

/** Reservoirs that a schedule may name, and which of them is read for. */
struct schedule_lakes {
    int count;
    const char *const *id; /**< [count] */
    int own;
};

/**
 * The commands of one of several reservoirs: the file says in a column `reservoir` which one a row
 * is for, or before the gate, `upper.spillway.2`. Rows of the others are passed over; a row that
 * names none of them is a fault, told when the first of them is read for.
 */
enum status release_schedule_read_of(const char *path, const struct reservoir *reservoir,
                                     const struct schedule_lakes *lakes,
                                     struct release_schedule *out, struct diagnostics *diagnostics);
void release_schedule_finish(struct release_schedule *schedule);

/** A fault for every command outside the run [start_s, end_s], with its row. */
enum status release_schedule_check_window(const struct release_schedule *schedule, int64_t start_s,
                                          int64_t end_s, struct diagnostics *diagnostics);

/** Command in force for a gate at an instant, its value there in *value. */
enum command_kind release_schedule_at(const struct release_schedule *schedule, int gate_i,
                                      double at_s, double *value);

#endif
