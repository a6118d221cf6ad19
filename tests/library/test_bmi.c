/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "library/bmi.h"
#include "library/nguon.h"
#include "tests/cli/cli_fixture.h"

#include <hdf5.h>
#include <math.h>
#include <stdbool.h>

/*
 * The Basic Model Interface: the province, driven step by step, gives the figures that `nguon run`
 * writes, bit for bit; every function of the specification answers, and bad calls fail in words.
 */

#define PROVINCE EXAMPLE_DIR "/quang-ninh/basin.yaml"
#define ONE_RESERVOIR EXAMPLE_DIR "/one-reservoir/basin.yaml"

enum { STEPS = 500 };

/* ---- the province ------------------------------------------------------------------------------
 */

/* [step][element] of a series of the first scenario. */
static float *
read_series(const char *name, hsize_t *element_count)
{
    hid_t file = H5Fopen("out.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t variable = H5Dopen2(file, name, H5P_DEFAULT), space = H5Dget_space(variable);
    hsize_t extent[3], start[3] = {0};
    assert_int_equal(H5Sget_simple_extent_dims(space, extent, NULL), 3);
    assert_int_equal(extent[1], STEPS);
    hsize_t length[3] = {1, STEPS, extent[2]};
    float *value = calloc((size_t)(STEPS * extent[2]), sizeof *value);
    hid_t memory = H5Screate_simple(3, length, NULL);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, length, NULL);
    assert_true(H5Dread(variable, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, value) >= 0);
    *element_count = extent[2];
    H5Sclose(memory);
    H5Sclose(space);
    H5Dclose(variable);
    H5Fclose(file);
    return value;
}

static void
the_province_gives_the_bits_of_nguon_run(void **state)
{
    (void)state;
    static const char *const series[] = {"storage", "supply", "link_flow"};
    static const char *const names[] = {"reservoir_water__volume",
                                        "demand_water__supplied_volume_flow_rate",
                                        "channel_water__volume_flow_rate"};
    float *expected[3];
    hsize_t count[3];
    assert_int_equal(run("run " PROVINCE " -q -o out.h5 --save storage,supply,link_flow "
                         "--set end=1992-05-14"),
                     0);
    for (int v = 0; v < 3; v++)
        expected[v] = read_series(series[v], &count[v]);
    struct Bmi model;
    nguon_bmi_register(&model);
    if (model.initialize(&model, PROVINCE) != BMI_SUCCESS)
        fail_msg("%s", nguon_bmi_message(&model));
    for (hsize_t t = 0; t < STEPS; t++) {
        assert_int_equal(model.update(&model), BMI_SUCCESS);
        for (int v = 0; v < 3; v++) {
            int nbytes;
            void *value;
            assert_int_equal(model.get_var_nbytes(&model, names[v], &nbytes), BMI_SUCCESS);
            assert_int_equal(nbytes, count[v] * sizeof(double));
            assert_int_equal(model.get_value_ptr(&model, names[v], &value), BMI_SUCCESS);
            for (hsize_t i = 0; i < count[v]; i++) {
                float got = (float)((const double *)value)[i];
                if (memcmp(&got, &expected[v][t * count[v] + i], sizeof got) != 0)
                    fail_msg("%s of element %d in step %d", series[v], (int)i, (int)t);
            }
        }
    }
    assert_int_equal(model.finalize(&model), BMI_SUCCESS);
    for (int v = 0; v < 3; v++)
        free(expected[v]);
}

/* ---- every function ----------------------------------------------------------------------------
 */

static struct Bmi
start(const char *config)
{
    struct Bmi model;
    assert_ptr_equal(nguon_bmi_register(&model), &model);
    if (model.initialize(&model, config) != BMI_SUCCESS)
        fail_msg("%s", nguon_bmi_message(&model));
    return model;
}

