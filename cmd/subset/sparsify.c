#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/subset/sparsify.h"
#include "lib/base/rng.h"
#include "lib/label/labelmap.h"

void
cli_check_sparse(int kind, const struct cli_sparse_options *how)
{
    if (how->per_class && kind != CLI_POINTS)
        cli_usage("--per-class requires --simulate points");
    if (how->pen && kind != CLI_POINTS && kind != CLI_SCRIBBLES)
        cli_usage("--pen requires --simulate points or scribbles");
    if (how->every && kind != CLI_SLICES)
        cli_usage("--every requires --simulate slices");
}

/* Ignores the label unless the slice is an `every`-th of its volume, the part
   of the key before @; the first one is random. */
static void
select_slice(struct cli_sparsifier *s, struct seg_tensor *label,
    const struct seg_record *rec)
{
    uint64_t every = (uint64_t)(s->how.every ? s->how.every : 10), n;
    const char *key = seg_record_key(rec);
    struct seg_err e;
    char *volume =
        cli_need(seg_take_bytes(&s->scratch, key, strcspn(key, "@"), &e), &e);
    struct seg_rng r = seg_rng_make(cli.seed, volume, "sparse.slices", 0);

    cli_check(seg_key_counter_add(&s->slices, volume, &n, &e), &e);
    if (n % every != seg_rng_below(&r, every))
        memset(label->data, SEG_IGNORE, label->bytes);
}

void
cli_sparsify(struct cli_sparsifier *s, struct seg_record *rec)
{
    const struct seg_tensor *dense = seg_record_find(rec, "label");
    const char *key = seg_record_key(rec), *name = seg_record_name(rec);
    const struct seg_sparse how = {
        .points = s->how.per_class ? s->how.per_class : 10,
        .width = s->how.pen              ? s->how.pen
                 : s->kind == CLI_POINTS ? 1
                                         : 3,
        .seed = cli.seed};
    struct seg_err e;

    if (s->kind == CLI_DENSE)
        return;
    if (!dense)
        cli_fail(SEG_EDATA, "%s: no tensor label", name);
    cli_check(seg_classes_shape(dense, name, &e), &e);
    const void *data = dense->data;
    /* the data of a mapped file cannot be changed in place */
    struct seg_tensor *label =
        cli_need(seg_record_add(rec, "label", SEG_U8, 2, dense->shape, &e), &e);
    memcpy(label->data, data, label->bytes);
    seg_arena_reset(&s->scratch);
    if (s->kind == CLI_SLICES)
        select_slice(s, label, rec);
    else
        cli_check(
            (s->kind == CLI_POINTS ? seg_sparse_points : seg_sparse_scribbles)(
                label, &how, key, &s->scratch, &e),
            &e);
}

void
cli_sparsifier_free(struct cli_sparsifier *s)
{
    seg_arena_free(&s->scratch);
    seg_key_counter_free(&s->slices);
}
