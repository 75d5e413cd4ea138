/* Multipliers of the layer-wise decay in networks of known depth. */
#include <math.h>
#include <string.h>

#include "lib/train/layer_decay.h"
#include "tests/unit/tap.h"

static struct seg_arena arena;
static struct seg_err err;

/* The parameter and the power of the decay it must have. */
struct expected {
    const char *name;
    int power;
};

static void
check(const char *what, const char *text, const char *frozen, int levels,
    const struct expected *list)
{
    struct seg_net *net;

    if (seg_net_parse(&net, text, "text", &err)) {
        ok(0, "%s: %s", what, err.text);
        return;
    }
    if (frozen)
        seg_net_scale_lr(net, frozen, 0);
    int seen = seg_layer_decay(net, 0.5, &arena, &err);
    ok(seen == levels, "%s: %d levels, expected %d", what, seen, levels);
    for (; list->name; list++) {
        const struct seg_param *p = seg_net_param_named(net, list->name);
        double scale = list->power < 0 ? 0 : pow(0.5, list->power);

        ok(p && p->lr_scale == scale, "%s: %s: %g, expected %g", what,
            list->name, p ? p->lr_scale : NAN, scale);
    }
    seg_net_free(net);
}

static const char resnet[] = "image input - c=3\n"
                             "conv1 conv image c=4 k=3\n"
                             "bn1 bn conv1 act=relu\n"
                             "layer1.0.conv1 conv bn1 c=4 k=3\n"
                             "layer1.0.bn1 bn layer1.0.conv1,bn1 act=relu\n"
                             "layer1.1.conv1 conv layer1.0.bn1 c=4 k=3\n"
                             "layer1.1.bn1 bn layer1.1.conv1 act=relu\n"
                             "aspp.0 conv layer1.1.bn1 c=4 k=1\n"
                             "aspp.1 conv layer1.1.bn1 c=4 k=3\n"
                             "both concat aspp.0,aspp.1\n"
                             "up resize both scale=2\n"
                             "decoder.0 conv up c=4 k=3\n"
                             "classifier conv decoder.0 c=2 k=1\n";

static const char vit[] =
    "image input - c=3\n"
    "encoder.patch conv image c=4 k=2 s=2\n"
    "encoder.pos pos_embed encoder.patch h=2 w=2 like=encoder.patch\n"
    "encoder.blocks.0.norm layer_norm encoder.pos\n"
    "encoder.blocks.0.fc conv encoder.blocks.0.norm c=4 k=1\n"
    "encoder.blocks.0.add add encoder.blocks.0.fc,encoder.pos\n"
    "encoder.blocks.10.norm layer_norm encoder.blocks.0.add\n"
    "encoder.blocks.10.fc conv encoder.blocks.10.norm c=4 k=1\n"
    "encoder.norm layer_norm encoder.blocks.10.fc\n"
    "decoder.0 conv encoder.norm c=4 k=1\n"
    "classifier conv decoder.0 c=2 k=1\n";

int
main(void)
{
    check("ResNet", resnet, NULL, 4,
        (const struct expected[]){{"conv1.weight", 4}, {"bn1.weight", 4},
            {"layer1.0.conv1.weight", 3}, {"layer1.0.bn1.bias", 3},
            {"layer1.1.conv1.weight", 2}, {"aspp.0.weight", 1},
            {"aspp.1.weight", 1}, {"decoder.0.weight", 0},
            {"classifier.weight", 0}, {NULL, 0}});
    check("frozen", resnet, "layer1.0.*", 4,
        (const struct expected[]){{"conv1.weight", 4},
            {"layer1.0.conv1.weight", -1}, {"layer1.1.conv1.weight", 2},
            {NULL, 0}});
    check("transformer", vit, NULL, 4,
        (const struct expected[]){{"encoder.patch.weight", 4},
            {"encoder.blocks.0.norm.weight", 3},
            {"encoder.blocks.0.fc.weight", 3},
            {"encoder.blocks.10.fc.weight", 2}, {"encoder.norm.weight", 1},
            {"decoder.0.weight", 0}, {"classifier.weight", 0}, {NULL, 0}});
    check("no encoder", "image input - c=3\nclassifier conv image c=2 k=1\n",
        NULL, 0,
        (const struct expected[]){{"classifier.weight", 0}, {NULL, 0}});
    seg_arena_free(&arena);
    return done();
}
