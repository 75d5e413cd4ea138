#include "lib/zoo/adapt.h"

#include <string.h>

#include "lib/kernel/resize.h"

enum seg_init_kind
seg_adapt_init(const struct seg_net *net)
{
    for (int i = 0; i < seg_net_steps(net); i++)
        if (!strcmp(seg_net_step(net, i)->op->name, "attention"))
            return SEG_INIT_TRUNC;
    return SEG_INIT_HE;
}

const char *
seg_adapt_text(struct seg_arena *a, const char *text, const char *name,
    int bands, struct seg_err *e)
{
    static const char blank[] = " \t\r", after[] = " \t\r\n#";
    struct seg_net *net;
    const char *p = text;

    if (!bands)
        return text;
    if (seg_net_parse_graph(&net, text, name, e))
        return NULL;
    for (int line = seg_net_step(net, 0)->line; line > 1; line--)
        p = strchr(p, '\n') + 1;
    seg_net_free(net);
    do
        p += strcspn(p, blank) + 1;
    while (strncmp(p, "c=", 2));
    p += 2;
    return seg_take_text(
        a, e, "%.*s%d%s", (int)(p - text), text, bands, p + strcspn(p, after));
}

/* All elements of t as floats, in the record's arena. */
static float *
to_floats(struct seg_record *rec, const struct seg_tensor *t, struct seg_err *e)
{
    float *x = seg_take_dirty(&rec->arena, seg_tensor_count(t), sizeof *x, e);

    if (x)
        seg_tensor_floats(x, t);
    return x;
}

/* Replaces the tensor with p's name by an empty one of p's shape; returns its
   data. */
static float *
replace(struct seg_record *rec, const struct seg_param *p, struct seg_err *e)
{
    struct seg_tensor *t =
        seg_record_add(rec, p->name, SEG_F32, p->rank, p->shape, e);

    return t ? t->data : NULL;
}

static int
reads_image(const struct seg_net *net, const struct seg_step *s)
{
    const struct seg_value *image = seg_net_step(net, 0)->out;

    if (strcmp(s->op->name, "conv"))
        return 0;
    for (int i = 0; i < seg_net_steps(net); i++) {
        const struct seg_step *maker = seg_net_step(net, i);
        if (maker->out == s->in[0] && !strcmp(maker->op->name, "pad"))
            return maker->in[0] == image;
    }
    return s->in[0] == image;
}

static int
adapt_conv(struct seg_record *rec, const struct seg_param *p,
    const struct seg_tensor *t, enum seg_adapt how, struct seg_err *e)
{
    size_t known = t->shape[1], wanted = p->shape[1];
    size_t side = p->shape[2] * p->shape[3];
    float *from = to_floats(rec, t, e), *to = from ? replace(rec, p, e) : NULL;
    float scale = (float)known / (float)wanted;

    if (!to)
        return -1;
    for (size_t i = 0; i < p->count; i++) {
        size_t k = i / (wanted * side), c = i / side % wanted, q = i % side;
        const float *w = from + k * known * side + q;
        double sum = 0;
        for (size_t b = 0; b < known; b++)
            sum += (double)w[b * side];
        if (how == SEG_ADAPT_MEAN)
            to[i] = (float)(sum / (double)wanted);
        else if (how == SEG_ADAPT_REPEAT)
            to[i] = w[c % known * side] * scale;
        else
            to[i] = c < known ? w[c * side] : 0;
    }
    return 0;
}

static int
adapt_bands(struct seg_record *rec, const struct seg_net *net,
    enum seg_adapt how, struct seg_err *e)
{
    for (int i = 0; i < seg_net_steps(net); i++) {
        const struct seg_step *s = seg_net_step(net, i);
        if (!reads_image(net, s))
            continue;
        const struct seg_param *p = s->param[0];
        const struct seg_tensor *t = seg_record_find(rec, p->name);
        if (!t || t->rank != 4 || t->shape[0] != p->shape[0] || !t->shape[1] ||
            t->shape[1] == p->shape[1] || t->shape[2] != p->shape[2] ||
            t->shape[3] != p->shape[3])
            continue;
        if (adapt_conv(rec, p, t, how, e))
            return -1;
    }
    return 0;
}

