/*
 * Heads: for every architecture, removing the classifier and adding it again
 * gives the same text, and a projection head can replace the classifier.
 */
#include <string.h>

#include "lib/net/head.h"
#include "lib/zoo/zoo.h"
#include "tests/unit/tap.h"

enum { WIDTH = 64 };

static struct seg_arena arena;
static struct seg_err e;

static const char *
text_of(const struct seg_zoo_arch *arch, enum seg_zoo_head head)
{
    struct seg_zoo_opts opts = {
        .classes = 7,
        .head = head,
        .projection = {.kind = SEG_PROJECTION_RELEASED,
            .width = 12,
            .layers = 3,
            .grid_h = 5,
            .grid_w = 9},
    };
    const char *text = seg_zoo_text(&arena, arch->name, &opts, &e);

    return text ? text : e.text;
}

static void
check(const struct seg_zoo_arch *arch)
{
    const char *whole = text_of(arch, SEG_ZOO_CLASSIFIER), *backbone;
    char *bare = seg_net_remove_head(&arena, whole, arch->name, &backbone, &e);

    if (!bare) {
        /* networks that classify images have no head for pixels */
        ok(strstr(whole, "\nlinear ") != NULL, "%s has no head", arch->name);
        return;
    }
    ok(!strcmp(bare, text_of(arch, SEG_ZOO_HEADLESS)), "%s without its head",
        arch->name);
    char *again = seg_zoo_classifier(&arena, bare, arch->name, backbone, 7, &e);
    if (strstr(whole, "\ndecoder.mask_norm "))
        ok(again && strstr(again, "\nclassifier ") &&
                strstr(again, "scale=16 like=image"),
            "%s with a classifier for its masks", arch->name);
    else if (strstr(whole, "\nclassifier.1 "))
        ok(again && !strstr(again, "\nclassifier.") &&
                strstr(again, "c=7 k=1 bias=1\noutput "),
            "%s with a classifier of one convolution", arch->name);
    else
        ok(again && !strcmp(again, whole), "%s with its classifier again",
            arch->name);
    struct seg_projection p = {
        .kind = SEG_PROJECTION_RELEASED, .width = 12, .layers = 3, 5, 9};
    again = seg_zoo_projection(&arena, bare, backbone, &p, &e);
    ok(again && !strcmp(again, text_of(arch, SEG_ZOO_PROJECTION)),
        "%s with a projection", arch->name);
    seg_arena_reset(&arena);
}

/* Hu et al.: no grid, every third pixel, two layers with nothing between. */
static void
strided(void)
{
    struct seg_projection p = {
        .kind = SEG_PROJECTION_LINEAR, .width = 4, .hidden = 6, .stride = 3};
    static const char text[] = "image input - c=2\n";
    static const char head[] = "image input - c=2\n"
                               "projection.0 conv image c=6 k=1 s=3 bias=1\n"
                               "projection.1 conv projection.0 c=4 k=1 bias=1\n"
                               "projection.norm l2norm projection.1\n";
    struct seg_net_plan plan = {.n = 1, .h = 8, .w = 10, .threads = 1};
    struct seg_net *net;
    char *whole = seg_zoo_projection(&arena, text, "image", &p, &e),
         squeezed[400];
    size_t n = 0;

    for (const char *c = whole; *c; c++)
        if (*c != ' ' || c[1] != ' ')
            squeezed[n++] = *c;
    squeezed[n] = 0;
    ok(!strcmp(squeezed, head), "a linear head with stride");
    if (seg_net_parse(&net, whole, "strided", &e) ||
        seg_net_plan(net, &plan, &e)) {
        ok(0, "strided: %s", e.text);
        return;
    }
    seg_net_init(net, SEG_INIT_HE, 1);
    struct seg_value *in = seg_net_input(net), *y = seg_net_output(net);
    for (int i = 0; i < 8 * 10 * 2; i++)
        in->x[i] = i / 2 % 10 % 3 || i / 20 % 3 ? 99 : 1;
    seg_net_forward(net, 0, 0);
    int same = y->h == 3 && y->w == 4;
    for (int i = 4; i < 12 * 4; i++)
        same &= y->x[i] == y->x[i % 4];
    ok(same, "pixels 0, 3, 6 and 9 and no others");
    seg_net_free(net);
}

