/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/operate_input.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Nomographs of `nguon operate`: OUTLET=FILE, read or made. */

static enum status
find_outlet(const char *option, const char *text, const struct reservoir *reservoir, int *outlet_i,
            const char **path, struct error *err)
{
    size_t length = strcspn(text, "=");
    *path = text + length + 1;
    for (int o = 0; o < reservoir->outlet_count && text[length] == '='; o++) {
        const struct outlet *outlet = &reservoir->outlet[o];
        *outlet_i = o;
        if (strlen(outlet->id) == length && strncmp(outlet->id, text, length) == 0)
            return outlet_is_gated(outlet)
                       ? STATUS_OK
                       : error_set(err, STATUS_USAGE, "%s: '%s' has no gates", option, outlet->id);
    }
    return error_set(err, STATUS_USAGE, "%s '%s' must be OUTLET=FILE with an outlet of the lake",
                     option, text);
}

static double
largest_inflow(const struct inflow_members *inflow)
{
    double largest = 0.0;
    for (int i = 0; i < inflow->time_count * inflow->member_count; i++)
        largest = fmax(largest, inflow->flow_m3s[i]);
    return largest;
}

static enum status
make(const struct operate_options *options, const struct reservoir *reservoir,
     struct operate_input *input, const char *path, struct error *err)
{
    struct nomograph_request wanted = {.outlet_i = input->request.nomograph_outlet,
                                       .largest_m3s = largest_inflow(&input->inflow)};
    struct operation_plan *plan = NULL;
    enum status status = STATUS_OK;
    if (options->recession == NULL)
        return error_set(err, STATUS_USAGE, "--make-nomograph needs --recession, such as 6h");
    TRY(operate_read_quantity("--recession", options->recession, DIMENSION_TIME, 3600.0,
                              &wanted.recession_s, err));
    if (!(wanted.recession_s > 0.0)) {
        status = error_set(err, STATUS_USAGE, "--recession must be above 0");
        goto out;
    }
    TRY(operation_plan_create(&input->request, &plan, err));
    wanted.top_m = plan->freeboard_level_m;
    if (options->surcharge_top != NULL)
        TRY(operate_read_quantity("--surcharge-to", options->surcharge_top, DIMENSION_LENGTH, 1.0,
                                  &wanted.top_m, err));
    if (isnan(wanted.top_m)) {
        status = error_set(err, STATUS_USAGE,
                           "--make-nomograph needs --surcharge-to, or dam.freeboard of '%s'",
                           input->request.basin->node[reservoir->node_i].id);
        goto out;
    }
    TRY(operation_make_nomograph(plan, &wanted, &input->nomograph, err));
    TRY(nomograph_write(path, &input->nomograph, err));
out:
    operation_plan_destroy(plan);
    return status;
}

enum status
operate_nomograph(const struct operate_options *options, const struct reservoir *reservoir,
                  struct operate_input *input, struct error *err)
{
    bool made = options->nomograph_made != NULL;
    const char *text = made ? options->nomograph_made : options->nomograph;
    const char *path, *option = made ? "--make-nomograph" : "--nomograph";
    int *outlet_i = &input->request.nomograph_outlet;
    enum status status = STATUS_OK;
    if (text == NULL)
        return STATUS_OK;
    TRY(find_outlet(option, text, reservoir, outlet_i, &path, err));
    if (made)
        TRY(make(options, reservoir, input, path, err));
    else
        TRY(nomograph_read(path, &reservoir->outlet[*outlet_i], &input->nomograph, err));
    input->request.nomograph = &input->nomograph;
    if (!made)
        input->file_path[input->file_count++] = path;
out:
    return status;
}
