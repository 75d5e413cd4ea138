#!/usr/bin/env bash
# Streams and models in Python: formats/python/segpipe.py, which needs numpy, and
# the library safetensors.  PYTHON names another interpreter than python3.
. "$(dirname "$0")/lib.sh"
python=${PYTHON:-python3}
export PYTHONPATH=$root/formats/python PYTHONDONTWRITEBYTECODE=1
has() { "$python" -c "import $1" 2>/dev/null; }

seg-synth -q -n 3 --size 20x16 -s 1 -o scenes.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -s 1 -o model.st
seg-predict -q -m model.st --emit probs,labels -o probs.st scenes.st

if has numpy; then
    cat >through.py <<'END'
import sys, segpipe
stream = segpipe.Reader(sys.stdin.buffer)
segpipe.write(sys.stdout.buffer, stream, "copy\n", after=stream)
END
    "$python" through.py <probs.st >copy.st
    ok $? "segpipe.py copies a stream"
    seg-diff probs.st copy.st
    ok $? "the copy has the same keys, tensors and metadata"
    is "$(seg-info copy.st | grep '^history')" "$(seg-info probs.st | grep '^history')
history   copy" "the copy has the history, and a line more"
    status_is 0 "seg-cat counts the copy" seg-cat --expect 3 copy.st -o /dev/null
    "$python" through.py <model.st | seg-diff model.st -
    ok $? "segpipe.py copies a model"
    cat probs.st model.st probs.st | "$python" through.py | seg-cat --expect 7 -o /dev/null
    ok $? "segpipe.py copies joined streams"
    "$python" through.py <<<"" >none.st 2>err
    [ $? != 0 ] && grep -q "cut inside a record" err
    ok $? "a line of text is refused"
    bad=
    for at in 0 5 100 $(($(stat -c %s probs.st) / 2)) $(($(stat -c %s probs.st) - 400)); do
        head -c "$at" probs.st | "$python" through.py >cut.st 2>err && bad+=" $at"
        tail -n 1 err | grep -q '^ValueError: ' || bad+=" ($at)"
        seg-info cut.st >/dev/null 2>&1 && bad+=" END at $at"
    done
    is "$bad" "" "a cut stream is an error, and its copy has no END"
    perl -0777 -pe 's/"seg.records":"3"/"seg.records":"2"/' probs.st | "$python" through.py >/dev/null 2>err
    [ $? != 0 ] && grep -q "END counts 2 records, 3 came" err
    ok $? "a wrong number of records is an error"

    cat >many_types.py <<'END'
import sys, numpy, segpipe
types = "bool u1 i1 u2 i2 f2 u4 i4 f4 u8 i8 f8".split()
tensors = {t: numpy.array([[0, 1, 1]], t) for t in types}
tensors["big"] = numpy.array([1, 258], ">u4")
tensors["turned"] = numpy.arange(6, dtype="u1").reshape(2, 3).T
tensors["one"] = numpy.float32(2.5)
segpipe.write(sys.stdout.buffer, [(tensors, {"seg.key": "a", "by": "h\u00e4nd\n"})])
END
    "$python" many_types.py >types.st
    seg-cat -q types.st >again.st
    ok $? "all types are written"
    is "$(seg-info --tensors types.st | cut -f 3-6 | sort)" "$(seg-info --tensors again.st | cut -f 3-6 | sort)" \
        "seg-cat copies them"
    is "$(seg-info --tensors types.st | grep -P '\t(big|turned|one|f2)\t' | cut -f 3- | sort)" \
        "$(printf 'big\t[2] u32\t1\t129.5\t258\nf2\t[1,3] f16\t0\t0.666667\t1\none\t[] f32\t2.5\t2.5\t2.5\nturned\t[3,2] u8\t0\t2.5\t5')" \
        "shapes, byte order and values are right"
    "$python" through.py <again.st | seg-diff again.st -
    ok $? "all types are read"
else
    skip "formats/python/segpipe.py" "$python has no numpy"
fi

if has safetensors.numpy; then
    cat >open_model.py <<'END'
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
weights = load_file("model.st")
about = safe_open("model.st", "np").metadata()
print(len(weights), weights["classifier.weight"].shape, about["seg.records"])
weights["classifier.bias"] += 1
del about["seg.version"], about["seg.hash"]
save_file(weights, "changed.st", about)
END
    is "$("$python" open_model.py)" \
        "$(seg-info --tensors model.st | wc -l) (8, 4, 1, 1) 1" \
        "safetensors opens a model"
    is "$(seg-info --tensors changed.st | grep -P '\tclassifier.bias\t' | cut -f 5-)" \
        "$(printf '1\t1\t1')" "a model that Python has changed is read"
    seg-predict -q -m changed.st scenes.st -o /dev/null
    ok $? "and predicts"
else
    skip "safetensors opens a model" "$python has no safetensors"
fi
done_testing
