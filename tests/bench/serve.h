/*
 * The protocol of tests/bench/pair: each line on stdin names what to run once,
 * the answer is its milliseconds, and at the end of input the peak RSS in MiB.
 * With a number on the command line instead (the last operand), all is run that
 * often after two runs that do not count, and a line of TSV is printed for
 * each: name, work, median, least and largest milliseconds, MiB.
 */
#ifndef SEG_BENCH_SERVE_H
#define SEG_BENCH_SERVE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct bench {
    const char *work; /* "train" */
    void (*run)(void *);
};

enum { WARM = 2, MOST = 1000 };

/* Prints a message and exits. */
static void __attribute__((noreturn)) bench_die(const char *why)
{
    fprintf(stderr, "bench: %s\n", why);
    exit(70);
}

static inline double
milliseconds(void (*run)(void *), void *state)
{
    struct timespec a, b;

    clock_gettime(CLOCK_MONOTONIC, &a);
    run(state);
    clock_gettime(CLOCK_MONOTONIC, &b);
    return 1e3 * (double)(b.tv_sec - a.tv_sec) +
           1e-6 * (double)(b.tv_nsec - a.tv_nsec);
}

/* Peak RSS of this program and of its children. */
static inline double
peak_mib(void)
{
    struct rusage own, others;

    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &others);
    return (double)(own.ru_maxrss > others.ru_maxrss ? own.ru_maxrss
                                                     : others.ru_maxrss) /
           1024;
}

static inline int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static inline void
repeat(const char *name, const struct bench *job, void *state, int runs)
{
    static double ms[MOST];

    runs = runs < MOST ? runs : MOST;
    for (int i = -WARM; i < runs; i++) {
        double t = milliseconds(job->run, state);
        if (i >= 0)
            ms[i] = t;
    }
    qsort(ms, (size_t)runs, sizeof *ms, ascending);
    printf("%s\t%s\t%.2f\t%.2f\t%.2f\t%.1f\n", name, job->work, ms[runs / 2],
        ms[0], ms[runs - 1], peak_mib());
    fflush(stdout);
}

/* jobs end with work NULL; runs 0: serve stdin.  Returns the exit status. */
static inline int
bench_serve(const char *name, const struct bench *jobs, void *state, int runs)
{
    char line[64];

    if (runs) {
        for (; jobs->work; jobs++)
            repeat(name, jobs, state, runs);
        return 0;
    }
    while (fgets(line, sizeof line, stdin)) {
        const struct bench *job = jobs;
        line[strcspn(line, "\n")] = 0;
        while (job->work && strcmp(job->work, line))
            job++;
        if (!job->work)
            bench_die("no such work");
        printf("%.3f\n", milliseconds(job->run, state));
        fflush(stdout);
    }
    printf("%.1f\n", peak_mib());
    return 0;
}

#endif
