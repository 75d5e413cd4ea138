#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "formats/tiffbytes.h"
#include "formats/tiffio.h"

size_t
seg_tiffbytes_at(void *handle, uint64_t at, void *to, size_t want)
{
    struct seg_tiffio *t = handle;
    size_t got = 0;

    if (at > INT64_MAX)
        return 0;
    if (t->data) {
        size_t left = at < t->bytes ? t->bytes - at : 0;

        got = want < left ? want : left;
        memcpy(to, t->data + at, got);
    }
    while (!t->data && got < want) {
        ssize_t k =
            pread(t->fd, (char *)to + got, want - got, (off_t)(at + got));

        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            t->failed = errno;
        if (k <= 0)
            break;
        got += (size_t)k;
    }
    return got;
}

int64_t
seg_tiffbytes_read(void *handle, void *to, int64_t n)
{
    struct seg_tiffio *t = handle;
    size_t got = seg_tiffbytes_at(t, t->at + t->shift, to, (size_t)n);

    t->at += got;
    return (int64_t)got;
}

int64_t
seg_tiffbytes_write(void *handle, void *from, int64_t n)
{
    struct seg_tiffio *t = handle;
    size_t put = 0;

    while (put < (size_t)n) {
        ssize_t k = pwrite(t->fd, (const char *)from + put, (size_t)n - put,
            (off_t)(t->at + put));

        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0) {
            t->failed = errno;
            return -1;
        }
        put += (size_t)k;
    }
    t->at += put;
    if (t->at > t->bytes)
        t->bytes = t->at;
    return n;
}

uint64_t
seg_tiffbytes_seek(void *handle, uint64_t to, int whence)
{
    struct seg_tiffio *t = handle;

    t->at = whence == SEEK_SET   ? to
            : whence == SEEK_CUR ? t->at + to
                                 : t->bytes + to;
    return t->at;
}

uint64_t
seg_tiffbytes_size(void *handle)
{
    return ((struct seg_tiffio *)handle)->bytes;
}

int
seg_tiffbytes_close(void *handle)
{
    (void)handle;
    return 0;
}
