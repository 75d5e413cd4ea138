#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/dataset/manifest.h"

static int
add(struct seg_manifest *m, struct seg_arena *a, struct seg_item item,
    struct seg_err *e)
{
    struct seg_item *more =
        seg_grow(a, m->item, m->n, &m->capacity, sizeof *more, e);

    if (!more)
        return -1;
    m->item = more;
    m->item[m->n++] = item;
    return 0;
}

static int
by_key(const void *a, const void *b)
{
    const struct seg_item *x = a, *y = b;

    return strcmp(x->key, y->key);
}

/* There is at least one item, and no key occurs twice. */
static int
check_keys(const struct seg_manifest *m, struct seg_arena *a, const char *path,
    struct seg_err *e)
{
    if (!m->n)
        return seg_fail(e, SEG_EDATA, "%s: no items in the list", path);
    struct seg_item *sorted = seg_take(a, m->n, sizeof *sorted, e);
    if (!sorted)
        return -1;
    memcpy(sorted, m->item, m->n * sizeof *sorted);
    qsort(sorted, m->n, sizeof *sorted, by_key);
    for (size_t i = 1; i < m->n; i++)
        if (!strcmp(sorted[i - 1].key, sorted[i].key))
            return seg_fail(
                e, SEG_EDATA, "%s: key %s occurs twice", path, sorted[i].key);
    return 0;
}

/* Length of a file name without its suffix; .gz counts with the suffix before
   it: "brain.nii.gz" gives 5. */
static size_t
stem(const char *name)
{
    const char *dot = strrchr(name, '.');
    size_t n = dot && dot > name ? (size_t)(dot - name) : strlen(name);

    if (dot && !strcasecmp(dot, ".gz"))
        for (size_t i = n; i > 1; i--)
            if (name[i - 1] == '.')
                return i - 1;
    return n;
}

/* ---- a table ---- */

/* A relative name starts at the directory of path. */
static const char *
relative_to(
    struct seg_arena *a, const char *path, const char *name, struct seg_err *e)
{
    const char *slash = strrchr(path, '/');

    if (!slash || *name == '/')
        return name;
    return seg_take_text(a, e, "%.*s%s", (int)(slash - path + 1), path, name);
}

static int
is_quoted(const char *s)
{
    size_t n = strlen(s);

    return n > 1 && *s == '"' && s[n - 1] == '"';
}

/* Common titles of the column of images. */
static int
is_title(const char *s)
{
    static const char *const known[] = {
        "image", "images", "img", "file", "filename", "path"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcasecmp(s, known[i]))
            return 1;
    return 0;
}

/*
 * If the image does not exist, looks for a mistake in the line that explains
 * it: no tabs, quotes, a title.  separator comes from seg_text_separator.
 */
static int
check_there(const struct seg_item *item, const char *name,
    const char *separator, const char *path, int number, struct seg_err *e)
{
    if (!access(item->image, F_OK))
        return 0;
    if (separator)
        return seg_fail(e, SEG_EDATA,
            "%s:%d: no tab: columns are separated by tabs, here there are %s",
            path, number, separator);
    if (is_quoted(name))
        return seg_fail(e, SEG_EDATA,
            "%s:%d: %.200s is in quotes: names stand without them", path,
            number, name);
    if (is_title(name))
        return seg_fail(e, SEG_EDATA,
            "%s:%d: no image %.20s: titles are 'key', 'image' and 'label', "
            "with tabs between",
            path, number, name);
    return 0;
}

static int
parse_line(struct seg_manifest *m, struct seg_arena *a, char *line,
    const char *path, int number, struct seg_err *e)
{
    struct seg_item item = {NULL, NULL, NULL};
    const char *separator = seg_text_separator(line);
    char *image = strchr(line, '\t');
    char *label = image ? strchr(image + 1, '\t') : NULL;

    if (label && strchr(label + 1, '\t'))
        return seg_fail(e, SEG_EDATA,
            "%s:%d: more than three columns; key, image and label expected",
            path, number);
    if (label)
        *label++ = 0;
    if (image) {
        *image++ = 0;
        item.key = line;
    } else {
        const char *slash = strrchr(line, '/');
        const char *name = slash ? slash + 1 : line;

        image = line;
        item.key = seg_take_bytes(a, name, stem(name), e);
        if (!item.key)
            return -1;
    }
    if (!*item.key || !*image)
        return seg_fail(e, SEG_EDATA, "%s:%d: %s is empty", path, number,
            *item.key ? "image" : "key");
    item.image = relative_to(a, path, image, e);
    if (label && *label)
        item.label = relative_to(a, path, label, e);
    if (!item.image || (label && *label && !item.label) ||
        check_there(&item, image, separator, path, number, e) ||
        seg_text_check_name(item.key, e, "%s:%d: key", path, number))
        return -1;
    return add(m, a, item, e);
}

static int
is_heading(const char *line)
{
    return !strcasecmp(line, "key\timage\tlabel") ||
           !strcasecmp(line, "key\timage");
}

