#!/usr/bin/env bash
# Classes travel with the data: wherever two things that name classes are
# joined, their names are compared.
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

noise=$(perl -e 'print join ",", map { ($_ * 37 + ($_ >> 4) * 11) % 256 } 0 .. 255')
half=$(perl -e 'print join ",", map { $_ % 16 < 8 ? 0 : 1 } 0 .. 255')

# make FILE KEY [META ...]: an image and a label of two classes
make()
{
    local file=$1 key=$2
    shift 2
    "$root/tests/record.pl" seg.key="$key" "$@" image=U8:16,16,1:"$noise" \
        label=U8:16,16:"$half" >.plain && seg-cat -q -o "$file" .plain
}

# renamed FILE NAMES OUT: its first record, with other names or (-) without any
renamed()
{
    perl -0777 -e 'my ($names) = @ARGV; my $s = <STDIN>;
        my $n = unpack "Q<", $s; my $head = substr $s, 8, $n; my $end = 0;
        while ($head =~ /"data_offsets":\[\d+,(\d+)\]/g) { $end = $1 if $1 > $end }
        $head =~ s/"seg\.(version|hash)":"[^"]*",?//g;
        $head =~ s/"seg\.classes":"[^"]*"(,?)/$names eq "-" ? "" : qq("seg.classes":"$names"$1)/e;
        $head =~ s/,\s*}/}/g;
        print pack("Q<", length $head), $head, substr $s, 8 + $n, $end' "$2" \
        <"$1" >.plain && seg-cat -q -o "$3" .plain
}

ab='seg.classes=back\tobj' ba='seg.classes=obj\tback'
for i in 1 2 3 4; do make a$i.st a$i "$ab"; done
seg-cat -q a?.st >a.st
make b.st b "$ba"
make c.st c 'seg.classes=back\tobj\tcar'
make n.st n
make i.st i "$ab" seg.ignore=0
cat >ab.tsv <<<$'0\t0\tback\n1\t1\tobj'
cat >ba.tsv <<<$'0\t0\tobj\n1\t1\tback'
swapped='class 0 is obj, back in those before: (obj, back) against (back, obj)'
seg-net unet --width 4 --depth 2 --bands 1 --classes 2 |
    seg-init -q --mean 127 --std 60 -o init.st
tune=(seg-finetune -q -j 1 -m init.st -b 4 --steps 1)

# refused LINE NAME COMMAND...: 65 and this line, and no output no.st
refused()
{
    local line=$1 name=$2
    shift 2
    status_is 65 "$name" "$@"
    is "$(tail -n 1 .err)" "$line" "and both lists are told"
    [ ! -e no.st ]
    ok $? "and nothing is written"
}

# ---- streams among themselves ----

seg-cat -q a.st b.st b.st b.st b.st 2>.warned >both.st
is $? 0 "seg-cat lays other classes beside each other"
is "$(<.warned)" "seg-cat: warning: b.st: b: $swapped" "with one warning"
seg-cat -q a.st c.st 2>&1 >/dev/null | grep -q "class 2 is car, missing in those before: (back, obj, car) against (back, obj)"
ok $? "of a class more, too"
is "$(seg-cat -q a.st n.st b.st n.st 2>&1 >/dev/null)" \
    "seg-cat: warning: b.st: b: $swapped" "but not of records without names"
is "$(seg-cat -q a.st a.st 2>&1 >/dev/null)" "" "nor of the same classes"
seg-cat -q init.st a.st 2>.err >.out
is "$(<.err)" "" "nor of models"

refused "seg-stat: b: $swapped" "seg-stat" seg-stat -q -o no.st a.st b.st
for f in a1 b n i; do seg-stat -q -o $f.tsv $f.st; done
refused "seg-stat: b.tsv: $swapped" "seg-stat --merge" \
    seg-stat -q --merge -o no.st a1.tsv b.tsv
status_is 0 "seg-stat --merge of a table without names" seg-stat -q --merge n.tsv a1.tsv
like "$(<.out)" 'class	1	obj	256' "takes the names of the other"
refused "seg-stat: i: the ignore value is 0, 255 in those before" \
    "another ignore value" seg-stat -q -o no.st a.st i.st
refused "seg-stat: i.tsv: the ignore value is 0, 255 in those before" \
    "in tables too" seg-stat -q --merge -o no.st a1.tsv i.tsv
refused "seg-subset: b: $swapped" "seg-subset --stratify counts classes" \
    seg-subset -q --stratify -n 2 -o no.st both.st
status_is 0 "seg-subset by chance does not" seg-subset -q -n 2 both.st
refused "seg-sample: b: $swapped" "seg-sample --balance draws classes" \
    seg-sample -q --crop 8 --balance -n 4 -o no.st both.st
status_is 0 "seg-sample by chance does not" seg-sample -q --crop 8 -n 4 both.st
status_is 1 "seg-check" seg-check --allow twice both.st
is "$(grep -c "^classes	both.st	b	-	-	-	${swapped/those before/the first record}$" .out)" 4 \
    "finds each record"
