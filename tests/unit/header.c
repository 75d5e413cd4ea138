/*
 * The reader and writer of headers against jansson: random headers, sound and
 * broken ones, are accepted or refused by both, with the same names and values;
 * what is written has the bytes that jansson prints.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "formats/stream/header.h"
#include "lib/base/rng.h"
#include "tests/unit/tap.h"

static struct seg_rng rng;

static unsigned
below(unsigned n)
{
    return (unsigned)seg_rng_below(&rng, n);
}

/* ---- random headers ---- */

struct text {
    char p[8192];
    size_t n;
};

static void
add(struct text *t, const char *s)
{
    size_t n = strlen(s);

    if (t->n + n < sizeof t->p) {
        memcpy(t->p + t->n, s, n + 1);
        t->n += n;
    }
}

static void
add_blank(struct text *t)
{
    static const char *const blanks[] = {
        "", "", "", "", " ", "\n", "\t", "\r "};

    add(t, blanks[below(8)]);
}

static void
add_string(struct text *t)
{
    static const char *const pieces[] = {"a", "b", "key", "\\n", "\\\"", "\\\\",
        "\\/", "\\b\\f\\r\\t", "\\u0041", "\\u00e9", "\\ud83d\\ude00",
        "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\x7f", ".", "\\u001F",
        "\\uFFFF"};
    static const char *const bad[] = {"\\ud800", "\\u0000", "\xff", "\xc0\xaf",
        "\xed\xa0\x80", "\n", "\\x", "\\u12g4", "\xf4\x90\x80\x80", "\\udc00a",
        "\x01", "\xe2\x82", "\\ud83d\\u0041"};

    add(t, "\"");
    for (unsigned n = below(4); n-- > 0;)
        add(t, pieces[below(sizeof pieces / sizeof *pieces)]);
    if (!below(60))
        add(t, bad[below(sizeof bad / sizeof *bad)]);
    add(t, "\"");
}

static void
add_pairs(struct text *t)
{
    add(t, "\"__metadata__\":{");
    for (unsigned i = 0, n = below(5); i < n; i++) {
        if (i)
            add(t, ",");
        add_blank(t);
        add_string(t);
        add_blank(t);
        add(t, ":");
        add_blank(t);
        if (below(60))
            add_string(t);
        else
            add(t, below(2) ? "1" : "null");
        add_blank(t);
    }
    add(t, "}");
}

static void
add_tensor(struct text *t, size_t *end)
{
    static const char *const types[] = {"U8", "BOOL", "I8"};
    unsigned rows = below(4), columns = below(3);
    char rest[200];

    add_string(t);
    snprintf(rest, sizeof rest,
        "%s{%s\"dtype\"%s:\"%s\",%s\"shape\":[%u%s,%s%u]%s,\"data_offsets\""
        ":[%zu,%zu]}",
        below(2) ? ":" : " : ", below(2) ? "" : " ", below(2) ? "" : "\n",
        types[below(3)], below(2) ? "" : "\t", rows, below(2) ? "" : " ",
        below(2) ? "" : " ", columns, below(2) ? "" : " ", *end,
        *end + rows * columns);
    *end += rows * columns;
    add(t, rest);
}

static void
make(struct text *t)
{
    size_t end = 0;
    int items = 0;

    t->n = 0;
    add(t, "{");
    if (below(2)) {
        add_pairs(t);
        items++;
    }
    for (unsigned n = below(4); n-- > 0; items++) {
        add(t, items ? "," : "");
        add_blank(t);
        add_tensor(t, &end);
    }
    add_blank(t);
    add(t, "}");
    add(t, below(4) ? "" : "  \n");
}

/* A byte is lost, doubled or another one. */
static void
spoil(struct text *t)
{
    static const char bytes[] = "{}[]\",:0123456789-+.eE\\u \ntfn\x80";
    size_t at = below((unsigned)t->n - 1) + 1;

    switch (below(3)) {
    case 0:
        memmove(t->p + at, t->p + at + 1, t->n-- - at);
        break;
    case 1:
        memmove(t->p + at + 1, t->p + at, t->n++ - at);
        break;
    default:
        t->p[at] = bytes[below(sizeof bytes - 1)];
    }
}

/* ---- the referee ---- */

static int
is_size(const json_t *v)
{
    return json_is_integer(v) && json_integer_value(v) >= 0;
}

