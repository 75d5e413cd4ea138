#include <inttypes.h>
#include <string.h>

#include "cmd/train/classes.h"
#include "cmd/train/options.h"
#include "lib/label/labelmap.h"
#include "lib/net/head.h"

int
cli_training_classes(struct cli_training *t, int given, int *ignore)
{
    const struct seg_record *rec = &t->loop.input.rec;
    struct seg_classes c;
    struct seg_err e;

    cli_check(seg_classes_read(&c, &t->arena, rec, &e), &e);
    *ignore = c.ignore;
    if (!given && !c.n)
        cli_usage("--classes is needed: the input does not name its classes");
    if (given && c.n && given != c.n)
        cli_warn("%s: names %d classes, --classes says %d: the model has no "
                 "names",
            t->loop.input.batch.source, c.n, given);
    for (const char *const *key = seg_classes_keys; *key; key++) {
        const char *value = seg_record_meta(rec, *key);

        seg_record_unset(&t->model.about, *key);
        if (value && (!given || given == c.n))
            cli_check(seg_record_set(&t->model.about, *key, value, &e), &e);
    }
    return given ? given : c.n;
}

void
cli_training_unlabeled(struct cli_training *t)
{
    t->loop.input.batch.unlabeled = 1;
    for (const char *const *key = seg_classes_keys; *key; key++)
        seg_record_unset(&t->model.about, *key);
}

int
cli_training_head_classes(const struct seg_net *net)
{
    const struct seg_step *s = seg_net_step(net, seg_net_steps(net) - 1);

    return seg_net_is_head(net, s->name) && !seg_net_ends_in_projection(net)
               ? s->out->c
               : 0;
}

static void
compare_names(struct cli_training *t, int classes)
{
    const char *own = seg_record_meta(&t->initial, "seg.classes");
    const char *names = seg_record_meta(&t->loop.input.rec, "seg.classes");
    const char *path = t->loop.input.batch.source;
    char in[80];
    struct seg_err e;

    if (names && seg_classes_count(names) != classes)
        return; /* --classes differs, with a warning */
    snprintf(in, sizeof in, "in %.70s", cli_training_opts.model);
    if (seg_classes_compare(names, own, path, in, &e))
        cli_fail(SEG_EDATA, "%s; --new-head trains a new classifier", e.text);
    for (int i = 0; !names && own && i < 2; i++) {
        const char *value = seg_record_meta(&t->initial, seg_classes_keys[i]);

        if (value)
            cli_check(
                seg_record_set(&t->model.about, seg_classes_keys[i], value, &e),
                &e);
    }
}

int
cli_training_keeps_head(struct cli_training *t, int classes)
{
    int own = cli_training_head_classes(t->model.net);

    if (own == classes) {
        compare_names(t, classes);
        return 1;
    }
    if (own)
        cli_note("%s: its classifier of %d classes is replaced by one of %d",
            cli_training_opts.model, own, classes);
    return 0;
}

/* ---- labels ---- */

static uint64_t
counted(const struct seg_batch *b)
{
    uint64_t n = 0;

    for (int c = 0; c < b->classes; c++)
        n += c == b->ignore ? 0 : b->pixels[c];
    return n;
}

void
cli_training_warn_labels(const struct cli_training *t)
{
    const struct seg_batch *b = &t->loop.input.batch;

    if (!b->unlabeled && !counted(b))
        cli_warn("%s: no pixel of %" PRIu64 " labels counts so far: all have "
                 "the ignore value %d",
            b->source, b->labels, b->ignore);
}

void
cli_training_check_labels(const struct cli_training *t)
{
    const struct seg_batch *b = &t->loop.input.batch;
    const char *name = seg_record_meta(&t->model.about, "seg.classes");
    char list[400] = "";
    size_t at = 0;
    int missing = 0;

    if (b->unlabeled)
        return;
    if (!counted(b))
        cli_fail(SEG_EDATA,
            "%s: no pixel of %" PRIu64 " labels counts: all have the ignore "
            "value %d",
            b->source, b->labels, b->ignore);
    for (int c = 0; c < b->classes; c++) {
        int n = name ? (int)strcspn(name, "\t") : 0;

        if (!b->pixels[c] && c != b->ignore && ++missing && at < 300)
            at += (size_t)snprintf(list + at, sizeof list - at,
                n ? "%s%d (%.*s)" : "%s%d", at ? ", " : "", c, n < 60 ? n : 60,
                name);
        name = name && name[n] ? name + n + 1 : NULL;
    }
    if (missing)
        cli_warn("%s: none of %" PRIu64
                 " labels has class %s%s (%d of %d classes)",
            b->source, b->labels, list, at < 300 ? "" : ", ...", missing,
            b->classes);
}
