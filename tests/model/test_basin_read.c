/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "basin_fixture.h"

static const double day_s = 86400.0;

/* The element of a kind with this id. */
static int
kind_index(const char *id)
{
    int node_i = basin_find_node(basin, id);
    assert_true(node_i >= 0);
    return basin->node[node_i].kind_i;
}

static void
settings_are_read(void **state)
{
    (void)state;
    assert_string_equal(basin->name, "S\xc3\xb4ng Th\xe1\xbb\xad");
    assert_string_equal(basin->description, "every feature of the format");
    assert_string_equal(basin->path, path);
    assert_int_equal(basin->run.start.year, 2020);
    assert_int_equal(basin->run.end.month, 12);
    assert_int_equal(basin->run.step, STEP_DAILY);
    assert_true(basin->run.seed == 2022);
    assert_int_equal(basin->run.demand_year, 2024);
    assert_int_equal(basin->run.share, SHARE_FAIR);
    assert_true(basin->run.mean_area_evaporation);
    assert_non_null(strstr(basin->text, "name: S\xc3\xb4ng"));
    assert_non_null(strstr(basin->text, "profiles:"));
}

static void
ranks_and_classes_keep_their_order(void **state)
{
    (void)state;
    static const char *const ids[] = {"domestic_floor",   "domestic", "minimum_flow",
                                      "domestic_reserve", "industry", "crops",
                                      "storage_target"};
    static const enum rank_kind kinds[] = {
        RANK_FLOOR,  RANK_DEMAND, RANK_MINIMUM_FLOW,  RANK_DOMESTIC_RESERVE,
        RANK_DEMAND, RANK_DEMAND, RANK_STORAGE_TARGET};
    assert_int_equal(basin->rank_count, 7);
    for (int i = 0; i < 7; i++) {
        assert_string_equal(basin->rank[i].id, ids[i]);
        assert_int_equal(basin->rank[i].kind, kinds[i]);
        assert_int_equal(basin->rank[i].share, i == 5 ? SHARE_TOTAL : SHARE_FAIR);
    }
    assert_int_equal(basin->class_count, 4);
    assert_string_equal(basin->class[0].id, "domestic");
    assert_int_equal(basin->rank[0].class_i[0], 0);
    assert_int_equal(basin->rank[5].class_count, 2);
    assert_string_equal(basin->class[basin->rank[5].class_i[1]].id, "aquaculture");
}

static void
nodes_keep_the_order_of_the_file(void **state)
{
    (void)state;
    static const char *const ids[] = {"c_gauge", "c_model",    "c_made", "lake",   "pit",
                                      "fork",    "weir",       "works",  "sewage", "mouth",
                                      "bay",     "ground",     "tanker", "mine",   "town",
                                      "resort",  "plant_user", "farm",   "ponds"};
    assert_int_equal(basin->node_count, 19);
    for (int i = 0; i < 19; i++) {
        assert_string_equal(basin->node[i].id, ids[i]);
        assert_int_equal(basin_find_node(basin, ids[i]), i);
    }
    assert_int_equal(basin_find_node(basin, "nobody"), -1);
    const struct node *node = &basin->node[0];
    assert_string_equal(node->name, "Th\xc6\xb0\xe1\xbb\xa3ng ngu\xe1\xbb\x93n");
    assert_string_equal(node->note, "gauged");
    assert_string_equal(node->district, "north");
    assert_string_equal(node->subsystem, "west");
    assert_close(node->latitude_deg, 21.05, 0, 0);
    assert_close(node->longitude_deg, 106.9, 0, 0);
    assert_int_equal(node->line, 27);
    assert_string_equal(basin->node[10].name, "bay");
    assert_true(isnan(basin->node[10].latitude_deg));
    assert_non_null(strstr(basin->node[14].file, "parts/users.yaml"));
    const struct date from = {.year = 2021, .month = 1, .day = 1};
    assert_true(basin->node[4].in_service.from_s == date_to_seconds(from));
    assert_true(basin->node[4].in_service.to_s == INT64_MAX);
}

