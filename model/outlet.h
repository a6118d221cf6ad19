/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_OUTLET_H
#define NGUON_MODEL_OUTLET_H

#include <stdbool.h>

/*
 * Flow through spillways and outlets of a dam from the level of the lake, the level below the dam
 * and how far a gate is open. All flows are 0 or more, continuous in every argument, and do not
 * fall when the lake rises (docs/operate.md has the equations).
 */

enum outlet_kind {
    OUTLET_OGEE,        /**< overflow crest, free or with gates */
    OUTLET_BROAD_CREST, /**< the same with a broad crest */
    OUTLET_SLUICE,      /**< opening under a gate: bottom outlet, sluice */
    OUTLET_PIPE,        /**< conduit that runs full */
    OUTLET_SIPHON,      /**< by its table */
    OUTLET_TABLE        /**< by a table of the user */
};

/** Coefficient by head: factor on the coefficient over head / design head, straight between. */
struct head_factor {
    double ratio, factor;
};

/** Rating of a siphon or of the user: flow by level, and by opening where there are several. */
struct outlet_table {
    int level_count, opening_count; /**< opening_count 0: one column, fully open */
    double *level_m;                /**< [level_count] rising */
    double *opening;                /**< [opening_count] rising, in the unit of the outlet */
    double *flow_m3s;               /**< [level_count][max(1, opening_count)] */
};

struct outlet {
    char *id;
    char *name;
    enum outlet_kind kind;
    int gate_count;                         /**< equal gates or bays; without gates still 1 */
    double sill_m;                          /**< crest, or floor of a sluice or pipe inlet */
    double width_m;                         /**< of one bay */
    double height_m;                        /**< largest opening of a gate; NAN: no gates */
    double coefficient;                     /**< weir: m of Q = m b sqrt(2g) H^1.5; sluice: mu */
    double orifice;                         /**< crest with gates: mu of the flow under the gate */
    double transition_low, transition_high; /**< opening / head below which the flow is under the
                                               gate, and above which the gate hangs free */
    double pier_contraction, abutment_contraction; /**< Kp, Ka; both 0: none */
    double design_head_m;                          /**< NAN: constant coefficient */
    int factor_count;
    struct head_factor *factor; /**< [factor_count] by rising ratio */
    double modular_limit;       /**< tailwater / head from which a crest is submerged */
    double diameter_m;          /**< pipe */
    double loss;                /**< pipe: sum of the loss coefficients, exit included */
    double axis_m;              /**< pipe: level of the axis at its exit */
    struct outlet_table table;
    double speed_ms;        /**< largest rate of change of an opening; NAN: at once */
    double initial_opening; /**< in the unit of the outlet */
    int rule_count;         /**< opening by level, where no schedule says otherwise */
    double *rule_level_m, *rule_opening;
    bool gives_minimum; /**< by rule it releases the reservoir's minimum release */
};

/** Whether a gate or valve can close it. */
bool outlet_is_gated(const struct outlet *outlet);

/** Largest opening: metres for gates (height), 1 for valves (a share). */
double outlet_full_opening(const struct outlet *outlet);

/** Whether openings are lengths; else shares of fully open. */
bool outlet_opens_in_metres(const struct outlet *outlet);

/**
 * Flow of one gate or bay, m3/s.
 *
 * @param[in] tailwater_m  level below the dam, -INFINITY where it does not matter
 * @param[in] opening      in the unit of the outlet, cut to [0, full]; ignored without gates
 */
double outlet_flow_m3s(const struct outlet *outlet, double level_m, double tailwater_m,
                       double opening);

/** Least opening that gives a flow at a level, fully open where none does. */
double outlet_opening_for(const struct outlet *outlet, double level_m, double tailwater_m,
                          double flow_m3s);

/** Level above which the flow is only extrapolated (the last row of its table); else INFINITY. */
double outlet_table_top_m(const struct outlet *outlet);

/** Flow over a crest of one length, such as that of a dam that is overtopped. */
double crest_flow_m3s(double coefficient, double length_m, double head_m);

/** Opening by the outlet's rule at a level: straight between its rows, constant outside. */
double outlet_rule_opening(const struct outlet *outlet, double level_m);

#endif
