/*
 * JPEG, through libjpeg: gray [H,W,1] and color [H,W,3], u8.
 *
 * The accurate integer transform and smooth upsampling are set explicitly, so
 * that pixels are the same on all systems.  libjpeg only warns if a file stops
 * early or a block is damaged, and fills in gray; here that is bad data.  CMYK
 * is refused, and so are label images, as JPEG changes values.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "formats/codec/exif.h"
#include "formats/image/jpeg.h"

/* libjpeg calls exit on an error unless its handler leaves by longjmp. */
struct reading {
    struct jpeg_decompress_struct
        jpeg; /* first member: libjpeg passes its address */
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    const struct seg_file *file;
    struct seg_err *e;
    int odd;        /* number of harmless warnings, */
    char text[200]; /* the first one */
    int cut;        /* the file ends without its end mark */
};

/* The name of a rare kind of JPEG that is not read; NULL if the error is
   another one. */
static const char *
unsupported(const struct jpeg_error_mgr *err)
{
    int kind = err->msg_parm.i[0];

    switch (err->msg_code) {
    case JERR_SOF_UNSUPPORTED:
        return kind == 0xc3   ? "lossless JPEG"
               : kind == 0xcb ? "lossless arithmetic JPEG"
                              : "hierarchical JPEG";
    case JERR_ARITH_NOTIMPL:
        return "arithmetic-coded JPEG";
    case JERR_BAD_PRECISION:
        return kind == 12 ? "JPEG of 12 bits a sample; 8 expected"
                          : "JPEG of other than 8 bits a sample";
    case JERR_EMPTY_IMAGE:
        return "JPEG whose height is 0 (or given after the scan, as DNL)";
    case JERR_COMPONENT_COUNT:
        return "JPEG of more than 10 channels";
    case JERR_IMAGE_TOO_BIG:
        return "JPEG of more than 65500 pixels a side";
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
        return "JPEG of a rare kind of sampling or of colors";
    default:
        return NULL;
    }
}

static void
failed(j_common_ptr jpeg)
{
    struct reading *r = (struct reading *)jpeg;
    const char *path = r->file->path, *kind = unsupported(jpeg->err);
    char text[JMSG_LENGTH_MAX];

    jpeg->err->format_message(jpeg, text);
    if (jpeg->err->msg_code == JERR_OUT_OF_MEMORY)
        seg_fail(r->e, SEG_EMEM, "%s: out of memory", path);
    else if (kind)
        seg_fail(r->e, SEG_EDATA, "%s: not supported: %s", path, kind);
    else if (r->cut)
        seg_fail(
            r->e, SEG_EDATA, "%s: damaged JPEG: the file ends too early", path);
    else
        seg_fail(r->e, SEG_EDATA, "%s: damaged JPEG: %s", path, text);
    longjmp(r->escape, 1);
}

/* A marker that separates groups of blocks in the middle of a scan. */
static int
is_restart(int marker)
{
    return marker >= 0xd0 && marker <= 0xd7;
}

/* 1 if no pixel is affected by the warning. */
static int
is_harmless(const struct jpeg_error_mgr *err)
{
    switch (err->msg_code) {
    case JWRN_EXTRANEOUS_DATA: /* bytes before a marker */
        return !is_restart(err->msg_parm.i[1]);
    case JWRN_JPEG_EOF: /* another warning follows if blocks are missing */
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
        return 1;
    default:
        return 0;
    }
}

/* Levels below 0 are warnings: libjpeg continues, even if pixels are lost. */
static void
message(j_common_ptr jpeg, int level)
{
    struct reading *r = (struct reading *)jpeg;
    struct jpeg_error_mgr *err = jpeg->err;
    char text[JMSG_LENGTH_MAX];

    if (level >= 0)
        return;
    if (!is_harmless(err))
        failed(jpeg);
    if (err->msg_code == JWRN_JPEG_EOF) {
        r->cut = 1;
        return;
    }
    if (r->odd++)
        return;
    err->format_message(jpeg, text);
    if (err->msg_code == JWRN_EXTRANEOUS_DATA)
        snprintf(r->text, sizeof r->text,
            "at least %d stray bytes before marker 0x%02x", err->msg_parm.i[0],
            err->msg_parm.i[1]);
    else
        snprintf(r->text, sizeof r->text, "%.150s", text);
}

/* A small file can contain thousands of scans of a large image. */
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

/* 0 if scans are missing: then some coefficient has bits left to be refined. */
static int
all_scans(const struct jpeg_decompress_struct *jpeg)
{
    if (!jpeg->progressive_mode)
        return jpeg->comps_in_scan == jpeg->num_components ||
               jpeg->input_scan_number == jpeg->num_components;
    for (int c = 0; c < jpeg->num_components; c++)
        for (int k = 0; k < DCTSIZE2; k++)
            if (jpeg->coef_bits[c][k])
                return 0;
    return 1;
}

/* If a file has no Huffman tables libjpeg uses standard ones.  After stray
   bytes a missing table may have been lost: that is an error. */
