#include <math.h>

#include "lib/eval/metrics.h"

static double
ratio(uint64_t over, uint64_t under)
{
    return under ? (double)over / (double)under : NAN;
}

struct seg_class_score
seg_score_class(const struct seg_confusion *c, int class_id)
{
    struct seg_class_score s = {0};
    size_t k = (size_t)c->classes, id = (size_t)class_id;

    for (size_t i = 0; i < k; i++) {
        s.truth += c->count[id * k + i];
        s.pred += c->count[i * k + id];
    }
    s.hit = c->count[id * k + id];
    s.iou = ratio(s.hit, s.truth + s.pred - s.hit);
    s.dice = ratio(2 * s.hit, s.truth + s.pred);
    s.precision = ratio(s.hit, s.pred);
    s.recall = ratio(s.hit, s.truth);
    return s;
}

struct seg_scores
seg_score_all(const struct seg_confusion *c)
{
    struct seg_scores s = {0};
    uint64_t hits = 0;
    int in_truth = 0;

    for (int i = 0; i < c->classes; i++) {
        struct seg_class_score one = seg_score_class(c, i);

        s.pixels += one.truth;
        hits += one.hit;
        if (one.truth + one.pred) {
            s.present++;
            s.miou += one.iou;
            s.mdice += one.dice;
            s.fwiou += (double)one.truth * one.iou;
        }
        if (one.truth) {
            in_truth++;
            s.macc += one.recall;
        }
    }
    s.miou = s.present ? s.miou / s.present : NAN;
    s.mdice = s.present ? s.mdice / s.present : NAN;
    s.macc = in_truth ? s.macc / in_truth : NAN;
    s.accuracy = ratio(hits, s.pixels);
    s.fwiou = s.pixels ? s.fwiou / (double)s.pixels : NAN;
    return s;
}
