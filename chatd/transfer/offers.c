/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What FeiQ users offer, and what they do with what is offered to them.
 */
#include "chatd/transfer/names.h"
#include "chatd/transfer/private.h"

#include <string.h>

/* A name that is refused is shown, but as one that does no harm. */
static char *tame(const char *name)
{
    char *tamed = g_utf8_make_valid(name, -1);
    for (char *at = tamed; *at != '\0'; at++) {
        if (g_ascii_iscntrl(*at)) {
            *at = '?';
        }
    }
    return tamed;
}

gboolean transfers_note(Transfers *transfers, StoreTransfer *offered, GError **error)
{
    g_autoptr(GError) fault = NULL;
    if (store_count_transfers_from(transfers->store, offered->from) >=
        (guint)transfers->config->limits.waiting) {
        transfers->ignored++;
        return TRUE;
    }
    offered->time = g_get_real_time();
    if (!transfer_check_name(offered->name, &fault)) {
        char *tamed = tame(offered->name);
        g_free(offered->name);
        offered->name = tamed;
        offered->state = STORE_REFUSED;
        offered->reason = g_strdup(fault->message);
        g_message("files: what “%s” offers is refused: %s", offered->from, fault->message);
    }
    if (!store_add_transfer(transfers->store, offered, error)) {
        return FALSE;
    }
    if (offered->state == STORE_REFUSED) {
        transfers_tell_end(transfers, offered);
    } else {
        transfers_announce(transfers, offered);
    }
    return TRUE;
}

void transfers_released(Transfers *transfers, const char *user, guint64 number)
{
    g_autoptr(GPtrArray) found = store_transfers_offered(transfers->store, number, NULL);
    for (guint i = 0; found != NULL && i < found->len; i++) {
        StoreTransfer *transfer = g_ptr_array_index(found, i);
        if (strcmp(transfer->to, user) == 0 && transfer->state == STORE_OFFERED) {
            transfer->state = STORE_DROPPED;
            transfers_settle(transfers, transfer);
        }
    }
}

gboolean transfers_offer_goes(Transfers *transfers, StoreTransfer *transfer, guint64 number,
                              const char *address, GError **error)
{
    if (transfer->number == number && g_strcmp0(transfer->address, address) == 0) {
        return TRUE;
    }
    transfer->number = number;
    g_free(transfer->address);
    transfer->address = g_strdup(address);
    return store_update_transfer(transfers->store, transfer, error);
}

/* Is a request from the user that the offer is for? They may have another address now. */
static gboolean is_receiver(const Transfers *transfers, const StoreTransfer *transfer,
                            const NodeAddress *from)
{
    NodeAddress address;
    if (transfers->network != NULL &&
        transfers->network->locate(transfers->side, transfer->to, &address)) {
        return node_address_same_host(&address, from);
    }
    return transfer->address != NULL && node_address_read(&address, transfer->address) &&
           node_address_same_host(&address, from);
}

StoreTransfer *transfers_requested(Transfers *transfers, const NodeAddress *from, guint64 number,
                                   guint32 file, const char **reason)
{
    g_autoptr(GPtrArray) found = store_transfers_offered(transfers->store, number, NULL);
    *reason = "nothing was offered under that number";
    for (guint i = 0; found != NULL && i < found->len; i++) {
        StoreTransfer *transfer = g_ptr_array_index(found, i);
        if (!is_receiver(transfers, transfer, from)) {
            *reason = "it was offered to somebody else";
        } else if (transfer->file != file) {
            *reason = "there is no file of that identifier in the offer";
        } else if (transfer->state != STORE_OFFERED && transfer->state != STORE_DONE) {
            *reason = "the offer was withdrawn";
        } else {
            return g_ptr_array_steal_index(found, i);
        }
    }
    return NULL;
}

gboolean transfers_note_seal(Transfers *transfers, gint64 id, guint64 file_number)
{
    const guint64 *last = g_hash_table_lookup(transfers->seals, &id);
    if (last != NULL && *last >= file_number) {
        return FALSE;
    }
    g_hash_table_replace(transfers->seals, g_memdup2(&id, sizeof id),
                         g_memdup2(&file_number, sizeof file_number));
    transfers->sealed++;
    return TRUE;
}

gboolean transfers_is_withdrawn(const Transfers *transfers, gint64 id)
{
    g_autoptr(StoreTransfer) transfer = store_find_transfer(transfers->store, id, NULL);
    return transfer == NULL || transfer->state == STORE_DROPPED;
}

FsOpener *transfers_opener(const Transfers *transfers)
{
    return transfers->network != NULL ? transfers->network->opener(transfers->side) : NULL;
}

void transfers_sent(Transfers *transfers, gint64 id)
{
    g_autoptr(StoreTransfer) transfer = store_find_transfer(transfers->store, id, NULL);
    if (transfer != NULL && transfer->state == STORE_OFFERED) {
        transfer->state = STORE_DONE;
        transfers_settle(transfers, transfer);
    }
}
