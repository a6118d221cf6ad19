/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/catchment_lanes.h"
#include "solvers/fit_kernel.h"
#include "solvers/philox.h"
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

/* What must hold for every model, parameter set and weather. */

enum { STEPS = 1500, SETS = 40 };

static double rain_mm[STEPS], pet_mm[STEPS];

static double
draw(uint32_t stream, uint32_t i)
{
    struct philox_key key = {.seed = 11, .variable = stream};
    return philox_uniform(&key, i);
}

/* Weather with dry spells, drizzle and storms of up to 600 mm. */
static void
make_weather(uint32_t stream)
{
    for (uint32_t t = 0; t < STEPS; t++) {
        double wet = draw(stream, 4 * t), depth = draw(stream, 4 * t + 1);
        bool drought = (t / 150) % 3 == 2;
        rain_mm[t] = wet < (drought ? 0.98 : 0.55) ? 0.0 : -12.0 * log(depth);
        if (draw(stream, 4 * t + 2) < 0.004)
            rain_mm[t] = 600.0 * depth;
        pet_mm[t] = 6.0 * (1.0 + sin(t / 58.0)) * draw(stream, 4 * t + 3);
    }
}

/* A parameter set over the whole range of calibration, with its ends. */
static void
make_parameters(const struct catchment_model *model, uint32_t set_i, double *used)
{
    struct error err = {0};
    for (int i = 0; i < model->parameter_count; i++) {
        const struct catchment_parameter *parameter = &model->parameter[i];
        double u = draw(1000 + set_i, (uint32_t)i);
        u = u < 0.1 ? 0.0 : u > 0.9 ? 1.0 : u;
        used[i] = parameter->scale == SEARCH_LOG
                      ? parameter->low * pow(parameter->high / parameter->low, u)
                      : parameter->low + u * (parameter->high - parameter->low);
        used[i] = fmin(used[i], parameter->most);
    }
    if (set_i == 0) /* the least stores that are allowed */
        for (int i = 0; i < model->parameter_count; i++)
            used[i] = isfinite(model->parameter[i].least) ? model->parameter[i].least : used[i];
    assert_int_equal(catchment_parameters_use(model, used, used, &err), STATUS_OK);
}

static void
water_balance_of_every_step_closes(void **state_)
{
    (void)state_;
    static double flow_mm[STEPS], column[STEPS * CATCHMENT_COLUMN_MAX];
    static const double fillings[3][3] = {{0.0, 0.0, 0.0}, {1.0, 1.0, 5.0}, {0.3, 0.5, 1.0}};
    for (int m = 0; m < CATCHMENT_MODEL_COUNT; m++) {
        const struct catchment_model *model = catchment_models[m];
        for (uint32_t set_i = 0; set_i < SETS; set_i++) {
            double used[CATCHMENT_PARAMETER_MAX], state[CATCHMENT_STATE_MAX];
            struct error err = {0};
            make_weather(set_i);
            make_parameters(model, set_i, used);
            catchment_start(model, used, fillings[set_i % 3], state);
            assert_int_equal(
                catchment_run(model, used, state, STEPS, rain_mm, pet_mm, flow_mm, column, &err),
                STATUS_OK);
            for (int t = 1; t < STEPS; t++) {
                const double *now = column + t * model->column_count;
                double residual_mm = catchment_residual_mm(model, rain_mm[t], flow_mm[t],
                                                           now - model->column_count, now);
                if (!(fabs(residual_mm) <= 1e-9))
                    fail_msg("%s, set %u, step %d: %g mm are left over", model->name, set_i, t,
                             residual_mm);
                assert_true(flow_mm[t] >= 0.0 && isfinite(flow_mm[t]));
            }
            assert_int_equal(catchment_state_check(model, used, state, &err), STATUS_OK);
        }
    }
}

