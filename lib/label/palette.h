/*
 * Label maps of public datasets, selected by name.
 *
 * Each is a text in the format of labelmap.h, in a file of its own.  If a class
 * has several values, the first one is written on export.
 */
#ifndef SEG_LABEL_PALETTE_H
#define SEG_LABEL_PALETTE_H

extern const char seg_palette_ade20k[], seg_palette_camvid[],
    seg_palette_cityscapes[], seg_palette_cityscapes_train[],
    seg_palette_gta5[], seg_palette_voc[];

/* The text of the label map of that name, or NULL. */
const char *seg_palette_text(const char *name);

#endif
