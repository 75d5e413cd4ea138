#!/usr/bin/perl
# png.pl DIR: PNG files of each bit depth, color type, interlacing and filter, written
# from the specification only, with the samples that a reader must find:
#
#   DIR/NAME.png    the image
#   DIR/NAME.image  its samples as a tensor [H,W,C], palette looked up
#   DIR/NAME.label  its samples as a tensor [H,W], if it can be a label image
#
# and on stdout a line each: NAME WIDTH HEIGHT CHANNELS TYPE.
use strict;
use warnings;
use Compress::Zlib qw(compress crc32);

my %color = (gray => 0, rgb => 2, palette => 3, grayalpha => 4, rgba => 6);
my %channels = (gray => 1, rgb => 3, palette => 1, grayalpha => 2, rgba => 4);
my %depths = (gray => [1, 2, 4, 8, 16], rgb => [8, 16],
    palette => [1, 2, 4, 8], grayalpha => [8, 16], rgba => [8, 16]);
my @passes = ([0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4],
    [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]);    # x, y, step x, step y

sub sample {
    my ($x, $y, $c, $depth) = @_;
    return ($x * 7919 + $y * 3571 + $c * 977 + $x * $y * 31) % 2**$depth;
}

sub entry {
    my ($i) = @_;
    return ($i * 37 % 256, $i * 91 % 256, 255 - $i);
}

sub chunk {
    my ($type, $data) = @_;
    return pack("N", length $data) . $type . $data
        . pack("N", crc32($type . $data));
}

# One row of samples, packed to the bit.
sub row {
    my ($depth, @v) = @_;
    return pack("n*", @v) if $depth == 16;
    return pack("B*", join "", map { sprintf "%0${depth}b", $_ } @v);
}

sub paeth {
    my ($left, $up, $corner) = @_;
    my $p = $left + $up - $corner;
    my ($a, $b, $c) = (abs($p - $left), abs($p - $up), abs($p - $corner));
    return $a <= $b && $a <= $c ? $left : $b <= $c ? $up : $corner;
}

# Rows; each uses the next one of the five filters.
sub filtered {
    my ($bytes, @rows) = @_;
    my ($out, $filter, @up) = ("", 0);
    for my $row (@rows) {
        my @now = unpack "C*", $row;
        my @coded = map {
            my $left = $_ >= $bytes ? $now[$_ - $bytes] : 0;
            my $up = @up ? $up[$_] : 0;
            my $corner = @up && $_ >= $bytes ? $up[$_ - $bytes] : 0;
            ($now[$_] - (0, $left, $up, int(($left + $up) / 2),
                paeth($left, $up, $corner))[$filter]) & 255;
        } 0 .. $#now;
        $out .= pack "C*", $filter, @coded;
        $filter = ($filter + 1) % 5;
        @up = @now;
    }
    return $out;
}

sub pixels {
    my ($w, $h, $kind, $depth, $interlaced) = @_;
    my $n = $channels{$kind};
    my $bytes = $n * $depth < 8 ? 1 : $n * $depth / 8;
    my $out = "";
    for my $pass ($interlaced ? @passes : [0, 0, 1, 1]) {
        my ($x0, $y0, $dx, $dy) = @$pass;
        my @rows;
        for (my $y = $y0; $y < $h; $y += $dy) {
            my @v;
            for (my $x = $x0; $x < $w; $x += $dx) {
                push @v, map { sample($x, $y, $_, $depth) } 0 .. $n - 1;
            }
            push @rows, row($depth, @v) if @v;
        }
        $out .= filtered($bytes, @rows);
    }
    return $out;
}

sub save {
    my ($path, $data) = @_;
    open my $f, ">:raw", $path or die "$path: $!\n";
    print $f $data;
    close $f or die "$path: $!\n";
}

sub make {
    my ($dir, $w, $h, $kind, $depth, $interlaced) = @_;
    my $name = "$kind$depth" . ($interlaced ? "i" : "") . "-${w}x$h";
    my $type = $depth == 16 ? "v*" : "C*";
    my $png = "\x89PNG\r\n\x1a\n" . chunk("IHDR",
        pack("NNCCCCC", $w, $h, $depth, $color{$kind}, 0, 0, $interlaced));
    $png .= chunk("tEXt", "Comment\0passed over");
    $png .= chunk("PLTE", pack "C*", map { entry($_) } 0 .. 2**$depth - 1)
        if $kind eq "palette";
    $png .= chunk("tRNS", "\0") if $kind eq "palette";
    my $data = compress(pixels($w, $h, $kind, $depth, $interlaced));
    my $half = int(length($data) / 2);
    $png .= chunk("IDAT", substr $data, 0, $half);
    $png .= chunk("IDAT", substr $data, $half) . chunk("IEND", "");
    save("$dir/$name.png", $png);

    my (@image, @label);
    for my $y (0 .. $h - 1) {
        for my $x (0 .. $w - 1) {
            my @v = map { sample($x, $y, $_, $depth) } 0 .. $channels{$kind} - 1;
            push @label, $v[0];
            push @image, $kind eq "palette" ? entry($v[0]) : @v;
        }
    }
    save("$dir/$name.image", pack $type, @image);
    save("$dir/$name.label", pack $type, @label)
        if $kind eq "gray" || $kind eq "palette";
    my $n = $kind eq "palette" ? 3 : $channels{$kind};
    print "$name $w $h $n ", ($depth == 16 ? "U16" : "U8"), "\n";
}

my $dir = shift // die "usage: png.pl DIR\n";
for my $kind (sort keys %color) {
    for my $depth (@{$depths{$kind}}) {
        for my $interlaced (0, 1) {
            make($dir, 13, 11, $kind, $depth, $interlaced);
        }
    }
}
make($dir, 1, 1, "gray", 1, 1);
make($dir, 2, 3, "palette", 4, 1);
make($dir, 1, 9, "rgba", 16, 1);
make($dir, 300, 2, "gray", 8, 0);
