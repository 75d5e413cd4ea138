/*
 * A model: network text, weights, input normalization and class names in one
 * record.
 *
 * Metadata: seg.net, the text; seg.mean and seg.std, one number for each
 * channel, in units of the stored pixels; optionally seg.low and seg.high
 * (limits of values), seg.normalize (by the statistics of each image: "record",
 * "range=0.5"), seg.classes, seg.palette and seg.ignore.  Tensors are the
 * parameters by name, f32 in the shapes of PyTorch.
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

/* rec: the first record of a stream; name is for messages. */
int seg_model_read(struct seg_model *m, const struct seg_record *rec,
    const char *name, struct seg_err *e) SEG_MUST_USE;

/* Fails if a parameter has a number that is not finite. */
int seg_model_check(const struct seg_net *net, const char *name,
    struct seg_err *e) SEG_MUST_USE;

/* Fills rec with the metadata of about, text, normalization and copies of the
   parameters. */
int seg_model_write(struct seg_record *rec, const struct seg_model *m,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Loads parameters by name from a record, after removing prefix from the names
 * in the record.  Values that are not finite are an error, and so is a tensor
 * of another shape, unless lenient.  Counts the parameters that were loaded,
 * those that the record lacks, and the tensors that the network does not use
 * (without num_batches_tracked).
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
