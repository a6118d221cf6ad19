/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/verify_private.h"

#include <math.h>

/*
 * What links have to keep together, as inequalities over their flows alone, and what licences have
 * left, added up anew from all that was drawn before.
 */

static double
amount_now(const struct verifier *verifier, const struct varying *varying)
{
    return fmax(0.0, moment_value(&verifier->moment, varying));
}

static double
step_s(const struct verifier *verifier)
{
    return verifier->moment.axis->dt_s[verifier->moment.step_t];
}

/* Whether the link leaves a lake and may have a lower edge. */
static bool
may_have_edge(const struct basin *basin, const struct link *link)
{
    const struct node *node = &basin->node[link->from];
    return node->kind == NODE_RESERVOIR && !link->is_spill &&
           (!isnan(link->lowest_level_m) || basin->reservoir[node->kind_i].emergency_for_rank >= 0);
}

/* ---- rows --------------------------------------------------------------------------------------
 * In this order: every link of every split, blends, licences, links of lakes with an edge. */

size_t
verify_rules_row_count(const struct basin *basin)
{
    size_t count = (size_t)basin->blend_count + (size_t)basin->licence_count;
    for (int s = 0; s < basin->split_count; s++)
        count += (size_t)basin->split[s].link_count;
    for (int l = 0; l < basin->link_count; l++)
        count += may_have_edge(basin, &basin->link[l]);
    return count;
}

size_t
verify_rules_entry_count(const struct basin *basin)
{
    size_t count = 0, most = (size_t)basin->link_count;
    for (int d = 0; d < basin->demand_count; d++)
        most += PART_COUNT * (size_t)basin->demand[d].return_count;
    for (int s = 0; s < basin->split_count; s++)
        count += (size_t)basin->split[s].link_count * ((size_t)basin->split[s].link_count + 1);
    for (int b = 0; b < basin->blend_count; b++)
        count += (size_t)basin->blend[b].link_count;
    for (int c = 0; c < basin->licence_count; c++)
        count += (size_t)basin->licence[c].link_count + 1;
    for (int l = 0; l < basin->link_count; l++)
        count += may_have_edge(basin, &basin->link[l]) ? most : 0;
    return count;
}

void
verify_rules_number(struct verifier *verifier)
{
    size_t count = verify_rules_row_count(verifier->basin);
    for (size_t i = 0; i < count; i++)
        verify_new_row(verifier);
}

void
verify_rules_columns(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    for (int c = 0; c < basin->licence_count; c++)
        verifier->column.licence[c] =
            verify_new_column(verifier, "reserved part of licence", basin->licence[c].id);
}

static void
enter_split(struct verifier *verifier, const struct split *split, int first_row)
{
    const struct basin *basin = verifier->basin;
    const int *column = verifier->column.link;
    double sum = 0.0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < split->link_count; i++) {
            bool open = verify_link_is_open(verifier, &basin->link[split->link_i[i]]);
            double share = open ? fmin(1.0, amount_now(verifier, &split->share[i])) : 0.0;
            if (pass == 0) {
                sum += share;
                continue;
            }
            verify_enter(verifier, first_row + i, column[split->link_i[i]], 1.0);
            for (int k = 0; k < split->link_count && sum > 0.0; k++)
                verify_enter(verifier, first_row + i, column[split->link_i[k]], -share / sum);
        }
}

static void
enter_edge(struct verifier *verifier, const struct link *link, int row)
{
    const struct basin *basin = verifier->basin;
    double edge_m3 = verify_edge_m3(verifier, link);
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *other = &basin->link[l];
        if (other->from == link->from && verify_edge_m3(verifier, other) >= edge_m3 &&
            edge_m3 > 0.0)
            verify_enter(verifier, row, verifier->column.link[l], 1.0);
        else if (other->to == link->from)
            verify_enter(verifier, row, verifier->column.link[l], -verifier->limits.link[l].gain);
    }
    for (int d = 0; d < basin->demand_count; d++)
        for (int i = 0; i < basin->demand[d].return_count; i++)
            for (int part = 0; part < PART_COUNT; part++)
                if (basin->demand[d].returns[i].node_i == link->from)
                    verify_enter(
                        verifier, row, verifier->column.part[d][part],
                        -fmin(1.0, amount_now(verifier, &basin->demand[d].returns[i].fraction)));
}

