#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/export/image_files.h"
#include "formats/geometry/geo.h"
#include "lib/label/labelmap.h"

/* ---- the option --format ---- */

const char *cli_formats[CLI_FORMATS + 1];
char cli_format_help[200];

static const struct seg_image_format *formats[CLI_FORMATS];

void
cli_format_options(void)
{
    int n = 0;
    size_t at = 0;

    cli_formats[n++] = "auto";
    for (int i = 0; seg_image_formats[i] && n < CLI_FORMATS - 2; i++) {
        const struct seg_image_format *f = seg_image_formats[i];

        if (!f->write && f->sharing != SEG_SLICES_OF_VOLUME)
            continue;
        formats[n] = f;
        cli_formats[n++] = f->name;
    }
    cli_formats[n++] = "labelme";
    cli_formats[n++] = "coco";
    for (int i = 0; i < n; i++)
        at += (size_t)snprintf(cli_format_help + at,
            sizeof cli_format_help - at, "%s%s", i ? ", " : "", cli_formats[i]);
    snprintf(cli_format_help + at, sizeof cli_format_help - at,
        " (auto: PNG if nothing is lost)");
}

static const struct seg_image_format *
format_of(const struct cli_image_files *p, const struct seg_record *rec,
    const struct seg_tensor *t)
{
    return p->format ? formats[p->format] : seg_image_format_for(rec, t);
}

/* ---- metadata ---- */

/* A tensor of rec as large as its image, or NULL: an embedding is smaller. */
static const struct seg_tensor *
full_size(const struct seg_record *rec)
{
    for (int i = 0; i < rec->ntensors; i++)
        if (strcmp(rec->tensors[i].name, "embedding"))
            return rec->tensors + i;
    return NULL;
}

/*
 * seg.geo for the file of tensor t, or NULL.  The tags that describe values are
 * kept for the image only.  The georeference of an embedding is scaled to its
 * larger pixels; without a tensor of full size the scale is unknown, and there
 * is no georeference.  Bands of probs are named after their classes.
 */
static const char *
geo_of(struct seg_record *rec, const struct seg_tensor *t)
{
    struct seg_err e;
    struct seg_classes c;
    const char *text = seg_record_meta(rec, "seg.geo");
    const struct seg_tensor *full = full_size(rec);

    if (text && !strcmp(t->name, "image"))
        return text;
    if (text && full) {
        cli_check(seg_geo_crop(rec, 0, 0,
                      (double)t->shape[1] / (double)full->shape[1],
                      (double)t->shape[0] / (double)full->shape[0], &e),
            &e);
        text = seg_record_meta(rec, "seg.geo");
        text = cli_need(seg_geo_drop_values(&rec->arena, text, &e), &e);
    }
    if (text && !full)
        text = NULL;
    cli_check(seg_classes_read(&c, &rec->arena, rec, &e), &e);
    if (!strcmp(t->name, "probs") && t->rank == 3 && c.n &&
        t->shape[2] == (size_t)c.n)
        text = cli_need(
            seg_geo_name_bands(&rec->arena, text, c.name, c.n, &e), &e);
    return text;
}

/* The kind of alpha of the last channel: seg.alpha if the image came from a
   TIFF.  Four channels of u8 or u16 from another format are RGBA. */
static int
alpha_of(const struct seg_record *rec, const struct seg_tensor *t)
{
    const char *text = seg_record_meta(rec, "seg.alpha");

    if (strcmp(t->name, "image") || t->rank != 3)
        return 0;
    if (text)
        return !strcmp(text, "associated")     ? SEG_ALPHA_ASSOCIATED
               : !strcmp(text, "unassociated") ? SEG_ALPHA_UNASSOCIATED
                                               : 0;
    return t->shape[2] == 4 && (t->type == SEG_U8 || t->type == SEG_U16) &&
                   !seg_record_meta(rec, "seg.geo")
               ? SEG_ALPHA_UNASSOCIATED
               : 0;
}

/* ---- files of several records ---- */

/* All slices of a volume, or strips of a scene, have the same classes. */
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
        seg_known_classes_check_names(&p->known,
            seg_record_meta(rec, "seg.classes"), seg_record_name(rec), &e),
        &e);
}

static void
end_volume(struct cli_image_files *p)
{
    struct seg_err e;
    struct seg_nifti_writer *v = &p->volume;

    if (!v->key)
        return;
    const char *path = cli_key_file(&p->items, &v->arena, v->key,
        seg_image_format_sharing(SEG_SLICES_OF_VOLUME)->suffix[0]);
    struct cli_out *out = cli_create(path);
    cli_check(seg_nifti_writer_write(v, cli_out_fd(out), path, &e), &e);
    cli_commit(out);
}

