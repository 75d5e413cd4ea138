#include <string.h>

#include "cmd/predict/pending.h"

static const struct {
    const char *word, *tensor; /* in --emit, and in the stream */
} kinds[] = {{"labels", "pred"}, {"probs", "probs"},
    {"confidence", "confidence"}, {"entropy", "entropy"}, {"margin", "margin"},
    {"embedding", "embedding"}};

enum { KINDS = sizeof kinds / sizeof *kinds };

int
cli_listed(const char *list, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (!strncmp(at, word, n) && (at[n] == ',' || !at[n]))
            return 1;
    }
    return 0;
}

int
cli_emit_parse(const char *list)
{
    int emit = 0, n = 0;

    for (int i = 0; i < KINDS; i++)
        emit |= cli_listed(list, kinds[i].word) << i;
    for (const char *at = list; at; at = strchr(at + 1, ','))
        n++;
    if (n != __builtin_popcount((unsigned)emit))
        cli_usage(
            "--emit %s: expected a list of labels, probs, confidence, entropy, "
            "margin, embedding",
            list);
    return emit;
}

size_t
cli_emit_bytes(int emit, int k)
{
    int maps = emit & (CLI_CONFIDENCE | CLI_ENTROPY | CLI_MARGIN);

    return (emit & CLI_LABELS ? 1 : 0) +
           sizeof(float) * ((emit & CLI_PROBS ? (size_t)k : 0) +
                               (size_t)__builtin_popcount((unsigned)maps));
}

struct cli_pending *
cli_pending_queue_add(struct cli_pending_queue *q)
{
    struct cli_pending *a = q->idle;

    if (a)
        q->idle = a->next;
    else
        a = cli_take(1, sizeof *a);
    a->next = NULL;
    a->outputs = (struct seg_pixel_outputs){0};
    a->nodata = NULL;
    if (q->first)
        q->last->next = a;
    else
        q->first = a;
    q->last = a;
    return a;
}

/* Adds the tensor of one kind [h,w], or [h,w,k] if k > 0, and returns its data;
   NULL if emit does not have it. */
static void *
add_tensor(struct cli_pending *a, int emit, int kind, enum seg_type type, int h,
    int w, int k)
{
    struct seg_err e;
    size_t shape[] = {(size_t)h, (size_t)w, (size_t)k};

    if (!(emit >> kind & 1))
        return NULL;
    struct seg_tensor *t = cli_need(
        seg_record_add(&a->rec, kinds[kind].tensor, type, k ? 3 : 2, shape, &e),
        &e);
    return t->data;
}

void
cli_pending_alloc(
    struct cli_pending *a, int emit, int y, int h, int w, int k, int probable)
{
    a->outputs = (struct seg_pixel_outputs){.y = y,
        .h = h,
        .w = w,
        .probable = probable,
        .gap = a->nodata,
        .pred = add_tensor(a, emit, 0, SEG_U8, h, w, 0),
        .probs = add_tensor(a, emit, 1, SEG_F32, h, w, k),
        .confidence = add_tensor(a, emit, 2, SEG_F32, h, w, 0),
        .entropy = add_tensor(a, emit, 3, SEG_F32, h, w, 0),
        .margin = add_tensor(a, emit, 4, SEG_F32, h, w, 0)};
}

int
cli_pending_queue_take(void *queue, int y, int x, int n, float *scores, int k)
{
    struct cli_pending_queue *q = queue;
    struct cli_pending *a = q->first;

    while (y >= a->outputs.y + a->outputs.h)
        a = a->next;
    return seg_pixel_outputs_row(&a->outputs, y, x, n, scores, k);
}

void
cli_pending_queue_write(
    struct cli_pending_queue *q, struct seg_writer *w, int done)
{
    while (q->first && q->first->outputs.y + q->first->outputs.h <= done) {
        struct cli_pending *a = q->first;

        cli_put(w, &a->rec);
        seg_record_clear(&a->rec);
        q->first = a->next;
        a->next = q->idle;
        q->idle = a;
    }
}

void
cli_pending_queue_free(struct cli_pending_queue *q)
{
    for (struct cli_pending *a = q->idle; a; a = a->next)
        seg_record_free(&a->rec);
}
