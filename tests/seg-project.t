#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

# cloud KEY SHIFT: 6 x 6 pixels of 3 features; a pixel of class c is near the
# corner c of a cube.  The label image is twice as large; a sixth is ignored.
cloud()
{
    local map label y x c
    for ((y = 0; y < 6; y++)); do for ((x = 0; x < 6; x++)); do
        c=$(((x + y + $2) % 3))
        map+=$(((c == 0) * 40 + (x * 7 + y * $2) % 5)),
        map+=$(((c == 1) * 40 + (x * 3 + y + $2) % 4)),
        map+=$(((c == 2) * 40 + (x * x + y) % 3)),
    done; done
    for ((y = 0; y < 12; y++)); do for ((x = 0; x < 12; x++)); do
        label+=$((x > 9 ? 255 : (x / 2 + y / 2 + $2) % 3)),
    done; done
    "$root/tests/record.pl" "seg.key=$1" 'seg.classes=sky\tsea\tland\tice' \
        'seg.palette=#ff0000,#00ff00,#0000ff,#123456' seg.ignore=255 \
        "embedding=F32:6,6,3:${map%,}" "label=U8:12,12:${label%,}"
}
cloud a 1 >a.st
cloud b 2 >b.st
cloud c 3 >c.st
seg-cat -q -o all.st a.st b.st c.st
project=(seg-project -q --per-class 8 --iterations 260)

keeps_contract "seg-project" all.st "${project[@]}"
"${project[@]}" --method pca -o points.tsv --measures m.tsv --plot p.png all.st
is "$(head -n 1 points.tsv)" "x	y	class	key	row	column	held_out" \
    "the columns of the points"
is "$(tail -n +2 points.tsv | cut -f 3 | sort | uniq -c | awk '{ print $1, $2 }' | xargs)" \
    "8 land 8 sea 8 sky" "the same number of points of each class"
is "$(tail -n +2 points.tsv | awk -F'\t' '{ s = $4 == "a" ? 1 : $4 == "b" ? 2 : 3
    split("sky sea land", n, " "); if (n[($5 + $6 + s) % 3 + 1] != $3 || $6 > 4) print }')" \
    "" "each point has the class of its pixel, and none is ignored"
is "$(tail -n +2 points.tsv | cut -f 4,7 | sort -u | wc -l)" 3 \
    "a record is held out as a whole"
is "$(sed -n '/^measure/,$p' m.tsv | cut -f 1 | xargs)" \
    "measure points held_out cosine_within cosine_between purity probe" \
    "the numbers of --measures"
is "$(awk '/^purity|^probe/ { print $2 }' m.tsv | xargs)" "0.700000 1.000000" \
    "separate clouds of 8 points: 7 of 10 neighbors have the class, the probe is right"
is "$(awk '/^cosine_within/ { print($2 > 0.9) } /^cosine_between/ { print($2 < 0.3) }' m.tsv | xargs)" \
    "1 1" "cosines are high within and low between the classes"
echo p.png | seg-import -q -o back.st
is "$("$root/tests/tensor.pl" --shape back.st image | cut -d , -f 2)" 720 "--plot is a PNG"
is "$("$root/tests/tensor.pl" back.st image | od -An -v -tx1 -w3 | sort -u |
    grep -cE 'ff 00 00|00 ff 00|00 00 ff')" 3 "--plot has the colors of the classes"
seg-project -q --method pca --size 64x100 --plot p.png all.st >/dev/null
echo p.png | seg-import -q -o back.st
like "$("$root/tests/tensor.pl" --shape back.st image)" ",64,3|,[0-9]+,3" "--size sets the size"

"${project[@]}" -j 1 -o one.tsv all.st
"${project[@]}" -j 3 -o three.tsv all.st
same one.tsv three.tsv "t-SNE has the same bytes for any number of threads"
is "$(cut -f 3-6 one.tsv | sort)" "$(cut -f 3-6 points.tsv | sort)" \
    "the points do not depend on the method"
seg-cat -q -o turned.st c.st a.st b.st
is "$("${project[@]}" --method pca turned.st | cut -f 3- | sort)" \
    "$(cut -f 3- points.tsv | sort)" "the points do not depend on the order of the records"
