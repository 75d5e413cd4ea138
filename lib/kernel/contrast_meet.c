/*
 * Blocks meet in pairs, {I, J} once for both directions.  Roles vanish by whole
 * blocks where groups and classes say so: such blocks never meet.
 */
#include <float.h>
#include <omp.h>

#include "lib/kernel/contrast_kernel.h"
#include "lib/kernel/gemm.h"

static int
role(const struct work *w, const struct span *i, const struct span *j)
{
    return i->anchors ? w->q->role[i->group][j->group] : 0;
}

/* Whether any pair of the two blocks has one of the wanted roles. */
static int
concerned(const struct work *w, const struct span *i, const struct span *j,
    int wanted)
{
    int r = (role(w, i, j) | role(w, j, i)) & wanted;
    int same = i->y0 <= j->y1 && j->y0 <= i->y1;
    int other = i->y0 != j->y1 || j->y0 != i->y1;

    return (same && (r & (SEG_POS | SEG_SAME))) || (other && (r & SEG_OTHER));
}

/* Excludes the padding and, where asked, the self pairs: exp gives exact 0. */
static void
strike(const struct work *w, struct pair *p)
{
    float *e = (float *)p->e;
    int ld = p->vecs * LANES;

    for (int i = 0; i < p->i->n; i++) {
        for (int j = p->j->n; j < ld; j++)
            e[i * ld + j] = -FLT_MAX;
        if (p->i == p->j && !w->q->self)
            e[i * ld + i] = -FLT_MAX;
    }
}

/* Forms a block of e, which lives in the tile. */
static struct pair
meet(const struct work *w, struct tile *t, const struct span *i,
    const struct span *j)
{
    int r = role(w, i, j), v = role(w, j, i), ld = round_up(j->n);
    size_t d = (size_t)w->d;
    struct pair p = {i, j, t->e, ld / LANES, !!(r & SEG_POS), !!(r & SEG_SAME),
        !!(r & SEG_OTHER), !!(v & SEG_POS), !!(v & SEG_SAME),
        !!(v & SEG_OTHER)};

    seg_gemm((float *)t->e, w->f + i->lo * d, w->f + j->lo * d, SEG_NT, 0, i->n,
        j->n, w->d, ld, w->d, w->d, 1);
    if (w->level_in)
        w->kn->weigh(w, &p);
    strike(w, &p);
    w->kn->exponentiate(p.e, i->n * p.vecs, 1 / w->q->tau);
    return p;
}

static void
meet_sums(
    struct work *w, struct tile *t, const struct span *i, const struct span *j)
{
    if (!concerned(w, i, j, SEG_SAME | SEG_OTHER))
        return;
    struct pair p = meet(w, t, i, j);
    w->kn->add_sums(w, t, &p);
}

static void
meet_logs(
    struct work *w, struct tile *t, const struct span *i, const struct span *j)
{
    if (!concerned(w, i, j, SEG_POS))
        return;
    struct pair p = meet(w, t, i, j);
    w->kn->add_logs(w, t, &p);
}

static void
meet_grads(
    struct work *w, struct tile *t, const struct span *i, const struct span *j)
{
    int own = w->q->own, ld = round_up(j->n);
    size_t ri = (size_t)i->lo * w->d, rj = (size_t)j->lo * w->d;

    if (!concerned(w, i, j, own ? SEG_POS | SEG_OTHER : SEG_SAME | SEG_OTHER))
        return;
    struct pair p = meet(w, t, i, j);
    if (own)
        w->kn->own_shares(w, &p);
    w->kn->shares(w, &p);
    if (w->level_in)
        w->kn->weigh(w, &p);
    seg_gemm(w->df + ri, (float *)p.e, w->f + rj, SEG_NN, 1, i->n, w->d, j->n,
        w->d, ld, w->d, 1);
    if (i != j)
        seg_gemm(w->df + rj, (float *)p.e, w->f + ri, SEG_TN, 1, j->n, w->d,
            i->n, w->d, ld, w->d, 1);
}

typedef void game_fn(
    struct work *, struct tile *, const struct span *, const struct span *);

/*
 * All pairs {I, J}, I = J included, in rounds: I meets J = r - I (mod blocks)
 * in round r.  A block is in one meeting of a round, so meetings add to their
 * rows without a lock, in an order that does not depend on the threads.
 */
void
seg_contrast_meet(struct work *w, enum seg_contrast_game game, int threads)
{
    static game_fn *const games[] = {meet_sums, meet_logs, meet_grads};
    int n = w->blocks;

#pragma omp parallel num_threads(threads)
    for (int r = 0; r < n; r++) {
#pragma omp for schedule(dynamic)
        for (int i = 0; i < n; i++) {
            int j = (r - i + n) % n;

            if (i <= j)
                games[game](w, w->tile + omp_get_thread_num(), w->span + i,
                    w->span + j);
        }
    }
}
