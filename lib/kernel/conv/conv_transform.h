/*
 * Winograd F(4x4,3x3) transforms of one tile, WIDTH channels at a time.
 * Included by conv_vec.c only.  With B, G, A of Lavin and Gray:
 *
 *   input     v = B' d B        6x6 from 6x6
 *   weights   u = G g G'        6x6 from 3x3
 *   output    y = A' m A        4x4 from 6x6
 *
 * and the adjoints A z A' (from dy) and G' u G (to dw) for dw.
 */

/*
 * The points of interpolation are 0, infinity, +-P and +-Q.  These two round
 * less than the usual 1 and 2 (two fifths of the error for 64 channels of
 * normal numbers) and their powers are exact.
 */
static const float P = 0.625f, P2 = 0.390625f, P3 = 0.244140625f;
static const float Q = 1.5f, Q2 = 2.25f, Q3 = 3.375f;
static const float SUM = 2.640625f;       /* P2 + Q2 */
static const float PRODUCT = 0.87890625f; /* P2 Q2 */
/* one over the products of a point's distances to the others */
static const double AT_P = 1 / (2 * 0.390625 * (0.390625 - 2.25));
static const double AT_Q = 1 / (2 * 2.25 * (2.25 - 0.390625));

/* B' d for one column: o[0..5] from d[0..5], elements s vectors apart. */
INLINE void
input_column(vec *o, const vec *d, const int s)
{
    vec a = d[4 * s] - Q2 * d[2 * s], b = d[3 * s] - Q2 * d[s];
    vec c = d[4 * s] - P2 * d[2 * s], e = d[3 * s] - P2 * d[s];
    o[0] = PRODUCT * d[0] + (d[4 * s] - SUM * d[2 * s]);
    o[s] = a + P * b;
    o[2 * s] = a - P * b;
    o[3 * s] = c + Q * e;
    o[4 * s] = c - Q * e;
    o[5 * s] = PRODUCT * d[s] + (d[5 * s] - SUM * d[3 * s]);
}

/* A' m: four from six. */
INLINE void
output_column(vec *o, const vec *m, const int s)
{
    vec p = m[s] + m[2 * s], q = m[s] - m[2 * s];
    vec t = m[3 * s] + m[4 * s], u = m[3 * s] - m[4 * s];
    o[0] = m[0] + (p + t);
    o[s] = P * q + Q * u;
    o[2 * s] = P2 * p + Q2 * t;
    o[3 * s] = (m[5 * s] + P3 * q) + Q3 * u;
}

/* A z: six from four. */
INLINE void
gradient_column(vec *o, const vec *z, const int s)
{
    vec z0 = z[0], z1 = z[s], z2 = z[2 * s], z3 = z[3 * s];
    vec e = z0 + P2 * z2, f = z1 + P2 * z3;
    vec g = z0 + Q2 * z2, h = z1 + Q2 * z3;
    o[0] = z0;
    o[s] = e + P * f;
    o[2 * s] = e - P * f;
    o[3 * s] = g + Q * h;
    o[4 * s] = g - Q * h;
    o[5 * s] = z3;
}

/* G g: six from three. */
INLINE void
weight_column(vec *o, const vec *g, const int s)
{
    const float zero = 1 / PRODUCT, p = (float)AT_P, q = (float)AT_Q;
    vec e = p * g[0] + (p * P2) * g[2 * s], f = (p * P) * g[s];
    vec h = q * g[0] + (q * Q2) * g[2 * s], k = (q * Q) * g[s];
    o[0] = zero * g[0];
    o[s] = e + f;
    o[2 * s] = e - f;
    o[3 * s] = h + k;
    o[4 * s] = h - k;
    o[5 * s] = g[2 * s];
}

/* G' u: three from six. */
INLINE void
weight_gradient_column(vec *o, const vec *u, const int s)
{
    const float zero = 1 / PRODUCT, at_p = (float)AT_P, at_q = (float)AT_Q;
    vec p = at_p * (u[s] + u[2 * s]), q = at_p * (u[s] - u[2 * s]);
    vec t = at_q * (u[3 * s] + u[4 * s]), w = at_q * (u[3 * s] - u[4 * s]);
    o[0] = zero * u[0] + (p + t);
    o[s] = P * q + Q * w;
    o[2 * s] = (P2 * p + Q2 * t) + u[5 * s];
}

INLINE int
inside(const struct patch *p, int side)
{
    int reach = (side - 1) * p->step;
    return p->y >= 0 && p->x >= 0 && p->y + reach < p->h && p->x + reach < p->w;
}

/* Channels q.. of column j of a side x side patch; fast: nothing is cut off.
   Asks for what the next tile will need and this one does not.  Outside all is
   zero, whatever the lens makes of zeros. */
