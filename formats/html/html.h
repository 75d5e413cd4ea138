/*
 * A page in HTML that needs no other file: no script, the style sheet inside,
 * images as data URIs.  It is also well-formed XML, is readable in light and in
 * dark mode, and forbids the browser to load anything from elsewhere.
 *
 * Text is always escaped; control characters and bytes that are not UTF-8
 * become question marks.  Write errors are left to the caller (ferror).
 */
#ifndef SEG_FORMATS_HTML_HTML_H
#define SEG_FORMATS_HTML_HTML_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

void seg_html_open(FILE *f, const char *title);
void seg_html_close(FILE *f, const char *footer);

/* Text, also inside the quotes of an attribute. */
void seg_html_text(FILE *f, const char *text);

/* <TAG>text</TAG>, for example "h2". */
void seg_html_element(FILE *f, const char *tag, const char *text);

/* Text that opens by a click; all of it is printed. */
void seg_html_details(FILE *f, const char *title, const char *text);

/* An image of w x h pixels; the bytes are a file of this type, "jpeg". */
void seg_html_image(FILE *f, const char *type, const uint8_t *bytes, size_t n,
    size_t h, size_t w, const char *description);

/* A colored square and a name. */
void seg_html_chip(FILE *f, const uint8_t rgb[3], const char *name);

#endif
