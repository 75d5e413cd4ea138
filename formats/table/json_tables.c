#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "formats/table/json_tables.h"
#include "lib/base/text.h"

enum { COLUMNS = 1024, DIGITS = 9 };

struct table {
    const char *title[COLUMNS];
    int columns;
    json_t *rows; /* a list, or an object if there are two columns */
};

static json_t *
value_of(const char *field)
{
    char *end;

    if (!strcmp(field, "-"))
        return json_null();
    if (*field && !field[strspn(field, "0123456789")] && strlen(field) < 19)
        return json_integer(strtoll(field, NULL, 10));
    double x = strtod(field, &end);
    json_t *number = end == field || *end ? NULL : json_real(x);
    return number ? number : json_string(field); /* inf is text */
}

/* Cuts a line at its tabs; returns the number of fields. */
static int
split(const char **field, char *line)
{
    int n = 0;

    while (n < COLUMNS && (field[n] = seg_text_field(&line)))
        n++;
    return n;
}

/* -1: no memory, or text that is not UTF-8. */
static int
add_row(struct table *t, char *line)
{
    const char *field[COLUMNS];
    int n = split(field, line);

    if (t->columns == 2 && n == 2)
        return json_object_set_new(t->rows, field[0], value_of(field[1]));
    json_t *row = json_object();
    int status = 0;
    for (int i = 0; i < n && i < t->columns; i++)
        status |= json_object_set_new(
            row, t->title[i], i ? value_of(field[i]) : json_string(field[i]));
    return json_array_append_new(t->rows, row) | status;
}

/* The first line of a table: its titles. */
static int
start(struct table *t, json_t *document, char *line)
{
    t->columns = split(t->title, line);
    t->rows = t->columns == 2 ? json_object() : json_array();
    return json_object_set_new(document, t->title[0], t->rows);
}

static int
convert(json_t *document, char *text)
{
    struct table t = {.columns = 0};
    int status = 0;

    for (char *line; !status && (line = seg_text_line(&text));)
        if (!*line)
            t.columns = 0;
        else
            status = t.columns ? add_row(&t, line) : start(&t, document, line);
    return status;
}

char *
seg_json_tables(struct seg_arena *a, char *text, struct seg_err *e)
{
    json_t *document = json_object();
    char *dumped = NULL, *copy = NULL;

    if (document && !convert(document, text))
        dumped =
            json_dumps(document, JSON_INDENT(1) | JSON_REAL_PRECISION(DIGITS));
    if (dumped)
        copy = seg_take_text(a, e, "%s\n", dumped);
    else
        seg_fail(e, SEG_EMEM, "out of memory for a document of JSON");
    free(dumped);
    json_decref(document);
    return copy;
}
