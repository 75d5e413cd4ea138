/* Runs of pixels in texts. */
#ifndef SEG_FORMATS_POLYGON_RUNS_H
#define SEG_FORMATS_POLYGON_RUNS_H

#include "lib/label/polygon_fill.h"

enum { SEG_RUNS_SIDE = 65535 }; /* the most pixels of a side */

/*
 * The text of pycocotools for the rectangle of r.  Each number is written in
 * groups of 5 bits, the lowest first, as the character 48 + group, + 32 if
 * another group follows; the highest bit of the last group is the sign.  From
 * the fourth on, a number is the difference to the run two before.  Messages
 * begin with `where`.
 */
int seg_runs_parse_coco(struct seg_runs *r, struct seg_arena *a,
    const char *text, const char *where, struct seg_err *e) SEG_MUST_USE;

/* Fails unless the runs fill their rectangle. */
int seg_runs_check(const struct seg_runs *r, const char *where,
    struct seg_err *e) SEG_MUST_USE;

#endif
