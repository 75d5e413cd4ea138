#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/train/resume.h"
#include "lib/train/checkpoint.h"

static volatile sig_atomic_t stopped;

static void
on_signal(int number)
{
    (void)number;
    stopped = 1;
}

int
resume_stopped(void)
{
    return stopped;
}

/* A second signal of a kind has its usual effect: at once. */
static void
catch_signals(void)
{
    static const int number[] = {SIGTERM, SIGINT, SIGUSR1};
    struct sigaction act = {
        .sa_handler = on_signal, .sa_flags = SA_RESTART | SA_RESETHAND};

    for (int i = 0; i < 3; i++)
        sigaction(number[i], &act, NULL);
}

static void
fail_log(const char *what)
{
    cli_fail(
        SEG_EIO, "%s: cannot %s: %s", training_opts.log, what, strerror(errno));
}

/* Position 0 begins the log anew. */
static void
open_log(struct training *t, long at)
{
    const char *path = training_opts.log;

    if (!path)
        return;
    t->log = fopen(path, at ? "r+" : "w");
    if (!t->log)
        cli_fail(SEG_ECREATE, "%s: cannot create: %s", path, strerror(errno));
    if (at && (ftruncate(fileno(t->log), at) || fseek(t->log, at, SEEK_SET)))
        fail_log("go on");
    setvbuf(t->log, NULL, _IOLBF, 0); /* people watch it grow */
    if (!at)
        fprintf(t->log, "step\tloss\tlr%s\tseconds\n",
            t->columns ? t->columns : "");
}

/* Everything logged so far is in the file; returns where it ends. */
static long
settle_log(struct training *t)
{
    if (!t->log)
        return 0;
    if (fflush(t->log) || ferror(t->log) || fsync(fileno(t->log)))
        fail_log("write");
    return ftell(t->log);
}

void
resume_close_log(struct training *t)
{
    if (!t->log)
        return;
    if (ferror(t->log) | fclose(t->log))
        fail_log("write");
    t->log = NULL;
}

void
resume_save(const struct resume *r, struct training *t)
{
    struct seg_err e;
    struct seg_record rec = {0};
    struct seg_writer *w;
    char at[32];

    if (!training_opts.checkpoint)
        return;
    snprintf(at, sizeof at, "%ld", settle_log(t));
    cli_check(seg_checkpoint_save(
                  &rec, &t->loop, t->keeps_best ? &t->best : NULL, r->hash, &e),
        &e);
    cli_check(seg_record_set(&rec, "seg.log", at, &e), &e);
    struct cli_out *out = cli_create(training_opts.checkpoint);
    cli_check(
        seg_writer_open(&w, cli_out_fd(out), training_opts.checkpoint, &e), &e);
    cli_check(seg_writer_put(w, &rec, &e), &e);
    cli_check(seg_writer_end(w, "", &e), &e);
    seg_writer_free(w);
    cli_commit(out);
    seg_record_free(&rec);
}

void
resume_stop(const struct resume *r, struct training *t)
{
    resume_save(r, t);
    resume_close_log(t);
    cli_fail(SEG_ETEMP,
        "stopped after step %" PRIu64 "; the same command goes on from %s",
        t->loop.step, training_opts.checkpoint);
}

void
resume_start(const struct resume *r, struct training *t)
{
    const char *path = training_opts.checkpoint;
    struct seg_err e;
    struct seg_record rec = {0};

    if (!path || access(path, F_OK)) {
        open_log(t, 0);
    } else {
        struct seg_reader *in = cli_reader(path);

        if (!cli_check(seg_reader_next(in, &rec, &e), &e))
            cli_fail(SEG_EDATA, "%s: no checkpoint in it", path);
        cli_check(seg_checkpoint_load(&rec, &t->loop,
                      t->keeps_best ? &t->best : NULL, r->hash, path, &e),
            &e);
        const char *at = seg_record_meta(&rec, "seg.log");
        open_log(t, at ? atol(at) : 0);
        cli_note("%s: going on after step %" PRIu64, path, t->loop.step);
        cli_discard_reader(in);
        seg_record_free(&rec);
        cli_check(seg_loop_skip(&t->loop, &e), &e);
    }
    if (path)
        catch_signals();
}
