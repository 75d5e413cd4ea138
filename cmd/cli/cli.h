/*
 * What every program shares: options, messages, opening and closing, progress.
 * Only here does anything print or exit.
 *
 * A program describes itself in one struct cli_program.  Its option table
 * drives parsing, --help, the hidden --options (the table as TSV, from which
 * completion is made and man pages are tested) and the line of history.
 */
#ifndef SEG_CMD_CLI_CLI_H
#define SEG_CMD_CLI_CLI_H

#include <stdint.h>
#include <stdio.h>

#include "formats/stream/stream.h"
#include "lib/base/err.h"
#include "lib/image/nodata.h"

enum cli_type {
    CLI_FLAG,   /* int: set to 1 */
    CLI_INT,    /* int within min..max */
    CLI_U64,    /* uint64_t */
    CLI_FLOAT,  /* double within min..max */
    CLI_TEXT,   /* const char * */
    CLI_CHOICE, /* int: index in choices */
    CLI_SIZE,   /* size_t bytes, with suffix K M G */
    CLI_LIST,   /* struct cli_list: may be given more than once */
    CLI_WXH     /* int[2]: width and height, "240x180" or "256" for both */
};

enum {
    CLI_REQUIRED = 1,
    CLI_SILENT = 2,   /* has no part in the result: left out of the history */
    CLI_WRITES = 4,   /* CLI_TEXT: a file that is written; its directory must be
                       there, and no other option may write it */
    CLI_FRESH = 8,    /* and it replaces no input, operand or option */
    CLI_RENEWED = 16, /* an input that --output may replace */
    CLI_ASIDE = CLI_SILENT | CLI_WRITES | CLI_FRESH /* output beside -o */
};

struct cli_list {
    const char **item;
    int n;
};

struct cli_option {
    char letter;      /* 0: long form only */
    const char *name; /* without -- */
    enum cli_type type;
    void *target;
    double min, max;            /* CLI_INT, CLI_FLOAT, CLI_WXH */
    const char *const *choices; /* CLI_CHOICE: NULL-terminated */
    int flags;
    const char *arg;  /* name of the value in --help: "N", "FILE"; NULL: none */
    const char *help; /* one line, lower case, default and unit included */
};

struct cli_program {
    const char *name;     /* seg-subset */
    const char *summary;  /* one line, as in NAME of the page */
    const char *operands; /* "[FILE ...]", "[FILE]", "" ; as in SYNOPSIS */
    int min_operands, max_operands; /* max -1: any */
    struct cli_option *options;     /* ends with a row whose name is NULL */
    const char *example;            /* one command line */
    const char *see_also;           /* pages: "seg-cat(1), seg-info(1)" */
};

/* What the common rows below fill; one static struct, defined by cli.c. */
struct cli_common {
    const char *output; /* -o; NULL or "-": stdout */
    uint64_t seed;      /* -s, 0 */
    int threads;        /* -j, as many as processors */
    int quiet, verbose; /* -q, -v */
    size_t mem_limit;   /* --mem-limit, 0: none; see cli_table_limit */
    int exact;          /* --exact */
};
extern struct cli_common cli;

#define CLI_OUTPUT                                                             \
    {                                                                          \
        'o', "output", CLI_TEXT, &cli.output, 0, 0, 0,                         \
            CLI_SILENT | CLI_WRITES, "FILE",                                   \
            "write to FILE, which appears only when complete"                  \
    }
/* The same of programs whose output is of another kind than their input: a
   table does not take the place of the stream that it is about. */
#define CLI_OUTPUT_FRESH                                                       \
    {                                                                          \
        'o', "output", CLI_TEXT, &cli.output, 0, 0, 0, CLI_ASIDE, "FILE",      \
            "write to FILE, which appears only when complete"                  \
    }
#define CLI_SEED                                                               \
    {                                                                          \
        's', "seed", CLI_U64, &cli.seed, 0, 0, 0, 0, "N",                      \
            "seed of all random choices (0)"                                   \
    }
#define CLI_THREADS                                                            \
    {                                                                          \
        'j', "threads", CLI_INT, &cli.threads, 1, 1024, 0, CLI_SILENT, "N",    \
            "threads (all processors); the result is the same"    \
    }
#define CLI_MEM_LIMIT                                                          \
    {                                                                          \
        0, "mem-limit", CLI_SIZE, &cli.mem_limit, 0, 0, 0, CLI_SILENT, "SIZE", \
            "fail above SIZE bytes of memory (suffix K, M, G)"     \
    }
#define CLI_EXACT                                                              \
    {                                                                          \
        0, "exact", CLI_FLAG, &cli.exact, 0, 0, 0, 0, NULL,                    \
            "convolve by direct sums: slower, less rounding error"    \
    }
#define CLI_QUIET                                                              \
    {                                                                          \
        'q', "quiet", CLI_FLAG, &cli.quiet, 0, 0, 0, CLI_SILENT, NULL,         \
            "print errors only"                                                \
    }
