/*
 * The Lovasz-softmax loss: the Lovasz extension of 1 - IoU of every class.
 *
 * Per class c, over valid pixels, with errors m_q = 1 - p[q,c] if y_q = c, else
 * p[q,c], in descending order:
 *   L_c = sum_i m_i (J_i - J_{i-1}),  J_i = 1 - (G - F_i) / (G + B_i),  J_0 = 0
 * in which G is the number of pixels of class c; the first i pixels contain F_i
 * of class c and B_i of other classes.  L is the mean of L_c over classes
 * that occur in the labels (present=1) or over all classes (present=0), for
 * the batch as one set of pixels, or averaged over its images (image=1).
 */
#include <string.h>

#include <omp.h>

#include "lib/base/scratch.h"
#include "lib/loss/pixel.h"

enum { IMAGE, PRESENT };

static const struct seg_loss_setting settings[] = {
    [IMAGE] = {"image", 0, 0, 1, 1},
    [PRESENT] = {"present", 1, 0, 1, 1},
    {NULL, 0, 0, 0, 0},
};

/* Radix sort by digits of 11 bits, least significant first. */
enum { DIGIT = 11, DIGITS = 1 << DIGIT, PASSES = 3 };
static const uint32_t ONE = 0x3f800000; /* the bits of 1.0f */

/* An error as a key that ascends when the error descends. */
struct item {
    uint32_t key, pixel;
};

/* Workspace: probabilities of all pixels, a value for each class and image,
   two lists of errors for each thread. */
struct work {
    double *value;
    int *present;
    float *p;
    struct item *list;
    size_t pixels; /* of one group: an image or the batch */
    int groups, threads;
};

static size_t
layout(struct work *k, const struct seg_loss_term *t,
    const struct seg_loss_batch *b, void *scratch)
{
    struct seg_scratch m = {.base = scratch};
    size_t all = seg_loss_pixels(b) * (size_t)b->classes;

    k->groups = t->set[IMAGE] > 0 ? b->n : 1;
    k->pixels = seg_loss_pixels(b) / (size_t)k->groups;
    size_t tasks = (size_t)k->groups * b->classes;
    k->threads = tasks < (size_t)b->threads ? (int)tasks : b->threads;
    size_t items = 2 * k->pixels * (size_t)k->threads;
    k->value = seg_scratch_take(&m, tasks, sizeof *k->value);
    k->present = seg_scratch_take(&m, tasks, sizeof *k->present);
    k->list = seg_scratch_take(&m, items, sizeof *k->list);
    k->p = seg_scratch_take(&m, all, sizeof *k->p);
    return m.used;
}

static size_t
scratch_bytes(const struct seg_loss_term *t, const struct seg_loss_batch *b)
{
    struct work k;

    return layout(&k, t, b, NULL);
}

