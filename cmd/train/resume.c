#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/train/options.h"
#include "cmd/train/resume.h"
#include "lib/train/checkpoint.h"

static const int signals[] = {SIGTERM, SIGINT, SIGUSR1};
enum { SIGNALS = sizeof signals / sizeof *signals, SHOWN = 60 };

static volatile sig_atomic_t stopped;
static int stop_pipe[2]; /* readable after the first signal */

/* A second signal ends the program at once. */
static void
on_signal(int number)
{
    if (stopped++)
        cli_end_by_signal(number);
    if (write(stop_pipe[1], "", 1) < 0)
        return; /* the pipe is full: the training stops anyway */
}

int
cli_resume_stopped(void)
{
    return stopped;
}

/* The pipe also ends a wait for input, even if another thread runs the
   handler. */
static void
catch_signals(const struct cli_training *t)
{
    struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    if (pipe(stop_pipe))
        cli_fail(SEG_EIO, "cannot make a pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(stop_pipe[i], F_SETFD, FD_CLOEXEC);
        fcntl(stop_pipe[i], F_SETFL, O_NONBLOCK);
    }
    seg_reader_stop_by(t->reader, stop_pipe[0]);
    if (t->second)
        seg_reader_stop_by(t->second, stop_pipe[0]);
    for (int i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &act, NULL);
}

static void
release_signals(void)
{
    for (int i = 0; i < SIGNALS; i++)
        signal(signals[i], cli_end_by_signal);
}

void
cli_resume_save(const struct cli_resume *r, struct cli_training *t)
{
    struct seg_err e;
    struct seg_record rec = {0};
    struct seg_writer *w;
    char mark[CLI_LOG_MARK];

    if (!cli_training_opts.checkpoint)
        return;
    cli_log_settle(&t->log, mark);
    cli_check(seg_checkpoint_save(
                  &rec, &t->loop, t->keeps_best ? &t->best : NULL, r->hash, &e),
        &e);
    cli_check(seg_record_set(&rec, "seg.log", mark, &e), &e);
    cli_check(seg_record_set(&rec, "seg.command", cli_own_history(), &e), &e);
    struct cli_out *out = cli_create(cli_training_opts.checkpoint);
    cli_check(
        seg_writer_open(&w, cli_out_fd(out), cli_training_opts.checkpoint, &e),
        &e);
    cli_check(seg_writer_put(w, &rec, &e), &e);
    cli_check(seg_writer_end(w, "", &e), &e);
    seg_writer_free(w);
    cli_commit(out);
    seg_record_free(&rec);
}

static void __attribute__((noreturn)) say_stopped(const struct cli_training *t)
{
    cli_fail(SEG_ETEMP,
        "stopped after step %" PRIu64 "; the same command goes on from %s",
        t->loop.step, cli_training_opts.checkpoint);
}

void
cli_resume_stop(const struct cli_resume *r, struct cli_training *t)
{
    cli_resume_save(r, t);
    cli_log_close(&t->log);
    say_stopped(t);
}

/* Position of the first word in which two commands differ, or of the option
   before it. */
static size_t
first_difference(const char *a, const char *b)
{
    size_t word = 0, last = 0;

    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == ' ') {
            last = word;
            word = i + 1;
        }
    return a[last] == '-' && a[word] != '-' && b[word] != '-' ? last : word;
}

static int
shown_length(const char *s)
{
    size_t n = strcspn(s, "\n");

    return n < SHOWN ? (int)n : SHOWN;
}

static void
compare_commands(const char *path, const char *then)
{
    const char *now = cli_own_history();

    if (!then || !strcmp(then, now))
        return;
    size_t at = first_difference(then, now);
    cli_fail(SEG_EDATA,
        "%s: checkpoint of another training: its command has '%.*s', this one "
        "has '%.*s': remove it to start anew",
        path, shown_length(then + at), then + at, shown_length(now + at),
        now + at);
}

static void
go_on(const struct cli_resume *r, struct cli_training *t, const char *path)
{
    struct seg_err e;
    struct seg_record rec = {0};
    struct seg_reader *in = cli_reader(path);

    if (!cli_check(seg_reader_next(in, &rec, &e), &e))
        cli_fail(SEG_EDATA, "%s: no checkpoint in it", path);
    compare_commands(path, seg_record_meta(&rec, "seg.command"));
    cli_check(seg_checkpoint_load(&rec, &t->loop,
                  t->keeps_best ? &t->best : NULL, r->hash, path, &e),
        &e);
    catch_signals(t);
    if (seg_feed_skip(&t->loop.input, &e) ||
        (t->second && seg_feed_skip(&t->loop.second, &e))) {
        if (stopped)
            say_stopped(t);
        cli_die(&e);
    }
    cli_log_continue(&t->log, seg_record_meta(&rec, "seg.log"), path);
    cli_note("%s: going on after step %" PRIu64, path, t->loop.step);
    cli_discard_reader(in);
    seg_record_free(&rec);
}

void
cli_resume_start(const struct cli_resume *r, struct cli_training *t)
{
    const char *path = cli_training_opts.checkpoint;

    if (path && !access(path, F_OK)) {
        go_on(r, t, path);
        return;
    }
    cli_log_start(&t->log);
    if (path)
        catch_signals(t);
}

void
cli_resume_finish(void)
{
    if (cli_training_opts.checkpoint)
        release_signals();
}
