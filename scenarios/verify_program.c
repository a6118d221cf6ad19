/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/verify_private.h"

#include <math.h>
#include <string.h>

/*
 * The step as a GLPK problem. Columns are link flows, storages at the end, parts of demands and the
 * like; what a goal counts of a flow or a storage (a minimum flow, the volume below a line) is a
 * column that may not exceed it. Volumes are divided by a power of two that brings them near 1.
 */

/* Reduced costs and bounds: the tightest that GLPK still resolves. */
static const double glpk_tolerance = 1e-9;

/* What rational arithmetic may take. */
enum { exact_limit_ms = 20000 };

/* ---- structure --------------------------------------------------------------------------------
 */

/* what and id name the column in reports. */
int
verify_new_column(struct verifier *verifier, const char *what, const char *id)
{
    int column = glp_add_cols(verifier->program, 1);
    verifier->column.count = column;
    verifier->column.what[column] = what;
    verifier->column.id[column] = id;
    return column;
}

int
verify_new_row(struct verifier *verifier)
{
    verifier->row_count++;
    return glp_add_rows(verifier->program, 1);
}

static void
number_rows(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    for (int i = 0; i < basin->node_count; i++) {
        enum node_kind kind = basin->node[i].kind;
        if (kind == NODE_CATCHMENT || kind == NODE_SEA)
            continue;
        verifier->row_in[i] = verifier->row_out[i] = verify_new_row(verifier);
        if (kind == NODE_AQUIFER || kind == NODE_PLANT || kind == NODE_WASTEWATER)
            verifier->row_out[i] = verify_new_row(verifier);
    }
    verifier->first_rule_row = verifier->row_count + 1;
    verify_rules_number(verifier);
    verifier->balance_row_count = verifier->row_count;
    for (int i = 1; i <= verifier->row_count; i++)
        verifier->row_lower[i] = verifier->row_upper[i] = 0.0;
}

static void
set_pair(struct verifier *verifier, int row, int first, double first_value, int second,
         double second_value)
{
    int index[3] = {0, first, second};
    double number[3] = {0.0, first_value, second_value};
    glp_set_mat_row(verifier->program, row, 2, index, number);
}

/* A column that counts of another what lies below its bound: row `of - counted >= 0`. */
static int
new_counted(struct verifier *verifier, int of, const char *what)
{
    int column = verify_new_column(verifier, what, verifier->column.id[of]),
        row = verify_new_row(verifier);
    set_pair(verifier, row, of, 1.0, column, -1.0);
    verifier->row_lower[row] = 0.0;
    return column;
}

static void
build_storages(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    struct columns *column = &verifier->column;
    for (int r = 0; r < basin->reservoir_count; r++) {
        const char *id = basin->node[basin->reservoir[r].node_i].id;
        column->lake[r] = verify_new_column(verifier, "storage of", id);
        column->base[r] = new_counted(verifier, column->lake[r], "dead storage of");
        column->reserve[r] = new_counted(verifier, column->lake[r], "reserve of");
        column->carry[r] = new_counted(verifier, column->lake[r], "volume to carry over of");
        column->target[r] = new_counted(verifier, column->lake[r], "target of");
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        const char *id = basin->node[basin->aquifer[a].node_i].id;
        column->ground[a] = verify_new_column(verifier, "storage of", id);
        column->ground_base[a] = new_counted(verifier, column->ground[a], "minimum storage of");
        column->free[a] = verify_new_column(verifier, "abstraction from", id);
        column->reserved[a] = verify_new_column(verifier, "reserved abstraction from", id);
        if (basin->aquifer[a].spill_to < 0)
            column->rejected[a] = verify_new_column(verifier, "recharge rejected by", id);
    }
}

static void
build_columns(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    struct columns *column = &verifier->column;
    bool has_minimum = false;
    for (int i = 0; i < basin->rank_count; i++)
        has_minimum = has_minimum || basin->rank[i].kind == RANK_MINIMUM_FLOW;
    column->share = verify_new_column(verifier, "the common share", "");
    for (int l = 0; l < basin->link_count; l++) {
        column->link[l] = verify_new_column(verifier, "flow of", basin->link[l].id);
        if (has_minimum && basin->link[l].minimum_flow.kind != VARYING_ABSENT)
            column->minimum[l] = new_counted(verifier, column->link[l], "minimum flow of");
    }
    for (int p = 0; p < basin->passage_count; p++) {
        int node_i = basin->passage[p].node_i;
        if (verifier->row_in[node_i] != verifier->row_out[node_i])
            column->works[p] = verify_new_column(verifier, "throughput of", basin->node[node_i].id);
    }
    for (int s = 0; s < basin->source_count; s++)
        if (!basin->source[s].forced)
            column->source[s] =
                verify_new_column(verifier, "draw on", basin->node[basin->source[s].node_i].id);
    build_storages(verifier);
    verify_rules_columns(verifier);
    for (int d = 0; d < basin->demand_count; d++)
        for (int part = 0; part < PART_COUNT; part++)
            column->part[d][part] =
                verify_new_column(verifier, "supply of", basin->node[basin->demand[d].node_i].id);
}

