/* Functions that several convolution methods share. */
#ifndef SEG_KERNEL_CONV_CONV_COMMON_H
#define SEG_KERNEL_CONV_CONV_COMMON_H

#include "lib/kernel/conv/conv_kernel.h"

/* Adds the channel sums of n parts of a pass that wrote c channels, in order,
   into the results that the epilogue names. */
void seg_conv_reduce_sums(const struct seg_conv_epilogue *e, const float *parts,
    int n, int c, int threads);

/*
 * Packs the weights of one panel and one input channel of the pass:
 * out[tap*tap_pitch + j] is the weight from channel `in` of the map that the
 * pass reads to channel p*panel + j of the map that it writes, and 0 after the
 * last channel.  SEG_CONV_DATA reverses the order of the taps.  w and scale (or
 * NULL) are those of one group.
 */
void seg_conv_pack_channel(float *out, long tap_pitch, const float *w,
    const float *scale, const struct seg_conv *cv, enum seg_conv_pass pass,
    int p, int in);

#endif
