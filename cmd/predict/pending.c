#include <string.h>

#include "cmd/predict/pending.h"

const char *const cli_emit_words[] = {
    "labels", "probs", "confidence", "entropy", "margin", "embedding", NULL};

/* Their tensors in the stream. */
static const char *const tensors[] = {
    "pred", "probs", "confidence", "entropy", "margin", "embedding"};

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

/* Fails if a node has the tensor of a kind of output. */
static void
check_tensors(const struct cli_nodes *nodes, int emit)
{
    for (int i = 0; nodes && i < nodes->n; i++)
        for (int kind = 0; cli_emit_words[kind]; kind++)
            if (emit & 1 << kind && !strcmp(nodes->tensor[i], tensors[kind]))
                cli_usage("--emit: two tensors %s", tensors[kind]);
}

int
cli_emit_parse(struct cli_nodes *nodes, const char *list)
{
    char word[600];
    int emit = 0;

    for (const char *at = list;; at++) {
        size_t n = strcspn(at, ",");
        int kind = 0;

        if (n >= sizeof word)
            cli_usage("--emit: a word of %zu characters", n);
        memcpy(word, at, n);
        word[n] = 0;
        while (cli_emit_words[kind] && strcmp(word, cli_emit_words[kind]))
            kind++;
        if (cli_emit_words[kind] && !(emit & 1 << kind))
            emit |= 1 << kind;
        else if (cli_emit_words[kind] || !nodes)
            cli_usage("--emit %s: expected a list of labels, probs, "
                      "confidence, entropy, margin, embedding",
                list);
        else
            cli_nodes_add(nodes, word);
        at += n;
        if (!*at)
            break;
    }
    check_tensors(nodes, emit);
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
        seg_record_add(&a->rec, tensors[kind], type, k ? 3 : 2, shape, &e), &e);
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
