#include "cmd/import/strips.h"
#include "cmd/cli/cli.h"
#include "formats/geometry/geo.h"
#include "formats/geometry/pixel_grid.h"
#include "formats/image/common_type.h"
#include "formats/tiff/tiff.h"
#include "lib/dataset/intensity.h"
#include "lib/dataset/strip.h"

/* An open image and, if the item has one, its label. */
struct scene {
    const struct seg_item *item;
    struct seg_tiff_reader *image, *label;
    const struct seg_tiff_info *info, *label_info;
    struct seg_image_opts image_opts, label_opts;
    struct seg_record whole; /* seg.apart and seg.intensity of the scene */
};

static void
open_file(struct seg_tiff_reader **r, const struct seg_tiff_info **s,
    const char *path, enum seg_image_mode mode)
{
    struct seg_err e;
    const struct seg_image_opts opts = {
        .mode = mode, .max_bytes = cli.mem_limit};

    cli_check(seg_tiff_open(r, s, path, 0, &opts, &e), &e);
    cli_warn_lines((*s)->warnings);
    if ((*s)->pages > 1)
        cli_fail(SEG_EDATA, "%s: %zu pages; a scene in strips has one", path,
            (*s)->pages);
    if ((*s)->h > 1 << 20 || (*s)->w > 1 << 20)
        cli_fail(SEG_EDATA, "%s: %zux%zu pixels; up to 2^20 a side", path,
            (*s)->w, (*s)->h);
}

static int
get_grid(struct seg_pixel_grid *grid, struct scene *s, const char *geo,
    struct seg_err *e)
{
    if (!geo)
        return 0;
    return seg_record_set(&s->whole, "seg.geo", geo, e)
               ? -1
               : seg_pixel_grid_get(grid, &s->whole, e);
}

static void
compare_grids(struct scene *s)
{
    struct seg_err e;
    struct seg_pixel_grid image, label;

    if (cli_check(get_grid(&image, s, s->info->geo, &e), &e) &&
        cli_check(get_grid(&label, s, s->label_info->geo, &e), &e))
        cli_check(seg_pixel_grid_compare(
                      &s->whole, &image, &label, s->info->w, s->info->h, &e),
            &e);
}

static void
open_scene(struct scene *s, const struct cli_source_opts *opts)
{
    if (cli_is_list(s->item->image))
        cli_fail(
            SEG_EUSAGE, "%s: --strip reads images of one file", s->item->image);
    open_file(&s->image, &s->info, s->item->image, SEG_IMAGE_PIXELS);
    if (!s->item->label)
        return;
    open_file(&s->label, &s->label_info, s->item->label,
        opts->colors ? SEG_IMAGE_COLORS : SEG_IMAGE_LABEL);
    s->label_opts = (struct seg_image_opts){
        .mode = SEG_IMAGE_LABEL, .nan_is_nodata = opts->nan_is_nodata};
    if (s->info->h != s->label_info->h || s->info->w != s->label_info->w)
        cli_fail(SEG_EDATA, "%s: %zux%zu pixels, its label %s has %zux%zu",
            s->item->image, s->info->w, s->info->h, s->item->label,
            s->label_info->w, s->label_info->h);
    compare_grids(s);
}

/* Rows of a strip: a multiple of the larger of the two chunk heights, so that
   each chunk is usually decoded once. */
static size_t
strip_rows(const struct scene *s, size_t rows)
{
    size_t chunk = s->info->rows;

    if (s->label && s->label_info->rows > chunk)
        chunk = s->label_info->rows;
    return (rows + chunk - 1) / chunk * chunk;
}

/* Reads rows y .. y + n - 1 of image or label, in one of the common types. */
static int
read_rows(struct seg_record *rec, const struct scene *scene, int label,
    size_t y, size_t n, struct seg_err *e)
{
    const struct seg_tiff_info *s = label ? scene->label_info : scene->info;
    const char *name = label ? "label" : "image";
    size_t shape[] = {n, s->w, s->c};
    struct seg_tensor *t =
        seg_record_add(rec, name, s->type, s->c ? 3 : 2, shape, e);

    if (!t || seg_tiff_read_rows(
                  label ? scene->label : scene->image, t->data, y, y + n, e))
        return -1;
    return seg_image_to_common_type(rec, name,
        label ? scene->item->label : scene->item->image,
        label ? &scene->label_opts : &scene->image_opts, 0, e);
}

