#include "formats/tiff/tiff_pages.h"

/* Bytes of `rows` uncompressed rows of w pixels; 0 if compressed or too
   large. */
static uint64_t
plain_bytes(const struct seg_tiff_page *p, size_t w, size_t rows, size_t planes)
{
    if (p->compression != SEG_TIFF_RAW || w > UINT32_MAX || rows > UINT32_MAX)
        return 0;
    uint64_t samples = (uint64_t)w * (p->planar ? 1 : p->c);
    uint64_t line = (samples * (uint64_t)p->bits + 7) / 8;
    uint64_t lines = (uint64_t)rows * planes;
    return lines && line < UINT64_MAX / lines ? line * lines : 0;
}

uint64_t
seg_tiff_uncompressed_bytes(const struct seg_tiff_page *p)
{
    return p->tiled ? 0 : plain_bytes(p, p->w, p->h, p->planar ? p->c : 1);
}

uint64_t
seg_tiff_slice_offset(const struct seg_tiff_page *p)
{
    if (!p->tiled)
        return seg_tiff_uncompressed_bytes(p) * p->slice;
    return plain_bytes(p, p->chunk_w, p->chunk_h, 1) * (p->slice % p->chunk_d);
}

int
seg_tiff_is_page(
    const struct seg_tiff_page_list *p, const struct seg_tiff_page *page)
{
    if (!p->all_reduced)
        return !page->kind;
    return page->kind == p->like.kind && page->w == p->like.w &&
           page->h == p->like.h;
}

static void
add(struct seg_tiff_page_list *p, uint64_t at, size_t slice)
{
    if (p->ref)
        p->ref[p->n] = (struct seg_tiff_page_ref){at, slice};
    p->n++;
}

/* 1 if a directory belongs to the group before it.  Programs that copy
   directories copy the number that the first one declares to all of them. */
static int
same_group(const struct seg_tiff_page_list *p,
    const struct seg_tiff_declared *declared)
{
    if (!p->directories || p->declared.alone)
        return 0;
    return declared->images == 1 || (declared->images == p->declared.images &&
                                        p->n - p->first < declared->images);
}

int
seg_tiff_add_directory(struct seg_tiff_page_list *p,
    const struct seg_tiff_page *page, const struct seg_tiff_declared *declared,
    uint64_t at, uint64_t contiguous, struct seg_err *e)
{
    if (page->depth > 1 && !page->tiled && contiguous < page->depth)
        return seg_fail(e, SEG_EDATA,
            "%s: not supported: TIFF with ImageDepth (tag 32997) %zu in "
            "strips: %llu images are found; uncompressed ones expected, one "
            "after "
            "the other",
            p->path, page->depth, (unsigned long long)contiguous);
    if (!same_group(p, declared)) {
        if (seg_tiff_end_pages(p, e))
            return -1;
        p->declared = *declared;
        p->first = p->n;
        p->directories = 0;
        p->contiguous = contiguous;
    }
    for (size_t i = 0; i < page->depth; i++)
        add(p, at, i);
    p->directories++;
    return 0;
}

int
seg_tiff_end_pages(struct seg_tiff_page_list *p, struct seg_err *e)
{
    uint64_t n = p->n - p->first, wanted = p->declared.images;

    if (!p->directories || n >= wanted)
        return 0;
    if (p->directories > 1 || p->contiguous < wanted)
        return seg_fail(e, SEG_EDATA,
            "%s: TIFF with at most %llu of the %llu images that its %s "
            "promises",
            p->path,
            (unsigned long long)(p->directories == 1 && p->contiguous > n
                                     ? p->contiguous
                                     : n),
            (unsigned long long)wanted, p->declared.from);
    uint64_t at = p->ref ? p->ref[p->first].at : 0;
    for (size_t i = (size_t)n; i < wanted; i++)
        add(p, at, i);
    return 0;
}
