/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/output/output_fixture.h"

#include "tests/support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char basin_text[] =
    "nguon: 1\n"
    "name: Sông \"Hai\" Hồ\n"
    "run: {start: 2019-12-30, end: %s, step: %s, seed: 7}\n"
    "ranks: [domestic_floor, domestic, minimum_flow, domestic_reserve, irrigation,"
    " storage_target]\n"
    "catchments:\n"
    "  hills: {area: 40 km2, to: upper_lake, subsystem: north, inflow: {generate: {\n"
    "    mean: 900 mm/year, cv: 0.3, lag1: 0.3, recession: 6 d, base: 40 %%, region: north,\n"
    "    region_correlation: 0.5, monthly: [2, 2, 3, 5, 8, 15, 20, 20, 13, 6, 4, 2]}}}\n"
    "reservoirs:\n"
    "  upper_lake: {name: Hồ Thượng, district: Đông Triều, capacity: 9 hm3, dead_storage: 1 hm3,\n"
    "    table: {level: [10, 20, 35], area: [0.1, 0.6, 1.4], storage: [0, 3, 12],\n"
    "            units: [m, km2, hm3]}, initial: 60 %%, evaporation: 3 mm/d, rain: 2 mm/d,\n"
    "    zones: [{id: low, below: 30 %%, caps: {irrigation: 50 %%}}], spill_to: lower_lake}\n"
    "  lower_lake: {capacity: 2 hm3, table: {level: [1, 9], area: [0.1, 0.9],\n"
    "    storage: [0, 3], units: [m, km2, hm3]}, initial: 1 hm3, spill_to: sea}\n"
    "seas: {sea: {name: Biển}}\n"
    "demands:\n"
    "  town: {name: 'Thị trấn, \"A\"', district: Đông Triều, class: domestic, population:\n"
    "    50000 person, norm: 150 L/person/d, floor: 60 L/person/d, people: [urban, mountain]}\n"
    "  farm: {class: irrigation, area: 1500 ha, norm: 45 m3/ha/d}\n"
    "links:\n"
    "  river: {kind: river, from: upper_lake, to: lower_lake, minimum_flow: 0.05 m3/s,\n"
    "    capacity: 4 m3/s}\n"
    "  main: {kind: pipe, from: upper_lake, to: town, capacity: 0.08 m3/s, loss: 5 %%}\n"
    "  canal: {kind: canal, from: lower_lake, to: farm}\n"
    "scenarios:\n"
    "  axes:\n"
    "    weather: {realisations: 3}\n"
    "    inflow: {values: [100 %%, 40 %%], path: catchments.*.inflow, change: scale}\n";

char fixture_folder[] = "/tmp/nguon_output_XXXXXX";
static struct basin *basin;

int
fixture_setup(void **state)
{
    (void)state;
    return mkdtemp(fixture_folder) != NULL ? 0 : -1;
}

int
fixture_teardown(void **state)
{
    (void)state;
    char path[PATH_LENGTH];
    basin_destroy(basin);
    basin = NULL;
    DIR *folder = opendir(fixture_folder);
    if (folder == NULL)
        return -1;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        if (entry->d_name[0] != '.')
            unlink(fixture_path(entry->d_name, path));
    closedir(folder);
    return rmdir(fixture_folder);
}

const char *
fixture_path(const char *name, char *path)
{
    snprintf(path, PATH_LENGTH, "%s/%s", fixture_folder, name);
    return path;
}

const struct basin *
fixture_basin(void)
{
    return basin;
}

/* A sink that shows every result to somebody before it hands it on. */
struct tee {
    struct sink sink;
    void (*see)(void *context, const struct scenario_result *result);
    void *context;
};

static enum status
tee_begin(void *self, const struct run_info *info, struct error *err)
{
    struct tee *tee = self;
    return tee->sink.begin(tee->sink.self, info, err);
}

