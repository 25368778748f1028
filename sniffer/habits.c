/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/habits.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* tcpdump(8) of 4.99 and tshark(1) of 4.0 tell what the options mean. */
static const struct {
    int letter;       /* 0: it has none */
    const char *name; /* NULL: it has a letter only */
    const char *hint;
} habits[] = {
    {'2', NULL, "one pass is enough: what takes several packets is known when it is printed"},
    {'A', NULL,
     "-x prints the bytes with their characters, -z follow,tcp,ascii,N all that a TCP "
     "stream says"},
    {'C', NULL, "begin another file by its size: -b filesize:N, in kB of 1000 bytes"},
    {'G', NULL,
     "begin another file after some seconds: -b duration:N. tshark's -G fields is "
     "--help fields"},
    {'I', "monitor-mode",
     "set the interface to monitor mode beforehand (iw); 802.11 is not decoded"},
    {'J', "list-time-stamp-types", "times are the kernel's, with nanoseconds"},
    {'K', "dont-verify-checksums", "checksums are verified with --verify-checksums only"},
    {'L', "list-data-link-types", "an interface has the link type that the kernel gives it"},
    {'M', NULL, "TCP's signatures are shown, and not verified"},
    {'O', "no-optimize",
     "-T fields -e NAME prints some fields, -v all; capture filters are always "
     "optimised"},
    {'Q', "direction", "write inbound or outbound into the capture filter"},
    {'R', "read-filter", "use -Y: filters see what earlier packets told, in one pass"},
    {'W', NULL, "keep the last N files with -b files:N, or stop after N with -a files:N"},
    {'j', "time-stamp-type", "times are the kernel's, with nanoseconds"},
    {'m', NULL, "there are no SMI modules here"},
    {'u', NULL, "NFS is not decoded; -t u is the time of day in UTC"},
    {'y', "linktype", "an interface has the link type that the kernel gives it"},
    {'#', "number", "packets are always numbered"},
    {0, "absolute-tcp-sequence-numbers", "use -S, --absolute-sequence-numbers"},
    {0, "nano", "times have nine places with ns behind a comma: -t date,ns"},
    {0, "micro", "times have six places unless ns stands behind a comma: -t date,ns"},
    {0, "time-stamp-precision", "times have nine places with ns behind a comma: -t date,ns"},
    {0, "line-buffered", "lines come at once when traffic pauses"},
    {0, "packet-buffered", "what was written is in the file when traffic pauses"},
    {0, "print", "packets are printed while they are written, unless -q is given"},
    {0, "lengths", "the lengths are in -v as frame.len and frame.cap_len"},
    {0, "relinquish-privileges", "use -Z, --user NAME"},
    {0, "capture-comment", "comments are kept, and cannot be added"},
    {0, "export-objects", "-z follow,tcp,raw,N writes what a TCP stream says"},
    {0, "enable-protocol", "--disable-heuristic and --decode-as say what is decoded"},
    {0, "disable-protocol", "--disable-heuristic and --decode-as say what is decoded"},
    {0, "enable-heuristic", "--disable-heuristic and --decode-as say what is decoded"},
    {0, "temp-dir", "no temporary files are made"},
    {0, "no-duplicate-keys", "a name that occurs more than once has an array in JSON"},
};

static bool is_called(const char *option, const char *name)
{
    size_t length = strlen(name);
    return strncmp(option, name, length) == 0 && (option[length] == '\0' || option[length] == '=');
}

const char *habit_hint(int letter, const char *name)
{
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++) {
        bool found = letter != 0 ? habits[i].letter == letter
                                 : habits[i].name != NULL && name[0] == '-' && name[1] == '-' &&
                                       is_called(name + 2, habits[i].name);
        if (found) {
            return habits[i].hint;
        }
    }
    return NULL;
}
