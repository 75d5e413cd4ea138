#include <string.h>

#include "lib/base/text.h"
#include "lib/image/mask.h"
#include "lib/image/nodata.h"

int
seg_mask_bands(int *n, const struct seg_record *rec, const struct seg_tensor *t,
    struct seg_err *e)
{
    const char *text = seg_record_meta(rec, "seg.mask");
    size_t bands = seg_tensor_bands(t);

    *n = text ? seg_text_number(text, 1 << 16) : 0;
    if (*n < 0 || (text && !*n))
        return seg_fail(e, SEG_EDATA,
            "%s: seg.mask is %.40s, a number of channels expected",
            seg_record_name(rec), text);
    if ((size_t)*n >= bands)
        return seg_fail(e, SEG_EDATA,
            "%s: seg.mask is %d, but %s has %zu channels", seg_record_name(rec),
            *n, t->name, bands);
    return 0;
}

double
seg_mask_inside(enum seg_type type)
{
    return seg_type_is_float(type) ? 1 : type == SEG_I8 ? 127 : 255;
}

int
seg_mask_append(struct seg_record *rec, const char *name, const uint8_t *mask,
    struct seg_err *e)
{
    const struct seg_tensor old = *seg_record_find(rec, name);
    size_t c = seg_tensor_bands(&old), px = seg_type_size(old.type);
    size_t shape[] = {old.shape[0], old.shape[1], c + 1};
    double inside = seg_mask_inside(old.type);
    struct seg_nodata nodata;

    if (seg_nodata_get(&nodata, rec, e))
        return -1;
    if (nodata.declared && nodata.value == inside)
        return seg_fail(e, SEG_EDATA,
            "%s: the nodata value %g is that of the mask", seg_record_name(rec),
            inside);
    struct seg_tensor *t = seg_record_add(rec, name, old.type, 3, shape, e);
    if (!t)
        return -1;
    const char *from = old.data;
    char *to = t->data;
    for (size_t i = 0; i < shape[0] * shape[1]; i++) {
        memcpy(to + i * (c + 1) * px, from + i * c * px, c * px);
        seg_tensor_put(t, i * (c + 1) + c, mask[i] ? inside : 0);
    }
    return 0;
}

void
seg_mask_round(struct seg_tensor *t, int n)
{
    size_t c = seg_tensor_bands(t), first = c - (size_t)n;
    double inside = seg_mask_inside(t->type);

    for (size_t i = 0; i < t->shape[0] * t->shape[1]; i++)
        for (size_t k = first; k < c; k++)
            seg_tensor_put(t, i * c + k,
                2 * seg_tensor_get(t, i * c + k) >= inside ? inside : 0);
}
