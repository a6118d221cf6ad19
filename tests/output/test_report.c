/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/band.h"
#include "output/json.h"
#include "output/report.h"
#include "output/series_plot.h"
#include "solvers/quantile.h"
#include "tests/output/output_fixture.h"
#include "tests/random.h"
#include "tests/support.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- words -------------------------------------------------------------------------------------
 */

static int
holes(const char *text, char hole)
{
    int count = 0;
    for (const char *c = text; (c = strchr(c, '{')) != NULL; c++)
        count += c[1] == hole && c[2] == '}';
    return count;
}

static void
each_word_stands_in_both_languages_with_the_same_holes(void **state)
{
    (void)state;
    int alike = 0;
    for (int w = 0; w < WORD_COUNT; w++) {
        const char *en = word_text(LANGUAGE_EN, (enum word)w);
        const char *vi = word_text(LANGUAGE_VI, (enum word)w);
        assert_true(strlen(en) > 0 && strlen(vi) > 0);
        alike += strcmp(en, vi) == 0;
        for (char hole = '1'; hole <= '9'; hole++)
            if ((holes(en, hole) > 0) != (holes(vi, hole) > 0))
                fail_msg("{%c} is not in both texts of %s", hole, word_key((enum word)w));
        for (int l = 0; l < LANGUAGE_COUNT; l++) {
            const char *text = word_text((enum language)l, (enum word)w);
            if (strpbrk(text, "<>&\"") != NULL) /* they go into the page as they are */
                fail_msg("%s has a sign of markup", word_key((enum word)w));
            for (const char *c = text; *c != '\0'; c++)
                if ((unsigned char)*c == 0xcc) /* marks belong into the letters (NFC) */
                    fail_msg("%s has a mark of its own", word_key((enum word)w));
        }
    }
    assert_true(alike <= 5); /* p10, units */
}

/* ---- JSON --------------------------------------------------------------------------------------
 */

