/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/options.h"
#include "sniffer/preferences.h"
#include "sniffer/tables.h"
#include "sniffer/terminal.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "Usage: feiqdump [OPTION…] FILE…\n"
    "       feiqdump [OPTION…] -r FILE [CAPTURE FILTER]\n"
    "Print captures: link, network and transport headers, FeiQ and 1#n messages.\n"
    "FILE is a pcap or pcapng capture; - is standard input.\n"
    "\n"
    "  -r, --read FILE       read this capture; the remaining words are then a capture\n"
    "                        filter in the language of pcap-filter(7)\n"
    "  -Y, --display-filter FILTER  print only packets that match, in Wireshark's language:\n"
    "                        'feiq.command == \"SENDMSG\" && ip.src == 10.0.0.0/8'\n"
    "  -c, --count N         stop after N packets\n"
    "  -T VIEW               how to print a packet:\n"
    "                          line  one line (default)\n"
    "                          tree  every field, with its bytes\n"
    "                          json  one object; keys are Wireshark's filter names\n"
    "                          layout  each header as the box diagram of its RFC\n"
    "                          order  what byte order does to each number and address\n"
    "                          fields  the fields that -e names, in columns\n"
    "  -e NAME               a column of -T fields; may be given again\n"
    "  -E KEY=VALUE          how -T fields prints, as tshark's: header=y, separator=C,\n"
    "                        aggregator=C, occurrence=f|l|a, quote=d|s|n, bom=y\n"
    "  -v, --verbose         the same as -T tree\n"
    "  -x                    the bytes too; with the tree, each byte in its field's colour or\n"
    "                        with its letter\n"
    "      --offsets         with -T json: where each field stands, its bytes and byte order\n"
    "      --color WHEN      always, never or auto (default: on a terminal, unless NO_COLOR)\n"
    "      --width N         columns that a drawing may take (default: the terminal's)\n"
    "  -o NAME:VALUE         a preference, as in tshark: onehash.framing:fixed (or auto, line,\n"
    "                        length, bare), onehash.block_size:N, onehash.chat_ports:N,\n"
    "                        onehash.control_ports:N, feiq.udp.port:N, feiq.tcp.port:N; or:\n"
    "      --onehash-framing FRAMING, --onehash-block N, --onehash-chat-port N,\n"
    "      --onehash-control-port N, --feiq-port N[,N-N…]\n"
    "      --verify-checksums  check the checksums of IP, ICMP, UDP and TCP\n"
    "  -n                    look up no names (it never does; for fingers used to tcpdump)\n"
    "      --help, --version\n"
    "\n"
    "Exit status: 0 packets were printed, 1 none was, 2 an error, 3 a capture is damaged\n"
    "(what can be read is printed first).\n"
    "\n"
    "  feiqdump chat.pcap                           who says what to whom\n"
    "  feiqdump -v -c 1 chat.pcap                   the first packet, field by field\n"
    "  feiqdump -T json -r chat.pcap udp port 2425  for programs\n";

static const struct {
    const char *name;
    View *view;
} views[] = {{"line", view_line},     {"tree", view_tree},   {"json", view_json},
             {"layout", view_layout}, {"order", view_order}, {"fields", view_fields}};

enum {
    OPTION_HELP = 256,
    OPTION_VERSION,
    OPTION_VERIFY,
    OPTION_COLOUR,
    OPTION_WIDTH,
    OPTION_OFFSETS,
    OPTION_FRAMING,
    OPTION_BLOCK,
    OPTION_CHAT_PORT,
    OPTION_CONTROL_PORT,
    OPTION_FEIQ_PORT
};

static const struct option long_options[] = {
    {"read", required_argument, NULL, 'r'},
    {"count", required_argument, NULL, 'c'},
    {"display-filter", required_argument, NULL, 'Y'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"type", required_argument, NULL, 'T'},
    {"verify-checksums", no_argument, NULL, OPTION_VERIFY},
    {"offsets", no_argument, NULL, OPTION_OFFSETS},
    {"color", required_argument, NULL, OPTION_COLOUR},
    {"colour", required_argument, NULL, OPTION_COLOUR},
    {"width", required_argument, NULL, OPTION_WIDTH},
    {"onehash-framing", required_argument, NULL, OPTION_FRAMING},
    {"onehash-block", required_argument, NULL, OPTION_BLOCK},
    {"onehash-chat-port", required_argument, NULL, OPTION_CHAT_PORT},
    {"onehash-control-port", required_argument, NULL, OPTION_CONTROL_PORT},
    {"feiq-port", required_argument, NULL, OPTION_FEIQ_PORT},
    {NULL, 0, NULL, 0}};

