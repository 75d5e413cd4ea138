/*
 * Files of weights of other programs: values by hand, every cut, every changed
 * byte, and the attacks that pickles are known for.
 */
#include <stdint.h>
#include <string.h>

#include "formats/weights/weights.h"
#include "tests/unit/tap.h"

/* ---- bytes written by hand ---- */

enum { MOST = 1 << 20 };

struct out {
    char p[MOST];
    size_t n;
};

static void
put(struct out *o, const void *bytes, size_t n)
{
    memcpy(o->p + o->n, bytes, n);
    o->n += n;
}

#define PUT(o, text) put(o, text, sizeof text - 1)

static void
put_number(struct out *o, uint64_t v, int bytes)
{
    put(o, &v, (size_t)bytes); /* little-endian, as the format is */
}

static void
put_text(struct out *o, const char *s)
{
    PUT(o, "X");
    put_number(o, strlen(s), 4);
    put(o, s, strlen(s));
}

static void
put_int(struct out *o, int v)
{
    PUT(o, "J");
    put_number(o, (uint64_t)(int64_t)v, 4);
}

static void
put_sizes(struct out *o, const int *v, int n)
{
    PUT(o, "(");
    for (int i = 0; i < n; i++)
        put_int(o, v[i]);
    PUT(o, "t");
}

/* torch._utils._rebuild_tensor_v2(storage, offset, sizes, strides, False,
   {}) */
static void
put_tensor(struct out *o, const char *key, int elements, int offset, int rank,
    const int *shape, const int *stride)
{
    PUT(o, "ctorch._utils\n_rebuild_tensor_v2\n((");
    put_text(o, "storage");
    PUT(o, "ctorch\nFloatStorage\n");
    put_text(o, key);
    put_text(o, "cpu");
    put_int(o, elements);
    PUT(o, "tQ");
    put_int(o, offset);
    put_sizes(o, shape, rank);
    put_sizes(o, stride, rank);
    PUT(o, "\x89}tR");
}

static void
put_legacy_head(struct out *o)
{
    o->n = 0;
    PUT(o, "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.");
    PUT(o, "\x80\2M\xe9\3.\x80\2}.\x80\2");
}

static void
put_floats(struct out *o, int n)
{
    for (int i = 0; i < n; i++) {
        float x = (float)i + 0.5f;
        put(o, &x, sizeof x);
    }
}

/* {"model": {"a": 2x3 transposed, "b": the same storage as it lies}, "step": 7}
   in the format before 1.6. */
static void
make_legacy(struct out *o)
{
    put_legacy_head(o);
    PUT(o, "}(");
    put_text(o, "step");
    put_int(o, 7);
    put_text(o, "model");
    PUT(o, "ccollections\nOrderedDict\n)R(");
    put_text(o, "a");
    put_tensor(o, "0", 6, 0, 2, (int[]){2, 3}, (int[]){1, 2});
    put_text(o, "b");
    put_tensor(o, "0", 6, 1, 1, (int[]){5}, (int[]){1});
    PUT(o, "uu.\x80\2](");
    put_text(o, "0");
    PUT(o, "e.");
    put_number(o, 6, 8);
    put_floats(o, 6);
}

struct member {
    const char *name;
    const struct out *data;
    size_t at;
};

