#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/dataset/stat.h"
#include "lib/label/labelmap.h"

void
seg_stat_init(struct seg_stat *s, struct seg_arena *a)
{
    *s = (struct seg_stat){.arena = a, .ignore = SEG_IGNORE, .known.arena = a};
}

static int
start_histogram(struct seg_stat_band *b, struct seg_arena *a, struct seg_err *e)
{
    b->histogram = seg_take(a, 1, sizeof *b->histogram, e);
    return b->histogram ? seg_histogram_start(b->histogram, a, e) : -1;
}

/* Sets the number of bands, or fails if it differs from the earlier one. */
static int
set_or_check_bands(
    struct seg_stat *s, size_t bands, const char *where, struct seg_err *e)
{
    if (s->bands && bands != (size_t)s->bands)
        return seg_fail(e, SEG_EDATA, "%s: %zu bands, %d in those before",
            where, bands, s->bands);
    if (s->bands)
        return 0;
    s->band = seg_take(s->arena, bands, sizeof *s->band, e);
    if (!s->band)
        return -1;
    s->bands = (int)bands;
    for (int b = 0; b < s->bands; b++) {
        s->band[b].min = INFINITY;
        s->band[b].max = -INFINITY;
        if (s->histograms && start_histogram(s->band + b, s->arena, e))
            return -1;
    }
    return 0;
}

/* Sets the name of a class; it has been compared already. */
static int
set_name(struct seg_stat *s, int class, const char *name, struct seg_err *e)
{
    struct seg_stat_class *c = s->class + class;

    if (!name)
        return 0;
    if (!c->name)
        c->name = seg_take_string(s->arena, name, e);
    if (!c->name)
        return -1;
    s->classes = class < s->classes ? s->classes : class + 1;
    return 0;
}

/* Sums of a row of n pixels: 64 bits hold 2^28 pixels of 16 bits. */
#define ADD_INTEGERS(type)                                                     \
    for (size_t i = 0; i < n; i++) {                                           \
        int64_t v = ((const type *)p)[i * step];                               \
                                                                               \
        sum += v;                                                              \
        squares += v * v;                                                      \
        least = v < least ? v : least;                                         \
        most = v > most ? v : most;                                            \
    }

static void
add_integers(struct seg_stat_band *b, enum seg_type type, const void *p,
    size_t n, size_t step)
{
    int64_t sum = 0, squares = 0, least = INT64_MAX, most = INT64_MIN;

    if (type == SEG_U8)
        ADD_INTEGERS(uint8_t)
    else if (type == SEG_U16)
        ADD_INTEGERS(uint16_t)
    else
        ADD_INTEGERS(int16_t)
    seg_exact_add(&b->sum, sum, 0);
    seg_exact_add(&b->squares, squares, 0);
    b->min = fmin(b->min, (double)least);
    b->max = fmax(b->max, (double)most);
}

static void
add_floats(struct seg_stat_band *b, const float *p, size_t n, size_t step)
{
    for (size_t i = 0; i < n; i++) {
        float v = p[i * step];

        seg_exact_add_float(&b->sum, &b->squares, v);
        b->min = fmin(b->min, (double)v);
        b->max = fmax(b->max, (double)v);
    }
}

/* Adds n pixels of a row, band b. */
static int
add_run(struct seg_stat *s, size_t b, const struct seg_tensor *row, size_t at,
    size_t n, struct seg_err *e)
{
    size_t bands = seg_tensor_bands(row);
    const char *p =
        (const char *)row->data + (at * bands + b) * seg_type_size(row->type);

    s->band[b].pixels += n;
    if (row->type == SEG_F32)
        add_floats(s->band + b, (const float *)p, n, bands);
    else
        add_integers(s->band + b, row->type, p, n, bands);
    return s->histograms ? seg_histogram_add(
                               s->band[b].histogram, row->type, p, n, bands, e)
                         : 0;
}

/* Adds a row of w pixels except those with gap[x] set (gap NULL: none). */
static int
add_row(struct seg_stat *s, const struct seg_tensor *row, size_t w,
    const uint8_t *gap, struct seg_err *e)
{
    size_t bands = seg_tensor_bands(row), n;

    for (size_t x = 0; x < w; x += n) {
        for (n = 0; x + n < w && gap && gap[x + n];)
            n++;
        if (n)
            continue;
        for (n = 1; x + n < w && !(gap && gap[x + n]);)
            n++;
        for (size_t b = 0; b < bands; b++)
            if (add_run(s, b, row, x, n, e))
                return -1;
    }
    return 0;
}