static bool set_view(Options *options, const char *name)
{
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        if (strcmp(views[i].name, name) == 0) {
            options->view = views[i].view;
            return true;
        }
    }
    (void)fprintf(stderr, "feiqdump: -T %s: feiqdump --help lists the views\n", name);
    return false;
}

static bool add_column(Options *options, const char *name)
{
    if (!fields_add(&options->columns, sniffer_tables, name)) {
        (void)fprintf(stderr, "feiqdump: -e %s: there is no such field\n", name);
        return false;
    }
    return true;
}

static bool set_column_option(Options *options, const char *text)
{
    if (!fields_option(&options->columns, text)) {
        (void)fprintf(stderr, "feiqdump: -E %s: feiqdump --help lists what -E takes\n", text);
        return false;
    }
    return true;
}

/* -T fields and -e want each other. */
static bool check_columns(const Options *options)
{
    bool wanted = options->view == view_fields;
    if (wanted && options->columns.count == 0) {
        (void)fprintf(stderr, "feiqdump: -T fields: name the fields, each with -e\n");
        return false;
    }
    if (!wanted && options->columns.count > 0) {
        (void)fprintf(stderr, "feiqdump: -e is for -T fields\n");
        return false;
    }
    return true;
}

static bool set_preference(Options *options, const char *text)
{
    const char *wrong = preference_set(&options->preferences, text);
    if (wrong != NULL) {
        (void)fprintf(stderr, "feiqdump: -o %s: %s\n", text, wrong);
    }
    return wrong == NULL;
}

/* An option that is a preference under a shorter name. */
static bool set_named_preference(Options *options, const char *option, const char *name,
                                 const char *value)
{
    const char *wrong = preference_set_value(&options->preferences, name, value);
    if (wrong != NULL) {
        (void)fprintf(stderr, "feiqdump: --%s %s: %s\n", option, value, wrong);
    }
    return wrong == NULL;
}

static bool set_feiq_port(Options *options, const char *value)
{
    return set_named_preference(options, "feiq-port", "feiq.udp.port", value) &&
           set_named_preference(options, "feiq-port", "feiq.tcp.port", value);
}

static bool set_offsets(Options *options)
{
    if (options->view != view_json) {
        (void)fprintf(stderr, "feiqdump: --offsets is for -T json\n");
        return false;
    }
    options->view = view_json_offsets;
    return true;
}

static bool set_hex(Options *options)
{
    if (options->view == view_line) {
        options->view = view_line_hex;
    } else if (options->view == view_tree) {
        options->view = view_tree_hex;
    } else {
        (void)fprintf(stderr, "feiqdump: -x goes with lines and trees only\n");
        return false;
    }
    return true;
}

static bool set_limit(Options *options, const char *text)
{
    char *end;
    errno = 0;
    options->limit = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || text[0] == '-' || options->limit == 0) {
        (void)fprintf(stderr, "feiqdump: -c %s: not a number of packets\n", text);
        return false;
    }
    return true;
}

static bool set_colour(Options *options, const char *when)
{
    if (strcmp(when, "auto") == 0) {
        options->style.colour = terminal_has_colour(STDOUT_FILENO);
        return true;
    }
    options->style.colour = strcmp(when, "always") == 0;
    if (!options->style.colour && strcmp(when, "never") != 0) {
        (void)fprintf(stderr, "feiqdump: --color %s: not always, never or auto\n", when);
        return false;
    }
    return true;
}

static bool set_width(Options *options, const char *text)
{
    char *end;
    unsigned long width = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || width < 40 || width > 1000) {
        (void)fprintf(stderr, "feiqdump: --width %s: not a number from 40 to 1000\n", text);
        return false;
    }
    options->style.width = (unsigned)width;
    return true;
}

