/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Frames off the network, from one interface or several, by libpcap.
 */
#ifndef FEISCOPE_SNIFFER_SOURCE_LIVE_H
#define FEISCOPE_SNIFFER_SOURCE_LIVE_H

#include "sniffer/source/reader.h"

/** How to capture. */
typedef struct {
    const char **names; /**< interfaces, `count` of them; "any" is all of them */
    unsigned count;
    uint32_t snapshot;  /**< bytes of a frame that are kept, at least 1 */
    uint32_t buffer;    /**< MiB of kernel buffer for each interface, at least 1 */
    bool promiscuous;   /**< also what is for others */
    bool immediate;     /**< every frame at once, instead of several together */
    const char *filter; /**< in the language of pcap-filter(7), or NULL */
} LiveSettings;

/** The defaults: whole frames, 16 MiB, promiscuous. */
extern const LiveSettings live_default_settings;

/** Interfaces that are open. */
typedef struct Live Live;

/** What an interface counts, since it was opened. */
typedef struct {
    const FrameInterface *interface;
    uint64_t captured;        /**< frames that live_next gave */
    uint64_t kernel_drops;    /**< dropped since the buffer was full */
    uint64_t interface_drops; /**< dropped by the interface or its driver */
} LiveCounts;

/**
 * Open the interfaces.
 *
 * @param settings must live as long as the capture, with its names
 * @param message  what is wrong
 * @return to be freed by live_close; NULL if one cannot be opened
 */
Live *live_open(const LiveSettings *settings, const Waiter *waiter, char message[CAPTURE_MESSAGE]);

/** The link type (LINKTYPE_) of the interface that was opened first. */
uint32_t live_link_type(const Live *live);

/** As reader_next. Frames of one interface are in order; of several, as they come. CAPTURE_FAILED:
 *  one interface is lost, and the message names it; the next call goes on with the others, and
 *  returns CAPTURE_END if there is none. */
CaptureStatus live_next(Live *live, const uint8_t **data, FrameRecord *record,
                        char message[CAPTURE_MESSAGE]);

/** How many interfaces there are. */
unsigned live_count(const Live *live);

/** What an interface counts. */
LiveCounts live_counts(Live *live, unsigned index);

/** Close and free. */
void live_close(Live *live);

/**
 * Print the interfaces that can be captured from, each with its state and addresses, to standard
 * output.
 *
 * @return false if they cannot be listed; message says why
 */
bool live_list(char message[CAPTURE_MESSAGE]);

#endif
