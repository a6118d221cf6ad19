/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/ranks.h"

#include <limits.h>
#include <mpi.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * All that knows MPI. Every call is made under one lock (MPI_THREAD_SERIALIZED), and every wait is
 * a poll with sleeps: a rank that waits leaves its processor to those that work.
 */

enum { PIECE_BYTES_MAX = 1 << 30 };
static const long poll_ns = 2000000;

static struct {
    bool begun;
    int count, own;
    char host[MPI_MAX_PROCESSOR_NAME];
    pthread_mutex_t lock;
    MPI_Win window; /**< of the counter, which rank 0 holds */
    int *counter;
    pthread_t attendant;
    int attending;
    char *said; /**< on ranks but the first: what went to standard error */
    size_t said_size;
} all = {.count = 1, .lock = PTHREAD_MUTEX_INITIALIZER};

static void
nap(void)
{
    nanosleep(&(struct timespec){0, poll_ns}, NULL);
}

static void
wait_for(MPI_Request *request)
{
    int done = 0;
    while (!done) {
        pthread_mutex_lock(&all.lock);
        MPI_Test(request, &done, MPI_STATUS_IGNORE);
        pthread_mutex_unlock(&all.lock);
        if (!done)
            nap();
    }
}

/* ---- life --------------------------------------------------------------------------------------
 */

/* Whether a launcher has started this process: MPI itself would take a second to find out that
 * none has. */
static bool
was_launched(void)
{
    static const char *const marks[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (getenv(marks[i]) != NULL)
            return true;
    return false;
}

/*
 * Where the network has no atomic operations of its own, a draw is answered by rank 0, inside some
 * call of MPI. Its threads are at work on scenarios for minutes; this one is not.
 */
static void *
attend(void *unused)
{
    int attending = 1, found;
    while (attending) {
        pthread_mutex_lock(&all.lock);
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &found, MPI_STATUS_IGNORE);
        attending = all.attending;
        pthread_mutex_unlock(&all.lock);
        nap();
    }
    return unused;
}

static void
finalize(void)
{
    if (!all.begun)
        return;
    all.begun = false;
    pthread_mutex_lock(&all.lock);
    bool attending = all.attending;
    all.attending = 0;
    pthread_mutex_unlock(&all.lock);
    if (attending)
        pthread_join(all.attendant, NULL);
    MPI_Win_unlock_all(all.window);
    MPI_Win_free(&all.window);
    MPI_Finalize();
}

static void
make_counter(void)
{
    MPI_Aint size = all.own == 0 ? (MPI_Aint)sizeof *all.counter : 0;
    MPI_Win_allocate(size, (int)sizeof *all.counter, MPI_INFO_NULL, MPI_COMM_WORLD, &all.counter,
                     &all.window);
    MPI_Win_lock_all(MPI_MODE_NOCHECK, all.window);
    all.attending = all.own == 0;
    if (all.attending && pthread_create(&all.attendant, NULL, attend, NULL) != 0)
        all.attending = 0; /* draws may wait for rank 0, but come */
}

enum status
ranks_begin(struct error *err)
{
    int level, length;
    if (!was_launched())
        return STATUS_OK;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &level);
    MPI_Comm_size(MPI_COMM_WORLD, &all.count);
    MPI_Comm_rank(MPI_COMM_WORLD, &all.own);
    MPI_Get_processor_name(all.host, &length);
    make_counter();
    all.begun = true;
    atexit(finalize); /* bad usage and --help end the program in all ranks */
    if (all.own > 0) {
        FILE *nowhere = fopen("/dev/null", "w"), *kept = open_memstream(&all.said, &all.said_size);
        stdout = nowhere != NULL ? nowhere : stdout;
        stderr = kept != NULL ? kept : stderr;
    }
    if (level < MPI_THREAD_SERIALIZED)
        return error_set(err, STATUS_USAGE, "this MPI library is built without threads");
    return STATUS_OK;
}

const char *
ranks_library(void)
{
    static char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    MPI_Get_library_version(text, &length);
    text[strcspn(text, ",\n")] = '\0';
    return text;
}

int
ranks_count(void)
{
    return all.count;
}

int
ranks_own(void)
{
    return all.own;
}

int
ranks_end(int exit_code)
{
    ranks_broadcast(&exit_code, sizeof exit_code);
    fflush(NULL);
    finalize();
    return exit_code;
}

/* ---- between the ranks -------------------------------------------------------------------------
 */

static void
broadcast_from(int rank, void *bytes, size_t size)
{
    unsigned char *piece = bytes;
    while (all.count > 1 && size > 0) {
        int length = size < PIECE_BYTES_MAX ? (int)size : PIECE_BYTES_MAX;
        MPI_Request request;
        pthread_mutex_lock(&all.lock);
        MPI_Ibcast(piece, length, MPI_BYTE, rank, MPI_COMM_WORLD, &request);
        pthread_mutex_unlock(&all.lock);
        wait_for(&request);
        piece += length;
        size -= (size_t)length;
    }
}

