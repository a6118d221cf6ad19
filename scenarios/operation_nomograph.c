/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/operation_private.h"

#include "model/reservoir.h"
#include "solvers/surcharge.h"

#include <math.h>

enum { ROWS_MAX = 16 };

/* The least of 1, 2 or 5 times a power of ten that spans a range in fewer than ROWS_MAX steps. */
static double
round_step(double range)
{
    static const double shares[] = {1.0, 2.0, 5.0};
    double power = pow(10.0, floor(log10(range / ROWS_MAX)));
    for (int i = 0; i < 3; i++)
        if (range / (shares[i] * power) < ROWS_MAX)
            return shares[i] * power;
    return 10.0 * power;
}

enum status
operation_make_nomograph(const struct operation_plan *plan, const struct nomograph_request *wanted,
                         struct nomograph *out, struct error *err)
{
    const struct outlet *outlet = &plan->reservoir->outlet[wanted->outlet_i];
    double top_m = wanted->top_m, largest_m3s = fmax(1.0, wanted->largest_m3s);
    *out = (struct nomograph){0};
    if (!(top_m > outlet->sill_m))
        return error_set(err, STATUS_INPUT,
                         "the lake cannot be kept below %g m by '%s', whose sill is at %g m", top_m,
                         outlet->id, outlet->sill_m);
    double level_step = round_step(top_m - outlet->sill_m), inflow_step = round_step(largest_m3s);
    double first = ceil(outlet->sill_m / level_step);
    int levels = (int)(floor(top_m / level_step - 1e-9) - first) + 2; /* the last is top_m */
    int inflows = (int)ceil(largest_m3s / inflow_step) + 1;
    if (nomograph_allocate(out, levels, inflows) != STATUS_OK)
        return error_set(err, STATUS_MEMORY, "out of memory for the nomograph");
    double top_m3 = operation_storage_m3(plan, top_m);
    for (int i = 0; i < inflows; i++)
        out->inflow_m3s[i] = i * inflow_step;
    for (int r = 0; r < levels; r++) {
        double level_m = r + 1 < levels ? (first + r) * level_step : top_m;
        double room_m3 = top_m3 - operation_storage_m3(plan, level_m);
        out->level_m[r] = level_m;
        for (int i = 0; i < inflows; i++) {
            double release =
                surcharge_release_m3s(out->inflow_m3s[i], room_m3, wanted->recession_s);
            double tailwater_m = operation_tailwater_m(plan->reservoir, release);
            out->opening[r * inflows + i] =
                release > 0.0
                    ? outlet_opening_for(outlet, level_m, tailwater_m, release / outlet->gate_count)
                    : 0.0;
        }
    }
    return STATUS_OK;
}
