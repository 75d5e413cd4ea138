/*
 * Contrastive losses over all pairs of m feature rows, in blocks: the m x m
 * matrix is never stored.
 *
 *   s_ij = f_i . f_j / tau,  e_ij = exp(s_ij),  i the anchor, j the candidate
 *   l_i  = 1/|P_i| sum_{p in P_i} ( log D_ip - s_ip )
 *   L    = scale/A sum_i l_i,   A = number of anchors, with or without P_i
 *
 *   common denominator  D_ip = sum_{j in D_i} e_ij
 *   own denominator     D_ip = e_ip + sum_{j in D_i} e_ij
 *
 * What candidate j is to anchor i depends on their groups (image, view) and on
 * whether their classes agree: role[group of i][group of j] says it in three
 * bits.  Rows are unit vectors (s <= 1/tau replaces the running maximum);
 * tau >= 0.025.  The value is a double.  Gradients are added, never cleared.
 *
 * A row takes no part if its class is the ignored one or outside 0..classes-1,
 * or its group outside 0..groups-1.  An anchor with empty P_i or empty D_i adds
 * exactly 0 to value and gradient and still counts in A.  A = 0 gives 0, and so
 * does m = 0.  Never a NaN.
 *
 * All memory is the caller's; nothing is allocated here (BLIS keeps a few
 * packing buffers of its own).  Equal input gives equal bits for any number of
 * threads.
 */
#ifndef SEG_KERNEL_CONTRAST_CONTRAST_H
#define SEG_KERNEL_CONTRAST_CONTRAST_H

#include <stddef.h>

enum { SEG_GROUPS = 4 };

/* role bits */
enum {
    SEG_POS = 1,   /* of one class: j is in P_i */
    SEG_SAME = 2,  /* of one class: j is in D_i */
    SEG_OTHER = 4, /* of two classes: j is in D_i */
    SEG_ALL = 7
};

struct seg_contrast {
    unsigned char role[SEG_GROUPS][SEG_GROUPS]; /* [of anchor][of candidate] */
    int groups;     /* rows and columns of role in use */
    int own;        /* own denominators; role without SEG_SAME, level NULL */
    int self;       /* the pair (i,i) counts like any other */
    int background; /* class that is never an anchor, or -1 */
    int ignore;     /* label that takes no part */
    int classes;    /* classes are 0..classes-1 */
    int block;      /* rows of a block, a multiple of 32; 0: by m */
    int kept;    /* pairs of blocks kept between passes; 0: 384 MiB of them */
    float tau;   /* temperature */
    float scale; /* factor of value and gradient */
};

/* The forms in use.  Copy one, then set classes, tau, scale, background. */
enum {
    SEG_PAPER_WITHIN,    /* Zhao 1.2; groups: 0 image, 1 its distorted copy */
    SEG_PAPER_CROSS,     /* and 2 another image, distorted */
    SEG_RELEASED_WITHIN, /* Zhao 1.3; call once for each view and add */
    SEG_RELEASED_CROSS,  /* groups: 0 image, 1 partner */
    SEG_BATCH,           /* groups: 0 all images, 1 all distorted copies */
    SEG_SUPCON,          /* Lee 2.3: scale = tau / tau0; Hu 3.2: background */
    SEG_NTXENT           /* class = number of the sample, two rows of each */
};
extern const struct seg_contrast seg_contrast_forms[];

/* bytes of scratch; the scratch must be aligned to 64 bytes */
size_t seg_contrast_scratch(
    const struct seg_contrast *q, int m, int d, int threads);

/*
 * Returns L and adds dL/df to df, which may be NULL.  g may be NULL (all rows
 * are of group 0).  rows may be NULL (all of 0..m-1) or names the m rows of f,
 * y, g and level that take part, each at most once: a stride or a block of the
 * image.  level may be NULL; else pairs weigh w_ij = 1 - |level_i - level_j|
 * in the common denominator, sum exp(w_ij s_ij) (Lee's intensity weights, with
 * SEG_NTXENT; levels may differ by 2 at most).
 */
double seg_contrast(float *df /* .,d */, const float *f /* .,d */,
    const int *y /* . */, const int *g /* . */, const float *level /* . */,
    const int *rows /* m */, const struct seg_contrast *q, int m, int d,
    int threads, void *scratch);

/* The same from the formulas, in double, O(m^2 d): the reference
   implementation. */
double seg_contrast_naive(double *df, const float *f, const int *y,
    const int *g, const float *level, const int *rows,
    const struct seg_contrast *q, int m, int d);

#endif
