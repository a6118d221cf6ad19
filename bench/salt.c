/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/clock.h"
#include "model/timeaxis.h"
#include "scenarios/forcing.h"
#include "scenarios/simulate.h"
#include "solvers/salt_transport.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Salt: `bench_salt [BASIN]`. The order of the unsteady model on finer grids, its cell-steps in one
 * second of one core, and what the salt of a basin adds to its run, each model against none.
 */

static const struct channel channel = {2, {{0.0, 2600.0, 14e3}, {12e3, 1103.4, 40e3}}};

static int
measure_cells(int cells)
{
    struct salt_transport *transport;
    struct error err = {0};
    if (salt_transport_create(&channel, 50e3, cells, &transport, &err) != STATUS_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    struct salt_forcing forcing = {
        .dt_s = 86400.0, .van_der_burgh = 0.45, .sea_kgm3 = 30.0, .river_kgm3 = 0.05};
    int steps = 6000000 / cells;
    double start_s = thread_seconds();
    for (int t = 0; t < steps; t++) {
        struct salt_account account;
        forcing.river_m3s = 8.0 + 6.0 * sin(0.01 * t);
        forcing.dispersion_m2s = 49.0 * sqrt(forcing.river_m3s);
        if (salt_transport_advance(transport, &forcing, &account, &err) != STATUS_OK) {
            fprintf(stderr, "%s\n", err.text);
            salt_transport_destroy(transport);
            return 1;
        }
    }
    double taken_s = thread_seconds() - start_s;
    printf("%6d cells: %.3g cell-steps/s\n", cells, (double)cells * steps / taken_s);
    salt_transport_destroy(transport);
    return 0;
}

/* Error of the steady state on finer grids: a converging channel with a constant dispersion. */
static int
study_grid(void)
{
    const struct channel single = {1, {{0.0, 2500.0, 15e3}}};
    const struct salt_intrusion steady = {20.0, 250.0, 0.0, 32.0, 0.0};
    const struct salt_forcing forcing = {
        .dt_s = 1e9, .dispersion_m2s = 250.0, .sea_kgm3 = 32.0, .river_m3s = 20.0};
    double before = NAN;
    puts(" cells  largest error kg/m3  order");
    for (int cells = 25; cells <= 400; cells *= 2) {
        struct salt_transport *transport;
        struct salt_account account;
        struct error err = {0};
        if (salt_transport_create(&single, 40e3, cells, &transport, &err) != STATUS_OK)
            return 1;
        double worst = 0.0;
        for (int t = 0; t < 3; t++)
            if (salt_transport_advance(transport, &forcing, &account, &err) != STATUS_OK)
                worst = NAN;
        for (int i = 0; i < cells; i++) {
            double x_m = salt_transport_place_m(transport, i);
            worst = fmax(worst, fabs(salt_transport_salinity(transport)[i] -
                                     salt_intrusion_salinity(&single, &steady, x_m)));
        }
        printf("%6d  %19.3g  %5.2f\n", cells, worst, log2(before / worst));
        before = worst;
        salt_transport_destroy(transport);
    }
    return 0;
}

/* ---- a basin with its salt, and without ------------------------------------------------------ */

static enum status
run_once(struct basin *basin, const struct timeaxis *axis, const struct records *records,
         const struct runoff *runoff, double *taken_s, struct error *err)
{
    const struct simulation_input input = {
        .basin = basin, .axis = axis, .records = records, .runoff = runoff, .method = LP_SIMPLEX};
    const struct result_selection kept = {.keep = {[RESULT_SALT_FRONT_1] = true}}; /* followed */
    struct scenario_result result;
    if (scenario_result_init(&result, basin, axis->step_count, &kept) != STATUS_OK)
        return error_set(err, STATUS_MEMORY, "out of memory for the results");
    double start_s = thread_seconds();
    enum status status = simulate(&input, &result, err);
    *taken_s = thread_seconds() - start_s;
    scenario_result_finish(&result);
    return status;
}

/* model -1: no salt. Intakes stay open then. */
static void
choose_model(struct basin *basin, const struct basin *as_read, int model)
{
    for (int p = 0; p < basin->passage_count; p++) {
        basin->passage[p].salt = as_read->passage[p].salt;
        basin->passage[p].salt.model = model < 0 ? SALT_STEADY : (enum salt_model)model;
        if (model < 0)
            basin->passage[p].salt.mouth_area_m2 = 0.0;
    }
}

static enum status
measure_models(struct basin *basin, const struct timeaxis *axis, struct error *err)
{
    static const char *const names[] = {"none", "steady", "lag", "unsteady"};
    enum status status = STATUS_OK;
    struct records *records = NULL;
    struct runoff *runoff = NULL;
    struct passage *kept = malloc((size_t)basin->passage_count * sizeof *kept + 1);
    struct basin as_read = *basin;
    double none_s = 0.0;
    if (kept == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory");
    memcpy(kept, basin->passage, (size_t)basin->passage_count * sizeof *kept);
    as_read.passage = kept;
    status = records_create(basin, axis, &records, err);
    if (status == STATUS_OK)
        status = runoff_create(basin, records, &runoff, err);
    if (status == STATUS_OK)
        status = runoff_compute(runoff, basin, basin, records, 1, err);
    for (int model = -1; model <= (int)SALT_UNSTEADY && status == STATUS_OK; model++) {
        double least_s = INFINITY, taken_s = 0.0;
        choose_model(basin, &as_read, model);
        for (int k = 0; k < 3 && status == STATUS_OK; k++) {
            status = run_once(basin, axis, records, runoff, &taken_s, err);
            least_s = fmin(least_s, taken_s);
        }
        if (model < 0)
            none_s = least_s;
        printf("salt %-9s %8.3f s, %.2f times the run without\n", names[model + 1], least_s,
               least_s / none_s);
    }
    choose_model(basin, &as_read, SALT_STEADY);
    runoff_destroy(runoff);
    records_destroy(records);
    free(kept);
    return status;
}

static int
measure_basin(const char *path)
{
    struct basin *basin = NULL;
    struct timeaxis axis = {0};
    struct diagnostics found;
    struct error err = {0};
    diagnostics_init(&found);
    enum status status = basin_load(path, NULL, &basin, &found);
    if (status == STATUS_OK)
        status = timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, &err);
    if (status == STATUS_OK)
        status = measure_models(basin, &axis, &err);
    if (status != STATUS_OK)
        fprintf(stderr, "%s: %s\n", path, err.text);
    diagnostics_finish(&found);
    timeaxis_finish(&axis);
    basin_destroy(basin);
    return status != STATUS_OK;
}

int
main(int argc, char **argv)
{
    static const int cells[] = {50, 200, 1000};
    int failed = study_grid();
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        failed += measure_cells(cells[i]);
    for (int i = 1; i < argc; i++) {
        printf("%s\n", argv[i]);
        failed += measure_basin(argv[i]);
    }
    return failed > 0;
}