static void
build_goal_rows(struct verifier *verifier)
{
    for (int g = 0; g < verifier->goal_count; g++) {
        struct goal *goal = &verifier->goal[g];
        goal->row = verify_new_row(verifier);
        for (int i = 0; i < goal->count; i++) {
            verifier->index[i + 1] = goal->column[i];
            verifier->number[i + 1] = goal->sign[i];
        }
        glp_set_mat_row(verifier->program, goal->row, goal->count, verifier->index,
                        verifier->number);
        for (int i = 0; i < goal->count && goal->is_fair; i++) {
            int row = verify_new_row(verifier);
            if (i == 0)
                goal->first_share_row = row;
            set_pair(verifier, row, goal->column[i], 1.0, verifier->column.share, -1.0);
        }
    }
}

static int *
map_of(struct verifier *verifier, int count)
{
    return arena_alloc(verifier->memory, (size_t)count, sizeof(int));
}

static bool
allocate_maps(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    struct columns *column = &verifier->column;
    column->link = map_of(verifier, basin->link_count);
    column->minimum = map_of(verifier, basin->link_count);
    column->lake = map_of(verifier, basin->reservoir_count);
    column->base = map_of(verifier, basin->reservoir_count);
    column->reserve = map_of(verifier, basin->reservoir_count);
    column->carry = map_of(verifier, basin->reservoir_count);
    column->target = map_of(verifier, basin->reservoir_count);
    column->ground = map_of(verifier, basin->aquifer_count);
    column->ground_base = map_of(verifier, basin->aquifer_count);
    column->free = map_of(verifier, basin->aquifer_count);
    column->reserved = map_of(verifier, basin->aquifer_count);
    column->rejected = map_of(verifier, basin->aquifer_count);
    column->works = map_of(verifier, basin->passage_count);
    column->licence = map_of(verifier, basin->licence_count);
    column->source = map_of(verifier, basin->source_count);
    column->part = arena_alloc(verifier->memory, (size_t)basin->demand_count, sizeof *column->part);
    verifier->counted =
        arena_alloc(verifier->memory, (size_t)basin->reservoir_count, sizeof *verifier->counted);
    verifier->row_in = map_of(verifier, basin->node_count);
    verifier->row_out = map_of(verifier, basin->node_count);
    return !verifier->memory->failed;
}

/* Room for all columns, rows and entries that there can be. */
static bool
allocate_numbers(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    struct arena *memory = verifier->memory;
    size_t links = (size_t)basin->link_count, demands = (size_t)basin->demand_count;
    size_t lakes = (size_t)basin->reservoir_count, grounds = (size_t)basin->aquifer_count;
    size_t passages = (size_t)basin->passage_count, sources = (size_t)basin->source_count;
    size_t goals = 3 * (size_t)basin->rank_count * (demands + links + 2) + 4;
    size_t columns = 2 + 2 * links + 5 * lakes + 5 * grounds + passages + sources +
                     PART_COUNT * demands + (size_t)basin->licence_count;
    size_t rows = 1 + 2 * (size_t)basin->node_count + links + 4 * lakes + grounds + goals +
                  (size_t)basin->rank_count * (2 * demands + links) + verify_rules_row_count(basin);
    size_t returns = 0;
    for (int d = 0; d < basin->demand_count; d++)
        returns += (size_t)basin->demand[d].return_count;
    size_t entries = 2 * links + 2 * passages + sources + lakes + 6 * grounds +
                     PART_COUNT * (demands + returns) + verify_rules_entry_count(basin);
    verifier->column.what = arena_alloc(memory, columns, sizeof(char *));
    verifier->column.id = arena_alloc(memory, columns, sizeof(char *));
    verifier->lower = arena_alloc(memory, columns, sizeof(double));
    verifier->upper = arena_alloc(memory, columns, sizeof(double));
    verifier->actual = arena_alloc(memory, columns, sizeof(double));
    verifier->settled = arena_alloc(memory, columns, sizeof(bool));
    verifier->row_lower = arena_alloc(memory, rows, sizeof(double));
    verifier->row_upper = arena_alloc(memory, rows, sizeof(double));
    verifier->index = arena_alloc(memory, columns + rows, sizeof(int));
    verifier->number = arena_alloc(memory, columns + rows, sizeof(double));
    verifier->entry = arena_alloc(memory, entries, sizeof *verifier->entry);
    verifier->loaded = arena_alloc(memory, entries, sizeof *verifier->loaded);
    for (size_t i = 0; i < rows && !memory->failed; i++) {
        verifier->row_lower[i] = -(double)INFINITY;
        verifier->row_upper[i] = (double)INFINITY;
    }
    return !memory->failed;
}

