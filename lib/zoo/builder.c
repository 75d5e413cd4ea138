#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/zoo/builder.h"

static void
append(struct seg_builder *t, const char *s, size_t n)
{
    if (t->failed)
        return;
    if (t->capacity - t->n <= n) {
        size_t capacity = 2 * (t->capacity + n) + 1;
        char *p = seg_take_dirty(t->arena, capacity, 1, t->e);
        if (!p) {
            t->failed = 1;
            return;
        }
        memcpy(p, t->p, t->n);
        t->p = p;
        t->capacity = capacity;
    }
    memcpy(t->p + t->n, s, n);
    t->n += n;
    t->p[t->n] = 0;
}

/* Formats into the arena; returns "" on failure. */
static const char *
format(struct seg_builder *t, const char *fmt, va_list args)
{
    va_list again;

    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    char *p =
        t->failed ? NULL : seg_take_dirty(t->arena, (size_t)n + 1, 1, t->e);
    if (!p) {
        t->failed = 1;
        return "";
    }
    vsnprintf(p, (size_t)n + 1, fmt, args);
    return p;
}

void
seg_builder_begin(struct seg_builder *t, struct seg_arena *a, const char *head,
    struct seg_err *e)
{
    *t = (struct seg_builder){.arena = a, .e = e, .p = ""};
    append(t, head, strlen(head));
}

void
seg_builder_add(struct seg_builder *t, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    const char *s = format(t, fmt, args);
    va_end(args);
    append(t, s, strlen(s));
}

const char *
seg_builder_name(struct seg_builder *t, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    const char *s = format(t, fmt, args);
    va_end(args);
    return s;
}

const char *
seg_builder_node(struct seg_builder *t, const char *name, const char *op,
    const char *inputs, const char *settings, ...)
{
    va_list args;

    va_start(args, settings);
    const char *set = format(t, settings, args);
    va_end(args);
    seg_builder_add(t, "%-31s %-8s %-31s %s\n", name, op, inputs, set);
    return name;
}

const char *
seg_builder_bare(
    struct seg_builder *t, const char *name, const char *op, const char *inputs)
{
    seg_builder_add(t, "%-31s %-8s %s\n", name, op, inputs);
    return name;
}

char *
seg_builder_end(struct seg_builder *t)
{
    return t->failed ? NULL : t->p;
}
