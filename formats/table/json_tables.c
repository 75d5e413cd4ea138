#include <jansson.h>
#include <math.h>
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
    int number = end > field && !*end && isfinite(x);
    return number ? json_real(x) : json_string(field);
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

/* The text of the document, which is freed; NULL if status is not 0.  The first
   pass counts the bytes: json_dumps loses text if memory runs out in it. */
static char *
finish(struct seg_arena *a, json_t *document, int status, struct seg_err *e)
{
    const size_t flags = JSON_INDENT(1) | JSON_REAL_PRECISION(DIGITS);
    size_t n = status ? 0 : json_dumpb(document, NULL, 0, flags);
    char *text = n ? seg_take(a, n + 2, 1, e) : NULL;
    int whole = text && json_dumpb(document, text, n, flags) == n;

    json_decref(document);
    if (whole)
        text[n] = '\n';
    else if (!n || text)
        seg_fail(e, SEG_EMEM, "out of memory for a document of JSON");
    return whole ? text : NULL;
}

char *
seg_json_tables(struct seg_arena *a, char *text, struct seg_err *e)
{
    json_t *document = json_object();

    return finish(a, document, convert(document, text), e);
}

/* ---- rows by kind ---- */

static int
add_kind(
    json_t *document, const char *const *title, const char *const *field, int n)
{
    json_t *list = json_object_get(document, field[0]), *row = json_object();
    int status = 0;

    if (!list) {
        list = json_array();
        status = json_object_set_new(document, field[0], list);
    }
    for (int i = 1; i < n; i++) {
        int name = !strcmp(title[i], "name") && strcmp(field[i], "-");
        status |= json_object_set_new(
            row, title[i], name ? json_string(field[i]) : value_of(field[i]));
    }
    return json_array_append_new(list, row) | status;
}

/* The titles of a kind, cut up in memory from a; their number, 0 if it has
   none of its own; -1: no memory. */
static int
find_titles(const char **title, struct seg_arena *a,
    const struct seg_json_titles *list, const char *kind, struct seg_err *e)
{
    while (list->kind && strcmp(list->kind, kind))
        list++;
    if (!list->kind)
        return 0;
    char *copy = seg_take_string(a, list->titles, e);
    return copy ? split(title, copy) : -1;
}

char *
seg_json_kinds(struct seg_arena *a, char *text,
    const struct seg_json_titles *titles, struct seg_err *e)
{
    json_t *document = json_object();
    const char *last[COLUMNS], *own[COLUMNS], *field[COLUMNS];
    int lasts = 0, status = 0;

    for (char *line; !status && (line = seg_text_line(&text));) {
        int n = split(field, line);
        if (n && *field[0] == '#') {
            memcpy(last, field, sizeof last);
            lasts = n;
            continue;
        }
        int owns = find_titles(own, a, titles, n ? field[0] : "", e);
        int most = owns ? owns : lasts;
        if (owns < 0)
            status = -1;
        else if (n == 2)
            status =
                json_object_set_new(document, field[0], value_of(field[1]));
        else
            status = add_kind(
                document, owns ? own : last, field, n < most ? n : most);
    }
    return finish(a, document, status, e);
}

/* ---- the summary of a stream ---- */

static json_t *
shape_of(const struct seg_tensor *t)
{
    json_t *list = json_array();

    for (int i = 0; i < t->rank; i++)
        if (json_array_append_new(
                list, json_integer((json_int_t)t->shape[i]))) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static int
add_tensors(json_t *document, const struct seg_overview *s)
{
    json_t *list = json_array();
    int status = json_object_set_new(document, "tensor", list);

    for (int i = 0; i < s->rows; i++) {
        const struct seg_overview_row *r = s->row + i;
        json_t *row = json_pack("{s:s, s:s, s:o, s:o, s:I}", "name",
            r->least.name, "type", seg_type_name(r->least.type), "smallest",
            shape_of(&r->least), "largest", shape_of(&r->most), "records",
            (json_int_t)r->n);
        status |= json_array_append_new(list, row);
    }
    return status;
}

static int
add_meta(json_t *document, const struct seg_record *meta)
{
    json_t *object = json_object();
    int status = json_object_set_new(document, "meta", object);

    for (int i = 0; i < meta->nmeta; i++)
        status |= json_object_set_new(
            object, meta->meta[i].key, json_string(meta->meta[i].value));
    return status;
}

static int
add_history(json_t *document, const char *history)
{
    json_t *list = json_array();
    int status = json_object_set_new(document, "history", list);

    while (*history) {
        size_t n = strcspn(history, "\n");
        status |= json_array_append_new(list, json_stringn(history, n));
        history += n + (history[n] == '\n');
    }
    return status;
}

char *
seg_json_overview(struct seg_arena *a, const struct seg_overview *s,
    const char *history, struct seg_err *e)
{
    json_t *document = json_pack("{s:I, s:I}", "records",
        (json_int_t)s->records, "bytes", (json_int_t)s->bytes);
    int status = (s->first && json_object_set_new(
                                  document, "first", json_string(s->first))) ||
                 (s->last && json_object_set_new(
                                 document, "last", json_string(s->last))) ||
                 add_tensors(document, s) || add_meta(document, &s->meta) ||
                 add_history(document, history);

    return finish(a, document, status, e);
}
