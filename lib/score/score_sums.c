#include <string.h>

#include "lib/label/labelmap.h"
#include "lib/score/score_sums.h"

/* Layout of the sums: WIDTH numbers for each class, then two for each
   metric. */
enum {
    TRUTH,
    PRED,
    HIT,
    IOU, /* sum over cases, and the number of cases with a value */
    IOUS,
    DICE,
    DICES,
    RECALL,
    RECALLS,
    WIDTH
};

int
seg_score_sums_size(int classes)
{
    return classes * WIDTH + 2 * SEG_METRICS;
}

static void
put(double *at, double x, enum seg_absent rule)
{
    struct seg_mean m = {0};

    seg_mean_add(&m, x, rule);
    at[0] = m.sum;
    at[1] = m.n;
}

void
seg_score_sums_case(double *sums, const struct seg_confusion *c,
    const struct seg_convention *convention)
{
    enum seg_absent rule = convention->absent == SEG_ABSENT_NAN
                               ? SEG_ABSENT_SKIP
                               : convention->absent;
    struct seg_scores all = seg_score_all(c, convention);
    double *at = sums;

    for (int i = 0; i < c->classes; i++, at += WIDTH) {
        struct seg_class_score s = seg_score_class(c, i);

        at[TRUTH] = (double)s.truth;
        at[PRED] = (double)s.pred;
        at[HIT] = (double)s.hit;
        put(at + IOU, s.iou, rule);
        put(at + DICE, s.dice, rule);
        put(at + RECALL, s.recall, rule);
    }
    for (int i = 0; i < SEG_METRICS; i++, at += 2)
        put(at, all.value[i], SEG_ABSENT_SKIP);
}

void
seg_score_sums_add(double *to, const double *from, double weight, int classes)
{
    int n = seg_score_sums_size(classes);

    for (int i = 0; i < n; i++)
        to[i] += weight * from[i];
}

static double
mean(const double *at)
{
    return seg_mean_value((struct seg_mean){at[0], at[1]});
}

static void
pooled(struct seg_class_score *s, const double *sums, int classes)
{
    for (int i = 0; i < classes; i++, sums += WIDTH)
        s[i] = seg_score_counts(
            (uint64_t)sums[TRUTH], (uint64_t)sums[PRED], (uint64_t)sums[HIT]);
}

void
seg_score_sums_classes(struct seg_class_score *s, const double *sums,
    int classes, const struct seg_convention *convention)
{
    pooled(s, sums, classes);
    if (convention->average != SEG_BY_CLASS)
        return;
    for (int i = 0; i < classes; i++, sums += WIDTH) {
        s[i].iou = mean(sums + IOU);
        s[i].dice = mean(sums + DICE);
        s[i].recall = mean(sums + RECALL);
    }
}

struct seg_scores
seg_score_sums_scores(
    const double *sums, int classes, const struct seg_convention *convention)
{
    struct seg_class_score s[SEG_CLASSES];
    const double *cases = sums + (size_t)classes * WIDTH;

    pooled(s, sums, classes);
    struct seg_scores all = seg_score_classes(s, classes, convention);
    if (convention->average == SEG_BY_IMAGE)
        for (int i = 0; i < SEG_METRICS; i++)
            all.value[i] = mean(cases + 2 * i);
    if (convention->average == SEG_BY_CLASS) {
        /* accuracy and fwiou are not means over classes; keep the pooled
           values */
        seg_score_sums_classes(s, sums, classes, convention);
        struct seg_scores means = seg_score_classes(s, classes, convention);
        memcpy(all.value, means.value, SEG_ACCURACY * sizeof *all.value);
    }
    return all;
}
