/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_DROUGHT_PLAN_H
#define NGUON_MODEL_DROUGHT_PLAN_H

#include "model/varying.h"

struct basin;

/*
 * A drought plan: stages from mild to severe, each with the triggers that it is entered and left
 * by, the caps that it puts on classes of use and the links that it opens. Stage 0 is the normal
 * state, stage i the i-th of the list. docs/drought.md, section 11.
 */

/** What a stage looks at. It is entered where any of its triggers is below the line of `enter`, and
 *  left where none is below the line of `leave`. */
enum drought_trigger {
    TRIGGER_STORAGE,  /**< joint storage of the plan's lakes, m3 or share of their capacity */
    TRIGGER_INDEX,    /**< standardised index of rain of the last months that have ended */
    TRIGGER_FORECAST, /**< inflow of the time ahead, m3 or share of the normal inflow */
    TRIGGER_FLOW,     /**< standardised index of streamflow of the last months that have ended */
    TRIGGER_COUNT
};

struct drought_stage {
    char *id;
    struct varying enter[TRIGGER_COUNT];   /**< absent: does not enter */
    struct varying leave[TRIGGER_COUNT];   /**< absent in the file: as enter */
    bool leaves_as_entered[TRIGGER_COUNT]; /**< absent in the file, and still so (private) */
    double hold_s;                         /**< it lasts at least so long */
    int cap_count;
    int *cap_class_i;
    double *cap; /**< [cap_count] allowed share of the demand from this stage on, 0..1 */
    int link_count;
    int *link_i; /**< links that carry water from this stage on, and not before */
};

struct drought_plan {
    char *id;
    char *note;
    bool enabled; /**< false: always in its normal state, what it opens stays shut */
    char **district;
    int district_count;
    int lake_count;
    int *lake_r;     /**< whose joint storage is looked at */
    int named_count; /**< demands that the file names (private) */
    int *named_d;
    bool *holds_for; /**< [demand_count] demands that its caps cut */
    int stage_count;
    struct drought_stage *stage;
    struct varying rain; /**< of the index, m/s; absent: none */
    int scale;           /**< months that are summed */
    int reference_first,
        reference_last;  /**< years that the index is fitted to; 0: all of the run */
    struct varying flow; /**< of the index of streamflow, m3/s; absent: runoff to the lakes */
    int flow_scale;      /**< months that are summed, 0: there is no such index */
    int flow_reference_first, flow_reference_last; /**< as those of the index of rain */
    double window_s;                               /**< time ahead of the forecast; 0: none */
    struct varying normal;                         /**< normal inflow, m3/s */
    struct varying forecast; /**< given inflow, m3/s; absent: that of the run itself */
    int line;
    const char *file;
};

/** Let the lines that a stage is left by follow those that it is entered by, where the file gives
 * no others. */
void drought_stage_follow(struct drought_stage *stage);

/** Words of enum drought_trigger in the basin file. */
extern const char *const drought_trigger_words[TRIGGER_COUNT];

/** Share of a demand that a plan allows at a stage (0 normal): the smallest cap of that stage and
 *  the milder ones. */
double drought_plan_cap(const struct basin *basin, int plan_p, int stage, int demand_d);

/** Whether any plan can cut the demand. */
bool drought_plans_cut(const struct basin *basin, int demand_d);

/** Whether a plan opens the link, and from which stage on (1 the mildest). */
bool drought_plan_names(const struct basin *basin, int plan_p, int link_l, int *stage);

#endif
