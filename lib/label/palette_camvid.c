/*
 * CamVid: the 11 classes of SegNet, values 0 to 10, with 11 for void; and the
 * 32 colors of the original label images, grouped as in SegNet: bridge, wall,
 * tunnel and archway are building; cones are poles; lane markings are road;
 * parking blocks and shoulders are pavement (SegNet gives pavement another
 * color); shrubs are tree; text and lights are signs; all four-wheeled vehicles
 * are car; children, carts and animals are pedestrian; motorcycles are
 * bicyclist.
 */
#include "lib/label/palette.h"

const char seg_palette_camvid[] = "0\t0\tsky\t#808080\n"
                                  "1\t1\tbuilding\t#800000\n"
                                  "2\t2\tpole\t#c0c080\n"
                                  "3\t3\troad\t#804080\n"
                                  "4\t4\tpavement\t#0000c0\n"
                                  "5\t5\ttree\t#808000\n"
                                  "6\t6\tsignsymbol\t#c08080\n"
                                  "7\t7\tfence\t#404080\n"
                                  "8\t8\tcar\t#400080\n"
                                  "9\t9\tpedestrian\t#404000\n"
                                  "10\t10\tbicyclist\t#0080c0\n"
                                  "11\tignore\tvoid\t#000000\n"
                                  "-\t1\tbuilding\t#008040\n"
                                  "-\t1\tbuilding\t#40c000\n"
                                  "-\t1\tbuilding\t#400040\n"
                                  "-\t1\tbuilding\t#c00080\n"
                                  "-\t2\tpole\t#000040\n"
                                  "-\t3\troad\t#8000c0\n"
                                  "-\t3\troad\t#c00040\n"
                                  "-\t4\tpavement\t#40c080\n"
                                  "-\t4\tpavement\t#8080c0\n"
                                  "-\t5\ttree\t#c0c000\n"
                                  "-\t6\tsignsymbol\t#808040\n"
                                  "-\t6\tsignsymbol\t#004040\n"
                                  "-\t8\tcar\t#4080c0\n"
                                  "-\t8\tcar\t#c080c0\n"
                                  "-\t8\tcar\t#c04080\n"
                                  "-\t8\tcar\t#804040\n"
                                  "-\t9\tpedestrian\t#c08040\n"
                                  "-\t9\tpedestrian\t#4000c0\n"
                                  "-\t9\tpedestrian\t#408040\n"
                                  "-\t10\tbicyclist\t#c000c0\n"
                                  "-\t4\tpavement\t#3c28de\n";
