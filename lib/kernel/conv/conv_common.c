#include "lib/kernel/conv/conv_common.h"

void
seg_conv_reduce_sums(const struct seg_conv_epilogue *e, const float *parts,
    int n, int c, int threads)
{
    if (e->stats)
        seg_parts_stats(e->stats, parts, n, c, threads);
    if (e->relu)
        seg_parts_sums(e->relu, parts, n, c, threads);
}

void
seg_conv_pack_channel(float *out, long tap_pitch, const float *w,
    const float *scale, const struct seg_conv *cv, enum seg_conv_pass pass,
    int p, int in)
{
    int panel = mm_of(cv)->panel, back = pass == SEG_CONV_DATA;
    int taps = cv->kh * cv->kw, c = cv->c / cv->groups;
    int outs = back ? c : cv->k / cv->groups;
    for (int j = 0; j < panel; j++) {
        int o = p * panel + j, k = back ? in : o;
        const float *from = w + ((long)k * c + (back ? o : in)) * taps;
        for (int t = 0; t < taps; t++)
            out[t * tap_pitch + j] = o >= outs ? 0
                                               : from[back ? taps - 1 - t : t] *
                                                     (scale ? scale[k] : 1);
    }
}