/* Row y of t.  Types without code of their own are converted to float. */
static struct seg_tensor
row_of(const struct seg_tensor *t, size_t y, float *floats)
{
    size_t n = t->shape[1] * seg_tensor_bands(t);
    struct seg_tensor row = *t;

    row.shape[0] = 1;
    row.bytes = n * seg_type_size(t->type);
    row.data = (char *)t->data + y * row.bytes;
    if (!floats)
        return row;
    seg_tensor_floats(floats, &row);
    row.type = SEG_F32;
    row.bytes = n * sizeof *floats;
    row.data = floats;
    return row;
}

static int
add_rows(struct seg_stat *s, const struct seg_tensor *t,
    const struct seg_nodata *nodata, const char *key, struct seg_arena *a,
    struct seg_err *e)
{
    size_t w = t->shape[1];
    int as_it_is = t->type == SEG_U8 || t->type == SEG_U16 ||
                   t->type == SEG_I16 || t->type == SEG_F32;
    float *floats = NULL;
    uint8_t *gap;

    if (!as_it_is) {
        floats = seg_take_dirty(a, w * seg_tensor_bands(t), sizeof *floats, e);
        if (!floats)
            return -1;
    }
    if (seg_nodata_map(&gap, nodata, t, a, e))
        return -1;
    seg_nodata_count_add(&s->gaps, t, gap, key);
    for (size_t y = 0; y < t->shape[0]; y++) {
        struct seg_tensor row = row_of(t, y, floats);

        if (add_row(s, &row, w, gap ? gap + y * w : NULL, e))
            return -1;
    }
    return 0;
}

int
seg_stat_image(struct seg_stat *s, const struct seg_tensor *t,
    const struct seg_nodata *nodata, const char *key, struct seg_err *e)
{
    enum { BANDS = 1 << 16, WIDTH = 1 << 28 };
    struct seg_arena scratch = {0};
    size_t bands = seg_tensor_bands(t);
    char text[120];

    if ((t->rank != 2 && t->rank != 3) || bands > BANDS || t->shape[1] > WIDTH)
        return seg_fail(e, SEG_EDATA,
            "%s: image is %s; [height,width,bands] expected", key,
            seg_tensor_describe(text, sizeof text, t));
    if (!t->bytes)
        return 0;
    if (set_or_check_bands(s, bands, key, e))
        return -1;
    int status = add_rows(s, t, nodata, key, &scratch, e);
    seg_arena_free(&scratch);
    return status;
}

static int
add_label(struct seg_stat *s, const struct seg_tensor *t, const char *key,
    struct seg_err *e)
{
    uint64_t count[SEG_STAT_CLASSES] = {0}, labeled = 0;

    if (seg_classes_shape(t, key, e))
        return -1;
    for (size_t i = 0; i < t->bytes; i++)
        count[((const uint8_t *)t->data)[i]]++;
    for (int c = 0; c < SEG_STAT_CLASSES; c++)
        labeled += c == s->ignore ? 0 : count[c];
    for (int c = 0; c < SEG_STAT_CLASSES; c++) {
        if (c == s->ignore || !count[c])
            continue;
        s->class[c].pixels += count[c];
        s->class[c].images++;
        s->class[c].present += labeled;
        s->classes = c < s->classes ? s->classes : c + 1;
    }
    s->ignored += t->bytes - labeled;
    s->ignored_images += labeled < t->bytes;
    return 0;
}

int
seg_stat_add(struct seg_stat *s, const struct seg_record *r, struct seg_err *e)
{
    const struct seg_tensor *image = seg_record_find(r, "image");
    const struct seg_tensor *label = seg_record_find(r, "label");
    const char *key = seg_record_name(r);
    struct seg_arena a = {0};
    struct seg_nodata nodata;
    struct seg_classes c;
    int status = seg_classes_read(&c, &a, r, e) ||
                 seg_known_classes_check(&s->known, r, key, e);

    if (!status && label)
        s->ignore = c.ignore;
    for (int i = 0; !status && i < c.n; i++)
        status = set_name(s, i, c.name[i], e);
    seg_arena_free(&a);
    if (status || seg_nodata_get(&nodata, r, e) ||
        (image && seg_stat_image(s, image, &nodata, key, e)) ||
        (label && add_label(s, label, key, e)))
        return -1;
    s->images++;
    return 0;
}

