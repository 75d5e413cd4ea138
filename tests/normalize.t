#!/usr/bin/env bash
# Normalization by the dataset, by each image, by ranges without their tails: the
# input of the network, which is the same for training and prediction.
. "$(dirname "$0")/lib.sh"
record() { "$root/tests/record.pl" "$@"; }
export OMP_NUM_THREADS=1

# see MODEL STREAM: the values of the node image for the first record
see()
{
    seg-predict -q -m "$1" --emit embedding --node image "$2" -o .seen.st &&
        "$root/tests/tensor.pl" .seen.st embedding |
        perl -e 'binmode STDIN; local $/; printf "%.5g ", $_ for unpack "f<*", <STDIN>'
}
printf 'image input - c=1\nclassifier conv image c=2 k=1 bias=1\n' >one.txt
printf 'image input - c=2\nclassifier conv image c=2 k=1 bias=1\n' >two.txt

# ---- the input of the network ----

# 0 to 99 and an outlier; mean and deviation by hand
ramp=$(seq -s, 0 99)
record seg.key=a "image=U16:1,101,1:$ramp,60000" | seg-cat >a.st
seg-init --normalize record one.txt -o record.st
is "$(see record.st a.st)" "$(perl -e 'my @v = (0 .. 99, 60000); my ($s, $q) = (0, 0);
    $s += $_, $q += $_ * $_ for @v; my $m = $s / @v; my $d = sqrt($q / @v - $m * $m);
    printf "%.5g ", ($_ - $m) / $d for @v')" "record: mean 0 and deviation 1"