/* The grid samples pixels, and the output has unit length. */
static void
project(enum seg_projection_kind kind, const char *name)
{
    static const char text[] = "image input - c=2\n"
                               "backbone conv image c=4 k=3\n";
    struct seg_projection p = {.kind = kind, .width = WIDTH, 0, 3, 4};
    struct seg_net_plan plan = {.n = 2, .h = 9, .w = 10, .threads = 1};
    struct seg_net *net;
    char *whole = seg_zoo_projection(&arena, text, "backbone", &p, &e);

    if (!whole || seg_net_parse(&net, whole, name, &e) ||
        seg_net_plan(net, &plan, &e)) {
        ok(0, "%s: %s", name, e.text);
        return;
    }
    seg_net_init(net, SEG_INIT_HE, 1);
    struct seg_value *in = seg_net_input(net), *y = seg_net_output(net);
    for (int i = 0; i < 2 * 9 * 10 * 2; i++)
        in->x[i] = (float)(i * 37 % 101) / 50 - 1;
    seg_net_forward(net, 0, 0);
    ok(y->n == 2 && y->h == 3 && y->w == 4 && y->c == WIDTH,
        "%s: the grid's shape", name);
    int unit = 1;
    for (int m = 0; m < 2 * 3 * 4; m++) {
        double sum = 0;
        for (int c = 0; c < WIDTH; c++)
            sum += (double)y->x[m * WIDTH + c] * (double)y->x[m * WIDTH + c];
        unit &= sum > 0.9999 && sum < 1.0001;
    }
    ok(unit, "%s: unit length", name);
    seg_net_free(net);
}

/* ---- projections of whole images ---- */

static const char network[] = "image input - c=2 # a comment\n"
                              "down conv image c=4 k=3 s=2\n"
                              "side conv image c=4 k=3\n"
                              "pool maxpool down k=2 s=2\n"
                              "deep conv pool c=6 k=3\n"
                              "up tconv deep c=4 k=2 s=2 like=down\n"
                              "classifier conv up c=2 k=1\n";

static char *
image_projection(const char *node, int layers, int hidden, int linear)
{
    struct seg_image_projection p = {.node = node,
        .layers = layers,
        .hidden = hidden,
        .embedding = layers ? 5 : 0,
        .linear = linear};
    return seg_zoo_image_projection(&arena, network, "text", &p, &e);
}

static void
image_projection_runs(const char *node, int c)
{
    struct seg_net *net;
    struct seg_net_plan plan = {.n = 3, .h = 9, .w = 10, .threads = 1};
    double sum[3] = {0};
    char *text = image_projection(node, 2, 0, 0);

    if (!text || seg_net_parse(&net, text, "text", &e) ||
        seg_net_plan(net, &plan, &e)) {
        ok(0, "an image projection of %s: %s", node, e.text);
        return;
    }
    seg_net_init(net, SEG_INIT_HE, 1);
    struct seg_value *in = seg_net_input(net), *y = seg_net_output(net);
    for (int i = 0; i < 3 * 9 * 10 * 2; i++)
        in->x[i] = (float)(i * 37 % 101) / 50 - 1;
    seg_net_forward(net, 0, 0);
    for (int i = 0; i < 3 * 5; i++)
        sum[i / 5] += (double)y->x[i] * (double)y->x[i];
    ok(y->n == 3 && y->h == 1 && y->w == 1 && y->c == 5 &&
            seg_net_value(net, "projection.0")->c == c,
        "an image projection of %s: shape", node);
    ok(sum[0] > 0.9999 && sum[0] < 1.0001 && sum[2] > 0.9999 && sum[2] < 1.0001,
        "an image projection of %s: unit length", node);
    seg_net_free(net);
}

