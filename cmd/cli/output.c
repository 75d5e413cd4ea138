/* Output files, which appear only when they are complete. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cli/internal.h"
#include "cmd/cli/temp.h"
#include "lib/base/text.h"

struct cli_out {
    int fd;           /* -1 or 0: unused */
    const char *name; /* for messages */
    int temporary; /* temp is published at the end; 0: stdout, device, pipe */
    struct cli_temp temp;
};

static struct cli_out outputs[CLI_MAX_OUTPUTS];

static struct cli_out *
unused_output(void)
{
    for (int i = 0; i < CLI_MAX_OUTPUTS; i++)
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

/* The open descriptor that path names, for example /dev/stdout; -1: none. */
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

/* An open descriptor, a device or a pipe is written directly. */
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
    cli_remove_if_unfinished(&o->temp);
    o->temporary = 1;
    return cli_temp_open(&o->temp, target, 0);
}

static struct cli_out *
create(const char *path, int text)
{
    struct cli_out *o = unused_output();

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
cannot_write(const struct cli_out *o)
{
    cli_fail(SEG_EIO, "%.300s: cannot write: %s", o->name, strerror(errno));
}

void
cli_commit(struct cli_out *o)
{
    int fd = o->fd;

    if (o->temporary) {
        if (fsync(fd))
            cannot_write(o);
        if (cli_temp_publish(&o->temp, fd))
            cannot_create(o->name);
    }
    o->fd = -1;
    if (close(fd) || (o->temporary && cli_temp_settle(&o->temp)))
        cannot_write(o);
}

/* ---- the output of --output ---- */

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

    cli_check(seg_writer_end(w, cli_whole_history(), &e), &e);
    seg_writer_free(w);
    cli_commit(own);
}

void
cli_close_writer_with(struct seg_writer *w, const struct seg_record *rec)
{
    struct seg_err e;

    cli_check(seg_writer_put_last(w, rec, cli_whole_history(), &e), &e);
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
        cannot_write(own);
    if (f == stdout) {
        cli_commit(own);
        return;
    }
    /* fclose and cli_commit each close a descriptor */
    int fd = dup(own->fd);
    if (fd < 0 || fclose(f))
        cannot_write(own);
    own->fd = fd;
    cli_commit(own);
}
