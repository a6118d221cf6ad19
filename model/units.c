/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/units.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <udunits2.h>

enum { TOKEN_MAX = 24, UNIT_TEXT_MAX = 64, CACHE_SIZE = 256, POWER_MAX = 9, NESTING_MAX = 4 };

static const struct {
    const char *name, *example, *si_unit;
} dimension_table[DIMENSION_COUNT] = {
    [DIMENSION_NONE] = {"a share", "25 %", "1"},
    [DIMENSION_VOLUME] = {"a volume", "127.5 hm3", "m3"},
    [DIMENSION_FLOW] = {"a flow", "0.3 m3/s", "m3/s"},
    [DIMENSION_LENGTH] = {"a level or depth", "29.5 m", "m"},
    [DIMENSION_AREA] = {"an area", "182 km2", "m2"},
    [DIMENSION_SPEED] = {"a depth per time", "5 mm/d", "m/s"},
    [DIMENSION_RATE] = {"a share per time", "1 %/month", "1/s"},
    [DIMENSION_TIME] = {"a time", "6 d", "s"},
    [DIMENSION_PERSONS] = {"a number of people", "41000 person", "person"},
    [DIMENSION_PERSON_NORM] = {"a norm per person", "60 L/person/d", "m3/person/s"},
    [DIMENSION_HEADS] = {"a number of heads", "2000 head", "head"},
    [DIMENSION_HEAD_NORM] = {"a norm per head", "50 L/head/d", "m3/head/s"},
    [DIMENSION_SALINITY] = {"a salinity", "0.5 g/L", "kg/m3"},
    [DIMENSION_TEMPERATURE] = {"a temperature", "28.5 degC", "degC"},
    [DIMENSION_PER_DEGREE] = {"a share per degree", "2 %/K", "1/K"},
    [DIMENSION_DISPERSION] = {"a dispersion", "250 m2/s", "m2/s"},
};

/* Words of this field and what UDUNITS is told instead; power 0: any power. */
static const struct {
    const char *word;
    int power;
    const char *udunits; /* "month" and "year" are the calendar */
} word_table[] = {
    {"Mm", 3, "1e6 m3"},     {"MCM", 0, "1e6 m3"},    {"BCM", 0, "1e9 m3"},
    {"Gm", 3, "1e9 m3"},     {"cms", 0, "m3/s"},      {"cumec", 0, "m3/s"},
    {"cumecs", 0, "m3/s"},   {"cfs", 0, "ft3/s"},     {"lps", 0, "L/s"},
    {"MLD", 0, "1e6 L/day"}, {"person", 0, "person"}, {"persons", 0, "person"},
    {"people", 0, "person"}, {"capita", 0, "person"}, {"head", 0, "head"},
    {"heads", 0, "head"},    {"ha", 0, "hectare"},    {"d", 0, "day"},
    {"days", 0, "day"},      {"month", 0, "month"},   {"months", 0, "month"},
    {"year", 0, "year"},     {"years", 0, "year"},    {"yr", 0, "year"},
    {"yrs", 0, "year"},      {"l", 0, "L"},           {"litre", 0, "L"},
    {"litres", 0, "L"},      {"liter", 0, "L"},       {"liters", 0, "L"},
};

/* Words that UDUNITS reads, or half reads, in a sense nobody means here. */
static const struct {
    const char *word;
    int power; /* 0: any power */
    const char *advice;
} trap_table[] = {
    {"Mm", 0, "megametres are not used here; million cubic metres is hm3 or Mm3"},
    {"Gm", 0, "gigametres are not used here; km3 is 1000 hm3"},
    {"mm", 3, "cubic millimetres are not used here; million cubic metres is hm3 or Mm3"},
    {"mcd", 0, "write m3/d"},
    {"cmd", 0, "write m3/d"},
    {"mcm", 0, "million cubic metres is hm3, Mm3 or MCM"},
    {"mld", 0, "million litres a day is MLD"},
    {"a", 0, "a year is written year, an area ha or km2"},
    {"y", 0, "a year is written year"},
    {"ppt", 0, "salinity is written g/L or kg/m3"},
    {"psu", 0, "salinity is written g/L or kg/m3"},
};

