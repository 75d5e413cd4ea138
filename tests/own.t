#!/usr/bin/env bash
# pipelines/own.mk: a folder of images and labels to a plan, a model, scores and
# predictions; the layouts of the folder; its errors.
. "$(dirname "$0")/lib.sh"
export OMP_NUM_THREADS=1

own()
{
    make -s -f "$root/pipelines/own.mk" THREADS=1 MINUTES=0.01 STEPS=4 BATCH=2 \
        NET='unet --width 4 --depth 2 --classes 2' CROP=16 \
        FINETUNE='--valid-every 2' "$@" >out 2>err
}

# records OUT SPLIT...: the numbers of images
records()
{
    local split
    for split in "${@:2}"; do
        seg-info "$1/$split.st"
    done | sed -n 's/^records *\([0-9]*\),.*/\1/p' | xargs
}

# images DIR FIRST LAST: images of 24 x 24 pixels, with labels 0 and 7
images()
{
    mkdir -p "$1" "${1/images/labels}"
    perl -e '
        my ($images, $labels, $first, $last) = @ARGV;
        for my $n ($first .. $last) {
            open my $i, ">", "$images/$n.ppm";
            print $i "P6\n24 24\n255\n", map { chr($_ * $n % 256) x 3 } 1 .. 576;
            open my $l, ">", "$labels/$n.pgm";
            print $l "P5\n24 24\n255\n", map { chr($_ % 24 < 12 ? 7 : 0) } 1 .. 576;
        }' "$1" "${1/images/labels}" "$2" "$3"
}
images set/images 1 10
printf '0\t0\ta\n7\t1\tb\n' >set/classes.tsv
mkdir new
cp set/images/[123].ppm new

own DATA=set UNLABELED=new
is $? 0 "a folder of images and labels: it ends without an error" || cat err
is "$(sed -n 1p out)" "| miou | ce |" "the table is printed"
like "$(<err)" "a fifth of the labeled images is for validation" "the split is said"
like "$(<err)" "no split test: the scores are those of the validation" \
    "the use of the validation images for the scores is said"
like "$(<err)" "own: [0-9.]+ minutes: training" "the minutes expected are said"
is "$(records own train valid)" "8 2" "two of ten images are for validation"
seg-check own/train.st own/valid.st | grep -q twice
is $? 1 "no image is in both parts"
is "$(cd own/predicted && echo *)" "1.png 2.png 3.png" "each unlabeled image is predicted"
is "$(seg-import --images own/predicted --labels own/predicted |
    seg-stat | awk '/^class/ && $4 { print $2 }' | grep -v -e 0 -e 7)" "" \
    "predictions have the values of the label map"
[ -s own/overlay.png ] && [ -s own/predicted.png ] && [ -s own/8/ce/1/model.st ]
ok $? "overlays and the model are made"
like "$(<own/plan.mk)" "VALID \?= own/valid.st" "the plan is kept, with its reasons"
like "$(grep -m1 -v '^#' own/8/ce/1/model.log)" "miou" "the log has the scores of the validation"

# A gray image among color images.
cp -r set mixed
perl -e 'print "P5\n24 24\n255\n", map { chr($_ % 256) } 1 .. 576' >mixed/images/3.pgm
rm mixed/images/3.ppm
own DATA=mixed OUT=mixed-out
is $? 0 "gray and color images: it ends without an error" || cat err
like "$(<err)" "gray and color images: all become color images" "that is said"
is "$(for f in train valid; do seg-info -l mixed-out/$f.st; done |
    grep -c 'image \[24,24,3\]')" 10 "all have three channels"

find own -type f -exec sha256sum {} + | sort >before
own DATA=set UNLABELED=new
find own -type f -exec sha256sum {} + | sort >after
same before after "a second call changes nothing"
rm own/8/ce/1/{model.st,score.tsv}
own DATA=set UNLABELED=new
find own -type f ! -name '*.log' -exec sha256sum {} + | sort >after
grep -v '\.log$' before | grep -v -e table -e plot >first
grep -v -e table -e plot after >second
same first second "a lost model is trained again, to the same bytes"
own DATA=set UNLABELED=new STEPS=6
is "$(grep -vc '^#' own/8/ce/1/model.log)" 7 "with other steps it is trained again"
sha256sum own/8/ce/1/model.st >before
rm -r own
own DATA=set -j2 UNLABELED=new STEPS=6
is "$(sha256sum own/8/ce/1/model.st)" "$(<before)" "make -j gives the same model"

