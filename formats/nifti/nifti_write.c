#include <stdio.h>
#include <string.h>

#include "formats/codec/gzip.h"
#include "formats/geometry/nifti_header.h"
#include "formats/nifti/nifti.h"
#include "formats/table/number.h"

/* ---- collecting slices ---- */

/* The position of a slice.  0: rec has none and is a volume of one slice. */
static int
position_of(struct seg_volume *at, const struct seg_record *rec,
    const struct seg_tensor *t, struct seg_err *e)
{
    int got = seg_volume_get(at, rec, e);

    if (!got)
        *at = (struct seg_volume){
            .axis = 2, .shape = {t->shape[1], t->shape[0], 1}};
    return got;
}

static int
check_slice(const struct seg_nifti_writer *s, const struct seg_record *rec,
    const struct seg_tensor *t, struct seg_err *e)
{
    char text[120];
    int row, column;

    seg_volume_axes(s->at.axis, &row, &column);
    if (t->type == s->type && seg_tensor_bands(t) == s->channels &&
        t->shape[0] == s->at.shape[row] && t->shape[1] == s->at.shape[column])
        return 0;
    return seg_fail(e, SEG_EDATA,
        "%s: tensor %s %s does not fit into the volume: [%zu,%zu,%zu] %s "
        "expected",
        seg_record_name(rec), t->name,
        seg_tensor_describe(text, sizeof text, t), s->at.shape[row],
        s->at.shape[column], s->channels, seg_type_name(s->type));
}

/*
 * Allocates memory for all slices.  The number of slices comes from the stream
 * and may be wrong: without a memory limit the limit is that of a file.
 */
static int
allocate(struct seg_nifti_writer *s, struct seg_err *e)
{
    const size_t *shape = s->at.shape, n = shape[s->at.axis];
    size_t most = seg_file_most(0), bytes;

    if (seg_mul(&bytes, s->slice + 1, n) || (!s->arena.limit && bytes > most))
        return seg_fail(e, SEG_EDATA,
            "%s: seg.volume: %zux%zux%zux%zu voxels of type %s take more than "
            "%zu bytes",
            s->key, shape[0], shape[1], shape[2], s->channels,
            seg_type_name(s->type), most);
    s->data = seg_take_dirty(&s->arena, s->slice, n, e);
    s->seen = s->data ? seg_take(&s->arena, n, 1, e) : NULL;
    return s->seen ? 0 : -1;
}

int
seg_nifti_writer_start(struct seg_nifti_writer *s, const struct seg_record *rec,
    const struct seg_tensor *t, struct seg_err *e)
{
    const char *header = seg_record_meta(rec, "seg.nifti");
    char text[120];

    seg_arena_reset(&s->arena);
    if (t->rank < 2 || t->rank > 3 || !t->bytes || !seg_nifti_datatype(t->type))
        return seg_fail(e, SEG_EDATA,
            "%s: tensor %s %s does not go into NIfTI: [H,W] or [H,W,C] "
            "expected",
            seg_record_name(rec), t->name,
            seg_tensor_describe(text, sizeof text, t));
    int in_volume = position_of(&s->at, rec, t, e);
    if (in_volume < 0)
        return -1;
    s->type = t->type;
    s->channels = seg_tensor_bands(t);
    s->slices = 0;
    s->slice = t->bytes;
    if (check_slice(s, rec, t, e))
        return -1;
    s->key = in_volume ? seg_volume_key(&s->arena, rec, &s->at, e)
                       : seg_take_string(&s->arena, seg_record_key(rec), e);
    s->header = header ? seg_take_string(&s->arena, header, e) : NULL;
    if (!s->key || (header && !s->header))
        return -1;
    return allocate(s, e) ? -1 : seg_nifti_writer_add(s, rec, t, e);
}

int
seg_nifti_writer_continues(
    const struct seg_nifti_writer *s, const struct seg_record *rec)
{
    return s->key && seg_volume_continues(s->key, &s->at, rec);
}

int
seg_nifti_writer_add(struct seg_nifti_writer *s, const struct seg_record *rec,
    const struct seg_tensor *t, struct seg_err *e)
{
    struct seg_volume at;

    if (position_of(&at, rec, t, e) < 0 || check_slice(s, rec, t, e))
        return -1;
    if (s->seen[at.index])
        return seg_fail(
            e, SEG_EDATA, "%s: slice %zu comes twice", s->key, at.index);
    s->seen[at.index] = 1;
    s->slices++;
    memcpy(s->data + at.index * s->slice, t->data, s->slice);
    return 0;
}

int
seg_nifti_writer_complete(const struct seg_nifti_writer *s, struct seg_err *e)
{
    size_t n = s->at.shape[s->at.axis];

    for (size_t i = 0; i < n; i++)
        if (!s->seen[i])
            return seg_fail(
                e, SEG_EDATA, "%s: slice %zu of %zu is missing", s->key, i, n);
    return 0;
}

