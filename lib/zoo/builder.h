/*
 * Builds a network text, one node per line.
 *
 * Errors are remembered and make all further calls do nothing; seg_builder_end
 * reports them once.  All memory comes from the arena.
 */
#ifndef SEG_ZOO_BUILDER_H
#define SEG_ZOO_BUILDER_H

#include "lib/base/arena.h"

struct seg_builder {
    struct seg_arena *arena;
    struct seg_err *e;
    char *p;
    size_t n, capacity;
    int failed;
};

/* Starts with a copy of head, which may be "". */
void seg_builder_begin(struct seg_builder *t, struct seg_arena *a,
    const char *head, struct seg_err *e);

void seg_builder_add(struct seg_builder *t, const char *fmt, ...)
    SEG_PRINTF(2, 3);

/* Formats a name; valid as long as the arena. */
const char *seg_builder_name(struct seg_builder *t, const char *fmt, ...)
    SEG_PRINTF(2, 3);

/* Appends a line: name, operator, inputs, settings.  Returns name. */
const char *seg_builder_node(struct seg_builder *t, const char *name,
    const char *op, const char *inputs, const char *settings, ...)
    SEG_PRINTF(5, 6);
/* The same without settings. */
const char *seg_builder_bare(struct seg_builder *t, const char *name,
    const char *op, const char *inputs);

/* The text, or NULL if any call failed. */
char *seg_builder_end(struct seg_builder *t) SEG_MUST_USE;

#endif
