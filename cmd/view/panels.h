/*
 * Renders a record: its image, label, prediction and errors, each in a panel,
 * side by side.
 */
#ifndef SEG_CMD_VIEW_PANELS_H
#define SEG_CMD_VIEW_PANELS_H

#include "lib/label/same_classes.h"
#include "lib/view/legend.h"
#include "lib/view/sheet.h"

enum cli_view { CLI_OVERLAY, CLI_COLOR, CLI_SIDE };

struct cli_panels {
    enum cli_view view;
    const char *tensor; /* for overlay and color; NULL: pred, else label */
    int errors;         /* show errors: instead of classes; side: in addition */
    const char *class;  /* show errors of this class only; NULL: of all */
    int names;          /* print the key below the panels */
    struct seg_paint how;
    struct seg_legend *legend;       /* collects shown classes; NULL: none */
    struct seg_known_classes *known; /* classes of a shared legend, or NULL */
};

/* Renders a record as one image [h,w,3] u8, in arena a.  Exits if a tensor is
   missing or does not fit. */
struct seg_tensor cli_panels_paint(const struct cli_panels *panels,
    struct seg_record *rec, struct seg_arena *a);

#endif
