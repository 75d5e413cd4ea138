#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/table/matrix.h"
#include "lib/base/text.h"

char *
seg_matrix_text(const struct seg_confusion *c, const char *const *names,
    struct seg_arena *a, struct seg_err *e)
{
    enum { NUMBER = 21 }; /* digits of a count and the tab before it */
    size_t k = (size_t)c->classes, capacity = 100 + k * k * NUMBER;

    for (size_t i = 0; i < k; i++)
        capacity += 2 * (strlen(names[i]) + 2);
    char *text = seg_take_dirty(a, capacity, 1, e), *p = text;
    if (!text)
        return NULL;
    p = stpcpy(p, "truth");
    for (size_t i = 0; i < k; i++)
        p = stpcpy(stpcpy(p, "\t"), names[i]);
    for (size_t i = 0; i < k; i++) {
        p = stpcpy(stpcpy(p, "\n"), names[i]);
        for (size_t j = 0; j < k; j++)
            p += sprintf(p, "\t%" PRIu64, c->count[i * k + j]);
    }
    sprintf(p, "\nignored\t%" PRIu64 "\nimages\t%" PRIu64 "\n", c->ignored,
        c->images);
    return text;
}

struct cursor {
    char *at;
    const char *path;
    int line;
};

/* The next line without its end (LF or CR LF); NULL if no whole line is left.
   */
static char *
next_line(struct cursor *in)
{
    char *line = in->at, *end = strchr(line, '\n');

    in->line++;
    if (!end)
        return NULL;
    *end = 0;
    if (end > line && end[-1] == '\r')
        end[-1] = 0;
    in->at = end + 1;
    return line;
}

/* "NAME\tN...": checks the name and reads n counts. */
static int
read_row(struct cursor *in, const char *name, uint64_t *count, int n,
    struct seg_err *e)
{
    char *line = next_line(in);

    if (!line)
        return seg_fail(e, SEG_EDATA, "%s:%d: matrix ends before row %s",
            in->path, in->line, name);
    size_t length = strlen(name);
    if (strncmp(line, name, length))
        return seg_fail(e, SEG_EDATA, "%s:%d: row is not that of %s", in->path,
            in->line, name);
    line += length;
    for (int i = 0; i < n; i++) {
        char *end = line;

        errno = 0;
        if (line[0] == '\t' && line[1] >= '0' && line[1] <= '9')
            count[i] = strtoull(line + 1, &end, 10);
        if (end == line || errno)
            return seg_fail(e, SEG_EDATA, "%s:%d: no count in column %d",
                in->path, in->line, i + 2);
        line = end;
    }
    if (*line)
        return seg_fail(
            e, SEG_EDATA, "%s:%d: more than %d counts", in->path, in->line, n);
    return 0;
}

int
seg_matrix_parse(struct seg_confusion *c, const char *const **names,
    struct seg_arena *a, const char *text, const char *path, struct seg_err *e)
{
    struct cursor in = {seg_take_string(a, text, e), path, 0};
    int k = 0;

    if (!in.at)
        return -1;
    char *head = next_line(&in);
    if (!head || strncmp(head, "truth\t", 6))
        return seg_fail(e, SEG_EDATA, "%s: not a confusion matrix", path);
    for (char *p = head; *p; p++)
        k += *p == '\t';
    if (k > SEG_CLASSES)
        return seg_fail(
            e, SEG_EDATA, "%s: %d classes, at most %d", path, k, SEG_CLASSES);
    const char **name = seg_take(a, (size_t)k, sizeof *name, e);
    if (!name || seg_confusion_init(c, a, k, SEG_IGNORE, e))
        return -1;
    head += strlen("truth\t");
    for (int i = 0; i < k; i++)
        name[i] = seg_text_field(&head);
    for (int i = 0; i < k; i++)
        if (read_row(&in, name[i], c->count + (size_t)i * k, k, e))
            return -1;
    if (read_row(&in, "ignored", &c->ignored, 1, e) ||
        read_row(&in, "images", &c->images, 1, e))
        return -1;
    if (*in.at)
        return seg_fail(
            e, SEG_EDATA, "%s:%d: text after the matrix", path, in.line + 1);
    *names = name;
    return 0;
}
