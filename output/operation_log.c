/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/operation.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* The operation log, in the columns in which operators report. */

enum { AT_BYTES = 24, NAME_BYTES = 96 };
static const double per_hm3 = 1e-6;

FILE *
operation_open(const char *path, char *temporary, size_t size, struct error *err)
{
    snprintf(temporary, size, "%s.part%ld", path, (long)getpid());
    FILE *file = fopen(temporary, "w");
    if (file == NULL)
        error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
    return file;
}

enum status
operation_close(FILE *file, const char *temporary, const char *path, struct error *err)
{
    bool good = !ferror(file);
    good = fclose(file) == 0 && good;
    if (good && rename(temporary, path) == 0)
        return STATUS_OK;
    remove(temporary);
    return error_set(err, STATUS_FILE_WRITE, "cannot write '%s'", path);
}

static bool
draws_on_lake(const struct operation_plan *plan, int class_i)
{
    for (int d = 0; d < plan->draw_count; d++)
        if (plan->draw[d].class_i == class_i)
            return true;
    return false;
}

static void
write_heads(FILE *out, const struct operation_plan *plan)
{
    const struct basin *basin = plan->request.basin;
    const struct reservoir *reservoir = plan->reservoir;
    char gate[NAME_BYTES];
    fputs("schedule,time,level_m,tailwater_m,storage_hm3,inflow_m3s,release_m3s,supply_m3s", out);
    for (int c = 0; c < basin->class_count; c++)
        if (draws_on_lake(plan, c))
            fprintf(out, ",supply_%s_m3s", basin->class[c].id);
    for (int o = 0; o < reservoir->outlet_count; o++)
        fprintf(out, ",%s_m3s,%s_gates", reservoir->outlet[o].id, reservoir->outlet[o].id);
    for (int g = 0; g < plan->gate_count; g++) {
        const struct outlet *outlet = &reservoir->outlet[plan->gate_outlet[g]];
        reservoir_gate_name(reservoir, g, gate, sizeof gate);
        if (outlet->gate_count > 1)
            fprintf(out, ",%s_m3s", gate);
        if (outlet_is_gated(outlet))
            fprintf(out, ",%s_opening_%s", gate, outlet_opens_in_metres(outlet) ? "m" : "share");
    }
    fputc('\n', out);
}

/* Flow of an outlet and its gates as "2 x 1.20 + 1 x 0.50": gates that stand alike together. */
static void
write_outlet(FILE *out, const struct operation_run *run, int first_gate_i,
             const struct outlet *outlet, int step)
{
    size_t steps = (size_t)run->plan->request.step_count;
    const double *opening = run->opening + (size_t)first_gate_i * (steps + 1) + (size_t)step + 1;
    double flow_m3s = 0.0;
    for (int g = 0; g < outlet->gate_count; g++)
        flow_m3s += run->gate_m3s[(size_t)(first_gate_i + g) * steps + (size_t)step];
    fprintf(out, ",%.4f,", flow_m3s);
    if (!outlet_is_gated(outlet)) {
        fputs("free", out);
        return;
    }
    for (int g = 0, alike; g < outlet->gate_count; g += alike) {
        double own = opening[(size_t)g * (steps + 1)];
        for (alike = 1; g + alike < outlet->gate_count; alike++)
            if (fabs(opening[(size_t)(g + alike) * (steps + 1)] - own) > 5e-4)
                break;
        fprintf(out, "%s%d x %.3f", g > 0 ? " + " : "", alike, own);
    }
}

/* A name in quotes: names of ways of operating hold commas. */
static void
write_name(FILE *out, const char *name)
{
    fputc('"', out);
    for (; *name != '\0'; name++) {
        if (*name == '"')
            fputc('"', out);
        fputc(*name, out);
    }
    fputc('"', out);
}

static void
write_row(FILE *out, const struct operation_results *results, int v, int step)
{
    const struct operation_run *run = results->run[v];
    const struct operation_plan *plan = results->plan;
    const struct basin *basin = plan->request.basin;
    const struct reservoir *reservoir = plan->reservoir;
    size_t steps = (size_t)plan->request.step_count;
    char at[AT_BYTES];
    int next = step + 1, gate_i = 0;
    instant_format(plan->request.start_s + (int64_t)plan->request.step_s * next, at, sizeof at);
    write_name(out, results->variant[v].name);
    fprintf(out, ",%s,%.4f,", at, run->level_m[next]);
    if (isfinite(run->tailwater_m[next]))
        fprintf(out, "%.4f", run->tailwater_m[next]);
    fprintf(out, ",%.6f,%.4f,%.4f,%.4f", run->storage_m3[next] * per_hm3, run->inflow_m3s[step],
            run->release_m3s[step], run->drawn_m3s[step]);
    for (int c = 0; c < basin->class_count; c++) {
        double sum_m3s = 0.0;
        for (int d = 0; d < plan->draw_count; d++)
            if (plan->draw[d].class_i == c)
                sum_m3s += run->draw_m3s[(size_t)d * steps + (size_t)step];
        if (draws_on_lake(plan, c))
            fprintf(out, ",%.4f", sum_m3s);
    }
    for (int o = 0; o < reservoir->outlet_count; o++) {
        write_outlet(out, run, gate_i, &reservoir->outlet[o], step);
        gate_i += reservoir->outlet[o].gate_count;
    }
    for (int g = 0; g < plan->gate_count; g++) {
        const struct outlet *outlet = &reservoir->outlet[plan->gate_outlet[g]];
        if (outlet->gate_count > 1)
            fprintf(out, ",%.4f", run->gate_m3s[(size_t)g * steps + (size_t)step]);
        if (outlet_is_gated(outlet))
            fprintf(out, ",%.4f", run->opening[(size_t)g * (steps + 1) + (size_t)next]);
    }
    fputc('\n', out);
}

enum status
operation_write_log(const char *path, const struct operation_results *results, struct error *err)
{
    char temporary[4096];
    FILE *out = operation_open(path, temporary, sizeof temporary, err);
    if (out == NULL)
        return STATUS_FILE_WRITE;
    write_heads(out, results->plan);
    for (int v = 0; v < results->variant_count; v++)
        for (int step = 0; step < results->plan->request.step_count; step++)
            write_row(out, results, v, step);
    return operation_close(out, temporary, path, err);
}
