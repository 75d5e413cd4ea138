#!/usr/bin/env bash
# seg-pseudo: which pixels are trusted, and what is reported about them.
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

# record OUT WORD...: a stream of one record made by record.pl, with two classes
record()
{
    local out=$1
    shift
    "$root/tests/record.pl" 'seg.classes=back\tobject' "$@" | seg-cat -o "$out"
}

# label ARGS: the labels that seg-pseudo makes, those of a record in one line
label()
{
    seg-pseudo -q "$@" >got.st 2>.err || cat .err
    for ((i = 1; i <= $(seg-info -l got.st | wc -l); i++)); do
        seg-pick --from $i --to $i got.st >one.st
        numbers one.st label | xargs
    done
}

# Two images of 5 pixels.  Class 0 has 4 + 2 pixels, class 1 has 1 + 2, the last
# pixel of b has no data.  Confidences are sums of powers of 2.
record a.st seg.key=a note=kept image=U8:1,5,3:7 pred=U8:1,5:0,0,0,0,1 \
    confidence=F32:1,5:0.5,0.75,0.875,0.625,0.5625 label=U8:1,5:0,0,1,255,1 \
    entropy=F32:1,5:0 margin=F32:1,5:0 embedding=F32:1,1,2:0 mask=U8:1,5:3
record b.st seg.key=b image=U8:1,5,3:9 pred=U8:1,5:0,0,1,1,255 \
    confidence=F32:1,5:0.9375,0.53125,0.96875,0.6875,0 label=U8:1,5:0,1,1,0,1
seg-cat a.st b.st -o p.st

# ---- one test at a time ----

is "$(label p.st)" "0 0 0 0 1
0 0 1 1 255" "without options all pixels with data are trusted"
is "$(label --above 0.625 p.st)" "255 0 0 0 255
0 255 1 1 255" "--above: a pixel at the threshold is trusted"
record c.st seg.key=c image=U8:1,2,3:9 pred=U8:1,2:0,1 confidence=F32:1,2:0.9,0.899
is "$(label --above 0.9 c.st)" "0 255" "--above compares as the float that is stored"
is "$(label --above 0.9 <(seg-pick --keep image --keep pred --keep confidence c.st))" \
    "0 255" "--above needs no label"

# Class 0 has 6 pixels: 0.9375 0.875 | 0.75 | 0.625 0.53125 0.5; class 1 has 3:
# 0.96875 0.6875 0.5625.
is "$(label --share 0.5 p.st)" "255 0 0 255 255
0 255 1 1 255" "--share: 3 of 6 and 2 of 3 pixels, over all images"
is "$(label --share 0.34 p.st)" "255 0 0 255 255
0 255 1 1 255" "--share is rounded up"
is "$(label --share 0.33 p.st)" "255 255 0 255 255
0 255 1 255 255" "--share of a third: 2 of 6 and 1 of 3 pixels"
is "$(label --share 0 p.st | tr -d '25 \n')" "" "--share 0 trusts no pixel"
is "$(label --share 1 p.st)" "$(label p.st)" "--share 1 trusts all"
is "$(label --image-share 0.5 p.st)" "255 0 0 255 1
0 255 1 255 255" "--image-share: half of each class in each image"
is "$(label --share 0.1 --image-share 0.25 p.st)" "255 255 0 255 1
0 255 1 255 255" "both shares: the union"
is "$(label --share 0.5 --image-share 0.25 p.st)" "255 0 0 255 1
0 255 1 1 255" "both shares: a pixel of one share is enough"
is "$(label --share 0.5 --image-share 0.25 --above 0.7 p.st)" "255 0 0 255 255
0 255 1 255 255" "--above holds for the shares too"
record d.st seg.key=d image=U8:1,4,3:9 pred=U8:1,4:0 confidence=F32:1,4:0.5,0.5,0.5,0.25
is "$(label --share 0.25 d.st)" "0 0 0 255" "--share: equal confidences go together"

