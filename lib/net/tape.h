/*
 * The inside of a network, for lib/net alone.
 *
 * value[i] is what step[i] makes.  A plan puts the steps that run into order;
 * all memory of a plan is one block: values, gradients and what operators save,
 * sharing room by lifetime, then scratch, then what operators keep.
 */
#ifndef SEG_NET_TAPE_H
#define SEG_NET_TAPE_H

#include "lib/net/net.h"

enum { SEG_NODES = 4096 };

/* What a plan does with a node. */
enum seg_part {
    SEG_PART_NONE,
    SEG_PART_SHAPE, /* its size is asked for (like=) */
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
    int cleared; /* gradients of parameters are to be 0 before the next pass */
    int changed; /* parameters have changed since the last forward */
    seg_net_watch_fn *watch; /* NULL: none */
    void *watch_with;

    /* the plan in force */
    struct seg_arena room;
    size_t room_bytes;
    int planned, training, threads;
    int sums;               /* gradients of parameters outlast a pass */
    int last;               /* the output's step */
    unsigned char *part;    /* enum seg_part, by step */
    unsigned char *wanted;  /* survives, by step; the output is not marked */
    unsigned char *written; /* planning: its gradient has something in it */
    int *order, norder;     /* numbers of the steps that run */
    int stop;               /* position of the first trained step */
    int *host;              /* by step: the step it is folded into, or itself */
    int *x_of, *dx_of;      /* by step: whose x, dx is also its own */
    int *again;             /* by step: the tick before which its value is made
                               again, 0: it is kept */
    struct seg_net_bytes bytes;
    void *scratch;
};

/* The node's number among the first n, or -1. */
int seg_net_find(const struct seg_net *net, int n, const char *node);

/* Sets s->set from "key=value" words; messages begin with s->where. */
int seg_settings_parse(struct seg_step *s, const struct seg_net *net,
    char **word, int n, struct seg_err *e) SEG_MUST_USE;

/* Floats that a parameter takes up: whole blocks of 64 bytes. */
size_t seg_net_padded(const struct seg_param *p);

/* The word of words nearest to seen, or NULL if none is near. */
struct seg_nearest {
    const char *seen, *best;
    int distance;
};
void seg_nearest_offer(struct seg_nearest *q, const char *word);

/* Room for everything, by lifetime, after all steps are planned. */
int seg_net_assign_memory(struct seg_net *net, const struct seg_net_plan *plan,
    struct seg_err *e) SEG_MUST_USE;

#endif
