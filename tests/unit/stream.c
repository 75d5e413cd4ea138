/*
 * The record stream: round trips, cuts at every byte, flips of every bit, the
 * last record as END, pipes that give one byte at a time, the writer's order
 * and refusals.
 */
#define _DEFAULT_SOURCE
#include "tests/unit/feed.h"

/* ---- round trips ---- */

static int
equal(const struct seg_record *a, const struct seg_record *b)
{
    for (int i = 0; i < a->ntensors; i++) {
        const struct seg_tensor *t = a->tensors + i,
                                *u = seg_record_find(b, t->name);
        if (!u || u->type != t->type || u->bytes != t->bytes ||
            memcmp(t->data, u->data, t->bytes))
            return 0;
        if ((uintptr_t)u->data % seg_type_size(u->type))
            return 0;
    }
    for (int i = 0; i < a->nmeta; i++) {
        const char *value = seg_record_meta(b, a->meta[i].key);
        if (!value || strcmp(value, a->meta[i].value))
            return 0;
    }
    return a->ntensors == b->ntensors;
}

static void
test_round_trip(enum way way)
{
    struct bytes s = stream_of(4, "maker 1\n");
    struct seg_record want = {0}, rec = {0};
    struct seg_err e;
    size_t total;
    struct seg_reader *r = reader_of(s.p, s.n, way, NULL, &e);

    for (int i = 0; i < 4; i++) {
        fill_record(&want, i, &e);
        ok(seg_reader_next(r, &rec, &e) == 1 && equal(&want, &rec),
            "record %d comes back, aligned", i);
    }
    ok(seg_reader_next(r, &rec, &e) == 0 && rec.ntensors == 0, "then the end");
    ok(seg_reader_next(r, &rec, &e) == 0, "and still");
    ok(!strcmp(seg_reader_history(r), "maker 1\n"), "history");
    ok(seg_reader_position(r, &total) == s.n &&
            total == (way == FILE_OF ? s.n : 0),
        "position");
    seg_reader_close(r);

    r = reader_of(s.p, s.n, way, NULL, &e);
    size_t n = 0;
    ok(!seg_reader_index(r, &n, &e) && n == 4, "indexed");
    for (int i = 3; i >= 0; i--) {
        fill_record(&want, i, &e);
        ok(!seg_reader_at(r, (size_t)i, &rec, &e) && equal(&want, &rec),
            "record %d by number", i);
    }
    ok(seg_reader_at(r, 4, &rec, &e) < 0, "there is no number 4");
    seg_reader_close(r);
    seg_record_free(&rec);
    seg_record_free(&want);
    free(s.p);
}

static void
test_joined(void)
{
    struct bytes a = stream_of(2, "x 1\ny 1\n"), none = stream_of(0, "z 1\n"),
                 twice = joined(a, a), more = joined(twice, none);
    struct seg_record rec = {0};
    struct seg_err e;

    ok(count_in(more.p, more.n, FILE_OF, &e) == 4, "streams end to end");
    ok(count_in(more.p, more.n, DRIP, &e) == 4, "byte by byte");
    ok(count_in(none.p, none.n, PIPE_OF, &e) == 0, "an END alone is a stream");
    struct seg_reader *r = reader_of(more.p, more.n, FILE_OF, NULL, &e);
    while (seg_reader_next(r, &rec, &e) > 0)
        ;
    ok(!strcmp(seg_reader_history(r), "x 1\ny 1\nz 1\n"),
        "equal histories are told once");
    seg_reader_close(r);
    seg_record_free(&rec);
    struct bytes again = stream_of(2, "x 1\ny 1\n");
    ok(again.n == a.n && !memcmp(again.p, a.p, a.n), "equal work, equal bytes");
    free(again.p);
    free(more.p);
    free(twice.p);
    free(none.p);
    free(a.p);
}

/* ---- damage ---- */

static void
test_cuts(struct bytes s)
{
    struct seg_err e;
    int caught = 0, piped = 0, tried = 0;

    for (size_t n = 0; n < s.n; n++) {
        caught += count_in(s.p, n, FILE_OF, &e) < 0 && e.kind == SEG_EDATA;
        if (n % 7 && n > 16)
            continue;
        tried++;
        piped += count_in(s.p, n, PIPE_OF, &e) < 0 && e.kind == SEG_EDATA;
    }
    ok(caught == (int)s.n, "%d of %zu cuts found in a file", caught, s.n);
    ok(piped == tried, "%d of %d in a pipe", piped, tried);
    free(s.p);
    ok(count_in("", 0, PIPE_OF, &e) < 0 && strstr(e.text, "empty input"),
        "nothing at all: %s", e.text);
    ok(count_in("", 0, FILE_OF, &e) < 0 && strstr(e.text, "empty input"),
        "an empty file too");
}

