/*
 * Sums of floats without rounding: in any order the same bits.
 *
 * A number in fixed point wide enough for 2^64 squares of any floats: digits of
 * 32 bits from 2^-320 on, carried only now and then (Kulisch's accumulator).
 */
#ifndef SEG_BASE_EXACT_H
#define SEG_BASE_EXACT_H

#include <stddef.h>
#include <stdint.h>

enum { SEG_EXACT_DIGITS = 21, SEG_EXACT_TEXT = 200 };

struct seg_exact {
    int64_t digit[SEG_EXACT_DIGITS]; /* of 2^(32 i - 320) */
    uint32_t adds;                   /* since the last carry */
    int none;                        /* something was not a finite number */
};

/* + m 2^k, |m| < 2^62, -320 <= k < 256 */
void seg_exact_add(struct seg_exact *x, int64_t m, int k);
/* *sum + v, *squares + v^2 */
void seg_exact_add_float(
    struct seg_exact *sum, struct seg_exact *squares, float v);
void seg_exact_merge(struct seg_exact *x, const struct seg_exact *y);

/* As near as a long double comes; NaN if some part was not finite. */
long double seg_exact_value(const struct seg_exact *x);

/*
 * One text for one value: a whole number below 2^120 in decimal, else
 * "0x1f3p-12", 1f3 being a whole number in hexadecimal, or "nan".  Print
 * returns how many characters, fewer than SEG_EXACT_TEXT; parse -1 if it is
 * none.
 */
int seg_exact_print(char *text, const struct seg_exact *x);
int seg_exact_parse(struct seg_exact *x, const char *text);

#endif