int
seg_manifest_parse(struct seg_manifest *m, struct seg_arena *a,
    const char *text, const char *path, struct seg_err *e)
{
    char *copy = seg_take_string(a, text, e), *line;
    int number = 0, first = 1;

    *m = (struct seg_manifest){NULL, 0, 0};
    if (!copy)
        return -1;
    while ((line = seg_text_line(&copy))) {
        number++;
        if (!*line || *line == '#')
            continue;
        int heading = first && is_heading(line);
        first = 0;
        if (!heading && parse_line(m, a, line, path, number, e))
            return -1;
    }
    return check_keys(m, a, path, e);
}

/* ---- directories ---- */

/* The images of a directory as items with key and image, sorted by key. */
static int
list(struct seg_manifest *m, struct seg_arena *a, const char *path,
    const struct seg_suffixes *suffixes, struct seg_err *e)
{
    DIR *dir = opendir(path);
    int status = 0;
    const struct dirent *entry;

    *m = (struct seg_manifest){NULL, 0, 0};
    if (!dir)
        return seg_fail(e, seg_errno_kind(SEG_ENOINPUT), "%s: cannot open: %s",
            path, strerror(errno));
    while (!status && (errno = 0, entry = readdir(dir))) {
        const char *name = entry->d_name;

        size_t n = stem(name);

        if (*name == '.' || !suffixes->has(name + n))
            continue;
        struct seg_item item = {seg_take_bytes(a, name, n, e),
            seg_take_text(a, e, "%s/%s", path, name), NULL};
        if (!item.key || !item.image ||
            seg_text_check_name(item.key, e, "%s: name of a file", path) ||
            add(m, a, item, e))
            status = -1;
    }
    if (!status && errno)
        status = seg_fail(e, seg_errno_kind(SEG_EIO), "%s: cannot read: %s",
            path, strerror(errno));
    closedir(dir);
    if (!status && m->n)
        qsort(m->item, m->n, sizeof *m->item, by_key);
    return status;
}

/* The images of one or two directories. */
struct directories {
    const char *images, *labels; /* labels may be NULL */
    struct seg_manifest image, label;
    const struct seg_suffixes *suffixes;
};

static int
list_both(struct directories *d, struct seg_arena *a, struct seg_err *e)
{
    if (list(&d->image, a, d->images, d->suffixes, e))
        return -1;
    return d->labels ? list(&d->label, a, d->labels, d->suffixes, e) : 0;
}

/* The only image with this key; none, and more than one, are errors. */
static const struct seg_item *
find(const struct seg_manifest *m, const char *key, const char *dir,
    const struct seg_suffixes *suffixes, struct seg_err *e)
{
    struct seg_item wanted = {key, NULL, NULL};
    const struct seg_item *i =
        m->n ? bsearch(&wanted, m->item, m->n, sizeof wanted, by_key) : NULL;
    const struct seg_item *other = NULL;

    if (!i) {
        seg_fail(
            e, SEG_ENOINPUT, "%s: no image %s%s", dir, key, suffixes->list);
        return NULL;
    }
    if (i > m->item && !strcmp(i[-1].key, key))
        other = i - 1;
    else if (i + 1 < m->item + m->n && !strcmp(i[1].key, key))
        other = i + 1;
    if (other) {
        seg_fail(e, SEG_EDATA, "%s: more than one image of this name: %s",
            i->image, other->image);
        return NULL;
    }
    return i;
}

static int
add_pair(struct seg_manifest *m, struct seg_arena *a, const char *key,
    const struct directories *d, struct seg_err *e)
{
    const struct seg_item *image =
        find(&d->image, key, d->images, d->suffixes, e);
    const struct seg_item *label =
        image && d->labels ? find(&d->label, key, d->labels, d->suffixes, e)
                           : NULL;

    if (!image || (d->labels && !label))
        return -1;
    return add(m, a,
        (struct seg_item){
            image->key, image->image, label ? label->image : NULL},
        e);
}

int
seg_manifest_pair(struct seg_manifest *m, struct seg_arena *a,
    const char *images, const char *labels, const struct seg_suffixes *suffixes,
    struct seg_err *e)
{
    struct directories d = {images, labels, .suffixes = suffixes};

    *m = (struct seg_manifest){NULL, 0, 0};
    if (list_both(&d, a, e))
        return -1;
    for (size_t i = 0; i < d.image.n; i++)
        if (add_pair(m, a, d.image.item[i].key, &d, e))
            return -1;
    for (size_t i = 0; i < d.label.n; i++)
        if (!find(&d.image, d.label.item[i].key, images, suffixes, e))
            return -1;
    if (!m->n)
        return seg_fail(e, SEG_EDATA, "%s: no images in it", images);
    return 0;
}

int
seg_manifest_pick(struct seg_manifest *m, struct seg_arena *a,
    const char *images, const char *labels, const struct seg_suffixes *suffixes,
    const char *text, const char *path, struct seg_err *e)
{
    struct directories d = {images, labels, .suffixes = suffixes};
    char *copy = seg_take_string(a, text, e), *line;

    *m = (struct seg_manifest){NULL, 0, 0};
    if (!copy || list_both(&d, a, e))
        return -1;
    while ((line = seg_text_line(&copy)))
        if (*line && *line != '#' && add_pair(m, a, line, &d, e))
            return -1;
    return check_keys(m, a, path, e);
}
