#include <string.h>

#include "formats/polygon/runs.h"

enum { GROUP = 5, GROUPS = 7, SIGN = 16, MORE = 32, FIRST = 48 };

int
seg_runs_check(const struct seg_runs *r, const char *where, struct seg_err *e)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < r->n; i++)
        sum += r->run[i];
    if (sum == (uint64_t)r->w * r->h)
        return 0;
    return seg_fail(e, SEG_EDATA, "%s: the runs do not fill %zux%zu pixels",
        where, r->w, r->h);
}

/* The next number of *text; -1 if it is not one. */
static int
parse_number(int64_t *value, const char **text)
{
    int group, bits = 0;

    *value = 0;
    do {
        group = *(*text)++ - FIRST;
        if (group < 0 || group >= 2 * MORE || bits == GROUP * GROUPS)
            return -1;
        *value |= (int64_t)(group % MORE) << bits;
        bits += GROUP;
    } while (group & MORE);
    if (group & SIGN)
        *value -= (int64_t)1 << bits;
    return 0;
}

int
seg_runs_parse_coco(struct seg_runs *r, struct seg_arena *a, const char *text,
    const char *where, struct seg_err *e)
{
    int64_t v;

    r->run = seg_take(a, strlen(text) + 1, sizeof *r->run, e);
    if (!r->run)
        return -1;
    for (r->n = 0; *text; r->n++) {
        if (parse_number(&v, &text))
            return seg_fail(
                e, SEG_EDATA, "%s: run %zu is not a number", where, r->n);
        if (r->n > 2)
            v += r->run[r->n - 2];
        if (v < 0 || v > UINT32_MAX)
            return seg_fail(e, SEG_EDATA, "%s: run %zu is not 0 to %u", where,
                r->n, UINT32_MAX);
        r->run[r->n] = (uint32_t)v;
    }
    return seg_runs_check(r, where, e);
}
