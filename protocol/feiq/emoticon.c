/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ's 96 emoticons, in the order of its panel. No code is the beginning of another.
 */
#include "protocol/feiq/decode.h"

#include <string.h>

enum { IN_PANEL = 96 };

/* Without the slash that begins each. */
static const char codes[][12] = {
    ":)", ":~", ":*", ":|", "8-)", ":<", ":$", ":X", ":Z", ":'(", ":-|", ":@", ":P", ":D", ":O",
    "<rotate>", ":(", ":+", ":lenhan", ":Q", ":T", ";P", ";-D", ";d", ";o", ":g", "|-)", ":!", ":L",
    ":>", ";bin", ":fw", ";fd", ":-S", ";?", ";x", ";@", ":8", ";!", "!!!", ":xx", ":bye",
    ":csweat", ":knose", ":applause", ":cdale", ":huaixiao", ":shake", ":lhenhen", ":rhenhen",
    ":yawn", ":snooty", ":chagrin", ":kcry", ":yinxian", ":qinqin", ":xiaren", ":kelin", ":caidao",
    ":xig", ":bj", ":basketball", ":pingpong", ":jump", ":coffee", ":eat", ":pig", ":rose", ":fade",
    ":kiss", ":heart", ":break", ":cake", ":shd", ":bomb", ":dao", ":footb", ":piaocon", ":shit",
    ":oh", ":moon", ":sun", ";gift", ":hug", ":strong", ";weak", ":share", ":shl", ":baoquan",
    ":cajole", ":quantou", ":chajin", ":aini", ":sayno", ":sayok", ":love",
    /* other codes for numbers 16 and 19 */
    "<!!>", ":#"};
enum { CODES = sizeof codes / sizeof codes[0] };

unsigned feiq_find_emoticon(const uint8_t *at, const uint8_t *end, size_t *length)
{
    if (end - at < 3 || strchr(":;<8|!", at[1]) == NULL || at[1] == '\0') {
        return 0;
    }
    for (unsigned i = 0; i < CODES; i++) {
        if ((uint8_t)codes[i][0] != at[1] || (uint8_t)codes[i][1] != at[2]) {
            continue;
        }
        size_t size = strlen(codes[i]);
        if ((size_t)(end - at) > size && memcmp(at + 1, codes[i], size) == 0) {
            *length = size + 1;
            return i < IN_PANEL ? i + 1 : i == IN_PANEL ? 16 : 19;
        }
    }
    return 0;
}
