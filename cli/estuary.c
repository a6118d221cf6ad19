/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/estuary.h"
#include "cli/command.h"

#include "model/units.h"

/* `nguon estuary`: salt and tide alone, by verbs of its own. */

static const struct subverb verbs[] = {
    {"profile", "salinity along an estuary of a basin, its intakes, and the flow that repels salt",
     estuary_profile},
    {"fit", "a steady profile laid through observed salinities", estuary_fit},
    {"tide", "levels of the tide from its constituents", estuary_tide},
};

int
command_estuary(int argc, char **argv)
{
    static const struct subverb_group group = {
        "estuary", "How far the sea comes into a river, and what keeps it out.", verbs,
        sizeof verbs / sizeof *verbs, NULL};
    return run_subverb(&group, argc, argv);
}

double
parse_figure(const char *option, const char *text, enum dimension dimension,
             struct argp_state *state)
{
    struct quantity quantity;
    struct error err = {0};
    if (quantity_parse(text, &quantity, &err) != STATUS_OK)
        argp_error(state, "%s: %s", option, err.text);
    else if (quantity.unit.dimension != dimension || quantity.unit.basis != BASIS_SECOND)
        argp_error(state, "%s takes %s such as '%s', not '%s'", option, dimension_name(dimension),
                   dimension_example(dimension), text);
    return quantity.value;
}
