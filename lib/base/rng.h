/*
 * Random numbers as a function of (seed, key, purpose, index).
 *
 * No random number depends on the position in a stream or on a thread.  For
 * example, the crop of record "b/0014" at index 7 under seed 1 is the same in
 * every run, shard and thread.  The four are hashed into the state of
 * xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2021), which then yields as many numbers as needed.
 */
#ifndef SEG_BASE_RNG_H
#define SEG_BASE_RNG_H

#include <stdint.h>

struct seg_rng {
    uint64_t s[4];
};

/* key and purpose are strings; key may be NULL. */
struct seg_rng seg_rng_make(
    uint64_t seed, const char *key, const char *purpose, uint64_t index);

uint64_t seg_rng_bits(struct seg_rng *r);
double seg_rng_unit(struct seg_rng *r); /* [0, 1) */
double seg_rng_range(struct seg_rng *r, double lo, double hi);
/* The logarithm is uniform; 0 < lo <= hi. */
double seg_rng_log_range(struct seg_rng *r, double lo, double hi);
uint64_t seg_rng_below(struct seg_rng *r, uint64_t n);  /* 0..n-1, n > 0 */
double seg_rng_normal(struct seg_rng *r);               /* mean 0, variance 1 */
void seg_rng_shuffle(struct seg_rng *r, int *p, int n); /* Fisher-Yates */

#endif
