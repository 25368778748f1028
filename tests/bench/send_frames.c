/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sends the frames of a pcap file (written on this machine) out of an interface at a rate, over and
 * over, and says how many it sent and in how long. For network namespaces that a benchmark makes.
 *
 * Usage: send_frames FILE INTERFACE RATE SECONDS        (RATE in frames a second)
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 100000, BURST = 32, NANOSECONDS = 1000000000 };

typedef struct {
    uint8_t *data;
    size_t length;
} Frame;

static Frame frames[MOST];

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "send_frames: %s: %s\n", what, why);
    return 1;
}

/* Returns how many frames there are; 0 with a message if the file cannot be read. */
static size_t load(const char *name)
{
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(name, message);
    if (capture == NULL) {
        (void)fail(name, message);
        return 0;
    }
    struct pcap_pkthdr *header;
    const uint8_t *data;
    size_t count = 0;
    while (count < MOST && pcap_next_ex(capture, &header, &data) == 1) {
        uint8_t *copy = malloc(header->caplen);
        if (copy == NULL) {
            break;
        }
        memcpy(copy, data, header->caplen);
        frames[count++] = (Frame){copy, header->caplen};
    }
    pcap_close(capture);
    return count;
}

static int open_interface(const char *name)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_ifindex = (int)if_nametoindex(name)};
    int descriptor = socket(AF_PACKET, SOCK_RAW, 0); /* it receives nothing */
    if (descriptor < 0 || address.sll_ifindex == 0 ||
        bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        (void)fail(name, strerror(errno));
        return -1;
    }
    return descriptor;
}

static int64_t now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * (int64_t)NANOSECONDS + time.tv_nsec;
}

static uint64_t send_all(int descriptor, size_t count, double rate, int64_t duration)
{
    int64_t start = now();
    uint64_t sent = 0;
    for (int64_t passed = 0; passed < duration; passed = now() - start) {
        uint64_t due = (uint64_t)(rate * (double)passed / NANOSECONDS);
        if (sent >= due) {
            const struct timespec pause = {.tv_nsec = 50000};
            (void)nanosleep(&pause, NULL);
            continue;
        }
        for (unsigned i = 0; i < BURST && sent < due; i++, sent++) {
            const Frame *frame = &frames[sent % count];
            while (send(descriptor, frame->data, frame->length, 0) < 0) {
                if (errno != ENOBUFS && errno != EINTR) {
                    (void)fail("send", strerror(errno));
                    return sent;
                }
            }
        }
    }
    return sent;
}

int main(int argc, char **argv)
{
    double rate = argc == 5 ? strtod(argv[3], NULL) : 0;
    double seconds = argc == 5 ? strtod(argv[4], NULL) : 0;
    if (rate <= 0 || seconds <= 0) {
        return fail("usage", "send_frames FILE INTERFACE RATE SECONDS");
    }
    size_t count = load(argv[1]);
    int descriptor = count > 0 ? open_interface(argv[2]) : -1;
    if (descriptor < 0) {
        return 1;
    }
    int64_t start = now();
    uint64_t sent = send_all(descriptor, count, rate, (int64_t)(seconds * NANOSECONDS));
    printf("%" PRIu64 " %.6f\n", sent, (double)(now() - start) / NANOSECONDS);
    return 0;
}
