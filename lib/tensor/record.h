/*
 * A record: tensors by name and metadata by key.  Streams consist of records.
 *
 * All memory that a record points to belongs to its arena, or to a mapped file
 * that outlives it.  Clearing a record resets the arena: a loop that reads a
 * stream has one record and clears it in each iteration.
 */
#ifndef SEG_TENSOR_RECORD_H
#define SEG_TENSOR_RECORD_H

#include "lib/tensor/names.h"
#include "lib/tensor/tensor.h"

struct seg_meta {
    const char *key, *value;
};

/* Values that a file's reader had to round: how many, and the largest
   change. */
struct seg_rounding {
    size_t n;
    double most;
};

struct seg_record {
    struct seg_arena arena;
    struct seg_tensor *tensors;
    int ntensors;
    struct seg_meta *meta;
    int nmeta;
    size_t tensors_capacity, meta_capacity;
    /* updated by the functions below */
    struct seg_name_index tensor_names, meta_names;
    /* for example "a.st: record 3", set by the reader; NULL: not read */
    const char *read_from;
    const char *warnings; /* by the reader: lines for the user, or NULL */
    struct seg_rounding image_rounding, label_rounding; /* by the reader */
};

void seg_record_clear(struct seg_record *r);
void seg_record_free(struct seg_record *r);

/* NULL if there is none with that name. */
struct seg_tensor *seg_record_find(
    const struct seg_record *r, const char *name);
const char *seg_record_meta(const struct seg_record *r, const char *key);

/* The key of the record (seg.key), or "". */
const char *seg_record_key(const struct seg_record *r);

/* A name for messages, never empty: the key; or, without a key, read_from; or
   "a record without a key". */
const char *seg_record_name(const struct seg_record *r);
/* The same for messages that already name the file: the key, or "record 3". */
const char *seg_record_short_name(const struct seg_record *r);

/* For a reader that appends to the lists itself: call after each append. */
int seg_record_added_tensor(
    struct seg_record *r, struct seg_err *e) SEG_MUST_USE;
int seg_record_added_meta(struct seg_record *r, struct seg_err *e) SEG_MUST_USE;
/* Removes the tensors whose name the caller has set to NULL.  Also call it
   after renaming or reordering tensors. */
void seg_record_sweep(struct seg_record *r);
/* Renames t.  The name must be unused in the record and must outlive it. */
void seg_record_rename(
    struct seg_record *r, struct seg_tensor *t, const char *name);

/*
 * Adds a tensor with uninitialized data in the record's arena.  Replaces a
 * tensor of the same name.  NULL if out of memory.
 */
struct seg_tensor *seg_record_add(struct seg_record *r, const char *name,
    enum seg_type type, int rank, const size_t *shape,
    struct seg_err *e) SEG_MUST_USE;

/* Adds a tensor whose data belongs to the caller and outlives the record. */
struct seg_tensor *seg_record_borrow(struct seg_record *r,
    const struct seg_tensor *t, struct seg_err *e) SEG_MUST_USE;

/*
 * For programs that print: replaces control characters in names, keys and
 * values by "?", except tabs and line ends in values.  The texts are changed in
 * place; a changed name is no longer found.
 */
void seg_record_sanitize(struct seg_record *r);

/* Removes a tensor or a key, if present. */
void seg_record_drop(struct seg_record *r, const char *name);
void seg_record_unset(struct seg_record *r, const char *key);

/*
 * Adds a line to warnings: the input is unusual, but no pixel is lost.  The
 * line has the form of an error message ("b.jpg: 6 stray bytes before the end
 * mark").  Warnings are never written to a stream; a program prints them with
 * cli_warn.
 */
int seg_record_warn(struct seg_record *r, struct seg_err *e, const char *fmt,
    ...) SEG_PRINTF(3, 4) SEG_MUST_USE;

/* Sets a key; the strings are copied. */
int seg_record_set(struct seg_record *r, const char *key, const char *value,
    struct seg_err *e) SEG_MUST_USE;

/* Copies all metadata of from, except seg.hash, that `to` does not have yet. */
int seg_record_inherit(struct seg_record *to, const struct seg_record *from,
    struct seg_err *e) SEG_MUST_USE;

#endif