static void
catchments_are_read(void **state)
{
    (void)state;
    const struct catchment *gauge = &basin->catchment[0];
    assert_close(gauge->area_m2, 182e6, 1e-15, 0);
    assert_int_equal(gauge->to_count, 2);
    assert_int_equal(gauge->to[1].node_i, basin_find_node(basin, "weir"));
    assert_close(gauge->to[1].fraction.value[0], 0.16, 1e-14, 0);
    assert_int_equal(gauge->inflow_kind, INFLOW_SERIES);
    assert_int_equal(gauge->inflow.kind, VARYING_SERIES);
    assert_string_equal(basin->series[gauge->inflow.series_i].id, "q_gauge");
    assert_int_equal(gauge->inflow.adjustment_count, 1);
    assert_close(gauge->inflow.adjustment[0].value, 0.9, 0, 0);
    const struct catchment *model = &basin->catchment[1];
    assert_int_equal(model->inflow_kind, INFLOW_MODEL);
    assert_string_equal(model->model->name, "gr4j");
    assert_int_equal(model->to_count, 1);
    assert_close(model->to[0].fraction.value[0], 1.0, 0, 0);
    assert_close(model->parameter[0], 350, 1e-14, 0);
    assert_close(model->parameter[1], -0.5, 1e-14, 0);
    assert_close(model->parameter[2], 90, 1e-14, 0);
    assert_close(model->parameter[3], 1.7, 1e-14, 0);
    assert_int_equal(model->rain.kind, VARYING_SERIES);
    assert_int_equal(model->pet.dimension, DIMENSION_SPEED);
    assert_close(model->initial[0], 0.4, 1e-15, 0);
    assert_close(model->initial[1], 0.6, 1e-15, 0);
    assert_close(model->warmup_s, 180 * day_s, 0, 0);
    assert_int_equal(model->inflow.kind, VARYING_ABSENT);
    assert_int_equal(model->inflow.adjustment[0].operation, CHANGE_SHIFT);
    assert_close(varying_adjust(&model->inflow, &axis, 3, 2.0), 2.1, 1e-15, 0);
    const struct catchment *made = &basin->catchment[2];
    assert_int_equal(made->inflow_kind, INFLOW_GENERATOR);
    assert_close(value_on(&made->mean, 5, 1), 1.05 / (366 * day_s), 1e-14, 0);
    assert_close(made->monthly_fraction[7], 0.20, 1e-14, 0);
    assert_close(made->cv, 0.3, 0, 0);
    assert_close(made->lag1, 0.35, 0, 0);
    assert_close(made->recession_s, 5 * day_s, 0, 0);
    assert_close(made->base_fraction, 0.45, 1e-15, 0);
    assert_string_equal(made->region, "west");
    assert_close(made->region_correlation, 0.7, 0, 0);
}

