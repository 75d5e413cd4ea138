#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/dataset/pair.h"
#include "lib/dataset/pattern.h"

/* The files of one pattern. */
struct files {
    const char *pattern; /* NULL: none */
    const struct seg_suffixes *suffixes;
    struct seg_manifest list; /* sorted by key */
};

/* The images and labels of a pairing. */
struct both {
    struct files image, label;
    size_t missing;            /* number of images without label */
    const char *first_missing; /* the key of the first of them */
};

static int
list_both(struct both *b, struct seg_arena *a, const struct seg_pairing *p,
    struct seg_err *e)
{
    *b = (struct both){.image = {p->images, p->suffixes, {NULL, 0, 0}},
        .label = {p->labels, p->label_suffixes, {NULL, 0, 0}}};
    if (seg_pattern_files(&b->image.list, a, p->images, p->suffixes, e))
        return -1;
    return p->labels ? seg_pattern_files(
                           &b->label.list, a, p->labels, p->label_suffixes, e)
                     : 0;
}

static int
by_key(const void *a, const void *b)
{
    const struct seg_item *x = a, *y = b;

    return strcmp(x->key, y->key);
}

/* A file with this key, or NULL. */
static const struct seg_item *
find(const struct files *f, const char *key)
{
    struct seg_item wanted = {key, NULL, NULL};
    const struct seg_manifest *m = &f->list;

    return m->n ? bsearch(&wanted, m->item, m->n, sizeof wanted, by_key) : NULL;
}

/* Fails if another file has the key of i. */
static int
check_only(const struct files *f, const struct seg_item *i, struct seg_err *e)
{
    const struct seg_item *first = f->list.item, *other = NULL;

    if (i > first && !strcmp(i[-1].key, i->key))
        other = i - 1;
    else if (i + 1 < first + f->list.n && !strcmp(i[1].key, i->key))
        other = i + 1;
    if (!other)
        return 0;
    return seg_fail(e, SEG_EDATA, "%s: more than one image of this name: %s",
        other < i ? other->image : i->image,
        other < i ? i->image : other->image);
}

/* The file of key is missing.  Others may be missing too: n of `all` files of
   the kind `what`, for example "images without label". */
static int
fail_missing(const struct files *f, const char *key, size_t n, size_t all,
    const char *what, struct seg_err *e)
{
    int pattern = strchr(f->pattern, '*') != NULL;
    char others[100] = "";

    if (n)
        snprintf(others, sizeof others, "; %zu of %zu %s", n, all, what);
    return seg_fail(e, SEG_ENOINPUT, "%s: no image %s%s%s", f->pattern, key,
        pattern ? "" : f->suffixes->list, others);
}

/* Adds the item of a key; an image without label is only counted. */
static int
add_pair(struct seg_manifest *m, struct seg_arena *a, const char *key,
    struct both *b, struct seg_err *e)
{
    const struct seg_item *image = find(&b->image, key);
    const struct seg_item *label = find(&b->label, key);

    if (!image)
        return fail_missing(&b->image, key, 0, 0, "", e);
    if (b->label.pattern && !label) {
        if (!b->missing++)
            b->first_missing = key;
        return 0;
    }
    if (check_only(&b->image, image, e) ||
        (label && check_only(&b->label, label, e)))
        return -1;
    return seg_manifest_add(m, a,
        (struct seg_item){
            image->key, image->image, label ? label->image : NULL},
        e);
}

/* After the last item. */
static int
check_labels(const struct seg_manifest *m, const struct both *b, int labeled,
    struct seg_err *e)
{
    if (b->missing && !labeled)
        return fail_missing(&b->label, b->first_missing, b->missing,
            m->n + b->missing, "images without label", e);
    if (!m->n && b->missing)
        return seg_fail(e, SEG_EDATA, "%s: no label for any of the %zu images",
            b->label.pattern, b->missing);
    return 0;
}

int
seg_manifest_pair(struct seg_manifest *m, struct seg_arena *a,
    const struct seg_pairing *p, struct seg_err *e)
{
    const char *alone = NULL;
    size_t n = 0;
    struct both b;

    *m = (struct seg_manifest){NULL, 0, 0};
    if (list_both(&b, a, p, e))
        return -1;
    for (size_t i = 0; i < b.image.list.n; i++)
        if (add_pair(m, a, b.image.list.item[i].key, &b, e))
            return -1;
    if (check_labels(m, &b, p->labeled, e))
        return -1;
    for (size_t i = b.label.list.n; i-- > 0;)
        if (!find(&b.image, b.label.list.item[i].key)) {
            alone = b.label.list.item[i].key;
            n++;
        }
    if (alone)
        return fail_missing(
            &b.image, alone, n, b.label.list.n, "labels without image", e);
    if (!m->n)
        return seg_fail(e, SEG_EDATA, "%s: no images in it", p->images);
    return 0;
}

int
seg_manifest_pick(struct seg_manifest *m, struct seg_arena *a,
    const struct seg_pairing *p, const char *text, const char *path,
    struct seg_err *e)
{
    char *copy = seg_take_string(a, text, e), *line;
    struct both b;

    *m = (struct seg_manifest){NULL, 0, 0};
    if (!copy || list_both(&b, a, p, e))
        return -1;
    while ((line = seg_text_line(&copy)))
        if (*line && *line != '#' && add_pair(m, a, line, &b, e))
            return -1;
    return check_labels(m, &b, p->labeled, e)
               ? -1
               : seg_manifest_check(m, a, path, e);
}
