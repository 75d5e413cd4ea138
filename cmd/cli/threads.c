/*
 * Starts the threads of OpenMP.
 *
 * libgomp exits with its own status if it cannot start a thread.  Therefore
 * this file first tries to start --threads threads and, if some cannot be
 * started, asks libgomp for fewer.
 */
#define _DEFAULT_SOURCE
#include <omp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/internal.h"
#include "lib/base/arena.h"

enum {
    MAX_THREADS = 1024,
    RESERVE = 4 << 20 /* bytes that must remain for the program */
};

static void *
wait_for(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* OMP_STACKSIZE in bytes, read as libgomp does: in kilobytes unless it has a
   suffix; 0: not set or not valid. */
static size_t
stack_bytes(void)
{
    static const char suffix[] = "BKMG";
    const char *text = getenv("OMP_STACKSIZE");
    char *end;

    if (!text)
        return 0;
    unsigned long long n = strtoull(text, &end, 10);
    end += strspn(end, " \t");
    int upper = *end >= 'a' && *end <= 'z' ? *end - 'a' + 'A' : *end;
    const char *s = upper ? strchr(suffix, upper) : suffix + 1;
    if (end == text || !s || n > SIZE_MAX >> 10 * (s - suffix))
        return 0;
    return (size_t)n << 10 * (s - suffix);
}

/* Starts up to wanted - 1 threads at the same time and ends them; returns the
   number of threads, including the caller. */
static int
try_threads(int wanted)
{
    static pthread_t id[MAX_THREADS];
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_attr_t attr;
    int n = 0;

    if (pthread_attr_init(&attr))
        return 1;
    size_t stack = stack_bytes();
    if (stack && pthread_attr_setstacksize(&attr, stack))
        stack = 0; /* libgomp warns, and uses the default size */
    pthread_mutex_lock(&gate);
    while (n < wanted - 1 && !pthread_create(id + n, &attr, wait_for, &gate))
        n++;
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < n; i++)
        pthread_join(id[i], NULL);
    pthread_attr_destroy(&attr);
    return n + 1;
}

/*
 * Two libraries print a line and end the program if they get no memory: libgomp
 * calls exit(1), a status that no program with threads uses, and BLIS calls
 * bli_abort.  Both become the status of missing memory.
 */
static void
correct_status(int status, void *unused)
{
    (void)unused;
    if (status == 1)
        _exit(SEG_EMEM);
}

/* Replaces the function of BLIS. */
void bli_abort(void) __attribute__((noreturn));

void
bli_abort(void)
{
    cli_remove_unfinished();
    _exit(SEG_EMEM);
}

static void
make_team(int n)
{
    int made = 0;

    omp_set_num_threads(n);
#pragma omp parallel num_threads(n)
    {
#pragma omp atomic
        made++;
    }
    (void)made;
}

void
cli_start_threads(void)
{
    struct seg_arena reserve = {0};
    struct seg_err e;
    int wanted = cli.threads < MAX_THREADS ? cli.threads : MAX_THREADS;

    cli.threads = 1;
    on_exit(correct_status, NULL);
    if (wanted > 1 && seg_take_dirty(&reserve, RESERVE, 1, &e))
        cli.threads = try_threads(wanted);
    seg_arena_free(&reserve);
    if (cli.threads < wanted)
        cli_warn("%d of %d threads can be started: the result is the same",
            cli.threads, wanted);
    make_team(cli.threads);
}