bool
verify_program_create(struct verifier *verifier)
{
    glp_term_out(GLP_OFF);
    verifier->program = glp_create_prob();
    if (!allocate_maps(verifier) || !allocate_numbers(verifier))
        return false;
    number_rows(verifier);
    build_columns(verifier);
    if (!verify_goals_create(verifier))
        return false;
    build_goal_rows(verifier);
    glp_adv_basis(verifier->program, 0);
    return true;
}

/* ---- balances of the step ---------------------------------------------------------------------
 */

void
verify_enter(struct verifier *verifier, int row, int column, double value)
{
    if (row > 0 && column > 0)
        verifier->entry[verifier->entry_count++] = (struct balance_entry){row, column, value};
}

static void
enter_demand(struct verifier *verifier, int demand_d)
{
    const struct demand *demand = &verifier->basin->demand[demand_d];
    for (int part = 0; part < PART_COUNT; part++) {
        int column = verifier->column.part[demand_d][part];
        verify_enter(verifier, verifier->row_in[demand->node_i], column, -1.0);
        for (int i = 0; i < demand->return_count; i++) {
            double fraction = moment_value(&verifier->moment, &demand->returns[i].fraction);
            verify_enter(verifier, verifier->row_in[demand->returns[i].node_i], column,
                         fmin(fmax(fraction, 0.0), 1.0));
        }
    }
}

static void
list_entries(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    const struct columns *column = &verifier->column;
    const int *row_in = verifier->row_in, *row_out = verifier->row_out;
    verifier->entry_count = 0;
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        verify_enter(verifier, link->is_spill ? row_in[link->from] : row_out[link->from],
                     column->link[l], -1.0);
        verify_enter(verifier, row_in[link->to], column->link[l], verifier->limits.link[l].gain);
    }
    for (int p = 0; p < basin->passage_count; p++) {
        verify_enter(verifier, row_in[basin->passage[p].node_i], column->works[p], -1.0);
        verify_enter(verifier, row_out[basin->passage[p].node_i], column->works[p],
                     verifier->limits.works[p].gain);
    }
    for (int s = 0; s < basin->source_count; s++)
        verify_enter(verifier, row_in[basin->source[s].node_i], column->source[s], 1.0);
    for (int r = 0; r < basin->reservoir_count; r++)
        verify_enter(verifier, row_in[basin->reservoir[r].node_i], column->lake[r], -1.0);
    for (int a = 0; a < basin->aquifer_count; a++) {
        int node_i = basin->aquifer[a].node_i;
        verify_enter(verifier, row_in[node_i], column->ground[a], -1.0);
        verify_enter(verifier, row_in[node_i], column->rejected[a], -1.0);
        verify_enter(verifier, row_in[node_i], column->free[a], -1.0);
        verify_enter(verifier, row_out[node_i], column->free[a], 1.0);
        verify_enter(verifier, row_in[node_i], column->reserved[a], -1.0);
        verify_enter(verifier, row_out[node_i], column->reserved[a], 1.0);
    }
    for (int d = 0; d < basin->demand_count; d++)
        enter_demand(verifier, d);
    verify_rules_enter(verifier);
}

