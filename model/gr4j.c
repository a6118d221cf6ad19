/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gr4j.h"

#include <math.h>
#include <stddef.h>

static const double percolation_scale = 25.62890625; /* (9/4)^4 */
static const double routed_share = 0.9;              /* of effective rain, into UH1 */
static const double largest_ratio = 13.0; /* beyond it tanh is 1 to the last digit that matters */

/* Ordinates of both unit hydrographs; only the first of them differ from zero. */
struct hydrographs {
    int count1, count2;
    double ordinate1[GR4J_UH1_LENGTH];
    double ordinate2[GR4J_UH2_LENGTH];
};

static double
s_curve1(double t, double x4)
{
    return t < x4 ? pow(t / x4, 2.5) : 1.0;
}

static double
s_curve2(double t, double x4)
{
    if (t <= x4)
        return 0.5 * pow(t / x4, 2.5);
    return t < 2.0 * x4 ? 1.0 - 0.5 * pow(2.0 - t / x4, 2.5) : 1.0;
}

static void
set_hydrographs(struct hydrographs *uh, double x4)
{
    uh->count1 = (int)ceil(x4);
    uh->count2 = (int)ceil(2.0 * x4);
    for (int j = 0; j < uh->count1; j++)
        uh->ordinate1[j] = s_curve1(j + 1.0, x4) - s_curve1(j, x4);
    for (int j = 0; j < uh->count2; j++)
        uh->ordinate2[j] = s_curve2(j + 1.0, x4) - s_curve2(j, x4);
}

void
gr4j_state_init(struct gr4j_state *state, const struct gr4j_parameters *parameters,
                double production_fraction, double routing_fraction)
{
    *state = (struct gr4j_state){.production_mm = production_fraction * parameters->x1_mm,
                                 .routing_mm = routing_fraction * parameters->x3_mm};
}

/* 1 - (1 + x)^(-1/4), the share that leaves a store. */
static double
outflow_share(double x)
{
    return 1.0 - 1.0 / sqrt(sqrt(1.0 + x));
}

/* Rain and evaporation against the production store: effective rain. */
static double
run_production(double x1_mm, double rain_mm, double pet_mm, double *production_mm,
               struct gr4j_fluxes *flux)
{
    double store_mm = *production_mm, through_mm = 0.0;
    double filling = store_mm / x1_mm;
    if (rain_mm <= pet_mm) {
        double w = (pet_mm - rain_mm) / x1_mm;
        double th = tanh(w < largest_ratio ? w : largest_ratio);
        double drawn_mm = store_mm * (2.0 - filling) * th / (1.0 + (1.0 - filling) * th);
        store_mm -= drawn_mm;
        flux->actual_evaporation = rain_mm + drawn_mm;
    } else {
        double net_mm = rain_mm - pet_mm, w = net_mm / x1_mm;
        double th = tanh(w < largest_ratio ? w : largest_ratio);
        double stored_mm = x1_mm * (1.0 - filling * filling) * th / (1.0 + filling * th);
        store_mm += stored_mm;
        through_mm = net_mm - stored_mm;
        flux->actual_evaporation = pet_mm;
    }
    if (store_mm < 0.0)
        store_mm = 0.0;
    double ratio = store_mm / x1_mm, square = ratio * ratio;
    flux->percolation = store_mm * outflow_share(square * square / percolation_scale);
    *production_mm = store_mm - flux->percolation;
    flux->effective_rain = flux->percolation + through_mm;
    return flux->effective_rain;
}

/* One day's rain into the register of water under way; what arrives today. */
static double
run_hydrograph(double *register_mm, const double *ordinate, int count, double rain_mm)
{
    for (int j = 0; j + 1 < count; j++)
        register_mm[j] = register_mm[j + 1] + ordinate[j] * rain_mm;
    register_mm[count - 1] = ordinate[count - 1] * rain_mm;
    return register_mm[0];
}

static double
run_routing(const struct gr4j_parameters *parameters, double *routing_mm, struct gr4j_fluxes *flux)
{
    double ratio = *routing_mm / parameters->x3_mm;
    double exchange_mm = parameters->x2_mm * ratio * ratio * ratio * sqrt(ratio);
    double store_mm = *routing_mm + flux->q9 + exchange_mm;
    flux->exchange = exchange_mm;
    flux->exchange_routing = exchange_mm;
    if (store_mm < 0.0) {
        flux->exchange_routing = -(*routing_mm + flux->q9);
        store_mm = 0.0;
    }
    ratio = store_mm / parameters->x3_mm;
    double square = ratio * ratio;
    flux->routed_flow = store_mm * outflow_share(square * square);
    *routing_mm = store_mm - flux->routed_flow;
    flux->direct_flow = flux->q1 + exchange_mm;
    flux->exchange_direct = exchange_mm;
    if (flux->direct_flow < 0.0) {
        flux->exchange_direct = -flux->q1;
        flux->direct_flow = 0.0;
    }
    return flux->routed_flow + flux->direct_flow;
}

static enum status
check_inputs(const struct gr4j_parameters *parameters, int day_count, const double *rain_mm,
             const double *pet_mm, struct error *err)
{
    if (!isfinite(parameters->x1_mm) || !isfinite(parameters->x2_mm) ||
        !isfinite(parameters->x3_mm) || !isfinite(parameters->x4_d))
        return error_set(err, STATUS_INPUT, "a parameter of GR4J is not a number");
    if (parameters->x4_d >= (double)GR4J_UH1_LENGTH)
        return error_set(err, STATUS_INPUT, "GR4J: x4 is %g d, and has to be below %d d",
                         parameters->x4_d, GR4J_UH1_LENGTH);
    for (int d = 0; d < day_count; d++)
        if (!(rain_mm[d] >= 0.0 && rain_mm[d] < (double)INFINITY && pet_mm[d] >= 0.0 &&
              pet_mm[d] < (double)INFINITY))
            return error_set(err, STATUS_NOT_FINITE,
                             "GR4J: day %d has rain %g mm and evaporation %g mm", d + 1,
                             rain_mm[d], pet_mm[d]);
    return STATUS_OK;
}

enum status
gr4j_run(const struct gr4j_parameters *parameters, struct gr4j_state *state, int day_count,
         const double *rain_mm, const double *pet_mm, double *flow_mm, struct gr4j_fluxes *fluxes,
         struct error *err)
{
    enum status status = check_inputs(parameters, day_count, rain_mm, pet_mm, err);
    if (status != STATUS_OK)
        return status;
    struct gr4j_parameters used = *parameters;
    used.x1_mm = fmax(used.x1_mm, 0.01);
    used.x3_mm = fmax(used.x3_mm, 0.01);
    used.x4_d = fmax(used.x4_d, 0.5);
    struct hydrographs uh;
    set_hydrographs(&uh, used.x4_d);
    for (int d = 0; d < day_count; d++) {
        struct gr4j_fluxes flux;
        double effective_mm =
            run_production(used.x1_mm, rain_mm[d], pet_mm[d], &state->production_mm, &flux);
        flux.q9 = run_hydrograph(state->uh1_mm, uh.ordinate1, uh.count1,
                                 routed_share * effective_mm);
        flux.q1 = run_hydrograph(state->uh2_mm, uh.ordinate2, uh.count2,
                                 (1.0 - routed_share) * effective_mm);
        flow_mm[d] = run_routing(&used, &state->routing_mm, &flux);
        if (fluxes != NULL)
            fluxes[d] = flux;
    }
    return STATUS_OK;
}
