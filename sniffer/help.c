/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/help.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char overview[] =
    "Usage: feiqdump [OPTION…] FILE…                    print captures\n"
    "       feiqdump [OPTION…] -r FILE [CAPTURE FILTER]\n"
    "       feiqdump [OPTION…] -i INTERFACE [CAPTURE FILTER]  capture, and print at once\n"
    "Print packets: link, network and transport headers, FeiQ and 1#n messages.\n"
    "\n"
    "  feiqdump chat.pcap                           who says what to whom\n"
    "  feiqdump -v -c 1 chat.pcap                   the first packet, field by field\n"
    "  feiqdump -T json -r chat.pcap udp port 2425  for programs\n"
    "  feiqdump -i any udp port 2425                what is said now\n"
    "\n"
    "  -r FILE, -i INTERFACE  where packets come from       (--help files, --help live)\n"
    "  -Y FILTER              which of them are printed     (--help filters)\n"
    "  -v, -x, -T VIEW        how: every field, the bytes…  (--help views)\n"
    "  -z STATISTIC           what they tell together       (--help statistics)\n"
    "  -w FILE                write them to a capture too   (--help writing)\n"
    "  -o NAME:VALUE          ports, encodings, framings    (--help preferences)\n"
    "  -h, --help [TOPIC]     one of these, all of them, or fields: what -Y and -e can name\n"
    "      --version\n"
    "\n"
    "Exit status: 0 packets matched, 1 none did, 2 an error, 3 a capture is damaged (what can be\n"
    "read is printed first).\n";

static const char files[] =
    "Files: pcap and pcapng, also compressed by gzip, zstd or lz4; - is standard input.\n"
    "\n"
    "  -r, --read FILE       read this capture; the remaining words are then a capture\n"
    "                        filter. May be given again; without it, all words are files\n"
    "  -c, --count N         stop after N packets\n"
    "\n"
    "What a truncated or damaged file holds before the damage is printed; then the byte at which\n"
    "it begins is said, and the exit status is 3.\n";

static const char live[] =
    "Live: packets off the network, until interrupted. It needs CAP_NET_RAW, and gives up this "
    "and\n"
    "all else before the first packet is decoded.\n"
    "\n"
    "  -i, --interface NAME  capture from this interface, or any; may be given again\n"
    "  -D, --list-interfaces list the interfaces with state and addresses\n"
    "  -s, --snapshot-length N  keep N bytes of each packet (default, and 0: 262144)\n"
    "  -B, --buffer-size N   MiB of kernel buffer for each interface (default 16)\n"
    "  -p, --no-promiscuous-mode  only what is for this machine\n"
    "      --immediate-mode  every packet at once, at the price of speed\n"
    "  -a, --autostop CONDITION  stop after duration:N seconds, packets:N (as -c), filesize:N kB\n"
    "                        written by -w, or files:N full ones with -b. May be given again\n"
    "  -Z, --user NAME       become this user if root (default: nobody, if files need not be "
    "made)\n"
    "      --show-sandbox    say what was given up, as the kernel sees it\n"
    "\n"
    "SIGUSR1 prints how many packets came, matched and were dropped, as the end does.\n";

static const char filters[] =
    "Filters: a capture filter says what is read, a display filter what is printed and written.\n"
    "\n"
    "  CAPTURE FILTER, -f FILTER  in the language of pcap-filter(7): udp port 2425\n"
    "  -F, --filter-file FILE  read the capture filter from this file\n"
    "  -d, --dump-filter     print what the capture filter compiles to, and stop; twice: as C,\n"
    "                        three times: as numbers\n"
    "  -Y, --display-filter FILTER  in Wireshark's language:\n"
    "                        'feiq.command == \"SENDMSG\" && ip.src == 10.0.0.0/8'\n";

static const char views[] =
    "Views: how a packet is printed.\n"
    "\n"
    "  -T, --type VIEW       line    one line (default)\n"
    "                        tree    every field, with its bytes\n"
    "                        json    one object; keys are Wireshark's filter names\n"
    "                        layout  each header as the box diagram of its RFC\n"
    "                        order   what byte order does to each number and address\n"
    "                        fields  the fields that -e names, in columns\n"
    "  -v, -V, --verbose     the same as -T tree\n"
    "  -x, -X                the bytes too; with the tree, each byte in its field's colour or\n"
    "                        with its letter\n"
    "  -e NAME               a column of -T fields; may be given again\n"
    "  -E KEY=VALUE          how -T fields prints, as tshark's: header=y, separator=C,\n"
    "                        aggregator=C, occurrence=f|l|a, quote=d|s|n, bom=y\n"
    "      --offsets         with -T json: where each field stands, its bytes and byte order\n"
    "  -S, --absolute-sequence-numbers  TCP's numbers as sent, not relative to the SYN's\n"
    "      --verify-checksums  check the checksums of IP, ICMP, UDP and TCP\n"
    "      --color WHEN      always, never or auto (default: on a terminal, unless NO_COLOR)\n"
    "      --width N         columns that a drawing may take (default: the terminal's)\n"
    "  -q, --quiet           print no packets; with -w, or for the exit status\n"
    "  -l                    lines at once when traffic pauses, which is so without it too\n"
    "\n"
    "Times and names in lines and trees:\n"
    "\n"
    "  -t, --time FORM       relative (to the first packet, the default), delta (to the one\n"
    "                        before), shown (to the one before that was shown), epoch,\n"
    "                        absolute (time of day), date (and time of day) or none; behind a\n"
    "                        comma us or ns, utc or local: date,ns,utc. tshark's letters and\n"
    "                        tcpdump's -tt, -ttt, -tttt and -ttttt too\n"
    "  -N, --names KINDS     names from files: hosts, services, ethers, joined by commas (or\n"
    "                        the letters n, t, m). Nobody is asked over the network\n"
    "  -H, --hosts FILE      names of addresses from this file, in the format of /etc/hosts\n"
    "  -n                    no names (the default)\n";

