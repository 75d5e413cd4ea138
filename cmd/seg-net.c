/*
 * seg-net: prints the network text of an architecture.
 *
 * The text is the whole definition of a network: edit it, --check it, give it
 * to seg-init.  Options that an architecture does not use are errors.
 */
#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "cmd/net/tables.h"
#include "lib/net/net.h"
#include "lib/zoo/zoo.h"

static const char *const heads[] = {
    "classifier", "paper", "released", "none", NULL};
enum { CLASSIFIER, PAPER, RELEASED, NONE, UNSET = -1 };
static const char *const decoders[] = {"mask", "linear", NULL};
static const char *const tokens[] = {"class", "distilled", "none", NULL};
static const char *const norms[] = {"bn", "in", "gn", "none", NULL};
static const char *const activations[] = {"relu", "leaky_relu", NULL};
static const char *const stems[] = {"large", "small", NULL};

static struct opts {
    struct seg_zoo_opts zoo;
    int head, decoder, tokens, norm, activation, stem;
    int grid[2], image[2], architectures, ops; /* sizes: width, height */
    const char *check;
} opts = {.head = UNSET,
    .decoder = UNSET,
    .tokens = UNSET,
    .norm = UNSET,
    .activation = UNSET,
    .stem = UNSET};

static struct cli_option options[] = {
    {0, "bands", CLI_INT, &opts.zoo.bands, 1, 65536, 0, 0, "N",
        "channels of the image (3)"},
    {0, "classes", CLI_INT, &opts.zoo.classes, 1, 255, 0, 0, "N",
        "number of classes (2; 10 for resnet20-cifar and resnet56-cifar)"},
    {0, "width", CLI_INT, &opts.zoo.width, 1, 512, 0, 0, "N",
        "unets: channels of the first level (unet 32, unet-hu 64)"},
    {0, "depth", CLI_INT, &opts.zoo.depth, 1, 8, 0, 0, "N",
        "unets: levels, each with twice the channels (4)"},
    {0, "norm", CLI_CHOICE, &opts.norm, 0, 0, norms, 0, "NORM",
        "unet: batch, instance, group or no normalization (bn)"},
    {0, "activation", CLI_CHOICE, &opts.activation, 0, 0, activations, 0,
        "ACTIVATION", "unet: relu or leaky_relu (relu)"},
    {0, "stem", CLI_CHOICE, &opts.stem, 0, 0, stems, 0, "STEM",
        "resnets: large is 7x7 with pooling, small 3x3 of stride 1 (large)"},
    {0, "output-stride", CLI_INT, &opts.zoo.output_stride, 8, 32, 0, 0, "N",
        "encoders with decoders: 8, 16 or 32 (see the page)"},
    {0, "branches", CLI_INT, &opts.zoo.branches, 2, 4, 0, 0, "N",
        "deeplabv2: dilated convolutions of the classifier (4)"},
    {0, "patch", CLI_INT, &opts.zoo.patch, 8, 32, 0, 0, "N",
        "vit: side of a patch, 8, 16 or 32 (16)"},
    {0, "decoder", CLI_CHOICE, &opts.decoder, 0, 0, decoders, 0, "DECODER",
        "vit: mask or linear (mask)"},
    {0, "tokens", CLI_CHOICE, &opts.tokens, 0, 0, tokens, 0, "TOKENS",
        "vit: extra tokens: class, distilled (both), none (class)"},
    {0, "image", CLI_WXH, opts.image, 1, 65536, 0, 0, "WxH",
        "vit: image size of the position embedding (256x256)"},
    {0, "no-drop", CLI_FLAG, &opts.zoo.no_drop, 0, 0, 0, 0, NULL,
        "vit: no stochastic depth, no dropout"},
    {0, "head", CLI_CHOICE, &opts.head, 0, 0, heads, 0, "HEAD",
        "classifier, paper or released (projections), none (classifier)"},
    {0, "embedding", CLI_INT, &opts.zoo.projection.width, 1, 65536, 0, 0, "N",
        "projection head: channels (256)"},
    {0, "layers", CLI_INT, &opts.zoo.projection.layers, 1, 8, 0, 0, "N",
        "projection head: layers (paper 3, released 2)"},
    {0, "grid", CLI_WXH, opts.grid, 1, 65536, 0, 0, "WxH",
        "projection head: size of the sampled grid (64x64)"},
    {0, "architectures", CLI_FLAG, &opts.architectures, 0, 0, 0, 0, NULL,
        "print the architectures"},
    {0, "ops", CLI_FLAG, &opts.ops, 0, 0, 0, 0, NULL,
        "print the operators, their formulas and settings"},
    {0, "check", CLI_TEXT, &opts.check, 0, 0, 0, 0, "FILE",
        "check a network text and print its size"},
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-net",
    .summary = "print the text of a network",
    .operands = "[ARCHITECTURE]",
    .max_operands = 1,
    .options = options,
    .example = "seg-net unet --width 16 --classes 8 -o unet.net",
    .see_also = "seg-net(5), seg-init(1)",
};

static void
allow(int useful, int given, const char *option, const char *user)
{
    if (given && !useful)
        cli_usage("--%s is for %s", option, user);
}

