/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/export.h"
#include "output/operation.h"
#include "output/series_kept.h"
#include "output/show_private.h"
#include "output/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Series as tidy CSV and as WaterML 2. */

/* One element of one variable. */
struct chosen_series {
    char *variable, *id, *kind; /* "storage", "yen_lap", "reservoir" */
    char *units, *long_name;
    int element_i;
    bool is_mean, at_start; /* mean of the step; or of an instant: its start, else its end */
};

/* What is written, and the file that it is written to. */
struct series_export {
    FILE *out;
    struct reader reader;
    struct view view;
    int first_s, end_s;
    int count;
    struct chosen_series *series;
};

/* ---- what is asked for -------------------------------------------------------------------------
 */

static char *
attribute_or_empty(struct reader *reader, const char *variable, const char *name)
{
    char *text = reader_attribute(reader, variable, name);
    return text != NULL ? text : strdup("");
}

static enum status
add_series(struct series_export *export, const char *variable, const char *kind, const char *id,
           int element_i, struct error *err)
{
    struct chosen_series *larger =
        realloc(export->series, (size_t)(export->count + 1) * sizeof *larger);
    if (larger == NULL)
        return error_set(err, STATUS_MEMORY, "out of memory for the series");
    export->series = larger;
    struct chosen_series *is = &larger[export->count++];
    *is = (struct chosen_series){.variable = strdup(variable),
                                 .id = strdup(id),
                                 .kind = strdup(kind),
                                 .units = attribute_or_empty(&export->reader, variable, "units"),
                                 .long_name =
                                     attribute_or_empty(&export->reader, variable, "long_name"),
                                 .element_i = element_i};
    char *method = attribute_or_empty(&export->reader, variable, "cell_methods");
    bool good = is->variable != NULL && is->id != NULL && is->kind != NULL && is->units != NULL &&
                is->long_name != NULL && method != NULL;
    if (good) {
        is->is_mean = strcmp(method, "time: mean") == 0;
        is->at_start = strstr(is->long_name, "at the start of the step") != NULL;
    }
    free(method);
    return good ? STATUS_OK : error_set(err, STATUS_MEMORY, "out of memory for the series");
}

/* "VARIABLE:ID", or "VARIABLE" for all. */
static enum status
choose(struct series_export *export, const char *wanted, struct error *err)
{
    enum status status = STATUS_OK;
    const char *colon = strchr(wanted, ':'), *nearest = NULL;
    int count = 0;
    char **id = NULL, *kind = NULL;
    char *variable = strndup(wanted, strcspn(wanted, ":"));
    if (variable == NULL)
        TRY(error_set(err, STATUS_MEMORY, "out of memory for the series"));
    kind = reader_element_ids(&export->reader, variable);
    if (kind == NULL)
        TRY(series_not_kept(&export->reader, variable, NULL, err));
    id = reader_texts(&export->reader, kind, &count);
    if (colon != NULL) {
        int element_i = view_find_text(id, count, colon + 1, &nearest);
        if (element_i < 0)
            TRY(view_not_found(kind, colon + 1, nearest, err));
        if (!reader_keeps(&export->reader, variable, element_i))
            TRY(series_not_kept(&export->reader, variable, colon + 1, err));
        TRY(add_series(export, variable, kind, colon + 1, element_i, err));
    }
    for (int i = 0; i < count && colon == NULL; i++)
        if (reader_keeps(&export->reader, variable, i))
            TRY(add_series(export, variable, kind, id[i], i, err));
out:
    texts_free(id, count);
    free(kind);
    free(variable);
    return status;
}

static void
finish(struct series_export *export)
{
    for (int i = 0; i < export->count; i++) {
        struct chosen_series *is = &export->series[i];
        free(is->variable);
        free(is->id);
        free(is->kind);
        free(is->units);
        free(is->long_name);
    }
    free(export->series);
    reader_close(&export->reader);
}

static enum status
begin(struct series_export *export, const struct export_series *wanted, struct error *err)
{
    enum status status = STATUS_OK;
    const char *nearest = NULL;
    *export = (struct series_export){.reader = {.file = -1}};
    TRY(reader_open(&export->reader, wanted->results_path, err));
    export->view = (struct view){.reader = &export->reader};
    export->end_s = export->reader.scenario_count;
    if (wanted->scenario != NULL) {
        export->first_s =
            view_find_text(export->reader.scenario, export->end_s, wanted->scenario, &nearest);
        if (export->first_s < 0)
            TRY(view_not_found("scenario", wanted->scenario, nearest, err));
        export->end_s = export->first_s + 1;
    }
    for (int i = 0; i < wanted->wanted_count; i++)
        TRY(choose(export, wanted->wanted[i], err));
    if (export->count == 0)
        TRY(error_set(err, STATUS_USAGE, "no series is named: --series storage:yen_lap"));
out:
    return status;
}

