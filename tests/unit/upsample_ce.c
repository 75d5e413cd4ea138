/* Fused upsampling and cross-entropy against the naive twin. */

#include "lib/kernel/upsample_ce.h"
#include "tests/unit/kernels.h"

enum { LOW = 2 * 8 * 8 * 40, HIGH = 2 * 40 * 40 };

struct shape {
    int n, h, w, c, H, W, all_h, all_w;
};

static const struct shape shapes[] = {
    {1, 1, 1, 2, 1, 1, 0, 0}, {1, 1, 1, 3, 4, 5, 0, 0},
    {2, 4, 5, 21, 16, 20, 0, 0}, {1, 5, 4, 16, 33, 25, 0, 0},
    {2, 7, 3, 40, 7, 3, 0, 0}, {1, 8, 8, 5, 5, 3, 0, 0},
    {2, 3, 6, 17, 10, 37, 0, 0}, {2, 5, 7, 21, 5, 7, 0, 0},
    {1, 2, 33, 9, 2, 33, 0, 0}, {1, 3, 16, 32, 3, 16, 0, 0},
    {2, 3, 2, 5, 10, 7, 12, 8}, /* labels: the upper left part */
    {1, 4, 5, 3, 4, 5, 16, 20},
    {1, 4, 20, 6, 2, 17, 4, 20}, /* without enlargement */
};

static float
value_at(int i)
{
    return (float)((i * 2654435761u >> 11 & 2047) / 256.0 - 4);
}

static double
fused(float *dx, const float *x, const uint8_t *y,
    const struct seg_upsample_ce *q, const struct shape *s, int threads)
{
    size_t size =
        seg_upsample_ce_scratch(s->n, s->h, s->w, s->c, s->H, s->W, threads);
    void *scratch = aligned_alloc(64, size);
    double value;

    memset(scratch, 0x7f, size);
    value = seg_upsample_ce(
        dx, x, y, q, s->n, s->h, s->w, s->c, s->H, s->W, threads, scratch);
    free(scratch);
    return value;
}

static void
compare(
    const struct shape *s, const struct seg_upsample_ce *q, const char *name)
{
    static float x[LOW], dx[3][LOW];
    static double slow[LOW];
    static uint8_t y[HIGH];
    double value[3], n, top = 0, bad = 0;
    int same = 1;

    memset(dx, 0xff, sizeof dx);
    for (int i = 0; i < LOW; i++)
        x[i] = value_at(i);
    for (int i = 0; i < s->n * s->H * s->W; i++)
        y[i] = i % 5 == 1 ? 255 : (uint8_t)(i * 7 % s->c);
    n = seg_upsample_ce_naive(
        slow, x, y, q, s->n, s->h, s->w, s->c, s->H, s->W);
    for (int t = 0; t < 3; t++) {
        value[t] = fused(dx[t], x, y, q, s, t + 1);
        same &= value[t] == value[0] && !memcmp(dx[t], dx[0], sizeof dx[0]);
    }
    for (int i = 0; i < s->n * s->h * s->w * s->c; i++) {
        double gap = fabs(slow[i] - dx[0][i]);

        top = fmax(top, fabs(slow[i]));
        bad = gap <= bad ? bad : gap; /* NaN, an element not written, stays */
    }
    ok(fabs(value[0] - n) < 1e-6, "%s (%.1e)", name,
        (double)(fabs(value[0] - n)));
    ok(bad <= 3e-6 * top, "%s: gradient (%.1e)", name, bad);
    ok(same, "%s: same bits for 1, 2, 3 threads", name);
    ok(fused(NULL, x, y, q, s, 2) == value[0], "%s: value alone", name);
}

static void
nothing_valid(void)
{
    struct shape s = {1, 2, 2, 3, 4, 4, 0, 0};
    float x[12] = {1}, dx[12] = {0}, sum = 0, none[3] = {0};
    struct seg_upsample_ce q = {.ignore = 255};
    uint8_t y[16];

    for (int i = 0; i < 16; i++)
        y[i] = i % 2 ? 255 : 7;
    ok(fused(dx, x, y, &q, &s, 2) == 0, "%s (%.1e)",
        "all ignored or out of range", 0.0);
    memset(y, 0, sizeof y);
    q.weight = none;
    ok(fused(dx, x, y, &q, &s, 2) == 0, "%s (%.1e)", "all weights 0", 0.0);
    for (int i = 0; i < 12; i++)
        sum += fabsf(dx[i]);
    ok(sum == 0, "%s (%.1e)", "zero gradient", (double)sum);
}

int
main(void)
{
    float weight[40];
    char name[80];

    for (int i = 0; i < 40; i++)
        weight[i] = i % 4 ? .25f * (float)(i % 7) : 1;
    FOR_LEVELS(l)
    {
        printf("# level %s\n", seg_cpu_name(seg_cpu_level()));
        for (int v = 0; v < 8; v++)
            for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
                const struct shape *s = shapes + i;
                struct seg_upsample_ce q = {v & 1, 255, v & 2 ? weight : NULL,
                    s->all_h, s->all_w, v & 4 ? 0.25f : 0};

                snprintf(name, sizeof name, "%dx%d to %dx%d, %d classes%s%s%s",
                    s->h, s->w, s->H, s->W, s->c, v & 1 ? ", aligned" : "",
                    v & 2 ? ", weighted" : "", v & 4 ? ", smoothed" : "");
                compare(s, &q, name);
            }
    }
    nothing_valid();
    return done();
}
