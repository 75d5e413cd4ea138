/*
 * What steps do for each other in training: values read through lenses,
 * moments left, gates passed.  The same network with all nodes wanted does
 * every pass by itself; both must agree, and both with differences.
 */
#include "lib/op/fusion.h"
#include "tests/unit/nets.h"

/* Behind every bn another reader: 3x3, 1x1, stride 2, transposed, several. */
static const char chain[] = "image input - c=16\n"
                            "c1 conv image c=20 k=3\n"
                            "b1 bn c1 act=relu\n"
                            "c2 conv b1 c=24 k=3\n"
                            "b2 bn c2\n"
                            "c3 conv b2 c=40 k=1\n"
                            "b3 bn c3 act=relu\n"
                            "c4 conv b3 c=32 k=3 s=2\n"
                            "b4 bn c4 act=relu\n"
                            "up tconv b4 c=16 k=2 s=2 bias=1\n"
                            "c5 conv up c=16 k=3\n"
                            "b5 bn c5,up act=relu\n"
                            "c6 conv b5 c=16 k=1 bias=1\n"
                            "b6 bn c6 act=relu\n"
                            "c7 conv b6 c=16 k=3 groups=16\n"
                            "b7 bn c7 act=relu\n"
                            "both concat up,b7\n"
                            "c8 conv both c=16 k=3\n"
                            "b8 bn c8 act=relu\n"
                            "classifier conv b8 c=3 k=1 bias=1\n";

/* Two blocks with a residual. */
static const char blocks[] = "image input - c=16\n"
                             "cd conv image c=16 k=3\n"
                             "bd bn cd act=relu\n"
                             "ce conv bd c=8 k=3\n"
                             "be bn ce act=relu\n"
                             "cf conv be c=16 k=3\n"
                             "bf bn cf,bd act=relu\n"
                             "cg conv bf c=8 k=3\n"
                             "bg bn cg act=relu\n"
                             "ch conv bg c=16 k=1\n"
                             "bh bn ch,bf act=relu\n"
                             "classifier conv bh c=3 k=1 bias=1\n";

/* A bn with a reader of every pixel and, later in line, two of every other. */
static const char shortcuts[] = "image input - c=16\n"
                                "c1 conv image c=32 k=3\n"
                                "b1 bn c1 act=relu\n"
                                "near conv b1 c=8 k=1\n"
                                "far conv b1 c=16 k=3 s=2\n"
                                "cut conv b1 c=16 k=1 s=2\n"
                                "c2 conv far c=16 k=3\n"
                                "b2 bn c2,cut act=relu\n"
                                "up tconv b2 c=8 k=2 s=2\n"
                                "both concat near,up\n"
                                "classifier conv both c=3 k=1 bias=1\n";

enum { NODES = 21 };

/* By bn: has out a lens, a gate; has dx of in a lens; are moments left.
   JOINED: where a concatenation is read as its inputs, which direct convolution
   cannot. */
enum { JOINED = 2 };

static const struct {
    const char *node;
    int lens, gate, back, moments;
} agreed[] = {
    {"b1", 1, 1, 1, 1},
    {"b2", 0, 1, 1, 1}, /* 1x1 reads in place */
    {"b3", 1, 0, 0, 1}, /* and there is no gate behind a stride */
    {"b4", 1, 1, 1, 1},
    {"b5", 0, 1, 1, 1}, /* a residual: no lens */
    {"b6", 0, 0, 0, 1}, /* depthwise does nothing */
    {"b7", JOINED, 0, 0, 0},
    {"b8", 0, 1, 1, 1},
    {"bd", 0, 1, 1, 1}, /* two readers, of which the first in line closes */
    {"be", 1, 1, 1, 1},
    {"bf", 0, 1, 1, 1},
    {"bg", 0, 1, 1, 1},
    {"bh", 0, 1, 0, 1},
};

/* The gradient of a sum is that of what was added, from block to block. */
static int
same_gradient(struct seg_net *net)
{
    const struct seg_value *last = seg_net_value(net, "bh");

    return !last || (seg_net_value(net, "bf")->dx == last->dx &&
                        seg_net_value(net, "bd")->dx == last->dx);
}

