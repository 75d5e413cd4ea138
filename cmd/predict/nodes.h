/*
 * The nodes of --emit: NODE or TENSOR=NODE.  The tensor has the size of the
 * node's output.
 */
#ifndef SEG_CMD_PREDICT_NODES_H
#define SEG_CMD_PREDICT_NODES_H

#include "cmd/cli/cli.h"
#include "lib/predict/predictor.h"

enum { CLI_NODES = 16 };

struct cli_nodes {
    const char *tensor[CLI_NODES], *node[CLI_NODES];
    int n;
};

/* Adds a word of --emit that is not a kind of output; exits on a word that is
   empty, and if a tensor is named twice or there are too many. */
void cli_nodes_add(struct cli_nodes *q, const char *word);

/* Exits unless all nodes exist; kinds, which ends with NULL, are the other
   words of --emit. */
void cli_nodes_check(const struct cli_nodes *q, const struct seg_net *net,
    const char *model, const char *const *kinds);

/* True if the output of a node replaces the image. */
int cli_nodes_replace_image(const struct cli_nodes *q);

/*
 * Makes p keep the values of all nodes.  stop: nothing else is needed, so the
 * network runs up to the last of them only.
 */
void cli_nodes_keep(
    const struct cli_nodes *q, struct seg_predictor *p, int stop);

/* Adds the values for image i of the batch to out.  If they replace the image,
   tensors [H,W] of its size are reduced to the nearest pixels. */
void cli_nodes_put(const struct cli_nodes *q, const struct seg_predictor *p,
    int i, struct seg_record *out);

#endif