# ---- layouts ----

own DATA=set OUT=five LABELED=5
is "$(ls five/labeled)" 4.st "LABELED=5: four for training, one for validation"
is "$(find five/predicted -type f | wc -l)" 1 "without UNLABELED the test images are predicted"

images splits/images/train 1 4
images splits/images/val 5 6
images splits/images/test 7 9
cp set/classes.tsv splits/labels.tsv
own DATA=splits OUT=layout
is $? 0 "images/train and so on: it ends without an error" || cat err
is "$(records layout train valid test)" "4 2 3" "the splits of the folders are used"
is "$(grep -c split err)" 0 "nothing is said about splits that exist"

images turned/train/images 1 4
mkdir turned/valid
cp -r splits/images/val turned/valid/images
cp -r splits/labels/val turned/valid/labels
own DATA=turned OUT=layout2 LABEL_MAP=set/classes.tsv
is "$(ls layout2/labeled) $(find layout2/predicted -type f | wc -l)" "4.st 2" \
    "train/images and valid/images are used"

mkdir listed
(cd set && for n in 1 2 3 4; do
    printf 'k%s\t%s\t%s\n' $n "$PWD/images/$n.ppm" "$PWD/labels/$n.pgm"
done) >listed/train.tsv
own DATA=listed OUT=layout3 LABEL_MAP=set/classes.tsv
is "$(ls layout3/labeled)" 3.st "a manifest train.tsv is used"
mkdir set/splits
printf '%s\n' 1 2 3 >set/splits/train.txt
printf '%s\n' 4 5 >set/splits/test.txt
own DATA=set OUT=layout4
is "$(ls layout4/labeled) $(cd layout4/predicted && echo *)" "2.st 4.png 5.png" \
    "lists of names in splits are used"
rm -r set/splits

if seg-import --options | grep -q propose-map; then
    cp -r set bare
    rm bare/classes.tsv
    own DATA=bare OUT=layout5
    is $? 0 "without a label map: it ends without an error" || cat err
    is "$(grep -v '^#' layout5/classes.tsv | cut -f 1 | xargs)" "0 7" \
        "without a label map: one of all values is made"
    rm -r bare
else
    skip "without a label map: one of all values is made" "no seg-import --propose-map"
fi

# ---- errors ----

# fails NAME PATTERN ARGUMENT...: ends with an error whose first line matches
fails()
{
    local name=$1 pattern=$2
    shift 2
    rm -rf bad
    own OUT=bad "$@"
    is $? 2 "$name: it stops"
    like "$(sed -n 1p err)" "$pattern" "$name: the first line says why"
    [ -z "$(find bad -name 'model*' 2>/dev/null)" ]
    ok $? "$name: nothing is trained"
}
fails "no DATA" "DATA is not set: make -f .*own.mk DATA=DIR" DATA=
fails "no such folder" "lost: there is no such folder" DATA=lost
fails "a folder without images" "new: no train.tsv and no folder images" DATA=new
fails "UNLABELED that does not exist" "lost: there is no such folder" DATA=set UNLABELED=lost
fails "WEIGHTS that do not exist" "lost.pth: there is no such file" DATA=set WEIGHTS=lost.pth
fails "a name with blanks" "UNLABELED has blanks: my images" DATA=set UNLABELED="my images"
fails "more labeled images than there are" "10 items, 20 wanted" DATA=set LABELED=20
fails "one image" "one labeled image: two are needed" DATA=set LABELED=1
mkdir bare && cp -r set/images bare
fails "no labels" "bare/labels: there is no such" DATA=bare LABEL_MAP=set/classes.tsv
mkdir bare/labels
fails "no label matches" "bare/labels: no image 1.png" DATA=bare LABEL_MAP=set/classes.tsv
cp -r set wide
printf 'P5\n2 2\n255\n\0\0\0\7' >wide/labels/3.pgm
fails "a label of another size" "3.ppm: 24x24 pixels, its label wide/labels/3.pgm has 2x2" DATA=wide
printf '0\t0\ta\n' >wide/classes.tsv
fails "an unknown label value" "value 7 at .* is not in the label map" DATA=wide
done_testing