/* Reads rows of the label; its nodata value is only used for the label. */
static int
read_label(struct seg_record *rec, const struct scene *s, size_t y, size_t n,
    struct seg_err *e)
{
    const char *nodata = s->label_info->nodata;
    const char *of_image = seg_record_meta(rec, "seg.nodata");

    if (of_image)
        of_image = seg_take_string(&rec->arena, of_image, e);
    seg_record_unset(rec, "seg.nodata");
    if ((nodata && (seg_record_set(rec, "seg.nodata", nodata, e) ||
                       seg_record_set(rec, "seg.label.nodata", nodata, e))) ||
        read_rows(rec, s, 1, y, n, e))
        return -1;
    seg_record_unset(rec, "seg.nodata");
    return of_image ? seg_record_set(rec, "seg.nodata", of_image, e) : 0;
}

static int
read_strip(struct seg_record *rec, const struct scene *s, size_t y, size_t n,
    struct seg_err *e)
{
    struct seg_strip strip = {(int)y, (int)n, (int)s->info->h, (int)s->info->w};
    const char *apart = seg_record_meta(&s->whole, "seg.apart");
    const char *like = seg_record_meta(&s->whole, "seg.intensity");

    seg_record_clear(rec);
    if (seg_strip_set(rec, s->item->key, &strip, e) ||
        (s->info->geo && seg_record_set(rec, "seg.geo", s->info->geo, e)) ||
        (s->info->nodata &&
            seg_record_set(rec, "seg.nodata", s->info->nodata, e)) ||
        (s->info->alpha &&
            seg_record_set(rec, "seg.alpha", s->info->alpha, e)) ||
        seg_geo_crop(rec, 0, (double)y, 1, 1, e) ||
        (apart && seg_record_set(rec, "seg.apart", apart, e)) ||
        (like && seg_record_set(rec, "seg.intensity", like, e)) ||
        read_rows(rec, s, 0, y, n, e))
        return -1;
    if (!s->label)
        return 0;
    const char *palette = s->label_info->palette;
    if (palette && seg_record_set(rec, SEG_STORED_PALETTE, palette, e))
        return -1;
    return read_label(rec, s, y, n, e);
}

/* Reads, converts and writes all strips in order. */
static void
each_strip(struct scene *s, int rows, const struct cli_page_opts *page,
    cli_put_page put, void *put_context)
{
    struct seg_record rec = {.arena.limit = cli.mem_limit};
    struct cli_progress progress = {0};
    struct seg_err e;
    char label[600];
    size_t height = s->info->h, n = strip_rows(s, (size_t)rows);

    for (size_t y = 0; y < height; y += n) {
        cli_check(
            read_strip(&rec, s, y, height - y < n ? height - y : n, &e), &e);
        snprintf(label, sizeof label, "%.500s, rows from %zu",
            s->item->label ? s->item->label : "", y);
        cli_check(cli_page_convert(&rec, s->item, label, page, &e), &e);
        put(&rec, s->item, put_context);
        cli_progress(&progress, "rows", y, height, s->item->key);
    }
    cli_progress_end(&progress);
    seg_record_free(&rec);
}

static void
add_strip(const struct seg_record *rec, const struct seg_item *item, void *stat)
{
    struct seg_nodata nodata;
    struct seg_err e;

    cli_check(seg_nodata_get(&nodata, rec, &e), &e);
    cli_check(seg_stat_image(stat, seg_record_find(rec, "image"), &nodata,
                  item->image, &e),
        &e);
}

/* An additional pass that computes seg.intensity of the scene. */
static void
measure(struct scene *s, int rows, const struct cli_page_opts *page)
{
    struct seg_arena scratch = {0};
    struct seg_stat stat;
    struct seg_err e;

    seg_stat_init(&stat, &scratch);
    stat.histograms = 1;
    each_strip(s, rows, page, add_strip, &stat);
    cli_check(seg_intensity_set(&s->whole, &stat, &e), &e);
    seg_arena_free(&scratch);
}

void
cli_read_strips(const struct seg_manifest *m,
    const struct cli_source_opts *opts, int rows,
    const struct cli_page_opts *page, cli_put_page put, void *put_context)
{
    for (size_t i = 0; i < m->n; i++) {
        struct scene s = {.item = &m->item[i]};

        open_scene(&s, opts);
        if (page->intensity)
            measure(&s, rows, page);
        each_strip(&s, rows, page, put, put_context);
        seg_tiff_close(s.image);
        seg_tiff_close(s.label);
        seg_record_free(&s.whole);
    }
}
