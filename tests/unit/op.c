/*
 * Every operator of the table: gradients against differences, values against a
 * naive twin, adding to and overwriting of gradients, what backward reads, the
 * text form, threads, and folding.  An operator without an example below fails.
 */
#include "lib/net/tape.h" /* to know if a step is fused away */
#include "lib/op/common.h"
#include "tests/unit/nets.h"

/*
 * Inputs are nodes a, b, c with these channels (0: none), each a convolution
 * that copies its channels from the image.
 */
struct example {
    const char *op;
    int channels[3];
    const char *settings;
};

static const struct example examples[] = {
    {"input", {0}, "c=3"},
    {"conv", {3}, "c=5 k=3"},
    {"conv", {3}, "c=5 k=3 s=2 bias=1 act=relu"},
    {"conv", {4}, "c=6 kh=1 kw=3 d=2 groups=2"},
    {"conv", {4}, "c=4 k=3 groups=4 p=0"},
    {"conv", {3}, "c=2 k=1 bias=1"},
    {"conv", {3}, "c=2 k=5 s=3 p=1"},
    {"conv", {3}, "c=4 k=3 s=2 p=0 pe=1"},
    {"conv", {4}, "c=4 k=5 s=2 p=1 pe=2 groups=4"},
    {"conv", {3}, "c=5 k=3 bias=1 act=relu6"},
    {"conv", {4}, "c=4 k=3 groups=4 bias=1 act=relu6"},
    {"conv", {3}, "c=5 k=3 bias=1 act=leaky_relu"},
    {"conv", {4}, "c=4 k=3 groups=4 bias=1 act=leaky_relu"},
    {"tconv", {3}, "c=2 k=2 s=2 bias=1"},
    {"tconv", {4}, "c=6 k=3 s=2 p=1 groups=2"},
    {"tconv", {2}, "c=3 k=4 s=2 p=1"},
    {"bn", {3}, ""},
    {"bn", {3, 3}, "act=relu"},
    {"bn", {3}, "eps=0.01 momentum=0.5 act=relu"},
    {"bn", {2, 2}, ""},
    {"bn", {3, 3}, "act=relu6"},
    {"bn", {4}, "act=relu6"},
    {"instance_norm", {3}, ""},
    {"instance_norm", {21}, "affine=1 act=leaky_relu"},
    {"instance_norm", {3}, "eps=0.01 act=relu"},
    {"group_norm", {6}, "groups=2"},
    {"group_norm", {6}, "groups=3 affine=0 act=leaky_relu"},
    {"group_norm", {20}, "groups=1 eps=0.01 act=relu"},
    {"group_norm", {4}, "groups=4 act=relu6"},
    {"relu", {3}, ""},
    {"leaky_relu", {3}, ""},
    {"leaky_relu", {2}, "slope=0.3"},
    {"leaky_relu", {2}, "slope=0"},
    {"dropout", {3}, "p=0.3"},
    {"maxpool", {3}, "k=2"},
    {"maxpool", {3}, "k=3 s=2 p=1"},
    {"maxpool", {2}, "k=3 s=2 ceil=1"},
    {"global_avgpool", {3}, ""},
    {"resize", {2}, "scale=2"},
    {"resize", {2}, "h=9 w=4 align=1"},
    {"resize", {2}, "mode=nearest like=image"},
    {"resize", {2}, "mode=nearest align=1 h=3 w=4"},
    {"resize", {2}, "scale=0.5"},
    {"concat", {2, 3, 1}, ""},
    {"concat", {3}, ""},
    {"add", {3, 3}, "act=relu"},
    {"add", {2, 2, 2}, "act=relu6"},
    {"add", {2, 2}, "act=leaky_relu"},
    {"add", {2, 2, 2}, ""},
    {"mul", {3, 3}, ""},
    {"shortcut", {2}, "c=4"},
    {"shortcut", {3}, "c=3 s=3"},
    {"l2norm", {4}, ""},
    {"resize", {2}, "scale=2 like=image"},
    {"tconv", {3}, "c=4 k=1 param=matrix"},
    {"dropout", {3}, "p=0.4 mode=drop_path"},
    {"layer_norm", {5}, ""},
    {"layer_norm", {21}, "eps=0.01"},
    {"gelu", {3}, ""},
    {"silu", {3}, ""},
    {"sigmoid", {3}, ""},
    {"relu6", {3}, ""},
    {"hardswish", {3}, ""},
    {"hardsigmoid", {3}, ""},
    {"pad", {2}, "to=4"},
    {"pad", {2}, "to=1"},
    {"class_token", {3}, ""},
    {"class_token", {2}, "count=3 at=end"},
    {"pos_embed", {2}, "h=5 w=7 like=image"},
    {"pos_embed", {2}, "h=3 w=9 like=image"},
    {"attention", {6}, "heads=1"},
    {"attention", {12}, "heads=2"},
    {"slice", {2}, "from=3 count=9"},
    {"slice", {2}, "from=1 count=4 at=end"},
    {"slice", {2}, "like=image"},
    {"matmul", {3, 3}, "count=35"},
};
enum { EXAMPLES = sizeof examples / sizeof *examples };
enum { N = 2, H = 5, W = 7 };

