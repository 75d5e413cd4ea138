/* XXH3-64: the checksum of streams and the root of all random numbers. */
#ifndef SEG_BASE_HASH_H
#define SEG_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t seg_hash(const void *p, size_t n);

/* XXH3-64 of p with hash as seed; hashes several pieces one after another. */
uint64_t seg_hash_more(uint64_t hash, const void *p, size_t n);

#endif
