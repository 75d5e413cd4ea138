/* The input and output functions that libtiff calls.  handle is a struct
   seg_libtiff, whose bytes are in memory or in a file descriptor. */
#ifndef SEG_FORMATS_TIFF_TIFF_BYTES_H
#define SEG_FORMATS_TIFF_TIFF_BYTES_H

#include <stddef.h>
#include <stdint.h>

int64_t seg_tiff_bytes_read(void *handle, void *to, int64_t n);
int64_t seg_tiff_bytes_write(void *handle, void *from, int64_t n);
uint64_t seg_tiff_bytes_seek(void *handle, uint64_t to, int whence);
uint64_t seg_tiff_bytes_size(void *handle);
int seg_tiff_bytes_close(void *handle);

/* Reads up to n bytes at offset `at` without moving the file position; returns
   how many were read. */
size_t seg_tiff_bytes_at(void *handle, uint64_t at, void *to, size_t n);

#endif