for p in 0.5 1 2 5; do
    seg-init --normalize range --clip-percent $p one.txt -o range.st
    is "$(see range.st a.st)" "$(perl -e 'my @v = (0 .. 99, 60000);
        sub at { my $i = int($_[0]); $v[$i] + ($_[0] - $i) * (($v[$i + 1] // 0) - $v[$i]) }
        my ($l, $h) = (at($ARGV[0]), at(100 - $ARGV[0]));
        $_ = $_ < $l ? $l : $_ > $h ? $h : $_ for my @c = @v;
        printf "%.5g ", ($_ - $l) / ($h - $l) for @c' $p)" \
        "range: the tails of $p % become 0 and 1"
done
seg-init --normalize range one.txt -o half.st
seg-init --normalize range --clip-percent 0.5 one.txt | seg-diff half.st -
ok $? "range: the default tail is half a percent"
seg-stat -p 1 a.st >a.tsv
seg-init --stat a.tsv --clip-percent 1 one.txt -o clip.st
is "$(see clip.st a.st)" "$(perl -e 'my @v = (0 .. 99, 60000); my ($s, $q) = (0, 0);
    $_ = $_ < 1 ? 1 : $_ > 99 ? 99 : $_ for @v;
    $s += $_, $q += $_ * $_ for @v; my $m = $s / @v; my $d = sqrt($q / @v - $m * $m);
    printf "%.5g ", ($_ - $m) / $d for @v')" "dataset: clipped, then mean and deviation"
is "$(see clip.st <(record seg.key=b image=F32:1,3,1:-1000,50,1e9 | seg-cat))" \
    "$(see clip.st <(record seg.key=b image=F32:1,3,1:1,50,99 | seg-cat))" \
    "--clip-percent applies to each later image"
seg-init --stat a.tsv one.txt -o plain.st
is "$(seg-info --meta seg.low plain.st)$(seg-info --meta seg.normalize plain.st)" "" \
    "without --clip-percent a model has no limits"
record seg.key=flat image=U8:2,2,1:7 | seg-cat >flat.st
is "$(see record.st flat.st)$(see half.st flat.st)" "0 0 0 0 0 0 0 0 " \
    "an image of one value becomes 0"
record seg.key=two image=F32:1,3,2:1,1000,2,5000,3,3000 | seg-cat >two.st
seg-init --normalize record two.txt -o two_record.st
is "$(see two_record.st two.st)" "-1.2247 -1.2247 0 1.2247 1.2247 0 " \
    "each band is normalized by itself"
record seg.key=nan image=F32:1,3,1:1,nan,2 | seg-cat >nan.st
is "$(see record.st nan.st 2>.err)" "-1 0 1 " "nan becomes the mean of the other pixels"
like "$(cat .err)" "warning: nan.st: nan: image is nan at \(x 1, y 0\), band 0" \
    "nan is warned of"

# the metadata seg.intensity
seg-import --help | grep -q intensity
is "$(record 'seg.key=k' 'seg.intensity=mean 10\nsd 2\n0.5 1\n1 1\n2 1\n5 1\n95 9\n98 9\n99 9\n99.5 9\n' \
    image=U8:1,3,1:8,10,14 | seg-cat | see record.st -)" "-1 0 2 " "seg.intensity counts"
for bad in 'mean 1' 'mean 1\nsd x\n' 'mean 1,2\nsd 1\n' ''; do
    status_is 65 "the seg.intensity '$bad' is refused" seg-predict -m record.st \
        <(record seg.key=k "seg.intensity=$bad" image=U8:1,3,1:8,10,14 | seg-cat)
done

# ---- the whole image, in patches and slices ----

seg-synth -n 6 -s 3 --size 40x32 -o scenes.st
seg-sample --crop 16 -n 12 -s 1 scenes.st -o patches.st
status_is 65 "seg-predict refuses a patch without seg.intensity" \
    seg-predict -m <(seg-net unet \
    --width 4 --depth 2 --classes 8 | seg-init --normalize record) patches.st
like "$(cat .err)" "a patch without seg.intensity" \
    "seg-predict names the patch without seg.intensity"
seg-sample --crop 16 -n 12 -s 1 --intensity scenes.st -o told.st
seg-diff -i seg.intensity patches.st told.st
ok $? "--intensity changes nothing else"
seg-sample --crop 16 --regular --intensity scenes.st -o grid.st
for f in told.st grid.st; do
    is "$(seg-info --meta seg.intensity $f | grep -c '^mean')" "$(seg-info -l $f | wc -l)" \
        "$f: each patch has seg.intensity"
    is "$(seg-info --meta seg.intensity $f | sort -u)" \
        "$(for i in 1 2 3 4 5 6; do
            seg-pick --from $i --to $i scenes.st | seg-sample --regular --crop 40x32 --intensity |
                seg-info --meta seg.intensity; done | sort -u)" "$f: of its whole image"
done
seg-augment --color 0.5 told.st | seg-info --meta seg.intensity | cmp -s - \
    <(seg-info --meta seg.intensity told.st)
ok $? "seg-augment changes colors after normalization"

# ---- scenes in strips ----

perl -e 'srand 5; print "P5 40 36 255\n", map { chr int rand 200 } 1 .. 40 * 36' >scene.pgm
echo scene.pgm | seg-import | seg-export -t image -f tiff -d tiff
echo tiff/scene.tif | seg-import --intensity -o scene.st
echo tiff/scene.tif | seg-import --intensity --strip 16 -o strips.st
is "$(seg-info --meta seg.intensity strips.st | sort -u)" \
    "$(seg-info --meta seg.intensity scene.st | sort -u)" \
        "strips have the seg.intensity of their scene"
seg-net unet --width 4 --depth 2 --bands 1 --classes 3 |
    seg-init -q -s 1 --normalize record -o deep.st
seg-predict -q -m deep.st --window 24 --blend halo scene.st -o x.st
seg-predict -q -m deep.st --window 24 --blend halo strips.st | seg-export -d x
echo x/scene.tif | seg-import -o y.st
cmp -s <("$root/tests/tensor.pl" x.st pred) <("$root/tests/tensor.pl" y.st image)
ok $? "strips are predicted like their scene"
echo tiff/scene.tif | seg-import --strip 16 -o bare.st
status_is 65 "seg-predict refuses strips without seg.intensity" \
    seg-predict -m deep.st --window 24 bare.st
like "$(cat .err)" "a patch without seg.intensity" \
    "seg-predict names the strip without seg.intensity"
status_is 65 "seg-sample --intensity refuses strips" \
    seg-sample --crop 16 -n 1 --intensity bare.st

# ---- training and prediction have the same input ----

# Values 1024 times as large give such a model the same input, to the bit: in
# patches, in training and in validation.
perl -e 'srand 3; for my $k (1 .. 4) {
    my @v = map { sprintf "%.6f", rand() * ($k ** 3) } 1 .. 24 * 20;
    my @l = map { $v[$_] > $k ** 3 / 2 ? 1 : 0 } 0 .. $#v;
    print join(",", @v), " ", join(",", @l), "\n" }' >numbers
k=0
while read -r v l; do
    k=$((k + 1))
    classes='seg.classes=dark\tlight'
    record seg.key=$k "$classes" image=F32:20,24,1:$v label=U8:20,24:$l | seg-cat >>small.st
    w=$(perl -e 'print join ",", map { $_ * 1024 } map { unpack "f", pack "f", $_ }
        split /,/, $ARGV[0]' "$v")
    record seg.key=$k "$classes" image=F32:20,24,1:$w label=U8:20,24:$l | seg-cat >>large.st
done <numbers
seg-net unet --width 4 --depth 2 --bands 1 --classes 2 >net.txt
for how in "record" "range --clip-percent 1"; do
    seg-init -q -s 1 --normalize $how net.txt -o init.st
    for size in small large; do
        seg-sample --crop 16 --intensity -n 24 --scale 0.8,1.2 --flip hv -s 1 $size.st |
            seg-finetune -q -m init.st -b 4 --steps 6 --valid $size.st --valid-every 2 \
                --log $size.tsv -o $size.model
        seg-predict -q -m $size.model --emit labels,probs $size.st -o $size.pred
    done
    seg-diff small.model large.model >out
    is "$?$(<out)" "0" "$how: values 1024 times as large give the same model"
    seg-diff small.pred large.pred
    ok $? "$how: values 1024 times as large give the same predictions"
    seg-init -q -s 1 net.txt | seg-predict -q -m - small.st | cmp -s - <(
        seg-init -q -s 1 net.txt | seg-predict -q -m - large.st)
    is $? 1 "dataset: values 1024 times as large give another prediction"
done

# a patch as large as its image
seg-sample --regular --crop 24x20 --intensity small.st |
    seg-predict -q -m small.model --emit probs --copy none -o p.st
seg-predict -q -m small.model --emit probs --copy none small.st -o q.st
seg-diff -i 'seg.*' p.st q.st
ok $? "a patch as large as its image is predicted like it"

# ---- wrong use ----

status_is 64 "--normalize record with --mean is refused" \
    seg-init --normalize record --mean 1 one.txt
status_is 64 "--normalize record with --clip-percent is refused" \
    seg-init --normalize record --clip-percent 1 one.txt
status_is 64 "--clip-percent without --stat is refused" seg-init --clip-percent 1 one.txt
status_is 64 "--clip-percent with a percentile that is not counted is refused" \
    seg-init --normalize range --clip-percent 3 one.txt
seg-stat a.st >bare.tsv
status_is 65 "--clip-percent with a table without levels is refused" \
    seg-init --stat bare.tsv --clip-percent 1 one.txt
seg-pick record.st -o other.st
perl -pi -e 's/"record"/"recor_"/' other.st
status_is 65 "a damaged seg.normalize is refused" seg-predict -m other.st a.st

# ---- volumes whose values differ by orders of magnitude ----

if [ -n "$data" ]; then
    h=$data/msd_hippocampus
    head -n 3 "$h/splits/train.txt" >three.txt
    for j in 1 3; do
        seg-import --intensity -j $j --images "$h/imagesTr" --labels "$h/labelsTr" \
            --keys three.txt -M "$h/labels.tsv" -o hip$j.st
    done
    same hip1.st hip3.st "volumes: the number of threads changes nothing"
    is "$(seg-info --meta seg.intensity hip1.st | grep ^mean | sort -u | wc -l)" 3 \
        "volumes: slices have the seg.intensity of their volume"
    seg-import --images "$h/imagesTr" --keys <(head -n 1 three.txt) | seg-stat >first.tsv
    is "$(seg-info --meta seg.intensity hip1.st | sed -n '1,2p' | cut -d' ' -f2 | xargs printf '%.6g ')" \
        "$(awk -F'\t' '$1 == "band" { printf "%.6g %.6g ", $5, $6 }' first.tsv)" \
        "volumes: mean and deviation are those of the volume"
else
    skip "volumes: slices have the seg.intensity of their volume" "no ../shared/data"
fi
done_testing
