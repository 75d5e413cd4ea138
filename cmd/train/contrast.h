/*
 * The loss and the projection head of seg-pretrain, by --loss:
 *
 *   within cross batch supcon   pixels on a grid (contrast_pixels.c)
 *   local                       pixels by stride or in blocks (local.c)
 *   image                       one embedding an image (whole_image.c)
 *   patch                       patches of two domains (contrast_patches.c)
 *
 * A program calls cli_contrast_check, cli_training_open and cli_contrast_start,
 * then cli_training_run and cli_contrast_end.  All exit on failure.
 */
#ifndef SEG_CMD_TRAIN_CONTRAST_H
#define SEG_CMD_TRAIN_CONTRAST_H

#include "cmd/train/training.h"
#include "lib/loss/contrast_report.h"
#include "lib/zoo/zoo.h"

/* The first four are the values of enum seg_contrast_scope. */
enum cli_contrast_loss { CLI_LOCAL = 4, CLI_WHOLE_IMAGE, CLI_PATCH };
enum cli_contrast_head { CLI_PAPER, CLI_RELEASED, CLI_LINEAR };

/* Values of the options; -1, 0 or NULL: not given. */
struct cli_contrast_opts {
    int loss, form, head, layers, hidden, embedding, classes;
    double tau, pool;
    int grid[2]; /* width, height */
    /* of local */
    int stride[2], background;
    double block;
    /* of image */
    const char *at, *group;
    int positives, parts, weigh;
};
extern struct cli_contrast_opts cli_contrast_opts;
extern const char *const cli_contrast_losses[],
    *const cli_contrast_forms[], *const cli_contrast_heads[],
                                     *const cli_contrast_positives[];

enum { CLI_BACKGROUND_UNSET = -2 };

/* Fills in the defaults of the loss; exits if an option belongs to another
   one. */
void cli_contrast_check(void);

/* Puts the head on the network, plans the training and its loss. */
void cli_contrast_start(struct cli_training *t);

/* Warns if the training ends with embeddings that are all nearly equal. */
void cli_contrast_end(const struct cli_training *t);

/* Used by losses of pixels: a network's text without head, whose last node is
   backbone, with the projection head of the options; p has its grid or
   stride. */
const char *cli_contrast_project(struct cli_training *t, const char *bare,
    const char *backbone, struct seg_projection p);

/* Used by all: set the columns of the log, which report fills in each
   step. */
void cli_contrast_columns(
    struct cli_training *t, struct seg_contrast_report *report);

void cli_pixels_start(struct cli_training *t);
void cli_local_start(struct cli_training *t);
void cli_whole_image_start(struct cli_training *t);
void cli_domains_start(struct cli_training *t);

#endif