static const char *const suggestion_table[] = {
    "m3",  "hm3", "Mm3",  "MCM",  "km3",        "L",       "ML",     "m3/s", "m3/d", "L/s",
    "cms", "m",   "mm",   "cm",   "km",         "ha",      "km2",    "m2",   "mm/d", "mm/month",
    "s",   "h",   "d",    "day",  "month",      "year",    "person", "head", "g/L",  "kg/m3",
    "%",   "min", "hour", "week", "L/person/d", "m3/ha/d", "degC",   "K",
};

enum { WORD_COUNT = sizeof word_table / sizeof word_table[0] };
enum { TRAP_COUNT = sizeof trap_table / sizeof trap_table[0] };
enum { SUGGESTION_COUNT = sizeof suggestion_table / sizeof suggestion_table[0] };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static ut_system *unit_system;
static ut_unit *si_unit[DIMENSION_COUNT];
static locale_t c_locale;

/* Unit texts already understood; a file holds few different ones. Guarded by mutex. */
static struct {
    char text[UNIT_TEXT_MAX];
    struct unit unit;
} cache[CACHE_SIZE];
static int cache_count;

const char *
dimension_name(enum dimension dimension)
{
    return dimension_table[dimension].name;
}

const char *
dimension_example(enum dimension dimension)
{
    return dimension_table[dimension].example;
}

/* Read the unit database once for the process; it is kept until the process ends. */
static void
initialise(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    ut_set_error_message_handler(ut_ignore);
    ut_system *system = ut_read_xml(NULL);
    if (system == NULL || c_locale == (locale_t)0)
        return;
    const char *const base_names[] = {"person", "head"};
    for (int i = 0; i < 2; i++) {
        ut_unit *base = ut_new_base_unit(system);
        if (base == NULL || ut_map_name_to_unit(base_names[i], UT_ASCII, base) != UT_SUCCESS)
            return;
        ut_free(base);
    }
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        si_unit[i] = ut_parse(system, dimension_table[i].si_unit, UT_ASCII);
        if (si_unit[i] == NULL)
            return;
    }
    unit_system = system;
}

static void
initialise_locked(void)
{
    udunits_lock();
    initialise();
    udunits_unlock();
}

/* State of reading one unit text. */
struct unit_reader {
    const char *whole;
    const char *at;
    ut_unit *unit; /* product so far, months and years apart */
    int month_power;
    int year_power;
    int nesting;
    struct error *err;
};

/* Multiply the product by unit to a power; takes ownership of unit. */
static enum status
multiply(struct unit_reader *reader, ut_unit *unit, int power)
{
    ut_unit *raised = unit == NULL ? NULL : ut_raise(unit, power);
    ut_unit *product = raised == NULL ? NULL : ut_multiply(reader->unit, raised);
    ut_free(unit);
    ut_free(raised);
    if (product == NULL)
        return error_set(reader->err, STATUS_INPUT, "'%s' is not a unit", reader->whole);
    ut_free(reader->unit);
    reader->unit = product;
    return STATUS_OK;
}

/* "unknown unit" with the nearest word. */
static enum status
unknown_unit(struct unit_reader *reader, const char *word)
{
    const char *near = nearest_name(word, suggestion_table, SUGGESTION_COUNT);
    return error_set(reader->err, STATUS_INPUT, "unknown unit '%s'%s%s%s", word,
                     near != NULL ? " (did you mean '" : "", near != NULL ? near : "",
                     near != NULL ? "'?)" : "");
}

