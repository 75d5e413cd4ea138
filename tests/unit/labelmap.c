/* Label maps: mapping, the inverse, and the metadata. */
#include <string.h>

#include "lib/label/labelmap.h"
#include "lib/label/palette.h"
#include "tests/unit/tap.h"

static struct seg_arena arena;
static struct seg_err err;
static const struct seg_nodata plain; /* no nodata declared */

static const char *const text = "# value\tid\tname\tcolor\r\n"
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
    static const uint16_t back[6] = {7, 300, 300, 0, 400, 7};
    struct seg_tensor t = wide(v, 2, 3);
    uint8_t rgb[256][3];

    ok(!seg_labelmap_parse(&m, &arena, text, "m", &err) && m.classes == 3,
        "a map of three classes");
    ok(m.rgb[1][2] == 255 && m.rgb[255][0] == 0xaa,
        "colors in small and capital letters, of ignored values too");
    ok(!seg_labelmap_apply(&m, &t, &plain, 0, "f", &err) && t.type == SEG_U8 &&
            t.bytes == 6 && !memcmp(t.data, id, 6),
        "u16 values become u8 ids in place");
    ok(m.values[1] == 2 && m.value[1] == 300 && m.values[0] == 1,
        "two values stand for class 1");
    ok(!seg_labelmap_restore(&m, &t, &arena, "k", &err) && t.type == SEG_U16 &&
            !memcmp(t.data, back, sizeof back),
        "back again, the first value for a class that has several");
    seg_labelmap_colors(&m, rgb);
    ok(rgb[9][2] == 255 && rgb[7][0] == 1 && rgb[0][2] == 0xcc && !rgb[1][0],
        "colors by value");

    uint16_t bad[4] = {7, 7, 7, 1};
    t = wide(bad, 2, 2);
    ok(seg_labelmap_apply(&m, &t, &plain, 0, "a.png", &err) < 0 &&
            err.kind == SEG_EDATA &&
            !strcmp(err.text,
                "a.png: value 1 at (x 1, y 1) is not in the label map"),
        "%s", err.text);
    t.rank = 3;
    t.shape[2] = 1;
    ok(seg_labelmap_apply(&m, &t, &plain, 0, "a.png", &err) < 0, "%s",
        err.text);
}

/* n pixels of c channels in a row. */
static struct seg_tensor
colored(uint8_t *p, size_t n, size_t c)
{
    return (struct seg_tensor){"label", SEG_U8, 3, {1, n, c}, n * c, p};
}

static void
test_colors(void)
{
    static const char *const map = "0\t0\ta\t#000000\n"
                                   "1\t1\tb\t#ff0000\n"
                                   "-\t1\tb\t#00ff00\n"
                                   "2\t2\tc\t#0000ff\n"
                                   "3\t3\td\t#0000ff\n"
                                   "255\tignore\tvoid\t#ffffff\n";
    static const uint8_t id[] = {1, 0, 255, 1};
    struct seg_labelmap m;
    uint8_t rgb[] = {0, 255, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0};
    struct seg_tensor t = colored(rgb, 4, 3);

    ok(!seg_labelmap_parse(&m, &arena, map, "m", &err) && m.classes == 4 &&
            m.colors == 5 && m.rgb[1][0] == 255 && !m.rgb[1][1],
        "a class of two colors has the first, and the map knows both");
    ok(!seg_labelmap_apply(&m, &t, &plain, 0, "f", &err) && t.rank == 2 &&
            t.bytes == 4 && !memcmp(t.data, id, 4),
        "RGB becomes ids in place");
    uint8_t rgba[] = {255, 0, 0, 255, 0, 0, 0, 255};
    t = colored(rgba, 2, 4);
    ok(!seg_labelmap_apply(&m, &t, &plain, 0, "f", &err) && rgba[0] == 1 &&
            !rgba[1],
        "and RGBA that is opaque");
    uint8_t clear[] = {255, 0, 0, 255, 0, 0, 0, 254};
    t = colored(clear, 2, 4);
    ok(seg_labelmap_apply(&m, &t, &plain, 0, "f", &err) < 0 &&
            !strcmp(err.text, "f: alpha 254 at (x 1, y 0): a label is opaque"),
        "%s", err.text);
    uint8_t both[] = {0, 0, 255};
    t = colored(both, 1, 3);
    ok(seg_labelmap_apply(&m, &t, &plain, 0, "f", &err) < 0 &&
            !strcmp(err.text, "f: color #0000ff at (x 0, y 0) stands for "
                              "several classes in the label map"),
        "%s", err.text);

    uint8_t off[] = {250, 3, 3, 9, 9, 9, 250, 3, 3, 255, 255, 255};
    uint8_t copy[sizeof off];
    memcpy(copy, off, sizeof off);
    t = colored(copy, 4, 3);
    ok(seg_labelmap_apply(&m, &t, &plain, 0, "f", &err) < 0 &&
            !strcmp(err.text,
                "f: color #fa0303 at (x 0, y 0) is not in the label map "
                "(2 pixels), nor #090909 at (x 1, y 0)"),
        "%s", err.text);
    memcpy(copy, off, sizeof off);
    t = colored(copy, 4, 3);
    ok(seg_labelmap_apply(&m, &t, &plain, 15, "f", &err) < 0 &&
            strstr(err.text, "f: color #090909 at"),
        "15.6 is further than 15: %s", err.text);
    t = colored(off, 4, 3);
    ok(!seg_labelmap_apply(&m, &t, &plain, 15.7, "f", &err) && off[0] == 1 &&
            off[1] == 0 && off[3] == 255,
        "but not than 15.7");
    uint8_t many[3 * 10];
    for (int i = 0; i < 30; i++)
        many[i] = (uint8_t)(100 + i);
    t = colored(many, 10, 3);
    ok(seg_labelmap_apply(&m, &t, &plain, 0, "f", &err) < 0 &&
            strstr(
                err.text, "nor #797a7b at (x 7, y 0), nor others (2 pixels)"),
        "%s", err.text);
}

