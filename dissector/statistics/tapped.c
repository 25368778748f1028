/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/statistics/tapped.h"

#include "protocol/feiq/feiq.h"

#include <epan/proto_data.h>
#include <epan/tap.h>

/* Under which the frame's last record is found, beside what other parts of the plugin keep. */
enum { LAST = 0x746170 };

static int feiq_tap(void)
{
    static int tap;
    if (tap == 0) {
        tap = find_tap_id(feiq_table.filter);
    }
    return tap;
}

static int feiq_proto(void)
{
    static int proto;
    if (proto == 0) {
        proto = proto_get_id_by_filter_name(feiq_table.filter);
    }
    return proto;
}

static Tapped *queue(int tap, packet_info *pinfo)
{
    Tapped *tapped = wmem_new0(pinfo->pool, Tapped);
    Tapped **last = p_get_proto_data(pinfo->pool, pinfo, feiq_proto(), LAST);
    if (last == NULL) {
        last = wmem_new(pinfo->pool, Tapped *);
        p_add_proto_data(pinfo->pool, pinfo, feiq_proto(), LAST, last);
    }
    *last = tapped;
    tap_queue_packet(tap, pinfo, tapped);
    return tapped;
}

/* Listeners run when the dissectors have finished and their arrays hold something else. */
void tapped_add(const RegisteredTable *registered, packet_info *pinfo, const FsPacket *packet)
{
    if (!have_tap_listener(registered->tap)) {
        return;
    }
    FsEntry *entries =
        wmem_memdup(pinfo->pool, packet->entries, sizeof *packet->entries * packet->count);
    for (uint32_t i = 0; i < packet->count; i++) {
        FsEntry *entry = &entries[i];
        if (entry->field->type == FS_TEXT) {
            entry->value.bytes.data =
                wmem_memdup(pinfo->pool, entry->value.bytes.data, entry->value.bytes.length);
        }
    }
    Tapped *tapped = queue(registered->tap, pinfo);
    tapped->entries = entries;
    tapped->count = packet->count;
}

Tapped *tapped_last(packet_info *pinfo)
{
    Tapped **last = p_get_proto_data(pinfo->pool, pinfo, feiq_proto(), LAST);
    return last == NULL ? NULL : *last;
}

Tapped *tapped_bytes(packet_info *pinfo)
{
    return have_tap_listener(feiq_tap()) ? queue(feiq_tap(), pinfo) : NULL;
}

void tapped_answer(Tapped *tapped, uint32_t asked, int64_t asked_at)
{
    if (tapped != NULL) {
        tapped->answers = true;
        tapped->asked = asked;
        nstime_set_zero(&tapped->asked_at);
        tapped->asked_at.secs = (time_t)(asked_at / 1000000000);
        tapped->asked_at.nsecs = (int)(asked_at % 1000000000);
    }
}

void tapped_remark(packet_info *pinfo, const char *name, const char *title)
{
    Tapped *tapped = tapped_last(pinfo);
    if (tapped == NULL) {
        tapped = tapped_bytes(pinfo);
    }
    if (tapped != NULL && tapped->remark_count < TAPPED_MOST_REMARKS) {
        tapped->remark_names[tapped->remark_count] = name;
        tapped->remark_titles[tapped->remark_count++] = title;
    }
}

const FsEntry *tapped_find(const Tapped *tapped, const FsField *field)
{
    for (uint32_t i = 0; i < tapped->count; i++) {
        if (tapped->entries[i].field == field) {
            return &tapped->entries[i];
        }
    }
    return NULL;
}