static void
test_flips(struct bytes s)
{
    struct seg_err e;
    int caught = 0;

    for (size_t i = 0; i < s.n * 8; i++) {
        s.p[i / 8] ^= (char)(1 << i % 8);
        int bad = count_in(s.p, s.n, FILE_OF, &e) < 0;
        if (!bad)
            note("bit %zu of byte %zu", i % 8, i / 8);
        caught += bad;
        s.p[i / 8] ^= (char)(1 << i % 8);
    }
    ok(caught == (int)s.n * 8, "%d of %zu flipped bits found", caught, s.n * 8);
    free(s.p);
}

/* ---- the last record as END ---- */

/* A stream of n records, the last of which is END. */
static struct bytes
closed_of(int n, const char *history)
{
    struct seg_record rec = {0};
    struct seg_writer *w;
    struct seg_err e;
    int fd = file_of("", 0), bad = seg_writer_open(&w, fd, "x", &e);

    for (int i = 0; i < n && !bad; i++) {
        fill_record(&rec, i, &e);
        bad = i < n - 1 ? seg_writer_put(w, &rec, &e)
                        : seg_writer_put_last(w, &rec, history, &e);
    }
    if (bad)
        abort();
    seg_writer_free(w);
    seg_record_free(&rec);
    return slurp(fd);
}

static void
test_closed(enum way way)
{
    struct bytes one = closed_of(1, "maker 1\n"), two = closed_of(2, "b 1\n"),
                 all = joined(joined(one, two), one);
    struct seg_record want = {0}, rec = {0};
    struct seg_err e;
    uint64_t n;

    memcpy(&n, one.p, 8);
    ok(one.n == 8 + n + 3 * 2 * 13, "one blob and nothing behind it");
    struct seg_reader *r = reader_of(one.p, one.n, way, NULL, &e);
    fill_record(&want, 0, &e);
    ok(seg_reader_next(r, &rec, &e) == 1 && equal(&want, &rec) &&
            rec.nmeta == want.nmeta + 2,
        "the record comes back, with seg.version and seg.hash only");
    ok(seg_reader_next(r, &rec, &e) == 0, "then the end");
    ok(!strcmp(seg_reader_history(r), "maker 1\n"), "history of the record");
    seg_reader_close(r);
    r = reader_of(one.p, one.n, way, NULL, &e);
    size_t records = 0;
    ok(!seg_reader_index(r, &records, &e) && records == 1 &&
            !seg_reader_at(r, 0, &rec, &e) && equal(&want, &rec) &&
            rec.nmeta == want.nmeta + 2,
        "the same by number");
    seg_reader_close(r);
    ok(count_in(all.p, all.n, way, &e) == 4, "such streams joined");
    seg_record_free(&rec);
    seg_record_free(&want);
}

static void
test_without_tensors(void)
{
    struct seg_record rec = {0};
    struct seg_writer *w;
    struct seg_err e;
    int fd = file_of("", 0);

    ok(!seg_writer_open(&w, fd, "x", &e) &&
            !seg_record_set(&rec, "a", "1", &e) &&
            !seg_writer_put_last(w, &rec, "maker 1\n", &e),
        "a last record without tensors is written");
    struct bytes b = slurp(fd);
    ok(count_in(b.p, b.n, FILE_OF, &e) == 1, "and read: %s", e.text);
    seg_writer_free(w);
    seg_record_free(&rec);
    free(b.p);
}

static void
test_lost_records(void)
{
    struct bytes two = stream_of(2, ""), one = stream_of(1, "");
    uint64_t n;
    struct seg_err e;

    /* the second record of two, with the END of both behind it */
    memcpy(&n, two.p, 8);
    size_t first = 8 + n + 3 * 2 * 13;
    ok(count_in(two.p + first, two.n - first, FILE_OF, &e) < 0 &&
            strstr(e.text, "END counts 2"),
        "a record is lost: %s", e.text);
    struct bytes both = joined(one, (struct bytes){two.p, first});
    ok(count_in(both.p, both.n, FILE_OF, &e) < 0 &&
            strstr(e.text, "without END"),
        "no END behind the last: %s", e.text);
    free(both.p);
    free(one.p);
    free(two.p);
}

