/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/storage_yield.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>

#include <math.h>
#include <stdbool.h>

void
storage_simulate(const struct storage_problem *problem, double yield_m3,
                 const struct storage_trace *trace)
{
    double storage_m3 = problem->initial_m3;
    double total_m3 = problem->capacity_m3 + problem->dead_m3;
    for (int t = 0; t < problem->count; t++) {
        double demand_m3 = yield_m3 * problem->share[t], lost_m3 = 0.0;
        double there_m3 = storage_m3 + problem->inflow_m3[t];
        if (problem->evaporation_m != NULL && total_m3 > 0.0) {
            double filled = (storage_m3 + problem->dead_m3) / total_m3;
            lost_m3 =
                problem->evaporation_m[t] * problem->surface_m2 * pow(filled, problem->exponent);
            lost_m3 = fmin(lost_m3, there_m3);
        }
        there_m3 -= lost_m3;
        double supply_m3 = fmin(demand_m3, there_m3);
        double spill_m3 = fmax(0.0, there_m3 - supply_m3 - problem->capacity_m3);
        storage_m3 = fmin(problem->capacity_m3, there_m3 - supply_m3);
        trace->demand_m3[t] = demand_m3;
        trace->supply_m3[t] = supply_m3;
        if (trace->storage_m3 != NULL)
            trace->storage_m3[t] = storage_m3;
        if (trace->spill_m3 != NULL)
            trace->spill_m3[t] = spill_m3;
        if (trace->evaporation_m3 != NULL)
            trace->evaporation_m3[t] = lost_m3;
    }
}

double
reliability_of(const struct performance *performance, enum reliability_kind kind)
{
    switch (kind) {
    case RELIABILITY_TIME:
        return performance->time_reliability;
    case RELIABILITY_VOLUME:
        return performance->volume_reliability;
    case RELIABILITY_ANNUAL:
        return performance->annual_reliability;
    default:
        return performance->assurance;
    }
}

/* ---- bisection --------------------------------------------------------------------------------
 */

/* A reservoir whose yield or capacity is looked for. */
struct search {
    struct storage_problem problem;
    const struct storage_trace *trace;
    enum reliability_kind kind;
    double reliability;
    double yield_m3;
    double initial_share;
};

/* Above 0 while the reliability is kept. It moves in steps, so that 0 itself is never met. */
static double
margin(struct search *search)
{
    static const double slack = 1e-12;
    storage_simulate(&search->problem, search->yield_m3, search->trace);
    struct performance measured =
        performance_measure(search->problem.count, search->trace->demand_m3,
                            search->trace->supply_m3, search->problem.year);
    double excess = reliability_of(&measured, search->kind) - search->reliability + slack;
    return excess != 0.0 ? excess : slack;
}

static double
margin_of_yield(double yield_m3, void *context)
{
    struct search *search = context;
    search->yield_m3 = yield_m3;
    return margin(search);
}

static double
margin_of_capacity(double capacity_m3, void *context)
{
    struct search *search = context;
    search->problem.capacity_m3 = capacity_m3;
    search->problem.initial_m3 = search->initial_share * capacity_m3;
    return margin(search);
}

/* The end of the bracket that keeps the reliability, when the bracket is as narrow as wanted. */
static enum status
bisect(double (*function)(double, void *), struct search *search, double low, double high,
       double *kept, struct error *err)
{
    enum { STEPS_MAX = 200 };
    gsl_function equation = {function, search};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_bisection);
    bool low_keeps = function(low, search) > 0.0;
    double x0 = low, x1 = high;
    enum status status = STATUS_NO_CONVERGENCE;
    if (solver == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for a root");
    if (gsl_root_fsolver_set(solver, &equation, low, high) == GSL_SUCCESS)
        for (int i = 0; i < STEPS_MAX && status != STATUS_OK; i++) {
            if (gsl_root_fsolver_iterate(solver) != GSL_SUCCESS)
                break;
            x0 = gsl_root_fsolver_x_lower(solver);
            x1 = gsl_root_fsolver_x_upper(solver);
            if (gsl_root_test_interval(x0, x1, 0.0, 1e-10) == GSL_SUCCESS)
                status = STATUS_OK;
        }
    gsl_root_fsolver_free(solver);
    *kept = low_keeps ? x0 : x1;
    if (status != STATUS_OK)
        return error_set(err, status, "no yield or storage found between %g and %g m3", low, high);
    function(*kept, search); /* leaves the trace of the result */
    return STATUS_OK;
}

