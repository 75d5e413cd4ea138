#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "cmd/import/items.h"
#include "formats/image/image.h"
#include "formats/polygon/labelme.h"
#include "lib/dataset/pair.h"

static int
is_label_suffix(const char *suffix)
{
    return seg_image_has_suffix(suffix) || seg_labelme_has_suffix(suffix);
}

static int
is_xml(const char *path)
{
    size_t n = strlen(path);

    return n > 4 && !strcasecmp(path + n - 4, ".xml");
}

/* 1 if --labels is one file with the annotations of all images. */
static int
is_annotations(const char *path)
{
    struct stat s;

    return path && (seg_labelme_has_suffix(path) || is_xml(path)) &&
           !stat(path, &s) && !S_ISDIR(s.st_mode);
}

static const struct seg_annotations *
read_annotations(struct seg_arena *a, const char *path)
{
    struct seg_annotations *s = cli_take(1, sizeof *s);
    struct seg_err e;

    cli_check(is_xml(path) ? seg_cvat_read(s, a, path, cli.mem_limit, &e)
                           : seg_coco_read(s, a, path, cli.mem_limit / 30, &e),
        &e);
    return s;
}

/* Gives the label `path` to images that the file annotates.  The others are
   left out, or an error. */
static void
annotate(struct seg_manifest *m, const struct seg_annotations *s,
    const char *path, int labeled)
{
    size_t n = 0;

    for (size_t i = 0; i < m->n; i++) {
        struct seg_item item = m->item[i];

        if (seg_annotations_find(s, item.image))
            m->item[n++] = (struct seg_item){item.key, item.image, path};
        else if (!labeled)
            cli_fail(SEG_EDATA, "%s: no image %s", path, item.image);
    }
    if (!n)
        cli_fail(SEG_EDATA, "%s: none of the %zu images", path, m->n);
    m->n = n;
}

void
cli_read_items(struct seg_manifest *m, struct seg_arena *a,
    const struct cli_item_opts *opts, struct cli_source_opts *source,
    const char *path)
{
    int annotated = is_annotations(opts->labels);
    char list[SEG_IMAGE_LIST], labels[SEG_IMAGE_LIST + 20];
    const struct seg_suffixes suffixes = {seg_image_has_suffix, list};
    const struct seg_suffixes label_suffixes = {is_label_suffix, labels};
    int alone = opts->labels_alone && !opts->images && opts->labels;
    const char *images = alone ? opts->labels : opts->images;
    const struct seg_pairing p = {images, annotated ? NULL : opts->labels,
        opts->labeled, alone ? &label_suffixes : &suffixes, &label_suffixes};
    struct seg_err e;

    seg_image_suffixes(list, "or");
    snprintf(labels, sizeof labels, "%s or .json", list);
    if (!images && (opts->labels || opts->keys))
        cli_usage("--labels and --keys require --images");
    if (opts->labeled && !opts->labels)
        cli_usage("--only-labeled requires --labels");
    if (images && path)
        cli_usage("a manifest or --images, not both");
    if (annotated)
        source->annotations = read_annotations(a, opts->labels);
    *m = (struct seg_manifest){NULL, 0, 0};
    if (annotated && alone)
        return;
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
    if (annotated)
        annotate(m, source->annotations, opts->labels, opts->labeled);
}
