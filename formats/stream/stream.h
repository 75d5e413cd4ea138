/*
 * The record stream, seg-stream(5): safetensors blobs end to end, END last.
 *
 * A reader takes a file descriptor (file or pipe), checks every byte before it
 * allocates, verifies seg.hash, counts records against END, and calls a stream
 * that stops without END bad data.  Where the descriptor is a file it is mapped
 * and records point into the mapping: reading one costs no copy, and any record
 * can be read again by its offset.  A pipe can be made so by spooling.  Bytes
 * of a mapped record must not be written to, and live until the reader is
 * closed.
 *
 * A writer fills in seg.version and seg.hash, and closes the stream with END.
 * Nothing is written behind the caller's back: an error in between leaves a
 * stream without END, which no reader accepts.
 */
#ifndef SEG_FORMATS_STREAM_STREAM_H
#define SEG_FORMATS_STREAM_STREAM_H

#include "lib/tensor/record.h"

struct seg_reader;
struct seg_writer;

/* A record over record_bytes or header_memory, if given, is SEG_EMEM. */
struct seg_limits {
    size_t record_bytes; /* of one record; 0: 2 GiB */
    size_t header_bytes; /* of one header; 0: 1 MiB in a stream, 100 MB alone */
    size_t header_memory; /* that reading a header takes; 0: 256 MiB */
};

/* name is for messages and is copied; fd is closed by seg_reader_close. */
int seg_reader_open(struct seg_reader **r, int fd, const char *name,
    const struct seg_limits *limits, struct seg_err *e) SEG_MUST_USE;

/*
 * From here on reading a pipe ends with SEG_ETEMP as soon as fd can be read:
 * the other end of a pipe into which a handler of signals writes a byte.
 */
void seg_reader_stop_by(struct seg_reader *r, int fd);

/*
 * The next data record into rec, which is cleared first: 1, or 0 at the end of
 * a complete stream, or -1.  END records are not handed out; what they carry is
 * kept (seg_reader_history).
 */
int seg_reader_next(struct seg_reader *r, struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Random access.  Index reads the whole stream once (a pipe is first copied to
 * an unlinked temporary file), checks it as above, and from then on any record
 * can be read by number (from 0), in any order, without a copy; threads may do
 * so at the same time, each into a record of its own.  At returns 0 or -1.
 */
int seg_reader_index(
    struct seg_reader *r, size_t *records, struct seg_err *e) SEG_MUST_USE;
int seg_reader_at(struct seg_reader *r, size_t number, struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* Lines of history of all ENDs met so far, "\n" behind each; "" if none. */
const char *seg_reader_history(const struct seg_reader *r);
const char *seg_reader_name(const struct seg_reader *r);
/* Does this address lie in the file that r has mapped?  Touching it can fail
   with SIGBUS, after another program has cut the file or on a bad disk. */
int seg_reader_maps(const struct seg_reader *r, const void *address);
/* Bytes read so far, and of the whole file (0 on a pipe): for progress. */
size_t seg_reader_position(const struct seg_reader *r, size_t *total);
void seg_reader_close(struct seg_reader *r);

int seg_writer_open(struct seg_writer **w, int fd, const char *name,
    struct seg_err *e) SEG_MUST_USE;
int seg_writer_put(struct seg_writer *w, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;
/* From here on: one record, without seg.version, and no END: a plain
   .safetensors file, for other programs. */
void seg_writer_plain(struct seg_writer *w);
/* END with the count and the history, then flush.  fd stays open. */
int seg_writer_end(
    struct seg_writer *w, const char *history, struct seg_err *e) SEG_MUST_USE;
void seg_writer_free(struct seg_writer *w);

/* All n bytes, whatever the interruptions.  name is for the message. */
int seg_write_all(int fd, const char *name, const void *bytes, size_t n,
    struct seg_err *e) SEG_MUST_USE;

#endif
