/*
 * Draws of seg-sample: which item a patch comes from, and which class it shows.
 *
 * An epoch takes each item once.  Patches that are drawn by class (--balance,
 * --foreground) take a class, then an item that has it.
 */
#ifndef SEG_CMD_SAMPLE_DRAW_H
#define SEG_CMD_SAMPLE_DRAW_H

#include "formats/stream/stream.h"
#include "lib/dataset/balance.h"
#include "lib/dataset/sample.h"

/* Set by the caller. */
struct cli_draw_options {
    /* share of the patches that are drawn by class; 0: none */
    double share;
    /* Which classes; NULL: all, or all but class 0 if foreground is set. */
    const char *class;
    int foreground;
    /* leave out items without a labeled pixel; patches show one */
    int labeled;
};

struct cli_draws {
    struct seg_reader *in;
    double share;
    int labeled;
    struct seg_balance balance; /* the classes that are drawn */
    int *item, n;               /* the items of an epoch */
    int records;                /* of the input */
    int *order;                 /* see seg_sample_item */
    uint64_t epoch;
};

/* Reads the labels of all items once if the options need their classes.  Exits
   if two items then have different classes.  Memory from a. */
void cli_draws_start(struct cli_draws *d, struct seg_reader *in,
    const struct cli_draw_options *o, struct seg_arena *a);

/* The id of a class given by its name, or by its number.  names: as in
   seg.classes, or NULL.  Exits if there is no such class. */
int cli_find_class(const char *class, const char *names);

struct cli_draw {
    int item, class;
    uint64_t index; /* for seg_sample_window */
};

/* Draw number `draw`, or its replacement number `other` if the items before
   have no suitable patch. */
struct cli_draw cli_draws_get(
    struct cli_draws *d, uint64_t seed, uint64_t draw, int other);

#endif
