#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "formats/stream/verify.h"
#include "lib/base/hash.h"

int
seg_verify_version(const struct seg_record_location *at, struct seg_err *e)
{
    const char *version = seg_record_meta(at->rec, "seg.version");

    if (version && strcmp(version, "1"))
        return seg_record_location_fail(
            at, e, "seg.version is %.20s, this program reads 1", version);
    return 0;
}

/* The hash covers the header, with zeros as the digits of the hash, and then
   the tensors. */
int
seg_verify_hash(struct seg_arena *a, const char *text, size_t n,
    const struct seg_record_location *at, struct seg_err *e)
{
    const char *said = seg_record_meta(at->rec, "seg.hash");
    char seen[17];

    if (!said)
        return 0;
    char *copy = seg_take_bytes(a, text, n, e);
    if (!copy)
        return -1;
    char *digits = seg_header_digits(copy, n);
    if (!digits || strlen(said) != 16)
        return seg_record_location_fail(
            at, e, "seg.hash is %.20s, not 16 plain digits", said);
    memset(digits, '0', 16);
    uint64_t hash = seg_hash(copy, n);
    for (int i = 0; i < at->rec->ntensors; i++)
        hash = seg_hash_more(
            hash, at->rec->tensors[i].data, at->rec->tensors[i].bytes);
    snprintf(seen, sizeof seen, "%016" PRIx64, hash);
    if (strcmp(seen, said))
        return seg_record_location_fail(
            at, e, "damaged: seg.hash says %s, the bytes give %s", said, seen);
    return 0;
}

/* END without tensors has these keys and no others. */
static int
verify_end_keys(const struct seg_record_location *at, struct seg_err *e)
{
    static const char *const keys[] = {
        "seg.version", "seg.end", "seg.records", "seg.history", "seg.hash"};
    enum { KEYS = sizeof keys / sizeof *keys };

    for (int i = 0; i < at->rec->nmeta; i++) {
        const char *key = at->rec->meta[i].key;
        int k = 0;
        while (k < KEYS && strcmp(key, keys[k]))
            k++;
        if (k == KEYS)
            return seg_record_location_fail(
                at, e, "END has a strange key, %.100s", key);
    }
    return seg_record_meta(at->rec, "seg.version")
               ? 0
               : seg_record_location_fail(at, e, "END is malformed");
}

/* If one bit of the key seg.hash is flipped, the record has no hash. */
static int
verify_end_hashes(size_t records, size_t hashed,
    const struct seg_record_location *at, struct seg_err *e)
{
    const struct seg_record *rec = at->rec;
    int has = seg_record_meta(rec, "seg.hash") != NULL;

    if (rec->ntensors && !has && seg_record_meta(rec, "seg.version"))
        return seg_record_location_fail(
            at, e, "has seg.end and tensors, but no seg.hash: damaged");
    if (hashed != (has ? records : 0))
        return seg_record_location_fail(at, e,
            "%zu of %zu records have seg.hash, and END has %s: damaged", hashed,
            records, has ? "one" : "none");
    return 0;
}

int
seg_verify_end(size_t records, size_t hashed,
    const struct seg_record_location *at, struct seg_err *e)
{
    const struct seg_record *rec = at->rec;
    const char *said = seg_record_meta(rec, "seg.records");
    char seen[24];

    if (strcmp(seg_record_meta(rec, "seg.end"), "1"))
        return seg_record_location_fail(at, e, "END is malformed");
    if (!rec->ntensors && verify_end_keys(at, e))
        return -1;
    snprintf(seen, sizeof seen, "%zu", records);
    if (!said || strcmp(said, seen))
        return seg_record_location_fail(at, e,
            "END counts %.20s records, %s came: some are lost",
            said ? said : "no", seen);
    return verify_end_hashes(records, hashed, at, e);
}
