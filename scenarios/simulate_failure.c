/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/network_names.h"
#include "scenarios/simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is left of a step that failed: its linear program in a file that GLPK reads. Off the path of
 * every step that does not fail, so that memory may be taken here. */

/* The program that failed; for a balance that does not close, that of the node. */
static int
failed_program(const struct simulation *simulation, const struct allocation *allocation)
{
    const struct network *network = allocation->network;
    int node_i = simulation->result->basin.worst_residual_node_i;
    if (simulation->failed_allocation != NULL)
        return allocation->failed_program;
    int row_i = node_i >= 0 ? network->node_row[node_i] : -1;
    return row_i >= 0 ? network->row_program[row_i] : 0;
}

static enum status
write_program(const struct network *network, int program_p, const char *path, struct error *err)
{
    enum { NAME_SIZE = 160 };
    const struct program *program = &network->program[program_p];
    size_t count = (size_t)program->column_count;
    struct column_meaning *meaning = calloc((size_t)network->column_count + 1, sizeof *meaning);
    char(*text)[NAME_SIZE] = calloc(count + 1, sizeof *text);
    const char **name = calloc(count + 1, sizeof *name);
    enum status status = STATUS_MEMORY;
    if (meaning != NULL && text != NULL && name != NULL) {
        network_meanings(network, meaning);
        for (size_t j = 0; j < count; j++)
            name[j] = network_column_name(network, &meaning[program->column_of[j]], text[j],
                                          sizeof text[j]);
        status = lp_write(network->lp[program_p], 0, path, name, err);
    }
    free(meaning);
    free(text);
    free(name);
    return status;
}

void
dump_failure(const struct simulation *simulation, struct error *err)
{
    const struct allocation *allocation = simulation->failed_allocation != NULL
                                              ? simulation->failed_allocation
                                              : simulation->allocation;
    const char *prefix = simulation->input->dump_prefix;
    char date[32], path[4096];
    struct error cause = {0};
    if (prefix == NULL || err == NULL || allocation->network->program_count == 0)
        return;
    step_date(simulation, date, sizeof date);
    for (char *c = date; *c != '\0'; c++) /* 2020-03-01 07:00 -> 2020-03-01T0700 */
        if (*c == ' ')
            *c = 'T';
        else if (*c == ':')
            memmove(c, c + 1, strlen(c));
    snprintf(path, sizeof path, "%s%s.lp", prefix, date);
    enum status status =
        write_program(allocation->network, failed_program(simulation, allocation), path, &cause);
    size_t used = strlen(err->text);
    if (status == STATUS_OK)
        snprintf(err->text + used, sizeof err->text - used, "; its linear program is in '%s'",
                 path);
    else
        snprintf(err->text + used, sizeof err->text - used,
                 "; its linear program could not be written: %s",
                 cause.status != STATUS_OK ? cause.text : "out of memory");
}
