/* Label images to polygons and back: random labels from noise to large regions,
   by hand a ring within a ring, and regions that are left out. */
#include <string.h>

#include "lib/base/rng.h"
#include "lib/label/polygon_trace.h"
#include "tests/unit/tap.h"

enum { CASES = 600, MOST = 40 };

static struct seg_arena arena;
static const char *name[256];
static uint8_t label[MOST * MOST], painted[MOST * MOST];
static uint8_t crossing[MOST * (MOST + 1)];

/* Paints polygons over zeros, in their order or backwards; the first byte of a
   name is the id. */
static int
paint(const struct seg_polygons *p, int backwards)
{
    int64_t steps = 1 << 30;
    int failed = 0;

    memset(painted, 0, sizeof painted);
    for (size_t i = 0; i < p->n; i++) {
        const struct seg_polygon *q = &p->polygon[backwards ? p->n - 1 - i : i];

        failed |= seg_polygon_fill(
            painted, crossing, p->w, p->h, q, (uint8_t)*q->name, &steps);
    }
    return failed;
}

/* Random labels; the larger `smooth`, the larger the regions. */
static void
draw(size_t h, size_t w, int smooth, struct seg_rng *r)
{
    for (size_t i = 0; i < h * w; i++) {
        uint64_t k = seg_rng_below(r, (uint64_t)(3 + 3 * smooth));

        label[i] = (uint8_t)(1 + k % 3);
        if (k >= 3 && i % w && (k & 1))
            label[i] = label[i - 1];
        else if (k >= 3 && i >= w)
            label[i] = label[i - w];
    }
}

/* The number of regions: pixels of one value that touch at their sides. */
static size_t
regions(size_t h, size_t w)
{
    static size_t of[MOST * MOST];
    size_t n = 0;
    int changed = 1;

    for (size_t i = 0; i < h * w; i++)
        of[i] = i;
    while (changed) { /* the smallest pixel of each region spreads */
        changed = 0;
        for (size_t i = 0; i < h * w; i++)
            for (size_t k = 0; k < 2; k++) {
                size_t j = k ? i + w : i + 1;

                if ((k ? j >= h * w : j % w == 0) || label[i] != label[j] ||
                    of[i] == of[j])
                    continue;
                of[i] = of[j] = of[i] < of[j] ? of[i] : of[j];
                changed = 1;
            }
    }
    for (size_t i = 0; i < h * w; i++)
        n += of[i] == i;
    return n;
}

static void
test_random(void)
{
    int wrong = 0, number = 0;
    struct seg_err e;
    struct seg_polygons p;

    for (int i = 0; i < CASES; i++) {
        struct seg_rng r = seg_rng_make(1, "trace", "label", (uint64_t)i);
        size_t h = 1 + seg_rng_below(&r, MOST), w = 1 + seg_rng_below(&r, MOST);

        draw(h, w, i % 30, &r);
        seg_arena_reset(&arena);
        wrong += seg_polygon_trace(&p, &arena, label, h, w, name, &e) != 0 ||
                 paint(&p, i % 2) || memcmp(painted, label, h * w) != 0;
        number += p.n != regions(h, w);
    }
    ok(!wrong, "random labels are restored in any order (%d wrong)", wrong);
    ok(!number, "each region is one polygon (%d wrong)", number);
}

static void
test_rings(void)
{
    static const char image[] = "aaaaaaa"
                                "abbbbba"
                                "abaaaba"
                                "ababaca"
                                "abaaaba"
                                "abbbbba"
                                "aaaaaaa";
    struct seg_err e;
    struct seg_polygons p;
    const char *some[256] = {['b'] = "b"};
    size_t corners = 0;

    memcpy(label, image, 49);
    name['a'] = "a", name['b'] = "b", name['c'] = "c";
    ok(!seg_polygon_trace(&p, &arena, label, 7, 7, name, &e) && p.n == 5 &&
            !paint(&p, 0) && !memcmp(painted, label, 49),
        "a ring that is open at one pixel, a pixel inside, a pixel in the gap");
    for (size_t i = 0; i < p.n; i++)
        corners += p.polygon[i].n;
    ok(corners == 10 + 12 + 10 + 4 + 4, "only corners are listed (%zu)",
        corners);
    ok(!seg_polygon_trace(&p, &arena, label, 7, 7, some, &e) && p.n == 2 &&
            !paint(&p, 0) && painted[8] == 'b' && !painted[0],
        "regions without a name are left out");
}

static void
test_limit(void)
{
    struct seg_arena small = {.limit = 1000};
    struct seg_err e;
    struct seg_polygons p;

    ok(seg_polygon_trace(&p, &small, label, MOST, MOST, name, &e) == -1 &&
            e.kind == SEG_EMEM,
        "the limit of the memory is kept");
    seg_arena_free(&small);
}

int
main(void)
{
    name[1] = "\1", name[2] = "\2", name[3] = "\3";
    test_random();
    test_rings();
    test_limit();
    seg_arena_free(&arena);
    return done();
}
