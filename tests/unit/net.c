/*
 * Whole networks: errors of parsing, shared memory, gradients, planning twice,
 * freezing, initial weights, removal of heads.
 */
#include "lib/base/arena.h"
#include "lib/net/head.h"
#include "lib/net/tape.h" /* for recompute_at */
#include "tests/unit/nets.h"

/* Skip connection, residual, shared inputs, two resolutions. */
static const char small[] = "# encoder\n"
                            "image   input   -        c=2\n"
                            "conv1   conv    image    c=4 k=3\n"
                            "bn1     bn      conv1\n"
                            "relu1   relu    bn1      # kept for later\n"
                            "pool1   maxpool relu1    k=2\n"
                            "conv2   conv    pool1    c=4 k=3 act=relu\n"
                            "bn2     bn      conv2,pool1 act=relu\n"
                            "up      tconv   bn2      c=4 k=2 s=2 bias=1\n"
                            "cat     concat  up,relu1\n"
                            "mix     conv    cat      c=4 k=3 bias=1\n"
                            "sum     add     mix,up   act=relu\n"
                            "classifier conv sum      c=3 k=1 bias=1\n"
                            "output  resize  classifier scale=2\n";

enum { N = 2, H = 6, W = 8 };

static const struct seg_net_plan training = {
    .n = N, .h = H, .w = W, .training = 1, .threads = 1};
static const struct seg_net_plan prediction = {
    .n = N, .h = H, .w = W, .threads = 1};

static float *
numbers(size_t n, const char *name)
{
    float *x = malloc(n * sizeof *x);

    fill(x, n, name);
    return x;
}

static struct seg_net *
filled_net(const char *text)
{
    struct seg_net *net = make_net(text);

    fill_params(net);
    return net;
}

/* ---- errors of parsing ---- */

#define IMAGE "image input - c=3\n"

