/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads every file named on the command line, or of the folders named: the corpus as a test. Each
 * is also read cut short and with single bytes changed, by a fixed rule. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 4 << 20, VARIANTS = 24 };

static size_t
read_file(const char *path, uint8_t *bytes)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    size_t size = fread(bytes, 1, FILE_BYTES_MAX, file);
    fclose(file);
    return size;
}

/* The file as it is, then cut at VARIANTS places, then with one byte changed at as many. */
static void
replay(uint8_t *bytes, size_t size)
{
    LLVMFuzzerTestOneInput(bytes, size);
    for (size_t i = 1; i <= VARIANTS && size > VARIANTS; i++) {
        LLVMFuzzerTestOneInput(bytes, size * i / (VARIANTS + 1));
        size_t at = size * i / (VARIANTS + 1);
        uint8_t kept = bytes[at];
        bytes[at] = (uint8_t)(kept ^ (i % 2 ? 0x10 : 0x81));
        LLVMFuzzerTestOneInput(bytes, size);
        bytes[at] = kept;
    }
}

/* Number of files read. */
static int
replay_path(const char *folder, uint8_t *bytes)
{
    struct dirent **entry = NULL;
    int count = scandir(folder, &entry, NULL, alphasort), done = 0;
    if (count < 0) { /* no folder */
        size_t size = read_file(folder, bytes);
        replay(bytes, size);
        return size > 0;
    }
    for (int i = 0; i < count; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
        if (entry[i]->d_name[0] != '.') {
            replay(bytes, read_file(path, bytes));
            done++;
        }
        free(entry[i]);
    }
    free(entry);
    return done;
}

int
main(int argc, char **argv)
{
    uint8_t *bytes = malloc(FILE_BYTES_MAX);
    int done = 0;
    for (int i = 1; i < argc && bytes != NULL; i++)
        done += replay_path(argv[i], bytes);
    free(bytes);
    printf("%d files\n", done);
    return done > 0 ? 0 : 1; /* an empty corpus tests nothing */
}