int
seg_stat_list(const char **list, const struct seg_stat *s, struct seg_err *e)
{
    const char *name[SEG_STAT_CLASSES];
    int n = 0;

    for (; n < s->classes && s->class[n].name; n++)
        name[n] = s->class[n].name;
    *list = n ? seg_classes_list(s->arena, name, n, e) : NULL;
    return n && !*list ? -1 : 0;
}

/* Even a table of images without labels has an ignore value; it is not
   compared. */
static int
check_table(struct seg_stat *s, const struct seg_stat *from, const char *path,
    struct seg_err *e)
{
    const char *list;

    if (seg_stat_list(&list, from, e) ||
        seg_known_classes_check_names(&s->known, list, path, e))
        return -1;
    if (!from->classes && !from->ignored)
        return 0;
    return seg_known_classes_check_ignore(&s->known, from->ignore, path, e);
}

int
seg_stat_merge(struct seg_stat *s, const struct seg_stat *from,
    const char *path, struct seg_err *e)
{
    if (check_table(s, from, path, e))
        return -1;
    for (int c = 0; c < from->classes; c++) {
        struct seg_stat_class *to = s->class + c;
        const struct seg_stat_class *more = from->class + c;

        if (set_name(s, c, more->name, e))
            return -1;
        to->pixels += more->pixels;
        to->images += more->images;
        to->present += more->present;
    }
    if (from->classes > s->classes)
        s->classes = from->classes;
    if (from->bands && set_or_check_bands(s, (size_t)from->bands, path, e))
        return -1;
    for (int b = 0; b < from->bands; b++) {
        struct seg_stat_band *to = s->band + b;
        const struct seg_stat_band *more = from->band + b;

        to->pixels += more->pixels;
        seg_exact_merge(&to->sum, &more->sum);
        seg_exact_merge(&to->squares, &more->squares);
        if (s->histograms && !more->histogram)
            return seg_fail(e, SEG_EDATA,
                "%s: no levels: a table made without percentiles", path);
        if (s->histograms &&
            seg_histogram_merge(to->histogram, more->histogram, e))
            return -1;
        to->min = fmin(to->min, more->min);
        to->max = fmax(to->max, more->max);
    }
    s->ignore = from->ignore;
    s->images += from->images;
    s->ignored += from->ignored;
    s->ignored_images += from->ignored_images;
    return 0;
}

void
seg_stat_inverse(double *weight, const struct seg_stat *s)
{
    double all = 0;
    int k = 0;

    for (int c = 0; c < s->classes; c++) {
        all += (double)s->class[c].pixels;
        k += s->class[c].pixels > 0;
    }
    for (int c = 0; c < s->classes; c++)
        weight[c] = s->class[c].pixels
                        ? all / ((double)k * (double)s->class[c].pixels)
                        : 0;
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

void
seg_stat_median(double *weight, const struct seg_stat *s)
{
    double sorted[SEG_STAT_CLASSES];
    int k = 0;

    for (int c = 0; c < s->classes; c++) {
        const struct seg_stat_class *t = s->class + c;

        weight[c] = t->pixels ? (double)t->pixels / (double)t->present : 0;
        if (t->pixels)
            sorted[k++] = weight[c];
    }
    qsort(sorted, (size_t)k, sizeof *sorted, by_size);
    double median = k ? (sorted[(k - 1) / 2] + sorted[k / 2]) / 2 : 0;
    for (int c = 0; c < s->classes; c++)
        weight[c] = weight[c] > 0 ? median / weight[c] : 0;
}

void
seg_stat_effective(double *weight, const struct seg_stat *s)
{
    const double beta = SEG_STAT_BETA;
    double sum = 0;
    int k = 0;

    for (int c = 0; c < s->classes; c++) {
        double n = (double)s->class[c].pixels;

        weight[c] = n > 0 ? (1 - beta) / (1 - pow(beta, n)) : 0;
        sum += weight[c];
        k += n > 0;
    }
    for (int c = 0; c < s->classes; c++)
        weight[c] *= sum > 0 ? k / sum : 0;
}

void
seg_stat_mean_sd(double *mean, double *sd, const struct seg_stat_band *b)
{
    long double n = b->pixels, sum = seg_exact_value(&b->sum);
    long double squares = seg_exact_value(&b->squares);
    long double m = sum / n, variance = squares / n - m * m;

    *mean = (double)m;
    *sd = variance <= 0 ? 0 : (double)sqrtl(variance); /* also for NaN */
}
