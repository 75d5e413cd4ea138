/*
 * Streams made and read in tests: bytes in a file or a pipe, records of a known
 * content.
 */
#ifndef SEG_TESTS_UNIT_FEED_H
#define SEG_TESTS_UNIT_FEED_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/stream/stream.h"
#include "tests/unit/tap.h"

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

/* ---- feeding a reader ---- */

enum way { FILE_OF, PIPE_OF, DRIP }; /* DRIP: a pipe, byte by byte */

static int
file_of(const void *bytes, size_t n)
{
    char name[] = "/tmp/seg-unit-XXXXXX";
    int fd = mkstemp(name);

    unlink(name);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET))
        abort();
    return fd;
}

static int
pipe_of(const char *bytes, size_t n, size_t piece)
{
    int ends[2];

    if (pipe(ends))
        abort();
    if (fork() == 0) {
        close(ends[0]);
        for (size_t i = 0; i < n; i += piece) {
            size_t k = piece < n - i ? piece : n - i;
            if (write(ends[1], bytes + i, k) != (ssize_t)k)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

static struct seg_reader *
reader_of(const void *bytes, size_t n, enum way way,
    const struct seg_limits *limits, struct seg_err *e)
{
    struct seg_reader *r;
    int fd = way == FILE_OF ? file_of(bytes, n)
                            : pipe_of(bytes, n, way == DRIP ? 1 : 65536);

    return seg_reader_open(&r, fd, "in.st", limits, e) ? NULL : r;
}

/* Records in it, or -1 with e. */
static int
count_in(const void *bytes, size_t n, enum way way, struct seg_err *e)
{
    struct seg_reader *r = reader_of(bytes, n, way, NULL, e);
    struct seg_record rec = {0};
    int status = -1, records = 0;

    e->kind = 0;
    while (r && (status = seg_reader_next(r, &rec, e)) > 0)
        records++;
    seg_reader_close(r);
    seg_record_free(&rec);
    while (way != FILE_OF && wait(NULL) > 0)
        ;
    return status < 0 ? -1 : records;
}

/* ---- making a stream ---- */

struct bytes {
    char *p;
    size_t n;
};

static struct bytes
slurp(int fd)
{
    struct bytes b = {0};

    b.n = (size_t)lseek(fd, 0, SEEK_END);
    b.p = malloc(b.n + 1);
    if (pread(fd, b.p, b.n, 0) != (ssize_t)b.n)
        abort();
    close(fd);
    return b;
}

static void
fill_record(struct seg_record *rec, int i, struct seg_err *e)
{
    /* odd sizes, so that later records lie askew in a file */
    size_t image[] = {3, (size_t)i + 2, 3}, label[] = {3, (size_t)i + 2};
    char key[20];

    snprintf(key, sizeof key, "b/%04d", i);
    seg_record_clear(rec);
    struct seg_tensor *t = seg_record_add(rec, "label", SEG_U8, 2, label, e);
    for (size_t k = 0; k < t->bytes; k++)
        ((uint8_t *)t->data)[k] = (uint8_t)(k + i);
    t = seg_record_add(rec, "image", SEG_F32, 3, image, e);
    for (size_t k = 0; k < t->bytes / 4; k++)
        ((float *)t->data)[k] = (float)k / 3 + (float)i;
    ok(!seg_record_set(rec, "seg.key", key, e) &&
            !seg_record_set(rec, "note", "\"\\\n\xc3\xa9", e),
        "record %d is made", i);
}

static struct bytes
stream_of(int records, const char *history)
{
    struct seg_writer *w;
    struct seg_record rec = {0};
    struct seg_err e;
    int fd = file_of("", 0), status;

    status = seg_writer_open(&w, fd, "out.st", &e);
    for (int i = 0; i < records; i++) {
        fill_record(&rec, i, &e);
        status |= seg_writer_put(w, &rec, &e);
    }
    status |= seg_writer_end(w, history, &e);
    ok(!status, "a stream of %d records is written", records);
    seg_writer_free(w);
    seg_record_free(&rec);
    return slurp(fd);
}

static struct bytes
joined(struct bytes a, struct bytes b)
{
    struct bytes c = {malloc(a.n + b.n), a.n + b.n};

    memcpy(c.p, a.p, a.n);
    memcpy(c.p + a.n, b.p, b.n);
    return c;
}

#endif