"${project[@]}" -s 1 --method pca all.st | cmp -s - points.tsv
is $? 1 "--seed chooses other points"
seg-project -q --per-class 5000 --method pca all.st >every.tsv
is "$(wc -l <every.tsv)" 91 "all labeled pixels are taken if there are few"
is "$(seg-project -q --per-class 6 --method pca --measures one.tsv a.st |
    cut -f 7 | sort | uniq -c | awk '{ print $1 }' | xargs)" "9 9 1" \
    "of a single record, half of the points are held out"
# with perplexity 8 the clouds stay apart: the nearest neighbor has the class
"${project[@]}" --perplexity 8 --iterations 600 all.st | tail -n +2 | awk -F'\t' '
    { x[NR] = $1; y[NR] = $2; c[NR] = $3 }
    END { for (i = 1; i <= NR; i++) { best = 1e30
            for (j = 1; j <= NR; j++) if (j != i) { d = (x[i]-x[j])^2 + (y[i]-y[j])^2
                if (d < best) { best = d; k = j } }
            same += c[k] == c[i] }
        exit same < 22 }'
ok $? "neighbors stay neighbors"

refused()
{
    local want=$1 name=$2
    shift 2
    status_is 65 "$name is refused" seg-project -q -o none.tsv "$@"
    is "$(<.err)" "seg-project: $want" "$name: the message says what is wrong"
    [ ! -e none.tsv ]
    ok $? "$name: no output"
}
refused "a: no tensor probs" "a missing tensor" -t probs a.st
"$root/tests/record.pl" seg.key=k embedding=F32:2,2,1:1,2,3,nan label=U8:2,2:0,1,0,1 >nan.st
status_is 65 "NaN is refused" seg-project -q nan.st
like "$(<.err)" "k: tensor embedding is -?nan at \(x 1, y 1\), feature 0: expected a number" \
    "NaN: the message says where"
"$root/tests/record.pl" seg.key=k embedding=F32:2,2,1:1,2,-3e38,4 label=U8:2,2:0,1,0,1 >far.st
refused "k: tensor embedding is -3e+38 at (x 0, y 1), feature 0: expected a number from -1e+15 to 1e+15" \
    "a number whose square overflows" far.st
"$root/tests/record.pl" seg.key=k embedding=F32:2,3,1:-1e15,1e15,0,5e14,-7e14,3 \
    label=U8:2,3:0,1,0,1,0,1 >large.st
seg-project -q --iterations 250 --measures m.tsv -o x.tsv large.st
is "$(grep -ciE 'nan|inf' x.tsv m.tsv | xargs)" "x.tsv:0 m.tsv:0" "large numbers give numbers"
"$root/tests/record.pl" seg.key=k embedding=F32:2,2,1:1 label=U8:2,2:255 >none.st
refused "0 labeled pixels; at least 3 expected" "a stream without labels" none.st
"$root/tests/record.pl" seg.key=k embedding=F32:2,2:1 label=U8:2,2:0 >flat.st
refused "k: tensor embedding is [2,2] f32, not [h,w,d]" "another shape" flat.st
"$root/tests/record.pl" seg.key=k 'seg.classes=sky\tsea\tland\tice' seg.ignore=255 \
    embedding=F32:2,2,1:1 label=U8:2,2:0 >other.st
refused "k: tensor embedding has 1 features, 3 in those before" \
    "another number of features" a.st other.st
"$root/tests/record.pl" seg.key=k embedding=F32:2,2,1:1 label=U8:2,2:0 >same.st
status_is 0 "equal feature vectors are accepted" \
    seg-project --iterations 250 --measures m.tsv -o x.tsv same.st
is "$(grep -ciE 'nan|inf' x.tsv m.tsv | xargs)" "x.tsv:0 m.tsv:0" "equal feature vectors give numbers"
status_is 71 "--mem-limit is kept" seg-project --mem-limit 1K -o none.tsv all.st
status_is 64 "--plot over the table is refused" seg-project -o x.png --plot x.png all.st
done_testing