static void
image_projections(void)
{
    const char *backbone;
    char *text = image_projection("deep", 0, 0, 0);

    ok(text && strstr(text, "# a comment\ndown ") && strstr(text, "\ndeep ") &&
            !strstr(text, "side") && !strstr(text, "up ") &&
            !strstr(text, "classifier") && strstr(text, "c=6 k=1 bias=1 act") &&
            strstr(text, "c=256 k=1 bias=1\n"),
        "only the nodes that the projection needs stay");
    text =
        text ? seg_net_remove_head(&arena, text, "text", &backbone, &e) : NULL;
    ok(text && !strcmp(backbone, "deep"), "it is a head that can be removed");
    text = image_projection("up", 3, 7, 1);
    ok(text && strstr(text, "projection.2 ") && strstr(text, "c=7") &&
            !strstr(text, "relu") && strstr(text, "\ndown "),
        "three linear layers on a node that needs the size of another");
    image_projection_runs("deep", 6);
    image_projection_runs("up", 4);
    ok(!image_projection("dep", 0, 0, 0) && e.kind == SEG_EUSAGE &&
            strstr(e.text, "text: no node is named 'dep'; did you mean 'deep'"),
        "a node that is not there: %s", e.text);
    ok(!image_projection("classifier", 0, 0, 0) && e.kind == SEG_EUSAGE &&
            strstr(e.text, "belongs to the head"),
        "a node of the head: %s", e.text);
    ok(!image_projection("deep", 9, 0, 0) && e.kind == SEG_EUSAGE &&
            strstr(e.text, "want at most 8 layers"),
        "too many layers: %s", e.text);
}

/* ---- logits ---- */

static void
logits(const char *lines, const char *node, int align, int scale)
{
    char text[300];
    struct seg_net *net;
    struct seg_logits l;

    snprintf(text, sizeof text,
        "image input - c=3\na conv image c=4 k=3 s=2\n"
        "classifier conv a c=2 k=1 bias=1\n%s",
        lines);
    if (seg_net_parse(&net, text, "text", &e)) {
        ok(0, "%s", e.text);
        return;
    }
    seg_net_logits(&l, net);
    ok(!strcmp(l.node, node) && l.align == align && l.scale == scale &&
            (l.enlarge != NULL) == (*lines && strcmp(node, "output")),
        "logits of '%.*s': the value of %s, align %d, scale %d",
        (int)strcspn(lines, "\n"), lines, l.node, l.align, l.scale);
    seg_net_free(net);
}

static void
logits_cover(void)
{
    static const char text[] = "image input - c=3\na conv image c=4 k=3 s=4\n"
                               "output resize a scale=4 like=image\n";
    struct seg_net *net;
    struct seg_logits l;

    if (seg_net_parse(&net, text, "text", &e)) {
        ok(0, "%s", e.text);
        return;
    }
    seg_net_logits(&l, net);
    ok(!seg_logits_cover(&l, 3, 2, 12, 7, &e), "3 x 2 by 4 cover 12 x 7");
    ok(seg_logits_cover(&l, 3, 2, 12, 9, &e) == -1 &&
            strstr(e.text, "text:3: output: 12 x 9 cannot be cut"),
        "3 x 2 by 4 do not cover 12 x 9: %s", e.text);
    seg_net_free(net);
}

int
main(void)
{
    struct seg_zoo_arch arch;
    for (int i = 0; !seg_zoo_arch(&arch, i); i++)
        check(&arch);
    strided();
    project(SEG_PROJECTION_PAPER, "paper");
    project(SEG_PROJECTION_RELEASED, "released");
    image_projections();

    const char *lost = "image input - c=3\n";
    ok(!seg_zoo_classifier(&arena, lost, "text", "nobody", 2, &e) &&
            strstr(e.text, "nobody"),
        "a classifier on a node that is not there: %s", e.text);
    logits("output resize classifier like=image\n", "classifier", 0, 0);
    logits("output resize classifier align=1 like=image\n", "classifier", 1, 0);
    logits(
        "output resize classifier mode=nearest like=image\n", "output", 0, 0);
    logits("output resize classifier scale=2 like=image\n", "classifier", 0, 2);
    logits("output resize classifier scale=2.5 like=image\n", "output", 0, 0);
    logits("output resize classifier h=8 w=8\n", "output", 0, 0);
    logits("", "classifier", 0, 0);
    logits_cover();
    seg_arena_free(&arena);
    return done();
}
