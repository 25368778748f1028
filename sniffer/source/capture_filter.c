/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/source/capture_filter.h"

#include "sniffer/source/link_type.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PROGRAMS = 32, SNAPSHOT = 262144 };

typedef struct {
    uint32_t link_type;
    struct bpf_program code; /* bf_insns NULL: there is none */
    bool rejects_all;        /* no frame can match: ARP over a link type that has only IP */
    char wrong[PCAP_ERRBUF_SIZE];
} Program;

struct CaptureFilter {
    char *text;
    Program *programs;
    unsigned count;
    const Program *last; /* used last */
};

static const uint32_t decoded[] = {LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2, LINKTYPE_LINUX_SLL,
                                   LINKTYPE_RAW,      LINKTYPE_NULL,       LINKTYPE_LOOP,
                                   LINKTYPE_IPV4,     LINKTYPE_IPV6,       LINKTYPE_ATM_RFC1483};

static void compile(Program *program, const char *text, uint32_t link_type)
{
    program->link_type = link_type;
    program->code = (struct bpf_program){0, NULL};
    program->rejects_all = false;
    pcap_t *dead = pcap_open_dead(link_type_to_dlt(link_type), SNAPSHOT);
    if (dead == NULL) {
        (void)snprintf(program->wrong, sizeof program->wrong, "%s", strerror(ENOMEM));
        return;
    }
    if (pcap_compile(dead, &program->code, text, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        (void)snprintf(program->wrong, sizeof program->wrong, "%s", pcap_geterr(dead));
        program->code.bf_insns = NULL;
        /* libpcap has no code for it, only this text. */
        program->rejects_all = strstr(program->wrong, "rejects all packets") != NULL;
    }
    pcap_close(dead);
}

static void say(char message[CAPTURE_MESSAGE], const char *text, const char *wrong)
{
    (void)snprintf(message, CAPTURE_MESSAGE, "capture filter '%s': %s", text, wrong);
}

CaptureFilter *capture_filter_new(const char *text, char message[CAPTURE_MESSAGE])
{
    CaptureFilter *filter = calloc(1, sizeof *filter);
    if (filter != NULL) {
        filter->text = strdup(text);
        filter->programs = calloc(MOST_PROGRAMS, sizeof *filter->programs);
    }
    if (filter == NULL || filter->text == NULL || filter->programs == NULL) {
        say(message, text, strerror(ENOMEM));
        capture_filter_free(filter);
        return NULL;
    }
    bool any = false;
    for (size_t i = 0; i < sizeof decoded / sizeof *decoded; i++) {
        Program *program = &filter->programs[filter->count++];
        compile(program, text, decoded[i]);
        any = any || program->code.bf_insns != NULL;
    }
    if (!any) {
        say(message, text, filter->programs[0].wrong);
        capture_filter_free(filter);
        return NULL;
    }
    return filter;
}

static const Program *find_program(CaptureFilter *filter, uint32_t link_type)
{
    if (filter->last != NULL && filter->last->link_type == link_type) {
        return filter->last;
    }
    unsigned i = 0;
    while (i < filter->count && filter->programs[i].link_type != link_type) {
        i++;
    }
    if (i == filter->count) {
        if (filter->count == MOST_PROGRAMS) {
            pcap_freecode(&filter->programs[--i].code);
        } else {
            filter->count++;
        }
        compile(&filter->programs[i], filter->text, link_type);
    }
    filter->last = &filter->programs[i];
    return filter->last;
}

CaptureStatus capture_filter_match(CaptureFilter *filter, const FrameRecord *record,
                                   const uint8_t *data, char message[CAPTURE_MESSAGE])
{
    const Program *program = find_program(filter, record->interface->link_type);
    if (program->rejects_all) {
        return CAPTURE_END;
    }
    if (program->code.bf_insns == NULL) {
        char wrong[PCAP_ERRBUF_SIZE + 64];
        (void)snprintf(wrong, sizeof wrong, "for frames of link type %u: %s", program->link_type,
                       program->wrong);
        say(message, filter->text, wrong);
        return CAPTURE_FAILED;
    }
    const struct pcap_pkthdr header = {.caplen = record->captured, .len = record->reported};
    return pcap_offline_filter(&program->code, &header, data) != 0 ? CAPTURE_FRAME : CAPTURE_END;
}

void capture_filter_free(CaptureFilter *filter)
{
    if (filter == NULL) {
        return;
    }
    for (unsigned i = 0; i < filter->count; i++) {
        pcap_freecode(&filter->programs[i].code);
    }
    free(filter->programs);
    free(filter->text);
    free(filter);
}

bool capture_filter_print(const char *text, uint32_t link_type, FilterListing listing,
                          char message[CAPTURE_MESSAGE])
{
    Program program;
    compile(&program, text, link_type);
    if (program.code.bf_insns == NULL) {
        say(message, text, program.wrong);
        return false;
    }
    bpf_dump(&program.code, (int)listing);
    pcap_freecode(&program.code);
    return true;
}