static const struct {
    const char *text, *message;
} bad[] = {
    {"", "n: no node in the text"},
    {"# only\n\n  # remarks\n", "n: no node in the text"},
    {IMAGE "x convv image c=3 k=1\n",
        "n:2: x: unknown operator 'convv'; did you mean 'conv'?"},
    {IMAGE "x swish image\n", "n:2: x: unknown operator 'swish'"},
    {IMAGE "\n\nbody conv image c=3 k=1\nx relu boby\n",
        "n:5: x: unknown input 'boby': no node above has this name; did you "
        "mean 'body'?"},
    {IMAGE "x relu elsewhere\n",
        "n:2: x: unknown input 'elsewhere': no node above has this name"},
    {IMAGE "x relu y\ny relu image\n",
        "n:2: x: unknown input 'y': no node above has this name"},
    {IMAGE "x relu x\n", "n:2: x: is its own input"},
    {IMAGE "x add image,\n",
        "n:2: x: unknown input '': no node above has this name"},
    {IMAGE "x conv image k=1\n", "n:2: x: conv needs the setting c"},
    {IMAGE "x conv image c=4\n",
        "n:2: x: conv needs the setting k, or kh and kw"},
    {IMAGE "x conv image c=4 kw=3\n",
        "n:2: x: conv needs the setting k, or kh and kw"},
    {IMAGE "x maxpool image k=2 q=1\n",
        "n:2: x: unknown setting 'q': maxpool has k, s, p, ceil"},
    {IMAGE "x relu image k=2\n", "n:2: x: unknown setting 'k': relu has none"},
    {IMAGE "x conv image c=4 k=33\n", "n:2: x: k=33 is not within 1..32"},
    {IMAGE "x conv image c=0 k=1\n", "n:2: x: c=0 is not within 1..1048576"},
    {IMAGE "x conv image c=4 k=2.5\n", "n:2: x: k=2.5 is not a whole number"},
    {IMAGE "x conv image c=4 k=nan\n", "n:2: x: k=nan is not a number"},
    {IMAGE "x conv image c=4 k=3x\n", "n:2: x: k=3x is not a number"},
    {IMAGE "x conv image c=4 k=3 k=3\n", "n:2: x: setting k is given twice"},
    {IMAGE "x conv image c=4 k\n",
        "n:2: x: 'k' is not of the form setting=value"},
    {IMAGE "x conv image c=4 k=\n",
        "n:2: x: 'k=' is not of the form setting=value"},
    {IMAGE "x conv image c=4 k=1 act=tanh\n",
        "n:2: x: act=tanh is not one of none, relu, relu6, leaky_relu"},
    {IMAGE "image relu image\n",
        "n:2: image: line 1 already has a node of this name"},
    {IMAGE "x relu image\ny add x,image,x\nx relu y\n",
        "n:4: x: line 2 already has a node of this name"},
    {IMAGE "x add image\n", "n:2: x: add takes 2 to 8 inputs, not 1"},
    {IMAGE "x relu image,image\n", "n:2: x: relu takes 1 inputs, not 2"},
    {IMAGE "x relu -\n", "n:2: x: relu takes 1 inputs, not 0"},
    {IMAGE "x conv image c=4 k=1\ny add x,image\n",
        "n:3: y: input 2 has 3 channels, the first input 4"},
    {IMAGE "x conv image c=4 k=1\ny bn x,image\n",
        "n:3: y: input has 4 channels, residual 3"},
    {IMAGE "x conv image c=4 k=1 groups=2\n",
        "n:2: x: channels 3 in and 4 out do not divide into groups=2"},
    {IMAGE "x tconv image c=4 k=1 groups=2\n",
        "n:2: x: channels 3 in and 4 out do not divide into groups=2"},
    {IMAGE "x shortcut image c=4\n",
        "n:2: x: c=4 must exceed the input's 3 channels by an even number"},
    {IMAGE "x maxpool image k=3 p=2\n", "n:2: x: p=2 is more than half of k=3"},
    {IMAGE "x resize image\n",
        "n:2: x: resize needs scale, like or both, or h and w together"},
    {IMAGE "x resize image h=3\n",
        "n:2: x: resize needs scale, like or both, or h and w together"},
    {IMAGE "x resize image scale=2 h=3 w=3\n",
        "n:2: x: resize needs scale, like or both, or h and w together"},
    {IMAGE "x resize image like=imagf\n",
        "n:2: x: like=imagf: no node above has this name; did you mean "
        "'image'?"},
    {IMAGE "x relu\n",
        "n:2: a line is: name operator inputs [setting=value ...]"},
    {IMAGE "x+y relu image\n",
        "n:2: 'x+y' is not a node name: use only letters, digits and _ . -"},
    {IMAGE "- relu image\n",
        "n:2: '-' is not a node name: use only letters, digits and _ . -"},
    {IMAGE "other input - c=3\n",
        "n:2: other: input can only be the first node"},
    {"x relu -\n", "n:1: x: relu takes 1 inputs, not 0"},
    {IMAGE "x conv image c=1000000 k=31\n",
        "n:2: x: weight is larger than 1073741824 bytes"},
};

static void
check_bad_texts(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct seg_net *net;
        struct seg_err e = {0};
        int status = seg_net_parse(&net, bad[i].text, "n", &e);
        if (!ok(status == -1 && !net && e.kind == SEG_EDATA &&
                    !strcmp(e.text, bad[i].message),
                "parsing refuses: %s", bad[i].message))
            printf("# said: %s\n", e.text);
        if (!status)
            seg_net_free(net);
    }
}

