#include <string.h>

#include "formats/onnx/proto.h"

enum { VARINT = 0, LENGTH = 2, FIXED32 = 5 }; /* types of the wire */
enum { OPEN_BYTES = 5 };

/* Returns the place of n new bytes; NULL after a failure. */
static char *
append(struct seg_proto *p, size_t n)
{
    if (p->failed)
        return NULL;
    if (n > p->capacity - p->n) {
        size_t capacity = 2 * (p->n + n) + 4096;
        char *more = seg_take_dirty(p->arena, capacity, 1, p->e);
        if (!more) {
            p->failed = 1;
            return NULL;
        }
        if (p->n)
            memcpy(more, p->bytes, p->n);
        p->bytes = more;
        p->capacity = capacity;
    }
    p->n += n;
    return p->bytes + p->n - n;
}

static void
varint(struct seg_proto *p, uint64_t x)
{
    do {
        char *to = append(p, 1);
        if (to)
            *to = (char)((x & 127) | (x > 127 ? 128 : 0));
        x >>= 7;
    } while (x);
}

static void
tag(struct seg_proto *p, int field, int type)
{
    varint(p, (uint64_t)field << 3 | (unsigned)type);
}

void
seg_proto_int(struct seg_proto *p, int field, int64_t x)
{
    tag(p, field, VARINT);
    varint(p, (uint64_t)x);
}

void
seg_proto_float(struct seg_proto *p, int field, float x)
{
    uint32_t bits;

    tag(p, field, FIXED32);
    memcpy(&bits, &x, sizeof bits);
    char *to = append(p, 4);
    for (int i = 0; to && i < 4; i++)
        to[i] = (char)(bits >> 8 * i);
}

void
seg_proto_bytes(struct seg_proto *p, int field, const void *data, size_t n)
{
    tag(p, field, LENGTH);
    varint(p, n);
    char *to = append(p, n);
    if (to && n)
        memcpy(to, data, n);
}

void
seg_proto_text(struct seg_proto *p, int field, const char *text)
{
    seg_proto_bytes(p, field, text, strlen(text));
}

size_t
seg_proto_open(struct seg_proto *p, int field)
{
    tag(p, field, LENGTH);
    append(p, OPEN_BYTES);
    return p->n;
}

void
seg_proto_close(struct seg_proto *p, size_t mark)
{
    if (p->failed)
        return;
    size_t n = p->n - mark;
    for (int i = 0; i < OPEN_BYTES; i++, n >>= 7)
        p->bytes[mark - OPEN_BYTES + (size_t)i] =
            (char)((n & 127) | (i < OPEN_BYTES - 1 ? 128 : 0));
}
