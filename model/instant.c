/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/instant.h"

#include "model/timeaxis.h"

#include <stdio.h>
#include <string.h>

enum { DATE_LENGTH = 10, CLOCK_LENGTH = 5, MINUTE_S = 60, HOUR_S = 3600, ZONE_HOURS_MAX = 14 };

/* "HH:MM" at text into seconds; false if it is not. */
static bool
parse_clock(const char *text, int hours_max, int *seconds)
{
    static const char shape[] = "00:00";
    for (int i = 0; i < CLOCK_LENGTH; i++)
        if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    int hours = (text[0] - '0') * 10 + text[1] - '0';
    int minutes = (text[3] - '0') * 10 + text[4] - '0';
    *seconds = hours * HOUR_S + minutes * MINUTE_S;
    return hours <= hours_max && minutes < MINUTE_S;
}

static bool
parse_zone(const char *text, struct instant *out)
{
    int seconds;
    if (*text == '\0')
        return true;
    out->has_zone = true;
    if (strcmp(text, "Z") == 0)
        return true;
    if ((*text != '+' && *text != '-') || !parse_clock(text + 1, ZONE_HOURS_MAX, &seconds) ||
        text[1 + CLOCK_LENGTH] != '\0')
        return false;
    out->zone_s = *text == '-' ? -seconds : seconds;
    return true;
}

bool
instant_parse(const char *text, struct instant *out)
{
    char day[DATE_LENGTH + 1];
    struct date date;
    struct instant found = {0};
    if (strlen(text) < DATE_LENGTH)
        return false;
    memcpy(day, text, DATE_LENGTH);
    day[DATE_LENGTH] = '\0';
    if (day[4] != '-' || day[7] != '-' || !date_parse(day, &date))
        return false;
    found.local_s = date_to_seconds(date);
    const char *rest = text + DATE_LENGTH;
    if (*rest != '\0') {
        int seconds;
        if ((*rest != ' ' && *rest != 'T') || !parse_clock(rest + 1, 23, &seconds))
            return false;
        found.local_s += seconds;
        rest += 1 + CLOCK_LENGTH;
        if (strncmp(rest, ":00", 3) == 0)
            rest += 3;
        if (!parse_zone(rest, &found))
            return false;
    }
    *out = found;
    return true;
}

const char *
instant_format(int64_t local_s, char *buffer, size_t size)
{
    struct date date = date_from_seconds(local_s);
    int64_t day_s = date_to_seconds((struct date){date.year, date.month, date.day, 0});
    int minute = (int)((local_s - day_s) / MINUTE_S);
    snprintf(buffer, size, "%04d-%02d-%02d %02d:%02d", date.year, date.month, date.day,
             minute / MINUTE_S, minute % MINUTE_S);
    return buffer;
}

const char *
instant_zone(const struct instant *instant, char *buffer, size_t size)
{
    int minutes = (instant->zone_s < 0 ? -instant->zone_s : instant->zone_s) / MINUTE_S;
    if (!instant->has_zone)
        snprintf(buffer, size, "without a zone");
    else
        snprintf(buffer, size, "%c%02d:%02d", instant->zone_s < 0 ? '-' : '+', minutes / MINUTE_S,
                 minutes % MINUTE_S);
    return buffer;
}
