/*
 * Files of polygons: runs of COCO against texts that pycocotools wrote, names
 * of images; shapes of CVAT; every cut and every changed bit.
 */
#include <string.h>

#include "formats/polygon/annotations.h"
#include "formats/polygon/labelme.h"
#include "tests/unit/scratch.h"
#include "tests/unit/tap.h"

static struct seg_arena arena;
static struct seg_annotations all;
static struct seg_polygons one;
static struct seg_err e;

static void
write_file(const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(text, 1, n, f) != n || fclose(f))
        ok(0, "%s: cannot write", path);
}

static int
read_coco(const char *text, size_t n)
{
    write_file(text, n);
    seg_arena_reset(&arena);
    return seg_coco_read(&all, &arena, path, 0, &e);
}

static int
read_labelme(const char *text, size_t n)
{
    write_file(text, n);
    seg_arena_reset(&arena);
    return seg_labelme_read(&one, &arena, path, 0, &e);
}

static int
read_cvat(const char *text, size_t n)
{
    write_file(text, n);
    seg_arena_reset(&arena);
    return seg_cvat_read(&all, &arena, path, 0, &e);
}

static const char labelme[] =
    "{\"imageWidth\":6,\"imageHeight\":5,\"shapes\":[{\"label\":\"a\","
    "\"points\":[[0,0],[5,0],[5,5]]},{\"label\":\"b\",\"shape_type\":"
    "\"circle\",\"points\":[[1,2],[3.5,4e0]]}]}";

/* An image of 4 x 3: a polygon of two rings, a crowd, and runs as text. */
static const char coco[] =
    "{\"images\":[{\"id\":7,\"file_name\":\"x/"
    "b.png\",\"width\":4,\"height\":3},"
    "{\"id\":2,\"file_name\":\"b.png\",\"width\":9,\"height\":8}],"
    "\"annotations\":["
    "{\"image_id\":7,\"category_id\":3,\"segmentation\":"
    "[[0,0,2,0,2,1,0,1],[3,2,4,2,4,3,3,3]]},"
    "{\"image_id\":7,\"category_id\":3,\"segmentation\":"
    "{\"size\":[3,4],\"counts\":\"231N4\"}},"
    "{\"image_id\":7,\"category_id\":3,\"iscrowd\":1,\"segmentation\":"
    "{\"size\":[3,4],\"counts\":[5,1,6]}}],"
    "\"categories\":[{\"id\":3,\"name\":\"cat\"}]}";

