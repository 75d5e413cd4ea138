/* The bytes of a TIFF, as libtiff asks for them: in memory or behind a
   descriptor.  The handle is a struct seg_tiffio. */
#ifndef SEG_FORMATS_TIFF_TIFFBYTES_H
#define SEG_FORMATS_TIFF_TIFFBYTES_H

#include <stddef.h>
#include <stdint.h>

int64_t seg_tiffbytes_read(void *handle, void *to, int64_t n);
int64_t seg_tiffbytes_write(void *handle, void *from, int64_t n);
uint64_t seg_tiffbytes_seek(void *handle, uint64_t to, int whence);
uint64_t seg_tiffbytes_size(void *handle);
int seg_tiffbytes_close(void *handle);

/* n bytes from at on, wherever the file stands; returns how many there were. */
size_t seg_tiffbytes_at(void *handle, uint64_t at, void *to, size_t n);

#endif
