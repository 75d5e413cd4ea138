#include "cmd/import/items.h"
#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "formats/image/image.h"
#include "formats/polygon/labelme.h"
#include "lib/dataset/pair.h"

static int
is_label_suffix(const char *suffix)
{
    return seg_image_has_suffix(suffix) || seg_labelme_has_suffix(suffix);
}

void
cli_read_items(struct seg_manifest *m, struct seg_arena *a,
    const struct cli_item_opts *opts, const char *path)
{
    char list[SEG_IMAGE_LIST], labels[SEG_IMAGE_LIST + 20];
    const struct seg_suffixes suffixes = {seg_image_has_suffix, list};
    const struct seg_suffixes label_suffixes = {is_label_suffix, labels};
    int alone = opts->labels_alone && !opts->images && opts->labels;
    const char *images = alone ? opts->labels : opts->images;
    const struct seg_pairing p = {
        images, opts->labels, opts->labeled, &suffixes, &label_suffixes};
    struct seg_err e;

    seg_image_suffixes(list, "or");
    snprintf(labels, sizeof labels, "%s or .json", list);
    if (!images && (opts->labels || opts->keys))
        cli_usage("--labels and --keys require --images");
    if (opts->labeled && !opts->labels)
        cli_usage("--only-labeled requires --labels");
    if (images && path)
        cli_usage("a manifest or --images, not both");
    if (opts->keys)
        cli_check(seg_manifest_pick(
                      m, a, &p, cli_read_text(a, opts->keys), opts->keys, &e),
            &e);
    else if (images)
        cli_check(seg_manifest_pair(m, a, &p, &e), &e);
    else
        cli_check(seg_manifest_parse(
                      m, a, cli_read_text(a, path), cli_text_name(path), &e),
            &e);
}
