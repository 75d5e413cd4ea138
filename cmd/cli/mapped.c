/* The handler of SIGBUS, for mapped inputs that can no longer be read. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/internal.h"
#include "cmd/cli/mapped.h"

/* The signal handler reads this list; only the main thread changes it. */
static struct mapped {
    struct seg_reader *reader; /* NULL: no longer watched */
    struct mapped *next;
} *volatile list;

static void
put(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        return;
}

/* Calls only async-signal-safe functions. */
static void
on_bus_error(int number, siginfo_t *info, void *context)
{
    (void)context;
    for (struct mapped *m = list; m; m = m->next)
        if (m->reader && seg_reader_maps(m->reader, info->si_addr)) {
            put(cli_program->name);
            put(": ");
            put(seg_reader_name(m->reader));
            put(": cannot read: the file was cut while it was read, or the "
                "disk "
                "failed\n");
            cli_remove_unfinished();
            _exit(SEG_EIO);
        }
    signal(number, SIG_DFL); /* not an input: repeat the access and die */
}

void
cli_mapped_add(struct seg_reader *r)
{
    struct sigaction act = {
        .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};
    struct mapped *m = cli_take(1, sizeof *m);

    *m = (struct mapped){r, list};
    list = m;
    sigaction(SIGBUS, &act, NULL);
}

void
cli_mapped_remove(struct seg_reader *r)
{
    for (struct mapped *m = list; m; m = m->next)
        if (m->reader == r)
            m->reader = NULL;
}
