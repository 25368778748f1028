/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/options.h"

#include "sniffer/habits.h"
#include "sniffer/help.h"
#include "sniffer/keys.h"
#include "sniffer/option_value.h"
#include "sniffer/options_rest.h"
#include "sniffer/preferences.h"
#include "sniffer/tables.h"
#include "sniffer/terminal.h"
#include "sniffer/views/time_column.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_SNAPSHOT = 262144, MOST_BUFFER = 2047, MOST_FILES = 100000, KILOBYTE = 1000 };

static const struct {
    const char *name;
    View *view;
} views[] = {{"line", view_line},     {"tree", view_tree},   {"json", view_json},
             {"layout", view_layout}, {"order", view_order}, {"fields", view_fields}};

/* --- views --- */

static bool take_view(Options *options, const char *name)
{
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        if (strcmp(views[i].name, name) == 0) {
            options->view = views[i].view;
            return true;
        }
    }
    return option_refuse("-T", name,
                         strcmp(name, "text") == 0
                             ? "tshark's text is line here, and with -V tree"
                             : "there is no such view; feiqdump --help views lists them");
}

static bool take_tree(Options *options, const char *value)
{
    (void)value;
    options->view = view_tree;
    return true;
}

static bool take_column(Options *options, const char *name)
{
    return fields_add(&options->columns, sniffer_tables, name) ||
           option_refuse("-e", name,
                         name[0] == '-'
                             ? "name a field (tcpdump's -e, the link's header, is in -v)"
                             : "there is no such field; feiqdump --help fields lists them");
}

static bool take_column_option(Options *options, const char *text)
{
    return fields_option(&options->columns, text) ||
           option_refuse("-E", text, "feiqdump --help views lists what -E takes");
}

static bool take_statistic(Options *options, const char *spec)
{
    const char *wrong;
    Tap *tap = tap_new(spec, &options->preferences, &wrong);
    if (tap == NULL) {
        return option_refuse("-z", spec, wrong);
    }
    options->taps[options->tap_count++] = tap;
    return true;
}

static bool take_colour(Options *options, const char *when)
{
    if (strcmp(when, "auto") == 0) {
        options->style.colour = terminal_has_colour(STDOUT_FILENO);
        return true;
    }
    options->style.colour = strcmp(when, "always") == 0;
    return options->style.colour || strcmp(when, "never") == 0 ||
           option_refuse("--color", when, "not always, never or auto");
}

static bool take_time(Options *options, const char *text)
{
    const char *wrong = time_column_read(&options->style, text);
    return wrong == NULL || option_refuse("--time", text, wrong);
}

static Names *names(Options *options)
{
    if (options->names == NULL) {
        options->names = names_new();
        options->style.names = options->names;
    }
    return options->names;
}

static bool take_names(Options *options, const char *kinds)
{
    const char *wrong = names_add(names(options), kinds);
    return wrong == NULL || option_refuse("-N", kinds, wrong);
}

static bool take_hosts(Options *options, const char *file)
{
    const char *wrong = names_add_hosts(names(options), file);
    return wrong == NULL || option_refuse("--hosts", file, wrong);
}

/* Nothing that was asked for before. */
static bool take_no_names(Options *options, const char *value)
{
    (void)value;
    names_free(options->names);
    options->names = NULL;
    options->style.names = NULL;
    return true;
}

static bool take_width(Options *options, const char *text)
{
    uint64_t width;
    if (!option_number("--width", text, "columns", 40, 1000, &width)) {
        return false;
    }
    options->style.width = (unsigned)width;
    options->width_given = true;
    return true;
}

/* --- preferences --- */

static bool take_key(Options *options, const char *file)
{
    char wrong[KEYS_MESSAGE];
    return keys_add_file(&options->opener, file, wrong) || option_refuse("--key", file, wrong);
}

static bool take_preference(Options *options, const char *text)
{
    static const char table_of_keys[] = "uat:feiq_keys:";
    char reason[KEYS_MESSAGE];
    if (strncmp(text, table_of_keys, sizeof table_of_keys - 1) == 0) {
        return keys_add_row(&options->opener, text + sizeof table_of_keys - 1, reason) ||
               option_refuse("-o", text, reason);
    }
    const char *wrong = preference_set(&options->preferences, text);
    return wrong == NULL || option_refuse("-o", text, wrong);
}

/* An option that is a preference under a shorter name. */
static bool take_named(Options *options, const char *option, const char *name, const char *value)
{
    const char *wrong = preference_set_value(&options->preferences, name, value);
    return wrong == NULL || option_refuse(option, value, wrong);
}

