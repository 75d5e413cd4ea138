/* Tensors of every type; records: add, replace, drop, inherit. */
#include <math.h>
#include <string.h>

#include "lib/tensor/record.h"
#include "tests/unit/tap.h"

static void
test_types(void)
{
    static const struct {
        const char *name;
        size_t size;
    } want[] = {{"BOOL", 1}, {"U8", 1}, {"I8", 1}, {"U16", 2}, {"I16", 2},
        {"F16", 2}, {"BF16", 2}, {"U32", 4}, {"I32", 4}, {"F32", 4}, {"U64", 8},
        {"I64", 8}, {"F64", 8}};
    int good = sizeof want / sizeof *want == SEG_TYPES;
    enum seg_type t;

    for (int i = 0; i < SEG_TYPES; i++)
        good &= !seg_type_parse(&t, want[i].name) &&
                seg_type_size(t) == want[i].size &&
                !strcmp(seg_type_name(t), want[i].name);
    ok(good, "names and sizes of all types");
    ok(seg_type_parse(&t, "F8_E4M3") < 0 && seg_type_parse(&t, "u8") < 0,
        "no others");
}

static void
test_sizes(void)
{
    size_t bytes, shape[SEG_RANK] = {240, 180, 3},
                  huge[] = {(size_t)1 << 32, (size_t)1 << 32},
                  wide[] = {SIZE_MAX / 4 + 1}, none[] = {0, SIZE_MAX};

    ok(!seg_tensor_size(&bytes, SEG_F32, 3, shape) && bytes == 518400, "size");
    ok(!seg_tensor_size(&bytes, SEG_F64, 0, NULL) && bytes == 8, "rank 0");
    ok(seg_tensor_size(&bytes, SEG_U8, 2, huge) < 0, "overflow to 0");
    ok(seg_tensor_size(&bytes, SEG_F32, 1, wide) < 0, "overflow of the type");
    ok(!seg_tensor_size(&bytes, SEG_F32, 2, none) && bytes == 0, "empty");
    ok(seg_tensor_size(&bytes, SEG_U8, 9, shape) < 0, "rank 9");
}

static void
test_values(void)
{
    uint16_t half[] = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x7e00, 0x8000},
             brain[] = {0x3f80, 0xc020};
    int64_t deep[] = {-5, (int64_t)1 << 40};
    int8_t small[] = {-128, 127};
    struct seg_tensor t = {"x", SEG_F16, 1, {7}, 14, half};

    ok(seg_tensor_get(&t, 0) == 1 && seg_tensor_get(&t, 1) == -2 &&
            seg_tensor_get(&t, 2) == ldexp(1, -24) &&
            seg_tensor_get(&t, 3) == 65504 && isinf(seg_tensor_get(&t, 4)) &&
            isnan(seg_tensor_get(&t, 5)) && signbit(seg_tensor_get(&t, 6)),
        "f16: one, two, least, largest, infinity, nan, minus zero");
    float floats[7];
    seg_tensor_floats(floats, &t);
    ok(floats[0] == 1 && floats[3] == 65504, "f16 as floats");
    t = (struct seg_tensor){"x", SEG_BF16, 1, {2}, 4, brain};
    ok(seg_tensor_get(&t, 0) == 1 && seg_tensor_get(&t, 1) == -2.5, "bf16");
    t = (struct seg_tensor){"x", SEG_I64, 1, {2}, 16, deep};
    ok(seg_tensor_get(&t, 0) == -5 && seg_tensor_get(&t, 1) == ldexp(1, 40),
        "i64");
    t = (struct seg_tensor){"x", SEG_I8, 2, {1, 2}, 2, small};
    ok(seg_tensor_get(&t, 0) == -128 && seg_tensor_get(&t, 1) == 127, "i8");
    ok(seg_tensor_count(&t) == 2, "count");
    struct seg_tensor bands = {"x", SEG_I8, 3, {1, 1, 2}, 2, small};
    ok(seg_tensor_bands(&t) == 1 && seg_tensor_bands(&bands) == 2,
        "[H,W] has one band, [H,W,C] has C");
    char text[40];
    ok(!strcmp(seg_tensor_describe(text, sizeof text, &t), "[1,2] i8"),
        "described: %s", text);
    int whole = 1;
    for (size_t n = 1; n < 12; n++) {
        memset(text, 'x', sizeof text);
        seg_tensor_describe(text, n, &t);
        whole &= memchr(text, 0, n) && text[n] == 'x';
    }
    ok(whole, "in any room");
}

static void
test_record(void)
{
    struct seg_record r = {0}, to = {0};
    struct seg_err e;
    size_t shape[] = {2, 3}, flat[] = {5};
    char name[20];
    int found = 1;

    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "t%d", i);
        struct seg_tensor *t = seg_record_add(&r, name, SEG_U8, 2, shape, &e);
        found &= t && t->bytes == 6;
        memset(t->data, i, 6);
        found &= !seg_record_set(&r, name, name + 1, &e);
    }
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "t%d", i);
        struct seg_tensor *t = seg_record_find(&r, name);
        found &= t && *(char *)t->data == i &&
                 !strcmp(seg_record_meta(&r, name), name + 1);
    }
    ok(found, "forty tensors and forty keys are all found");
    struct seg_tensor *t = seg_record_add(&r, "t7", SEG_F32, 1, flat, &e);
    ok(t == seg_record_find(&r, "t7") && t->bytes == 20 && r.ntensors == 40,
        "a tensor is replaced");
    seg_record_drop(&r, "t0");
    seg_record_drop(&r, "nobody");
    ok(r.ntensors == 39 && !seg_record_find(&r, "t0") &&
            seg_record_find(&r, "t39"),
        "a tensor is dropped");
    seg_record_unset(&r, "t1");
    ok(r.nmeta == 39 && !seg_record_meta(&r, "t1"), "a key is unset");
    ok(!strcmp(seg_record_key(&r), ""), "no key is an empty key");
    ok(!seg_record_set(&r, "seg.key", "b/1", &e) &&
            !strcmp(seg_record_key(&r), "b/1"),
        "the item's key");
    ok(!seg_record_set(&r, "seg.hash", "x", &e) &&
            !seg_record_set(&to, "t2", "mine", &e) &&
            !seg_record_inherit(&to, &r, &e) &&
            !strcmp(seg_record_meta(&to, "t2"), "mine") &&
            !strcmp(seg_record_meta(&to, "t3"), "3") &&
            !seg_record_meta(&to, "seg.hash"),
        "metadata is inherited, what is there stays, the hash is not");
    seg_record_clear(&r);
    ok(r.ntensors == 0 && r.nmeta == 0 && !seg_record_find(&r, "t2"),
        "cleared");
    seg_record_free(&r);
    seg_record_free(&to);
}

int
main(void)
{
    test_types();
    test_sizes();
    test_values();
    test_record();
    return done();
}