status_is 1 "seg-check of two splits" seg-check --allow twice a.st i.st
like "$(<.out)" "classes	i.st	i	.*the ignore value is 0, 255 in the first record" \
    "compares them, and the ignore value"
status_is 1 "seg-diff" seg-diff a1.st b.st
like "$(<.out)" "seg.classes: class 0 is back, obj in the second: \(back, obj\) against \(obj, back\)" \
    "tells the lists"

# ---- training ----

refused "seg-finetune: both.st: b: $swapped" "seg-finetune" \
    "${tune[@]}" --steps 2 -o no.st both.st
refused "seg-finetune: b.st: b: ${swapped/those before/a.st}" "--valid" \
    "${tune[@]}" --valid b.st -o no.st a.st
status_is 0 "--valid of the same classes" "${tune[@]}" --valid a2.st -o v.st a.st
status_is 0 "--valid without names" "${tune[@]}" --valid n.st -o v.st a.st
refused "seg-finetune: i.st: i: the ignore value is 0, 255 in a.st" \
    "--valid of another ignore value" "${tune[@]}" --valid i.st -o no.st a.st
seg-cat -q n.st n.st n.st n.st >nn.st
refused "seg-finetune: c.st: c: 3 classes (back, obj, car), 2 in the training" \
    "--valid of more classes than there are without names" \
    "${tune[@]}" --classes 2 --valid c.st -o no.st nn.st
seg-cat -q a1.st n.st a2.st n.st | "${tune[@]}" -o mixed.st
is $? 0 "records without names beside others"
is "$(seg-info --meta seg.classes mixed.st)" $'back\tobj' "take their names"
seg-augment -q --views 2 --color 0.2 both.st >views.st
refused "seg-pretrain: views.st: b: $swapped" "seg-pretrain" \
    seg-pretrain -q -j 1 -m init.st -b 4 --steps 2 --embedding 4 -o no.st views.st
refused "seg-finetune: b.tsv: ${swapped/those before/the input}" \
    "weights by class of a table of another order" \
    "${tune[@]}" --class-weights inverse --stat b.tsv -o no.st a.st
status_is 0 "of a table without names" \
    "${tune[@]}" --class-weights inverse --stat n.tsv -o w.st a.st

"${tune[@]}" -o m.st a.st
seg-cat -q b.st b.st b.st b.st >bb.st
tuned=(seg-finetune -q -j 1 -m m.st -b 4 --steps 1)
refused "seg-finetune: bb.st: ${swapped/those before/m.st}; --new-head trains a new classifier" \
    "a model whose head would go on" "${tuned[@]}" -o no.st bb.st
status_is 0 "--new-head" "${tuned[@]}" --new-head --lr 0 -o new.st bb.st
is "$(seg-info --meta seg.classes new.st)" $'obj\tback' "takes the names of the data"
[ "$(numbers new.st classifier.weight)" != "$(numbers m.st classifier.weight)" ] &&
    [ "$(numbers new.st down.0.conv1.weight | md5sum)" = "$(numbers m.st down.0.conv1.weight | md5sum)" ]
ok $? "and draws new weights for the classifier alone"
"${tuned[@]}" --classes 2 -o kept.st nn.st
is "$(seg-info --meta seg.classes kept.st)" $'back\tobj' \
    "names of the model stay where the data has none"
seg-cat -q c.st c.st c.st c.st >cc.st
status_is 0 "other classes than the head's" seg-finetune -j 1 -m m.st -b 4 --steps 1 -o three.st cc.st
like "$(<.err)" "m.st: its classifier of 2 classes is replaced by one of 3" "make a new one, which is told"
is "$(seg-info --meta seg.classes three.st)" $'back\tobj\tcar' "of these names"
status_is 0 "--classes against the names" "${tune[@]}" --classes 3 -o three.st a.st
is "$(head -n 1 .err)" \
    "seg-finetune: warning: a.st: names 2 classes, --classes says 3: the model has no names" "is told"
is "$(seg-info --meta seg.classes three.st)" "" "and leaves the names out"

# A checkpoint knows the classes: keys alone do not tell these inputs apart.
for i in 1 2 3 4; do make t$i.st a$i "$ba"; done
seg-cat -q t?.st >turned.st
part=("${tune[@]}" --steps 2 --checkpoint k.st --every 1 -o x.st)
"${part[@]}" < <(cat a.st) 2>.err
cp k.st k1.st
"${part[@]}" < <(seg-cat -q turned.st turned.st) 2>.err
is $? 65 "a checkpoint is not gone on from with other classes"
cp k1.st k.st
"${part[@]}" < <(seg-cat -q a.st a.st) 2>.err
is $? 0 "but with the same"
seg-init -q -w m.st <(seg-net unet --width 4 --depth 2 --bands 1 --classes 2) >again.st
is "$(seg-info --meta seg.classes again.st)" $'back\tobj' "seg-init -w takes names over with the head"
seg-init -q --lenient -w m.st <(seg-net unet --width 4 --depth 2 --bands 1 --classes 3) >again.st
is "$(seg-info --meta seg.classes again.st)" "" "and not without it"

