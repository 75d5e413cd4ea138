#!/usr/bin/env bash
# Class names are metadata of each record.  Programs that combine records, tables
# or models compare the names.
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

noise=$(perl -e 'print join ",", map { ($_ * 37 + ($_ >> 4) * 11) % 256 } 0 .. 255')
half=$(perl -e 'print join ",", map { $_ % 16 < 8 ? 0 : 1 } 0 .. 255')

# make FILE KEY [META ...]: an image and a label image of two classes
make()
{
    local file=$1 key=$2
    shift 2
    "$root/tests/record.pl" seg.key="$key" "$@" image=U8:16,16,1:"$noise" \
        label=U8:16,16:"$half" >.plain && seg-cat -q -o "$file" .plain
}

# renamed FILE NAMES OUT: copies the first record with other class names; "-": none
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

# refused LINE NAME COMMAND...: the command ends with 65 and this line, without the
# output no.st
refused()
{
    local line=$1 name=$2
    shift 2
    status_is 65 "$name" "$@"
    is "$(tail -n 1 .err)" "$line" "$name: both lists of classes are named"
    [ ! -e no.st ]
    ok $? "$name: nothing is written"
}

# ---- streams ----

seg-cat -q a.st b.st b.st b.st b.st 2>.warned >both.st
is $? 0 "seg-cat accepts records with other classes"
is "$(<.warned)" "seg-cat: warning: b.st: b: $swapped" \
    "seg-cat warns once of records with other classes"
seg-cat -q a.st c.st 2>&1 >/dev/null | grep -q "class 2 is car, missing in those before: (back, obj, car) against (back, obj)"
ok $? "seg-cat warns of records with one class more"
is "$(seg-cat -q a.st n.st b.st n.st 2>&1 >/dev/null)" \
    "seg-cat: warning: b.st: b: $swapped" \
        "seg-cat does not warn of records without class names"
is "$(seg-cat -q a.st a.st 2>&1 >/dev/null)" "" \
    "seg-cat does not warn of records with equal classes"
seg-cat -q init.st a.st 2>.err >.out
is "$(<.err)" "" "seg-cat does not warn of models"

refused "seg-stat: b: $swapped" "seg-stat refuses other classes" \
    seg-stat -q -o no.st a.st b.st
for f in a1 b n i; do seg-stat -q -o $f.tsv $f.st; done
refused "seg-stat: b.tsv: $swapped" "seg-stat --merge refuses other classes" \
    seg-stat -q --merge -o no.st a1.tsv b.tsv
status_is 0 "seg-stat --merge accepts a table without class names" \
    seg-stat -q --merge n.tsv a1.tsv
like "$(<.out)" 'class	1	obj	256' \
    "seg-stat --merge takes the class names of the other table"
refused "seg-stat: i: the ignore value is 0, 255 in those before" \
    "seg-stat refuses another ignore value" seg-stat -q -o no.st a.st i.st
refused "seg-stat: i.tsv: the ignore value is 0, 255 in those before" \
    "seg-stat --merge refuses another ignore value" seg-stat -q --merge -o no.st a1.tsv i.tsv
refused "seg-subset: b: $swapped" "seg-subset --stratify refuses other classes" \
    seg-subset -q --stratify -n 2 -o no.st both.st
status_is 0 "seg-subset without --stratify accepts other classes" \
    seg-subset -q -n 2 both.st
refused "seg-sample: b: $swapped" "seg-sample --balance refuses other classes" \
    seg-sample -q --crop 8 --balance -n 4 -o no.st both.st
status_is 0 "seg-sample without --balance accepts other classes" \
    seg-sample -q --crop 8 -n 4 both.st
status_is 1 "seg-check of one split with other classes ends with 1" \
    seg-check --allow twice both.st
is "$(grep -c "^classes	both.st	b	-	-	-	${swapped/those before/the first record}$" .out)" 4 \
    "seg-check lists each record with other classes"
