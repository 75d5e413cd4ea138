/* Tests of finished patches (sample.h). */
#include <string.h>

#include "lib/dataset/sample.h"
#include "lib/image/nodata.h"
#include "lib/label/labelmap.h"

/* 1 if the label has a pixel of the class. */
static int
shows(const struct seg_tensor *label, int class)
{
    const uint8_t *p = label->data;

    for (size_t i = 0; i < label->bytes; i++)
        if (p[i] == class || (class == SEG_ANY_CLASS && p[i] != SEG_IGNORE))
            return 1;
    return 0;
}

/* *share: that of the pixels without data. */
static int
nodata_share(double *share, struct seg_record *patch, struct seg_err *e)
{
    const struct seg_tensor *t = seg_record_find(patch, "image");
    struct seg_nodata nodata;
    uint8_t *gap;
    size_t gaps = 0;

    *share = 0;
    if (!t)
        return seg_fail(
            e, SEG_EDATA, "%s: no tensor image", seg_record_name(patch));
    if (seg_nodata_get(&nodata, patch, e) ||
        seg_nodata_map(&gap, &nodata, t, &patch->arena, e))
        return -1;
    size_t n = t->shape[0] * t->shape[1];
    for (size_t i = 0; gap && i < n; i++)
        gaps += gap[i] != SEG_GAP_NONE;
    *share = (double)gaps / (double)n;
    return 0;
}

int
seg_sample_accepts(struct seg_record *patch, const struct seg_sample *s,
    int class, struct seg_err *e)
{
    const struct seg_tensor *label = seg_record_find(patch, "label");
    double share = 0;

    if (s->must_show && class != SEG_NO_CLASS) {
        if (!label)
            return seg_fail(
                e, SEG_EDATA, "%s: no tensor label", seg_record_name(patch));
        if (!shows(label, class))
            return 0;
    }
    if (s->max_nodata < 1 && nodata_share(&share, patch, e))
        return -1;
    return share <= s->max_nodata;
}
