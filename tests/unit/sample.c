/* Patches: their positions and contents, and full coverage by tiles. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/dataset/balance.h"
#include "lib/dataset/sample.h"
#include "lib/label/labelmap.h"
#include "tests/unit/tap.h"

enum { H = 40, W = 60 };

static struct seg_err e;

static struct seg_sample
settings(int w, int h)
{
    return (struct seg_sample){.w = w,
        .h = h,
        .stride = {w, h},
        .scale = {1, 1},
        .max_share = 1,
        .seed = 7};
}

/* An image whose pixels encode their position: bands x, y and x + y. */
static void
make_image(struct seg_record *r, const char *key)
{
    size_t shape[] = {H, W, 3};

    seg_record_clear(r);
    if (seg_record_set(r, "seg.key", key, &e) ||
        seg_record_set(r, "other", "kept", &e) ||
        !seg_record_add(r, "image", SEG_U8, 3, shape, &e) ||
        !seg_record_add(r, "label", SEG_U8, 2, shape, &e) ||
        !seg_record_add(r, "depth", SEG_F32, 3, shape, &e))
        return;
    uint8_t *x = seg_record_find(r, "image")->data;
    uint8_t *y = seg_record_find(r, "label")->data;
    float *d = seg_record_find(r, "depth")->data;
    for (int i = 0; i < H * W; i++) {
        x[3 * i] = (uint8_t)(i % W);
        x[3 * i + 1] = (uint8_t)(i / W);
        x[3 * i + 2] = (uint8_t)(i % W + i / W);
        y[i] = (uint8_t)(i % W < 50 ? 0 : i / W < 38 ? 1 : 2);
        for (int b = 0; b < 3; b++)
            d[3 * i + b] = x[3 * i + b];
    }
}

/* 1 if pixel (y, x) of a patch that is not resized is that pixel of the
   window. */
static int
right_pixel(const struct seg_record *out, const struct seg_window *win, int y,
    int x, int h, int w)
{
    int from_y = win->y + (win->flip_y ? h - 1 - y : y);
    int from_x = win->x + (win->flip_x ? w - 1 - x : x);
    const uint8_t *p = seg_record_find(out, "image")->data;
    const float *d = seg_record_find(out, "depth")->data;
    const uint8_t *l = seg_record_find(out, "label")->data;
    size_t at = (size_t)(y * w + x);

    if (from_y < 0 || from_y >= H || from_x < 0 || from_x >= W)
        return l[at] == SEG_IGNORE;
    return p[3 * at] == from_x && p[3 * at + 1] == from_y &&
           d[3 * at] == (float)from_x &&
           l[at] == (from_x < 50      ? 0
                        : from_y < 38 ? 1
                                      : 2);
}

static int
right_patch(
    const struct seg_record *out, const struct seg_window *win, int h, int w)
{
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            if (!right_pixel(out, win, y, x, h, w))
                return 0;
    return 1;
}

static void
test_cut(void)
{
    struct seg_sample s = settings(17, 13);
    struct seg_record in = {0}, out = {0};
    struct seg_window win;
    int exact = 1, flips[2] = {0}, padded = 1;
    char key[40];

    s.flip_x = s.flip_y = 1;
    make_image(&in, "a");
    for (uint64_t i = 0; i < 400; i++) {
        exact &= !seg_sample_window(&win, &in, &s, -1, i, &e) &&
                 !seg_sample_cut(&out, &in, &win, &s, &e) &&
                 right_patch(&out, &win, 13, 17);
        flips[0] += win.flip_x;
        flips[1] += win.flip_y;
    }
    ok(exact, "patches are the image at their place, flips included");
    ok(flips[0] > 150 && flips[0] < 250 && flips[1] > 150 && flips[1] < 250,
        "half of them are mirrored, either way");
    snprintf(key, sizeof key, "a@%d,%d", win.y, win.x);
    ok(!strcmp(seg_record_key(&out), key) &&
            !strcmp(seg_record_meta(&out, "other"), "kept"),
        "the key says where; other metadata stay");
    s = settings(80, 64);
    for (uint64_t i = 0; i < 50; i++)
        padded &= !seg_sample_window(&win, &in, &s, -1, i, &e) &&
                  !seg_sample_cut(&out, &in, &win, &s, &e) &&
                  right_patch(&out, &win, 64, 80) && win.y <= 0 &&
                  win.y + 64 >= H;
    ok(padded, "larger than the image: all of it, the rest ignored");
    const uint8_t *p = seg_record_find(&out, "image")->data;
    const uint8_t *l = seg_record_find(&out, "label")->data;
    int at = 0;
    while (l[at] != SEG_IGNORE)
        at++;
    ok(p[3 * at] == 29 && p[3 * at + 1] == 19, "and of the image's mean");
    seg_record_free(&in);
    seg_record_free(&out);
}

