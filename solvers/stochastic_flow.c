/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solvers/stochastic_flow.h"

#include "solvers/correlation.h"
#include "solvers/philox.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;
static const double days_per_year = 365.2425;

enum { YEARS_LEAST = 5, HALF_YEAR = 6, WARM_UP_YEARS = 10 };

const struct monsoon_change monsoon_unchanged = {1.0, {1.0, 1.0}, {0.0, 0.0}, 1.0};

static const char *const method_names[FLOW_METHOD_COUNT] = {"kirsch", "par", "knn"};

const char *
flow_method_name(enum flow_method method)
{
    return method_names[method];
}

/* ---- logarithms -------------------------------------------------------------------------------
 */

/* Logarithms of a site's flows; zeros count as half of the least flow above 0. */
static enum status
take_logarithms(struct flow_model *model, const struct flow_record *record, int site_i,
                const char *name, struct error *err)
{
    int count = record->year_count * MONTHS, stride = record->site_count;
    double least = (double)INFINITY;
    for (int t = 0; t < count; t++) {
        double flow = record->flow[(long)t * stride + site_i];
        if (flow > 0.0)
            least = fmin(least, flow);
    }
    if (isinf(least))
        return error_set(err, STATUS_INPUT, "site '%s' never has a flow above 0", name);
    for (int t = 0; t < count; t++) {
        double flow = record->flow[(long)t * stride + site_i];
        model->floored_count += !(flow > 0.0);
        model->score[(long)t * stride + site_i] = log(flow > 0.0 ? flow : 0.5 * least);
    }
    return STATUS_OK;
}

static enum status
standardise(struct flow_model *model, int site_i, const char *name, struct error *err)
{
    static const char *const month_names[MONTHS] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    int years = model->year_count, stride = model->site_count;
    for (int m = 0; m < MONTHS; m++) {
        double sum = 0.0, squares = 0.0;
        double *score = model->score + (long)m * stride + site_i;
        for (int y = 0; y < years; y++)
            sum += score[(long)y * MONTHS * stride];
        double mean = sum / years;
        for (int y = 0; y < years; y++) {
            double deviation = score[(long)y * MONTHS * stride] - mean;
            squares += deviation * deviation;
        }
        double sd = sqrt(squares / (years - 1));
        if (!(sd > 1e-9))
            return error_set(err, STATUS_INPUT,
                             "site '%s': the flow of %s is the same in all %d years", name,
                             month_names[m], years);
        for (int y = 0; y < years; y++)
            score[(long)y * MONTHS * stride] = (score[(long)y * MONTHS * stride] - mean) / sd;
        model->log_mean[m * stride + site_i] = mean;
        model->log_sd[m * stride + site_i] = sd;
    }
    return STATUS_OK;
}

/* Two harmonics of the monthly means at mid-month; over whole periods they are orthogonal. */
static void
change_season(struct flow_model *model, int site_i, const struct monsoon_change *change)
{
    int stride = model->site_count;
    double centre = 0.0, a[2] = {0.0, 0.0}, b[2] = {0.0, 0.0};
    for (int m = 0; m < MONTHS; m++) {
        double mean = model->log_mean[m * stride + site_i], angle = 2.0 * pi * (m + 0.5) / MONTHS;
        centre += mean / MONTHS;
        for (int h = 0; h < 2; h++) {
            a[h] += mean * cos((h + 1) * angle) / HALF_YEAR;
            b[h] += mean * sin((h + 1) * angle) / HALF_YEAR;
        }
    }
    for (int m = 0; m < MONTHS; m++) {
        double angle = 2.0 * pi * (m + 0.5) / MONTHS;
        double mean = model->log_mean[m * stride + site_i] + (change->log_mean - 1.0) * centre;
        for (int h = 0; h < 2; h++) {
            double shift = 2.0 * pi * change->phase_days[h] / days_per_year;
            double later = (h + 1) * (angle - shift);
            mean += change->amplitude[h] * (a[h] * cos(later) + b[h] * sin(later)) -
                    (a[h] * cos((h + 1) * angle) + b[h] * sin((h + 1) * angle));
        }
        model->new_mean[m * stride + site_i] = mean;
        model->new_sd[m * stride + site_i] = model->log_sd[m * stride + site_i] * change->log_sd;
    }
}

/* ---- fits -------------------------------------------------------------------------------------
 */

/* Upper factor of the correlations between the twelve months of rows, which begin at month
   `shift` of each year. */
