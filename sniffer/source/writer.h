/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writing captures: pcapng, or pcap with nanoseconds; in one file, or in one after the other with
 * the oldest removed.
 */
#ifndef FEISCOPE_SNIFFER_SOURCE_WRITER_H
#define FEISCOPE_SNIFFER_SOURCE_WRITER_H

#include "sniffer/source/live.h"

#include <fcntl.h>

/** With these and no others files are made, so that a filter of system calls can insist on it. */
enum { WRITER_OPEN_FLAGS = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC };

/** What to write. Limits of 0 are none; with one of the first three, files get a number and a time
 *  into their names as Wireshark's do. */
typedef struct {
    const char *name;    /**< "-" is standard output */
    bool pcap;           /**< pcap, else pcapng */
    uint64_t bytes;      /**< begin another file when this one has so many */
    uint64_t packets;    /**< or so many packets */
    uint64_t seconds;    /**< or so long after its first packet */
    uint64_t files;      /**< keep only so many of the files */
    uint64_t last_bytes; /**< stop when the file has so many */
    uint64_t last_file;  /**< stop when so many files are full */
} WriterSettings;

/** Whether there is to be more than one file. */
bool writer_rotates(const WriterSettings *settings);

/** Whether an open file is the one to be written, which would lose what it holds. */
bool writer_overwrites(const WriterSettings *settings, int descriptor);

/** A capture that is being written. */
typedef struct Writer Writer;

/**
 * Begin.
 *
 * @param settings must live as long as the writer
 * @param message  what is wrong
 * @return to be closed by writer_close; NULL if the file cannot be made
 */
Writer *writer_open(const WriterSettings *settings, char message[CAPTURE_MESSAGE]);

/** The directory's descriptor in which files will be made and removed; -1: none will. */
int writer_directory(const Writer *writer);

/** The frames that follow come from another source: their interfaces are others. */
void writer_begin_source(Writer *writer);

/** Write a frame. False: message says what is wrong, and nothing more can be written. */
bool writer_frame(Writer *writer, const FrameRecord *record, const uint8_t *data,
                  char message[CAPTURE_MESSAGE]);

/** Whether the settings want no more frames to be written, after what was written. */
bool writer_finished(const Writer *writer);

/** Whether they want none since the frame that comes now is too late for the last file. */
bool writer_ends_before(const Writer *writer, const FrameRecord *record);

/** Hand what is buffered to the file. */
void writer_flush(Writer *writer);

/** Note down an interface's counts (pcapng only). */
void writer_counts(Writer *writer, const LiveCounts *counts);

/** Write what is buffered, close and free. False: message says what was not written. */
bool writer_close(Writer *writer, char message[CAPTURE_MESSAGE]);

#endif
