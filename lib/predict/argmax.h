/* The class that a pixel is taken for. */
#ifndef SEG_PREDICT_ARGMAX_H
#define SEG_PREDICT_ARGMAX_H

/* Of k scores or probabilities the highest, of equals the lower; none is
   NaN. */
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