static void
texts_of_json_cannot_end_a_script(void **state)
{
    (void)state;
    static const struct {
        const char *text, *json;
    } cases[] = {{"</script><b>", "\"\\u003c/script\\u003e\\u003cb\\u003e\""},
                 {"a\"b\\c\n\t", "\"a\\\"b\\\\c\\u000a\\u0009\""},
                 {"H\xe1\xbb\x93 'x' & y", "\"H\xe1\xbb\x93 \\u0027x\\u0027 \\u0026 y\""},
                 {"\xe2\x80\xa8\xe2\x80\xa9", "\"\\u2028\\u2029\""},
                 {"\xff\xc0\xaf\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\""},
                 {"\xf0\x9f\x92\xa7\xe2\x82", "\"\xf0\x9f\x92\xa7\\ufffd\\ufffd\""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        assert_non_null(out);
        json_text(out, cases[i].text);
        assert_int_equal(fclose(out), 0);
        assert_string_equal(text, cases[i].json);
        free(text);
    }
}

/* ---- bands -------------------------------------------------------------------------------------
 */

static void
bands_keep_every_extreme_and_the_quantiles_of_the_means(void **state)
{
    (void)state;
    enum { STEPS = 1003, SCENARIOS = 7, BUCKETS = 90 };
    static float value[SCENARIOS][STEPS];
    double length[STEPS], sample[SCENARIOS];
    struct band band;
    uint64_t random = 5;
    for (int t = 0; t < STEPS; t++)
        length[t] = 1.0 + t % 3;
    assert_int_equal(band_init(&band, STEPS, length, BUCKETS, SCENARIOS, 20, NULL), STATUS_OK);
    for (int s = 0; s < SCENARIOS; s++) {
        for (int t = 0; t < STEPS; t++)
            value[s][t] = s == 3 && t < 200 ? NAN : (float)(-2.0 + 11.0 * random_uniform(&random));
        band_add(&band, s, value[s]);
    }
    assert_int_equal(band_close(&band, NULL), STATUS_OK);
    assert_true(band.bucket_count <= BUCKETS && band.detail_count <= 20);
    for (int b = 0; b < band.bucket_count; b++) {
        double least = INFINITY, largest = -INFINITY;
        int count = 0;
        for (int s = 0; s < SCENARIOS; s++) {
            double sum = 0.0, weight = 0.0;
            for (int t = b * band.bucket_steps; t < (b + 1) * band.bucket_steps && t < STEPS; t++) {
                if (isnan(value[s][t]))
                    continue;
                least = fmin(least, (double)value[s][t]);
                largest = fmax(largest, (double)value[s][t]);
                sum += (double)value[s][t] * length[t];
                weight += length[t];
            }
            if (weight > 0.0)
                sample[count++] = sum / weight;
        }
        quantile_sort(sample, count);
        assert_true(band.line[BAND_MIN][b] == least && band.line[BAND_MAX][b] == largest);
        assert_close(band.line[BAND_P10][b], quantile_of_sorted(sample, count, 0.1), 1e-6, 1e-6);
        assert_close(band.line[BAND_P50][b], quantile_of_sorted(sample, count, 0.5), 1e-6, 1e-6);
        assert_close(band.line[BAND_P90][b], quantile_of_sorted(sample, count, 0.9), 1e-6, 1e-6);
    }
    for (int s = 0; s < SCENARIOS; s++) { /* the coarse ones keep the extremes of one scenario */
        double least = INFINITY, kept = INFINITY;
        for (int t = 0; t < STEPS; t++)
            least = fmin(least, (double)value[s][t]);
        for (int d = 0; d < band.detail_count; d++)
            kept = fmin(kept, (double)band.detail[0][s * band.detail_count + d]);
        assert_true(kept == least);
    }
    band_finish(&band);
}

/* ---- the page ----------------------------------------------------------------------------------
 */

static char *
read_page(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    rewind(file);
    char *text = calloc(1, (size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    fclose(file);
    return text;
}

static char *
make_page(const char *step, const char *save, enum language language, char *results)
{
    char page[PATH_LENGTH];
    struct error err = {0};
    fixture_path("out.h5", results);
    assert_int_equal(fixture_run(step, save, 1, results, NULL, NULL, &err), STATUS_OK);
    fixture_path("page.html", page);
    const struct report_options options = {.language = language, .version = "0"};
    enum status status = report_write(page, results, &options, &err);
    if (status != STATUS_OK)
        fail_msg("%s", err.text);
    return read_page(page);
}

static int
count_of(const char *text, const char *wanted)
{
    int count = 0;
    for (const char *c = text; (c = strstr(c, wanted)) != NULL; c += strlen(wanted))
        count++;
    return count;
}

static void
page_is_whole(const char *page, const char *language)
{
    static const char *const pairs[][2] = {{"<section", "</section>"}, {"<table", "</table>"},
                                           {"<figure", "</figure>"},   {"<svg", "</svg>"},
                                           {"<button", "</button>"},   {"<option", "</option>"}};
    static const char *const ids[] = {"question", "headline", "scorecard", "reliability",
                                      "map",      "storage",  "supply",    "droughts",
                                      "salinity", "dams",     "balance",   "about"};
    char *scripts = strstr(page, "<script type=\"application/json\"");
    char text[64];
    snprintf(text, sizeof text, "<html lang=\"%s\">", language);
    assert_non_null(strstr(page, text));
    assert_non_null(scripts);
    assert_int_equal(strcmp(page + strlen(page) - 8, "</html>\n"), 0);
    char *before = strndup(page, (size_t)(scripts - page));
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_int_equal(count_of(before, pairs[i][0]), count_of(before, pairs[i][1]));
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        snprintf(text, sizeof text, "<section id=\"%s\">", ids[i]);
        assert_int_equal(count_of(before, text), 1);
        snprintf(text, sizeof text, "href=\"#%s\"", ids[i]);
        assert_int_equal(count_of(before, text), 1);
    }
    for (char hole = '1'; hole <= '9'; hole++) {
        snprintf(text, sizeof text, "{%c}", hole);
        assert_null(strstr(before, text));
    }
    assert_null(strstr(page, " src=")); /* nothing is fetched */
    assert_null(strstr(page, "href=\"http"));
    assert_null(strstr(page, "@import"));
    assert_null(strstr(page, "url("));
    free(before);
}

static void
page_is_whole_in_both_languages_and_escapes_names(void **state)
{
    (void)state;
    char results[PATH_LENGTH];
    for (int l = 0; l < LANGUAGE_COUNT; l++) {
        char *page = make_page("monthly", NULL, (enum language)l, results);
        page_is_whole(page, language_code((enum language)l));
        assert_non_null(strstr(page, "<h1>S\xc3\xb4ng &quot;Hai&quot; H\xe1\xbb\x93</h1>"));
        assert_non_null(strstr(page, word_text((enum language)l, WORD_RELIABILITY)));
        assert_non_null(strstr(page, "Dan Vanderkam")); /* the licence of the chart library */
        assert_int_equal(count_of(page, "class=\"chart\""), 2 + 2 * 2);
        free(page);
    }
}

/* The list of numbers after a key, from a place of the page on. */
static int
numbers_after(const char *from, const char *key, double *value, int most)
{
    char text[32];
    snprintf(text, sizeof text, "\"%s\":[", key);
    const char *at = strstr(from, text);
    assert_non_null(at);
    at += strlen(text);
    int count = 0;
    while (*at != ']' && count < most) {
        char *end;
        value[count++] = strncmp(at, "null", 4) == 0 ? (double)NAN : strtod(at, &end);
        at = strncmp(at, "null", 4) == 0 ? at + 4 : end;
        at += *at == ',';
    }
    return count;
}

static void
figures_of_the_page_are_those_of_the_file(void **state)
{
    (void)state;
    enum { MOST = 500 };
    char results[PATH_LENGTH];
    double time[MOST], low[MOST], high[MOST];
    char *page = make_page("daily", NULL, LANGUAGE_EN, results);
    struct reader reader;
    assert_int_equal(reader_open(&reader, results, NULL), STATUS_OK);
    int steps = reader.step_count, scenarios = reader.scenario_count;
    const char *chart = strstr(page, "{\"kind\":\"storage\"");
    int buckets = numbers_after(page, "time", time, MOST);
    assert_non_null(chart);
    assert_int_equal(numbers_after(chart, "min", low, MOST), buckets);
    assert_int_equal(numbers_after(chart, "max", high, MOST), buckets);
    assert_true(buckets <= 400 && steps <= 400); /* so each step is a bucket */
    assert_int_equal(buckets, steps);
    for (int t = 0; t < steps; t++) {
        double least = INFINITY, largest = -INFINITY;
        for (int s = 0; s < scenarios; s++) {
            double *value = reader_series(&reader, "storage", s, 0);
            least = fmin(least, value[t]);
            largest = fmax(largest, value[t]);
            free(value);
        }
        assert_close(low[t], least / 1e6, 1e-4, 1e-9);
        assert_close(high[t], largest / 1e6, 1e-4, 1e-9);
        assert_close(time[t], reader.time[t] * 86400e3, 0.0, 0.5);
    }
    /* shares of the need that are met, by scenario and demand */
    int count;
    double *need = reader_numbers(&reader, "indicators/demand_demand_m3", &count);
    double *supply = reader_numbers(&reader, "indicators/demand_supply_m3", &count);
    const char *met = strstr(page, "\"met\":[[");
    assert_non_null(met);
    met += strlen("\"met\":[");
    for (int s = 0; s < scenarios; s++) {
        char *end;
        double first = strtod(met + 1, &end), second = strtod(end + 1, NULL);
        assert_close(first, supply[2 * s] / need[2 * s], 1e-4, 0.0);
        assert_close(second, supply[2 * s + 1] / need[2 * s + 1], 1e-4, 0.0);
        met = strchr(met + 1, '[');
    }
    free(need);
    free(supply);
    reader_close(&reader);
    free(page);
}

static void
a_page_without_series_says_what_to_save(void **state)
{
    (void)state;
    char results[PATH_LENGTH];
    char *page = make_page("monthly", "none", LANGUAGE_EN, results);
    page_is_whole(page, "en");
    assert_int_equal(count_of(page, "class=\"chart\""), 0);
    assert_non_null(strstr(page, "--save storage"));
    assert_non_null(strstr(page, "--save need,supply"));
    free(page);
}

static void
a_page_is_written_whole_or_not_at_all(void **state)
{
    (void)state;
    char results[PATH_LENGTH], page[PATH_LENGTH];
    struct error err = {0};
    char *text = make_page("monthly", NULL, LANGUAGE_VI, results);
    free(text);
    fixture_path("page.html", page);
    long size = 0;
    FILE *file = fopen(results, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    assert_int_equal(ftruncate(fileno(file), size / 2), 0);
    fclose(file);
    const struct report_options options = {.language = LANGUAGE_VI, .version = "0"};
    assert_int_equal(report_write(page, results, &options, &err), STATUS_INPUT);
    assert_non_null(strstr(err.text, "not a whole one"));
    text = read_page(page); /* the earlier one is still there */
    page_is_whole(text, "vi");
    free(text);
    assert_int_equal(report_write("/nowhere/page.html", page, &options, NULL), STATUS_INPUT);
}

/* ---- nguon plot --------------------------------------------------------------------------------
 */

static char *
plot(const char *results, const char *series, const char *id, const char *scenario,
     struct error *err)
{
    char path[PATH_LENGTH];
    fixture_path("plot.svg", path);
    const struct series_plot_options options = {series, id, scenario, LANGUAGE_EN};
    return series_plot_write(path, results, &options, err) == STATUS_OK ? read_page(path) : NULL;
}

static void
a_plot_shows_the_bands_and_the_lines_of_a_lake(void **state)
{
    (void)state;
    char results[PATH_LENGTH];
    struct error err = {0};
    free(make_page("daily", NULL, LANGUAGE_EN, results));
    char *all = plot(results, "storage", "upper_lake", NULL, &err);
    assert_non_null(all);
    assert_int_equal(strncmp(all, "<svg", 4), 0);
    assert_int_equal(strcmp(all + strlen(all) - 7, "</svg>\n"), 0);
    /* two areas; median, capacity, dead storage, zone */
    assert_int_equal(count_of(all, "<path"), 2 + 4);
    assert_non_null(strstr(all, ">low</text>"));
    assert_non_null(strstr(all, "&quot;Hai&quot;"));
    assert_non_null(strstr(all, ">2020-03</text>"));
    free(all);
    char *one = plot(results, "supply", "farm", "weather=2,inflow=40 %", &err);
    assert_non_null(one);
    assert_int_equal(count_of(one, "<path"), 1 + 1);
    assert_non_null(strstr(one, "weather=2,inflow=40 %"));
    free(one);
}

static void
a_plot_of_what_is_not_there_names_what_is(void **state)
{
    (void)state;
    static const struct {
        const char *series, *id, *scenario, *said;
    } cases[] = {
        {"storag", "upper_lake", NULL, "did you mean 'storage'"},
        {"inflow", "hills", NULL, "run with --save inflow; it keeps storage, level"},
        {"storage", "upper_lak", NULL, "no reservoir 'upper_lak'; did you mean 'upper_lake'"},
        {"need", "town", "weather=9", "no scenario 'weather=9'"}};
    char results[PATH_LENGTH];
    free(make_page("monthly", NULL, LANGUAGE_EN, results));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        assert_null(plot(results, cases[i].series, cases[i].id, cases[i].scenario, &err));
        assert_int_equal(err.status, STATUS_USAGE);
        if (strstr(err.text, cases[i].said) == NULL)
            fail_msg("'%s' does not say '%s'", err.text, cases[i].said);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_stands_in_both_languages_with_the_same_holes),
        cmocka_unit_test(texts_of_json_cannot_end_a_script),
        cmocka_unit_test(bands_keep_every_extreme_and_the_quantiles_of_the_means),
        cmocka_unit_test(page_is_whole_in_both_languages_and_escapes_names),
        cmocka_unit_test(figures_of_the_page_are_those_of_the_file),
        cmocka_unit_test(a_page_without_series_says_what_to_save),
        cmocka_unit_test(a_page_is_written_whole_or_not_at_all),
        cmocka_unit_test(a_plot_shows_the_bands_and_the_lines_of_a_lake),
        cmocka_unit_test(a_plot_of_what_is_not_there_names_what_is),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
