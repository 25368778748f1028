/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/options_rest.h"

#include "sniffer/option_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILTER = 1024 * 1024 };

static bool refuse(const char *wrong)
{
    (void)fprintf(stderr, "feiqdump: %s\n", wrong);
    return false;
}

/* --- remaining words --- */

static bool join_words(Options *options, int count, const char *const *words)
{
    size_t length = 1;
    for (int i = 0; i < count; i++) {
        length += strlen(words[i]) + 1;
    }
    options->filter = calloc(length, 1);
    if (options->filter == NULL) {
        return refuse(strerror(ENOMEM));
    }
    char *to = options->filter;
    for (int i = 0; i < count; i++) {
        size_t word = strlen(words[i]);
        memcpy(to, words[i], word);
        to += word;
        if (i + 1 < count) {
            *to++ = ' ';
        }
    }
    return true;
}

static bool read_filter_file(Options *options)
{
    const char *name = options->filter_file;
    FILE *file = fopen(name, "re");
    if (file == NULL) {
        const char *wrong = strerror(errno);
        bool format = strcmp(name, "pcap") == 0 || strcmp(name, "pcapng") == 0;
        return option_refuse("-F", name,
                             format ? "no such file (tshark's -F is --write-format)" : wrong);
    }
    options->filter = calloc(MOST_FILTER + 1, 1);
    size_t length = options->filter != NULL ? fread(options->filter, 1, MOST_FILTER + 1, file) : 0;
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (options->filter == NULL || failed) {
        return option_refuse("-F", name, strerror(options->filter == NULL ? ENOMEM : EIO));
    }
    if (length > MOST_FILTER || memchr(options->filter, '\0', length) != NULL) {
        return option_refuse("-F", name, "this is not a filter: too long, or not text");
    }
    return true;
}

bool options_take_rest(Options *options, int count, char **words)
{
    if (options->filter_file != NULL && !read_filter_file(options)) {
        return false;
    }
    if (options->filter_option != NULL &&
        (options->filter != NULL || !join_words(options, 1, &options->filter_option))) {
        return refuse("a capture filter is given twice: by -f and by -F");
    }
    bool source = options->file_count > 0 || options->live.count > 0 || options->listing > 0;
    if (!source) {
        for (int i = 0; i < count; i++) {
            options->files[options->file_count++] = words[i];
        }
        return true;
    }
    if (count > 0 && options->filter != NULL) {
        return refuse("a capture filter is given twice: by -f or -F, and by the remaining words");
    }
    if (count > 0 && options->listing > 0 && strstr(words[0], "port==") != NULL) {
        return option_refuse("-d", words[0],
                             "what a port carries is said by --decode-as; -d shows how the capture "
                             "filter compiles");
    }
    return count == 0 || join_words(options, count, (const char *const *)words);
}

/* --- what goes together --- */

static bool check_source(Options *options)
{
    bool live = options->live.count > 0;
    if (live && options->file_count > 0) {
        return refuse("-i and -r: capture or read, not both");
    }
    if (!live && options->file_count == 0 && options->listing == 0) {
        return refuse("name a capture to read, or an interface with -i; feiqdump --help says more");
    }
    if (!live && options->duration != 0) {
        return refuse("-a duration:N is for live capture, with -i");
    }
    options->live.filter = options->filter;
    return true;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t wanted = strlen(end);
    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static bool check_writer(Options *options)
{
    WriterSettings *writer = &options->writer;
    bool rings = writer_rotates(writer) || writer->files != 0;
    if (writer->name == NULL && (rings || options->write_format != NULL)) {
        return refuse("-b and --write-format say how -w writes; name the file with -w");
    }
    if (writer->name == NULL) {
        return (writer->last_bytes == 0 && writer->last_file == 0) ||
               refuse("-a filesize:N and -a files:N are for -w; name the file with it");
    }
    if (rings && strcmp(writer->name, "-") == 0) {
        return refuse("-b: there is only one standard output");
    }
    if (writer->files != 0 && !writer_rotates(writer)) {
        return refuse("-b files:N: say also when another file begins: duration:N, filesize:N or "
                      "packets:N");
    }
    if (writer->last_file != 0 && !writer_rotates(writer)) {
        return refuse("-a files:N: say also when another file begins, with -b");
    }
    if (writer->last_bytes != 0 && writer_rotates(writer)) {
        return refuse("-a filesize:N is for one file; with -b it is -b filesize:N");
    }
    writer->pcap = options->write_format != NULL
                       ? strcmp(options->write_format, "pcap") == 0
                       : ends_with(writer->name, ".pcap") || ends_with(writer->name, ".cap");
    options->quiet = options->quiet || strcmp(writer->name, "-") == 0;
    return true;
}

/* -T fields and -e want each other; --offsets and -x want certain views. */
static bool check_view(Options *options)
{
    bool fields = options->view == view_fields;
    if (fields && options->columns.count == 0) {
        return refuse("-T fields: name the fields, each with -e");
    }
    if (!fields && options->columns.count > 0) {
        return refuse("-e is for -T fields");
    }
    if (options->offsets && options->view != view_json) {
        return refuse("--offsets is for -T json");
    }
    if (options->offsets) {
        options->view = view_json_offsets;
    }
    if (options->hex && options->view != view_line && options->view != view_tree) {
        return refuse("-x goes with lines and trees only");
    }
    if (options->hex) {
        options->view = options->view == view_line ? view_line_hex : view_tree_hex;
    }
    return true;
}

bool options_check(Options *options)
{
    return options->list_interfaces ||
           (check_view(options) && check_source(options) && check_writer(options));
}
