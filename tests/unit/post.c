/*
 * Corrections of label images: cases by hand, naive twins on random images, and
 * properties that hold whatever the image is.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/label/labelmap.h"
#include "lib/post/post.h"
#include "tests/unit/tap.h"

enum { MOST = 40 * 40, ROUNDS = 60 };

static struct seg_arena arena;
static struct seg_err e;
static uint8_t pixel[MOST], before[MOST];
static struct seg_label_image image = {pixel, 0, 0};

/* Rows of digits, "." for ignored; all rows are equally long. */
static void
draw(const char *rows)
{
    image.w = (int)strcspn(rows, "/");
    image.h = 0;
    for (int n = 0; *rows; rows += *rows == '/') {
        for (; *rows && *rows != '/'; rows++)
            pixel[n++] = *rows == '.' ? SEG_IGNORE : (uint8_t)(*rows - '0');
        image.h++;
    }
    seg_arena_reset(&arena);
}

static int
shows(const char *rows)
{
    char text[2 * MOST];
    int n = 0;

    for (int i = 0; i < image.h * image.w; i++) {
        if (i && i % image.w == 0)
            text[n++] = '/';
        text[n++] = pixel[i] == SEG_IGNORE ? '.' : (char)('0' + pixel[i]);
    }
    text[n] = 0;
    if (strcmp(text, rows))
        note("seen %s", text);
    return !strcmp(text, rows);
}

static void
draw_random(struct seg_rng *r, int classes, double ignored)
{
    image.h = 1 + (int)(seg_rng_unit(r) * 39);
    image.w = 1 + (int)(seg_rng_unit(r) * 39);
    for (int i = 0; i < image.h * image.w; i++)
        pixel[i] = seg_rng_unit(r) < ignored
                       ? SEG_IGNORE
                       : (uint8_t)(seg_rng_unit(r) * classes);
    memcpy(before, pixel, MOST);
    seg_arena_reset(&arena);
}

/* ---- by hand ---- */

static void
test_majority(void)
{
    draw("00000/01000/00000/00022/00.22");
    ok(seg_post_majority(&image, 1, &arena, &e) == 1 &&
            shows("00000/00000/00000/00022/00.22"),
        "majority: one pixel alone goes, an ignored one stays");
    draw("0011/0011");
    ok(seg_post_majority(&image, 9, &arena, &e) == 0 && shows("0011/0011"),
        "majority: of equally frequent classes a pixel keeps its own");
}

static void
test_min_size(void)
{
    draw("00000/01120/00000");
    ok(seg_post_min_size(&image, 2, SEG_CONNECT_4, &arena, &e) == 1 &&
            shows("00000/01100/00000"),
        "min size: a component takes the class of its longest border");
    draw("1112/1122/1113");
    ok(seg_post_min_size(&image, 2, SEG_CONNECT_4, &arena, &e) == 1 &&
            shows("1112/1122/1111"),
        "min size: the lowest class of equally long borders");
    draw("100/010/001");
    ok(seg_post_min_size(&image, 3, SEG_CONNECT_8, &arena, &e) == 0,
        "min size: a diagonal is one component if corners connect");
    ok(seg_post_min_size(&image, 4, SEG_CONNECT_4, &arena, &e) > 0,
        "min size: and three if they do not");
    draw("111/1.1");
    ok(seg_post_min_size(&image, 100, SEG_CONNECT_4, &arena, &e) == 0 &&
            shows("111/1.1"),
        "min size: a component without a neighbor stays");
}

static void
test_holes(void)
{
    draw("0000000/0111110/0100010/0111110/0000000");
    ok(seg_post_fill_holes(&image, 3, 0, SEG_CONNECT_4, &arena, &e) == 3 &&
            shows("0000000/0111110/0111110/0111110/0000000"),
        "holes: a hole of 3 pixels is filled");
    draw("0000000/0111110/0100010/0111110/0000000");
    ok(seg_post_fill_holes(&image, 2, 0, SEG_CONNECT_4, &arena, &e) == 0,
        "holes: a larger one stays");
    draw("11111/10001/11211");
    ok(seg_post_fill_holes(&image, 9, 0, SEG_CONNECT_4, &arena, &e) == 0,
        "holes: between two classes is no hole");
    draw("11111/100.1/11111");
    ok(seg_post_fill_holes(&image, 9, 0, SEG_CONNECT_4, &arena, &e) == 0,
        "holes: beside ignored pixels is no hole");
    draw("11111/11101/11110");
    ok(seg_post_fill_holes(&image, 9, 0, SEG_CONNECT_4, &arena, &e) == 0,
        "holes: with objects of 4 neighbors a gap at a corner is open");
    ok(seg_post_fill_holes(&image, 9, 0, SEG_CONNECT_8, &arena, &e) == 1 &&
            shows("11111/11111/11110"),
        "holes: with objects of 8 neighbors it is closed");
}

