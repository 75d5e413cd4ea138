/* Packs weights for the brgemm kernels. */
#include "lib/kernel/conv/conv_common.h"
#include "lib/simd/panel.h"

/* Panels of one group. */
static int
packed_panels(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    int outs = (pass == SEG_CONV_DATA ? cv->c : cv->k) / cv->groups;
    return ceil_div(outs, mm_of(cv)->panel);
}

size_t
seg_conv_direct_packed(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    size_t ins = pass == SEG_CONV_DATA ? cv->k : cv->c; /* of all groups */
    return packed_panels(cv, pass) * ins * cv->kh * cv->kw * mm_of(cv)->panel;
}

/* One panel of one group of a 1x1 kernel, unscaled: rows k, columns c. */
static void
pack_matrix_panel(float *packed, const float *w, const struct seg_conv *cv,
    enum seg_conv_pass pass, int p)
{
    int k = cv->k / cv->groups, c = cv->c / cv->groups;
    int at = p * mm_of(cv)->panel;

    if (pass == SEG_CONV_FORWARD)
        panel_kernels()->pack_transposed(
            packed, &(struct matrix){w + (long)at * c, c,
                        min_int(mm_of(cv)->panel, k - at), c});
    else
        panel_kernels()->pack(packed,
            &(struct matrix){w + at, c, k, min_int(mm_of(cv)->panel, c - at)});
}

/* packed[group][panel][tap][in][.] */
void
seg_conv_direct_pack(float *packed, const float *w, const float *scale,
    const struct seg_conv *cv, enum seg_conv_pass pass)
{
    int panel = mm_of(cv)->panel, panels = packed_panels(cv, pass);
    int taps = cv->kh * cv->kw;
    int ins = (pass == SEG_CONV_DATA ? cv->k : cv->c) / cv->groups;
    if (taps == 1 && !scale) {
        long floats = (long)ins * panel;
        long each = (long)(cv->k / cv->groups) * (cv->c / cv->groups);
#pragma omp parallel for num_threads(cv->threads) schedule(dynamic)
        for (int t = 0; t < cv->groups * panels; t++)
            pack_matrix_panel(packed + t * floats, w + t / panels * each, cv,
                pass, t % panels);
        return;
    }
#pragma omp parallel for num_threads(cv->threads) schedule(dynamic, 16)
    for (int t = 0; t < cv->groups * panels * ins; t++) {
        int in = t % ins, p = t / ins % panels, group = t / ins / panels;
        int k = cv->k / cv->groups;
        seg_conv_pack_channel(
            packed + (((long)t / ins * taps) * ins + in) * panel,
            (long)ins * panel,
            w + (long)group * k * (cv->c / cv->groups) * taps,
            scale ? scale + (long)group * k : NULL, cv, pass, p, in);
    }
}
