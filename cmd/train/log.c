#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/train/log.h"
#include "cmd/train/options.h"
#include "lib/base/hash.h"

static void __attribute__((noreturn)) fail_log(const char *verb)
{
    cli_fail(SEG_EIO, "%s: cannot %s: %s", cli_training_opts.log, verb,
        strerror(errno));
}

static void
cannot_create(void)
{
    cli_fail(SEG_ECREATE, "%s: cannot create: %s", cli_training_opts.log,
        strerror(errno));
}

static int
is_stdout(void)
{
    return !strcmp(cli_training_opts.log, "-") ||
           !strcmp(cli_training_opts.log, "/dev/stdout");
}

static int
open_descriptor(void)
{
    int fd;

    if (is_stdout())
        fd = dup(STDOUT_FILENO);
    else
        fd = open(cli_training_opts.log, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        cannot_create();
    return fd;
}

/* Opens and locks the file without changing it: two trainings may not write the
   same log. */
static void
open_log(struct cli_log *l)
{
    int fd = open_descriptor();
    struct stat st;

    l->regular = !is_stdout() && !fstat(fd, &st) && S_ISREG(st.st_mode);
    if (l->regular && flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
        cli_fail(SEG_ECREATE, "%s: another training writes this log",
            cli_training_opts.log);
    l->file = fdopen(fd, "w");
    if (!l->file)
        cli_fail(SEG_EMEM, "%s: out of memory", cli_training_opts.log);
    setvbuf(l->file, NULL, _IOLBF, 0); /* so that tail -f shows it */
}

static void
cut_log(struct cli_log *l, uint64_t bytes)
{
    if (l->regular && (ftruncate(fileno(l->file), (off_t)bytes) ||
                          fseeko(l->file, (off_t)bytes, SEEK_SET)))
        fail_log("cut");
}

void
cli_log_start(struct cli_log *l)
{
    if (!cli_training_opts.log)
        return;
    open_log(l);
    cut_log(l, 0);
    fputs(l->heading, l->file);
    cli_log_check(l);
}

/* Hashes the first bytes of the log; -1 if it has fewer. */
static int
hash_log(int in, uint64_t bytes, uint64_t *hash)
{
    char piece[16384];
    uint64_t at = 0;

    for (*hash = 0; at < bytes;) {
        size_t want =
            bytes - at < sizeof piece ? (size_t)(bytes - at) : sizeof piece;
        if (pread(in, piece, want, (off_t)at) != (ssize_t)want)
            return -1;
        *hash = seg_hash_more(*hash, piece, want);
        at += want;
    }
    return 0;
}

static void
refuse(const char *checkpoint, const char *found)
{
    cli_fail(SEG_EDATA,
        "%s: %s: put that log back, go on without --log, or remove %s to start "
        "anew",
        cli_training_opts.log, found, checkpoint);
}

/* Refuses a log that does not begin with these bytes.  Returns 1, or 0 if it is
   not a regular file and cannot be cut. */
static int
compare_log(uint64_t bytes, uint64_t hash, const char *checkpoint)
{
    struct stat st;
    uint64_t seen;
    char found[PATH_MAX + 200];
    int in = open(cli_training_opts.log, O_RDONLY | O_CLOEXEC);
    int regular = in >= 0 && !fstat(in, &st) && S_ISREG(st.st_mode);

    if (in < 0 && errno != ENOENT)
        fail_log("read");
    if (in < 0)
        snprintf(found, sizeof found,
            "no such file, and checkpoint %s says that it has %" PRIu64
            " bytes",
            checkpoint, bytes);
    else if (regular && (uint64_t)st.st_size < bytes)
        snprintf(found, sizeof found,
            "shorter (%jd bytes) than checkpoint %s says (%" PRIu64 " bytes)",
            (intmax_t)st.st_size, checkpoint, bytes);
    else if (regular && (hash_log(in, bytes, &seen) || seen != hash))
        snprintf(found, sizeof found,
            "not the log of checkpoint %s: its first %" PRIu64 " bytes differ",
            checkpoint, bytes);
    else
        *found = 0;
    if (*found)
        refuse(checkpoint, found);
    close(in);
    return regular;
}

void
cli_log_continue(struct cli_log *l, const char *mark, const char *checkpoint)
{
    uint64_t bytes = 0, hash = 0;

    if (mark && sscanf(mark, "%" SCNu64 " %" SCNx64, &bytes, &hash) != 2)
        cli_fail(SEG_EDATA, "%s: seg.log: '%s' is no length and hash",
            checkpoint, mark);
    if (!cli_training_opts.log || !bytes || is_stdout() ||
        !compare_log(bytes, hash, checkpoint)) {
        cli_log_start(l);
        return;
    }
    open_log(l);
    cut_log(l, bytes);
}

void
cli_log_check(const struct cli_log *l)
{
    if (l->file && ferror(l->file))
        fail_log("write");
}

void
cli_log_settle(struct cli_log *l, char text[CLI_LOG_MARK])
{
    uint64_t hash;

    snprintf(text, CLI_LOG_MARK, "0 0");
    if (!l->file)
        return;
    if (fflush(l->file) || ferror(l->file))
        fail_log("write");
    if (!l->regular)
        return;
    if (fsync(fileno(l->file)))
        fail_log("write");
    off_t end = ftello(l->file);
    int in = open(cli_training_opts.log, O_RDONLY | O_CLOEXEC);
    if (in < 0 || end < 0 || hash_log(in, (uint64_t)end, &hash))
        fail_log("read back");
    close(in);
    snprintf(text, CLI_LOG_MARK, "%jd %016" PRIx64, (intmax_t)end, hash);
}

void
cli_log_close(struct cli_log *l)
{
    if (!l->file)
        return;
    if (ferror(l->file) | fclose(l->file))
        fail_log("write");
    l->file = NULL;
}
