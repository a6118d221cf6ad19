/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_schema.h"

#include "model/basin_fields.h"
#include "model/units.h"

#include <math.h>
#include <string.h>

static void
write_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void write_table(FILE *out, const struct field_table *table, bool *first);

/* "a flow (0.3 m3/s) or a volume (127.5 hm3): doc" for the editor's tip. */
static void
write_description(FILE *out, const struct field *field)
{
    char text[1024];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", field->doc);
    bool any = false;
    for (int d = 0; d < DIMENSION_COUNT; d++)
        if ((field->dimensions & 1u << d) != 0 && used < sizeof text) {
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s%s",
                                 any ? " or " : "; such as ", dimension_example((enum dimension)d));
            any = true;
        }
    if (field->fallback != NULL && used < sizeof text)
        snprintf(text + used, sizeof text - used, "; default %s", field->fallback);
    fputs("\"description\": ", out);
    write_text(out, text);
}

static void
write_words(FILE *out, const char *const *words)
{
    fputs(", \"enum\": [", out);
    for (int i = 0; words[i] != NULL; i++) {
        fputs(i > 0 ? ", " : "", out);
        write_text(out, words[i]);
    }
    fputs("]", out);
}

/* What kind of YAML value the key takes. */
static void
write_type(FILE *out, const struct field *field)
{
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_RANK:
        fputs(", \"type\": [\"string\", \"number\"]", out);
        break;
    case FIELD_NODE:
        fputs("\"$ref\": \"#/definitions/id\"", out);
        break;
    case FIELD_NUMBER:
        fputs("\"$ref\": \"#/definitions/figure\"", out);
        break;
    case FIELD_VARYING:
        fputs("\"$ref\": \"#/definitions/varying\"", out);
        break;
    case FIELD_YES_NO:
        fputs(", \"type\": \"boolean\"", out);
        break;
    case FIELD_WORD:
    case FIELD_WORD_BOOL:
        write_words(out, field->words);
        break;
    case FIELD_INTEGER:
    case FIELD_SEED:
        fputs(", \"type\": \"integer\"", out);
        break;
    case FIELD_YEAR:
        fputs(field->words != NULL ? ", \"type\": [\"integer\", \"string\"]"
                                   : ", \"type\": \"integer\"",
              out);
        break;
    case FIELD_DATE:
        fputs("\"$ref\": \"#/definitions/date\"", out);
        break;
    case FIELD_RANGE:
        fputs("\"$ref\": \"#/definitions/range\"", out);
        break;
    case FIELD_MAP: {
        bool first = true;
        fputs(", \"type\": \"object\", \"additionalProperties\": false, \"properties\": {", out);
        write_table(out, field->inside, &first);
        fputs("}", out);
        break;
    }
    case FIELD_SPECIAL:
        if (field->inside != NULL) {
            bool first = true;
            bool by_id = (field->flags & FIELD_BY_ID) != 0;
            bool is_list = (field->flags & FIELD_LIST) != 0;
            fputs(by_id     ? ", \"type\": \"object\", \"additionalProperties\": {"
                  : is_list ? ", \"type\": \"array\", \"items\": {"
                            : ", ",
                  out);
            fputs("\"type\": \"object\", \"additionalProperties\": false, \"properties\": {", out);
            write_table(out, field->inside, &first);
            fputs(by_id || is_list ? "}}" : "}", out);
        }
        break; /* else any value: the reader has its own rules */
    }
}

static void
write_table(FILE *out, const struct field_table *table, bool *first)
{
    for (int i = 0; i < table->count; i++) {
        const struct field *field = &table->field[i];
        fputs(*first ? "\n        " : ",\n        ", out);
        *first = false;
        write_text(out, field->key);
        /* a reference must stand alone in draft 07, so the description is beside it in allOf */
        fputs(": {", out);
        write_description(out, field);
        bool refers = field->kind == FIELD_NODE || field->kind == FIELD_NUMBER ||
                      field->kind == FIELD_VARYING || field->kind == FIELD_DATE ||
                      field->kind == FIELD_RANGE;
        fputs(refers ? ", \"allOf\": [{" : "", out);
        write_type(out, field);
        fputs(refers ? "}]}" : "}", out);
    }
}

static void
write_required(FILE *out, const struct field_table *table)
{
    bool any = false;
    for (int i = 0; i < table->count; i++)
        if ((table->field[i].flags & FIELD_REQUIRED) != 0) {
            fputs(any ? ", " : ", \"required\": [", out);
            write_text(out, table->field[i].key);
            any = true;
        }
    fputs(any ? "]" : "", out);
}

