/*
 * Optimizers: from gradients to new weights in one pass over each parameter.
 *
 * With g the gradient times `scale`, wd the weight decay (0 for a parameter
 * that does not decay) and lr the rate times the parameter's own lr_scale:
 *
 *   SGD     g += wd w;  m = momentum m + g;
 *           w -= lr m,  with Nesterov w -= lr (g + momentum m)
 *   AdamW   w -= lr wd w;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g g;
 *           w -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
 *
 * These are PyTorch's torch.optim.SGD (no dampening) and AdamW (Loshchilov and
 * Hutter, 1711.05101).  Every number is computed alone, so the threads change
 * nothing.  Frozen parameters and buffers are left as they are.
 */
#ifndef SEG_TRAIN_OPTIM_H
#define SEG_TRAIN_OPTIM_H

#include "lib/net/net.h"

enum seg_optimizer { SEG_SGD, SEG_ADAMW };

struct seg_optim {
    /* set by the caller */
    enum seg_optimizer kind;
    double momentum; /* of SGD */
    int nesterov;
    double beta1, beta2, eps; /* of AdamW */
    double decay;
    int threads;
    /* set by seg_optim_start; m, v and steps are what a checkpoint must hold */
    struct seg_net *net;
    float **m, **v; /* by parameter; NULL where there is none */
    uint64_t steps;
    double *squares; /* room for the pieces of one parameter's norm */
};

/* Room for the state, cleared, in arena a; after the network was planned. */
int seg_optim_start(struct seg_optim *o, struct seg_net *net,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Length of the whole gradient; sums in double, in a fixed order. */
double seg_optim_norm(const struct seg_optim *o);

/* One step; gradients are read, not cleared.  Tells the network. */
void seg_optim_step(struct seg_optim *o, double rate, double scale);

#endif
