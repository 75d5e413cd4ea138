/*
 * Conventions for mean scores: which average, over which classes, and the value
 * of 0/0 for a class that does not occur.
 *
 * Evaluation suites give different numbers for the same masks, because they
 * differ in three choices: pooling the pixels of all images or averaging the
 * scores of images; the classes that are included; and the value of 0/0.  A
 * convention fixes the three.  Those of other suites follow their source code:
 *
 *              average  classes         0/0 is
 *   mmseg      pooled   all             left out
 *   detectron2 pooled   those in truth  left out
 *   smp        pooled   all             1
 *   voc        pooled   all             0
 *   nnunet     class    all but 0       left out of the mean of the class over
 *                                       cases; NaN in the mean over classes
 */
#ifndef SEG_SCORE_CONVENTION_H
#define SEG_SCORE_CONVENTION_H

enum seg_average {
    SEG_POOLED,   /* counts of all cases are added, then scored */
    SEG_BY_IMAGE, /* mean over classes for each case, then mean over cases */
    SEG_BY_CLASS  /* mean over cases for each class, then mean over classes */
};

enum seg_absent {
    SEG_ABSENT_SKIP,
    SEG_ABSENT_ZERO,
    SEG_ABSENT_ONE,
    SEG_ABSENT_NAN /* the mean is NaN too */
};

struct seg_convention {
    enum seg_average average;
    enum seg_absent absent;
    int of_truth;   /* leave out classes that do not occur in the truth */
    int background; /* a class that is left out; -1: none */
};

extern const char *const seg_convention_names[]; /* NULL after the last */
extern const struct seg_convention seg_conventions[];

#endif