/* The keys of one element of a section; tables inside others have their own place. */
static void
write_element(FILE *out, const struct section_info *info)
{
    bool first = true;
    fputs("\"type\": [\"object\", \"null\"], \"additionalProperties\": false, \"properties\": {",
          out);
    for (int t = 0; t < SECTION_TABLES_MAX && info->table[t] != NULL; t++)
        if (info->table[t]->prefix[0] == '\0')
            write_table(out, info->table[t], &first);
    fputs("}", out);
    write_required(out, info->table[0]);
}

static void
write_sections(FILE *out)
{
    for (int s = 0; s < SECTION_COUNT; s++) {
        const struct section_info *info = &section_table[s];
        fputs(",\n    ", out);
        write_text(out, info->name);
        fputs(": {", out);
        if (s == SECTION_RUN) {
            write_element(out, info);
            fputs("}", out);
            continue;
        }
        fputs("\"type\": [\"object\", \"null\"], "
              "\"propertyNames\": {\"pattern\": \"^[a-z0-9_]+$\"}, \"additionalProperties\": {",
              out);
        write_element(out, info);
        fputs("}}", out);
    }
}

static const char definitions[] =
    "  \"definitions\": {\n"
    "    \"id\": {\"type\": [\"string\", \"number\"], \"pattern\": \"^[a-z0-9_]+$\"},\n"
    "    \"figure\": {\"type\": [\"string\", \"number\"], \"description\": \"a number with its "
    "unit and, in brackets, its flag and source: 127.5 hm3 [S S1]\"},\n"
    "    \"date\": {\"type\": \"string\", \"pattern\": \"^[0-9]{4}-[0-9]{2}(-[0-9]{2})?\"},\n"
    "    \"range\": {\"type\": \"object\", \"additionalProperties\": false, \"properties\": "
    "{\"from\": {\"$ref\": \"#/definitions/date\"}, \"to\": {\"$ref\": \"#/definitions/date\"}}},\n"
    "    \"varying\": {\"anyOf\": [{\"$ref\": \"#/definitions/figure\"}, {\"type\": \"object\", "
    "\"properties\": {\n"
    "      \"value\": {\"$ref\": \"#/definitions/figure\"},\n"
    "      \"monthly\": {\"type\": \"array\", \"minItems\": 12, \"maxItems\": 12},\n"
    "      \"curve\": {\"type\": \"object\", \"propertyNames\": {\"pattern\": "
    "\"^[0-9]{2}-[0-9]{2}$\"}},\n"
    "      \"tenday\": {\"type\": \"array\", \"minItems\": 36, \"maxItems\": 36},\n"
    "      \"daily\": {\"type\": \"array\", \"minItems\": 365, \"maxItems\": 366},\n"
    "      \"interpolate\": {\"enum\": [\"linear\", \"step\"]},\n"
    "      \"years\": {\"type\": \"object\"},\n"
    "      \"series\": {\"$ref\": \"#/definitions/id\"},\n"
    "      \"by_level\": {\"type\": \"array\"},\n"
    "      \"unit\": {\"type\": \"string\"},\n"
    "      \"scale\": {\"$ref\": \"#/definitions/figure\"},\n"
    "      \"shift\": {\"$ref\": \"#/definitions/figure\"}}}]}\n"
    "  }\n}\n";

enum status
basin_write_schema(FILE *out, struct error *err)
{
    fputs("{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"
          "  \"title\": \"nguon basin file\",\n  \"type\": \"object\",\n"
          "  \"additionalProperties\": false,\n  \"properties\": {\n"
          "    \"nguon\": {\"const\": 1, \"description\": \"version of this format\"},\n"
          "    \"name\": {\"type\": \"string\"},\n    \"description\": {\"type\": \"string\"},\n"
          "    \"include\": {\"type\": \"array\", \"items\": {\"type\": \"string\"}, "
          "\"description\": \"files whose sections are added\"},\n"
          "    \"ranks\": {\"type\": \"array\", \"description\": \"order of priority, highest "
          "first\"},\n"
          "    \"series\": {\"type\": [\"object\", \"null\"], \"description\": \"records read from "
          "files\"},\n"
          "    \"profiles\": {\"type\": [\"object\", \"null\"], \"description\": \"demand through "
          "the year and the week\"},\n"
          "    \"scenarios\": {\"type\": [\"object\", \"null\"], \"description\": \"axes of what "
          "is varied\"}",
          out);
    write_sections(out);
    fputs("\n  },\n", out);
    fputs(definitions, out);
    if (fflush(out) != 0 || ferror(out))
        return error_set(err, STATUS_FILE_WRITE, "cannot write the schema");
    return STATUS_OK;
}
