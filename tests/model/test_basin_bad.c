/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin.h"
#include "tests/support.h"

#include "basin_bad_cases.h"
#include "basin_bad_plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    CASE_COUNT = sizeof bad_cases / sizeof bad_cases[0],
    PLAN_COUNT = sizeof bad_plans / sizeof bad_plans[0],
    TEXT_MAX = 16384,
    PATH_LENGTH = 512
};

static char folder[] = "/tmp/nguon_basin_XXXXXX";

static void
file_path(char *path, const char *name)
{
    snprintf(path, PATH_LENGTH, "%s/%s", folder, name);
}

static void
write_file(const char *name, const char *bytes, size_t size)
{
    char path[PATH_LENGTH];
    file_path(path, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Two years of monthly weather, 2019 and 2020: few lines, since it is read with every file. */
static void
write_weather(void)
{
    char text[1024] = "date,P_mm,Q\n";
    size_t size = strlen(text);
    for (int i = 0; i < 24; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%d-%02d-01,%d,%d.5\n",
                                 2019 + i / 12, i % 12 + 1, i % 9, i % 5);
    write_file("weather.csv", text, size);
}

static int
make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    write_weather();
    return 0;
}

static int
remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"weather.csv", "basin.yaml",    "a.yaml",
                                        "b.yaml",      "scenario.yaml", "inside/c.yaml"};
    char path[PATH_LENGTH];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        file_path(path, names[i]);
        unlink(path);
    }
    file_path(path, "inside");
    rmdir(path);
    return rmdir(folder);
}

/* good_file with one piece replaced; the place of '@' as line and column, 0 if there is none. */
static size_t
make_text(const struct bad_case *bad, char *text, int *line, int *column)
{
    const char *place = strstr(good_file, bad->old);
    assert_non_null(place);
    size_t before = (size_t)(place - good_file);
    int size = snprintf(text, TEXT_MAX, "%.*s%s%s", (int)before, good_file, bad->new,
                        place + strlen(bad->old));
    assert_in_range(size, 1, TEXT_MAX - 1);
    *line = *column = 0;
    char *mark = bad->at != NULL ? strstr(text, bad->at) : strchr(text, '@');
    assert_true(mark != NULL || bad->at == NULL);
    if (mark == NULL)
        return (size_t)size;
    *line = *column = 1;
    for (const char *at = text; at < mark; at++) {
        *column = *at == '\n' ? 1 : *column + 1;
        *line += *at == '\n';
    }
    if (bad->at != NULL)
        return (size_t)size;
    memmove(mark, mark + 1, strlen(mark));
    return (size_t)size - 1;
}

static void
print_all(const struct diagnostics *diagnostics)
{
    char buffer[2048];
    for (int i = 0; i < diagnostics->count; i++)
        print_message("    %s\n", diagnostic_format(&diagnostics->item[i], buffer, sizeof buffer));
}

/* Whether one of the faults has these words, at this place if line is not 0. */
static bool
reports(const struct diagnostics *diagnostics, const char *words, int line, int column)
{
    for (int i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *item = &diagnostics->item[i];
        if (!item->is_warning && strstr(item->message, words) != NULL &&
            (line == 0 || (item->line == line && item->column == column)))
            return true;
    }
    return false;
}

static bool
case_holds(const struct bad_case *bad)
{
    static char text[TEXT_MAX];
    char path[PATH_LENGTH];
    int line;
    int column;
    size_t size = make_text(bad, text, &line, &column);
    write_file("basin.yaml", text, size);
    file_path(path, "basin.yaml");
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    struct basin *basin = NULL;
    enum status status = basin_load(path, NULL, &basin, &diagnostics);
    int wanted = bad->errors == 0 ? 1 : bad->errors;
    bool good = status == STATUS_INPUT && basin == NULL &&
                reports(&diagnostics, bad->words, line, column) &&
                (wanted < 0 || diagnostics.error_count == wanted);
    if (!good) {
        print_message("'%s': status %d, %d faults, wanted '%s' at %d:%d\n", bad->name, (int)status,
                      diagnostics.error_count, bad->words, line, column);
        print_all(&diagnostics);
    }
    diagnostics_finish(&diagnostics);
    basin_destroy(basin);
    return good;
}

static void
every_fault_is_named_and_placed(void **state)
{
    (void)state;
    int wrong = 0;
    for (int i = 0; i < CASE_COUNT; i++)
        wrong += !case_holds(&bad_cases[i]);
    assert_int_equal(wrong, 0);
}

