/* The layouts are in panel.h. */
#include "lib/simd/panel.h"

#include "lib/simd/vec.h"

enum { PREFETCH_ROWS = 16 }; /* far enough ahead to hide a cache miss */

static void
pack(float *to, const struct matrix *m)
{
    const int n = m->n, d = m->d;
    const long ld = m->ld;

    for (int c = 0; c < d; c += PANEL) {
        const float *x = m->x + c;
        for (int i = 0; i < n; i++, x += ld, to += PANEL)
            for (int j = 0; j < PANEL; j += LANES) {
                __builtin_prefetch(x + PREFETCH_ROWS * ld + j);
                v_store(to + j, v_load_part(x + j, d - c - j));
            }
    }
}

/* Transposes squares of LANES rows and LANES columns. */
static void
pack_transposed(float *to, const struct matrix *m)
{
    for (int j = 0; j < m->n; j += PANEL, to += (long)m->d * PANEL)
        for (int half = 0; half < PANEL; half += LANES)
            for (int c = 0; c < m->d; c += LANES) {
                vec x[LANES];
                for (int i = 0; i < LANES; i++) {
                    int row = j + half + i;
                    x[i] = (vec){0};
                    __builtin_prefetch(m->x + (row + PANEL) * m->ld + c);
                    if (row < m->n)
                        x[i] = v_load_part(m->x + row * m->ld + c, m->d - c);
                }
                v_transpose(x);
                for (int i = 0; i < LANES && c + i < m->d; i++)
                    v_store(to + (long)(c + i) * PANEL + half, x[i]);
            }
}

const struct panel_kernels SEG_LEVEL(seg_panel_kernels) = {
    .pack = pack,
    .pack_transposed = pack_transposed,
};
