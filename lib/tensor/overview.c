#include <stdio.h>
#include <string.h>

#include "lib/tensor/overview.h"

const char seg_overview_varies[] = "(varies)";

static struct seg_name_list
rows_of(const struct seg_overview *s)
{
    return (struct seg_name_list){s->row, (size_t)s->rows, sizeof *s->row};
}

static struct seg_overview_row *
new_row(
    struct seg_overview *s, const struct seg_tensor *like, struct seg_err *e)
{
    struct seg_overview_row *row =
        seg_grow(&s->arena, s->row, s->rows, &s->capacity, sizeof *row, e);

    if (!row)
        return NULL;
    s->row = row;
    row += s->rows;
    *row = (struct seg_overview_row){.least = *like};
    row->least.name = seg_take_string(&s->arena, like->name, e);
    if (!row->least.name)
        return NULL;
    row->most = row->least;
    s->rows++;
    return seg_names_added(&s->names, rows_of(s), &s->arena, e) ? NULL : row;
}

/* Rows of one name but different type or rank are linked by next. */
static struct seg_overview_row *
row_of(struct seg_overview *s, const struct seg_tensor *like, struct seg_err *e)
{
    size_t i = seg_names_find(&s->names, rows_of(s), like->name);
    int last = -1, rows = s->rows;

    for (int at = (int)i; at >= 0 && at < rows; at = s->row[at].next - 1) {
        const struct seg_tensor *t = &s->row[at].least;
        if (t->type == like->type && t->rank == like->rank)
            return s->row + at;
        last = at;
    }
    struct seg_overview_row *row = new_row(s, like, e);
    if (row && last >= 0)
        s->row[last].next = rows + 1;
    return row;
}

static int
add_tensor(
    struct seg_overview *s, const struct seg_tensor *t, struct seg_err *e)
{
    struct seg_overview_row *row = row_of(s, t, e);

    if (!row)
        return -1;
    row->n++;
    s->bytes += t->bytes;
    for (int k = 0; k < t->rank; k++) {
        if (t->shape[k] < row->least.shape[k])
            row->least.shape[k] = t->shape[k];
        if (t->shape[k] > row->most.shape[k])
            row->most.shape[k] = t->shape[k];
    }
    return 0;
}

/* Keeps the key of the last record, in a buffer that is reused. */
static int
keep_key(struct seg_overview *s, const char *key, struct seg_err *e)
{
    size_t n = strlen(key) + 1;

    if (n > s->last_capacity) {
        s->last = seg_take(&s->arena, n, 2, e);
        if (!s->last)
            return -1;
        s->last_capacity = 2 * n;
    }
    memcpy((char *)s->last, key, n);
    if (s->records == 0)
        s->first = seg_take_string(&s->arena, key, e);
    return s->first ? 0 : -1;
}

int
seg_overview_add(
    struct seg_overview *s, const struct seg_record *rec, struct seg_err *e)
{
    if (keep_key(s, seg_record_key(rec), e) ||
        (s->records == 0 && seg_record_inherit(&s->meta, rec, e)))
        return -1;
    s->records++;
    for (int i = 0; i < rec->ntensors; i++)
        if (add_tensor(s, rec->tensors + i, e))
            return -1;
    /* later records can only reduce the metadata that all have in common */
    for (int i = 0; i < s->meta.nmeta; i++) {
        struct seg_meta *m = s->meta.meta + i;
        const char *value = seg_record_meta(rec, m->key);
        if (m->value != seg_overview_varies &&
            (!value || strcmp(value, m->value)))
            m->value = seg_overview_varies;
    }
    return 0;
}

char *
seg_overview_describe(char *text, size_t n, const struct seg_overview_row *row)
{
    const struct seg_tensor *least = &row->least, *most = &row->most;
    char whole[300];
    size_t at = (size_t)snprintf(text, n, "[");

    for (int k = 0; k < least->rank && at < n; k++) {
        at += (size_t)snprintf(
            text + at, n - at, "%s%zu", k ? "," : "", least->shape[k]);
        if (most->shape[k] != least->shape[k] && at < n)
            at += (size_t)snprintf(text + at, n - at, "..%zu", most->shape[k]);
    }
    seg_tensor_describe(whole, sizeof whole, least);
    if (at < n)
        snprintf(text + at, n - at, "%s", strrchr(whole, ']'));
    return text;
}

void
seg_overview_free(struct seg_overview *s)
{
    seg_record_free(&s->meta);
    seg_arena_free(&s->arena);
}
