/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_MODEL_NETCDF_FOLDER_H
#define NGUON_TESTS_MODEL_NETCDF_FOLDER_H

/* A short-lived folder with netCDF files, and reading them as one record. */

#include "model/netcdf_series.h"
#include "tests/model/netcdf_fixture.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/nguon_netcdf_XXXXXX";
static struct diagnostics faults;

static inline int
make_folder(void **state)
{
    (void)state;
    diagnostics_init(&faults);
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static inline int
remove_folder(void **state)
{
    char command[128];
    (void)state;
    diagnostics_finish(&faults);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/** Path of a file of the folder; eight are kept at a time. */
static inline const char *
in_folder(const char *name)
{
    static char path[8][128];
    static int next;
    char *out = path[next++ % 8];
    snprintf(out, sizeof path[0], "%s/%s", folder, name);
    return out;
}

/** Files and one place. */
struct place_source {
    struct netcdf_source files;
    struct netcdf_place place;
};

/** Read; on success the caller finishes the record, on failure the first message is in faults. */
static inline enum status
read_netcdf(struct place_source *source, enum fill_rule fill, struct record *record)
{
    struct error err = {0};
    diagnostics_finish(&faults);
    diagnostics_init(&faults);
    struct netcdf_request request = {&source->place, fill, "basin.yaml", 7, MONTH_RAIN, {0}};
    if (source->files.variable == NULL)
        source->files.variable = "pr";
    enum status status = netcdf_source_probe(&source->files, &err);
    if (status != STATUS_OK) {
        diagnostics_add(&faults, false, NULL, 0, 0, "%s", err.text);
        return status;
    }
    status = records_read_netcdf(&source->files, &request, 1, &faults);
    *record = request.record;
    return status;
}

static inline void
must_read(struct place_source *source, struct record *record)
{
    if (read_netcdf(source, FILL_NONE, record) != STATUS_OK)
        fail_msg("%s", faults.count > 0 ? faults.item[0].message : "no message");
}

#endif
