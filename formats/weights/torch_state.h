/*
 * Storages and tensors of a PyTorch file, and the state dictionary among the
 * values of its pickle.
 */
#ifndef SEG_FORMATS_WEIGHTS_TORCH_STATE_H
#define SEG_FORMATS_WEIGHTS_TORCH_STATE_H

#include "formats/weights/pickle.h"
#include "formats/weights/weights.h"
#include "lib/tensor/names.h"

/* Bytes that tensors share; data is set once the pickle was read. */
struct seg_torch_storage {
    const char *key;
    enum seg_type type;
    size_t bytes;
    const char *data;
};

/* All storages, by key. */
struct seg_torch_storages {
    struct {
        const char *key; /* first, for the index of names */
        struct seg_torch_storage *storage;
    } * list;
    size_t n, capacity;
    struct seg_name_index names;
};

struct seg_torch_tensor {
    const struct seg_torch_storage *storage;
    enum seg_type type;
    int rank;
    size_t offset, shape[SEG_RANK], stride[SEG_RANK]; /* in elements */
};

/* The storage of that key, a new one if there is none. */
struct seg_torch_storage *seg_torch_storage(struct seg_torch_storages *all,
    struct seg_arena *a, const char *key, enum seg_type type, size_t elements,
    const char *file, struct seg_err *e) SEG_MUST_USE;

/* NULL if there is none. */
struct seg_torch_storage *seg_torch_find(
    const struct seg_torch_storages *all, const char *key);

/* A tensor of the arguments storage, offset, sizes, strides. */
struct seg_torch_tensor *seg_torch_tensor(struct seg_arena *a,
    struct seg_pickle_value *const args[4], const char *file,
    struct seg_err *e) SEG_MUST_USE;

/* The tensors of the state dictionary in value, into rec. */
int seg_torch_state(struct seg_record *rec, const struct seg_pickle_value *top,
    const struct seg_weights_file *f, struct seg_err *e) SEG_MUST_USE;

#endif