static enum status
tee_encode(void *self, const struct scenario_result *result, void **encoded, struct error *err)
{
    struct tee *tee = self;
    if (tee->see != NULL)
        tee->see(tee->context, result);
    return tee->sink.encode(tee->sink.self, result, encoded, err);
}

static enum status
tee_write(void *self, int scenario_s, void *encoded, struct error *err)
{
    struct tee *tee = self;
    return tee->sink.write(tee->sink.self, scenario_s, encoded, err);
}

static void
tee_drop(void *self, void *encoded)
{
    struct tee *tee = self;
    tee->sink.drop(tee->sink.self, encoded);
}

static enum status
tee_end(void *self, struct error *err)
{
    struct tee *tee = self;
    return tee->sink.end(tee->sink.self, err);
}

static enum status
tee_recall(void *self, struct scenario_result *result, bool with_series, void **encoded,
           struct error *err)
{
    struct tee *tee = self;
    return tee->sink.recall(tee->sink.self, result, with_series, encoded, err);
}

static void
tee_discard(void *self)
{
    struct tee *tee = self;
    tee->sink.discard(tee->sink.self);
}

static void
load_basin(const char *step)
{
    char path[PATH_LENGTH];
    const char *end = strcmp(step, "hourly") == 0 ? "2020-01-20" : "2020-12-31";
    const char *file_step = step;
    FILE *file = fopen(fixture_path("basin.yaml", path), "w");
    assert_non_null(file);
    fprintf(file, basin_text, end, file_step);
    assert_int_equal(fclose(file), 0);
    if (strcmp(step, "tenday") == 0 || strcmp(step, "monthly") == 0) {
        /* periods begin on the first */
        char command[2 * PATH_LENGTH];
        snprintf(command, sizeof command, "sed -i s/2019-12-30/2019-12-01/ %s", path);
        assert_int_equal(system(command), 0);
    }
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    basin_destroy(basin);
    basin = NULL;
    if (basin_load(path, NULL, &basin, &diagnostics) != STATUS_OK) {
        char text[2048];
        for (int i = 0; i < diagnostics.count; i++)
            print_error("%s\n", diagnostic_format(&diagnostics.item[i], text, sizeof text));
    }
    diagnostics_finish(&diagnostics);
    assert_non_null(basin);
}

static enum status
run_into(const char *step, const char *save, int threads, const char *path, bool resume,
         void (*sink_also)(void *context, const struct scenario_result *result), void *context,
         struct error *err)
{
    enum status status = STATUS_OK;
    struct timeaxis axis = {0};
    struct plan plan = {0};
    struct writer *writer = NULL;
    load_basin(step);
    struct ensemble_settings settings = {.threads = threads, .method = LP_SIMPLEX};
    struct run_info info = {.basin = basin,
                            .axis = &axis,
                            .plan = &plan,
                            .program_version = "0",
                            .solver = "simplex",
                            .command = "nguon run",
                            .threads = 1};
    TRY(result_select(save, &info.selection, err));
    TRY(timeaxis_init(&axis, basin->run.step, basin->run.start, basin->run.end, err));
    TRY(plan_expand(basin, &plan, err));
    TRY(writer_create(path, resume, &writer, err));
    struct tee tee = {writer_sink(writer), sink_also, context};
    struct sink sink = {&tee,     tee_begin, tee_encode,  tee_write,
                        tee_drop, tee_end,   tee_discard, tee_recall};
    status = ensemble_run(basin, &axis, &plan, &info, &settings, &sink, err);
out:
    writer_destroy(writer);
    plan_finish(&plan);
    timeaxis_finish(&axis);
    return status;
}

enum status
fixture_run(const char *step, const char *save, int threads, const char *path,
            void (*sink_also)(void *context, const struct scenario_result *result), void *context,
            struct error *err)
{
    return run_into(step, save, threads, path, false, sink_also, context, err);
}

enum status
fixture_resume(const char *save, const char *path,
               void (*sink_also)(void *context, const struct scenario_result *result),
               void *context, struct error *err)
{
    return run_into("daily", save, 1, path, true, sink_also, context, err);
}