static void
reservoirs_are_read(void **state)
{
    (void)state;
    const struct reservoir *lake = &basin->reservoir[0];
    assert_false(lake->pit_lake);
    assert_int_equal(lake->table_count, 5);
    assert_close(lake->table_area_m2[3], 9e6, 1e-14, 0);
    assert_close(lake->table_storage_m3[2], 40e6, 1e-14, 0);
    assert_close(lake->capacity_m3, 127.5e6, 1e-9, 0);
    assert_close(lake->dead_storage_m3, 9.5e6, 1e-9, 0);
    assert_int_equal(lake->initial.dimension, DIMENSION_NONE);
    assert_true(lake->flood_limit.stepped);
    assert_close(value_on(&lake->flood_limit, 6, 14), 127.5e6, 0, 0);
    assert_close(value_on(&lake->flood_limit, 6, 15), 110e6, 0, 0);
    assert_close(value_on(&lake->flood_limit, 9, 30), 110e6, 0, 0);
    assert_close(value_on(&lake->flood_limit, 10, 1), 127.5e6, 0, 0);
    assert_close(value_on(&lake->target, 6, 1), 0.6, 1e-15, 0);
    /* 1 September is 92 days after 1 June, of 183 to 1 December */
    assert_close(value_on(&lake->target, 9, 1), 0.6 + 0.4 * 92 / 183, 1e-14, 0);
    /* 1 March is 91 days after 1 December, of 183 to 1 June: across the end of the year */
    assert_close(value_on(&lake->target, 3, 1), 1.0 - 0.4 * 91 / 183, 1e-14, 0);
    assert_close(value_on(&lake->domestic_reserve, 1, 1), 35e6, 0, 0);
    assert_int_equal(lake->zone_count, 2);
    assert_string_equal(lake->zone[1].id, "restriction");
    assert_close(value_on(&lake->zone[0].below, 9, 9), 70e6, 0, 0);
    assert_int_equal(lake->zone[1].cap_count, 2);
    assert_string_equal(basin->class[lake->zone[1].cap_class_i[0]].id, "aquaculture");
    assert_close(lake->zone[1].cap[1], 0.7, 1e-15, 0);
    assert_close(value_on(&lake->evaporation, 2, 10), 0.050 / (29 * day_s), 1e-14, 0);
    assert_close(value_on(&lake->seepage, 4, 10), 0.01 / (30 * day_s), 1e-14, 0);
    assert_int_equal(lake->seepage.dimension, DIMENSION_RATE);
    assert_int_equal(lake->seepage_to, basin_find_node(basin, "ground"));
    assert_int_equal(lake->spill_to, basin_find_node(basin, "weir"));
    assert_int_equal(lake->emergency_for_rank, -1);
    const struct reservoir *pit = &basin->reservoir[1];
    assert_true(pit->pit_lake);
    assert_true(pit->reserve);
    assert_string_equal(basin->rank[pit->emergency_for_rank].id, "industry");
    assert_close(pit->capacity_m3, 4.5e6, 0, 0);
    assert_close(value_on(&pit->flood_limit, 1, 1), 1.0, 0, 0); /* the default, 100 % */
    assert_int_equal(pit->target.dimension, DIMENSION_LENGTH);
    assert_int_equal(pit->seepage_to, -1);
}

static void
passages_and_ground_are_read(void **state)
{
    (void)state;
    assert_int_equal(basin->passage_count, 6);
    const struct passage *fork = &basin->passage[kind_index("fork")];
    assert_close(value_on(&fork->boundary_inflow, 1, 1), 0.2, 0, 0);
    const struct passage *works = &basin->passage[kind_index("works")];
    assert_close(value_on(&works->capacity, 1, 1), 60000 / day_s, 1e-14, 0);
    assert_close(value_on(&works->loss, 1, 1), 0.05, 1e-15, 0);
    assert_int_equal(works->spill_to, -1);
    const struct aquifer *ground = &basin->aquifer[0];
    assert_close(ground->capacity_m3, 20e6, 0, 0);
    assert_close(ground->initial.value[0], 0.9, 1e-15, 0);
    assert_close(value_on(&ground->recharge, 7, 4), 5e6 / (31 * day_s), 1e-14, 0);
    assert_close(value_on(&ground->yield, 7, 4), 10000 / day_s, 1e-14, 0);
    assert_close(ground->minimum_storage_m3, 5e6, 0, 0);
    assert_close(value_on(&ground->licence, 1, 1), 5.4e6, 1e-15, 0);
    assert_int_equal(ground->licence_reset_month, 4);
    assert_int_equal(ground->licence_reset_day, 1);
    assert_close(ground->licence_reserved_m3, 1e6, 0, 0);
    assert_string_equal(basin->rank[ground->licence_reserved_rank].id, "domestic");
    const struct source *tanker = &basin->source[0];
    assert_true(tanker->emergency);
    assert_string_equal(basin->rank[tanker->emergency_for_rank].id, "domestic");
    assert_int_equal(tanker->allowed_class_count, 1);
    assert_close(tanker->cost, 2.5, 0, 0);
    assert_true(basin->source[1].forced);
    assert_int_equal(basin->source[1].spill_to, basin_find_node(basin, "fork"));
}

