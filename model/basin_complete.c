/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <math.h>
#include <string.h>

/* What the keys of one element mean together, once each has been read. */

static bool
has(const struct element *element, const char *key)
{
    return yaml_find_key(element->yaml, key) != NULL;
}

/* A fault at a key, or at the element if the key is not given. */
static const struct yaml_node *
place(const struct element *element, const char *key)
{
    const struct yaml_node *found = yaml_find(element->yaml, key);
    return found != NULL ? found : element->at;
}

/* Rank that `emergency_for` stands for by default: that of class domestic. */
static int
domestic_rank(struct basin_reader *reader, const struct element *element, const char *key)
{
    int rank_i = rank_of_word(reader->basin, "domestic");
    if (rank_i < 0)
        fault(reader, element->at, "'%s' lacks the key '%s', since there is no rank 'domestic'",
              element->id, key);
    return rank_i;
}

static void
complete_reservoir(struct basin_reader *reader, const struct element *element)
{
    struct reservoir *reservoir = element->base;
    if (has(element, "capacity") == has(element, "normal_level"))
        fault(reader, place(element, "normal_level"),
              "'%s' needs either 'capacity' or 'normal_level'%s", element->id,
              has(element, "capacity") ? ", not both" : "");
    if (has(element, "dead_storage") && has(element, "dead_level"))
        fault(reader, place(element, "dead_level"),
              "'%s' needs either 'dead_storage' or 'dead_level', not both", element->id);
    if (reservoir->table_count > 0 && !reservoir_derive(reservoir)) {
        int last = reservoir->table_count - 1;
        bool normal_outside = reservoir->normal_level_m < reservoir->table_level_m[0] ||
                              reservoir->normal_level_m > reservoir->table_level_m[last];
        const char *key = normal_outside ? "normal_level" : "dead_level";
        fault(reader, place(element, key), "'%s' %g m lies outside the table, %g m to %g m", key,
              normal_outside ? reservoir->normal_level_m : reservoir->dead_level_m,
              reservoir->table_level_m[0], reservoir->table_level_m[last]);
    }
    if (reservoir->reserve && !has(element, "emergency_for"))
        reservoir->emergency_for_rank = domestic_rank(reader, element, "emergency_for");
    if (has(element, "carry_over") && rank_of_word(reader->basin, "carry_over") < 0)
        fault(reader, place(element, "carry_over"),
              "'carry_over' needs the word carry_over in 'ranks', where it says what it yields to");
    if (!has(element, "seepage") && reservoir->seepage_to >= 0)
        fault(reader, place(element, "seepage_to"), "'seepage_to' without 'seepage'");
}

static void
complete_source(struct basin_reader *reader, const struct element *element)
{
    struct source *source = element->base;
    if (source->forced && !has(element, "spill_to")) {
        fault(reader, place(element, "forced"),
              "'%s' is forced and needs 'spill_to', the node that takes what nobody uses",
              element->id);
        reader->network_broken = true;
    }
    if (source->forced && source->emergency)
        fault(reader, place(element, "emergency"), "'%s' cannot be both forced and emergency",
              element->id);
    if (source->emergency && !has(element, "emergency_for"))
        source->emergency_for_rank = domestic_rank(reader, element, "emergency_for");
    if (!source->emergency && has(element, "emergency_for"))
        fault(reader, place(element, "emergency_for"),
              "'emergency_for' goes only with 'emergency: true'");
}

static void
complete_aquifer(struct basin_reader *reader, const struct element *element)
{
    struct aquifer *aquifer = element->base;
    const struct yaml_node *licence = yaml_find(element->yaml, "licence");
    if (licence == NULL || licence->kind != YAML_MAP)
        return;
    if (yaml_find(licence, "reserved") == NULL && yaml_find(licence, "reserved_for") != NULL)
        fault(reader, licence, "'reserved_for' without 'reserved'");
    if (yaml_find(licence, "reserved") != NULL && yaml_find(licence, "reserved_for") == NULL)
        aquifer->licence_reserved_rank = domestic_rank(reader, element, "licence.reserved_for");
}

/* Which of the ways of saying the size of a demand was used, and whether it is whole. */
static void
find_basis(struct basin_reader *reader, const struct element *element, struct demand *demand)
{
    static const char *const size_keys[] = {"need", "population", "area", "heads"};
    static const enum demand_basis bases[] = {DEMAND_CONSTANT, DEMAND_PEOPLE, DEMAND_AREA,
                                              DEMAND_HEADS};
    static const enum dimension norms[] = {DIMENSION_NONE, DIMENSION_PERSON_NORM, DIMENSION_SPEED,
                                           DIMENSION_HEAD_NORM};
    int found = -1;
    for (int i = 0; i < 4; i++) {
        if (!has(element, size_keys[i]))
            continue;
        if (found >= 0 && !(found == 0 && i == 1)) /* people beside a need are for the floor */
            fault(reader, place(element, size_keys[i]), "'%s' has both '%s' and '%s' for its size",
                  element->id, size_keys[found], size_keys[i]);
        if (found < 0)
            found = i;
    }
    if (found < 0) {
        fault(reader, element->at,
              "'%s' lacks its size: 'need', or 'norm' with 'population', 'area' or 'heads'",
              element->id);
        return;
    }
    demand->basis = bases[found];
    if (found == 0 && has(element, "norm"))
        fault(reader, place(element, "norm"),
              "'norm' goes with population, area or heads, not "
              "with 'need'");
    if (found > 0 && !has(element, "norm"))
        fault(reader, element->at, "'%s' has '%s' and lacks the key 'norm'", element->id,
              size_keys[found]);
    if (found > 0 && demand->norm.kind != VARYING_ABSENT && demand->norm.dimension != norms[found])
        fault(reader, place(element, "norm"), "'norm' is %s; with '%s' it must be %s such as %s",
              dimension_name(demand->norm.dimension), size_keys[found],
              dimension_name(norms[found]), dimension_example(norms[found]));
}

static void
complete_demand(struct basin_reader *reader, const struct element *element)
{
    struct demand *demand = element->base;
    find_basis(reader, element, demand);
    if (has(element, "floor") && !has(element, "population"))
        fault(reader, place(element, "floor"), "'floor' needs 'population'");
    if (has(element, "coverage") && !has(element, "population"))
        fault(reader, place(element, "coverage"), "'coverage' needs 'population'");
    if (has(element, "warm_rise") && !has(element, "temperature"))
        fault(reader, place(element, "warm_rise"), "'warm_rise' needs the key 'temperature'");
    if (has(element, "growth") != has(element, "growth_from"))
        fault(reader, place(element, has(element, "growth") ? "growth" : "growth_from"),
              "'growth' and 'growth_from' go together");
    if (demand->growth_per_year != 0.0)
        reader->depends_on_year = true;
}

void
complete_element(struct basin_reader *reader, const struct element *element)
{
    static const struct yaml_node empty = {.kind = YAML_MAP, .text = ""};
    struct element mapped = *element;
    if (element->yaml->kind == YAML_TEXT && yaml_is_empty(element->yaml))
        mapped.yaml = &empty;
    else if (element->yaml->kind != YAML_MAP)
        return;
    if (element->section == SECTION_RESERVOIRS)
        complete_reservoir(reader, &mapped);
    else if (element->section == SECTION_SOURCES)
        complete_source(reader, &mapped);
    else if (element->section == SECTION_AQUIFERS)
        complete_aquifer(reader, &mapped);
    else if (element->section == SECTION_DEMANDS)
        complete_demand(reader, &mapped);
}
