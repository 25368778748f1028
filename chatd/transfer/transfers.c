/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What chat users may do with transfers. What FeiQ users do: offers.c. What is fetched: jobs.c.
 */
#include "chatd/transfer/image.h"
#include "chatd/transfer/names.h"
#include "chatd/transfer/private.h"

#include <string.h>

G_DEFINE_QUARK(feiscope - transfers - error - quark, transfers_error)

enum { SWEEP_SECONDS = 1, EXPIRE_EVERY = 60, ROW_BATCH = 100 };

static const char *const kinds[] = {"file", "folder", "image"};
static const char *const states[STORE_TRANSFER_STATES] = {
    "uploading", "offered", "fetching", "here", "done", "dropped", "failed", "refused"};

const char *transfers_kind_name(StoreTransferKind kind)
{
    return kinds[kind];
}

const char *transfers_state_name(StoreTransferState state)
{
    return states[state];
}

gboolean transfers_parse_kind(const char *name, StoreTransferKind *kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(name, kinds[i]) == 0) {
            *kind = (StoreTransferKind)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* --- life --- */

static gboolean has_bytes(StoreTransferState state)
{
    return state != STORE_DROPPED && state != STORE_REFUSED;
}

static gboolean is_known(gint64 id, gpointer data)
{
    Transfers *transfers = data;
    g_autoptr(StoreTransfer) transfer = store_find_transfer(transfers->store, id, NULL);
    return transfer != NULL && has_bytes(transfer->state);
}

static void update(Transfers *transfers, StoreTransfer *transfer)
{
    g_autoptr(GError) error = NULL;
    if (!store_update_transfer(transfers->store, transfer, &error)) {
        g_critical("files: %s", error->message);
    }
}

/* What changed longest ago, and is over or was not asked for, is forgotten. */
static void expire(Transfers *transfers)
{
    gint64 oldest =
        g_get_real_time() - (gint64)transfers->config->files.keep_days * 86400 * G_USEC_PER_SEC;
    for (int state = 0; state < STORE_TRANSFER_STATES; state++) {
        g_autoptr(GPtrArray) found =
            store_transfers_in(transfers->store, (StoreTransferState)state, ROW_BATCH, NULL);
        for (guint i = 0; found != NULL && i < found->len; i++) {
            StoreTransfer *transfer = g_ptr_array_index(found, i);
            if (transfer->changed >= oldest) {
                break;
            }
            jobs_stop(transfers, transfer->id);
            spool_remove(transfers->spool, transfer->id);
            g_hash_table_remove(transfers->seals, &transfer->id);
            (void)store_remove_transfer(transfers->store, transfer->id, NULL);
        }
    }
}

static gboolean sweep(gpointer data)
{
    Transfers *transfers = data;
    if (++transfers->sweeps % EXPIRE_EVERY == 0) {
        expire(transfers);
    }
    jobs_tick(transfers);
    return G_SOURCE_CONTINUE;
}

static char *find_folder(const Config *config)
{
    if (*config->files.directory != '\0') {
        return g_strdup(config->files.directory);
    }
    return *config->storage.database != '\0' ? g_strconcat(config->storage.database, ".files", NULL)
                                             : NULL;
}

Transfers *transfers_new(const Config *config, Roster *roster, Store *store, Poller *poller,
                         GError **error)
{
    g_autofree char *folder = find_folder(config);
    Spool *spool = spool_new(folder, error);
    if (spool == NULL) {
        g_prefix_error(error, "files: ");
        return NULL;
    }
    Transfers *transfers = g_new0(Transfers, 1);
    transfers->config = config;
    transfers->roster = roster;
    transfers->store = store;
    transfers->poller = poller;
    transfers->spool = spool;
    transfers->jobs = jobs_new();
    transfers->seals = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    spool_clean(spool, is_known, transfers);
    transfers_reconfigure(transfers);
    transfers->sweeping = g_timeout_add_seconds(SWEEP_SECONDS, sweep, transfers);
    return transfers;
}

void transfers_free(Transfers *transfers)
{
    if (transfers != NULL) {
        g_clear_handle_id(&transfers->sweeping, g_source_remove);
        g_hash_table_unref(transfers->jobs);
        g_hash_table_unref(transfers->seals);
        spool_free(transfers->spool);
        g_free(transfers);
    }
}

void transfers_set_network(Transfers *transfers, const TransferNetwork *network, gpointer side)
{
    transfers->network = network;
    transfers->side = side;
    if (network == NULL) {
        g_hash_table_remove_all(transfers->jobs);
    } else {
        jobs_load(transfers);
    }
}

void transfers_reconfigure(Transfers *transfers)
{
    spool_set_quota(transfers->spool, (guint64)transfers->config->files.quota_mib << 20);
}

Spool *transfers_spool(Transfers *transfers)
{
    return transfers->spool;
}

Store *transfers_store(Transfers *transfers)
{
    return transfers->store;
}

const Config *transfers_config(const Transfers *transfers)
{
    return transfers->config;
}

char *transfers_encode(const Transfers *transfers, const char *user, const char *name)
{
    return transfers->network != NULL ? transfers->network->encode(transfers->side, user, name)
                                      : g_strdup(name);
}

/* --- telling --- */

void transfers_tell(Transfers *transfers, RosterMessageKind kind, const char *from, const char *to,
                    const char *text)
{
    RosterMessage message = {kind, 0, from, text};
    RosterUser *user = roster_find(transfers->roster, to);
    if (strcmp(to, "*") == 0) {
        roster_deliver_all(transfers->roster, roster_find(transfers->roster, from), &message);
    } else if (user != NULL && roster_user_kind(user) == ROSTER_CHAT) {
        roster_deliver(transfers->roster, user, &message);
    }
}

void transfers_tell_end(Transfers *transfers, const StoreTransfer *transfer)
{
    gboolean from_feiq = transfer->address != NULL && transfer->message == 0;
    g_autofree char *text = g_strdup_printf(
        "%" G_GINT64_FORMAT " %s%s%s", transfer->id, transfers_state_name(transfer->state),
        transfer->reason == NULL ? "" : " ", transfer->reason == NULL ? "" : transfer->reason);
    if (from_feiq && transfer->kind == STORE_IMAGE && transfer->state == STORE_HERE) {
        return; /* that it is here is announced as an offer */
    }
    transfers_tell(transfers, ROSTER_ENDED, from_feiq ? transfer->from : transfer->to,
                   from_feiq ? transfer->to : transfer->from, text);
}

void transfers_announce(Transfers *transfers, const StoreTransfer *transfer)
{
    if (transfer->state == STORE_REFUSED || transfer->state == STORE_FAILED) {
        transfers_tell_end(transfers, transfer);
        return;
    }
    g_autofree char *text =
        g_strdup_printf("%" G_GINT64_FORMAT " %s %" G_GUINT64_FORMAT " %s", transfer->id,
                        transfers_kind_name(transfer->kind), transfer->size, transfer->name);
    transfers_tell(transfers, ROSTER_FILE, transfer->from, transfer->to, text);
}

void transfers_settle(Transfers *transfers, StoreTransfer *transfer)
{
    if (!has_bytes(transfer->state)) {
        spool_remove(transfers->spool, transfer->id);
    }
    update(transfers, transfer);
    transfers_tell_end(transfers, transfer);
}

/* --- room --- */

gboolean transfers_make_room(Transfers *transfers, guint64 bytes, GError **error)
{
    while (!spool_has_room(transfers->spool, bytes)) {
        g_autoptr(GPtrArray) done =
            store_transfers_in(transfers->store, STORE_DONE, ROW_BATCH, NULL);
        if (done == NULL || done->len == 0) {
            g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_BUSY,
                        "There is no room: files take %" G_GUINT64_FORMAT
                        " bytes already (files.quota-mib=%d)",
                        spool_used(transfers->spool), transfers->config->files.quota_mib);
            return FALSE;
        }
        for (guint i = 0; i < done->len && !spool_has_room(transfers->spool, bytes); i++) {
            StoreTransfer *transfer = g_ptr_array_index(done, i);
            spool_remove(transfers->spool, transfer->id);
            transfer->state = STORE_DROPPED;
            update(transfers, transfer);
        }
    }
    return TRUE;
}

