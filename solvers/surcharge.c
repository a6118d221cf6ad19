/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/surcharge.h"

#include <math.h>

enum { ITERATIONS = 100 };

double
surcharge_release_m3s(double inflow_m3s, double room_m3, double recession_s)
{
    double low = 0.0, high = 1.0; /* release over inflow: what is stored falls as it rises */
    double room = room_m3 / (recession_s * inflow_m3s);
    if (!(inflow_m3s > 0.0) || room >= 1.0)
        return 0.0;
    if (!(room > 0.0))
        return inflow_m3s;
    for (int i = 0; i < ITERATIONS && high - low > 1e-13; i++) {
        double share = 0.5 * (low + high);
        if (1.0 - share * (1.0 - log(share)) > room)
            low = share;
        else
            high = share;
    }
    return inflow_m3s * high;
}
