/*
 * Time of each kind of work in a step: profile NET [train|predict [RUNS]]
 *
 * First the machine: multiply-adds and memory, measured.  Then a line for each
 * pass of each step of the tape and for the work outside the tape, in order;
 * then their sums by kind, the most costly first, and the share of the step
 * that is spent outside GEMM: in all but convolutions, linear layers and
 * products of maps; attention, softmax and products together, counts as
 * outside.  Columns: step or sum, name, kind, pass, ms (medians), share of the
 * whole in %, GFLOP/s (of the direct sum, also for Winograd), GB/s, the bound
 * that is met first (flop or byte) and the share of it that is reached in %.
 *
 * Bytes count every map and parameter that a pass must read or write once,
 * whatever its implementation does: less than 100 % of the byte bound says that
 * there are more passes over memory than one, more than 100 % that a cache or
 * a neighboring step has saved one.  Winograd can pass 100 % of the FLOP bound.
 */
#include "lib/kernel/conv/conv_kernel.h"
#include "tests/bench/ceiling.h"
#include "tests/bench/network.h"

enum { MOST_RUNS = 64, MAX_LINES = 4096, KIND = 48 };

struct line {
    const char *name, *pass;
    char kind[KIND];
    double flops, bytes, ms[MOST_RUNS];
    int gemm;
};

static struct profile {
    struct network w;
    int lines, run, runs; /* run -1: not counted */
    double last;          /* when the line before ended */
    struct line line[MAX_LINES];
    double flops, bytes; /* of the machine, per second */
} profile;

/* ---- cost of a step ---- */

static int
setting(const struct seg_step *s, const char *key)
{
    for (int i = 0; s->op->settings[i].key; i++)
        if (!strcmp(s->op->settings[i].key, key))
            return (int)s->set[i];
    return 0;
}

static const char *
method_of(const struct seg_step *s, int backward)
{
    const struct seg_value *x = s->in[0];
    int kh = setting(s, "kh"), kw = setting(s, "kw"), d = setting(s, "d");
    int p = setting(s, "p");
    struct seg_conv cv = {
        .n = x->n,
        .h = x->h,
        .w = x->w,
        .c = x->c,
        .k = s->out->c,
        .kh = kh,
        .kw = kw,
        .stride = setting(s, "s"),
        .dilation = d,
        .groups = setting(s, "groups"),
        .pad_y = p < 0 ? d * (kh / 2) : p,
        .pad_x = p < 0 ? d * (kw / 2) : p,
        .threads = s->threads,
        .exact = s->exact,
    };

    if (seg_conv_plan(&cv))
        return "";
    static const char *const names[] = {" direct", " winograd", " depthwise"};
    return names[cv.method[backward ? SEG_CONV_DATA : SEG_CONV_FORWARD]];
}

/* "conv 3x3 winograd", "conv 1x1/2", "bn" */
static void
name_kind(char *kind, const struct seg_step *s, int backward)
{
    char stride[16] = "", side[32] = "";
    int k = setting(s, "k"), kh = setting(s, "kh"), kw = setting(s, "kw");

    if (setting(s, "s") > 1)
        snprintf(stride, sizeof stride, "/%d", setting(s, "s"));
    if (k || kh)
        snprintf(side, sizeof side, " %dx%d", kh ? kh : k, kw ? kw : k);
    snprintf(kind, KIND, "%s%s%s%s", s->op->name, side, stride,
        kh * kw > 1 ? method_of(s, backward) : "");
}

static int
is_op(const struct seg_step *s, const char *name)
{
    return !strcmp(s->op->name, name);
}

/* Every weight is multiplied with every pixel of the larger side.  Attention
   has one product of all pairs of tokens, twice forward and five times
   backward. */
static double
flops_of(const struct seg_step *s, int backward)
{
    const struct seg_param *p = s->nparam ? s->param[0] : NULL;
    const struct seg_value *y = s->out;
    int times = backward ? (s->nin && s->wants[0]) + !s->frozen : 1;

    if (is_op(s, "attention"))
        return (backward ? 10.0 : 4.0) * (double)seg_value_count(y) * y->h *
               y->w;
    if (!is_op(s, "conv") && !is_op(s, "tconv"))
        return 0;
    return 2.0 * times * (double)p->count *
           (double)seg_value_rows(is_op(s, "tconv") ? s->in[0] : y);
}

static double
forward_bytes(const struct seg_step *s)
{
    double floats = (double)seg_value_count(s->out);

    for (int i = 0; i < s->nin; i++)
        floats += (double)seg_value_count(s->in[i]);
    for (int i = 0; i < s->nparam; i++)
        floats += (double)s->param[i]->count;
    return floats * sizeof(float);
}

static double
backward_bytes(const struct seg_step *s)
{
    double floats = (double)seg_value_count(s->out);

    if (s->saves & SEG_SAVES_OUT)
        floats += (double)seg_value_count(s->out);
    if (s->saves & SEG_SAVES_IN)
        floats += (double)seg_value_count(s->in[0]);
    for (int i = 0; i < s->nin; i++)
        if (s->in[i]->dx)
            floats += (double)seg_value_count(s->in[i]) * (2 - s->overwrite[i]);
    for (int i = 0; i < s->nparam; i++)
        floats += (double)s->param[i]->count * (s->param[i]->dw ? 3 : 0);
    return floats * sizeof(float);
}

/* ---- measuring ---- */