void
verify_rules_enter(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    int row = verifier->first_rule_row;
    for (int s = 0; s < basin->split_count; s++) {
        enter_split(verifier, &basin->split[s], row);
        row += basin->split[s].link_count;
    }
    for (int b = 0; b < basin->blend_count; b++, row++) {
        const struct blend *blend = &basin->blend[b];
        double limit = blend->is_followed ? verify_quality_limit(verifier, blend)
                                          : amount_now(verifier, &blend->at_most);
        for (int i = 0; i < blend->link_count; i++) {
            int l = blend->link_i[i];
            double content = blend->is_followed
                                 ? verify_quality_content(verifier, blend->substance_s, l)
                                 : amount_now(verifier, &blend->content[i]);
            verify_enter(verifier, row, verifier->column.link[l],
                         blend_excess(blend, content, limit) * verifier->limits.link[l].gain);
        }
    }
    for (int c = 0; c < basin->licence_count; c++, row++) {
        for (int i = 0; i < basin->licence[c].link_count; i++)
            verify_enter(verifier, row, verifier->column.link[basin->licence[c].link_i[i]], 1.0);
        verify_enter(verifier, row, verifier->column.licence[c], -1.0);
    }
    for (int l = 0; l < basin->link_count; l++)
        if (may_have_edge(basin, &basin->link[l]))
            enter_edge(verifier, &basin->link[l], row++);
}

/* ---- licences ----------------------------------------------------------------------------------
 */

/* The last day not after the present one that has this day of the month, of this month if it is not
 * 0; months that are shorter have it on their last day. */
static int64_t
last_reset_s(const struct verifier *verifier, int month, int day)
{
    struct date date = timeaxis_date(verifier->moment.axis, verifier->moment.step_t);
    date.hour = 0;
    for (int64_t at_s = date_to_seconds(date);; at_s -= 86400) {
        struct date on = date_from_seconds(at_s), next = date_from_seconds(at_s + 86400);
        bool is_last = next.month != on.month;
        if ((month == 0 || on.month == month) && (on.day == day || (is_last && on.day < day)))
            return at_s;
    }
}

/* Drawn in steps that end after the instant; or, if they count by their start, that start at it or
 * later. */
static double
drawn_since_m3(const struct verifier *verifier, int licence_c, double since_s, bool by_start)
{
    const struct timeaxis *axis = verifier->moment.axis;
    const double *drawn_m3 =
        verifier->state.drawn_m3 + (size_t)licence_c * (size_t)axis->step_count;
    double sum_m3 = 0.0;
    for (int t = verifier->moment.step_t - 1; t >= 0; t--) {
        if (by_start ? (double)axis->start_s[t] < since_s : (double)axis->start_s[t + 1] <= since_s)
            break;
        sum_m3 += drawn_m3[t];
    }
    return sum_m3;
}

static void
limit_licence(struct verifier *verifier, int licence_c, int row)
{
    const struct licence *licence = &verifier->basin->licence[licence_c];
    const struct timeaxis *axis = verifier->moment.axis;
    double start_s = (double)axis->start_s[verifier->moment.step_t], left_m3 = (double)INFINITY;
    double year_m3 = (double)INFINITY;
    if (licence->daily.kind != VARYING_ABSENT)
        left_m3 = amount_now(verifier, &licence->daily) * fmax(1.0, step_s(verifier) / 86400.0) -
                  drawn_since_m3(verifier, licence_c, floor(start_s / 86400.0) * 86400.0, true);
    if (licence->monthly.kind != VARYING_ABSENT)
        left_m3 =
            fmin(left_m3,
                 amount_now(verifier, &licence->monthly) -
                     drawn_since_m3(verifier, licence_c,
                                    (double)last_reset_s(verifier, 0, licence->reset_day), true));
    if (licence->rolling.kind != VARYING_ABSENT)
        left_m3 = fmin(left_m3,
                       amount_now(verifier, &licence->rolling) *
                               fmax(1.0, step_s(verifier) / licence->rolling_s) -
                           drawn_since_m3(verifier, licence_c,
                                          start_s + step_s(verifier) - licence->rolling_s, false));
    if (licence->yearly.kind != VARYING_ABSENT)
        year_m3 =
            amount_now(verifier, &licence->yearly) -
            drawn_since_m3(verifier, licence_c,
                           (double)last_reset_s(verifier, licence->reset_month, licence->reset_day),
                           true);
    left_m3 = fmax(0.0, fmin(left_m3, year_m3));
    double free_m3 = fmax(0.0, fmin(left_m3, year_m3 - licence->reserved_m3));
    int column = verifier->column.licence[licence_c];
    verifier->lower[column] = 0.0;
    verifier->upper[column] = isfinite(left_m3) ? left_m3 - free_m3 : 0.0;
    verifier->row_lower[row] = -(double)INFINITY;
    verifier->row_upper[row] = free_m3;
}