static bool take_framing(Options *options, const char *value)
{
    return take_named(options, "--onehash-framing", "onehash.framing", value);
}

static bool take_block(Options *options, const char *value)
{
    return take_named(options, "--onehash-block", "onehash.block_size", value);
}

static bool take_chat_port(Options *options, const char *value)
{
    return take_named(options, "--onehash-chat-port", "onehash.chat_ports", value);
}

static bool take_control_port(Options *options, const char *value)
{
    return take_named(options, "--onehash-control-port", "onehash.control_ports", value);
}

static bool take_decode_as(Options *options, const char *text)
{
    const char *wrong = decode_as_read(&options->decode_as[options->decode_as_count], text);
    if (wrong != NULL) {
        return option_refuse("--decode-as", text, wrong);
    }
    options->decode_as_count++;
    return true;
}

static bool take_disabled(Options *options, const char *name)
{
    options->preferences.feiq_by_port_only = strcmp(name, "feiq_udp") == 0;
    return options->preferences.feiq_by_port_only ||
           option_refuse("--disable-heuristic", name, "there is no such heuristic but feiq_udp");
}

static bool take_feiq_port(Options *options, const char *value)
{
    return take_named(options, "--feiq-port", "feiq.udp.port", value) &&
           take_named(options, "--feiq-port", "feiq.tcp.port", value);
}

/* --- sources --- */

static bool take_file(Options *options, const char *name)
{
    options->files[options->file_count++] = name;
    return true;
}

static bool take_interface(Options *options, const char *name)
{
    options->live.names[options->live.count++] = name;
    return true;
}

static bool take_snapshot(Options *options, const char *text)
{
    uint64_t snapshot;
    if (!option_number("-s", text, "bytes", 0, MOST_SNAPSHOT, &snapshot)) {
        return false;
    }
    options->live.snapshot = snapshot != 0 ? (uint32_t)snapshot : MOST_SNAPSHOT;
    return true;
}

static bool take_buffer(Options *options, const char *text)
{
    uint64_t buffer;
    if (!option_number("-B", text, "MiB", 1, MOST_BUFFER, &buffer)) {
        return false;
    }
    options->live.buffer = (uint32_t)buffer;
    return true;
}

static bool take_not_promiscuous(Options *options, const char *value)
{
    (void)value;
    options->live.promiscuous = false;
    return true;
}

static bool take_autostop(Options *options, const char *value)
{
    WriterSettings *writer = &options->writer;
    const OptionCondition conditions[] = {
        {"duration", "seconds", 1, UINT32_MAX, 1, &options->duration},
        {"packets", "packets", 1, UINT64_MAX, 1, &options->limit},
        {"filesize", "kB", 1, UINT32_MAX, KILOBYTE, &writer->last_bytes},
        {"files", "files", 1, UINT32_MAX, 1, &writer->last_file}};
    return option_condition("-a", value, conditions, sizeof conditions / sizeof *conditions);
}

static bool take_count(Options *options, const char *text)
{
    return option_number("-c", text, "packets", 1, UINT64_MAX, &options->limit);
}

/* --- filters --- */

/* What is so without the option. */
static bool take_habit(Options *options, const char *value)
{
    (void)options;
    (void)value;
    return true;
}

static bool take_listing(Options *options, const char *value)
{
    (void)value;
    if (options->listing < PRINT_NUMBERS) {
        options->listing++;
    }
    return true;
}

/* --- writing --- */

static bool take_write(Options *options, const char *name)
{
    size_t length = strlen(name);
    options->writer.name = name;
    if (length == 0 || name[length - 1] == '/') {
        return option_refuse("-w", name, "not the name of a file");
    }
    return true;
}

static bool take_write_format(Options *options, const char *format)
{
    if (strcmp(format, "pcap") != 0 && strcmp(format, "pcapng") != 0) {
        return option_refuse("--write-format", format, "not pcap or pcapng");
    }
    options->write_format = format;
    return true;
}

static bool take_ring(Options *options, const char *value)
{
    WriterSettings *writer = &options->writer;
    const OptionCondition conditions[] = {
        {"duration", "seconds", 1, UINT32_MAX, 1, &writer->seconds},
        {"filesize", "kB", 1, UINT32_MAX, KILOBYTE, &writer->bytes},
        {"packets", "packets", 1, UINT32_MAX, 1, &writer->packets},
        {"files", "files", 1, MOST_FILES, 1, &writer->files}};
    return option_condition("-b", value, conditions, sizeof conditions / sizeof *conditions);
}

