/*
 * What seg-predict writes: records that take the scores of their rows.
 *
 * Most are filled at once; those of a scene in strips wait in line until all of
 * their rows have come, and leave in order.
 */
#ifndef SEG_CMD_PREDICT_PENDING_H
#define SEG_CMD_PREDICT_PENDING_H

#include "cmd/cli/cli.h"
#include "lib/predict/pixel_outputs.h"

enum {
    CLI_LABELS = 1,
    CLI_PROBS = 2,
    CLI_CONFIDENCE = 4,
    CLI_ENTROPY = 8,
    CLI_MARGIN = 16,
    CLI_EMBEDDING = 32,
    CLI_OF_PIXELS = 31 /* all but the embedding */
};

struct cli_pending {
    struct seg_record rec;
    struct seg_pixel_outputs verdict;
    const uint8_t *gap; /* of the image: where it has no data; or NULL */
    struct cli_pending *next;
};

struct cli_pending_queue {
    struct cli_pending *first, *last; /* in line */
    struct cli_pending *idle;
};

/* The bits of a list like "labels,probs"; wrong use if it has other words. */
int cli_emit_parse(const char *list);

/* Bytes of a pixel of k classes. */
size_t cli_emit_bytes(int emit, int k);

/* Is word one of the comma-separated ones in list? */
int cli_listed(const char *list, const char *word);

/* A record without anything in it yet, at the end of the line. */
struct cli_pending *cli_pending_queue_add(struct cli_pending_queue *q);

/* Adds the tensors that emit says for rows y to y + h of an image w wide;
   probable: what will come are probabilities. */
void cli_pending_alloc(
    struct cli_pending *a, int emit, int y, int h, int w, int k, int probable);

/* Fits seg_take_row. */
int cli_pending_queue_take(
    void *answers, int y, int x, int n, float *scores, int k);

/* Writes those whose rows end at row `done` or before. */
void cli_pending_queue_write(
    struct cli_pending_queue *q, struct seg_writer *w, int done);

void cli_pending_queue_free(struct cli_pending_queue *q);

#endif
