#include <stdlib.h>
#include <string.h>

#include "formats/polygon/annotations.h"

static int
by_file(const void *a, const void *b)
{
    const struct seg_annotated_image *x = a, *y = b;

    return strcmp(x->file, y->file);
}

int
seg_annotations_sort(
    struct seg_annotations *s, const char *path, struct seg_err *e)
{
    if (s->n)
        qsort(s->image, s->n, sizeof *s->image, by_file);
    for (size_t i = 1; i < s->n; i++)
        if (!strcmp(s->image[i - 1].file, s->image[i].file))
            return seg_fail(e, SEG_EDATA, "%s: two images have the name %s",
                path, s->image[i].file);
    return 0;
}

const struct seg_annotated_image *
seg_annotations_find(const struct seg_annotations *s, const char *path)
{
    while (s->n && path) {
        struct seg_annotated_image *found, wanted = {.file = path};

        found = bsearch(&wanted, s->image, s->n, sizeof wanted, by_file);
        if (found)
            return found;
        path = strchr(path, '/');
        path += path != NULL;
    }
    return NULL;
}
