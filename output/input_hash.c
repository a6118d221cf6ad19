/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/input_hash.h"

#include <glob.h>
#include <sha256.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

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
input_hash(const char *path)
{
    static _Thread_local char digest[SHA256_DIGEST_STRING_LENGTH];
    SHA256_CTX context;
    if (access(path, F_OK) == 0)
        return SHA256File(path, digest) != NULL ? digest : "unreadable";
    SHA256Init(&context);
    if (!add_files(&context, path))
        return "unreadable";
    SHA256End(&context, digest);
    return digest;
}
