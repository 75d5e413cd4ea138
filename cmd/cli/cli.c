/* Messages, exit, and memory that is kept until the program ends. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/internal.h"
#include "lib/base/arena.h"
#include "lib/base/sanitize.h"

static struct seg_arena memory;

static const char *
name(void)
{
    return cli_program ? cli_program->name : "segpipe";
}

/* Writes a line at once, so that lines of programs in one pipe do not mix. */
static void
print_line(const char *prefix, const char *fmt, va_list args)
{
    char text[1200];

    vsnprintf(text, sizeof text, fmt, args);
    fprintf(stderr, "%s%s: %s%s\n", cli_line_start(), name(), prefix,
        seg_sanitize(text, ""));
}

void
cli_complain(const struct seg_err *e)
{
    fprintf(stderr, "%s%s: %s%s\n", cli_line_start(), name(), e->text,
        cli_hint(e->text));
}

void
cli_die(const struct seg_err *e)
{
    cli_complain(e);
    exit(e->kind);
}

void
cli_fail(int kind, const char *fmt, ...)
{
    struct seg_err e;
    char text[sizeof e.text];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    seg_fail(&e, kind, "%s", text);
    cli_die(&e);
}

int
cli_check(int status, const struct seg_err *e)
{
    if (status < 0)
        cli_die(e);
    return status;
}

void
cli_usage(const char *fmt, ...)
{
    char text[1000];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    fprintf(stderr, "%s%s: %s (see %s --help)\n", cli_line_start(), name(),
        seg_sanitize(text, ""), name());
    exit(SEG_EUSAGE);
}

void
cli_warn(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    print_line("warning: ", fmt, args);
    va_end(args);
}

void
cli_warn_lines(const char *lines)
{
    for (const char *end; lines && *lines; lines = end + 1) {
        end = strchr(lines, '\n');
        cli_warn("%.*s", (int)(end - lines), lines);
    }
}

void
cli_warn_nodata(const struct seg_nodata_count *g, const char *consequence)
{
    if (g->pixels)
        cli_warn("%s; %" PRIu64 " pixels of %" PRIu64 " images are not finite "
                 "numbers: %s (seg-import --nodata nan declares them)",
            g->first, g->pixels, g->images, consequence);
}

void
cli_note(const char *fmt, ...)
{
    va_list args;

    if (cli.quiet)
        return;
    va_start(args, fmt);
    print_line("", fmt, args);
    va_end(args);
}

size_t
cli_table_limit(void)
{
    return cli.mem_limit ? cli.mem_limit : (size_t)256 << 20;
}

void *
cli_take(size_t n, size_t size)
{
    struct seg_err e;

    return cli_need(seg_take(&memory, n, size, &e), &e);
}

const char *
cli_shown(const char *text, const char *allowed)
{
    return seg_sanitize(cli_take_string(text), allowed);
}

char *
cli_take_string(const char *s)
{
    return strcpy(cli_take(strlen(s) + 1, 1), s);
}
