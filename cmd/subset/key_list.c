#include <stdlib.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "cmd/subset/key_list.h"
#include "lib/base/text.h"

static int
by_key(const void *a, const void *b)
{
    const struct seg_subset_item *const *x = a, *const *y = b;

    return strcmp((*x)->key, (*y)->key);
}

void
cli_mark_keys(
    char *taken, const struct seg_subset_item *item, int n, const char *path)
{
    struct seg_arena arena = {0};
    const struct seg_subset_item **sorted = cli_take((size_t)n, sizeof *sorted);
    char *text = cli_read_text(&arena, path);
    struct seg_subset_item wanted;
    int keys = 0;
    const struct seg_subset_item *want = &wanted;

    for (int i = 0; i < n; i++)
        sorted[i] = item + i;
    qsort(sorted, (size_t)n, sizeof *sorted, by_key);
    for (int line = 1; (wanted.key = seg_text_line(&text)); line++) {
        if (!*wanted.key)
            continue;
        keys++;
        const struct seg_subset_item **hit =
            bsearch(&want, sorted, (size_t)n, sizeof *sorted, by_key);
        if (!hit)
            cli_fail(SEG_EDATA, "%s:%d: %s is not in the input", path, line,
                wanted.key);
        while (hit > sorted && !strcmp(hit[-1]->key, wanted.key))
            hit--;
        for (; hit < sorted + n && !strcmp((*hit)->key, wanted.key); hit++)
            taken[*hit - item] = 1;
    }
    if (!keys)
        cli_fail(SEG_EDATA, "%s: no keys in the list", path);
    seg_arena_free(&arena);
}
