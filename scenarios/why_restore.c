/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/why_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * What would have restored a supply: the step is solved again with an element raised, all ranks and
 * shares as ever, until the least raise is found with which the demand has what it lacked.
 */

static const double rounding_share = 1e-9;  /* less of a need missing is rounding */
static const double rounding_water = 1e-12; /* so is less of all the water of the step */
static const double settled_share = 1e-10;  /* a bracket this narrow is settled */
enum { ROUNDS_MAX = 200, TOGETHER_MAX = 16, PASSES_MAX = 8 };

/* ---- the least raise ---------------------------------------------------------------------------
 */

/* What is to be had again: what the zones allow, or the whole need. */
enum aim { AIM_ALLOWED, AIM_NEED };

static double
need_m3(const struct study *study)
{
    double sum_m3 = 0.0;
    for (int part = 0; part < PART_COUNT; part++)
        sum_m3 += study_need_m3(study, part);
    return sum_m3;
}

/* A lack that is rounding of the step's water. */
static double
rounding_m3(const struct study *study)
{
    double water_m3 = 0.0;
    for (int i = 0; i < study->basin->node_count; i++)
        if (study->record->value[AUDIT_WATER][i] > 0.0)
            water_m3 += study->record->value[AUDIT_WATER][i];
    return fmax(rounding_share * need_m3(study), rounding_water * water_m3);
}

/* What the demand still lacks in the present solution. */
static double
missing_m3(const struct study *study, enum aim aim)
{
    int part_count = aim == AIM_NEED ? PART_COUNT : PART_CUT;
    double sum_m3 = 0.0;
    for (int part = 0; part < part_count; part++)
        sum_m3 += study_need_m3(study, part) - study_supply_m3(study, part);
    return sum_m3 > rounding_m3(study) ? sum_m3 : 0.0;
}

/* A raise that leaves nothing to be wished for: more than all water and all needs together. */
static double
plenty_m3(const struct study *study)
{
    const struct allocation *allocation = study->allocation;
    const struct network *network = allocation->network;
    double sum_m3 = 1.0;
    for (int i = 0; i < network->row_count; i++)
        sum_m3 += fabs(allocation->known_m3[i]);
    for (int j = 0; j < network->column_count; j++)
        if (study->meaning[j].kind != COLUMN_LINK && isfinite(allocation->upper[j]))
            sum_m3 += allocation->upper[j];
    return 10.0 * sum_m3;
}

/* Bracket of the least raise while it is narrowed. */
struct bracket {
    double low_m3, low_missing_m3;
    double high_m3;
    double slope; /* gain of a m3 more at the low end, as far as it is known */
};

/* Where the line through the last two points that lack something has nothing lacking; NAN where
 * that leads out of the bracket. */
static double
end_of_line_m3(const struct bracket *bracket)
{
    if (!(bracket->slope > 0.0))
        return (double)NAN;
    double end_m3 = bracket->low_m3 + bracket->low_missing_m3 / bracket->slope;
    return end_m3 > bracket->low_m3 && end_m3 < bracket->high_m3 ? end_m3 : (double)NAN;
}

/* The middle of the bracket, by its logarithm where it is wide. */
static double
middle_m3(const struct bracket *bracket)
{
    double low_m3 = bracket->low_m3, high_m3 = bracket->high_m3;
    if (!(low_m3 > 0.0))
        return 1e-3 * high_m3;
    return high_m3 > 4.0 * low_m3 ? sqrt(low_m3 * high_m3) : 0.5 * (low_m3 + high_m3);
}

/* Width below which the ends differ by rounding only. */
static double
settled_m3(const struct study *study, const struct bracket *bracket)
{
    double least_m3 = settled_share * bracket->high_m3, most_m3 = 100.0 * least_m3;
    double width_m3 = bracket->slope > 0.0 ? 4.0 * rounding_m3(study) / bracket->slope : least_m3;
    return fmin(fmax(width_m3, least_m3), most_m3);
}

static bool
is_settled(const struct study *study, const struct bracket *bracket)
{
    return bracket->high_m3 - bracket->low_m3 <= settled_m3(study, bracket);
}

/* Solve with the last of the raises at try_m3 and take that end of the bracket there. */
static enum status
try_raise(struct study *study, struct why_item *raise, int count, enum aim aim, double try_m3,
          struct bracket *bracket, struct error *err)
{
    raise[count - 1].extra_m3 = try_m3;
    enum status status = study_solve(study, raise, count, err);
    if (status != STATUS_OK)
        return status;
    double lacking_m3 = missing_m3(study, aim);
    if (lacking_m3 > 0.0) {
        double gain_m3 = bracket->low_missing_m3 - lacking_m3;
        bracket->slope = gain_m3 > 0.0 ? gain_m3 / (try_m3 - bracket->low_m3) : 0.0;
        bracket->low_m3 = try_m3;
        bracket->low_missing_m3 = lacking_m3;
    } else {
        bracket->high_m3 = try_m3;
    }
    return STATUS_OK;
}

