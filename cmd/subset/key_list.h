/* The items that a file lists by key. */
#ifndef SEG_CMD_SUBSET_KEY_LIST_H
#define SEG_CMD_SUBSET_KEY_LIST_H

#include "lib/dataset/subset.h"

/* Sets taken[i] for each of the n items whose key is a line of the file; all
   items of one key.  Exits if a key is not in the input, or there is none. */
void cli_mark_keys(
    char *taken, const struct seg_subset_item *item, int n, const char *path);

#endif
