/*
 * Cityscapes: the 34 ids of *_labelIds.png, 19 of which are evaluated.  A
 * license plate (-1) has the color of its car, and a group of poles that of a
 * pole, so colored labels cannot separate them.
 */
#include "lib/label/palette.h"

/* Common to Cityscapes and GTA5. */
/* clang-format off */
#define IDS \
    "0\tignore\tunlabeled\t#000000\n" \
    "1\tignore\tego vehicle\t#000000\n" \
    "2\tignore\trectification border\t#000000\n" \
    "3\tignore\tout of roi\t#000000\n" \
    "4\tignore\tstatic\t#000000\n" \
    "5\tignore\tdynamic\t#6f4a00\n" \
    "6\tignore\tground\t#510051\n" \
    "7\t0\troad\t#804080\n" \
    "8\t1\tsidewalk\t#f423e8\n" \
    "9\tignore\tparking\t#faaaa0\n" \
    "10\tignore\trail track\t#e6968c\n" \
    "11\t2\tbuilding\t#464646\n" \
    "12\t3\twall\t#66669c\n" \
    "13\t4\tfence\t#be9999\n" \
    "14\tignore\tguard rail\t#b4a5b4\n" \
    "15\tignore\tbridge\t#966464\n" \
    "16\tignore\ttunnel\t#96785a\n" \
    "17\t5\tpole\t#999999\n" \
    "18\tignore\tpolegroup\n" \
    "19\t6\ttraffic light\t#faaa1e\n" \
    "20\t7\ttraffic sign\t#dcdc00\n" \
    "21\t8\tvegetation\t#6b8e23\n" \
    "22\t9\tterrain\t#98fb98\n" \
    "23\t10\tsky\t#4682b4\n" \
    "24\t11\tperson\t#dc143c\n" \
    "25\t12\trider\t#ff0000\n" \
    "26\t13\tcar\t#00008e\n" \
    "27\t14\ttruck\t#000046\n" \
    "28\t15\tbus\t#003c64\n" \
    "29\tignore\tcaravan\t#00005a\n" \
    "30\tignore\ttrailer\t#00006e\n" \
    "31\t16\ttrain\t#005064\n" \
    "32\t17\tmotorcycle\t#0000e6\n" \
    "33\t18\tbicycle\t#770b20\n"
/* clang-format on */

const char seg_palette_cityscapes[] = IDS "-1\tignore\tlicense plate\n";

/* The 19 train ids of *_labelTrainIds.png: the classes without a change. */
const char seg_palette_cityscapes_train[] = "0\t0\troad\t#804080\n"
                                            "1\t1\tsidewalk\t#f423e8\n"
                                            "2\t2\tbuilding\t#464646\n"
                                            "3\t3\twall\t#66669c\n"
                                            "4\t4\tfence\t#be9999\n"
                                            "5\t5\tpole\t#999999\n"
                                            "6\t6\ttraffic light\t#faaa1e\n"
                                            "7\t7\ttraffic sign\t#dcdc00\n"
                                            "8\t8\tvegetation\t#6b8e23\n"
                                            "9\t9\tterrain\t#98fb98\n"
                                            "10\t10\tsky\t#4682b4\n"
                                            "11\t11\tperson\t#dc143c\n"
                                            "12\t12\trider\t#ff0000\n"
                                            "13\t13\tcar\t#00008e\n"
                                            "14\t14\ttruck\t#000046\n"
                                            "15\t15\tbus\t#003c64\n"
                                            "16\t16\ttrain\t#005064\n"
                                            "17\t17\tmotorcycle\t#0000e6\n"
                                            "18\t18\tbicycle\t#770b20\n"
                                            "255\tignore\tvoid\t#000000\n";

/*
 * GTA5 (Playing for Data) has the ids of Cityscapes, but license plates are 34.
 */
const char seg_palette_gta5[] = IDS "34\tignore\tlicense plate\n";
