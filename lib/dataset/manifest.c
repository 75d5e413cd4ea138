#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/dataset/manifest.h"
#include "lib/dataset/pattern.h"

int
seg_manifest_add(struct seg_manifest *m, struct seg_arena *a,
    struct seg_item item, struct seg_err *e)
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

int
seg_manifest_check(const struct seg_manifest *m, struct seg_arena *a,
    const char *path, struct seg_err *e)
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
        item.key = seg_take_bytes(a, name, seg_path_stem(name), e);
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
    return seg_manifest_add(m, a, item, e);
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
    return seg_manifest_check(m, a, path, e);
}
