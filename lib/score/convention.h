/*
 * What a mean score is the mean of, and what a class counts that is not there.
 *
 * The same masks give different numbers in different suites, because they
 * differ in three things: whether pixels of all images are pooled or scores of
 * images are averaged; which classes take part; and what 0/0 is.  A convention
 * names the three.  Those of other suites are given as their code has it:
 *
 *              average  classes         0/0 is
 *   mmseg      pooled   all             left out
 *   detectron2 pooled   those in truth  left out
 *   smp        pooled   all             1
 *   voc        pooled   all             0
 *   nnunet     class    all but 0       left out of the class's mean over the
 *                                       cases; not a number in the mean over
 *                                       the classes
 */
#ifndef SEG_SCORE_CONVENTION_H
#define SEG_SCORE_CONVENTION_H

enum seg_average {
    SEG_POOLED,   /* pixels of all cases are counted together */
    SEG_BY_IMAGE, /* each case has its means; then the mean of these */
    SEG_BY_CLASS  /* each class has its mean over cases; then over classes */
};

enum seg_absent {
    SEG_ABSENT_SKIP,
    SEG_ABSENT_ZERO,
    SEG_ABSENT_ONE,
    SEG_ABSENT_NAN /* then the mean is not a number either */
};

struct seg_convention {
    enum seg_average average;
    enum seg_absent absent;
    int of_truth;   /* classes that are only predicted take no part */
    int background; /* class that takes no part; -1: none */
};

extern const char *const seg_convention_names[]; /* NULL behind the last */
extern const struct seg_convention seg_conventions[];

#endif
