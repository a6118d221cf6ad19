/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report_words.h"

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
