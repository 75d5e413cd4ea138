#include "lib/kernel/softmax_kernel.h"

void
seg_softmax(float *p, float *lse, const float *x, size_t rows, int c)
{
    SEG_CPU_PICK(seg_softmax_kernels)->rows(p, lse, x, rows, c);
}
