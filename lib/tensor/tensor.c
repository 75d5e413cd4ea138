#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/tensor/tensor.h"

static const struct {
    const char *name;
    size_t size;
} types[SEG_TYPES] = {
    [SEG_BOOL] = {"BOOL", 1},
    [SEG_U8] = {"U8", 1},
    [SEG_I8] = {"I8", 1},
    [SEG_U16] = {"U16", 2},
    [SEG_I16] = {"I16", 2},
    [SEG_F16] = {"F16", 2},
    [SEG_BF16] = {"BF16", 2},
    [SEG_U32] = {"U32", 4},
    [SEG_I32] = {"I32", 4},
    [SEG_F32] = {"F32", 4},
    [SEG_U64] = {"U64", 8},
    [SEG_I64] = {"I64", 8},
    [SEG_F64] = {"F64", 8},
};

size_t
seg_type_size(enum seg_type t)
{
    return types[t].size;
}

const char *
seg_type_name(enum seg_type t)
{
    return types[t].name;
}

int
seg_type_is_float(enum seg_type t)
{
    return t == SEG_F16 || t == SEG_BF16 || t == SEG_F32 || t == SEG_F64;
}

int
seg_type_parse(enum seg_type *t, const char *name)
{
    for (int i = 0; i < SEG_TYPES; i++)
        if (!strcmp(types[i].name, name)) {
            *t = (enum seg_type)i;
            return 0;
        }
    return -1;
}

int
seg_tensor_size(size_t *bytes, enum seg_type t, int rank, const size_t *shape)
{
    *bytes = types[t].size;
    if (rank < 0 || rank > SEG_RANK)
        return -1;
    for (int i = 0; i < rank; i++)
        if (seg_mul(bytes, *bytes, shape[i]))
            return -1;
    return 0;
}

size_t
seg_tensor_bands(const struct seg_tensor *t)
{
    return t->rank == 3 ? t->shape[2] : 1;
}

size_t
seg_tensor_count(const struct seg_tensor *t)
{
    return t->bytes / types[t->type].size;
}

static double
from_half(uint16_t h)
{
    int exponent = h >> 10 & 31, fraction = h & 1023;
    double v = exponent == 31 ? (fraction ? NAN : INFINITY)
               : exponent     ? ldexp(1024 + fraction, exponent - 25)
                              : ldexp(fraction, -24);

    return h >> 15 ? -v : v;
}

static float
from_bfloat16(uint16_t h)
{
    uint32_t bits = (uint32_t)h << 16;
    float f;

    memcpy(&f, &bits, sizeof f);
    return f;
}

double
seg_tensor_get(const struct seg_tensor *t, size_t i)
{
    const void *p = t->data;

    switch (t->type) {
    case SEG_BOOL:
    case SEG_U8:
        return ((const uint8_t *)p)[i];
    case SEG_I8:
        return ((const int8_t *)p)[i];
    case SEG_U16:
        return ((const uint16_t *)p)[i];
    case SEG_I16:
        return ((const int16_t *)p)[i];
    case SEG_F16:
        return from_half(((const uint16_t *)p)[i]);
    case SEG_BF16:
        return (double)from_bfloat16(((const uint16_t *)p)[i]);
    case SEG_U32:
        return ((const uint32_t *)p)[i];
    case SEG_I32:
        return ((const int32_t *)p)[i];
    case SEG_F32:
        return (double)((const float *)p)[i];
    case SEG_U64:
        return (double)((const uint64_t *)p)[i];
    case SEG_I64:
        return (double)((const int64_t *)p)[i];
    case SEG_F64:
        return ((const double *)p)[i];
    default:
        return NAN;
    }
}

static uint16_t
to_half(double v)
{
    unsigned sign = signbit(v) ? 1u << 15 : 0;
    int exponent;

    v = fabs(v);
    if (isnan(v))
        return (uint16_t)(sign | 0x7e00);
    if (v >= 65520)
        return (uint16_t)(sign | 0x7c00);
    frexp(v, &exponent);
    if (v == 0 || exponent < -13)
        exponent = -13; /* subnormal */
    /* a fraction that rounds up to 2048 carries into the exponent */
    long fraction = lrint(ldexp(v, 11 - exponent));
    return (uint16_t)(sign | (unsigned)((exponent + 13) * 1024 + fraction));
}

