/*
 * Contrastive losses over all pairs of m feature rows, computed block by block:
 * the m x m matrix of similarities is never stored.
 *
 *   s_ij = f_i . f_j / tau,  e_ij = exp(s_ij),  i the anchor, j the candidate
 *   l_i  = 1/|P_i| sum_{p in P_i} ( log D_ip - s_ip )
 *   L    = scale/A sum_i l_i,   A = number of anchors, even if P_i is empty
 *
 *   shared denominator        D_ip = sum_{j in D_i} e_ij
 *   per-positive denominator  D_ip = e_ip + sum_{j in D_i} e_ij
 *
 *   logs_only                 l_i = 1/|P_i| log sum_{j in D_i} e_ij
 *
 * P_i are the positives of anchor i and D_i the candidates in its denominator.
 * Both follow from the groups of i and j and from their classes:
 * relation[group of i][group of j] has a bit for each case.  For example, with
 * images in group 0 and augmented views in group 1, relation[0][1] = SEG_ALL
 * compares each pixel of an image with all pixels of the views.
 *
 * Rows must be unit vectors, so that s <= 1/tau bounds the exponent, and
 * tau >= 0.025.  Gradients are added to df, never cleared.
 *
 * A row takes no part if its class is the ignored one or outside 0..classes-1,
 * or its group outside 0..groups-1.  An anchor with empty P_i or empty D_i adds
 * exactly 0 to value and gradient and still counts in A, unless only_paired is
 * set.  The loss is 0 if A = 0 or m = 0, and never NaN.
 *
 * The caller provides all memory.  Results are the same bits for any number of
 * threads.
 */
#ifndef SEG_KERNEL_CONTRAST_CONTRAST_H
#define SEG_KERNEL_CONTRAST_CONTRAST_H

#include <stddef.h>

enum { SEG_GROUPS = 4 };

/* relation bits: candidate j for anchor i */
enum {
    SEG_POSITIVE = 1,    /* same class: j is in P_i */
    SEG_DENOM_SAME = 2,  /* same class: j is in D_i */
    SEG_DENOM_OTHER = 4, /* another class: j is in D_i */
    SEG_ALL = 7
};

struct seg_contrast {
    /* [group of anchor][group of candidate] */
    unsigned char relation[SEG_GROUPS][SEG_GROUPS];
    int groups; /* rows and columns of relation in use */
    /* per-positive denominators; excludes SEG_DENOM_SAME and intensity */
    int per_positive;
    int logs_only;   /* l_i has no numerator; excludes per_positive */
    int only_paired; /* A counts only anchors with P_i and D_i not empty */
    int self;        /* the pair (i,i) counts like any other */
    int background;  /* class that is never an anchor, or -1 */
    int ignore;      /* class that takes no part */
    int classes;     /* classes are 0..classes-1 */
    int block;       /* rows of a block, a multiple of 32; 0: chosen by m */
    int cache_tiles; /* block pairs cached between passes; 0: 384 MiB */
    float tau;       /* temperature */
    float scale;     /* factor of value and gradient */
};

/* Predefined losses.  Copy one, then set classes, tau, scale, background. */
enum {
    SEG_PAPER_WITHIN,    /* Zhao 1.2; groups: 0 image, 1 its augmented view */
    SEG_PAPER_CROSS,     /* and 2 a view of another image */
    SEG_RELEASED_WITHIN, /* Zhao 1.3; call once for each view */
    SEG_RELEASED_CROSS,  /* groups: 0 image, 1 partner */
    SEG_BATCH,           /* groups: 0 all images, 1 all views */
    SEG_SUPCON,          /* Lee 2.3: scale = tau / tau0; Hu 3.2: background */
    SEG_NTXENT           /* class = index of the sample, two rows of each */
};
extern const struct seg_contrast seg_contrast_forms[];

/* Bytes of scratch, aligned to 64; it need not be cleared. */
size_t seg_contrast_scratch(
    const struct seg_contrast *q, int m, int d, int threads);

/*
 * Returns L and adds dL/df to df, which may be NULL.  y are the classes and g
 * the groups; g may be NULL, then all rows are in group 0.  rows lists the m
 * rows of f, y, g and intensity that take part, each at most once; NULL means
 * 0..m-1. With intensity, the shared denominator is sum exp(w_ij s_ij) with
 * w_ij = 1 - |intensity_i - intensity_j| (Lee, with SEG_NTXENT), or 1 if an
 * intensity is NaN (unknown); values may differ by 2 at most.
 */
double seg_contrast(float *df /* .,d */, const float *f /* .,d */,
    const int *y /* . */, const int *g /* . */, const float *intensity /* . */,
    const int *rows /* m */, const struct seg_contrast *q, int m, int d,
    int threads, void *scratch);

/* Reference implementation, in double, O(m^2 d). */
double seg_contrast_naive(double *df, const float *f, const int *y,
    const int *g, const float *intensity, const int *rows,
    const struct seg_contrast *q, int m, int d);

#endif
