#include "lib/dataset/balance.h"
#include "lib/base/rng.h"

int
seg_balance_init(struct seg_balance *b, const struct seg_presence *has, int n,
    struct seg_arena *a, struct seg_err *e)
{
    *b = (struct seg_balance){0};
    for (int c = 0; c < 256; c++) {
        int k = b->classes, items = 0;

        for (int i = 0; i < n; i++)
            items += seg_presence_has(has + i, c);
        if (!items)
            continue;
        b->class[k] = c;
        b->item[k] = seg_take(a, (size_t)items, sizeof **b->item, e);
        if (!b->item[k])
            return -1;
        for (int i = 0; i < n; i++)
            if (seg_presence_has(has + i, c))
                b->item[k][b->items[k]++] = i;
        b->classes++;
    }
    return b->classes ? 0
                      : seg_fail(e, SEG_EDATA, "no item has a labeled pixel");
}

void
seg_balance_draw(int *class, int *item, const struct seg_balance *b,
    uint64_t seed, uint64_t draw)
{
    struct seg_rng r = seg_rng_make(seed, NULL, "sample.balance", draw);
    int k = (int)seg_rng_below(&r, (uint64_t)b->classes);

    *class = b->class[k];
    *item = b->item[k][seg_rng_below(&r, (uint64_t)b->items[k])];
}
