/*
 * Inside contrast: the gathered rows, blocks of them, and what happens when
 * two blocks meet.  contrast.h says what is computed; the mathematics:
 *
 * Rows i, j have a group and a class, and role[group i][group j] says what j
 * is to anchor i: POS (j in P_i), SAME and OTHER (j in D_i).  With A anchors,
 * k_i = 1/(A |P_i|) and e_ij = exp((f_i.f_j - 1)/tau), whose shift replaces a
 * running maximum:
 *
 *   z_i = sum_{j in D_i} e_ij,   pos = sum_i k_i sum_{p in P_i} f_i.f_p
 *
 *   common  L = sum_i (log z_i + 1/tau)/A - pos/tau,        a_i = 1/(A z_i)
 *   own     L = sum_i (k_i t_i + 1/(A tau)) - pos/tau,      a_i = k_i u_i
 *           t_i = sum_{p in P_i} log(e_ip + z_i)
 *           u_i = sum_{p in P_i} 1/(e_ip + z_i)
 *
 *   df_i = 1/tau sum_j e_ij h_ij f_j - d pos/df_i / tau
 *   h_ij = [j in D_i] a_i + [i in D_j] a_j
 *        + [own, j in P_i] k_i/(e_ij + z_i) + [own, i in P_j] k_j/(e_ij + z_j)
 *
 * e h is symmetric whatever the roles, so one block of it serves its rows and
 * its columns.  pos needs only the sum of each class of each group.
 */
#ifndef SEG_KERNEL_CONTRAST_CONTRAST_KERNEL_H
#define SEG_KERNEL_CONTRAST_CONTRAST_KERNEL_H

#include "lib/kernel/contrast/contrast.h"
#include "lib/simd/brgemm.h"
#include "lib/simd/cpu.h"

struct contrast_kernels;

/* Rows n rounded up so that the next begin a panel, whatever the level. */
static inline int
whole_panels(int n)
{
    return ceil_div(n, MAX_PANEL) * MAX_PANEL;
}

/* A block: rows of one group, lo a multiple of MAX_PANEL, classes y0..y1. */
struct span {
    int lo, n, group, y0, y1, anchors;
};

struct tile {
    float *e;     /* block,block: one meeting */
    float *p, *r; /* block: sums over its columns */
    double *sum;  /* groups+1,d */
};

struct work {
    const struct contrast_kernels *kn;
    const struct brgemm_kernels *mm; /* products */
    const struct seg_contrast *q;
    const float *level_in;
    int d, rows, panels, blocks, total[SEG_GROUPS]; /* panels of channels */
    float *f;           /* rows,d: gathered by group, then by class */
    float *across;      /* the same: panels of rows; each d,panel */
    float *along, *df;  /* panels of channels; each rows,panel */
    int *y, *from;      /* rows: class, -1 in the padding; row in the input */
    float *level;       /* rows */
    double *z;          /* rows: sum over D_i of e_ij */
    double *t, *u;      /* rows: sum over P_i of log D_ip and of 1 / D_ip */
    float *s;           /* rows: z, rounded */
    float *a, *k;       /* rows: dL/dz_i; 1 / (A |P_i|) */
    int *first, *count; /* groups,classes: the run of each class */
    double *share;      /* groups,classes: k */
    double *value;      /* classes */
    double weight;      /* 1 / A */
    struct span *span;  /* blocks */
    int *turn;          /* blocks: rounds that a block has behind it */
    float *kept;        /* cells,block,block: e of the first meetings */
    char *formed;       /* cells: whether e is there */
    size_t cells, cell; /* how many, floats of each */
    struct tile *tile;  /* threads */
};

/*
 * Two blocks that meet, e_ij = exp((f_i . f_j - 1) / tau).  The flags: u, what
 * j is to i, and v, what i is to j; p positive, s and o in the denominator if
 * of the same and of another class.  0 or 1, as floats to multiply with.
 */
struct pair {
    const struct span *i, *j;
    float *e;
    int ld; /* floats from one row of e to the next, whole panels */
    float up, us, uo, vp, vs, vo;
};

/* Loops over one block of e, at every CPU level. */
struct contrast_kernels {
    /* Of a block that meets itself: e_ij = e_ji below the diagonal. */
    void (*mirror)(const struct pair *p);
    /* e_ij *= 1 - |level_i - level_j| */
    void (*weigh)(const struct work *w, const struct pair *p);
    /* e = exp(k e - k), n floats */
    void (*exponentiate)(float *e, int n, float k);
    /* z_i += sum_j u e_ij,  z_j += sum_i v e_ij */
    void (*add_sums)(struct work *w, struct tile *t, const struct pair *p);
    /* t_i += sum_p log(e_ip + z_i),  u_i += sum_p 1/(e_ip + z_i), for j too */
    void (*add_logs)(struct work *w, struct tile *t, const struct pair *p);
    /* Positives of the own form: e becomes u k_i e / D_ij + v k_j e / D_ji. */
    void (*own_shares)(const struct work *w, const struct pair *p);
    /* e becomes dL/ds_ij + dL/ds_ji, class sums left out: e (u a_i + v a_j) */
    void (*shares)(const struct work *w, const struct pair *p);
};

extern const struct contrast_kernels seg_contrast_kernels_v4,
    seg_contrast_kernels_v3, seg_contrast_kernels_base;

/* Rows of a block, of m. */
int seg_contrast_block(const struct seg_contrast *q, int m);

/* Where channel c of row i stands in along and df. */
static inline size_t
along_at(const struct work *w, int i, int c)
{
    int panel = w->mm->panel;
    return ((size_t)(c / panel) * w->rows + i) * panel + c % panel;
}

/* z of all rows; t and u (own denominators); the gathered df.  One thread's
   tile must hold a block. */
enum seg_contrast_stage { CONTRAST_SUMS, CONTRAST_LOGS, CONTRAST_GRADIENTS };
void seg_contrast_pairs(
    struct work *w, enum seg_contrast_stage game, int threads);

/*
 * sum_i k_i sum_{p in P_i} f_i . f_p over the anchors of class y.  If df is not
 * NULL, adds the finished gradient of the rows of class y to it: what the
 * meetings gave less that of this sum.  sum is groups+1,d of scratch.
 */
double seg_contrast_class(const struct work *w, float *df, double *sum, int y);

#endif
