#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "formats/stream/header.h"
#include "formats/stream/stream.h"
#include "lib/base/hash.h"

static const size_t header_limit = 1 << 20; /* like the reader */

struct seg_writer {
    struct seg_arena arena; /* holds this struct and name */
    struct seg_record out;  /* a view of the record that is written */
    const char *name;
    int fd;
    int plain; /* a plain .safetensors file */
    size_t records;
};

/*
 * write failed because another program has truncated an input file whose map
 * the bytes belong to.  Reading them here raises SIGBUS; its handler knows the
 * name of that file, which is not known here.
 */
static void
touch(const volatile char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i += 4096)
        (void)bytes[i];
    (void)bytes[n - 1];
}

int
seg_write_all(
    int fd, const char *name, const void *bytes, size_t n, struct seg_err *e)
{
    const char *p = bytes;

    while (n > 0) {
        ssize_t k = write(fd, p, n);

        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0 && errno == EFAULT)
            touch(p, n);
        if (k < 0)
            return seg_fail(
                e, SEG_EIO, "%.200s: cannot write: %s", name, strerror(errno));
        p += k;
        n -= (size_t)k;
    }
    return 0;
}

int
seg_writer_open(
    struct seg_writer **out, int fd, const char *name, struct seg_err *e)
{
    struct seg_arena arena = {0};
    struct seg_writer *w = seg_take(&arena, 1, sizeof *w, e);

    if (!w)
        return -1;
    w->fd = fd;
    w->name = seg_take_string(&arena, name, e);
    w->arena = arena;
    if (!w->name) {
        seg_writer_free(w);
        return -1;
    }
    *out = w;
    return 0;
}

/* Writes w->out, which is complete except for its hash. */
static int
write_out(struct seg_writer *w, struct seg_err *e)
{
    struct seg_record *rec = &w->out;
    struct seg_record_location at = {w->name, w->records + 1, rec};
    if (seg_header_check_names(rec, &at, e))
        return -1;
    int *order = seg_take(&rec->arena, (size_t)rec->ntensors, sizeof *order, e);
    size_t n;
    char *text =
        order ? seg_header_write(&rec->arena, &n, order, rec, e) : NULL;
    char *digits = text ? seg_header_digits(text, n) : NULL;
    unsigned char length[8];
    char hex[17];

    if (!digits)
        return -1;
    if (n > header_limit)
        return seg_record_location_fail(
            &at, e, "header of %zu bytes, at most %zu", n, header_limit);
    uint64_t hash = seg_hash(text, n);
    for (int i = 0; i < rec->ntensors; i++) {
        const struct seg_tensor *t = rec->tensors + order[i];
        hash = seg_hash_more(hash, t->data, t->bytes);
    }
    snprintf(hex, sizeof hex, "%016" PRIx64, hash);
    memcpy(digits, hex, 16);
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)(n >> 8 * i);
    if (seg_write_all(w->fd, w->name, length, 8, e) ||
        seg_write_all(w->fd, w->name, text, n, e))
        return -1;
    for (int i = 0; i < rec->ntensors; i++) {
        const struct seg_tensor *t = rec->tensors + order[i];
        if (seg_write_all(w->fd, w->name, t->data, t->bytes, e))
            return -1;
    }
    return 0;
}

/* Makes w->out a view of rec, with seg.version. */
static int
view(struct seg_writer *w, const struct seg_record *rec, struct seg_err *e)
{
    seg_record_clear(&w->out);
    if (seg_record_meta(rec, "seg.end"))
        return seg_fail(e, SEG_ESOFT,
            "%.200s: record %zu has seg.end, which only END may have", w->name,
            w->records + 1);
    for (int i = 0; i < rec->ntensors; i++)
        if (!seg_record_borrow(&w->out, rec->tensors + i, e))
            return -1;
    return seg_record_set(&w->out, "seg.version", "1", e) ||
                   seg_record_inherit(&w->out, rec, e)
               ? -1
               : 0;
}

int
seg_writer_put(
    struct seg_writer *w, const struct seg_record *rec, struct seg_err *e)
{
    if (view(w, rec, e))
        return -1;
    if (w->plain)
        seg_record_unset(&w->out, "seg.version");
    if (w->plain && w->records)
        return seg_fail(e, SEG_EDATA,
            "%.200s: a plain file is one record, here are more", w->name);
    if (write_out(w, e))
        return -1;
    w->records++;
    return 0;
}

void
seg_writer_plain(struct seg_writer *w)
{
    w->plain = 1;
}

/* Adds to w->out, the view of a record or empty, what makes it END. */
static int
make_end(struct seg_writer *w, size_t records, const char *history,
    struct seg_err *e)
{
    char count[24];

    snprintf(count, sizeof count, "%zu", records);
    return seg_record_set(&w->out, "seg.version", "1", e) ||
                   seg_record_set(&w->out, "seg.end", "1", e) ||
                   seg_record_set(&w->out, "seg.records", count, e) ||
                   seg_record_set(&w->out, "seg.history", history, e)
               ? -1
               : 0;
}

int
seg_writer_end(struct seg_writer *w, const char *history, struct seg_err *e)
{
    if (w->plain)
        return w->records ? 0
                          : seg_fail(e, SEG_EDATA,
                                "%.200s: a plain file is one record, here is "
                                "none",
                                w->name);
    seg_record_clear(&w->out);
    if (make_end(w, w->records, history, e))
        return -1;
    w->records = 0;
    return write_out(w, e);
}

int
seg_writer_put_last(struct seg_writer *w, const struct seg_record *rec,
    const char *history, struct seg_err *e)
{
    if (!rec->ntensors)
        return seg_writer_put(w, rec, e) || seg_writer_end(w, history, e) ? -1
                                                                          : 0;
    if (view(w, rec, e) || make_end(w, w->records + 1, history, e))
        return -1;
    w->records = 0;
    return write_out(w, e);
}

void
seg_writer_free(struct seg_writer *w)
{
    if (!w)
        return;
    seg_record_free(&w->out);
    struct seg_arena arena = w->arena; /* it holds w itself */
    seg_arena_free(&arena);
}
