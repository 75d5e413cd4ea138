#include <string.h>

#include "lib/kernel/contrast/contrast.h"
#include "lib/loss/image.h"

enum { IGNORE = -1 };
static const double base_tau = 0.07; /* Lee et al.: tau0 */

/* The settings of the kernel for this loss. */
static struct seg_contrast
kernel_form(const struct seg_image_loss *l)
{
    static const int forms[] = {
        [SEG_POSITIVES_VIEW] = SEG_NTXENT,
        [SEG_POSITIVES_POSITION] = SEG_RELEASED_WITHIN,
        [SEG_POSITIVES_OBJECT] = SEG_SUPCON,
    };
    struct seg_contrast q = seg_contrast_forms[forms[l->positives]];

    q.classes = l->positives == SEG_POSITIVES_VIEW ? l->n : l->classes;
    q.ignore = IGNORE;
    q.tau = (float)l->tau;
    q.self = 0;
    q.only_paired = 1;
    if (l->positives == SEG_POSITIVES_OBJECT)
        q.scale = (float)(l->tau / base_tau);
    return q;
}

int
seg_image_loss_plan(
    struct seg_image_loss *l, struct seg_arena *a, struct seg_err *e)
{
    struct seg_contrast q = kernel_form(l);
    size_t rows = 2 * (size_t)l->n;

    l->y = seg_take(a, rows, sizeof *l->y, e);
    l->intensity = l->weigh ? seg_take(a, rows, sizeof *l->intensity, e) : NULL;
    l->scratch = seg_take_dirty(
        a, seg_contrast_scratch(&q, (int)rows, l->d, l->threads), 1, e);
    for (int i = 0; l->y && i < 2 * l->n; i++)
        l->y[i] = i % l->n;
    return l->y && l->scratch && (l->intensity || !l->weigh) ? 0 : -1;
}

void
seg_image_loss_classes(struct seg_image_loss *l, const int *y)
{
    memcpy(l->y, y, (size_t)l->n * sizeof *y);
    memcpy(l->y + l->n, y, (size_t)l->n * sizeof *y);
}

/* Sets anchors and positives of the report. */
static void
count(const struct seg_image_loss *l, const struct seg_contrast *q,
    struct seg_contrast_report *report)
{
    double pairs = 0;

    for (int i = 0; i < 2 * l->n; i++) {
        int same = 0, other = 0;

        for (int j = 0; j < 2 * l->n && l->y[i] != IGNORE; j++) {
            same += j != i && l->y[j] == l->y[i];
            other += l->y[j] != IGNORE && l->y[j] != l->y[i];
        }
        if (same && (other || !q->per_positive)) {
            report->anchors++;
            pairs += same;
        }
    }
    report->positives = report->anchors > 0 ? pairs / report->anchors : 0;
}

double
seg_image_loss(struct seg_image_loss *l, float *df, const float *f,
    struct seg_contrast_report *report)
{
    struct seg_contrast q = kernel_form(l);
    int rows = 2 * l->n;

    if (df)
        memset(df, 0, (size_t)rows * l->d * sizeof *df);
    if (report) {
        *report = (struct seg_contrast_report){0};
        count(l, &q, report);
        seg_contrast_measure(report, f, l->y, IGNORE, (size_t)rows, l->d);
    }
    return seg_contrast(df, f, l->y, NULL, l->intensity, NULL, &q, rows, l->d,
        l->threads, l->scratch);
}
