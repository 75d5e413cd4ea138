/*
 * Files of weights as other programs write them: PyTorch's .pth and .pt (zip
 * archives, and the format before version 1.6) and the initializers of ONNX.
 *
 * Nothing in such a file is executed.  Tensors keep their names, types and
 * shapes; contiguous ones are not copied, strided ones are.
 */
#ifndef SEG_FORMATS_WEIGHTS_WEIGHTS_H
#define SEG_FORMATS_WEIGHTS_WEIGHTS_H

#include "lib/tensor/record.h"

struct seg_weights_file {
    const char *name; /* for messages */
    const char *data; /* the whole file; tensors of the record point into it */
    size_t bytes;
};

/* 1 if the first bytes are those of one of these formats. */
int seg_weights_is(const char *data, size_t bytes);

/*
 * Adds the tensors of the file to rec.  If a dictionary also holds other data
 * (an optimizer, a step number), its entry state_dict, model or ema is read.
 * SEG_EDATA: the file is damaged or holds no tensors; the message says which.
 */
int seg_weights_read(struct seg_record *rec, const struct seg_weights_file *f,
    struct seg_err *e) SEG_MUST_USE;

/* The parts: a PyTorch file; an ONNX model. */
int seg_torch_is(const char *data, size_t bytes);
int seg_torch_read(struct seg_record *rec, const struct seg_weights_file *f,
    struct seg_err *e) SEG_MUST_USE;
int seg_onnx_is(const char *data, size_t bytes);
int seg_onnx_read(struct seg_record *rec, const struct seg_weights_file *f,
    struct seg_err *e) SEG_MUST_USE;

#endif
