#!/usr/bin/perl
# record.pl [NAME=VALUE ...] [TENSOR=TYPE:SHAPE:NUMBER,... ...]: a plain record
# with this metadata and these tensors: record.pl seg.key=a label=U8:2,2:0,1,1,0
# One number serves all.  \t and \n stand for themselves in values.
use strict;
use warnings;

my %pack = (U8 => "C", U16 => "S<", I16 => "s<", F32 => "f<");
my ($meta, $tensors, $payload) = ("", "", "");
for (@ARGV) {
    my ($name, $value) = /^([^=]+)=(.*)$/s or die "record.pl: $_\n";
    if ($value =~ /^(U8|U16|I16|F32):([\d,]+):(.*)$/) {
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
