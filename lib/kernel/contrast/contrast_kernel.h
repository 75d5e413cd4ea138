/*
 * Internal to contrast: the gathered rows, blocks of them, and block pairs.
 *
 * contrast.h defines P_i, D_i and the loss L.  With A anchors,
 * k_i = 1/(A |P_i|) and e_ij = exp((f_i.f_j - 1)/tau), in which the -1 replaces
 * a running maximum:
 *
 *   z_i = sum_{j in D_i} e_ij,   pos = sum_i k_i sum_{p in P_i} f_i.f_p
 *
 *   shared        L = sum_i (log z_i + 1/tau)/A - pos/tau,    a_i = 1/(A z_i)
 *   per-positive  L = sum_i (k_i t_i + 1/(A tau)) - pos/tau,  a_i = k_i u_i
 *                 t_i = sum_{p in P_i} log(e_ip + z_i)
 *                 u_i = sum_{p in P_i} 1/(e_ip + z_i)
 *   logs_only     L = sum_i k_i (log z_i + 1/tau),            a_i = k_i / z_i
 *
 *   df_i = 1/tau sum_j e_ij h_ij f_j - d pos/df_i / tau
 *   h_ij = [j in D_i] a_i + [i in D_j] a_j
 *        + [j in P_i] k_i/(e_ij + z_i) + [i in P_j] k_j/(e_ij + z_j)
 *
 * The last line of h is for per-positive denominators only.  e h is symmetric
 * for any relations, so one block of it serves its rows and its columns.  pos
 * needs only the sum of each class of each group.
 */
#ifndef SEG_KERNEL_CONTRAST_CONTRAST_KERNEL_H
#define SEG_KERNEL_CONTRAST_CONTRAST_KERNEL_H

#include "lib/kernel/contrast/contrast.h"
#include "lib/simd/brgemm.h"
#include "lib/simd/cpu.h"

struct contrast_kernels;

/* n rounded up to whole panels of any CPU level. */
static inline int
whole_panels(int n)
{
    return round_up(n, MAX_PANEL);
}

/* Rows lo to lo + n - 1, all of one group and sorted by class; lo is a multiple
   of MAX_PANEL. */
struct block {
    int lo, n, group;
    int class_lo, class_hi; /* classes of its first and last row */
    int has_anchors;
};

/* Scratch of one thread, for one block pair. */
struct tile {
    float *e;                       /* block,block: similarities */
    float *column, *column_inverse; /* block: sums over columns of e */
    double *sum;                    /* groups+1,d: class sums */
};

struct work {
    const struct contrast_kernels *kn;
    const struct brgemm_kernels *mm;
    const struct seg_contrast *q;
    const float *weighted; /* the caller's intensity; NULL: not weighted */
    int d, rows, nblocks;
    int panels;             /* of channels */
    int total[SEG_GROUPS];  /* rows of each group */
    float *f;               /* rows,d: sorted by group, then by class */
    float *f_transposed;    /* the same: pack_transposed, panels of rows */
    float *f_packed, *df;   /* pack: panels of channels, each rows,panel */
    int *y, *source;        /* rows: class, -1 if unused; row of the input */
    float *intensity;       /* rows */
    double *z;              /* rows: sum over D_i of e_ij */
    double *t, *u;          /* rows: sum over P_i of log D_ip and of 1 / D_ip */
    float *z_float;         /* rows: z, rounded */
    float *a, *k;           /* rows: dL/dz_i; 1 / (A |P_i|) */
    int *first, *count;     /* groups,classes: rows of each class */
    double *class_weight;   /* groups,classes: k */
    double *class_value;    /* classes: part of pos */
    double inverse_anchors; /* 1 / A */
    struct block *block;    /* nblocks */
    int *rounds;            /* nblocks: finished rounds of each block */
    float *cache;           /* cache_tiles,tile_floats: e of block pairs */
    char *cached;           /* cache_tiles: the tile holds e */
    size_t cache_tiles, tile_floats;
    struct tile *tile; /* threads */
};

/*
 * Similarities e_ij = exp((f_i . f_j - 1) / tau) of two blocks.  The relations
 * are 0 or 1, as floats to multiply by; _ij is candidate j for anchor i.
 */
struct block_pair {
    const struct block *i, *j;
    float *e;
    int ld; /* floats from one row of e to the next, whole panels */
    float positive_ij, same_ij, other_ij; /* in P_i; in D_i by class */
    float positive_ji, same_ji, other_ji;
};

/* Loops over e of one block pair, at every CPU level.  in_ij is same_ij or
   other_ij, by the classes of i and j. */
struct contrast_kernels {
    /* A block with itself: e_ij = e_ji below the diagonal. */
    void (*mirror)(const struct block_pair *p);
    /* e_ij *= 1 - |intensity_i - intensity_j|; by 1 if one of them is NaN */
    void (*weigh_intensity)(const struct work *w, const struct block_pair *p);
    /* e = exp(k e - k), n floats */
    void (*exponentiate)(float *e, int n, float k);
    /* z_i += sum_j in_ij e_ij,  z_j += sum_i in_ji e_ij */
    void (*add_denominators)(
        struct work *w, struct tile *t, const struct block_pair *p);
    /* t_i += sum_p log(e_ip + z_i),  u_i += sum_p 1/(e_ip + z_i); likewise t_j,
       u_j */
    void (*add_log_denominators)(
        struct work *w, struct tile *t, const struct block_pair *p);
    /* Positives with per-positive denominators:
       e_ij *= positive_ij k_i / (e_ij + z_i) + positive_ji k_j / (e_ij +
       z_j) */
    void (*per_positive_gradients)(
        const struct work *w, const struct block_pair *p);
    /* e_ij *= in_ij a_i + in_ji a_j: dL/ds_ij + dL/ds_ji without pos */
    void (*gradients)(const struct work *w, const struct block_pair *p);
};

extern const struct contrast_kernels seg_contrast_kernels_v4,
    seg_contrast_kernels_v3, seg_contrast_kernels_base;

/* Rows of a block, for m rows. */
int seg_contrast_block(const struct seg_contrast *q, int m);

/* Offset of channel c of row i in f_packed and df. */
static inline size_t
packed_at(const struct work *w, int i, int c)
{
    int panel = w->mm->panel;
    return ((size_t)(c / panel) * w->rows + i) * panel + c % panel;
}

/* Passes over all block pairs: z of all rows; t and u (per-positive only);
   df. */
enum seg_contrast_pass {
    CONTRAST_DENOMINATORS,
    CONTRAST_LOGS,
    CONTRAST_GRADIENTS
};
void seg_contrast_pairs(
    struct work *w, enum seg_contrast_pass pass, int threads);

/*
 * Returns sum_i k_i sum_{p in P_i} f_i . f_p over the anchors of class y.  If
 * df is not NULL, adds the finished gradient of the rows of class y to it:
 * w->df less the gradient of this sum.  sum is groups+1,d of scratch.
 */
double seg_contrast_class(const struct work *w, float *df, double *sum, int y);

#endif