/* Narrow the bracket: follow the lines of the piecewise linear supply, which end on the spot; halve
 * it every third time and wherever a line is of no use. */
static enum status
narrow(struct study *study, struct why_item *raise, int count, enum aim aim,
       struct bracket *bracket, struct error *err)
{
    enum status status = STATUS_OK;
    for (int round = 0; round < ROUNDS_MAX && !is_settled(study, bracket); round++) {
        double end_m3 = end_of_line_m3(bracket);
        bool by_line = !isnan(end_m3) && round % 3 != 2;
        double try_m3 = by_line ? end_m3 : middle_m3(bracket);
        TRY(try_raise(study, raise, count, aim, try_m3, bracket, err));
        /* if the line has led to the end, a little less will not do */
        double less_m3 = try_m3 - 0.75 * settled_m3(study, bracket);
        if (by_line && bracket->high_m3 == try_m3 && less_m3 > bracket->low_m3)
            TRY(try_raise(study, raise, count, aim, less_m3, bracket, err));
    }
out:
    return status;
}

/*
 * The least extra_m3 of the last of count raises with which the demand lacks nothing, the others as
 * they are; NAN and the gain if there is none. start_missing_m3 is lacking at 0.
 */
static enum status
find_least(struct study *study, struct why_item *raise, int count, enum aim aim,
           double start_missing_m3, double most_m3, struct error *err)
{
    struct why_item *last = &raise[count - 1];
    struct bracket bracket = {
        .low_missing_m3 = start_missing_m3, .high_m3 = most_m3, .slope = last->worth};
    last->extra_m3 = most_m3;
    /* so much water may have no way out at all */
    bool solved = study_solve(study, raise, count, NULL) == STATUS_OK;
    double lacking_m3 = solved ? missing_m3(study, aim) : start_missing_m3;
    if (lacking_m3 > 0.0) {
        last->extra_m3 = (double)NAN;
        last->gain_m3 = fmax(0.0, start_missing_m3 - lacking_m3);
        return STATUS_OK;
    }
    enum status status = narrow(study, raise, count, aim, &bracket, err);
    last->extra_m3 = bracket.high_m3;
    last->gain_m3 = start_missing_m3;
    /* the end of the line, where nothing at all is lacking, not even rounding */
    double end_m3 = bracket.slope > 0.0 ? bracket.low_m3 + bracket.low_missing_m3 / bracket.slope
                                        : bracket.high_m3;
    if (end_m3 > bracket.high_m3 && end_m3 < bracket.high_m3 + 4.0 * settled_m3(study, &bracket))
        last->extra_m3 = end_m3;
    return status;
}

/* ---- all items ---------------------------------------------------------------------------------
 */

static bool
can_be_raised(enum why_kind kind)
{
    return kind == WHY_WATER || kind == WHY_LINK || kind == WHY_LINK_SHUT ||
           kind == WHY_LINK_LEVEL || kind == WHY_WORKS || kind == WHY_YIELD ||
           kind == WHY_LICENCE || kind == WHY_SOURCE || kind == WHY_PERMIT || kind == WHY_BLEND ||
           kind == WHY_OUTLET || kind == WHY_TURN_DOWN;
}

/* What an item is raised by is water, storage or capacity, not another rule. */
static bool
is_volume(enum why_kind kind)
{
    return kind != WHY_BLEND && kind != WHY_TURN_DOWN;
}

/* Whether an item restores the supply with less; a rule is the smallest only if nothing else does.
 */
static bool
is_smaller(const struct why_item *item, const struct why_item *smallest)
{
    if (is_volume(item->kind) != is_volume(smallest->kind))
        return is_volume(item->kind);
    return item->extra_m3 < smallest->extra_m3;
}

/* The raise that an item stands for: a lake too low for an intake is raised by water. */
static struct why_item
raise_of(const struct study *study, const struct why_item *item)
{
    struct why_item raise = *item;
    if (item->kind == WHY_LINK_LEVEL || item->kind == WHY_OUTLET) {
        raise.kind = WHY_WATER;
        raise.node_i = study->basin->link[item->link_l].from;
        raise.link_l = -1;
        raise.worth = 0.0;
    }
    return raise;
}

static enum status
restore_alone(struct study *study, struct why_answer *answer, double most_m3, struct error *err)
{
    for (int i = 0; i < answer->item_count; i++) {
        struct why_item *item = &answer->item[i];
        if (!can_be_raised(item->kind) || item->worth < 0.0)
            continue;
        struct why_item raise = raise_of(study, item);
        enum status status =
            find_least(study, &raise, 1, AIM_ALLOWED, answer->water_m3, most_m3, err);
        if (status != STATUS_OK)
            return status;
        item->extra_m3 = raise.extra_m3;
        item->gain_m3 = raise.gain_m3;
        if (!isnan(item->extra_m3) &&
            (answer->smallest_i < 0 || is_smaller(item, &answer->item[answer->smallest_i])))
            answer->smallest_i = i;
    }
    return STATUS_OK;
}

