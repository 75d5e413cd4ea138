#include <string.h>

#include "formats/tsv.h"
#include "lib/base/text.h"

static int
count(const char *s, char c)
{
    int n = 0;

    for (; *s; s++)
        n += *s == c;
    return n;
}

int
seg_tsv_parse(struct seg_tsv *t, struct seg_arena *a, char *text,
    const char *name, struct seg_err *e)
{
    int lines = count(text, '\n') + 1;
    char *line = seg_text_line(&text);

    *t = (struct seg_tsv){.name = name};
    if (!line)
        return seg_fail(e, SEG_EDATA, "%s: empty: no titles", name);
    t->columns = count(line, '\t') + 1;
    t->title = seg_take(a, (size_t)t->columns, sizeof *t->title, e);
    size_t fields;
    if (!t->title || seg_mul(&fields, (size_t)lines, (size_t)t->columns))
        return -1;
    t->field = seg_take(a, fields, sizeof *t->field, e);
    if (!t->field)
        return -1;
    for (int i = 0; i < t->columns; i++)
        t->title[i] = seg_text_field(&line);
    while ((line = seg_text_line(&text))) {
        const char **row = t->field + (size_t)t->rows * t->columns;
        int seen = count(line, '\t') + 1;

        t->rows++;
        if (seen != t->columns)
            return seg_fail(e, SEG_EDATA, "%s:%d: %d fields, expected %d", name,
                t->rows + 1, seen, t->columns);
        for (int i = 0; i < t->columns; i++)
            row[i] = seg_text_field(&line);
    }
    return 0;
}

int
seg_tsv_column(const struct seg_tsv *t, const char *title, struct seg_err *e)
{
    for (int i = 0; i < t->columns; i++)
        if (!strcmp(t->title[i], title))
            return i;
    return seg_fail(e, SEG_EDATA, "%s: no column %s", t->name, title);
}
