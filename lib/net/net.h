/*
 * A network: its text (seg-net(5)), its tape of steps and its parameters.
 *
 * Order of calls: parse (graph, channels, parameters; no image size needed),
 * fill the parameters, plan for a batch size (again if the size changes), then
 * any number of forward and backward.  The plan assigns all memory: values
 * share buffers by liveness, and the total is known before anything runs.  The
 * network owns everything that its functions return.
 */
#ifndef SEG_NET_NET_H
#define SEG_NET_NET_H

#include "lib/op/op.h"

struct seg_net;

/*
 * One node a line: name, operator, inputs (comma-separated; - for none),
 * settings key=value; # begins a comment.  Messages begin with "NAME:LINE:".
 * Inputs must be defined above; the first node is an input.
 */
int seg_net_parse(struct seg_net **net, const char *text, const char *name,
    struct seg_err *e) SEG_MUST_USE;
void seg_net_free(struct seg_net *net);

/*
 * The two halves of parsing, for callers that check the parameters against a
 * file before allocating them: parse_graph leaves every w NULL, alloc_params
 * allocates them, zeroed.
 */
int seg_net_parse_graph(struct seg_net **net, const char *text,
    const char *name, struct seg_err *e) SEG_MUST_USE;
int seg_net_alloc_params(struct seg_net *net, struct seg_err *e) SEG_MUST_USE;

const char *seg_net_text(const struct seg_net *net);

/* ---- parameters: filled and read by the caller ---- */
int seg_net_params(const struct seg_net *net);
struct seg_param *seg_net_param(const struct seg_net *net, int i);
struct seg_param *seg_net_param_named(
    const struct seg_net *net, const char *name);
/* The number of trainable weights. */
size_t seg_net_weights(const struct seg_net *net);

/*
 * Initializes all parameters, each from the seed and its name.  Weights: He
 * normal (fan out, as torchvision does for convolutions before a ReLU), Xavier
 * uniform, or normal with deviation 0.02, as in transformers.  Other parameters
 * as the operator declares, for example ones.
 */
enum seg_init_kind { SEG_INIT_HE, SEG_INIT_XAVIER, SEG_INIT_TRUNC };
void seg_net_init(struct seg_net *net, enum seg_init_kind kind, uint64_t seed);

/*
 * Sets lr_scale of all parameters whose name matches the shell pattern; 0
 * freezes.  Returns the number of matches.  Call before plan.
 */
int seg_net_scale_lr(struct seg_net *net, const char *pattern, double scale);

/* Freezes all parameters but scale and shift of normalizations.  Returns the
   number of those.  Call before plan. */
int seg_net_train_norms(struct seg_net *net);

/* True if the network has running statistics: batch normalization. */
int seg_net_has_statistics(const struct seg_net *net);

/* Call this after parameters were loaded or updated. */
void seg_net_changed(struct seg_net *net);

/* ---- plan and run ---- */

/* Which statistics batch normalization takes. */
enum seg_statistics {
    SEG_STATISTICS_NORMAL, /* in training those of the batch, unless the step is
                              frozen; else the running ones */
    SEG_STATISTICS_KEPT,   /* the running ones, which do not change */
    SEG_STATISTICS_BATCH   /* those of the batch; the running ones follow */
};

struct seg_net_plan {
    int n, h, w;  /* batch and image size */
    int training; /* memory for backward; batch statistics */
    int passes;   /* whose parameter gradients are summed; 0 is 1 */
    int threads;
    int exact;        /* direct convolution only */
    int keep_methods; /* use the methods chosen by the dry run */
    size_t mem_limit; /* bytes; 0: none */
    size_t others;    /* bytes of the limit used by the caller */
    enum seg_statistics statistics;
    const char *last;          /* the node to stop at; NULL: the last one */
    const char *const *wanted; /* more nodes whose values must be kept */
    int nwanted;
};

int seg_net_plan(struct seg_net *net, const struct seg_net_plan *plan,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Computes shapes and methods for a whole image, without memory, before its
 * windows are planned.  Nothing can run until the next plan.
 */
int seg_net_dry_run(struct seg_net *net, const struct seg_net_plan *plan,
    struct seg_err *e) SEG_MUST_USE;

/*
 * The receptive field along axis 0 (y) or 1 (x), after a dry run.  Outputs
 * [a,b), with a and b multiples of align, depend to the last bit only on inputs
 * a - before to b + after (zeros outside the image), if the window also begins
 * at a multiple of align.  Fails if an output depends on the whole image, for
 * example after global_avgpool.
 */
struct seg_net_receptive_field {
    int align, before, after;
};
int seg_net_receptive_field(const struct seg_net *net, int axis,
    struct seg_net_receptive_field *r, struct seg_err *e) SEG_MUST_USE;

/* Bytes of the current plan: values and gradients, parameters, scratch. */
struct seg_net_bytes {
    size_t values, params, scratch, kept, total;
};
struct seg_net_bytes seg_net_bytes(const struct seg_net *net);

/* The value of a node; NULL if there is no such node. */
struct seg_value *seg_net_value(const struct seg_net *net, const char *node);
struct seg_value *seg_net_input(const struct seg_net *net);
struct seg_value *seg_net_output(const struct seg_net *net);

/*
 * Sets the share by which running statistics move towards those of a batch; 0:
 * that of each node (its setting momentum).  With 1/t in pass t = 1, 2, ...
 * they become the mean over all passes.
 */
void seg_net_momentum(struct seg_net *net, double share);

/* Fill the input's x first.  seed and step feed random operators. */
void seg_net_forward(struct seg_net *net, uint64_t seed, uint64_t step);

/*
 * Fill the output's dx first (and add to that of wanted nodes after
 * seg_net_clear_grads).  Parameter gradients last until the next forward; if
 * the plan has several passes, they are summed until seg_net_clear_grads.
 */
void seg_net_backward(struct seg_net *net, uint64_t seed, uint64_t step);
void seg_net_clear_grads(struct seg_net *net);

/* ---- the tape, for tools that inspect it ---- */
int seg_net_steps(const struct seg_net *net);
const struct seg_step *seg_net_step(const struct seg_net *net, int i);

/* Calls fn after forward and after backward of every step that runs, to
   measure time or inspect values; NULL: no calls. */
typedef void seg_net_watch_fn(
    void *with, const struct seg_step *s, int backward);
void seg_net_watch(struct seg_net *net, seg_net_watch_fn *fn, void *with);

#endif