static uint16_t
to_bfloat16(double v)
{
    float f = (float)v;
    uint32_t bits;

    memcpy(&bits, &f, sizeof bits);
    if (isnan(f))
        return (uint16_t)(bits >> 16 | 64);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static double
round_to_range(double v, double least, double most)
{
    v = floor(v + 0.5);
    return v > least ? (v < most ? v : most) : least; /* nan: least */
}

/* Stores into any type of whole numbers except u64 and i64. */
static void
put_whole(void *p, enum seg_type type, size_t i, double v)
{
    switch (type) {
    case SEG_BOOL:
        ((uint8_t *)p)[i] = (uint8_t)round_to_range(v, 0, 1);
        break;
    case SEG_U8:
        ((uint8_t *)p)[i] = (uint8_t)round_to_range(v, 0, UINT8_MAX);
        break;
    case SEG_I8:
        ((int8_t *)p)[i] = (int8_t)round_to_range(v, INT8_MIN, INT8_MAX);
        break;
    case SEG_U16:
        ((uint16_t *)p)[i] = (uint16_t)round_to_range(v, 0, UINT16_MAX);
        break;
    case SEG_I16:
        ((int16_t *)p)[i] = (int16_t)round_to_range(v, INT16_MIN, INT16_MAX);
        break;
    case SEG_U32:
        ((uint32_t *)p)[i] = (uint32_t)round_to_range(v, 0, UINT32_MAX);
        break;
    default:
        ((int32_t *)p)[i] = (int32_t)round_to_range(v, INT32_MIN, INT32_MAX);
    }
}

void
seg_tensor_put(struct seg_tensor *t, size_t i, double v)
{
    const double two_63 = 9223372036854775808., two_64 = 2 * two_63;
    void *p = t->data;

    switch (t->type) {
    case SEG_F16:
        ((uint16_t *)p)[i] = to_half(v);
        break;
    case SEG_BF16:
        ((uint16_t *)p)[i] = to_bfloat16(v);
        break;
    case SEG_F32:
        ((float *)p)[i] = (float)v;
        break;
    case SEG_F64:
        ((double *)p)[i] = v;
        break;
    case SEG_U64:
        ((uint64_t *)p)[i] =
            v >= two_64 ? UINT64_MAX : (uint64_t)round_to_range(v, 0, two_64);
        break;
    case SEG_I64:
        ((int64_t *)p)[i] = v >= two_63
                                ? INT64_MAX
                                : (int64_t)round_to_range(v, -two_63, two_63);
        break;
    default:
        put_whole(p, t->type, i, v);
    }
}

void
seg_tensor_floats(float *out, const struct seg_tensor *t)
{
    size_t n = seg_tensor_count(t);

    if (t->type == SEG_F32)
        memcpy(out, t->data, t->bytes);
    else if (t->type == SEG_U8)
        for (size_t i = 0; i < n; i++)
            out[i] = ((const uint8_t *)t->data)[i];
    else
        for (size_t i = 0; i < n; i++)
            out[i] = (float)seg_tensor_get(t, i);
}

char *
seg_tensor_describe(char *text, size_t n, const struct seg_tensor *t)
{
    size_t at = (size_t)snprintf(text, n, "[");

    for (int i = 0; i < t->rank && at < n; i++)
        at += (size_t)snprintf(
            text + at, n - at, "%s%zu", i ? "," : "", t->shape[i]);
    if (at < n)
        at += (size_t)snprintf(text + at, n - at, "] ");
    for (const char *p = types[t->type].name; *p && at + 1 < n; p++)
        text[at++] = (char)(*p | 32);
    text[at < n ? at : n - 1] = 0;
    return text;
}