/* --- the table --- */

enum { LONG_ONLY = 256, HELP = 'h' + 1024, VERSION = 'V' + 1024 };

typedef struct {
    int letter;       /* 0: it has none */
    const char *name; /* NULL: it has a letter only */
    bool argument;
    bool (*take)(Options *options, const char *value);
    size_t field; /* without take: the bool to set, or where the argument's pointer goes */
} Option;

static const Option table[] = {
    {'r', "read", true, take_file, 0},
    {'i', "interface", true, take_interface, 0},
    {'D', "list-interfaces", false, NULL, offsetof(Options, list_interfaces)},
    {'s', "snapshot-length", true, take_snapshot, 0},
    {'B', "buffer-size", true, take_buffer, 0},
    {'p', "no-promiscuous-mode", false, take_not_promiscuous, 0},
    {0, "immediate-mode", false, NULL, offsetof(Options, live.immediate)},
    {'a', "autostop", true, take_autostop, 0},
    {'c', "count", true, take_count, 0},
    {'Z', "user", true, NULL, offsetof(Options, user)},
    {0, "show-sandbox", false, NULL, offsetof(Options, show_sandbox)},
    {'f', NULL, true, NULL, offsetof(Options, filter_option)},
    {'F', "filter-file", true, NULL, offsetof(Options, filter_file)},
    {'d', "dump-filter", false, take_listing, 0},
    {'Y', "display-filter", true, NULL, offsetof(Options, display_filter)},
    {'w', "write", true, take_write, 0},
    {0, "write-format", true, take_write_format, 0},
    {'b', "ring-buffer", true, take_ring, 0},
    {'T', "type", true, take_view, 0},
    {'v', "verbose", false, take_tree, 0},
    {'V', NULL, false, take_tree, 0},
    {'x', NULL, false, NULL, offsetof(Options, hex)},
    {'X', NULL, false, NULL, offsetof(Options, hex)},
    {'e', NULL, true, take_column, 0},
    {'E', NULL, true, take_column_option, 0},
    {0, "offsets", false, NULL, offsetof(Options, offsets)},
    {'S', "absolute-sequence-numbers", false, NULL,
     offsetof(Options, preferences.absolute_numbers)},
    {0, "verify-checksums", false, NULL, offsetof(Options, verify)},
    {'t', "time", true, take_time, 0},
    {0, "color", true, take_colour, 0},
    {0, "colour", true, take_colour, 0},
    {0, "width", true, take_width, 0},
    {'z', NULL, true, take_statistic, 0},
    {'l', NULL, false, take_habit, 0},
    {'P', NULL, false, take_habit, 0},
    {'U', NULL, false, take_habit, 0},
    {'q', "quiet", false, NULL, offsetof(Options, quiet)},
    {'n', NULL, false, take_no_names, 0},
    {'N', "names", true, take_names, 0},
    {'H', "hosts", true, take_hosts, 0},
    {'o', NULL, true, take_preference, 0},
    {0, "onehash-framing", true, take_framing, 0},
    {0, "onehash-block", true, take_block, 0},
    {0, "onehash-chat-port", true, take_chat_port, 0},
    {0, "onehash-control-port", true, take_control_port, 0},
    {0, "feiq-port", true, take_feiq_port, 0},
    {0, "key", true, take_key, 0},
    {0, "decode-as", true, take_decode_as, 0},
    {0, "disable-heuristic", true, take_disabled, 0},
};

enum { TABLE_SIZE = sizeof table / sizeof *table };

/* What getopt_long wants, made of the table. */
typedef struct {
    char letters[2 * TABLE_SIZE + 2];
    struct option names[TABLE_SIZE + 3];
} GetoptTables;

static void make_tables(GetoptTables *tables)
{
    char *letter = tables->letters;
    struct option *name = tables->names;
    for (int i = 0; i < TABLE_SIZE; i++) {
        if (table[i].letter != 0) {
            *letter++ = (char)table[i].letter;
            if (table[i].argument) {
                *letter++ = ':';
            }
        }
        if (table[i].name != NULL) {
            *name++ =
                (struct option){table[i].name, table[i].argument ? required_argument : no_argument,
                                NULL, table[i].letter != 0 ? table[i].letter : LONG_ONLY + i};
        }
    }
    *letter++ = 'h';
    *letter = '\0';
    *name++ = (struct option){"help", optional_argument, NULL, HELP};
    *name++ = (struct option){"version", no_argument, NULL, VERSION};
    *name = (struct option){NULL, 0, NULL, 0};
}

