/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/salt_transport.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct salt_transport {
    struct channel channel;
    int cell_count;
    double dx_m;
    int iterations_most;
    double tolerance_kgm3, least_m2s;
    double *face_area_m2;           /* [cell_count + 1], the mouth first */
    double *volume_m3;              /* [cell_count] */
    double *salinity;               /* [cell_count] kg/m3 */
    double *next;                   /* [cell_count] at the end of the step */
    double *guess;                  /* [cell_count] of it, that the dispersion follows */
    double *face_m3s;               /* [cell_count + 1] flow to the sea */
    double *from_left, *from_right; /* [cell_count + 1] F = from_left S_left - from_right S_right */
    double *ratio;                  /* [cell_count] of the elimination */
};

enum { ARRAYS = 9 };

enum status
salt_transport_create(const struct channel *channel, double length_m, int cell_count,
                      struct salt_transport **out, struct error *err)
{
    *out = NULL;
    if (cell_count < 2 || !(length_m > 0.0) || !isfinite(length_m))
        return error_set(err, STATUS_USAGE,
                         "a channel needs 2 cells or more and a length above 0 m, not %d and %g m",
                         cell_count, length_m);
    struct salt_transport *transport = calloc(1, sizeof *transport);
    size_t stride = (size_t)cell_count + 1;
    double *room = calloc(ARRAYS * stride, sizeof *room);
    if (transport == NULL || room == NULL) {
        free(transport);
        free(room);
        return error_set(err, STATUS_MEMORY, "out of memory for a channel of %d cells", cell_count);
    }
    double **const arrays[ARRAYS] = {
        &transport->face_area_m2, &transport->volume_m3, &transport->salinity,
        &transport->next,         &transport->face_m3s,  &transport->from_left,
        &transport->from_right,   &transport->ratio,     &transport->guess};
    for (int i = 0; i < ARRAYS; i++)
        *arrays[i] = &room[(size_t)i * stride];
    transport->channel = *channel;
    transport->cell_count = cell_count;
    transport->dx_m = length_m / cell_count;
    transport->iterations_most = 1;
    transport->least_m2s = 1.0;
    double before_m3 = 0.0;
    for (int i = 0; i <= cell_count; i++) {
        double x_m = i * transport->dx_m, volume_m3 = channel_volume_m3(channel, x_m);
        transport->face_area_m2[i] = channel_area_m2(channel, x_m);
        if (i > 0)
            transport->volume_m3[i - 1] = volume_m3 - before_m3;
        before_m3 = volume_m3;
    }
    *out = transport;
    return STATUS_OK;
}

void
salt_transport_destroy(struct salt_transport *transport)
{
    if (transport == NULL)
        return;
    free(transport->face_area_m2);
    free(transport);
}

void
salt_transport_copy(struct salt_transport *transport, const struct salt_transport *from)
{
    memcpy(transport->salinity, from->salinity, (size_t)from->cell_count * sizeof(double));
}

double *
salt_transport_salinity(struct salt_transport *transport)
{
    return transport->salinity;
}

int
salt_transport_cell_count(const struct salt_transport *transport)
{
    return transport->cell_count;
}

double
salt_transport_place_m(const struct salt_transport *transport, int cell_i)
{
    return (cell_i + 0.5) * transport->dx_m;
}

int
salt_transport_cell_at(const struct salt_transport *transport, double x_m)
{
    if (!(x_m >= 0.0) || x_m > transport->cell_count * transport->dx_m)
        return -1;
    int cell_i = (int)(x_m / transport->dx_m);
    return cell_i < transport->cell_count ? cell_i : transport->cell_count - 1;
}

void
salt_transport_set_steady(struct salt_transport *transport, const struct salt_intrusion *state)
{
    for (int i = 0; i < transport->cell_count; i++)
        transport->salinity[i] = salt_intrusion_salinity(&transport->channel, state,
                                                         salt_transport_place_m(transport, i));
}

void
salt_transport_set_iterations(struct salt_transport *transport, int most, double tolerance_kgm3)
{
    transport->iterations_most = most > 1 ? most : 1;
    transport->tolerance_kgm3 = tolerance_kgm3;
}

void
salt_transport_set_least_dispersion(struct salt_transport *transport, double least_m2s)
{
    transport->least_m2s = least_m2s;
}

/* ---- a step ---------------------------------------------------------------------------------- */

static bool
is_amount(double value)
{
    return value >= 0.0 && isfinite(value);
}