static void
names_have_a_grid_a_type_and_units(void **state)
{
    (void)state;
    struct Bmi model = start(ONE_RESERVOIR);
    char text[BMI_MAX_VAR_NAME];
    int count, inputs;
    assert_int_equal(model.get_component_name(&model, text), BMI_SUCCESS);
    assert_string_equal(text, "nguon");
    assert_int_equal(model.get_output_item_count(&model, &count), BMI_SUCCESS);
    assert_int_equal(model.get_input_item_count(&model, &inputs), BMI_SUCCESS);
    assert_true(inputs > 0 && inputs < count && count < 64);
    char *name[64];
    for (int i = 0; i < count; i++)
        name[i] = malloc(BMI_MAX_VAR_NAME);
    assert_int_equal(model.get_output_var_names(&model, name), BMI_SUCCESS);
    for (int i = 0; i < count; i++) {
        int grid, itemsize, nbytes, size, edges;
        char type[BMI_MAX_TYPE_NAME], units[BMI_MAX_UNITS_NAME], place[BMI_MAX_TYPE_NAME];
        assert_non_null(strstr(name[i], "__"));
        assert_int_equal(model.get_var_grid(&model, name[i], &grid), BMI_SUCCESS);
        assert_int_equal(model.get_var_type(&model, name[i], type), BMI_SUCCESS);
        assert_string_equal(type, "double");
        assert_int_equal(model.get_var_units(&model, name[i], units), BMI_SUCCESS);
        assert_true(units[0] != '\0');
        assert_int_equal(model.get_var_itemsize(&model, name[i], &itemsize), BMI_SUCCESS);
        assert_int_equal(itemsize, sizeof(double));
        assert_int_equal(model.get_var_nbytes(&model, name[i], &nbytes), BMI_SUCCESS);
        assert_int_equal(model.get_var_location(&model, name[i], place), BMI_SUCCESS);
        assert_int_equal(model.get_grid_size(&model, grid, &size), BMI_SUCCESS);
        assert_int_equal(model.get_grid_edge_count(&model, grid, &edges), BMI_SUCCESS);
        assert_int_equal(nbytes, (strcmp(place, "edge") == 0 ? edges : size) * itemsize);
    }
    assert_int_equal(model.get_input_var_names(&model, name), BMI_SUCCESS);
    for (int i = 0; i < count; i++)
        free(name[i]);
    model.finalize(&model);
}

static void
grids_are_points_and_a_network(void **state)
{
    (void)state;
    struct Bmi model = start(PROVINCE);
    static const char *const types[] = {"scalar", "points", "points",
                                        "points", "points", "unstructured"};
    static const int ranks[] = {0, 1, 1, 1, 1, 2};
    for (int grid = 0; grid < 6; grid++) {
        char type[BMI_MAX_TYPE_NAME];
        int rank, size, nodes, faces, shape[2];
        double origin[2];
        assert_int_equal(model.get_grid_type(&model, grid, type), BMI_SUCCESS);
        assert_string_equal(type, types[grid]);
        assert_int_equal(model.get_grid_rank(&model, grid, &rank), BMI_SUCCESS);
        assert_int_equal(rank, ranks[grid]);
        assert_int_equal(model.get_grid_size(&model, grid, &size), BMI_SUCCESS);
        assert_int_equal(model.get_grid_node_count(&model, grid, &nodes), BMI_SUCCESS);
        assert_int_equal(nodes, size);
        assert_int_equal(model.get_grid_face_count(&model, grid, &faces), BMI_SUCCESS);
        assert_int_equal(faces, 0);
        assert_int_equal(model.get_grid_shape(&model, grid, shape), BMI_FAILURE);
        assert_non_null(strstr(nguon_bmi_message(&model), "not structured"));
        assert_int_equal(model.get_grid_spacing(&model, grid, origin), BMI_FAILURE);
        assert_int_equal(model.get_grid_origin(&model, grid, origin), BMI_FAILURE);
        assert_int_equal(model.get_grid_z(&model, grid, origin), BMI_FAILURE);
        assert_int_equal(model.get_grid_face_edges(&model, grid, shape), BMI_FAILURE);
        assert_int_equal(model.get_grid_face_nodes(&model, grid, shape), BMI_FAILURE);
        assert_int_equal(model.get_grid_nodes_per_face(&model, grid, shape), BMI_FAILURE);
    }
    int nodes, edges;
    model.get_grid_node_count(&model, 5, &nodes);
    model.get_grid_edge_count(&model, 5, &edges);
    assert_true(nodes > 50 && edges > 50);
    int *end = calloc(2 * (size_t)edges, sizeof *end);
    double *x = calloc((size_t)nodes, sizeof *x), *y = calloc((size_t)nodes, sizeof *y);
    assert_int_equal(model.get_grid_edge_nodes(&model, 5, end), BMI_SUCCESS);
    for (int i = 0; i < 2 * edges; i++)
        assert_true(end[i] >= 0 && end[i] < nodes);
    assert_int_equal(model.get_grid_x(&model, 5, x), BMI_SUCCESS);
    assert_int_equal(model.get_grid_y(&model, 5, y), BMI_SUCCESS);
    int placed = 0;
    for (int i = 0; i < nodes; i++) /* Quảng Ninh */
        placed += x[i] > 106.0 && x[i] < 109.0 && y[i] > 20.0 && y[i] < 22.0;
    assert_true(placed > nodes / 4);
    free(end);
    free(x);
    free(y);
    model.finalize(&model);
}

