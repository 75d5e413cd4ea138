#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/export/image_files.h"
#include "formats/image/npy.h"
#include "formats/image/pnm.h"
#include "formats/image/tiff.h"
#include "formats/image/tiffio.h"
#include "formats/place/geo.h"
#include "lib/dataset/labelmap.h"

const char *const cli_formats[] = {
    "auto", "png", "tiff", "nifti", "npy", "pam", NULL};

static const char *const suffixes[] = {[CLI_PNG] = ".png",
    [CLI_TIFF] = ".tif",
    [CLI_NIFTI] = ".nii.gz",
    [CLI_NPY] = ".npy",
    [CLI_PAM] = ".pam"};

/* Can it be an image?  Other types and shapes are arrays. */
static int
is_image(const struct seg_tensor *t)
{
    static const char can[] = {[SEG_U8] = 1,
        [SEG_I8] = 1,
        [SEG_U16] = 1,
        [SEG_I16] = 1,
        [SEG_U32] = 1,
        [SEG_I32] = 1,
        [SEG_F32] = 1};

    return (t->rank == 2 || t->rank == 3) && t->type < sizeof can &&
           can[t->type];
}

/* PNG is for bytes without a place on earth or in a volume. */
static enum cli_format
format_of(const struct cli_image_files *p, const struct seg_record *rec,
    const struct seg_tensor *t)
{
    if (p->format != CLI_AUTO)
        return p->format;
    if (!is_image(t))
        return CLI_NPY;
    if (seg_record_meta(rec, "seg.volume"))
        return CLI_NIFTI;
    if ((t->type != SEG_U8 && t->type != SEG_U16) ||
        (t->rank == 3 && t->shape[2] > 4) || seg_record_meta(rec, "seg.geo"))
        return CLI_TIFF;
    return CLI_PNG;
}

/* A tensor of rec that has the image's own size, or NULL. */
static const struct seg_tensor *
full_size(const struct seg_record *rec)
{
    for (int i = 0; i < rec->ntensors; i++)
        if (strcmp(rec->tensors[i].name, "embedding"))
            return rec->tensors + i;
    return NULL;
}

/*
 * The tags of a TIFF.  What a value means is known of the image alone, its
 * place of all tensors: embeddings have larger pixels than the others, and no
 * place where there is no other.
 */
static const char *
tags_of(struct seg_record *rec, const struct seg_tensor *t)
{
    struct seg_err e;
    struct seg_classes c;
    const char *text = seg_record_meta(rec, "seg.geo");
    const struct seg_tensor *full = full_size(rec);

    if (text && !strcmp(t->name, "image"))
        return text;
    if (text && full) {
        cli_check(
            seg_geo_cut(rec, 0, 0, (double)t->shape[1] / (double)full->shape[1],
                (double)t->shape[0] / (double)full->shape[0], &e),
            &e);
        text = seg_record_meta(rec, "seg.geo");
        text = cli_need(seg_geo_grid(&rec->arena, text, &e), &e);
    }
    if (text && !full)
        text = NULL;
    cli_check(seg_classes_read(&c, &rec->arena, rec, &e), &e);
    if (!strcmp(t->name, "probs") && t->rank == 3 && c.n &&
        t->shape[2] == (size_t)c.n)
        text = cli_need(seg_geo_bands(&rec->arena, text, c.name, c.n, &e), &e);
    return text;
}

/* ExtraSamples of an image's last band: as in the TIFF that the image came
   from; four channels of u8 or u16 from another format are RGB with alpha. */
static int
alpha_of(const struct seg_record *rec, const struct seg_tensor *t)
{
    const char *text = seg_record_meta(rec, "seg.alpha");

    if (strcmp(t->name, "image") || t->rank != 3)
        return 0;
    if (text)
        return !strcmp(text, "associated")     ? SEG_TIFF_ASSOCIATED
               : !strcmp(text, "unassociated") ? SEG_TIFF_UNASSOCIATED
                                               : 0;
    return t->shape[2] == 4 && (t->type == SEG_U8 || t->type == SEG_U16) &&
                   !seg_record_meta(rec, "seg.geo")
               ? SEG_TIFF_UNASSOCIATED
               : 0;
}

static void
end_volume(struct cli_image_files *p)
{
    struct seg_err e;
    struct seg_nifti_writer *s = &p->stack;

    if (!s->key)
        return;
    const char *path =
        cli_key_file(&p->items, &s->arena, s->key, suffixes[CLI_NIFTI]);
    struct cli_out *out = cli_create(path);
    cli_check(seg_nifti_writer_write(s, cli_out_fd(out), path, &e), &e);
    cli_commit(out);
}

