/* Polygons to label images: against a test of each pixel by itself, on random
   polygons; two halves of a polygon; the limit of steps. */
#include <string.h>

#include "lib/base/rng.h"
#include "lib/label/polygon_fill.h"
#include "tests/unit/tap.h"

enum { CASES = 400, W = 23, H = 17, MOST = 12 };

/* 1 if a ray from the center of pixel (x, y) to the left crosses an odd number
   of edges. */
static int
inside(const struct seg_polygon *p, int x, int y)
{
    double cx = x + 0.5, cy = y + 0.5;
    int n = 0;

    for (size_t i = 0; i < p->n; i++) {
        const double *a = p->xy[i], *b = p->xy[(i + 1) % p->n];

        if ((a[1] <= cy) != (b[1] <= cy))
            n += a[0] + (cy - a[1]) * (b[0] - a[0]) / (b[1] - a[1]) <= cx;
    }
    return n % 2;
}

/* Points inside and outside of the image, every second case on a grid of half
   pixels: on centers and corners. */
static void
draw(struct seg_polygon *p, int number)
{
    struct seg_rng r = seg_rng_make(1, "polygon", "points", (uint64_t)number);

    p->n = 3 + seg_rng_below(&r, MOST - 2);
    for (size_t i = 0; i < p->n; i++)
        for (int k = 0; k < 2; k++) {
            p->xy[i][k] = seg_rng_range(&r, -5, (k ? H : W) + 5);
            if (number % 2)
                p->xy[i][k] = (double)(int)(2 * p->xy[i][k]) / 2;
        }
}

int
main(void)
{
    double xy[MOST][2], half[3][2];
    struct seg_polygon p = {.xy = xy}, q = {.n = 3, .xy = half};
    uint8_t label[H][W], crossing[H][W + 1] = {{0}}, zero[H][W + 1] = {{0}};
    int wrong = 0, covered = 0, twice = 0, gaps = 0, kept = 0;

    for (int i = 0; i < CASES; i++) {
        int64_t steps = 1 << 20;

        draw(&p, i);
        memset(label, 9, sizeof label);
        if (seg_polygon_fill(label[0], crossing[0], W, H, &p, 4, &steps))
            wrong++;
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) {
                wrong += label[y][x] != (inside(&p, x, y) ? 4 : 9);
                covered += label[y][x] == 4;
            }
        kept += memcmp(crossing, zero, sizeof zero) != 0;
    }
    ok(!wrong && covered > CASES * 20, "random polygons agree with each pixel");
    ok(!kept, "the work space is zero again");

    for (int i = 0; i < CASES; i++) { /* an image cut in four */
        struct seg_rng r = seg_rng_make(1, "polygon", "cut", (uint64_t)i);
        double x = seg_rng_range(&r, 0, W), y = seg_rng_range(&r, 0, H);
        const double corner[3][2] = {{0, 0}, {W, 0}, {W, H}};
        uint8_t sum[W * H] = {0};
        int64_t steps = 1 << 20;

        for (int k = 0; k < 4; k++) { /* four triangles around (x, y) */
            const double end[2] = {0, H};

            memcpy(half[0], k < 3 ? corner[k] : end, sizeof *half);
            memcpy(half[1],
                k < 2    ? corner[k + 1]
                : k == 2 ? end
                         : corner[0],
                sizeof *half);
            half[2][0] = x;
            half[2][1] = y;
            memset(label, 0, sizeof label);
            wrong += seg_polygon_fill(
                         label[0], crossing[0], W, H, &q, 1, &steps) != 0;
            for (int j = 0; j < W * H; j++)
                sum[j] = (uint8_t)(sum[j] + label[j / W][j % W]);
        }
        for (int j = 0; j < W * H; j++) {
            gaps += sum[j] == 0;
            twice += sum[j] > 1;
        }
    }
    ok(!wrong && !gaps && !twice,
        "neighbors neither overlap nor leave a gap (%d, %d)", twice, gaps);
    int64_t few = 20;
    ok(seg_polygon_fill(label[0], crossing[0], W, H, &p, 1, &few) == -1,
        "the limit of steps is kept");
    return done();
}
