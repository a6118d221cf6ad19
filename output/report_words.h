/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_OUTPUT_REPORT_WORDS_H
#define NGUON_OUTPUT_REPORT_WORDS_H

/** Languages of the report. */
enum language { LANGUAGE_EN, LANGUAGE_VI, LANGUAGE_COUNT };

#include <stdbool.h>

#define WORD(key, en, vi) WORD_##key,
/** Keys of the table of words (output/report/words.def). */
enum word {
#include "output/report/words.def"
    WORD_COUNT
};
#undef WORD

/** Text of a word; {1}, {2} ... stand in it for what is put in. */
const char *word_text(enum language language, enum word word);

/** Key of a word as in the table. */
const char *word_key(enum word word);

/** "en", "vi" */
const char *language_code(enum language language);

/** The language of a code. @return false if there is none */
bool language_find(const char *code, enum language *language);

#endif