void
ranks_broadcast(void *bytes, size_t size)
{
    broadcast_from(0, bytes, size);
}

void
ranks_add(double *value, size_t count)
{
    while (all.count > 1 && count > 0) {
        int length = count < PIECE_BYTES_MAX / 8 ? (int)count : PIECE_BYTES_MAX / 8;
        MPI_Request request;
        pthread_mutex_lock(&all.lock);
        MPI_Iallreduce(MPI_IN_PLACE, value, length, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD, &request);
        pthread_mutex_unlock(&all.lock);
        wait_for(&request);
        value += length;
        count -= (size_t)length;
    }
}

void
ranks_gather(const void *own, size_t size, void *into)
{
    MPI_Request request;
    if (all.count == 1) {
        memcpy(into, own, size);
        return;
    }
    pthread_mutex_lock(&all.lock);
    MPI_Igather(own, (int)size, MPI_BYTE, into, (int)size, MPI_BYTE, 0, MPI_COMM_WORLD, &request);
    pthread_mutex_unlock(&all.lock);
    wait_for(&request);
}

/* Rank 0 prints what a rank has said; which has then said nothing. */
static void
print_said(int rank)
{
    size_t size = 0;
    if (all.own == rank && rank > 0) {
        fflush(stderr);
        size = all.said_size;
    }
    broadcast_from(rank, &size, sizeof size);
    char *text = all.own == rank ? all.said : malloc(size + 1);
    if (size > 0 && text == NULL)
        MPI_Abort(MPI_COMM_WORLD, status_exit_code(STATUS_MEMORY));
    broadcast_from(rank, text, size);
    if (all.own == 0)
        fwrite(text, 1, size, stderr);
    if (all.own == rank && rank > 0)
        rewind(stderr);
    else
        free(text);
}

void
ranks_tell(void)
{
    double size = 0.0;
    if (all.own > 0 && fflush(stderr) == 0)
        size = (double)all.said_size;
    ranks_add(&size, 1);
    for (int rank = 1; rank < all.count && size > 0.0; rank++)
        print_said(rank);
}

enum status
ranks_agree(enum status status, struct error *err)
{
    struct {
        int rank;
        enum status status;
        char host[MPI_MAX_PROCESSOR_NAME], text[sizeof err->text];
    } first = {.rank = status == STATUS_OK ? INT_MAX : all.own, .status = status};
    MPI_Request request;
    int rank = INT_MAX;
    if (all.count == 1)
        return status;
    pthread_mutex_lock(&all.lock);
    MPI_Iallreduce(&first.rank, &rank, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD, &request);
    pthread_mutex_unlock(&all.lock);
    wait_for(&request);
    if (rank == INT_MAX) {
        if (all.own > 0)
            rewind(stderr);
        return STATUS_OK;
    }
    snprintf(first.host, sizeof first.host, "%s", all.host);
    if (status != STATUS_OK && err->status != STATUS_OK)
        snprintf(first.text, sizeof first.text, "%s", err->text);
    broadcast_from(rank, &first, sizeof first);
    if (rank > 0 && all.own == 0 && first.text[0] == '\0')
        fprintf(stderr, "nguon: rank %d on %s has failed\n", rank, first.host);
    if (rank > 0)
        print_said(rank);
    *err = (struct error){0};
    if (first.text[0] != '\0' && rank > 0)
        error_set(err, first.status, "rank %d on %s: %s", rank, first.host, first.text);
    else if (first.text[0] != '\0')
        error_set(err, first.status, "%s", first.text);
    return first.status;
}

/* ---- dealing -----------------------------------------------------------------------------------
 */

void
ranks_cut(int last)
{
    pthread_mutex_lock(&all.lock);
    MPI_Accumulate(&last, 1, MPI_INT, 0, 0, 1, MPI_INT, MPI_REPLACE, all.window);
    MPI_Win_flush(0, all.window);
    pthread_mutex_unlock(&all.lock);
}

void
ranks_deal(int first)
{
    MPI_Request request;
    if (all.own == 0)
        ranks_cut(first);
    pthread_mutex_lock(&all.lock);
    MPI_Ibarrier(MPI_COMM_WORLD, &request);
    pthread_mutex_unlock(&all.lock);
    wait_for(&request);
}

int
ranks_draw(void)
{
    const int one = 1;
    int number;
    pthread_mutex_lock(&all.lock);
    MPI_Fetch_and_op(&one, &number, MPI_INT, 0, 0, MPI_SUM, all.window);
    MPI_Win_flush(0, all.window);
    pthread_mutex_unlock(&all.lock);
    return number;
}
