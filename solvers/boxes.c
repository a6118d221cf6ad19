/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/boxes.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Poisson weights of a longer part of the step would begin too small. */
static const double longest_part = 16.0, rest = 1e-17, most_turns = 1e7;

static bool
is_legal(int count, const double *rate, const double *gain, double dt_s)
{
    bool is = dt_s >= 0.0 && isfinite(dt_s);
    for (int i = 0; i < count && is; i++) {
        is = gain[i] >= 0.0 && isfinite(gain[i]);
        for (int j = 0; j < count && is; j++)
            is = isfinite(rate[i * count + j]) && (i == j || rate[i * count + j] >= 0.0);
    }
    return is;
}

/* The fastest that a box loses what it holds, or is filled. */
static double
fastest(int count, const double *rate)
{
    double most = 0.0;
    for (int i = 0; i < count; i++) {
        double filled = 0.0;
        for (int j = 0; j < count; j++)
            filled += i != j ? rate[i * count + j] : 0.0;
        most = fmax(most, fmax(filled, -rate[i * count + i]));
    }
    return most;
}

/* One part: value and, with its share of the step, mean. turn (1/s) is fastest or more. */
static void
advance_part(int count, const double *rate, const double *gain, double turn, double dt_s,
             double share, double *value, double *mean, double *room)
{
    double *power = room, *next = room + count;
    double turns = turn * dt_s, weight = exp(-turns), tail = 1.0 - weight;
    memcpy(power, value, (size_t)count * sizeof *power);
    for (int i = 0; i < count; i++) {
        value[i] = weight * power[i];
        mean[i] += share * tail / turns * power[i];
    }
    for (int k = 1; weight > rest || k < turns; k++) {
        for (int i = 0; i < count; i++) {
            double sum = gain[i];
            for (int j = 0; j < count; j++)
                sum += rate[i * count + j] * power[j];
            next[i] = power[i] + sum / turn;
        }
        memcpy(power, next, (size_t)count * sizeof *power);
        weight *= turns / k;
        tail = fmax(0.0, tail - weight);
        for (int i = 0; i < count; i++) {
            value[i] += weight * power[i];
            mean[i] += share * tail / turns * power[i];
        }
    }
}

enum status
boxes_advance(int count, const double *rate, const double *gain, double dt_s, double *value,
              double *mean, double *room)
{
    if (!is_legal(count, rate, gain, dt_s))
        return STATUS_INPUT;
    double turn = fastest(count, rate);
    if (turn * dt_s > most_turns)
        return STATUS_INPUT;
    if (!(turn * dt_s > 0.0)) {
        for (int i = 0; i < count; i++) {
            mean[i] = value[i] + 0.5 * gain[i] * dt_s;
            value[i] += gain[i] * dt_s;
        }
        return STATUS_OK;
    }
    int parts = (int)ceil(turn * dt_s / longest_part);
    memset(mean, 0, (size_t)count * sizeof *mean);
    for (int part = 0; part < parts; part++)
        advance_part(count, rate, gain, turn, dt_s / parts, 1.0 / parts, value, mean, room);
    return STATUS_OK;
}
