/* What libtiff's complaints say, which have no numbers. */
#ifndef SEG_FORMATS_TIFF_TIFFWORDS_H
#define SEG_FORMATS_TIFF_TIFFWORDS_H

/* 1 if a complaint names a tag that decides what the pixels are. */
int seg_tiffwords_about_pixels(const char *text);

/* 1 if it is about the value of a tag. */
int seg_tiffwords_about_a_value(const char *text);

/* 1 if it is about something that libtiff cannot do, not something broken. */
int seg_tiffwords_unsupported(const char *text);

/* 1 if it is about a tag that nobody asked for. */
int seg_tiffwords_idle(const char *text);

#endif