static const Option *find_option(int key)
{
    for (int i = 0; i < TABLE_SIZE; i++) {
        if (table[i].letter == key || key == LONG_ONLY + i) {
            return &table[i];
        }
    }
    return NULL;
}

static bool take(Options *options, const Option *option, const char *value)
{
    if (option->take != NULL) {
        return option->take(options, value);
    }
    char *field = (char *)options + option->field;
    if (option->argument) {
        memcpy(field, &value, sizeof value);
    } else {
        *(bool *)field = true;
    }
    return true;
}

/* Returns the exit status. */
static ExitStatus help(int argc, char **argv)
{
    const char *topic = optarg;
    if (topic == NULL && optind < argc && argv[optind][0] != '-') {
        topic = argv[optind];
    }
    return help_print(topic) && fflush(stdout) == 0 ? EXIT_PRINTED : EXIT_ERROR;
}

static bool take_options(Options *options, int argc, char **argv, ExitStatus *status)
{
    static char name[] = "feiqdump"; /* for what getopt says */
    GetoptTables tables;
    make_tables(&tables);
    if (argc > 0) {
        argv[0] = name;
    }
    int key;
    while ((key = getopt_long(argc, argv, tables.letters, tables.names, NULL)) != -1) {
        if (key == HELP || key == 'h') {
            *status = help(argc, argv);
            return false;
        }
        if (key == VERSION) {
            *status = puts("feiqdump " FEISCOPE_VERSION) >= 0 && fflush(stdout) == 0 ? EXIT_PRINTED
                                                                                     : EXIT_ERROR;
            return false;
        }
        const Option *option = find_option(key);
        if (option == NULL) { /* getopt has said what is wrong */
            bool unknown = optopt == 0 || find_option(optopt) == NULL;
            const char *hint = unknown ? habit_hint(optopt, argv[optind - 1]) : NULL;
            (void)fprintf(stderr, "feiqdump: %s\n",
                          hint != NULL ? hint : "--help all lists the options");
            return false;
        }
        if (!take(options, option, optarg)) {
            return false;
        }
    }
    return true;
}

/* Group datagrams are decrypted without any key. */
static bool make_opener(Options *options)
{
    if (options->opener == NULL) {
        options->opener = cipher_opener_new();
    }
    if (options->opener == NULL) {
        (void)fprintf(stderr, "feiqdump: libgcrypt cannot be used\n");
    }
    return options->opener != NULL;
}

/* Rules come after preferences, whatever their order on the command line, as in tshark. */
static bool apply_rules(Options *options)
{
    for (unsigned i = 0; i < options->decode_as_count; i++) {
        const char *wrong = decode_as_apply(&options->decode_as[i], &options->preferences);
        if (wrong != NULL) {
            (void)fprintf(stderr, "feiqdump: --decode-as: %s\n", wrong);
            return false;
        }
    }
    return true;
}

bool options_read(Options *options, int argc, char **argv, ExitStatus *status)
{
    *options = (Options){
        .view = view_line, .live = live_default_settings, .preferences = preference_defaults};
    fields_begin(&options->columns);
    options->style.columns = &options->columns;
    options->style.width = terminal_width(STDOUT_FILENO);
    options->style.colour = terminal_has_colour(STDOUT_FILENO);
    *status = EXIT_ERROR;
    options->files = calloc((size_t)argc + 1, sizeof *options->files);
    options->live.names = calloc((size_t)argc + 1, sizeof *options->live.names);
    options->taps = calloc((size_t)argc + 1, sizeof(Tap *));
    options->decode_as = calloc((size_t)argc + 1, sizeof *options->decode_as);
    if (options->files == NULL || options->live.names == NULL || options->taps == NULL ||
        options->decode_as == NULL) {
        (void)fprintf(stderr, "feiqdump: %s\n", strerror(ENOMEM));
        return false;
    }
    return take_options(options, argc, argv, status) && apply_rules(options) &&
           options_take_rest(options, argc - optind, argv + optind) && options_check(options) &&
           make_opener(options);
}

unsigned options_width(const Options *options)
{
    return options->width_given ? options->style.width : terminal_width(STDOUT_FILENO);
}

void options_free(Options *options)
{
    for (unsigned i = 0; i < options->tap_count; i++) {
        options->taps[i]->destroy(options->taps[i]);
    }
    free(options->taps);
    cipher_opener_free(options->opener);
    free(options->decode_as);
    free(options->files);
    free(options->live.names);
    free(options->filter);
    names_free(options->names);
}
