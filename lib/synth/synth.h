/*
 * A synthetic dataset with exact labels: scenes of flat things on a ground.
 *
 * Any thing may wear any color of one palette, though most often its own
 * class's or that of the class most like it: color says something about a
 * class, and never enough.  What tells for sure lies around the pixel:
 *
 *   ground   what nothing else covers
 *   wall     a large framed rectangle
 *   window   a small one on a wall
 *   sign     the same on the ground
 *   disc     a round patch
 *   ring     a round band through which one sees what lies behind
 *   hatch    a blob of stripes that lie
 *   rail     a blob of stripes that stand
 *
 * Things hide one another and the image's border cuts them.  The pixel before
 * a change of class is SEG_IGNORE.  Light, color cast, blur and noise differ
 * from image to image.  The two domains show the same scenes, label by
 * label, in other colors, grain, blur and noise.
 */
#ifndef SEG_SYNTH_SYNTH_H
#define SEG_SYNTH_SYNTH_H

#include <stdint.h>

#include "lib/tensor/record.h"

enum { SEG_SYNTH_CLASSES = 8, SEG_SYNTH_LEAST = 16, SEG_SYNTH_MOST = 8192 };
enum seg_synth_domain { SEG_SYNTH_A, SEG_SYNTH_B };

struct seg_synth {
    int w, h; /* SEG_SYNTH_LEAST..SEG_SYNTH_MOST */
    enum seg_synth_domain domain;
    uint64_t seed;
};

/*
 * Item i into rec, which is cleared first: image [h,w,3] u8, label [h,w] u8,
 * key "synth/0000i", classes, palette and ignore value.  A function of s and i.
 */
int seg_synth_make(struct seg_record *rec, const struct seg_synth *s,
    uint64_t i, struct seg_err *e) SEG_MUST_USE;

#endif