/* May something of this size be taken at all? */
static gboolean fits(Transfers *transfers, const StoreTransfer *transfer, GError **error)
{
    gboolean is_image = transfer->kind == STORE_IMAGE;
    guint64 most = is_image ? (guint64)transfers->config->files.image_kib << 10
                            : (guint64)transfers->config->files.largest_mib << 20;
    if (transfer->size > most) {
        g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_NOT_ALLOWED,
                    "“%s” has %" G_GUINT64_FORMAT " bytes; at most %" G_GUINT64_FORMAT
                    " are allowed (%s)",
                    transfer->name, transfer->size, most,
                    is_image ? "files.image-kib" : "files.largest-mib");
        return FALSE;
    }
    return transfers_make_room(transfers, transfer->size, error);
}

/* --- looking --- */

static gboolean concerns(const StoreTransfer *transfer, const TransferViewer *viewer)
{
    return viewer->is_owner ||
           (viewer->name != NULL &&
            (strcmp(transfer->from, viewer->name) == 0 || strcmp(transfer->to, viewer->name) == 0 ||
             strcmp(transfer->to, "*") == 0));
}

StoreTransfer *transfers_find(Transfers *transfers, const TransferViewer *viewer, gint64 id,
                              GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(StoreTransfer) transfer = store_find_transfer(transfers->store, id, &problem);
    if (problem != NULL) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    if (transfer == NULL || !concerns(transfer, viewer)) {
        g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_NOT_FOUND,
                    "There is no file %" G_GINT64_FORMAT " for you", id);
        return NULL;
    }
    return g_steal_pointer(&transfer);
}

