#ifndef SEG_CMD_REPORT_IMAGES_H
#define SEG_CMD_REPORT_IMAGES_H

#include "cmd/report/report.h"
#include "lib/score/scorer.h"

enum { CLI_WORST, CLI_BEST, CLI_ENDS };

/* An image of the report: its panels side by side, painted. */
struct cli_report_image {
    struct seg_arena arena;
    struct seg_tensor row;
    const char *key;
    double miou;
    size_t number; /* of the record */
    int panels, has_image;
};

/* Predictions, scored; start with most and cell_px set and the rest 0. */
struct cli_report_images {
    size_t most, cell_px; /* images of each end; longest side of a panel */
    struct seg_scorer scorer;
    struct cli_report_image *image[CLI_ENDS]; /* most */
    size_t n[CLI_ENDS], records;
    struct seg_arena arena;
};

/* Reads the predictions, and labels and images by key from truth, if that is
   not NULL.  Sets the classes of the report if they are unknown. */
void cli_report_images_read(struct cli_report *r, struct cli_report_images *s,
    const char *predictions, const char *truth);

/* The confusion matrix, and the worst and the best images.  scores: also scores
   of all pixels and of each class. */
void cli_report_images(
    struct cli_report *r, struct cli_report_images *s, int scores);

void cli_report_images_free(struct cli_report_images *s);

#endif
