/*
 * Terms that need all pairs of rows, one block pair {I, J} at a time, in both
 * directions at once.  A block pair is skipped if its groups and classes allow
 * neither positives nor negatives.
 */
#include <float.h>
#include <omp.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "lib/kernel/contrast/contrast_kernel.h"

/* Relation bits of candidates in j for anchors in i. */
static int
relation(const struct work *w, const struct block *i, const struct block *j)
{
    return i->has_anchors ? w->q->relation[i->group][j->group] : 0;
}

/* True if any pair of rows may have one of the wanted relation bits. */
static int
has_pairs(const struct work *w, const struct block *i, const struct block *j,
    int wanted)
{
    int r = (relation(w, i, j) | relation(w, j, i)) & wanted;
    int same = i->class_lo <= j->class_hi && j->class_lo <= i->class_hi;
    int other = i->class_lo != j->class_hi || j->class_lo != i->class_hi;

    return (same && (r & (SEG_POSITIVE | SEG_DENOM_SAME))) ||
           (other && (r & SEG_DENOM_OTHER));
}

/* Masks out the padding and, unless q->self, the pairs (i,i): their exponential
   is exactly 0. */
static void
mask_out(const struct work *w, struct block_pair *p)
{
    float *e = p->e;
    int ld = p->ld;

    for (int i = 0; i < p->i->n; i++) {
        for (int j = p->j->n; j < ld; j++)
            e[i * ld + j] = -FLT_MAX;
        if (p->i == p->j && !w->q->self)
            e[i * ld + i] = -FLT_MAX;
    }
}

/* e = F_I F_J'; if I = J only on and above the diagonal. */
static void
compute_products(const struct work *w, const struct block_pair *p)
{
    int panel = w->mm->panel, n = p->i->n, parts = ceil_div(n, w->mm->rows);
    struct brgemm r = {.terms = &seg_brgemm_plain,
        .nterms = 1,
        .cols = panel,
        .depth = w->d,
        .lda = w->d,
        .ldc = p->ld};

    for (int t = 0; t < parts; t++)
        for (int j = 0; j < p->j->n; j += panel) {
            int lo = n * t / parts, hi = n * (t + 1) / parts;

            if (p->i == p->j && j + panel <= lo)
                continue;
            r.a = w->f + (size_t)(p->i->lo + lo) * w->d;
            r.b = w->f_transposed + (size_t)(p->j->lo + j) * w->d;
            r.c = p->e + lo * r.ldc + j;
            r.next_a = r.a + (hi - lo) * r.lda;
            r.next_c = r.c + (hi - lo) * r.ldc;
            r.next_step = r.ldc;
            w->mm->brgemm[hi - lo](&r);
        }
}

/* df_I += e F_J */
static void
add_rows(struct work *w, const struct block_pair *p)
{
    int panel = w->mm->panel;
    struct brgemm r = {.terms = &seg_brgemm_plain,
        .nterms = 1,
        .cols = panel,
        .depth = p->j->n,
        .a = p->e,
        .lda = p->ld,
        .ldc = panel};

    for (int c = 0; c < w->d; c += panel) {
        r.b = w->f_packed + packed_at(w, p->j->lo, c);
        r.residual = r.c = w->df + packed_at(w, p->i->lo, c);
        seg_brgemm_rows(w->mm, r, p->i->n);
    }
}

/* df_J += e' F_I */
static void
add_columns(struct work *w, const struct block_pair *p)
{
    int panel = w->mm->panel, n = p->j->n, parts = ceil_div(n, w->mm->rows);

    for (int c = 0; c < w->d; c += panel)
        for (int t = 0; t < parts; t++) {
            int lo = n * t / parts, hi = n * (t + 1) / parts;
            struct rank_k o = {.ny = 1,
                .nx = p->i->n,
                .a = p->e + lo,
                .xa = p->ld,
                .b = w->f_packed + packed_at(w, p->i->lo, c),
                .xb = panel,
                .c = w->df + packed_at(w, p->j->lo + lo, c),
                .next = w->df + packed_at(w, p->j->lo + hi, c),
                .next_step = CACHE_LINE_FLOATS,
                .add = 1};

            w->mm->rank_k[hi - lo](&o);
        }
}

/* Similarities of two blocks: from the cache, or computed, in the cache if it
   has a tile for this pair and else in the thread's tile. */