/* ---- naive twins: one number of the output from the inputs ---- */

static double
setting(const struct seg_step *s, const char *key)
{
    int i = 0;

    while (strcmp(s->op->settings[i].key, key))
        i++;
    return s->set[i];
}

static int
whole(const struct seg_step *s, const char *key)
{
    return (int)setting(s, key);
}

/* 0 outside the map. */
static double
at(const struct seg_value *v, int n, int i, int j, int c)
{
    if (i < 0 || j < 0 || i >= v->h || j >= v->w)
        return 0;
    return v->x[((size_t)(n * v->h + i) * v->w + j) * v->c + c];
}

static double
activate(const struct seg_step *s, double y)
{
    int act = whole(s, "act");

    if (act == 3)
        return fmax(0.01 * y, y);
    y = act && y < 0 ? 0 : y;
    return act == 2 && y > 6 ? 6 : y;
}

static double
naive_conv(const struct seg_step *s, int n, int i, int j, int k)
{
    const struct seg_param *w = s->param[0];
    int groups = whole(s, "groups"), width = (int)w->shape[1];
    int kh = whole(s, "kh"), kw = whole(s, "kw"), d = whole(s, "d");
    int stride = whole(s, "s"), p = whole(s, "p");
    int py = p < 0 ? d * (kh / 2) : p, px = p < 0 ? d * (kw / 2) : p;
    int first = k / (s->out->c / groups) * width;
    double y = s->nparam > 1 ? s->param[1]->w[k] : 0;

    for (int c = 0; c < width; c++)
        for (int r = 0; r < kh; r++)
            for (int q = 0; q < kw; q++)
                y += at(s->in[0], n, i * stride + r * d - py,
                         j * stride + q * d - px, first + c) *
                     w->w[((k * width + c) * kh + r) * kw + q];
    return activate(s, y);
}

static double
naive_tconv(const struct seg_step *s, int n, int i, int j, int k)
{
    const struct seg_param *w = s->param[0];
    int groups = whole(s, "groups"), width = (int)w->shape[1];
    int side = whole(s, "k"), stride = whole(s, "s"), p = whole(s, "p");
    int g = k / width, in = s->in[0]->c / groups;
    double y = s->nparam > 1 ? s->param[1]->w[k] : 0;

    for (int c = g * in; c < (g + 1) * in; c++)
        for (int r = 0; r < side; r++)
            for (int q = 0; q < side; q++) {
                int a = i + p - r, b = j + p - q;
                if (a % stride == 0 && b % stride == 0)
                    y += at(s->in[0], n, a / stride, b / stride, c) *
                         w->w[((c * width + k % width) * side + r) * side + q];
            }
    return y;
}

static double
naive_bn(const struct seg_step *s, int n, int i, int j, int k)
{
    const struct seg_value *v = s->in[0];
    double mean = 0, var = 0, m = v->n * v->h * v->w;

    for (int t = 0; t < m; t++)
        mean += v->x[t * v->c + k] / m;
    for (int t = 0; t < m; t++)
        var += pow(v->x[t * v->c + k] - mean, 2) / m;
    double y = (at(v, n, i, j, k) - mean) / sqrt(var + setting(s, "eps"));
    y = y * s->param[0]->w[k] + s->param[1]->w[k];
    return activate(s, y + (s->nin > 1 ? at(s->in[1], n, i, j, k) : 0));
}

/* Of width channels from channel first on. */
static double
normalize(
    const struct seg_step *s, int n, int i, int j, int k, int first, int width)
{
    const struct seg_value *v = s->in[0];
    double mean = 0, var = 0, count = v->h * v->w * width;

    for (int t = 0; t < v->h * v->w; t++)
        for (int c = first; c < first + width; c++)
            mean += at(v, n, t / v->w, t % v->w, c) / count;
    for (int t = 0; t < v->h * v->w; t++)
        for (int c = first; c < first + width; c++)
            var += pow(at(v, n, t / v->w, t % v->w, c) - mean, 2) / count;
    double y = (at(v, n, i, j, k) - mean) / sqrt(var + setting(s, "eps"));
    if (s->nparam)
        y = y * s->param[0]->w[k] + s->param[1]->w[k];
    return activate(s, y);
}

static double
naive_instance_norm(const struct seg_step *s, int n, int i, int j, int k)
{
    return normalize(s, n, i, j, k, k, 1);
}

static double
naive_group_norm(const struct seg_step *s, int n, int i, int j, int k)
{
    int width = s->in[0]->c / whole(s, "groups");

    return normalize(s, n, i, j, k, k / width * width, width);
}