/* Account for one word of the unit with its power (negative below a stroke). */
static enum status
take_word(struct unit_reader *reader, const char *word, int written_power, int power)
{
    for (int i = 0; i < WORD_COUNT; i++) {
        if (strcmp(word, word_table[i].word) != 0 ||
            (word_table[i].power != 0 && word_table[i].power != written_power))
            continue;
        const char *udunits = word_table[i].udunits;
        if (strcmp(udunits, "month") == 0)
            reader->month_power += power;
        else if (strcmp(udunits, "year") == 0)
            reader->year_power += power;
        else
            return multiply(reader, ut_parse(unit_system, udunits, UT_ASCII),
                            word_table[i].power != 0 ? power / written_power : power);
        return STATUS_OK;
    }
    for (int i = 0; i < TRAP_COUNT; i++)
        if (strcmp(word, trap_table[i].word) == 0 &&
            (trap_table[i].power == 0 || trap_table[i].power == written_power))
            return error_set(reader->err, STATUS_INPUT, "unit '%s': %s", reader->whole,
                             trap_table[i].advice);
    ut_unit *unit = ut_parse(unit_system, word, UT_ASCII);
    if (unit == NULL)
        return unknown_unit(reader, word);
    return multiply(reader, unit, power);
}

static const char *
skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

/* Read "3", "^3", "**3", "-1", "²" or "³" after a word; 1 if there is none, 0 if it is bad. */
static int
read_power(const char **at)
{
    const char *text = *at;
    if (strncmp(text, "\xc2\xb2", 2) == 0 || strncmp(text, "\xc2\xb3", 2) == 0) {
        *at = text + 2;
        return text[1] == '\xb2' ? 2 : 3;
    }
    bool marked = false;
    if (*text == '^') {
        marked = true;
        text++;
    } else if (strncmp(text, "**", 2) == 0) {
        marked = true;
        text += 2;
    }
    int sign = 1;
    if (*text == '-' || *text == '+')
        sign = *text++ == '-' ? -1 : 1;
    if (!isdigit((unsigned char)*text))
        return marked || text != *at ? 0 : 1;
    int power = *text++ - '0';
    *at = text;
    return isdigit((unsigned char)*text) || power > POWER_MAX ? 0 : sign * power;
}

static enum status read_product(struct unit_reader *reader, int direction);

/* One factor: a word with a power, %, 1, 10^n or a bracket. direction is -1 below a stroke. */
static enum status
read_factor(struct unit_reader *reader, int direction)
{
    const char *at = reader->at;
    if (*at == '(') {
        if (++reader->nesting > NESTING_MAX)
            return error_set(reader->err, STATUS_INPUT, "'%s' is not a unit", reader->whole);
        reader->at = at + 1;
        enum status status = read_product(reader, direction);
        if (status != STATUS_OK)
            return status;
        if (*reader->at != ')')
            return error_set(reader->err, STATUS_INPUT, "'%s' lacks a ')'", reader->whole);
        reader->at++;
        reader->nesting--;
        return STATUS_OK;
    }
    if (*at == '%') {
        reader->at = at + 1;
        return multiply(reader, ut_parse(unit_system, "0.01", UT_ASCII), direction);
    }
    if (*at == '1' && !isdigit((unsigned char)at[1])) {
        reader->at = at + 1;
        return STATUS_OK;
    }
    char word[TOKEN_MAX];
    size_t length = 0;
    while (isalpha((unsigned char)at[length]) || at[length] == '_')
        length++;
    if (length == 0 || length >= sizeof word)
        return error_set(reader->err, STATUS_INPUT, "'%s' is not a unit", reader->whole);
    memcpy(word, at, length);
    word[length] = '\0';
    at += length;
    int power = read_power(&at);
    if (power == 0)
        return error_set(reader->err, STATUS_INPUT, "'%s': bad power in a unit", reader->whole);
    reader->at = at;
    return take_word(reader, word, power, direction * power);
}