/* Every series of every scenario in turn. */
typedef void write_series(struct series_export *export, const struct chosen_series *series,
                          int scenario_s, const double *value);

static enum status
write_all(struct series_export *export, write_series *write, struct error *err)
{
    enum status status = STATUS_OK;
    for (int i = 0; i < export->count && status == STATUS_OK; i++) {
        const struct chosen_series *series = &export->series[i];
        status = reader_take_time(&export->reader, series->variable, err);
        for (int s = export->first_s; s < export->end_s && status == STATUS_OK; s++) {
            double *value = reader_series(&export->reader, series->variable, s, series->element_i);
            if (value == NULL)
                return error_set(err, STATUS_INPUT, "'%s' is damaged: %s cannot be read",
                                 export->reader.path, series->variable);
            write(export, series, s, value);
            free(value);
        }
    }
    return status;
}

/* ---- CSV ---------------------------------------------------------------------------------------
 */

static void
csv_text(FILE *out, const char *text)
{
    bool quote = strpbrk(text, ",\"\n") != NULL;
    fputs(quote ? "\"" : "", out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputs(quote ? "\"," : ",", out);
}

static void
csv_series(struct series_export *export, const struct chosen_series *series, int scenario_s,
           const double *value)
{
    const struct reader *reader = &export->reader;
    for (int t = 0; t < reader->step_count; t++) {
        char from[32], to[32];
        csv_text(export->out, reader->scenario[scenario_s]);
        csv_text(export->out, series->variable);
        csv_text(export->out, series->id);
        csv_text(export->out, series->units);
        fprintf(export->out, "%s,%s,", reader_date(reader, reader->time[t], from, sizeof from),
                reader_date(reader, reader->time[t + 1], to, sizeof to));
        if (isnan(value[t]))
            fputs("\n", export->out);
        else
            fprintf(export->out, "%.9g\n", value[t]);
    }
}

enum status
export_csv(const char *path, const struct export_series *series, struct error *err)
{
    enum status status = STATUS_OK;
    struct series_export export;
    char temporary[4096];
    TRY(begin(&export, series, err));
    export.out = operation_open(path, temporary, sizeof temporary, err);
    if (export.out == NULL)
        TRY(STATUS_FILE_WRITE);
    fputs("scenario,variable,id,units,start,end,value\n", export.out);
    status = write_all(&export, csv_series, err);
    enum status closed = operation_close(export.out, temporary, path, err);
    status = status != STATUS_OK ? status : closed;
out:
    finish(&export);
    return status;
}

/* ---- WaterML -----------------------------------------------------------------------------------
 */

static const char wml_head[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<wml2:Collection xmlns:wml2=\"http://www.opengis.net/waterml/2.0\"\n"
    "  xmlns:gml=\"http://www.opengis.net/gml/3.2\" xmlns:om=\"http://www.opengis.net/om/2.0\"\n"
    "  xmlns:xlink=\"http://www.w3.org/1999/xlink\"\n"
    "  xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xs=\""
    "http://www.w3.org/2001/XMLSchema\"\n"
    "  xsi:schemaLocation=\"http://www.opengis.net/waterml/2.0 "
    "http://schemas.opengis.net/waterml/2.0/waterml2.xsd\" gml:id=\"c1\">\n";

/* "2020-01-31T00:00:00"; the files know no time zone. */
static const char *
wml_time(const struct reader *reader, double time, char *buffer, size_t size)
{
    struct date date = date_from_seconds((int64_t)llround(time * reader->time_unit_s));
    snprintf(buffer, size, "%04d-%02d-%02dT%02d:00:00", date.year, date.month, date.day, date.hour);
    return buffer;
}

/* UCUM writes "m3 s-1" as "m3.s-1". */
static void
put_unit(FILE *out, const char *units)
{
    for (; *units != '\0'; units++)
        fputc(*units == ' ' ? '.' : *units, out);
}

static void
wml_observation(struct series_export *export, const struct chosen_series *series, int scenario_s,
                long number)
{
    FILE *out = export->out;
    const struct reader *reader = &export->reader;
    char from[32], to[32];
    wml_time(reader, reader->time[0], from, sizeof from);
    wml_time(reader, reader->time[reader->step_count], to, sizeof to);
    fprintf(out,
            "<wml2:observationMember><om:OM_Observation gml:id=\"o%ld\">\n"
            "<om:phenomenonTime><gml:TimePeriod gml:id=\"t%ld\"><gml:beginPosition>%s"
            "</gml:beginPosition><gml:endPosition>%s</gml:endPosition></gml:TimePeriod>"
            "</om:phenomenonTime>\n"
            "<om:resultTime><gml:TimeInstant gml:id=\"r%ld\"><gml:timePosition>%s"
            "</gml:timePosition></gml:TimeInstant></om:resultTime>\n"
            "<om:procedure><wml2:ObservationProcess gml:id=\"p%ld\"><wml2:processType "
            "xlink:href=\"http://www.opengis.net/def/waterml/2.0/processType/Simulation\" "
            "xlink:title=\"Simulation\"/></wml2:ObservationProcess></om:procedure>\n"
            "<om:parameter><om:NamedValue><om:name xlink:href=\"urn:nguon:scenario\" "
            "xlink:title=\"scenario\"/><om:value xsi:type=\"xs:string\">",
            number, number, from, to, number, to, number);
    svg_escape(out, reader->scenario[scenario_s]);
    fprintf(out,
            "</om:value></om:NamedValue></om:parameter>\n"
            "<om:observedProperty xlink:href=\"urn:nguon:variable:%s\" xlink:title=\"",
            series->variable);
    svg_escape(out, series->long_name);
    fprintf(out,
            "\"/>\n<om:featureOfInterest xlink:href=\"urn:nguon:%s:%s\" xlink:title=\"%s\"/>\n",
            series->kind, series->id, series->id);
}

static void
wml_series(struct series_export *export, const struct chosen_series *series, int scenario_s,
           const double *value)
{
    FILE *out = export->out;
    const struct reader *reader = &export->reader;
    long number = (long)(series - export->series) * reader->scenario_count + scenario_s + 1;
    wml_observation(export, series, scenario_s, number);
    fprintf(out,
            "<om:result><wml2:MeasurementTimeseries gml:id=\"s%ld\">\n<wml2:defaultPointMetadata>"
            "<wml2:DefaultTVPMeasurementMetadata><wml2:uom code=\"",
            number);
    put_unit(out, series->units);
    fprintf(out,
            "\"/><wml2:interpolationType xlink:href=\"http://www.opengis.net/def/waterml/2.0/"
            "interpolationType/%s\" xlink:title=\"%s\"/></wml2:DefaultTVPMeasurementMetadata>"
            "</wml2:defaultPointMetadata>\n",
            series->is_mean ? "AveragePrec" : "Continuous",
            series->is_mean ? "Average in preceding interval" : "Continuous");
    for (int t = 0; t < reader->step_count; t++) {
        char time[32];
        wml_time(reader, reader->time[series->at_start ? t : t + 1], time, sizeof time);
        fprintf(out, "<wml2:point><wml2:MeasurementTVP><wml2:time>%s</wml2:time>", time);
        if (isnan(value[t]))
            fputs("<wml2:value xsi:nil=\"true\"/>", out);
        else
            fprintf(out, "<wml2:value>%.9g</wml2:value>", value[t]);
        fputs("</wml2:MeasurementTVP></wml2:point>\n", out);
    }
    fputs("</wml2:MeasurementTimeseries></om:result>\n"
          "</om:OM_Observation></wml2:observationMember>\n",
          out);
}

enum status
export_waterml(const char *path, const struct export_series *series, struct error *err)
{
    enum status status = STATUS_OK;
    struct series_export export;
    char temporary[4096];
    TRY(begin(&export, series, err));
    export.out = operation_open(path, temporary, sizeof temporary, err);
    if (export.out == NULL)
        TRY(STATUS_FILE_WRITE);
    fputs(wml_head, export.out);
    fputs("<gml:description>", export.out);
    svg_escape(export.out, export.reader.title);
    fputs("</gml:description>\n", export.out);
    status = write_all(&export, wml_series, err);
    fputs("</wml2:Collection>\n", export.out);
    enum status closed = operation_close(export.out, temporary, path, err);
    status = status != STATUS_OK ? status : closed;
out:
    finish(&export);
    return status;
}
