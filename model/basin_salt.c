/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <string.h>

/* The key `salt` of an estuary, and the intakes that close on it. */

#define AT(member) .offset = offsetof(struct passage, salt.member)
#define NUMBER(unit, low, high)                                                                    \
    .kind = FIELD_NUMBER, .dimensions = 1 << (unit), .min = low, .max = high
#define MAY_BE_0(unit) NUMBER(unit, 0, INFINITY)
#define REQUIRED_ABOVE_0(unit) NUMBER(unit, 0, INFINITY), .flags = FIELD_ABOVE_MIN | FIELD_REQUIRED

static const char *const form_words[] = {"given", "tidal_average", "high_water", NULL};
static const char *const model_words[] = {"steady", "lag", "unsteady", NULL};
static const char *const phase_words[] = {"greenwich", "doodson", NULL};

static const struct field salt_rows[] = {
    {"mouth_area", REQUIRED_ABOVE_0(DIMENSION_AREA), AT(mouth_area_m2),
     .doc = "cross-section at the mouth, at mean sea level"},
    {"convergence", MAY_BE_0(DIMENSION_LENGTH), AT(convergence_m),
     .doc = "length in which the section falls to 1/e, default it does not"},
    {"bend", MAY_BE_0(DIMENSION_LENGTH), AT(bend_m),
     .doc = "distance from the mouth where another convergence begins"},
    {"bend_convergence", MAY_BE_0(DIMENSION_LENGTH), AT(bend_convergence_m),
     .doc = "convergence beyond the bend, default none"},
    {"depth", REQUIRED_ABOVE_0(DIMENSION_LENGTH), AT(depth_m),
     .doc = "mean depth of the salt reach"},
    {"length", REQUIRED_ABOVE_0(DIMENSION_LENGTH), AT(length_m),
     .doc = "length of the reach that is followed"},
    {"cells", .kind = FIELD_INTEGER, AT(cell_count), .min = 10, .max = 100000, .fallback = "200",
     .doc = "cells of the unsteady model"},
    {"mouth_salinity", .kind = FIELD_VARYING, .dimensions = 1 << DIMENSION_SALINITY,
     .forms = FORM_ANY, .min = 0, .max = INFINITY,
     .offset = offsetof(struct passage, mouth_salinity), .flags = FIELD_REQUIRED,
     .doc = "salinity at the mouth"},
    {"river_salinity", NUMBER(DIMENSION_SALINITY, 0, INFINITY), AT(river_kgm3),
     .fallback = "0 kg/m3", .doc = "salinity of the river's water"},
    {"van_der_burgh", NUMBER(DIMENSION_NONE, 0, 1), AT(van_der_burgh),
     .flags = FIELD_REQUIRED | FIELD_ABOVE_MIN, .doc = "Van der Burgh's K"},
    {"dispersion_form", .kind = FIELD_WORD, AT(form), .words = form_words,
     .fallback = "tidal_average", .flags = FIELD_FIXED,
     .doc = "dispersion at the mouth: given, or predicted for the tidal average or high water"},
    {"dispersion", MAY_BE_0(DIMENSION_DISPERSION), AT(dispersion_m2s),
     .doc = "dispersion at the mouth, where dispersion_form is given"},
    {"dispersion_factor", MAY_BE_0(DIMENSION_NONE), AT(dispersion_factor),
     .doc = "coefficient of the predicted forms, default 26 or 1400"},
    {"tidal_velocity", REQUIRED_ABOVE_0(DIMENSION_SPEED), AT(velocity_ms),
     .doc = "amplitude of the tidal velocity at the mouth, at the mean range"},
    {"tidal_period", REQUIRED_ABOVE_0(DIMENSION_TIME), AT(period_s),
     .doc = "period of the tide: 12.42 h or 24.84 h"},
    {"tide", .kind = FIELD_SPECIAL, .read = read_tide, .flags = FIELD_FIXED,
     .doc = "file of constituents, or {file, station, phases}: its range scales tidal_velocity"},
    {"model", .kind = FIELD_WORD, AT(model), .words = model_words, .fallback = "steady",
     .flags = FIELD_FIXED, .doc = "how salinity answers to flow: steady, lag or unsteady"},
    {"lag_factor", NUMBER(DIMENSION_NONE, 0, INFINITY), AT(lag_factor), .flags = FIELD_ABOVE_MIN,
     .fallback = "6", .doc = "of the lag: time = volume of the salt reach / (lag_factor x flow)"},
    {"iterate", .kind = FIELD_INTEGER, AT(iterate), .min = 0, .max = 1000, .fallback = "0",
     .doc = "rounds in which a step seeks the open share of intakes that its own flow gives"},
    {"initial_flow", NUMBER(DIMENSION_FLOW, 0, INFINITY), AT(initial_flow_m3s),
     .flags = FIELD_REQUIRED, .doc = "flow to the sea before the run"},
};
const struct field_table salt_keys = {"salt", salt_rows, sizeof salt_rows / sizeof *salt_rows};