static bool
is_among(const struct why_item *list, int count, const struct why_item *item)
{
    for (int i = 0; i < count; i++)
        if (list[i].kind == item->kind && list[i].node_i == item->node_i &&
            list[i].link_l == item->link_l && list[i].rule_i == item->rule_i)
            return true;
    return false;
}

/* Take back from each raise of a set what it does not need. Less of one may let another be less, so
 * that it is done over again while it helps. */
static enum status
make_least(struct study *study, struct why_item *set, int count, double most_m3, struct error *err)
{
    enum status status = STATUS_OK;
    bool helped = true;
    for (int pass = 0; pass < PASSES_MAX && helped; pass++) {
        helped = false;
        for (int i = 0; i < count; i++) {
            struct why_item first = set[0]; /* the one that is made least comes last */
            memmove(set, set + 1, (size_t)(count - 1) * sizeof *set);
            set[count - 1] = first;
            set[count - 1].extra_m3 = 0.0;
            TRY(study_solve(study, set, count, err));
            double start_m3 = missing_m3(study, AIM_ALLOWED);
            if (start_m3 > 0.0)
                TRY(find_least(study, set, count, AIM_ALLOWED, start_m3,
                               pass == 0 ? most_m3 : first.extra_m3, err));
            if (isnan(set[count - 1].extra_m3)) /* by rounding */
                set[count - 1].extra_m3 = first.extra_m3;
            helped = helped || set[count - 1].extra_m3 < first.extra_m3 * (1.0 - 1e-6);
        }
    }
out:
    return status;
}

/*
 * Where no element alone is enough: raise one of the cut to plenty, see what binds then, raise one
 * of that, until nothing is lacking; then take back from each what it does not need.
 */
static enum status
restore_together(struct study *study, struct why_answer *answer, double most_m3, struct error *err)
{
    enum status status = STATUS_OK;
    struct why_item *set = calloc(TOGETHER_MAX, sizeof *set), *cut = NULL;
    int count = 0;
    if (set == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for an explanation");
    TRY(study_solve(study, NULL, 0, err));
    while (missing_m3(study, AIM_ALLOWED) > 0.0 && count < TOGETHER_MAX) {
        int cut_count, chosen = -1, part = study_short_part(study);
        double cut_m3;
        if (part < 0)
            break;
        TRY(study_cut(study, part, &cut, &cut_count, &cut_m3, err));
        for (int i = 0; i < cut_count; i++) {
            struct why_item raise = raise_of(study, &cut[i]);
            if (can_be_raised(cut[i].kind) && cut[i].worth > 0.0 && !is_among(set, count, &raise) &&
                (chosen < 0 || cut[i].worth > cut[chosen].worth))
                chosen = i;
        }
        if (chosen < 0)
            break;
        set[count] = raise_of(study, &cut[chosen]);
        set[count++].extra_m3 = most_m3;
        free(cut);
        cut = NULL;
        TRY(study_solve(study, set, count, err));
    }
    if (missing_m3(study, AIM_ALLOWED) > 0.0)
        goto out;
    TRY(make_least(study, set, count, most_m3, err));
    for (int i = 0; i < count; i++)
        if (set[i].extra_m3 > 0.0)
            set[answer->together_count++] = set[i];
    answer->together = set;
    set = NULL;
out:
    free(cut);
    free(set);
    return status;
}

static enum status
restore_rule(struct study *study, struct why_answer *answer, double most_m3, struct error *err)
{
    for (int i = 0; i < answer->zone_count; i++) {
        struct why_zone *zone = &answer->zone[i];
        struct why_item raise = {.kind = WHY_WATER,
                                 .node_i = study->basin->reservoir[zone->reservoir_r].node_i,
                                 .link_l = -1,
                                 .rule_i = -1};
        enum status status = find_least(study, &raise, 1, AIM_NEED,
                                        answer->rule_m3 + answer->water_m3, most_m3, err);
        if (status != STATUS_OK)
            return status;
        zone->extra_m3 = raise.extra_m3;
    }
    return STATUS_OK;
}

enum status
study_restore(struct study *study, struct why_answer *answer, struct error *err)
{
    enum status status = STATUS_OK;
    double most_m3 = plenty_m3(study);
    if (answer->water_m3 > 0.0) {
        TRY(restore_alone(study, answer, most_m3, err));
        if (answer->smallest_i < 0)
            TRY(restore_together(study, answer, most_m3, err));
    }
    TRY(restore_rule(study, answer, most_m3, err));
out:
    return status;
}
