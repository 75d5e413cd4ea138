/*
 * Draws columns of a TSV table as curves or bars, with gnuplot.
 *
 * The script goes to gnuplot in a file and its picture comes back in another:
 * nothing can block or break in between, and what gnuplot would not tell, that
 * its output could not be written, we see ourselves.
 */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/slurp.h"
#include "formats/gnuplot.h"

extern char **environ;

static struct seg_plot_style opts = {.size_px = {720, 480}};

static const char *const formats[] = {"png", "svg", NULL};

static struct cli_option options[] = {
    {'x', "x", CLI_TEXT, &opts.x, 0, 0, 0, CLI_REQUIRED, "COLUMN",
        "title of the column across"},
    {'y', "y", CLI_TEXT, &opts.y, 0, 0, 0, CLI_REQUIRED, "COLUMN",
        "title of the column up"},
    {'b', "by", CLI_TEXT, &opts.by, 0, 0, 0, 0, "COLUMN",
        "one curve for each word in this column (one curve)"},
    {'e', "error", CLI_TEXT, &opts.error, 0, 0, 0, 0, "COLUMN",
        "half length of error bars (none)"},
    {0, "bars", CLI_FLAG, &opts.bars, 0, 0, 0, 0, NULL,
        "bars instead of curves; x may be words"},
    {0, "log-x", CLI_FLAG, &opts.log_x, 0, 0, 0, 0, NULL,
        "logarithmic axis across"},
    {0, "diagonal", CLI_FLAG, &opts.diagonal, 0, 0, 0, 0, NULL,
        "the line y = x as well, as in a reliability diagram"},
    {'t', "title", CLI_TEXT, &opts.title, 0, 0, 0, 0, "TEXT",
        "line above the picture (none)"},
    {'f', "format", CLI_CHOICE, &opts.svg, 0, 0, formats, 0, "FORMAT",
        "png or svg (png)"},
    {0, "size", CLI_WXH, &opts.size_px, 64, 8192, 0, 0, "WxH",
        "of the picture in pixels (720x480)"},
    CLI_OUTPUT,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-plot",
    .summary = "draw columns of a table as curves or bars",
    .operands = "[FILE]",
    .max_operands = 1,
    .options = options,
};

static void __attribute__((noreturn)) fail(int kind, const char *what)
{
    cli_fail(kind, "%s: %s", what, strerror(errno));
}

static FILE *
temporary(void)
{
    FILE *f = tmpfile();

    if (!f)
        fail(SEG_ECREATE, "temporary file");
    return f;
}

/* Runs gnuplot from one file to the other. */
static void
run(FILE *script, FILE *picture)
{
    posix_spawn_file_actions_t files;
    char *argv[] = {"gnuplot", NULL};
    pid_t child;
    int status;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, fileno(script), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, fileno(picture), STDOUT_FILENO);
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
    if (status)
        cli_fail(SEG_ESOFT, "gnuplot failed (wait status %d)", status);
}

static void
copy(FILE *from, struct cli_out *out)
{
    char part[BUFSIZ];
    size_t n;

    rewind(from);
    while ((n = fread(part, 1, sizeof part, from)))
        for (size_t done = 0; done < n;) {
            ssize_t put = write(cli_out_fd(out), part + done, n - done);

            if (put < 0 && errno != EINTR)
                fail(SEG_EIO, cli.output ? cli.output : "stdout");
            done += put > 0 ? put : 0;
        }
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    const char *path = argv[first], *name = cli_slurp_name(path);
    struct seg_arena a = {0};
    struct seg_tsv table;
    struct seg_err e;
    FILE *script = temporary(), *picture = temporary();

    cli_check(seg_tsv_parse(&table, &a, cli_slurp(&a, path), name, &e), &e);
    cli_check(seg_gnuplot_script(script, &table, &opts, &a, &e), &e);
    if (fflush(script))
        fail(SEG_EIO, "temporary file");
    rewind(script);
    struct cli_out *out = cli_create(cli.output);
    run(script, picture);
    copy(picture, out);
    cli_commit(out);
    seg_arena_free(&a);
    return 0;
}
