/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_MODEL_TEXT_FILE_H
#define NGUON_TESTS_MODEL_TEXT_FILE_H

/* One short-lived file in a folder of its own, for tests of readers. */

#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char text_folder[] = "/tmp/nguon_text_XXXXXX";
static char text_path[64];

static inline int
make_text_folder(void **state)
{
    (void)state;
    if (mkdtemp(text_folder) == NULL)
        return -1;
    snprintf(text_path, sizeof text_path, "%s/file.csv", text_folder);
    return 0;
}

static inline int
remove_text_folder(void **state)
{
    (void)state;
    unlink(text_path);
    return rmdir(text_folder);
}

static inline const char *
write_bytes(const char *bytes, size_t size)
{
    FILE *file = fopen(text_path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return text_path;
}

static inline const char *
write_text(const char *text)
{
    return write_bytes(text, strlen(text));
}

#endif
