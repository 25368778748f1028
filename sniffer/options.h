/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * feiqdump's command line.
 */
#ifndef FEISCOPE_SNIFFER_OPTIONS_H
#define FEISCOPE_SNIFFER_OPTIONS_H

#include "protocol/cipher/opener.h"
#include "sniffer/decode_as.h"
#include "sniffer/preferences.h"
#include "sniffer/resolve.h"
#include "sniffer/source/capture_filter.h"
#include "sniffer/source/writer.h"
#include "sniffer/tap/tap.h"
#include "sniffer/views/fields.h"
#include "sniffer/views/view.h"

/** Exit status, as grep's and one more. The worst of what happened counts. */
typedef enum {
    EXIT_PRINTED = 0, /**< packets were printed */
    EXIT_NOTHING = 1, /**< none was */
    EXIT_ERROR = 2,   /**< a mistake in the command line, a file that cannot be opened, … */
    EXIT_DAMAGED = 3  /**< a file could not be read to its end; what came before was printed */
} ExitStatus;

/** What the command line asks for. Its strings are those of main's argv, but for the filter. */
typedef struct {
    const char **files; /**< captures, `file_count` of them */
    int file_count;
    LiveSettings live;          /**< interfaces; none if files are read */
    WriterSettings writer;      /**< name NULL: nothing is written */
    const char *write_format;   /**< "pcap", "pcapng" or NULL: by the name */
    char *filter;               /**< in libpcap's language, or NULL */
    const char *filter_option;  /**< the same as -f gives it, or NULL */
    const char *filter_file;    /**< which it is read from, or NULL */
    const char *display_filter; /**< in Wireshark's language, or NULL */
    View *view;
    ViewStyle style;
    Names *names; /**< NULL: none are shown */
    FieldColumns columns;
    Preferences preferences;
    CipherOpener *opener; /**< decrypts, with the keys that were given */
    DecodeAs *decode_as;  /**< rules, already part of the preferences */
    unsigned decode_as_count;
    Tap **taps; /**< statistics, `tap_count` of them */
    unsigned tap_count;
    uint64_t limit;        /**< packets to print; 0: all */
    uint64_t duration;     /**< seconds of live capture; 0: for ever */
    const char *user;      /**< whom to become if root, or NULL */
    FilterListing listing; /**< how to print the compiled filter; 0: not */
    bool list_interfaces;  /**< print the interfaces, and nothing else */
    bool quiet;            /**< print no packets */
    bool show_sandbox;     /**< say what was given up before the first packet */
    bool offsets;          /**< JSON says where fields stand */
    bool hex;              /**< print the bytes too */
    bool verify;           /**< check checksums */
    bool width_given;      /**< by --width, else it is the terminal's */
} Options;

/**
 * Read the command line. Prints what --help and --version ask for, and what is wrong.
 *
 * @param options  to be freed by options_free, whatever is returned
 * @param status   with which to exit if false is returned
 * @return true to go on
 */
bool options_read(Options *options, int argc, char **argv, ExitStatus *status);

/** Columns that a drawing may take now: what was asked for, else the terminal's. */
unsigned options_width(const Options *options);

/** Free what options_read made. */
void options_free(Options *options);

#endif
