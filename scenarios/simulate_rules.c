/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/simulation.h"

#include <math.h>

/*
 * Splits, blends, licences and outlets in a step: coefficients where shares, contents or service
 * change, what licences have left, bounds. Basins without them pass through here untouched.
 */

static const double seconds_per_day = 86400.0;

/* ---- coefficients -----------------------------------------------------------------------------
 */

/* Both columns of a link: its flow and its minimum flow. */
static enum status
set_link_coefficient(struct network *network, int link_l, int row_i, double coefficient)
{
    enum status status =
        network_set_coefficient(network, network->link_column[link_l], row_i, coefficient);
    if (status == STATUS_OK && network->link_minimum_column[link_l] >= 0)
        status = network_set_coefficient(network, network->link_minimum_column[link_l], row_i,
                                         coefficient);
    return status;
}

/* What arrives in the step of a unit of a link's flow; what can be delivered in the long run does
 * not depend on when it arrives. */
static double
gain_of(const struct simulation *simulation, const struct network *network, int link_l)
{
    const struct way *way = &simulation->way[link_l];
    bool is_delivery = network == simulation->delivery->network;
    return (1.0 - way->loss) * (is_delivery ? 1.0 : way->share);
}

/* Shares of links that are out of service go to the others in proportion. */
static enum status
set_split(struct simulation *simulation, struct allocation *allocation, int split_s)
{
    const struct basin *basin = simulation->basin;
    const struct split *split = &basin->split[split_s];
    struct network *network = allocation->network;
    bool is_delivery = allocation == simulation->delivery; /* which knows no outages */
    double sum = 0.0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < split->link_count; i++) {
            const struct link *link = &basin->link[split->link_i[i]];
            const struct way *way = &simulation->way[split->link_i[i]];
            bool open = is_delivery ? !way->is_staged && link_serves(simulation, link) : way->open;
            double share = open ? share_now(simulation, &split->share[i]) : 0.0;
            if (pass == 0) {
                sum += share;
                continue;
            }
            enum status status = network_set_coefficient(network, network->split_column[split_s],
                                                         network->split_row[split_s] + i,
                                                         sum > 0.0 ? -share / sum : 0.0);
            if (status != STATUS_OK)
                return status;
        }
    return STATUS_OK;
}