static void
demands_are_read(void **state)
{
    (void)state;
    const struct demand *town = &basin->demand[0];
    assert_string_equal(basin->class[town->class_i].id, "domestic");
    assert_int_equal(town->basis, DEMAND_PEOPLE);
    assert_close(value_on(&town->population, 1, 1), 41000 + 9000 * 2 / 8.0, 1e-14, 0);
    assert_close(value_on(&town->coverage, 1, 1), 0.925, 1e-14, 0);
    assert_close(value_on(&town->norm, 1, 1), 0.12 / day_s, 1e-14, 0);
    assert_close(value_on(&town->floor_norm, 1, 1), 0.06 / day_s, 1e-14, 0);
    assert_close(town->growth_per_year, 0.02, 1e-15, 0);
    assert_int_equal(town->growth_base_year, 2022);
    const struct profile *profile = &basin->profile[town->profile_i];
    assert_string_equal(profile->id, "household");
    assert_true(profile->monthly_is_share);
    double sum = 0.0;
    for (int i = 0; i < 12; i++)
        sum += profile->monthly[i];
    assert_close(sum, 1.0, 1e-15, 0);
    assert_close(profile->weekly[5], 1.1, 1e-15, 0);
    assert_close(value_on(&town->minimum_share, 1, 1), 0.2, 1e-15, 0);
    assert_close(town->weight, 2, 0, 0);
    assert_int_equal(town->order, 3);
    assert_int_equal(town->people_tags, PEOPLE_RURAL | PEOPLE_MOUNTAIN);
    assert_close(town->people_share[1], 0.6, 1e-15, 0);
    assert_int_equal(town->return_count, 1);
    assert_int_equal(town->returns[0].node_i, basin_find_node(basin, "sewage"));
    assert_close(value_on(&town->max_salinity, 1, 1), 0.25, 1e-15, 0);
    assert_true(town->restricted_by_given);
    assert_int_equal(town->restricted_by_count, 1);
    const struct demand *resort = &basin->demand[1];
    assert_int_equal(resort->basis, DEMAND_CONSTANT);
    assert_int_equal(resort->population.kind, VARYING_CONSTANT);
    assert_close(resort->people_share[3], 0.5, 0, 0);
    assert_close(resort->people_share[4], 0.5, 0, 0);
    assert_close(resort->weight, 1, 0, 0);
    assert_int_equal(resort->profile_i, -1);
    /* resort <- works <- weir <- lake and pit (by spill): nothing between is a reservoir */
    assert_false(resort->restricted_by_given);
    assert_int_equal(resort->restricted_by_count, 2);
    const struct demand *farm = &basin->demand[3];
    assert_int_equal(farm->basis, DEMAND_AREA);
    assert_close(value_on(&farm->area, 1, 1), 83.2e6, 1e-14, 0);
    const struct profile *factors = &basin->profile[farm->profile_i];
    assert_false(factors->monthly_is_share);
    assert_close(factors->monthly[0], 0.5, 1e-15, 0);
    assert_int_equal(farm->restricted_by_count, 1);
    assert_int_equal(farm->restricted_by[0], 0);
    assert_int_equal(basin->demand[4].basis, DEMAND_HEADS);
}

static void
links_are_read_and_spills_follow_by_id(void **state)
{
    (void)state;
    static const char *const spills[] = {"fork_spill",   "ground_spill", "lake_spill",
                                         "mine_spill",   "mouth_spill",  "pit_spill",
                                         "sewage_spill", "weir_spill"};
    assert_int_equal(basin->link_count, 19);
    for (int i = 0; i < 8; i++) {
        const struct link *spill = &basin->link[11 + i];
        assert_string_equal(spill->id, spills[i]);
        assert_true(spill->is_spill);
        assert_int_equal(spill->kind, LINK_RIVER);
        assert_int_equal(spill->capacity.kind, VARYING_ABSENT);
        assert_int_equal(spill->loss.kind, VARYING_ABSENT);
        assert_int_equal(spill->line, 0);
    }
    assert_int_equal(basin_find_link(basin, "fork_spill"), 11);
    const struct link *river = &basin->link[0];
    assert_true(river->minimum_flow_natural);
    assert_close(value_on(&river->minimum_flow, 1, 1), 0.3, 0, 0);
    assert_true(isnan(river->lowest_level_m));
    const struct link *canal = &basin->link[1];
    assert_string_equal(canal->note, "main canal");
    assert_int_equal(canal->from, basin_find_node(basin, "lake"));
    assert_int_equal(canal->to, basin_find_node(basin, "farm"));
    assert_close(canal->lowest_level_m, 11.5, 0, 0);
    assert_close(varying_at(&canal->capacity, &axis, 0, 0, NULL, 10.0), 0.0, 0, 0);
    assert_close(varying_at(&canal->capacity, &axis, 0, 0, NULL, 22.75), 4.5, 1e-14, 0);
    assert_close(varying_at(&canal->capacity, &axis, 0, 0, NULL, 99.0), 9.0, 0, 0);
    const struct link *pump = &basin->link[3];
    assert_true(pump->fills);
    assert_int_equal(pump->outage_count, 2);
    assert_true(date_range_holds(&pump->outage[0], &axis, step_of(3, 10), 0));
    assert_false(date_range_holds(&pump->outage[0], &axis, step_of(3, 11), 0));
    assert_true(date_range_holds(&pump->outage[1], &axis, step_of(12, 31), 0));
    const struct link *intake = &basin->link[5];
    assert_false(date_range_holds(&intake->in_service, &axis, step_of(1, 31), 0));
    assert_true(date_range_holds(&intake->in_service, &axis, step_of(2, 1), 0));
    assert_true(date_range_holds(&intake->in_service, &axis, step_of(1, 1), 2030));
    assert_false(date_range_holds(&intake->in_service, &axis, step_of(2, 29), 2031));
    assert_false(date_range_holds(&intake->in_service, &axis, step_of(12, 31), 2019));
}

