/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report_words.h"

#include <string.h>

struct entry {
    const char *key, *text[LANGUAGE_COUNT];
};

#define WORD(key, en, vi) {#key, {en, vi}},
static const struct entry words[] = {
#include "output/report/words.def"
};
#undef WORD

const char *
word_text(enum language language, enum word word)
{
    return words[word].text[language];
}

const char *
word_key(enum word word)
{
    return words[word].key;
}

const char *
language_code(enum language language)
{
    static const char *const codes[LANGUAGE_COUNT] = {"en", "vi"};
    return codes[language];
}

bool
language_find(const char *code, enum language *language)
{
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        if (strcmp(code, language_code((enum language)l)) == 0) {
            *language = (enum language)l;
            return true;
        }
    return false;
}