/* Errors of plan: they depend on the size of the image. */
static const struct {
    const char *text, *message;
    int n, h, w, training;
} plan_errors[] = {
    {IMAGE "x conv image c=1 k=7 p=0\n",
        "n:2: x: a kernel of 7 x 7 does not fit 5 x 9", 1, 5, 9, 0},
    {IMAGE "x maxpool image k=4\n",
        "n:2: x: a window of 4 x 4 does not fit 3 x 9", 1, 3, 9, 0},
    {IMAGE "x resize image scale=0.5 like=image\n",
        "n:2: x: 5 x 9 cannot be cut out of 2 x 4: the scale is too small", 1,
        5, 9, 0},
    {IMAGE "t class_token image\nx slice t from=2 like=image\n",
        "n:3: x: 5 x 9 tokens from 2 on of only 1 x 46", 1, 5, 9, 0},
    {IMAGE "x pos_embed image h=4 w=4 extra=1 like=image\n",
        "n:2: x: 5 x 9 tokens are not a grid of 5 x 9 and extra=1", 1, 5, 9, 0},
    {IMAGE "x matmul image,image count=4\n",
        "n:2: x: input 2 has 5 x 9 tokens of 1 images, wanted 4 of 1", 1, 5, 9,
        0},
    {IMAGE "x maxpool image k=2\ny resize x scale=2\nz concat y,image\n",
        "n:4: z: input 2 is 1 x 5 x 9, the first input 1 x 4 x 8", 1, 5, 9, 0},
    {IMAGE "x resize image scale=0.1\n",
        "n:2: x: its output would be 1 x 0 x 0 x 3", 1, 5, 9, 0},
    {IMAGE "x resize image h=65536 w=65536\n",
        "n:2: x: its output would be too large: 1 x 65536 x 65536 x 3", 1, 5, 9,
        0},
    {IMAGE "x global_avgpool image\ny bn x\n",
        "n:3: y: one value a channel has no variance: train with a larger "
        "batch",
        1, 5, 9, 1},
    {IMAGE, "n: a batch of 0 x 5 x 9 is empty", 0, 5, 9, 0},
};

static void
check_plan_errors(void)
{
    for (size_t i = 0; i < sizeof plan_errors / sizeof *plan_errors; i++) {
        struct seg_net *net;
        struct seg_err e = {0};
        struct seg_net_plan plan = {.n = plan_errors[i].n,
            .h = plan_errors[i].h,
            .w = plan_errors[i].w,
            .training = plan_errors[i].training};
        if (seg_net_parse(&net, plan_errors[i].text, "n", &e))
            give_up(&e);
        int status = seg_net_plan(net, &plan, &e);
        if (!ok(status == -1 && e.kind == SEG_EDATA &&
                    !strcmp(e.text, plan_errors[i].message),
                "plan refuses: %s", plan_errors[i].message))
            printf("# said: %s\n", e.text);
        seg_net_free(net);
    }
}

/* ---- memory ---- */

struct liveness {
    const char *at, *name;
    const void *of; /* the node whose buffer it is */
    size_t bytes;
    int from, to;
};

static void
add_buffer(struct liveness *all, int *n, const void *at, const void *of,
    size_t bytes, int from, int to, const char *name)
{
    if (at && bytes)
        all[(*n)++] = (struct liveness){at, name, of, bytes, from, to};
}

/* The node whose gradient buffer node i uses. */
static int
owner_of_gradient(const struct seg_net *net, int i)
{
    const struct seg_value *v = seg_net_step(net, i)->out;

    for (int k = i + 1; k < seg_net_steps(net); k++) {
        const struct seg_step *s = seg_net_step(net, k);
        const struct seg_op_fusion *f = s->op->fusion;
        int in_place = f && s->in[0] == v && f->aliases_dx;
        int through = f && s->nin == 2 && s->in[1] == v && f->aliases_second_dx;
        if ((in_place || through) && s->out->dx == v->dx)
            return owner_of_gradient(net, k);
    }
    return i;
}

/*
 * Lists the liveness of all buffers of a training plan, from the tape: step i
 * runs forward at i and backward at 2 n - i.
 */
