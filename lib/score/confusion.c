#include <assert.h>
#include <string.h>

#include "lib/label/labelmap.h"
#include "lib/score/confusion.h"

int
seg_confusion_init(struct seg_confusion *c, struct seg_arena *a, int classes,
    int ignore, struct seg_err *e)
{
    *c = (struct seg_confusion){.classes = classes, .ignore = ignore};
    c->count = seg_take(a, (size_t)classes * classes, sizeof *c->count, e);
    return c->count ? 0 : -1;
}

static int
bad_value(const struct seg_tensor *t, size_t i, int classes, const char *key,
    struct seg_err *e)
{
    size_t w = t->shape[1];

    return seg_fail(e, SEG_EDATA,
        "%s: tensor %s: value %d at (x %zu, y %zu), expected 0 to %d", key,
        t->name, ((const uint8_t *)t->data)[i], i % w, i / w, classes - 1);
}

int
seg_confusion_add(struct seg_confusion *c, const struct seg_tensor *truth,
    const struct seg_tensor *pred, const char *key, struct seg_err *e)
{
    const uint8_t *t = truth->data, *p = pred->data;

    if (seg_classes_shape(truth, key, e) || seg_classes_shape(pred, key, e))
        return -1;
    if (truth->shape[0] != pred->shape[0] || truth->shape[1] != pred->shape[1])
        return seg_fail(e, SEG_EDATA,
            "%s: prediction is %zux%zu, truth is %zux%zu", key, pred->shape[1],
            pred->shape[0], truth->shape[1], truth->shape[0]);
    for (size_t i = 0; i < truth->bytes; i++) {
        if (p[i] >= c->classes && p[i] != SEG_IGNORE)
            return bad_value(pred, i, c->classes, key, e);
        if (t[i] == c->ignore || p[i] == SEG_IGNORE)
            c->ignored++;
        else if (t[i] >= c->classes)
            return bad_value(truth, i, c->classes, key, e);
        else
            c->count[t[i] * c->classes + p[i]]++;
    }
    c->images++;
    return 0;
}

void
seg_confusion_merge(struct seg_confusion *to, const struct seg_confusion *from)
{
    assert(to->classes == from->classes);
    for (int i = 0; i < to->classes * to->classes; i++)
        to->count[i] += from->count[i];
    to->ignored += from->ignored;
    to->images += from->images;
}

void
seg_confusion_clear(struct seg_confusion *c)
{
    memset(c->count, 0, sizeof *c->count * (size_t)c->classes * c->classes);
    c->ignored = c->images = 0;
}
