/*
 * A tensor: type, shape, name, data.  Row-major, little-endian, channels last.
 *
 * A tensor does not own its data, which belongs to an arena or to a mapped file
 * and is valid as long as that is.
 */
#ifndef SEG_TENSOR_TENSOR_H
#define SEG_TENSOR_TENSOR_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"

enum seg_type {
    SEG_BOOL,
    SEG_U8,
    SEG_I8,
    SEG_U16,
    SEG_I16,
    SEG_F16,
    SEG_BF16,
    SEG_U32,
    SEG_I32,
    SEG_F32,
    SEG_U64,
    SEG_I64,
    SEG_F64,
    SEG_TYPES
};

enum { SEG_RANK = 8 };

struct seg_tensor {
    const char *name;
    enum seg_type type;
    int rank;
    size_t shape[SEG_RANK];
    size_t bytes; /* product of the shape times the size of the type */
    void *data;
};

size_t seg_type_size(enum seg_type t);
const char *seg_type_name(enum seg_type t); /* as in safetensors: "U8" */
int seg_type_is_float(enum seg_type t);     /* f16, bf16, f32, f64 */
int seg_type_parse(enum seg_type *t, const char *name) SEG_MUST_USE;

/* Size of a tensor in bytes; -1 if the product overflows. */
int seg_tensor_size(
    size_t *bytes, enum seg_type t, int rank, const size_t *shape) SEG_MUST_USE;

/* Channels of an image: C of [H,W,C], 1 of [H,W]. */
size_t seg_tensor_bands(const struct seg_tensor *t);

/* Number of elements of t. */
size_t seg_tensor_count(const struct seg_tensor *t);

/* Element i converted to double, for any type. */
double seg_tensor_get(const struct seg_tensor *t, size_t i);

/* Stores v as element i.  For integer types v is rounded (halves up) and
   clamped to the range of the type. */
void seg_tensor_put(struct seg_tensor *t, size_t i, double v);

/* Converts all elements of t to float: out[seg_tensor_count(t)]. */
void seg_tensor_floats(float *out, const struct seg_tensor *t);

/* Writes "[240,180,3] u8" into text of n bytes; returns text. */
char *seg_tensor_describe(char *text, size_t n, const struct seg_tensor *t);

#endif
