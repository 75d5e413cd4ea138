#include <stdio.h>

#include "formats/geometry/nifti_header.h"
#include "formats/geometry/volume.h"

/* The header with the spacing and position of v.  If it has two forms, the
   sform remains. */
static int
set_header(
    struct seg_record *rec, const struct seg_volume *v, struct seg_err *e)
{
    const char *text = seg_record_meta(rec, "seg.nifti");
    char hex[2 * SEG_NIFTI_2 + 1];
    struct seg_nifti_header h;

    if (!text)
        return 0;
    if (seg_nifti_from_hex(&h, text))
        return seg_fail(e, SEG_EDATA, "%s: seg.nifti is no NIfTI header",
            seg_record_name(rec));
    int sform = seg_nifti_get(&h, NIFTI_SFORM, 0) > 0;
    for (int i = 0; i < 3; i++) {
        seg_nifti_set(&h, NIFTI_DIM, i + 1, (double)v->shape[i]);
        seg_nifti_set(&h, NIFTI_PIXDIM, i + 1, v->spacing[i]);
        if (!sform)
            seg_nifti_set(&h, NIFTI_QOFFSET, i, v->affine[4 * i + 3]);
    }
    for (int i = 0; sform && i < 12; i++)
        seg_nifti_set(&h, NIFTI_SROW, i, v->affine[i]);
    if (sform)
        seg_nifti_set(&h, NIFTI_QFORM, 0, 0);
    for (size_t i = 0; i < h.n; i++)
        snprintf(hex + 2 * i, 3, "%02x", h.p[i]);
    return seg_record_set(rec, "seg.nifti", hex, e);
}

int
seg_volume_resize(struct seg_record *rec, size_t w, size_t h, struct seg_err *e)
{
    struct seg_volume v;
    int axis[2], found = seg_volume_get(&v, rec, e);

    if (found <= 0)
        return found;
    seg_volume_axes(v.axis, &axis[0], &axis[1]);
    for (int i = 0; i < 2; i++) {
        int k = axis[i];
        size_t n = i ? w : h;
        double step = (double)v.shape[k] / (double)n; /* in old voxels */

        for (int row = 0; row < 3; row++) {
            double *m = v.affine + 4 * row;

            m[3] += m[k] * (step / 2 - 0.5);
            m[k] *= step;
        }
        v.spacing[k] *= step;
        v.shape[k] = n;
    }
    return set_header(rec, &v, e) ? -1 : seg_volume_set(rec, &v, e);
}
