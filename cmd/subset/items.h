/* The items that seg-subset selects from: records, or groups of records. */
#ifndef SEG_CMD_SUBSET_ITEMS_H
#define SEG_CMD_SUBSET_ITEMS_H

#include "cmd/subset/blocks.h"
#include "formats/stream/stream.h"
#include "lib/dataset/subset.h"

struct cli_item_options {
    int whole; /* records with one key up to @ are one item */
    /* pattern of lib/dataset/key_group.h, whose groups are items; NULL: none */
    const char *group;
    double block; /* side of a block, whose records are one item; 0: none */
    int classes;  /* read the classes of each item */
};

struct cli_items {
    struct seg_subset_item *item;
    int n;
    int *of, records;        /* the item of each record */
    struct cli_place *place; /* of each record, with block */
};

/* Reads all records once.  Exits if there are none, if two have different
   classes, or if a key does not match the pattern.  Memory is kept until the
   program ends, or from a. */
void cli_items_read(struct cli_items *all, struct seg_reader *in,
    const struct cli_item_options *how, struct seg_arena *a);

#endif
