/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/alarm_score.h"
#include "solvers/philox.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

/* Scores of alarms: a case worked out by hand, and random records against the definitions taken
 * word by word. */

enum { COUNT = 120, RECORDS = 3 };

/*      t   0    1    2    3    4    5    6    7    8    9
 * value    9    4    9    4    4    9    9    9    4    -
 * dry      .    .    .    .    .    x    x    .    .    .
 * Alarm below 5, two steps ahead: steps 4, 5, 6 are dry soon; of the alarms at 1, 3, 4 and 8 one is
 * a hit; the misses are 5 and 6, and 0, 2 and 7 are quiet. */
static void
a_case_by_hand(void **state)
{
    (void)state;
    const double value[] = {9, 4, 9, 4, 4, 9, 9, 9, 4, (double)NAN};
    const bool dry[] = {0, 0, 0, 0, 0, 1, 1, 0, 0, 0};
    const struct alarm_record record = {10, value, dry};
    const struct alarm_options options = {.ahead = 2, .gap = 1};
    struct alarm_score score = alarm_score(1, &record, &options, 5.0);
    assert_int_equal(score.hits, 1);
    assert_int_equal(score.false_alarms, 3);
    assert_int_equal(score.misses, 2);
    assert_int_equal(score.quiet, 3);
    assert_close(score.pod, 1.0 / 3.0, 1e-15, 0);
    assert_close(score.far, 0.75, 1e-15, 0);
    assert_close(score.csi, 1.0 / 6.0, 1e-15, 0);
    assert_close(score.peirce, 1.0 / 3.0 - 0.5, 1e-15, 0);
    /* one event, at 5, with alarms at 3 and 4; runs of alarm at 1, 3 and 8, the second one right */
    assert_int_equal(score.event_count, 1);
    assert_int_equal(score.warned_count, 1);
    assert_close(score.mean_lead, 2.0, 0, 0);
    assert_int_equal(score.alarm_count, 3);
    assert_int_equal(score.false_count, 2);
}

static bool
soon(const struct alarm_record *record, int t, int ahead)
{
    for (int s = t; s < t + ahead && s < record->count; s++)
        if (record->dry[s])
            return true;
    return false;
}

struct drawn {
    double value[RECORDS][COUNT];
    bool dry[RECORDS][COUNT];
    struct alarm_record record[RECORDS];
};

static void
draw_records(struct drawn *drawn, uint64_t seed)
{
    const struct philox_key key = {.seed = seed, .site = philox_hash("alarms")};
    uint32_t i = 0;
    for (int r = 0; r < RECORDS; r++) {
        for (int t = 0; t < COUNT; t++) {
            double u = philox_uniform(&key, i++);
            drawn->value[r][t] = u < 0.05 ? (double)NAN : floor(10.0 * philox_uniform(&key, i++));
            drawn->dry[r][t] = philox_uniform(&key, i++) < 0.08 + 0.02 * (double)seed / 40.0;
        }
        drawn->record[r] = (struct alarm_record){COUNT, drawn->value[r], drawn->dry[r]};
    }
}

/* Counts by their definitions, and the area by all pairs of steps. */
static void
random_records_agree_with_brute_force(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        static struct drawn drawn;
        const struct alarm_options options = {.ahead = 1 + (int)(seed % 7), .gap = (int)(seed % 5)};
        draw_records(&drawn, seed);
        double level = 1.0 + (double)(seed % 9), area, wanted_area = 0.0, pairs = 0.0;
        struct alarm_score got = alarm_score(RECORDS, drawn.record, &options, level);
        struct alarm_score want = {0};
        double lead = 0.0;
        for (int r = 0; r < RECORDS; r++) {
            const struct alarm_record *record = &drawn.record[r];
            for (int t = 0; t < COUNT; t++) {
                bool alarm = record->value[t] < level, is_soon = soon(record, t, options.ahead);
                if (!isnan(record->value[t])) {
                    want.hits += alarm && is_soon;
                    want.false_alarms += alarm && !is_soon;
                    want.misses += !alarm && is_soon;
                    want.quiet += !alarm && !is_soon;
                }
                bool begins = record->dry[t];
                for (int s = t - options.gap; s < t; s++)
                    begins = begins && (s < 0 || !record->dry[s]);
                int first = -1;
                for (int s = t - 1; s >= t - options.ahead && s >= 0; s--)
                    first = record->value[s] < level ? s : first;
                want.event_count += begins;
                want.warned_count += begins && first >= 0;
                lead += begins && first >= 0 ? t - first : 0;
            }
        }
        for (int a = 0; a < RECORDS * COUNT; a++)
            for (int b = 0; b < RECORDS * COUNT; b++) {
                double va = drawn.value[a / COUNT][a % COUNT],
                       vb = drawn.value[b / COUNT][b % COUNT];
                if (isnan(va) || isnan(vb) ||
                    !soon(&drawn.record[a / COUNT], a % COUNT, options.ahead) ||
                    soon(&drawn.record[b / COUNT], b % COUNT, options.ahead))
                    continue;
                pairs += 1.0;
                wanted_area += va < vb ? 1.0 : va > vb ? 0.0 : 0.5;
            }
        struct error err = {0};
        assert_int_equal(got.hits, want.hits);
        assert_int_equal(got.false_alarms, want.false_alarms);
        assert_int_equal(got.misses, want.misses);
        assert_int_equal(got.quiet, want.quiet);
        assert_int_equal(got.event_count, want.event_count);
        assert_int_equal(got.warned_count, want.warned_count);
        assert_close(got.mean_lead, lead / want.warned_count, 1e-13, 0);
        assert_true(got.false_count <= got.alarm_count);
        assert_int_equal(alarm_roc_area(RECORDS, drawn.record, options.ahead, &area, &err),
                         STATUS_OK);
        assert_close(area, wanted_area / pairs, 1e-12, 0);
    }
}

static void
nothing_to_warn_of_has_no_score(void **state)
{
    (void)state;
    const double value[] = {1, 2, 3};
    const bool dry[] = {0, 0, 0};
    const struct alarm_record record = {3, value, dry};
    const struct alarm_options options = {.ahead = 2, .gap = 1};
    struct alarm_score score = alarm_score(1, &record, &options, 2.5);
    struct error err = {0};
    double area;
    assert_true(isnan(score.pod) && isnan(score.peirce) && isnan(score.mean_lead));
    assert_close(score.far, 1.0, 0, 0);
    assert_int_equal(alarm_roc_area(1, &record, 2, &area, &err), STATUS_OK);
    assert_true(isnan(area));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_by_hand),
        cmocka_unit_test(random_records_agree_with_brute_force),
        cmocka_unit_test(nothing_to_warn_of_has_no_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