static void
test_largest(void)
{
    uint32_t instance[MOST];

    draw("1102/1002/0010/.011");
    ok(seg_post_largest(&image, 0, SEG_CONNECT_4, &arena, &e) == 3 &&
            shows("1102/1002/0000/.000"),
        "largest: the first of equal components stays");
    draw("1102/1002/0010/.011");
    ok(seg_post_instances(instance, &image, 0, SEG_CONNECT_4, &arena, &e) ==
                3 &&
            instance[0] == 1 && instance[2] == 0 && instance[3] == 2 &&
            instance[10] == 3 && instance[12] == 0 && instance[15] == 3,
        "instances: numbered in the order of their first pixels");
    draw("10/01");
    ok(seg_post_instances(instance, &image, 0, SEG_CONNECT_8, &arena, &e) == 1,
        "instances: corners connect if asked");
}

/* ---- naive twins ---- */

/* Numbers spread from pixel to pixel until nothing changes. */
static int
naive_components(int *of, int connectivity)
{
    int n = image.h * image.w, moved = 1, count = 0;

    for (int i = 0; i < n; i++)
        of[i] = pixel[i] == SEG_IGNORE ? -1 : i;
    while (moved) {
        moved = 0;
        for (int i = 0; i < n; i++)
            for (int d = 0; d < connectivity; d++) {
                int j = seg_neighbor_of(&image, i, d);
                if (j < 0 || of[i] < 0 || pixel[j] != pixel[i] ||
                    of[j] >= of[i])
                    continue;
                of[i] = of[j];
                moved = 1;
            }
    }
    for (int i = 0; i < n; i++)
        count += of[i] == i;
    return count;
}

static void
test_components(void)
{
    struct seg_rng r = seg_rng_make(1, "", "components", 0);
    int same = 1, of[MOST];

    for (int k = 0; k < ROUNDS; k++) {
        struct seg_components c;
        int connectivity = k % 2 ? 8 : 4;
        draw_random(&r, 2 + k % 3, 0.1 * (k % 2));
        same &= !seg_components_find(&c, &arena, &image,
                    (enum seg_connectivity)connectivity, &e) &&
                c.n == naive_components(of, connectivity);
        for (int i = 0; i < image.h * image.w; i++)
            same &= of[i] < 0 ? c.of[i] == SEG_NO_COMPONENT
                              : c.list[c.of[i]].first == of[i] &&
                                    c.list[c.of[i]].class == pixel[i];
    }
    ok(same, "components: %d random images as a naive twin has them", ROUNDS);
}

static int
naive_majority(int y, int x, int radius)
{
    int count[256] = {0}, best = before[y * image.w + x];

    if (best == SEG_IGNORE)
        return best;
    for (int i = y - radius; i <= y + radius; i++)
        for (int j = x - radius; j <= x + radius; j++)
            if (i >= 0 && j >= 0 && i < image.h && j < image.w)
                count[before[i * image.w + j]]++;
    for (int k = 0; k < SEG_IGNORE; k++)
        best = count[k] > count[best] ? k : best;
    return best;
}

static void
test_random_majority(void)
{
    struct seg_rng r = seg_rng_make(2, "", "majority", 0);
    int same = 1;

    for (int k = 0; k < ROUNDS; k++) {
        int radius = 1 + k % 5;
        draw_random(&r, 4, 0.1);
        same &= seg_post_majority(&image, radius, &arena, &e) >= 0;
        for (int i = 0; i < image.h * image.w; i++)
            same &=
                pixel[i] == naive_majority(i / image.w, i % image.w, radius);
    }
    ok(same, "majority: %d random images as a naive twin has them", ROUNDS);
}

/* ---- properties ---- */

static void
test_random_min_size(void)
{
    struct seg_rng r = seg_rng_make(3, "", "size", 0);
    int large = 1, ignored = 1, counted = 1, stable = 1;

    for (int k = 0; k < ROUNDS; k++) {
        struct seg_components c;
        enum seg_connectivity way = k % 2 ? SEG_CONNECT_8 : SEG_CONNECT_4;
        long changed, seen = 0;
        draw_random(&r, 2 + k % 4, 0);
        changed = seg_post_min_size(&image, 12, way, &arena, &e);
        for (int i = 0; i < image.h * image.w; i++)
            seen += pixel[i] != before[i];
        counted &= changed == seen;
        large &= !seg_components_find(&c, &arena, &image, way, &e);
        for (int n = 0; n < c.n; n++)
            large &= c.list[n].pixels >= 12 || c.n == 1;
        stable &= seg_post_min_size(&image, 12, way, &arena, &e) == 0;
    }
    ok(large, "min size: no smaller component is left in random images");
    ok(counted, "min size: the number of changed pixels is right");
    ok(stable, "min size: once more changes nothing");
    draw_random(&r, 3, 0.3);
    ok(seg_post_min_size(&image, 12, SEG_CONNECT_4, &arena, &e) >= 0,
        "min size: with ignored pixels");
    for (int i = 0; i < image.h * image.w; i++)
        ignored &= (pixel[i] == SEG_IGNORE) == (before[i] == SEG_IGNORE);
    ok(ignored, "min size: the same pixels are ignored after it");
}

int
main(void)
{
    test_majority();
    test_min_size();
    test_holes();
    test_largest();
    test_components();
    test_random_majority();
    test_random_min_size();
    seg_arena_free(&arena);
    return done();
}
