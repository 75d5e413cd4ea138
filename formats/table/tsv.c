#include <string.h>

#include "formats/table/tsv.h"
#include "lib/base/text.h"

/* Splits the line of titles; the number of rows is not known yet. */
static int
parse_titles(
    struct seg_tsv *t, struct seg_arena *a, char *line, struct seg_err *e)
{
    t->separator = seg_text_separator(line);
    t->columns = (int)seg_text_count(line, '\t') + 1;
    if (t->columns > SEG_TSV_COLUMNS)
        return seg_fail(e, SEG_EDATA, "%s:%d: %d columns, at most %d", t->name,
            t->line, t->columns, SEG_TSV_COLUMNS);
    t->title = seg_take(a, (size_t)t->columns, sizeof *t->title, e);
    if (!t->title)
        return -1;
    for (int i = 0; i < t->columns; i++)
        t->title[i] = seg_text_field(&line);
    return 0;
}

const char *
seg_tsv_skip_comments(const char *text)
{
    while (!strncmp(text, "# ", 2)) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return text;
}

/* The line of titles; NULL if there is none. */
static char *
find_titles(struct seg_tsv *t, char **text)
{
    const char *start = seg_tsv_skip_comments(*text);

    for (t->line = 1; *text < start; ++*text)
        t->line += **text == '\n';
    return seg_text_line(text);
}

int
seg_tsv_parse(struct seg_tsv *t, struct seg_arena *a, char *text,
    const char *name, struct seg_err *e)
{
    size_t capacity = 0;

    *t = (struct seg_tsv){.name = name};
    char *line = find_titles(t, &text);
    if (!line)
        return seg_fail(e, SEG_EDATA, "%s: empty: no titles", name);
    if (parse_titles(t, a, line, e))
        return -1;
    for (; (line = seg_text_line(&text)); t->rows++) {
        int seen = (int)seg_text_count(line, '\t') + 1;

        if (seen != t->columns)
            return seg_fail(e, SEG_EDATA, "%s:%d: %d fields, expected %d", name,
                t->line + t->rows + 1, seen, t->columns);
        const char **list = seg_grow(a, t->field, (size_t)t->rows, &capacity,
            (size_t)t->columns * sizeof *list, e);
        if (!list)
            return -1;
        t->field = list;
        list += (size_t)t->rows * t->columns;
        for (int i = 0; i < t->columns; i++)
            list[i] = seg_text_field(&line);
    }
    return 0;
}

int
seg_tsv_column(const struct seg_tsv *t, const char *title, struct seg_err *e)
{
    for (int i = 0; i < t->columns; i++)
        if (!strcmp(t->title[i], title))
            return i;
    if (t->separator)
        return seg_fail(e, SEG_EDATA,
            "%s:%d: no tab: columns are separated by tabs, here there are %s",
            t->name, t->line, t->separator);
    return seg_fail(e, SEG_EDATA, "%s: no column %s", t->name, title);
}

const char *
seg_tsv_field(const struct seg_tsv *t, int row, int column)
{
    return t->field[(size_t)row * (size_t)t->columns + (size_t)column];
}