static int
same_tensor(const struct seg_record *rec, const char *name, json_t *info)
{
    const struct seg_tensor *t = seg_record_find(rec, name);
    json_t *shape = json_object_get(info, "shape");

    if (!t || t->rank != (int)json_array_size(shape) ||
        strcmp(seg_type_name(t->type),
            json_string_value(json_object_get(info, "dtype"))))
        return 0;
    for (int i = 0; i < t->rank; i++)
        if ((json_int_t)t->shape[i] !=
            json_integer_value(json_array_get(shape, (size_t)i)))
            return 0;
    return 1;
}

/* All that jansson reads is in rec, and as many. */
static int
same(const struct seg_record *rec, json_t *root)
{
    json_t *meta = json_object_get(root, "__metadata__"), *value;
    size_t n = json_object_size(root) - (meta != NULL);
    const char *key;

    if ((size_t)rec->ntensors != n ||
        (size_t)rec->nmeta != json_object_size(meta))
        return 0;
    json_object_foreach(meta, key, value)
    {
        const char *seen = seg_record_meta(rec, key);
        if (!seen || strcmp(seen, json_string_value(value)))
            return 0;
    }
    json_object_foreach(
        root, key, value) if (strcmp(key, "__metadata__") &&
                              !same_tensor(rec, key, value)) return 0;
    return 1;
}

/* The rules that are not JSON's, on jansson's tree. */
static int
fits_tensor(json_t *info, size_t *bytes)
{
    json_t *shape = json_object_get(info, "shape"),
           *pair = json_object_get(info, "data_offsets");
    const char *type = json_string_value(json_object_get(info, "dtype"));
    enum seg_type t;
    size_t n = 1;

    if (json_object_size(info) != 3 || !type || seg_type_parse(&t, type) ||
        !json_is_array(shape) || json_array_size(shape) > SEG_RANK ||
        json_array_size(pair) != 2 || !is_size(json_array_get(pair, 0)) ||
        !is_size(json_array_get(pair, 1)))
        return 0;
    for (size_t i = 0; i < json_array_size(shape); i++) {
        if (!is_size(json_array_get(shape, i)))
            return 0;
        n *= (size_t)json_integer_value(json_array_get(shape, i));
    }
    *bytes += n * seg_type_size(t);
    return json_integer_value(json_array_get(pair, 1)) -
               json_integer_value(json_array_get(pair, 0)) ==
           (json_int_t)(n * seg_type_size(t));
}

static int
fits(json_t *root)
{
    json_t *meta = json_object_get(root, "__metadata__"), *value;
    const char *key;
    size_t bytes = 0;

    if (meta && !json_is_object(meta))
        return 0;
    json_object_foreach(meta, key, value) if (!json_is_string(value)) return 0;
    json_object_foreach(
        root, key, value) if (strcmp(key, "__metadata__") &&
                              !fits_tensor(value, &bytes)) return 0;
    /* each byte of the payload begins one tensor at most: offsets tile it */
    for (size_t end = 0, step = 1; end < bytes; end += step) {
        step = 0;
        json_object_foreach(root, key, value)
        {
            json_t *pair = json_object_get(value, "data_offsets");
            size_t from = (size_t)json_integer_value(json_array_get(pair, 0)),
                   to = (size_t)json_integer_value(json_array_get(pair, 1));
            if (pair && from == end && to > from)
                step = to - from;
        }
        if (!step)
            return 0;
    }
    return 1;
}

/* 1 if both agree; *accepted and what the reader says otherwise */
static int
agree(const struct text *t, int *accepted, struct seg_err *e)
{
    struct seg_record rec = {0};
    struct seg_record_location at = {"x", 1, &rec};
    json_error_t why;
    json_t *root = json_loadb(t->p, t->n, JSON_REJECT_DUPLICATES, &why);
    int status = seg_header_parse(&rec, t->p, t->n, &at, e);
    int agreed;

    *accepted = !status;
    if (status)
        agreed = e->kind == SEG_EDATA &&
                 (!root || !fits(root) || strstr(e->text, "begins at byte"));
    else
        agreed = root && fits(root) && same(&rec, root);
    json_decref(root);
    seg_record_free(&rec);
    return agreed;
}

