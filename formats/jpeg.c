#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include "formats/exif.h"
#include "formats/jpeg.h"

/* libjpeg calls exit unless we leave through longjmp. */
struct reading {
    struct jpeg_decompress_struct
        jpeg; /* first: libjpeg hands out its address */
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    const struct seg_file *file;
    struct seg_err *e;
};

static void
failed(j_common_ptr jpeg)
{
    struct reading *r = (struct reading *)jpeg;
    char text[JMSG_LENGTH_MAX];

    jpeg->err->format_message(jpeg, text);
    seg_fail(r->e, SEG_EDATA, "%s: damaged JPEG: %s", r->file->path, text);
    longjmp(r->escape, 1);
}

/* Below 0 is a warning: data are damaged and libjpeg would go on. */
static void
message(j_common_ptr jpeg, int level)
{
    if (level < 0)
        failed(jpeg);
}

/* A small file can ask for thousands of passes over a large picture. */
static void
limit_scans(j_common_ptr jpeg)
{
    enum { SCANS = 500 };
    struct reading *r = (struct reading *)jpeg;

    if (r->jpeg.input_scan_number > SCANS) {
        seg_fail(r->e, SEG_EDATA, "%s: JPEG of more than %d scans",
            r->file->path, SCANS);
        longjmp(r->escape, 1);
    }
}

static int
note_exif(struct reading *r, struct seg_record *rec)
{
    for (jpeg_saved_marker_ptr m = r->jpeg.marker_list; m; m = m->next)
        if (m->marker == JPEG_APP0 + 1 && m->data_length > 6 &&
            !memcmp(m->data, "Exif\0\0", 6))
            return seg_exif_note(rec, m->data + 6, m->data_length - 6, r->e);
    return 0;
}

static int
decode(struct reading *r, struct seg_record *rec, const char *name,
    const struct seg_image_opts *opts)
{
    j_decompress_ptr jpeg = &r->jpeg;

    if (setjmp(r->escape))
        return -1;
    jpeg_create_decompress(jpeg);
    jpeg->progress = &r->progress;
    jpeg_mem_src(jpeg, (const uint8_t *)r->file->data, r->file->bytes);
    jpeg_save_markers(jpeg, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(jpeg, TRUE);
    if (jpeg->num_components != 1 && jpeg->num_components != 3)
        return seg_fail(r->e, SEG_EDATA,
            "%s: JPEG of %d channels (CMYK?); grey or RGB expected",
            r->file->path, jpeg->num_components);
    int grey = jpeg->num_components == 1;
    jpeg->out_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->do_fancy_upsampling = TRUE;
    jpeg->do_block_smoothing = FALSE;

    size_t w = jpeg->image_width, h = jpeg->image_height, c = grey ? 1 : 3;
    struct seg_tensor *t =
        seg_image_add(rec, name, SEG_U8, h, w, c, r->file->path, opts, r->e);
    if (!t || note_exif(r, rec)) /* markers do not outlive decoding */
        return -1;
    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < h) {
        JSAMPROW row = (uint8_t *)t->data + jpeg->output_scanline * w * c;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
    return 0;
}

int
seg_jpeg_read(struct seg_record *rec, const char *name,
    const struct seg_file *file, const struct seg_image_opts *opts,
    struct seg_err *e)
{
    struct reading r = {.file = file, .e = e};

    if (opts->mode == SEG_IMAGE_LABEL)
        return seg_fail(e, SEG_EDATA,
            "%s: label picture is JPEG, which does not keep values; PNG "
            "expected",
            file->path);
    r.jpeg.err = jpeg_std_error(&r.errors);
    r.errors.error_exit = failed;
    r.errors.emit_message = message;
    r.progress.progress_monitor = limit_scans;
    int status = decode(&r, rec, name, opts);
    jpeg_destroy_decompress(&r.jpeg);
    if (status)
        seg_record_drop(rec, name);
    return status;
}
