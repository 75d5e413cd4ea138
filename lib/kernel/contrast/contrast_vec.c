/* Loops over one block of e; contrast_kernel.h has the formulas. */
#include "lib/kernel/contrast/contrast_kernel.h"

#include <float.h>
#include <string.h>

/* Squares of LANES rows and columns change their axes. */
static void
mirror(const struct pair *p)
{
    for (int i = 0; i < p->i->n; i += LANES)
        for (int j = 0; j <= i; j += LANES) {
            v16 *from = p->e + (size_t)j * p->vecs + i / LANES;
            v16 *to = p->e + (size_t)i * p->vecs + j / LANES;
            v16 x[LANES];

            for (int k = 0; k < LANES; k++)
                x[k] = from[k * p->vecs];
            v_transpose(x);
            for (int k = 0; k < LANES; k++)
                to[k * p->vecs] =
                    i > j ? x[k] : v_pick(v_lane() < k, x[k], to[k * p->vecs]);
        }
}

static void
weigh(const struct work *w, const struct pair *p)
{
    const v16 *lj = (const v16 *)(w->level + p->j->lo);
    v16 *e = p->e;

    for (int i = 0; i < p->i->n; i++, e += p->vecs)
        for (int j = 0; j < p->vecs; j++) {
            v16 gap = w->level[p->i->lo + i] - lj[j];
            e[j] *= 1.0f - v_max(gap, -gap);
        }
}

static void
exponentiate(v16 *e, int n, float k)
{
    for (int i = 0; i < n; i++)
        e[i] = v_exp(e[i] * k - k);
}

/* z_i += sum_j u e_ij,  z_j += sum_i v e_ij */
static void
add_sums(struct work *w, struct tile *t, const struct pair *p)
{
    const v16i *yj = (const v16i *)(w->y + p->j->lo);
    const v16 us = v_all(p->us), uo = v_all(p->uo);
    const v16 vs = v_all(p->vs), vo = v_all(p->vo);
    const v16 *e = p->e;
    int vecs = p->vecs;
    v16 *col = t->p;

    memset(col, 0, (size_t)vecs * sizeof *col);
    for (int i = p->i->lo; i < p->i->lo + p->i->n; i++, e += vecs) {
        v16 sum = {0};
        int y = w->y[i];

        for (int j = 0; j < vecs; j++) {
            v16i same = yj[j] == y;
            sum += e[j] * v_pick(same, us, uo);
            col[j] += e[j] * v_pick(same, vs, vo);
        }
        w->z[i] += v_sum(sum);
    }
    for (int j = 0; j < p->j->n && p->i != p->j; j++)
        w->z[p->j->lo + j] += ((const float *)col)[j];
}

/* The vectors of block j that hold class y: lo to hi - 1. */
static void
run(const struct work *w, const struct span *j, int y, int *lo, int *hi)
{
    int key = j->group * w->q->classes + y;
    int a = w->first[key] - j->lo, b = a + w->count[key];

    a = a > 0 ? a : 0;
    b = b < j->n ? b : j->n;
    *lo = a / LANES;
    *hi = b > a ? (b + LANES - 1) / LANES : *lo;
}

/* t_i += sum_p log(e_ip + z_i),  u_i += sum_p 1/(e_ip + z_i), and so for j */
static void
add_logs(struct work *w, struct tile *t, const struct pair *p)
{
    const v16i *yj = (const v16i *)(w->y + p->j->lo);
    const v16 *sj = (const v16 *)(w->s + p->j->lo), one = v_all(1);
    const v16 *e = p->e;
    v16 *lc = t->p, *rc = t->r;
    int lo, hi;

    memset(lc, 0, (size_t)p->vecs * sizeof *lc);
    memset(rc, 0, (size_t)p->vecs * sizeof *rc);
    for (int i = p->i->lo; i < p->i->lo + p->i->n; i++, e += p->vecs) {
        v16 logs = {0}, inv = {0}, si = v_all(w->s[i]);
        int y = w->y[i];

        run(w, p->j, y, &lo, &hi);
        for (int j = lo; j < hi; j++) {
            v16i pos = (yj[j] == y) & (e[j] > 0.0f);
            v16 xi = v_pick(pos, e[j] + si, one);
            v16 xj = v_pick(pos, e[j] + sj[j], one);
            logs += v_log(xi);
            inv += v_pick(pos, 1.0f / xi, v_all(0));
            lc[j] += v_log(xj);
            rc[j] += v_pick(pos, 1.0f / xj, v_all(0));
        }
        w->t[i] += p->up * v_sum(logs);
        w->u[i] += p->up * v_sum(inv);
    }
    for (int j = 0; j < p->j->n && p->i != p->j; j++) {
        w->t[p->j->lo + j] += p->vp * ((const float *)lc)[j];
        w->u[p->j->lo + j] += p->vp * ((const float *)rc)[j];
    }
}

/* Positives of the own form: e becomes u k_i e / D_ij + v k_j e / D_ji. */
static void
own_shares(const struct work *w, const struct pair *p)
{
    const v16i *yj = (const v16i *)(w->y + p->j->lo);
    const v16 *sj = (const v16 *)(w->s + p->j->lo);
    const v16 *kj = (const v16 *)(w->k + p->j->lo);
    const float vp = p->vp;
    v16 *e = p->e;
    int lo, hi;

    for (int i = p->i->lo; i < p->i->lo + p->i->n; i++, e += p->vecs) {
        v16 ki = v_all(p->up * w->k[i]), si = v_all(w->s[i] + FLT_MIN);
        int y = w->y[i];

        run(w, p->j, y, &lo, &hi);
        for (int j = lo; j < hi; j++) {
            v16 xi = e[j] + si, xj = e[j] + sj[j] + FLT_MIN;
            v16 g = ki / xi + vp * kj[j] / xj;
            e[j] = v_pick(yj[j] == y, e[j] * g, e[j]);
        }
    }
}

/* e becomes dL/ds_ij + dL/ds_ji, class sums left out: e (u a_i + v a_j) */
static void
shares(const struct work *w, const struct pair *p)
{
    const v16i *yj = (const v16i *)(w->y + p->j->lo);
    const v16 *aj = (const v16 *)(w->a + p->j->lo);
    const float vs = p->vs, vo = p->vo;
    int vecs = p->vecs;
    v16 *e = p->e;

    for (int i = p->i->lo; i < p->i->lo + p->i->n; i++, e += vecs) {
        v16 us = v_all(p->us * w->a[i] + (float)w->q->own);
        v16 uo = v_all(p->uo * w->a[i]);
        int y = w->y[i];

        for (int j = 0; j < vecs; j++)
            e[j] *= v_pick(yj[j] == y, us + vs * aj[j], uo + vo * aj[j]);
    }
}

const struct contrast_kernels SEG_LEVEL(seg_contrast_kernels) = {
    .mirror = mirror,
    .weigh = weigh,
    .exponentiate = exponentiate,
    .add_sums = add_sums,
    .add_logs = add_logs,
    .own_shares = own_shares,
    .shares = shares,
};
