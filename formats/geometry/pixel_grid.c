#include <math.h>
#include <stdio.h>

#include "formats/geometry/geo.h"
#include "formats/geometry/nifti_header.h"
#include "formats/geometry/pixel_grid.h"
#include "formats/geometry/volume.h"

/* The grid of slice v->index; rows and columns are two axes of the volume. */
static void
set_from_volume(struct seg_pixel_grid *p, const struct seg_volume *v)
{
    int row, column;

    seg_volume_axes(v->axis, &row, &column);
    for (int k = 0; k < 3; k++) {
        const double *m = v->affine + 4 * k;

        p->origin[k] = m[v->axis] * (double)v->index + m[3];
        p->right[k] = m[column];
        p->down[k] = m[row];
    }
}

/* 0 if a NIfTI header gives no position: neither sform nor qform. */
static int
has_position(const struct seg_record *rec)
{
    const char *hex = seg_record_meta(rec, "seg.nifti");
    struct seg_nifti_header h;

    return !hex || seg_nifti_from_hex(&h, hex) ||
           seg_nifti_get(&h, NIFTI_SFORM, 0) > 0 ||
           seg_nifti_get(&h, NIFTI_QFORM, 0) > 0;
}

int
seg_pixel_grid_get(
    struct seg_pixel_grid *p, struct seg_record *rec, struct seg_err *e)
{
    const char *text = seg_record_meta(rec, "seg.geo");
    struct seg_volume v;
    struct seg_geo g;
    double m[6];
    int found = seg_volume_get(&v, rec, e);

    *p = (struct seg_pixel_grid){.origin = {0}};
    if (found > 0 && !has_position(rec))
        return 0;
    if (found > 0)
        set_from_volume(p, &v);
    if (found || !text)
        return found;
    if (seg_geo_parse(&g, &rec->arena, text, seg_record_name(rec), e))
        return -1;
    if (!seg_geo_affine(m, &g))
        return 0;
    p->epsg = seg_geo_epsg(&g);
    for (int k = 0; k < 2; k++) {
        p->right[k] = m[3 * k];
        p->down[k] = m[3 * k + 1];
        p->origin[k] = m[3 * k + 2];
    }
    return 1;
}

static double
length(const double v[3])
{
    return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

int
seg_pixel_grid_compare(struct seg_record *rec,
    const struct seg_pixel_grid *image, const struct seg_pixel_grid *label,
    size_t w, size_t h, struct seg_err *e)
{
    const double limit = 0.1;
    double pixel = fmin(length(image->right), length(image->down));
    struct seg_apart most = {0};
    char text[100];

    if (image->epsg && label->epsg && image->epsg != label->epsg) {
        snprintf(text, sizeof text, "epsg=%d,%d", image->epsg, label->epsg);
        return seg_record_set(rec, "seg.apart", text, e);
    }
    for (int corner = 0; corner < 4; corner++) {
        size_t x = corner & 1 ? w - 1 : 0, y = corner & 2 ? h - 1 : 0;
        double d[3];

        for (int k = 0; k < 3; k++)
            d[k] = image->origin[k] - label->origin[k] +
                   (image->right[k] - label->right[k]) * (double)x +
                   (image->down[k] - label->down[k]) * (double)y;
        if (length(d) / pixel > most.distance)
            most = (struct seg_apart){
                .distance = length(d) / pixel, .x = x, .y = y};
    }
    if (!(most.distance > limit))
        return 0;
    snprintf(text, sizeof text, "distance=%.6g x=%zu y=%zu", most.distance,
        most.x, most.y);
    return seg_record_set(rec, "seg.apart", text, e);
}

int
seg_apart_get(
    struct seg_apart *apart, const struct seg_record *rec, struct seg_err *e)
{
    const char *text = seg_record_meta(rec, "seg.apart");
    char rest;

    *apart = (struct seg_apart){.distance = 0};
    if (!text)
        return 0;
    if (sscanf(text, "epsg=%d,%d%c", &apart->epsg[0], &apart->epsg[1], &rest) ==
            2 &&
        apart->epsg[0] > 0 && apart->epsg[1] > 0)
        return 1;
    if (sscanf(text, "distance=%lf x=%zu y=%zu%c", &apart->distance, &apart->x,
            &apart->y, &rest) != 3)
        return seg_fail(e, SEG_EDATA,
            "%s: seg.apart: distance=D x=X y=Y or epsg=A,B expected, seen "
            "%.100s",
            seg_record_name(rec), text);
    return 1;
}
