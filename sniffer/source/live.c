/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/source/live.h"

#include "sniffer/source/interface_drops.h"
#include "sniffer/source/link_type.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NANOSECONDS = 1000000000,
    MEBIBYTE = 1024 * 1024,
    /* Milliseconds after which the kernel hands over frames that do not fill a block. */
    READ_TIMEOUT = 50,
    /* Frames taken from one interface before the others have their turn. */
    TURN = 64
};

const LiveSettings live_default_settings = {.snapshot = 262144, .buffer = 16, .promiscuous = true};

typedef struct {
    pcap_t *pcap;
    FrameInterface facts;
    uint64_t captured;
    /* libpcap's counts have 32 bits, and wrap. */
    struct pcap_stat last;
    uint64_t kernel_drops;
    InterfaceDrops interface_drops;
    int64_t fraction; /* nanoseconds of what libpcap calls tv_usec */
    bool lost;        /* nothing comes from it any more */
} Device;

struct Live {
    const LiveSettings *settings;
    Waiter waiter;
    unsigned count;
    unsigned current;
    unsigned turn; /* frames that the current one has had */
    unsigned lost; /* how many devices are */
    struct pollfd *descriptors;
    Device *devices;
};

static void say(char message[CAPTURE_MESSAGE], const char *name, const char *what)
{
    (void)snprintf(message, CAPTURE_MESSAGE, "%s: %s", name, what);
}

/* Why pcap_activate failed, and what to do about it. */
static void say_refused(char message[CAPTURE_MESSAGE], const char *name, pcap_t *pcap, int result)
{
    const char *hint = "";
    if (result == PCAP_ERROR_PERM_DENIED || result == PCAP_ERROR_PROMISC_PERM_DENIED) {
        hint = " (run as root, or once: setcap cap_net_raw,cap_net_admin=ep on the program)";
    } else if (result == PCAP_ERROR_NO_SUCH_DEVICE) {
        hint = " (feiqdump -D lists the names of the interfaces)";
    } else if (result == PCAP_ERROR_IFACE_NOT_UP) {
        hint = " (ip link set it up first)";
    }
    const char *detail = pcap_geterr(pcap);
    bool again = detail[0] == '\0' || strcmp(detail, pcap_statustostr(result)) == 0;
    (void)snprintf(message, CAPTURE_MESSAGE, "%s: %s%s%s%s", name, pcap_statustostr(result),
                   again ? "" : ": ", again ? "" : detail, hint);
}

static bool set_filter(pcap_t *pcap, const char *name, const char *filter,
                       char message[CAPTURE_MESSAGE])
{
    struct bpf_program program;
    if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        (void)snprintf(message, CAPTURE_MESSAGE, "%s: capture filter '%s': %s", name, filter,
                       pcap_geterr(pcap));
        return false;
    }
    bool set = pcap_setfilter(pcap, &program) == 0;
    if (!set) {
        say(message, name, pcap_geterr(pcap));
    }
    pcap_freecode(&program);
    return set;
}

static bool activate(Device *device, const LiveSettings *settings, const char *name,
                     char message[CAPTURE_MESSAGE])
{
    pcap_t *pcap = device->pcap;
    (void)pcap_set_snaplen(pcap, (int)settings->snapshot);
    (void)pcap_set_promisc(pcap, settings->promiscuous);
    (void)pcap_set_timeout(pcap, READ_TIMEOUT);
    (void)pcap_set_immediate_mode(pcap, settings->immediate);
    (void)pcap_set_buffer_size(pcap, (int)(settings->buffer * MEBIBYTE));
    (void)pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
    int result = pcap_activate(pcap);
    if (result < 0) {
        say_refused(message, name, pcap, result);
        return false;
    }
    if (pcap_datalink(pcap) == DLT_LINUX_SLL) {
        (void)pcap_set_datalink(pcap, DLT_LINUX_SLL2); /* "any": it says which interface */
    }
    device->fraction = pcap_get_tstamp_precision(pcap) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
    return settings->filter == NULL || set_filter(pcap, name, settings->filter, message);
}

