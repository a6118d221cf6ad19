/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NGUON_TESTS_CLI_FIXTURE_H
#define NGUON_TESTS_CLI_FIXTURE_H

/* A folder of its own for a test program, and `nguon` run in it. */

#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_LENGTH = 512, COMMAND_LENGTH = 4096 };

static const char *program; /* NGUON_PROGRAM */
static char folder[] = "/tmp/nguon_cli_XXXXXX";

static inline int
make_folder(void **state)
{
    (void)state;
    program = getenv("NGUON_PROGRAM");
    if (program == NULL) {
        print_error("NGUON_PROGRAM does not name the program under test\n");
        return -1;
    }
    return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static inline int
remove_folder(void **state)
{
    (void)state;
    char command[PATH_LENGTH];
    snprintf(command, sizeof command, "chmod -R u+w '%s' && rm -r '%s'", folder, folder);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static inline void
write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static inline char *
read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    (void)!fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    return text;
}

/* Run `nguon ARGUMENTS`; out.txt and err.txt hold what it printed. */
static inline int
run(const char *arguments)
{
    char command[COMMAND_LENGTH];
    snprintf(command, sizeof command, "'%s' %s > out.txt 2> err.txt", program, arguments);
    int result = system(command);
    if (!WIFEXITED(result))
        fail_msg("`nguon %s` was ended by signal %d", arguments, WTERMSIG(result));
    return WEXITSTATUS(result);
}

static inline void
assert_says(const char *path, const char *wanted)
{
    char *text = read_text(path);
    if (strstr(text, wanted) == NULL) {
        print_error("%s:\n%s\n", path, text);
        fail_msg("%s does not say: %s", path, wanted);
    }
    free(text);
}

static inline void
assert_run(const char *arguments, int exit_code, const char *path, const char *wanted)
{
    int got = run(arguments);
    if (got != exit_code) {
        char *text = read_text("err.txt");
        print_error("%s\n", text);
        free(text);
        fail_msg("`nguon %s` ended with %d, not %d", arguments, got, exit_code);
    }
    if (wanted != NULL)
        assert_says(path, wanted);
}

#endif
