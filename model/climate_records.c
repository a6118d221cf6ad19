/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/climate_private.h"

#include <stdlib.h>
#include <string.h>

/* The records of series from netCDF files: read once for each file, then corrected. */

/* A month below ten times the trace is nearly dry (0.5 mm/d, Cannon et al. 2015). */
static const double nearly_dry_traces = 10.0;

/* What one series, or one point of a member, needs of the files. */
struct wanted {
    int series_i;                /* -1 for a point */
    struct climate_point *point; /* of which the record is reduced to the means of its months */
    bool historical;             /* the files of its past */
    const struct netcdf_source *source;
    struct netcdf_request request;
    bool done;
};

static bool
same_source(const struct netcdf_source *a, const struct netcdf_source *b)
{
    return strcmp(a->pattern, b->pattern) == 0 && strcmp(a->variable, b->variable) == 0 &&
           a->unit_given == b->unit_given &&
           (!a->unit_given || (a->unit.scale == b->unit.scale && a->unit.offset == b->unit.offset &&
                               a->unit.dimension == b->unit.dimension));
}

static int
list_wanted(const struct basin *basin, struct wanted *wanted)
{
    int count = 0;
    for (int i = 0; i < basin->series_count; i++) {
        const struct series_input *series = &basin->series[i];
        const struct climate_series *climate = series->climate;
        if (climate == NULL || series->file == NULL || (!series->used && !series->observed))
            continue;
        const struct netcdf_request request = {.place = &climate->place,
                                               .fill = series->fill,
                                               .file = series->file,
                                               .line = series->line};
        wanted[count++] = (struct wanted){i, NULL, false, &climate->model, request, false};
        if (climate->historical.pattern != NULL)
            wanted[count++] = (struct wanted){i, NULL, true, &climate->historical, request, false};
    }
    return count;
}

static int
list_points(const struct basin_reader *reader, struct wanted *wanted, int count)
{
    for (int i = 0; i < reader->climate_point_count; i++) {
        struct climate_point *point = reader->climate_point[i];
        const struct climate_series *climate = point->climate;
        bool own_past = climate->historical.pattern != NULL;
        const struct netcdf_request request = {
            .place = &point->place, .fill = point->fill, .file = point->file, .line = point->line};
        wanted[count++] = (struct wanted){-1, point, false, &climate->model, request, false};
        wanted[count++] = (struct wanted){
            -1, point, true, own_past ? &climate->historical : &climate->model, request, false};
    }
    return count;
}

/* Keep of a point's record what is asked of it, the means of its months. */
static void
reduce_point(struct basin_reader *reader, struct wanted *wanted)
{
    struct climate_point *point = wanted->point;
    struct record *record = &wanted->request.record;
    const struct climate_series *climate = point->climate;
    struct year_span years = wanted->historical ? climate->reference : climate->period;
    struct error err = {0};
    if (wanted->historical && years.first == 0)
        years = record_whole_years(record);
    if (record->count == 0) {
        point->failed = true; /* reported already */
        return;
    }
    if (climate_monthly_means(record, years, wanted->historical ? point->before : point->after,
                              &err) != STATUS_OK) {
        diagnostics_add(reader->diagnostics, false, point->file, point->line, 0,
                        "%s: variable '%s': %s", wanted->source->pattern, wanted->source->variable,
                        err.text);
        point->failed = true;
    }
    record_finish(record);
}

/* Read the files of one pattern once for all that want them. */
static enum status
read_group(struct basin_reader *reader, struct wanted *wanted, int count, int first)
{
    struct netcdf_request *request = calloc((size_t)count, sizeof *request);
    int found = 0;
    if (request == NULL)
        return STATUS_MEMORY;
    for (int i = first; i < count; i++)
        if (!wanted[i].done && same_source(wanted[i].source, wanted[first].source))
            request[found++] = wanted[i].request;
    enum status status =
        records_read_netcdf(wanted[first].source, request, found, reader->diagnostics);
    found = 0;
    for (int i = first; i < count; i++)
        if (!wanted[i].done && same_source(wanted[i].source, wanted[first].source)) {
            wanted[i].request = request[found++];
            wanted[i].done = true;
            if (wanted[i].point != NULL)
                reduce_point(reader, &wanted[i]);
        }
    free(request);
    return status;
}

/* The records of one series: the model's, and that of its past. */
struct climate_records {
    struct series_input *series;
    const struct climate_series *climate;
    const struct record *model, *past, *observed;
    enum month_rule rule;
};

