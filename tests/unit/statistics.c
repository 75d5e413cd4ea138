/*
 * The statistics that batch normalization takes: those of the batch, those that
 * were kept, and the mean over passes.
 */
#include "tests/unit/nets.h"

enum { N = 3, H = 6, W = 5, PASSES = 5 };

static const char text[] = "image input - c=3\n"
                           "a conv image c=4 k=3 bias=1\n"
                           "b bn a act=relu\n"
                           "c conv b c=5 k=1 bias=1\n"
                           "d bn c act=relu\n"
                           "classifier conv d c=2 k=1 bias=1\n";

static struct seg_net *
make(enum seg_statistics statistics, int training, int threads)
{
    static const char *const wanted[] = {"a", "c"};
    struct seg_net *net = make_net(text);

    plan_net(net, (struct seg_net_plan){.n = N,
                      .h = H,
                      .w = W,
                      .training = training,
                      .threads = threads,
                      .statistics = statistics,
                      .wanted = wanted,
                      .nwanted = 2});
    fill_params(net);
    fill_input(net);
    return net;
}

/* All running statistics, one after the other. */
static int
statistics_of(const struct seg_net *net, float out[100])
{
    int n = 0;

    for (int i = 0; i < seg_net_params(net); i++) {
        const struct seg_param *p = seg_net_param(net, i);

        for (size_t k = 0; p->buffer && k < p->count; k++)
            out[n++] = p->w[k];
    }
    return n;
}

static double
difference(const struct seg_net *a, const struct seg_net *b)
{
    const struct seg_value *x = seg_net_output(a), *y = seg_net_output(b);
    double most = 0;

    for (size_t i = 0; i < seg_value_count(x); i++)
        most = fmax(most, fabs((double)x->x[i] - y->x[i]));
    return most;
}

static void
outputs(void)
{
    struct seg_net *kept = make(SEG_STATISTICS_KEPT, 1, 1),
                   *predict = make(SEG_STATISTICS_NORMAL, 0, 1),
                   *train = make(SEG_STATISTICS_NORMAL, 1, 1),
                   *batch = make(SEG_STATISTICS_BATCH, 0, 1);
    struct seg_net *all[] = {kept, predict, train, batch};
    float before[100], after[4][100];
    int n = statistics_of(kept, before);

    for (int i = 0; i < 4; i++) {
        seg_net_forward(all[i], 1, 2);
        statistics_of(all[i], after[i]);
    }
    ok(difference(kept, predict) < 1e-5,
        "kept statistics in training give the output of a prediction");
    ok(difference(batch, train) < 1e-5,
        "those of the batch without training give that of a training");
    ok(difference(kept, train) > 1e-2, "these two differ");
    ok(n == 18 && !memcmp(after[0], before, (size_t)n * sizeof *before) &&
            !memcmp(after[1], before, (size_t)n * sizeof *before),
        "kept statistics do not change, nor those of a prediction");
    double moved = 0, apart = 0;
    for (int i = 0; i < n; i++) {
        moved = fmax(moved, fabs((double)after[2][i] - before[i]));
        apart = fmax(apart, fabs((double)after[2][i] - after[3][i]));
    }
    ok(moved > 1e-2 && apart < 1e-5,
        "those of the batch move, with and without training");
    for (int i = 0; i < 4; i++)
        seg_net_free(all[i]);
}

/* Gradients with kept statistics by differences. */
static void
gradients(void)
{
    struct seg_net *net = make(SEG_STATISTICS_KEPT, 1, 2);
    size_t pixels = seg_value_count(seg_net_input(net));
    float r[N * H * W * 2], image[N * H * W * 3], before[100], after[100],
        dw[20][200];
    int n = statistics_of(net, before), checked = 0;
    double worst = 0;

    fill(r, sizeof r / sizeof *r, "r");
    memcpy(image, seg_net_input(net)->x, pixels * sizeof *image);
    seg_net_clear_grads(net);
    run_forward(net, image);
    run_backward(net, r);
    /* a forward pass may overwrite gradients */
    for (int i = 0; i < seg_net_params(net); i++) {
        const struct seg_param *p = seg_net_param(net, i);

        if (!p->buffer)
            memcpy(dw[i], p->dw, p->count * sizeof *p->dw);
    }
    for (int i = 0; i < seg_net_params(net); i++) {
        struct seg_param *p = seg_net_param(net, i);

        for (size_t k = 0; !p->buffer && k < p->count; k += 3) {
            double want = slope(net, p->w + k, image, r);

            if (isnan(want))
                continue;
            worst = fmax(worst, fabs(dw[i][k] - want) / (1 + fabs(want)));
            checked++;
        }
    }
    ok(checked > 30 && worst < 2e-3,
        "kept statistics: %d gradients by differences, %.1g at most", checked,
        worst);
    statistics_of(net, after);
    ok(!memcmp(after, before, (size_t)n * sizeof *before),
        "kept statistics do not change by training");
    seg_net_free(net);
}

