#include <string.h>

#include "cmd/predict/nodes.h"

void
cli_nodes_add(struct cli_nodes *q, const char *word)
{
    struct seg_err e;
    static struct seg_arena arena; /* as long as the program */
    char *text = cli_need(seg_take_string(&arena, word, &e), &e);
    char *equals = strchr(text, '=');
    const char *node = equals ? equals + 1 : text;

    if (equals)
        *equals = 0;
    if (!*text || !*node)
        cli_usage("--emit: an empty name in '%s'", word);
    if (q->n == CLI_NODES)
        cli_usage("--emit: more than %d nodes", CLI_NODES);
    for (int i = 0; i < q->n; i++)
        if (!strcmp(q->tensor[i], text))
            cli_usage("--emit: two tensors are named %s", text);
    q->tensor[q->n] = text;
    q->node[q->n++] = node;
}

int
cli_nodes_replace_image(const struct cli_nodes *q)
{
    for (int i = 0; i < q->n; i++)
        if (!strcmp(q->tensor[i], "image"))
            return 1;
    return 0;
}

/* The node or, if renamed is 0, the kind that was probably meant. */
static const char *
similar(const char *word, const struct seg_net *net, const char *const *kinds,
    int renamed)
{
    struct seg_err e;
    struct seg_arena arena = {0};
    size_t steps = (size_t)seg_net_steps(net), n = 0, k = 0;

    while (kinds[k])
        k++;
    const char **names =
        cli_need(seg_take(&arena, steps + k + 1, sizeof *names, &e), &e);
    for (size_t i = 0; !renamed && i < k; i++)
        names[n++] = kinds[i];
    for (size_t i = 0; i < steps; i++)
        names[n++] = seg_net_step(net, (int)i)->name;
    const char *near = cli_nearest(word, names);
    seg_arena_free(&arena);
    return near;
}

void
cli_nodes_check(const struct cli_nodes *q, const struct seg_net *net,
    const char *model, const char *const *kinds)
{
    for (int i = 0; i < q->n; i++) {
        const char *node = q->node[i];
        int renamed = strcmp(node, q->tensor[i]) != 0;

        if (seg_net_value(net, node))
            continue;
        const char *near = similar(node, net, kinds, renamed);
        cli_usage("--emit: %.200s is not %sa node of %s%s%s%s", node,
            renamed ? "" : "a kind of output and not ", model,
            near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
}

/* The position of a node in the order of the text. */
static int
position(const struct seg_net *net, const char *node)
{
    int i = 0;

    while (strcmp(seg_net_step(net, i)->name, node))
        i++;
    return i;
}

void
cli_nodes_keep(const struct cli_nodes *q, struct seg_predictor *p, int stop)
{
    const char *last = q->node[0];

    p->extra = q->node;
    p->nextra = q->n;
    for (int i = 1; i < q->n; i++)
        if (position(p->net, q->node[i]) > position(p->net, last))
            last = q->node[i];
    if (stop)
        p->last = last;
}

/* Replaces the tensors [H,W] of the size of the image by those pixels that are
   nearest to the pixels of v. */
static void
reduce(const struct seg_predictor *p, const struct seg_value *v, int h, int w,
    struct seg_record *out)
{
    struct seg_err e;
    size_t shape[] = {(size_t)h, (size_t)w};

    for (int k = 0; k < out->ntensors; k++) {
        const struct seg_tensor t = out->tensors[k];
        size_t size = seg_type_size(t.type);

        if (t.rank != 2 || t.shape[0] != (size_t)p->h ||
            t.shape[1] != (size_t)p->w)
            continue;
        struct seg_tensor *small =
            cli_need(seg_record_add(out, t.name, t.type, 2, shape, &e), &e);
        char *to = small->data;
        for (int i = 0; i < h; i++)
            for (int j = 0; j < w; j++, to += size) {
                long y = (2L * i + 1) * p->padded_h / (2L * v->h);
                long x = (2L * j + 1) * p->padded_w / (2L * v->w);
                y = y < p->h ? y : p->h - 1;
                x = x < p->w ? x : p->w - 1;
                memcpy(
                    to, (char *)t.data + ((size_t)(y * p->w + x)) * size, size);
            }
    }
}

/* Keys that describe the stored values or the position of the image. */
static const char *const of_image[] = {
    "seg.nodata", "seg.intensity", "seg.geo", "seg.window", NULL};

void
cli_nodes_put(const struct cli_nodes *q, const struct seg_predictor *p, int i,
    struct seg_record *out)
{
    struct seg_err e;

    for (int k = 0; k < q->n; k++) {
        const struct seg_value *v = seg_net_value(p->net, q->node[k]);
        int h, w;

        seg_predictor_size(p, v, &h, &w);
        size_t shape[] = {(size_t)h, (size_t)w, (size_t)v->c};
        if (!strcmp(q->tensor[k], "image")) {
            reduce(p, v, h, w, out);
            for (const char *const *key = of_image; *key; key++)
                seg_record_unset(out, *key);
        }
        struct seg_tensor *t = cli_need(
            seg_record_add(out, q->tensor[k], SEG_F32, 3, shape, &e), &e);
        seg_predictor_cut(p, i, t->data, v);
    }
}