/* factor { (/ | * | . | blank) factor }, read from left to right as UDUNITS does. */
static enum status
read_product(struct unit_reader *reader, int direction)
{
    int next = direction;
    for (;;) {
        reader->at = skip_blanks(reader->at);
        enum status status = read_factor(reader, next);
        if (status != STATUS_OK)
            return status;
        const char *end = reader->at;
        reader->at = skip_blanks(end);
        char sign = *reader->at;
        if (sign == '\0' || sign == ')')
            return STATUS_OK;
        next = direction;
        if (sign == '/') {
            next = -direction;
            reader->at++;
        } else if (sign == '*' || sign == '.') {
            reader->at++;
        } else if (strncmp(reader->at, "\xc2\xb7", 2) == 0) {
            reader->at += 2;
        } else if (reader->at == end) {
            return error_set(reader->err, STATUS_INPUT,
                             "'%s' is not a unit (a '/' or a blank is missing before '%s')",
                             reader->whole, end);
        }
    }
}

/* UDUNITS multiplies prefixes in steps; give back 0.001 where it comes to 0.0010000000000000002. */
static double
tidy_scale(double scale)
{
    char text[32];
    snprintf(text, sizeof text, "%.12g", scale);
    double tidy = c_locale != (locale_t)0 ? strtod_l(text, NULL, c_locale) : scale;
    return fabs(tidy - scale) <= 1e-13 * fabs(scale) ? tidy : scale;
}

/* A temperature scale: its zero is lost in a product, so it must stand alone. */
static enum status
set_temperature(struct unit_reader *reader, struct unit *out)
{
    ut_unit *alone = ut_parse(unit_system, reader->whole, UT_ASCII);
    cv_converter *converter =
        alone == NULL ? NULL : ut_get_converter(alone, si_unit[DIMENSION_TEMPERATURE]);
    ut_free(alone);
    if (converter == NULL || reader->whole[0] == '(')
        return error_set(reader->err, STATUS_INPUT,
                         "'%s' is no temperature scale: write degC, K or degF", reader->whole);
    double zero = cv_convert_double(converter, 0.0);
    out->offset = tidy_scale(zero);
    out->scale = tidy_scale(cv_convert_double(converter, 1.0) - zero);
    cv_free(converter);
    return STATUS_OK;
}

/* Find the dimension of what was read; a calendar rate is "that much per month". */
static enum status
find_dimension(struct unit_reader *reader, struct unit *out)
{
    int calendar_power = reader->month_power + reader->year_power;
    out->basis = BASIS_SECOND;
    out->offset = 0.0;
    if (reader->month_power != 0 || reader->year_power != 0) {
        if (calendar_power != -1 || reader->month_power * reader->year_power != 0)
            return error_set(reader->err, STATUS_INPUT,
                             "'%s': a month or year may only stand once, as 'per month' or "
                             "'per year'",
                             reader->whole);
        out->basis = reader->month_power != 0 ? BASIS_MONTH : BASIS_YEAR;
        enum status status = multiply(reader, ut_parse(unit_system, "second", UT_ASCII), -1);
        if (status != STATUS_OK)
            return status;
    }
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        if (!ut_are_convertible(reader->unit, si_unit[i]))
            continue;
        cv_converter *converter = ut_get_converter(reader->unit, si_unit[i]);
        if (converter == NULL)
            continue;
        out->dimension = (enum dimension)i;
        out->scale = tidy_scale(cv_convert_double(converter, 1.0));
        double zero = cv_convert_double(converter, 0.0);
        cv_free(converter);
        if (i == DIMENSION_TEMPERATURE && isfinite(zero))
            return set_temperature(reader, out);
        /* UDUNITS also converts reciprocals (d to 1/s) and offsets; neither keeps zero at zero. */
        if (zero == 0.0 && out->scale > 0.0 && isfinite(out->scale))
            return STATUS_OK;
    }
    return error_set(reader->err, STATUS_INPUT, "'%s' is no kind of quantity used here",
                     reader->whole);
}

