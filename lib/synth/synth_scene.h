/*
 * Geometry of a synthetic scene: objects and their positions, without colors.
 *
 * Objects are in painting order, background first.  Lengths are in pixels.
 * Memory comes from the caller's arena.
 */
#ifndef SEG_SYNTH_SYNTH_SCENE_H
#define SEG_SYNTH_SYNTH_SCENE_H

#include "lib/base/rng.h"
#include "lib/synth/synth.h"

enum { GROUND, WALL, WINDOW, SIGN, DISC, RING, HATCH, RAIL };

struct seg_synth_object {
    int class;
    int parent;     /* index of the object below it, or -1: the ground */
    float cx, cy;   /* center */
    float rx, ry;   /* half axes */
    float cos, sin; /* of its rotation */
    /* RING: radius of the hole as a fraction of the outer one */
    float inner;
    /* HATCH, RAIL: two amplitudes and two phases of the outline */
    float bulge[4];
    float stripe[3]; /* HATCH, RAIL: wave vector and phase, radians */
};

struct seg_synth_scene {
    int w, h, n;
    float unit; /* pixels in 1/76 of the shorter side */
    struct seg_synth_object *object;
    uint16_t *top; /* h,w: 1 + index of the visible object, 0: the ground */
};

/* Draws a random scene of w x h pixels. */
int seg_synth_scene_draw(struct seg_synth_scene *s, struct seg_arena *a, int w,
    int h, struct seg_rng *r, struct seg_err *e) SEG_MUST_USE;

/* Paints a scene: image is h,w,3. */
int seg_synth_scene_paint(uint8_t *image, const struct seg_synth_scene *s,
    struct seg_arena *a, enum seg_synth_domain domain, struct seg_rng *r,
    struct seg_err *e) SEG_MUST_USE;

#endif
