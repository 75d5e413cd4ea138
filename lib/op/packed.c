/* Packs the weights of conv and tconv when they have changed. */
#include "lib/op/packed.h"

#include "lib/op/common.h"

void
seg_packed_plan(struct seg_packed *p, struct seg_step *s,
    const struct seg_conv *cv, enum seg_conv_pass pass)
{
    *p = (struct seg_packed){
        .pass = {pass,
            pass == SEG_CONV_DATA ? SEG_CONV_FORWARD : SEG_CONV_DATA},
        .in_scratch = s->training && !s->frozen,
    };
    p->bytes[SEG_FORWARD] =
        seg_conv_packed(cv, p->pass[SEG_FORWARD]) * sizeof(float);
    if (s->wants[0])
        p->bytes[SEG_BACKWARD] =
            seg_conv_packed(cv, p->pass[SEG_BACKWARD]) * sizeof(float);
    if (!p->in_scratch)
        s->kept_bytes += p->bytes[SEG_FORWARD] + p->bytes[SEG_BACKWARD];
}

size_t
seg_packed_scratch(const struct seg_packed *p, const struct seg_conv *cv)
{
    size_t most = 0;

    for (int direction = 0; direction < 2; direction++)
        if (p->bytes[direction])
            most =
                seg_larger(most, seg_conv_scratch(cv, p->pass[direction]) +
                                     (p->in_scratch ? p->bytes[direction] : 0));
    return most;
}

void
seg_packed_invalidate(struct seg_packed *p)
{
    p->stale[SEG_FORWARD] = p->stale[SEG_BACKWARD] = 1;
}

const float *
seg_packed_get(struct seg_packed *p, enum seg_direction direction,
    const float *w, const float *scale, const struct seg_conv *cv, void *kept,
    void **scratch)
{
    float *to = kept;

    if (p->in_scratch) {
        to = *scratch;
        *scratch = (char *)*scratch + p->bytes[direction];
    } else if (direction == SEG_BACKWARD) {
        to += p->bytes[SEG_FORWARD] / sizeof *to;
    }
    if (p->in_scratch || p->stale[direction])
        seg_conv_pack(to, w, scale, cv, p->pass[direction]);
    p->stale[direction] = 0;
    return to;
}