/* The parts of a volume or of a scene have the same classes. */
static void
compare_classes(
    struct cli_image_files *p, const struct seg_record *rec, int first)
{
    struct seg_err e;

    if (first) {
        seg_arena_reset(&p->names);
        p->known = (struct seg_known_classes){.arena = &p->names};
    }
    cli_check(
        seg_classes_follow_list(&p->known, seg_record_meta(rec, "seg.classes"),
            seg_record_name(rec), &e),
        &e);
}

static void
put_slice(struct cli_image_files *p, const struct seg_record *rec,
    const struct seg_tensor *t)
{
    struct seg_err e;
    struct seg_nifti_writer *s = &p->stack;

    int first = !seg_nifti_writer_continues(s, rec);

    compare_classes(p, rec, first);
    if (!first) {
        cli_check(seg_nifti_writer_add(s, rec, t, &e), &e);
        return;
    }
    end_volume(p);
    s->arena.limit = cli.mem_limit;
    cli_check(seg_nifti_writer_start(s, rec, t, &e), &e);
}

/* Of the first strip the tags are the scene's, of the others they are not. */
static void
put_strip(struct cli_image_files *p, struct seg_record *rec,
    const struct seg_tensor *t, const struct seg_palette *palette)
{
    struct seg_err e;
    const struct seg_strips *s = &p->strips;

    if (p->format != CLI_AUTO && p->format != CLI_TIFF)
        cli_fail(SEG_EDATA, "%s: a scene in strips is written as TIFF",
            seg_record_name(rec));
    compare_classes(p, rec, !s->last.y);
    if (!s->last.y) {
        const struct seg_tiff_form form = {.h = (size_t)s->last.all_h,
            .w = (size_t)s->last.all_w,
            .c = t->rank == 3 ? t->shape[2] : 0,
            .type = t->type,
            .tile = (size_t)p->tile,
            .alpha = alpha_of(rec, t),
            .palette = palette,
            .geo = tags_of(rec, t)};
        const char *path = cli_key_file(
            &p->items, &p->strips.arena, s->key, suffixes[CLI_TIFF]);

        p->scene = cli_create(path);
        p->row_bytes = t->bytes / t->shape[0];
        p->row_type = t->type;
        cli_check(
            seg_tiff_create(&p->rows, cli_out_fd(p->scene), path, &form, &e),
            &e);
    }
    if (t->type != p->row_type || t->bytes / t->shape[0] != p->row_bytes)
        cli_fail(SEG_EDATA,
            "%s: tensor %s: %zu bytes of %s a row, the strips before have %zu "
            "of %s",
            seg_record_name(rec), t->name, t->bytes / t->shape[0],
            seg_type_name(t->type), p->row_bytes, seg_type_name(p->row_type));
    cli_check(seg_tiff_put(p->rows, t->data, t->shape[0], &e), &e);
    if (!seg_strips_complete(s))
        return;
    cli_check(seg_tiff_end(p->rows, &e), &e);
    seg_tiff_free(p->rows);
    cli_commit(p->scene);
}

void
cli_put_image(struct cli_image_files *p, struct seg_record *rec,
    const struct seg_tensor *t, const struct seg_palette *palette)
{
    struct seg_err e;
    enum cli_format format = format_of(p, rec, t);
    const char *key = seg_record_key(rec);

    if (cli_check(seg_strips_next(&p->strips, rec, &e), &e)) {
        end_volume(p);
        put_strip(p, rec, t, palette);
        return;
    }
    if (format == CLI_NIFTI) {
        put_slice(p, rec, t);
        return;
    }
    end_volume(p);
    struct cli_out *out =
        cli_create(cli_key_path(&p->items, rec, suffixes[format]));
    int fd = cli_out_fd(out);
    struct seg_tiff_form form = {.tile = (size_t)p->tile, .palette = palette};
    int status;

    if (format == CLI_PNG) {
        status = seg_png_write(fd, key, t, palette, &e);
    } else if (format == CLI_NPY) {
        status = seg_npy_write(fd, key, t, &e);
    } else if (format == CLI_PAM) {
        status = seg_pam_write(fd, key, t, &e);
    } else {
        form.alpha = alpha_of(rec, t);
        form.geo = tags_of(rec, t);
        status = seg_tiff_write(fd, key, t, form, &e);
    }
    cli_check(status, &e);
    cli_commit(out);
}

void
cli_end_images(struct cli_image_files *p)
{
    struct seg_err e;

    end_volume(p);
    cli_check(seg_strips_end(&p->strips, &e), &e);
    seg_strips_free(&p->strips);
    seg_nifti_writer_free(&p->stack);
    seg_arena_free(&p->names);
    cli_key_files_free(&p->items);
}
