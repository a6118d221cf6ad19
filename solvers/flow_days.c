/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/flow_days.h"

#include "solvers/philox.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const int lengths[DAYS_TABLES] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 29};

enum { FEBRUARY = 1, LONG_FEBRUARY = 12, RANK_MAX = 64, STREAM_DAYS = 104 };

static bool
is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* First days of the stretches: the first of the month of each year, shifted, inside the record. */
static int
list_candidates(const struct day_model *model, int month, int first_year, int year_count,
                int window_days, struct day_table *table)
{
    int day = 0, count = 0;
    for (int y = 0; y < year_count; y++) {
        for (int m = 0; m < month; m++)
            day += m == FEBRUARY ? 28 + is_leap(first_year + y) : lengths[m];
        for (int shift = -window_days; shift <= window_days; shift++)
            if (day + shift >= 0 && day + shift + table->length <= model->day_count)
                table->first[count++] = day + shift;
        for (int m = month; m < 12; m++)
            day += m == FEBRUARY ? 28 + is_leap(first_year + y) : lengths[m];
    }
    return count;
}

/* Means of the stretches, in units of their standard deviation so that small rivers count too. */
static void
measure_candidates(const struct day_model *model, struct day_table *table)
{
    int count = table->candidate_count, sites = model->site_count;
    for (int s = 0; s < sites; s++) {
        double *mean = table->mean + (long)s * count, sum = 0.0, squares = 0.0;
        for (int c = 0; c < count; c++) {
            mean[c] = 0.0;
            for (int d = 0; d < table->length; d++)
                mean[c] += model->flow[(long)(table->first[c] + d) * sites + s];
            mean[c] /= table->length;
            sum += mean[c];
        }
        for (int c = 0; c < count; c++)
            squares += (mean[c] - sum / count) * (mean[c] - sum / count);
        double sd = sqrt(squares / count);
        table->scale[s] = sd > 0.0 ? 1.0 / sd : 0.0;
        for (int c = 0; c < count; c++)
            mean[c] *= table->scale[s];
    }
}

enum status
day_model_init(struct day_model *model, int site_count, int first_year, int year_count,
               int day_count, const double *flow, int window_days, struct error *err)
{
    size_t most = (size_t)year_count * (size_t)(2 * window_days + 1);
    *model = (struct day_model){.site_count = site_count, .day_count = day_count, .flow = flow};
    for (int i = 0; i < DAYS_TABLES; i++) {
        struct day_table *table = &model->table[i];
        table->length = lengths[i];
        table->first = malloc(most * sizeof *table->first);
        table->mean = malloc(most * (size_t)site_count * sizeof *table->mean);
        table->scale = malloc((size_t)site_count * sizeof *table->scale);
        if (table->first == NULL || table->mean == NULL || table->scale == NULL) {
            day_model_finish(model);
            return error_set(err, STATUS_MEMORY, "out of memory for the days of %d years",
                             year_count);
        }
        table->candidate_count = list_candidates(model, i == LONG_FEBRUARY ? FEBRUARY : i,
                                                 first_year, year_count, window_days, table);
        measure_candidates(model, table);
    }
    return STATUS_OK;
}

void
day_model_finish(struct day_model *model)
{
    for (int i = 0; i < DAYS_TABLES; i++) {
        free(model->table[i].first);
        free(model->table[i].mean);
        free(model->table[i].scale);
    }
    *model = (struct day_model){0};
}

int
day_model_workspace(const struct day_model *model)
{
    int most = 0;
    for (int i = 0; i < DAYS_TABLES; i++)
        if (model->table[i].candidate_count > most)
            most = model->table[i].candidate_count;
    return most;
}

/* Rank of the neighbour that is taken, with weights 1, 1/2 ... 1/K, K = sqrt(n). */
static int
draw_rank(int candidate_count, double u)
{
    int count = (int)lround(sqrt(candidate_count)), rank = 0;
    double sum = 0.0, part = 0.0;
    if (count > RANK_MAX)
        count = RANK_MAX; /* more than 4096 candidates: the far ones have next to no weight */
    for (int j = 1; j <= count; j++)
        sum += 1.0 / j;
    for (; rank < count - 1; rank++) {
        part += 1.0 / (rank + 1) / sum;
        if (u <= part)
            break;
    }
    return rank;
}

/* Candidate with the rank-th smallest distance, the first in order among equals: the nearest ones
   so far stand sorted, and most candidates are further than all of them. */
static int
find_ranked(int count, const double *distance, int rank)
{
    double nearest[RANK_MAX + 1];
    int place[RANK_MAX + 1] = {0}, held = 0;
    for (int c = 0; c < count; c++) {
        if (held > rank && distance[c] >= nearest[rank])
            continue;
        int i = held <= rank ? held++ : rank;
        for (; i > 0 && nearest[i - 1] > distance[c]; i--) {
            nearest[i] = nearest[i - 1];
            place[i] = place[i - 1];
        }
        nearest[i] = distance[c];
        place[i] = c;
    }
    return place[held > 0 ? held - 1 : 0];
}

void
day_model_fill(const struct day_model *model, uint64_t seed, uint32_t member, int place, int month,
               int length, const double *mean, double *workspace, float *days)
{
    const struct day_table *table = &model->table[length == 29 ? LONG_FEBRUARY : month];
    int count = table->candidate_count, sites = model->site_count;
    struct philox_key key = {seed, member, 0, STREAM_DAYS};
    for (int c = 0; c < count; c++)
        workspace[c] = 0.0;
    for (int s = 0; s < sites; s++) {
        const double *of = table->mean + (long)s * count;
        double wanted = mean[s] * table->scale[s];
        for (int c = 0; c < count; c++)
            workspace[c] += (of[c] - wanted) * (of[c] - wanted);
    }
    int rank = draw_rank(count, philox_uniform(&key, (uint32_t)place));
    int found = find_ranked(count, workspace, rank);
    const double *from = model->flow + (long)table->first[found] * sites;
    for (int s = 0; s < sites; s++) {
        double there = 0.0;
        for (int d = 0; d < length; d++)
            there += from[(long)d * sites + s];
        double factor = there > 0.0 ? mean[s] * length / there : 0.0;
        double even = there > 0.0 ? 0.0 : mean[s]; /* dry days of the record: spread evenly */
        for (int d = 0; d < length; d++)
            days[(long)d * sites + s] = (float)(factor * from[(long)d * sites + s] + even);
    }
}