static void
test_scale(void)
{
    struct seg_sample s = settings(20, 20);
    struct seg_record in = {0}, out = {0};
    struct seg_window win;
    int range = 1, sizes = 0, near = 1, labels = 1;

    s.scale[0] = 0.5;
    s.scale[1] = 2;
    make_image(&in, "a");
    for (uint64_t i = 0; i < 300; i++) {
        range &= !seg_sample_window(&win, &in, &s, -1, i, &e) &&
                 !seg_sample_cut(&out, &in, &win, &s, &e) && win.h >= 10 &&
                 win.h <= 40 && win.h == win.w;
        sizes += win.h < 20;
        const float *d = seg_record_find(&out, "depth")->data;
        const uint8_t *l = seg_record_find(&out, "label")->data;
        /* the bands are linear: a pixel's value is the position of its center,
           up to the error of the sampled triangle filter when shrinking */
        for (int y = 2; y < 18; y++)
            for (int x = 2; x < 18; x++) {
                double to = win.x + (x + 0.5) * win.w / 20 - 0.5;

                if (to > 2 && to < W - 3)
                    near &= fabs((double)d[3 * (20 * y + x)] - to) <
                            (win.w > 20 ? 0.1 : 1e-3);
                labels &= (l[20 * y + x] == 0) == ((int)(to + 0.5) < 50);
            }
    }
    ok(range, "windows have sizes of the range");
    ok(sizes > 110 && sizes < 190, "half of them on either side of 1");
    ok(near, "values are those of the place");
    ok(labels, "labels are those of the nearest pixel");
    seg_record_free(&in);
    seg_record_free(&out);
}

static void
test_draws(void)
{
    struct seg_sample s = settings(16, 16);
    struct seg_record in = {0};
    struct seg_window one, two;
    int place = 0, seeds = 0;

    for (uint64_t i = 0; i < 20; i++) {
        make_image(&in, "a");
        if (seg_sample_window(&one, &in, &s, -1, i, &e))
            break;
        make_image(&in, "b");
        if (seg_sample_window(&two, &in, &s, -1, i, &e))
            break;
        place += one.x != two.x || one.y != two.y;
        s.seed++;
        if (seg_sample_window(&one, &in, &s, -1, i, &e))
            break;
        s.seed--;
        seeds += one.x != two.x || one.y != two.y;
    }
    ok(place > 15 && seeds > 15, "key and seed have their say");
    seg_record_free(&in);
}

/* The fraction of the window's labeled pixels that belong to its largest
   class. */
static double
top_share(const struct seg_record *in, const struct seg_window *win)
{
    const uint8_t *l = seg_record_find(in, "label")->data;
    int n[3] = {0}, top;

    for (int y = win->y; y < win->y + win->h; y++)
        for (int x = win->x; x < win->x + win->w; x++)
            n[l[y * W + x]]++;
    top = n[0] > n[1] ? n[0] : n[1];
    return (double)top / (win->h * win->w);
}

static void
test_cap(void)
{
    struct seg_sample s = settings(16, 16);
    struct seg_record in = {0};
    struct seg_window win;
    int over[2] = {0};

    make_image(&in, "a");
    for (int capped = 0; capped < 2; capped++) {
        s.max_share = capped ? 0.75 : 1;
        for (uint64_t i = 0; i < 1000; i++)
            over[capped] += seg_sample_window(&win, &in, &s, -1, i, &e) ||
                            top_share(&in, &win) >= 0.75;
    }
    /* a draw exceeds the limit with probability p; ten draws with p^10 */
    double p = over[0] / 1000.0, want = 1000 * pow(p, 10);
    ok(p > 0.5 && fabs(over[1] - want) < 4 * sqrt(want) + 1,
        "ten tries against patches of one class: %d of 1000, then %d, "
        "expected %.0f",
        over[0], over[1], want);
    seg_record_free(&in);
}

static void
test_balance(void)
{
    struct seg_presence has[3] = {{{1}}, {{3}}, {{6}}};
    struct seg_sample s = settings(8, 8);
    struct seg_balance b;
    struct seg_record in = {0};
    struct seg_window win;
    struct seg_arena a = {0};
    int classes[3] = {0}, items[3] = {0}, held = 1;

    ok(!seg_balance_init(&b, has, 3, &a, &e), "balance");
    for (uint64_t i = 0; i < 3000; i++) {
        int class, item;

        seg_balance_draw(&class, &item, &b, 1, i);
        classes[class]++;
        items[item]++;
        held &= seg_presence_has(has + item, class);
    }
    ok(held, "an item drawn has the class");
    ok(classes[0] > 900 && classes[1] > 900 && classes[2] > 900,
        "classes are drawn alike");
    ok(items[0] > 400 && items[0] < 600 && items[2] > 1400, "then items");
    make_image(&in, "a");
    held = 1;
    for (uint64_t i = 0; i < 200; i++) {
        held &= !seg_sample_window(&win, &in, &s, 2, i, &e) && win.x >= 0 &&
                win.x + 8 <= W && win.y >= 0 && win.y + 8 <= H &&
                win.x + 8 > 50 && win.y + 8 > 38;
    }
    ok(held, "windows of a class hold it and stay in the image");
    ok(seg_sample_window(&win, &in, &s, 5, 0, &e) && e.kind == SEG_EDATA,
        "a class that is not there is bad data");
    has[0] = has[1] = has[2] = (struct seg_presence){{0}};
    ok(seg_balance_init(&b, has, 3, &a, &e) && e.kind == SEG_EDATA,
        "so is a dataset without labels");
    seg_record_free(&in);
    seg_arena_free(&a);
}

