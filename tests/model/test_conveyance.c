/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "basin_fixture.h"
#include "model/conveyance.h"

/* Shares worked out by hand from the losses of good.yaml and its users. */

static double
gain_of(const char *id)
{
    double *gain = calloc((size_t)basin->node_count, sizeof *gain);
    struct moment moment = {&axis, 0, basin->run.demand_year, NULL};
    double found = NAN;
    assert_non_null(gain);
    conveyance_gains(basin, &moment, gain);
    for (int i = 0; i < basin->node_count; i++)
        if (strcmp(basin->node[i].id, id) == 0)
            found = gain[i];
    free(gain);
    return found;
}

static void
water_is_drawn_where_it_is(void **state)
{
    (void)state;
    assert_close(gain_of("lake"), 1.0, 0, 0);
    assert_close(gain_of("weir"), 1.0, 0, 0);
    assert_close(gain_of("mouth"), 1.0, 0, 0);
    assert_close(gain_of("ground"), 1.0, 0, 0);
    assert_close(gain_of("fork"), 1.0, 0, 0); /* takes water from outside */
}

static void
losses_of_links_and_works_multiply(void **state)
{
    (void)state;
    /* weir -> works, which lose 5 %; a canal from the lake loses 15 % */
    assert_close(gain_of("works"), 0.95, 1e-14, 0);
    assert_close(gain_of("resort"), 0.95, 1e-14, 0);
    assert_close(gain_of("farm"), 0.85, 1e-14, 0);
}

static void
the_way_that_loses_least_counts(void **state)
{
    (void)state;
    /* works -> town 0.95 x 0.88; a well without losses is better */
    assert_close(gain_of("town"), 1.0, 0, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(water_is_drawn_where_it_is),
        cmocka_unit_test(losses_of_links_and_works_multiply),
        cmocka_unit_test(the_way_that_loses_least_counts),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
