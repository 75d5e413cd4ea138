#include <math.h>

#include "lib/label/labelmap.h"
#include "lib/score/metrics.h"

const char *const seg_metric_names[SEG_METRICS] = {
    "miou", "mdice", "macc", "accuracy", "fwiou"};

static double
ratio(uint64_t over, uint64_t under)
{
    return under ? (double)over / (double)under : NAN;
}

struct seg_class_score
seg_score_counts(uint64_t truth, uint64_t pred, uint64_t hit)
{
    return (struct seg_class_score){
        .truth = truth,
        .pred = pred,
        .hit = hit,
        .iou = ratio(hit, truth + pred - hit),
        .dice = ratio(2 * hit, truth + pred),
        .precision = ratio(hit, pred),
        .recall = ratio(hit, truth),
    };
}

struct seg_class_score
seg_score_class(const struct seg_confusion *c, int class_id)
{
    uint64_t truth = 0, pred = 0;
    size_t k = (size_t)c->classes, id = (size_t)class_id;

    for (size_t i = 0; i < k; i++) {
        truth += c->count[id * k + i];
        pred += c->count[i * k + id];
    }
    return seg_score_counts(truth, pred, c->count[id * k + id]);
}

void
seg_mean_add(struct seg_mean *m, double x, enum seg_absent rule)
{
    static const double instead[] = {0, 0, 1, NAN};

    if (isnan(x) && rule == SEG_ABSENT_SKIP)
        return;
    m->sum += isnan(x) ? instead[rule] : x;
    m->n++;
}

double
seg_mean_value(struct seg_mean m)
{
    return m.n > 0 ? m.sum / m.n : NAN;
}

struct seg_scores
seg_score_classes(const struct seg_class_score *s, int n,
    const struct seg_convention *convention)
{
    static const struct seg_convention plain = {.background = -1};
    struct seg_scores all = {0};
    struct seg_mean iou = {0}, dice = {0}, recall = {0};
    uint64_t hits = 0;
    double weighted = 0;

    convention = convention ? convention : &plain;
    for (int i = 0; i < n; i++) {
        all.pixels += s[i].truth;
        hits += s[i].hit;
        all.present += s[i].truth + s[i].pred > 0;
        if (s[i].truth)
            weighted += (double)s[i].truth * s[i].iou;
        if (i == convention->background ||
            (convention->of_truth && !s[i].truth))
            continue;
        seg_mean_add(&iou, s[i].iou, convention->absent);
        seg_mean_add(&dice, s[i].dice, convention->absent);
        seg_mean_add(&recall, s[i].recall, convention->absent);
    }
    all.value[SEG_MIOU] = seg_mean_value(iou);
    all.value[SEG_MDICE] = seg_mean_value(dice);
    all.value[SEG_MACC] = seg_mean_value(recall);
    all.value[SEG_ACCURACY] = ratio(hits, all.pixels);
    all.value[SEG_FWIOU] = all.pixels ? weighted / (double)all.pixels : NAN;
    return all;
}

struct seg_scores
seg_score_all(
    const struct seg_confusion *c, const struct seg_convention *convention)
{
    struct seg_class_score s[SEG_CLASSES];

    for (int i = 0; i < c->classes; i++)
        s[i] = seg_score_class(c, i);
    return seg_score_classes(s, c->classes, convention);
}