static enum status
fit_kirsch_site(struct flow_model *model, int site_i, int shift, double *upper, struct error *err)
{
    double matrix[MONTHS * MONTHS], lower[MONTHS * MONTHS];
    int stride = model->site_count, rows = model->year_count - (shift > 0);
    bool repaired;
    const double *score = model->score + (long)shift * stride + site_i;
    for (int i = 0; i < MONTHS; i++)
        for (int j = 0; j <= i; j++)
            matrix[i * MONTHS + j] = matrix[j * MONTHS + i] =
                i == j ? 1.0
                       : correlation(rows, score + (long)i * stride, MONTHS * stride,
                                     score + (long)j * stride, MONTHS * stride);
    enum status status = make_positive_definite(MONTHS, matrix, &repaired, err);
    if (status == STATUS_OK)
        status = cholesky_lower(MONTHS, matrix, lower, err);
    model->repaired_count += repaired;
    for (int i = 0; i < MONTHS && status == STATUS_OK; i++)
        for (int j = 0; j < MONTHS; j++)
            upper[i * MONTHS + j] = lower[j * MONTHS + i];
    return status;
}

/* What is drawn from n years has the variance (n - 1)/n of their estimate: raise it to 1. */
static void
restore_variance(struct flow_model *model)
{
    double factor = sqrt(model->year_count / (model->year_count - 1.0));
    for (long i = 0; i < (long)model->year_count * MONTHS * model->site_count; i++)
        model->score[i] *= factor;
}

static enum status
fit_kirsch(struct flow_model *model, struct error *err)
{
    enum status status = STATUS_OK;
    restore_variance(model);
    for (int half = 0; half < 2; half++)
        for (int s = 0; s < model->site_count; s++)
            TRY(fit_kirsch_site(
                model, s, half * HALF_YEAR,
                model->factor + ((long)half * model->site_count + s) * MONTHS * MONTHS, err));
out:
    return status;
}

/* Correlations between sites of the scores of month m, and of those with the month before. */
static void
site_correlations(const struct flow_model *model, int m, double *same, double *before)
{
    int n = model->site_count, years = model->year_count;
    const double *score = model->score;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            const double *of_i = score + (long)m * n + i;
            same[i * n + j] =
                i == j ? 1.0
                       : correlation(years, of_i, MONTHS * n, score + (long)m * n + j, MONTHS * n);
            before[i * n + j] = m > 0 ? correlation(years, of_i, MONTHS * n,
                                                    score + (long)(m - 1) * n + j, MONTHS * n)
                                      : correlation(years - 1, of_i + (long)MONTHS * n, MONTHS * n,
                                                    score + (long)(MONTHS - 1) * n + j, MONTHS * n);
        }
}

/* out = left x right, or left x right'. */
static void
multiply(int n, const double *left, const double *right, bool transposed, double *out)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double sum = 0.0;
            for (int k = 0; k < n; k++)
                sum += left[i * n + k] * (transposed ? right[j * n + k] : right[k * n + j]);
            out[i * n + j] = sum;
        }
}

