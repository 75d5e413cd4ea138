/*
 * What of a record is looked at: its image, label, prediction and errors, each
 * a cell of a strip.
 */
#ifndef SEG_CMD_VIEW_PANELS_H
#define SEG_CMD_VIEW_PANELS_H

#include "lib/dataset/same_classes.h"
#include "lib/view/legend.h"
#include "lib/view/sheet.h"

enum cli_view { CLI_OVERLAY, CLI_COLOR, CLI_SIDE };

struct cli_panels {
    enum cli_view view;
    const char *tensor; /* of overlay and color; NULL: pred, else label */
    int errors;         /* where the prediction errs: instead, or beside */
    const char *class;  /* of this class alone; NULL: of any */
    int names;          /* the record's key below */
    struct seg_paint how;
    struct seg_legend *legend;       /* of what was painted; NULL: not wanted */
    struct seg_known_classes *known; /* of the records that share a legend */
};

/* A record as one image, in a.  Exits where it cannot be shown. */
struct seg_tensor cli_panels_paint(const struct cli_panels *cells,
    struct seg_record *rec, struct seg_arena *a);

#endif