#define CLI_END                                                                \
    {                                                                          \
        0, NULL, CLI_FLAG, NULL, 0, 0, NULL, 0, NULL, NULL                     \
    }

/*
 * Parses; handles --help, --version and --options itself.  Returns the index in
 * argv of the first operand.  Exits with 64 and one line on wrong use.  A
 * program may call cli_usage for what the table cannot say.
 */
int cli_parse(struct cli_program *p, int argc, char **argv);
void cli_usage(const char *fmt, ...) SEG_PRINTF(1, 2) __attribute__((noreturn));
/* Our line of history: "seg-subset 0.1.0 -n 20 few.st\n". */
const char *cli_own_history(void);

/* "prog: text" on stderr and exit with the kind; unfinished outputs vanish. */
void cli_die(const struct seg_err *e) __attribute__((noreturn));
/* The same for what a program finds out itself. */
void cli_fail(int kind, const char *fmt, ...) SEG_PRINTF(2, 3)
    __attribute__((noreturn));
/* "prog: text" alone, for a program that looks for more before it fails. */
void cli_complain(const struct seg_err *e);
/* cli_die(e) if status is negative; returns status. */
int cli_check(int status, const struct seg_err *e);
/* The same for what is NULL where it failed; returns p. */
static inline void *
cli_need(const void *p, const struct seg_err *e)
{
    if (!p)
        cli_die(e);
    return (void *)p;
}
/* "prog: warning: ..." ; "prog: ..." unless -q */
void cli_warn(const char *fmt, ...) SEG_PRINTF(1, 2);
/* A warning for each line, as in struct seg_record; NULL: none. */
void cli_warn_lines(const char *lines);
/* One warning of a run: how many pixels were not finite though no nodata was
   declared, the first of them, and the consequence ("they are not counted"). */
void cli_warn_nodata(
    const struct seg_nodata_count *gaps, const char *consequence);
void cli_note(const char *fmt, ...) SEG_PRINTF(1, 2);

/* A copy in which control characters but those of `allowed` are "?". */
const char *cli_shown(const char *text, const char *allowed);

/* Zeroed memory for the life of the program; exits when there is none. */
void *cli_take(size_t n, size_t size);
char *cli_take_string(const char *s);

/* Bytes that the lists and tables of a program may take: --mem-limit, or 256
   MiB where it is not given.  For the limit of an arena that holds little
   else. */
size_t cli_table_limit(void);

/* ---- inputs ---- */

/*
 * The stream of a file, or of stdin for NULL and "-" (not a terminal: that is
 * wrong use).  Exits on failure.  Its history is added to ours when it is
 * closed by cli_close_reader.
 */
struct seg_reader *cli_reader(const char *path);
void cli_close_reader(struct seg_reader *r);
/* Closes a stream whose history is not a part of ours: a checkpoint. */
void cli_discard_reader(struct seg_reader *r);

/* All operands from argv[first] on as one stream; stdin if there are none. */
struct cli_inputs {
    char **path;
    int n, at;
    struct seg_reader *reader;
};
void cli_inputs(struct cli_inputs *in, int argc, char **argv, int first);
/* 1 or 0; exits on failure.  Fits seg_source (lib/train/loop.h) as well. */
int cli_next(struct cli_inputs *in, struct seg_record *rec);

/* ---- outputs ---- */

/*
 * -o FILE appears when it is closed and complete (cmd/cli/temp.h).  Links are
 * followed; devices, pipes and /dev/stdout are written as they are.  stdout
 * refuses a terminal for bytes.
 */
struct cli_out;                               /* one file or stdout */
struct cli_out *cli_create(const char *path); /* path NULL or "-": stdout */
int cli_out_fd(struct cli_out *o);
void cli_commit(struct cli_out *o);

/* This file too is removed when the program ends, however it does; one only.
   The text is the caller's and is read at the end; empty: there is none. */
void cli_remove_at_end(const char *path);

/* For the program's own handlers of signals: removes what is unfinished and
   ends by the signal. */
void cli_end_by_signal(int number);

/* The program's record stream to -o or stdout, history and END at the close. */
struct seg_writer *cli_writer(void);
void cli_put(struct seg_writer *w, const struct seg_record *rec);
void cli_close_writer(struct seg_writer *w);

/* Text (tables, network text) to -o or stdout, closed and checked. */
FILE *cli_text(void);
void cli_close_text(FILE *f);

/* ---- progress: a bar with ETA on a terminal, for the last program of a pipe;
   a line every 30 s elsewhere; nothing with -q ---- */
struct cli_progress {
    const char *what;
    double start, last;
};
void cli_progress(struct cli_progress *p, const char *what, uint64_t done,
    uint64_t total /* 0: unknown */, const char *extra /* "loss 0.31" */);
void cli_progress_end(struct cli_progress *p);
double cli_clock(void); /* seconds since some moment */

#endif