static struct year_span
shared_years(struct year_span a, struct year_span b)
{
    struct year_span years = {a.first > b.first ? a.first : b.first,
                              a.last < b.last ? a.last : b.last};
    return a.first == 0 || b.first == 0 || years.last < years.first ? (struct year_span){0, 0}
                                                                    : years;
}

/* The years of the reference: as given, or those that observations and past share. */
static enum status
find_reference(const struct climate_records *records, struct year_span *out, struct error *err)
{
    *out = records->climate->reference;
    if (out->first != 0)
        return STATUS_OK;
    *out = shared_years(record_whole_years(records->observed), record_whole_years(records->past));
    return out->first != 0
               ? STATUS_OK
               : error_set(err, STATUS_INPUT,
                           "observations and the model's past share no whole year; give "
                           "'historical' and 'reference'");
}

/* Observations with the model's change of each month. */
static enum status
change_observed(const struct climate_records *records, struct record *out, struct error *err)
{
    const struct climate_series *climate = records->climate;
    double before[12];
    double after[12];
    double observed[12];
    struct year_span reference;
    struct monthly_change change;
    enum status status = STATUS_OK;
    TRY(find_reference(records, &reference, err));
    TRY(climate_monthly_means(records->past, reference, before, err));
    TRY(climate_monthly_means(records->model, climate->period, after, err));
    TRY(climate_monthly_means(records->observed, record_whole_years(records->observed), observed,
                              err));
    climate_delta(climate->ratio, before, after, observed, nearly_dry_traces * climate->trace,
                  &change);
    TRY(record_copy(records->observed, out, err));
    for (int i = 0; i < out->count; i++) {
        int month_i = date_from_seconds(out->start_s[i]).month - 1;
        out->value[i] = change.ratio ? out->value[i] * change.change[month_i]
                                     : out->value[i] + change.change[month_i];
    }
out:
    return status;
}

/* The model's period, corrected, on its own dates. */
static enum status
correct_model(const struct basin *basin, const struct climate_records *records, struct record *out,
              struct error *err)
{
    const struct climate_series *climate = records->climate;
    struct climate_correction correction = {
        .method = climate->use == CLIMATE_USE_QUANTILE_DELTA ? CLIMATE_QUANTILE_DELTA
                                                             : CLIMATE_QUANTILE_MAPPING,
        .ratio = climate->ratio,
        .trace = climate->trace,
        .period = climate->period,
        .key = {.seed = basin->run.seed, .site = philox_hash(records->series->id)}};
    enum status status = find_reference(records, &correction.reference, err);
    if (status != STATUS_OK)
        return status;
    return climate_correct(&correction, records->observed, records->past, records->model, out, err);
}

/* Put the years of the period onto those of the run: its first is that in which the run begins. */
static enum status
place_period(const struct basin *basin, const struct climate_records *records, struct record *out,
             struct error *err)
{
    const struct climate_series *climate = records->climate;
    int years = basin->run.start.year - climate->period.first;
    struct record own = *out;
    if (climate->use == CLIMATE_USE_AS_IS) {
        enum status status = record_of_years(records->model, climate->period, &own, err);
        if (status != STATUS_OK)
            return status;
    }
    enum status status = record_shift_years(&own, records->rule, years, out, err);
    record_finish(&own);
    return status;
}

static enum status
make_climate_record(const struct basin *basin, const struct climate_records *records,
                    struct record *out, struct error *err)
{
    const struct climate_series *climate = records->climate;
    enum status status = STATUS_OK;
    *out = (struct record){0};
    if (climate->use == CLIMATE_USE_DELTA)
        return change_observed(records, out, err);
    if (climate->use != CLIMATE_USE_AS_IS)
        status = correct_model(basin, records, out, err);
    if (status != STATUS_OK)
        return status;
    if (climate->period.first != 0)
        return place_period(basin, records, out, err);
    return record_copy(records->model, out, err);
}

