/* panel.h says what each loop computes. */
#include "lib/simd/panel.h"

#include "lib/simd/vec.h"

#include "lib/simd/simd.h"

enum { AHEAD = 16 }; /* rows */

/* Squares of WIDTH rows and WIDTH columns change their axes. */
static void
across(float *to, const struct matrix *m)
{
    for (int j = 0; j < m->n; j += PANEL, to += (long)m->d * PANEL)
        for (int half = 0; half < PANEL; half += WIDTH)
            for (int c = 0; c < m->d; c += WIDTH) {
                vf x[WIDTH];
                for (int i = 0; i < WIDTH; i++) {
                    int row = j + half + i;
                    x[i] = (vf){0};
                    __builtin_prefetch(m->x + (row + PANEL) * m->ld + c);
                    if (row < m->n)
                        x[i] = load_part(m->x + row * m->ld + c, m->d - c);
                }
                v_transpose(x);
                for (int i = 0; i < WIDTH && c + i < m->d; i++)
                    store(to + (long)(c + i) * PANEL + half, x[i]);
            }
}

static void
along(float *to, const struct matrix *m)
{
    const int n = m->n, d = m->d;
    const long ld = m->ld;

    for (int c = 0; c < d; c += PANEL) {
        const float *x = m->x + c;
        for (int i = 0; i < n; i++, x += ld, to += PANEL)
            for (int j = 0; j < PANEL; j += WIDTH) {
                __builtin_prefetch(x + AHEAD * ld + j);
                store(to + j, load_part(x + j, d - c - j));
            }
    }
}

const struct panel_kernels SEG_LEVEL(seg_panel_kernels) = {
    .across = across,
    .along = along,
};