static double
naive_relu(const struct seg_step *s, int n, int i, int j, int k)
{
    return fmax(0, at(s->in[0], n, i, j, k));
}

static double
naive_leaky_relu(const struct seg_step *s, int n, int i, int j, int k)
{
    double x = at(s->in[0], n, i, j, k);

    return x > 0 ? x : setting(s, "slope") * x;
}

/* check_dropout checks which numbers are dropped. */
static double
naive_dropout(const struct seg_step *s, int n, int i, int j, int k)
{
    double y = at(s->out, n, i, j, k);

    return y == 0 ? 0 : at(s->in[0], n, i, j, k) / (1 - setting(s, "p"));
}

static double
naive_maxpool(const struct seg_step *s, int n, int i, int j, int k)
{
    int side = whole(s, "k"), stride = whole(s, "s"), p = whole(s, "p");
    const struct seg_value *v = s->in[0];
    double y = -INFINITY;

    for (int r = 0; r < side; r++)
        for (int q = 0; q < side; q++) {
            int a = i * stride + r - p, b = j * stride + q - p;
            if (a >= 0 && b >= 0 && a < v->h && b < v->w)
                y = fmax(y, at(v, n, a, b, k));
        }
    return y;
}

static double
naive_global_avgpool(const struct seg_step *s, int n, int i, int j, int k)
{
    const struct seg_value *v = s->in[0];
    double y = 0;

    for (i = 0; i < v->h; i++)
        for (j = 0; j < v->w; j++)
            y += at(v, n, i, j, k) / (v->h * v->w);
    return y;
}

/* The input position of output position i of to. */
static double
position(int i, int from, int to, int align)
{
    if (align)
        return to > 1 ? i * (from - 1.0) / (to - 1) : 0;
    return fmin(fmax((i + 0.5) * from / to - 0.5, 0), from - 1);
}

static double
naive_resize(const struct seg_step *s, int n, int i, int j, int k)
{
    const struct seg_value *v = s->in[0], *y = s->out;
    int align = whole(s, "align");
    double scale = s->like ? setting(s, "scale") : 0, sum = 0;
    int all_h = scale ? (int)(v->h * scale) : y->h;
    int all_w = scale ? (int)(v->w * scale) : y->w;
    double p = position(i, v->h, all_h, align);
    double q = position(j, v->w, all_w, align);

    if (whole(s, "mode")) {
        int a = align ? (int)floor(p + 0.5) : i * v->h / y->h;
        int b = align ? (int)floor(q + 0.5) : j * v->w / y->w;
        return at(v, n, a, b, k);
    }
    for (int a = 0; a < v->h; a++)
        for (int b = 0; b < v->w; b++)
            sum += fmax(0, 1 - fabs(p - a)) * fmax(0, 1 - fabs(q - b)) *
                   at(v, n, a, b, k);
    return sum;
}

static double
naive_concat(const struct seg_step *s, int n, int i, int j, int k)
{
    int t = 0;

    for (; k >= s->in[t]->c; t++)
        k -= s->in[t]->c;
    return at(s->in[t], n, i, j, k);
}

static double
naive_add(const struct seg_step *s, int n, int i, int j, int k)
{
    double y = 0;

    for (int t = 0; t < s->nin; t++)
        y += at(s->in[t], n, i, j, k);
    return activate(s, y);
}

static double
naive_mul(const struct seg_step *s, int n, int i, int j, int k)
{
    return at(s->in[0], n, i, j, k) * at(s->in[1], n, 0, 0, k);
}

static double
naive_shortcut(const struct seg_step *s, int n, int i, int j, int k)
{
    int in = s->in[0]->c, front = (s->out->c - in) / 2, stride = whole(s, "s");

    if (k < front || k >= front + in)
        return 0;
    return at(s->in[0], n, i * stride, j * stride, k - front);
}

static double
naive_l2norm(const struct seg_step *s, int n, int i, int j, int k)
{
    double sum = 0;

    for (int c = 0; c < s->in[0]->c; c++)
        sum += pow(at(s->in[0], n, i, j, c), 2);
    return at(s->in[0], n, i, j, k) / sqrt(sum);
}

static double
naive_layer_norm(const struct seg_step *s, int n, int i, int j, int k)
{
    const struct seg_value *v = s->in[0];
    double mean = 0, var = 0;

    for (int c = 0; c < v->c; c++)
        mean += at(v, n, i, j, c) / v->c;
    for (int c = 0; c < v->c; c++)
        var += pow(at(v, n, i, j, c) - mean, 2) / v->c;
    return (at(v, n, i, j, k) - mean) / sqrt(var + setting(s, "eps")) *
               s->param[0]->w[k] +
           s->param[1]->w[k];
}

static double
naive_gelu(const struct seg_step *s, int n, int i, int j, int k)
{
    double x = at(s->in[0], n, i, j, k);

    return x * erfc(-x / sqrt(2)) / 2;
}