static void
time_runs_by_true_months(void **state)
{
    (void)state;
    struct Bmi model = start(ONE_RESERVOIR);
    char units[BMI_MAX_UNITS_NAME];
    double time, step;
    assert_int_equal(model.get_time_units(&model, units), BMI_SUCCESS);
    assert_string_equal(units, "s");
    assert_int_equal(model.get_start_time(&model, &time), BMI_SUCCESS);
    assert_close(time, 0.0, 0.0, 0.0);
    assert_int_equal(model.get_time_step(&model, &step), BMI_SUCCESS);
    assert_close(step, 31 * 86400.0, 0.0, 0.0);
    assert_int_equal(model.update_until(&model, (31 + 28) * 86400.0), BMI_SUCCESS);
    assert_int_equal(model.get_current_time(&model, &time), BMI_SUCCESS);
    assert_close(time, 59 * 86400.0, 0.0, 0.0);
    assert_int_equal(model.update_until(&model, 60 * 86400.0), BMI_FAILURE);
    assert_string_equal(nguon_bmi_message(&model),
                        "no step ends at 5184000 s; the next ends at 7776000 s");
    assert_int_equal(model.update_until(&model, 0.0), BMI_FAILURE);
    assert_int_equal(model.update_until(&model, NAN), BMI_FAILURE);
    assert_int_equal(model.get_end_time(&model, &time), BMI_SUCCESS);
    assert_int_equal(model.update_until(&model, time), BMI_SUCCESS);
    assert_int_equal(model.get_time_step(&model, &step), BMI_SUCCESS);
    assert_int_equal(model.update(&model), BMI_FAILURE);
    assert_non_null(strstr(nguon_bmi_message(&model), "all have been made"));
    model.finalize(&model);
}

/* The same figure set in four ways: a whole variable, one index, by pointer, as a scenario. */
static void
values_can_be_set(void **state)
{
    (void)state;
    static const char need[] = "demand_water__required_volume_flow_rate";
    static const char volume[] = "reservoir_water__volume";
    struct Bmi a = start(ONE_RESERVOIR "#river=70 %,town=90000 person"), b = start(ONE_RESERVOIR),
               c = start(ONE_RESERVOIR);
    double both[2] = {0.3, 0.5}, got[2], x, y;
    int index[2] = {1, 0};
    void *pointer;
    assert_int_equal(b.set_value(&b, need, both), BMI_SUCCESS);
    double swapped[2] = {0.5, 0.3};
    assert_int_equal(c.set_value_at_indices(&c, need, index, 2, swapped), BMI_SUCCESS);
    assert_int_equal(a.get_value_ptr(&a, need, &pointer), BMI_SUCCESS);
    memcpy(pointer, both, sizeof both);
    double end;
    b.get_end_time(&b, &end);
    assert_int_equal(b.update_until(&b, end), BMI_SUCCESS);
    assert_int_equal(c.update_until(&c, end), BMI_SUCCESS);
    assert_int_equal(a.update_until(&a, end), BMI_SUCCESS);
    assert_int_equal(b.get_value(&b, volume, &x), BMI_SUCCESS);
    assert_int_equal(c.get_value(&c, volume, &y), BMI_SUCCESS);
    assert_memory_equal(&x, &y, sizeof x);
    assert_int_equal(a.get_value(&a, volume, &y), BMI_SUCCESS);
    assert_true(y < x); /* less river */
    assert_int_equal(a.get_value(&a, need, got), BMI_SUCCESS);
    assert_memory_equal(got, both, sizeof both);
    assert_int_equal(b.get_value_at_indices(&b, need, got, index, 2), BMI_SUCCESS);
    assert_memory_equal(got, swapped, sizeof swapped);
    a.finalize(&a);
    b.finalize(&b);
    c.finalize(&c);
}

/* ---- bad calls ---------------------------------------------------------------------------------
 */

