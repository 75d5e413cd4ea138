/*
 * The rules of seg-plan: from what was read and measured to the settings of a
 * training.  man/seg-plan.1 has them as a table.
 */
#ifndef SEG_CMD_PLAN_DECIDE_H
#define SEG_CMD_PLAN_DECIDE_H

#include "cmd/plan/fit.h"
#include "cmd/plan/timing.h"

struct cli_plan {
    /* set by the caller */
    const struct cli_survey *train;
    const char *path;    /* of train */
    const char *weights; /* NULL: random weights */
    struct cli_fit fit;  /* of the weights */
    const char *valid;   /* stream of the validation, or NULL */
    struct cli_work {
        double pixels;      /* of all images */
        int sizes;          /* images of another size than the one before */
    } validated, predicted; /* in each validation; afterwards */
    double minutes;         /* for everything below */
    double step_seconds;    /* of a step; 0: measured */

    /* results */
    struct seg_arena arena;
    const char *net; /* arguments of seg-net */
    int width;       /* of the U-Net; 0: another network */
    int window;      /* side of the windows of prediction; 0: whole images */
    double color;    /* of seg-augment */
    struct cli_trial trial;
    double step;              /* seconds of a step, with its patches */
    double validation, after; /* seconds: of one validation; of predictions */
    int validations, steps;
    int limited; /* steps are limited by the number of images, not by time */
};

void cli_decide(struct cli_plan *p);

/* Seconds of the whole plan, and of its training. */
double cli_plan_seconds(const struct cli_plan *p);
double cli_plan_training(const struct cli_plan *p);

#endif