/* An image of 4 x 3: the mask is above the box, the ellipse outside. */
static const char cvat[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n"
    "<version>1.1</version><meta><task><name>a &amp; b</name></task></meta>\n"
    "<image id=\"0\" name=\"x/b.png\" width=\"4\" height=\"3\">\n"
    "<tag label=\"day\"></tag>"
    "<mask label=\"m\" rle=\"1, 2, 1\" left=\"1\" top=\"1\" width=\"2\" "
    "height=\"2\" z_order=\"1\"><attribute name=\"n\">7</attribute></mask>\n"
    "<polygon label=\"p &lt; q\" points=\"0,0;1,0;1.0,3e0;0,3\" "
    "z_order=\"-2\"/>"
    "<ellipse label=\"e\" cx=\"9\" cy=\"9\" rx=\"2\" ry=\"1\"/>\n"
    "<box label=\"b\" xtl=\"1\" ytl=\"0\" xbr=\"4\" ybr=\"2\"/></image>\n"
    "<image id=\"1\" name=\"c.png\" width=\"4\" height=\"3\">\n"
    "<box label=\"b\" xtl=\"0.5\" ytl=\"1\" xbr=\"3.5\" ybr=\"2\" "
    "rotation=\"90\"/></image></annotations>\n";

static void
paint(uint8_t label[12], const struct seg_polygons *p)
{
    uint8_t crossing[15] = {0};
    int64_t steps = 10000;

    memset(label, 0, 12);
    for (size_t i = 0; i < p->n; i++)
        ok(!seg_polygon_fill(
               label, crossing, 4, 3, &p->polygon[i], 1 + (int)i, &steps),
            "polygon %zu is painted", i);
}

static void
test_coco(void)
{
    /* Runs go down the columns: 00, 111, 0, 1, 00000. */
    static const uint8_t want[12] = {2, 4, 4, 0, 0, 4, 0, 0, 4, 1, 0, 3};
    uint8_t label[12];

    if (!ok(!read_coco(coco, sizeof coco - 1), "COCO is read"))
        note("%s", e.text);
    const struct seg_annotated_image *b = seg_annotations_find(&all, "b.png"),
                                     *x = seg_annotations_find(
                                         &all, "img/x/b.png");
    ok(b && b->polygons.w == 9 && b->polygons.n == 0, "an image without any");
    ok(x && x->polygons.w == 4 && x->polygons.h == 3, "the longer name wins");
    ok(seg_annotations_find(&all, "y/b.png") == b, "directories before a name");
    ok(!seg_annotations_find(&all, "ab.png"), "a name is not cut inside");
    ok(x->polygons.n == 4 && !strcmp(x->polygons.polygon[0].name, "ignore") &&
            !strcmp(x->polygons.polygon[1].name, "cat"),
        "crowds are ignored and come first");
    paint(label, &x->polygons);
    if (!ok(!memcmp(label, want, 12), "runs and rings"))
        for (int i = 0; i < 12; i++)
            note("%d", label[i]);
}

static void
test_cvat(void)
{
    static const uint8_t b[12] = {1, 3, 3, 3, 1, 3, 4, 3, 1, 4, 0, 0},
                         c[12] = {0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0};
    uint8_t label[12];

    if (!ok(!read_cvat(cvat, sizeof cvat - 1), "CVAT is read"))
        note("%s", e.text);
    const struct seg_polygons *p = &all.image[1].polygons;
    ok(all.n == 2 && p->n == 4 && p->w == 4 && p->h == 3 &&
            !strcmp(p->polygon[0].name, "p < q") &&
            !strcmp(p->polygon[3].name, "m"),
        "names, and the order of z_order");
    paint(label, p);
    ok(!memcmp(label, b, 12), "polygon, box and mask");
    paint(label, &all.image[0].polygons);
    ok(!memcmp(label, c, 12), "a rotated box");
}

static int
one_line(void)
{
    return e.kind == SEG_EDATA && *e.text && !strchr(e.text, '\n');
}

/* Cuts anywhere are errors; changed bits are errors or other polygons. */
static void
test_damage(const char *kind, const char *text, size_t n,
    int (*read)(const char *, size_t))
{
    int cuts = 1, good = 1, changes = 0;
    char copy[2000];

    for (size_t i = 0; i < n; i++)
        cuts &= read(text, i) && one_line();
    ok(cuts, "%s: each of %zu cuts is an error of one line", kind, n);
    for (size_t i = 0; i < n; i++)
        for (int bit = 0; bit < 8; bit++) {
            memcpy(copy, text, n);
            copy[i] = (char)(copy[i] ^ 1 << bit);
            if (read(copy, n)) {
                changes++;
                good &= one_line();
            }
        }
    ok(good && changes > 500, "%s: %d changed bits are errors of one line",
        kind, changes);
}

/* A file with `now` in place of `before` is refused, and the message has
   text. */
static void
refuse_in(const char *whole, int (*read)(const char *, size_t),
    const char *before, const char *now, const char *text)
{
    char copy[2000];
    const char *at = strstr(whole, before);

    snprintf(copy, sizeof copy, "%.*s%s%s", (int)(at - whole), whole, now,
        at + strlen(before));
    int status = read(copy, strlen(copy));
    if (!ok(status && one_line() && strstr(e.text, text), "%s", text))
        note("seen: %s", status ? e.text : "read");
}

static void
refuse(const char *before, const char *now, const char *text)
{
    refuse_in(coco, read_coco, before, now, text);
}

static void
refuse_cvat(const char *before, const char *now, const char *text)
{
    refuse_in(cvat, read_cvat, before, now, text);
}

int
main(void)
{
    scratch_file();
    test_coco();
    test_cvat();
    test_damage("labelme", labelme, sizeof labelme - 1, read_labelme);
    test_damage("COCO", coco, sizeof coco - 1, read_coco);
    refuse("\"images\"", "\"pages\"", "no list \"images\"");
    refuse("\"id\":2", "\"id\":7", "two images have the id 7");
    refuse("x/b.png", "b.png", "two images have the name b.png");
    refuse("\"image_id\":7", "\"image_id\":8", "annotation 0: its image_id");
    refuse("_id\":3", "_id\":4", "annotation 0: its category_id");
    refuse("[0,0,2", "[0,2", "annotation 0: a ring is not a list");
    refuse("[0,0,2", "[0,1e300,2", "annotation 0: point 0 is not two numbers");
    refuse("[3,4]", "[4,3]", "annotation 1: runs of 3x4 pixels");
    refuse("[5,1,6]", "[5,1,5]", "annotation 2: the runs do not fill 4x3");
    refuse("[5,1,6]", "[5,-1,8]", "annotation 2: the runs do not fill 4x3");
    refuse("231N4", "231n", "annotation 1: run 3 is not a number");
    refuse("231N4", "231oooooooo3", "annotation 1: run 3 is not a number");
    refuse("231N4", "231N4@", "annotation 1: run 5 is not 0 to");
    refuse("[[0,0,2,0,2,1,0,1],[3,2,4,2,4,3,3,3]]", "[]",
        "annotation 0: no segmentation");
    test_damage("CVAT", cvat, sizeof cvat - 2, read_cvat);
    refuse_cvat("annotations", "svg", ":2: svg: XML of CVAT expected");
    refuse_cvat("<annotations>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><annotations>",
        ":2: a: a document type is not expected");
    refuse_cvat("<version>", "<track>", ":3: track: of a video");
    refuse_cvat("<tag", "<image name=\"u\"><tag", "image: inside of another");
    refuse_cvat("</image>", "", "image: inside of another");
    refuse_cvat("x/b.png", "c.png", "two images have the name c.png");
    refuse_cvat("width=\"4\"", "", ":4: image: no number width");
    refuse_cvat("<ellipse", "<polyline",
        "polyline: polygon, box, ellipse or mask expected");
    refuse_cvat("label=\"m\"", "", ":5: mask: no label");
    refuse_cvat("1, 2, 1", "1, 2, 2", ":5: mask: the runs do not fill 2x2");
    refuse_cvat("1, 2, 1", "1, 2.5, 0.5", ":5: mask: not whole numbers: rle");
    refuse_cvat("0,0;1,0", "0,0;1", "polygon: a point is not two numbers");
    refuse_cvat("0,0;1,0;1.0,3e0;0,3", "0,0;1,0", "polygon: not 3 or more");
    refuse_cvat("left=\"1\"", "left=\"3\"", "mask: not inside its image");
    refuse_cvat("cx=\"9\"", "cx=\"9x\"", "ellipse: no number cx");
    refuse_cvat("left=\"1\"", "left=\"-1\"", "too large, or not whole: left");
    seg_arena_free(&arena);
    return done();
}