static int
same_agreement(struct seg_net *net, int exact)
{
    const struct seg_value *both = seg_net_value(net, "both");
    int same = !both || exact == !seg_fusion_of(both).concat;

    for (size_t i = 0; i < sizeof agreed / sizeof *agreed; i++) {
        char maker[] = "c?";
        maker[1] = agreed[i].node[1];
        const struct seg_value *x = seg_net_value(net, maker);
        const struct seg_value *y = seg_net_value(net, agreed[i].node);
        if (!y)
            continue;
        int lens = agreed[i].lens == JOINED ? !exact : agreed[i].lens;
        int as_agreed = !seg_fusion_of(y).read_x == !lens &&
                        !seg_fusion_of(y).mask_dx == !agreed[i].gate &&
                        !seg_fusion_of(x).read_dx == !agreed[i].back &&
                        !seg_fusion_of(x).stats_x == !agreed[i].moments &&
                        (y->x == x->x) == lens;
        if (!as_agreed)
            printf("# %s: lens %d gate %d back %d moments %d\n", agreed[i].node,
                seg_fusion_of(y).read_x != NULL,
                seg_fusion_of(y).mask_dx != NULL,
                seg_fusion_of(x).read_dx != NULL,
                seg_fusion_of(x).stats_x != NULL);
        same &= as_agreed;
    }
    return same;
}

/* Output and all gradients, one behind the other. */
static float *
run(struct seg_net *net, const struct seg_net_plan *plan, size_t *n)
{
    plan_net(net, *plan);
    struct seg_value *y = seg_net_output(net), *x = seg_net_input(net);
    size_t ny = seg_value_count(y), nx = seg_value_count(x);
    float *all = malloc((ny + seg_net_weights(net)) * sizeof *all);
    float *image = malloc(nx * sizeof *image), *r = malloc(ny * sizeof *r);

    fill(image, nx, "image");
    fill(r, ny, "r");
    seg_net_clear_grads(net);
    run_forward(net, image);
    memcpy(all, y->x, ny * sizeof *all);
    run_backward(net, r);
    *n = ny;
    for (int i = 0; i < seg_net_params(net); i++) {
        const struct seg_param *p = seg_net_param(net, i);
        if (!p->dw)
            continue;
        memcpy(all + *n, p->dw, p->count * sizeof *all);
        *n += p->count;
    }
    free(image);
    free(r);
    return all;
}

static double
relative(const float *a, const float *b, size_t n)
{
    double difference = 0, size = 0;

    for (size_t i = 0; i < n; i++) {
        difference += pow((double)a[i] - b[i], 2);
        size += (double)b[i] * b[i];
    }
    return sqrt(difference / size);
}

static void
check_agreement(const char *text, struct seg_net_plan plan, const char *pattern)
{
    struct seg_net *net = make_net(text);
    const char *names[NODES];
    float *at[3], *alone;
    size_t n, bytes[2];

    fill_params(net);
    if (pattern)
        seg_net_scale_lr(net, pattern, 0);
    for (int t = 0; t < 3; t++) {
        plan.threads = t + 1;
        fill_params(net); /* running statistics have moved */
        at[t] = run(net, &plan, &n);
    }
    bytes[0] = seg_net_bytes(net).values;
    if (!pattern)
        ok(same_agreement(net, plan.exact) && same_gradient(net),
            "who does what for whom, exact %d", plan.exact);
    for (int i = 0; i < seg_net_steps(net); i++)
        names[i] = seg_net_step(net, i)->name;
    plan.wanted = names;
    plan.nwanted = seg_net_steps(net) - 1;
    fill_params(net);
    alone = run(net, &plan, &n);
    bytes[1] = seg_net_bytes(net).values;
    double off = relative(at[0], alone, n);
    ok(off < 2e-5, "together as each alone, exact %d, frozen %s (off by %.1e)",
        plan.exact, pattern ? pattern : "none", off);
    ok(!memcmp(at[0], at[1], n * sizeof *alone) &&
            !memcmp(at[0], at[2], n * sizeof *alone),
        "the same bits with 1, 2, 3 threads");
    ok(bytes[0] * 3 < bytes[1] * 2, "in %zu bytes instead of %zu", bytes[0],
        bytes[1]);
    for (int t = 0; t < 3; t++)
        free(at[t]);
    free(alone);
    seg_net_free(net);
}