/* Refuses options that arch does not use; NULL: no network is printed. */
static void
refuse(const struct seg_zoo_arch *arch)
{
    const struct seg_zoo_opts *o = &opts.zoo;
    enum seg_zoo_family encoder = arch ? arch->encoder->family : SEG_ZOO_CIFAR;
    int unet = encoder == SEG_ZOO_UNET, vit = encoder == SEG_ZOO_VIT;
    int unets = unet || encoder == SEG_ZOO_UNET_HU;
    int classifies = arch && opts.head <= CLASSIFIER; /* or UNSET */
    int projects = opts.head == PAPER || opts.head == RELEASED;
    static const char projections[] = "--head paper and released";

    allow(!!arch, o->bands, "bands", "an ARCHITECTURE");
    allow(!!arch, opts.head != UNSET, "head", "an ARCHITECTURE");
    allow(classifies, o->classes, "classes", "--head classifier");
    allow(unets, o->width, "width", "unet and unet-hu");
    allow(unets, o->depth, "depth", "unet and unet-hu");
    allow(unet, opts.norm != UNSET, "norm", "unet");
    allow(unet, opts.activation != UNSET, "activation", "unet");
    allow(encoder == SEG_ZOO_RESNET, opts.stem != UNSET, "stem", "resnets");
    allow(arch && seg_zoo_dilates(arch), o->output_stride, "output-stride",
        "encoders with decoders");
    allow(classifies && seg_zoo_branches(arch), o->branches, "branches",
        "deeplabv2 with --head classifier");
    allow(vit, o->patch, "patch", "vit");
    allow(vit, opts.tokens != UNSET, "tokens", "vit");
    allow(vit, opts.image[0], "image", "vit");
    allow(vit, o->no_drop, "no-drop", "vit");
    allow(vit && classifies, opts.decoder != UNSET, "decoder",
        "vit with --head classifier");
    allow(projects, o->projection.width, "embedding", projections);
    allow(projects, o->projection.layers, "layers", projections);
    allow(projects, opts.grid[0], "grid", projections);
}

static void
check(FILE *out, const char *path, struct seg_arena *arena)
{
    struct seg_err e;
    struct seg_net *net;
    const char *text = cli_read_text(arena, path), *name = cli_text_name(path);

    cli_check(seg_net_parse_graph(&net, text, name, &e), &e);
    const struct seg_step *s = seg_net_step(net, seg_net_steps(net) - 1);
    fprintf(out, "%s: %d nodes, %zu weights, %s of %d channels\n", name,
        seg_net_steps(net), seg_net_weights(net), s->name, s->out->c);
    seg_net_free(net);
}

/* Finds an architecture; the message about an unknown one suggests another. */
static void
find(struct seg_zoo_arch *arch, const char *name, struct seg_arena *arena)
{
    struct seg_err e;

    if (!seg_zoo_find(arch, name, &e))
        return;
    const char *near = cli_nearest(name, cli_net_names(arena));
    if (near)
        cli_fail(e.kind, "%s; did you mean %s?", e.text, near);
    cli_check(-1, &e);
}

static void
print(FILE *out, const char *name, struct seg_arena *arena)
{
    struct seg_err e;
    struct seg_projection *p = &opts.zoo.projection;
    struct seg_zoo_arch arch;
    struct seg_net *net;

    find(&arch, name, arena);
    refuse(&arch);
    if (opts.head == NONE)
        opts.zoo.head = SEG_ZOO_HEADLESS;
    else if (opts.head > CLASSIFIER)
        opts.zoo.head = SEG_ZOO_PROJECTION;
    p->kind =
        opts.head == RELEASED ? SEG_PROJECTION_RELEASED : SEG_PROJECTION_PAPER;
    if (opts.decoder != UNSET)
        opts.zoo.decoder = (enum seg_zoo_vit_decoder)opts.decoder;
    if (opts.tokens != UNSET)
        opts.zoo.tokens = (enum seg_zoo_tokens)opts.tokens;
    if (opts.norm != UNSET)
        opts.zoo.norm = (enum seg_zoo_norm)opts.norm;
    opts.zoo.leaky = opts.activation > 0;
    opts.zoo.small_stem = opts.stem > 0;
    opts.zoo.image_w = opts.image[0];
    opts.zoo.image_h = opts.image[1];
    p->grid_w = opts.grid[0];
    p->grid_h = opts.grid[1];
    const char *text = cli_need(seg_zoo_text(arena, name, &opts.zoo, &e), &e);
    if (seg_net_parse_graph(&net, text, name, &e)) /* larger than allowed */
        cli_fail(e.kind == SEG_EMEM ? SEG_EMEM : SEG_EUSAGE, "%s", e.text);
    seg_net_free(net);
    fputs(text, out);
}

int
main(int argc, char **argv)
{
    struct seg_arena arena = {0};
    int first = cli_parse(&program, argc, argv);
    const char *name = first < argc ? argv[first] : NULL;

    if (!!name + opts.architectures + opts.ops + !!opts.check != 1)
        cli_usage("give one of ARCHITECTURE, --architectures, --ops, --check");
    if (!name)
        refuse(NULL);
    FILE *out = cli_text();
    if (opts.architectures)
        cli_net_print_architectures(out);
    else if (opts.ops)
        cli_net_print_operators(out);
    else if (opts.check)
        check(out, opts.check, &arena);
    else
        print(out, name, &arena);
    cli_close_text(out);
    seg_arena_free(&arena);
    return 0;
}
