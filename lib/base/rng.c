#include <math.h>
#include <string.h>

#include "lib/base/hash.h"
#include "lib/base/rng.h"

static uint64_t
splitmix(uint64_t *x)
{
    uint64_t z = *x += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint64_t
mix_number(uint64_t hash, uint64_t n)
{
    unsigned char b[8];

    for (int i = 0; i < 8; i++)
        b[i] = (unsigned char)(n >> 8 * i);
    return seg_hash_more(hash, b, sizeof b);
}

struct seg_rng
seg_rng_make(
    uint64_t seed, const char *key, const char *purpose, uint64_t index)
{
    struct seg_rng r;
    uint64_t x = mix_number(0, seed);

    if (key)
        x = seg_hash_more(x, key, strlen(key));
    x = seg_hash_more(x, purpose, strlen(purpose));
    x = mix_number(x, index);
    for (int i = 0; i < 4; i++)
        r.s[i] = splitmix(&x);
    return r;
}

static uint64_t
rotate(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

uint64_t
seg_rng_bits(struct seg_rng *r)
{
    uint64_t *s = r->s, out = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return out;
}

double
seg_rng_unit(struct seg_rng *r)
{
    return (double)(seg_rng_bits(r) >> 11) * 0x1p-53;
}

double
seg_rng_range(struct seg_rng *r, double lo, double hi)
{
    return lo + (hi - lo) * seg_rng_unit(r);
}

/* Rejection sampling: the numbers below 2^64 mod n are drawn again, so that all
   residues are equally likely. */
double
seg_rng_log_range(struct seg_rng *r, double lo, double hi)
{
    return lo * pow(hi / lo, seg_rng_unit(r));
}

uint64_t
seg_rng_below(struct seg_rng *r, uint64_t n)
{
    uint64_t x, least = -n % n;

    do
        x = seg_rng_bits(r);
    while (x < least);
    return x % n;
}

/* Box-Muller; the second number is discarded, so that each call draws the same
   amount of random bits. */
double
seg_rng_normal(struct seg_rng *r)
{
    double u = 1 - seg_rng_unit(r), v = seg_rng_unit(r);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

void
seg_rng_shuffle(struct seg_rng *r, int *p, int n)
{
    for (int i = n - 1; i > 0; i--) {
        int j = (int)seg_rng_below(r, (uint64_t)i + 1), t = p[i];

        p[i] = p[j];
        p[j] = t;
    }
}
