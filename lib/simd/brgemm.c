#include "lib/simd/brgemm.h"

const struct brgemm_term seg_brgemm_plain = {0, 0};

void
seg_brgemm_rows(const struct brgemm_kernels *mm, struct brgemm r, int count)
{
    const float *a = r.a, *residual = r.residual;
    float *c = r.c;
    int groups = ceil_div(count, mm->rows);
    for (int i = 0; i < groups; i++) {
        int lo = count * i / groups, hi = count * (i + 1) / groups;
        r.a = a + lo * r.lda;
        r.c = c + lo * r.ldc;
        r.next_a = a + hi * r.lda + r.terms[0].a;
        r.next_c = c + hi * r.ldc;
        r.next_step = r.ldc;
        if (residual)
            r.residual = residual + lo * r.ldc;
        mm->brgemm[hi - lo](&r);
    }
}
