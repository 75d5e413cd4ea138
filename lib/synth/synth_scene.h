/*
 * A scene of seg_synth: what stands where, without colors.
 *
 * Things are in painting order, the first one at the back.  Lengths are pixels.
 * The memory is the caller's arena's.
 */
#ifndef SEG_SYNTH_SYNTH_SCENE_H
#define SEG_SYNTH_SYNTH_SCENE_H

#include "lib/base/rng.h"
#include "lib/synth/synth.h"

enum { GROUND, WALL, WINDOW, SIGN, DISC, RING, HATCH, RAIL };

struct seg_synth_object {
    int class;
    int on;          /* the thing it stands on, or -1: the ground */
    float cx, cy;    /* center */
    float rx, ry;    /* half lengths of its axes */
    float cos, sin;  /* of its turn */
    float inner;     /* RING: radius of the hole, share of the outer */
    float bulge[4];  /* HATCH, RAIL: two amplitudes, two phases of the rim */
    float stripe[3]; /* HATCH, RAIL: wave vector and phase, radians */
};

struct seg_synth_scene {
    int w, h, n;
    float unit; /* pixels to a length of 1/76 of the shorter side */
    struct seg_synth_object *thing;
    uint16_t *top; /* h,w: 1 + the thing seen there, 0: the ground */
};

/* Draws a scene of w x h pixels. */
int seg_synth_scene_draw(struct seg_synth_scene *s, struct seg_arena *a, int w,
    int h, struct seg_rng *r, struct seg_err *e) SEG_MUST_USE;

/* The image of a scene: image is h,w,3. */
int seg_synth_scene_paint(uint8_t *image, const struct seg_synth_scene *s,
    struct seg_arena *a, enum seg_synth_domain domain, struct seg_rng *r,
    struct seg_err *e) SEG_MUST_USE;

#endif
