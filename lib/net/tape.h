/*
 * Internals of a network, for lib/net only.
 *
 * value[i] is the output of step[i].  A plan orders the steps that run.  All
 * its memory is one block: values, gradients and saved data, sharing buffers by
 * liveness, then scratch, then the operators' kept data.
 */
#ifndef SEG_NET_TAPE_H
#define SEG_NET_TAPE_H

#include "lib/net/net.h"
#include "lib/op/fusion.h"

enum { SEG_NODES = 4096 };

/* The use of a node in a plan. */
enum seg_part {
    SEG_PART_NONE,
    SEG_PART_SHAPE, /* only its size is needed (like=) */
    SEG_PART_RUN
};

struct seg_net {
    struct seg_arena arena; /* of this struct, the tape and the parameters */
    const char *text, *name;
    struct seg_step *step;
    struct seg_value *value;
    int nsteps;
    struct seg_param **param;
    int nparams;
    int cleared; /* clear parameter gradients before the next pass */
    int changed; /* parameters have changed since the last forward */
    seg_net_watch_fn *watch; /* NULL: none */
    void *watch_with;

    /* the current plan */
    struct seg_arena memory;
    size_t memory_bytes;
    int planned, training, threads;
    enum seg_statistics statistics;
    double momentum;        /* seg_net_momentum */
    int sums;               /* parameter gradients are summed over passes */
    int last;               /* the output's step */
    unsigned char *part;    /* enum seg_part, by step */
    unsigned char *wanted;  /* by node: the caller reads it; the output is not
                               marked */
    unsigned char *written; /* by node, while planning: has a gradient */
    int *order, norder;     /* indices of the steps that run */
    int stop;               /* position of the first trained step */
    int *host;              /* by step: the step it is folded into, or itself */
    struct seg_fusion *fusion;          /* by node, see fuse.c */
    const struct seg_fused_relu **mask; /* by node: mask_dx from the last writer
                                           on, or NULL */
    int *last_dx_writer;                /* by node: a step, or -1: no mask */
    int *x_of, *dx_of; /* by step: the node whose x, dx it shares */
    int *recompute_at; /* by step: the time step before which its value is
                          recomputed; 0: it is kept */
    struct seg_net_bytes bytes;
    void *scratch;
};

/* The node's index among the first n, or -1. */
int seg_net_find(const struct seg_net *net, int n, const char *node);

/* Sets s->set from "key=value" words; messages begin with s->where. */
int seg_settings_parse(struct seg_step *s, const struct seg_net *net,
    char **word, int n, struct seg_err *e) SEG_MUST_USE;

/* Floats of a parameter, rounded up to blocks of 64 bytes. */
size_t seg_net_padded(const struct seg_param *p);

/* best: of the words offered the nearest to seen; NULL: none is near. */
struct seg_nearest {
    const char *seen, *best;
    int distance;
};
void seg_nearest_offer(struct seg_nearest *q, const char *word);

/* The index of a value's node. */
static inline int
seg_net_node_of(const struct seg_net *net, const struct seg_value *v)
{
    return (int)(v - net->value);
}

/* Decides all fusions after the steps are planned, and moves steps. */
void seg_net_fuse(struct seg_net *net);

/* True if step i does not run: another step computes its output, or reads its
   inputs instead of its output. */
int seg_net_is_fused_away(const struct seg_net *net, int i);

/* Assigns all memory, by liveness, after all steps are planned. */
int seg_net_assign_memory(struct seg_net *net, const struct seg_net_plan *plan,
    struct seg_err *e) SEG_MUST_USE;

#endif
