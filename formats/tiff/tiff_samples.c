#include <math.h>
#include <string.h>

#include "formats/tiff/tiff_samples.h"

int
seg_tiff_sample_type(enum seg_type *type, const struct seg_tiff_page *p)
{
    static const struct {
        int format, bits;
        enum seg_type type;
    } types[] = {{SEG_TIFF_UINT, 64, SEG_U64}, {SEG_TIFF_INT, 64, SEG_I64},
        {SEG_TIFF_FLOAT, 16, SEG_F16}, {SEG_TIFF_FLOAT, 24, SEG_F32},
        {SEG_TIFF_FLOAT, 32, SEG_F32}, {SEG_TIFF_FLOAT, 64, SEG_F64}};

    if (p->format == SEG_TIFF_INT && p->bits >= 2 && p->bits <= 32) {
        *type = p->bits <= 8 ? SEG_I8 : p->bits <= 16 ? SEG_I16 : SEG_I32;
        return 0;
    }
    if (p->format == SEG_TIFF_UINT && p->bits >= 1 && p->bits <= 32) {
        *type = p->bits <= 8 ? SEG_U8 : p->bits <= 16 ? SEG_U16 : SEG_U32;
        return 0;
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].format == p->format && types[i].bits == p->bits) {
            *type = types[i].type;
            return 0;
        }
    return -1;
}

/* The highest bit of each byte comes first, in both byte orders. */
static uint32_t
bits_at(const uint8_t *from, size_t bit, int bits)
{
    uint64_t v = 0;
    int skip = (int)(bit % 8), bytes = (skip + bits + 7) / 8;

    for (int i = 0; i < bytes; i++)
        v = v << 8 | from[bit / 8 + (size_t)i];
    v >>= bytes * 8 - skip - bits;
    return (uint32_t)(v & ((1ull << bits) - 1));
}

/* 1 bit of sign, 7 of exponent (bias 63), 16 of fraction. */
static float
float24(uint32_t v)
{
    enum { BIAS = 63, FRACTION = 16, MOST = 127 };
    int exponent = (int)(v >> FRACTION) & MOST;
    double part = (double)(v & 0xffff) / (1 << FRACTION), value;

    if (exponent == MOST)
        value = part > 0 ? (double)NAN : (double)INFINITY;
    else
        value =
            ldexp(exponent ? 1 + part : part, (exponent ? exponent : 1) - BIAS);
    return (float)(v >> 23 ? -value : value);
}

static void
put(void *to, enum seg_type type, size_t i, uint32_t v,
    const struct seg_tiff_page *p)
{
    if (p->format == SEG_TIFF_INT && v >> (p->bits - 1))
        v |= ~0u << p->bits;
    if (type == SEG_U8 || type == SEG_I8)
        ((uint8_t *)to)[i] = (uint8_t)v;
    else if (type == SEG_U16 || type == SEG_I16)
        ((uint16_t *)to)[i] = (uint16_t)v;
    else if (type == SEG_U32 || type == SEG_I32)
        ((uint32_t *)to)[i] = v;
    else
        ((float *)to)[i] = float24(v);
}

void
seg_tiff_unpack_samples(void *to, enum seg_type type, size_t step,
    const uint8_t *from, size_t n, const struct seg_tiff_page *p)
{
    size_t size = seg_type_size(type), bits = (size_t)p->bits;

    if (bits == size * 8 && step == 1) {
        memcpy(to, from, n * size);
    } else if (bits == size * 8) {
        for (size_t i = 0; i < n; i++)
            memcpy((char *)to + i * step * size, from + i * size, size);
    } else if (bits == 24 && (type == SEG_F32 || p->big_endian)) {
        /* libtiff has converted these to little-endian numbers */
        for (size_t i = 0; i < n; i++, from += 3)
            put(to, type, i * step,
                from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16, p);
    } else {
        for (size_t i = 0; i < n; i++)
            put(to, type, i * step, bits_at(from, i * bits, p->bits), p);
    }
}

static double
within(double v, double low, double high)
{
    return v > low ? (v < high ? nearbyint(v) : high) : low;
}

/* The nearest f16, found by trying all of them. */
static uint16_t
half_of(double v)
{
    enum { SIGN = 0x8000, INFINITE = 0x7c00, NOT_A_NUMBER = 0x7e00 };
    uint16_t best = 0;
    double least = INFINITY;

    if (isnan(v))
        return NOT_A_NUMBER;
    for (unsigned bits = 0; bits < INFINITE; bits++) {
        uint16_t one = (uint16_t)bits;
        struct seg_tensor t = {.type = SEG_F16, .data = &one};
        double off = fabs(seg_tensor_get(&t, 0) - fabs(v));

        if (off < least) {
            least = off;
            best = one;
        }
    }
    return (uint16_t)(isinf(v) ? INFINITE : best) | (v < 0 ? SIGN : 0);
}

void
seg_tiff_make_sample(
    void *to, enum seg_type type, double v, const struct seg_tiff_page *p)
{
    const double half = ldexp(1, p->bits - 1), safe = isnan(v) ? 0 : v;
    const float f = (float)v;
    const uint16_t h = type == SEG_F16 ? half_of(v) : 0;

    if (type == SEG_F16) {
        memcpy(to, &h, sizeof h);
    } else if (type == SEG_F64) {
        memcpy(to, &v, sizeof v);
    } else if (type == SEG_F32) {
        memcpy(to, &f, sizeof f);
    } else if (p->format == SEG_TIFF_INT) {
        int64_t i = safe >= half ? INT64_MAX >> (64 - p->bits)
                                 : (int64_t)within(safe, -half, half - 1);

        memcpy(to, &i, seg_type_size(type));
    } else if (p->format == SEG_TIFF_UINT) {
        uint64_t u = safe >= 2 * half ? UINT64_MAX >> (64 - p->bits)
                                      : (uint64_t)within(safe, 0, 2 * half - 1);

        memcpy(to, &u, seg_type_size(type));
    }
}

void
seg_tiff_invert_samples(void *samples, enum seg_type type, size_t n, int bits)
{
    uint8_t *bytes = samples;
    size_t size = seg_type_size(type);
    uint64_t max = UINT64_MAX >> (64 - bits);

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < size; k++)
            bytes[i * size + k] ^= (uint8_t)(max >> 8 * k);
}
