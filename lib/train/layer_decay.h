/*
 * Layer-wise decay of the learning rate, as for BEiT (Bao et al., 2106.08254):
 * the deeper a block of the encoder, the larger its rate, as the first blocks
 * of trained weights fit most tasks as they are.
 *
 * Level.  The block of a node is its name up to the first component that is a
 * number: that of encoder.blocks.3.attn.qkv is encoder.blocks.3; a name without
 * such a component is in the block "".  The level of a node is the largest
 * number of blocks on a path to it, counting a block when the path enters it;
 * only nodes with weights count, and bn belongs to the block of its input.  So
 * the stem has level 1, and parallel branches have the same level.
 *
 * Encoder.  The first resize or tconv, and all nodes below it in the text, are
 * the decoder; the head is no part of the encoder either.
 *
 * With L the largest level of the encoder, lr_scale of a parameter of the
 * encoder at level l is multiplied by decay^(L + 1 - l).  Decoder and head keep
 * theirs.
 */
#ifndef SEG_TRAIN_LAYER_DECAY_H
#define SEG_TRAIN_LAYER_DECAY_H

#include "lib/net/net.h"

/* Returns L, or -1 if memory of a is exhausted.  Call it before plan. */
int seg_layer_decay(struct seg_net *net, double decay, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

#endif
