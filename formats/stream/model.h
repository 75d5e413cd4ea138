/*
 * A model: network text, weights, input normalization and class names, in one
 * record.  Metadata: seg.net (the text), seg.mean and seg.std (one number a
 * channel, comma-separated, in units of the stored pixels), seg.low and
 * seg.high where there are limits, seg.normalize where it goes by the image
 * ("record", "range=0.5"), seg.classes, seg.palette, seg.ignore where known.
 * Tensors are the parameters by name, f32 in PyTorch's shapes.
 */
#ifndef SEG_FORMATS_STREAM_MODEL_H
#define SEG_FORMATS_STREAM_MODEL_H

#include "lib/dataset/normalize.h"
#include "lib/net/net.h"
#include "lib/tensor/record.h"

struct seg_model {
    struct seg_net *net;
    int channels;
    struct seg_normalize_opts normalize;
    struct seg_record about; /* metadata only, as read */
};

/* From the first record of a stream; name is for messages. */
int seg_model_read(struct seg_model *m, const struct seg_record *rec,
    const char *name, struct seg_err *e) SEG_MUST_USE;

/* Fails if a parameter has a number that is not finite. */
int seg_model_check(const struct seg_net *net, const char *name,
    struct seg_err *e) SEG_MUST_USE;

/* Fills rec: metadata of about, text, normalization, copies of parameters. */
int seg_model_write(struct seg_record *rec, const struct seg_model *m,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Parameters by name from a record: prefix is taken off names in the record
 * first.  A tensor of the right name and another shape is an error, unless
 * lenient, and so are numbers that are not finite.  Counts what was loaded,
 * what the network wants and the record lacks, and what the record has and the
 * network does not use; num_batches_tracked is passed over in silence.
 */
struct seg_model_load {
    int loaded, missing, unused;
    const char *first_missing, *first_unused; /* for messages */
};
int seg_model_load(struct seg_net *net, const struct seg_record *rec,
    const char *prefix, const char *name, int lenient,
    struct seg_model_load *report, struct seg_err *e) SEG_MUST_USE;

void seg_model_free(struct seg_model *m);

#endif
