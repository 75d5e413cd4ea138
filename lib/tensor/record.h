/*
 * A record: tensors by name and metadata by key, the unit that streams carry.
 *
 * Everything a record points to lives in its arena (or in a mapped file that
 * outlives it).  Clearing a record resets the arena: the loop that reads a
 * stream has one record and clears it each time round.
 */
#ifndef SEG_TENSOR_RECORD_H
#define SEG_TENSOR_RECORD_H

#include "lib/tensor/names.h"
#include "lib/tensor/tensor.h"

struct seg_meta {
    const char *key, *value;
};

/* Values of a file that its reader had to change: how many, by how much at
   most. */
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
    struct seg_name_index tensor_names,
        meta_names; /* kept by the calls below */
    const char
        *read_from; /* "a.st: record 3", from the reader; NULL: not read */
    const char *warnings; /* of the reader: lines for the user, or NULL */
    struct seg_rounding image_rounding, label_rounding; /* of the reader, too */
};

void seg_record_clear(struct seg_record *r);
void seg_record_free(struct seg_record *r);

/* NULL if there is none of that name */
struct seg_tensor *seg_record_find(
    const struct seg_record *r, const char *name);
const char *seg_record_meta(const struct seg_record *r, const char *key);

/* The item's name (seg.key), or "" */
const char *seg_record_key(const struct seg_record *r);

/* A name for messages, never empty: the key, or the place where the record was
   read ("a.st: record 3"), or "a record without a key". */
const char *seg_record_name(const struct seg_record *r);
/* The same after the name of the file: the key, or "record 3". */
const char *seg_record_brief(const struct seg_record *r);

/* For a reader that fills the lists itself: the last item is new. */
int seg_record_added_tensor(
    struct seg_record *r, struct seg_err *e) SEG_MUST_USE;
int seg_record_added_meta(struct seg_record *r, struct seg_err *e) SEG_MUST_USE;
/* Removes the tensors whose name the caller has set to NULL.  A caller that
   renamed tensors, or put them in another order, calls it as well. */
void seg_record_sweep(struct seg_record *r);
/* Another name, which must not be there yet and outlive the record. */
void seg_record_rename(
    struct seg_record *r, struct seg_tensor *t, const char *name);

/*
 * Adds a tensor with room for its data (not cleared) in the record's arena.  A
 * tensor of the same name is replaced.  NULL if there is no memory.
 */
struct seg_tensor *seg_record_add(struct seg_record *r, const char *name,
    enum seg_type type, int rank, const size_t *shape,
    struct seg_err *e) SEG_MUST_USE;

/* Adds a tensor whose bytes belong to somebody who outlives the record. */
struct seg_tensor *seg_record_view(struct seg_record *r,
    const struct seg_tensor *t, struct seg_err *e) SEG_MUST_USE;

/*
 * For a program that prints: control characters in names, keys and values
 * become "?", but tabs and ends of lines stay in values.  The texts are changed
 * where they lie, in the record's arena; afterwards a changed name is not
 * found.
 */
void seg_record_sanitize(struct seg_record *r);

/* Removes a tensor or a key if it is there. */
void seg_record_drop(struct seg_record *r, const char *name);
void seg_record_unset(struct seg_record *r, const char *key);

/*
 * Adds a line to warnings: the input is odd, but no pixel is lost.  The line is
 * written like an error ("b.jpg: 6 stray bytes before the end mark").  Warnings
 * are never written to a stream; a program prints them with cli_warn.
 */
int seg_record_warn(struct seg_record *r, struct seg_err *e, const char *fmt,
    ...) SEG_PRINTF(3, 4) SEG_MUST_USE;

/* Sets a key; the strings are copied. */
int seg_record_set(struct seg_record *r, const char *key, const char *value,
    struct seg_err *e) SEG_MUST_USE;

/* All metadata of from that to does not have yet; seg.hash is left out. */
int seg_record_inherit(struct seg_record *to, const struct seg_record *from,
    struct seg_err *e) SEG_MUST_USE;

#endif