static int
list_buffers(struct liveness *all, const struct seg_net *net)
{
    int n = seg_net_steps(net), count = 0;

    for (int i = 0; i < n; i++) {
        const struct seg_step *maker = seg_net_step(net, i);
        const struct seg_value *v = maker->out;
        const void *x_of = &v->x;
        const void *dx_of =
            &seg_net_step(net, owner_of_gradient(net, i))->out->dx;
        int last = i == n - 1;
        int to = last || maker->saves & SEG_SAVES_OUT ? 2 * n - i : i;
        int written = last ? n : 2 * n, ahead = i,
            again = net->recompute_at[i] - 1;
        for (int k = i + 1; k < n; k++) {
            const struct seg_step *s = seg_net_step(net, k);
            for (int m = 0; m < s->nin; m++) {
                if (s->in[m] != v)
                    continue;
                int until = m == 0 && s->saves & SEG_SAVES_IN ? 2 * n - k : k;
                to = until > to ? until : to;
                ahead = k;
                written = 2 * n - k;
            }
        }
        size_t bytes = seg_value_count(v) * sizeof(float);
        if (seg_fusion_of(v).read_x)
            x_of = &maker->in[0]->x;
        add_buffer(all, &count, v->x, x_of, bytes, i, again > 0 ? ahead : to,
            maker->name);
        if (again > 0) /* recomputed before its first reader */
            add_buffer(all, &count, v->x, x_of, bytes, again, to, maker->name);
        add_buffer(
            all, &count, v->dx, dx_of, bytes, written, 2 * n - i, maker->name);
        add_buffer(all, &count, maker->saved, maker->saved, maker->saved_bytes,
            i, 2 * n - i, maker->name);
        for (int k = 0; k < maker->nparam; k++) {
            const struct seg_param *p = maker->param[k];
            add_buffer(all, &count, p->dw, p->dw, p->count * sizeof(float),
                2 * n - i, 2 * n, p->name);
        }
    }
    return count;
}

static void
check_overlap(void)
{
    struct seg_net *net = filled_net(small);
    struct liveness all[100];
    int clashes = 0, shared = 0;

    plan_net(net, training);
    int n = list_buffers(all, net);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++) {
            const struct liveness *a = all + i, *b = all + k;
            int overlap = a->at < b->at + b->bytes && b->at < a->at + a->bytes;
            int together = a->from <= b->to && b->from <= a->to;
            shared += overlap && !together;
            if (overlap && together && a->of != b->of) {
                printf("# %s and %s\n", a->name, b->name);
                clashes++;
            }
        }
    ok(net->recompute_at[seg_net_find(net, net->nsteps, "bn2")] > 0,
        "memory: a sum that is read much later is recomputed");
    ok(n > 20 && !clashes, "memory: no two of %d live buffers overlap", n);
    ok(shared > 0, "memory: %d pairs use the same bytes one after the other",
        shared);
    seg_net_free(net);
}

static float *
all_gradients(const struct seg_net *net, size_t *n)
{
    float *all = malloc(seg_net_weights(net) * sizeof *all);

    *n = 0;
    for (int i = 0; i < seg_net_params(net); i++) {
        const struct seg_param *p = seg_net_param(net, i);
        if (!p->dw)
            continue;
        memcpy(all + *n, p->dw, p->count * sizeof *all);
        *n += p->count;
    }
    return all;
}

/*
 * The largest difference of two gradients, relative to the largest gradient of
 * the same parameter: an entry near 0 is a sum of large terms and has their
 * rounding errors.
 */
static double
largest_difference(
    const struct seg_net *net, const float *one, const float *other)
{
    double worst = 0;

    for (int i = 0; i < seg_net_params(net); i++) {
        const struct seg_param *p = seg_net_param(net, i);
        double off = 0, most = 0;

        for (size_t j = 0; p->dw && j < p->count; j++, one++, other++) {
            off = fmax(off, fabs(*one - *other));
            most = fmax(most, fabs(*other));
        }
        worst = fmax(worst, most > 0 ? off / most : off);
    }
    return worst;
}

