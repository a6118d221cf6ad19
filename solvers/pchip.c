/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/pchip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARRAY_COUNT = 3,         /* x, y, slope, in one block that begins with x */
    INVERSE_ITERATIONS = 200 /* far above what halving a double's interval takes */
};

static enum status
check_points(int count, const double *x, const double *y, struct error *err)
{
    if (count < 2)
        return error_set(err, STATUS_INPUT, "a table needs at least 2 points, not %d", count);
    for (int i = 0; i < count; i++)
        if (!isfinite(x[i]) || !isfinite(y[i]))
            return error_set(err, STATUS_INPUT, "point %d of the table, (%g, %g), is not finite",
                             i + 1, x[i], y[i]);
    for (int i = 1; i < count; i++) {
        if (x[i] <= x[i - 1])
            return error_set(err, STATUS_INPUT,
                             "the table must rise: point %d is at %.10g, point %d at %.10g", i,
                             x[i - 1], i + 1, x[i]);
        if (!isfinite((y[i] - y[i - 1]) / (x[i] - x[i - 1])))
            return error_set(err, STATUS_INPUT,
                             "points %d and %d of the table are too close for their difference", i,
                             i + 1);
    }
    return STATUS_OK;
}

static double
secant(const struct pchip *pchip, int i)
{
    return (pchip->y[i + 1] - pchip->y[i]) / (pchip->x[i + 1] - pchip->x[i]);
}

/* Three-point slope at an end, limited so that the end interval stays monotone. */
static double
end_slope(double h0, double h1, double secant0, double secant1)
{
    double share = h0 / (h0 + h1);
    double slope = secant0 + share * (secant0 - secant1);
    if (slope * secant0 <= 0.0)
        return 0.0;
    if (secant0 * secant1 <= 0.0 && fabs(slope) > 3.0 * fabs(secant0))
        return 3.0 * secant0;
    return slope;
}

/* Weighted harmonic mean of the secants, Fritsch & Butland 1984, equation 5. */
static double
inner_slope(double h0, double h1, double secant0, double secant1)
{
    if (!((secant0 > 0.0 && secant1 > 0.0) || (secant0 < 0.0 && secant1 < 0.0)))
        return 0.0;
    double weight0 = 2.0 * h1 + h0;
    double weight1 = h1 + 2.0 * h0;
    return (weight0 + weight1) / (weight0 / secant0 + weight1 / secant1);
}

static void
set_slopes(struct pchip *pchip)
{
    int last = pchip->count - 1;
    const double *x = pchip->x;
    if (last == 1) {
        pchip->slope[0] = pchip->slope[1] = secant(pchip, 0);
        return;
    }
    for (int i = 1; i < last; i++)
        pchip->slope[i] =
            inner_slope(x[i] - x[i - 1], x[i + 1] - x[i], secant(pchip, i - 1), secant(pchip, i));
    pchip->slope[0] = end_slope(x[1] - x[0], x[2] - x[1], secant(pchip, 0), secant(pchip, 1));
    pchip->slope[last] = end_slope(x[last] - x[last - 1], x[last - 1] - x[last - 2],
                                   secant(pchip, last - 1), secant(pchip, last - 2));
}

enum status
pchip_init(struct pchip *pchip, int count, const double *x, const double *y, struct error *err)
{
    *pchip = (struct pchip){0};
    enum status status = check_points(count, x, y, err);
    if (status != STATUS_OK)
        return status;
    size_t points = (size_t)count;
    double *block = calloc(ARRAY_COUNT * points, sizeof *block);
    if (block == NULL)
        return error_set(err, STATUS_MEMORY, "no memory for a table of %d points", count);
    *pchip = (struct pchip){
        .count = count, .x = block, .y = block + points, .slope = block + 2 * points};
    memcpy(pchip->x, x, points * sizeof *x);
    memcpy(pchip->y, y, points * sizeof *y);
    set_slopes(pchip);
    return STATUS_OK;
}

void
pchip_finish(struct pchip *pchip)
{
    free(pchip->x);
    *pchip = (struct pchip){0};
}

/* The i with sorted[i] <= at < sorted[i + 1]; `at` lies in [sorted[0], sorted[count - 1]). */
static int
interval_of(const double *sorted, int count, double at)
{
    int low = 0;
    int high = count - 1;
    while (high - low > 1) {
        int middle = low + (high - low) / 2;
        if (sorted[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/*
 * Rise above y_i at share t of interval i, and its derivative by t. The cubic is monotone between
 * the points; the clamp takes away what rounding may add.
 */
static double
interval_rise(const struct pchip *pchip, int i, double t, double *derivative)
{
    double h = pchip->x[i + 1] - pchip->x[i];
    double rise = pchip->y[i + 1] - pchip->y[i];
    double d0 = pchip->slope[i] * h;
    double d1 = pchip->slope[i + 1] * h;
    double c2 = 3.0 * rise - 2.0 * d0 - d1;
    double c3 = d0 + d1 - 2.0 * rise;
    *derivative = d0 + t * (2.0 * c2 + 3.0 * t * c3);
    double value = t * (d0 + t * (c2 + t * c3));
    double low = rise < 0.0 ? rise : 0.0;
    double high = rise > 0.0 ? rise : 0.0;
    if (value < low)
        return low;
    return value > high ? high : value;
}

double
pchip_eval(const struct pchip *pchip, double x, int *hint)
{
    int last = pchip->count - 1;
    if (isnan(x))
        return x;
    if (x <= pchip->x[0])
        return pchip->y[0];
    if (x >= pchip->x[last])
        return pchip->y[last];
    int i = hint != NULL ? *hint : -1;
    if (i < 0 || i >= last || x < pchip->x[i] || x >= pchip->x[i + 1])
        i = interval_of(pchip->x, pchip->count, x);
    if (hint != NULL)
        *hint = i;
    double derivative;
    double t = (x - pchip->x[i]) / (pchip->x[i + 1] - pchip->x[i]);
    return pchip->y[i] + interval_rise(pchip, i, t, &derivative);
}

/* Newton's method inside a bracket that every step narrows; halving where Newton leaves it. */
double
pchip_inverse(const struct pchip *pchip, double y)
{
    int last = pchip->count - 1;
    if (isnan(y))
        return y;
    if (y <= pchip->y[0])
        return pchip->x[0];
    if (y >= pchip->y[last])
        return pchip->x[last];
    int i = interval_of(pchip->y, pchip->count, y);
    double low = 0.0;
    double high = 1.0;
    double wanted = y - pchip->y[i];
    double t = wanted / (pchip->y[i + 1] - pchip->y[i]);
    for (int iteration = 0; iteration < INVERSE_ITERATIONS; iteration++) {
        double derivative;
        double excess = interval_rise(pchip, i, t, &derivative) - wanted;
        if (excess == 0.0)
            break;
        if (excess > 0.0)
            high = t;
        else
            low = t;
        double next = t - excess / derivative; /* a zero derivative fails the test below */
        if (!(next > low && next < high))
            next = low + 0.5 * (high - low);
        if (next == t || next <= low || next >= high)
            break;
        t = next;
    }
    return pchip->x[i] + t * (pchip->x[i + 1] - pchip->x[i]);
}