static void
every_fault_of_a_drought_plan_is_named_and_placed(void **state)
{
    (void)state;
    int wrong = 0;
    for (int i = 0; i < PLAN_COUNT; i++)
        wrong += !case_holds(&bad_plans[i]);
    assert_int_equal(wrong, 0);
}

static enum status
load_text(const char *text, size_t size, struct diagnostics *diagnostics)
{
    char path[PATH_LENGTH];
    struct basin *basin = NULL;
    write_file("basin.yaml", text, size);
    file_path(path, "basin.yaml");
    enum status status = basin_load(path, NULL, &basin, diagnostics);
    basin_destroy(basin);
    return status;
}

static void
a_drought_plan_that_does_nothing_is_warned_of(void **state)
{
    (void)state;
    static const char plan[] =
        "drought_plans:\n  idle: {demands: mill, stages: [{id: dry, enter: {storage: 50 %},\n"
        "    caps: {irrigation: 50 %}}]}\n";
    char text[sizeof good_file + sizeof plan];
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    int size = snprintf(text, sizeof text, "%s%s", good_file, plan);
    assert_int_equal(load_text(text, (size_t)size, &diagnostics), STATUS_OK);
    bool warned = false;
    for (int i = 0; i < diagnostics.count; i++)
        warned = warned || (diagnostics.item[i].is_warning && diagnostics.item[i].line > 1 &&
                            strstr(diagnostics.item[i].message, "restricts nobody") != NULL);
    assert_true(warned);
    diagnostics_finish(&diagnostics);
}

static void
the_file_all_cases_start_from_is_good(void **state)
{
    (void)state;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    enum status status = load_text(good_file, sizeof good_file - 1, &diagnostics);
    print_all(&diagnostics);
    assert_int_equal(status, STATUS_OK);
    diagnostics_finish(&diagnostics);
}

/* Load a path, which must fail with these words. */
static void
expect_refusal(const char *path, const char *scenario_path, const char *words)
{
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    struct basin *basin = NULL;
    enum status status = basin_load(path, scenario_path, &basin, &diagnostics);
    if (status != STATUS_INPUT || !reports(&diagnostics, words, 0, 0)) {
        print_message("'%s' wanted in\n", words);
        print_all(&diagnostics);
        fail();
    }
    assert_null(basin);
    diagnostics_finish(&diagnostics);
}

static void
expect_text_refusal(const char *text, size_t size, const char *words)
{
    char path[PATH_LENGTH];
    write_file("basin.yaml", text, size);
    file_path(path, "basin.yaml");
    expect_refusal(path, NULL, words);
}

#define REFUSE(text, words) expect_text_refusal(text, sizeof(text) - 1, words)

static void
what_is_no_text_is_refused(void **state)
{
    (void)state;
    char path[PATH_LENGTH];
    file_path(path, "nothing.yaml");
    expect_refusal(path, NULL, "no such file");
    expect_refusal(folder, NULL, "a folder, not a file");
    expect_refusal("/dev/null", NULL, "not a regular file");
    expect_refusal("", NULL, "no such file");
    REFUSE("", "empty");
    REFUSE("# only a comment\n", "empty");
    REFUSE("\n\n", "empty");
    REFUSE("- a\n- b\n", "must be a map of sections");
    REFUSE("just words\n", "must be a map of sections");
    REFUSE("nguon: 1\nname: S\xc3", "not a UTF-8 text at byte 17");
    REFUSE("nguon: 1\nname: \xff\xfe\xfd\n", "not a UTF-8 text");
    REFUSE("nguon: 1\nname: \xed\xa0\x80\n", "not a UTF-8 text");
    REFUSE("\xff\xfen\0g\0u\0", "UTF-16");
    REFUSE("nguon: 1\nname: a\0b\n", "UTF-8");
    REFUSE("nguon: 1\nname: \"a\\0b\"\n", "NUL");
    REFUSE("\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00junk", "");
    REFUSE("\xef\xbb\xbf", "empty");
}

static void
a_pipe_that_nobody_writes_is_not_waited_for(void **state)
{
    (void)state;
    char path[PATH_LENGTH];
    file_path(path, "a.yaml");
    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(20); /* waiting would never end */
    expect_refusal(path, NULL, "empty");
    alarm(0);
    unlink(path);
}

