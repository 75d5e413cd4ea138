/* Removes unfinished output files at the end of the program. */
#define _DEFAULT_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/cli/internal.h"
#include "cmd/cli/temp.h"

static struct cli_temp *unfinished[CLI_MAX_OUTPUTS];
static const char *removed_at_end; /* the path of cli_remove_at_end */

void
cli_remove_unfinished(void)
{
    if (removed_at_end && *removed_at_end)
        unlink(removed_at_end);
    for (int i = 0; i < CLI_MAX_OUTPUTS; i++)
        if (unfinished[i] && unfinished[i]->name[0]) {
            unlink(unfinished[i]->name);
            unfinished[i]->name[0] = 0;
        }
}

void
cli_end_by_signal(int number)
{
    cli_remove_unfinished();
    signal(number, SIG_DFL);
    raise(number);
}

/* Installs the cleanup for exit and for signals that end the program.  An
   ignored signal stays ignored. */
static void
install(void)
{
    static const int deadly[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT};
    static int installed;
    struct sigaction act = {.sa_handler = cli_end_by_signal}, now;

    if (installed++)
        return;
    atexit(cli_remove_unfinished);
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        if (!sigaction(deadly[i], NULL, &now) && now.sa_handler == SIG_DFL)
            sigaction(deadly[i], &act, NULL);
}

void
cli_remove_at_end(const char *path)
{
    removed_at_end = path;
    install();
}

void
cli_remove_if_unfinished(struct cli_temp *t)
{
    int i = 0;

    while (unfinished[i] && unfinished[i] != t)
        if (++i == CLI_MAX_OUTPUTS)
            abort();
    unfinished[i] = t;
    install();
}
