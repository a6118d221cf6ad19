/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/input_hash.h"

#include "model/climate_series.h"

#include <glob.h>
#include <sha256.h>
#include <string.h>

/* Add the hash of every file that a pattern names. */
static bool
add_files(SHA256_CTX *context, const char *pattern)
{
    glob_t files = {0};
    bool good = glob(pattern, 0, NULL, &files) == 0;
    for (size_t i = 0; good && i < files.gl_pathc; i++) {
        char digest[SHA256_DIGEST_STRING_LENGTH];
        good = SHA256File(files.gl_pathv[i], digest) != NULL;
        if (good)
            SHA256Update(context, (const uint8_t *)digest, strlen(digest));
    }
    globfree(&files);
    return good;
}

const char *
input_hash(const struct basin *basin, int series_i)
{
    static _Thread_local char digest[SHA256_DIGEST_STRING_LENGTH];
    const struct series_input *series = &basin->series[series_i];
    SHA256_CTX context;
    if (series->climate == NULL)
        return SHA256File(series->path, digest) != NULL ? digest : "unreadable";
    SHA256Init(&context);
    if (!add_files(&context, series->climate->model.pattern) ||
        (series->climate->historical.pattern != NULL &&
         !add_files(&context, series->climate->historical.pattern)))
        return "unreadable";
    SHA256End(&context, digest);
    return digest;
}