# Adjacent floats just below 1 are told apart.
record e.st seg.key=e image=U8:1,3,3:9 pred=U8:1,3:0 \
    confidence=F32:1,3:0.99999994039,0.99999988079,1
is "$(label --share 0.6 e.st)" "0 255 0" "--share tells the highest confidences apart"
seg-pseudo -q --share 0.6 --table t.tsv e.st >/dev/null 2>&1
is "$(sed -n 2p t.tsv | cut -f 5)" "0.99999994" "--table has the threshold in all digits"

# ---- probabilities ----

record f.st seg.key=f image=U8:1,3,3:9 pred=U8:1,3:0,1,255 \
    probs=F32:1,3,2:0.75,0.25,0.625,0.375,0,0
is "$(label --above 0.3 f.st)" "0 1 255" \
    "probs: the confidence is the probability of pred"
is "$(label --above 0.4 f.st)" "0 255 255" "even if another class has a higher one"

# ---- agreement ----

record a2.st seg.key=a pred=U8:1,5:0,1,0,0,0
record b2.st seg.key=b pred=U8:1,5:0,0,1,0,1
record a3.st seg.key=a pred=U8:1,5:1,0,0,255,1
record b3.st seg.key=b pred=U8:1,5:0,0,1,1,255
seg-cat b2.st a2.st -o view2.st # in another order
seg-cat a3.st b3.st -o view3.st
is "$(label --agree view2.st p.st)" "0 255 0 0 255
0 0 1 255 255" "--agree: another class is not trusted"
is "$(label --agree view2.st --agree view3.st p.st)" "255 255 0 255 255
0 0 1 255 255" "--agree twice: all must agree"
is "$(label --agree p.st p.st)" "$(label p.st)" "--agree with itself trusts all"
is "$(label --agree view2.st --share 0.5 p.st)" "255 255 0 255 255
0 255 1 255 255" "--agree and --share: a pixel passes both"
status_is 65 "a key that is missing in --agree is refused" \
    seg-pseudo --agree a2.st -o no.st p.st
like "$(cat .err)" "^seg-pseudo: a2.st: no record of key b$" "file and key are named"
record b4.st seg.key=b pred=U8:5,1:0
seg-cat a2.st b4.st -o view4.st
status_is 65 "another size in --agree is refused" \
    seg-pseudo --agree view4.st -o no.st p.st
like "$(cat .err)" "^seg-pseudo: view4.st: b: pred is \[5,1\] u8, but \[1,5\] in the input$" \
    "another size: file, key and both sizes are named"
seg-cat p.st c.st -o more.st
status_is 65 "a record of --agree without counterpart is refused" \
    seg-pseudo --agree more.st -o no.st p.st
"$root/tests/record.pl" 'seg.classes=object\tback' seg.key=a pred=U8:1,5:0 | seg-cat -o turned.st
status_is 65 "other classes in --agree are refused" \
    seg-pseudo --agree turned.st -o no.st a.st
[ ! -e no.st ]
ok $? "no output is left"

# ---- prototypes ----

# Features 0 and 10 are two groups.  The second pixel is predicted as 1 with
# little confidence, but has the features of class 0: eta = 0 and 7.5.
record g.st seg.key=g image=U8:1,5,3:9 pred=U8:1,5:0,1,1,1,1 \
    feat=F32:1,5,1:0,0,10,10,10 \
    probs=F32:1,5,2:0.875,0.125,0.375,0.625,0.25,0.75,0.25,0.75,0.25,0.75
is "$(label --prototypes feat g.st)" "0 0 1 1 1" "--prototypes corrects a class"
is "$(label --agree g.st --prototypes feat g.st)" "0 255 1 1 1" \
    "--agree compares the corrected class"
is "$(label --prototypes feat --temperature 100 g.st)" "0 1 1 1 1" \
    "--temperature: far above the distances nothing changes"
seg-pseudo --prototypes feat --temperature 7.5 --share 1 --table t.tsv g.st \
    2>.err >/dev/null
