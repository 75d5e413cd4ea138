/*
 * PASCAL VOC 2012: 20 classes and background; 255 is the border of objects.
 * The palette: bits 3j, 3j+1 and 3j+2 of an index are bit 7-j of red, green and
 * blue.
 */
#include "lib/label/palette.h"

const char seg_palette_voc[] = "0\t0\tbackground\t#000000\n"
                               "1\t1\taeroplane\t#800000\n"
                               "2\t2\tbicycle\t#008000\n"
                               "3\t3\tbird\t#808000\n"
                               "4\t4\tboat\t#000080\n"
                               "5\t5\tbottle\t#800080\n"
                               "6\t6\tbus\t#008080\n"
                               "7\t7\tcar\t#808080\n"
                               "8\t8\tcat\t#400000\n"
                               "9\t9\tchair\t#c00000\n"
                               "10\t10\tcow\t#408000\n"
                               "11\t11\tdiningtable\t#c08000\n"
                               "12\t12\tdog\t#400080\n"
                               "13\t13\thorse\t#c00080\n"
                               "14\t14\tmotorbike\t#408080\n"
                               "15\t15\tperson\t#c08080\n"
                               "16\t16\tpottedplant\t#004000\n"
                               "17\t17\tsheep\t#804000\n"
                               "18\t18\tsofa\t#00c000\n"
                               "19\t19\ttrain\t#80c000\n"
                               "20\t20\ttvmonitor\t#004080\n"
                               "255\tignore\tborder\t#e0e0c0\n";