static void
series_and_flags_are_read(void **state)
{
    (void)state;
    assert_int_equal(basin->series_count, 4);
    const struct series_input *gauge = &basin->series[2];
    assert_string_equal(gauge->column, "Q");
    assert_int_equal(gauge->fill, FILL_INTERPOLATE);
    assert_int_equal(gauge->record.count, 731);
    assert_close(gauge->record.value[29], 1.0 + 2.9, 1e-14, 0);
    assert_close(basin->series[3].record.value[29], 3.9e-3, 1e-14, 0); /* L/s */
    assert_close(basin->series[0].scale, 1e-3 / day_s, 1e-15, 0);
    assert_true(gauge->used);
    assert_int_equal(basin->flag_count[0], 2);
    assert_int_equal(basin->flag_count[1], 1);
    assert_int_equal(basin->flag_count[2], 3);
    assert_int_equal(basin->flag_count[3], 0);
    assert_true(basin->unflagged_count > 40);
}

static void
records_come_with_their_scale(void **state)
{
    (void)state;
    double value[1] = {5.0};
    double *const series[] = {value, value, value, value};
    assert_close(varying_at(&basin->catchment[0].inflow, &axis, 0, 0, series, NAN), 4.5, 1e-15, 0);
}

static void
constants_are_known_as_such(void **state)
{
    (void)state;
    assert_true(varying_is_constant(&basin->reservoir[0].domestic_reserve));
    assert_true(varying_is_constant(&basin->reservoir[1].rain)); /* absent */
    assert_false(varying_is_constant(&basin->reservoir[0].seepage));
    assert_false(varying_is_constant(&basin->reservoir[0].target));
    struct varying line = basin->reservoir[0].domestic_reserve;
    line.adjustment[line.adjustment_count++] = (struct adjustment){.operation = CHANGE_SCALE,
                                                                   .value = 2,
                                                                   .from_s = INT64_MIN,
                                                                   .to_s = INT64_MAX,
                                                                   .month_mask = 1};
    assert_false(varying_is_constant(&line));
    assert_close(value_on(&line, 1, 31), 70e6, 0, 0);
    assert_close(value_on(&line, 2, 1), 35e6, 0, 0);
}

static void
kinds_have_names(void **state)
{
    (void)state;
    assert_string_equal(node_kind_name(NODE_RESERVOIR), "reservoir");
    assert_string_equal(link_kind_name(LINK_PIPE), "pipe");
    assert_string_equal(step_kind_name(STEP_DAILY), "daily");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_read),
        cmocka_unit_test(ranks_and_classes_keep_their_order),
        cmocka_unit_test(nodes_keep_the_order_of_the_file),
        cmocka_unit_test(catchments_are_read),
        cmocka_unit_test(reservoirs_are_read),
        cmocka_unit_test(passages_and_ground_are_read),
        cmocka_unit_test(demands_are_read),
        cmocka_unit_test(links_are_read_and_spills_follow_by_id),
        cmocka_unit_test(series_and_flags_are_read),
        cmocka_unit_test(records_come_with_their_scale),
        cmocka_unit_test(constants_are_known_as_such),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