# The second pixel: 0.375 e^0 : 0.625 e^-1 = 0.620; the others of class 1:
# 0.75 e^(-1/3) : 0.25 e^(-4/3) = 0.891.
is "$(sed -n '2,3p' t.tsv | cut -f 1-3,5 | awk -F'\t' '{ printf "%s %s %s %.3f\n", $1, $2, $3, $4 }')" \
    "back 2 2 0.620
object 3 3 0.891" "--prototypes: confidences are normalized products"
like "$(cat .err)" "prototypes changed the class of 1 pixels" "changed pixels are counted"
is "$(label --prototypes feat --above 0.9 g.st)" "0 0 1 1 1" \
    "--above applies to the corrected confidence"
is "$(seg-pseudo -q --prototypes feat g.st | seg-info -l | cut -f 3- | grep -c feat)" 0 \
    "the features are left out"

# The prototypes are means over the whole input: a record alone stays, and both
# records together change.
record h1.st seg.key=h1 image=U8:1,2,3:9 pred=U8:1,2:0,1 feat=F32:1,2,1:0,1 \
    probs=F32:1,2,2:0.75,0.25,0.375,0.625
record h2.st seg.key=h2 image=U8:1,2,3:9 pred=U8:1,2:0,1 feat=F32:1,2,1:0,9 \
    probs=F32:1,2,2:0.75,0.25,0.25,0.75
is "$(label --prototypes feat h1.st)" "0 1" "prototypes of one image"
is "$(label --prototypes feat h1.st h2.st)" "0 0
0 1" "prototypes of all images of all files"

# Features of a quarter of the size: each cell has the 2 x 2 pixels at its place.
pred=0,0,1,1,0,1,1,1,1,1,0,0,1,1,0,0
record i.st seg.key=i image=U8:4,4,3:9 feat=F32:2,2,1:0,10,10,0 pred=U8:4,4:$pred \
    probs=F32:4,4,2:"$(sed 's/0/.75,.25/g; s/1/.25,.75/g' <<<$pred)"
is "$(label --prototypes feat i.st)" "0 0 1 1 0 0 1 1 1 1 0 0 1 1 0 0" \
    "smaller features: pixels take those of their cell"

# ---- the record ----

seg-pseudo -q p.st >got.st
is "$(seg-info --meta note got.st)" kept "metadata is copied"
is "$(seg-info -l got.st | cut -f 2 | xargs)" "a b" "keys are copied"
is "$(seg-pick --from 1 --to 1 got.st | seg-info | awk '$1 == "tensor" { print $2 }' |
    sort | xargs)" "image label mask" "the tensors of the prediction are left out"
seg-diff -q <(seg-pick --keep image p.st) <(seg-pick --keep image got.st)
is $? 0 "the image is copied"
"$root/tests/record.pl" 'seg.classes=back\tobject' seg.ignore=7 seg.key=a \
    image=U8:1,3,3:9 pred=U8:1,3:0,1,255 confidence=F32:1,3:0.5,1,0 | seg-cat -o seven.st
is "$(label --above 0.6 seven.st)" "7 1 7" "the ignore value is that of the input"
seg-cat p.st seven.st >mixed.st
status_is 65 "two ignore values are refused" seg-pseudo mixed.st
like "$(cat .err)" "mixed.st: a: the ignore value is 7, 255 in those before" "both are named"
"$root/tests/record.pl" seg.ignore=300 seg.key=a pred=U8:1,3:0 | seg-cat -o big.st
status_is 65 "an ignore value above 255 is refused" seg-pseudo big.st
seg-pick --drop image p.st >bare.st
seg-pseudo -q bare.st 2>.err >/dev/null
like "$(cat .err)" "2 of 2 records have no image .* --copy image,label" \
    "records without an image are reported"

# ---- the report ----

