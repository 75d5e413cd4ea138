/*
 * A network text in the making.
 *
 * Nodes are added one a line; what fails is remembered, everything after it is
 * passed over, and seg_builder_end says so once.  All memory is the arena's.
 */
#ifndef SEG_ZOO_BUILDER_H
#define SEG_ZOO_BUILDER_H

#include "lib/base/arena.h"

struct seg_builder {
    struct seg_arena *arena;
    struct seg_err *e;
    char *p;
    size_t n, room;
    int failed;
};

/* Begins with a copy of head, which may be "". */
void seg_builder_begin(struct seg_builder *t, struct seg_arena *a,
    const char *head, struct seg_err *e);

void seg_builder_add(struct seg_builder *t, const char *fmt, ...)
    SEG_PRINTF(2, 3);

/* A name put together, to be used while the arena lasts. */
const char *seg_builder_name(struct seg_builder *t, const char *fmt, ...)
    SEG_PRINTF(2, 3);

/* One line: name, operator, inputs, settings.  Returns name. */
const char *seg_builder_node(struct seg_builder *t, const char *name,
    const char *op, const char *inputs, const char *settings, ...)
    SEG_PRINTF(5, 6);
/* The same without settings. */
const char *seg_builder_bare(struct seg_builder *t, const char *name,
    const char *op, const char *inputs);

/* The text, or NULL if anything failed since the beginning. */
char *seg_builder_end(struct seg_builder *t) SEG_MUST_USE;

#endif