/* Every built-in map can be parsed, and each of its values can be mapped and
   restored. */
static void
test_palettes(void)
{
    static const struct {
        const char *name;
        int classes, ignored;
    } palettes[] = {{"ade20k", 150, 1}, {"camvid", 11, 1},
        {"cityscapes", 19, 16}, {"cityscapes-train", 19, 1}, {"gta5", 19, 16},
        {"voc", 21, 1}};

    for (size_t i = 0; i < sizeof palettes / sizeof *palettes; i++) {
        const char *map = seg_palette_text(palettes[i].name);
        struct seg_labelmap m;
        int good = map && !seg_labelmap_parse(&m, &arena, map, "p", &err);
        int alone = good;

        ok(good && m.classes == palettes[i].classes &&
                m.values[SEG_IGNORE] == palettes[i].ignored,
            "%s: %d classes", palettes[i].name, palettes[i].classes);
        for (int v = SEG_VALUE_MIN; good && v <= SEG_VALUE_MAX; v++) {
            int16_t value = (int16_t)v;
            struct seg_tensor t = {"label", SEG_I16, 2, {1, 1}, 2, &value};
            int id = m.to[v];

            if (id == SEG_UNMAPPED || v > INT16_MAX)
                continue;
            good = !seg_labelmap_apply(&m, &t, &plain, 0, "f", &err) &&
                   !seg_labelmap_restore(&m, &t, &arena, "k", &err) &&
                   *(uint8_t *)t.data == m.value[id];
            alone &= id == SEG_IGNORE || m.value[id] == v;
        }
        ok(good && alone, "%s: there and back, one value a class",
            palettes[i].name);
    }
    ok(!seg_palette_text("vo") && !seg_palette_text("voc2"), "no such name");
}

/* The colors of VOC, from their formula. */
static void
test_voc(void)
{
    struct seg_labelmap m;
    int good =
        !seg_labelmap_parse(&m, &arena, seg_palette_text("voc"), "voc", &err);

    for (int v = 0; v < 256; v++) {
        uint8_t rgb[3] = {0};

        if (m.to[v] == SEG_UNMAPPED)
            continue;
        for (int bit = 0; bit < 8; bit++)
            rgb[bit % 3] |= (uint8_t)((v >> bit & 1) << (7 - bit / 3));
        good &= !memcmp(rgb, m.rgb[m.to[v]], 3);
    }
    ok(good, "colors of VOC");
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
        "without metadata: no classes, colors all the same");
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
    test_colors();
    test_palettes();
    test_voc();
    test_metadata();
    test_check();
    seg_arena_free(&arena);
    return done();
}
