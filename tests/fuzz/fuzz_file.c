/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATH_BYTES = 512, FILES_MAX = 8, SECONDS_MAX = 2 };

static char folder[PATH_BYTES];
static char path[FILES_MAX][PATH_BYTES];
static int path_count;

static void
remove_folder(void)
{
    for (int i = 0; i < path_count; i++)
        unlink(path[i]);
    rmdir(folder);
}

static void
fail(const char *what)
{
    perror(what);
    abort(); /* the harness cannot work: not a finding */
}

static void
report_hang(int signal_number)
{
    (void)signal_number;
    abort(); /* a finding: libFuzzer keeps the input */
}

/* From here on an input may take SECONDS_MAX of processor time; a clock on the wall would call a
 * busy machine a hang. */
static void
start_clock(void)
{
    const struct itimerval limit = {.it_value = {.tv_sec = SECONDS_MAX}};
    signal(SIGVTALRM, report_hang);
    setitimer(ITIMER_VIRTUAL, &limit, NULL);
}

const char *
fuzz_file(const char *name, const uint8_t *data, size_t size)
{
    static char wanted[PATH_BYTES + 64];
    start_clock();
    if (folder[0] == '\0') {
        const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        snprintf(folder, sizeof folder, "%s/nguon_fuzz_XXXXXX", base);
        if (mkdtemp(folder) == NULL)
            fail(folder);
        atexit(remove_folder);
    }
    snprintf(wanted, sizeof wanted, "%s/%s", folder, name);
    int file = open(wanted, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size || close(file) != 0)
        fail(wanted);
    for (int i = 0; i < path_count; i++)
        if (strcmp(path[i], wanted) == 0)
            return path[i];
    if (path_count == FILES_MAX)
        fail("too many names");
    snprintf(path[path_count], PATH_BYTES, "%.*s", PATH_BYTES - 1, wanted);
    return path[path_count++];
}
