/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/why_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES_MAX = 60 };

/* ---- the step again ----------------------------------------------------------------------------
 */

static enum status
study_allocate(struct study *study, struct error *err)
{
    const struct network *network = study->allocation->network;
    size_t columns = (size_t)network->column_count + 1, rows = (size_t)network->row_count + 1;
    size_t nodes = (size_t)study->basin->node_count + 1;
    study->meaning = calloc(columns, sizeof *study->meaning);
    study->low = calloc(columns, sizeof(double));
    study->high = calloc(columns, sizeof(double));
    study->held_for = calloc(columns, sizeof(int));
    study->multiplier = calloc(columns, sizeof(double));
    study->try_multiplier = calloc(columns, sizeof(double));
    study->row_multiplier = calloc(rows, sizeof(double));
    study->try_row = calloc(rows, sizeof(double));
    study->extra_storage_m3 = calloc(3 * nodes, sizeof(double));
    if (study->meaning == NULL || study->low == NULL || study->high == NULL ||
        study->held_for == NULL || study->multiplier == NULL || study->try_multiplier == NULL ||
        study->row_multiplier == NULL || study->try_row == NULL || study->extra_storage_m3 == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for an explanation");
    study->extra_yield_m3 = study->extra_storage_m3 + nodes;
    study->extra_licence_m3 = study->extra_yield_m3 + nodes;
    network_meanings(network, study->meaning);
    return STATUS_OK;
}

enum status
study_open(struct study *study, const struct why_question *question, struct error *err)
{
    enum status status = STATUS_OK;
    *study =
        (struct study){.question = question, .basin = question->basin, .record = question->record};
    TRY(allocation_create(question->basin, LP_SIMPLEX, &study->allocation, err));
    TRY(study_allocate(study, err));
    TRY(study_solve(study, NULL, 0, err));
out:
    return status;
}

void
study_close(struct study *study)
{
    allocation_destroy(study->allocation);
    free(study->meaning);
    free(study->low);
    free(study->high);
    free(study->held_for);
    free(study->multiplier);
    free(study->try_multiplier);
    free(study->row_multiplier);
    free(study->try_row);
    free(study->extra_storage_m3);
}

static int
part_column(const struct study *study, int part)
{
    return study->allocation->network->demand_column[study->question->demand_d][part];
}

double
study_supply_m3(const struct study *study, int part)
{
    int column_j = part_column(study, part);
    return column_j >= 0 ? study->allocation->value[column_j] : 0.0;
}

double
study_need_m3(const struct study *study, int part)
{
    static const enum audit_variable variable[PART_COUNT] = {AUDIT_NEED_FLOOR, AUDIT_NEED_HEAD,
                                                             AUDIT_NEED_MAIN, AUDIT_NEED_CUT};
    double need_m3 = study->record->value[variable[part]][study->question->demand_d];
    return need_m3 > 0.0 ? need_m3 : 0.0; /* NaN where there is no such part */
}

int
study_short_part(const struct study *study)
{
    double need_m3 = 0.0;
    for (int part = 0; part < PART_COUNT; part++)
        need_m3 += study_need_m3(study, part);
    for (int part = 0; part < PART_CUT; part++) {
        int column_j = part_column(study, part);
        if (column_j >= 0 &&
            study->allocation->upper[column_j] - study->allocation->value[column_j] >
                WHY_ROUNDING * need_m3)
            return part;
    }
    return -1;
}

/* ---- the cut -----------------------------------------------------------------------------------
 */

static const struct use_group *
group_of(const struct network *network, int column_j, int *place)
{
    for (int g = 0; g < network->group_count; g++)
        for (int i = 0; i < network->group[g].part_count; i++)
            if (network->group[g].column_j[i] == column_j) {
                *place = i;
                return &network->group[g];
            }
    return NULL;
}

/* What the goals ahead of a level got may not become less, nor what they spare more. */
static void
hold_goals_ahead(struct study *study, int program_p, int level)
{
    const struct allocation *allocation = study->allocation;
    const struct network *network = allocation->network;
    for (int j = 0; j < network->column_count; j++) {
        study->low[j] = allocation->lower[j];
        study->high[j] = allocation->upper[j];
        study->held_for[j] = NOT_HELD;
    }
    for (int i = 0; i < network->term_count; i++) {
        const struct goal_term *term = &network->term[i];
        int j = term->column_j;
        if (term->program_p != program_p || term->level >= level)
            continue;
        double value = fmin(fmax(allocation->value[j], study->low[j]), study->high[j]);
        bool wanted = term->cost < 0.0;
        if (wanted ? value > study->low[j] : value < study->high[j]) {
            *(wanted ? &study->low[j] : &study->high[j]) = value;
            study->held_for[j] = term->rank_i;
        }
    }
}

/* Parts of the own rank keep their volume, or what is left of it at the share of the part asked. */
static void
hold_own_rank(struct study *study, const struct use_group *group, int place)
{
    const struct allocation *allocation = study->allocation;
    int own_j = group->column_j[place];
    double own_need_m3 = allocation->upper[own_j];
    double share =
        own_need_m3 > 0.0 ? allocation->value[own_j] / own_need_m3 / group->weight[place] : 0.0;
    for (int i = 0; i < group->part_count; i++) {
        int j = group->column_j[i];
        if (i == place)
            continue;
        double kept_m3 = allocation->value[j];
        if (group->share == SHARE_FAIR)
            kept_m3 = fmin(kept_m3, share * group->weight[i] * allocation->upper[j]);
        if (kept_m3 > study->low[j]) {
            study->low[j] = fmin(kept_m3, study->high[j]);
            study->held_for[j] = group->rank_i;
        }
    }
}

/* The try that has just failed becomes the proof kept, in units of the part asked for. */
static bool
keep_proof(struct study *study, const struct program *program, int own_local_j)
{
    double own = study->try_multiplier[own_local_j];
    if (!(own < 0.0))
        return false;
    for (int j = 0; j < program->column_count; j++)
        study->multiplier[j] = study->try_multiplier[j] / -own;
    for (int i = 0; i < program->row_count; i++)
        study->row_multiplier[i] = study->try_row[i] / -own;
    return true;
}

/* What the proof kept lets the part have, m3. */
static double
proven_limit_m3(const struct study *study, const struct program *program, int own_local_j)
{
    const struct allocation *allocation = study->allocation;
    double limit_m3 = 0.0;
    for (int i = 0; i < program->row_count; i++)
        limit_m3 += study->row_multiplier[i] * allocation->known_m3[program->row_of[i]];
    for (int local_j = 0; local_j < program->column_count; local_j++) {
        double worth = study->multiplier[local_j];
        int j = program->column_of[local_j];
        if (local_j != own_local_j && worth != 0.0)
            limit_m3 += worth * (worth > 0.0 ? study->high[j] : study->low[j]);
    }
    return limit_m3;
}

/*
 * Ask the part for more until the proof that it cannot have more is tight: ask for all its need
 * first, then for half of what the last proof left open.
 */
static enum status
prove(struct study *study, const struct program *program, int own_j, struct error *err)
{
    struct allocation *allocation = study->allocation;
    const struct network *network = allocation->network;
    struct lp *lp = network->lp[network->column_program[own_j]];
    struct lp_certificate certificate = {.multiplier = study->try_multiplier,
                                         .row_multiplier = study->try_row};
    int own_local_j = network->column_local[own_j];
    double supply_m3 = allocation->value[own_j], need_m3 = allocation->upper[own_j];
    double asked_m3 = need_m3;
    bool proven = false;
    for (int local_j = 0; local_j < program->column_count; local_j++) {
        int j = program->column_of[local_j];
        allocation_hold(allocation, j, study->low[j], study->high[j]);
    }
    for (int try_i = 0; try_i < TRIES_MAX; try_i++) {
        allocation_hold(allocation, own_j, asked_m3, need_m3);
        if (lp_solve(lp, &certificate) != LP_INFEASIBLE || !keep_proof(study, program, own_local_j))
            break;
        proven = true;
        double limit_m3 = proven_limit_m3(study, program, own_local_j);
        if (limit_m3 - supply_m3 <= WHY_ROUNDING * need_m3)
            break;
        asked_m3 = fmin(0.5 * (limit_m3 + supply_m3), 0.5 * (asked_m3 + supply_m3));
    }
    if (!proven)
        return error_set(err, STATUS_NUMERIC, "no proof was found of what binds the demand");
    return STATUS_OK;
}

/* ---- the cut as items ---------------------------------------------------------------------------
 */

static int
compare_items(const void *a, const void *b)
{
    const struct why_item *x = a, *y = b;
    bool x_taken = why_is_taken(x->kind), y_taken = why_is_taken(y->kind);
    if (x_taken != y_taken)
        return x_taken ? 1 : -1;
    double x_m3 = x->worth * x->volume_m3, y_m3 = y->worth * y->volume_m3;
    return (x_m3 < y_m3) - (x_m3 > y_m3);
}

enum status
study_cut(struct study *study, int part, struct why_item **item, int *count, double *cut_m3,
          struct error *err)
{
    const struct network *network = study->allocation->network;
    int own_j = part_column(study, part), place;
    const struct use_group *group = group_of(network, own_j, &place);
    const struct program *program = &network->program[network->column_program[own_j]];
    struct item_list list = {0};
    enum status status = STATUS_OK;
    *item = NULL;
    *count = 0;
    hold_goals_ahead(study, group->program_p, group->level);
    hold_own_rank(study, group, place);
    TRY(prove(study, program, own_j, err));
    study_items(study, program, own_j, &list);
    if (list.failed) {
        free(list.item);
        return error_set(err, STATUS_MEMORY, "out of memory for an explanation");
    }
    *cut_m3 = proven_limit_m3(study, program, network->column_local[own_j]);
    if (list.count > 0)
        qsort(list.item, (size_t)list.count, sizeof *list.item, compare_items);
    *item = list.item;
    *count = list.count;
out:
    return status;
}

/* ---- the rule ----------------------------------------------------------------------------------
 */

static double
class_cap(const struct zone *zone, int class_i)
{
    for (int i = 0; i < zone->cap_count; i++)
        if (zone->cap_class_i[i] == class_i)
            return zone->cap[i];
    return 1.0;
}

/* The zone of each lake that caps the class of the demand most. */
static enum status
find_zones(const struct study *study, struct why_answer *answer, struct error *err)
{
    const struct demand *demand = &study->basin->demand[study->question->demand_d];
    answer->zone = calloc((size_t)demand->restricted_by_count + 1, sizeof *answer->zone);
    if (answer->zone == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for an explanation");
    for (int i = 0; i < demand->restricted_by_count; i++) {
        int r = demand->restricted_by[i];
        const struct reservoir *reservoir = &study->basin->reservoir[r];
        const double *line_m3 =
            study->record->value[AUDIT_ZONE_LINE] + audit_first_zone(study->basin, r);
        double storage_m3 = study->record->value[AUDIT_STORAGE_START][r];
        struct why_zone found = {r, -1, 1.0, 0.0, (double)NAN};
        for (int zone_i = 0; zone_i < reservoir->zone_count; zone_i++) {
            double cap = class_cap(&reservoir->zone[zone_i], demand->class_i);
            if (storage_m3 < line_m3[zone_i] && cap < found.cap)
                found =
                    (struct why_zone){r, zone_i, cap, line_m3[zone_i] - storage_m3, (double)NAN};
        }
        if (found.zone_i >= 0)
            answer->zone[answer->zone_count++] = found;
    }
    return STATUS_OK;
}

/* The stage of each drought plan that cuts the demand. */
static enum status
find_stages(const struct study *study, struct why_answer *answer, struct error *err)
{
    const struct basin *basin = study->basin;
    answer->stage = calloc((size_t)basin->drought_plan_count + 1, sizeof *answer->stage);
    if (answer->stage == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for an explanation");
    for (int p = 0; p < basin->drought_plan_count; p++) {
        int stage = (int)study->record->value[AUDIT_PLAN_STAGE][p];
        double cap = drought_plan_cap(basin, p, stage, study->question->demand_d);
        if (cap < 1.0)
            answer->stage[answer->stage_count++] = (struct why_stage){p, stage, cap};
    }
    return STATUS_OK;
}

/* ---- the answer --------------------------------------------------------------------------------
 */

static void
take_supply(const struct study *study, struct why_answer *answer)
{
    for (int part = 0; part < PART_COUNT; part++) {
        double need_m3 = study_need_m3(study, part), supply_m3 = study_supply_m3(study, part);
        double missing_m3 = need_m3 - supply_m3;
        answer->part_need_m3[part] = need_m3;
        answer->part_supply_m3[part] = supply_m3;
        answer->need_m3 += need_m3;
        answer->supply_m3 += supply_m3;
        *(part == PART_CUT ? &answer->rule_m3 : &answer->water_m3) += missing_m3;
    }
    double rounding_m3 = WHY_ROUNDING * answer->need_m3;
    if (answer->rule_m3 <= rounding_m3)
        answer->rule_m3 = 0.0;
    if (answer->water_m3 <= rounding_m3)
        answer->water_m3 = 0.0;
    answer->part = answer->water_m3 > 0.0 ? study_short_part(study) : -1;
}

enum status
why_ask(const struct why_question *question, struct why_answer *answer, struct error *err)
{
    enum status status = STATUS_OK;
    struct study study;
    *answer = (struct why_answer){.part = -1, .rank_i = -1, .smallest_i = -1};
    TRY(study_open(&study, question, err));
    take_supply(&study, answer);
    if (answer->rule_m3 > 0.0) {
        TRY(find_zones(&study, answer, err));
        TRY(find_stages(&study, answer, err));
    }
    if (answer->part >= 0) {
        int place;
        int column_j = part_column(&study, answer->part);
        answer->rank_i = group_of(study.allocation->network, column_j, &place)->rank_i;
        TRY(study_cut(&study, answer->part, &answer->item, &answer->item_count, &answer->cut_m3,
                      err));
    }
    TRY(study_restore(&study, answer, err));
out:
    study_close(&study);
    if (status != STATUS_OK)
        why_finish(answer);
    return status;
}

void
why_finish(struct why_answer *answer)
{
    free(answer->item);
    free(answer->zone);
    free(answer->stage);
    free(answer->together);
    *answer = (struct why_answer){.part = -1, .rank_i = -1, .smallest_i = -1};
}
