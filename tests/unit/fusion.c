/*
 * Fusion in training (lib/net/fuse.c): transforms applied while reading, and
 * channel statistics and masked gradients computed while writing.  If all nodes
 * are wanted, nothing is fused; both plans must agree with each other and with
 * finite differences.
 */
#include "lib/op/fusion.h"
#include "tests/unit/nets.h"

/* Each bn has a different reader: 3x3, 1x1, stride 2, transposed, several. */
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

/* Two residual blocks. */
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

/* b1 is read by a convolution of stride 1 and, after it, two of stride 2. */
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

/* CONCAT: only if the concatenation is virtual, which it is not for direct
   convolution. */
enum { CONCAT = 2 };

/* The fusions of each bn: read_x and mask_dx of its output, read_dx and stats_x
   of its input. */
static const struct {
    const char *node;
    int read_x, mask_dx, read_dx, stats_x;
} expected[] = {
    {"b1", 1, 1, 1, 1},
    {"b2", 0, 1, 1, 1}, /* a 1x1 convolution reads its input in place */
    {"b3", 1, 0, 0, 1}, /* no mask after a stride */
    {"b4", 1, 1, 1, 1},
    {"b5", 0, 1, 1, 1},      /* a residual: no transform */
    {"b6", 1, 1, 0, 1},      /* read and masked by a depthwise convolution, */
    {"b7", CONCAT, 0, 1, 1}, /* which b7 follows */
    {"b8", 0, 1, 1, 1},
    {"bd", 0, 1, 1, 1}, /* two readers; the first one is the last writer */
    {"be", 1, 1, 1, 1},
    {"bf", 0, 1, 1, 1},
    {"bg", 0, 1, 1, 1},
    {"bh", 0, 1, 0, 1},
};

/* True if the gradient of a sum and those of its terms are one buffer. */
static int
aliases_gradients(struct seg_net *net)
{
    const struct seg_value *last = seg_net_value(net, "bh");

    return !last || (seg_net_value(net, "bf")->dx == last->dx &&
                        seg_net_value(net, "bd")->dx == last->dx);
}

static int
is_fused_as_expected(struct seg_net *net, int exact)
{
    const struct seg_value *both = seg_net_value(net, "both");
    int same = !both || exact == !seg_fusion_of(both).concat;

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        char producer[] = "c?";
        producer[1] = expected[i].node[1];
        const struct seg_value *x = seg_net_value(net, producer);
        const struct seg_value *y = seg_net_value(net, expected[i].node);
        if (!y)
            continue;
        struct seg_fusion in = seg_fusion_of(x), out = seg_fusion_of(y);
        int read_x = expected[i].read_x == CONCAT ? !exact : expected[i].read_x;
        int good = !out.read_x == !read_x && (y->x == x->x) == read_x &&
                   !out.mask_dx == !expected[i].mask_dx &&
                   !in.read_dx == !expected[i].read_dx &&
                   !in.stats_x == !expected[i].stats_x;
        if (!good)
            printf("# %s: read_x %d mask_dx %d read_dx %d stats_x %d\n",
                expected[i].node, out.read_x != NULL, out.mask_dx != NULL,
                in.read_dx != NULL, in.stats_x != NULL);
        same &= good;
    }
    return same;
}

/* Returns the output and then all gradients, *n numbers. */
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
check_fused(const char *text, struct seg_net_plan plan, const char *pattern)
{
    struct seg_net *net = make_net(text);
    const char *names[NODES];
    float *at[3], *apart;
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
        ok(is_fused_as_expected(net, plan.exact) && aliases_gradients(net),
            "fusions are as expected, exact %d", plan.exact);
    for (int i = 0; i < seg_net_steps(net); i++)
        names[i] = seg_net_step(net, i)->name;
    plan.wanted = names;
    plan.nwanted = seg_net_steps(net) - 1;
    fill_params(net);
    apart = run(net, &plan, &n);
    bytes[1] = seg_net_bytes(net).values;
    double off = relative(at[0], apart, n);
    ok(off < 2e-5, "fused equals not fused, exact %d, frozen %s (off by %.1e)",
        plan.exact, pattern ? pattern : "none", off);
    ok(!memcmp(at[0], at[1], n * sizeof *apart) &&
            !memcmp(at[0], at[2], n * sizeof *apart),
        "fused: the same bits with 1, 2, 3 threads");
    ok(bytes[0] * 3 < bytes[1] * 2, "fused takes %zu bytes instead of %zu",
        bytes[0], bytes[1]);
    for (int t = 0; t < 3; t++)
        free(at[t]);
    free(apart);
    seg_net_free(net);
}

/* The gradient of the first input right after the backward of step. */
struct snapshot {
    const char *step;
    float *dx;
    size_t n;
};

static void
watch(void *with, const struct seg_step *s, int backward)
{
    struct snapshot *p = with;
    const struct seg_value *x = s->in[0];

    if (!backward || strcmp(s->name, p->step))
        return;
    p->n = seg_value_count(x);
    p->dx = malloc(p->n * sizeof *p->dx);
    memcpy(p->dx, x->dx, p->n * sizeof *p->dx);
}

/* Only the last writer of a gradient masks it; step writes earlier. */
static void
check_early_writer(const char *step, int exact)
{
    struct seg_net *net = make_net(shortcuts);
    struct seg_net_plan plan = {
        .n = 2, .h = 18, .w = 14, .training = 1, .threads = 1, .exact = exact};
    const char *wanted = "b1";
    struct snapshot fused = {.step = step}, apart = {.step = step};
    size_t n;

    fill_params(net);
    seg_net_watch(net, watch, &fused);
    free(run(net, &plan, &n));
    int masked = seg_fusion_of(seg_net_value(net, wanted)).mask_dx != NULL;
    plan.wanted = &wanted;
    plan.nwanted = 1;
    fill_params(net);
    seg_net_watch(net, watch, &apart);
    free(run(net, &plan, &n));
    double off = relative(fused.dx, apart.dx, apart.n);
    ok(masked && !seg_fusion_of(seg_net_value(net, wanted)).mask_dx &&
            off < 1e-6,
        "%s does not mask the gradient, exact %d (off by %.1e)", step, exact,
        off);
    free(fused.dx);
    free(apart.dx);
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
        .passes = 2}; /* keep gradients during the differences */
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
        "fused: gradients equal differences (off by %.1e; %d kinks of %d)",
        worst, kinks, checked);
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
        check_fused(chain, plan, NULL);
        check_fused(chain, plan, "b[24].*");
        check_fused(chain, plan, "c[235].*");
        check_fused(chain, plan, "[bc][12].*");
        check_fused(blocks, plan, NULL);
        check_fused(blocks, plan, "b[df].*");
        check_fused(blocks, plan, "[bc][de].*");
        check_early_writer("cut", exact);
        check_early_writer("far", exact);
    }
    check_differences(chain);
    check_differences(blocks);
    return done();
}
