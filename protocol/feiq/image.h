/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Formats of FeiQ's inline images.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_IMAGE_H
#define FEISCOPE_PROTOCOL_FEIQ_IMAGE_H

/** What the first bytes of an image tell: the values of feiq.image.format. */
enum {
    FEIQ_IMAGE_JPEG = 1, /**< FF D8 */
    FEIQ_IMAGE_LZW       /**< LZW!, then length and CRC-32 of the bitmap, least byte first */
};

#endif