static struct block_pair
similarities(struct work *w, struct tile *t, const struct block *i,
    const struct block *j)
{
    int ij = relation(w, i, j), ji = relation(w, j, i);
    struct block_pair p = {i, j, t->e, whole_panels(j->n),
        !!(ij & SEG_POSITIVE), !!(ij & SEG_DENOM_SAME),
        !!(ij & SEG_DENOM_OTHER), !!(ji & SEG_POSITIVE),
        !!(ji & SEG_DENOM_SAME), !!(ji & SEG_DENOM_OTHER)};
    size_t column = (size_t)(j - w->block);
    size_t at = column * (column + 1) / 2 + (size_t)(i - w->block);

    if (at < w->cache_tiles) {
        p.e = w->cache + at * w->tile_floats;
        if (w->cached[at])
            return p;
        w->cached[at] = 1;
    }
    compute_products(w, &p);
    if (i == j)
        w->kn->mirror(&p);
    if (w->weighted)
        w->kn->weigh_intensity(w, &p);
    mask_out(w, &p);
    w->kn->exponentiate(p.e, i->n * p.ld, 1 / w->q->tau);
    return p;
}

static void
pair_denominators(struct work *w, struct tile *t, const struct block *i,
    const struct block *j)
{
    if (!has_pairs(w, i, j, SEG_DENOM_SAME | SEG_DENOM_OTHER))
        return;
    struct block_pair p = similarities(w, t, i, j);
    w->kn->add_denominators(w, t, &p);
}

static void
pair_logs(struct work *w, struct tile *t, const struct block *i,
    const struct block *j)
{
    if (!has_pairs(w, i, j, SEG_POSITIVE))
        return;
    struct block_pair p = similarities(w, t, i, j);
    w->kn->add_log_denominators(w, t, &p);
}

static void
pair_gradients(struct work *w, struct tile *t, const struct block *i,
    const struct block *j)
{
    int per_positive = w->q->per_positive;

    if (!has_pairs(w, i, j,
            per_positive ? SEG_POSITIVE | SEG_DENOM_OTHER
                         : SEG_DENOM_SAME | SEG_DENOM_OTHER))
        return;
    struct block_pair p = similarities(w, t, i, j);
    if (per_positive)
        w->kn->per_positive_gradients(w, &p);
    w->kn->gradients(w, &p);
    if (w->weighted)
        w->kn->weigh_intensity(w, &p);
    add_rows(w, &p);
    if (i != j)
        add_columns(w, &p);
}

typedef void pair_fn(
    struct work *, struct tile *, const struct block *, const struct block *);

/* Yields a few times, then sleeps, so that on a busy machine the other thread
   gets the core. */
static void
wait_for_round(const int *rounds, int round)
{
    const struct timespec nap = {.tv_nsec = 50000};

    for (int i = 0; __atomic_load_n(rounds, __ATOMIC_ACQUIRE) < round; i++)
        if (i < 64)
            sched_yield();
        else
            nanosleep(&nap, NULL);
}

/*
 * All block pairs {I, J}, I = J included, in rounds: round r has the pairs with
 * I + J = r (mod nblocks), so each block is in exactly one of them.  rounds[b]
 * counts the finished rounds of block b; a pair of round r starts when both of
 * its blocks have finished r rounds.  So pairs add to their rows without a
 * lock, and the order of additions does not depend on the threads.  Deadlock is
 * impossible because iterations start in the order of rounds.
 */
void
seg_contrast_pairs(struct work *w, enum seg_contrast_pass pass, int threads)
{
    static pair_fn *const passes[] = {
        pair_denominators, pair_logs, pair_gradients};
    int n = w->nblocks;

    memset(w->rounds, 0, n * sizeof *w->rounds);
#pragma omp parallel for num_threads(threads) schedule(monotonic : dynamic)
    for (long t = 0; t < (long)n * n; t++) {
        int r = (int)(t / n), i = (int)(t % n), j = (r - i + n) % n;

        if (i > j)
            continue;
        wait_for_round(w->rounds + i, r);
        wait_for_round(w->rounds + j, r);
        passes[pass](
            w, w->tile + omp_get_thread_num(), w->block + i, w->block + j);
        /* If i == j, a second store could undo the store of a later round by
           another thread. */
        __atomic_store_n(w->rounds + i, r + 1, __ATOMIC_RELEASE);
        if (j != i)
            __atomic_store_n(w->rounds + j, r + 1, __ATOMIC_RELEASE);
    }
}