status_is 1 "seg-check of two splits with other ignore values ends with 1" \
    seg-check --allow twice a.st i.st
like "$(<.out)" "classes	i.st	i	.*the ignore value is 0, 255 in the first record" \
    "seg-check compares the ignore values of two splits"
status_is 1 "seg-diff of other classes ends with 1" seg-diff a1.st b.st
like "$(<.out)" "seg.classes: class 0 is back, obj in the second: \(back, obj\) against \(obj, back\)" \
    "seg-diff shows both lists of classes"

# ---- training ----

refused "seg-finetune: both.st: b: $swapped" "seg-finetune refuses other classes" \
    "${tune[@]}" --steps 2 -o no.st both.st
refused "seg-finetune: b.st: b: ${swapped/those before/a.st}" \
    "seg-finetune --valid refuses other classes" \
    "${tune[@]}" --valid b.st -o no.st a.st
status_is 0 "seg-finetune --valid accepts the same classes" \
    "${tune[@]}" --valid a2.st -o v.st a.st
status_is 0 "seg-finetune --valid accepts records without class names" \
    "${tune[@]}" --valid n.st -o v.st a.st
refused "seg-finetune: i.st: i: the ignore value is 0, 255 in a.st" \
    "seg-finetune --valid refuses another ignore value" \
    "${tune[@]}" --valid i.st -o no.st a.st
seg-cat -q n.st n.st n.st n.st >nn.st
refused "seg-finetune: c.st: c: 3 classes (back, obj, car), 2 in the training" \
    "seg-finetune --valid refuses more classes than --classes" \
    "${tune[@]}" --classes 2 --valid c.st -o no.st nn.st
seg-cat -q a1.st n.st a2.st n.st | "${tune[@]}" -o mixed.st
is $? 0 "seg-finetune accepts records without class names beside others"
is "$(seg-info --meta seg.classes mixed.st)" $'back\tobj' \
    "seg-finetune takes class names from the records that have them"
seg-augment -q --views 2 --color 0.2 both.st >views.st
refused "seg-pretrain: views.st: b: $swapped" "seg-pretrain refuses other classes" \
    seg-pretrain -q -j 1 -m init.st -b 4 --steps 2 --embedding 4 -o no.st views.st
refused "seg-finetune: b.tsv: ${swapped/those before/the input}" \
    "seg-finetune --class-weights refuses a table of other classes" \
    "${tune[@]}" --class-weights inverse --stat b.tsv -o no.st a.st
status_is 0 "seg-finetune --class-weights accepts a table without class names" \
    "${tune[@]}" --class-weights inverse --stat n.tsv -o w.st a.st

"${tune[@]}" -o m.st a.st
seg-cat -q b.st b.st b.st b.st >bb.st
tuned=(seg-finetune -q -j 1 -m m.st -b 4 --steps 1)
refused "seg-finetune: bb.st: ${swapped/those before/m.st}; --new-head trains a new classifier" \
    "seg-finetune refuses other classes than those of the model" \
    "${tuned[@]}" -o no.st bb.st
status_is 0 "seg-finetune --new-head accepts other classes" \
    "${tuned[@]}" --new-head --lr 0 -o new.st bb.st
is "$(seg-info --meta seg.classes new.st)" $'obj\tback' \
    "seg-finetune --new-head takes the class names of the data"
[ "$(numbers new.st classifier.weight)" != "$(numbers m.st classifier.weight)" ] &&
    [ "$(numbers new.st down.0.conv1.weight | md5sum)" = "$(numbers m.st down.0.conv1.weight | md5sum)" ]
ok $? "seg-finetune --new-head initializes only the classifier"
"${tuned[@]}" --classes 2 -o kept.st nn.st
is "$(seg-info --meta seg.classes kept.st)" $'back\tobj' \
    "seg-finetune keeps class names of the model if the data has none"
