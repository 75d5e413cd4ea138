/* XXH3-64, the checksum of the stream and the root of all randomness. */
#ifndef SEG_BASE_HASH_H
#define SEG_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t seg_hash(const void *p, size_t n);

/* hash <- XXH3-64 of p with the old hash as seed: chains pieces. */
uint64_t seg_hash_more(uint64_t hash, const void *p, size_t n);

#endif
