/*
 * A network text in the making.
 *
 * Nodes are added one a line; what fails is remembered, everything after it is
 * passed over, and seg_text_end says so once.  All memory is the arena's.
 */
#ifndef SEG_ZOO_TEXT_H
#define SEG_ZOO_TEXT_H

#include "lib/base/arena.h"

struct seg_text {
    struct seg_arena *arena;
    struct seg_err *e;
    char *p;
    size_t n, room;
    int failed;
};

/* Begins with a copy of head, which may be "". */
void seg_text_begin(struct seg_text *t, struct seg_arena *a, const char *head,
    struct seg_err *e);

void seg_text_add(struct seg_text *t, const char *fmt, ...) SEG_PRINTF(2, 3);

/* A name put together, to be used while the arena lasts. */
const char *seg_text_name(struct seg_text *t, const char *fmt, ...)
    SEG_PRINTF(2, 3);

/* One line: name, operator, inputs, settings.  Returns name. */
const char *seg_text_node(struct seg_text *t, const char *name, const char *op,
    const char *inputs, const char *settings, ...) SEG_PRINTF(5, 6);
/* The same without settings. */
const char *seg_text_bare(
    struct seg_text *t, const char *name, const char *op, const char *inputs);

/* The text, or NULL if anything failed since the beginning. */
char *seg_text_end(struct seg_text *t) SEG_MUST_USE;

#endif
