#include "formats/tiff/tiffpages.h"

/* Of so many rows of w pixels, stored plainly; 0 where that is not counted. */
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
seg_tiff_plain_bytes(const struct seg_tiff_page *p)
{
    return p->tiled ? 0 : plain_bytes(p, p->w, p->h, p->planar ? p->c : 1);
}

uint64_t
seg_tiff_shift(const struct seg_tiff_page *p)
{
    if (!p->tiled)
        return seg_tiff_plain_bytes(p) * p->slice;
    return plain_bytes(p, p->chunk_w, p->chunk_h, 1) * (p->slice % p->chunk_d);
}

int
seg_tiff_pages_want(
    const struct seg_tiff_pages *p, const struct seg_tiff_page *page)
{
    if (!p->all_reduced)
        return !page->kind;
    return page->kind == p->like.kind && page->w == p->like.w &&
           page->h == p->like.h;
}

static void
add(struct seg_tiff_pages *p, uint64_t at, size_t slice)
{
    if (p->place)
        p->place[p->n] = (struct seg_tiff_place){at, slice};
    p->n++;
}

/* 1 if a directory with this promise belongs to the group before it.  Programs
   that copy directories copy the promise of the first one to all of them. */
static int
goes_on(const struct seg_tiff_pages *p, const struct seg_tiff_promise *promise)
{
    if (!p->directories || p->promise.alone)
        return 0;
    return promise->images == 1 || (promise->images == p->promise.images &&
                                       p->n - p->first < promise->images);
}

int
seg_tiff_pages_add(struct seg_tiff_pages *p, const struct seg_tiff_page *page,
    const struct seg_tiff_promise *promise, uint64_t at, uint64_t held,
    struct seg_err *e)
{
    if (page->depth > 1 && !page->tiled && held < page->depth)
        return seg_fail(e, SEG_EDATA,
            "%s: not supported: TIFF with ImageDepth (tag 32997) %zu in "
            "strips, "
            "of which %llu images are found: expected without compression, one "
            "behind the other",
            p->path, page->depth, (unsigned long long)held);
    if (!goes_on(p, promise)) {
        if (seg_tiff_pages_end(p, e))
            return -1;
        p->promise = *promise;
        p->first = p->n;
        p->directories = 0;
        p->held = held;
    }
    for (size_t i = 0; i < page->depth; i++)
        add(p, at, i);
    p->directories++;
    return 0;
}

int
seg_tiff_pages_end(struct seg_tiff_pages *p, struct seg_err *e)
{
    uint64_t n = p->n - p->first, wanted = p->promise.images;

    if (!p->directories || n >= wanted)
        return 0;
    if (p->directories > 1 || p->held < wanted)
        return seg_fail(e, SEG_EDATA,
            "%s: TIFF with at most %llu of the %llu images that its %s "
            "promises",
            p->path,
            (unsigned long long)(p->directories == 1 && p->held > n ? p->held
                                                                    : n),
            (unsigned long long)wanted, p->promise.from);
    uint64_t at = p->place ? p->place[p->first].at : 0;
    for (size_t i = (size_t)n; i < wanted; i++)
        add(p, at, i);
    return 0;
}
