/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The 1#n control service: shut the machine down, list its processes, end those of a name; and
 * chatd's figures (1#11). Every request is written to the audit log; one that could do harm is
 * written there before it is done, and not done if it cannot be written.
 * Source: shared/protocol/onehash.md.
 */
#ifndef FEISCOPE_CHATD_CONTROL_SERVICE_H
#define FEISCOPE_CHATD_CONTROL_SERVICE_H

#include "chatd/config.h"
#include "chatd/system/audit.h"
#include "chatd/tcp/connection.h"

typedef struct ControlService ControlService;

/**
 * Make the service. Everything is kept longer than the service.
 *
 * @param config       what is allowed is looked at anew with each request
 * @param figures      makes the text of 1#11, freed with g_free
 * @param figures_data handed to it
 * @return free with control_service_free after its listeners
 */
ControlService *control_service_new(const Config *config, Audit *audit,
                                    char *(*figures)(gconstpointer data),
                                    gconstpointer figures_data);
void control_service_free(ControlService *service);

/** What a listener needs; the ControlService is its service pointer. */
extern const ConnectionHandler control_service_handler;

/** Append figures, "name value" a line with LF. */
void control_service_figures(const ControlService *service, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ControlService, control_service_free)

#endif
