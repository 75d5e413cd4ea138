#include "formats/weights/weights.h"

static const struct {
    int (*is)(const char *data, size_t bytes);
    int (*read)(struct seg_record *rec, const struct seg_weights_file *f,
        struct seg_err *e);
} formats[] = {
    {seg_torch_is, seg_torch_read},
    {seg_onnx_is, seg_onnx_read},
};

enum { FORMATS = sizeof formats / sizeof *formats };

static int
find(const char *data, size_t bytes)
{
    int i = 0;

    while (i < FORMATS && !formats[i].is(data, bytes))
        i++;
    return i;
}

int
seg_weights_is(const char *data, size_t bytes)
{
    return find(data, bytes) < FORMATS;
}

int
seg_weights_read(
    struct seg_record *rec, const struct seg_weights_file *f, struct seg_err *e)
{
    int i = find(f->data, f->bytes);

    return i < FORMATS ? formats[i].read(rec, f, e)
                       : seg_fail(e, SEG_EDATA, "%.200s: not a file of weights",
                             f->name);
}
