#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/scratch_file.h"

static void __attribute__((noreturn)) fail(int kind, const char *name)
{
    cli_fail(seg_errno_kind(kind), "%s: %s", name, strerror(errno));
}

FILE *
cli_scratch_file(void)
{
    const char *dir = getenv("TMPDIR");
    char path[4096];
    FILE *f = NULL;
    int n = snprintf(
        path, sizeof path, "%s/seg-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = n < (int)sizeof path ? mkstemp(path) : -1;

    if (fd >= 0) {
        unlink(path);
        f = fdopen(fd, "w+");
    }
    if (!f)
        fail(SEG_ECREATE, path);
    return f;
}

char *
cli_scratch_read(FILE *f, size_t *n, struct seg_arena *a)
{
    struct seg_err e;
    struct stat s;

    if (ferror(f) | fflush(f) || fstat(fileno(f), &s))
        fail(SEG_EIO, "temporary file");
    char *bytes = cli_need(seg_take(a, (size_t)s.st_size + 1, 1, &e), &e);
    rewind(f);
    *n = fread(bytes, 1, (size_t)s.st_size, f);
    if (ferror(f))
        fail(SEG_EIO, "temporary file");
    fclose(f);
    return bytes;
}
