#!/usr/bin/perl
# tensor.pl FILE NAME: the bytes of a tensor of the first record of a stream;
# with --shape, its type and shape as in the header; with --meta, the metadata of
# that name.  Written from seg-stream(5) only.
use strict;
use warnings;

my $what = $ARGV[0] =~ /^--/ ? shift : "";
my ($path, $name) = @ARGV;
open my $f, "<:raw", $path or die "$path: $!\n";
read($f, my $size, 8) == 8 or die "$path: no record\n";
read($f, my $header, unpack "Q<", $size) or die "$path: no header\n";

if ($what eq "--meta") {
    print "$1\n" if $header =~ /"\Q$name\E"\s*:\s*"((?:[^"\\]|\\.)*)"/;
    exit;
}
my ($body) = $header =~ /"\Q$name\E"\s*:\s*(\{[^}]*\})/
    or die "$path: no tensor $name\n";
my ($type) = $body =~ /"dtype"\s*:\s*"(\w+)"/;
my ($shape) = $body =~ /"shape"\s*:\s*\[([^\]]*)\]/;
my ($from, $to) = $body =~ /"data_offsets"\s*:\s*\[\s*(\d+)\s*,\s*(\d+)/;
$shape =~ s/\s//g;
if ($what eq "--shape") {
    print "$type $shape\n";
    exit;
}
seek $f, $from, 1;
binmode STDOUT;
read($f, my $data, $to - $from) == $to - $from or die "$path: cut\n";
print $data;