/*
 * If every node is wanted, no memory is shared; the output must be the same.
 * Gradients differ by rounding, because bn then computes its own sums: by
 * 9.2e-8, with narrow vectors (SEG_CPU=base) by 2.9e-7.
 */
static void
check_sharing(void)
{
    struct seg_net *net = filled_net(small);
    struct seg_net_plan plan = training;
    const char *names[20];
    float *y[2], *dw[2];
    size_t n, bytes[2];

    plan_net(net, plan);
    float *image = numbers(seg_value_count(seg_net_input(net)), "image");
    size_t ny = seg_value_count(seg_net_output(net));
    float *r = numbers(ny, "r");
    for (int i = 0; i < seg_net_steps(net); i++)
        names[i] = seg_net_step(net, i)->name;
    plan.wanted = names;
    for (int all = 0; all < 2; all++) {
        plan.nwanted = all ? seg_net_steps(net) : 0;
        plan_net(net, plan);
        seg_net_clear_grads(net);
        run_forward(net, image);
        y[all] = memcpy(
            malloc(ny * sizeof **y), seg_net_output(net)->x, ny * sizeof **y);
        run_backward(net, r);
        dw[all] = all_gradients(net, &n);
        bytes[all] = seg_net_bytes(net).values;
    }
    ok(!memcmp(y[0], y[1], ny * sizeof **y),
        "memory: sharing does not change the output");
    double off = largest_difference(net, dw[0], dw[1]);
    ok(off < 3.2e-7,
        "memory: sharing does not change the gradients (off by %.1e)", off);
    ok(bytes[0] < bytes[1], "memory: sharing takes %zu bytes instead of %zu",
        bytes[0], bytes[1]);
    for (int all = 0; all < 2; all++) {
        free(y[all]);
        free(dw[all]);
    }
    free(image);
    free(r);
    seg_net_free(net);
}

static void
check_chain(void)
{
    char text[2000], *p = text;

    p += sprintf(p, "x0 input - c=16\n");
    for (int i = 1; i <= 20; i++)
        p += sprintf(p, "x%d conv x%d c=16 k=3 act=relu\n", i, i - 1);
    struct seg_net *net = filled_net(text);
    plan_net(net, prediction);
    size_t one = (size_t)N * H * W * 16 * sizeof(float);
    ok(seg_net_bytes(net).values == 2 * one,
        "memory: a chain of 20 predicts in two buffers");
    struct seg_net_plan plan = training;
    plan.h *= 4;
    one *= 4;
    plan_net(net, plan);
    struct seg_net_bytes b = seg_net_bytes(net);
    ok(b.values >= 21 * one && b.values <= 24 * one,
        "memory: a chain of 20 trains in 21 buffers and two for gradients");
    plan.passes = 2;
    plan_net(net, plan);
    ok(seg_net_bytes(net).values > b.values + b.params * 3 / 4,
        "memory: sums over two passes need more memory");
    ok(b.total == b.values + b.params + b.scratch + b.kept &&
            b.params == seg_net_weights(net) * sizeof(float),
        "memory: the total is the sum of the parts");
    seg_net_free(net);
}

static void
check_limit(void)
{
    struct seg_net *net = filled_net(small);
    struct seg_net_plan plan = training;
    struct seg_err e = {0};
    char message[200];

    plan_net(net, plan);
    size_t total = seg_net_bytes(net).total;
    plan.mem_limit = total;
    ok(!seg_net_plan(net, &plan, &e),
        "limit: a plan of exactly the limit succeeds");
    plan.mem_limit = total - 1;
    snprintf(message, sizeof message,
        "test: a batch of 2 x 6 x 8 needs %zu bytes, the limit is %zu", total,
        total - 1);
    ok(seg_net_plan(net, &plan, &e) == -1 && e.kind == SEG_EMEM &&
            !strcmp(e.text, message),
        "limit: one byte less is refused (%s)", e.text);
    seg_net_free(net);
}

/* ---- running ---- */