guint64 transfers_here(const Transfers *transfers, const StoreTransfer *transfer)
{
    if (transfer->kind == STORE_IMAGE && transfer->address != NULL && transfer->message == 0 &&
        transfer->state == STORE_UPLOADING) {
        return 0; /* its chunks come in any order */
    }
    return spool_length(transfers->spool, transfer->id);
}

static gboolean is_from_feiq(const StoreTransfer *transfer)
{
    return transfer->address != NULL && transfer->message == 0;
}

/* --- from chat users --- */

static gboolean check_new(Transfers *transfers, const StoreTransfer *wanted, GError **error)
{
    g_autoptr(GError) cause = NULL;
    const RosterUser *to = roster_find(transfers->roster, wanted->to);
    if (!transfer_check_name(wanted->name, &cause)) {
        g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_ARGUMENT, "%s", cause->message);
        return FALSE;
    }
    NodeAddress address;
    if (to != NULL && roster_user_kind(to) == ROSTER_FEIQ &&
        (transfers->network == NULL ||
         !transfers->network->locate(transfers->side, wanted->to, &address))) {
        g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_NOT_ALLOWED,
                    "“%s” is a chat group, which takes no files", wanted->to);
        return FALSE;
    }
    if (to == NULL && !store_knows_user(transfers->store, wanted->to)) {
        g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_NOT_FOUND, "Nobody is called “%s”",
                    wanted->to);
        return FALSE;
    }
    if (store_count_transfers_from(transfers->store, wanted->from) >=
        (guint)transfers->config->limits.waiting) {
        g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_BUSY,
                    "%d of your files wait already (limits.waiting)",
                    transfers->config->limits.waiting);
        return FALSE;
    }
    return fits(transfers, wanted, error);
}

/* "[plan.txt (500 bytes)]": what the history and users without files see. */
static char *describe(const StoreTransfer *transfer)
{
    return transfer->kind == STORE_FOLDER ? g_strdup_printf("[%s/]", transfer->name)
                                          : g_strdup_printf("[%s (%" G_GUINT64_FORMAT " bytes)]",
                                                            transfer->name, transfer->size);
}

/* What is said to be an image has to be one. */
static gboolean check_image(Transfers *transfers, StoreTransfer *transfer, GError **error)
{
    ImageAbout about;
    g_autoptr(GError) fault = NULL;
    g_autofree guint8 *bytes = g_malloc(MAX(transfer->size, 1));
    gssize got = spool_read(transfers->spool, transfer->id, 0, bytes, transfer->size, error);
    if (got < 0) {
        return FALSE;
    }
    if (image_look(bytes, (gsize)got, (guint64)transfers->config->files.image_kib << 10, &about,
                   &fault)) {
        return TRUE;
    }
    transfer->state = STORE_REFUSED;
    transfer->reason = g_strdup(fault->message);
    transfers_settle(transfers, transfer);
    g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_ARGUMENT, "%s", fault->message);
    return FALSE;
}