INLINE void
load_column(vec *d, const float *x, const struct sight *s,
    const struct patch *p, const int side, int q, int j, const int fast,
    const int kind)
{
    long column = (long)p->step * p->c, row = column * p->w;
    long at = ((long)p->y * p->w + p->x) * p->c + q + j * column;
    if (fast) {
        for (int i = 0; i < side; i++, at += row) {
            d[i] = look_at(s, x, at, WIDTH, kind);
            if (j < side - 4)
                continue;
            __builtin_prefetch(x + at + 4 * column);
            if (kind == LENS_GRADIENT)
                __builtin_prefetch(s->other + at + 4 * column);
        }
        return;
    }
    for (int i = 0; i < side; i++, at += row) {
        int y = p->y + i * p->step, z = p->x + j * p->step;
        int in = y >= 0 && y < p->h && z >= 0 && z < p->w;
        d[i] = in ? look_at(s, x, at, p->c - q, kind) : (vec){0};
    }
}

/* Columns are transformed as they are loaded, for d has more vectors than there
   are registers. */
INLINE void
input_vector(float *v, long pitch, const float *x, const struct sight *s,
    const struct patch *p, int q, const int fast, const int kind)
{
    vec t[36];
    for (int j = 0; j < 6; j++) {
        vec d[6];
        load_column(d, x, s, p, 6, q, j, fast, kind);
        input_column(t + 6 * j, d, 1);
    }
    for (int i = 0; i < 6; i++) {
        vec d[6], o[6];
        for (int j = 0; j < 6; j++)
            d[j] = t[6 * j + i];
        input_column(o, d, 1);
        for (int j = 0; j < 6; j++)
            store(v + (6 * i + j) * pitch + q, o[j]);
    }
}

INLINE void
input_with(float *v, long pitch, const float *x, const struct seg_lens *l,
    const struct patch *p, const int kind)
{
    int whole = inside(p, 6);
    for (int q = 0; q < p->c; q += WIDTH) {
        struct sight s = sight_of(l, q, p->c - q, kind);
        if (whole && p->c - q >= WIDTH)
            input_vector(v, pitch, x, &s, p, q, 1, kind);
        else
            input_vector(v, pitch, x, &s, p, q, 0, kind);
    }
}

/* v[e*pitch + q] for all channels q, zero up to a whole vector. */
static void
input_tile(float *v, long pitch, const float *x, const struct seg_lens *l,
    const struct patch *p)
{
    if (!l)
        input_with(v, pitch, x, l, p, LENS_NONE);
    else if (!l->other)
        input_with(v, pitch, x, l, p, LENS_VALUE);
    else
        input_with(v, pitch, x, l, p, LENS_GRADIENT);
}

INLINE void
gradient_vector(float *z, long pitch, const float *dy, const struct sight *s,
    const struct patch *p, int q, const int fast, const int kind)
{
    vec t[24];
    for (int j = 0; j < 4; j++) {
        vec d[4];
        load_column(d, dy, s, p, 4, q, j, fast, kind);
        gradient_column(t + 6 * j, d, 1);
    }
    for (int i = 0; i < 6; i++) {
        vec d[4], o[6];
        for (int j = 0; j < 4; j++)
            d[j] = t[6 * j + i];
        gradient_column(o, d, 1);
        for (int j = 0; j < 6; j++)
            store(z + (6 * i + j) * pitch, o[j]);
    }
}

INLINE void
gradient_with(float *z, long pitch, long panel_pitch, const float *dy,
    const struct seg_lens *l, const struct patch *p, const int kind)
{
    int whole = inside(p, 4), end = (p->c + PANEL - 1) / PANEL * PANEL;
    for (int q = 0; q < end; q += WIDTH) {
        struct sight s = sight_of(l, q, p->c - q, kind);
        float *to = z + q / PANEL * panel_pitch + q % PANEL;
        if (whole && p->c - q >= WIDTH)
            gradient_vector(to, pitch, dy, &s, p, q, 1, kind);
        else
            gradient_vector(to, pitch, dy, &s, p, q, 0, kind);
    }
}

/* z[e*pitch + (q/panel)*panel_pitch + q%panel], zero up to a whole panel. */
static void
gradient_tile(float *z, long pitch, long panel_pitch, const float *dy,
    const struct seg_lens *l, const struct patch *p)
{
    if (!l)
        gradient_with(z, pitch, panel_pitch, dy, l, p, LENS_NONE);
    else if (!l->other)
        gradient_with(z, pitch, panel_pitch, dy, l, p, LENS_VALUE);
    else
        gradient_with(z, pitch, panel_pitch, dy, l, p, LENS_GRADIENT);
}

