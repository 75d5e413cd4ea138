/*
 * Synthetic dataset with exact labels: scenes of flat objects on a ground.
 *
 * All objects take their colors from one palette, usually the color of their
 * class or that of the most similar class; so color is a hint for the class but
 * never sufficient.  Only the context of a pixel decides:
 *
 *   ground   background
 *   wall     a large framed rectangle
 *   window   a small framed rectangle on a wall
 *   sign     a small framed rectangle on the ground
 *   disc     an ellipse
 *   ring     an ellipse with a hole, through which the scene is visible
 *   hatch    a blob with horizontal stripes
 *   rail     a blob with vertical stripes
 *
 * Objects occlude each other and are cut off by the image border.  The last
 * pixel before a change of class, in both directions, is SEG_IGNORE.
 * Illumination, color cast, blur and noise vary between images.  The two
 * domains show the same scenes with the same labels, but with other colors,
 * texture, blur and noise.
 */
#ifndef SEG_SYNTH_SYNTH_H
#define SEG_SYNTH_SYNTH_H

#include <stdint.h>

#include "lib/tensor/record.h"

enum { SEG_SYNTH_CLASSES = 8, SEG_SYNTH_LEAST = 16, SEG_SYNTH_MOST = 8192 };
enum seg_synth_domain { SEG_SYNTH_A, SEG_SYNTH_B };

struct seg_synth {
    int w, h; /* SEG_SYNTH_LEAST .. SEG_SYNTH_MOST */
    enum seg_synth_domain domain;
    uint64_t seed;
};

/*
 * Clears rec and fills it with image number i: image [h,w,3] u8, label [h,w]
 * u8, key "synth/0000i", classes, palette and ignore value.  A function of s
 * and i.
 */
int seg_synth_make(struct seg_record *rec, const struct seg_synth *s,
    uint64_t i, struct seg_err *e) SEG_MUST_USE;

#endif