seg-pseudo --share 0.5 --table t.tsv p.st 2>.err >truth.st
# Truth of the class 0 pixels: 0 0 1 255, 0 1; of those at 0.75 and more: 0 1 0.
# Of the class 1 pixels: 1, 1 0; of the first two: 1 0.
# The bins of both thresholds are 2^11 steps of 2^-24 wide.
t0=$(awk 'BEGIN { printf "%.9g", 0.75 - 2047 / 2^24 }')
t1=$(awk 'BEGIN { printf "%.9g", 0.6875 - 2047 / 2^24 }')
is "$(cat t.tsv)" "class	predicted	trusted	share	threshold	precision	trusted_precision
back	6	3	0.500000	$t0	0.600000	0.666667
object	3	2	0.666667	$t1	0.666667	0.500000
total	9	5	0.555556	-	0.625000	0.600000" "--table has pixels, threshold and precision"
is "$(cat .err)" "seg-pseudo: 2 images, 55.6 % of 9 predicted pixels trusted; precision \
0.6000, of all predicted pixels 0.6250" "the summary has images, share and precision"
seg-pick --drop label p.st | seg-pseudo --share 0.5 --table t.tsv 2>.err >unknown.st
is "$(cut -f 6,7 t.tsv | tail -n +2 | sort -u)" "-	-" "without truth there is no precision"
is "$(grep -c precision .err)" 0 "nor in the summary"
seg-diff -q <(seg-pick --keep label truth.st) <(seg-pick --keep label unknown.st)
is $? 0 "the truth does not change the labels"
is "$(seg-pseudo -q p.st 2>&1 >/dev/null)" "" "-q prints no summary"
seg-pseudo -q --above 0.97 p.st 2>.err >/dev/null
is "$(cat .err)" "seg-pseudo: warning: no pixel is trusted of: back, object" \
    "classes without a trusted pixel are named"
record zero.st seg.key=z image=U8:1,2,3:9 pred=U8:1,2:0
seg-pseudo -q zero.st 2>.err >/dev/null
is "$(cat .err)" "seg-pseudo: warning: no pixel is trusted of: object (not predicted)" \
    "a class that is not predicted is named"
"$root/tests/record.pl" seg.key=a image=U8:1,3,3:9 pred=U8:1,3:4,2,4 | seg-cat -o plain.st
seg-pseudo -q --table t.tsv plain.st 2>.err >/dev/null
is "$(cut -f 1,2 t.tsv | xargs)" "class predicted 0 0 1 0 2 1 3 0 4 2 total 3" \
    "classes without names have numbers"
is "$(cat .err)" "" "and no warning about numbers that do not occur"
seg-synth -n 0 -o none.st
seg-pseudo --share 0.5 none.st 2>.err | seg-cat --expect 0 >/dev/null
is "$?:$(cat .err)" "0:seg-pseudo: 0 images, 0.0 % of 0 predicted pixels trusted" \
    "no records give no records"

# ---- refusals ----

# refused PATTERN NAME FILE OPTION...: status 65, one line that matches, no output
refused()
{
    local pattern=$1 name=$2
    shift 2
    status_is 65 "$name is refused" seg-pseudo -o no.st "$@"
    like "$(cat .err)" "$pattern" "$name: the message is right"
    is "$(wc -l <.err):$(ls no.st 2>/dev/null)" "1:" "$name: one line, no output"
}
seg-pick --drop confidence p.st >no-confidence.st
status_is 0 "without a threshold no confidence is needed" seg-pseudo no-confidence.st
for option in "--above 0.5" "--share 0.5" "--image-share 0.5"; do
    refused "no-confidence.st: a: no tensor confidence: seg-predict --emit labels,confidence" \
        "$option without confidence" $option no-confidence.st
done
seg-pick --drop pred p.st >no-pred.st
refused "no-pred.st: a: no tensor pred: seg-predict --emit labels" "no pred" no-pred.st
refused "p.st: a: no tensor probs: seg-predict --emit labels,probs,embedding writes it" \
    "--prototypes without probs" --prototypes embedding p.st
refused "f.st: f: no tensor embedding: seg-predict --emit labels,probs,embedding" \
    "--prototypes without features" --prototypes embedding f.st
record wrong.st seg.key=w pred=U8:1,3:0 confidence=F32:1,3:0.5,1.5,0
refused "w: confidence is 1.5 at \(x 1, y 0\), expected 0 to 1" "a confidence of 1.5" \
    --above 0.5 wrong.st
