/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/surcharge.h"
#include "tests/support.h"

#include <math.h>

/* What is stored while a falling inflow lies above the release, summed in small steps. */
static double
stored_m3(double inflow_m3s, double release_m3s, double recession_s)
{
    double dt_s = recession_s / 20000.0, sum_m3 = 0.0;
    for (int i = 0; i < 2000000; i++) {
        double flow = inflow_m3s * exp(-(i + 0.5) * dt_s / recession_s);
        if (flow <= release_m3s)
            break;
        sum_m3 += (flow - release_m3s) * dt_s;
    }
    return sum_m3;
}

static void
release_fills_the_room_and_no_more(void **unused)
{
    (void)unused;
    const double inflows[] = {50, 400, 1500}, rooms[] = {1e5, 1e6, 5e6},
                 recessions[] = {7200, 36000};
    for (int i = 0; i < 3; i++)
        for (int r = 0; r < 3; r++)
            for (int t = 0; t < 2; t++) {
                double release = surcharge_release_m3s(inflows[i], rooms[r], recessions[t]);
                if (rooms[r] >= inflows[i] * recessions[t])
                    assert_close(release, 0, 0, 0);
                else
                    assert_close(stored_m3(inflows[i], release, recessions[t]), rooms[r], 1e-4, 0);
            }
}

static void
without_room_all_is_released(void **unused)
{
    (void)unused;
    assert_close(surcharge_release_m3s(800, 0, 3600), 800, 0, 0);
    assert_close(surcharge_release_m3s(800, -1e6, 3600), 800, 0, 0);
    assert_close(surcharge_release_m3s(0, 1e6, 3600), 0, 0, 0);
    assert_close(surcharge_release_m3s(0, 0, 3600), 0, 0, 0);
}

/* Less room or more inflow never asks for less. */
static void
release_rises_with_inflow_and_level(void **unused)
{
    (void)unused;
    for (double inflow = 20; inflow <= 2000; inflow += 20)
        for (double room = 0; room <= 2e7; room += 1e6) {
            double release = surcharge_release_m3s(inflow, room, 14400);
            assert_true(release >= 0 && release <= inflow);
            assert_true(surcharge_release_m3s(inflow + 20, room, 14400) >= release);
            assert_true(surcharge_release_m3s(inflow, room + 1e6, 14400) <= release);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(release_fills_the_room_and_no_more),
        cmocka_unit_test(without_room_all_is_released),
        cmocka_unit_test(release_rises_with_inflow_and_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
