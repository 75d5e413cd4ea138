#!/usr/bin/perl
# geotiff.pl FILE SETTING=VALUE...: an uncompressed TIFF, written from the
# specification alone:
#
#   type=u8|u16|i16|i32|f32   size=WxH   bands=N (1)   rows=N of a strip (all)
#   value=EXPRESSION          perl, of $x, $y and $b; "nan" and "inf" are words
#   nodata=TEXT               GDAL_NODATA
#   place=X,Y,STEP            corner and size of a pixel
#   epsg=N                    projected, or geo=N geographic
use strict;
use warnings;

my $file = shift;
my %s = (type => "u8", bands => 1, value => 0);
for (@ARGV) {
    /^(\w+)=(.*)$/s or die "geotiff.pl: $_\n";
    $s{$1} = $2;
}
my ($w, $h) = split /x/, $s{size};
my %types = (u8 => ["C", 8, 1], u16 => ["S<", 16, 1], i16 => ["s<", 16, 2],
    i32 => ["l<", 32, 2], f32 => ["f<", 32, 3]);
my ($pack, $bits, $format) = @{$types{$s{type}}};

our ($x, $y, $b);
my $value = eval "no strict; no warnings; sub { $s{value} }" or die $@;
my $pixels = "";
for $y (0 .. $h - 1) {
    for $x (0 .. $w - 1) {
        for $b (0 .. $s{bands} - 1) {
            $pixels .= pack $pack, $value->();
        }
    }
}

my (@entries, $more);
my $at = 8 + length($pixels) + length($pixels) % 2;
$more = "";

# Values that do not fit into an entry follow the pixels.
sub entry {
    my ($tag, $type, $count, $bytes) = @_;
    if (length $bytes > 4) {
        my $place = $at + length $more;
        $more .= $bytes . (length($bytes) % 2 ? "\0" : "");
        $bytes = pack "V", $place;
    }
    push @entries, [$tag, pack "vvVa4", $tag, $type, $count, $bytes];
}
sub short { entry($_[0], 3, @_ - 1, pack "v*", @_[1 .. $#_]) }
sub long { entry($_[0], 4, 1, pack "V", $_[1]) }
sub double { entry($_[0], 12, @_ - 1, pack "d<*", @_[1 .. $#_]) }

long(256, $w);
long(257, $h);
short(258, ($bits) x $s{bands});
short(259, 1);
short(262, 1);
my $rows = $s{rows} // $h;
my @first = map { $_ * $rows } 0 .. int(($h - 1) / $rows);
my $row = $w * $s{bands} * $bits / 8;
entry(273, 4, scalar @first, pack "V*", map { 8 + $_ * $row } @first);
short(277, $s{bands});
long(278, $rows);
entry(279, 4, scalar @first,
    pack "V*", map { $row * ($h - $_ < $rows ? $h - $_ : $rows) } @first);
short(338, (0) x ($s{bands} - 1)) if $s{bands} > 1;
short(339, ($format) x $s{bands});
if ($s{place}) {
    my ($left, $top, $step) = split /,/, $s{place};
    double(33550, $step, $step, 0);
    double(33922, 0, 0, 0, $left, $top, 0);
}
short(34735, 1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, $s{epsg})
    if $s{epsg};
short(34735, 1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, $s{geo})
    if $s{geo};
entry(42113, 2, 1 + length $s{nodata}, "$s{nodata}\0") if defined $s{nodata};

open my $f, ">:raw", $file or die "$file: $!\n";
print $f pack("a2vV", "II", 42, $at + length $more), $pixels,
    "\0" x (length($pixels) % 2), $more, pack("v", scalar @entries),
    map({ $_->[1] } sort { $a->[0] <=> $b->[0] } @entries), pack "V", 0;
close $f or die "$file: $!\n";