record wrong.st seg.key=w pred=U8:1,3:0 confidence=F32:1,3:0.5,nan,0
refused "w: confidence is -?nan at \(x 1, y 0\)" "a confidence of nan" --above 0.5 wrong.st
record wrong.st seg.key=w pred=U8:1,3:0 confidence=F32:3,1:0.5
refused "w: confidence is \[3,1\] f32, but pred is \[1,3\]" "a confidence of another size" \
    --above 0.5 wrong.st
record wrong.st seg.key=w pred=U8:1,3:0 confidence=U8:1,3:1
refused "w: confidence is \[1,3\] u8, not \[H,W\] f32" "a confidence of bytes" \
    --above 0.5 wrong.st
record wrong.st seg.key=w pred=U8:1,3:0,2,0
refused "w: tensor pred: value 2 at \(x 1, y 0\) is none of 2 classes" \
    "a class that does not exist" wrong.st
record wrong.st seg.key=w pred=U8:1,3:0 label=U8:1,2:0
refused "w: label is \[1,2\] u8, but pred is \[1,3\]" "a truth of another size" wrong.st
record wrong.st seg.key=w pred=U8:1,3:0 probs=F32:1,3,3:0.25
refused "w: probs of 3 classes, expected 2" "probs of three classes" --above 0.5 wrong.st
"$root/tests/record.pl" seg.key=w pred=U8:1,3:0,5,0 probs=F32:1,3,3:0.25 | seg-cat -o wrong.st
refused "w: pred is 5 at \(x 1, y 0\), but probs has 3 classes" \
    "a class that probs lacks" --above 0.5 wrong.st
record wrong.st seg.key=w pred=U8:1,1:0 probs=F32:1,1,2:0.5 feat=F32:1,1,2:0,inf
refused "w: feat is inf at \(x 0, y 0\)" "an infinite feature" --prototypes feat wrong.st
record wrong.st seg.key=w pred=U8:1,1:0 probs=F32:1,1,2:0.5 feat=F32:1,1,2:0
refused "w: 2 classes and 2 features, 2 and 1 in those before" \
    "another number of features" --prototypes feat g.st wrong.st
record wrong.st seg.key=w pred=U8:1,1:0 probs=F32:1,1,2:0.5 feat=F32:0,1,1:
refused "w: feat has no values" "a feature map without values" --prototypes feat wrong.st
"$root/tests/record.pl" 'seg.classes=object\tback' seg.key=t pred=U8:1,5:0 | seg-cat -o turned.st
refused "turned.st: t: class 0 is object, back in those before" "another order of classes" \
    p.st turned.st
for option in "--above 1.5" "--share -0.1" "--share 2" "--image-share x" \
    "--prototypes feat --temperature 0" "--temperature 1"; do
    status_is 64 "$option is wrong use" seg-pseudo $option p.st
done
like "$(cat .err)" "temperature requires --prototypes" "--temperature alone: the reason is given"
status_is 64 "the table and the output cannot be one file" \
    seg-pseudo --table no.st -o no.st p.st
status_is 71 "--mem-limit holds for the histograms" \
    seg-pseudo --mem-limit 100K --share 0.5 -o no.st p.st
head -c -100 p.st >cut.st
refused "cut.st: .*" "a cut stream with --share" --share 0.5 cut.st
seg-pseudo -q --table cut.tsv cut.st >/dev/null 2>.err
is "$?:$(ls cut.tsv 2>/dev/null)" "65:" "a cut stream leaves no table"

# ---- a real network ----

seg-synth -q -n 10 --size 32 -s 1 -o labeled.st
seg-synth -q -n 16 --first 50 --size 32 -s 1 -o scenes.st
seg-net unet --width 8 --depth 2 --classes 8 | seg-init -q -s 1 -o init.st
seg-sample -q --crop 32 --epochs 16 -s 1 labeled.st |
    seg-finetune -q -m init.st --steps 40 -b 4 -o model.st