/* All of it is here: tell the receiver by a message, which waits for one who is away. */
static gboolean offer(Transfers *transfers, StoreTransfer *transfer, GError **error)
{
    if (transfer->kind == STORE_IMAGE && !check_image(transfers, transfer, error)) {
        return FALSE;
    }
    RosterUser *to = roster_find(transfers->roster, transfer->to);
    gboolean is_chat = to != NULL && roster_user_kind(to) == ROSTER_CHAT;
    g_autofree char *text = describe(transfer);
    g_autofree char *origin = g_strdup_printf(TRANSFER_ORIGIN "%" G_GINT64_FORMAT, transfer->id);
    StoreMessage message = {.time = g_get_real_time(),
                            .from = transfer->from,
                            .to = transfer->to,
                            .text = text,
                            .origin = origin,
                            .state = is_chat ? STORE_DELIVERED : STORE_WAITING};
    if (!store_add(transfers->store, &message, NULL, error)) {
        return FALSE;
    }
    transfer->state = STORE_OFFERED;
    transfer->message = is_chat ? 0 : message.id;
    if (!store_update_transfer(transfers->store, transfer, error)) {
        return FALSE;
    }
    if (to != NULL) {
        RosterMessage sent = {ROSTER_TEXT, message.id, transfer->from, text};
        roster_deliver(transfers->roster, to, &sent);
        transfers_announce(transfers, transfer);
    }
    return TRUE;
}

StoreTransfer *transfers_begin(Transfers *transfers, const StoreTransfer *wanted, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(StoreTransfer) known = store_find_upload(transfers->store, wanted, &problem);
    if (problem != NULL) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    if (known != NULL) {
        return g_steal_pointer(&known);
    }
    if (!check_new(transfers, wanted, error)) {
        return NULL;
    }
    g_autoptr(StoreTransfer) transfer = store_transfer_copy(wanted);
    transfer->time = g_get_real_time();
    transfer->state = STORE_UPLOADING;
    if (!store_add_transfer(transfers->store, transfer, error) ||
        !spool_cut(transfers->spool, transfer->id, 0, error) ||
        (transfer->size == 0 && !offer(transfers, transfer, error))) {
        return NULL;
    }
    return g_steal_pointer(&transfer);
}

gboolean transfers_write(Transfers *transfers, const TransferViewer *viewer, gint64 id,
                         guint64 offset, const guint8 *bytes, gsize length, guint64 *have,
                         GError **error)
{
    g_autoptr(StoreTransfer) transfer = transfers_find(transfers, viewer, id, error);
    if (transfer == NULL) {
        return FALSE;
    }
    *have = transfers_here(transfers, transfer);
    if (transfer->state != STORE_UPLOADING ||
        (!viewer->is_owner && strcmp(transfer->from, viewer->name) != 0)) {
        g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_NOT_ALLOWED,
                    "File %" G_GINT64_FORMAT " is not being uploaded", id);
        return FALSE;
    }
    if (offset != *have || length > transfer->size - *have) {
        g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_ARGUMENT,
                    "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                    " bytes are here; these do not fit",
                    *have, transfer->size);
        return FALSE;
    }
    if (!transfers_make_room(transfers, length, error) ||
        !spool_append(transfers->spool, id, bytes, length, error)) {
        return FALSE;
    }
    *have += length;
    return *have < transfer->size || offer(transfers, transfer, error);
}

/* --- to chat users --- */

StoreTransfer *transfers_want(Transfers *transfers, const TransferViewer *viewer, gint64 id,
                              GError **error)
{
    g_autoptr(StoreTransfer) transfer = transfers_find(transfers, viewer, id, error);
    if (transfer == NULL) {
        return NULL;
    }
    if (transfer->state == STORE_DROPPED || transfer->state == STORE_REFUSED) {
        g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_NOT_ALLOWED,
                    "File %" G_GINT64_FORMAT " was %s%s%s", id,
                    transfers_state_name(transfer->state), transfer->reason == NULL ? "" : ": ",
                    transfer->reason == NULL ? "" : transfer->reason);
        return NULL;
    }
    gboolean to_fetch = is_from_feiq(transfer) && transfer->kind != STORE_IMAGE &&
                        (transfer->state == STORE_OFFERED || transfer->state == STORE_FAILED);
    if (to_fetch) {
        if (!fits(transfers, transfer, error)) {
            return NULL;
        }
        transfer->state = STORE_WANTED;
        g_clear_pointer(&transfer->reason, g_free);
        if (!store_update_transfer(transfers->store, transfer, error)) {
            return NULL;
        }
        jobs_add(transfers, transfer);
    }
    return g_steal_pointer(&transfer);
}

