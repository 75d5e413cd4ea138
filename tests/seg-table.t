#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

# make_run BUDGET METHOD SEED MIOU: its score and its time
make_run()
{
    mkdir -p "x/$1/$2/$3"
    {
        printf 'class\tiou\nsky\t0.9\textra\n\nmetric\tvalue\nmiou\t%s\n' "$4"
        printf '\ninterval\tvalue\tlow\thigh\nmiou\t0.5\t0.4\t0.6\n'
    } >"x/$1/$2/$3/score.tsv"
    printf 'minutes\t2.5\n' >"x/$1/$2/$3/time.tsv"
}
make_run 46 ce 1 0.30
make_run 46 ce 2 0.34
make_run 46 within 1 0.40
make_run 9 ce 1 0.1
make_run 9 within 1 -
files=(x/46/ce/{1,2} x/46/within/1 x/9/ce/1)

status_is 0 "seg-table: runs are named by the paths of their files" seg-table "${files[@]/%//score.tsv}" \
    "${files[@]/%//time.tsv}"
golden="budget	method	metric	n	mean	sd
9	ce	miou	1	0.100000	-
9	ce	minutes	1	2.500000	-
46	ce	miou	2	0.320000	0.028284
46	ce	minutes	2	2.500000	0.000000
46	within	miou	1	0.400000	-
46	within	minutes	1	2.500000	-"
is "$(cat .out)" "$golden" "seg-table: mean and deviation over seeds, budgets sorted as numbers"

seg-table -f long "${files[@]/%//score.tsv}" "${files[@]/%//time.tsv}" >long
is "$(sed -n 1,3p long)" "budget	method	seed	metric	value
9	ce	1	miou	0.100000
9	ce	1	minutes	2.500000" "seg-table -f long: a row for each value"
is "$(seg-table <long)" "$golden" "seg-table: long rows are read back"
is "$(seg-table -f markdown <long)" "| miou | ce | within |
| ---: | ---: | ---: |
| 9 | 0.100 | - |
| 46 | 0.320 ± 0.028 | 0.400 |" "seg-table -f markdown: a column for each method"
is "$(seg-table --metric minutes <long | wc -l)" 4 "seg-table --metric: only that metric is printed"

status_is 65 "seg-table: a score given twice is refused" seg-table x/46/ce/1/score.tsv x/46/ce/1/score.tsv
like "$(cat .err)" "miou of budget 46, method ce, seed 1 is there twice" \
    "seg-table: the score given twice is named"
status_is 65 "seg-table: a file without a value is refused" seg-table x/9/within/1/score.tsv
cp x/9/ce/1/score.tsv lone.tsv
status_is 64 "seg-table: a path that names no run is refused" seg-table lone.tsv
status_is 66 "seg-table: a missing file is refused" seg-table a/b/c/none.tsv
status_is 65 "seg-table: text without the titles of long rows is refused" seg-table <lone.tsv
status_is 64 "seg-table: an unknown option is refused" seg-table --frobnicate
printf 'budget\tmethod\tseed\tmetric\tvalue\n1\tce\t1\tmiou\n' >four
seg-table <four >/dev/null 2>err
is $? 65 "seg-table: a long row of four fields is refused"
like "$(cat err)" "stdin:2: " "seg-table: the line of the short row is named"
if [ -w /dev/full ]; then
    seg-table <long >/dev/full 2>/dev/null
    is $? 74 "seg-table: a full device is noticed"
fi
# ---- scores of single classes ----
for s in 1 2; do
    mkdir -p c/3/ce/$s
    printf 'class\tiou\tdice\ttruth\nleft part\t0.%s\t0.7\t9\nright\t-\t-\t0\n\n' $s
    printf 'metric\tvalue\nmiou\t0.5\n'
done | split -l 6 - c/
mv c/aa c/3/ce/1/score.tsv
mv c/ab c/3/ce/2/score.tsv
is "$(seg-table --metric 'iou:left part' --metric dice:right c/3/ce/*/score.tsv | sed 1d)" \
    "3	ce	iou:left part	2	0.150000	0.070711" "seg-table: scores of a class"
is "$(seg-table -f markdown --metric miou --metric 'dice:left part' c/3/ce/*/score.tsv |
    grep '^| [a-z]')" "| dice:left part | ce |
| miou | ce |" "seg-table -f markdown: a table for a class"
is "$(seg-table c/3/ce/*/score.tsv | sed 1d | cut -f 3)" miou \
    "seg-table: scores of a class are read only if asked for"
# ---- logs of trainings ----

# make_log FILE SECONDS...: a step for each number
make_log()
{
    local file=$1 step=0 seconds
    shift
    printf '# command: seg-finetune\nstep\tloss\tlr\tseconds\n' >"$file"
    for seconds in "$@"; do
        step=$((step + 1))
        printf '%d\t0.5\t0.1\t%s\n' $step "$seconds" >>"$file"
    done
}
run=x/46/ce/1
make_log $run/pre.log 6 12 6000
make_log $run/model.log 3 1 9000 2
is "$(seg-table $run/model.log $run/score.tsv $run/pre.log)" \
    "budget	method	metric	n	mean	sd
46	ce	miou	1	0.300000	-
46	ce	minutes	1	0.733333	-
46	ce	steps	1	7.000000	-" \
    "seg-table: minutes of both logs by the lower median of a step, steps summed"
make_log x/46/ce/2/model.log 6 6
is "$(seg-table -f long x/46/ce/[12]/*.log | cut -f 3-)" \
    "seed	metric	value
1	minutes	0.733333
1	steps	7.000000
2	minutes	0.200000
2	steps	2.000000" "seg-table: logs of two runs are kept apart"
status_is 65 "seg-table: a log and a file with the same metric are refused" \
    seg-table $run/model.log $run/time.tsv
like "$(cat .err)" "minutes of budget 46, method ce, seed 1 is there twice" \
    "seg-table: the metric of the log and the file is named"
make_log $run/model.log
status_is 65 "seg-table: a log without a step is refused" seg-table $run/model.log
like "$(cat .err)" "$run/model.log: no rows under the titles" \
    "seg-table: the log without a step is named"
make_log $run/model.log 1 soon
status_is 65 "seg-table: a time that is no number is refused" \
    seg-table $run/model.log
like "$(cat .err)" "$run/model.log:4: seconds: 'soon', expected a number" \
    "seg-table: line and value of that time are named"
make_log $run/model.log 1 1
printf '3\t0.4' >>$run/model.log
status_is 65 "seg-table: a log that ends within a row is refused" \
    seg-table $run/model.log
make_log lone.log 1
status_is 64 "seg-table: a log whose path names no run is refused" seg-table lone.log
done_testing
