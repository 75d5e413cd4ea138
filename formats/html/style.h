/* Internal to formats/html: the style sheet of a page. */
#ifndef SEG_FORMATS_HTML_STYLE_H
#define SEG_FORMATS_HTML_STYLE_H

extern const char seg_html_style[];

#endif