seg-predict -q -m model.st --copy image,label --emit labels,probs,confidence,embedding \
    scenes.st -o pred.st

keeps_contract "seg-pseudo" pred.st seg-pseudo -q --above 0.5
keeps_contract "seg-pseudo --share --prototypes" pred.st \
    seg-pseudo -q --share 0.3 --image-share 0.1 --prototypes embedding
for j in 1 2 3; do
    seg-pseudo -q -j $j --share 0.3 --prototypes embedding -o $j.st pred.st 2>/dev/null
done
same 1.st 2.st "two threads give the bytes of one"
same 1.st 3.st "three threads give the bytes of one"
seg-pick --from 1 --to 5 pred.st -o first.st
seg-pick --from 6 pred.st -o rest.st
seg-pseudo -q --share 0.3 first.st rest.st 2>/dev/null >two.st
seg-pseudo -q --share 0.3 pred.st 2>/dev/null >one.st
seg-diff -q one.st two.st
is $? 0 "two files are one input"
seg-pick --drop probs pred.st | seg-pseudo -q --share 0.3 2>/dev/null >two.st
seg-diff -q one.st two.st
is $? 0 "confidence and probs give the same labels"

# ratio TABLE COLUMN: of all classes
ratio()
{
    awk -F'\t' -v c="$2" '$1 == "total" { print $c }' "$1"
}
for options in "--share 0.5" "--share 0.2" "--image-share 0.5"; do
    seg-pseudo -q $options --table t.tsv pred.st 2>/dev/null >pseudo.st
    awk -v a="$(ratio t.tsv 7)" -v b="$(ratio t.tsv 6)" 'BEGIN { exit !(a > b + 0.02) }'
    ok $? "$options: trusted pixels are right more often than all ($(ratio t.tsv 7), $(ratio t.tsv 6))"
done
awk -F'\t' 'NR > 1 && $2 > 0 && $1 != "total" { n++; if ($4 < 0.2) bad++ }
    END { exit !(n > 2 && !bad) }' <(seg-pseudo -q --share 0.2 --table /dev/stdout \
    -o pseudo.st pred.st 2>/dev/null)
ok $? "--share: each class has at least its share"
# the same numbers from seg-score: accuracy where the label is trusted
seg-pick --keep label pseudo.st | seg-pick --rename label=pred >trusted.st
seg-score -q --truth scenes.st trusted.st | awk -F'\t' '$1 == "accuracy" { print $2 }' >accuracy
seg-pseudo -q --share 0.2 --table t.tsv pred.st 2>/dev/null >/dev/null
is "$(ratio t.tsv 7)" "$(cat accuracy)" "the precision is the accuracy of seg-score"
is "$(seg-pseudo -q --table /dev/stdout -o all.st pred.st 2>/dev/null >t2.tsv
    ratio t2.tsv 6)" \
    "$(seg-score -q pred.st | awk -F'\t' '$1 == "accuracy" { print $2 }')" \
    "the precision of all pixels is the accuracy of seg-score"

# Labels of pixels that are trusted, and training on them.
seg-cat labeled.st pseudo.st | seg-sample -q --crop 32 -n 8 -s 1 >patches.st
status_is 0 "the output can be sampled and trained on" \
    seg-finetune -q -m model.st --steps 2 -b 4 -o second.st patches.st

# Pixels without data, as seg-predict marks them.
"$root/tests/record.pl" seg.key=n seg.nodata=0 image=U8:32,32,3:"$(perl -e '
    print join ",", map { $_ < 96 ? 0 : 40 + $_ % 100 } 0 .. 32 * 32 * 3 - 1')" |
    seg-cat | seg-predict -q -m model.st --copy image --emit labels,confidence -o gaps.st
seg-pseudo -q gaps.st 2>/dev/null >got.st
is "$(numbers got.st label | head -n 32 | sort -u)" 255 "pixels without data are not trusted"
is "$(numbers got.st label | tail -n +33 | grep -cx 255)" 0 "all others are"
done_testing
