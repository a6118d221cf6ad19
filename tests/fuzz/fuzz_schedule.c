/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A release schedule and a nomograph, for the gates of examples/dam/dam_ha_dong.yaml. */
#include "model/nomograph.h"
#include "model/release_schedule.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

static struct basin *basin;

static void
forget_basin(void)
{
    basin_destroy(basin);
}

static const struct reservoir *
reservoir_with_gates(void)
{
    if (basin == NULL) {
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics);
        basin_load(SOURCE_ROOT "/examples/dam/dam_ha_dong.yaml", NULL, &basin, &diagnostics);
        diagnostics_finish(&diagnostics);
        atexit(forget_basin);
    }
    if (basin == NULL)
        abort(); /* the example itself does not load: nothing would be tested */
    return &basin->reservoir[0];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct reservoir *reservoir = reservoir_with_gates();
    const char *path = fuzz_file("schedule.csv", data, size);
    struct release_schedule schedule = {0};
    struct diagnostics diagnostics;
    struct nomograph nomograph = {0};
    struct error err = {0};
    diagnostics_init(&diagnostics);
    if (release_schedule_read(path, reservoir, &schedule, &diagnostics) == STATUS_OK &&
        schedule.count > 0) {
        double value, at_s = (double)schedule.command[0].at_s;
        release_schedule_check_window(&schedule, 0, INT64_MAX / 2, &diagnostics);
        for (int g = 0; g < schedule.gate_count; g++)
            release_schedule_at(&schedule, g, at_s + 1800.0, &value);
    }
    release_schedule_finish(&schedule);
    if (nomograph_read(path, &reservoir->outlet[0], &nomograph, &err) == STATUS_OK)
        nomograph_opening(&nomograph, 30.0, 100.0);
    nomograph_finish(&nomograph);
    diagnostics_finish(&diagnostics);
    return 0;
}
