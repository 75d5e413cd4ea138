#include "lib/kernel/conv/conv_tiling.h"

/* From 16 MiB on, an output is no longer cached when its reader starts, so it
   is written with non-temporal stores. */
enum { NON_TEMPORAL_FLOATS = 4 << 20 };

struct tiling
seg_tiling(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    const struct conv_kernels *kn = kernels_of(cv);
    const struct brgemm_kernels *mm = kn->mm;
    int d = cv->dilation;
    struct tiling t = {.kn = kn,
        .mm = mm,
        .n = cv->n,
        .h = cv->h,
        .w = cv->w,
        .c = cv->c,
        .oh = cv->oh,
        .ow = cv->ow,
        .k = cv->k,
        .pad_y = cv->pad_y,
        .pad_x = cv->pad_x,
        .d = d};
    if (pass == SEG_CONV_DATA)
        t = (struct tiling){.kn = kn,
            .mm = mm,
            .n = cv->n,
            .h = cv->oh,
            .w = cv->ow,
            .c = cv->k,
            .oh = cv->h,
            .ow = cv->w,
            .k = cv->c,
            .pad_y = 2 * d - cv->pad_y,
            .pad_x = 2 * d - cv->pad_x,
            .d = d};
    t.tiles_y = ceil_div(ceil_div(t.oh, d), 4);
    t.tiles_x = ceil_div(ceil_div(t.ow, d), 4);
    t.tiles = t.n * d * d * t.tiles_y * t.tiles_x;
    t.cp = round_up(t.c, mm->lanes);
    t.panels = ceil_div(t.k, mm->panel);
    t.kp = t.panels * mm->panel;
    return t;
}

void
seg_tiling_block(struct tiling *t, int block)
{
    t->block = max_int(block / t->mm->rows, 1) * t->mm->rows;
    t->vpitch = (long)t->block * t->cp + CACHE_LINE_FLOATS;
    t->mpitch = (long)t->block * t->kp + CACHE_LINE_FLOATS;
}

size_t
seg_tiling_floats(const struct tiling *t)
{
    return round_floats(ELEMENTS * (size_t)(t->vpitch + t->mpitch));
}

int
seg_tiling_locate(struct patch *p, const struct tiling *t, int tile)
{
    int tx = tile % t->tiles_x, rest = tile / t->tiles_x;
    int ty = rest % t->tiles_y, phase = rest / t->tiles_y % (t->d * t->d);
    *p = (struct patch){t->oh, t->ow, t->k, ty * 4 * t->d + phase / t->d,
        tx * 4 * t->d + phase % t->d, t->d,
        (long)t->n * t->oh * t->ow * t->k > NON_TEMPORAL_FLOATS};
    return rest / t->tiles_y / (t->d * t->d);
}

struct segments
seg_tiling_x(const struct seg_conv *cv, const struct seg_concat_input *whole)
{
    return cv->concat ? (struct segments){cv->concat, cv->nconcat}
                      : (struct segments){whole, 1};
}

void
seg_tiling_inputs(
    float *v, struct segments x, const struct tiling *t, int first, int count)
{
    for (int i = 0; i < count; i++) {
        struct patch out;
        long image = seg_tiling_locate(&out, t, first + i);
        float *to = v + (long)i * t->cp;
        for (int k = 0; k < x.ninputs; to += x.input[k++].c) {
            const struct seg_concat_input *p = x.input + k;
            struct patch in = {
                t->h, t->w, p->c, out.y - t->pad_y, out.x - t->pad_x, t->d, 0};
            long at = image * t->h * t->w * p->c;
            struct seg_affine l;
            if (p->affine)
                l = seg_affine_at(*p->affine, at, 0);
            t->kn->input_tile(
                to, t->vpitch, p->x + at, p->affine ? &l : NULL, &in);
        }
    }
}
