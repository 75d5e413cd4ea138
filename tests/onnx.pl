#!/usr/bin/perl
# onnx.pl FILE: the graph of an ONNX file, one line a node: "OP INPUT,... OUTPUT",
# then "in" and "out" with the shapes.  Dies if a message does not end where it
# should, or a node reads a value that is not there yet.  Written from the
# encoding of protocol buffers and onnx.proto only.
use strict;
use warnings;

# fields BYTES: [number, value] of each field of a message
sub fields
{
    my ($s, $at, @list) = ($_[0], 0);
    my $varint = sub {
        my ($x, $shift, $byte) = (0, 0);
        do {
            die "cut in a number\n" if $at >= length $s;
            $byte = ord substr $s, $at++, 1;
            $x |= ($byte & 127) << $shift if $shift < 64;
            $shift += 7;
        } while $byte & 128;
        return $x;
    };
    while ($at < length $s) {
        my $tag = $varint->();
        my ($number, $type) = ($tag >> 3, $tag & 7);
        my $value = $type == 0 ? $varint->() : undef;
        if ($type) {
            my $n = $type == 2 ? $varint->() : $type == 5 ? 4 : die "type $type\n";
            die "cut in field $number\n" if $at + $n > length $s;
            $value = substr $s, $at, $n;
            $at += $n;
        }
        push @list, [$number, $value];
    }
    return @list;
}

# get NUMBER, FIELDS: the values of the fields of that number
sub get
{
    my $number = shift;
    my @found = map { $_->[1] } grep { $_->[0] == $number } @_;
    return wantarray ? @found : $found[0];
}

# shape BYTES: of a ValueInfoProto, "name [batch,3,height,width]"
sub shape
{
    my @value = fields($_[0]);
    my $tensor = get(1, fields(scalar get(2, @value)));
    my @dims = get(1, fields(scalar get(2, fields($tensor))));
    return get(1, @value) . " [" .
        join(",", map { my @f = fields($_); get(1, @f) // get(2, @f) } @dims) . "]";
}

local $/;
open my $f, "<:raw", $ARGV[0] or die "$ARGV[0]: $!\n";
my @model = fields(<$f>);
my @graph = fields(scalar get(7, @model));
my %there = ("" => 1);
$there{get(8, fields($_))}++ for get(5, @graph);
$there{get(1, fields($_))}++ for get(11, @graph);
for (get(1, @graph)) {
    my @node = fields($_);
    my ($op, $out) = (scalar get(4, @node), scalar get(2, @node));
    $there{$_} or die "$out reads $_\n" for get(1, @node);
    $there{$out}++ and die "$out twice\n";
    print "$op ", join(",", get(1, @node)), " $out\n";
}
for (get(12, @graph)) {
    $there{get(1, fields($_))} or die "no output\n";
}
print "in ", shape($_), "\n" for get(11, @graph);
print "out ", shape($_), "\n" for get(12, @graph);
print "meta ", get(1, fields($_)), "\n" for sort { $a cmp $b } get(14, @model);
