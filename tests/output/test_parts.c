/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/parts.h"
#include "tests/output/output_fixture.h"
#include "tests/random.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * Part files that have been torn or changed: what is read is either what was written or nothing,
 * and a run that is resumed makes the very file of one that was left alone.
 */

enum { KEPT = 5, PLANNED = 7, BYTES_MAX = 96 };

static const char identity[] = "the seed\t3\nthe basin\t#ab12\n";

/* Bytes of a scenario in these tests: their number and each byte depend on it. */
static size_t
make_bytes(int scenario_s, unsigned char *bytes)
{
    size_t size = (size_t)(scenario_s * 17 + 3);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(scenario_s * 31 + (int)i * 7);
    return size;
}

static const char *
results_path(void)
{
    static char path[PATH_LENGTH];
    return fixture_path("r.h5", path);
}

static const char *
part_path(void)
{
    static char path[PATH_LENGTH];
    return fixture_path("r.h5.part1", path);
}

static unsigned char *
read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = malloc(1 << 22);
    assert_non_null(file);
    assert_non_null(bytes);
    *size = fread(bytes, 1, 1 << 22, file);
    fclose(file);
    return bytes;
}

static void
write_file(const char *path, const unsigned char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static struct parts *
open_parts(enum status wanted)
{
    struct error err = {0};
    struct parts *parts;
    enum status status =
        parts_open(results_path(), identity, PLANNED, 1, PARTS_ALL, true, &parts, &err);
    if (status != wanted && wanted == STATUS_OK)
        fail_msg("%s", err.text);
    assert_true(status == STATUS_OK || (status == STATUS_USAGE && parts == NULL));
    return parts;
}

static void
append(struct parts *parts, int scenario_s)
{
    unsigned char bytes[2 * BYTES_MAX];
    size_t size = make_bytes(scenario_s, bytes), half = size / 2;
    struct iovec piece[2] = {{bytes, half}, {bytes + half, size - half}};
    struct error err = {0};
    assert_int_equal(parts_append(parts, scenario_s, piece, 2, &err), STATUS_OK);
}

/* A part file of scenarios 0 ... KEPT - 1; @return its bytes */
static unsigned char *
make_part(size_t *size)
{
    unlink(part_path());
    struct parts *parts = open_parts(STATUS_OK);
    assert_int_equal(parts_count(parts), 0);
    for (int s = 0; s < KEPT; s++)
        append(parts, s);
    assert_int_equal(parts_count(parts), KEPT);
    parts_close(parts, true);
    return read_file(part_path(), size);
}

/* Each scenario comes back as it was or not at all. @return how many there are */
static int
check_whole(struct parts *parts)
{
    int count = 0;
    for (int s = 0; s < PLANNED; s++) {
        unsigned char wanted[2 * BYTES_MAX], *bytes;
        size_t size;
        assert_int_equal(parts_read(parts, s, &bytes, &size, NULL), STATUS_OK);
        if (bytes == NULL)
            continue;
        assert_int_equal(size, make_bytes(s, wanted));
        assert_memory_equal(bytes, wanted, size);
        free(bytes);
        count++;
    }
    assert_int_equal(parts_count(parts), count);
    return count;
}

/* What is missing is made again and the file is whole. */
static void
complete(struct parts *parts)
{
    for (int s = 0; s < PLANNED; s++) {
        unsigned char *bytes;
        size_t size;
        assert_int_equal(parts_read(parts, s, &bytes, &size, NULL), STATUS_OK);
        if (bytes == NULL)
            append(parts, s);
        free(bytes);
    }
    assert_int_equal(check_whole(parts), PLANNED);
    parts_close(parts, true);
    parts = open_parts(STATUS_OK);
    assert_int_equal(check_whole(parts), PLANNED);
    parts_close(parts, true);
}

static void
a_file_torn_at_any_byte_keeps_what_is_whole(void **state)
{
    (void)state;
    size_t size, ends[KEPT + 1];
    unsigned char *bytes = make_part(&size), scratch[2 * BYTES_MAX];
    ends[KEPT] = size;
    for (int s = KEPT; s > 0; s--)
        ends[s - 1] = ends[s] - make_bytes(s - 1, scratch) - 24; /* head of a frame */
    for (size_t length = 0; length < size; length++) {
        int whole = 0;
        while (whole < KEPT && ends[whole + 1] <= length)
            whole++;
        write_file(part_path(), bytes, length);
        struct parts *parts = open_parts(STATUS_OK);
        assert_int_equal(check_whole(parts), whole);
        if (length % 5 == 0 || length + 100 > size)
            complete(parts);
        else
            parts_close(parts, true);
    }
    free(bytes);
}

static void
zeros_in_place_of_the_end_are_left_out(void **state)
{
    (void)state;
    size_t size;
    unsigned char *bytes = make_part(&size);
    for (size_t length = 70; length < size; length += 7) {
        unsigned char *torn = malloc(size);
        assert_non_null(torn);
        memcpy(torn, bytes, size);
        memset(torn + length, 0, size - length);
        write_file(part_path(), torn, size);
        struct parts *parts = open_parts(STATUS_OK);
        check_whole(parts);
        complete(parts);
        free(torn);
    }
    free(bytes);
}

static void
a_changed_byte_is_never_a_result(void **state)
{
    (void)state;
    size_t size;
    unsigned char *bytes = make_part(&size);
    int refused = 0, least = KEPT;
    uint64_t seed = 9;
    for (size_t place = 0; place < size; place++) {
        unsigned char bit = (unsigned char)(1 << random_below(&seed, 8));
        bytes[place] ^= bit;
        write_file(part_path(), bytes, size);
        bytes[place] ^= bit;
        struct parts *parts = open_parts(STATUS_USAGE);
        if (parts == NULL) {
            refused++;
            continue;
        }
        int count = check_whole(parts);
        least = count < least ? count : least;
        assert_true(count < KEPT);
        parts_close(parts, true);
    }
    assert_true(refused > 0 && least == 0); /* heads of file and of the first frame */
    free(bytes);
}

static void
random_damage_is_never_a_result(void **state)
{
    (void)state;
    size_t size;
    unsigned char *bytes = make_part(&size), *damaged = malloc(2 * size);
    uint64_t seed = 77;
    assert_non_null(damaged);
    for (int trial = 0; trial < 600; trial++) {
        size_t length = (size_t)random_below(&seed, (int)(2 * size));
        for (size_t i = 0; i < length; i++) /* the end may be rubbish */
            damaged[i] = i < size ? bytes[i] : (unsigned char)random_bits(&seed);
        for (int i = random_below(&seed, 4); i > 0 && length > 0; i--)
            damaged[random_below(&seed, (int)length)] = (unsigned char)random_bits(&seed);
        write_file(part_path(), damaged, length);
        struct parts *parts = open_parts(STATUS_USAGE);
        if (parts != NULL)
            check_whole(parts);
        parts_close(parts, true);
    }
    free(damaged);
    free(bytes);
}

static void
files_of_other_processes_are_taken_over(void **state)
{
    (void)state;
    struct error err = {0};
    struct parts *parts;
    for (int number = 2; number <= 12; number += 5) {
        assert_int_equal(
            parts_open(results_path(), identity, PLANNED, number, PARTS_OWN, true, &parts, &err),
            STATUS_OK);
        append(parts, number / 5);
        parts_close(parts, true);
    }
    unlink(part_path());
    assert_int_equal(
        parts_open(results_path(), identity, PLANNED, 1, PARTS_ALL, false, &parts, &err),
        STATUS_USAGE);
    assert_non_null(strstr(err.text, "holds 1 finished scenario of a run"));
    assert_int_equal(access(part_path(), F_OK), -1);
    parts = open_parts(STATUS_OK);
    assert_int_equal(check_whole(parts), 3);
    complete(parts);
    parts = open_parts(STATUS_OK);
    parts_close(parts, false);
    char command[PATH_LENGTH];
    snprintf(command, sizeof command, "! ls %s | grep part", fixture_folder);
    assert_int_equal(system(command), 0);
}

static void
there_may_be_more_part_files_than_a_process_may_open(void **state)
{
    (void)state;
    enum { FILES = 60, ALLOWED = 40 };
    struct error err = {0};
    struct parts *parts;
    struct rlimit before;
    for (int number = 1; number <= FILES; number++) {
        assert_int_equal(
            parts_open(results_path(), identity, PLANNED, number, PARTS_OWN, true, &parts, &err),
            STATUS_OK);
        append(parts, number % PLANNED);
        parts_close(parts, true);
    }
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit few = {ALLOWED, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    parts = open_parts(STATUS_OK);
    assert_int_equal(check_whole(parts), PLANNED);
    parts_close(parts, false);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* ---- whole runs --------------------------------------------------------------------------------
 */

/* The part file as it is when the last scenario is about to be added. */
struct copy {
    int last_s;
    unsigned char *bytes;
    size_t size;
};

static void
copy_part(void *context, const struct scenario_result *result)
{
    struct copy *copy = context;
    if (result->scenario_s == copy->last_s)
        copy->bytes = read_file(part_path(), &copy->size);
}

static void
count_simulated(void *context, const struct scenario_result *result)
{
    (void)result;
    ++*(int *)context;
}

static void
a_damaged_part_file_changes_no_result(void **state)
{
    (void)state;
    struct error err = {0};
    struct copy copy = {.last_s = 5};
    uint64_t seed = 5;
    size_t reference_size, size;
    assert_int_equal(fixture_run("daily", "all,audit", 1, results_path(), copy_part, &copy, &err),
                     STATUS_OK);
    unsigned char *reference = read_file(results_path(), &reference_size);
    unsigned char *damaged = malloc(copy.size);
    assert_non_null(damaged);
    int fewest = 6;
    for (int trial = 0; trial < 36; trial++) {
        size_t length = copy.size;
        memcpy(damaged, copy.bytes, length);
        if (trial % 2 == 1) /* as it is at first */
            length -= (size_t)random_below(&seed, trial % 4 == 1 ? 2000 : (int)length);
        if (trial % 3 == 2 && length > 2000)
            damaged[1000 + random_below(&seed, (int)length - 1000)] ^= 0x10;
        write_file(part_path(), damaged, length);
        int simulated = 0;
        if (fixture_resume("all,audit", results_path(), count_simulated, &simulated, &err) !=
            STATUS_OK)
            fail_msg("%s", err.text);
        if (trial == 0)
            assert_int_equal(simulated, 1);
        fewest = simulated < fewest ? simulated : fewest;
        unsigned char *bytes = read_file(results_path(), &size);
        assert_int_equal(size, reference_size);
        assert_memory_equal(bytes, reference, size);
        free(bytes);
    }
    assert_int_equal(fewest, 1);
    free(damaged);
    free(reference);
    free(copy.bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_torn_at_any_byte_keeps_what_is_whole),
        cmocka_unit_test(zeros_in_place_of_the_end_are_left_out),
        cmocka_unit_test(a_changed_byte_is_never_a_result),
        cmocka_unit_test(random_damage_is_never_a_result),
        cmocka_unit_test(files_of_other_processes_are_taken_over),
        cmocka_unit_test(there_may_be_more_part_files_than_a_process_may_open),
        cmocka_unit_test(a_damaged_part_file_changes_no_result),
    };
    return cmocka_run_group_tests_name("parts", tests, fixture_setup, fixture_teardown);
}
