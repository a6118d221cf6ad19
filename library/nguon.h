/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_H
#define NGUON_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * libnguon: a river basin from C and from whatever can call C. See docs/library.md.
 *
 * A basin is loaded once and then only read: any number of threads may use it. A simulation carries
 * one scenario step by step and belongs to one thread at a time. Nothing here prints, exits or
 * aborts (GSL's handler, which would, is switched off for the process when a basin is loaded).
 *
 * Functions that can fail return NGUON_OK or another status and put a message into err, which may
 * be NULL. Indices count from 0. Texts that are returned belong to the handle they come from.
 */

#define NGUON_API __attribute__((visibility("default")))

/** Families of a status: it is the family or one of the 99 numbers after it. */
enum nguon_status {
    NGUON_OK = 0,
    NGUON_USAGE = 100,   /**< a call that cannot be made so */
    NGUON_INPUT = 200,   /**< a file or figure that is wrong */
    NGUON_NUMERIC = 300, /**< a step that could not be solved */
    NGUON_FILE = 400,    /**< a file that could not be read or written; 402: interrupted */
    NGUON_MEMORY = 900
};

struct nguon_error {
    int status;
    char text[8192]; /**< one fault a line */
};

struct nguon_basin;
struct nguon_simulation;

/** Version of the library, "0.1.0". */
NGUON_API const char *nguon_version(void);

/* ---- the basin --------------------------------------------------------------------------------
 */

/** What elements are counted by. */
enum nguon_kind {
    NGUON_BASIN, /**< the one basin */
    NGUON_NODE,  /**< all of them; reservoirs, aquifers, catchments and demands are nodes too */
    NGUON_RESERVOIR,
    NGUON_AQUIFER,
    NGUON_CATCHMENT,
    NGUON_DEMAND,
    NGUON_LINK,
    NGUON_SCENARIO,
    NGUON_KIND_COUNT
};

/**
 * Load a basin file with all it includes and its records.
 *
 * @param[in] scenario_path  file whose scenarios take the place of the basin's, or NULL
 * @param[in] set            [set_count] changes "path=value" as of nguon run --set
 */
NGUON_API int nguon_basin_load(const char *path, const char *scenario_path, const char *const *set,
                               int set_count, struct nguon_basin **out, struct nguon_error *err);
/** Free; its simulations must have been freed. NULL is legal. */
NGUON_API void nguon_basin_free(struct nguon_basin *basin);

NGUON_API int nguon_basin_count(const struct nguon_basin *basin, enum nguon_kind kind);
/** Id and name (UTF-8) of an element; NULL outside the count. */
NGUON_API const char *nguon_basin_id(const struct nguon_basin *basin, enum nguon_kind kind, int i);
NGUON_API const char *nguon_basin_name(const struct nguon_basin *basin, enum nguon_kind kind,
                                       int i);
/** Index of an id, -1 if there is none. */
NGUON_API int nguon_basin_find(const struct nguon_basin *basin, enum nguon_kind kind,
                               const char *id);
/** The node of a reservoir, aquifer, catchment or demand (of a node: itself); -1 for others. */
NGUON_API int nguon_basin_node_of(const struct nguon_basin *basin, enum nguon_kind kind, int i);
/** The nodes at the ends of a link. @return false outside the count */
NGUON_API bool nguon_basin_link_ends(const struct nguon_basin *basin, int link_i, int *from,
                                     int *to);
/** Where a node lies, degrees, NAN where the file does not say. @return false outside the count */
NGUON_API bool nguon_basin_place(const struct nguon_basin *basin, int node_i, double *latitude,
                                 double *longitude);

/** Steps of the run; start of step t in seconds since 1970-01-01 00:00, t = step count: the end. */
NGUON_API int nguon_basin_step_count(const struct nguon_basin *basin);
NGUON_API double nguon_basin_step_start_s(const struct nguon_basin *basin, int t);

/** How all scenarios are run. Zero is the default of everything. */
struct nguon_run_options {
    const char *save; /**< series to keep as of nguon run --save, NULL: the usual ones */
    int threads;      /**< 0: all processors */
    bool resume;      /**< complete a run of the same file that was interrupted */
    /** Told after each scenario, by one thread at a time; false stops the run. NULL: nobody. */
    bool (*progress)(void *context, int done_count, int scenario_count);
    void *context;
};

/** Run all scenarios into a results file, as nguon run. @param[in] options NULL: the default */
NGUON_API int nguon_basin_run(const struct nguon_basin *basin, const char *output_path,
                              const struct nguon_run_options *options, struct nguon_error *err);

/* ---- variables --------------------------------------------------------------------------------
 */

/** A quantity of every element of a kind, in one unit. */
struct nguon_variable {
    const char *name;
    const char *standard_name; /**< in the manner of CSDMS standard names */
    const char *units;         /**< as udunits reads them */
    const char *meaning;
    enum nguon_kind kind;
    bool can_be_set;
};

NGUON_API int nguon_variable_count(void);
/** NULL outside the count. */
NGUON_API const struct nguon_variable *nguon_variable_of(int i);
/** Index by either name, -1 if there is none. */
NGUON_API int nguon_variable_find(const char *name);

/* ---- one scenario, step by step ---------------------------------------------------------------
 */

/**
 * Begin one scenario.
 *
 * @param[in] save  series to keep for nguon_simulation_series as of --save; NULL: none
 */
NGUON_API int nguon_simulation_begin(const struct nguon_basin *basin, int scenario_i,
                                     const char *save, struct nguon_simulation **out,
                                     struct nguon_error *err);
NGUON_API void nguon_simulation_free(struct nguon_simulation *simulation);

/**
 * One step, with what has been set. After the last step there is none (NGUON_USAGE). A step that
 * could not be made leaves a simulation that can be given an earlier state, or be freed.
 */
NGUON_API int nguon_simulation_step(struct nguon_simulation *simulation, struct nguon_error *err);
/** The step that comes next, from 0; the step count after the last. */
NGUON_API int nguon_simulation_next_step(const struct nguon_simulation *simulation);

/**
 * Values of a variable, by either of its names: storages and levels as they are, flows of the last
 * step (NAN before the first), the runoff of the step to come.
 * @param[in] count  must be the count of the variable's kind
 */
NGUON_API int nguon_simulation_get(const struct nguon_simulation *simulation, const char *name,
                                   double *value, int count, struct nguon_error *err);

/**
 * Set a variable. Storages change at once. Runoff, need, link capacity and minimum flow take the
 * place of the basin's own figures in every step from now on, until NAN gives them back: a
 * constant that is set from the first step on gives the results of a file that says so.
 */
NGUON_API int nguon_simulation_set(struct nguon_simulation *simulation, const char *name,
                                   const double *value, int count, struct nguon_error *err);
NGUON_API int nguon_simulation_set_one(struct nguon_simulation *simulation, const char *name, int i,
                                       double value, struct nguon_error *err);

/**
 * The values themselves, which each step brings up to date; NULL for an unknown name. What is
 * written to the values of a variable that can be set is taken over as the next step begins.
 */
NGUON_API double *nguon_simulation_values(struct nguon_simulation *simulation, const char *name);

/**
 * A series that is kept, up to the last step made; NAN where this simulation has made no step.
 * @param[in] name       of a series of the results file: storage, supply ...
 * @param[out] value     [step count of the basin]; steps to come are NAN
 */
NGUON_API int nguon_simulation_series(const struct nguon_simulation *simulation, const char *name,
                                      int element_i, double *value, int count,
                                      struct nguon_error *err);

/**
 * An indicator of the whole run, after the last step: what group /indicators of a results file
 * would hold for the scenario, demand_supply_m3 and the like.
 * @param[in]  size   values there is room for
 * @param[out] count  how many there are
 */
NGUON_API int nguon_simulation_indicator(struct nguon_simulation *simulation, const char *name,
                                         double *value, int size, int *count,
                                         struct nguon_error *err);

/**
 * All that the simulation remembers, what has been set with it. A simulation of the same basin,
 * inputs, scenario and build that is given these bytes goes on to the same bits.
 * @param[out] bytes  freed by nguon_bytes_free
 */
NGUON_API int nguon_simulation_save(struct nguon_simulation *simulation, void **bytes, size_t *size,
                                    struct nguon_error *err);
/** Go on from there. NGUON_INPUT names what does not belong to this simulation. */
NGUON_API int nguon_simulation_restore(struct nguon_simulation *simulation, const void *bytes,
                                       size_t size, struct nguon_error *err);
NGUON_API void nguon_bytes_free(void *bytes);

/* ---- the Basic Model Interface ------------------------------------------------------------------
 */

struct Bmi;

/**
 * Fill the functions of a struct Bmi (bmi.h) with those of this model. What it held before is not
 * looked at: finalize an initialised one first. finalize frees what initialize has made.
 *
 * - The configuration file is a basin file; "basin.yaml#ID" begins the scenario ID, else the first.
 * - Names of variables are standard names, as nguon_variable_of has them; the short ones do too.
 * - Grids: 0 the basin (scalar), 1 reservoirs, 2 aquifers, 3 catchments, 4 demands (points), 5 the
 *   network (unstructured; values of links are on its edges). x and y are longitude and latitude.
 * - Time is in seconds from the start of the run; the time step is that of the step to come.
 * - update_until takes the end of a step.
 *
 * @return model, NULL for NULL
 */
NGUON_API struct Bmi *nguon_bmi_register(struct Bmi *model);

/** What went wrong in the last call that returned BMI_FAILURE; "" if none did. Belongs to the
 *  model; after finalize or before initialize it is a constant text. */
NGUON_API const char *nguon_bmi_message(const struct Bmi *model);

#ifdef __cplusplus
}
#endif

#endif
