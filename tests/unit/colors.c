/* Default colors of classes: far enough apart to be distinguished. */
#include <math.h>

#include "lib/label/labelmap.h"
#include "tests/unit/tap.h"

struct lab {
    double l, a, b;
};

static double
linear(int byte)
{
    double c = byte / 255.;

    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* sRGB to OKLab (Ottosson 2020) */
static struct lab
oklab(const uint8_t rgb[3])
{
    double r = linear(rgb[0]), g = linear(rgb[1]), b = linear(rgb[2]);
    double l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    double m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    double s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);

    return (struct lab){0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

static double
distance(const uint8_t one[3], const uint8_t other[3])
{
    struct lab p = oklab(one), q = oklab(other);

    return sqrt((p.l - q.l) * (p.l - q.l) + (p.a - q.a) * (p.a - q.a) +
                (p.b - q.b) * (p.b - q.b));
}

/* The smallest distance from a color i, first <= i < n, to an earlier one. */
static double
least(int first, int n)
{
    double d = 9;
    uint8_t a[3], b[3];

    for (int i = first; i < n; i++)
        for (int k = 0; k < i; k++) {
            seg_color_cycle(a, i);
            seg_color_cycle(b, k);
            d = fmin(d, distance(a, b));
        }
    return d;
}

static double
least_from(const uint8_t rgb[3], int n)
{
    double d = 9;
    uint8_t c[3];

    for (int i = 0; i < n; i++) {
        seg_color_cycle(c, i);
        d = fmin(d, distance(c, rgb));
    }
    return d;
}

int
main(void)
{
    static const uint8_t white[3] = {255, 255, 255}, black[3] = {0, 0, 0};
    static const uint8_t red[3] = {255, 0, 0};
    struct lab p = oklab(red);
    uint8_t c[3];

    ok(fabs(p.l - 0.62796) < 1e-4 && fabs(p.a - 0.22486) < 1e-4 &&
            fabs(p.b - 0.12585) < 1e-4,
        "OKLab of red is what its author says");
    seg_color_cycle(c, 0);
    ok(c[0] == 31 && c[1] == 119 && c[2] == 180, "the first color stays");
    seg_color_cycle(c, 19);
    ok(c[0] == 156 && c[1] == 158 && c[2] == 222, "the twentieth as well");
    ok(least(1, 20) > 0.045, "20 colors are %.3f apart", least(1, 20));
    ok(least(20, 64) > 0.1, "each further one of 64 is %.3f from all before",
        least(20, 64));
    ok(least(20, SEG_CLASSES) > 0.056, "each one of 255 is %.3f",
        least(20, SEG_CLASSES));
    ok(least_from(black, SEG_CLASSES) > 0.2 && least_from(white, 64) > 0.1,
        "none is nearly black, and none of 64 nearly white");
    return done();
}
