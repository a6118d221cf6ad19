/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/writer_private.h"

#include <hdf5_hl.h>
#include <stdio.h>
#include <stdlib.h>

/* The states of scenarios (scenarios/simulation_state.h) in the group `state`, each a variable of
 * bytes over a dimension of its own, since their sizes differ. */

void
writer_lay_out_states(struct writer *writer)
{
    const struct run_info *info = writer->info;
    struct h5file *file = &writer->file;
    char date[32];
    if (info->save_before_t == 0)
        return;
    int64_t start_s = info->axis->start_s[info->save_before_t];
    char *identity = state_identity(info, writer->input_digest);
    const char *text = identity;
    hid_t group = h5file_group(file, "state");
    h5file_text_attribute(file, group, "long_name",
                          "all that a run remembers before a step, for nguon run --fork");
    date_format(date_from_seconds(start_s), info->axis->step == STEP_HOURLY, date, sizeof date);
    h5file_text_attribute(file, group, "date", date);
    file->failed = file->failed || identity == NULL;
    hid_t variable = h5file_strings(file, group, "identity", DIMENSION_NOTHING, 1, &text);
    h5file_text_attribute(file, variable, "long_name", "what the states depend on");
    if (variable >= 0)
        H5Dclose(variable);
    if (group >= 0)
        H5Gclose(group);
    free(identity);
}

void
writer_put_state(struct writer *writer, int scenario_s, const struct encoded *encoded)
{
    struct h5file *file = &writer->file;
    struct encoded_state state = encoded_state(&writer->encoding, encoded);
    if (state.raw_size == 0 || file->failed)
        return;
    char name[32];
    snprintf(name, sizeof name, "scenario_%d", scenario_s);
    hid_t group = H5Gopen2(file->file, "state", H5P_DEFAULT);
    file->length[DIMENSION_STATE] = state.raw_size;
    const struct h5shape shape = {1, {DIMENSION_STATE}, {state.raw_size}};
    hid_t variable = h5file_variable(file, group, name, H5T_STD_U8LE, &shape, NULL);
    char *identity = scenario_identity(writer->info->plan, scenario_s);
    file->failed = file->failed || identity == NULL;
    h5file_text_attribute(file, variable, "identity", identity != NULL ? identity : "");
    hsize_t place = 0;
    if (!file->failed &&
        (H5DSset_scale(variable, name) < 0 ||
         H5Dwrite_chunk(variable, H5P_DEFAULT, 0, &place, state.size, state.chunk) < 0))
        file->failed = true;
    if (variable >= 0)
        H5Dclose(variable);
    if (group >= 0)
        H5Gclose(group);
    free(identity);
}
