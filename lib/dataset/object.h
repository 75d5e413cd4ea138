/*
 * The objects of a label image: all pixels of a class, or each connected
 * component of a class.  Class 0, the background, and ignored pixels are no
 * objects.
 *
 * A network that segments one object at a time takes the object's mask as
 * another channel of the image (Lee et al., Attention-guided supervised
 * contrastive learning for semantic segmentation, 2021).
 */
#ifndef SEG_DATASET_OBJECT_H
#define SEG_DATASET_OBJECT_H

#include "lib/post/components.h"
#include "lib/tensor/record.h"

enum seg_object_kind { SEG_OBJECT_CLASS, SEG_OBJECT_COMPONENT };

struct seg_object {
    int class;         /* 1 to 254 */
    int32_t component; /* its number in seg_components; not used for a class */
    int y, x, h, w;    /* the smallest rectangle that contains it, pixels */
};

struct seg_objects {
    enum seg_object_kind kind;
    struct seg_object *list; /* by class; components of a class by their first
                                pixel in row-major order */
    int n;
    struct seg_components all; /* for SEG_OBJECT_COMPONENT: pixels touch at
                                  their sides */
};

/* The objects of a class, or of all classes (SEG_ANY_CLASS, sample.h).  Memory
   from a. */
int seg_objects_find(struct seg_objects *o, enum seg_object_kind kind,
    const struct seg_label_image *image, int class, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* mask[h,w]: 1 at the pixels of object i, else 0. */
void seg_object_mask(uint8_t *mask, const struct seg_objects *o, int i,
    const struct seg_label_image *image);

#endif
