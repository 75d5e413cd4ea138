#include "cmd/predict/fuser.h"
#include "lib/label/labelmap.h"

/* Class names must be those of earlier records, one for each channel of t. */
static void
check_classes(struct cli_fuser *k, const struct seg_record *rec,
    const struct seg_tensor *t, const char *where)
{
    struct seg_err e;

    k->known.arena = &k->arena;
    cli_check(seg_known_classes_check(&k->known, rec, where, &e), &e);
    if (t->rank == 3)
        cli_check(seg_classes_compare_count(seg_record_meta(rec, "seg.classes"),
                      (int)t->shape[2], where, "in its tensor probs", &e),
            &e);
}

const struct seg_tensor *
cli_fuser_tensor(struct cli_fuser *k, const struct seg_record *rec,
    const char *file, char where[600])
{
    const char *name = k->method == CLI_FUSE_MEAN ? "probs" : "pred";
    const struct seg_tensor *t = seg_record_find(rec, name);

    snprintf(where, 600, "%s: %s", file, seg_record_short_name(rec));
    if (!t && k->method == CLI_FUSE_OBJECTS) {
        t = seg_record_find(rec, "probs");
        t = t ? t : seg_record_find(rec, "label");
    }
    if (!t)
        cli_fail(SEG_EDATA, "%s: no tensor %s", where, name);
    if (t->rank < 2 || t->shape[0] > 1 << 20 || t->shape[1] > 1 << 20 ||
        (t->rank == 3 && t->shape[2] > 255))
        cli_fail(SEG_EDATA,
            "%s: %s is not [height,width] or [height,width,classes]", where,
            t->name);
    if (k->method != CLI_FUSE_OBJECTS)
        check_classes(k, rec, t, where);
    return t;
}

static int
count_classes(const struct cli_fuser *k, struct seg_record *rec,
    const struct seg_tensor *t, const char *where)
{
    struct seg_classes c;
    struct seg_err e;

    if (k->method == CLI_FUSE_OBJECTS)
        return k->objects + 1;
    if (t->rank == 3)
        return (int)t->shape[2];
    cli_check(seg_classes_read(&c, &rec->arena, rec, &e), &e);
    if (!k->classes && !c.n)
        cli_fail(SEG_EDATA, "%s: no seg.classes and no --classes", where);
    return k->classes ? k->classes : c.n;
}

/* Names and colors of classes do not apply to objects and are removed. */
struct cli_pending *
cli_fuser_begin(struct cli_fuser *k, struct seg_record *rec,
    const struct seg_tensor *t, int h, int w, const char *where)
{
    struct seg_err e;
    struct cli_pending *a = cli_pending_queue_add(&k->pending);
    int classes = count_classes(k, rec, t, where);

    k->fuse.arena.limit = cli.mem_limit;
    cli_check(seg_fuse_start(&k->fuse, h, w, classes, &e), &e);
    for (int i = 0; k->copy && i < rec->ntensors; i++)
        if (cli_listed(k->copy, rec->tensors[i].name))
            cli_need(seg_record_borrow(&a->rec, rec->tensors + i, &e), &e);
    cli_check(seg_record_inherit(&a->rec, rec, &e), &e);
    if (k->method == CLI_FUSE_OBJECTS && !k->keeps_classes) {
        seg_record_unset(&a->rec, "seg.classes");
        seg_record_unset(&a->rec, "seg.palette");
    }
    cli_pending_alloc(a, k->emit, 0, h, w, classes, 1);
    return a;
}

void
cli_fuser_add(struct cli_fuser *k, const struct seg_tensor *t,
    const struct seg_window *win, const struct seg_fuse_weight *weight,
    int class, const char *where)
{
    struct seg_err e;

    cli_check(k->method == CLI_FUSE_OBJECTS
                  ? seg_fuse_object(&k->fuse, t, win, class, where, &e)
                  : seg_fuse_add(&k->fuse, t, win, weight, where, &e),
        &e);
}

void
cli_fuser_end(struct cli_fuser *k, struct cli_pending *a, const char *where)
{
    struct seg_err e;

    cli_check(seg_fuse_end(&k->fuse, &a->outputs, where, &e), &e);
    cli_pending_queue_write(&k->pending, k->out, k->fuse.h);
}

void
cli_fuser_free(struct cli_fuser *k)
{
    cli_pending_queue_free(&k->pending);
    seg_fuse_free(&k->fuse);
    seg_arena_free(&k->arena);
}
