/*
 * Network text to tape.  A line is cut into words in a copy of the text; names
 * and messages point into the arena.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/cache_line.h"
#include "lib/net/tape.h"

enum { WORDS = 3 + SEG_SETTINGS + 1 };

/* Splits s into at most max words at blanks; returns their number. */
static int
split(char **word, int max, char *s)
{
    int n = 0;

    for (char *next, *w = strtok_r(s, " \t\r", &next); w && n < max;
         w = strtok_r(NULL, " \t\r", &next))
        word[n++] = w;
    return n;
}

static const struct seg_op *
find_op(const struct seg_step *s, const char *name, struct seg_err *e)
{
    struct seg_nearest near = {name, NULL, 0};

    for (int i = 0; seg_ops[i]; i++) {
        if (!strcmp(seg_ops[i]->name, name))
            return seg_ops[i];
        seg_nearest_offer(&near, seg_ops[i]->name);
    }
    if (near.best)
        seg_step_fail(
            s, e, "unknown operator '%s'; did you mean '%s'?", name, near.best);
    else
        seg_step_fail(s, e, "unknown operator '%s'", name);
    return NULL;
}

static int
unknown_input(const struct seg_net *net, const struct seg_step *s,
    const char *name, struct seg_err *e)
{
    struct seg_nearest near = {name, NULL, 0};

    if (!strcmp(s->name, name))
        return seg_step_fail(s, e, "is its own input");
    for (const struct seg_step *t = net->step; t < s; t++)
        seg_nearest_offer(&near, t->name);
    if (near.best)
        return seg_step_fail(s, e,
            "unknown input '%s': no node above has this name; did you mean "
            "'%s'?",
            name, near.best);
    return seg_step_fail(
        s, e, "unknown input '%s': no node above has this name", name);
}

static int
connect_inputs(const struct seg_net *net, struct seg_step *s, char *list,
    struct seg_err *e)
{
    const struct seg_op *op = s->op;
    int here = (int)(s - net->step), n = 0;

    for (char *w = strcmp(list, "-") ? list : NULL, *next; w; w = next, n++) {
        next = strchr(w, ',');
        if (next)
            *next++ = 0;
        int i = seg_net_find(net, here, w);
        if (i < 0)
            return unknown_input(net, s, w, e);
        if (n < SEG_INPUTS)
            s->in[n] = net->value + i;
    }
    if (n < op->min_in || n > op->max_in) {
        if (op->min_in == op->max_in)
            return seg_step_fail(
                s, e, "%s takes %d inputs, not %d", op->name, op->min_in, n);
        return seg_step_fail(s, e, "%s takes %d to %d inputs, not %d", op->name,
            op->min_in, op->max_in, n);
    }
    s->nin = n;
    if (!here != !op->max_in)
        return seg_step_fail(s, e,
            here ? "%s can only be the first node"
                 : "%s cannot be the first node; an input must be",
            op->name);
    return 0;
}

