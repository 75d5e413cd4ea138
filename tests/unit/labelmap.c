/* Label maps: there, back, and what travels with the data. */
#include <string.h>

#include "lib/data/labelmap.h"
#include "tests/unit/tap.h"

static struct seg_arena arena;
static struct seg_err err;

static const char *const text = "# value\tid\tname\tcolour\r\n"
                                "7\t0\tground\t#010203\r\n"
                                "300\t1\tthing\t#0405ff\n"
                                "9\t1\tthing\t#0405FF\n"
                                "0\tignore\tvoid\t#aabbcc\n"
                                "\n"
                                "400\t2\tbare";

static struct seg_tensor
wide(uint16_t *v, size_t h, size_t w)
{
    return (struct seg_tensor){"label", SEG_U16, 2, {h, w}, 2 * h * w, v};
}

static void
test_there_and_back(void)
{
    struct seg_labelmap m;
    uint16_t v[6] = {7, 300, 9, 0, 400, 7};
    static const uint8_t id[6] = {0, 1, 1, 255, 2, 0};
    static const uint16_t back[6] = {7, 9, 9, 0, 400, 7};
    struct seg_tensor t = wide(v, 2, 3);
    uint8_t rgb[256][3];

    ok(!seg_labelmap_parse(&m, &arena, text, "m", &err) && m.classes == 3,
        "a map of three classes");
    ok(m.rgb[1][2] == 255 && m.rgb[255][0] == 0xaa,
        "colours in small and capital letters, of ignored values too");
    ok(!seg_labelmap_apply(&m, &t, "f", &err) && t.type == SEG_U8 &&
            t.bytes == 6 && !memcmp(t.data, id, 6),
        "u16 values become u8 ids in place");
    ok(seg_labelmap_ambiguous(&m) == 1, "two values stand for class 1");
    ok(!seg_labelmap_restore(&m, &t, &arena, "k", &err) && t.type == SEG_U16 &&
            !memcmp(t.data, back, sizeof back),
        "back again, the lowest value for a class that has several");
    seg_labelmap_colours(&m, rgb);
    ok(rgb[9][2] == 255 && rgb[7][0] == 1 && rgb[0][2] == 0xcc && !rgb[1][0],
        "colours by value");

    uint16_t bad[4] = {7, 7, 7, 1};
    t = wide(bad, 2, 2);
    ok(seg_labelmap_apply(&m, &t, "a.png", &err) < 0 && err.kind == SEG_EDATA &&
            !strcmp(err.text,
                "a.png: value 1 at (x 1, y 1) is not in the label map"),
        "%s", err.text);
    t.rank = 3;
    t.shape[2] = 1;
    ok(seg_labelmap_apply(&m, &t, "a.png", &err) < 0, "%s", err.text);
}

static void
test_metadata(void)
{
    struct seg_labelmap m;
    struct seg_record rec = {0};
    struct seg_classes c;

    ok(!seg_labelmap_parse(&m, &arena, text, "m", &err) &&
            !seg_labelmap_describe(&m, &rec, &err) &&
            !strcmp(
                seg_record_meta(&rec, "seg.classes"), "ground\tthing\tbare") &&
            !strcmp(seg_record_meta(&rec, "seg.ignore"), "255"),
        "names and the ignore value are set");
    ok(seg_labelmap_describe(&m, &rec, &err) < 0 && err.kind == SEG_EDATA,
        "but not twice: %s", err.text);
    ok(!seg_classes_read(&c, &arena, &rec, &err) && c.n == 3 &&
            c.ignore == 255 && !strcmp(c.name[2], "bare") &&
            !memcmp(c.rgb, m.rgb, 9),
        "and read back");
    struct seg_record none = {0};
    ok(!seg_classes_read(&c, &arena, &none, &err) && c.n == 0 &&
            c.ignore == 255 && memcmp(c.rgb[0], c.rgb[1], 3),
        "without metadata: no classes, colours all the same");
    ok(c.rgb[255][0] + c.rgb[255][1] + c.rgb[255][2] == 0, "ignored is black");

    static const char *const bad[][2] = {{"seg.palette", "#000000,#000000"},
        {"seg.palette", "#000000,#000000,#000000,#000000"},
        {"seg.palette", "#000000,#000000,#00000x"},
        {"seg.palette", "#000000,#000000,"}, {"seg.ignore", "-1"},
        {"seg.ignore", ""}, {"seg.ignore", "99999"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *good = seg_record_meta(&rec, bad[i][0]);

        ok(!seg_record_set(&rec, bad[i][0], bad[i][1], &err) &&
                seg_classes_read(&c, &arena, &rec, &err) < 0 &&
                err.kind == SEG_EDATA,
            "refused: %s", err.text);
        if (seg_record_set(&rec, bad[i][0], good, &err))
            ok(0, "%s", err.text);
    }
    char many[600];
    memset(many, '\t', sizeof many);
    many[sizeof many - 1] = 0;
    ok(!seg_record_set(&rec, "seg.classes", many, &err) &&
            seg_classes_read(&c, &arena, &rec, &err) < 0,
        "refused: %s", err.text);
    seg_record_free(&rec);
}

static void
test_check(void)
{
    uint8_t v[4] = {0, 2, 255, 3};
    struct seg_tensor t = {"pred", SEG_U8, 2, {2, 2}, 4, v};
    struct seg_classes c = {.n = 4, .ignore = 255};

    ok(!seg_classes_check(&c, &t, "k", &err), "classes and the ignore value");
    c.n = 3;
    ok(seg_classes_check(&c, &t, "k", &err) < 0 &&
            !strcmp(err.text,
                "k: tensor pred: value 3 at (x 1, y 1) is none of 3 classes"),
        "%s", err.text);
}

int
main(void)
{
    test_there_and_back();
    test_metadata();
    test_check();
    seg_arena_free(&arena);
    return done();
}