static double
naive_silu(const struct seg_step *s, int n, int i, int j, int k)
{
    double x = at(s->in[0], n, i, j, k);

    return x / (1 + exp(-x));
}

static double
naive_sigmoid(const struct seg_step *s, int n, int i, int j, int k)
{
    return 1 / (1 + exp(-at(s->in[0], n, i, j, k)));
}

static double
naive_relu6(const struct seg_step *s, int n, int i, int j, int k)
{
    return fmin(fmax(at(s->in[0], n, i, j, k), 0), 6);
}

static double
naive_hardsigmoid(const struct seg_step *s, int n, int i, int j, int k)
{
    return fmin(fmax(at(s->in[0], n, i, j, k) + 3, 0), 6) / 6;
}

static double
naive_hardswish(const struct seg_step *s, int n, int i, int j, int k)
{
    return at(s->in[0], n, i, j, k) * naive_hardsigmoid(s, n, i, j, k);
}

static double
naive_pad(const struct seg_step *s, int n, int i, int j, int k)
{
    return at(s->in[0], n, i, j, k);
}

/* Channel k of token t of an image. */
static double
token_at(const struct seg_value *v, int n, int t, int k)
{
    return at(v, n, t / v->w, t % v->w, k);
}

static double
naive_class_token(const struct seg_step *s, int n, int i, int j, int k)
{
    const struct seg_value *v = s->in[0];
    int count = whole(s, "count"), tokens = v->h * v->w;
    int own = whole(s, "at") ? j : j - count;

    (void)i;
    if (own >= 0 && own < tokens)
        return token_at(v, n, own, k);
    return s->param[0]->w[(own < 0 ? j : j - tokens) * v->c + k];
}

static double
naive_pos_embed(const struct seg_step *s, int n, int i, int j, int k)
{
    int h = whole(s, "h"), w = whole(s, "w"), c = s->out->c;
    double p = position(i, h, s->like->h, 0), q = position(j, w, s->like->w, 0);
    double sum = at(s->in[0], n, i, j, k);

    for (int a = 0; a < h; a++)
        for (int b = 0; b < w; b++)
            sum += fmax(0, 1 - fabs(p - a)) * fmax(0, 1 - fabs(q - b)) *
                   s->param[0]->w[(a * w + b) * c + k];
    return sum;
}

static double
naive_attention(const struct seg_step *s, int n, int i, int j, int k)
{
    const struct seg_value *v = s->in[0];
    int heads = whole(s, "heads"), width = v->c / 3, d = width / heads;
    int first = k / d * d;
    double above = 0, below = 0;

    for (int t = 0; t < v->h * v->w; t++) {
        double dot = 0;
        for (int c = first; c < first + d; c++)
            dot += at(v, n, i, j, c) * token_at(v, n, t, width + c);
        double e = exp(dot / sqrt(d));
        above += e * token_at(v, n, t, 2 * width + k);
        below += e;
    }
    return above / below;
}

static double
naive_slice(const struct seg_step *s, int n, int i, int j, int k)
{
    const struct seg_value *v = s->in[0], *y = s->out;
    int from = whole(s, "from");

    if (whole(s, "at"))
        from = v->h * v->w - y->h * y->w - from;
    return token_at(v, n, from + i * y->w + j, k);
}

static double
naive_matmul(const struct seg_step *s, int n, int i, int j, int k)
{
    double sum = 0;

    for (int c = 0; c < s->in[0]->c; c++)
        sum += at(s->in[0], n, i, j, c) * token_at(s->in[1], n, k, c);
    return sum;
}

static double
naive_input(const struct seg_step *s, int n, int i, int j, int k)
{
    return at(s->out, n, i, j, k);
}

static const struct {
    const char *op;
    double (*value)(const struct seg_step *s, int n, int i, int j, int k);
} twins[] = {
    {"input", naive_input},
    {"conv", naive_conv},
    {"tconv", naive_tconv},
    {"bn", naive_bn},
    {"instance_norm", naive_instance_norm},
    {"group_norm", naive_group_norm},
    {"relu", naive_relu},
    {"leaky_relu", naive_leaky_relu},
    {"dropout", naive_dropout},
    {"maxpool", naive_maxpool},
    {"global_avgpool", naive_global_avgpool},
    {"resize", naive_resize},
    {"concat", naive_concat},
    {"add", naive_add},
    {"mul", naive_mul},
    {"shortcut", naive_shortcut},
    {"l2norm", naive_l2norm},
    {"layer_norm", naive_layer_norm},
    {"gelu", naive_gelu},
    {"silu", naive_silu},
    {"sigmoid", naive_sigmoid},
    {"relu6", naive_relu6},
    {"hardswish", naive_hardswish},
    {"hardsigmoid", naive_hardsigmoid},
    {"pad", naive_pad},
    {"class_token", naive_class_token},
    {"pos_embed", naive_pos_embed},
    {"attention", naive_attention},
    {"slice", naive_slice},
    {"matmul", naive_matmul},
};
enum { TWINS = sizeof twins / sizeof *twins };

