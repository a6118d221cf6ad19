/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/design_drought_table.h"

#include "output/table.h"
#include "solvers/stochastic_flow.h"

#include <math.h>
#include <stdlib.h>

/* Years between droughts; what no synthetic year reached is only known to be more. */
static void
years_cell(struct table *table, double years, int synthetic_years)
{
    if (isinf(years))
        table_cell(table, ">%d", synthetic_years);
    else
        table_cell(table, years < 99.95 ? "%.3g" : "%.0f", years);
}

static void
drought_row(struct table *table, const char *label, const struct drought_design *design,
            const struct design_drought *drought)
{
    char from[32], to[32];
    date_format(date_from_seconds(drought->from_s), false, from, sizeof from);
    date_format(date_from_seconds(drought->to_s - 86400), false, to, sizeof to);
    table_cell(table, "%s", label);
    table_cell(table, "%.7s", from);
    table_cell(table, "%.7s", to);
    table_number(table, drought->mean_m3s);
    table_number(table, drought->volume_m3 / 1e6);
    table_percent(table, drought->share);
    years_cell(table, drought->years, design->synthetic_years);
    years_cell(table, drought->years_low, design->synthetic_years);
    years_cell(table, drought->years_high, design->synthetic_years);
    years_cell(table, drought->record_low, design->sample_years);
    years_cell(table, drought->record_high, design->sample_years);
    table_cell(table, "%d", drought->driest_year);
    table_percent(table, drought->driest_share);
}

enum status
design_drought_table(FILE *out, const struct axis *axis, bool csv, struct error *err)
{
    static const char *const heads[] = {"<drought", "<from",         "<to",  "m3/s", "hm3",
                                        "normal %", "T years",       "from", "to",   "record from",
                                        "to",       "driest record", "%"};
    static const char *const csv_heads[] = {"drought",
                                            "from",
                                            "to",
                                            "flow_m3s",
                                            "volume_hm3",
                                            "percent_of_mean",
                                            "return_period_years",
                                            "years_low",
                                            "years_high",
                                            "record_years_low",
                                            "record_years_high",
                                            "driest_year",
                                            "driest_percent"};
    enum { COLUMN_COUNT = sizeof heads / sizeof *heads };
    const struct drought_design *design = axis->design;
    struct table table;
    if (!csv)
        fprintf(out,
                "Design droughts of axis '%s': %d synthetic years (%s) from the runoff of %d to "
                "%d.\nOf the return period T, 95 %% intervals: of the count of synthetic years; "
                "of the record of %d years.\n\n",
                axis->id, design->synthetic_years,
                flow_method_name((enum flow_method)design->method), design->record.first,
                design->record.last, design->record.last - design->record.first + 1);
    table_init(&table, csv, COLUMN_COUNT, csv ? csv_heads : heads);
    for (int i = 0; i < axis->member_count; i++)
        if (axis->member[i].drought != NULL)
            drought_row(&table, axis->member[i].label, design, axis->member[i].drought);
    if (!table_print(&table, out))
        return error_set(err, STATUS_FILE_WRITE, "cannot write the design droughts");
    return STATUS_OK;
}

char *
design_drought_text(const struct axis *axis)
{
    char *text = NULL;
    size_t size = 0;
    struct error unused = {0};
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    bool good = design_drought_table(stream, axis, true, &unused) == STATUS_OK;
    if (fclose(stream) == 0 && good)
        return text;
    free(text);
    return NULL;
}
