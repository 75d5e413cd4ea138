#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "formats/tiff/libtiff.h"
#include "formats/tiff/tiff_bytes.h"

size_t
seg_tiff_bytes_at(void *handle, uint64_t at, void *to, size_t want)
{
    struct seg_libtiff *t = handle;
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

/*
 * libtiff rejects a directory if it cannot read the values of these tags, which
 * do not affect the pixels.  They are replaced by a private tag of one byte
 * before libtiff sees them.
 */
static void
hide_tags(
    uint8_t *entry, size_t n, size_t size, const struct seg_tiff_header *f)
{
    enum { SHORT = 2, PRIVATE = 0xffff, BYTE = 1 };
    static const uint16_t hidden[] = {280, 281, /* Min-, MaxSampleValue */
        338,                                    /* ExtraSamples */
        340, 341};                              /* SMin-, SMaxSampleValue */

    for (; n; n--, entry += size)
        for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
            if (seg_tiff_number(entry, SHORT, f) == hidden[i]) {
                memset(entry, 0, size);
                memset(entry, PRIVATE & 0xff, SHORT);
                entry[f->big_endian ? 3 : 2] = BYTE;
                entry[f->big_endian ? size / 2 + 1 : 4] = 1; /* one value */
                break;
            }
}

/* libtiff reads a directory in two calls: the number of entries, then all of
   them. */
static void
check_for_directory(
    struct seg_libtiff *t, uint64_t at, uint8_t *bytes, size_t n)
{
    const struct seg_tiff_header f = seg_tiff_read_header(seg_tiff_bytes_at, t);
    size_t head = f.big_tiff ? 8 : 2, size = f.big_tiff ? 20 : 12;

    if (t->entries && at == t->entries_at && n / size == t->entries &&
        n % size == 0)
        hide_tags(bytes, (size_t)t->entries, size, &f);
    t->entries = n == head ? seg_tiff_number(bytes, (int)head, &f) : 0;
    t->entries_at = at + n;
}

int64_t
seg_tiff_bytes_read(void *handle, void *to, int64_t n)
{
    struct seg_libtiff *t = handle;
    size_t got = seg_tiff_bytes_at(t, t->at + t->shift, to, (size_t)n);

    if (!t->pixels && got == (size_t)n)
        check_for_directory(t, t->at, to, got);
    t->at += got;
    return (int64_t)got;
}

int64_t
seg_tiff_bytes_write(void *handle, void *from, int64_t n)
{
    struct seg_libtiff *t = handle;
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
seg_tiff_bytes_seek(void *handle, uint64_t to, int whence)
{
    struct seg_libtiff *t = handle;

    t->at = whence == SEEK_SET   ? to
            : whence == SEEK_CUR ? t->at + to
                                 : t->bytes + to;
    return t->at;
}

uint64_t
seg_tiff_bytes_size(void *handle)
{
    return ((struct seg_libtiff *)handle)->bytes;
}

int
seg_tiff_bytes_close(void *handle)
{
    (void)handle;
    return 0;
}
