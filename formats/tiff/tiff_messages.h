/* Classes of libtiff's messages, by their text: they have no numbers. */
#ifndef SEG_FORMATS_TIFF_TIFF_MESSAGES_H
#define SEG_FORMATS_TIFF_TIFF_MESSAGES_H

/* 1 if the message names a tag that decides the pixels, like BitsPerSample. */
int seg_tiff_message_about_pixels(const char *text);

/* 1 if it is about the value of a tag. */
int seg_tiff_message_bad_value(const char *text);

/* 1 if libtiff cannot read this kind of file; the file may be sound. */
int seg_tiff_message_unsupported(const char *text);

/* 1 if it is about a tag that libtiff does not know; no program needs it. */
int seg_tiff_message_unknown_tag(const char *text);

#endif
