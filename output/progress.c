/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/progress.h"

#include <unistd.h>

enum { BAR_WIDTH = 40 };
static const double redraw_s = 0.1;

static double
seconds_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) + 1e-9 * (double)(to->tv_nsec - from->tv_nsec);
}

void
progress_init(struct progress *progress, FILE *out)
{
    *progress = (struct progress){.out = out != NULL && isatty(fileno(out)) ? out : NULL};
    clock_gettime(CLOCK_MONOTONIC, &progress->start);
    progress->last = progress->start;
}

void
progress_update(struct progress *progress, int done_count, int total_count)
{
    struct timespec now;
    if (progress->out == NULL || total_count <= 0 || done_count <= 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (done_count <= progress->before_count) {
        progress->start = now;
        return;
    }
    if (done_count < total_count && seconds_between(&progress->last, &now) < redraw_s)
        return;
    progress->last = now;
    progress->drawn = true;
    double elapsed_s = seconds_between(&progress->start, &now);
    double left_s = elapsed_s * (total_count - done_count) / (done_count - progress->before_count);
    int filled = (int)((long)BAR_WIDTH * done_count / total_count);
    char bar[BAR_WIDTH + 1];
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < filled ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    fprintf(progress->out, "\r[%s] %d of %d scenarios, %.0f s left \033[K", bar, done_count,
            total_count, left_s);
    fflush(progress->out);
}

void
progress_finish(struct progress *progress)
{
    if (progress->out != NULL && progress->drawn) {
        fputs("\r\033[K", progress->out);
        fflush(progress->out);
    }
}