static bool open_device(Live *live, unsigned index, char message[CAPTURE_MESSAGE])
{
    const LiveSettings *settings = live->settings;
    const char *name = settings->names[index];
    Device *device = &live->devices[index];
    char error[PCAP_ERRBUF_SIZE] = "";
    device->pcap = pcap_create(name, error);
    if (device->pcap == NULL) {
        say(message, name, error);
        return false;
    }
    interface_drops_open(&device->interface_drops, name);
    if (!activate(device, settings, name, message)) {
        return false;
    }
    if (pcap_setnonblock(device->pcap, 1, error) != 0) {
        say(message, name, error);
        return false;
    }
    device->facts = (FrameInterface){.number = index,
                                     .numbered = true,
                                     .link_type = link_type_from_dlt(pcap_datalink(device->pcap)),
                                     .snapshot = (uint32_t)pcap_snapshot(device->pcap),
                                     .name = strdup(name)};
    live->descriptors[index] =
        (struct pollfd){.fd = pcap_get_selectable_fd(device->pcap), .events = POLLIN};
    return true;
}

Live *live_open(const LiveSettings *settings, const Waiter *waiter, char message[CAPTURE_MESSAGE])
{
    Live *live = calloc(1, sizeof *live);
    if (live != NULL) {
        live->settings = settings;
        live->waiter = *waiter;
        live->descriptors = calloc(settings->count, sizeof *live->descriptors);
        live->devices = calloc(settings->count, sizeof *live->devices);
    }
    if (live == NULL || live->descriptors == NULL || live->devices == NULL) {
        say(message, "live capture", strerror(ENOMEM));
        if (live != NULL) {
            live_close(live);
        }
        return NULL;
    }
    while (live->count < settings->count) {
        if (!open_device(live, live->count++, message)) {
            live_close(live);
            return NULL;
        }
    }
    return live;
}

uint32_t live_link_type(const Live *live)
{
    return live->devices[0].facts.link_type;
}

static void set_record(Device *device, const struct pcap_pkthdr *header, FrameRecord *record)
{
    device->captured++;
    *record = (FrameRecord){.time = header->ts.tv_sec * (int64_t)NANOSECONDS +
                                    header->ts.tv_usec * device->fraction,
                            .captured = header->caplen,
                            .reported = header->len,
                            .interface = &device->facts};
}

static void lose(Live *live, Device *device)
{
    device->lost = true;
    live->lost++;
    live->descriptors[device - live->devices].fd = -1; /* which poll leaves out */
}

CaptureStatus live_next(Live *live, const uint8_t **data, FrameRecord *record,
                        char message[CAPTURE_MESSAGE])
{
    unsigned without = 0; /* interfaces that had nothing */
    while (live->lost < live->count) {
        Device *device = &live->devices[live->current];
        struct pcap_pkthdr *header;
        bool asked = live->turn < TURN && !device->lost;
        int result = asked ? pcap_next_ex(device->pcap, &header, data) : 0;
        if (result == 1) {
            live->turn++;
            set_record(device, header, record);
            return CAPTURE_FRAME;
        }
        if (result != 0) {
            lose(live, device);
            say(message, device->facts.name, pcap_geterr(device->pcap));
            return CAPTURE_FAILED;
        }
        without = live->turn < TURN ? without + 1 : 0;
        live->turn = 0;
        live->current = (live->current + 1) % live->count;
        if (without == live->count) {
            without = 0;
            if (wait_readable(&live->waiter, live->descriptors, live->count) == WAIT_STOPPED) {
                return CAPTURE_END;
            }
        }
    }
    return CAPTURE_END;
}

unsigned live_count(const Live *live)
{
    return live->count;
}

LiveCounts live_counts(Live *live, unsigned index)
{
    Device *device = &live->devices[index];
    struct pcap_stat now;
    if (pcap_stats(device->pcap, &now) == 0) {
        device->kernel_drops += now.ps_drop - device->last.ps_drop;
        device->last = now;
    }
    return (LiveCounts){&device->facts, device->captured, device->kernel_drops,
                        interface_drops_count(&device->interface_drops)};
}

void live_close(Live *live)
{
    for (unsigned i = 0; i < live->count; i++) {
        if (live->devices[i].pcap != NULL) {
            pcap_close(live->devices[i].pcap);
            interface_drops_close(&live->devices[i].interface_drops);
        }
        free(live->devices[i].facts.name);
    }
    free(live->devices);
    free(live->descriptors);
    free(live);
}