/* A share is written in per cent or as a bare number: m/m, radians and the like are slips. */
static bool
is_plain_share(const char *text)
{
    return strcmp(text, "%") == 0 || strcmp(text, "percent") == 0 || strcmp(text, "1") == 0;
}

static enum status
unit_parse_locked(const char *text, struct unit *out, struct error *err)
{
    for (int i = 0; i < cache_count; i++)
        if (strcmp(cache[i].text, text) == 0) {
            *out = cache[i].unit;
            return STATUS_OK;
        }
    struct unit_reader reader = {.whole = text, .at = text, .err = err};
    reader.unit = ut_get_dimensionless_unit_one(unit_system);
    if (reader.unit == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory");
    enum status status = read_product(&reader, 1);
    if (status == STATUS_OK && *reader.at != '\0')
        status = error_set(err, STATUS_INPUT, "'%s' is not a unit", text);
    if (status == STATUS_OK)
        status = find_dimension(&reader, out);
    if (status == STATUS_OK && out->dimension == DIMENSION_NONE && !is_plain_share(text))
        status = error_set(err, STATUS_INPUT,
                           "'%s' cancels out; a share is written in %% or as a bare number", text);
    ut_free(reader.unit);
    if (status == STATUS_OK && cache_count < CACHE_SIZE) {
        snprintf(cache[cache_count].text, sizeof cache[cache_count].text, "%s", text);
        cache[cache_count++].unit = *out;
    }
    return status;
}

void
udunits_lock(void)
{
    pthread_mutex_lock(&mutex);
}

void
udunits_unlock(void)
{
    pthread_mutex_unlock(&mutex);
}

enum status
unit_parse(const char *text, struct unit *out, struct error *err)
{
    pthread_once(&once, initialise_locked);
    if (unit_system == NULL)
        return error_set(err, STATUS_FILE, "the UDUNITS-2 unit database cannot be read");
    if (text[0] == '\0')
        return error_set(err, STATUS_INPUT, "the unit is empty");
    if (strlen(text) >= UNIT_TEXT_MAX)
        return error_set(err, STATUS_INPUT, "the unit is longer than %d characters",
                         UNIT_TEXT_MAX - 1);
    udunits_lock();
    enum status status = unit_parse_locked(text, out, err);
    udunits_unlock();
    return status;
}

/* Length of a decimal number at the start of the text, 0 if there is none. */
static size_t
number_length(const char *text)
{
    const char *at = text;
    if (*at == '+' || *at == '-')
        at++;
    const char *digits = at;
    while (isdigit((unsigned char)*at))
        at++;
    size_t digit_count = (size_t)(at - digits);
    if (*at == '.') {
        at++;
        const char *decimals = at;
        while (isdigit((unsigned char)*at))
            at++;
        digit_count += (size_t)(at - decimals);
    }
    if (digit_count == 0)
        return 0;
    if (*at == 'e' || *at == 'E') {
        const char *exponent = at + 1;
        if (*exponent == '+' || *exponent == '-')
            exponent++;
        if (isdigit((unsigned char)*exponent)) {
            at = exponent;
            while (isdigit((unsigned char)*at))
                at++;
        }
    }
    return (size_t)(at - text);
}

/* Why a text is no number, for the commonest slips. */
static enum status
not_a_number(const char *text, struct error *err)
{
    const char *at = text + (*text == '+' || *text == '-' ? 1 : 0) + (*text == '.' ? 1 : 0);
    if (strncasecmp(at, "nan", 3) == 0 || strncasecmp(at, "inf", 3) == 0)
        return error_set(err, STATUS_INPUT, "'%s' is not a finite number", text);
    return error_set(err, STATUS_INPUT, "'%s' is not a number", text);
}

/* Read the number that fills the first length bytes. */
static enum status
convert_number(const char *text, size_t length, double *out, struct error *err)
{
    char digits[64];
    if (length >= sizeof digits)
        return error_set(err, STATUS_INPUT, "'%.40s...' is too long for a number", text);
    memcpy(digits, text, length);
    digits[length] = '\0';
    *out = c_locale != (locale_t)0 ? strtod_l(digits, NULL, c_locale) : strtod(digits, NULL);
    if (!isfinite(*out))
        return error_set(err, STATUS_INPUT, "'%s' is too large a number", digits);
    return STATUS_OK;
}

enum status
number_parse(const char *text, double *out, struct error *err)
{
    pthread_once(&once, initialise_locked);
    size_t length = number_length(text);
    if (length == 0)
        return not_a_number(text, err);
    if (text[length] == ',' && isdigit((unsigned char)text[length + 1]))
        return error_set(err, STATUS_INPUT, "'%s' has a comma; decimals are written with a point",
                         text);
    if (text[length] != '\0')
        return error_set(err, STATUS_INPUT, "'%s' is not a bare number", text);
    return convert_number(text, length, out, err);
}

enum status
flag_split(const char *text, size_t *length, char *flag, struct error *err)
{
    size_t end = strlen(text);
    while (end > 0 && isspace((unsigned char)text[end - 1]))
        end--;
    *flag = '\0';
    *length = end;
    if (end == 0 || text[end - 1] != ']')
        return STATUS_OK;
    size_t open = end - 1;
    while (open > 0 && text[open] != '[')
        open--;
    if (text[open] != '[')
        return error_set(err, STATUS_INPUT, "'%s' has a ']' without a '['", text);
    char letter = text[open + 1];
    char after = text[open + 2];
    if (letter == '\0' || strchr("SREM", letter) == NULL ||
        !(after == ']' || isspace((unsigned char)after) || after == ','))
        return error_set(err, STATUS_INPUT,
                         "'%s': a flag begins with S (sourced), R (recalled), E (estimated) or "
                         "M (from memory)",
                         text + open);
    *flag = letter;
    while (open > 0 && isspace((unsigned char)text[open - 1]))
        open--;
    *length = open;
    return STATUS_OK;
}

/* Number and unit of a text without its flag. */
static enum status
parse_figure(const char *text, struct quantity *out, struct error *err)
{
    size_t length = number_length(text);
    if (length == 0)
        return not_a_number(text, err);
    const char *unit = skip_blanks(text + length);
    if (*unit == ',')
        return error_set(err, STATUS_INPUT, "'%s' has a comma; decimals are written with a point",
                         text);
    if (*unit == '_' || (isdigit((unsigned char)*unit) && strncmp(unit, "1/", 2) != 0))
        return error_set(err, STATUS_INPUT, "'%s': digits are not grouped (write 41000)", text);
    double number;
    enum status status = convert_number(text, length, &number, err);
    if (status != STATUS_OK)
        return status;
    out->has_unit = *unit != '\0';
    out->unit = (struct unit){.dimension = DIMENSION_NONE, .basis = BASIS_SECOND, .scale = 1.0};
    if (out->has_unit)
        status = unit_parse(unit, &out->unit, err);
    if (status != STATUS_OK)
        return status;
    out->value = number * out->unit.scale + out->unit.offset;
    if (!isfinite(out->value))
        return error_set(err, STATUS_INPUT, "'%s' is too large a number", text);
    return STATUS_OK;
}

enum status
quantity_parse(const char *text, struct quantity *out, struct error *err)
{
    pthread_once(&once, initialise_locked);
    memset(out, 0, sizeof *out);
    size_t length;
    enum status status = flag_split(text, &length, &out->flag, err);
    if (status != STATUS_OK)
        return status;
    char figure[160];
    if (length >= sizeof figure)
        return error_set(err, STATUS_INPUT, "'%.40s...' is too long for a quantity", text);
    const char *start = text;
    while (length > 0 && isspace((unsigned char)*start)) {
        start++;
        length--;
    }
    memcpy(figure, start, length);
    figure[length] = '\0';
    if (length == 0)
        return error_set(err, STATUS_INPUT, "the quantity is empty");
    return parse_figure(figure, out, err);
}