static const char statistics[] =
    "Statistics: what all packets that match tell together, printed at the end.\n"
    "\n"
    "  -z conv,LEVEL         who spoke with whom: eth, ip, ipv6, tcp or udp\n"
    "  -z endpoints,LEVEL    who sent and received how much\n"
    "  -z commands           how often each FeiQ command was sent\n"
    "  -z tcp                of each TCP stream what was sent again, late, acknowledged late\n"
    "  -z users              the online list of FeiQ: who, where, since when, how they left\n"
    "  -z follow,tcp,HOW,N   what both sides of TCP stream N said, in order: ascii, utf-8, hex or\n"
    "                        raw; N is the field tcp.stream, as in Wireshark. follow,udp,HOW,N:\n"
    "                        the same of the datagrams of udp.stream N\n"
    "  -z sticky[,N]         1#n streams: where segments and where messages end, what stuck\n"
    "                        together and what was split, under each of the four framings\n"
    "\n"
    "-z may be given again. With -q no packets are printed, only the statistics.\n";

static const char writing[] =
    "Writing: the packets that match go to a capture, while they are printed.\n"
    "\n"
    "  -w, --write FILE      write them; - is standard output, and nothing is printed then\n"
    "      --write-format FORMAT  pcapng, or pcap (the default if FILE ends in .pcap or .cap)\n"
    "  -b, --ring-buffer CONDITION  begin another file, with number and time in its name, after\n"
    "                        duration:N seconds, filesize:N kB or packets:N; with files:N,\n"
    "                        remove all but the last N. May be given again\n"
    "  -q, --quiet           and do not print them\n"
    "  -P, -U                print them, and hand them to the file when traffic pauses, which is "
    "so\n"
    "                        without these too\n";

static const char preferences[] =
    "Preferences: what bytes cannot tell; the names are those of the Wireshark plugin.\n"
    "\n"
    "  -o NAME:VALUE         ports are numbers and ranges, 2425,3000-3010:\n"
    "                        feiq.udp.port:PORTS, feiq.tcp.port:PORTS,\n"
    "                        feiq.encoding:shift-jis (or auto, gb18030, utf-8), onehash.encoding,\n"
    "                        onehash.framing:fixed (or auto, line, length, bare),\n"
    "                        onehash.block_size:N, onehash.dialect:chat (or auto, control),\n"
    "                        onehash.chat_ports:PORTS, onehash.control_ports:PORTS,\n"
    "                        tcp.reassemble_out_of_order:FALSE (1#n's segments as they come),\n"
    "                        tcp.relative_sequence_numbers:FALSE (the same as -S); or:\n"
    "      --onehash-framing FRAMING, --onehash-block N, --onehash-chat-port PORTS,\n"
    "      --onehash-control-port PORTS, --feiq-port PORTS\n"
    "      --decode-as RULE  udp.port==N,feiq or tcp.port==N,feiq or tcp.port==N,onehash: what a\n"
    "                        port carries, whatever the preferences say; N-M is a range\n"
    "      --disable-heuristic feiq_udp  look for FeiQ on its own UDP ports only\n"
    "      --key FILE            decrypt messages by this private RSA key (PEM); may be given "
    "again\n"
    "  -o 'uat:feiq_keys:\"RECEIVER\",\"FILE\",\"PASSWORD\"'  the same for one receiver's address "
    "or\n"
    "                        any, and with the password of an encrypted key file, as tshark has "
    "it\n";

static const struct {
    const char *name;
    const char *text;
} topics[] = {
    {"files", files},           {"live", live},       {"filters", filters},        {"views", views},
    {"statistics", statistics}, {"writing", writing}, {"preferences", preferences}};

bool help_has(const char *topic)
{
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
        if (strcmp(topics[i].name, topic) == 0) {
            return true;
        }
    }
    return strcmp(topic, "fields") == 0 || strcmp(topic, "all") == 0;
}

bool help_print(const char *topic)
{
    if (topic == NULL) {
        (void)fputs(overview, stdout);
        return true;
    }
    if (!help_has(topic)) {
        (void)fprintf(stderr, "feiqdump: --help %s: the topics are", topic);
        for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
            (void)fprintf(stderr, " %s,", topics[i].name);
        }
        (void)fprintf(stderr, " fields, all\n");
        return false;
    }
    if (strcmp(topic, "fields") == 0) {
        help_fields();
        return true;
    }
    bool all = strcmp(topic, "all") == 0;
    if (all) {
        (void)fputs(overview, stdout);
    }
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
        if (all || strcmp(topics[i].name, topic) == 0) {
            (void)printf("%s%s", all ? "\n" : "", topics[i].text);
        }
    }
    return true;
}
