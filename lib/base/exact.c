#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/exact.h"

enum { DIGIT_BITS = 32, POINT = 10, NIBBLES = SEG_EXACT_DIGITS * 8 };

/* Normalizes the digits to 0 ..  2^32 - 1; the last one also carries the
   sign. */
static void
carry(struct seg_exact *x)
{
    for (int i = 0; i + 1 < SEG_EXACT_DIGITS; i++) {
        x->digit[i + 1] += x->digit[i] >> DIGIT_BITS;
        x->digit[i] &= UINT32_MAX;
    }
    x->adds = 0;
}

void
seg_exact_add(struct seg_exact *x, int64_t m, int k)
{
    int at = k + DIGIT_BITS * POINT;
    int64_t *digit = x->digit + at / DIGIT_BITS;
    __int128 v = (__int128)m * ((int64_t)1 << at % DIGIT_BITS);

    digit[0] += (uint32_t)v;
    digit[1] += (uint32_t)(v >> DIGIT_BITS);
    digit[2] += (int64_t)(v >> 2 * DIGIT_BITS);
    if (++x->adds >> 29)
        carry(x);
}

void
seg_exact_add_float(struct seg_exact *sum, struct seg_exact *squares, float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    int exponent = bits >> 23 & 255;
    int64_t m = bits & 0x7fffff;

    if (exponent == 255) {
        sum->not_finite = squares->not_finite = 1;
        return;
    }
    if (exponent)
        m |= 0x800000;
    else
        exponent = 1;
    seg_exact_add(sum, bits >> 31 ? -m : m, exponent - 150);
    seg_exact_add(squares, m * m, 2 * (exponent - 150));
}

void
seg_exact_merge(struct seg_exact *x, const struct seg_exact *y)
{
    struct seg_exact other = *y;

    carry(&other);
    carry(x);
    for (int i = 0; i < SEG_EXACT_DIGITS; i++)
        x->digit[i] += other.digit[i];
    x->not_finite |= other.not_finite;
    carry(x);
}

/* *to = |x| with normalized digits; returns 1 if x is negative. */
static int
magnitude(struct seg_exact *to, const struct seg_exact *x)
{
    *to = *x;
    carry(to);
    if (to->digit[SEG_EXACT_DIGITS - 1] >= 0)
        return 0;
    for (int i = 0; i < SEG_EXACT_DIGITS; i++)
        to->digit[i] = -to->digit[i];
    carry(to);
    return 1;
}

long double
seg_exact_value(const struct seg_exact *x)
{
    struct seg_exact m;
    int minus = magnitude(&m, x);
    long double sum = 0;

    if (x->not_finite)
        return NAN;
    for (int i = SEG_EXACT_DIGITS; i-- > 0;)
        sum += ldexpl((long double)m.digit[i], DIGIT_BITS * (i - POINT));
    return minus ? -sum : sum;
}

/* ---- text ---- */

/* *v = the value, if it is a whole number below 2^120; returns 1 if so. */
static int
is_whole(unsigned __int128 *v, const struct seg_exact *m)
{
    *v = 0;
    for (int i = SEG_EXACT_DIGITS; i-- > 0;) {
        if (m->digit[i] && (i < POINT || i > POINT + 3))
            return 0;
        if (i >= POINT && i <= POINT + 3)
            *v = *v << DIGIT_BITS | (uint32_t)m->digit[i];
    }
    return *v >> 120 == 0;
}

static int
nibble(const struct seg_exact *m, int i)
{
    return (int)(m->digit[i / 8] >> 4 * (i % 8) & 15);
}

int
seg_exact_print(char *text, const struct seg_exact *x)
{
    char digit[NIBBLES];
    unsigned __int128 whole;
    struct seg_exact m;
    int n = 0, at = 0, low = 0, high = NIBBLES - 1;

    if (x->not_finite)
        return sprintf(text, "nan");
    if (magnitude(&m, x))
        text[at++] = '-';
    if (is_whole(&whole, &m)) {
        do
            digit[n++] = (char)('0' + (int)(whole % 10));
        while ((whole /= 10) != 0);
        while (n)
            text[at++] = digit[--n];
        text[at] = 0;
        return at;
    }
    while (!nibble(&m, low))
        low++;
    while (!nibble(&m, high))
        high--;
    at += sprintf(text + at, "0x");
    for (int i = high; i >= low; i--)
        text[at++] = "0123456789abcdef"[nibble(&m, i)];
    return at + sprintf(text + at, "p%d", 4 * low - DIGIT_BITS * POINT);
}

static int
parse_hex(struct seg_exact *x, const char *text, int minus)
{
    size_t n = strspn(text, "0123456789abcdef");
    char *end;

    if (!n || n > NIBBLES || text[n] != 'p')
        return -1;
    long k = strtol(text + n + 1, &end, 10);
    if (end == text + n + 1 || *end || k < -DIGIT_BITS * POINT ||
        k > DIGIT_BITS * POINT || k + 4 * (long)n > DIGIT_BITS * POINT + 16)
        return -1;
    for (size_t i = n; i-- > 0; k += 4) {
        int d = text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10;
        int at = (int)k + DIGIT_BITS * POINT;

        x->digit[at / DIGIT_BITS] +=
            (int64_t)(minus ? -d : d) * ((int64_t)1 << at % DIGIT_BITS);
    }
    carry(x);
    return 0;
}

int
seg_exact_parse(struct seg_exact *x, const char *text)
{
    enum { LONGEST = 37 }; /* decimal digits of a number below 2^120 */
    int minus = *text == '-';
    size_t n;
    __int128 v = 0;

    memset(x, 0, sizeof *x);
    x->not_finite = !strcmp(text, "nan");
    if (x->not_finite)
        return 0;
    text += minus;
    if (!strncmp(text, "0x", 2))
        return parse_hex(x, text + 2, minus);
    n = strspn(text, "0123456789");
    if (!n || n > LONGEST || text[n])
        return -1;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + (text[i] - '0');
    for (int k = 0; k < 128; k += DIGIT_BITS)
        seg_exact_add(
            x, (int64_t)((v >> k) & UINT32_MAX) * (minus ? -1 : 1), k);
    return 0;
}
