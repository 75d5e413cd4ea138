#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/stream/file.h"

enum { FIRST_BYTES = 64 << 10 };

int
seg_file_begins(const struct seg_file *f, const char *magic, size_t n)
{
    return f->bytes >= n && !memcmp(f->data, magic, n);
}

/* The capacity to start with: the size of a file, a guess for a pipe. */
static size_t
first_capacity(int fd, size_t max)
{
    struct stat s;

    if (fstat(fd, &s) || !S_ISREG(s.st_mode) || s.st_size < 0)
        return FIRST_BYTES;
    return (size_t)s.st_size < max ? (size_t)s.st_size + 1 : max + 1;
}

/* The size of a pipe is unknown: the capacity doubles as bytes arrive. */
static int
read_all(struct seg_file *f, struct seg_arena *a, int fd, const char *path,
    size_t max_bytes, struct seg_err *e)
{
    size_t max = seg_file_most(max_bytes);
    size_t capacity = first_capacity(fd, max), n = 0;

    if (a->limit && capacity > a->limit)
        return seg_fail(e, SEG_EMEM,
            "%s: out of memory: the file is larger than the limit of %zu bytes",
            path, a->limit);
    char *data = seg_take_dirty(a, capacity, 1, e);

    while (data) {
        ssize_t got = read(fd, data + n, capacity - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return seg_fail(
                e, SEG_EIO, "%s: cannot read: %s", path, strerror(errno));
        if (got == 0)
            break;
        n += (size_t)got;
        if (n > max)
            return seg_fail(e, seg_file_over(max_bytes),
                "%s: larger than %zu bytes", path, max);
        if (n == capacity) {
            capacity *= 2;
            char *more = seg_take_dirty(a, capacity, 1, e);
            data = more ? memcpy(more, data, n) : NULL;
        }
    }
    if (!data)
        return -1;
    *f = (struct seg_file){path, data, n};
    return 0;
}

int
seg_file_read(struct seg_file *f, struct seg_arena *a, const char *path,
    size_t max_bytes, struct seg_err *e)
{
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return seg_fail(e, seg_errno_kind(SEG_ENOINPUT), "%s: cannot open: %s",
            path, strerror(errno));
    int status = !fstat(fd, &s) && S_ISDIR(s.st_mode)
                     ? seg_fail(e, SEG_ENOINPUT, "%s: is a directory", path)
                     : read_all(f, a, fd, path, max_bytes, e);
    close(fd);
    return status;
}