static void
check_gradient(void)
{
    struct seg_net *net = filled_net(small);
    int checked = 0, kinks = 0;
    double worst = 0;
    struct seg_net_plan plan = training;

    plan.h = plan.w = 4; /* fewer numbers have fewer kinks */
    plan.passes = 2;     /* keep gradients during the differences */
    plan_net(net, plan);
    float *image = numbers(seg_value_count(seg_net_input(net)), "image");
    float *r = numbers(seg_value_count(seg_net_output(net)), "r");
    seg_net_clear_grads(net);
    run_forward(net, image);
    run_backward(net, r);
    for (int i = 0; i < seg_net_params(net); i++) {
        struct seg_param *p = seg_net_param(net, i);
        for (size_t k = 0; p->dw && k < p->count; k += 3, checked++) {
            double s = slope(net, p->w + k, image, r);
            if (isnan(s))
                kinks++;
            else
                worst = fmax(worst, fabs(s - p->dw[k]) / (1 + fabs(s)));
        }
    }
    ok(worst < 5e-3 && kinks * 3 < checked,
        "gradient: the whole network (off by %.1e; %d kinks of %d)", worst,
        kinks, checked);
    free(image);
    free(r);
    seg_net_free(net);
}

static float *
output_at(struct seg_net *net, struct seg_net_plan plan, size_t *n)
{
    plan_net(net, plan);
    float *image = numbers(seg_value_count(seg_net_input(net)), "image");
    run_forward(net, image);
    free(image);
    *n = seg_value_count(seg_net_output(net));
    return memcpy(
        malloc(*n * sizeof *image), seg_net_output(net)->x, *n * sizeof *image);
}

static void
check_second_plan(void)
{
    static const int sizes[][3] = {
        {2, 6, 8}, {1, 12, 4}, {3, 10, 14}, {2, 6, 8}};
    struct seg_net *net = filled_net(small);
    int equal = 1;

    for (int i = 0; i < 8; i++) {
        struct seg_net *fresh = filled_net(small);
        struct seg_net_plan plan = {.n = sizes[i / 2][0],
            .h = sizes[i / 2][1],
            .w = sizes[i / 2][2],
            .training = i % 2,
            .threads = 1};
        size_t n, m;
        /* training moves the running statistics: reset them */
        fill_params(net);
        float *y = output_at(net, plan, &n), *z = output_at(fresh, plan, &m);
        equal &= n == m && !memcmp(y, z, n * sizeof *y);
        free(y);
        free(z);
        seg_net_free(fresh);
    }
    ok(equal, "plan: a second plan of another size equals a new network");
    seg_net_free(net);
}

static void
check_statistics(void)
{
    struct seg_net *net = make_net("image input - c=1\nx bn image\n");
    struct seg_value *v = seg_net_input(net);
    float *mean = seg_net_param_named(net, "x.running_mean")->w;
    float *var = seg_net_param_named(net, "x.running_var")->w;

    seg_net_init(net, SEG_INIT_HE, 0);
    plan_net(net, (struct seg_net_plan){.n = 1, .h = 1, .w = 4, .training = 1});
    for (int i = 0; i < 4; i++)
        v->x[i] = (float)i; /* mean 1.5, unbiased variance 5/3 */
    seg_net_forward(net, 0, 0);
    ok(fabs(*mean - 0.15) < 1e-6 && fabs(*var - (0.9 + 0.1 * 5 / 3)) < 1e-6,
        "bn: running mean %g and unbiased variance %g", *mean, *var);
    seg_net_scale_lr(net, "x.*", 0);
    plan_net(net, (struct seg_net_plan){.n = 1, .h = 1, .w = 4, .training = 1});
    float before = *mean, wanted = (3 - *mean) / sqrtf(*var + 1e-5f);
    for (int i = 0; i < 4; i++)
        v->x[i] = (float)i;
    seg_net_forward(net, 0, 0);
    ok(*mean == before && fabsf(seg_net_output(net)->x[3] - wanted) < 1e-6,
        "bn: frozen uses the running statistics and does not move them");
    seg_net_free(net);
}

