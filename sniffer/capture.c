/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Capture {
    pcap_t *pcap;
};

enum { NANOSECONDS = 1000000000 };

static void say(char message[CAPTURE_MESSAGE], const char *what, const char *detail)
{
    (void)snprintf(message, CAPTURE_MESSAGE, "%s%s", what, detail);
}

static bool set_filter(pcap_t *pcap, const char *filter, char message[CAPTURE_MESSAGE])
{
    struct bpf_program program;
    if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        say(message, "capture filter: ", pcap_geterr(pcap));
        return false;
    }
    bool set = pcap_setfilter(pcap, &program) == 0;
    if (!set) {
        say(message, "capture filter: ", pcap_geterr(pcap));
    }
    pcap_freecode(&program);
    return set;
}

Capture *capture_open(const char *name, const char *filter, CaptureStatus *status,
                      char message[CAPTURE_MESSAGE])
{
    *status = CAPTURE_FAILED;
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    if (file == NULL) {
        say(message, strerror(errno), "");
        return NULL;
    }
    char error[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap =
        pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error);
    if (pcap == NULL) {
        /* libpcap has no code for it, only this text. */
        if (strncmp(error, "truncated", strlen("truncated")) == 0) {
            *status = CAPTURE_DAMAGED;
        }
        say(message, error, "");
        if (file != stdin) {
            (void)fclose(file);
        }
        return NULL;
    }
    Capture *capture = malloc(sizeof *capture);
    if (capture == NULL || (filter != NULL && !set_filter(pcap, filter, message))) {
        if (capture == NULL) {
            say(message, strerror(ENOMEM), "");
        }
        free(capture);
        pcap_close(pcap);
        return NULL;
    }
    capture->pcap = pcap;
    return capture;
}

int capture_linktype(const Capture *capture)
{
    return pcap_datalink(capture->pcap);
}

CaptureStatus capture_next(Capture *capture, const uint8_t **data, FrameRecord *record,
                           char message[CAPTURE_MESSAGE])
{
    struct pcap_pkthdr *header;
    int result = pcap_next_ex(capture->pcap, &header, data);
    if (result == PCAP_ERROR_BREAK) {
        return CAPTURE_END;
    }
    if (result != 1) {
        say(message, pcap_geterr(capture->pcap), "");
        return CAPTURE_DAMAGED;
    }
    /* pcap has 32 bits without a sign, which libpcap takes for a number with one. */
    int64_t seconds = header->ts.tv_sec < 0 ? (uint32_t)header->ts.tv_sec : header->ts.tv_sec;
    /* With nanosecond precision tv_usec holds nanoseconds. */
    record->time = (int64_t)((uint64_t)seconds * NANOSECONDS + (uint64_t)header->ts.tv_usec);
    record->captured = header->caplen;
    record->reported = header->len;
    return CAPTURE_FRAME;
}

void capture_close(Capture *capture)
{
    pcap_close(capture->pcap);
    free(capture);
}