static void
test_reading(void)
{
    enum { N = 20000 };
    int good = 0, broken = 0, wrong = 0, accepted;
    struct seg_err e;
    struct text t;

    for (int i = 0; i < N; i++) {
        make(&t);
        for (unsigned k = i % 2 ? below(3) : 0; k-- > 0 && t.n > 2;)
            spoil(&t);
        int agreed = agree(&t, &accepted, &e);
        good += accepted;
        broken += !accepted;
        if (!agreed && wrong++ < 5)
            note("%.*s: %s", (int)t.n, t.p, accepted ? "accepted" : e.text);
    }
    ok(wrong == 0, "%d headers: %d verdicts differ from jansson's", N, wrong);
    ok(good > N / 4 && broken > N / 20, "%d sound, %d refused", good, broken);
}

/* ---- writing ---- */

static void
test_writing(void)
{
    struct seg_arena arena = {0};
    struct seg_record rec = {0};
    struct seg_err e;
    char value[256];
    size_t shape[] = {2, 0}, n = 0;
    int order[1], bad = 0;

    for (int i = 1; i < 256; i++) { /* all characters up to U+00FF */
        char *p = value;
        if (i >= 0x80)
            *p++ = (char)(0xc0 | i >> 6);
        *p++ = (char)(i < 0x80 ? i : 0x80 | (i & 0x3f));
        strcpy(p, "x\xe2\x82\xac\xf0\x9f\x98\x80");
        seg_record_clear(&rec);
        bad |= seg_record_set(&rec, "k", value, &e) ||
               !seg_record_add(&rec, value, SEG_U16, 2, shape, &e);
        char *text = seg_header_write(&arena, &n, order, &rec, &e);
        json_t *root = json_pack("{s:{s:s, s:s}, s:{s:s, s:[i, i], s:[i, i]}}",
            "__metadata__", "k", value, "seg.hash", "0000000000000000", value,
            "dtype", "U16", "shape", 2, 0, "data_offsets", 0, 0);
        char *like = json_dumps(root, JSON_COMPACT);
        size_t m = strlen(like);
        bad |= !text || n % 8 || n < m || n > m + 7 || memcmp(text, like, m) ||
               strspn(text + m, " ") < n - m;
        free(like);
        json_decref(root);
        seg_arena_reset(&arena);
    }
    ok(!bad, "255 characters are written as jansson writes them");
    ok(!seg_record_set(&rec, "k", "\xed\xa0\x80", &e) &&
            !seg_header_write(&arena, &n, order, &rec, &e),
        "half of a surrogate pair is not UTF-8: %s", e.text);
    seg_record_free(&rec);
    seg_arena_free(&arena);
}

/* ---- cost ---- */

static void
test_limit(void)
{
    enum { KEYS = 100000 };
    char *text = malloc(40 * KEYS), *to = text;
    struct seg_record rec = {0};
    struct seg_record_location at = {"x", 1, &rec};
    struct seg_err e;

    to += sprintf(to, "{\"__metadata__\":{");
    for (int i = 0; i < KEYS; i++)
        to += sprintf(to, "%s\"k%d\":\"v%d\"", i ? "," : "", i, i);
    to += sprintf(to, "}}");
    ok(!seg_header_parse(&rec, text, (size_t)(to - text), &at, &e) &&
            rec.nmeta == KEYS &&
            !strcmp(seg_record_meta(&rec, "k99999"), "v99999") &&
            !seg_record_meta(&rec, "k100000"),
        "%d keys", KEYS);
    for (int i = 0; i < KEYS; i += KEYS / 4) {
        char key[20];
        snprintf(key, sizeof key, "k%d", i);
        seg_record_unset(&rec, key);
        ok(!seg_record_meta(&rec, key) && seg_record_meta(&rec, "k99998"),
            "%s is taken out, others stay", key);
    }
    seg_record_free(&rec);
    rec.arena.limit = 1 << 20;
    ok(seg_header_parse(&rec, text, (size_t)(to - text), &at, &e) < 0 &&
            e.kind == SEG_EMEM && rec.arena.held <= 1 << 20,
        "they do not fit into 1 MiB: %s", e.text);
    seg_record_free(&rec);
    free(text);
}

int
main(void)
{
    rng = seg_rng_make(1, "header", "test", 0);
    test_reading();
    test_writing();
    test_limit();
    return done();
}
