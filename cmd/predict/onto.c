#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/predict/onto.h"
#include "cmd/predict/stitch.h"
#include "lib/base/text.h"
#include "lib/image/transform.h"
#include "lib/label/labelmap.h"

/* The class of an object. */
static int
class_of(const struct seg_record *rec)
{
    const char *text = seg_record_meta(rec, "seg.object");
    int class = text ? seg_text_number(text, SEG_CLASSES - 1) : -1;

    if (class < 1)
        cli_fail(SEG_EDATA,
            "%s: seg.object is %.40s, a class from 1 to %d expected",
            seg_record_name(rec), text ? text : "missing", SEG_CLASSES - 1);
    return class;
}

/* The largest class of all patches; those of the images if they are named. */
static int
count_objects(struct cli_patches *p, const char *names)
{
    struct seg_record rec = {0};
    int most = names ? seg_classes_count(names) - 1 : 1;

    for (size_t i = 0; i < p->n; i++) {
        cli_patches_read(p, i, &rec);
        int class = class_of(&rec);

        if (names && class > most)
            cli_fail(SEG_EDATA,
                "%s: seg.object is %d, but the images have %d classes",
                seg_record_name(&rec), class, most + 1);
        most = class > most ? class : most;
    }
    seg_record_free(&rec);
    return most;
}

/* The prediction t of a patch, resized to its window; memory from a. */
static const struct seg_tensor *
resize(struct seg_tensor *out, const struct seg_tensor *t,
    const struct seg_window *win, struct seg_arena *a)
{
    struct seg_err e;
    size_t w = (size_t)win->w;

    if (t->shape[0] == (size_t)win->h && t->shape[1] == w)
        return t;
    *out = *t;
    out->shape[0] = (size_t)win->h;
    out->shape[1] = w;
    if (seg_tensor_size(&out->bytes, t->type, t->rank, out->shape))
        cli_fail(SEG_EMEM, "a window of %d x %d pixels", win->w, win->h);
    out->data = cli_need(seg_take_dirty(a, out->bytes, 1, &e), &e);
    cli_check(
        seg_image_resize(out, t, NULL,
            t->rank == 2 ? SEG_RESIZE_NEAREST : SEG_RESIZE_BILINEAR, a, &e),
        &e);
    return out;
}

/* Adds patch i to the image of h x w pixels. */
static void
add_patch(struct cli_fuser *k, struct cli_patches *p, size_t i, int h, int w,
    struct seg_record *rec)
{
    enum { TIMES = 1000 }; /* a window that is larger is an error */
    static const struct seg_fuse_weight one = {.weight = 1};
    const struct seg_window *win = &p->patch[i].window;
    struct seg_tensor larger;
    char where[600];

    cli_patches_read(p, i, rec);
    if (win->h / TIMES > h || win->w / TIMES > w)
        cli_fail(SEG_EDATA,
            "%s: seg.window of %d x %d pixels in an image of %d x %d",
            seg_record_name(rec), win->w, win->h, w, h);
    const struct seg_tensor *t =
        cli_fuser_tensor(k, rec, seg_reader_name(p->reader), where);
    t = resize(&larger, t, win, &rec->arena);
    cli_fuser_add(k, t, win, &one, class_of(rec), where);
}

/* The names of the classes of the first image that has them; memory from a. */
static const char *
names_of(struct seg_reader *images, int n, struct seg_arena *a)
{
    struct seg_record rec = {0};
    struct seg_known_classes known = {.arena = a};
    struct seg_err e;

    for (int i = 0; i < n; i++) {
        cli_check(seg_reader_at(images, (size_t)i, &rec, &e), &e);
        cli_check(
            seg_known_classes_check(&known, &rec, seg_record_name(&rec), &e),
            &e);
    }
    seg_record_free(&rec);
    return known.names;
}

void
cli_fuse_onto(
    struct cli_fuser *k, struct seg_reader *patches, struct seg_reader *images)
{
    struct cli_patches p;
    struct seg_record image = {0}, rec = {0};
    struct seg_err e;
    int h, w, n = cli_index(images);
    size_t i = 0;

    cli_patches_open(&p, patches, 1);
    k->objects = count_objects(&p, names_of(images, n, &p.arena));
    k->keeps_classes = 1;
    for (int at = 0; at < n; at++) {
        cli_check(seg_reader_at(images, (size_t)at, &image, &e), &e);
        const char *key = seg_record_key(&image),
                   *where = seg_record_name(&image);

        cli_check(seg_sample_size(&h, &w, &image, &e), &e);
        struct cli_pending *a = cli_fuser_begin(k, &image, NULL, h, w, where);
        seg_fuse_background(&k->fuse);
        for (; i < p.n && !strcmp(p.patch[i].key, key); i++)
            add_patch(k, &p, i, h, w, &rec);
        cli_fuser_end(k, a, where);
    }
    if (i < p.n)
        cli_fail(SEG_EDATA,
            "%s: no image %s, or the images are in another order",
            seg_reader_name(images), p.patch[i].key);
    cli_patches_close(&p);
    seg_record_free(&image);
    seg_record_free(&rec);
}