static enum status
check_cells(const struct salt_transport *transport, const struct salt_forcing *forcing,
            struct error *err)
{
    for (int i = 0; i < transport->cell_count; i++) {
        double in_m3s = forcing->lateral_m3s != NULL ? forcing->lateral_m3s[i] : 0.0;
        double in_kgm3 = forcing->lateral_m3s != NULL ? forcing->lateral_kgm3[i] : 0.0;
        double out_m3s = forcing->withdrawn_m3s != NULL ? forcing->withdrawn_m3s[i] : 0.0;
        if (!is_amount(in_m3s) || !is_amount(in_kgm3) || !is_amount(out_m3s))
            return error_set(
                err, STATUS_INPUT,
                "side inflow %g m3/s of %g kg/m3 and withdrawal %g m3/s at %g m of the "
                "channel: all must be 0 or more",
                in_m3s, in_kgm3, out_m3s, salt_transport_place_m(transport, i));
    }
    return STATUS_OK;
}

static enum status
check_forcing(const struct salt_transport *transport, const struct salt_forcing *forcing,
              struct error *err)
{
    if (!(forcing->dt_s > 0.0) || !isfinite(forcing->dt_s))
        return error_set(err, STATUS_INPUT, "a step of %g s: must be above 0", forcing->dt_s);
    if (!(forcing->dispersion_m2s > 0.0) || !isfinite(forcing->dispersion_m2s))
        return error_set(err, STATUS_INPUT, "dispersion of %g m2/s at the mouth: must be above 0",
                         forcing->dispersion_m2s);
    if (!(forcing->van_der_burgh >= 0.0 && forcing->van_der_burgh <= 1.0))
        return error_set(err, STATUS_INPUT, "Van der Burgh's K of %g: must be in 0 ... 1",
                         forcing->van_der_burgh);
    if (!is_amount(forcing->sea_kgm3) || !is_amount(forcing->river_kgm3))
        return error_set(err, STATUS_INPUT,
                         "salinity %g kg/m3 at sea, %g of the river: must be 0 "
                         "or more",
                         forcing->sea_kgm3, forcing->river_kgm3);
    if (!isfinite(forcing->river_m3s))
        return error_set(err, STATUS_INPUT, "river flow of %g m3/s", forcing->river_m3s);
    return check_cells(transport, forcing, err);
}

/* Continuity: what flows out of a cell to the sea. */
static void
set_flows(struct salt_transport *transport, const struct salt_forcing *forcing)
{
    double flow_m3s = forcing->river_m3s;
    for (int i = transport->cell_count; i >= 0; i--) {
        transport->face_m3s[i] = flow_m3s;
        if (i > 0 && forcing->lateral_m3s != NULL)
            flow_m3s += forcing->lateral_m3s[i - 1];
        if (i > 0 && forcing->withdrawn_m3s != NULL)
            flow_m3s -= forcing->withdrawn_m3s[i - 1];
    }
}

/* z / (e^z - 1) */
static double
bernoulli(double z)
{
    return fabs(z) > 1e-8 ? z / expm1(z) : 1.0 - 0.5 * z;
}

static void
set_fluxes(struct salt_transport *transport, const struct salt_forcing *forcing)
{
    const double *salinity = transport->guess;
    int n = transport->cell_count;
    double range = forcing->sea_kgm3 - forcing->river_kgm3, k = forcing->van_der_burgh;
    /* share of the sea below which the dispersion is the least anyway */
    double slight = k > 0.0 ? pow(transport->least_m2s / forcing->dispersion_m2s, 1.0 / k) : 0.0;
    for (int i = 0; i < n; i++) {
        double d_m2s = forcing->dispersion_m2s, dx_m = transport->dx_m;
        if (i == 0)
            dx_m *= 0.5;
        else if (k > 0.0 && range > 0.0) {
            double excess = 0.5 * (salinity[i - 1] + salinity[i]) - forcing->river_kgm3;
            d_m2s *= excess > slight * range ? exp(k * log(excess / range)) : 0.0;
        }
        double strength = transport->face_area_m2[i] * fmax(d_m2s, transport->least_m2s) / dx_m;
        double peclet = -transport->face_m3s[i] / strength;
        double b = bernoulli(peclet);
        transport->from_right[i] = strength * b;
        transport->from_left[i] = strength * (b + peclet); /* B(-P) = B(P) + P */
    }
    /* the river's end: its own water in, or the last cell's out */
    double river_m3s = transport->face_m3s[n];
    transport->from_right[n] = fmax(river_m3s, 0.0);
    transport->from_left[n] = fmax(-river_m3s, 0.0);
}

