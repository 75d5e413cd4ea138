#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/side_output.h"

static void
cannot_write(const char *path)
{
    cli_fail(
        seg_errno_kind(SEG_EIO), "%s: cannot write: %s", path, strerror(errno));
}

struct cli_side_output
cli_side_output_open(const char *path)
{
    struct cli_side_output a = {.path = path};

    if (!path)
        return a;
    a.out = cli_create(path);
    a.f = fdopen(dup(cli_out_fd(a.out)), "w");
    if (!a.f)
        cannot_write(path);
    return a;
}

void
cli_side_output_close(struct cli_side_output *a)
{
    if (!a->f)
        return;
    if (ferror(a->f) | fclose(a->f))
        cannot_write(a->path);
    cli_commit(a->out);
}
