/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/plausible.h"

#include <math.h>
#include <stdio.h>

static const double seconds_per_day = 86400.0;

/* Wide bounds of what climates have. The least of a year's mean is that of deserts for rain and of
   the high Arctic for evapotranspiration; shorter records may lie in a dry season or in frost. The
   greatest are beyond the records of the World Meteorological Organization (1825 mm of rain in a
   day, 401 mm in an hour) and of lysimeters in hot wind (about 17 mm in a day). */
static const struct bounds {
    const char *name;
    double least_mean_mm_d, least_short_mm_d, most_mean_mm_d;
    double peak_mm_d, peak_hour_mm;
    double least_peak_mm; /* some day of a record that is not all nothing reaches it */
} kinds[] = {
    [PLAUSIBLE_RAIN] = {"rain", 0.02, 0.02, 40.0, 2000.0, 450.0, 0.0},
    [PLAUSIBLE_PET] = {"potential evapotranspiration", 0.2, 0.05, 15.0, 20.0, 3.0, 0.02},
};

static const double days_of_mean = 30.0, days_of_year = 365.0, days_of_peak = 5.0;

/* What the record comes to. */
struct summary {
    double mean_mm_d, length_d;
    double peak_mm_d; /* of intervals of a day or more, as a mean of the day */
    double peak_mm;   /* of shorter intervals, in the interval */
};

static struct summary
summarise(const struct plausible_record *record)
{
    struct summary all = {0};
    double sum_mm = 0.0;
    for (int t = 0; t < record->count; t++) {
        double length_d = (double)(record->start_s[t + 1] - record->start_s[t]) / seconds_per_day;
        double depth_mm = record->value[t] * record->mm * (record->is_rate ? length_d : 1.0);
        if (isnan(depth_mm))
            continue;
        sum_mm += depth_mm;
        all.length_d += length_d;
        if (length_d < 1.0)
            all.peak_mm = fmax(all.peak_mm, depth_mm);
        else
            all.peak_mm_d = fmax(all.peak_mm_d, depth_mm / length_d);
    }
    all.mean_mm_d = all.length_d > 0.0 ? sum_mm / all.length_d : 0.0;
    return all;
}

bool
record_is_plausible(const struct plausible_record *record, char *text, size_t size)
{
    static const char doubt[] = "which is implausible; is the unit right?";
    const struct bounds *bounds = &kinds[record->kind];
    struct summary all = summarise(record);
    double least_mm_d =
        all.length_d >= days_of_year ? bounds->least_mean_mm_d : bounds->least_short_mm_d;
    double peak_mm = fmax(all.peak_mm_d, all.peak_mm);
    text[0] = '\0';
    if (all.length_d >= days_of_mean &&
        (all.mean_mm_d < least_mm_d || all.mean_mm_d > bounds->most_mean_mm_d))
        snprintf(text, size, "mean %s is %.3g mm/d, %s", bounds->name, all.mean_mm_d, doubt);
    else if (all.peak_mm_d > bounds->peak_mm_d)
        snprintf(text, size, "%s reaches %.4g mm in a day, %s", bounds->name, all.peak_mm_d, doubt);
    else if (all.peak_mm > bounds->peak_hour_mm)
        snprintf(text, size, "%s reaches %.4g mm in an hour, %s", bounds->name, all.peak_mm, doubt);
    else if (all.length_d >= days_of_peak && peak_mm > 0.0 && peak_mm < bounds->least_peak_mm)
        snprintf(text, size, "%s reaches no more than %.3g mm, %s", bounds->name, peak_mm, doubt);
    return text[0] == '\0';
}
