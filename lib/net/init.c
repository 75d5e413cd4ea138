/*
 * Initial weights.
 *
 *   He        w ~ N(0, 2 / fan_out)           (He et al. 2015, 1502.01852)
 *   Xavier    w ~ U(-a, a), a = sqrt(6 / (fan_in + fan_out))
 *                                             (Glorot and Bengio 2010)
 *   trunc     w ~ N(0, 0.02^2)    (trunc_normal_ of timm: its limits of -2 and
 *                                  2 are 100 deviations away)
 *
 * A convolution may ask for N(0, std^2) instead.
 *
 * A parameter's values depend on the seed and its name only: replacing the head
 * does not change the backbone.
 */
#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/net/tape.h"

static void
draw(struct seg_param *p, enum seg_init_kind kind, uint64_t seed)
{
    struct seg_rng r = seg_rng_make(seed, p->name, "init", 0);
    double in = (double)p->fan_in, out = (double)p->fan_out;
    double sd = sqrt(2 / out), a = sqrt(6 / (in + out));

    if (p->std > 0)
        sd = p->std;
    else if (p->init == SEG_INIT_PROJECTION)
        sd = 1 / sqrt(in);
    else if (p->init == SEG_INIT_TOKEN || kind == SEG_INIT_TRUNC)
        sd = 0.02;
    int uniform =
        p->init == SEG_INIT_WEIGHT && kind == SEG_INIT_XAVIER && !(p->std > 0);
    for (size_t i = 0; i < p->count; i++)
        p->w[i] = (float)(uniform ? seg_rng_range(&r, -a, a)
                                  : sd * seg_rng_normal(&r));
}

void
seg_net_init(struct seg_net *net, enum seg_init_kind kind, uint64_t seed)
{
    for (int i = 0; i < net->nparams; i++) {
        struct seg_param *p = net->param[i];
        if (p->init != SEG_INIT_ZERO && p->init != SEG_INIT_ONE) {
            draw(p, kind, seed);
            continue;
        }
        for (size_t k = 0; k < p->count; k++)
            p->w[k] = p->init == SEG_INIT_ONE;
    }
    seg_net_changed(net);
}
