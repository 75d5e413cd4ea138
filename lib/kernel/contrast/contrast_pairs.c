/*
 * Blocks meet in pairs, {I, J} once for both directions.  Roles vanish by whole
 * blocks where groups and classes say so: such blocks never meet.
 */
#include <float.h>
#include <omp.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "lib/kernel/contrast/contrast_kernel.h"

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
    float *e = p->e;
    int ld = p->ld;

    for (int i = 0; i < p->i->n; i++) {
        for (int j = p->j->n; j < ld; j++)
            e[i * ld + j] = -FLT_MAX;
        if (p->i == p->j && !w->q->self)
            e[i * ld + i] = -FLT_MAX;
    }
}

/* e = F_I F_J'; of a block that meets itself, what lies above the diagonal. */
static void
form_similarities(const struct work *w, const struct pair *p)
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
            r.b = w->across + (size_t)(p->j->lo + j) * w->d;
            r.c = p->e + lo * r.ldc + j;
            r.next_a = r.a + (hi - lo) * r.lda;
            r.next_c = r.c + (hi - lo) * r.ldc;
            r.next_step = r.ldc;
            w->mm->brgemm[hi - lo](&r);
        }
}

/* df_I += e F_J */
static void
add_rows(struct work *w, const struct pair *p)
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
        r.b = w->along + along_at(w, p->j->lo, c);
        r.residual = r.c = w->df + along_at(w, p->i->lo, c);
        seg_brgemm_rows(w->mm, r, p->i->n);
    }
}

/* df_J += e' F_I */
static void
add_columns(struct work *w, const struct pair *p)
{
    int panel = w->mm->panel, n = p->j->n, parts = ceil_div(n, w->mm->rows);

    for (int c = 0; c < w->d; c += panel)
        for (int t = 0; t < parts; t++) {
            int lo = n * t / parts, hi = n * (t + 1) / parts;
            struct rank_k o = {.ny = 1,
                .nx = p->i->n,
                .a = p->e + lo,
                .xa = p->ld,
                .b = w->along + along_at(w, p->i->lo, c),
                .xb = panel,
                .c = w->df + along_at(w, p->j->lo + lo, c),
                .next = w->df + along_at(w, p->j->lo + hi, c),
                .next_step = CACHE_LINE_FLOATS,
                .add = 1};

            w->mm->rank_k[hi - lo](&o);
        }
}

/* A block of e: found where an earlier game kept it, or formed, in a cell of
   its own while there are any, else in the tile. */
static struct pair
meet(struct work *w, struct tile *t, const struct span *i, const struct span *j)
{
    int r = role(w, i, j), v = role(w, j, i);
    struct pair p = {i, j, t->e, whole_panels(j->n), !!(r & SEG_POS),
        !!(r & SEG_SAME), !!(r & SEG_OTHER), !!(v & SEG_POS), !!(v & SEG_SAME),
        !!(v & SEG_OTHER)};
    size_t column = (size_t)(j - w->span);
    size_t cell = column * (column + 1) / 2 + (size_t)(i - w->span);

    if (cell < w->cells) {
        p.e = w->kept + cell * w->cell;
        if (w->formed[cell])
            return p;
        w->formed[cell] = 1;
    }
    form_similarities(w, &p);
    if (i == j)
        w->kn->mirror(&p);
    if (w->level_in)
        w->kn->weigh(w, &p);
    strike(w, &p);
    w->kn->exponentiate(p.e, i->n * p.ld, 1 / w->q->tau);
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
    int own = w->q->own;

    if (!concerned(w, i, j, own ? SEG_POS | SEG_OTHER : SEG_SAME | SEG_OTHER))
        return;
    struct pair p = meet(w, t, i, j);
    if (own)
        w->kn->own_shares(w, &p);
    w->kn->shares(w, &p);
    if (w->level_in)
        w->kn->weigh(w, &p);
    add_rows(w, &p);
    if (i != j)
        add_columns(w, &p);
}

typedef void game_fn(
    struct work *, struct tile *, const struct span *, const struct span *);

/* Short on a machine of one's own; on a busy one the processor is left to the
   thread that is awaited. */
static void
await(const int *turn, int round)
{
    const struct timespec nap = {.tv_nsec = 50000};

    for (int i = 0; __atomic_load_n(turn, __ATOMIC_ACQUIRE) < round; i++)
        if (i < 64)
            sched_yield();
        else
            nanosleep(&nap, NULL);
}

/*
 * All pairs {I, J}, I = J included, in rounds: I meets J = r - I (mod blocks)
 * in round r.  A block is in one meeting of a round, and turn says which round
 * it has come to: it waits for its own last meeting, not for everybody's.  So
 * meetings add to their rows without a lock, in an order that does not depend
 * on the threads.  None waits for ever: they begin in the order of rounds.
 */
void
seg_contrast_pairs(struct work *w, enum seg_contrast_stage game, int threads)
{
    static game_fn *const games[] = {meet_sums, meet_logs, meet_grads};
    int n = w->blocks;

    memset(w->turn, 0, n * sizeof *w->turn);
#pragma omp parallel for num_threads(threads) schedule(monotonic : dynamic)
    for (long t = 0; t < (long)n * n; t++) {
        int r = (int)(t / n), i = (int)(t % n), j = (r - i + n) % n;

        if (i > j)
            continue;
        await(w->turn + i, r);
        await(w->turn + j, r);
        games[game](
            w, w->tile + omp_get_thread_num(), w->span + i, w->span + j);
        /* a second store would undo what others did since the first */
        __atomic_store_n(w->turn + i, r + 1, __ATOMIC_RELEASE);
        if (j != i)
            __atomic_store_n(w->turn + j, r + 1, __ATOMIC_RELEASE);
    }
}