static void
evapotranspiration_is_not_above_its_potential(void **state_)
{
    (void)state_;
    static double flow_mm[STEPS], column[STEPS * CATCHMENT_COLUMN_MAX];
    make_weather(3);
    for (int m = 0; m < CATCHMENT_MODEL_COUNT; m++) {
        const struct catchment_model *model = catchment_models[m];
        double used[CATCHMENT_PARAMETER_MAX], state[CATCHMENT_STATE_MAX], most = 0.0;
        struct error err = {0};
        int place = -1;
        for (int i = 0; i < model->shown_count; i++)
            if (model->column[i].role == COLUMN_LOSS)
                place = model->column[i].place;
        for (int i = 0; i < model->parameter_count; i++)
            used[i] = model->parameter[i].usual;
        catchment_start(model, used, model->initial, state);
        assert_int_equal(
            catchment_run(model, used, state, STEPS, rain_mm, pet_mm, flow_mm, column, &err),
            STATUS_OK);
        for (int t = 0; t < STEPS; t++) {
            double actual_mm = column[t * model->column_count + place];
            assert_true(actual_mm >= 0.0 && actual_mm <= pet_mm[t] * (1.0 + 1e-12) + 1e-12);
            most = fmax(most, actual_mm);
        }
        assert_true(most > 1.0);
    }
}

static void
a_run_in_two_parts_gives_the_same_bits(void **state_)
{
    (void)state_;
    static double whole_mm[STEPS], part_mm[STEPS];
    enum { CUT = 611 };
    make_weather(5);
    for (int m = 0; m < CATCHMENT_MODEL_COUNT; m++) {
        const struct catchment_model *model = catchment_models[m];
        for (uint32_t set_i = 1; set_i < 6; set_i++) {
            double used[CATCHMENT_PARAMETER_MAX], state[CATCHMENT_STATE_MAX];
            struct error err = {0};
            make_parameters(model, set_i, used);
            catchment_start(model, used, model->initial, state);
            catchment_run(model, used, state, STEPS, rain_mm, pet_mm, whole_mm, NULL, &err);
            catchment_start(model, used, model->initial, state);
            catchment_run(model, used, state, CUT, rain_mm, pet_mm, part_mm, NULL, &err);
            catchment_run(model, used, state, STEPS - CUT, rain_mm + CUT, pet_mm + CUT,
                          part_mm + CUT, NULL, &err);
            assert_memory_equal(whole_mm, part_mm, sizeof whole_mm);
        }
    }
}

/* Water still under way when X4 is cut comes out all the same. */
static void
water_under_way_outlives_a_change_of_parameters(void **state_)
{
    (void)state_;
    static const double no_water[40];
    double state[CATCHMENT_STATE_MAX], flow_mm[40], column[40 * CATCHMENT_COLUMN_MAX];
    const struct catchment_model *model = catchment_model_find("gr4j");
    double slow[] = {350.0, 0.0, 90.0, 19.0}, fast[] = {350.0, 0.0, 90.0, 0.7};
    double storm_mm = 200.0, dry_mm = 0.0, one_flow_mm, in_mm = 0.0;
    struct error err = {0};
    catchment_start(model, slow, (double[]){0.0, 0.0}, state);
    catchment_run(model, slow, state, 1, &storm_mm, &dry_mm, &one_flow_mm, column, &err);
    double before_mm = catchment_storage_mm(model, column);
    catchment_run(model, fast, state, 40, no_water, no_water, flow_mm, column, &err);
    for (int t = 0; t < 40; t++)
        in_mm += flow_mm[t];
    in_mm += catchment_storage_mm(model, column + 39 * model->column_count);
    assert_close(in_mm, before_mm, 1e-12, 0.0);
    for (int i = 0; i < model->shown_count; i++)
        if (strcmp(model->column[i].name, "UH1") == 0)
            assert_true(column[39 * model->column_count + model->column[i].place] == 0.0);
}

/* ---- lanes ----------------------------------------------------------------------------------- */

