#include <xxhash.h>

#include "lib/base/hash.h"

uint64_t
seg_hash(const void *p, size_t n)
{
    return XXH3_64bits(p, n);
}

uint64_t
seg_hash_more(uint64_t hash, const void *p, size_t n)
{
    return XXH3_64bits_withSeed(p, n, hash);
}
