/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The floor of every reader on libpcap: a pcap_loop whose callback only counts.
 *
 * Usage: empty_loop FILE
 */
#include <pcap/pcap.h>
#include <stdio.h>

static void count(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    (void)header;
    (void)bytes;
    ++*(unsigned long *)(void *)user;
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    unsigned long packets = 0;
    pcap_t *capture = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    if (capture == NULL) {
        fprintf(stderr, "empty_loop: %s\n", argc == 2 ? error : "usage: empty_loop FILE");
        return 1;
    }
    int result = pcap_loop(capture, -1, count, (u_char *)&packets);
    pcap_close(capture);
    printf("%lu\n", packets);
    return result == 0 ? 0 : 1;
}
