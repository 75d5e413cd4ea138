/*
 * seg-predict: runs a model on pictures of any size.
 *
 * One record in, one record out, with what --emit names; the picture is left
 * out unless it is asked for, the label stays so that seg-score has something
 * to compare with.  Pictures are taken one by one: what comes out for one does
 * not depend on its neighbours, so streams can be cut and laid together.
 */
#include <string.h>

#include "cmd/open_model.h"
#include "lib/eval/predictor.h"

enum { LABELS = 1, PROBS = 2, EMBEDDING = 4 };

static struct opts {
    const char *model, *emit, *node, *keep;
} opts = {.emit = "labels", .keep = "label"};

static struct cli_option table[] = {
    {'m', "model", CLI_TEXT, &opts.model, 0, 0, 0, CLI_REQUIRED, "FILE",
        "the model"},
    {0, "emit", CLI_TEXT, &opts.emit, 0, 0, 0, 0, "LIST",
        "what to write: labels, probs, embedding (labels)"},
    {0, "node", CLI_TEXT, &opts.node, 0, 0, 0, 0, "NODE",
        "node that is the embedding (the one below the head)"},
    {0, "keep", CLI_TEXT, &opts.keep, 0, 0, 0, 0, "LIST",
        "tensors of the input to pass on, or none (label)"},
    CLI_OUTPUT,
    CLI_THREADS,
    CLI_MEM_LIMIT,
    CLI_EXACT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-predict",
    .summary = "labels, probabilities or embeddings of pictures",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = table,
};

struct work {
    struct seg_arena arena;
    struct seg_model model;
    struct seg_predictor predictor;
    int emit;
    const char *node; /* of the embedding */
};

/* Is word one of the comma-separated ones in list? */
static int
listed(const char *list, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (!strncmp(at, word, n) && (at[n] == ',' || !at[n]))
            return 1;
    }
    return 0;
}

static int
what_to_emit(void)
{
    static const char *const words[] = {"labels", "probs", "embedding"};
    int emit = 0, n = 0;

    for (int i = 0; i < 3; i++)
        emit |= listed(opts.emit, words[i]) << i;
    for (const char *at = opts.emit; at; at = strchr(at + 1, ','))
        n++;
    if (n != __builtin_popcount((unsigned)emit))
        cli_usage("--emit %s: wanted of labels, probs, embedding", opts.emit);
    return emit;
}

static void
fail_model(const char *what, const char *name)
{
    struct seg_err e;

    seg_fail(&e, SEG_EDATA, "%s: %s%s", opts.model, what, name);
    cli_die(&e);
}

static void
open_model(struct work *k)
{
    struct seg_err e;
    struct seg_record rec = {0};
    struct seg_model *m = &k->model;
    struct seg_predictor *p = &k->predictor;

    cli_close_reader(cli_model(m, &rec, opts.model));
    seg_record_free(&rec);
    *p = (struct seg_predictor){.net = m->net,
        .threads = cli.threads,
        .exact = cli.exact,
        .mem_limit = cli.mem_limit};
    cli_check(seg_normalize_start(
                  &p->normalize, &k->arena, m->channels, m->mean, m->std, &e),
        &e);
    k->emit = what_to_emit();
    const char *top = seg_net_step(m->net, seg_net_steps(m->net) - 1)->name;
    if (k->emit != EMBEDDING && !strncmp(top, "projection", 10))
        fail_model("no classifier: the last node is ", top);
    if (k->emit & EMBEDDING) {
        k->node = opts.node;
        if (!k->node && !seg_net_behead(&k->arena, seg_net_text(m->net),
                            opts.model, &k->node, &e))
            cli_die(&e);
        if (!seg_net_value(m->net, k->node))
            fail_model("no node ", k->node);
        *(k->emit == EMBEDDING ? &p->last : &p->extra) = k->node;
    }
}

static void *
add(struct seg_record *out, const char *name, enum seg_type type, int h, int w,
    int c)
{
    struct seg_err e;
    size_t shape[] = {(size_t)h, (size_t)w, (size_t)c};
    struct seg_tensor *t =
        seg_record_add(out, name, type, c ? 3 : 2, shape, &e);

    cli_check(t ? 0 : -1, &e);
    return t->data;
}

static void
predict(struct work *k, struct seg_record *out, const struct seg_record *in,
    const char *file)
{
    struct seg_err e;
    struct seg_predictor *p = &k->predictor;
    char where[600];

    snprintf(where, sizeof where, "%s: %s", file, seg_record_key(in));
    const struct seg_tensor *image = seg_record_find(in, "image");
    if (!image) {
        seg_fail(&e, SEG_EDATA, "%s: no tensor image", where);
        cli_die(&e);
    }
    cli_check(seg_predictor_run(p, image, where, &e), &e);
    const struct seg_value *y = seg_net_output(p->net);
    if (k->emit & LABELS)
        cli_check(seg_predictor_labels(
                      p, add(out, "pred", SEG_U8, p->h, p->w, 0), y, where, &e),
            &e);
    if (k->emit & PROBS)
        cli_check(
            seg_predictor_probs(
                p, add(out, "probs", SEG_F32, p->h, p->w, y->c), y, where, &e),
            &e);
    if (k->emit & EMBEDDING) {
        const struct seg_value *v = seg_net_value(p->net, k->node);
        int h, w;

        seg_predictor_size(p, v, &h, &w);
        seg_predictor_cut(p, add(out, "embedding", SEG_F32, h, w, v->c), v);
    }
}

/* Names and colours of the classes are the model's if the data has none. */
static void
pass_on(struct seg_record *out, const struct seg_record *in,
    const struct seg_model *m)
{
    static const char *const names[] = {
        "seg.classes", "seg.palette", "seg.ignore"};
    struct seg_err e;

    seg_record_clear(out);
    for (int i = 0; i < in->ntensors; i++)
        if (listed(opts.keep, in->tensors[i].name))
            cli_check(seg_record_view(out, in->tensors + i, &e) ? 0 : -1, &e);
    cli_check(seg_record_inherit(out, in, &e), &e);
    for (int i = 0; i < 3; i++) {
        const char *value = seg_record_meta(&m->about, names[i]);

        if (value && !seg_record_meta(out, names[i]))
            cli_check(seg_record_set(out, names[i], value, &e), &e);
    }
}

int
main(int argc, char **argv)
{
    struct work k = {0};
    struct seg_record in = {0}, out = {0};
    struct cli_inputs files;
    struct cli_progress bar = {0};
    uint64_t done = 0;

    int first = cli_parse(&program, argc, argv);
    open_model(&k);
    cli_inputs(&files, argc, argv, first);
    struct seg_writer *w = cli_writer();
    while (cli_next(&files, &in)) {
        pass_on(&out, &in, &k.model);
        predict(&k, &out, &in, seg_reader_name(files.reader));
        cli_put(w, &out);
        cli_progress(&bar, "pictures", ++done, 0, NULL);
    }
    cli_progress_end(&bar);
    cli_close_writer(w);
    seg_record_free(&in);
    seg_record_free(&out);
    seg_model_free(&k.model);
    seg_arena_free(&k.arena);
    return 0;
}
