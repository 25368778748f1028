/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/capture_tasks.h"

#include "sniffer/source/capture_filter.h"
#include "sniffer/source/live.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static ExitStatus conclude(bool well, const char *message)
{
    if (!well) {
        (void)fprintf(stderr, "feiqdump: %s\n", message);
        return EXIT_ERROR;
    }
    if (fflush(stdout) != 0) {
        (void)fprintf(stderr, "feiqdump: cannot write the output: %s\n", strerror(errno));
        return EXIT_ERROR;
    }
    return EXIT_PRINTED;
}

ExitStatus list_interfaces(void)
{
    char message[CAPTURE_MESSAGE] = "";
    return conclude(live_list(message), message);
}

/* The link type of a file's first frame. */
static bool file_link_type(const char *name, uint32_t *link_type, char message[CAPTURE_MESSAGE])
{
    char wrong[CAPTURE_MESSAGE - 64] = "it holds no packet";
    const Waiter waiter = {.idle = NULL};
    int descriptor = strcmp(name, "-") == 0 ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        (void)snprintf(message, CAPTURE_MESSAGE, "%s: %s", name, strerror(errno));
        return false;
    }
    CaptureStatus status;
    char detail[CAPTURE_MESSAGE] = "";
    Reader *reader = reader_open(descriptor, &waiter, &status, detail);
    if (reader != NULL) {
        const uint8_t *data;
        FrameRecord record;
        status = reader_next(reader, &data, &record, detail);
        if (status == CAPTURE_FRAME) {
            *link_type = record.interface->link_type;
        }
        reader_close(reader);
    }
    (void)snprintf(message, CAPTURE_MESSAGE, "%.200s: %.250s", name,
                   detail[0] != '\0' ? detail : wrong);
    return status == CAPTURE_FRAME;
}

static bool find_link_type(const Options *options, uint32_t *link_type,
                           char message[CAPTURE_MESSAGE])
{
    if (options->live.count > 0) {
        const Waiter waiter = {.idle = NULL};
        LiveSettings settings = options->live;
        settings.filter = NULL;
        settings.count = 1;
        Live *live = live_open(&settings, &waiter, message);
        if (live == NULL) {
            return false;
        }
        *link_type = live_link_type(live);
        live_close(live);
        return true;
    }
    return options->file_count == 0 || file_link_type(options->files[0], link_type, message);
}

ExitStatus list_filter(const Options *options)
{
    char message[CAPTURE_MESSAGE];
    uint32_t link_type = LINKTYPE_ETHERNET;
    const char *filter = options->filter != NULL ? options->filter : "";
    bool well = find_link_type(options, &link_type, message) &&
                capture_filter_print(filter, link_type, options->listing, message);
    return conclude(well, message);
}
