#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

# cell BUDGET METHOD SEED MIOU
cell()
{
    mkdir -p "x/$1/$2/$3"
    {
        printf 'class\tiou\nsky\t0.9\textra\n\nmetric\tvalue\nmiou\t%s\n' "$4"
        printf '\ninterval\tvalue\tlow\thigh\nmiou\t0.5\t0.4\t0.6\n'
    } >"x/$1/$2/$3/score.tsv"
    printf 'minutes\t2.5\n' >"x/$1/$2/$3/time.tsv"
}
cell 46 ce 1 0.30
cell 46 ce 2 0.34
cell 46 within 1 0.40
cell 9 ce 1 0.1
cell 9 within 1 -
files=(x/46/ce/{1,2} x/46/within/1 x/9/ce/1)

status_is 0 "cells from their paths" seg-table "${files[@]/%//score.tsv}" \
    "${files[@]/%//time.tsv}"
golden="budget	method	metric	n	mean	sd
9	ce	miou	1	0.100000	-
9	ce	minutes	1	2.500000	-
46	ce	miou	2	0.320000	0.028284
46	ce	minutes	2	2.500000	0.000000
46	within	miou	1	0.400000	-
46	within	minutes	1	2.500000	-"
is "$(cat .out)" "$golden" "mean and deviation over seeds, budgets as numbers"

seg-table -f long "${files[@]/%//score.tsv}" "${files[@]/%//time.tsv}" >long
is "$(sed -n 1,3p long)" "budget	method	seed	metric	value
9	ce	1	miou	0.100000
9	ce	1	minutes	2.500000" "long rows"
is "$(seg-table <long)" "$golden" "long rows read back"
is "$(seg-table -f markdown <long)" "| miou | ce | within |
| ---: | ---: | ---: |
| 9 | 0.100 | - |
| 46 | 0.320 ± 0.028 | 0.400 |" "markdown"
is "$(seg-table --metric minutes <long | wc -l)" 4 "one metric"

status_is 65 "a cell twice" seg-table x/46/ce/1/score.tsv x/46/ce/1/score.tsv
like "$(cat .err)" "miou of budget 46, method ce, seed 1 is there twice" "named"
status_is 65 "a file without a value" seg-table x/9/within/1/score.tsv
cp x/9/ce/1/score.tsv lone.tsv
status_is 64 "a path that says nothing" seg-table lone.tsv
status_is 66 "no such file" seg-table a/b/c/none.tsv
status_is 65 "text that is no table" seg-table <lone.tsv
status_is 64 "unknown option" seg-table --frobnicate
printf 'budget\tmethod\tseed\tmetric\tvalue\n1\tce\t1\tmiou\n' >four
seg-table <four >/dev/null 2>err
is $? 65 "a row of four fields"
like "$(cat err)" "stdin:2: " "names the line"
if [ -w /dev/full ]; then
    seg-table <long >/dev/full 2>/dev/null
    is $? 74 "a full device"
fi
done_testing
