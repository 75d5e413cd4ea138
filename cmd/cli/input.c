/* Input streams of a program. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cli/internal.h"
#include "cmd/cli/mapped.h"

/* A descriptor to read the file at path; exits if there is none. */
static int
open_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0 && !fstat(fd, &st) && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        fd = -1;
    }
    if (fd < 0)
        cli_fail(
            SEG_ENOINPUT, "%.300s: cannot open: %s", path, strerror(errno));
    return fd;
}

struct seg_reader *
cli_reader(const char *path)
{
    struct seg_limits limits = {
        .record_bytes = cli.mem_limit, .header_memory = cli.mem_limit};
    struct seg_reader *r;
    struct seg_err e;

    if (path && !strcmp(path, "-"))
        path = NULL;
    if (!path && isatty(STDIN_FILENO))
        cli_usage("stdin is a terminal: name a file or use a pipe");
    int fd = path ? open_file(path) : STDIN_FILENO;
    cli_check(seg_reader_open(&r, fd, path ? path : "stdin", &limits, &e), &e);
    cli_mapped_add(r);
    return r;
}

void
cli_discard_reader(struct seg_reader *r)
{
    cli_mapped_remove(r);
    seg_reader_close(r);
}

int
cli_index(struct seg_reader *r)
{
    struct seg_err e;
    size_t n;

    cli_check(seg_reader_index(r, &n, &e), &e);
    if (!n || n > INT_MAX / 2)
        cli_fail(SEG_EDATA, "%s: %s", seg_reader_name(r),
            n ? "too many records" : "no records to choose from");
    return (int)n;
}

void
cli_close_reader(struct seg_reader *r)
{
    cli_history_inherit(seg_reader_history(r));
    cli_discard_reader(r);
}

void
cli_inputs(struct cli_inputs *in, int argc, char **argv, int first)
{
    static char *only_stdin[] = {"-"};

    in->path = first < argc ? argv + first : only_stdin;
    in->n = first < argc ? argc - first : 1;
    in->at = 0;
    in->reader = NULL;
}

/* Finished readers.  They stay open until the program ends, because records
   that the caller holds may point into their mapped files. */
static struct finished {
    struct seg_reader *reader;
    struct finished *next;
} * finished;

static void
finish(struct seg_reader *r)
{
    struct finished *f = cli_take(1, sizeof *f);

    cli_history_inherit(seg_reader_history(r));
    *f = (struct finished){r, finished};
    finished = f;
}

int
cli_next(struct cli_inputs *in, struct seg_record *rec)
{
    struct seg_err e;

    while (in->at < in->n) {
        if (!in->reader)
            in->reader = cli_reader(in->path[in->at]);
        if (cli_check(seg_reader_next(in->reader, rec, &e), &e))
            return 1;
        finish(in->reader);
        in->reader = NULL;
        in->at++;
    }
    seg_record_clear(rec);
    return 0;
}
