#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/subset/items.h"
#include "lib/dataset/key_group.h"
#include "lib/label/labelmap.h"
#include "lib/label/same_classes.h"

/* The key of the item that a record belongs to. */
static const char *
item_key(const struct seg_record *rec, struct cli_place *place,
    const struct cli_item_options *how)
{
    const char *key = seg_record_key(rec);
    size_t length = how->whole ? strcspn(key, "@") : strlen(key);
    struct seg_key_group group;

    if (how->block > 0) {
        *place = cli_place_of(rec);
        return cli_block_of(place, how->block);
    }
    if (how->group) {
        if (!seg_key_group_find(&group, how->group, key))
            cli_fail(SEG_EDATA, "%s: the key does not match --group %s",
                seg_record_name(rec), how->group);
        key = group.at;
        length = group.length;
    }
    return memcpy(cli_take(length + 1, 1), key, length);
}

void
cli_items_read(struct cli_items *all, struct seg_reader *in,
    const struct cli_item_options *how, struct seg_arena *a)
{
    struct seg_record rec = {0};
    struct seg_known_classes known = {.arena = a};
    struct seg_err e;
    int n = cli_index(in);

    *all = (struct cli_items){.n = n, .records = n};
    all->item = cli_take((size_t)n, sizeof *all->item);
    all->of = cli_take((size_t)n, sizeof *all->of);
    all->place = cli_take((size_t)n, sizeof *all->place);
    for (int i = 0; i < n; i++) {
        cli_check(seg_reader_at(in, (size_t)i, &rec, &e), &e);
        const char *key = seg_record_key(&rec);
        all->of[i] = i;
        all->item[i].key = item_key(&rec, all->place + i, how);
        if (!how->classes)
            continue;
        /* all items must number classes alike */
        cli_check(seg_known_classes_check(&known, &rec, key, &e), &e);
        cli_check(seg_presence_read(&all->item[i].has,
                      seg_record_find(&rec, "label"), SEG_IGNORE, key, &e),
            &e);
    }
    seg_record_free(&rec);
    if (how->whole || how->group || how->block > 0) {
        all->n = seg_subset_join(all->item, all->of, n, a, &e);
        cli_check(all->n, &e);
    }
}