gssize transfers_read(Transfers *transfers, const TransferViewer *viewer, StoreTransfer *transfer,
                      guint64 offset, guint8 *bytes, gsize length, GError **error)
{
    guint64 here = transfers_here(transfers, transfer);
    if (offset >= here && here > 0) {
        return 0;
    }
    gssize got =
        here == 0 ? 0 : spool_read(transfers->spool, transfer->id, offset, bytes, length, error);
    /* an empty one is read, too */
    gboolean is_all =
        transfer->state == STORE_HERE ||
        (transfer->state == STORE_OFFERED && !is_from_feiq(transfer) && transfer->number == 0);
    if (got >= 0 && is_all && offset + (guint64)got == here && viewer->name != NULL &&
        strcmp(viewer->name, transfer->to) == 0) {
        transfer->state = STORE_DONE;
        update(transfers, transfer);
        if (!is_from_feiq(transfer)) {
            transfers_tell_end(transfers, transfer);
        }
    }
    return got;
}

/* --- dropping --- */

static gboolean is_over(StoreTransferState state)
{
    return state == STORE_DONE || state == STORE_DROPPED || state == STORE_HERE ||
           state == STORE_REFUSED;
}

/* The sender is told when nothing of what it offered in one message is wanted any more. */
static void release(Transfers *transfers, const StoreTransfer *transfer)
{
    g_autoptr(GPtrArray) others =
        store_transfers_from(transfers->store, transfer->address, transfer->number, NULL);
    for (guint i = 0; others != NULL && i < others->len; i++) {
        const StoreTransfer *other = g_ptr_array_index(others, i);
        if (!is_over(other->state)) {
            return;
        }
    }
    if (transfers->network != NULL) {
        transfers->network->release(transfers->side, transfer);
    }
}

gboolean transfers_drop(Transfers *transfers, const TransferViewer *viewer, gint64 id,
                        GError **error)
{
    g_autoptr(StoreTransfer) transfer = transfers_find(transfers, viewer, id, error);
    if (transfer == NULL) {
        return FALSE;
    }
    if (!viewer->is_owner && strcmp(transfer->from, viewer->name) != 0 &&
        strcmp(transfer->to, viewer->name) != 0) {
        g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_NOT_ALLOWED,
                    "File %" G_GINT64_FORMAT " is for all: only chatd's owner may drop it", id);
        return FALSE;
    }
    if (transfer->state == STORE_DROPPED) {
        return TRUE;
    }
    if (is_from_feiq(transfer) && transfer->state == STORE_UPLOADING) {
        g_set_error(error, TRANSFERS_ERROR, TRANSFERS_ERROR_BUSY,
                    "Image %" G_GINT64_FORMAT " is still arriving", id);
        return FALSE;
    }
    gboolean was_here = transfer->state == STORE_HERE || transfer->state == STORE_DONE;
    jobs_stop(transfers, id);
    spool_remove(transfers->spool, id);
    transfer->state = STORE_DROPPED;
    if (!store_update_transfer(transfers->store, transfer, error)) {
        return FALSE;
    }
    if (is_from_feiq(transfer) && transfer->kind != STORE_IMAGE && !was_here) {
        release(transfers, transfer);
    } else if (transfer->message != 0 && transfer->number == 0) {
        /* its message has not gone out: it need not */
        (void)store_set_state(transfers->store, transfer->message, STORE_REJECTED, NULL);
    }
    return TRUE;
}

void transfers_figures(const Transfers *transfers, GString *text)
{
    g_string_append_printf(text,
                           "files-bytes %" G_GUINT64_FORMAT "\n"
                           "files-fetching %u\n"
                           "files-ignored %" G_GUINT64_FORMAT "\n"
                           "files-encrypted %" G_GUINT64_FORMAT "\n",
                           spool_used(transfers->spool), g_hash_table_size(transfers->jobs),
                           transfers->ignored, transfers->sealed);
}
