/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * list_conversation_filters PLUGIN CAPTURE: the plugin's conversation filters of each packet, as
 * Wireshark asks for them when the packet is selected, as lines of frame, protocol and filter,
 * separated by tabs. Neither tshark nor its helpers can say them.
 */
#include "dissector/compat.h"

#include <epan/conversation_filter.h>
#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <wiretap/wtap.h>
#include <wsutil/filesystem.h>
#include <wsutil/privileges.h>
#include <wsutil/wslog.h>

#include <gmodule.h>
#include <stdio.h>

#if FEISCOPE_WIRESHARK(4, 4)
#define CONTEXT(filter) , (filter)->user_data
#else
#define CONTEXT(filter)
#endif

static const nstime_t *frame_time(struct packet_provider_data *provider, guint32 frame)
{
    (void)provider;
    (void)frame;
    return NULL;
}

static void list_filters(packet_info *pinfo)
{
    for (const GList *item = packet_conv_filter_list; item != NULL; item = item->next) {
        const conversation_filter_t *filter = item->data;
        bool ours =
            g_str_equal(filter->proto_name, "feiq") || g_str_equal(filter->proto_name, "onehash");
        if (ours && filter->is_filter_valid(pinfo CONTEXT(filter))) {
            g_autofree char *text = filter->build_filter_string(pinfo CONTEXT(filter));
            printf("%u\t%s\t%s\n", pinfo->num, filter->display_name, text);
        }
    }
}

static bool dissect_all(const char *path)
{
    static const struct packet_provider_funcs provider = {.get_frame_ts = frame_time};
    int error = 0;
    char *why = NULL;
    gint64 offset = 0;
    wtap_rec record;
    Buffer buffer;
    nstime_t elapsed = NSTIME_INIT_ZERO;
    const frame_data *reference = NULL;
    wtap *capture = wtap_open_offline(path, WTAP_TYPE_AUTO, &error, &why, FALSE);
    if (capture == NULL) {
        return false;
    }
    epan_t *session = epan_new(NULL, &provider);
    wtap_rec_init(&record);
    ws_buffer_init(&buffer, 1514);
    for (guint32 number = 1; wtap_read(capture, &record, &buffer, &error, &why, &offset);
         number++) {
        frame_data frame;
        frame_data_init(&frame, number, &record, offset, 0);
        frame_data_set_before_dissect(&frame, &elapsed, &reference, NULL);
        epan_dissect_t *dissection = epan_dissect_new(session, TRUE, TRUE);
        tvbuff_t *tvb =
            tvb_new_real_data(ws_buffer_start_ptr(&buffer), record.rec_header.packet_header.caplen,
                              (int)record.rec_header.packet_header.len);
        epan_dissect_run(dissection, wtap_file_type_subtype(capture), &record, tvb, &frame, NULL);
        list_filters(&dissection->pi);
        epan_dissect_free(dissection);
        frame_data_destroy(&frame);
        reference = NULL;
    }
    ws_buffer_free(&buffer);
    wtap_rec_cleanup(&record);
    wtap_close(capture);
    epan_free(session);
    return error == 0;
}

int main(int argc, char **argv)
{
    void (*register_plugin)(void);
    if (argc != 3) {
        (void)fprintf(stderr, "usage: %s PLUGIN CAPTURE\n", argv[0]);
        return 2;
    }
    ws_log_set_level(LOG_LEVEL_ERROR);
    init_process_policies();
    g_free(configuration_init(argv[0], NULL));
    wtap_init(FALSE);
    GModule *plugin = g_module_open(argv[1], G_MODULE_BIND_LOCAL);
    if (plugin == NULL ||
        !g_module_symbol(plugin, "plugin_register", (gpointer *)&register_plugin)) {
        (void)fprintf(stderr, "%s: %s\n", argv[1], g_module_error());
        return 2;
    }
    register_plugin();
    if (!epan_init(NULL, NULL, FALSE)) {
        (void)fprintf(stderr, "libwireshark cannot be started\n");
        return 2;
    }
    epan_load_settings();
    bool read = dissect_all(argv[2]);
    epan_cleanup();
    return read ? 0 : 1;
}