/* good_file with pieces replaced: old, new, old, new ... NULL. */
static void
expect_changed_refusal(const char *const *pieces, const char *words, const char *file, int line)
{
    static char text[TEXT_MAX], other[TEXT_MAX];
    char path[PATH_LENGTH];
    strcpy(text, good_file);
    for (; *pieces != NULL; pieces += 2) {
        const char *place = strstr(text, pieces[0]);
        assert_non_null(place);
        snprintf(other, TEXT_MAX, "%.*s%s%s", (int)(place - text), text, pieces[1],
                 place + strlen(pieces[0]));
        strcpy(text, other);
    }
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(load_text(text, strlen(text), &diagnostics), STATUS_INPUT);
    file_path(path, file);
    bool found = false;
    for (int i = 0; i < diagnostics.count; i++)
        found = found ||
                (strstr(diagnostics.item[i].message, words) != NULL &&
                 strcmp(diagnostics.item[i].file, path) == 0 && diagnostics.item[i].line == line);
    if (!found || diagnostics.error_count != 1) {
        print_message("'%s' wanted in line %d of %s, alone, in\n", words, line, path);
        print_all(&diagnostics);
        fail();
    }
    diagnostics_finish(&diagnostics);
}

#define REFUSE_CHANGED(words, file, line, ...)                                                     \
    expect_changed_refusal((const char *const[]){__VA_ARGS__, NULL}, words, file, line)

static void
faults_of_records_stand_in_their_file_and_line(void **state)
{
    (void)state;
    static const char *const bad_rows[][3] = {
        {"2019-03-01,1,2\n2019-05-01,1,2\n", "has no value from 2019-04-01 to 2019-04-01", "4"},
        {"2019-03-01,1,NaN\n2019-04-01,1,2\n", "has no value from 2019-03-01", "3"},
        {"2019-03-01,1,-9999\n2019-04-01,1,2\n", "has no value from 2019-03-01", "3"},
        {"2019-03-01,1,2\n2019-03-01,1,2\n", "repeats the date of line 3", "4"},
        {"2019-03-01,1,2\n2019-01-01,1,2\n", "is before the date of line 3", "4"},
        {"2019-02-29,1,2\n2019-03-01,1,2\n", "'2019-02-29' is no date", "3"},
        {"2019-03-01,1,2\n2019-04-01,1\n", "the row has 2 cells", "4"},
        {"2019-03-01,1,wet\n2019-04-01,1,2\n", "'wet' is no number", "3"},
        {"2019-03-01,1,\"2\n", "the quote opened on line 3", "3"},
    };
    for (size_t i = 0; i < sizeof bad_rows / sizeof bad_rows[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, "date,P_mm,Q\n2019-02-01,1,2\n%s", bad_rows[i][0]);
        write_file("b.yaml", text, strlen(text));
        REFUSE_CHANGED(bad_rows[i][1], "b.yaml", atoi(bad_rows[i][2]), "q: {file: weather.csv",
                       "q: {file: b.yaml");
    }
    REFUSE_CHANGED("there is no column 'R'", "weather.csv", 1, "column: Q", "column: R");
    REFUSE_CHANGED("cannot open the file: No such file", "wether.csv", 0, "q: {file: weather.csv",
                   "q: {file: wether.csv");
    REFUSE_CHANGED("this is a directory", ".", 0, "q: {file: weather.csv", "q: {file: .");
}

static void
records_stay_in_range_after_their_scale(void **state)
{
    (void)state;
    const char *const part = "  part: {file: weather.csv, column: Q, unit: \"%\"}\n";
    char with_part[256];
    snprintf(with_part, sizeof with_part, "%sprofiles:", part);
    /* at most 4.5 %, times 50 */
    REFUSE_CHANGED("'loss' comes to 2.25 with series 'part'", "basin.yaml", 53,
                   "profiles:", with_part, "loss: 10 %", "loss: {series: part, scale: 50}");
    REFUSE_CHANGED(
        "'loss': series 'rate' is 1.5 in the file's unit on 2019-02-01", "basin.yaml", 53,
        "profiles:", "  rate: {file: weather.csv, column: Q, unit: \"1\"}\nprofiles:", "loss: 10 %",
        "loss: {series: rate}");
}

