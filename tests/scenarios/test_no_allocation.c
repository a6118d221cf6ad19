/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/run_fixture.h"
#include "tests/support.h"

#include <errno.h>
#include <features.h>
#include <stdlib.h>

/*
 * Memory is taken before the first step and given back after the last: a run of one or three years
 * asks for memory as often as one of forty days. Every call of this process to the allocator is
 * counted, those of libraries too, by functions that take the place of the C library's. Sanitizers
 * have an allocator of their own; there the test is skipped.
 */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#endif
#if defined(__GLIBC__) && !defined(HAS_SANITIZER)
#define CAN_COUNT 1
#endif

static long call_count;

#ifdef CAN_COUNT
/* NOLINTBEGIN: names of the C library */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
/* NOLINTEND */
#define EXPORTED __attribute__((visibility("default")))

EXPORTED void *
malloc(size_t size)
{
    call_count++;
    return __libc_malloc(size);
}

EXPORTED void *
calloc(size_t count, size_t size)
{
    call_count++;
    return __libc_calloc(count, size);
}

EXPORTED void *
realloc(void *old, size_t size)
{
    call_count++;
    return __libc_realloc(old, size);
}

EXPORTED void *
aligned_alloc(size_t alignment, size_t size)
{
    call_count++;
    return __libc_memalign(alignment, size);
}

EXPORTED int
posix_memalign(void **out, size_t alignment, size_t size)
{
    call_count++;
    *out = __libc_memalign(alignment, size);
    return *out != NULL ? 0 : ENOMEM;
}
#endif

enum { SHORT_STEPS = 40, BASINS = 12 };

static const char *folder;

/* Calls to the allocator in a run over the first steps. */
static long
calls_of_run(struct test_run *run, int step_count)
{
    int whole = run->axis.step_count;
    run->axis.step_count = step_count;
    long before = call_count;
    enum status status = run_simulate(run, LP_SIMPLEX);
    long calls = call_count - before;
    run->axis.step_count = whole;
    if (status != STATUS_OK)
        fail_msg("%s", run->err.text);
    return calls;
}

static void
assert_nothing_allocated(struct basin *basin)
{
    struct test_run run;
    assert_true(run_open(&run, basin));
    assert_true(run.axis.step_count > SHORT_STEPS);
    long few_steps = calls_of_run(&run, SHORT_STEPS);
    long all_steps = calls_of_run(&run, run.axis.step_count);
    assert_true(few_steps > 0); /* they are counted */
    assert_int_equal(all_steps, few_steps);
    run_close(&run);
}

static void
skip_without_count(void)
{
#ifndef CAN_COUNT
    print_message("skipped: calls to this allocator cannot be counted\n");
    skip();
#endif
}

static void
random_basins_take_no_memory_in_a_step(void **state)
{
    (void)state;
    skip_without_count();
    static const char *const share[] = {"fair", "total", "order"};
    for (uint64_t seed = 1; seed <= BASINS; seed++) {
        struct random_basin_options options = {.seed = seed,
                                               .share = share[seed % 3],
                                               .step = "daily",
                                               .step_count = 365,
                                               .rich = seed % 2 == 0};
        assert_nothing_allocated(random_basin(&options, folder));
    }
}

/* Generated inflow, mine water, rules, every kind of result. */
static void
the_province_takes_no_memory_in_a_step(void **state)
{
    (void)state;
    skip_without_count();
    struct diagnostics diagnostics;
    struct basin *basin = NULL;
    diagnostics_init(&diagnostics);
    if (basin_load(EXAMPLE_DIR "/quang-ninh/basin.yaml", NULL, &basin, &diagnostics) != STATUS_OK)
        fail_msg("%s", diagnostics.item[0].message);
    if (basin_set(basin, "end=1993-12-31", &diagnostics) != STATUS_OK)
        fail_msg("%s", diagnostics.item[0].message);
    diagnostics_finish(&diagnostics);
    assert_nothing_allocated(basin);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_basins_take_no_memory_in_a_step),
                                       cmocka_unit_test(the_province_takes_no_memory_in_a_step)};
    folder = folder_create();
    if (folder == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return failed;
}
