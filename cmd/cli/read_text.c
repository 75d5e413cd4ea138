#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "formats/stream/kind.h"
#include "lib/base/sanitize.h"
#include "lib/base/text.h"

enum { MAX_BYTES = 64 << 20, FIRST_BYTES = 64 << 10 };

/* Copies n bytes of p to a buffer of twice the capacity. */
static char *
grow(struct seg_arena *a, const char *p, size_t n, size_t *capacity)
{
    struct seg_err e;
    char *q = cli_need(seg_take_dirty(a, *capacity, 2, &e), &e);

    memcpy(q, p, n);
    *capacity *= 2;
    return q;
}

static int
is_stdin(const char *path)
{
    return !path || !strcmp(path, "-");
}

const char *
cli_text_name(const char *path)
{
    return is_stdin(path) ? "stdin" : cli_shown(path, "");
}

/* Exits if the bytes are a known format that is not text, for example PNG. */
static void
check_kind(const char *text, size_t n, const char *name)
{
    const char *kind = seg_kind_not_text(text, n);

    if (kind)
        cli_fail(SEG_EDATA, "%s: %s, not a text", name, kind);
}

char *
cli_read_text_table(struct seg_arena *a, const char *path)
{
    return seg_sanitize(cli_read_text(a, path), "\t\r\n");
}

char *
cli_read_text(struct seg_arena *a, const char *path)
{
    const char *name = cli_text_name(path);
    int standard = is_stdin(path);
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    size_t capacity = FIRST_BYTES, n = 0;
    ssize_t got;
    struct seg_err e;

    if (fd < 0)
        cli_fail(seg_errno_kind(SEG_ENOINPUT), "%s: cannot open: %s", name,
            strerror(errno));
    size_t own = a->limit, most = a->held + cli_table_limit();
    a->limit = own && own < most ? own : most;
    char *text = grow(a, "", 0, &capacity);
    while ((got = read(fd, text + n, capacity - n - 1)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            cli_fail(SEG_EIO, "%s: cannot read: %s", name, strerror(errno));
        n += (size_t)got;
        if (n > MAX_BYTES)
            cli_fail(SEG_EDATA, "%s: larger than 64 MiB, not a text", name);
        if (n + 1 == capacity)
            text = grow(a, text, n, &capacity);
    }
    if (!standard)
        close(fd);
    text[n] = 0;
    a->limit = own;
    check_kind(text, n, name);
    cli_check(seg_text_open(text, n, name, &e), &e);
    return text;
}
