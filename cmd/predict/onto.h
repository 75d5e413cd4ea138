/* Fuses predictions of single objects into label images, for seg-fuse --onto:
   each patch shows one object, in a window of its image. */
#ifndef SEG_CMD_PREDICT_ONTO_H
#define SEG_CMD_PREDICT_ONTO_H

#include "cmd/predict/fuser.h"
#include "formats/stream/stream.h"

/*
 * Reads the images of `images` and, for each, its patches: consecutive records
 * of `patches`, in the same order.  Writes a label image for each image; what
 * no patch shows as an object is background.  Exits if a patch has no window,
 * no class (seg.object), or no image.  Sets k->objects and k->keeps_classes.
 */
void cli_fuse_onto(
    struct cli_fuser *k, struct seg_reader *patches, struct seg_reader *images);

#endif
