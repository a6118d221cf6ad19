/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "model/basin_schema.h"

#include <argp.h>

static const char doc[] =
    "Print the JSON Schema of the basin file, for editors that complete keys and mark unknown ones."
    "\vExample:\n  nguon schema > basin.schema.json\nand as first line of a basin file, for "
    "editors "
    "with the YAML language server:\n  # yaml-language-server: $schema=basin.schema.json";

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    argp_error(state, "'%s' is one argument too many", argument);
    return 0;
}

int
command_schema(int argc, char **argv)
{
    struct argp parser = {NULL, parse_option, "", doc, NULL, NULL, NULL};
    struct error err = {0};
    argp_parse(&parser, argc, argv, 0, NULL, NULL);
    if (basin_write_schema(stdout, &err) != STATUS_OK)
        return report_failure(&err);
    return 0;
}
