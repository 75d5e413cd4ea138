/* Each row is read several times, from the first-level cache. */
#include "lib/kernel/norm/layer_norm_kernel.h"

#include <math.h>
#include <stddef.h>

#include "lib/simd/cpu.h"
#include "lib/simd/vec.h"

/* Lanes left in a row of c floats from column j on. */
#define LEFT(j) ((c) - (j) < LANES ? (c) - (j) : LANES)

INLINE vec
zero_unused(vec v, int lanes)
{
    return lanes < LANES ? v_select(v_index() < lanes, v, v_splat(0)) : v;
}

static void
forward(const struct layer_norm_rows *r)
{
    const int c = r->c;

    for (long i = 0; i < r->m; i++) {
        const float *x = r->x + i * c;
        float *y = r->y + i * c;
        vec sum = {0}, squares = {0};
        for (int j = 0; j < c; j += LANES)
            sum += v_load_part(x + j, LEFT(j));
        float mean = v_sum(sum) / (float)c;
        for (int j = 0; j < c; j += LANES) {
            vec d = zero_unused(v_load_part(x + j, LEFT(j)) - mean, LEFT(j));
            squares += d * d;
        }
        float k = 1 / sqrtf(v_sum(squares) / (float)c + r->eps);
        for (int j = 0; j < c; j += LANES) {
            vec d = (v_load_part(x + j, LEFT(j)) - mean) * k;
            d = d * v_load_part(r->w + j, LEFT(j)) +
                v_load_part(r->b + j, LEFT(j));
            v_store_part(y + j, d, LEFT(j));
        }
        r->moment[2 * i] = mean;
        r->moment[2 * i + 1] = k;
    }
}

/*
 * With u = (x - mean) k the row at unit variance and g = dy w:
 *
 *   dx = k (g - mean(g) - u mean(g u)),  dw += dy u,  db += dy
 */
static void
backward(const struct layer_norm_rows *r)
{
    const int c = r->c;

    for (long i = 0; i < r->m; i++) {
        const float *x = r->x + i * c, *dy = r->dy + i * c;
        float mean = r->moment[2 * i], k = r->moment[2 * i + 1];
        vec sum = {0}, dot = {0};
        for (int j = 0; j < c; j += LANES) {
            vec u = (v_load_part(x + j, LEFT(j)) - mean) * k;
            vec d = v_load_part(dy + j, LEFT(j));
            vec g = d * v_load_part(r->w + j, LEFT(j));
            sum += g;
            dot += g * u;
            u = d * u + v_load_part(r->dw + j, LEFT(j));
            d += v_load_part(r->db + j, LEFT(j));
            v_store_part(r->dw + j, u, LEFT(j));
            v_store_part(r->db + j, d, LEFT(j));
        }
        if (!r->dx)
            continue;
        float *dx = r->dx + i * c, s = v_sum(sum) / (float)c;
        float t = v_sum(dot) / (float)c;
        for (int j = 0; j < c; j += LANES) {
            vec u = (v_load_part(x + j, LEFT(j)) - mean) * k;
            vec g =
                v_load_part(dy + j, LEFT(j)) * v_load_part(r->w + j, LEFT(j));
            g = (g - s - u * t) * k;
            if (r->add)
                g += v_load_part(dx + j, LEFT(j));
            v_store_part(dx + j, g, LEFT(j));
        }
    }
}

const struct layer_norm_kernels SEG_LEVEL(seg_layer_norm_kernels) = {
    .forward = forward,
    .backward = backward,
};
