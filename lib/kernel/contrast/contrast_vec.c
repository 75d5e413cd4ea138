/* Loops over the similarities e of one block pair.  The formulas are in
   contrast_kernel.h. */
#include <float.h>
#include <string.h>

#include "lib/kernel/contrast/contrast_kernel.h"

#define LANES                                                                  \
    16 /* at every intensity: blocks have the same layout everywhere */
#include "lib/simd/vec.h"

/* Transposes squares of LANES rows and columns. */
static void
mirror(const struct block_pair *p)
{
    for (int i = 0; i < p->i->n; i += LANES)
        for (int j = 0; j <= i; j += LANES) {
            float *from = p->e + (size_t)j * p->ld + i;
            float *to = p->e + (size_t)i * p->ld + j;
            vec x[LANES];

            for (int k = 0; k < LANES; k++)
                x[k] = *(vec *)(from + k * p->ld);
            v_transpose(x);
            for (int k = 0; k < LANES; k++) {
                vec *row = (vec *)(to + k * p->ld);
                *row = i > j ? x[k] : v_select(v_index() < k, x[k], *row);
            }
        }
}

static void
weigh_intensity(const struct work *w, const struct block_pair *p)
{
    const vec *lj = (const vec *)(w->intensity + p->j->lo);
    int vecs = p->ld / LANES;
    vec *e = (vec *)p->e;

    for (int i = 0; i < p->i->n; i++, e += vecs)
        for (int j = 0; j < vecs; j++) {
            vec gap = w->intensity[p->i->lo + i] - lj[j];
            gap = v_select(gap == gap, v_max(gap, -gap), v_splat(0));
            e[j] *= 1.0f - gap;
        }
}

static void
exponentiate(float *e, int n, float k)
{
    for (int i = 0; i < n; i += LANES)
        *(vec *)(e + i) = v_exp(*(vec *)(e + i) * k - k);
}

static void
add_denominators(struct work *w, struct tile *t, const struct block_pair *p)
{
    const ivec *yj = (const ivec *)(w->y + p->j->lo);
    const vec us = v_splat(p->same_ij), uo = v_splat(p->other_ij);
    const vec vs = v_splat(p->same_ji), vo = v_splat(p->other_ji);
    const vec *e = (const vec *)p->e;
    int vecs = p->ld / LANES;
    vec *col = (vec *)t->column;

    memset(col, 0, (size_t)vecs * sizeof *col);
    for (int i = p->i->lo; i < p->i->lo + p->i->n; i++, e += vecs) {
        vec sum = {0};
        int y = w->y[i];

        for (int j = 0; j < vecs; j++) {
            ivec same = yj[j] == y;
            sum += e[j] * v_select(same, us, uo);
            col[j] += e[j] * v_select(same, vs, vo);
        }
        w->z[i] += v_sum(sum);
    }
    for (int j = 0; j < p->j->n && p->i != p->j; j++)
        w->z[p->j->lo + j] += t->column[j];
}

/* The vectors of block j that contain class y: lo to hi - 1. */
static void
class_range(
    const struct work *w, const struct block *j, int y, int *lo, int *hi)
{
    int key = j->group * w->q->classes + y;
    int a = w->first[key] - j->lo, b = a + w->count[key];

    a = a > 0 ? a : 0;
    b = b < j->n ? b : j->n;
    *lo = a / LANES;
    *hi = b > a ? (b + LANES - 1) / LANES : *lo;
}

static void
add_log_denominators(struct work *w, struct tile *t, const struct block_pair *p)
{
    const ivec *yj = (const ivec *)(w->y + p->j->lo);
    const vec *sj = (const vec *)(w->z_float + p->j->lo), one = v_splat(1);
    const vec *e = (const vec *)p->e;
    vec *lc = (vec *)t->column, *rc = (vec *)t->column_inverse;
    int vecs = p->ld / LANES;
    int lo, hi;

    memset(lc, 0, (size_t)vecs * sizeof *lc);
    memset(rc, 0, (size_t)vecs * sizeof *rc);
    for (int i = p->i->lo; i < p->i->lo + p->i->n; i++, e += vecs) {
        vec logs = {0}, inv = {0}, si = v_splat(w->z_float[i]);
        int y = w->y[i];

        class_range(w, p->j, y, &lo, &hi);
        for (int j = lo; j < hi; j++) {
            ivec pos = (yj[j] == y) & (e[j] > 0.0f);
            vec xi = v_select(pos, e[j] + si, one);
            vec xj = v_select(pos, e[j] + sj[j], one);
            logs += v_log(xi);
            inv += v_select(pos, 1.0f / xi, v_splat(0));
            lc[j] += v_log(xj);
            rc[j] += v_select(pos, 1.0f / xj, v_splat(0));
        }
        w->t[i] += p->positive_ij * v_sum(logs);
        w->u[i] += p->positive_ij * v_sum(inv);
    }
    for (int j = 0; j < p->j->n && p->i != p->j; j++) {
        w->t[p->j->lo + j] += p->positive_ji * t->column[j];
        w->u[p->j->lo + j] += p->positive_ji * t->column_inverse[j];
    }
}

static void
per_positive_gradients(const struct work *w, const struct block_pair *p)
{
    const ivec *yj = (const ivec *)(w->y + p->j->lo);
    const vec *sj = (const vec *)(w->z_float + p->j->lo);
    const vec *kj = (const vec *)(w->k + p->j->lo);
    const float vp = p->positive_ji;
    vec *e = (vec *)p->e;
    int vecs = p->ld / LANES;
    int lo, hi;

    for (int i = p->i->lo; i < p->i->lo + p->i->n; i++, e += vecs) {
        vec ki = v_splat(p->positive_ij * w->k[i]),
            si = v_splat(w->z_float[i] + FLT_MIN);
        int y = w->y[i];

        class_range(w, p->j, y, &lo, &hi);
        for (int j = lo; j < hi; j++) {
            vec xi = e[j] + si, xj = e[j] + sj[j] + FLT_MIN;
            vec g = ki / xi + vp * kj[j] / xj;
            e[j] = v_select(yj[j] == y, e[j] * g, e[j]);
        }
    }
}

static void
gradients(const struct work *w, const struct block_pair *p)
{
    const ivec *yj = (const ivec *)(w->y + p->j->lo);
    const vec *aj = (const vec *)(w->a + p->j->lo);
    const float vs = p->same_ji, vo = p->other_ji;
    int vecs = p->ld / LANES;
    vec *e = (vec *)p->e;

    for (int i = p->i->lo; i < p->i->lo + p->i->n; i++, e += vecs) {
        vec us = v_splat(p->same_ij * w->a[i] + (float)w->q->per_positive);
        vec uo = v_splat(p->other_ij * w->a[i]);
        int y = w->y[i];

        for (int j = 0; j < vecs; j++)
            e[j] *= v_select(yj[j] == y, us + vs * aj[j], uo + vo * aj[j]);
    }
}

const struct contrast_kernels SEG_LEVEL(seg_contrast_kernels) = {
    .mirror = mirror,
    .weigh_intensity = weigh_intensity,
    .exponentiate = exponentiate,
    .add_denominators = add_denominators,
    .add_log_denominators = add_log_denominators,
    .per_positive_gradients = per_positive_gradients,
    .gradients = gradients,
};