static void
put_zip(struct out *o, struct member *m, int n)
{
    size_t directory;

    o->n = 0;
    for (int i = 0; i < n; i++) {
        m[i].at = o->n;
        PUT(o, "PK\3\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        put_number(o, m[i].data->n, 4);
        put_number(o, m[i].data->n, 4);
        put_number(o, strlen(m[i].name), 2);
        put_number(o, 0, 2);
        put(o, m[i].name, strlen(m[i].name));
        put(o, m[i].data->p, m[i].data->n);
    }
    directory = o->n;
    for (int i = 0; i < n; i++) {
        PUT(o, "PK\1\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        put_number(o, m[i].data->n, 4);
        put_number(o, m[i].data->n, 4);
        put_number(o, strlen(m[i].name), 2);
        PUT(o, "\0\0\0\0\0\0\0\0\0\0\0\0");
        put_number(o, m[i].at, 4);
        put(o, m[i].name, strlen(m[i].name));
    }
    size_t end = o->n;
    PUT(o, "PK\5\6\0\0\0\0");
    put_number(o, (uint64_t)n, 2);
    put_number(o, (uint64_t)n, 2);
    put_number(o, end - directory, 4);
    put_number(o, directory, 4);
    put_number(o, 0, 2);
}

static struct out pickle, floats;

static void
make_zip(struct out *o)
{
    pickle.n = floats.n = 0;
    PUT(&pickle, "\x80\2}(");
    put_text(&pickle, "a");
    put_tensor(&pickle, "0", 6, 0, 2, (int[]){2, 3}, (int[]){1, 2});
    put_text(&pickle, "b");
    put_tensor(&pickle, "0", 6, 1, 1, (int[]){5}, (int[]){1});
    PUT(&pickle, "u.");
    put_floats(&floats, 6);
    put_zip(o,
        (struct member[]){{"m/data.pkl", &pickle, 0}, {"m/data/0", &floats, 0}},
        2);
}

/* The same two tensors: a in a list of numbers, b as raw bytes. */
static void
make_onnx(struct out *o)
{
    static const float a[] = {0.5f, 2.5f, 4.5f, 1.5f, 3.5f, 5.5f},
                       b[] = {1.5f, 2.5f, 3.5f, 4.5f, 5.5f};

    o->n = 0;
    PUT(o, "\x08\7\x3a\x44");
    PUT(o, "\x2a\x23\x0a\2\2\3\x10\1\x22\x18");
    put(o, a, sizeof a);
    PUT(o, "\x42\1a\x2a\x1d\x08\5\x10\1\x42\1b\x4a\x14");
    put(o, b, sizeof b);
}

/* ---- reading ---- */

static struct seg_record rec;
static struct seg_err e;
static char *aligned;

/* The bytes in memory of their own size, so that a sanitizer sees each byte
   beyond them. */
static int
read_bytes(const char *p, size_t n)
{
    static struct seg_arena a;

    seg_arena_free(&a);
    aligned = seg_take_dirty(&a, n + 64, 1, &e);
    if (!aligned)
        return -1;
    memcpy(aligned, p, n);
    seg_record_clear(&rec);
    return seg_weights_read(
        &rec, &(struct seg_weights_file){"x.pth", aligned, n}, &e);
}

static int
read_out(const struct out *o)
{
    return read_bytes(o->p, o->n);
}

static int
holds(const char *name, int rank, const float *want, size_t n)
{
    const struct seg_tensor *t = seg_record_find(&rec, name);
    int same = t && t->rank == rank && seg_tensor_count(t) == n;

    for (size_t i = 0; same && i < n; i++)
        same = seg_tensor_get(t, i) == (double)want[i];
    return same;
}

static struct out file;

static void
test_values(const char *kind, void (*make)(struct out *))
{
    static const float a[] = {0.5f, 2.5f, 4.5f, 1.5f, 3.5f, 5.5f},
                       b[] = {1.5f, 2.5f, 3.5f, 4.5f, 5.5f};

    make(&file);
    ok(seg_weights_is(file.p, file.n), "%s: the format is recognized", kind);
    if (!ok(!read_out(&file), "%s: the file is read", kind))
        note("%s", e.text);
    ok(rec.ntensors == 2, "%s: it holds two tensors", kind);
    ok(holds("a", 2, a, 6), "%s: a strided tensor has its values", kind);
    ok(holds("b", 1, b, 5), "%s: a tensor with an offset has its values", kind);
}

static int
one_line(void)
{
    return e.kind == SEG_EDATA && *e.text && !strchr(e.text, '\n');
}

/* Cuts anywhere are errors; changed bytes are errors or other numbers. */
static void
test_damage(const char *kind, void (*make)(struct out *), size_t whole)
{
    int good = 1, cuts = 1, changes = 0;
    char copy[4096];

    make(&file);
    for (size_t n = 0; n < file.n - whole; n++)
        cuts &=
            !seg_weights_is(file.p, n) || (read_bytes(file.p, n) && one_line());
    ok(cuts, "%s: each of %zu cuts is an error of one line", kind, file.n);
    for (size_t i = 0; i < file.n; i++)
        for (int bit = 0; bit < 8; bit++) {
            memcpy(copy, file.p, file.n);
            copy[i] = (char)(copy[i] ^ 1 << bit);
            if (seg_weights_is(copy, file.n) && read_bytes(copy, file.n)) {
                changes++;
                good &= one_line();
            }
        }
    ok(good && changes > 100, "%s: %d changed bits are errors of one line",
        kind, changes);
}

/* ---- attacks ---- */

static void
refuse(const char *text, const char *name)
{
    int status = read_out(&file);

    ok(status && one_line() && strstr(e.text, text), "%s", name);
    if (!status || !strstr(e.text, text))
        note("seen: %s", status ? e.text : "read");
}

static void
test_names(void)
{
    static const char *const calls[] = {"cposix\nsystem\n", "cos\nsystem\n",
        "cbuiltins\neval\n", "csubprocess\nPopen\n", "ctorch\nload\n"};

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        char name[100];
        put_legacy_head(&file);
        put(&file, calls[i], strlen(calls[i]));
        PUT(&file, "(");
        put_text(&file, "touch canary");
        PUT(&file, "tR.");
        snprintf(name, sizeof name, "a call of %.*s is refused by name",
            (int)strcspn(calls[i] + 1, "\n"), calls[i] + 1);
        refuse("is not executed", name);
    }
}

static void
test_bombs(void)
{
    put_legacy_head(&file);
    PUT(&file, "Nr\xff\xff\xff\x7f.");
    refuse("memo", "a huge index of the memo takes no memory");

    put_legacy_head(&file);
    PUT(&file, "]");
    for (int i = 0; i < 30; i++)
        PUT(&file, "2\x86");
    PUT(&file, ".");
    refuse("cut off", "a list doubled 30 times takes no time");

    put_legacy_head(&file);
    PUT(&file, "T\xff\xff\xff\x7f");
    refuse("cut off", "a text longer than the file");

    put_legacy_head(&file);
    while (file.n < MOST - 8)
        PUT(&file, "]");
    PUT(&file, ".");
    refuse("cut off", "a million empty lists are read, and no storages follow");
}

/* {"a": a tensor of these} with one storage of `elements` floats. */
static void
make_one(
    int elements, int offset, int rank, const int *shape, const int *stride)
{
    put_legacy_head(&file);
    PUT(&file, "}");
    put_text(&file, "a");
    put_tensor(&file, "0", elements, offset, rank, shape, stride);
    PUT(&file, "s.\x80\2]");
    put_text(&file, "0");
    PUT(&file, "a.");
    put_number(&file, (uint64_t)elements, 8);
    put_floats(&file, elements);
}

static void
test_tensors(void)
{
    make_one(1, 0, 2, (int[]){30000, 30000}, (int[]){0, 0});
    refuse("twice the bytes", "one number expanded to 3.6 GB");
    make_one(4, 1, 1, (int[]){4}, (int[]){1});
    refuse("beyond its storage", "a tensor one element too long");
    make_one(4, 0, 2, (int[]){2, 2}, (int[]){3, 1});
    refuse("beyond its storage", "a tensor of too wide strides");
    make_one(4, 0, 1, (int[]){2}, (int[]){-1});
    refuse("whole numbers", "a negative stride");
    make_one(4, 0, 9, (int[]){1, 1, 1, 1, 1, 1, 1, 1, 1},
        (int[]){1, 1, 1, 1, 1, 1, 1, 1, 1});
    refuse("whole numbers", "more dimensions than a tensor may have");
    make_one(
        4, 0, 3, (int[]){2147483647, 2147483647, 2147483647}, (int[]){0, 0, 0});
    refuse("beyond its storage", "sizes whose product does not fit");
    make_one(4, 0, 2, (int[]){0, 5}, (int[]){5, 1});
    ok(!read_out(&file) && holds("a", 2, NULL, 0), "a tensor of no elements");
}

/* A dictionary in itself. */
static void
test_cycle(void)
{
    put_legacy_head(&file);
    PUT(&file, "}q\1");
    put_text(&file, "a");
    PUT(&file, "h\1s.\x80\2].");
    refuse("dictionaries", "a dictionary that holds itself is refused");
    put_legacy_head(&file);
    PUT(&file, "].\x80\2].");
    refuse("no dictionary of tensors", "a list is no state dictionary");
}

int
main(void)
{
    test_values("before 1.6", make_legacy);
    test_values("zip", make_zip);
    test_values("ONNX", make_onnx);
    test_damage("before 1.6", make_legacy, 0);
    test_damage("zip", make_zip, 0);
    test_damage("ONNX", make_onnx, 0);
    test_names();
    test_bombs();
    test_tensors();
    test_cycle();
    seg_record_free(&rec);
    return done();
}
