#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/dataset/intensity.h"

const double seg_tails[SEG_TAILS] = {0.5, 1, 2, 5};

enum { ROWS = 2 + 2 * SEG_TAILS, NUMBER = 24 };

static const char *const names[ROWS] = {
    "mean", "sd", "0.5", "1", "2", "5", "95", "98", "99", "99.5"};

/* The array for line i of the text. */
static float **
row_of(struct seg_intensity *q, int i)
{
    return i == 0              ? &q->mean
           : i == 1            ? &q->sd
           : i < 2 + SEG_TAILS ? &q->low[i - 2]
                               : &q->high[ROWS - 1 - i];
}

static int
allocate(
    struct seg_intensity *q, struct seg_arena *a, int bands, struct seg_err *e)
{
    q->bands = bands;
    for (int i = 0; i < ROWS; i++) {
        float **row = row_of(q, i);

        *row = seg_take(a, (size_t)bands, sizeof **row, e);
        if (!*row)
            return -1;
    }
    return 0;
}

/* ---- measured from images ---- */

static int
measure(struct seg_intensity *q, struct seg_arena *a, const struct seg_stat *s,
    struct seg_err *e)
{
    if (allocate(q, a, s->bands, e))
        return -1;
    for (int b = 0; b < s->bands; b++) {
        const struct seg_stat_band *band = s->band + b;
        double mean, sd;

        if (!band->pixels)
            continue; /* an image without data: all numbers stay 0 */
        seg_stat_mean_sd(&mean, &sd, band);
        q->mean[b] = (float)mean;
        q->sd[b] = (float)sd;
        for (int t = 0; t < SEG_TAILS; t++) {
            q->low[t][b] =
                (float)seg_histogram_percentile(band->histogram, seg_tails[t]);
            q->high[t][b] = (float)seg_histogram_percentile(
                band->histogram, 100 - seg_tails[t]);
        }
    }
    return 0;
}

/* Sets seg.intensity to the text of q. */
static int
print(struct seg_record *rec, struct seg_intensity *q, struct seg_err *e)
{
    size_t size = ROWS * ((size_t)q->bands + 1) * NUMBER + 1;
    char *text = seg_take(&rec->arena, size, 1, e), *p = text;

    if (!text)
        return -1;
    for (int i = 0; i < ROWS; i++) {
        const float *row = *row_of(q, i);

        p += sprintf(p, "%s ", names[i]);
        for (int b = 0; b < q->bands; b++)
            p += sprintf(p, "%s%.9g", b ? "," : "", (double)row[b]);
        *p++ = '\n';
    }
    return seg_record_set(rec, "seg.intensity", text, e);
}

int
seg_intensity_set(
    struct seg_record *rec, const struct seg_stat *s, struct seg_err *e)
{
    struct seg_intensity q;

    return measure(&q, &rec->arena, s, e) ? -1 : print(rec, &q, e);
}

static int
measure_record(struct seg_stat *s, struct seg_arena *a,
    const struct seg_record *rec, const char *where, struct seg_err *e)
{
    const struct seg_tensor *image = seg_record_find(rec, "image");
    struct seg_nodata nodata;

    seg_stat_init(s, a);
    s->histograms = 1;
    if (!image || !image->bytes)
        return seg_fail(e, SEG_EDATA, "%s: no image to measure", where);
    if (seg_record_meta(rec, "seg.window"))
        return seg_fail(e, SEG_EDATA,
            "%s: a patch without seg.intensity, the statistics of its whole "
            "image",
            where);
    return seg_nodata_get(&nodata, rec, e) ||
                   seg_stat_image(s, image, &nodata, where, e)
               ? -1
               : 0;
}

int
seg_intensity_ensure(struct seg_record *rec, struct seg_err *e)
{
    struct seg_arena scratch = {0};
    struct seg_stat s;

    if (seg_record_meta(rec, "seg.intensity"))
        return 0;
    int status = measure_record(&s, &scratch, rec, seg_record_name(rec), e);
    if (!status)
        status = seg_intensity_set(rec, &s, e);
    seg_arena_free(&scratch);
    return status;
}

/* ---- read from the text ---- */

static int
bad_line(const char *where, const char *name, struct seg_err *e)
{
    return seg_fail(e, SEG_EDATA,
        "%s: seg.intensity: a line of %s and a number for each band expected",
        where, name);
}

static int
parse(struct seg_intensity *q, struct seg_arena *a, const char *text,
    const char *where, struct seg_err *e)
{
    char *copy = seg_take_string(a, text, e);
    int bands = 1;

    for (const char *p = text; *p && *p != '\n'; p++)
        bands += *p == ',';
    if (!copy || allocate(q, a, bands, e))
        return -1;
    for (int i = 0; i < ROWS; i++) {
        char *line = seg_text_line(&copy), *end;
        float *row = *row_of(q, i);

        size_t n = strlen(names[i]);
        if (!line || strncmp(line, names[i], n) || line[n] != ' ')
            return bad_line(where, names[i], e);
        line += n;
        for (int b = 0; b < bands; b++, line = end) {
            row[b] = strtof(line + 1, &end);
            if (end == line + 1 || *end != (b + 1 < bands ? ',' : 0))
                return bad_line(where, names[i], e);
        }
    }
    return 0;
}

int
seg_intensity_get(struct seg_intensity *q, struct seg_arena *a,
    const struct seg_record *rec, const char *where, struct seg_err *e)
{
    const char *text = seg_record_meta(rec, "seg.intensity");
    struct seg_stat s;

    if (text)
        return parse(q, a, text, where, e);
    return measure_record(&s, a, rec, where, e) ? -1 : measure(q, a, &s, e);
}

int
seg_intensity_append(struct seg_record *rec, double inside, struct seg_err *e)
{
    struct seg_intensity old, q;

    if (!seg_record_meta(rec, "seg.intensity"))
        return 0;
    if (seg_intensity_get(&old, &rec->arena, rec, seg_record_name(rec), e) ||
        allocate(&q, &rec->arena, old.bands + 1, e))
        return -1;
    for (int i = 0; i < ROWS; i++) {
        float *row = *row_of(&q, i);

        memcpy(row, *row_of(&old, i), (size_t)old.bands * sizeof *row);
        row[old.bands] = i == 1 || i >= 2 + SEG_TAILS ? (float)inside : 0;
    }
    return print(rec, &q, e);
}
