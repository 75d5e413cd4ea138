#!/usr/bin/perl
# record.pl [NAME=VALUE ...] [TENSOR=TYPE:SHAPE:NUMBER,... ...]: a plain record
# with this metadata and these tensors: record.pl seg.key=a label=U8:2,2:0,1,1,0
# A single number fills the tensor.  \t and \n in values are tab and line end.
use strict;
use warnings;

my %pack = (BOOL => "C", U8 => "C", I8 => "c", U16 => "S<", I16 => "s<",
    U32 => "L<", I32 => "l<", F32 => "f<", U64 => "Q<", I64 => "q<",
    F64 => "d<");
my ($meta, $tensors, $payload) = ("", "", "");
for (@ARGV) {
    my ($name, $value) = /^([^=]+)=(.*)$/s or die "record.pl: $_\n";
    if ($value =~ /^(BOOL|[UI](?:8|16|32|64)|F32|F64):([\d,]+):(.*)$/) {
        my ($type, $shape, @v) = ($1, $2, split /,/, $3);
        my $n = 1;
        $n *= $_ for split /,/, $shape;
        @v = ($v[0]) x $n if @v == 1;
        @v == $n or die "record.pl: $name: not $n numbers\n";
        my $from = length $payload;
        $payload .= pack "($pack{$type})*", @v;
        $tensors .= sprintf ',"%s":{"dtype":"%s","shape":[%s],' .
            '"data_offsets":[%d,%d]}', $name, $type, $shape, $from,
            length $payload;
    } else {
        $meta .= ($meta && ",") . "\"$name\":\"$value\"";
    }
}
my $head = "{\"__metadata__\":{$meta}$tensors}";
binmode STDOUT;
print pack("Q<", length $head), $head, $payload;