void
verify_rules_limit(struct verifier *verifier)
{
    const struct basin *basin = verifier->basin;
    int row = verifier->first_rule_row;
    for (int s = 0; s < basin->split_count; s++)
        for (int i = 0; i < basin->split[s].link_count; i++, row++)
            verifier->row_lower[row] = verifier->row_upper[row] = 0.0;
    for (int b = 0; b < basin->blend_count; b++, row++) {
        verifier->row_lower[row] = -(double)INFINITY;
        verifier->row_upper[row] = 0.0;
    }
    for (int c = 0; c < basin->licence_count; c++, row++)
        limit_licence(verifier, c, row);
    for (int l = 0; l < basin->link_count; l++) {
        const struct link *link = &basin->link[l];
        if (!may_have_edge(basin, link))
            continue;
        double edge_m3 = verify_edge_m3(verifier, link);
        int r = basin->node[link->from].kind_i;
        verifier->row_lower[row] = -(double)INFINITY;
        verifier->row_upper[row] = (double)INFINITY;
        if (edge_m3 > 0.0)
            verifier->row_upper[row] = fmax(0.0, verifier->limits.lake[r].available_m3 - edge_m3);
        row++;
    }
}

/* ---- state -------------------------------------------------------------------------------------
 */

static double
drawn_m3(const struct licence *licence, const struct step_outcome *outcome)
{
    double sum_m3 = 0.0;
    for (int i = 0; i < licence->link_count; i++)
        sum_m3 += outcome->link_flow_m3[licence->link_i[i]];
    return sum_m3;
}

/* A plant with a turn-down is off, or runs at it or above: what it was is not judged here, only
 * whether it kept to one of the two and whether the rest was decided right. */
void
verify_rules_take_actual(struct verifier *verifier, const struct step_outcome *outcome)
{
    const struct basin *basin = verifier->basin;
    const struct columns *column = &verifier->column;
    int row = verifier->first_rule_row + basin->blend_count;
    for (int s = 0; s < basin->split_count; s++)
        row += basin->split[s].link_count;
    for (int c = 0; c < basin->licence_count; c++)
        verifier->actual[column->licence[c]] =
            fmax(0.0, drawn_m3(&basin->licence[c], outcome) - verifier->row_upper[row + c]);
    for (int p = 0; p < basin->passage_count; p++) {
        const struct works_limits *works = &verifier->limits.works[p];
        int works_j = column->works[p];
        if (works_j == 0 || !(works->turn_down_m3 > 0.0))
            continue;
        bool off = verifier->actual[works_j] <= works->turn_down_m3 * 1e-6;
        verifier->lower[works_j] = off ? 0.0 : works->turn_down_m3;
        verifier->upper[works_j] = off ? 0.0 : fmax(works->most_m3, works->turn_down_m3);
        verify_program_bound(verifier, works_j, verifier->lower[works_j], verifier->upper[works_j]);
    }
}

void
verify_rules_advance(struct verifier *verifier, const struct step_outcome *outcome)
{
    const struct basin *basin = verifier->basin;
    size_t steps = (size_t)verifier->moment.axis->step_count;
    for (int c = 0; c < basin->licence_count; c++)
        verifier->state.drawn_m3[(size_t)c * steps + (size_t)outcome->step_t] =
            drawn_m3(&basin->licence[c], outcome);
}

enum status
verify_rules_create(struct verifier *verifier)
{
    size_t licences = (size_t)verifier->basin->licence_count;
    size_t steps = (size_t)verifier->moment.axis->step_count;
    verifier->state.drawn_m3 = arena_alloc(verifier->memory, licences * steps, sizeof(double));
    return verifier->memory->failed ? STATUS_MEMORY : STATUS_OK;
}
