/*
 * The command line of all programs: options, messages, input and output files,
 * progress.  Only cmd/cli prints or exits.
 *
 * A program describes itself in one struct cli_program.  Its option table is
 * used for parsing, --help, the history of the output, and the hidden --options
 * that prints the table as TSV, for completion and for tests.
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
    CLI_LIST,   /* struct cli_list: the option may be repeated */
    CLI_WXH     /* int[2]: width and height, "240x180" or "256" for both */
};

enum {
    CLI_REQUIRED = 1,
    CLI_SILENT = 2,   /* does not change the result: not in the history */
    CLI_WRITES = 4,   /* CLI_TEXT: an output file; its directory must exist, and
                         no other option may write it */
    CLI_FRESH = 8,    /* with CLI_WRITES: must not be an input file */
    CLI_RENEWED = 16, /* an input that --output may replace */
    CLI_ASIDE = CLI_SILENT | CLI_WRITES | CLI_FRESH /* another output file */
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
    const char *arg;  /* the value in --help, for example "FILE"; NULL: none */
    const char *help; /* one line, lower case, with default and unit */
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

/* Targets of the common options below. */
struct cli_common {
    const char *output; /* -o; NULL or "-": stdout */
    uint64_t seed;      /* -s, 0 */
    int threads;        /* -j, as many as processors */
    int quiet;          /* -q */
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
/* The same for output of another kind than the input: for example, a table must
   not replace the stream that it describes. */
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
            "threads (all processors); the result is the same"                 \
    }
#define CLI_MEM_LIMIT                                                          \
    {                                                                          \
        0, "mem-limit", CLI_SIZE, &cli.mem_limit, 0, 0, 0, CLI_SILENT, "SIZE", \
            "fail above SIZE bytes of memory (suffix K, M, G)"                 \
    }
#define CLI_EXACT                                                              \
    {                                                                          \
        0, "exact", CLI_FLAG, &cli.exact, 0, 0, 0, 0, NULL,                    \
            "convolve by direct sums: slower, less rounding error"             \
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
 * Parses the command line and handles --help, --version and --options.  Returns
 * the index in argv of the first operand.  On wrong use, prints a line and
 * exits with 64.
 */
int cli_parse(struct cli_program *p, int argc, char **argv);
/* Exits with 64 and a message, for rules that the option table cannot state. */
void cli_usage(const char *fmt, ...) SEG_PRINTF(1, 2) __attribute__((noreturn));
/* The element of names (NULL-terminated) that word probably means: a
   beginning, an abbreviation, or at most two typing errors.  NULL: none. */
const char *cli_nearest(const char *word, const char *const *names);
/* The command in the history: "seg-subset 0.1.0 -n 20 few.st\n". */
const char *cli_own_history(void);

/* Prints "prog: text", removes unfinished outputs and exits with e->kind. */
void cli_die(const struct seg_err *e) __attribute__((noreturn));
/* The same for an error that the program itself finds. */
void cli_fail(int kind, const char *fmt, ...) SEG_PRINTF(2, 3)
    __attribute__((noreturn));
/* Prints "prog: text" and returns, if the program reports all errors first. */
void cli_complain(const struct seg_err *e);
/* cli_die(e) if status is negative; returns status. */
int cli_check(int status, const struct seg_err *e);
/* cli_die(e) if p is NULL; returns p. */
static inline void *
cli_need(const void *p, const struct seg_err *e)
{
    if (!p)
        cli_die(e);
    return (void *)p;
}
/* Prints "prog: warning: ...". */
void cli_warn(const char *fmt, ...) SEG_PRINTF(1, 2);
/* Prints a warning for each line of a text; NULL: none. */
void cli_warn_lines(const char *lines);
/* Warns if pixels were NaN or infinite though no nodata value was declared:
   prints the first, their number, and the consequence, for example "they are
   not counted". */
void cli_warn_nodata(
    const struct seg_nodata_count *count, const char *consequence);
/* Prints "prog: ..." unless -q is given. */
void cli_note(const char *fmt, ...) SEG_PRINTF(1, 2);

/* A copy with "?" for control characters, except those in `allowed`. */
const char *cli_shown(const char *text, const char *allowed);

/* Zeroed memory that is kept until the program ends; exits if there is none. */
void *cli_take(size_t n, size_t size);
char *cli_take_string(const char *s);

/* The limit in bytes for an arena of lists and tables: --mem-limit, or 256 MiB
   if it is not given. */
size_t cli_table_limit(void);

/* ---- inputs ---- */

/*
 * Opens the stream of a file, or of stdin for NULL and "-".  Exits on failure,
 * with 64 if stdin is a terminal.  cli_close_reader adds the history of the
 * stream to that of the output.
 */
struct seg_reader *cli_reader(const char *path);
void cli_close_reader(struct seg_reader *r);
/* Closes a stream without its history, for example a checkpoint. */
void cli_discard_reader(struct seg_reader *r);
/* Makes seg_reader_at work and returns the number of records; exits if there
   are none, or more than INT_MAX / 2. */
int cli_index(struct seg_reader *r);

/* All operands from argv[first] as one stream; stdin if there are none. */
struct cli_inputs {
    char **path;
    int n, at;
    struct seg_reader *reader;
};
void cli_inputs(struct cli_inputs *in, int argc, char **argv, int first);
/* Reads the next record: 1, or 0 at the end; exits on failure.  It can be a
   seg_source (lib/train/loop.h). */
int cli_next(struct cli_inputs *in, struct seg_record *rec);

/* ---- outputs ---- */

/*
 * An output file appears when it is complete (cmd/cli/temp.h).  Links are
 * followed; devices, pipes and /dev/stdout are written directly.  Bytes are not
 * written to a terminal.
 */
struct cli_out;                               /* one file or stdout */
struct cli_out *cli_create(const char *path); /* path NULL or "-": stdout */
int cli_out_fd(struct cli_out *o);
void cli_commit(struct cli_out *o);

/* Has a file removed when the program ends or is ended by a signal; one file
   only.  The caller keeps the text, which is read at the end; "": no file. */
void cli_remove_at_end(const char *path);

/* For the signal handlers of a program: removes unfinished outputs and ends by
   the signal. */
void cli_end_by_signal(int number);

/* The record stream to -o or stdout; closing it writes history and END. */
struct seg_writer *cli_writer(void);
void cli_put(struct seg_writer *w, const struct seg_record *rec);
void cli_close_writer(struct seg_writer *w);
/* The same with a last record, which has tensors: that record is END too.  A
   model is written so, as one blob. */
void cli_close_writer_with(struct seg_writer *w, const struct seg_record *rec);

/* Text (tables, network text) to -o or stdout, closed and checked. */
FILE *cli_text(void);
void cli_close_text(FILE *f);

/* ---- progress: on a terminal the last program of a pipe shows a bar with the
   remaining time; elsewhere a line every 30 s; nothing with -q ---- */
struct cli_progress {
    const char *what;
    double start, last;
};
void cli_progress(struct cli_progress *p, const char *what, uint64_t done,
    uint64_t total /* 0: unknown */, const char *extra /* "loss 0.31" */);
void cli_progress_end(struct cli_progress *p);
double cli_clock(void); /* seconds, from an arbitrary start */

#endif
