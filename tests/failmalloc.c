/*
 * Memory that runs out on demand: a library for LD_PRELOAD.
 *
 *   FAIL_AT=N    the N-th allocation of the program fails, counted from 1
 *   FAIL_ALL=1   all allocations after it fail too
 *   FAIL_MARK=F  the empty file F is made when the N-th allocation fails
 *   FAIL_LOG=F   the functions that asked for it are written to F
 *
 * Allocations before main, by the constructors of libraries, are not counted.
 * tests/lib.sh compiles it: see failing_allocations there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit/failing_malloc.h"

static long fail_at, count;
static int fail_all, counting;
static const char *mark_path, *log_path;
static __thread int inside;

/* The last of the constructors: a preloaded library is initialized last. */
static void __attribute__((constructor(65535))) start(void)
{
    const char *at = getenv("FAIL_AT"), *all = getenv("FAIL_ALL");
    void *frame[1];

    fail_at = at ? atol(at) : 0;
    fail_all = all && *all == '1';
    mark_path = getenv("FAIL_MARK");
    log_path = getenv("FAIL_LOG");
    if (log_path)
        backtrace(frame, 1); /* allocates the first time */
    counting = 1;
}

static void
report(void)
{
    void *frame[16];
    int fd;

    inside = 1;
    if (mark_path && (fd = open(mark_path, O_CREAT | O_WRONLY, 0666)) >= 0)
        close(fd);
    if (log_path &&
        (fd = open(log_path, O_CREAT | O_WRONLY | O_TRUNC, 0666)) >= 0) {
        backtrace_symbols_fd(frame, backtrace(frame, 16), fd);
        close(fd);
    }
    inside = 0;
}

static int
fails(void)
{
    if (!counting || inside)
        return 0;
    long n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
    if (!fail_at || n < fail_at || (n > fail_at && !fail_all))
        return 0;
    if (n == fail_at)
        report();
    errno = ENOMEM;
    return 1;
}

void *
memalign(size_t align, size_t n)
{
    return fails() ? NULL : __libc_memalign(align, n);
}

int
posix_memalign(void **p, size_t align, size_t n)
{
    void *q = fails() ? NULL : __libc_memalign(align, n);

    if (!q)
        return ENOMEM;
    *p = q;
    return 0;
}