# ---- prediction ----

other="${swapped/those before/m.st}; --copy none leaves the label out"
refused "seg-predict: b.st: b: $other" "seg-predict" seg-predict -q -m m.st -o no.st b.st
refused "seg-predict: b.st: b: $other" "of several images at once" \
    seg-predict -q -m m.st -o no.st a.st b.st
refused "seg-predict: b.st: b: $other" "by windows" \
    seg-predict -q -m m.st --window 16 -o no.st b.st
status_is 0 "--copy none" seg-predict -q -m m.st --copy none -o p.st b.st
is "$(seg-info --meta seg.classes p.st)" $'back\tobj' "writes the model's names"
seg-predict -q -m m.st -o p.st n.st
is "$(seg-info --meta seg.classes p.st)" $'back\tobj' "as it does where the data has none"
status_is 0 "embeddings have no classes" seg-predict -q -m m.st --emit embedding b.st
seg-predict -q -m init.st -o p.st b.st
is "$(seg-info --meta seg.classes p.st)" $'obj\tback' "a model without names takes those of the data"
refused "seg-predict: c.st: c: 3 classes (back, obj, car), 2 in init.st; --copy none leaves the label out" \
    "unless they are not as many" seg-predict -q -m init.st -o no.st c.st
seg-predict -q -m init.st --copy none -o p.st c.st
is "$(seg-info --meta seg.classes p.st)" "" "--copy none leaves such names out"

# ---- predictions ----

seg-predict -q -m m.st --emit labels,probs -o pa.st a1.st
renamed pa.st 'obj\tback' pb.st
renamed pa.st - pn.st
truth='class 0 is back, obj in the truth: (back, obj) against (obj, back)'
renamed a1.st 'obj\tback' tb.st
renamed a1.st - tn.st
refused "seg-score: a1: $truth" "seg-score --truth" seg-score -q --truth tb.st -o no.st pa.st
refused "seg-score: a1: $truth" "--classes does not hide it" \
    seg-score -q --classes 2 --truth tb.st -o no.st pa.st
status_is 0 "a prediction without names" seg-score -q --truth a1.st pn.st
cp .out want
status_is 0 "a truth without names" \
    seg-score -q --truth tn.st pa.st
same .out want "takes those of the prediction"
refused "seg-score: a1: class 0 is obj, back in the truth: (obj, back) against (back, obj)" \
    "the second prediction" seg-score -q --truth a1.st --against pb.st -o no.st pa.st
seg-score -q --matrix a.matrix pa.st >/dev/null
sed 's/back/BACK/g' a.matrix >b.matrix
refused "seg-score: b.matrix: class 0 is BACK, back in those before: (BACK, obj) against (back, obj)" \
    "seg-score --merge" seg-score -q --merge -o no.st a.matrix b.matrix
refused "seg-fuse: pb.st: a1: $swapped" "seg-fuse" seg-fuse -q -o no.st pa.st pb.st
refused "seg-fuse: pb.st: a1: $swapped" "by votes" \
    seg-fuse -q --method majority -o no.st pa.st pb.st
status_is 0 "seg-fuse without names" seg-fuse -q pa.st pn.st
status_is 0 "objects are not classes" seg-fuse -q --method objects pa.st pb.st
renamed pa.st 'back\tobj\tcar' pc.st
refused "seg-fuse: pc.st: a1: 3 classes (back, obj, car), 2 in its tensor probs" \
    "more names than probabilities" seg-fuse -q -o no.st pc.st

# ---- images ----

refused "seg-export: a1: class 0 is back, obj in ba.tsv: (back, obj) against (obj, back)" \
    "seg-export -M" seg-export -q -M ba.tsv -d no.st a1.st
status_is 0 "by the map of the import" seg-export -q -M ab.tsv -d out a1.st
slice() # INDEX META: a slice of a volume
{
    "$root/tests/record.pl" seg.key=v@"$1" "$2" label=U8:2,2:0,1,1,0 \
        "seg.volume=axis=z index=$1 shape=2,2,2 spacing=1,1,1 unit=mm affine=1,0,0,0,0,1,0,0,0,0,1,0 path=v" >.plain
    seg-cat -q .plain
}
slice 0 "$ab" >s0.st; slice 1 "$ba" >s1.st; slice 1 "$ab" >s2.st
status_is 0 "slices of the same classes" seg-export -q -d volume s0.st s2.st
seg-export -q -d no.st s0.st s1.st 2>.err
is "$?$(<.err)" "65seg-export: v@1: $swapped" "slices of a volume"

# ---- long lists ----

names=$(perl -e 'print join "\\t", map { "class-number-$_" } 0 .. 40')
make l1.st l1 "seg.classes=$names"
make l2.st l2 "seg.classes=${names/number-7\\/number-x\\}"
refused "seg-stat: l2: class 7 is class-number-x, class-number-7 in those before: (41 classes) against (41 classes)" \
    "long lists are counted" seg-stat -q -o no.st l1.st l2.st
done_testing