seg-cat -q c.st c.st c.st c.st >cc.st
status_is 0 "seg-finetune accepts another number of classes" \
    seg-finetune -j 1 -m m.st -b 4 --steps 1 -o three.st cc.st
like "$(<.err)" "m.st: its classifier of 2 classes is replaced by one of 3" \
    "seg-finetune reports the new classifier"
is "$(seg-info --meta seg.classes three.st)" $'back\tobj\tcar' \
    "seg-finetune gives the new classifier the class names of the data"
status_is 0 "seg-finetune --classes accepts a number other than that of the names" \
    "${tune[@]}" --classes 3 -o three.st a.st
is "$(head -n 1 .err)" \
    "seg-finetune: warning: a.st: names 2 classes, --classes says 3: the model has no names" \
        "seg-finetune --classes warns of another number of names"
is "$(seg-info --meta seg.classes three.st)" "" \
    "seg-finetune --classes leaves out other class names"

# A checkpoint knows the classes: keys alone do not tell these inputs apart.
for i in 1 2 3 4; do make t$i.st a$i "$ba"; done
seg-cat -q t?.st >turned.st
part=("${tune[@]}" --steps 2 --checkpoint k.st --every 1 -o x.st)
"${part[@]}" < <(cat a.st) 2>.err
cp k.st k1.st
"${part[@]}" < <(seg-cat -q turned.st turned.st) 2>.err
is $? 65 "seg-finetune refuses a checkpoint of other classes"
cp k1.st k.st
"${part[@]}" < <(seg-cat -q a.st a.st) 2>.err
is $? 0 "seg-finetune resumes a checkpoint of the same classes"
seg-init -q -w m.st <(seg-net unet --width 4 --depth 2 --bands 1 --classes 2) >again.st
is "$(seg-info --meta seg.classes again.st)" $'back\tobj' \
    "seg-init -w copies class names with the head"
seg-init -q --lenient -w m.st <(seg-net unet --width 4 --depth 2 --bands 1 --classes 3) >again.st
is "$(seg-info --meta seg.classes again.st)" "" \
    "seg-init -w copies no class names without the head"

# ---- prediction ----

other="${swapped/those before/m.st}; --copy none leaves the label out"
refused "seg-predict: b.st: b: $other" "seg-predict refuses other classes" \
    seg-predict -q -m m.st -o no.st b.st
refused "seg-predict: b.st: b: $other" "seg-predict refuses other classes in one of two images" \
    seg-predict -q -m m.st -o no.st a.st b.st
refused "seg-predict: b.st: b: $other" "seg-predict --window refuses other classes" \
    seg-predict -q -m m.st --window 16 -o no.st b.st
status_is 0 "seg-predict --copy none accepts other classes" \
    seg-predict -q -m m.st --copy none -o p.st b.st
is "$(seg-info --meta seg.classes p.st)" $'back\tobj' \
    "seg-predict --copy none writes the class names of the model"
seg-predict -q -m m.st -o p.st n.st
is "$(seg-info --meta seg.classes p.st)" $'back\tobj' \
    "seg-predict writes class names of the model if the data has none"
status_is 0 "seg-predict --emit embedding does not compare classes" \
    seg-predict -q -m m.st --emit embedding b.st
seg-predict -q -m init.st -o p.st b.st
is "$(seg-info --meta seg.classes p.st)" $'obj\tback' \
    "seg-predict takes class names of the data if the model has none"
refused "seg-predict: c.st: c: 3 classes (back, obj, car), 2 in init.st; --copy none leaves the label out" \
    "seg-predict refuses another number of classes" \
    seg-predict -q -m init.st -o no.st c.st
seg-predict -q -m init.st --copy none -o p.st c.st
is "$(seg-info --meta seg.classes p.st)" "" \
    "seg-predict --copy none does not take class names of the data"

# ---- predictions ----