static struct line *
end_line(struct profile *p, const char *name, const char *pass)
{
    double now = seconds();
    struct line *l = p->line + p->lines++;

    if (p->lines == MAX_LINES)
        bench_die("too many steps");
    l->name = name;
    l->pass = pass;
    if (p->run >= 0)
        l->ms[p->run] = 1e3 * (now - p->last);
    p->last = now;
    return l;
}

static void
watch(void *with, const struct seg_step *s, int backward)
{
    struct profile *p = with;
    struct line *l = end_line(p, s->name, backward ? "backward" : "forward");

    if (p->run >= 0)
        return;
    name_kind(l->kind, s, backward);
    l->flops = flops_of(s, backward);
    l->gemm = is_op(s, "conv") || is_op(s, "tconv") || is_op(s, "matmul");
    l->bytes = backward ? backward_bytes(s) : forward_bytes(s);
    p->last = seconds();
}

static void
around(struct profile *p, const char *name, double bytes)
{
    struct line *l = end_line(p, name, "-");

    snprintf(l->kind, KIND, "%s", name);
    l->bytes = bytes;
}

static void
run_once(struct profile *p, int training)
{
    struct network *w = &p->w;
    double input = 2.0 * BATCH * w->side * w->side * 3 * sizeof(float);
    double weights = (double)(seg_net_weights(w->net) * sizeof(float));

    p->lines = 0;
    p->last = seconds();
    network_input(w);
    around(p, "input", input);
    network_forward(w);
    if (!training)
        return;
    p->last = seconds();
    network_clear(w);
    around(p, "clear gradients", weights);
    network_loss(w);
    around(p, "loss",
        2.0 * (double)seg_value_count(seg_net_output(w->net)) * sizeof(float));
    network_backward(w);
    p->last = seconds();
    network_update(w);
    around(p, "optimizer", 5 * weights);
}

/* ---- printing ---- */

static double
median(const struct profile *p, const struct line *l)
{
    double ms[MOST_RUNS];

    memcpy(ms, l->ms, (size_t)p->runs * sizeof *ms);
    qsort(ms, (size_t)p->runs, sizeof *ms, ascending);
    return ms[p->runs / 2];
}

static void
print(const struct profile *p, const char *what, const struct line *l,
    double ms, double all)
{
    double by_flops = 1e3 * l->flops / p->flops;
    double by_bytes = 1e3 * l->bytes / p->bytes;
    int flop = by_flops > by_bytes;

    printf("%s\t%s\t%s\t%s\t%.2f\t%.1f\t%.0f\t%.1f\t%s\t%.0f\n", what, l->name,
        l->kind, l->pass, ms, 100 * ms / all, 1e-6 * l->flops / ms,
        1e-6 * l->bytes / ms, flop ? "flop" : "byte",
        100 * (flop ? by_flops : by_bytes) / ms);
}

static int
costlier(const void *a, const void *b)
{
    return ascending(
        ((const struct line *)b)->ms, ((const struct line *)a)->ms);
}

static void
report(struct profile *p, const char *name)
{
    static struct line sums[MAX_LINES];
    double all = 0, outside = 0;
    int n = 0;

    for (int i = 0; i < p->lines; i++) {
        double ms = median(p, p->line + i);
        all += ms;
        outside += p->line[i].gemm ? 0 : ms;
    }
    puts("what\tname\tkind\tpass\tms\t%\tGFLOP/s\tGB/s\tbound\t% of it");
    for (int i = 0; i < p->lines; i++) {
        struct line *l = p->line + i, *s = sums;
        double ms = median(p, l);

        if (ms < 0.005)
            continue;
        print(p, "step", l, ms, all);
        while (s < sums + n &&
               (strcmp(s->kind, l->kind) || strcmp(s->pass, l->pass)))
            s++;
        if (s == sums + n) {
            n++;
            *s = (struct line){.name = name, .pass = l->pass};
            memcpy(s->kind, l->kind, KIND);
        }
        s->flops += l->flops;
        s->bytes += l->bytes;
        s->ms[0] += ms;
    }
    qsort(sums, (size_t)n, sizeof *sums, costlier);
    for (int i = 0; i < n; i++)
        print(p, "sum", sums + i, sums[i].ms[0], all);
    printf("sum\t%s\toutside GEMM\t-\t%.2f\t%.1f\t\t\t\t\n", name, outside,
        100 * outside / all);
    printf("sum\t%s\tall\t-\t%.2f\t100.0\t\t\t\t\n", name, all);
}

int
main(int argc, char **argv)
{
    struct profile *p = &profile;
    int training = argc < 3 || strcmp(argv[2], "predict");

    if (argc < 2)
        bench_die("usage: profile NET [train|predict [RUNS]]");
    p->runs = argc > 3 ? atoi(argv[3]) : 5;
    if (p->runs < 1 || p->runs > MOST_RUNS)
        bench_die("profile: 1 to 64 runs");
    network_build(&p->w, argv[1]);
    p->flops = ceiling_flops(p->w.threads);
    p->bytes = ceiling_bytes((size_t)1 << 30, p->w.threads);
    printf("# %s, %d threads: %.0f GFLOP/s, %.1f GB/s\n",
        seg_cpu_name(seg_cpu_level()), p->w.threads, 1e-9 * p->flops,
        1e-9 * p->bytes);
    network_plan(&p->w, training ? TRAINING : PREDICTION);
    seg_net_watch(p->w.net, watch, p);
    for (p->run = -2; p->run < p->runs; p->run++)
        run_once(p, training);
    report(p, argv[1]);
    return 0;
}
