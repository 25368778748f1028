/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every datagram of the family that is printed in public, verbatim, and one of each other kind.
 * Numbers are those of the collection in shared/protocol/feiq.md, section 9.
 */
#ifndef FEISCOPE_TESTS_UNIT_FEIQ_SAMPLES_H
#define FEISCOPE_TESTS_UNIT_FEIQ_SAMPLES_H

#include <stddef.h>

typedef struct {
    const char *name;
    const char *bytes;
    size_t length;
} Sample;

#define SAMPLE(name, text)                                                                         \
    {                                                                                              \
        name, text, sizeof(text) - 1                                                               \
    }

/* UDP and TCP payloads with a classic header, which feiq_recognise must accept. */
static const Sample feiq_samples[] = {
    SAMPLE("1", "1_lbt6_0#128#141877B3DA81#0#0#0#4001#9:1600439688:admin:DESKTOP-3D9OVMF:288:"),
    SAMPLE("2", "1_lbt6_0#128#E0ACCB8AB708#0#0#0#4001#9:1600444769:win8:APPLE:210:"),
    SAMPLE("3", "1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9:1780525944:13652:DESKTOP-4331HHF:6291459:"
                "13652\0\0"),
    SAMPLE("4", "1_lbt6_0#131#F46D04EE2666#1221#0#0#4001#9:1440897450:Guiyun:DEV6-GUIYUN-PC:0:"),
    SAMPLE("5", "1_lbt6_0#130#2C56DC3A719B#0#0#0#4001#9:1488994780:Administrator:"
                "DESKTOP-2NQ89L3:0:"),
    SAMPLE("6", "1_lbt6_0#128#5C60BA7361C6#1944#0#0#4001#9:1765442982:T0170006:SHIKUN-SH:"
                "6291459:ssk"),
    SAMPLE("7", "1_lbt6_0#128#C85B76BD9F3F#0#0#0#4001#9:1655805995:Lee:LEE-PC:0:\0"),
    SAMPLE("8", "1_lbt6_0#128#C85B76BD9F3F#0#0#0#4001#9:1655805996:Lee:LEE-PC:6291457:Lee\0\0"),
    SAMPLE("9", "1_lbt6_0#128#000C29DCD6D7#0#0#0#4001#9:1508920396:Apple:WIN-SMFIBLTAL72:6291459:"
                "Apple"),
    SAMPLE("10", "1_lbt6_0#128#74E6E2152F9D#0#0#0#4001#9:1523394673:sayyid:DESKTOP-DDQ2SA7:"
                 "6291457:sayyid\0group"),
    SAMPLE("11", "1_lbt6_0#128#201A065B4BBE#0#0#0#4001#9:1385127288:wangli:WANGLI-PC:6291457:"
                 "wangli\0"),
    SAMPLE("12", "1:832011383:wangli:WANGLI-PC:43521:WANGLI-PC\0WorkGroup\0A4-DB-30-9E-DA-3B"),
    SAMPLE("13", "1_lbt80_0#131200#28E3475C0E3E#3380#43820#0#4000#9:1506330342:Administrator:"
                 "2ZX58O463BS7FN4:2097440:\0"
                 "0:new_1.py:01f1:59bbf8db:1:\a\0"),
    SAMPLE("14", "1_lbt80_0#128#000C29770BAB#0#0#0#4000#9:1501684876:Administrator:"
                 "DONGGE-32E5DBE1:96:59819fd7:0:0:"),
    SAMPLE("15", "1_lbt80_47#128#74E6E238FE3E#0#0#0#4000#9:1505921577:king:KING-PC:96:"
                 "59c21f39:0:0:"),
    SAMPLE("16", "1_lbt80_0#160#FC4DD4D98024#0#0#0#4000#9:1546091332:caoweigang:CAOWEIGANG:96:"
                 "5:2710:0:"),
    SAMPLE("18", "1_lbt80_11#128#E86A64026400#2046#20978#0#4000#9:1571664885:24479:"
                 "LAPTOP-BJF4Q6NL:121:\0"),
    SAMPLE("20", "1_lbt80_8#128#80FA5B42A569#0#0#0#4000#9:1505470103:hasee:DESKTOP-KG65FBS:"
                 "6291459:35_\xcb\xef\xd6\xbe\xb3\xc9"),
    SAMPLE("21", "1_lbt4_12#128#001EEC0E0C0B#0#0#0:1297408327:xdx:sdq-4F61952E5CE:6291459:zdq"),
    SAMPLE("23", "1_lbt4_10#128#002481627512#0#0#0:1276557510:Administrator:MICROSO-697TGLD:"
                 "6291459:nick"),
    SAMPLE("24", "1_lbt4_0#128#001E8C97A9FB#0#0#0:1277922188:root:superman:209:\0"),
    SAMPLE("25", "1_lbt4_0#128#000C29D68D8F#0#0#0#2.5a:1399716676:%s:%s:209:."),
    SAMPLE("27", "1_lbt6_8#998#FeiX#0#0#0#4001#9:1523368691537:def:TINCHER:288:"),
    SAMPLE("28", "1@shiyeline:8574:WDAGUtilit:B070939D-A:1:B070939D-A\0"
                 "\xc4\xda\xcd\xf8\xcd\xa8\xc1\xaa\xcf\xb5\xc8\xcb\0"
                 "3b9d1aadecebe74f8ea1cb3af56538fc\0"),
    SAMPLE("30", "1_iptux 0.8.0-b1:6:lidaobing:LIs-MacBook-Pro.local:259:\xe4\xb8\xad\xe6\x96\x87"
                 "\0\0icon-tux.png\0utf-8\0"),
    SAMPLE("31", "1:100:shirouzu:jupiter:32:Hello"),
    /* forms of which no datagram is printed whole */
    SAMPLE("feiqpp", "feiq_plus_plus#0#128:100:lin:mint:1:lin\0"),
    SAMPLE("feige5", "5.1.180210:7:wangli:WANGLI-PC:32:[rich]hi[/rich]"),
    SAMPLE("misspelt", "1_1bt4_0#128#001E8C97A9FB#0#0#0:7:root:superman:209:\0"),
    SAMPLE("extension", "1:7:u:h:16777217:n\0g\0\nUN:\xe7\x99\xbd\nHN:b\nNN:\xe7\x99\xbd\nGN:g\n"
                        "VS:00010002:4:9:9\nPL:1\nIP:abc\nXX:y\0"),
    SAMPLE("image", "1_lbt6_0#128#141877B3DA81#0#0#0#4001#9:7:u:h:2097344:"
                    "64ea4edd|16|0|1|1|16|0|2|0|00000000#\0LZW!\x04\0\0\0\x78\x56\x34\x12"
                    "abcd"),
    SAMPLE("image-ack", "1_lbt6_0#128#141877B3DA81#0#0#0#4001#9:7:u:h:193:64ea4edd|1#\0"),
    SAMPLE("qun", "1_lbt6_0#128#141877B3DA81#0#0#8#4001#9:7:u:h:4194339:"
                  "\x00\x01\x02\x03\xfc\xfd\xfe\xff"),
    SAMPLE("qun-plain",
           "1_lbt6_0#128#141877B3DA81#0#0#0#4001#9:7:u:h:2097187:"
           "QUNMSGMARK#3b199b07_24901708#/:bomb{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 "
           "\xce\xa2\xc8\xed\xd1\xc5\xba\xda 8404992;}\0"),
    SAMPLE("list", "1:7:u:h:19:    0\a    1\awin8\aAPPLE\a257\a10.77.0.2\a30985\a\b\ag\a\0"),
    SAMPLE("key", "1:7:u:h:115:21003:10001-EFDB262D34C4513A\0"),
    SAMPLE("cipher", "1:7:u:h:4194592:70100006:AB:CD:EF\0"),
    SAMPLE("folder-request", "1:7:u-0123456789abcdef:h:98:59c8c320:0:\0"),
};

/* An IPDict that the official program's source gives as an example. */
static const Sample feiq_dict_sample =
    SAMPLE("dict", "IP2:3d:key1:3:3e8:key2:4:str1:key3:c:key31:4:-7d0:key4:b:3:3e8:3:7d0:Z");

/* A folder's stream. */
static const Sample feiq_directory_sample =
    SAMPLE("directory", "0<\0\0\0\0"
                        "0016:root:000000000:2:"
                        "0027:a::b:000000003:1:14=59c8c1d0:16=0:abc"
                        "0013:.:000000000:3:");

#endif