/* What is in a gradient when this step has written to it, or added. */
struct glance {
    const char *step;
    float *dx;
    size_t n;
};

static void
look(void *with, const struct seg_step *s, int backward)
{
    struct glance *g = with;
    const struct seg_value *x = s->in[0];

    if (!backward || strcmp(s->name, g->step))
        return;
    g->n = seg_value_count(x);
    g->dx = malloc(g->n * sizeof *g->dx);
    memcpy(g->dx, x->dx, g->n * sizeof *g->dx);
}

/* Of all that write a gradient only the last passes it through the gate. */
static void
check_closer(const char *step, int exact)
{
    struct seg_net *net = make_net(shortcuts);
    struct seg_net_plan plan = {
        .n = 2, .h = 18, .w = 14, .training = 1, .threads = 1, .exact = exact};
    const char *wanted = "b1";
    struct glance together = {.step = step}, alone = {.step = step};
    size_t n;

    fill_params(net);
    seg_net_watch(net, look, &together);
    free(run(net, &plan, &n));
    int gate = seg_fusion_of(seg_net_value(net, wanted)).mask_dx != NULL;
    plan.wanted = &wanted;
    plan.nwanted = 1;
    fill_params(net);
    seg_net_watch(net, look, &alone);
    free(run(net, &plan, &n));
    double off = relative(together.dx, alone.dx, alone.n);
    ok(gate && !seg_fusion_of(seg_net_value(net, wanted)).mask_dx && off < 1e-6,
        "%s leaves the gate to who comes last, exact %d (off by %.1e)", step,
        exact, off);
    free(together.dx);
    free(alone.dx);
    seg_net_free(net);
}

static void
check_differences(const char *text)
{
    struct seg_net *net = make_net(text);
    struct seg_net_plan plan = {.n = 2,
        .h = 4,
        .w = 4,
        .training = 1,
        .threads = 1,
        .exact = 1,
        .passes = 2}; /* gradients outlast the differences */
    int checked = 0, kinks = 0;
    double worst = 0;
    size_t n;

    fill_params(net);
    free(run(net, &plan, &n));
    size_t nx = seg_value_count(seg_net_input(net));
    size_t ny = seg_value_count(seg_net_output(net));
    float *image = malloc(nx * sizeof *image), *r = malloc(ny * sizeof *r);
    fill(image, nx, "image");
    fill(r, ny, "r");
    for (int i = 0; i < seg_net_params(net); i++) {
        struct seg_param *p = seg_net_param(net, i);
        for (size_t k = 0; p->dw && k < p->count; k += p->count / 3 + 1) {
            double s = slope(net, p->w + k, image, r);
            checked++;
            if (isnan(s))
                kinks++;
            else
                worst = fmax(worst, fabs(s - p->dw[k]) / (1 + fabs(s)));
        }
    }
    ok(worst < 5e-3 && kinks * 2 < checked,
        "differences (off by %.1e; %d kinks of %d)", worst, kinks, checked);
    free(image);
    free(r);
    seg_net_free(net);
}

int
main(void)
{
    struct seg_net_plan plan = {.n = 2, .h = 12, .w = 20, .training = 1};

    for (int exact = 0; exact < 2; exact++) {
        plan.exact = exact;
        check_agreement(chain, plan, NULL);
        check_agreement(chain, plan, "b[24].*");
        check_agreement(chain, plan, "c[235].*");
        check_agreement(chain, plan, "[bc][12].*");
        check_agreement(blocks, plan, NULL);
        check_agreement(blocks, plan, "b[df].*");
        check_agreement(blocks, plan, "[bc][de].*");
        check_closer("cut", exact);
        check_closer("far", exact);
    }
    check_differences(chain);
    check_differences(blocks);
    return done();
}
