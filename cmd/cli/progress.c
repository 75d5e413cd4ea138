/* Progress: a bar on a terminal, elsewhere a line every 30 s. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cli/internal.h"

static const double bar_s = 0.2, line_s = 30;
static int has_bar; /* a bar is on the last line of the terminal */

double
cli_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int
on_terminal(void)
{
    const char *term = getenv("TERM");

    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb");
}

/*
 * The programs of a pipe share a terminal.  Only the last one shows a bar: its
 * output goes to no other program.
 */
static int
feeds_another(void)
{
    struct stat st;

    if (cli.output && strcmp(cli.output, "-"))
        return 0;
    return !fstat(STDOUT_FILENO, &st) &&
           (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

/* Clears the bar of this program, or of the program that reads its output. */
const char *
cli_line_start(void)
{
    int clear = (has_bar || feeds_another()) && on_terminal();

    has_bar = 0;
    return clear ? "\r\033[K" : "";
}

/* "7s", "3m04s", "2h05m" */
static void
format_time(char *text, size_t n, double s)
{
    long t = (long)(s + 0.5);

    if (t < 60)
        snprintf(text, n, "%lds", t);
    else if (t < 3600)
        snprintf(text, n, "%ldm%02lds", t / 60, t % 60);
    else
        snprintf(text, n, "%ldh%02ldm", t / 3600, t / 60 % 60);
}

static void
print(const struct cli_progress *p, double now, uint64_t done, uint64_t total,
    const char *extra, int bar)
{
    char line[300], eta[32], hashes[21] = "....................";
    double share = total ? (double)done / (double)total : 0;
    size_t n = 0;

    if (total && done)
        format_time(eta, sizeof eta, (now - p->start) * (1 / share - 1));
    else
        format_time(eta, sizeof eta, now - p->start);
    memset(hashes, '#', (size_t)(20 * (share > 1 ? 1 : share)));
    n += (size_t)snprintf(line, sizeof line, "%s", p->what);
    if (bar && total)
        n += (size_t)snprintf(line + n, sizeof line - n, " [%s]", hashes);
    n += (size_t)snprintf(
        line + n, sizeof line - n, " %llu", (unsigned long long)done);
    if (total)
        n += (size_t)snprintf(
            line + n, sizeof line - n, "/%llu", (unsigned long long)total);
    n += (size_t)snprintf(
        line + n, sizeof line - n, ", %s%s", eta, total && done ? " left" : "");
    if (extra && *extra && n < sizeof line)
        snprintf(line + n, sizeof line - n, ", %.80s", extra);
    has_bar = bar;
    if (bar)
        fprintf(stderr, "\r%s: %s\033[K", cli_program->name, line);
    else
        fprintf(stderr, "%s: %s\n", cli_program->name, line);
}

void
cli_progress(struct cli_progress *p, const char *what, uint64_t done,
    uint64_t total, const char *extra)
{
    double now = cli.quiet ? 0 : cli_clock();
    int bar;

    if (cli.quiet)
        return;
    if (!p->what)
        p->start = p->last = now;
    p->what = what;
    if (now - p->last < bar_s)
        return;
    if (isatty(STDERR_FILENO) && feeds_another())
        return;
    bar = on_terminal();
    if (!bar && now - p->last < line_s)
        return;
    p->last = now;
    print(p, now, done, total, extra, bar);
}

void
cli_progress_end(struct cli_progress *p)
{
    if (has_bar)
        fputs(cli_line_start(), stderr);
    p->what = NULL;
}