static void
deep_and_wide_files_are_refused_quickly(void **state)
{
    (void)state;
    static char text[1 << 20];
    memset(text, '[', 20000);
    expect_text_refusal(text, 20000, "32 levels");
    size_t size = 0;
    for (int i = 0; i < 40; i++) /* block style */
        size += (size_t)snprintf(text + size, sizeof text - size, "%*sa:\n", i, "");
    expect_text_refusal(text, size, "32 levels");
    REFUSE("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "anchors");
    REFUSE("&a [*a]\n", "anchors");
    REFUSE("? [a, b]\n: 1\n", "a key must be a plain word");
}

static void
more_faults_than_are_kept_are_counted(void **state)
{
    (void)state;
    static char text[1 << 20];
    size_t size = (size_t)snprintf(text, sizeof text, "%s", good_file);
    for (int i = 0; i < 1000; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "unknown_%d: 1\n", i);
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(load_text(text, size, &diagnostics), STATUS_INPUT);
    assert_int_equal(diagnostics.count, DIAGNOSTICS_MAX);
    assert_int_equal(diagnostics.error_count, 1000);
    diagnostics_finish(&diagnostics);
}

static void
all_faults_of_a_file_come_at_once(void **state)
{
    (void)state;
    static const char text[] = "nguon: 1\n"
                               "run: {start: 2020-01-01, end: 2020-13-01}\n"
                               "junctions: {a: {spil_to: b}, B: {}}\n"
                               "seas: {s: {}}\n"
                               "links: {l: {kind: rivver, from: a, to: t, loss: 3 m}}\n";
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(load_text(text, sizeof text - 1, &diagnostics), STATUS_INPUT);
    assert_true(reports(&diagnostics, "2020-13-01", 2, 31));
    assert_true(reports(&diagnostics, "did you mean 'spill_to'", 3, 17));
    assert_true(reports(&diagnostics, "id 'B'", 3, 30));
    assert_true(reports(&diagnostics, "did you mean 'river'", 5, 19));
    assert_true(reports(&diagnostics, "node 't'", 5, 40));
    assert_true(reports(&diagnostics, "'loss' is '3 m'", 5, 49));
    diagnostics_finish(&diagnostics);
}

static void
includes_stay_in_the_folder_and_never_circle(void **state)
{
    (void)state;
    char path[PATH_LENGTH];
    file_path(path, "inside");
    mkdir(path, 0700);
    static const char circle_a[] = "nguon: 1\ninclude: b.yaml\n";
    static const char circle_b[] = "include: [a.yaml]\n";
    write_file("a.yaml", circle_a, sizeof circle_a - 1);
    write_file("b.yaml", circle_b, sizeof circle_b - 1);
    file_path(path, "a.yaml");
    expect_refusal(path, NULL, "include runs in a circle: ");
    static const char itself[] = "include: a.yaml\n";
    write_file("a.yaml", itself, sizeof itself - 1);
    expect_refusal(path, NULL, "include runs in a circle: ");
    static const char twice[] = "include: [b.yaml, b.yaml]\n";
    static const char empty_b[] = "name: b\n";
    write_file("a.yaml", twice, sizeof twice - 1);
    write_file("b.yaml", empty_b, sizeof empty_b - 1);
    expect_refusal(path, NULL, "is included twice");
    static const char leaves[] = "include: ../../etc/passwd\n";
    write_file("a.yaml", leaves, sizeof leaves - 1);
    expect_refusal(path, NULL, "include '../../etc/passwd'");
    static const char absolute[] = "include: /etc/passwd\n";
    write_file("a.yaml", absolute, sizeof absolute - 1);
    expect_refusal(path, NULL, "must be relative");
    static const char missing[] = "include: c.yaml\n";
    write_file("a.yaml", missing, sizeof missing - 1);
    expect_refusal(path, NULL, "there is no such file");
    static const char up[] = "include: ../b.yaml\n";
    write_file("inside/c.yaml", up, sizeof up - 1);
    file_path(path, "inside/c.yaml");
    expect_refusal(path, NULL, "leaves the folder of the main file");
}

static void
sections_that_stand_once_are_not_given_by_two_files(void **state)
{
    (void)state;
    char path[PATH_LENGTH];
    static const char main_file[] = "nguon: 1\ninclude: b.yaml\nname: a\nseas: {s: {}}\n";
    static const char other[] = "name: b\nseas: {s: {}}\n";
    write_file("a.yaml", main_file, sizeof main_file - 1);
    write_file("b.yaml", other, sizeof other - 1);
    file_path(path, "a.yaml");
    expect_refusal(path, NULL, "section 'name' stands in two files");
    expect_refusal(path, NULL, "id 's' is taken by the sea in");
}

static void
scenario_files_hold_scenarios_only(void **state)
{
    (void)state;
    char path[PATH_LENGTH];
    char scenario[PATH_LENGTH];
    write_file("basin.yaml", good_file, sizeof good_file - 1);
    file_path(path, "basin.yaml");
    file_path(scenario, "scenario.yaml");
    static const char extra[] = "scenarios: {}\nseas: {t: {}}\n";
    write_file("scenario.yaml", extra, sizeof extra - 1);
    expect_refusal(path, scenario, "unknown key 'seas' in a scenario file");
    static const char newer[] = "nguon: 2\nscenarios: {}\n";
    write_file("scenario.yaml", newer, sizeof newer - 1);
    expect_refusal(path, scenario, "reads version 1");
    static const char nothing[] = "name: x\n";
    write_file("scenario.yaml", nothing, sizeof nothing - 1);
    expect_refusal(path, scenario, "lacks the section 'scenarios'");
    file_path(scenario, "nothing.yaml");
    expect_refusal(path, scenario, "no such file");
}

/* xorshift64*, enough to spoil a file. */
static uint64_t
next_random(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * 2685821657736338717u;
}

/* Change, insert, remove or double a few bytes; returns the new size. */
static size_t
spoil(char *text, size_t size, uint64_t *seed)
{
    static const char likely[] = "{}[]:,-#&*!|>'\"%@` \n\t0123456789.eE+_aznm/\xc3\x00";
    int count = 1 + (int)(next_random(seed) % 4);
    for (int i = 0; i < count; i++) {
        size_t place = next_random(seed) % size;
        char byte = next_random(seed) % 4 == 0 ? (char)next_random(seed)
                                               : likely[next_random(seed) % (sizeof likely - 1)];
        size_t span = 1 + next_random(seed) % 40;
        span = place + span > size ? size - place : span;
        switch (next_random(seed) % 4) {
        case 0:
            text[place] = byte;
            break;
        case 1:
            memmove(text + place + 1, text + place, size - place);
            text[place] = byte;
            size++;
            break;
        case 2:
            memmove(text + place, text + place + span, size - place - span);
            size -= span;
            break;
        default:
            memmove(text + place + span, text + place, size - place);
            size += span;
            break;
        }
        if (size < 16)
            return size;
    }
    return size;
}

static double
seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void
spoilt_files_never_crash_or_hang(void **state)
{
    (void)state;
    enum { ROUNDS = 20000 };
    const double time_max_s = 8.0;
    static char text[TEXT_MAX];
    uint64_t seed = 20240601;
    const char *given = getenv("NGUON_FUZZ_SEED");
    if (given != NULL)
        seed = strtoull(given, NULL, 10);
    print_message("seed %llu (NGUON_FUZZ_SEED sets another)\n", (unsigned long long)seed);
    double begin_s = seconds();
    int round = 0;
    for (; round < ROUNDS && seconds() - begin_s < time_max_s; round++) {
        memcpy(text, good_file, sizeof good_file);
        size_t size = spoil(text, sizeof good_file - 1, &seed);
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics);
        double start_s = seconds();
        enum status status = load_text(text, size, &diagnostics);
        assert_true(seconds() - start_s < 2.0);
        assert_true(status == STATUS_OK || status == STATUS_INPUT);
        assert_true((status == STATUS_OK) == (diagnostics.error_count == 0));
        diagnostics_finish(&diagnostics);
    }
    print_message("%d spoilt files in %.1f s\n", round, seconds() - begin_s);
    assert_true(round > 100);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_all_cases_start_from_is_good),
        cmocka_unit_test(every_fault_is_named_and_placed),
        cmocka_unit_test(every_fault_of_a_drought_plan_is_named_and_placed),
        cmocka_unit_test(a_drought_plan_that_does_nothing_is_warned_of),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(a_pipe_that_nobody_writes_is_not_waited_for),
        cmocka_unit_test(faults_of_records_stand_in_their_file_and_line),
        cmocka_unit_test(records_stay_in_range_after_their_scale),
        cmocka_unit_test(deep_and_wide_files_are_refused_quickly),
        cmocka_unit_test(more_faults_than_are_kept_are_counted),
        cmocka_unit_test(all_faults_of_a_file_come_at_once),
        cmocka_unit_test(includes_stay_in_the_folder_and_never_circle),
        cmocka_unit_test(sections_that_stand_once_are_not_given_by_two_files),
        cmocka_unit_test(scenario_files_hold_scenarios_only),
        cmocka_unit_test(spoilt_files_never_crash_or_hang),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