/* ---- the network of an example ---- */

struct trial {
    const struct example *ex;
    char title[100], text[1000];
    int bands, inputs;
    float *image, *r; /* r: dL/dy */
    size_t nimage, ny;
};

/* True if input i of the operator is one number for each channel: the mean of
   its convolution over the image. */
static int
is_pooled(const struct trial *t, int i)
{
    return i && !strcmp(t->ex->op, "mul");
}

/* True if values around the upper bound of relu6 are wanted. */
static int
is_bounded(const struct trial *t)
{
    return strstr(t->ex->settings, "relu6") != NULL;
}

static void
write_text(struct trial *t)
{
    static const char *const names[] = {"a", "b", "c"};
    char *p = t->text, list[10] = "";

    for (; t->inputs < 3 && t->ex->channels[t->inputs]; t->inputs++)
        t->bands += t->ex->channels[t->inputs];
    if (!t->inputs) {
        sprintf(p, "x %s - %s\n", t->ex->op, t->ex->settings);
        return;
    }
    p += sprintf(p, "image input - c=%d\n", t->bands);
    for (int i = 0; i < t->inputs; i++) {
        int pool = is_pooled(t, i);
        p += sprintf(p, "%s%s conv image c=%d k=1\n", pool ? "all." : "",
            names[i], t->ex->channels[i]);
        if (pool)
            p += sprintf(p, "%s global_avgpool all.%s\n", names[i], names[i]);
        sprintf(list + strlen(list), "%s%s", i ? "," : "", names[i]);
    }
    sprintf(p, "x %s %s %s\n", t->ex->op, list, t->ex->settings);
}

/* a, b and c copy their channels; all other parameters are random. */
static struct seg_net *
trial_net(const struct trial *t, const char *text)
{
    struct seg_net *net = make_net(text);
    int band = 0;

    fill_params(net);
    for (int i = 0; is_bounded(t) && i < seg_net_params(net); i++) {
        const struct seg_param *p = seg_net_param(net, i);
        for (size_t k = 0; strstr(p->name, ".bias") && k < p->count; k++)
            p->w[k] += 3;
    }
    for (int i = 0; i < t->inputs; i++) {
        float *w = seg_net_step(net, i + 1)->param[0]->w;
        memset(w, 0, (size_t)t->ex->channels[i] * t->bands * sizeof *w);
        for (int k = 0; k < t->ex->channels[i]; k++)
            w[k * t->bands + band++] = 1;
    }
    return net;
}

static const char *const inputs[] = {"a", "b", "c"};

static struct seg_net_plan
trial_plan(const struct trial *t, int wanted)
{
    return (struct seg_net_plan){.n = N,
        .h = H,
        .w = W,
        .training = 1,
        .passes = 2,
        .threads = 1,
        .wanted = inputs,
        .nwanted = wanted ? t->inputs : 0};
}

static const struct seg_step *
last_step(const struct seg_net *net)
{
    return seg_net_step(net, seg_net_steps(net) - 1);
}

static struct trial
make_trial(const struct example *ex)
{
    struct trial t = {.ex = ex};

    snprintf(t.title, sizeof t.title, "%s %s", ex->op, ex->settings);
    write_text(&t);
    struct seg_net *net = trial_net(&t, t.text);
    plan_net(net, trial_plan(&t, 0));
    t.nimage = seg_value_count(seg_net_input(net));
    t.ny = seg_value_count(seg_net_output(net));
    t.image = malloc(t.nimage * sizeof *t.image);
    t.r = malloc(t.ny * sizeof *t.r);
    fill(t.image, t.nimage, "image");
    for (size_t i = 0; is_bounded(&t) && i < t.nimage; i++)
        t.image[i] *= 2;
    fill(t.r, t.ny, "r");
    seg_net_free(net);
    return t;
}

static int
same(const float *a, const float *b, size_t n)
{
    return !memcmp(a, b, n * sizeof *a);
}

/* ---- checks ---- */

static void
check_twin(const struct trial *t)
{
    struct seg_net *net = trial_net(t, t->text);
    const struct seg_step *s = last_step(net);
    const struct seg_value *y = s->out;
    double worst = 0;
    int twin = 0;

    while (twin < TWINS && strcmp(twins[twin].op, t->ex->op))
        twin++;
    if (!ok(twin < TWINS, "%s: has a naive twin", t->title))
        return;
    plan_net(net, trial_plan(t, 1));
    run_forward(net, t->image);
    for (int n = 0; n < y->n; n++)
        for (int i = 0; i < y->h; i++)
            for (int j = 0; j < y->w; j++)
                for (int k = 0; k < y->c; k++)
                    worst = fmax(worst, fabs(at(y, n, i, j, k) -
                                             twins[twin].value(s, n, i, j, k)));
    ok(worst < 5e-6, "%s: equals its naive twin (%.1e)", t->title, worst);
    seg_net_free(net);
}

