/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_SCENARIOS_NETWORK_H
#define NGUON_SCENARIOS_NETWORK_H

#include "model/basin.h"
#include "solvers/lp.h"

/*
 * The allocation of one step as linear programs: which columns and rows the basin gives rise to and
 * which cost level each goal has (engine semantics in docs/allocation.md). Built once per scenario;
 * the steps change bounds and right-hand sides only.
 *
 * Unknowns are volumes of one step, m3. Everything is laid out in the lexical order of ids, so that
 * no figure depends on the order of the file. Independent parts of the basin are separate programs.
 */

/** Parts of a demand, in the order they are served. */
enum demand_part {
    PART_FLOOR, /**< the floor norm */
    PART_HEAD,  /**< minimum_share, served at the head of its class */
    PART_MAIN,  /**< the rest that the zones allow */
    PART_CUT,   /**< what the zones cut: only water that no storage can hold */
    PART_COUNT
};

/** Equal steps of the target band: lakes that can stand in for each other are drawn down step by
 * step side by side, so that their fractions of the band stay within 2 %. */
enum { TARGET_STEP_COUNT = 50 };

/** Bands of a storage from the bottom up; their sum is the volume at the end of the step. */
enum storage_band {
    BAND_BASE,    /**< up to dead storage */
    BAND_RESERVE, /**< up to the domestic reserve */
    BAND_CARRY,   /**< up to the volume to be carried over, of lakes that have one; it lies below
                       BAND_RESERVE where its rank is the higher one */
    BAND_TARGET,  /**< up to the target of the day, in TARGET_STEP_COUNT steps */
    BAND_HOLD,    /**< up to the flood limit */
    BAND_COUNT
};

/**
 * What may leave a lake by its higher outlets: the links whose lower edge is at a volume or above
 * it take together no more than stood above that volume or came in during the step.
 */
struct draw {
    int reservoir_r;
    double lowest_m3; /**< volume at the lower edge of the outlets */
    int row_i, slack_column_j;
};

/** A goal: the parts that one rank serves in one independent program. */
struct use_group {
    int program_p;
    int level; /**< local cost level of the program */
    enum share_rule share;
    int rank_i;
    int part_count;
    int *column_j;  /**< [part_count] columns of the network */
    double *weight; /**< [part_count] */
};

/** What one goal makes of a column: the level minimises the sum of cost x volume. */
struct goal_term {
    int program_p;
    int level;  /**< local cost level of the program */
    int rank_i; /**< rank it belongs to, -1 for the goals after all ranks */
    int column_j;
    double cost;
};

/** One independent linear program. */
struct program {
    int row_count, column_count, level_count;
    int rank_level_count; /**< levels that belong to ranks; those of the goals after them follow */
    int first_group, group_count; /**< its goals, in the order of their levels */
    int *row_of;                  /**< [row_count] network row of a local row */
    int *column_of;               /**< [column_count] network column of a local column */
};

struct network {
    const struct basin *basin;
    int row_count, column_count;
    bool carry_first; /**< rank carry_over stands above rank domestic_reserve */

    int *node_row;     /**< [node_count] row where water enters the node, -1 none */
    int *node_row_out; /**< [node_count] row where links leave: other than node_row for nodes with
                            a throughput (plants, aquifers ...) */
    int *link_column;  /**< [link_count] */
    int *link_minimum_column;         /**< [link_count], -1 without a minimum flow */
    int (*demand_column)[PART_COUNT]; /**< [demand_count], -1 where a part cannot occur */
    int (*band_column)[BAND_COUNT];   /**< [reservoir_count], -1 for a band a lake does not have */
    int (*aquifer_band_column)[2];    /**< [aquifer_count] below and above minimum storage */
    int *aquifer_free_column;         /**< [aquifer_count] abstraction */
    int *aquifer_reserved_column;     /**< [aquifer_count] out of the reserved licence, -1 */
    int *aquifer_rejected_column;     /**< [aquifer_count] what a full aquifer does not take, -1 if
                                           it has a spill */
    int *passage_column;              /**< [passage_count] throughput, -1 */
    int *source_column;               /**< [source_count] optional draw, -1 if forced */

    /* What links have to keep together (network_rules.c). Rows that rules have no use of are not
     * there: a basin without rules is the plain network. */
    int *split_row;                /**< [split_count] first of link_count rows flow = share x all */
    int *split_column;             /**< [split_count] all that the links of the split carry */
    int *blend_row, *blend_column; /**< [blend_count] excess content + slack = 0 */
    int *licence_row;              /**< [licence_count] flows = drawn */
    int *licence_column;           /**< [licence_count] drawn out of the free part */
    int *licence_reserved_column;  /**< [licence_count] out of the reserved part, -1 */
    int draw_count;
    struct draw *draw; /**< by reservoir, then by volume */

    int *row_program, *row_local;       /**< [row_count] */
    int *column_program, *column_local; /**< [column_count] */

    /* The matrix by columns, network numbering; coefficients that vary are rewritten on change. */
    int *column_start, *row_index;
    double *coefficient;

    int program_count;
    struct program *program;
    int group_count;
    struct use_group *group; /**< by program, then by level */
    int term_count;
    struct goal_term *term; /**< of all goals, in the order of their levels */

    struct lp **lp; /**< [program_count] */
    void *memory;   /**< owner of the arrays (private) */
};

/**
 * Build the programs of a basin.
 * @return STATUS_OK, STATUS_MEMORY
 */
enum status network_create(const struct basin *basin, enum lp_method method, struct network **out,
                           struct error *err);
void network_destroy(struct network *network);

/** New loss of a link or passage, or new return fraction: rewrite one coefficient if it differs. */
enum status network_set_coefficient(struct network *network, int column_j, int row_i,
                                    double coefficient);

/** The present coefficient of an entry of the matrix. */
double network_coefficient(const struct network *network, int column_j, int row_i);

/** Index in draw[] of the row that holds the outlet of a link; -1 without one. */
int network_draw_of(const struct network *network, int link_l);

/** Volume below which the link draws nothing from the lake upstream; false if there is none. */
bool network_lowest_m3(const struct basin *basin, const struct link *link, double *lowest_m3);

/** Network row of a share's node: where returned water enters; -1 for a sea. */
int network_entry_row(const struct network *network, int node_i);

#endif
