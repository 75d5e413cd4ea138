/*
 * Optimizers: update each parameter from its gradient in one pass.
 *
 * With g the gradient times `scale`, wd the weight decay (0 for parameters
 * without decay) and lr the learning rate times the parameter's lr_scale:
 *
 *   SGD     g += wd w;  m = momentum m + g;
 *           w -= lr m,  with Nesterov w -= lr (g + momentum m)
 *   AdamW   w -= lr wd w;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g g;
 *           w -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
 *
 * These are torch.optim.SGD (without dampening) and torch.optim.AdamW
 * (Loshchilov and Hutter, 1711.05101).  Elements are updated independently, so
 * the number of threads does not change the result.  Frozen parameters and
 * buffers are not changed.
 */
#ifndef SEG_TRAIN_OPTIM_H
#define SEG_TRAIN_OPTIM_H

#include "lib/net/net.h"

enum seg_optimizer { SEG_SGD, SEG_ADAMW };

struct seg_optim {
    /* set by the caller */
    enum seg_optimizer kind;
    double momentum; /* for SGD */
    int nesterov;
    double beta1, beta2, eps; /* for AdamW */
    double decay;
    int threads;
    /* set by seg_optim_start; a checkpoint contains m, v and steps */
    struct seg_net *net;
    float **m, **v; /* by parameter; NULL if unused */
    uint64_t steps;
    double *squares; /* sums of squares of the pieces of a parameter */
};

/* Allocates the state, set to 0, in arena a.  The network must be planned. */
int seg_optim_start(struct seg_optim *o, struct seg_net *net,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Norm of the whole gradient; summed in double in a fixed order. */
double seg_optim_norm(const struct seg_optim *o);

/* Runs one step.  Gradients are read, not cleared.  Calls seg_net_changed. */
void seg_optim_step(struct seg_optim *o, double rate, double scale);

#endif
