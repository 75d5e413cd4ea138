/* Test Anything Protocol for the C tests: ok() for each, done() at the end. */
#ifndef SEG_TESTS_UNIT_TAP_H
#define SEG_TESTS_UNIT_TAP_H

#include <stdarg.h>
#include <stdio.h>

static int tap_run, tap_failed;

static int __attribute__((format(printf, 2, 3), unused))
ok(int good, const char *fmt, ...)
{
    va_list args;

    printf("%sok %d - ", good ? "" : "not ", ++tap_run);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    putchar('\n');
    tap_failed += !good;
    return good;
}

/* A line of explanation. */
static void __attribute__((format(printf, 1, 2), unused))
note(const char *fmt, ...)
{
    va_list args;

    printf("# ");
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    putchar('\n');
}

/* The plan, and the status to return from main. */
static int
done(void)
{
    printf("1..%d\n", tap_run);
    return tap_failed || fflush(stdout) ? 1 : 0;
}

#endif