/* Sorts n items by key, stably; returns from or other, which holds them. */
static struct item *
sort(struct item *from, struct item *other, size_t n)
{
    for (int pass = 0; pass < PASSES; pass++) {
        size_t at[DIGITS] = {0}, sum = 0;
        int shift = pass * DIGIT;

        for (size_t i = 0; i < n; i++)
            at[from[i].key >> shift & (DIGITS - 1)]++;
        for (int d = 0; d < DIGITS; d++) {
            size_t count = at[d];
            at[d] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++)
            other[at[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
        struct item *swap = from;
        from = other;
        other = swap;
    }
    return from;
}

static float
error_of(struct item item)
{
    uint32_t u = ONE - item.key;
    float x;

    memcpy(&x, &u, sizeof x);
    return x;
}

/* Lists the errors of class c in pixels from..from+n-1; returns their number
   and in *size the pixels of the class. */
static size_t
list_errors(struct item *list, const struct seg_loss_batch *b, const float *p,
    const uint8_t *label, size_t from, size_t n, int c, size_t *size)
{
    size_t found = 0;

    *size = 0;
    for (size_t i = from; i < from + n; i++) {
        float error = p[i * b->classes + c];
        uint32_t u;

        if (!seg_loss_valid(b, label[i]))
            continue;
        if (label[i] == c) {
            error = 1 - error;
            ++*size;
        }
        error = error < 0 ? 0 : error > 1 ? 1 : error;
        memcpy(&u, &error, sizeof u);
        list[found++] = (struct item){ONE - u, (uint32_t)(i - from)};
    }
    return found;
}

/* L_c over a sorted list; writes dL_c/dp[q,c] to g, whose rows are b->classes
   apart. */
static double
walk(float *g, const struct item *list, size_t n,
    const struct seg_loss_batch *b, const uint8_t *label, int c, size_t size)
{
    double inside = (double)size, all = (double)size, value = 0;

    for (size_t i = 0; i < n; i++) {
        int own = label[list[i].pixel] == c;
        /* J_i - J_{i-1}, without a difference of near numbers */
        double step =
            all > 0 ? (own ? 1 / all : inside / (all * (all + 1))) : 1;

        if (own)
            inside--;
        else
            all++;
        value += step * (double)error_of(list[i]);
        g[(size_t)list[i].pixel * b->classes] = (float)(own ? -step : step);
    }
    return value;
}

/* One class of one group. */
static void
task(struct work *k, const struct seg_loss_term *t,
    const struct seg_loss_batch *b, float *dx, const uint8_t *label, int number)
{
    int c = number % b->classes;
    size_t from = (size_t)(number / b->classes) * k->pixels, size;
    struct item *list = k->list + 2 * k->pixels * (size_t)omp_get_thread_num();
    size_t n = list_errors(list, b, k->p, label, from, k->pixels, c, &size);

    k->present[number] = n && (size || t->set[PRESENT] == 0);
    k->value[number] = 0;
    if (k->present[number])
        k->value[number] = walk(dx + from * b->classes + c,
            sort(list, list + k->pixels, n), n, b, label + from, c, size);
}

/* The number of present classes of a group. */
static int
count_classes(const struct work *k, int group, int classes)
{
    int n = 0;

    for (int c = 0; c < classes; c++)
        n += k->present[group * classes + c];
    return n;
}

/* From the gradient of probabilities in dx to that of logits. */
static void
strip_gradient(const struct work *k, const struct seg_loss_batch *b, float *dx,
    const uint8_t *label, int s, int filled)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);
    int c = b->classes, group = s / (seg_loss_strips(b) / k->groups);
    int n = count_classes(k, group, c);
    float scale = n ? 1 / ((float)n * (float)filled) : 0;

    for (size_t i = q.from; i < q.to; i++) {
        float *g = dx + i * c;

        if (!n || !seg_loss_valid(b, label[i])) {
            memset(g, 0, (size_t)c * sizeof *g);
            continue;
        }
        for (int j = 0; j < c; j++)
            g[j] = k->present[group * c + j] ? g[j] * scale : 0;
        seg_loss_softmax_backward(g, g, k->p + i * c, c);
    }
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    struct work k;
    int c = b->classes, filled = 0;
    double sum = 0;

    layout(&k, t, b, scratch);
    seg_loss_softmax(b, k.p, NULL, x, label);
#pragma omp parallel for num_threads(k.threads) schedule(dynamic)
    for (int i = 0; i < k.groups * c; i++)
        task(&k, t, b, dx, label, i);
    for (int i = 0; i < k.groups; i++) {
        int n = count_classes(&k, i, c);

        filled += n > 0;
        sum += n ? seg_loss_add(k.value + i * c, c) / n : 0;
    }
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < seg_loss_strips(b); s++)
        strip_gradient(&k, b, dx, label, s, filled);
    return filled ? sum / filled : 0;
}

const struct seg_loss seg_loss_lovasz = {
    .name = "lovasz",
    .formula = "L = mean_c sum_i m_i (J_i - J_{i-1}), m the sorted errors of "
               "class c",
    .source = "Berman et al., 1705.08790, and its released code",
    .settings = settings,
    .scratch_bytes = scratch_bytes,
    .value = value,
};