static int
check_name(const struct seg_net *net, struct seg_step *s, struct seg_err *e)
{
    static const char legal[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

    if (s->name[strspn(s->name, legal)] || !strcmp(s->name, "-"))
        return seg_fail(e, SEG_EDATA,
            "%s:%d: '%s' is not a node name: use only letters, digits and _ . "
            "-",
            net->name, s->line, s->name);
    int i = seg_net_find(net, (int)(s - net->step), s->name);
    if (i >= 0)
        return seg_step_fail(
            s, e, "line %d already has a node of this name", net->step[i].line);
    return 0;
}

static int
parse_line(struct seg_net *net, char *text, int line, struct seg_err *e)
{
    struct seg_step *s = net->step + net->nsteps;
    char *word[WORDS];
    char *comment = strchr(text, '#');

    if (comment)
        *comment = 0;
    int n = split(word, WORDS, text);
    if (!n)
        return 0;
    s->line = line;
    if (n < 3)
        return seg_fail(e, SEG_EDATA,
            "%s:%d: a line is: name operator inputs [setting=value ...]",
            net->name, line);
    s->name = word[0];
    s->where =
        seg_take_text(&net->arena, e, "%s:%d: %s", net->name, line, s->name);
    if (!s->where || check_name(net, s, e))
        return -1;
    s->op = find_op(s, word[1], e);
    if (!s->op)
        return -1;
    s->out = net->value + net->nsteps;
    if (connect_inputs(net, s, word[2], e) ||
        seg_settings_parse(s, net, word + 3, n - 3, e))
        return -1;
    if (s->op->state_bytes) {
        s->state = seg_take(&net->arena, 1, s->op->state_bytes, e);
        if (!s->state)
            return -1;
    }
    if (s->op->declare(s, &net->arena, e))
        return -1;
    net->nparams += s->nparam;
    net->nsteps++;
    return 0;
}

/* Allocates all arrays with one entry a node, for at most n nodes. */
static int
take_arrays(struct seg_net *net, size_t n, struct seg_err *e)
{
    struct seg_arena *a = &net->arena;

    net->step = seg_take(a, n, sizeof *net->step, e);
    net->value = net->step ? seg_take(a, n, sizeof *net->value, e) : NULL;
    net->part = net->value ? seg_take(a, n, 1, e) : NULL;
    net->wanted = net->part ? seg_take(a, n, 1, e) : NULL;
    net->written = net->wanted ? seg_take(a, n, 1, e) : NULL;
    net->order = net->written ? seg_take(a, n, sizeof *net->order, e) : NULL;
    net->host = net->order ? seg_take(a, 5 * n, sizeof *net->host, e) : NULL;
    net->mask = net->host ? seg_take(a, n, sizeof *net->mask, e) : NULL;
    net->fusion = net->mask ? seg_take(a, n, sizeof *net->fusion, e) : NULL;
    if (!net->fusion)
        return -1;
    net->x_of = net->host + n;
    net->dx_of = net->x_of + n;
    net->recompute_at = net->dx_of + n;
    net->last_dx_writer = net->recompute_at + n;
    return 0;
}

static int
parse_text(struct seg_net *net, struct seg_err *e)
{
    char *text = seg_take_string(&net->arena, net->text, e);
    size_t lines = 1;
    int line = 0;

    if (!text)
        return -1;
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    if (take_arrays(net, lines < SEG_NODES ? lines : SEG_NODES, e))
        return -1;
    while (text) {
        char *end = strchr(text, '\n');
        if (end)
            *end++ = 0;
        line++;
        if (net->nsteps == SEG_NODES)
            return seg_fail(e, SEG_EDATA, "%s:%d: more than %d nodes",
                net->name, line, SEG_NODES);
        if (parse_line(net, text, line, e))
            return -1;
        text = end;
    }
    if (!net->nsteps)
        return seg_fail(e, SEG_EDATA, "%s: no node in the text", net->name);
    return 0;
}

static int
gather_params(struct seg_net *net, struct seg_err *e)
{
    size_t n = (size_t)net->nparams;

    net->param = seg_take(&net->arena, n, sizeof *net->param, e);
    if (!net->param)
        return -1;
    net->nparams = 0;
    for (int i = 0; i < net->nsteps; i++)
        for (int k = 0; k < net->step[i].nparam; k++)
            net->param[net->nparams++] = net->step[i].param[k];
    return 0;
}

int
seg_net_parse_graph(
    struct seg_net **out, const char *text, const char *name, struct seg_err *e)
{
    struct seg_arena arena = {0};
    struct seg_net *net = seg_take(&arena, 1, sizeof *net, e);

    *out = NULL;
    if (!net)
        return -1;
    net->arena = arena;
    net->text = seg_take_string(&net->arena, text, e);
    net->name = net->text ? seg_take_string(&net->arena, name, e) : NULL;
    if (!net->name || parse_text(net, e) || gather_params(net, e)) {
        seg_net_free(net);
        return -1;
    }
    *out = net;
    return 0;
}

size_t
seg_net_padded(const struct seg_param *p)
{
    return round_floats(p->count);
}

int
seg_net_alloc_params(struct seg_net *net, struct seg_err *e)
{
    size_t count = 0;

    for (int i = 0; i < net->nparams; i++)
        count += seg_net_padded(net->param[i]);
    float *w = seg_take(&net->arena, count, sizeof *w, e);
    if (!w)
        return -1;
    for (int i = 0; i < net->nparams; i++) {
        net->param[i]->w = w;
        w += seg_net_padded(net->param[i]);
    }
    return 0;
}

int
seg_net_parse(
    struct seg_net **net, const char *text, const char *name, struct seg_err *e)
{
    if (seg_net_parse_graph(net, text, name, e))
        return -1;
    if (seg_net_alloc_params(*net, e)) {
        seg_net_free(*net);
        *net = NULL;
        return -1;
    }
    return 0;
}

void
seg_net_free(struct seg_net *net)
{
    if (!net)
        return;
    struct seg_arena arena = net->arena;
    seg_arena_free(&net->memory);
    seg_arena_free(&arena);
}

const char *
seg_net_text(const struct seg_net *net)
{
    return net->text;
}
