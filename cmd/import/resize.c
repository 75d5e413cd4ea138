#include "cmd/import/resize.h"
#include "formats/geometry/geo.h"
#include "formats/geometry/volume.h"

int
cli_resize(struct seg_record *rec, const char *name, enum seg_resize_mode mode,
    size_t h, size_t w, struct seg_err *e)
{
    struct seg_tensor in = *seg_record_find(rec, name), *out;
    size_t shape[3] = {h, w, in.shape[2]};
    struct seg_nodata nodata;

    if (in.shape[0] == h && in.shape[1] == w)
        return 0;
    out = seg_record_add(rec, name, in.type, in.rank, shape, e);
    if (!out || seg_nodata_get(&nodata, rec, e) ||
        seg_nodata_resize(out, &in, NULL, mode, &nodata, &rec->arena, e))
        return -1;
    if (mode == SEG_RESIZE_NEAREST)
        return 0;
    return seg_geo_crop(rec, 0, 0, (double)w / (double)in.shape[1],
               (double)h / (double)in.shape[0], e)
               ? -1
               : seg_volume_resize(rec, w, h, e);
}
