/* The most probable class of a pixel. */
#ifndef SEG_KERNEL_ARGMAX_H
#define SEG_KERNEL_ARGMAX_H

/* Index of the largest of k scores or probabilities, none of which is NaN; the
   smallest index of equals. */
static inline int
seg_argmax(const float *p, int k)
{
    float top = p[0];
    int best = 0;

    for (int c = 1; c < k; c++) {
        best = p[c] > top ? c : best;
        top = p[c] > top ? p[c] : top;
    }
    return best;
}

#endif