/* What a unit of each link's flow brings to the node in excess of the limit. */
static enum status
set_blend(struct simulation *simulation, struct network *network, int blend_b)
{
    const struct basin *basin = simulation->basin;
    const struct blend *blend = &basin->blend[blend_b];
    const struct varying *at_most =
        blend->is_followed ? substance_limit(basin, blend->substance_s,
                                             &basin->demand[blend->demand_d], blend->side)
                           : &blend->at_most;
    double limit = fmax(0.0, moment_value(&simulation->moment, at_most));
    bool is_delivery = network == simulation->delivery->network;
    for (int i = 0; i < blend->link_count; i++) {
        int l = blend->link_i[i];
        double content;
        if (!blend->is_followed)
            content = fmax(0.0, moment_value(&simulation->moment, &blend->content[i]));
        else /* what works can deliver does not depend on the water of the day */
            content = is_delivery ? limit : quality_content(simulation, blend->substance_s, l);
        enum status status = set_link_coefficient(network, l, network->blend_row[blend_b],
                                                  blend_excess(blend, content, limit) *
                                                      gain_of(simulation, network, l));
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* What a demand brings back to the lake counts for the outlets in a row. */
static enum status
set_returned(struct simulation *simulation, struct network *network, int demand_d, int node_i,
             int row_i)
{
    const struct demand *demand = &simulation->basin->demand[demand_d];
    double sum = 0.0;
    bool any = false;
    for (int i = 0; i < demand->return_count; i++)
        if (demand->returns[i].node_i == node_i) {
            sum += share_now(simulation, &demand->returns[i].fraction);
            any = true;
        }
    for (int part = 0; part < PART_COUNT && any; part++) {
        int column_j = network->demand_column[demand_d][part];
        enum status status =
            column_j < 0 ? STATUS_OK : network_set_coefficient(network, column_j, row_i, -sum);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* Water that arrives at a lake in the step counts for its outlets after losses. */
static enum status
set_draws(struct simulation *simulation, struct network *network)
{
    const struct basin *basin = simulation->basin;
    for (int i = 0; i < network->draw_count; i++) {
        int node_i = basin->reservoir[network->draw[i].reservoir_r].node_i;
        for (int l = 0; l < basin->link_count; l++) {
            if (basin->link[l].to != node_i)
                continue;
            enum status status = set_link_coefficient(network, l, network->draw[i].row_i,
                                                      -gain_of(simulation, network, l));
            if (status != STATUS_OK)
                return status;
        }
        for (int d = 0; d < basin->demand_count; d++) {
            enum status status =
                set_returned(simulation, network, d, node_i, network->draw[i].row_i);
            if (status != STATUS_OK)
                return status;
        }
    }
    return STATUS_OK;
}

enum status
set_rule_coefficients(struct simulation *simulation, struct allocation *allocation)
{
    enum status status = STATUS_OK;
    for (int s = 0; s < simulation->basin->split_count; s++)
        TRY(set_split(simulation, allocation, s));
    for (int b = 0; b < simulation->basin->blend_count; b++)
        TRY(set_blend(simulation, allocation->network, b));
    TRY(set_draws(simulation, allocation->network));
out:
    return status;
}

/* ---- licences ---------------------------------------------------------------------------------
 */

static int
month_length(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* A licence's day, month and year of a step, each a number that grows by one; a step counts to the
 * periods in which it starts. */
struct periods {
    int day, month, year;
};

static struct periods
periods_of(const struct licence *licence, const struct timeaxis *axis, int step_t)
{
    int year = axis->year[step_t], month = axis->month[step_t], day = axis->day[step_t];
    int days = month_length(year, month);
    int month_reset = licence->reset_day < days ? licence->reset_day : days;
    int year_reset = licence->reset_month == month ? month_reset : licence->reset_day;
    bool year_begun =
        month > licence->reset_month || (month == licence->reset_month && day >= year_reset);
    int64_t start_s = axis->start_s[step_t];
    int64_t day_number = start_s / (int64_t)seconds_per_day;
    if (start_s % (int64_t)seconds_per_day < 0)
        day_number--;
    return (struct periods){(int)day_number, 12 * year + month - (day < month_reset),
                            year - (year_begun ? 0 : 1)};
}

/* Volume of a limit, INFINITY if there is none. */
static double
limit_m3(const struct simulation *simulation, const struct varying *limit)
{
    if (limit->kind == VARYING_ABSENT)
        return (double)INFINITY;
    return fmax(0.0, moment_value(&simulation->moment, limit));
}

/* What the window that ends with the step leaves; steps that lie before it drop out for good. */
static double
rolling_left_m3(const struct simulation *simulation, const struct licence *licence,
                struct permit *permit)
{
    const struct timeaxis *axis = simulation->axis;
    int t = simulation->moment.step_t;
    double begin_s = (double)axis->start_s[t] + simulation->dt_s - licence->rolling_s;
    while (permit->oldest_step < t && (double)axis->start_s[permit->oldest_step + 1] <= begin_s)
        permit->oldest_step++;
    double used_m3 = 0.0;
    for (int past_t = permit->oldest_step; past_t < t; past_t++)
        used_m3 += permit->drawn_m3[past_t % permit->step_capacity];
    double volume_m3 = limit_m3(simulation, &licence->rolling);
    return volume_m3 * fmax(1.0, simulation->dt_s / licence->rolling_s) - used_m3;
}

static void
look_up_licence(struct simulation *simulation, int licence_c)
{
    const struct licence *licence = &simulation->basin->licence[licence_c];
    struct permit *permit = &simulation->permit[licence_c];
    struct periods now = periods_of(licence, simulation->axis, simulation->moment.step_t);
    if (simulation->first_step || now.day != permit->day)
        permit->day_m3 = 0.0;
    if (simulation->first_step || now.month != permit->month)
        permit->month_m3 = 0.0;
    if (simulation->first_step || now.year != permit->year)
        permit->year_m3 = 0.0;
    permit->day = now.day;
    permit->month = now.month;
    permit->year = now.year;
    double days = fmax(1.0, simulation->dt_s / seconds_per_day);
    double left_m3 = limit_m3(simulation, &licence->daily) * days - permit->day_m3;
    left_m3 = fmin(left_m3, limit_m3(simulation, &licence->monthly) - permit->month_m3);
    if (licence->rolling.kind != VARYING_ABSENT)
        left_m3 = fmin(left_m3, rolling_left_m3(simulation, licence, permit));
    double year_m3 = fmax(0.0, limit_m3(simulation, &licence->yearly) - permit->year_m3);
    left_m3 = fmax(0.0, fmin(left_m3, year_m3));
    permit->free_m3 = fmin(left_m3, fmax(0.0, year_m3 - licence->reserved_m3));
    permit->reserved_m3 = isinf(permit->free_m3) ? 0.0 : left_m3 - permit->free_m3;
}

void
look_up_rules(struct simulation *simulation)
{
    for (int c = 0; c < simulation->basin->licence_count; c++)
        look_up_licence(simulation, c);
}

void
account_rules(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    for (int i = 0; i < simulation->turn_down_count; i++) {
        enum turn_down state = simulation->works[simulation->turn_down_p[i]].state;
        simulation->result->basin.turned_off_count += state == TURN_DOWN_OFF;
        simulation->result->basin.kept_on_count += state == TURN_DOWN_ON;
    }
    for (int c = 0; c < basin->licence_count; c++) {
        const struct licence *licence = &basin->licence[c];
        struct permit *permit = &simulation->permit[c];
        struct licence_indicators *sum = &simulation->result->licence[c];
        double drawn_m3 = 0.0;
        for (int i = 0; i < licence->link_count; i++)
            drawn_m3 += simulation->way[licence->link_i[i]].flow_m3;
        permit->day_m3 += drawn_m3;
        permit->month_m3 += drawn_m3;
        permit->year_m3 += drawn_m3;
        permit->drawn_m3[simulation->moment.step_t % permit->step_capacity] = drawn_m3;
        double left_m3 = permit->free_m3 + permit->reserved_m3;
        sum->volume_m3 += drawn_m3;
        sum->steps_exhausted += drawn_m3 >= left_m3 * (1.0 - 1e-9);
        if (permit->year_m3 > sum->largest_year_m3)
            sum->largest_year_m3 = permit->year_m3;
    }
}

/* ---- bounds -----------------------------------------------------------------------------------
 */

static double
outlet_m3(const struct simulation *simulation, const struct draw *draw)
{
    const struct lake *lake = &simulation->lake[draw->reservoir_r];
    if (!lake->in_service)
        return (double)INFINITY;
    return fmax(0.0, lake->available_m3 - draw->lowest_m3);
}

void
bound_rules(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    struct allocation *allocation = simulation->allocation;
    const struct network *network = allocation->network;
    for (int s = 0; s < basin->split_count; s++)
        allocation_bounds(allocation, network->split_column[s], 0.0, (double)INFINITY);
    for (int b = 0; b < basin->blend_count; b++)
        allocation_bounds(allocation, network->blend_column[b], 0.0, (double)INFINITY);
    for (int c = 0; c < basin->licence_count; c++) {
        const struct permit *permit = &simulation->permit[c];
        allocation_bounds(allocation, network->licence_column[c], 0.0, permit->free_m3);
        allocation_bounds(allocation, network->licence_reserved_column[c], 0.0,
                          permit->reserved_m3);
    }
    for (int i = 0; i < network->draw_count; i++) {
        const struct draw *draw = &network->draw[i];
        double most_m3 = outlet_m3(simulation, draw);
        bool open = isinf(most_m3);
        allocation_known(allocation, draw->row_i, open ? 0.0 : -most_m3);
        allocation_bounds(allocation, draw->slack_column_j, open ? -(double)INFINITY : 0.0,
                          (double)INFINITY);
    }
}

void
free_rules(struct simulation *simulation)
{
    const struct basin *basin = simulation->basin;
    struct allocation *delivery = simulation->delivery;
    const struct network *network = delivery->network;
    for (int s = 0; s < basin->split_count; s++)
        allocation_bounds(delivery, network->split_column[s], 0.0, (double)INFINITY);
    for (int b = 0; b < basin->blend_count; b++)
        allocation_bounds(delivery, network->blend_column[b], 0.0, (double)INFINITY);
    for (int c = 0; c < basin->licence_count; c++) {
        allocation_bounds(delivery, network->licence_column[c], 0.0, (double)INFINITY);
        allocation_bounds(delivery, network->licence_reserved_column[c], 0.0, 0.0);
    }
    for (int i = 0; i < network->draw_count; i++)
        allocation_bounds(delivery, network->draw[i].slack_column_j, -(double)INFINITY,
                          (double)INFINITY);
}
