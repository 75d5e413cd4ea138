/*
 * What seg-predict writes: records that take the scores of their rows.
 *
 * Most are filled at once; those of a scene in strips wait in line until all of
 * their rows have come, and leave in order.
 */
#ifndef SEG_CMD_ANSWER_H
#define SEG_CMD_ANSWER_H

#include "cmd/cli/cli.h"
#include "lib/eval/judge.h"

enum {
    CLI_LABELS = 1,
    CLI_PROBS = 2,
    CLI_CONFIDENCE = 4,
    CLI_ENTROPY = 8,
    CLI_MARGIN = 16,
    CLI_EMBEDDING = 32,
    CLI_OF_PIXELS = 31 /* all but the embedding */
};

struct cli_answer {
    struct seg_record rec;
    struct seg_verdict verdict;
    const uint8_t *gap; /* of the image: where it has no data; or NULL */
    struct cli_answer *next;
};

struct cli_answers {
    struct cli_answer *first, *last; /* in line */
    struct cli_answer *idle;
};

/* The bits of a list like "labels,probs"; wrong use if it has other words. */
int cli_emit_parse(const char *list);

/* Bytes of a pixel of k classes. */
size_t cli_emit_bytes(int emit, int k);

/* Is word one of the comma-separated ones in list? */
int cli_listed(const char *list, const char *word);

/* A record without anything in it yet, at the end of the line. */
struct cli_answer *cli_answers_add(struct cli_answers *q);

/* Adds the tensors that emit says for rows y to y + h of a picture w wide;
   probable: what will come are probabilities. */
void cli_answer_room(
    struct cli_answer *a, int emit, int y, int h, int w, int k, int probable);

/* Fits seg_take_row. */
int cli_answers_take(void *answers, int y, int x, int n, float *scores, int k);

/* Writes those whose rows end at row `done` or before. */
void cli_answers_put(struct cli_answers *q, struct seg_writer *w, int done);

void cli_answers_free(struct cli_answers *q);

#endif