/* The largest difference between slopes and gradients, and the largest
   gradient. */
struct comparison {
    double worst, largest;
    int checked, kinks;
};

static void
compare(struct comparison *v, double measured, double computed)
{
    v->checked++;
    v->kinks += isnan(measured);
    if (isnan(measured))
        return;
    v->largest = fmax(v->largest, fabs(computed));
    v->worst = fmax(v->worst, fabs(measured - computed));
}

static float *
copy(const float *x, size_t n)
{
    return memcpy(malloc(n * sizeof *x), x, n * sizeof *x);
}

static void
report(const struct comparison *v, const struct trial *t, const char *what)
{
    ok(v->worst <= 1e-3 * fmax(v->largest, 0.1) && v->kinks * 5 <= v->checked,
        "%s: gradient of %s (off by %.1e of %.2g; %d kinks of %d)", t->title,
        what, v->worst, v->largest, v->kinks, v->checked);
}

static void
check_gradients(const struct trial *t)
{
    struct seg_net *net = trial_net(t, t->text);
    struct comparison v = {0};
    float *image = copy(t->image, t->nimage), *dx[3], *dw[SEG_PARAMS];
    const struct seg_step *s = last_step(net);
    int band = 0;

    plan_net(net, trial_plan(t, 1));
    seg_net_clear_grads(net);
    run_forward(net, image);
    run_backward(net, t->r);
    for (int i = 0; i < t->inputs; i++)
        dx[i] = copy(s->in[i]->dx, seg_value_count(s->in[i]));
    for (int i = 0; i < s->nparam; i++)
        dw[i] =
            s->param[i]->dw ? copy(s->param[i]->dw, s->param[i]->count) : NULL;
    for (int i = 0; i < t->inputs; i++) {
        int c = t->ex->channels[i], share = is_pooled(t, i) ? H * W : 1;
        for (size_t m = 0; m < N * H * W; m++)
            for (int k = 0; k < c; k++)
                compare(&v,
                    slope(net, image + m * t->bands + band + k, image, t->r),
                    dx[i][m / (size_t)share * c + k] / share);
        band += c;
        free(dx[i]);
    }
    report(&v, t, "inputs");
    for (int i = 0; i < s->nparam; i++) {
        struct seg_param *p = s->param[i];
        v = (struct comparison){0};
        for (size_t k = 0; dw[i] && k < p->count; k++)
            compare(&v, slope(net, p->w + k, image, t->r), dw[i][k]);
        if (dw[i])
            report(&v, t, p->name);
        else
            ok(p->buffer, "%s: %s is a buffer", t->title, p->name);
        free(dw[i]);
    }
    free(image);
    seg_net_free(net);
}

/* The gradients of all parameters, *count numbers. */
static float *
all_gradients(const struct seg_net *net, size_t *count)
{
    float *all = NULL;

    *count = 0;
    for (int i = 0; i < seg_net_params(net); i++) {
        const struct seg_param *p = seg_net_param(net, i);
        if (!p->dw)
            continue;
        all = realloc(all, (*count + p->count) * sizeof *all);
        memcpy(all + *count, p->dw, p->count * sizeof *all);
        *count += p->count;
    }
    return all;
}

/* Two passes give twice the gradient; a gradient that is overwritten may have
   held anything. */
static void
check_adding(const struct trial *t)
{
    struct seg_net *net = trial_net(t, t->text);
    const struct seg_step *s = last_step(net);
    size_t n, m;
    int doubled = 1, nan = 0, close = 1;

    plan_net(net, trial_plan(t, 0));
    seg_net_clear_grads(net);
    run_forward(net, t->image);
    for (int i = 0; i < t->inputs; i++) {
        struct seg_value *v = s->in[i];
        if (v->dx != s->out->dx)
            for (size_t k = 0; k < seg_value_count(v); k++)
                v->dx[k] = NAN;
    }
    run_backward(net, t->r);
    float *once = all_gradients(net, &n);
    run_forward(net, t->image);
    run_backward(net, t->r);
    float *twice = all_gradients(net, &m);
    for (size_t k = 0; k < n; k++) {
        nan |= isnan(once[k]);
        doubled &= twice[k] == 2 * once[k];
    }
    ok(!nan, "%s: overwrites the first gradient", t->title);
    ok(n == m && doubled, "%s: adds to gradients of parameters", t->title);

    plan_net(net, trial_plan(t, 1));
    run_forward(net, t->image);
    run_backward(net, t->r);
    for (int i = 0; i < t->inputs; i++) {
        struct seg_value *v = s->in[i];
        float *before = copy(v->dx, seg_value_count(v));
        run_forward(net, t->image);
        for (size_t k = 0; k < seg_value_count(v); k++)
            v->dx[k] = 3;
        run_backward(net, t->r);
        for (size_t k = 0; k < seg_value_count(v); k++)
            close &= fabs(v->dx[k] - 3 - before[k]) < 2e-6;
        free(before);
    }
    ok(close, "%s: adds to gradients of inputs", t->title);
    free(once);
    free(twice);
    seg_net_free(net);
}