/* Hand a balance row to GLPK: entries of one column added up, zeros left out. */
static void
load_row(struct verifier *verifier, int row)
{
    int count = 0;
    for (int e = 0; e < verifier->entry_count; e++) {
        const struct balance_entry *entry = &verifier->entry[e];
        if (entry->row != row || !(fabs(entry->value) > 0.0))
            continue;
        int place = 1;
        while (place <= count && verifier->index[place] != entry->column)
            place++;
        verifier->number[place] = entry->value + (place <= count ? verifier->number[place] : 0.0);
        verifier->index[place] = entry->column;
        count = place > count ? place : count;
    }
    glp_set_mat_row(verifier->program, row, count, verifier->index, verifier->number);
}

static void
load_balances(struct verifier *verifier)
{
    list_entries(verifier);
    size_t size = (size_t)verifier->entry_count * sizeof *verifier->entry;
    if (verifier->entry_count == verifier->loaded_count &&
        memcmp(verifier->entry, verifier->loaded, size) == 0)
        return;
    for (int row = 1; row <= verifier->balance_row_count; row++)
        load_row(verifier, row);
    memcpy(verifier->loaded, verifier->entry, size);
    verifier->loaded_count = verifier->entry_count;
    glp_adv_basis(verifier->program, 0);
}

/* ---- bounds of the step -----------------------------------------------------------------------
 */

static void
limit(struct verifier *verifier, int column, double lower_m3, double upper_m3)
{
    if (column > 0) {
        verifier->lower[column] = lower_m3;
        verifier->upper[column] = upper_m3;
    }
}

static void
limit_columns(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    const struct columns *column = &verifier->column;
    const struct step_limits *limits = &verifier->limits;
    limit(verifier, column->share, 0.0, 0.0);
    for (int l = 0; l < basin->link_count; l++) {
        limit(verifier, column->link[l], limits->link[l].gate_m3, limits->link[l].most_m3);
        limit(verifier, column->minimum[l], 0.0, limits->link[l].minimum_m3);
    }
    for (int p = 0; p < basin->passage_count; p++)
        limit(verifier, column->works[p], 0.0, limits->works[p].most_m3);
    for (int s = 0; s < basin->source_count; s++)
        limit(verifier, column->source[s], 0.0, limits->source_m3[s]);
    for (int r = 0; r < basin->reservoir_count; r++) {
        const struct lake_limits *lake = &limits->lake[r];
        limit(verifier, column->lake[r], lake->least_m3, lake->flood_m3);
        limit(verifier, column->base[r], 0.0, lake->base_m3);
        limit(verifier, column->reserve[r], 0.0, lake->reserve_m3);
        limit(verifier, column->carry[r], 0.0, lake->carry_m3);
        limit(verifier, column->target[r], 0.0, lake->target_m3);
    }
    for (int a = 0; a < basin->aquifer_count; a++) {
        const struct ground_limits *ground = &limits->ground[a];
        limit(verifier, column->ground[a], ground->least_m3, basin->aquifer[a].capacity_m3);
        limit(verifier, column->ground_base[a], 0.0, basin->aquifer[a].minimum_storage_m3);
        limit(verifier, column->free[a], 0.0, ground->free_m3);
        limit(verifier, column->reserved[a], 0.0, ground->reserved_m3);
        limit(verifier, column->rejected[a], 0.0, (double)INFINITY);
    }
    for (int d = 0; d < basin->demand_count; d++)
        for (int part = 0; part < PART_COUNT; part++)
            limit(verifier, column->part[d][part], 0.0, limits->part_m3[d][part]);
}

/* Known water on the right-hand sides: what decisions take out of a row equals what came in. */
static void
limit_balances(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    for (int i = 0; i < basin->node_count; i++) {
        const struct node *node = &basin->node[i];
        double known_m3 = verifier->limits.inflow_m3[i];
        if (node->kind == NODE_RESERVOIR)
            known_m3 = verifier->limits.lake[node->kind_i].available_m3;
        else if (node->kind == NODE_AQUIFER)
            known_m3 = verifier->limits.ground[node->kind_i].available_m3;
        if (verifier->row_in[i] > 0)
            verifier->row_lower[verifier->row_in[i]] = verifier->row_upper[verifier->row_in[i]] =
                -known_m3;
    }
}

static void
add_exponent(double number, long *sum, long *count)
{
    int exponent;
    if (!isfinite(number) || !(fabs(number) > 0.0))
        return;
    (void)frexp(number, &exponent);
    *sum += exponent;
    ++*count;
}