/* Every call that needs a model. */
static void
all_fail(struct Bmi *model)
{
    static const char name[] = "demand_water__required_volume_flow_rate";
    char text[BMI_MAX_VAR_NAME];
    double value[8] = {0};
    int number[8] = {0};
    void *pointer;
    const int outcome[] = {model->update(model),
                           model->update_until(model, 1.0),
                           model->get_var_grid(model, name, number),
                           model->get_var_type(model, name, text),
                           model->get_var_units(model, name, text),
                           model->get_var_itemsize(model, name, number),
                           model->get_var_nbytes(model, name, number),
                           model->get_var_location(model, name, text),
                           model->get_current_time(model, value),
                           model->get_start_time(model, value),
                           model->get_end_time(model, value),
                           model->get_time_step(model, value),
                           model->get_value(model, name, value),
                           model->get_value_ptr(model, name, &pointer),
                           model->get_value_at_indices(model, name, value, number, 1),
                           model->set_value(model, name, value),
                           model->set_value_at_indices(model, name, number, 1, value),
                           model->get_grid_rank(model, 1, number),
                           model->get_grid_size(model, 1, number),
                           model->get_grid_type(model, 1, text),
                           model->get_grid_x(model, 1, value),
                           model->get_grid_y(model, 1, value),
                           model->get_grid_node_count(model, 1, number),
                           model->get_grid_edge_count(model, 5, number),
                           model->get_grid_face_count(model, 1, number),
                           model->get_grid_edge_nodes(model, 5, number)};
    for (size_t i = 0; i < sizeof outcome / sizeof *outcome; i++)
        if (outcome[i] != BMI_FAILURE)
            fail_msg("call %d succeeds without a model", (int)i);
    assert_string_equal(nguon_bmi_message(model), "the model is not initialised");
}

static void
bad_calls_fail_in_words(void **state)
{
    (void)state;
    struct Bmi model;
    char text[BMI_MAX_VAR_NAME];
    double value[8] = {0};
    int number = 0;
    nguon_bmi_register(&model);
    assert_null(nguon_bmi_register(NULL));
    all_fail(&model);
    assert_int_equal(model.finalize(&model), BMI_FAILURE);
    assert_int_equal(model.initialize(&model, "/nowhere.yaml"), BMI_FAILURE);
    assert_non_null(strstr(nguon_bmi_message(&model), "/nowhere.yaml"));
    assert_int_equal(model.initialize(&model, NULL), BMI_FAILURE);
    assert_int_equal(model.initialize(&model, ONE_RESERVOIR "#none"), BMI_FAILURE);
    assert_non_null(strstr(nguon_bmi_message(&model), "has no scenario 'none'"));
    assert_int_equal(model.initialize(&model, ONE_RESERVOIR), BMI_SUCCESS);
    assert_int_equal(model.initialize(&model, ONE_RESERVOIR), BMI_FAILURE);
    assert_non_null(strstr(nguon_bmi_message(&model), "already"));
    assert_int_equal(model.get_var_units(&model, "water", text), BMI_FAILURE);
    assert_string_equal(nguon_bmi_message(&model), "there is no variable called 'water'");
    assert_int_equal(model.get_value(&model, NULL, value), BMI_FAILURE);
    assert_int_equal(model.get_grid_size(&model, 6, &number), BMI_FAILURE);
    assert_string_equal(nguon_bmi_message(&model), "there is no grid 6; they are 0 to 5");
    assert_int_equal(model.get_grid_size(&model, -1, &number), BMI_FAILURE);
    assert_int_equal(model.get_grid_x(&model, 0, value), BMI_FAILURE);
    assert_int_equal(model.get_grid_edge_nodes(&model, 1, &number), BMI_FAILURE);
    assert_int_equal(model.set_value(&model, "demand_water__supplied_volume_flow_rate", value),
                     BMI_FAILURE);
    assert_non_null(strstr(nguon_bmi_message(&model), "cannot be set"));
    number = 2;
    assert_int_equal(model.get_value_at_indices(&model, "need", value, &number, 1), BMI_FAILURE);
    assert_string_equal(nguon_bmi_message(&model), "need has 2 values, there is no number 2");
    assert_int_equal(model.finalize(&model), BMI_SUCCESS);
    all_fail(&model);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_province_gives_the_bits_of_nguon_run),
        cmocka_unit_test(names_have_a_grid_a_type_and_units),
        cmocka_unit_test(grids_are_points_and_a_network),
        cmocka_unit_test(time_runs_by_true_months),
        cmocka_unit_test(values_can_be_set),
        cmocka_unit_test(bad_calls_fail_in_words),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