void
read_tide(struct basin_reader *reader, const struct element *element, const struct field *field,
          const struct yaml_node *value)
{
    static const char *const known[] = {"file", "station", "phases"};
    const struct yaml_node *file = value, *station = NULL;
    int phases = TIDE_PHASES_GREENWICH;
    if (value->kind == YAML_MAP) {
        file = yaml_find(value, "file");
        station = yaml_find(value, "station");
        for (int i = 0; i < value->count; i++)
            if (strcmp(value->key[i].text, "phases") == 0)
                phases = find_word(reader, "phases", &value->value[i], phase_words);
            else if (&value->value[i] != file && &value->value[i] != station)
                unknown_key(reader, &value->key[i], "'tide'", known, 3);
    }
    if (phases < 0)
        return;
    if (file == NULL) {
        fault(reader, value, "'%s' needs a 'file' of constituents", field->key);
        return;
    }
    if (!require_text(reader, field->key, file) ||
        (station != NULL && !require_text(reader, "station", station)))
        return;
    char *path = resolve_path(reader, file);
    struct tide *tide = arena_alloc(reader->arena, 1, sizeof *tide);
    if (path == NULL || tide == NULL || reader->given != NULL)
        return; /* no file is read again from the texts of results */
    if (tide_read_csv(tide, path, station != NULL ? station->text : NULL, (enum tide_phases)phases,
                      reader->diagnostics) == STATUS_OK)
        ((struct passage *)element->base)->salt.tide = tide;
}

static void
check_reach(struct basin_reader *reader, const struct passage *passage)
{
    const struct salt_reach *salt = &passage->salt;
    const struct yaml_node *at = node_place(reader, passage->node_i, "salt");
    if (salt->form == DISPERSION_GIVEN && !(salt->dispersion_m2s > 0.0))
        fault(reader, at, "'dispersion' is missing, though 'dispersion_form' is given");
    if (salt->form != DISPERSION_GIVEN && salt->dispersion_m2s > 0.0)
        fault(reader, at, "'dispersion' goes with 'dispersion_form: given'");
    if (salt->bend_convergence_m > 0.0 && !(salt->bend_m > 0.0))
        fault(reader, at, "'bend_convergence' needs 'bend'");
    if (salt->bend_m >= salt->length_m && salt->length_m > 0.0)
        fault(reader, at, "'bend' at %g m lies beyond 'length' of %g m", salt->bend_m,
              salt->length_m);
    if (passage->mouth_salinity.kind == VARYING_CONSTANT &&
        passage->mouth_salinity.value[0] <= salt->river_kgm3)
        fault(reader, at, "the mouth (%g kg/m3) is no saltier than the river (%g kg/m3)",
              passage->mouth_salinity.value[0], salt->river_kgm3);
}

static void
check_intake(struct basin_reader *reader, int link_i)
{
    const struct basin *basin = reader->basin;
    const struct link *link = &basin->link[link_i];
    const struct yaml_node *at = link_place(reader, link_i, "from_mouth");
    const struct node *from = &basin->node[link->from];
    bool limited = link->max_salinity.kind != VARYING_ABSENT;
    if (!isfinite(link->from_mouth_m) && !limited)
        return;
    if (link->kind != LINK_INTAKE && link->kind != LINK_SLUICE && link->kind != LINK_PUMP)
        fault(
            reader, at,
            "'from_mouth' and 'max_salinity' go with an intake, a sluice or a pump, not with a %s",
            link_kind_name(link->kind));
    else if (from->kind != NODE_ESTUARY || !(basin->passage[from->kind_i].salt.mouth_area_m2 > 0.0))
        fault(reader, at,
              "'from_mouth' and 'max_salinity' need an estuary with 'salt' upstream; '%s' is "
              "none",
              from->id);
    else if (!isfinite(link->from_mouth_m) || !limited)
        fault(reader, at, "'from_mouth' and 'max_salinity' go together");
    else if (link->from_mouth_m > basin->passage[from->kind_i].salt.length_m)
        fault(reader, at, "the intake at %g m lies outside '%s', whose 'length' is %g m",
              link->from_mouth_m, from->id, basin->passage[from->kind_i].salt.length_m);
    else if (link->capacity.kind == VARYING_ABSENT)
        fault(reader, at, "an intake that closes for part of the tide needs a 'capacity'");
}

static void
check_repels(struct basin_reader *reader, int link_i)
{
    const struct basin *basin = reader->basin;
    const struct link *link = &basin->link[link_i];
    const struct node *from = &basin->node[link->from];
    if (!link->repels)
        return;
    const struct yaml_node *at = link_place(reader, link_i, "repels");
    if (link->kind != LINK_RIVER || from->kind != NODE_ESTUARY ||
        !(basin->passage[from->kind_i].salt.mouth_area_m2 > 0.0))
        fault(reader, at, "'repels' goes with a river out of an estuary with 'salt'");
    else if (link->minimum_flow.kind == VARYING_ABSENT)
        fault(reader, at, "'repels' needs a 'minimum_flow', be it 0 m3/s");
}

void
check_salt(struct basin_reader *reader)
{
    const struct basin *basin = reader->basin;
    for (int p = 0; p < basin->passage_count; p++)
        if (basin->passage[p].salt.mouth_area_m2 > 0.0)
            check_reach(reader, &basin->passage[p]);
    for (int l = 0; l < reader->file_link_count; l++) {
        check_intake(reader, l);
        check_repels(reader, l);
    }
}
