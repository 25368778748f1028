/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/compat.h"

#include "dissector/conversation.h"
#include "dissector/conversation_filter.h"

#include <epan/conversation_filter.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/to_str.h>

/* Wireshark 4.4 hands over what was registered with a filter, before it nothing was. */
#if FEISCOPE_WIRESHARK(4, 4)
#define CONTEXT    , void *context _U_
#define NO_CONTEXT , NULL
#else
#define CONTEXT
#define NO_CONTEXT
#endif

static bool has_layer(const packet_info *pinfo, const char *protocol)
{
    return proto_is_frame_protocol(pinfo->layers, protocol) != 0;
}

static const char *address_field(const address *host)
{
    return host->type == AT_IPv4 ? "ip.addr" : host->type == AT_IPv6 ? "ipv6.addr" : NULL;
}

static ws_boolean is_feiq(packet_info *pinfo CONTEXT)
{
    return has_layer(pinfo, "feiq") && address_field(&pinfo->src) != NULL &&
           pinfo->src.type == pinfo->dst.type;
}

static char *feiq_filter(packet_info *pinfo CONTEXT)
{
    const char *field = address_field(&pinfo->src);
    g_autofree char *sender = address_to_str(NULL, &pinfo->src);
    g_autofree char *receiver = address_to_str(NULL, &pinfo->dst);
    if (conversation_is_group(pinfo)) {
        return g_strdup_printf("feiq and %s == %s", field, sender);
    }
    return g_strdup_printf("feiq and %s == %s and %s == %s", field, sender, field, receiver);
}

static ws_boolean is_onehash(packet_info *pinfo CONTEXT)
{
    return has_layer(pinfo, "onehash");
}

static char *onehash_filter(packet_info *pinfo CONTEXT)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    const struct tcp_analysis *tcp =
        conversation == NULL ? NULL : get_tcp_conversation_data(conversation, pinfo);
    return tcp == NULL ? NULL : g_strdup_printf("tcp.stream == %u", tcp->stream);
}

void conversation_filter_register_feiq(void)
{
    register_conversation_filter("feiq", "FeiQ", is_feiq, feiq_filter NO_CONTEXT);
}

void conversation_filter_register_onehash(void)
{
    register_conversation_filter("onehash", "1#n", is_onehash, onehash_filter NO_CONTEXT);
}
