/*
 * The head of a network: the names of its nodes, its removal from a text, and
 * the node whose value is the logits.
 */
#ifndef SEG_NET_HEAD_H
#define SEG_NET_HEAD_H

#include "lib/kernel/resize.h"
#include "lib/net/net.h"

/* Nodes of heads: lib/zoo/head.c makes them, other code recognizes them. */
#define SEG_NODE_CLASSIFIER      "classifier"
#define SEG_NODE_PROJECTION      "projection"
#define SEG_NODE_PROJECTION_GRID "projection.grid" /* samples the features */
#define SEG_NODE_PROJECTION_POOL "projection.pool" /* one vector an image */
#define SEG_NODE_OUTPUT          "output" /* logits at the size of the image */

/*
 * True for a node or parameter of the head: its name is classifier, projection
 * or output, or begins with classifier. or projection., or, if the network has
 * nodes encoder.*, with decoder.
 */
int seg_net_is_head(const struct seg_net *net, const char *name);

/* True if the last node belongs to a projection head: no logits. */
int seg_net_ends_in_projection(const struct seg_net *net);

/*
 * Returns the text without its head, in arena a, and in *backbone the name of
 * the node that was the input of the head; NULL with e if there is none.
 */
char *seg_net_remove_head(struct seg_arena *a, const char *text,
    const char *name, const char **backbone, struct seg_err *e) SEG_MUST_USE;

/*
 * Returns the text of the network that ends at a node, in arena a: without the
 * lines of nodes that it does not need.  *channels: those of the node.  NULL
 * with e if no node has this name or if it belongs to the head.
 */
char *seg_net_end_at(struct seg_arena *a, const char *text, const char *name,
    const char *node, int *channels, struct seg_err *e) SEG_MUST_USE;

/*
 * The logits of a network and their bilinear enlargement to the size of the
 * image.  If the last node only enlarges, it need not run: losses and
 * prediction enlarge the value of the node before it themselves, and full-size
 * logits are never stored.
 */
struct seg_logits {
    const char *node;               /* stop here: its value is the logits */
    const struct seg_step *enlarge; /* the last node, if it only enlarges */
    int align; /* the enlargement puts corner pixels on corner pixels */
    int scale; /* enlarged logits have scale times as many rows and columns, of
                  which the image is the upper left part; 0: as many as the
                  image */
};

void seg_net_logits(struct seg_logits *l, const struct seg_net *net);

/* Fails if logits of h x w, enlarged by scale, do not cover the image. */
int seg_logits_cover(const struct seg_logits *l, int h, int w, int image_h,
    int image_w, struct seg_err *e) SEG_MUST_USE;

/* The enlargement of n logits of h x w with c classes to the size of the image;
   its h is 0 if they have that size. */
struct seg_resize seg_logits_resize(const struct seg_logits *l, int n, int h,
    int w, int c, int image_h, int image_w);

#endif
