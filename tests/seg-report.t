#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

# well_formed FILE NAME: XML with one root, all elements closed
well_formed()
{
    if type xmllint >/dev/null 2>&1; then
        xmllint --noout "$1" 2>.lint
        ok $? "$2: well-formed"
        head -n 5 .lint | sed 's/^/#   /'
        return
    fi
    perl -0777 -ne 's/<!DOCTYPE html>//; my @open;
        while (/<(\/?)([a-z0-9]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|<|&(?!(?:amp|lt|gt|quot|#39);)/g) {
            die "stray mark at $-[0]\n" unless defined $2;
            if ($1) { my $was = pop @open; die "$2 closes $was\n" if $was ne $2 }
            elsif (!$4) { push @open, $2 }
        }
        die "open: @open\n" if @open' "$1"
    ok $? "$2: well-formed"
}

# images FILE: decodes the images of a page to image.N.jpg and prints their number
images()
{
    perl -MMIME::Base64 -0777 -ne 'my $n = 0;
        while (/src="data:image\/jpeg;base64,([^"]*)"/g) {
            open my $f, ">:raw", "image." . $n++ . ".jpg"; print $f decode_base64($1) }
        print "$n\n"' "$1"
}

# text FILE: the text of a page without marks
text()
{
    perl -0777 -pe 's/<style>.*?<\/style>//s; s/<[^>]*>/ /g; s/&lt;/</g; s/&gt;/>/g;
        s/&quot;/"/g; s/&#39;/\x27/g; s/&amp;/&/g; s/\s+/ /g' "$1"
}

evil='<script>alert("1")</script>&'
mark='&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;'
json=${evil//\"/\\\"}
# prediction KEY RIGHT: 8 x 8 pixels of two classes, the first RIGHT of 64 right
prediction()
{
    local label pred i
    for ((i = 0; i < 64; i++)); do
        label+=$((i % 2)),
        pred+=$((i < $2 ? i % 2 : 1 - i % 2)),
    done
    "$root/tests/record.pl" "seg.key=$1" "seg.classes=sky\\t$json" \
        'seg.palette=#102030,#405060' seg.ignore=255 image=U8:8,8,3:90 \
        "label=U8:8,8:${label%,}" "pred=U8:8,8:${pred%,}"
}
for right in 8 16 24 32 40 48; do
    prediction "$([ $right = 8 ] && echo "$json" || echo "k$right")" $right >$right.st
done
seg-cat -q -o pred.st 24.st 8.st 48.st 16.st 40.st 32.st
seg-pick --keep pred -o bare.st pred.st

# report [-o FILE] [FILE]: with the stream as operand
report()
{
    local out=()
    [ "${1:-}" != -o ] || { out=(-o "$2"); shift 2; }
    case ${1:-} in
    --*) seg-report "$@" ;;
    *) seg-report "${out[@]}" --predictions "${@:--}" ;;
    esac
}
keeps_contract "seg-report" pred.st report
seg-report --title "$evil" --predictions pred.st -n 2 -o page.html
well_formed page.html "predictions"
is "$(grep -c '<script' page.html)" 0 "names, keys and titles are escaped"
is "$(grep -o "<title>$mark</title>" page.html | wc -l)" 1 "the title is shown as text"
is "$(grep -o "<figcaption>$mark: miou 0.067" page.html | wc -l)" 1 "the key is shown as text"
is "$(grep -oE '<figcaption>[^:]*: miou [0-9.]+' page.html | sed 's/.*>//' | paste -sd ' ')" \
    "$mark: miou 0.067 k16: miou 0.143 k40: miou 0.455 k48: miou 0.600" \
    "the worst and the best images are shown, in order"