/* ---- the mean over passes ---- */

static void
fill_pass(struct seg_net *net, int pass)
{
    struct seg_value *v = seg_net_input(net);
    char name[20];

    snprintf(name, sizeof name, "image %d", pass);
    fill(v->x, seg_value_count(v), name);
}

/* Adds mean and unbiased variance of the channels of a node to sum. */
static void
add_moments(const struct seg_net *net, const char *node, double sum[2][5])
{
    const struct seg_value *v = seg_net_value(net, node);
    int c = v->c, m = N * H * W;

    for (int k = 0; k < c; k++) {
        double mean = 0, var = 0;

        for (int i = 0; i < m; i++)
            mean += v->x[i * c + k] / (double)m;
        for (int i = 0; i < m; i++)
            var += pow(v->x[i * c + k] - mean, 2) / (m - 1);
        sum[0][k] += mean;
        sum[1][k] += var;
    }
}

static double
error(const struct seg_net *net, const char *norm, double sum[2][5])
{
    static const char *const name[] = {"running_mean", "running_var"};
    double worst = 0;

    for (int i = 0; i < 2; i++) {
        char text_of[40];

        snprintf(text_of, sizeof text_of, "%s.%s", norm, name[i]);
        const struct seg_param *p = seg_net_param_named(net, text_of);
        for (size_t k = 0; k < p->count; k++)
            worst = fmax(worst, fabs(p->w[k] - sum[i][k] / PASSES));
    }
    return worst;
}

static void
means(void)
{
    struct seg_net *net = make(SEG_STATISTICS_BATCH, 0, 1),
                   *threads = make(SEG_STATISTICS_BATCH, 0, 3);
    double a[2][5] = {0}, c[2][5] = {0};
    float x[100], y[100];

    for (int pass = 0; pass < PASSES; pass++) {
        fill_pass(net, pass);
        fill_pass(threads, pass);
        seg_net_momentum(net, 1 / (pass + 1.0));
        seg_net_momentum(threads, 1 / (pass + 1.0));
        seg_net_forward(net, 1, (uint64_t)pass);
        seg_net_forward(threads, 1, (uint64_t)pass);
        add_moments(net, "a", a);
        add_moments(net, "c", c);
    }
    ok(error(net, "b", a) < 1e-5 && error(net, "d", c) < 1e-5,
        "momentum 1/t: running statistics are the mean over %d passes", PASSES);
    int n = statistics_of(net, x);
    statistics_of(threads, y);
    ok(!memcmp(x, y, (size_t)n * sizeof *x), "the same bits for three threads");
    seg_net_momentum(net, 0);
    double mean = seg_net_param_named(net, "b.running_mean")->w[0];
    double sum[2][5] = {0};
    fill_pass(net, PASSES);
    seg_net_forward(net, 1, PASSES);
    add_moments(net, "a", sum);
    ok(fabs(seg_net_param_named(net, "b.running_mean")->w[0] -
            (0.9 * mean + 0.1 * sum[0][0])) < 1e-5,
        "momentum 0: the setting of the node holds again");
    seg_net_free(net);
    seg_net_free(threads);
}

static void
norms(void)
{
    struct seg_net *net = make_net(text),
                   *bare = make_net("image input - c=3\n"
                                    "a conv image c=4 k=3 bias=1\n"
                                    "b group_norm a groups=2\n");
    int wrong = 0;

    ok(seg_net_has_statistics(net) && !seg_net_has_statistics(bare),
        "only batch normalization has running statistics");
    ok(seg_net_train_norms(net) == 4 && seg_net_train_norms(bare) == 2,
        "scale and shift of normalizations are counted");
    for (int i = 0; i < seg_net_params(net); i++) {
        const struct seg_param *p = seg_net_param(net, i);
        int norm = *p->name == 'b' || *p->name == 'd';

        wrong += (p->lr_scale > 0) != norm;
    }
    ok(!wrong, "all others are frozen");
    seg_net_free(net);
    seg_net_free(bare);
}

int
main(void)
{
    outputs();
    gradients();
    means();
    norms();
    return done();
}