static int
setting(const struct seg_step *s, const char *key)
{
    return (int)seg_step_setting(s, key);
}

/* The side of a square of n positions; 0 if n is not a square. */
static int
side_of(size_t n)
{
    int side = 0;

    while ((size_t)side * (size_t)side < n)
        side++;
    return (size_t)side * (size_t)side == n ? side : 0;
}

/*
 * The grid of the positional embedding t after `extra` tokens: from the network
 * text of the model (net), or a square if net is NULL or does not have it.
 * Returns 0 if there is none.
 */
static int
known_grid(struct seg_adapted *g, const struct seg_net *net,
    const struct seg_tensor *t, size_t extra)
{
    for (int i = 0; net && i < seg_net_steps(net); i++) {
        const struct seg_step *s = seg_net_step(net, i);
        if (strcmp(s->op->name, "pos_embed") ||
            s->param[0]->shape[1] != t->shape[1] ||
            (size_t)setting(s, "extra") != extra)
            continue;
        g->h = setting(s, "h");
        g->w = setting(s, "w");
        return 1;
    }
    g->h = g->w = t->shape[1] > extra ? side_of(t->shape[1] - extra) : 0;
    return g->h > 0;
}

static int
adapt_position(struct seg_record *rec, const struct seg_step *s,
    const struct seg_adapted *g, const struct seg_tensor *t, struct seg_err *e)
{
    const struct seg_param *p = s->param[0];
    struct seg_resize q = {.n = 1,
        .h = g->h,
        .w = g->w,
        .c = (int)p->shape[2],
        .oh = setting(s, "h"),
        .ow = setting(s, "w"),
        .mode = SEG_RESIZE_BILINEAR,
        .threads = 1};
    size_t front = (size_t)setting(s, "extra") * p->shape[2];
    float *from = to_floats(rec, t, e), *to = from ? replace(rec, p, e) : NULL;
    void *scratch =
        to ? seg_take_dirty(&rec->arena, seg_resize_scratch(&q), 1, e) : NULL;

    if (!scratch)
        return -1;
    memcpy(to, from, front * sizeof *to);
    seg_resize_forward(to + front, from + front, &q, scratch);
    return 0;
}

static int
adapt_positions(struct seg_record *rec, const struct seg_net *net,
    const struct seg_net *from, struct seg_adapted *done, struct seg_err *e)
{
    for (int i = 0; i < seg_net_steps(net); i++) {
        const struct seg_step *s = seg_net_step(net, i);
        if (strcmp(s->op->name, "pos_embed"))
            continue;
        const struct seg_param *p = s->param[0];
        const struct seg_tensor *t = seg_record_find(rec, p->name);
        struct seg_adapted g = {.oh = setting(s, "h"), .ow = setting(s, "w")};
        if (!t || t->rank != 3 || t->shape[0] != 1 ||
            t->shape[2] != p->shape[2] ||
            !known_grid(&g, from, t, (size_t)setting(s, "extra")) ||
            (g.h == g.oh && g.w == g.ow))
            continue;
        if (adapt_position(rec, s, &g, t, e))
            return -1;
        *done = g;
    }
    return 0;
}

int
seg_adapt(struct seg_record *rec, const struct seg_net *net, int how,
    const char *name, struct seg_adapted *done, struct seg_err *e)
{
    const char *text = seg_record_meta(rec, "seg.net");
    struct seg_net *from = NULL;

    *done = (struct seg_adapted){0};
    if (text && seg_net_parse_graph(&from, text, name, e))
        return -1;
    int status = adapt_positions(rec, net, from, done, e);
    if (!status && how >= 0)
        status = adapt_bands(rec, net, (enum seg_adapt)how, e);
    seg_net_free(from);
    return status;
}