/* Matalas (1967): A = M1 M0^-1, B B' = M0 - A M1', month by month. */
static enum status
fit_par(struct flow_model *model, struct error *err)
{
    int n = model->site_count;
    long square = (long)n * n;
    double *room = malloc((size_t)(4 + 2 * MONTHS) * (size_t)square * sizeof *room);
    double *inverse = room, *rest = room + square, *work = room + 2 * square;
    double *same = room + 4 * square, *before = same + MONTHS * square;
    enum status status = STATUS_OK;
    bool repaired;
    if (room == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for %d sites", n);
    for (int m = 0; m < MONTHS; m++) {
        site_correlations(model, m, same + m * square, before + m * square);
        TRY(make_positive_definite(n, same + m * square, &repaired, err));
        model->repaired_count += repaired;
    }
    for (int m = 0; m < MONTHS; m++) {
        double *a = model->factor + m * square, *b = model->factor + (MONTHS + m) * square;
        TRY(invert_positive_definite(n, same + (m + MONTHS - 1) % MONTHS * square, inverse, err));
        multiply(n, before + m * square, inverse, false, a);
        multiply(n, a, before + m * square, true, work);
        for (long i = 0; i < square; i++)
            rest[i] = same[m * square + i] - work[i];
        TRY(make_positive_definite(n, rest, &repaired, err));
        model->repaired_count += repaired;
        TRY(cholesky_lower(n, rest, b, err));
    }
out:
    free(room);
    return status;
}

enum status
flow_model_fit(struct flow_model *model, enum flow_method method, const struct flow_record *record,
               const char *const *site_names, const struct monsoon_change *change,
               struct error *err)
{
    size_t sites = (size_t)record->site_count, years = (size_t)record->year_count;
    size_t factors = method == FLOW_KIRSCH ? 2 * sites * MONTHS * MONTHS
                     : method == FLOW_PAR  ? 2 * MONTHS * sites * sites
                                           : 1;
    enum status status = STATUS_OK;
    *model = (struct flow_model){.method = method,
                                 .year_count = record->year_count,
                                 .site_count = record->site_count,
                                 .log_mean = malloc(4 * MONTHS * sites * sizeof(double)),
                                 .score = malloc(years * MONTHS * sites * sizeof(double)),
                                 .factor = malloc(factors * sizeof(double))};
    if (model->log_mean == NULL || model->score == NULL || model->factor == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for a model of %zu sites", sites));
    model->log_sd = model->log_mean + MONTHS * sites;
    model->new_mean = model->log_mean + 2 * MONTHS * sites;
    model->new_sd = model->log_mean + 3 * MONTHS * sites;
    if (record->year_count < YEARS_LEAST)
        TRY(error_set(err, STATUS_INPUT,
                      "the record has %d whole years, %d are needed to fit a generator",
                      record->year_count, YEARS_LEAST));
    for (int s = 0; s < record->site_count; s++) {
        TRY(take_logarithms(model, record, s, site_names[s], err));
        TRY(standardise(model, s, site_names[s], err));
        change_season(model, s, change);
    }
    if (method == FLOW_KIRSCH)
        TRY(fit_kirsch(model, err));
    if (method == FLOW_PAR)
        TRY(fit_par(model, err));
out:
    if (status != STATUS_OK)
        flow_model_finish(model);
    return status;
}

void
flow_model_finish(struct flow_model *model)
{
    free(model->log_mean);
    free(model->score);
    free(model->factor);
    *model = (struct flow_model){0};
}

/* ---- generation -------------------------------------------------------------------------------
 */

/* Streams, told apart by their variable. */
enum stream { STREAM_BOOTSTRAP = 101, STREAM_NOISE, STREAM_NEIGHBOUR };

static struct philox_key
key_of(uint64_t seed, uint32_t member, uint32_t site, enum stream stream)
{
    return (struct philox_key){seed, member, site, (uint32_t)stream};
}

long
flow_model_workspace(const struct flow_model *model, int year_count)
{
    long months = (long)(year_count + 1) * MONTHS;
    return months + 4L * model->site_count + model->year_count;
}

/* One more year than wanted is drawn: halves of two years make one. The drawn years of the record
   are shared by all sites, which keeps the correlation between them. */
static void
generate_kirsch(const struct flow_model *model, uint64_t seed, uint32_t member, int year_count,
                double *drawn, double *score)
{
    int n = model->site_count;
    struct philox_key key = key_of(seed, member, 0, STREAM_BOOTSTRAP);
    for (long t = 0; t < (long)(year_count + 1) * MONTHS; t++)
        drawn[t] = floor(philox_uniform(&key, (uint32_t)t) * model->year_count);
    for (int s = 0; s < n; s++)
        for (int half = 0; half < 2; half++) {
            /* months 7 to 12 of a row: July to December of a plain year, of a shifted one January
               to June of the next */
            const double *upper = model->factor + ((long)half * n + s) * MONTHS * MONTHS;
            for (int y = 0; y < year_count; y++) {
                double row[MONTHS];
                long begin = half == 0 ? (long)(y + 1) * MONTHS : (long)y * MONTHS + HALF_YEAR;
                for (int k = 0; k < MONTHS; k++)
                    row[k] =
                        model->score[((long)drawn[begin + k] * MONTHS + (begin + k) % MONTHS) * n +
                                     s];
                for (int j = HALF_YEAR; j < MONTHS; j++) {
                    double sum = 0.0;
                    for (int k = 0; k <= j; k++)
                        sum += row[k] * upper[k * MONTHS + j];
                    int month = half == 0 ? j : j - HALF_YEAR;
                    score[((long)y * MONTHS + month) * n + s] = sum;
                }
            }
        }
}

static void
generate_par(const struct flow_model *model, uint64_t seed, uint32_t member, int year_count,
             double *workspace, double *score)
{
    int n = model->site_count;
    long square = (long)n * n;
    double *before = workspace, *now = workspace + n, *noise = workspace + 2L * n;
    for (int s = 0; s < n; s++)
        before[s] = 0.0;
    for (long t = 0; t < (long)(year_count + WARM_UP_YEARS) * MONTHS; t++) {
        const double *a = model->factor + t % MONTHS * square;
        const double *b = model->factor + (MONTHS + t % MONTHS) * square;
        for (int s = 0; s < n; s++) {
            struct philox_key key = key_of(seed, member, (uint32_t)s, STREAM_NOISE);
            noise[s] = philox_normal(&key, (uint32_t)t);
        }
        for (int i = 0; i < n; i++) {
            double sum = 0.0;
            for (int j = 0; j < n; j++)
                sum += a[(long)i * n + j] * before[j];
            for (int j = 0; j <= i; j++)
                sum += b[(long)i * n + j] * noise[j];
            now[i] = sum;
        }
        memcpy(before, now, (size_t)n * sizeof *now);
        if (t >= (long)WARM_UP_YEARS * MONTHS)
            memcpy(score + (t - (long)WARM_UP_YEARS * MONTHS) * n, now, (size_t)n * sizeof *now);
    }
}

/* A rank from 0 to count - 1 with weights 1, 1/2, 1/3 ... (Lall & Sharma 1996, eq. 6). */
static int
draw_rank(int count, double u)
{
    double sum = 0.0, part = 0.0;
    int rank = 0;
    for (int j = 1; j <= count; j++)
        sum += 1.0 / j;
    for (; rank < count - 1; rank++) {
        part += 1.0 / (rank + 1) / sum;
        if (u <= part)
            break;
    }
    return rank;
}

/* Year of the record whose month is the neighbour of that rank; years are from 0 to year_count. */
static int
find_neighbour(const double *score, int month, int site_count, int year_count, const double *state,
               int rank, double *distance)
{
    int nearest = 0;
    for (int y = 0; y < year_count; y++) {
        const double *of = score + ((long)y * MONTHS + month) * site_count;
        distance[y] = 0.0;
        for (int s = 0; s < site_count; s++)
            distance[y] += (of[s] - state[s]) * (of[s] - state[s]);
    }
    for (int r = 0; r <= rank; r++) {
        nearest = 0;
        for (int y = 1; y < year_count; y++)
            nearest = distance[y] < distance[nearest] ? y : nearest;
        if (r < rank)
            distance[nearest] = (double)INFINITY;
    }
    return nearest;
}

static void
generate_knn(const struct flow_model *model, uint64_t seed, uint32_t member, int year_count,
             double *distance, double *score)
{
    int n = model->site_count, years = model->year_count;
    int neighbours = (int)lround(sqrt(years));
    struct philox_key key = key_of(seed, member, 0, STREAM_NEIGHBOUR);
    int year = (int)(philox_uniform(&key, 0) * years);
    long warm_up = (long)WARM_UP_YEARS * MONTHS, at = (long)year * MONTHS;
    for (long t = 1; t <= (long)year_count * MONTHS + warm_up; t++) {
        int month = (int)((t - 1) % MONTHS);
        int candidates = month == MONTHS - 1 ? years - 1 : years; /* must have a next month */
        int rank = draw_rank(neighbours, philox_uniform(&key, (uint32_t)t));
        if (t > warm_up)
            memcpy(score + (t - 1 - warm_up) * n, model->score + at * n, (size_t)n * sizeof *score);
        int found = find_neighbour(model->score, month, n, candidates, model->score + at * n, rank,
                                   distance);
        at = (long)found * MONTHS + month + 1;
    }
}

void
flow_model_generate(const struct flow_model *model, uint64_t seed, uint32_t member, int year_count,
                    double *workspace, double *flow)
{
    int n = model->site_count;
    switch (model->method) {
    case FLOW_KIRSCH:
        generate_kirsch(model, seed, member, year_count, workspace, flow);
        break;
    case FLOW_PAR:
        generate_par(model, seed, member, year_count, workspace, flow);
        break;
    default:
        generate_knn(model, seed, member, year_count, workspace, flow);
        break;
    }
    for (long t = 0; t < (long)year_count * MONTHS; t++)
        for (int s = 0; s < n; s++) {
            long place = t % MONTHS * n + s;
            flow[t * n + s] = exp(model->new_mean[place] + model->new_sd[place] * flow[t * n + s]);
        }
}
