#define _DEFAULT_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/stream/input.h"
#include "formats/stream/stream.h"

/* Waits until there are bytes to read; -1 if reading is to stop. */
static int
wait_for_bytes(const struct seg_input *in, struct seg_err *e)
{
    struct pollfd p[] = {{in->fd, POLLIN, 0}, {in->stop_fd, POLLIN, 0}};

    if (!in->stop_fd)
        return 0;
    while (poll(p, 2, -1) < 0)
        if (errno != EINTR)
            return seg_fail(e, SEG_EIO, "%.200s: cannot wait for bytes: %s",
                in->name, strerror(errno));
    if (p[1].revents)
        return seg_fail(
            e, SEG_ETEMP, "%.200s: reading stopped by a signal", in->name);
    return 0;
}

/* Reads n bytes, fewer at the end. */
static int
read_all(
    struct seg_input *in, void *to, size_t n, size_t *got, struct seg_err *e)
{
    for (*got = 0; *got < n;) {
        if (wait_for_bytes(in, e))
            return -1;
        ssize_t k = read(in->fd, (char *)to + *got, n - *got);

        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return seg_fail(e, SEG_EIO, "%.200s: cannot read: %s", in->name,
                strerror(errno));
        if (k == 0)
            break;
        *got += (size_t)k;
    }
    return 0;
}

static int
map_file(struct seg_input *in, size_t start, size_t size, struct seg_err *e)
{
    void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, in->fd, 0);

    if (p == MAP_FAILED)
        return seg_fail(e, seg_errno_kind(SEG_EIO), "%.200s: cannot map: %s",
            in->name, strerror(errno));
    in->map = p;
    in->size = size;
    in->start = start;
    close(in->fd);
    in->fd = -1;
    return 0;
}

int
seg_input_open(
    struct seg_input *in, int fd, const char *name, struct seg_err *e)
{
    off_t start = lseek(fd, 0, SEEK_CUR);
    struct stat st;

    *in = (struct seg_input){.name = name, .fd = fd};
    /* empty files are read, as those of /proc only look empty */
    if (fstat(fd, &st) || !S_ISREG(st.st_mode) || start < 0 ||
        st.st_size <= start)
        return 0;
    return map_file(in, (size_t)start, (size_t)st.st_size, e);
}

int
seg_input_fetch(struct seg_input *in, size_t *at, struct seg_arena *a, size_t n,
    char **bytes, size_t *got, struct seg_err *e)
{
    if (in->map) {
        size_t left = in->size - *at;

        *bytes = (char *)in->map + *at;
        *got = n < left ? n : left;
    } else {
        *bytes = seg_take_dirty(a, n, 1, e);
        if (!*bytes || read_all(in, *bytes, n, got, e))
            return -1;
    }
    *at += *got;
    return 0;
}

/* Copies the rest of the pipe to fd; *size bytes. */
static int
copy_to(struct seg_input *in, int fd, size_t *size, struct seg_err *e)
{
    struct seg_arena memory = {0};
    size_t capacity = 1 << 20, got = capacity;
    char *buffer = seg_take_dirty(&memory, capacity, 1, e);
    int status = buffer ? 0 : -1;

    for (*size = 0; !status && got == capacity; *size += got) {
        status = read_all(in, buffer, capacity, &got, e);
        if (!status)
            status = seg_write_all(fd, "temporary file", buffer, got, e);
    }
    seg_arena_free(&memory);
    return status;
}

int
seg_input_spool(struct seg_input *in, struct seg_err *e)
{
    struct seg_arena memory = {0};
    const char *dir = getenv("TMPDIR");
    size_t size;
    char *path =
        seg_take_text(&memory, e, "%s/seg-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = path ? mkstemp(path) : -1;

    if (fd < 0) {
        if (path)
            seg_fail(e, SEG_ECREATE, "%.200s: cannot create: %s", path,
                strerror(errno));
        seg_arena_free(&memory);
        return -1;
    }
    unlink(path);
    seg_arena_free(&memory);
    if (copy_to(in, fd, &size, e)) {
        close(fd);
        return -1;
    }
    close(in->fd);
    in->fd = fd;
    return size ? map_file(in, 0, size, e) : 0;
}

void
seg_input_close(struct seg_input *in)
{
    if (in->map)
        munmap((void *)in->map, in->size);
    if (in->fd >= 0)
        close(in->fd);
    in->map = NULL;
    in->fd = -1;
}
