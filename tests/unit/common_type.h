/* Compares a tensor with the one that seg_image_read made of it: u8, u16, i16
   and f32 must have equal bits, other types are f32. */
#ifndef SEG_TESTS_UNIT_COMMON_TYPE_H
#define SEG_TESTS_UNIT_COMMON_TYPE_H

#include <string.h>

#include "lib/tensor/tensor.h"

static enum seg_type
settled_type(enum seg_type t)
{
    return t == SEG_U8 || t == SEG_U16 || t == SEG_I16 ? t : SEG_F32;
}

/* 1 if seen is the converted want. */
static int
same_common_type(const struct seg_tensor *seen, const struct seg_tensor *want)
{
    size_t n = seg_tensor_count(want);

    if (!seen || seen->type != settled_type(want->type) ||
        seg_tensor_count(seen) != n || seen->shape[0] != want->shape[0] ||
        seen->shape[1] != want->shape[1])
        return 0;
    if (seen->type == want->type)
        return !memcmp(seen->data, want->data, want->bytes);
    for (size_t i = 0; i < n; i++)
        if (((const float *)seen->data)[i] != (float)seg_tensor_get(want, i))
            return 0;
    return 1;
}

#endif
