/*
 * Label maps of public datasets, built in by name.
 *
 * Each is a text in the language of labelmap.h, in a file of its own.  Of
 * several values for one class the first is what the way back writes.
 */
#ifndef SEG_DATASET_PALETTE_H
#define SEG_DATASET_PALETTE_H

extern const char seg_palette_ade20k[], seg_palette_camvid[],
    seg_palette_cityscapes[], seg_palette_cityscapes_train[],
    seg_palette_gta5[], seg_palette_voc[];

/* The text of that name, or NULL. */
const char *seg_palette_text(const char *name);

#endif