static double
mean_inflow_m3(const struct storage_problem *problem)
{
    double sum = 0.0;
    for (int t = 0; t < problem->count; t++)
        sum += problem->inflow_m3[t];
    return sum / problem->count;
}

enum status
firm_yield(const struct storage_problem *problem, enum reliability_kind kind, double reliability,
           const struct storage_trace *trace, double *yield_m3, struct error *err)
{
    enum { DOUBLINGS_MAX = 60 };
    static const double least_share = 1e-6; /* of the mean inflow: below it is no yield */
    struct search search = {
        .problem = *problem, .trace = trace, .kind = kind, .reliability = reliability};
    double low = least_share * mean_inflow_m3(problem);
    double high = mean_inflow_m3(problem) + problem->capacity_m3;
    *yield_m3 = 0.0;
    if (!(low > 0.0) || margin_of_yield(low, &search) < 0.0) {
        storage_simulate(problem, 0.0, trace);
        return STATUS_OK;
    }
    for (int i = 0; margin_of_yield(high, &search) > 0.0; i++, high *= 2.0)
        if (i == DOUBLINGS_MAX)
            return error_set(err, STATUS_INPUT,
                             "a reliability of %g is kept by any yield: ask for more", reliability);
    return bisect(margin_of_yield, &search, low, high, yield_m3, err);
}

enum status
storage_for_yield(const struct storage_problem *problem, double yield_m3,
                  enum reliability_kind kind, double reliability, const struct storage_trace *trace,
                  double *capacity_m3, struct error *err)
{
    double mean = mean_inflow_m3(problem), most = mean * problem->count;
    double share = problem->capacity_m3 > 0.0 ? problem->initial_m3 / problem->capacity_m3 : 1.0;
    struct search search = {.problem = *problem,
                            .trace = trace,
                            .kind = kind,
                            .reliability = reliability,
                            .yield_m3 = yield_m3,
                            .initial_share = share};
    *capacity_m3 = 0.0;
    if (margin_of_capacity(0.0, &search) > 0.0)
        return STATUS_OK;
    double low = 1e-9 * most;
    *capacity_m3 = low;
    if (margin_of_capacity(low, &search) > 0.0)
        return STATUS_OK;
    *capacity_m3 = (double)INFINITY;
    if (!(most > 0.0) || margin_of_capacity(most, &search) < 0.0)
        return STATUS_OK;
    return bisect(margin_of_capacity, &search, low, most, capacity_m3, err);
}

/* ---- sequent peak -----------------------------------------------------------------------------
 */

struct sequent_peak
sequent_peak(int count, const double *inflow_m3, const double *demand_m3)
{
    struct sequent_peak peak = {.critical_first = -1, .critical_last = -1};
    double k_m3 = 0.0, balance_m3 = 0.0;
    int full = 0; /* step that begins from full */
    for (int t = 0; t < count; t++)
        balance_m3 += inflow_m3[t] - demand_m3[t];
    for (int t = 0; t < 2 * count; t++) {
        k_m3 += demand_m3[t % count] - inflow_m3[t % count];
        if (k_m3 <= 0.0) {
            k_m3 = 0.0;
            full = t + 1;
        }
        if (k_m3 > peak.capacity_m3) {
            peak.capacity_m3 = k_m3;
            peak.critical_first = full % count;
            peak.critical_last = t % count;
        }
    }
    if (balance_m3 < 0.0)
        peak.capacity_m3 = (double)INFINITY;
    return peak;
}
