/* The table of image formats. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "formats/image/image.h"

extern const struct seg_image_format seg_png_format, seg_jpeg_format,
    seg_tiff_format, seg_nifti_format, seg_npy_format, seg_pnm_format,
    seg_qoi_format;

/* In the order in which --format auto tries them.  npy keeps every tensor, so a
   format that has the function keeps comes before it. */
const struct seg_image_format *const seg_image_formats[] = {
    &seg_png_format,
    &seg_jpeg_format,
    &seg_tiff_format,
    &seg_nifti_format,
    &seg_qoi_format,
    &seg_npy_format,
    &seg_pnm_format,
    NULL,
};

int
seg_image_has_suffix(const char *suffix)
{
    for (int i = 0; seg_image_formats[i]; i++)
        for (int k = 0; seg_image_formats[i]->suffix[k]; k++)
            if (!strcasecmp(seg_image_formats[i]->suffix[k], suffix))
                return 1;
    return 0;
}

const struct seg_image_format *
seg_image_format_for(const struct seg_record *rec, const struct seg_tensor *t)
{
    const struct seg_image_format *const *f = seg_image_formats;

    while (*f && !((*f)->keeps && (*f)->keeps(rec, t)))
        f++;
    return *f;
}

const struct seg_image_format *
seg_image_format_sharing(enum seg_image_sharing sharing)
{
    const struct seg_image_format *const *f = seg_image_formats;

    while (*f && (*f)->sharing != sharing)
        f++;
    return *f;
}

/* ---- lists for messages ---- */

static void
append(char *text, int i, const char *name, const char *last)
{
    size_t n = strlen(text);
    char between[40] = ", ";

    if (!seg_image_formats[i + 1])
        snprintf(between, sizeof between, " %s ", last);
    snprintf(text + n, SEG_IMAGE_LIST - n, "%s%s", i ? between : "", name);
}

void
seg_image_titles(char text[SEG_IMAGE_LIST], const char *last)
{
    *text = 0;
    for (int i = 0; seg_image_formats[i]; i++)
        append(text, i, seg_image_formats[i]->title, last);
}

void
seg_image_suffixes(char text[SEG_IMAGE_LIST], const char *last)
{
    *text = 0;
    for (int i = 0; seg_image_formats[i]; i++)
        append(text, i, seg_image_formats[i]->suffix[0], last);
}
