/*
 * Blocks of a map, for seg-subset --block: squares of a grid.  A record belongs
 * to the block that has its center.
 *
 * The map is that of seg.geo, in its units, for example meters; records with
 * different EPSG codes are on different maps.  A patch without seg.geo lies on
 * its image, the part of the key before @, in pixels (seg.window).
 */
#ifndef SEG_CMD_SUBSET_BLOCKS_H
#define SEG_CMD_SUBSET_BLOCKS_H

#include "lib/tensor/record.h"

/* The rectangle that a record covers. */
struct cli_place {
    const char *map;
    double x0, y0, x1, y1;
};

/* The place of a record.  Exits if it has none. */
struct cli_place cli_place_of(const struct seg_record *rec);

/* The name of its block in a grid of squares with sides of `size`. */
char *cli_block_of(const struct cli_place *p, double size);

/* near[i] is set if record i is at most `gap` away, in each direction, from a
   record j with selected[j]; touching records are 0 away.  Returns their
   number. */
int cli_near(char *near, const struct cli_place *place, const char *selected,
    int n, double gap);

#endif
