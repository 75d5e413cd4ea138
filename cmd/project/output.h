/* The outputs of seg-project; each function exits on failure. */
#ifndef SEG_CMD_PROJECT_OUTPUT_H
#define SEG_CMD_PROJECT_OUTPUT_H

#include "lib/label/labelmap.h"
#include "lib/label/same_classes.h"
#include "lib/project/points.h"

/* Names and colors of the classes; memory from the arena of known. */
struct cli_project_classes {
    struct seg_known_classes known;
    struct seg_classes list; /* of the first record that names its classes */
};

/* The table of the points and their layout y[n,2], to -o or stdout. */
void cli_project_points(const struct seg_points *p, const float *y,
    const struct cli_project_classes *c);

/* The tables of the measures. */
void cli_project_measures(const char *path, const struct seg_points *p,
    const struct cli_project_classes *c, struct seg_arena *scratch);

/* A scatter plot of size_px[0] x size_px[1] pixels with a legend. */
void cli_project_plot(const char *path, const int size_px[2],
    const struct seg_points *p, const float *y,
    const struct cli_project_classes *c, struct seg_arena *scratch);

#endif
