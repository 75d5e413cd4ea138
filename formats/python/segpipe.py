"""Streams of segpipe, seg-stream(5), in Python.

    import sys, segpipe
    stream = segpipe.Reader(sys.stdin.buffer)
    inverted = (({**tensors, "image": 255 - tensors["image"]}, meta)
                for tensors, meta in stream)
    segpipe.write(sys.stdout.buffer, inverted, "invert.py\n", after=stream)

A record is a dictionary of numpy arrays by name and one of metadata, strings
by key, for example meta["seg.key"].  bf16 is read as float32.  seg.hash is
neither checked nor written; seg-cat does both.
"""
import json
import struct

import numpy

TYPES = {"BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2",
         "F16": "<f2", "BF16": "<u2", "U32": "<u4", "I32": "<i4", "F32": "<f4",
         "U64": "<u8", "I64": "<i8", "F64": "<f8"}
NAMES = {numpy.dtype(v): k for k, v in TYPES.items() if k != "BF16"}
OWN = ("seg.version", "seg.hash", "seg.end", "seg.records", "seg.history")


class Reader:
    """Iterates over (tensors, meta) of a path or binary file.  Raises
    ValueError if the stream is cut or malformed.  history is complete at its
    end."""

    def __init__(self, file):
        self.file = open(file, "rb") if isinstance(file, str) else file
        self.history = ""

    def _take(self, n, may_end=False):
        data = self.file.read(n)
        if len(data) < n and (data or not may_end):
            raise ValueError("the stream is cut inside a record")
        return data

    def _record(self, length):
        header = json.loads(self._take(struct.unpack("<Q", length)[0]))
        meta, tensors = header.pop("__metadata__", {}), {}
        size = max((t["data_offsets"][1] for t in header.values()), default=0)
        data = self._take(size)
        for name, t in header.items():
            begin, end = t["data_offsets"]
            x = numpy.frombuffer(data[begin:end], TYPES[t["dtype"]])
            if t["dtype"] == "BF16":
                x = (x.astype("<u4") << 16).view("<f4")
            tensors[name] = x.reshape(t["shape"])
        return tensors, meta

    def __iter__(self):
        count, ended, plain = 0, False, False
        while length := self._take(8, may_end=True):
            tensors, meta = self._record(length)
            end = {key: meta.pop(key, None) for key in OWN}
            plain = end["seg.version"] is None
            if plain and (count or ended or self.file.read(1)):
                raise ValueError("a record without seg.version in a stream")
            ended = end["seg.end"] is not None
            count += not ended or bool(tensors)
            if ended and end["seg.records"] != str(count):
                raise ValueError("END counts %s records, %d came"
                                 % (end["seg.records"], count))
            if ended:
                self.history += end["seg.history"] or ""
                count = 0
            if tensors or not ended:
                yield tensors, meta
        if not ended and not plain:
            raise ValueError("the stream stops without END")


def _put(file, tensors, meta):
    header, data = {"__metadata__": {"seg.version": "1", **meta}}, []
    at = 0
    for name, x in tensors.items():
        x = numpy.asarray(x, order="C")
        x = x.astype(x.dtype.newbyteorder("<"), copy=False)
        data.append(x.tobytes())
        header[name] = {"dtype": NAMES[x.dtype], "shape": x.shape,
                        "data_offsets": [at, at + x.nbytes]}
        at += x.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    file.write(struct.pack("<Q", len(text)) + text + b"".join(data))


def write(file, records, history="", after=None):
    """Writes records, pairs (tensors, meta), and END to a binary file.  The
    history, lines with their ends, follows that of the Reader `after`."""
    count = 0
    for count, (tensors, meta) in enumerate(records, 1):
        _put(file, tensors, {k: v for k, v in meta.items() if k not in OWN})
    _put(file, {}, {"seg.end": "1", "seg.records": str(count),
                    "seg.history": (after.history if after else "") + history})