static void
test_limits(void)
{
    struct bytes s = stream_of(2, "");
    struct seg_limits small = {.record_bytes = 100},
                      fine = {.header_bytes = 50};
    struct seg_record rec = {0};
    struct seg_err e;
    struct seg_reader *r = reader_of(s.p, s.n, FILE_OF, &small, &e);

    ok(seg_reader_next(r, &rec, &e) == 1, "78 bytes within 100");
    ok(seg_reader_next(r, &rec, &e) < 0 && strstr(e.text, "117 bytes"),
        "the next is not: %s", e.text);
    seg_reader_close(r);
    r = reader_of(s.p, s.n, FILE_OF, &fine, &e);
    ok(seg_reader_next(r, &rec, &e) < 0 && strstr(e.text, "at most 50"),
        "header over the limit: %s", e.text);
    seg_reader_close(r);
    seg_record_free(&rec);
    free(s.p);
}

/* ---- the writer ---- */

static void
test_writer(void)
{
    struct seg_record rec = {0};
    struct seg_writer *w;
    struct seg_err e;
    size_t shape[] = {1};
    int full = open("/dev/full", O_WRONLY), sink = open("/dev/null", O_WRONLY);

    ok(!seg_writer_open(&w, full, "full", &e) &&
            seg_writer_end(w, "", &e) < 0 && e.kind == SEG_EIO,
        "a full device: %s", e.text);
    seg_writer_free(w);
    ok(!seg_writer_open(&w, sink, "null", &e) &&
            !seg_record_set(&rec, "k", "\xff", &e) &&
            seg_writer_put(w, &rec, &e) < 0 && e.kind == SEG_EDATA,
        "metadata must be UTF-8: %s", e.text);
    seg_record_clear(&rec);
    ok(seg_record_add(&rec, "__metadata__", SEG_U8, 1, shape, &e) &&
            seg_writer_put(w, &rec, &e) < 0,
        "a tensor must not be called __metadata__: %s", e.text);
    seg_record_clear(&rec);
    ok(!seg_record_set(&rec, "seg.end", "1", &e) &&
            seg_writer_put(w, &rec, &e) < 0,
        "a record is not END: %s", e.text);
    seg_writer_free(w);
    seg_record_free(&rec);
    close(full);
    close(sink);
}

/* Types large to small, names in order: what the reference writer does. */
static void
test_order(void)
{
    static const char want[] =
        "{\"__metadata__\":{\"a\":\"1\",\"seg.hash\":\"0000000000000000\","
        "\"seg.version\":\"1\",\"z\":\"2\"},\"d\":{\"dtype\":\"F64\",\"shape\":"
        "[1],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],"
        "\"data_offsets\":[8,12]},\"c\":{\"dtype\":\"F32\",\"shape\":[1],"
        "\"data_offsets\":[12,16]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],"
        "\"data_offsets\":[16,17]}}";
    struct seg_record rec = {0};
    struct seg_writer *w = NULL;
    struct seg_err e;
    size_t one[] = {1};
    int fd = file_of("", 0), good;

    good = seg_record_add(&rec, "a", SEG_U8, 1, one, &e) &&
           seg_record_add(&rec, "c", SEG_F32, 1, one, &e) &&
           seg_record_add(&rec, "b", SEG_F32, 1, one, &e) &&
           seg_record_add(&rec, "d", SEG_F64, 1, one, &e) &&
           !seg_record_set(&rec, "z", "2", &e) &&
           !seg_record_set(&rec, "a", "1", &e) &&
           !seg_writer_open(&w, fd, "x", &e) && !seg_writer_put(w, &rec, &e);
    struct bytes b = slurp(fd);
    uint64_t n;
    memcpy(&n, b.p, 8);
    char *digits = strstr(b.p + 8, "seg.hash");
    memset(digits + 11, '0', 16);
    ok(good && n % 8 == 0 && b.n == 8 + n + 17 &&
            !memcmp(b.p + 8, want, sizeof want - 1),
        "order of tensors and keys, padding");
    seg_writer_free(w);
    seg_record_free(&rec);
    free(b.p);
}

int
main(void)
{
    test_round_trip(FILE_OF);
    test_round_trip(PIPE_OF);
    test_round_trip(DRIP);
    test_joined();
    test_closed(FILE_OF);
    test_closed(PIPE_OF);
    test_closed(DRIP);
    test_without_tensors();
    test_cuts(stream_of(3, "maker 1\n"));
    test_cuts(closed_of(1, "maker 1\n"));
    test_cuts(closed_of(3, "maker 1\n"));
    test_flips(stream_of(3, "maker 1\n"));
    test_flips(closed_of(1, "maker 1\n"));
    test_flips(closed_of(3, "maker 1\n"));
    test_lost_records();
    test_limits();
    test_writer();
    test_order();
    return done();
}