static void
check_freezing(void)
{
    struct seg_net *net = filled_net(small);
    size_t n, trained = 0;

    int matched = seg_net_scale_lr(net, "*", 0);
    ok(matched == 4 + 2 * 2 + 6 - 2, "freeze: * matches %d", matched);
    seg_net_scale_lr(net, "mix.*", 0.5);
    seg_net_scale_lr(net, "classifier.*", 1);
    plan_net(net, training);
    for (int i = 0; i < seg_net_steps(net); i++) {
        const struct seg_step *s = seg_net_step(net, i);
        trained += s->training;
        if (!s->training && s->out->dx)
            trained += 100;
    }
    ok(trained == 4, "freeze: backward ends at the first trained step");
    ok(!seg_net_param_named(net, "conv1.weight")->dw &&
            seg_net_param_named(net, "mix.weight")->dw &&
            !seg_net_param_named(net, "bn1.running_mean")->dw,
        "freeze: only trained parameters have a gradient");
    float *y = output_at(net, training, &n), *dw;
    struct seg_value *out = seg_net_output(net);
    fill(out->dx, n, "r");
    seg_net_clear_grads(net);
    seg_net_backward(net, 1, 2);
    float *part = all_gradients(net, &n);
    seg_net_free(net);

    /* the same with patterns of the frozen parameters */
    net = filled_net(small);
    seg_net_scale_lr(net, "conv*", 0);
    seg_net_scale_lr(net, "up.*", 0);
    seg_net_scale_lr(net, "bn*", 0);
    plan_net(net, training);
    float *image = numbers(seg_value_count(seg_net_input(net)), "image");
    float *r = numbers(seg_value_count(seg_net_output(net)), "r");
    run_forward(net, image);
    ok(!memcmp(y, seg_net_output(net)->x,
           seg_value_count(seg_net_output(net)) * sizeof *y),
        "freeze: both ways give the same output");
    run_backward(net, r);
    dw = all_gradients(net, &n);
    ok(!memcmp(dw, part, n * sizeof *dw),
        "freeze: both ways give the same gradients");
    free(y);
    free(dw);
    free(part);
    free(image);
    free(r);
    seg_net_free(net);
}

static void
check_last(void)
{
    struct seg_net *net = filled_net(small);
    struct seg_net_plan plan = prediction;
    struct seg_err e = {0};
    size_t n, m;

    plan.last = "sum";
    float *y = output_at(net, plan, &n);
    ok(seg_net_output(net) == seg_net_value(net, "sum") &&
            !seg_net_value(net, "classifier")->x &&
            !seg_net_value(net, "nothing"),
        "last: later nodes are not run");
    static const char *const wanted[] = {"sum"};
    plan.last = NULL;
    plan.wanted = wanted;
    plan.nwanted = 1;
    float *z = output_at(net, plan, &m);
    ok(!memcmp(y, seg_net_value(net, "sum")->x, n * sizeof *y),
        "wanted: the value of a node is kept");
    plan.last = "clasifier";
    ok(seg_net_plan(net, &plan, &e) == -1 &&
            !strcmp(e.text, "test: no node named 'clasifier'"),
        "last: an unknown node is refused");
    free(y);
    free(z);
    seg_net_free(net);
}

/* ---- initial weights ---- */