static void
spoil(struct seg_value *v)
{
    for (size_t k = 0; k < seg_value_count(v); k++)
        v->x[k] = NAN;
}

/* Overwrites the values of s that are not in saves: in a larger network their
   memory is reused before backward. */
static void
spoil_unsaved(const struct seg_step *s)
{
    for (int i = 0; i < s->nin; i++)
        if (i || !(s->saves & SEG_SAVES_IN))
            spoil(s->in[i]);
    if (!(s->saves & SEG_SAVES_OUT))
        spoil(s->out);
}

static void
check_saves(const struct trial *t)
{
    struct seg_net *net = trial_net(t, t->text);
    float *grads[2];
    size_t n;

    plan_net(net, trial_plan(t, 1));
    for (int pass = 0; pass < 2; pass++) {
        seg_net_clear_grads(net);
        run_forward(net, t->image);
        if (pass)
            spoil_unsaved(last_step(net));
        run_backward(net, t->r);
        grads[pass] = all_gradients(net, &n);
    }
    ok(same(grads[0], grads[1], n), "%s: backward reads only what it saves",
        t->title);
    free(grads[0]);
    free(grads[1]);
    seg_net_free(net);
}

static void
check_threads(const struct trial *t)
{
    float *y = NULL, *dw = NULL;
    int equal = 1;
    size_t n;

    for (int threads = 1; threads <= 3; threads++) {
        struct seg_net *net = trial_net(t, t->text);
        struct seg_net_plan plan = trial_plan(t, 0);
        plan.threads = threads;
        plan_net(net, plan);
        run_forward(net, t->image);
        const float *out = seg_net_output(net)->x;
        if (threads == 1)
            y = copy(out, t->ny);
        equal &= same(y, out, t->ny);
        run_backward(net, t->r);
        float *grads = all_gradients(net, &n);
        if (threads == 1 && n)
            dw = copy(grads, n);
        equal &= !n || same(dw, grads, n);
        free(grads);
        seg_net_free(net);
    }
    ok(equal, "%s: same bits for 1, 2 and 3 threads", t->title);
    free(y);
    free(dw);
}

/* Writes the network text with the last line made from the tape. */
static void
rewrite(char *text, const struct trial *t)
{
    struct seg_net *net = make_net(t->text);
    const struct seg_step *s = last_step(net);
    char *end = t->inputs ? strstr(t->text, "\nx ") + 1 : (char *)t->text;
    char *p = text + (end - t->text);

    memcpy(text, t->text, (size_t)(end - t->text));
    p += sprintf(p, "x %s %s", s->op->name, s->nin ? "" : "-");
    for (int i = 0; i < s->nin; i++)
        p += sprintf(p, "%s%s", i ? "," : "", inputs[i]);
    for (int i = 0; s->op->settings[i].key; i++) {
        const struct seg_setting *q = s->op->settings + i;
        if (q->kind == SEG_SET_NODE)
            p += s->like ? sprintf(p, " %s=image", q->key) : 0;
        else if (s->set[i] == q->preset)
            continue;
        else if (q->kind == SEG_SET_WORD)
            p += sprintf(p, " %s=%s", q->key, q->words[(int)s->set[i]]);
        else
            p += sprintf(p, " %s=%.17g", q->key, s->set[i]);
    }
    sprintf(p, "\n");
    seg_net_free(net);
}

static void
check_text(const struct trial *t)
{
    char text[2000];

    rewrite(text, t);
    struct seg_net *a = trial_net(t, t->text), *b = trial_net(t, text);
    plan_net(a, trial_plan(t, 0));
    plan_net(b, trial_plan(t, 0));
    run_forward(a, t->image);
    run_forward(b, t->image);
    ok(seg_value_count(seg_net_output(b)) == t->ny &&
            same(seg_net_output(a)->x, seg_net_output(b)->x, t->ny) &&
            !strcmp(seg_net_text(b), text),
        "%s: is the same after writing and parsing its text", t->title);
    seg_net_free(a);
    seg_net_free(b);
}

/* Returns true if the operator was folded into a. */
static int
check_folding(const struct trial *t)
{
    struct seg_net *net = trial_net(t, t->text);
    struct seg_net_plan plan = trial_plan(t, 1);
    double worst = 0;

    plan.training = 0;
    plan_net(net, plan);
    run_forward(net, t->image);
    float *apart = copy(seg_net_output(net)->x, t->ny);
    plan.nwanted = 0;
    plan_net(net, plan);
    for (int pass = 0; pass < 2; pass++) { /* the second with packed weights */
        run_forward(net, t->image);
        for (size_t k = 0; k < t->ny; k++)
            worst = fmax(worst, fabs(apart[k] - seg_net_output(net)->x[k]));
    }
    int folded = seg_net_is_fused_away(net, seg_net_steps(net) - 1);
    ok(worst < 1e-5, "%s: prediction %s (%.1e)", t->title,
        folded ? "folded equals unfolded" : "is the same twice", worst);
    free(apart);
    seg_net_free(net);
    return folded;
}

