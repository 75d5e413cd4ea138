/*
 * seg-plot: draws columns of a TSV table as curves or bars, with gnuplot.
 *
 * Script and image are passed in files, because a pipe could block.  gnuplot
 * succeeds even if a full disk cuts the image, so its end mark is checked.
 */
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "cmd/cli/scratch_file.h"
#include "formats/table/gnuplot.h"
#include "lib/base/text.h"

extern char **environ;

static struct seg_plot_style opts = {.size_px = {720, 480}};

static const char *const formats[] = {"png", "svg", NULL};

static struct cli_option options[] = {
    {'x', "x", CLI_TEXT, &opts.x, 0, 0, 0, CLI_REQUIRED, "COLUMN",
        "column for the x axis"},
    {'y', "y", CLI_TEXT, &opts.y, 0, 0, 0, CLI_REQUIRED, "COLUMN",
        "column for the y axis"},
    {0, "by", CLI_TEXT, &opts.by, 0, 0, 0, 0, "COLUMN",
        "one curve for each word in this column (one curve)"},
    {'e', "error", CLI_TEXT, &opts.error, 0, 0, 0, 0, "COLUMN",
        "column with half the length of error bars (none)"},
    {0, "bars", CLI_FLAG, &opts.bars, 0, 0, 0, 0, NULL,
        "bars instead of curves; x may be words"},
    {0, "log-x", CLI_FLAG, &opts.log_x, 0, 0, 0, 0, NULL, "logarithmic x axis"},
    {0, "diagonal", CLI_FLAG, &opts.diagonal, 0, 0, 0, 0, NULL,
        "also draw y = x, as in a reliability diagram"},
    {0, "title", CLI_TEXT, &opts.title, 0, 0, 0, 0, "TEXT",
        "title above the plot (none)"},
    {0, "x-title", CLI_TEXT, &opts.x_title, 0, 0, 0, 0, "TEXT",
        "title of the x axis, with its unit (the column's)"},
    {0, "y-title", CLI_TEXT, &opts.y_title, 0, 0, 0, 0, "TEXT",
        "title of the y axis (metric and columns: miou: mean \xc2\xb1 sd)"},
    {'f', "format", CLI_CHOICE, &opts.svg, 0, 0, formats, 0, "FORMAT",
        "png or svg (png)"},
    {0, "size", CLI_WXH, &opts.size_px, 64, 8192, 0, 0, "WxH",
        "image size in pixels (720x480)"},
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-plot",
    .summary = "draw columns of a table as curves or bars",
    .operands = "[FILE]",
    .max_operands = 1,
    .options = options,
    .example =
        "seg-plot -x budget -y mean -e sd --by method -o plot.png table.tsv",
    .see_also = "seg-table(1), seg-score(1)",
};

static void __attribute__((noreturn)) fail(int kind, const char *name)
{
    cli_fail(seg_errno_kind(kind), "%s: %s", name, strerror(errno));
}

static int
spawn(FILE *script, FILE *image, FILE *messages)
{
    posix_spawn_file_actions_t files;
    char *argv[] = {"gnuplot", "-d", NULL}; /* -d: no ~/.gnuplot */
    pid_t child;
    int status;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, fileno(script), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, fileno(image), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, fileno(messages), STDERR_FILENO);
    errno = posix_spawnp(&child, argv[0], &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    if (errno == ENOENT)
        cli_fail(SEG_EMISSING,
            "gnuplot is not installed (Debian: apt-get install gnuplot-nox)");
    if (errno)
        fail(SEG_ESOFT, argv[0]);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            fail(SEG_ESOFT, argv[0]);
    return status;
}

/* The first message in the output of gnuplot, or NULL. */
static const char *
first_message(char *text)
{
    char *line;

    while ((line = seg_text_line(&text))) {
        line += strspn(line, " ^\t");
        if (*line && strncmp(line, "gnuplot>", 8))
            return line;
    }
    return NULL;
}

/* Runs gnuplot on a script; returns the bytes of the image. */
static const char *
run(FILE *script, size_t *n, struct seg_arena *a)
{
    FILE *image = cli_scratch_file(), *messages = cli_scratch_file();
    size_t all;
    int status = spawn(script, image, messages);
    const char *message = first_message(cli_scratch_read(messages, &all, a));
    const char *bytes = cli_scratch_read(image, n, a);

    if (status)
        cli_fail(SEG_ESOFT, "gnuplot failed (wait status %d): %.200s", status,
            message ? message : "no message");
    if (message)
        cli_warn("gnuplot: %.200s", message);
    if (!seg_gnuplot_complete(bytes, *n, opts.svg))
        cli_fail(SEG_EIO,
            "gnuplot's %s has no end after %zu bytes: is the disk of TMPDIR "
            "full?",
            formats[opts.svg], *n);
    return bytes;
}

static void
copy(const char *bytes, size_t n, struct cli_out *out)
{
    for (size_t done = 0; done < n;) {
        ssize_t put = write(cli_out_fd(out), bytes + done, n - done);

        if (put < 0 && errno != EINTR)
            fail(SEG_EIO, cli.output ? cli.output : "stdout");
        done += put > 0 ? (size_t)put : 0;
    }
}

static void
warn(const struct seg_plot_notes *notes, const char *name)
{
    if (notes->hidden)
        cli_warn("%s: rows of the same %s and series, with bars on top "
                 "of each other: %d (see --by)",
            name, opts.x, notes->hidden);
    if (notes->metric[1])
        cli_warn("%s: one plot of several metrics, such as %s and %s: their "
                 "values share an axis",
            name, notes->metric[0], notes->metric[1]);
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    const char *path = argv[first], *name = cli_text_name(path);
    struct seg_arena a = {0};
    struct seg_tsv table;
    struct seg_err e;
    struct seg_plot_notes notes;
    FILE *script = cli_scratch_file();
    size_t n;

    cli_check(
        seg_tsv_parse(&table, &a, cli_read_text_table(&a, path), name, &e), &e);
    cli_check(seg_gnuplot_script(script, &notes, &table, &opts, &a, &e), &e);
    if (fflush(script))
        fail(SEG_EIO, "temporary file");
    rewind(script);
    warn(&notes, name);
    struct cli_out *out = cli_create(cli.output);
    const char *image = run(script, &n, &a);
    copy(image, n, out);
    cli_commit(out);
    seg_arena_free(&a);
    return 0;
}
