/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/outlet.h"

#include <math.h>

enum { OPENING_ITERATIONS = 50 };
static const double gravity_ms2 = 9.80665;
/* Contraction takes at most this share of a bay's width: beyond, the formula means nothing. */
static const double contraction_max = 0.3;
/* Free surface in a sluice or pipe inlet up to this head over its height: critical flow with the
 * power 3/2, matched to the full section. */
static const double filling_ratio = 1.5;

static double
smaller(double a, double b)
{
    return a < b ? a : b;
}

static double
larger(double a, double b)
{
    return a > b ? a : b;
}

bool
outlet_is_gated(const struct outlet *outlet)
{
    bool is_crest = outlet->kind == OUTLET_OGEE || outlet->kind == OUTLET_BROAD_CREST;
    return !is_crest || !isnan(outlet->height_m);
}

bool
outlet_opens_in_metres(const struct outlet *outlet)
{
    return outlet->kind == OUTLET_OGEE || outlet->kind == OUTLET_BROAD_CREST ||
           outlet->kind == OUTLET_SLUICE ||
           (outlet->table.opening_count > 0 && !isnan(outlet->height_m));
}

double
outlet_full_opening(const struct outlet *outlet)
{
    return outlet_opens_in_metres(outlet) && outlet_is_gated(outlet) ? outlet->height_m : 1.0;
}

double
outlet_table_top_m(const struct outlet *outlet)
{
    int count = outlet->table.level_count;
    return count > 0 ? outlet->table.level_m[count - 1] : INFINITY;
}

/* Straight between points, constant outside. */
static double
interpolate(int count, const double *x, const double *y, double at)
{
    if (at <= x[0])
        return y[0];
    for (int i = 1; i < count; i++)
        if (at <= x[i])
            return y[i - 1] + (at - x[i - 1]) / (x[i] - x[i - 1]) * (y[i] - y[i - 1]);
    return y[count - 1];
}

double
outlet_rule_opening(const struct outlet *outlet, double level_m)
{
    if (outlet->rule_count == 0)
        return outlet->initial_opening;
    return interpolate(outlet->rule_count, outlet->rule_level_m, outlet->rule_opening, level_m);
}

double
crest_flow_m3s(double coefficient, double length_m, double head_m)
{
    if (!(head_m > 0.0))
        return 0.0;
    return coefficient * length_m * sqrt(2.0 * gravity_ms2 * head_m) * head_m;
}

/* Coefficient of a crest at a head. */
static double
crest_coefficient(const struct outlet *outlet, double head_m)
{
    int count = outlet->factor_count;
    if (count == 0)
        return outlet->coefficient;
    const struct head_factor *factor = outlet->factor;
    double ratio = head_m / outlet->design_head_m;
    if (ratio <= factor[0].ratio)
        return outlet->coefficient * factor[0].factor;
    for (int i = 1; i < count; i++)
        if (ratio <= factor[i].ratio) {
            double share = (ratio - factor[i - 1].ratio) / (factor[i].ratio - factor[i - 1].ratio);
            return outlet->coefficient *
                   (factor[i - 1].factor + share * (factor[i].factor - factor[i - 1].factor));
        }
    return outlet->coefficient * factor[count - 1].factor;
}

/*
 * What submergence leaves of the flow over a crest: Villemonte 1947 with the ratio of the heads
 * counted from the modular limit.
 */
static double
submergence(const struct outlet *outlet, double head_m, double tail_head_m)
{
    double ratio = tail_head_m / head_m;
    double limit = outlet->modular_limit;
    if (!(ratio > limit))
        return 1.0;
    if (ratio >= 1.0)
        return 0.0;
    double excess = (ratio - limit) / (1.0 - limit);
    return pow(1.0 - excess * sqrt(excess), 0.385);
}

/* One bay with its gate out of the water. */
static double
free_crest(const struct outlet *outlet, double head_m, double tail_head_m)
{
    if (!(head_m > 0.0))
        return 0.0;
    double piers = outlet->gate_count - 1;
    double contraction =
        2.0 * (piers * outlet->pier_contraction + outlet->abutment_contraction) * head_m;
    double width_m = outlet->width_m -
                     smaller(contraction / outlet->gate_count, contraction_max * outlet->width_m);
    return submergence(outlet, head_m, tail_head_m) *
           crest_flow_m3s(crest_coefficient(outlet, head_m), width_m, head_m);
}

/* Under a gate; the tailwater acts once it stands above the middle of the opening. */
static double
under_gate(double coefficient, double width_m, double opening_m, double head_m, double tail_head_m)
{
    double head_lost_m = head_m - larger(0.5 * opening_m, tail_head_m);
    if (!(head_lost_m > 0.0))
        return 0.0;
    return coefficient * width_m * opening_m * sqrt(2.0 * gravity_ms2 * head_lost_m);
}

/*
 * Crest with a gate: free while opening / head is above transition_high, under the gate below
 * transition_low, straight between the two heads; nowhere less than at the lower head, so that the
 * flow never falls while the lake rises, and nowhere more than the free crest.
 */
