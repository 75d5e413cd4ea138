/*
 * Exact sums of floats: the result has the same bits in any order of addition.
 *
 * The sum is a fixed-point number wide enough for 2^64 squares of any floats:
 * digits of 32 bits, the first one counting 2^-320.  Carries are propagated
 * only every 2^29 additions (Kulisch's accumulator).
 */
#ifndef SEG_BASE_EXACT_H
#define SEG_BASE_EXACT_H

#include <stddef.h>
#include <stdint.h>

enum { SEG_EXACT_DIGITS = 21, SEG_EXACT_TEXT = 200 };

struct seg_exact {
    int64_t digit[SEG_EXACT_DIGITS]; /* digit i counts 2^(32 i - 320) */
    uint32_t adds;                   /* since the last carry */
    int not_finite;                  /* a value that is not finite was added */
};

/* *x += m 2^k; |m| < 2^62, -320 <= k < 256 */
void seg_exact_add(struct seg_exact *x, int64_t m, int k);
/* *sum += v, *squares += v^2 */
void seg_exact_add_float(
    struct seg_exact *sum, struct seg_exact *squares, float v);
void seg_exact_merge(struct seg_exact *x, const struct seg_exact *y);

/* The value rounded to long double; NaN if a value that is not finite was
   added. */
long double seg_exact_value(const struct seg_exact *x);

/*
 * The text of a value is unique: a whole number below 2^120 in decimal,
 * otherwise "0x1f3p-12", which means 0x1f3 * 2^-12, or "nan".  Print returns
 * the number of characters, fewer than SEG_EXACT_TEXT; parse returns -1 if text
 * is not such a number.
 */
int seg_exact_print(char *text, const struct seg_exact *x);
int seg_exact_parse(struct seg_exact *x, const char *text);

#endif
