#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/train/claim.h"
#include "cmd/train/options.h"
#include "lib/base/err.h"

static char lock_path[PATH_MAX];

/* ---- names ---- */

static int
is_stdout(const char *path)
{
    return !path || !strcmp(path, "-");
}

/* Refuses a log on stdout if the model goes there. */
static void
keep_off_stdout(void)
{
    const char *log = cli_training_opts.log;
    struct stat s, t;

    if (!log || !is_stdout(cli.output))
        return;
    int same =
        !strcmp(log, "-") ||
        (!stat(log, &s) && !fstat(STDOUT_FILENO, &t) && s.st_dev == t.st_dev &&
            s.st_ino == t.st_ino && !S_ISCHR(s.st_mode));
    if (same)
        cli_usage("--log %.300s: the model goes to stdout: give -o FILE, or "
                  "another file for the log",
            log);
}

static void
check_names(void)
{
    const char *checkpoint = cli_training_opts.checkpoint;

    if (checkpoint && !strcmp(checkpoint, "-"))
        cli_usage("--checkpoint -: a checkpoint is a file");
    keep_off_stdout();
}

/* ---- the lock ---- */

/* Opens and locks the lock file; -1 if another process removed it meanwhile. */
static int
try_lock(void)
{
    struct stat s, t;
    int fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

    if (fd < 0)
        cli_fail(SEG_ECREATE, "%.300s: cannot create its lock: %s",
            cli_training_opts.checkpoint, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        if (errno == EWOULDBLOCK)
            cli_fail(SEG_ECREATE,
                "%.300s: another training that runs now keeps its state there",
                cli_training_opts.checkpoint);
        cli_warn("%.300s: cannot lock: %s", lock_path, strerror(errno));
    }
    if (!fstat(fd, &s) && !stat(lock_path, &t) && s.st_ino == t.st_ino &&
        s.st_dev == t.st_dev)
        return fd;
    close(fd);
    return -1;
}

static void
take_lock(void)
{
    const char *path = cli_training_opts.checkpoint;
    char real[PATH_MAX];

    if (!realpath(path, real))
        snprintf(real, sizeof real, "%s", path);
    if (snprintf(lock_path, sizeof lock_path, "%s.lock", real) >=
        (int)sizeof lock_path)
        cli_fail(SEG_ECREATE, "%.300s: name too long", path);
    while (try_lock() < 0)
        ;
    cli_remove_at_end(lock_path);
}

void
cli_claim_outputs(void)
{
    struct stat st;
    const char *checkpoint = cli_training_opts.checkpoint;

    check_names();
    if (!checkpoint)
        return;
    if (!stat(checkpoint, &st) && !S_ISREG(st.st_mode))
        cli_fail(SEG_ECREATE, "%.300s: a checkpoint is a file, this is none",
            checkpoint);
    take_lock();
}

void
cli_claim_release(void)
{
    if (*lock_path)
        unlink(lock_path);
    *lock_path = 0;
}
