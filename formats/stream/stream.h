/*
 * The record stream, seg-stream(5): safetensors blobs one after the other, the
 * record END last.  The last record may be END too: a model is one blob.
 *
 * A reader checks sizes before it allocates memory, verifies seg.hash, and
 * compares the number of records with END.  A stream without END is bad data.
 * A regular file is mapped and tensors point into the map: nothing is copied,
 * and any record can be read again.  A pipe can be copied to a temporary file
 * for that.  Data of a mapped record must not be modified and is valid until
 * the reader is closed.
 *
 * A writer sets seg.version and seg.hash and ends the stream with END.  After
 * an error there is no END, and no reader accepts the stream.
 */
#ifndef SEG_FORMATS_STREAM_STREAM_H
#define SEG_FORMATS_STREAM_STREAM_H

#include "lib/tensor/record.h"

struct seg_reader;
struct seg_writer;

/* A record that exceeds record_bytes or header_memory, if set, is SEG_EMEM. */
struct seg_limits {
    size_t record_bytes; /* of one record; 0: 2 GiB */
    size_t header_bytes; /* of one header; 0: 1 MiB in a stream, 100 MB alone */
    size_t header_memory; /* needed to parse a header; 0: 256 MiB */
};

/* name is for messages and is copied; fd is closed by seg_reader_close. */
int seg_reader_open(struct seg_reader **r, int fd, const char *name,
    const struct seg_limits *limits, struct seg_err *e) SEG_MUST_USE;

/* From now on reading a pipe fails with SEG_ETEMP as soon as fd is readable.  A
   signal handler writes a byte to the other end of fd. */
void seg_reader_stop_by(struct seg_reader *r, int fd);

/* Clears rec and reads the next data record into it: 1; 0 at the end of a
   complete stream; -1 on error.  END records are not returned, and seg.end,
   seg.records and seg.history are removed from a record that is END too; the
   history is kept for seg_reader_history. */
int seg_reader_next(struct seg_reader *r, struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Random access.  seg_reader_index reads and checks the whole stream once (a
 * pipe is first copied to an unlinked temporary file).  Then seg_reader_at
 * reads any record by number, from 0, without a copy; threads may call it at
 * the same time, each with a record of its own.
 */
int seg_reader_index(
    struct seg_reader *r, size_t *records, struct seg_err *e) SEG_MUST_USE;
int seg_reader_at(struct seg_reader *r, size_t number, struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* The lines of history of all END records read so far, each with "\n"; "" if
   there are none. */
const char *seg_reader_history(const struct seg_reader *r);
const char *seg_reader_name(const struct seg_reader *r);
/* 1 if the address is in the file that r has mapped.  Reading it raises SIGBUS
   if another program has truncated the file or the disk fails. */
int seg_reader_maps(const struct seg_reader *r, const void *address);
/* Bytes read so far, and *total bytes of the file (0: a pipe), for progress. */
size_t seg_reader_position(const struct seg_reader *r, size_t *total);
void seg_reader_close(struct seg_reader *r);

int seg_writer_open(struct seg_writer **w, int fd, const char *name,
    struct seg_err *e) SEG_MUST_USE;
int seg_writer_put(struct seg_writer *w, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;
/* Makes w write a plain .safetensors file for other programs: one record
   without seg.version, and no END. */
void seg_writer_plain(struct seg_writer *w);
/* Writes END with the number of records and the history.  fd stays open. */
int seg_writer_end(
    struct seg_writer *w, const char *history, struct seg_err *e) SEG_MUST_USE;
/* Instead of the last seg_writer_put and seg_writer_end: writes rec and END as
   one record if rec has tensors, else one after the other. */
int seg_writer_put_last(struct seg_writer *w, const struct seg_record *rec,
    const char *history, struct seg_err *e) SEG_MUST_USE;
void seg_writer_free(struct seg_writer *w);

/* Writes all n bytes, also after interruptions by signals.  name is for the
   message. */
int seg_write_all(int fd, const char *name, const void *bytes, size_t n,
    struct seg_err *e) SEG_MUST_USE;

#endif