/* The series that a method starts from: known, of one kind, with a record. */
static bool
find_observed(struct basin_reader *reader, const struct series_input *series)
{
    struct basin *basin = reader->basin;
    struct climate_series *climate = series->climate;
    if (climate->observed == NULL)
        return true;
    int observed_i = name_index_find(&reader->series_index, climate->observed);
    if (observed_i < 0) {
        diagnostics_add(reader->diagnostics, false, series->file, series->line, 0,
                        "series '%s': there is no series '%s' to be 'observed'", series->id,
                        climate->observed);
        return false;
    }
    const struct series_input *observed = &basin->series[observed_i];
    bool corrected = observed->climate != NULL && observed->climate->use != CLIMATE_USE_AS_IS;
    if (corrected || observed->dimension != series->dimension || observed->basis != series->basis) {
        diagnostics_add(reader->diagnostics, false, series->file, series->line, 0,
                        corrected ? "series '%s': 'observed' series '%s' is itself corrected"
                                  : "series '%s': 'observed' series '%s' is another quantity or "
                                    "per another time",
                        series->id, observed->id);
        return false;
    }
    climate->observed_i = observed_i;
    return true;
}

/* Make the records of series as they are first, since corrected ones may start from them. */
static void
make_records(struct basin_reader *reader, struct wanted *wanted, int count, bool corrected)
{
    struct basin *basin = reader->basin;
    for (int i = 0; i < count; i++) {
        if (wanted[i].point != NULL)
            continue;
        struct series_input *series = &basin->series[wanted[i].series_i];
        struct climate_records records = {.series = series,
                                          .climate = series->climate,
                                          .model = &wanted[i].request.record,
                                          .past = &wanted[i].request.record,
                                          .rule = wanted[i].request.rule};
        struct error err = {0};
        if (wanted[i].historical || (series->climate->use != CLIMATE_USE_AS_IS) != corrected)
            continue;
        if (i + 1 < count && wanted[i + 1].historical)
            records.past = &wanted[i + 1].request.record;
        if (series->climate->observed_i >= 0)
            records.observed = &basin->series[series->climate->observed_i].record;
        if (records.model->count == 0 || records.past->count == 0 ||
            (corrected && (records.observed == NULL || records.observed->count == 0)))
            continue; /* a fault that is reported already */
        enum status status = make_climate_record(basin, &records, &series->record, &err);
        if (status == STATUS_MEMORY)
            reader->arena->failed = true;
        if (status != STATUS_OK)
            diagnostics_add(reader->diagnostics, false, series->file, series->line, 0,
                            "series '%s': %s", series->id, err.text);
    }
}

void
mark_observed_series(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    for (int i = 0; i < basin->series_count; i++) {
        const struct series_input *series = &basin->series[i];
        if (series->climate != NULL && series->file != NULL && series->used &&
            find_observed(reader, series) && series->climate->observed_i >= 0)
            basin->series[series->climate->observed_i].observed = true;
    }
}

/* The months of a change, once those of the model are known. */
static void
do_job(const struct basin *basin, const struct climate_job *job)
{
    const struct climate_point *point = job->point;
    const double *observed = point->before;
    double observed_mean[12];
    struct monthly_change change;
    bool ratio = job->kind == JOB_FACTOR || job->kind == JOB_RUNOFF;
    if (job->observed_i >= 0) {
        const struct record *record = &basin->series[job->observed_i].record;
        struct year_span years = record_whole_years(record);
        if (years.first != 0 &&
            climate_monthly_means(record, years, observed_mean, NULL) == STATUS_OK)
            observed = observed_mean;
    }
    climate_delta(ratio, point->before, point->after, observed,
                  nearly_dry_traces * point->climate->trace, &change);
    for (int m = 0; m < 12; m++) {
        double figure = change.change[m];
        if (job->kind == JOB_WARM)
            figure = 1.0 + job->coefficient * figure;
        if (job->kind == JOB_RUNOFF)
            figure = 1.0 + job->coefficient * (figure - 1.0);
        job->monthly[m] = job->kind != JOB_SHIFT && figure < 0.0 ? 0.0 : figure;
    }
}

void
read_climate_records(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    size_t most = 2 * ((size_t)basin->series_count + (size_t)reader->climate_point_count);
    struct wanted *wanted = calloc(most + 1, sizeof *wanted);
    if (wanted == NULL) {
        reader->arena->failed = true;
        return;
    }
    int count = list_points(reader, wanted, list_wanted(basin, wanted));
    for (int i = 0; i < count; i++)
        if (!wanted[i].done && read_group(reader, wanted, count, i) == STATUS_MEMORY)
            reader->arena->failed = true;
    make_records(reader, wanted, count, false);
    make_records(reader, wanted, count, true);
    for (int i = 0; i < reader->climate_job_count; i++)
        if (!reader->climate_job[i].point->failed)
            do_job(basin, &reader->climate_job[i]);
    for (int i = 0; i < count; i++)
        record_finish(&wanted[i].request.record);
    free(wanted);
}