/* One row of a tile: of the 4 pixels the first cols, of a vector the first
   lanes, which are constants where nothing is cut off. */
INLINE void
store_row(float *y, long at, long column, const vec *o, const int cols,
    const int lanes, const int past, const struct seg_conv_epilogue *e,
    struct tally *t, const int kind)
{
    for (int j = 0; j < cols; j++, at += column) {
        vec v = o[j];
        if (e->residual)
            v += load_part(e->residual + at, lanes);
        v = e->act == SEG_ACT_RELU ? relu(v) : v;
        v = tally_add(t, v, at, lanes, kind);
        if (past)
            stream(y + at, v);
        else
            store_part(y + at, v, lanes);
    }
}

INLINE void
output_with(float *y, const struct patch *p, const float *m, long pitch,
    const struct seg_conv_epilogue *e, float *part, long apart, const int kind)
{
    int whole = inside(p, 4);
    int rows = (p->h - p->y + p->step - 1) / p->step;
    int cols = (p->w - p->x + p->step - 1) / p->step;
    long column = (long)p->step * p->c, row = column * p->w;
    long first = ((long)p->y * p->w + p->x) * p->c;
    int past = p->past && p->c % WIDTH == 0 && (uintptr_t)y % sizeof(vec) == 0;
    rows = rows < 4 ? rows : 4;
    cols = cols < 4 ? cols : 4;
    for (int q = 0; q < p->c; q += WIDTH) {
        vec t[24];
        int lanes = p->c - q;
        vec bias = e->bias ? load_part(e->bias + q, lanes) : (vec){0};
        struct tally tally = tally_of(part, apart, e->gate, q, lanes, kind);
        for (int j = 0; j < 6; j++) {
            vec d[6];
            for (int i = 0; i < 6; i++)
                d[i] = load(m + (6 * i + j) * pitch + q);
            output_column(t + 4 * j, d, 1);
        }
        for (int i = 0; i < rows; i++) {
            long at = first + i * row + q;
            vec d[6], o[4];
            for (int j = 0; j < 6; j++)
                d[j] = t[4 * j + i];
            output_column(o, d, 1);
            for (int j = 0; j < 4; j++)
                o[j] += bias;
            if (whole && past)
                store_row(y, at, column, o, 4, WIDTH, 1, e, &tally, kind);
            else if (whole && lanes >= WIDTH)
                store_row(y, at, column, o, 4, WIDTH, 0, e, &tally, kind);
            else
                store_row(y, at, column, o, cols, lanes, 0, e, &tally, kind);
        }
        tally_keep(&tally, part, apart, q, lanes, kind);
    }
}

/* y, and the residual and gate of e, begin at the image. */
static void
output_tile(float *y, const struct patch *p, const float *m, long pitch,
    const struct seg_conv_epilogue *e, float *part, long apart)
{
    if (!part)
        output_with(y, p, m, pitch, e, part, apart, TALLY_NONE);
    else if (!e->gate)
        output_with(y, p, m, pitch, e, part, apart, TALLY_MOMENTS);
    else if (!e->gate->y)
        output_with(y, p, m, pitch, e, part, apart, TALLY_GATE);
    else
        output_with(y, p, m, pitch, e, part, apart, TALLY_GATE_Y);
}

/* u[e*pitch + j] for one panel of one input channel. */
static void
weight_tile(float *u, long pitch, const float *w)
{
    for (int q = 0; q < PANEL; q += WIDTH) {
        vec g[9], t[18];
        for (int i = 0; i < 9; i++)
            g[i] = load(w + i * PANEL + q);
        for (int j = 0; j < 3; j++)
            weight_column(t + j, g + j, 3);
        for (int i = 0; i < 6; i++) {
            vec o[6];
            weight_column(o, t + 3 * i, 1);
            for (int j = 0; j < 6; j++)
                store(u + (6 * i + j) * pitch + q, o[j]);
        }
    }
}

/* dw[tap*panel + j]; the parts are summed in their order. */
static void
weight_gradient_tile(
    float *dw, const float *u, long pitch, int parts, long part_pitch)
{
    for (int q = 0; q < PANEL; q += WIDTH) {
        vec d[36], t[18];
        for (int e = 0; e < 36; e++)
            d[e] = load(u + e * pitch + q);
        for (int i = 1; i < parts; i++)
            for (int e = 0; e < 36; e++)
                d[e] += load(u + i * part_pitch + e * pitch + q);
        for (int j = 0; j < 6; j++)
            weight_gradient_column(t + j, d + j, 6);
        for (int i = 0; i < 3; i++) {
            vec o[3];
            weight_gradient_column(o, t + 6 * i, 1);
            for (int j = 0; j < 3; j++)
                store(dw + (3 * i + j) * PANEL + q, o[j]);
        }
    }
}