static int
check_example(const struct example *ex)
{
    struct trial t = make_trial(ex);

    check_twin(&t);
    if (t.inputs) {
        check_gradients(&t);
        check_adding(&t);
        check_saves(&t);
    }
    check_threads(&t);
    check_text(&t);
    int folded = check_folding(&t);
    free(t.image);
    free(t.r);
    return folded;
}

/* The largest difference between prediction with the steps after a folded into
   it and prediction that keeps the value of a. */
static double
folded_off(const char *text)
{
    struct seg_net *net = make_net(text);
    struct seg_net_plan plan = {
        .n = N, .h = H, .w = W, .threads = 1, .wanted = inputs, .nwanted = 1};
    double worst = 0;

    fill_params(net);
    plan_net(net, plan);
    size_t n = seg_value_count(seg_net_input(net));
    size_t ny = seg_value_count(seg_net_output(net));
    float *image = malloc(n * sizeof *image);
    fill(image, n, "image");
    run_forward(net, image);
    float *apart = copy(seg_net_output(net)->x, ny);
    plan.nwanted = 0;
    plan_net(net, plan);
    run_forward(net, image);
    for (size_t k = 0; k < ny; k++)
        worst = fmax(worst, fabs(apart[k] - seg_net_output(net)->x[k]));
    free(image);
    free(apart);
    seg_net_free(net);
    return worst;
}

/* A bias before bn: prediction with bn folded into the operator scales it. */
static void
check_folded_bias(const char *op)
{
    char text[200];

    snprintf(text, sizeof text,
        "image input - c=3\na %s image c=4 k=2 bias=1\nx bn a act=relu\n", op);
    double off = folded_off(text);
    ok(off < 1e-5, "%s with a bias: bn is folded into it (%.1e)", op, off);
}

/* Activations one after the other: two leaky ReLUs are none of act=. */
static void
check_folded_activations(void)
{
    static const char *const second[] = {"leaky_relu a",
        "leaky_relu a slope=0.3", "relu a", "add a,a act=leaky_relu",
        "add a,a act=relu6"};

    for (int act = 0; seg_act_words[act]; act++)
        for (int i = 0; i < 5; i++) {
            char text[200];
            snprintf(text, sizeof text,
                "image input - c=3\na conv image c=4 k=3 act=%s\nx %s\n"
                "y leaky_relu x\n",
                seg_act_words[act], second[i]);
            double off = folded_off(text);
            ok(off < 1e-5, "conv act=%s, %s, leaky_relu: folded (%.1e)",
                seg_act_words[act], second[i], off);
        }
}

/* The share that is dropped, and that the next step drops other numbers. */
static void
check_dropout(void)
{
    struct seg_net *net =
        make_net("image input - c=64\nx dropout image p=0.25\n");
    struct seg_net_plan plan = {.n = 1, .h = 64, .w = 64, .training = 1};
    struct seg_value *x = seg_net_input(net), *y = seg_net_output(net);
    size_t n, dropped = 0, again = 0;

    plan_net(net, plan);
    n = seg_value_count(y);
    for (int step = 0; step < 2; step++) {
        for (size_t i = 0; i < n; i++)
            x->x[i] = 1;
        float *before = copy(y->x, n);
        seg_net_forward(net, 1, (uint64_t)step);
        for (size_t i = 0; i < n; i++) {
            dropped += y->x[i] == 0;
            again += step && y->x[i] == 0 && before[i] == 0;
        }
        free(before);
    }
    double share = dropped / (2.0 * n), both = (double)again / n;
    ok(fabs(share - 0.25) < 0.005, "dropout: %.4f dropped of 0.25", share);
    ok(fabs(both - 0.0625) < 0.005, "dropout: %.4f dropped twice of 0.0625",
        both);
    seg_net_free(net);
}

int
main(void)
{
    for (int i = 0; seg_ops[i]; i++) {
        const struct seg_op *op = seg_ops[i];
        int seen = 0, folded = 0;
        for (int k = 0; k < EXAMPLES; k++)
            if (!strcmp(examples[k].op, op->name)) {
                seen++;
                folded |= check_example(examples + k);
            }
        ok(seen, "%s: has an example", op->name);
        ok(op->formula && strchr(op->formula, '='), "%s: has a formula",
            op->name);
        if (op->fusion && op->fusion->fold)
            ok(folded, "%s: folds for prediction", op->name);
    }
    check_folded_bias("conv");
    check_folded_bias("tconv");
    check_folded_activations();
    check_dropout();
    return done();
}
