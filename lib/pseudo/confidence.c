#include <math.h>
#include <string.h>

#include "lib/pseudo/confidence.h"

enum { BITS = 11, ONE = 1 << 24 }; /* bits of a level after the highest one */

int
seg_confidence_level(float confidence)
{
    double c = confidence > 0 ? (double)confidence : 0;
    int m = (int)lrint((c < 1 ? 1 - c : 0) * ONE);
    int shift = 0;

    while (m >> shift >= 2 << BITS)
        shift++;
    return (shift << BITS) + (m >> shift);
}

double
seg_confidence_lowest(int level)
{
    int shift = level < 2 << BITS ? 0 : (level >> BITS) - 1;
    int most = ((level - (shift << BITS) + 1) << shift) - 1;

    return 1 - (double)(most < ONE ? most : ONE) / ONE;
}

int
seg_confidence_counts_add(struct seg_confidence_counts *c, const uint8_t *class,
    const float *confidence, size_t n, struct seg_err *e)
{
    for (size_t i = 0; i < n; i++) {
        int k = class[i];

        if (k >= SEG_CONFIDENCE_CLASSES)
            continue;
        if (!c->level[k])
            c->level[k] = seg_take(
                c->arena, SEG_CONFIDENCE_LEVELS, sizeof *c->level[k], e);
        if (!c->level[k])
            return -1;
        c->level[k][seg_confidence_level(confidence[i])]++;
        c->pixels[k]++;
    }
    return 0;
}

int
seg_confidence_limit(
    const struct seg_confidence_counts *c, int class, double share)
{
    /* 0.07 * 100 is above 7 in binary, and means 7 pixels */
    double wanted = ceil(share * (double)c->pixels[class] * (1 - 1e-12));
    uint64_t seen = 0;
    int level = -1;

    while ((double)seen < wanted && level + 1 < SEG_CONFIDENCE_LEVELS)
        seen += c->level[class][++level];
    return level;
}

void
seg_confidence_counts_clear(struct seg_confidence_counts *c)
{
    for (int k = 0; k < SEG_CONFIDENCE_CLASSES; k++) {
        if (c->pixels[k])
            memset(c->level[k], 0, SEG_CONFIDENCE_LEVELS * sizeof *c->level[k]);
        c->pixels[k] = 0;
    }
}
