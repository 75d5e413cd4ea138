#!/usr/bin/env bash
# Experiments with unlabeled images and with two domains, in miniature: the
# methods of unlabeled.mk, semi.mk, adapt.mk and domains.mk.
. "$(dirname "$0")/lib.sh"
export OMP_NUM_THREADS=1

# scenes DIR DOMAIN: a dataset of synthetic scenes, 6 training and 4 test images
scenes()
{
    mkdir -p "$1/splits"
    seg-synth -q -n 10 -s 1 --size 48 --domain "$2" -o scenes.st
    seg-info --meta seg.classes scenes.st | head -n 1 | tr '\t' '\n' |
        awk '{ printf "%d\t%d\t%s\t#%06x\n", NR - 1, NR - 1, $0, NR * 7919 }
            END { print "255\tignore\tunlabeled\t#ffffff" }' >"$1/labels.tsv"
    for split in train test; do
        seg-pick "$([ $split = train ] && echo --to || echo --from)" \
            "$([ $split = train ] && echo 6 || echo 7)" scenes.st >part.st
        seg-export -q -t image -d "$1/images/$split" part.st
        seg-export -q -t label -d "$1/labels/$split" part.st
        (cd "$1/images/$split" && find . -name '*.png') |
            sed 's|^\./||; s|\.png$||' | sort >"$1/splits/$split.txt"
    done
}
scenes a a
scenes b b
is "$(wc -l <a/splits/train.txt) $(wc -l <b/splits/test.txt)" "6 4" "two datasets are made"

small=(CLASSES=8 NET='unet --width 4 --depth 2 --classes 8' STEPS=4 BATCH=2 CROP=24
    SEEDS=1 THREADS=1)
steps() { awk '$3 == "steps" { print $1, $2, $5 + 0 }' "$1/table.tsv" | sort -u | xargs; }
hashes() { find "$1" -name '*.st' -exec sha256sum {} + | sort; }

# ---- few labels, and the other images without ----

semi()
{
    make -s -f "$root/pipelines/semi.mk" DATA=a IMAGES='images/$(split)' \
        LABELS='labels/$(split)' BUDGETS=2 PRETRAIN_STEPS=2 \
        METHODS='ce pseudo mean-teacher fixmatch cutmix copy-paste within within+pseudo global global+cutmix' \
        GLOBAL_BATCH=2 "${small[@]}" "$@" 2>err
}
semi
is $? 0 "semi.mk: it ends without an error" || cat err
is "$(sed -n 1p semi/table.md)" \
    "| miou | ce | pseudo | mean-teacher | fixmatch | cutmix | copy-paste | within | within+pseudo | global | global+cutmix |" \
    "semi.mk: the table has a column for each method"
is "$(steps semi)" "2 ce 4 2 copy-paste 4 2 cutmix 4 2 fixmatch 4 2 global 6 2 global+cutmix 6 2 mean-teacher 4 2 pseudo 4 2 within 4 2 within+pseudo 4" \
    "semi.mk: all methods take the same number of steps"
is "$(seg-info -l semi/2/pseudo/1/labeled.st | cut -f 2 | sort -u | wc -l)" 6 \
    "pseudo: the labeled images and the others, each once"
is "$(seg-info -l semi/labeled/2.st | cut -f 2 | sort)" \
    "$(seg-info -l semi/2/pseudo/1/labeled.st | cut -f 2 | head -n 2 | sort)" \
    "pseudo: labeled images keep their labels"
[ -s semi/2/pseudo/1/pseudo.tsv ]
ok $? "pseudo: a table says how many pixels have a label"
for m in mean-teacher fixmatch cutmix copy-paste; do
    like "$(table semi/2/$m/1/model.log | sed -n 1p)" "unlabeled.sure" "$m: the log has the unlabeled loss"
done
hashes semi >before
rm semi/2/{pseudo,cutmix}/1/model.st semi/2/pseudo/1/labeled.st
semi
hashes semi >after
same before after "semi.mk: lost models are made again, to the same bytes"
touch mark
semi CUTMIX='--mix cutmix --above 0.5'
is "$(find semi -newer mark -name 'model.st' | grep -c -e /ce/ -e /within/)" 0 \
    "semi.mk: a changed setting of one method leaves cross-entropy alone"
is "$(find semi/2/cutmix -newer mark -name model.st | wc -l)" 1 "semi.mk: and makes that method again"
semi METHODS=pseudo
is $? 2 "pseudo without ce stops make"
like "$(tail -n 1 err)" "pseudo needs ce" "the missing method is named"

# ---- source to target, without the source ----

adapt()
{
    make -s -f "$root/pipelines/adapt.mk" SOURCE=a TARGET=b BUDGETS=4 ADAPT_STEPS=3 \
        "${small[@]}" "$@" 2>err
}
adapt
is $? 0 "adapt.mk: it ends without an error" || cat err
is "$(sed -n 1p adapt/table.md)" \
    "| miou | ce | statistics | tent | maxsquare | maxsquare+weights | pl | nl | nl+pl | share | ldbe | target |" \
    "adapt.mk: the table has a column for each method"
is "$(steps adapt)" "4 ce 4 4 ldbe 3 4 maxsquare 3 4 maxsquare+weights 3 4 nl 3 4 nl+pl 3 4 pl 3 4 share 3 4 statistics 3 4 target 4 4 tent 3" \
    "adapt.mk: steps of each method"
is "$(seg-info -l adapt/images.st | cut -f 2 | sort)" "$(sort b/splits/train.txt)" \
    "adapt.mk: the images are those of the target"
is "$(seg-info adapt/images.st | grep -c '^tensor *label')" 0 "adapt.mk: adaptation sees no labels of the target"

# The source is not needed: without its images and its stream an adaptation that was
# lost is made again, to the same bytes.
hashes adapt/4 >before
rm adapt/4/{tent,nl+pl,ldbe}/1/model.st
mv a/images a.images
touch -r adapt/4/ce/1/model.st stamp
adapt -o adapt/source.st -o adapt/train.st -o adapt/labeled/4.st
is $? 0 "adapt.mk: adaptation runs without the source images" || cat err
hashes adapt/4 >after
same before after "adapt.mk: and gives the same bytes"
mv a.images a/images
adapt METHODS='ce nl'
is $? 2 "nl without maxsquare+weights stops make"
like "$(tail -n 1 err)" "nl needs maxsquare.weights" "the missing method is named"

# ---- labels of both ----

domains()
{
    make -s -f "$root/pipelines/domains.mk" SOURCE=a TARGET=b BUDGETS='1 2' SOURCE_STEPS=4 \
        PATCHES='--patch-weight 1 --patches 2x2' \
        "${small[@]}" 2>err
}
domains
is $? 0 "domains.mk: it ends without an error" || cat err
is "$(sed -n 1p domains/table.md)" \
    "| miou | ce | finetune | both | patches1 | patches2 | patches3 | weak | unsupervised |" \
    "domains.mk: the table has a column for each method"
is "$(awk '$3 == "steps" { print $5 + 0 }' domains/table.tsv | sort -u)" 4 "domains.mk: equal steps"
same domains/1/unsupervised/1/model.st domains/2/unsupervised/1/model.st \
    "domains.mk: unsupervised does not depend on the labeled target images"
seg-diff domains/2/both/1/model.st domains/2/patches1/1/model.st >out 2>&1
is $? 1 "domains.mk: the contrast changes the model"
hashes domains >before
rm domains/2/weak/1/model.st domains/source/1/model.st
domains
hashes domains >after
same before after "domains.mk: lost models are made again, to the same bytes"

done_testing
