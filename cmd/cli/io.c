/* Inputs and outputs of a program; an output file appears only when
   complete. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cli/internal.h"
#include "cmd/cli/mapped.h"
#include "cmd/cli/temp.h"
#include "lib/base/text.h"

enum { MAX_OUTPUTS = 16 };

struct cli_out {
    int fd;           /* -1: this place is free */
    const char *name; /* for messages */
    int whole;        /* appears when complete; not stdout, a device, a pipe */
    struct cli_temp temp;
};

static struct cli_out outputs[MAX_OUTPUTS];
static char *history = "";

/* ---- descriptors ---- */

/*
 * A program started with stdout closed must not write its records into the
 * first file it opens.  The places are taken so that using them fails.
 */
void
cli_guard_descriptors(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
            _exit(SEG_EIO);
}

static void
stdout_lost(void)
{
    cli_fail(SEG_EIO, "stdout: cannot write: %s", strerror(errno));
}

void
cli_close_stdout(void)
{
    if (ferror(stdout) || fflush(stdout) || close(STDOUT_FILENO))
        stdout_lost();
}

/* ---- inputs ---- */

/* Our own history follows that of all inputs; a block is kept once. */
static void
add_history(const char *block)
{
    if (strstr(history, block))
        return;
    char *longer = cli_take(strlen(history) + strlen(block) + 1, 1);
    history = strcat(strcpy(longer, history), block);
}

struct seg_reader *
cli_reader(const char *path)
{
    struct seg_limits limits = {
        .record_bytes = cli.mem_limit, .header_memory = cli.mem_limit};
    struct seg_reader *r;
    struct seg_err e;
    struct stat st;
    int fd = STDIN_FILENO;

    if (path && !strcmp(path, "-"))
        path = NULL;
    if (!path && isatty(fd))
        cli_usage("stdin is a terminal: name a file or use a pipe");
    if (path)
        fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && !fstat(fd, &st) && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        fd = -1;
    }
    if (fd < 0)
        cli_fail(SEG_ENOINPUT, "%.300s: cannot open: %s", path ? path : "stdin",
            strerror(errno));
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

void
cli_close_reader(struct seg_reader *r)
{
    add_history(seg_reader_history(r));
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

/* Readers that are through: records of a mapped file that the caller may still
   hold point into it, so it stays mapped to the end. */
static struct through {
    struct seg_reader *reader;
    struct through *next;
} * through;

static void
retire(struct seg_reader *r)
{
    struct through *t = cli_take(1, sizeof *t);

    add_history(seg_reader_history(r));
    *t = (struct through){r, through};
    through = t;
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
        retire(in->reader);
        in->reader = NULL;
        in->at++;
    }
    seg_record_clear(rec);
    return 0;
}

/* ---- outputs ---- */

static const char *doomed; /* as cli_remove_at_end was told */

void
cli_remove_unfinished(void)
{
    if (doomed && *doomed)
        unlink(doomed);
    for (int i = 0; i < MAX_OUTPUTS; i++)
        if (outputs[i].temp.name[0]) {
            unlink(outputs[i].temp.name);
            outputs[i].temp.name[0] = 0;
        }
}

void
cli_end_by_signal(int number)
{
    cli_remove_unfinished();
    signal(number, SIG_DFL);
    raise(number);
}

/* What ends a program takes its unfinished files along. */
static void
arm(void)
{
    static const int deadly[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT};
    static int armed;
    struct sigaction act = {.sa_handler = cli_end_by_signal}, now;

    if (armed++)
        return;
    atexit(cli_remove_unfinished);
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        if (!sigaction(deadly[i], NULL, &now) && now.sa_handler == SIG_DFL)
            sigaction(deadly[i], &act, NULL);
}

void
cli_remove_at_end(const char *path)
{
    doomed = path;
    arm();
}

static struct cli_out *
free_place(void)
{
    for (int i = 0; i < MAX_OUTPUTS; i++)
        if (outputs[i].fd <= 0)
            return outputs + i;
    abort();
}