/* What main's remaining words are: a filter if a capture was named, else captures. */
static bool take_rest(Options *options, int argc, char **argv)
{
    if (options->file_count == 0) {
        for (int i = optind; i < argc; i++) {
            options->files[options->file_count++] = argv[i];
        }
        return true;
    }
    size_t length = 1;
    for (int i = optind; i < argc; i++) {
        length += strlen(argv[i]) + 1;
    }
    if (length == 1) {
        return true;
    }
    options->filter = calloc(length, 1);
    if (options->filter == NULL) {
        (void)fprintf(stderr, "feiqdump: %s\n", strerror(ENOMEM));
        return false;
    }
    char *to = options->filter;
    for (int i = optind; i < argc; i++) {
        size_t word = strlen(argv[i]);
        memcpy(to, argv[i], word);
        to[word] = ' ';
        to += word + 1;
    }
    return true;
}

/* Returns 0 to go on, 1 to exit well, -1 to exit with an error. */
static int take_option(Options *options, int option)
{
    switch (option) {
    case 'r':
        options->files[options->file_count++] = optarg;
        return 0;
    case 'c':
        return set_limit(options, optarg) ? 0 : -1;
    case 'Y':
        options->display_filter = optarg;
        return 0;
    case 'v':
        options->view = view_tree;
        return 0;
    case 'T':
        return set_view(options, optarg) ? 0 : -1;
    case 'e':
        return add_column(options, optarg) ? 0 : -1;
    case 'E':
        return set_column_option(options, optarg) ? 0 : -1;
    case 'o':
        return set_preference(options, optarg) ? 0 : -1;
    case 'x':
        options->hex = true;
        return 0;
    case 'n':
        return 0;
    case OPTION_VERIFY:
        options->verify = true;
        return 0;
    case OPTION_OFFSETS:
        options->offsets = true;
        return 0;
    case OPTION_FRAMING:
        return set_named_preference(options, "onehash-framing", "onehash.framing", optarg) ? 0 : -1;
    case OPTION_BLOCK:
        return set_named_preference(options, "onehash-block", "onehash.block_size", optarg) ? 0
                                                                                            : -1;
    case OPTION_CHAT_PORT:
        return set_named_preference(options, "onehash-chat-port", "onehash.chat_ports", optarg)
                   ? 0
                   : -1;
    case OPTION_CONTROL_PORT:
        return set_named_preference(options, "onehash-control-port", "onehash.control_ports",
                                    optarg)
                   ? 0
                   : -1;
    case OPTION_FEIQ_PORT:
        return set_feiq_port(options, optarg) ? 0 : -1;
    case OPTION_COLOUR:
        return set_colour(options, optarg) ? 0 : -1;
    case OPTION_WIDTH:
        return set_width(options, optarg) ? 0 : -1;
    case OPTION_HELP:
        (void)fputs(help, stdout);
        return 1;
    case OPTION_VERSION:
        (void)puts("feiqdump " FEISCOPE_VERSION);
        return 1;
    default: /* getopt has said what is wrong */
        (void)fprintf(stderr, "feiqdump --help lists the options.\n");
        return -1;
    }
}

bool options_read(Options *options, int argc, char **argv, ExitStatus *status)
{
    *options = (Options){.view = view_line, .preferences = preference_defaults};
    fields_begin(&options->columns);
    options->style.columns = &options->columns;
    options->style.width = terminal_width(STDOUT_FILENO);
    options->style.colour = terminal_has_colour(STDOUT_FILENO);
    *status = EXIT_ERROR;
    options->files = calloc((size_t)argc + 1, sizeof *options->files);
    if (options->files == NULL) {
        (void)fprintf(stderr, "feiqdump: %s\n", strerror(ENOMEM));
        return false;
    }
    int option;
    while ((option = getopt_long(argc, argv, "r:c:vT:nxe:E:Y:o:", long_options, NULL)) != -1) {
        int exits = take_option(options, option);
        if (exits != 0) {
            *status = exits > 0 && fflush(stdout) == 0 ? EXIT_PRINTED : EXIT_ERROR;
            return false;
        }
    }
    if (!check_columns(options) || (options->offsets && !set_offsets(options)) ||
        (options->hex && !set_hex(options))) {
        return false;
    }
    if (!take_rest(options, argc, argv)) {
        return false;
    }
    if (options->file_count == 0) {
        (void)fprintf(stderr, "feiqdump: name a capture to read; feiqdump --help says more\n");
        return false;
    }
    return true;
}

void options_free(Options *options)
{
    free(options->files);
    free(options->filter);
}
