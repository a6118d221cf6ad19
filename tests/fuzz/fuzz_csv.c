/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every CSV file that the model reads: records of each kind of gap, members of inflow, tables. */
#include "model/catchment_series.h"
#include "model/dam.h"
#include "model/inflow_file.h"
#include "model/series.h"
#include "model/site_series.h"
#include "model/tide.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

/* What a run of ten years would take of the record. */
static void
use_record(const struct record *record)
{
    static const enum step_kind steps[] = {STEP_DAILY, STEP_TENDAY, STEP_MONTHLY};
    for (int i = 0; i < 3; i++) {
        struct timeaxis axis = {0};
        struct error err = {0};
        if (timeaxis_init(&axis, steps[i], (struct date){2011, 1, 1, 0},
                          (struct date){2011, 12, 31, 0}, &err) != STATUS_OK)
            continue;
        double *value = malloc((size_t)axis.step_count * sizeof *value);
        if (value != NULL)
            record_on_axis(record, &axis, value, &err);
        free(value);
        timeaxis_finish(&axis);
    }
}

static void
read_records(const char *path)
{
    static const enum fill_rule rules[] = {FILL_NONE, FILL_CLIMATOLOGY, FILL_KEEP};
    for (int i = 0; i < 3; i++) {
        struct diagnostics diagnostics;
        struct record record = {0};
        diagnostics_init(&diagnostics);
        if (record_read_csv(&record, path, "value", 1.0, 0.0, rules[i], &diagnostics) == STATUS_OK)
            use_record(&record);
        record_finish(&record);
        diagnostics_finish(&diagnostics);
    }
}

static void
read_sites(const char *path)
{
    struct diagnostics diagnostics;
    struct site_series series = {0}, months = {0};
    struct site_source source = {.path = path, .column = "value", .usual_unit = "mm"};
    struct error err = {0};
    diagnostics_init(&diagnostics);
    if (site_series_read(&series, &source, &diagnostics) == STATUS_OK) {
        site_series_months(&series, &months, &err);
        site_series_finish(&months);
    }
    site_series_finish(&series);
    diagnostics_finish(&diagnostics);
}

static void
read_inflow(const char *path)
{
    struct diagnostics diagnostics;
    struct inflow_members inflow = {0};
    diagnostics_init(&diagnostics);
    if (inflow_read_csv(path, NULL, &inflow, &diagnostics) == STATUS_OK) {
        int hint = 0;
        inflow_at(&inflow, 0, (double)inflow.time_s[0], &hint);
    }
    inflow_members_finish(&inflow);
    diagnostics_finish(&diagnostics);
}

static void
read_tables(const char *path)
{
    struct diagnostics diagnostics;
    struct error err = {0};
    struct tide tide = {0};
    struct dam_class class = {0};
    diagnostics_init(&diagnostics);
    if (tide_read_csv(&tide, path, NULL, TIDE_PHASES_GREENWICH, &diagnostics) == STATUS_OK)
        tide_day(&tide, 0);
    dam_class_read(path, "II", &class, &err);
    diagnostics_finish(&diagnostics);
}

static void
read_weather(const char *path)
{
    struct diagnostics diagnostics;
    struct catchment_series series = {0};
    struct catchment_request request = {.path = path,
                                        .rain = {.column = "P_mm"},
                                        .pet = {.column = "E_mm"},
                                        .flow = {.column = "Q_m3s", .unit = "m3/s"},
                                        .mean_temperature = {.column = "T_degC"},
                                        .needs_weather = true,
                                        .latitude_deg = 21.0,
                                        .area_m2 = 1e8,
                                        .any_step = true};
    diagnostics_init(&diagnostics);
    catchment_series_read(&series, &request, &diagnostics);
    catchment_series_finish(&series);
    diagnostics_finish(&diagnostics);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file("table.csv", data, size);
    read_records(path);
    read_sites(path);
    read_inflow(path);
    read_tables(path);
    read_weather(path);
    return 0;
}
