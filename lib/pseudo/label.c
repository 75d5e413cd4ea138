#include "lib/pseudo/label.h"
#include "lib/pseudo/confidence.h"

static int
is_trusted(const struct seg_pseudo_image *image,
    const struct seg_pseudo_rule *rule, size_t i)
{
    int k = image->class[i];

    if (k == rule->ignore || (image->disputed && image->disputed[i]))
        return 0;
    if (!image->confidence)
        return 1;
    return image->confidence[i] >= rule->above &&
           (!rule->limit ||
               seg_confidence_level(image->confidence[i]) <= rule->limit[k]);
}

void
seg_pseudo_label(uint8_t *label, struct seg_pseudo_counts *counts,
    const struct seg_pseudo_image *image, const struct seg_pseudo_rule *rule)
{
    for (size_t i = 0; i < image->n; i++) {
        int k = image->class[i];

        label[i] = (uint8_t)rule->ignore;
        if (k >= SEG_CONFIDENCE_CLASSES)
            continue;
        struct seg_pseudo_counts *c = counts + k;
        int trusted = is_trusted(image, rule, i);
        int judged = image->truth && image->truth[i] != rule->ignore;
        int right = judged && image->truth[i] == k;

        if (trusted)
            label[i] = (uint8_t)k;
        c->predicted++;
        c->judged += (uint64_t)judged;
        c->right += (uint64_t)right;
        c->trusted += (uint64_t)trusted;
        c->trusted_judged += (uint64_t)(trusted && judged);
        c->trusted_right += (uint64_t)(trusted && right);
    }
}
