/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_MODEL_UNITS_H
#define NGUON_MODEL_UNITS_H

#include "model/basin.h"

/**
 * What a unit text such as "hm3/year" means: SI value = number * scale + offset, per basis if
 * calendar. A difference (a shift) takes no offset: +2 K is 2 degrees, not -271.15 degrees.
 */
struct unit {
    enum dimension dimension;
    enum rate_basis basis; /**< BASIS_MONTH, BASIS_YEAR: the scaled number is per month or year */
    double scale;
    double offset; /**< not 0 only for temperatures */
};

/** A figure of the file: "127.5 hm3 [S S1]". */
struct quantity {
    double value; /**< SI, or SI per month or year (see unit.basis) */
    struct unit unit;
    bool has_unit; /**< false: a bare number, dimension none */
    char flag;     /**< 'S', 'R', 'E', 'M' or 0 */
};

/**
 * Understand a unit by UDUNITS-2 after the words of this field are replaced (hm3, Mm3, MCM, cms,
 * person, head, month, year ...). Months and years stand only under a fraction stroke and are kept
 * as a calendar basis. Prefixes that UDUNITS reads otherwise than people mean (Mm3 as cubic
 * megametres) are read as people mean, or refused.
 *
 * @return STATUS_OK; STATUS_INPUT with a message that names the unit; STATUS_FILE if the unit
 *         database cannot be read
 * @note Safe to call from several threads.
 */
enum status unit_parse(const char *text, struct unit *out, struct error *err);

/** UDUNITS-2 is not safe for threads: who calls it elsewhere holds this lock. */
void udunits_lock(void);
void udunits_unlock(void);

/** Read a number with its unit and flag. @return as unit_parse */
enum status quantity_parse(const char *text, struct quantity *out, struct error *err);

/** Read a bare finite number that fills the whole text. */
enum status number_parse(const char *text, double *out, struct error *err);

/**
 * Length of the text before a trailing "[S ...]", blanks removed, and the flag letter (0 if none).
 * A bracket that begins with no flag letter is a fault.
 */
enum status flag_split(const char *text, size_t *length, char *flag, struct error *err);

/** "a volume", with an example: "127.5 hm3". */
const char *dimension_name(enum dimension dimension);
const char *dimension_example(enum dimension dimension);

#endif
