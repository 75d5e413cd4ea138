/* Internal to t-SNE: the forces on one point, at every CPU level. */
#ifndef SEG_PROJECT_TSNE_KERNEL_H
#define SEG_PROJECT_TSNE_KERNEL_H

/*
 * Of the layout at[2,n] and row i of P: with w = 1 / (1 + |y_i - y_j|^2), the
 * sums over all j of p w (y_i - y_j), of w w (y_i - y_j), and of w.
 */
struct seg_tsne_forces {
    float attraction[2], repulsion[2], sum;
};

struct seg_tsne_kernels {
    struct seg_tsne_forces (*forces)(
        const float *at, const float *p, int i, int n);
};

extern const struct seg_tsne_kernels seg_tsne_kernels_v4, seg_tsne_kernels_v3,
    seg_tsne_kernels_base;

#endif