static void
cannot_create(const char *path)
{
    cli_fail(seg_errno_kind(SEG_ECREATE), "%.300s: cannot create: %s", path,
        strerror(errno));
}

/* The descriptor that a name such as /dev/stdout stands for; -1: none. */
static int
descriptor_of(const char *path)
{
    static const char *const dirs[] = {"/dev/fd/", "/proc/self/fd/"};

    if (!strcmp(path, "/dev/stdout"))
        return STDOUT_FILENO;
    if (!strcmp(path, "/dev/stderr"))
        return STDERR_FILENO;
    for (int i = 0; i < 2; i++) {
        size_t n = strlen(dirs[i]);
        if (!strncmp(path, dirs[i], n))
            return seg_text_number(path + n, 1 << 20);
    }
    return -1;
}

/* An open descriptor, a device and a pipe are written as they are. */
static int
open_output(struct cli_out *o, const char *path)
{
    char target[PATH_MAX];
    struct stat st;
    int same = descriptor_of(path);

    if (same >= 0)
        return fcntl(same, F_DUPFD_CLOEXEC, 3);
    if (cli_resolve(target, path))
        return -1;
    if (!stat(target, &st) && !S_ISREG(st.st_mode))
        return open(target, O_WRONLY | O_CLOEXEC);
    arm();
    o->whole = 1;
    return cli_temp_open(&o->temp, target, 0);
}

static struct cli_out *
create(const char *path, int text)
{
    struct cli_out *o = free_place();

    *o = (struct cli_out){.fd = STDOUT_FILENO, .name = "stdout"};
    if (path && strcmp(path, "-")) {
        o->name = path;
        o->fd = open_output(o, path);
        if (o->fd < 0)
            cannot_create(path);
    }
    if (!text && isatty(o->fd))
        cli_usage("bytes are not written to a terminal: use -o FILE or a pipe");
    return o;
}

struct cli_out *
cli_create(const char *path)
{
    return create(path, 0);
}

int
cli_out_fd(struct cli_out *o)
{
    return o->fd;
}

static void
output_lost(const struct cli_out *o)
{
    cli_fail(SEG_EIO, "%.300s: cannot write: %s", o->name, strerror(errno));
}

void
cli_commit(struct cli_out *o)
{
    int fd = o->fd;

    if (o->whole) {
        if (fsync(fd))
            output_lost(o);
        if (cli_temp_publish(&o->temp, fd))
            cannot_create(o->name);
    }
    o->fd = -1;
    if (close(fd) || (o->whole && cli_temp_settle(&o->temp)))
        output_lost(o);
}

/* ---- the program's own output ---- */

static struct cli_out *own;

struct seg_writer *
cli_writer(void)
{
    struct seg_writer *w;
    struct seg_err e;

    own = create(cli.output, 0);
    cli_check(seg_writer_open(&w, own->fd, own->name, &e), &e);
    return w;
}

void
cli_put(struct seg_writer *w, const struct seg_record *rec)
{
    struct seg_err e;

    cli_check(seg_writer_put(w, rec, &e), &e);
}

void
cli_close_writer(struct seg_writer *w)
{
    struct seg_err e;

    add_history(cli_own_history());
    cli_check(seg_writer_end(w, history, &e), &e);
    seg_writer_free(w);
    cli_commit(own);
}

FILE *
cli_text(void)
{
    own = create(cli.output, 1);
    FILE *f = own->fd == STDOUT_FILENO ? stdout : fdopen(own->fd, "w");
    if (!f)
        cannot_create(cli.output);
    return f;
}

void
cli_close_text(FILE *f)
{
    if (ferror(f) || fflush(f))
        output_lost(own);
    if (f == stdout) {
        cli_commit(own);
        return;
    }
    /* commit closes its descriptor, fclose would too: give it another */
    int fd = dup(own->fd);
    if (fd < 0 || fclose(f))
        output_lost(own);
    own->fd = fd;
    cli_commit(own);
}