/* Elimination without pivoting: the matrix is an M-matrix with dominant columns. */
static void
solve(struct salt_transport *transport, const struct salt_forcing *forcing)
{
    int n = transport->cell_count;
    const double *left = transport->from_left, *right = transport->from_right;
    double per_dt = 1.0 / forcing->dt_s, before = 0.0, ratio = 0.0;
    for (int i = 0; i < n; i++) {
        double holds = transport->volume_m3[i] * per_dt;
        double diagonal = holds + left[i + 1] + right[i], known = holds * transport->salinity[i];
        if (forcing->withdrawn_m3s != NULL)
            diagonal += forcing->withdrawn_m3s[i];
        if (forcing->lateral_m3s != NULL)
            known += forcing->lateral_m3s[i] * forcing->lateral_kgm3[i];
        if (i == 0)
            known += left[0] * forcing->sea_kgm3;
        else {
            diagonal -= left[i] * ratio;
            known += left[i] * before;
        }
        if (i == n - 1)
            known += right[n] * forcing->river_kgm3;
        double inverse = 1.0 / diagonal;
        ratio = right[i + 1] * inverse;
        before = known * inverse;
        transport->ratio[i] = ratio;
        transport->next[i] = before;
    }
    for (int i = n - 2; i >= 0; i--)
        transport->next[i] += transport->ratio[i] * transport->next[i + 1];
}

static void
account_salt(const struct salt_transport *transport, const struct salt_forcing *forcing,
             struct salt_account *account)
{
    int n = transport->cell_count;
    const double *next = transport->next;
    double dt_s = forcing->dt_s, lateral = 0.0, withdrawn = 0.0, stored = 0.0;
    for (int i = 0; i < n; i++) {
        stored += transport->volume_m3[i] * (next[i] - transport->salinity[i]);
        if (forcing->lateral_m3s != NULL)
            lateral += forcing->lateral_m3s[i] * forcing->lateral_kgm3[i];
        if (forcing->withdrawn_m3s != NULL)
            withdrawn += forcing->withdrawn_m3s[i] * next[i];
    }
    account->stored_kg = stored;
    account->sea_kg =
        dt_s * (transport->from_left[0] * forcing->sea_kgm3 - transport->from_right[0] * next[0]);
    account->river_kg = dt_s * (transport->from_right[n] * forcing->river_kgm3 -
                                transport->from_left[n] * next[n - 1]);
    account->lateral_kg = dt_s * lateral;
    account->withdrawn_kg = dt_s * withdrawn;
}

static double
largest_change(const struct salt_transport *transport)
{
    double change = 0.0;
    for (int i = 0; i < transport->cell_count; i++)
        change = fmax(change, fabs(transport->next[i] - transport->guess[i]));
    return change;
}

enum status
salt_transport_advance(struct salt_transport *transport, const struct salt_forcing *forcing,
                       struct salt_account *account, struct error *err)
{
    enum status status = check_forcing(transport, forcing, err);
    if (status != STATUS_OK)
        return status;
    size_t bytes = (size_t)transport->cell_count * sizeof *transport->guess;
    *account = (struct salt_account){.converged = transport->iterations_most == 1};
    set_flows(transport, forcing);
    memcpy(transport->guess, transport->salinity, bytes);
    for (int k = 0; k < transport->iterations_most; k++) {
        set_fluxes(transport, forcing);
        solve(transport, forcing);
        account->iteration_count++;
        if (k > 0 && largest_change(transport) <= transport->tolerance_kgm3) {
            account->converged = true;
            break;
        }
        memcpy(transport->guess, transport->next, bytes);
    }
    account_salt(transport, forcing, account);
    if (!isfinite(account->stored_kg) || !isfinite(account->sea_kg))
        return error_set(err, STATUS_NOT_FINITE, "the salt of the channel is not finite");
    memcpy(transport->salinity, transport->next, bytes);
    return STATUS_OK;
}

double
salt_transport_salinity_at(const struct salt_transport *transport, double sea_kgm3, double x_m)
{
    const double *salinity = transport->salinity;
    int n = transport->cell_count;
    double place = x_m / transport->dx_m - 0.5; /* in cells from the first centre */
    if (place <= 0.0)
        return sea_kgm3 + fmax(0.0, place + 0.5) / 0.5 * (salinity[0] - sea_kgm3);
    if (place >= n - 1)
        return salinity[n - 1];
    int i = (int)place;
    return salinity[i] + (place - i) * (salinity[i + 1] - salinity[i]);
}

double
salt_transport_distance(const struct salt_transport *transport, double sea_kgm3,
                        double salinity_kgm3)
{
    const double *salinity = transport->salinity;
    int i = transport->cell_count - 1;
    while (i >= 0 && salinity[i] < salinity_kgm3)
        i--;
    if (i < 0 && sea_kgm3 < salinity_kgm3)
        return 0.0;
    if (i == transport->cell_count - 1)
        return transport->cell_count * transport->dx_m;
    double seaward = i < 0 ? sea_kgm3 : salinity[i], landward = salinity[i + 1];
    double span_m = (i < 0 ? 0.5 : 1.0) * transport->dx_m;
    double share = (seaward - salinity_kgm3) / (seaward - landward);
    return (i < 0 ? 0.0 : salt_transport_place_m(transport, i)) + share * span_m;
}
