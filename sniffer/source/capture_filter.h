/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Capture filters in the language of pcap-filter(7), for frames of any link type.
 */
#ifndef FEISCOPE_SNIFFER_SOURCE_CAPTURE_FILTER_H
#define FEISCOPE_SNIFFER_SOURCE_CAPTURE_FILTER_H

#include "sniffer/source/reader.h"

/** A compiled filter. */
typedef struct CaptureFilter CaptureFilter;

/**
 * Compile a filter for all link types that are decoded; for others it is compiled when a frame
 * comes. Looks up the names of hosts, networks and ports that the filter uses.
 *
 * @param message what is wrong
 * @return to be freed by capture_filter_free; NULL if it can be compiled for none, or there is no
 *         memory
 */
CaptureFilter *capture_filter_new(const char *text, char message[CAPTURE_MESSAGE]);

/**
 * Whether a frame matches.
 *
 * @return CAPTURE_FRAME: it does; CAPTURE_END: it does not; CAPTURE_FAILED: the filter makes no
 *         sense for its link type, see message
 */
CaptureStatus capture_filter_match(CaptureFilter *filter, const FrameRecord *record,
                                   const uint8_t *data, char message[CAPTURE_MESSAGE]);

/** Free; NULL is none. */
void capture_filter_free(CaptureFilter *filter);

/** How capture_filter_print writes. */
typedef enum {
    PRINT_INSTRUCTIONS = 1, /**< for people */
    PRINT_C = 2,            /**< as initialisers of C */
    PRINT_NUMBERS = 3       /**< decimal numbers, their count first */
} FilterListing;

/** Print what a filter compiles to for a link type to standard output. False: message says what is
 *  wrong. */
bool capture_filter_print(const char *text, uint32_t link_type, FilterListing listing,
                          char message[CAPTURE_MESSAGE]);

#endif
