/*
 * Queue of output records that are filled with predictions row by row.
 *
 * Most records are filled and written at once.  A strip of a scene waits in the
 * queue until all of its rows are predicted; strips are written in order.
 */
#ifndef SEG_CMD_PREDICT_PENDING_H
#define SEG_CMD_PREDICT_PENDING_H

#include "cmd/predict/nodes.h"
#include "lib/predict/pixel_outputs.h"

enum {
    CLI_LABELS = 1,
    CLI_PROBS = 2,
    CLI_CONFIDENCE = 4,
    CLI_ENTROPY = 8,
    CLI_MARGIN = 16,
    CLI_EMBEDDING = 32, /* the node of --node, as another of the nodes */
    CLI_OF_PIXELS = 31  /* all but the embedding */
};

struct cli_pending {
    struct seg_record rec;
    struct seg_pixel_outputs outputs;
    const uint8_t *nodata; /* h,w: 1 at pixels without data; or NULL */
    struct cli_pending *next;
};

struct cli_pending_queue {
    struct cli_pending *first, *last; /* waiting */
    struct cli_pending *idle;         /* written, for reuse */
};

/* The words of --emit, then NULL. */
extern const char *const cli_emit_words[];

/* The bits for a list such as "labels,probs,NODE"; nodes gets all other
   words; if it is NULL, they are a usage error. */
int cli_emit_parse(struct cli_nodes *nodes, const char *list);

/* Bytes of output for each pixel, with k classes. */
size_t cli_emit_bytes(int emit, int k);

/* 1 if the comma-separated list contains word. */
int cli_listed(const char *list, const char *word);

/* Appends an empty record to the queue. */
struct cli_pending *cli_pending_queue_add(struct cli_pending_queue *q);

/* Allocates the tensors of emit for rows y to y + h - 1 of an image of width w
   and k classes.  probable: the rows will be probabilities, not logits. */
void cli_pending_alloc(
    struct cli_pending *a, int emit, int y, int h, int w, int k, int probable);

/* Passes n pixels from row y, column x on, scores [n,k], to the record with
   this row; has the type seg_take_row. */
int cli_pending_queue_take(
    void *queue, int y, int x, int n, float *scores, int k);

/* Writes the records whose rows are all above row `done`. */
void cli_pending_queue_write(
    struct cli_pending_queue *q, struct seg_writer *w, int done);

void cli_pending_queue_free(struct cli_pending_queue *q);

#endif