static void
put_slice(struct cli_image_files *p, const struct seg_record *rec,
    const struct seg_tensor *t)
{
    struct seg_err e;
    struct seg_nifti_writer *v = &p->volume;
    int first = !seg_nifti_writer_continues(v, rec);

    compare_classes(p, rec, first);
    if (!first) {
        cli_check(seg_nifti_writer_add(v, rec, t, &e), &e);
        return;
    }
    end_volume(p);
    v->arena.limit = cli.mem_limit;
    cli_check(seg_nifti_writer_start(v, rec, t, &e), &e);
}

/* Creates the file of a scene; its tags are those of the first strip. */
static void
start_scene(struct cli_image_files *p, struct seg_record *rec,
    const struct seg_tensor *t, const struct seg_palette *palette,
    const struct seg_image_format *format)
{
    struct seg_err e;
    const struct seg_strips *s = &p->strips;
    const struct seg_tiff_write_opts opts = {.h = (size_t)s->last.all_h,
        .w = (size_t)s->last.all_w,
        .c = t->rank == 3 ? t->shape[2] : 0,
        .type = t->type,
        .tile = (size_t)p->tile,
        .alpha = alpha_of(rec, t),
        .palette = palette,
        .geo = geo_of(rec, t)};
    const char *path =
        cli_key_file(&p->items, &p->strips.arena, s->key, format->suffix[0]);

    p->scene = cli_create(path);
    p->row_bytes = t->bytes / t->shape[0];
    p->row_type = t->type;
    cli_check(
        seg_tiff_create(&p->rows, cli_out_fd(p->scene), path, &opts, &e), &e);
}

static void
put_strip(struct cli_image_files *p, struct seg_record *rec,
    const struct seg_tensor *t, const struct seg_palette *palette)
{
    struct seg_err e;
    const struct seg_strips *s = &p->strips;
    const struct seg_image_format *format =
        seg_image_format_sharing(SEG_STRIPS_OF_SCENE);

    if (p->format && formats[p->format] != format)
        cli_fail(SEG_EDATA, "%s: a scene in strips is written as %s",
            seg_record_name(rec), format->title);
    compare_classes(p, rec, !s->last.y);
    if (!s->last.y)
        start_scene(p, rec, t, palette, format);
    if (t->type != p->row_type || t->bytes / t->shape[0] != p->row_bytes)
        cli_fail(SEG_EDATA,
            "%s: tensor %s: %zu bytes of %s a row, the strips before have %zu "
            "of %s",
            seg_record_name(rec), t->name, t->bytes / t->shape[0],
            seg_type_name(t->type), p->row_bytes, seg_type_name(p->row_type));
    cli_check(seg_tiff_write_rows(p->rows, t->data, t->shape[0], &e), &e);
    if (!seg_strips_complete(s))
        return;
    cli_check(seg_tiff_finish(p->rows, &e), &e);
    seg_tiff_free(p->rows);
    cli_commit(p->scene);
}

/* ---- files of one record ---- */

static void
put_file(struct cli_image_files *p, struct seg_record *rec,
    const struct seg_tensor *t, const struct seg_palette *palette,
    const struct seg_image_format *format)
{
    struct seg_err e;
    const char *key = seg_record_key(rec);
    struct cli_out *out =
        cli_create(cli_key_path(&p->items, rec, format->suffix[0]));
    struct seg_image_write_opts opts = {.tile = p->tile, .palette = palette};

    if (format->stores_geo) {
        opts.alpha = alpha_of(rec, t);
        opts.geo = geo_of(rec, t);
    }
    cli_check(format->write(cli_out_fd(out), key, t, &opts, &e), &e);
    cli_commit(out);
}

void
cli_put_image(struct cli_image_files *p, struct seg_record *rec,
    const struct seg_tensor *t, const struct seg_palette *palette)
{
    struct seg_err e;
    const struct seg_image_format *format = format_of(p, rec, t);

    if (cli_check(seg_strips_next(&p->strips, rec, &e), &e)) {
        end_volume(p);
        put_strip(p, rec, t, palette);
    } else if (format->sharing == SEG_SLICES_OF_VOLUME) {
        put_slice(p, rec, t);
    } else {
        end_volume(p);
        put_file(p, rec, t, palette, format);
    }
}

void
cli_end_images(struct cli_image_files *p)
{
    struct seg_err e;

    end_volume(p);
    cli_check(seg_strips_end(&p->strips, &e), &e);
    seg_strips_free(&p->strips);
    seg_nifti_writer_free(&p->volume);
    seg_arena_free(&p->names);
    cli_key_files_free(&p->items);
}
