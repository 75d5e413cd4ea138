/*
 * A model as an ONNX file, for runtimes that know nothing of segpipe.
 *
 * The graph takes `image`, [N,C,H,W] f32 with the stored values of pixels (it
 * begins with the normalization of the model), and gives `logits`, or `probs`
 * after a softmax over the classes.  N, H and W are free.  A batch
 * normalization is folded into the convolution before it.  Metadata of the
 * model, for example seg.classes, is kept.
 *
 * Source: https://github.com/onnx/onnx, IR version 8, operator set 17
 */
#ifndef SEG_FORMATS_ONNX_ONNX_H
#define SEG_FORMATS_ONNX_ONNX_H

#include "formats/stream/model.h"

struct seg_onnx_opts {
    int softmax;      /* probs, not logits */
    size_t mem_limit; /* bytes of the file in memory; 0: none */
};

/*
 * Writes the file to fd; name is that of the model, for messages.  SEG_EDATA:
 * an operator, or a normalization by the statistics of each image, has no form
 * in ONNX, or the file would exceed 2 GB.
 */
int seg_onnx_write(int fd, const char *file, const struct seg_model *m,
    const char *name, const struct seg_onnx_opts *opts,
    struct seg_err *e) SEG_MUST_USE;

#endif