static int
check_tables(struct reading *r)
{
    const struct jpeg_decompress_struct *jpeg = &r->jpeg;

    if (!r->odd || jpeg->arith_code)
        return 0;
    for (int i = 0; i < jpeg->comps_in_scan; i++) {
        const jpeg_component_info *c = jpeg->cur_comp_info[i];

        if (!jpeg->dc_huff_tbl_ptrs[c->dc_tbl_no] ||
            (!jpeg->progressive_mode && !jpeg->ac_huff_tbl_ptrs[c->ac_tbl_no]))
            return seg_fail(r->e, SEG_EDATA,
                "%s: damaged JPEG: %s, and a Huffman table is missing",
                r->file->path, r->text);
    }
    return 0;
}

static int
note_oddities(struct reading *r, struct seg_record *rec)
{
    const char *path = r->file->path;

    if (r->cut && seg_record_warn(rec, r->e,
                      "%s: the JPEG ends without its end mark: all pixels are "
                      "there",
                      path))
        return -1;
    if (r->odd > 1)
        return seg_record_warn(rec, r->e,
            "%s: odd JPEG: %s, and %d more: read anyway", path, r->text,
            r->odd - 1);
    return r->odd ? seg_record_warn(rec, r->e, "%s: odd JPEG: %s: read anyway",
                        path, r->text)
                  : 0;
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
            "%s: not supported: JPEG of %d channels%s; gray or RGB expected",
            r->file->path, jpeg->num_components,
            jpeg->num_components == 4 ? " (CMYK)" : "");
    int gray = jpeg->num_components == 1;
    jpeg->out_color_space = gray ? JCS_GRAYSCALE : JCS_RGB;
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->do_fancy_upsampling = TRUE;
    jpeg->do_block_smoothing = FALSE;

    size_t w = jpeg->image_width, h = jpeg->image_height, c = gray ? 1 : 3;
    struct seg_tensor *t =
        seg_image_add(rec, name, SEG_U8, h, w, c, r->file->path, opts, r->e);
    if (!t || note_exif(r, rec)) /* libjpeg frees markers after decoding */
        return -1;
    if (check_tables(r))
        return -1;
    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < h) {
        JSAMPROW row = (uint8_t *)t->data + jpeg->output_scanline * w * c;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    int whole = all_scans(jpeg); /* before libjpeg frees the coefficients */
    jpeg_finish_decompress(jpeg);
    if (r->cut && !whole)
        return seg_fail(r->e, SEG_EDATA,
            "%s: damaged JPEG: the file ends before its last scan",
            r->file->path);
    return note_oddities(r, rec);
}

static int
read_image(struct seg_record *rec, const char *name,
    const struct seg_file *file, const struct seg_image_opts *opts,
    struct seg_err *e)
{
    struct reading r = {.file = file, .e = e};

    if (opts->mode == SEG_IMAGE_LABEL)
        return seg_fail(e, SEG_EDATA,
            "%s: label image is JPEG, which does not keep values; PNG "
            "expected",
            file->path);
    if (file->bytes > 3 && !memcmp(file->data, "\xff\xd8\xff\xf7", 4))
        return seg_fail(e, SEG_EDATA,
            "%s: not supported: JPEG-LS; convert it to PNG", file->path);
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

/* ---- writing ---- */

struct writing {
    struct jpeg_compress_struct jpeg; /* first member, as above */
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    struct seg_err *e;
    uint8_t *bytes; /* of libjpeg */
    unsigned long n;
};

static void
write_failed(j_common_ptr jpeg)
{
    struct writing *w = (struct writing *)jpeg;
    char text[JMSG_LENGTH_MAX];

    jpeg->err->format_message(jpeg, text);
    if (jpeg->err->msg_code == JERR_OUT_OF_MEMORY)
        seg_fail(w->e, SEG_EMEM, "JPEG: out of memory");
    else
        seg_fail(w->e, SEG_EDATA, "JPEG: %s", text);
    longjmp(w->escape, 1);
}

static int
encode(struct writing *w, const struct seg_tensor *t, int quality)
{
    j_compress_ptr jpeg = &w->jpeg;

    if (setjmp(w->escape))
        return -1;
    jpeg_create_compress(jpeg);
    jpeg_mem_dest(jpeg, &w->bytes, &w->n);
    jpeg->image_height = (JDIMENSION)t->shape[0];
    jpeg->image_width = (JDIMENSION)t->shape[1];
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, quality, TRUE);
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->comp_info[0].h_samp_factor = jpeg->comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < jpeg->image_height) {
        JSAMPROW row =
            (uint8_t *)t->data + jpeg->next_scanline * t->shape[1] * 3;
        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
    return 0;
}

const uint8_t *
seg_jpeg_bytes(size_t *n, const struct seg_tensor *t, int quality,
    struct seg_arena *a, struct seg_err *e)
{
    struct writing w = {.e = e};
    const uint8_t *copy = NULL;

    w.jpeg.err = jpeg_std_error(&w.errors);
    w.errors.error_exit = write_failed;
    if (!encode(&w, t, quality)) {
        copy = (uint8_t *)seg_take_bytes(a, (char *)w.bytes, w.n, e);
        *n = w.n;
    }
    jpeg_destroy_compress(&w.jpeg);
    free(w.bytes);
    return copy;
}

/* ---- the format ---- */

static int
probe(const struct seg_file *file)
{
    return seg_file_begins(file, "\xff\xd8\xff", 3);
}

const struct seg_image_format seg_jpeg_format = {
    .name = "jpeg",
    .title = "JPEG",
    .suffix = {".jpg", ".jpeg"},
    .probe = probe,
    .read = read_image,
};
