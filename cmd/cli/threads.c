/*
 * The team of threads, made before there is work for it.
 *
 * libgomp ends a program, with its own status, when a thread cannot be made.
 * So as many threads as --threads says are made here first, and where there are
 * fewer the program goes on with those.  libgomp makes its own right after,
 * and keeps them.
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
    RESERVE = 4 << 20 /* bytes that the threads must leave to the program */
};

static void *
wait_at(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* As libgomp does: kilobytes unless a suffix says otherwise. */
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

/* Makes up to wanted - 1 threads that live at one time, and ends them; returns
   how many there were, the caller's own included. */
static int
try_threads(int wanted)
{
    static pthread_t id[MAX_THREADS];
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_attr_t how;
    int n = 0;

    if (pthread_attr_init(&how))
        return 1;
    size_t stack = stack_bytes();
    if (stack && pthread_attr_setstacksize(&how, stack))
        stack = 0; /* libgomp says so, and takes the usual size */
    pthread_mutex_lock(&gate);
    while (n < wanted - 1 && !pthread_create(id + n, &how, wait_at, &gate))
        n++;
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < n; i++)
        pthread_join(id[i], NULL);
    pthread_attr_destroy(&how);
    return n + 1;
}

/*
 * Two libraries end the program themselves, after a line of their own, where
 * they find no memory: libgomp by exit(1), as no program with threads does, and
 * BLIS by bli_abort.  The status is that of all who lack memory.
 */
static void
correct_status(int status, void *unused)
{
    (void)unused;
    if (status == 1)
        _exit(SEG_EMEM);
}

/* Takes the place of the function of BLIS. */
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
        cli_warn("%d of %d threads can be made here: the result is the same",
            cli.threads, wanted);
    make_team(cli.threads);
}
