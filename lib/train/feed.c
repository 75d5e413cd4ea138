#include <inttypes.h>
#include <string.h>

#include "lib/base/hash.h"
#include "lib/train/feed.h"

static int
read_record(struct seg_feed *f, struct seg_err *e)
{
    if (f->pending) {
        f->pending = 0;
        return 1;
    }
    return f->source.next(f->source.with, &f->rec, e);
}

int
seg_feed_peek(struct seg_feed *f, struct seg_err *e)
{
    int got = read_record(f, e);

    f->pending = got == 1;
    return got;
}

/* Extends the hash of the input by a record.  Augmented views of a patch can
   have the same key, so the hash of the pixels is included. */
static uint64_t
add_record(uint64_t sum, const struct seg_record *rec)
{
    const char *key = seg_record_key(rec);
    const char *hash = seg_record_meta(rec, "seg.hash");

    sum = seg_hash_more(sum, key, strlen(key));
    return hash ? seg_hash_more(sum, hash, strlen(hash)) : sum;
}

int
seg_feed_fill(struct seg_feed *f, struct seg_err *e)
{
    int want = f->batch.records * f->batch.passes;

    f->next = f->hash;
    seg_normalize_reset_extreme(&f->batch.normalize);
    for (int i = 0; i < want; i++) {
        int got = read_record(f, e);

        if (got == 1 && seg_batch_put(&f->batch, i, &f->rec, e))
            got = -1;
        if (got != 1)
            return got;
        seg_batch_count(&f->batch, &f->rec);
        f->next = add_record(f->next, &f->rec);
    }
    return 1;
}

void
seg_feed_used(struct seg_feed *f)
{
    f->records += (uint64_t)(f->batch.records * f->batch.passes);
    f->hash = f->next;
}

int
seg_feed_skip(struct seg_feed *f, struct seg_err *e)
{
    uint64_t hash = 0;

    for (uint64_t i = 0; i < f->records; i++) {
        int got = read_record(f, e);

        if (got < 0)
            return -1;
        if (!got)
            return seg_fail(e, SEG_EDATA,
                "%s: ends after %" PRIu64 " records, the checkpoint has used "
                "%" PRIu64,
                f->batch.source, i, f->records);
        hash = add_record(hash, &f->rec);
        seg_batch_count(&f->batch, &f->rec);
    }
    if (hash != f->hash)
        return seg_fail(e, SEG_EDATA,
            "%s: not the records that the checkpoint was made with",
            f->batch.source);
    return 0;
}