is "$(images page.html)" 4 "each has an image"
for i in 0 1 2 3; do echo image.$i.jpg; done | seg-import -q -o back.st
is "$(seg-info --list back.st | wc -l)" 4 "the images decode"
is "$(grep -oE '(src|href)="[^"]{5}' page.html | sort | uniq -c | awk '{ print $1, $2 }')" \
    '4 src="data:' "nothing is loaded from elsewhere"
like "$(grep -o 'Content-Security-Policy.*' page.html)" "default-src 'none'" \
    "the page forbids it, too"
like "$(text page.html)" "accuracy 0.438" "the scores are those of the predictions"
is "$(text page.html | grep -o 'accuracy 0.438')" \
    "accuracy $(seg-score -q pred.st | awk '$1 == "accuracy" { printf "%.3f", $2 }')" \
    "seg-score says the same"
like "$(text page.html)" 'sky 44 56' "the confusion matrix is in percent of the true class"
seg-report --predictions bare.st --truth pred.st --title "$evil" -n 2 -o joined.html
same joined.html page.html "--truth gives labels and images by key"
seg-report --predictions pred.st -n 9 -o all.html
is "$(grep -c '<figcaption>' all.html)" 6 "no image is shown twice"
seg-report --predictions pred.st -n 0 -o none.html
is "$(grep -c '<img' none.html)" 0 "-n 0 shows no image"
seg-synth -q -n 1 --size 700x300 | seg-pick --rename label=pred | seg-cat -q >wide.st
seg-synth -q -n 1 --size 700x300 >truth.st
seg-report --predictions wide.st --truth truth.st --cell 100 -o wide.html
is "$(grep -oE '<img width="[0-9]+" height="[0-9]+"' wide.html | sort -u)" \
    '<img width="412" height="43"' "--cell limits the size of the panels"

# ---- tables and logs ----

seg-score -q -r 20 -o score.tsv pred.st
seg-report --scores score.tsv -o page.html
well_formed page.html "scores"
interval=$(awk '/^interval/ { on = 1 } on && $1 == "miou" { printf "%.3f to %.3f", $3, $4 }' score.tsv)
like "$(text page.html)" "miou 0\.[0-9]+ $interval" "a score has its interval"
like "$(text page.html)" "<script>alert\(\"1\"\)</script>& 0\.[0-9]+" "each class has a row"
printf 'budget\tmethod\tmetric\tn\tmean\tsd\n' >table.tsv
printf '%s\t%s\tmiou\t2\t%s\t%s\n' 5 ce 0.25 0.01 5 within 0.5 - 20 ce 0.75 0.02 >>table.tsv
printf '20\tce\tminutes\t2\t3.5\t0.5\n' >>table.tsv
seg-report --scores table.tsv -o page.html
well_formed page.html "results"
like "$(text page.html)" "5 ce 0.250 ± 0.010 - 5 within 0.500 - 20 ce 0.750 ± 0.020 3.500 ± 0.500" \
    "results have a row for each budget and method"
is "$(grep -c '<polyline' page.html)" 2 "a curve for each method"
{
    printf '# seg-finetune <b>\nstep\tloss\tlr\tmiou\tseconds\n'
    for ((i = 1; i <= 1000; i++)); do
        echo "$i	$((1000 - i))	0.1	$([ $((i % 100)) = 0 ] && echo 0.5 || echo -)	0.06"
    done
} >model.log
printf 'step\tloss\tseconds\n1\t7\t1\n2\tnan\t1\n' >other.log
seg-report --logs model.log --logs other.log -o page.html
well_formed page.html "logs"
is "$(grep -c '<svg' page.html) $(grep -c '<polyline' page.html)" "3 4" \
    "a chart for each column, a curve for each log that has it"
is "$(grep -o '<polyline[^>]*>' page.html | head -n 1 | grep -o '[0-9.]*,[0-9.]*' | wc -l)" 200 \
    "a long curve has 200 points"
like "$(text page.html)" "model.log 1000 1.0 other.log 2 0.0" "steps and minutes of each log"
is "$(grep -ci 'nan\|inf' <(grep -o '<svg.*' page.html))" 0 "a value that is no number is left out"
like "$(text page.html)" "# seg-finetune <b>" "comments of a log are shown"
printf 'step\tloss\tseconds\n%s\t1\t1\n%s\t-1e308\t1\n%s\t1e308\t1\n' \
    10000000000000000 10000000000000002 inf >odd.log
status_is 0 "numbers that are too large for an axis are drawn somehow" \
    timeout 20 seg-report --logs odd.log -o page.html
well_formed page.html "odd numbers"
seg-net unet --width 4 --depth 2 --classes 2 | seg-init -q -o model.st
printf 'net unet; steps <5>\n' >settings
seg-report -m model.st --settings settings -o page.html
well_formed page.html "model"
like "$(text page.html)" "net unet; steps <5>.*$(seg-info --meta seg.hash model.st | head -n 1)" \
    "settings and metadata of the model are shown"
like "$(text page.html)" "seg-net [0-9.]+ unet|seg-init [0-9.]+" "the history of the model is shown"

# ---- refused ----

status_is 64 "a report of nothing is refused" seg-report -o none.html
status_is 64 "--truth without predictions is refused" seg-report --truth pred.st --scores score.tsv
refused()
{
    local name=$1 want=$2
    shift 2
    status_is 65 "$name is refused" seg-report "$@"
    [ ! -s .out ]
    ok $? "$name: nothing is written"
    like "$(<.err)" "$want" "$name: the message says what is wrong"
}
printf 'a\tb\n1\t2\n' >other.tsv
refused "another table" "other.tsv: a table that begins with a: expected" --scores other.tsv
refused "a log without steps" "other.tsv: no column step" --logs other.tsv
refused "a second bad table" "other.tsv: a table" --scores score.tsv --scores other.tsv
"$root/tests/record.pl" seg.key=k pred=U8:2,2:0 label=U8:2,2:0 >nameless.st
refused "predictions without classes" "no seg.classes and no number of classes\$" --predictions nameless.st
refused "predictions without labels" "no tensor label" --predictions bare.st
done_testing
