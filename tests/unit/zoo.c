/*
 * The architectures against PyTorch: outputs in evaluation and training mode,
 * running statistics, gradients.  The references are files written by
 * tests/torch_reference.py: those named as arguments, or the committed ones.
 */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/stream/model.h"
#include "formats/stream/stream.h"
#include "lib/zoo/zoo.h"
#include "tests/unit/tap.h"

/*
 * The gradient of a large network is discontinuous: if the input of a ReLU is 0
 * up to rounding, it may be active in one program and not in the other, and
 * that single pixel changes the gradients before it by about 1e-3.  The small
 * committed references have no such pixel.
 */
static const double tolerance = 1e-4, tolerance_of_jumps = 2e-2;

static void __attribute__((noreturn)) bail(const char *why)
{
    printf("Bail out! %s\n", why);
    exit(1);
}

static void
read_first(struct seg_record *rec, const char *path)
{
    struct seg_err e;
    struct seg_reader *r;
    int fd = open(path, O_RDONLY);

    if (fd < 0)
        bail(path);
    if (seg_reader_open(&r, fd, path, NULL, &e))
        bail(e.text);
    if (seg_reader_next(r, rec, &e) != 1)
        bail(e.text);
    /* the record may point into the mapped file: copy before closing it */
    struct seg_record copy = {0};
    for (int i = 0; i < rec->ntensors; i++) {
        const struct seg_tensor *t = rec->tensors + i;
        struct seg_tensor *c =
            seg_record_add(&copy, t->name, t->type, t->rank, t->shape, &e);
        if (!c)
            bail(e.text);
        memcpy(c->data, t->data, t->bytes);
    }
    if (seg_record_inherit(&copy, rec, &e))
        bail(e.text);
    seg_reader_close(r);
    seg_record_free(rec);
    *rec = copy;
}

static int
number(const struct seg_record *rec, const char *key)
{
    const char *value = seg_record_meta(rec, key);

    return value ? atoi(value) : 0;
}

static struct seg_net *
build(const struct seg_record *ref, struct seg_arena *arena)
{
    struct seg_err e;
    struct seg_net *net;
    struct seg_zoo_opts opts = {
        .classes = number(ref, "classes"),
        .width = number(ref, "width"),
        .depth = number(ref, "depth"),
        .output_stride = number(ref, "output_stride"),
        .norm = (enum seg_zoo_norm)number(ref, "norm"),
        .leaky = number(ref, "leaky"),
        .small_stem = number(ref, "small_stem"),
        .patch = number(ref, "patch"),
        .image_h = number(ref, "image_h"),
        .image_w = number(ref, "image_w"),
        .decoder = (enum seg_zoo_vit_decoder)number(ref, "linear"),
        .tokens = (enum seg_zoo_tokens)number(ref, "tokens"),
        .no_drop = number(ref, "smooth"),
    };
    const char *name = seg_record_meta(ref, "zoo");
    const char *text = name ? seg_zoo_text(arena, name, &opts, &e)
                            : seg_record_meta(ref, "net");

    if (!text || seg_net_parse(&net, text, name ? name : "net", &e))
        bail(e.text);
    return net;
}

static void
load(struct seg_net *net, const struct seg_record *ref)
{
    struct seg_err e;
    struct seg_model_load got;
    struct seg_record file = {0};
    const char *path = seg_record_meta(ref, "weights");

    if (path)
        read_first(&file, path);
    if (seg_model_load(net, path ? &file : ref, path ? "" : "param/",
            path ? path : "reference", 0, &got, &e))
        bail(e.text);
    ok(got.missing == 0, "every weight has its name there (%d loaded%s%s)",
        got.loaded, got.missing ? ", not " : "",
        got.missing ? got.first_missing : "");
    if (seg_record_meta(ref, "parameters"))
        ok((int)seg_net_weights(net) == number(ref, "parameters"),
            "%zu weights, PyTorch's model has %d", seg_net_weights(net),
            number(ref, "parameters"));
    seg_record_free(&file);
}

/* Largest difference divided by the largest value. */
static void
compare(const float *x, const struct seg_tensor *want, const char *what,
    double within)
{
    const float *y = want->data;
    double worst = 0, largest = 0;
    size_t n = seg_tensor_count(want);

    for (size_t i = 0; i < n; i++) {
        double d = fabs((double)x[i] - (double)y[i]);
        /* NaN must not pass */
        worst = d <= worst || isnan(worst) ? worst : d;
        largest = fmax(largest, fabs((double)y[i]));
    }
    ok(n > 0 && largest > 0 && worst <= within * largest,
        "%s: off by %.1e of %.3g", what, worst / largest, largest);
}

static const struct seg_tensor *
part(const struct seg_record *ref, const char *name)
{
    const struct seg_tensor *t = seg_record_find(ref, name);

    if (!t || t->rank != 4)
        bail(name);
    return t;
}

static void
run(struct seg_net *net, const struct seg_record *ref, int training)
{
    struct seg_err e;
    const struct seg_tensor *image = part(ref, "image");
    const struct seg_tensor *want = part(ref, training ? "trained" : "output");
    struct seg_net_plan plan = {
        .n = (int)image->shape[0],
        .h = (int)image->shape[1],
        .w = (int)image->shape[2],
        .training = training,
        .threads = 2,
    };

    if (seg_net_plan(net, &plan, &e))
        bail(e.text);
    memcpy(seg_net_input(net)->x, image->data, image->bytes);
    seg_net_forward(net, 0, 0);
    const struct seg_value *out = seg_net_output(net);
    if (!ok((size_t)out->n == want->shape[0] &&
                (size_t)out->h == want->shape[1] &&
                (size_t)out->w == want->shape[2] &&
                (size_t)out->c == want->shape[3],
            "shape is %d,%d,%d,%d", out->n, out->h, out->w, out->c))
        return;
    compare(out->x, want, training ? "training" : "evaluation", tolerance);
}

static void
train(struct seg_net *net, const struct seg_record *ref, double jumps)
{
    run(net, ref, 1);
    const struct seg_tensor *dy = part(ref, "doutput");
    seg_net_clear_grads(net);
    memcpy(seg_net_output(net)->dx, dy->data, dy->bytes);
    seg_net_backward(net, 0, 0);
    for (int i = 0; i < ref->ntensors; i++) {
        const struct seg_tensor *t = ref->tensors + i;
        int grad = !strncmp(t->name, "grad/", 5);
        if (!grad && strncmp(t->name, "stat/", 5))
            continue;
        const struct seg_param *p = seg_net_param_named(net, t->name + 5);
        if (!p || p->count != seg_tensor_count(t))
            bail(t->name);
        compare(grad ? p->dw : p->w, t, t->name, grad ? jumps : tolerance);
    }
}

static void
check(const char *path, double jumps)
{
    struct seg_arena arena = {0};
    struct seg_record ref = {0};

    printf("# %s\n", path);
    read_first(&ref, path);
    struct seg_net *net = build(&ref, &arena);
    load(net, &ref);
    run(net, &ref, 0);
    train(net, &ref, number(&ref, "smooth") ? tolerance : jumps);
    seg_net_free(net);
    seg_record_free(&ref);
    seg_arena_free(&arena);
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        check(argv[i], tolerance_of_jumps);
    if (argc < 2) {
        check("tests/golden/zoo/unet4.safetensors", tolerance);
        check("tests/golden/zoo/unet-hu4.safetensors", tolerance);
        check("tests/golden/zoo/operators.safetensors", tolerance);
    }
    return done();
}