static void
check_init(void)
{
    static const char backbone[] = IMAGE "body conv image c=64 k=3 bias=1\n"
                                         "norm bn body\n";
    char longer[300];

    snprintf(
        longer, sizeof longer, "%sclassifier conv norm c=5 k=1\n", backbone);
    struct seg_net *a = make_net(backbone), *b = make_net(longer);
    struct seg_param *p = seg_net_param_named(a, "body.weight");
    struct seg_param *q = seg_net_param_named(b, "body.weight");
    double sum = 0, wanted = sqrt(2.0 / (64 * 9)), bound = 0;

    seg_net_init(a, SEG_INIT_HE, 1);
    seg_net_init(b, SEG_INIT_HE, 1);
    ok(!memcmp(p->w, q->w, p->count * sizeof *p->w),
        "init: a head does not change the backbone");
    for (size_t i = 0; i < p->count; i++)
        sum += p->w[i] * (double)p->w[i];
    ok(fabs(sqrt(sum / p->count) / wanted - 1) < 0.05,
        "init: He deviation %.4f, expected %.4f", sqrt(sum / p->count), wanted);
    ok(seg_net_param_named(a, "body.bias")->w[3] == 0 &&
            seg_net_param_named(a, "norm.weight")->w[3] == 1 &&
            seg_net_param_named(a, "norm.running_var")->w[3] == 1 &&
            seg_net_param_named(a, "norm.running_mean")->w[3] == 0,
        "init: ones and zeros of bias and bn");
    seg_net_init(a, SEG_INIT_XAVIER, 1);
    for (size_t i = 0; i < p->count; i++)
        bound = fmax(bound, fabs(p->w[i]));
    wanted = sqrt(6.0 / (3 * 9 + 64 * 9));
    ok(bound <= wanted && bound > 0.98 * wanted,
        "init: Xavier bound %.4f, expected %.4f", bound, wanted);
    seg_net_init(b, SEG_INIT_HE, 2);
    ok(memcmp(p->w, q->w, p->count * sizeof *p->w),
        "init: weights depend on the seed");
    ok(p->decays && !seg_net_param_named(a, "body.bias")->decays &&
            !seg_net_param_named(a, "norm.weight")->decays,
        "decay: of weights, not of biases and norms");
    seg_net_free(a);
    seg_net_free(b);
}

/* ---- heads ---- */

static void
check_remove_head(void)
{
    static const struct {
        const char *text, *rest, *backbone, *message;
    } cases[] = {
        {IMAGE "# backbone\nbody conv image c=4 k=1\n# head\n"
               "classifier conv body c=2 k=1\noutput resize classifier "
               "like=image\n",
            IMAGE "# backbone\nbody conv image c=4 k=1\n# head\n", "body",
            NULL},
        {IMAGE "body relu image\nprojection.grid resize body h=2 w=2\n"
               "projection.0 conv projection.grid c=2 k=1\n"
               "classifier conv body c=2 k=1",
            IMAGE "body relu image\n", "body", NULL},
        {IMAGE "body relu image\noutputs relu body\n", NULL, NULL,
            "n: no head: no node named classifier, projection or output"},
        {IMAGE "body relu image\nclassifier.1 conv body c=1 k=1\n"
               "output add image,body\n",
            NULL, NULL,
            "n:4: output: the head stands on two nodes, 'body' and "
            "'image'"},
        {IMAGE "projection relu image\nbody relu projection\n", NULL, NULL,
            "n:3: body: stands on the head 'projection'"},
        {IMAGE "body what image\n", NULL, NULL,
            "n:2: body: unknown operator 'what'"},
    };
    struct seg_arena a = {0};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *backbone = NULL;
        struct seg_err e = {0};
        char *rest = seg_net_remove_head(&a, cases[i].text, "n", &backbone, &e);
        if (cases[i].rest)
            ok(rest && !strcmp(rest, cases[i].rest) &&
                    !strcmp(backbone, cases[i].backbone),
                "remove_head: of backbone '%s'", cases[i].backbone);
        else if (!ok(!rest && !strcmp(e.text, cases[i].message),
                     "remove_head: %s", cases[i].message))
            printf("# said: %s\n", e.text);
    }
    seg_arena_free(&a);
}

int
main(void)
{
    check_bad_texts();
    check_plan_errors();
    check_overlap();
    check_sharing();
    check_chain();
    check_limit();
    check_gradient();
    check_second_plan();
    check_statistics();
    check_freezing();
    check_last();
    check_init();
    check_remove_head();
    return done();
}