static double
gated_crest(const struct outlet *outlet, double head_m, double tail_head_m, double opening_m)
{
    double free_m3s = free_crest(outlet, head_m, tail_head_m);
    double free_to_m = opening_m / outlet->transition_high;
    if (head_m <= free_to_m)
        return free_m3s;
    double under_from_m = opening_m / outlet->transition_low;
    double least_m3s = free_crest(outlet, free_to_m, tail_head_m);
    double at_m = larger(head_m, under_from_m);
    double flow_m3s = larger(
        least_m3s, under_gate(outlet->orifice, outlet->width_m, opening_m, at_m, tail_head_m));
    if (head_m < under_from_m)
        flow_m3s =
            least_m3s + (flow_m3s - least_m3s) * (head_m - free_to_m) / (under_from_m - free_to_m);
    return smaller(flow_m3s, free_m3s);
}

static double
sluice(const struct outlet *outlet, double head_m, double tail_head_m, double opening_m)
{
    if (!(head_m > 0.0) || !(opening_m > 0.0) || tail_head_m >= head_m)
        return 0.0;
    double full_m = filling_ratio * opening_m;
    double flow_m3s = under_gate(outlet->coefficient, outlet->width_m, opening_m,
                                 larger(head_m, full_m), -INFINITY);
    double share = head_m / full_m;
    if (share < 1.0)
        flow_m3s *= share * sqrt(share);
    double drowned_m3s = outlet->coefficient * outlet->width_m * opening_m *
                         sqrt(2.0 * gravity_ms2 * (head_m - larger(0.0, tail_head_m)));
    return tail_head_m > 0.5 * opening_m ? smaller(flow_m3s, drowned_m3s) : flow_m3s;
}

/* Q = A sqrt(2 g dH / sum of losses), with the inlet filling as above. */
static double
pipe(const struct outlet *outlet, double level_m, double tailwater_m, double share_open)
{
    double head_m = level_m - outlet->sill_m;
    double fall_m = level_m - larger(outlet->axis_m, tailwater_m);
    if (!(head_m > 0.0) || !(fall_m > 0.0))
        return 0.0;
    double area_m2 = 0.25 * M_PI * outlet->diameter_m * outlet->diameter_m;
    double flow_m3s = area_m2 * sqrt(2.0 * gravity_ms2 * fall_m / outlet->loss);
    double filling = head_m / (filling_ratio * outlet->diameter_m);
    if (filling < 1.0)
        flow_m3s *= filling * sqrt(filling);
    return share_open * flow_m3s;
}

/* Row and share of a table; beyond the last row straight on, below the first nothing. */
static double
by_table(const struct outlet *outlet, double level_m, double opening)
{
    const struct outlet_table *table = &outlet->table;
    int columns = table->opening_count > 0 ? table->opening_count : 1;
    if (level_m <= table->level_m[0])
        return 0.0;
    int row = 1;
    while (row + 1 < table->level_count && level_m > table->level_m[row])
        row++;
    double share =
        (level_m - table->level_m[row - 1]) / (table->level_m[row] - table->level_m[row - 1]);
    const double *low = table->flow_m3s + (row - 1) * columns;
    const double *high = low + columns;
    if (table->opening_count == 0) {
        return opening * (low[0] + share * (high[0] - low[0]));
    }
    int column = 0;
    while (column + 1 < columns && opening > table->opening[column])
        column++;
    /* below the first opening of the table the flow falls to nothing with it */
    double before = column > 0 ? table->opening[column - 1] : 0.0;
    double flow_before =
        column > 0 ? low[column - 1] + share * (high[column - 1] - low[column - 1]) : 0.0;
    double flow_after = low[column] + share * (high[column] - low[column]);
    double along = table->opening[column] > before
                       ? smaller(1.0, (opening - before) / (table->opening[column] - before))
                       : 1.0;
    return flow_before + along * (flow_after - flow_before);
}

double
outlet_flow_m3s(const struct outlet *outlet, double level_m, double tailwater_m, double opening)
{
    double head_m = level_m - outlet->sill_m;
    double tail_head_m = tailwater_m - outlet->sill_m;
    double full = outlet_full_opening(outlet);
    opening = opening < 0.0 ? 0.0 : smaller(opening, full);
    if (outlet_is_gated(outlet) && !(opening > 0.0))
        return 0.0;
    switch (outlet->kind) {
    case OUTLET_OGEE:
    case OUTLET_BROAD_CREST:
        if (!(head_m > 0.0))
            return 0.0;
        return outlet_is_gated(outlet) ? gated_crest(outlet, head_m, tail_head_m, opening)
                                       : free_crest(outlet, head_m, tail_head_m);
    case OUTLET_SLUICE:
        return sluice(outlet, head_m, tail_head_m, opening);
    case OUTLET_PIPE:
        return pipe(outlet, level_m, tailwater_m, opening);
    case OUTLET_SIPHON:
    case OUTLET_TABLE:
        break;
    }
    return by_table(outlet, level_m, opening);
}

double
outlet_opening_for(const struct outlet *outlet, double level_m, double tailwater_m, double flow_m3s)
{
    double low = 0.0, high = outlet_full_opening(outlet);
    for (int i = 0; i < OPENING_ITERATIONS && high - low > 1e-9; i++) {
        double middle = 0.5 * (low + high);
        if (outlet_flow_m3s(outlet, level_m, tailwater_m, middle) < flow_m3s)
            low = middle;
        else
            high = middle;
    }
    return high;
}
