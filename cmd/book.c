#include "cmd/book.h"
#include "cmd/cli.h"

static int
open_files(struct cli_book *b, struct seg_err *e)
{
    const struct seg_item *item = b->item;

    if (seg_images_open(&b->image, &b->arena, item->image, e))
        return -1;
    if (!item->label)
        return 0;
    if (seg_images_open(&b->label, &b->arena, item->label, e))
        return -1;
    if (b->image.n != b->label.n)
        return seg_fail(e, SEG_EDATA,
            "%s has %zu pages and its label %s has %zu", item->image,
            b->image.n, item->label, b->label.n);
    return 0;
}

void
cli_book_open(struct cli_book *b, const struct seg_item *item)
{
    seg_arena_reset(&b->arena);
    b->arena.limit = cli.mem_limit;
    b->item = item;
    b->status = open_files(b, &b->e);
}

static int
check_size(const struct seg_record *rec, const struct seg_item *item,
    struct seg_err *e)
{
    const struct seg_tensor *image = seg_record_find(rec, "image");
    const struct seg_tensor *label = seg_record_find(rec, "label");

    if (image->shape[0] == label->shape[0] &&
        image->shape[1] == label->shape[1])
        return 0;
    return seg_fail(e, SEG_EDATA,
        "%s is %zux%zu pixels and its label %s is %zux%zu", item->image,
        image->shape[1], image->shape[0], item->label, label->shape[1],
        label->shape[0]);
}

int
cli_book_read(struct seg_record *rec, const struct cli_book *b, size_t page,
    struct seg_err *e)
{
    const struct seg_image_opts picture = {SEG_IMAGE_PICTURE, cli.mem_limit};
    const struct seg_image_opts label = {SEG_IMAGE_LABEL, cli.mem_limit};
    const char *key = b->item->key;

    if (b->image.n > 1)
        key = seg_take_text(&rec->arena, e, "%s@%zu", key, page);
    if (!key || seg_record_set(rec, "seg.key", key, e) ||
        seg_images_read(rec, "image", &b->image, page, &picture, e))
        return -1;
    if (!b->item->label)
        return 0;
    if (seg_images_read(rec, "label", &b->label, page, &label, e))
        return -1;
    return check_size(rec, b->item, e);
}