static void
test_grid(void)
{
    int covered = 1, within = 1;

    for (int w = 5; w < 30; w += 4)
        for (int stride = 1; stride <= w; stride += 3) {
            struct seg_sample s = settings(w, 12);
            char seen[H][W] = {{0}};

            s.stride[0] = stride;
            s.stride[1] = 7;
            for (size_t i = 0; i < seg_sample_tiles(&s, H, W); i++) {
                struct seg_window t = seg_sample_tile(&s, H, W, i);

                within &= t.x >= 0 && t.x + w <= W && t.y >= 0 && t.y + 12 <= H;
                for (int y = t.y; y < t.y + 12; y++)
                    memset(&seen[y][t.x], 1, (size_t)w);
            }
            covered &= !memchr(seen, 0, sizeof seen);
        }
    ok(covered, "tiles cover every pixel");
    ok(within, "and stay within the image");
    struct seg_sample s = settings(100, 20);
    struct seg_window t = seg_sample_tile(&s, H, W, 1);
    ok(seg_sample_tiles(&s, H, W) == 2 && t.x == 0 && t.y == 20,
        "a tile wider than the image starts with it");
}

static void
test_epochs(void)
{
    int order[50], fair = 1, same = 1, differ = 0, other[50];
    uint64_t epoch = UINT64_MAX, back = UINT64_MAX;

    for (uint64_t i = 0; i < 10; i++) {
        int count[50] = {0};

        for (uint64_t k = 0; k < 50; k++)
            count[seg_sample_item(order, 50, &epoch, 3, 50 * i + k)]++;
        for (int k = 0; k < 50; k++)
            fair &= count[k] == 1;
        differ += seg_sample_item(other, 50, &back, 3, 0) != order[0];
        same &= seg_sample_item(other, 50, &back, 3, 50 * i + 17) == order[17];
    }
    ok(fair, "an epoch has every item once");
    ok(same, "patch i has one item, wherever one starts");
    ok(differ > 5, "epochs differ");
}

static void
test_bad(void)
{
    struct seg_sample s = settings(8, 8);
    struct seg_record in = {0}, out = {0};
    struct seg_window win;
    size_t shape[] = {9, 9};

    ok(seg_sample_window(&win, &in, &s, -1, 0, &e) && e.kind == SEG_EDATA,
        "neither image nor label");
    make_image(&in, "a");
    s.max_share = 0.5;
    ok(seg_record_add(&in, "label", SEG_U8, 2, shape, &e) &&
            seg_sample_window(&win, &in, &s, -1, 0, &e) && e.kind == SEG_EDATA,
        "a label of another size: %s", e.text);
    s.max_share = 1;
    ok(!seg_sample_window(&win, &in, &s, -1, 0, &e) &&
            !seg_sample_cut(&out, &in, &win, &s, &e) &&
            !seg_record_find(&out, "label") && seg_record_find(&out, "depth"),
        "which without need of it is left out");
    seg_record_free(&in);
    seg_record_free(&out);
}

/* seg.window as written by a cut can be parsed; other texts cannot. */
static void
test_text(void)
{
    static const char *const bad[] = {"", "1,2,3", "1,2,3,4 ", "1,2,3,4,5",
        "1,2,0,4", "1,2,3,-4", "1,2,3,4 flip", "1,2,3,4 flip z",
        "1,2,3,4 flip xyx", "1,2,3,4 rotate 90", "1,2,3,4 angle 7.00 flip x",
        "1,2,3,4 flip x ", "1,2,3,1048577", "-1048577,2,3,4",
        "1,2147483648,3,4"};
    struct seg_sample s = settings(4, 4);
    struct seg_record in = {0}, out = {0};
    struct seg_window win;
    int good = 1;

    make_image(&in, "a");
    for (int flip = 0; flip < 4; flip++) {
        const struct seg_window want = {.y = -2,
            .x = 3,
            .h = 5,
            .w = 4,
            .flip_x = flip & 1,
            .flip_y = flip >> 1};

        good &= !seg_sample_cut(&out, &in, &want, &s, &e) &&
                !seg_window_parse(&win, seg_record_meta(&out, "seg.window")) &&
                !memcmp(&win, &want, sizeof win);
    }
    ok(good, "seg.window is what it was: %s",
        seg_record_meta(&out, "seg.window"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ok(seg_window_parse(&win, bad[i]), "no window: '%s'", bad[i]);
    seg_record_free(&in);
    seg_record_free(&out);
}

int
main(void)
{
    test_cut();
    test_text();
    test_scale();
    test_draws();
    test_cap();
    test_balance();
    test_grid();
    test_epochs();
    test_bad();
    return done();
}