/* ---- writing ---- */

static int
parse_header(struct seg_nifti_header *h, const struct seg_nifti_writer *s,
    struct seg_err *e)
{
    struct seg_nifti v;

    if (!s->header) {
        seg_nifti_default_header(h);
        return 0;
    }
    if (seg_nifti_from_hex(h, s->header) ||
        seg_nifti_parse(&v, h->p, h->n, "seg.nifti", e))
        return seg_fail(
            e, SEG_EDATA, "%s: seg.nifti is no NIfTI header", s->key);
    *h = v.header;
    return 0;
}

/* NIfTI-1 stores the sides in 16 bits. */
static int
check_sides(const struct seg_nifti_header *h, const struct seg_nifti_writer *s,
    struct seg_err *e)
{
    const size_t *n = s->at.shape, c = s->channels;
    enum { MOST = 32767 };

    if (h->n != SEG_NIFTI_1 ||
        (n[0] <= MOST && n[1] <= MOST && n[2] <= MOST && c <= MOST))
        return 0;
    return seg_fail(e, SEG_EDATA,
        "%s: %zux%zux%zux%zu voxels do not fit in a NIfTI-1: up to %d a side "
        "expected",
        s->key, n[0], n[1], n[2], c, MOST);
}

/* Sets the fields that describe the voxels; their position stays. */
static void
fill_header(struct seg_nifti_header *h, const struct seg_nifti_writer *s)
{
    static const enum seg_nifti_field zero[] = {
        NIFTI_CAL_MAX, NIFTI_CAL_MIN, NIFTI_INTER};
    int rank = s->header ? (int)seg_nifti_get(h, NIFTI_DIM, 0) : 3;

    for (int i = 1; i <= 7; i++)
        seg_nifti_set(h, NIFTI_DIM, i,
            i <= 3                      ? (double)s->at.shape[i - 1]
            : i == 4 && s->channels > 1 ? (double)s->channels
                                        : 1);
    seg_nifti_set(h, NIFTI_DIM, 0,
        s->channels > 1          ? 4
        : rank >= 1 && rank <= 3 ? rank
                                 : 3);
    seg_nifti_set(h, NIFTI_DATATYPE, 0, seg_nifti_datatype(s->type));
    seg_nifti_set(h, NIFTI_BITPIX, 0, (double)seg_type_size(s->type) * 8);
    seg_nifti_set(h, NIFTI_VOX_OFFSET, 0, (double)h->n + 4);
    seg_nifti_set(h, NIFTI_SLOPE, 0, 1);
    for (int i = 0; i < 3; i++)
        seg_nifti_set(h, zero[i], 0, 0);
}

/* Copies a line of voxels along x. */
static void
copy_line(
    char *to, const struct seg_nifti_writer *s, size_t c, size_t z, size_t y)
{
    size_t size = seg_type_size(s->type), at[3] = {0, y, z}, step[3];
    int axis = s->at.axis, row, column;
    const char *from = s->data + c * size;

    seg_volume_axes(axis, &row, &column);
    step[axis] = s->slice;
    step[column] = s->channels * size;
    step[row] = step[column] * s->at.shape[column];
    for (int i = 1; i < 3; i++)
        from += at[i] * step[i];
    for (size_t x = 0; x < s->at.shape[0]; x++)
        memcpy(to + x * size, from + x * step[0], size);
}

static int
put_all(struct seg_gzip *g, struct seg_nifti_writer *s, struct seg_err *e)
{
    struct seg_nifti_header h;
    size_t size = seg_type_size(s->type), n = s->at.shape[0];
    char *line = seg_take_dirty(&s->arena, n, size, e);

    if (!line || parse_header(&h, s, e) || check_sides(&h, s, e))
        return -1;
    fill_header(&h, s);
    if (seg_gzip_put(g, h.p, h.n, e) || seg_gzip_put(g, "\0\0\0\0", 4, e))
        return -1;
    for (size_t c = 0; c < s->channels; c++)
        for (size_t z = 0; z < s->at.shape[2]; z++)
            for (size_t y = 0; y < s->at.shape[1]; y++) {
                copy_line(line, s, c, z, y);
                if (h.swapped)
                    seg_swap_bytes(line, n, size);
                if (seg_gzip_put(g, line, n * size, e))
                    return -1;
            }
    return seg_gzip_end(g, e);
}

int
seg_nifti_writer_write(
    struct seg_nifti_writer *s, int fd, const char *path, struct seg_err *e)
{
    struct seg_gzip *g;

    if (seg_nifti_writer_complete(s, e) || seg_gzip_open(&g, fd, path, e))
        return -1;
    int status = put_all(g, s, e);
    seg_gzip_free(g);
    s->key = NULL;
    return status;
}

void
seg_nifti_writer_free(struct seg_nifti_writer *s)
{
    seg_arena_free(&s->arena);
}