/* The power of two at the mean magnitude of needs, capacities and known water. */
static void
choose_unit(struct verifier *verifier)
{
    long sum = 0, count = 0;
    for (int j = 1; j <= verifier->column.count; j++)
        add_exponent(verifier->upper[j], &sum, &count);
    for (int i = 1; i <= verifier->balance_row_count; i++)
        add_exponent(verifier->row_lower[i], &sum, &count);
    verifier->unit_m3 = count > 0 ? ldexp(1.0, (int)(sum / count)) : 1.0;
}

void
verify_program_load(struct verifier *verifier)
{
    load_balances(verifier);
    limit_columns(verifier);
    limit_balances(verifier);
    verify_rules_limit(verifier);
    choose_unit(verifier);
    verify_program_reset(verifier);
}

static int
bound_type(double lower, double upper)
{
    if (!(lower < upper))
        return GLP_FX;
    if (isfinite(lower))
        return isfinite(upper) ? GLP_DB : GLP_LO;
    return isfinite(upper) ? GLP_UP : GLP_FR;
}

void
verify_program_bound(struct verifier *verifier, int column, double lower_m3, double upper_m3)
{
    glp_set_col_bnds(verifier->program, column, bound_type(lower_m3, upper_m3),
                     lower_m3 / verifier->unit_m3, upper_m3 / verifier->unit_m3);
}

void
verify_program_bound_row(struct verifier *verifier, int row, double lower_m3, double upper_m3)
{
    glp_set_row_bnds(verifier->program, row, bound_type(lower_m3, upper_m3),
                     lower_m3 / verifier->unit_m3, upper_m3 / verifier->unit_m3);
}

void
verify_program_reset(struct verifier *verifier)
{
    for (int j = 1; j <= verifier->column.count; j++)
        verify_program_bound(verifier, j, verifier->lower[j], verifier->upper[j]);
    for (int i = 1; i <= verifier->row_count; i++)
        verify_program_bound_row(verifier, i, verifier->row_lower[i], verifier->row_upper[i]);
}

/* ---- solving ----------------------------------------------------------------------------------
 */

void
verify_program_aim(struct verifier *verifier, const struct goal *goal)
{
    glp_set_obj_dir(verifier->program, GLP_MAX);
    for (int j = 1; j <= verifier->column.count; j++)
        glp_set_obj_coef(verifier->program, j, 0.0);
    for (int i = 0; i < goal->count; i++)
        glp_set_obj_coef(verifier->program, goal->column[i], goal->sign[i]);
}

bool
verify_program_solve(struct verifier *verifier)
{
    glp_smcp parameter;
    glp_init_smcp(&parameter);
    parameter.msg_lev = GLP_MSG_OFF;
    parameter.tol_bnd = glpk_tolerance;
    parameter.tol_dj = glpk_tolerance;
    parameter.it_lim = verifier->row_count + verifier->column.count; /* it may go in circles */
    for (int attempt = 0; attempt < 4; attempt++) {
        parameter.meth = attempt % 2 == 0 ? GLP_PRIMAL : GLP_DUALP;
        int code = glp_simplex(verifier->program, &parameter);
        if (code == 0 && glp_get_status(verifier->program) == GLP_OPT)
            return true;
        if (attempt == 1)
            glp_adv_basis(verifier->program, 0);
        else if (attempt == 2)
            glp_std_basis(verifier->program);
    }
    return false;
}

bool
verify_program_solve_exactly(struct verifier *verifier)
{
    glp_smcp parameter;
    glp_init_smcp(&parameter);
    parameter.msg_lev = GLP_MSG_OFF;
    parameter.tm_lim = exact_limit_ms;
    return glp_exact(verifier->program, &parameter) == 0 &&
           glp_get_status(verifier->program) == GLP_OPT;
}

void
verify_program_hold(struct verifier *verifier)
{
    glp_prob *program = verifier->program;
    for (int j = 1; j <= verifier->column.count; j++) {
        int status = glp_get_col_stat(program, j);
        double value = glp_get_col_prim(program, j);
        if ((status == GLP_NL || status == GLP_NU) &&
            fabs(glp_get_col_dual(program, j)) > glpk_tolerance)
            glp_set_col_bnds(program, j, GLP_FX, value, value);
    }
    for (int i = 1; i <= verifier->row_count; i++) {
        int status = glp_get_row_stat(program, i);
        double value = glp_get_row_prim(program, i);
        if ((status == GLP_NL || status == GLP_NU) &&
            fabs(glp_get_row_dual(program, i)) > glpk_tolerance)
            glp_set_row_bnds(program, i, GLP_FX, value, value);
    }
}