static void
check_batch(const struct catchment_model *model, int width, int set_count, bool own_weather)
{
    enum { COUNT = 700, WARMUP = 100 };
    static double flow_mm[13 * (COUNT - WARMUP)], alone_mm[COUNT];
    static double parameter[13 * CATCHMENT_PARAMETER_MAX];
    const double *rain[13], *pet[13];
    struct error err = {0};
    for (int s = 0; s < set_count; s++) {
        make_parameters(model, (uint32_t)(s + 1), parameter + s * model->parameter_count);
        rain[s] = rain_mm + (own_weather ? 50 * s : 0);
        pet[s] = pet_mm + (own_weather ? 50 * s : 0);
    }
    struct catchment_batch batch = {.model = model,
                                    .width = width,
                                    .set_count = set_count,
                                    .parameter = parameter,
                                    .initial = model->initial,
                                    .step_count = COUNT,
                                    .warmup_count = WARMUP,
                                    .own_weather = own_weather,
                                    .rain_mm = rain,
                                    .pet_mm = pet};
    assert_int_equal(catchment_batch_run(&batch, flow_mm, &err), STATUS_OK);
    for (int s = 0; s < set_count; s++) {
        double state[CATCHMENT_STATE_MAX];
        const double *used = parameter + s * model->parameter_count;
        catchment_start(model, used, model->initial, state);
        catchment_run(model, used, state, COUNT, rain[s], pet[s], alone_mm, NULL, &err);
        if (memcmp(alone_mm + WARMUP, flow_mm + s * (COUNT - WARMUP),
                   (COUNT - WARMUP) * sizeof(double)) != 0)
            fail_msg("%s: set %d of %d differs in %d lanes", model->name, s, set_count, width);
    }
}

static void
batches_give_the_bits_of_single_runs(void **state_)
{
    (void)state_;
    static const int counts[] = {1, 3, 8, 13};
    make_weather(9);
    for (int width = 1; width <= 8; width *= width == 1 ? 4 : 2) {
        if (!lanes_available(width)) {
            print_message("this processor has no %d lanes\n", width);
            continue;
        }
        for (int m = 0; m < CATCHMENT_MODEL_COUNT; m++)
            for (int i = 0; i < 4; i++) {
                check_batch(catchment_models[m], width, counts[i], false);
                check_batch(catchment_models[m], width, counts[i], true);
            }
    }
}

static void
bad_parameters_and_weather_are_refused(void **state_)
{
    (void)state_;
    const struct catchment_model *model = catchment_model_find("GR4J");
    double state[CATCHMENT_STATE_MAX] = {0}, flow_mm[2];
    double good[] = {350.0, 0.0, 90.0, 1.7}, late[] = {350.0, 0.0, 90.0, 20.5};
    double negative[] = {-1.0, 0.0, 90.0, 1.7}, small[] = {0.0, 0.0, 0.0, 0.1}, used[4];
    double rain[] = {1.0, -1.0}, pet[] = {1.0, (double)NAN}, fine[] = {0.0, 1.0};
    struct error err = {0};
    assert_non_null(model);
    assert_int_equal(catchment_run(model, late, state, 1, fine, fine, flow_mm, NULL, &err),
                     STATUS_INPUT);
    assert_non_null(strstr(err.text, "x4 is 20.5 d"));
    assert_int_equal(catchment_run(model, negative, state, 1, fine, fine, flow_mm, NULL, NULL),
                     STATUS_INPUT);
    assert_int_equal(catchment_run(model, good, state, 2, rain, fine, flow_mm, NULL, NULL),
                     STATUS_NOT_FINITE);
    assert_int_equal(catchment_run(model, good, state, 2, fine, pet, flow_mm, NULL, NULL),
                     STATUS_NOT_FINITE);
    assert_int_equal(catchment_parameters_use(model, small, used, NULL), STATUS_OK);
    assert_true(used[0] == 0.01 && used[2] == 0.01 && used[3] == 0.5);
    assert_null(catchment_model_find("gr7j"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(water_balance_of_every_step_closes),
        cmocka_unit_test(evapotranspiration_is_not_above_its_potential),
        cmocka_unit_test(a_run_in_two_parts_gives_the_same_bits),
        cmocka_unit_test(water_under_way_outlives_a_change_of_parameters),
        cmocka_unit_test(batches_give_the_bits_of_single_runs),
        cmocka_unit_test(bad_parameters_and_weather_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
