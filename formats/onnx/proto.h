/*
 * A writer of protocol buffers: the wire format, without a schema.
 *
 * Fields are appended in the order of the calls.  A message inside another one
 * is everything between open and close; its length takes 5 bytes, which the
 * format permits.  After an error the calls do nothing: the caller checks
 * `failed` once, at the end.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
#ifndef SEG_FORMATS_ONNX_PROTO_H
#define SEG_FORMATS_ONNX_PROTO_H

#include <stdint.h>

#include "lib/base/arena.h"

struct seg_proto {
    struct seg_arena *arena;
    struct seg_err *e; /* filled by the first failure */
    char *bytes;
    size_t n, capacity;
    int failed;
};

/* A whole number; negative ones take 10 bytes. */
void seg_proto_int(struct seg_proto *p, int field, int64_t x);
void seg_proto_float(struct seg_proto *p, int field, float x);
void seg_proto_bytes(
    struct seg_proto *p, int field, const void *data, size_t n);
void seg_proto_text(struct seg_proto *p, int field, const char *text);

/* Returns the mark that close needs. */
size_t seg_proto_open(struct seg_proto *p, int field);
void seg_proto_close(struct seg_proto *p, size_t mark);

#endif