seg-predict -q -m m.st --emit labels,probs -o pa.st a1.st
renamed pa.st 'obj\tback' pb.st
renamed pa.st - pn.st
truth='class 0 is back, obj in the truth: (back, obj) against (obj, back)'
renamed a1.st 'obj\tback' tb.st
renamed a1.st - tn.st
refused "seg-score: a1: $truth" "seg-score --truth refuses other classes" \
    seg-score -q --truth tb.st -o no.st pa.st
refused "seg-score: a1: $truth" "seg-score --classes refuses other classes, too" \
    seg-score -q --classes 2 --truth tb.st -o no.st pa.st
status_is 0 "seg-score accepts a prediction without class names" \
    seg-score -q --truth a1.st pn.st
cp .out want
status_is 0 "seg-score accepts labels without class names" \
    seg-score -q --truth tn.st pa.st
same .out want "seg-score takes the class names of the prediction"
refused "seg-score: a1: class 0 is obj, back in the truth: (obj, back) against (back, obj)" \
    "seg-score --against refuses other classes" \
    seg-score -q --truth a1.st --against pb.st -o no.st pa.st
seg-score -q --matrix a.matrix pa.st >/dev/null
sed 's/back/BACK/g' a.matrix >b.matrix
refused "seg-score: b.matrix: class 0 is BACK, back in those before: (BACK, obj) against (back, obj)" \
    "seg-score --merge refuses other classes" \
    seg-score -q --merge -o no.st a.matrix b.matrix
refused "seg-fuse: pb.st: a1: $swapped" "seg-fuse refuses other classes" \
    seg-fuse -q -o no.st pa.st pb.st
refused "seg-fuse: pb.st: a1: $swapped" "seg-fuse --method majority refuses other classes" \
    seg-fuse -q --method majority -o no.st pa.st pb.st
status_is 0 "seg-fuse accepts predictions without class names" seg-fuse -q pa.st pn.st
status_is 0 "seg-fuse --method objects does not compare classes" \
    seg-fuse -q --method objects pa.st pb.st
renamed pa.st 'back\tobj\tcar' pc.st
refused "seg-fuse: pc.st: a1: 3 classes (back, obj, car), 2 in its tensor probs" \
    "seg-fuse refuses more class names than probabilities" \
    seg-fuse -q -o no.st pc.st

# ---- images ----

refused "seg-export: a1: class 0 is back, obj in ba.tsv: (back, obj) against (obj, back)" \
    "seg-export -M refuses other classes" \
    seg-export -q -M ba.tsv -d no.st a1.st
status_is 0 "seg-export accepts the label map of the import" \
    seg-export -q -M ab.tsv -d out a1.st
slice() # INDEX META: a slice of a volume
{
    "$root/tests/record.pl" seg.key=v@"$1" "$2" label=U8:2,2:0,1,1,0 \
        "seg.volume=axis=z index=$1 shape=2,2,2 spacing=1,1,1 unit=mm affine=1,0,0,0,0,1,0,0,0,0,1,0 path=v" >.plain
    seg-cat -q .plain
}
slice 0 "$ab" >s0.st; slice 1 "$ba" >s1.st; slice 1 "$ab" >s2.st
status_is 0 "seg-export accepts slices with the same classes" \
    seg-export -q -d volume s0.st s2.st
seg-export -q -d no.st s0.st s1.st 2>.err
is "$?$(<.err)" "65seg-export: v@1: $swapped" \
    "seg-export refuses slices with other classes"

# ---- long lists ----

names=$(perl -e 'print join "\\t", map { "class-number-$_" } 0 .. 40')
make l1.st l1 "seg.classes=$names"
make l2.st l2 "seg.classes=${names/number-7\\/number-x\\}"
refused "seg-stat: l2: class 7 is class-number-x, class-number-7 in those before: (41 classes) against (41 classes)" \
    "seg-stat: long lists of classes are shown by their length" \
    seg-stat -q -o no.st l1.st l2.st
done_testing
