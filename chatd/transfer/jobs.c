/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is wanted from FeiQ users: attempts to fetch it, one after the other, until it is here, has
 * failed too often in a row, or turns out not to be right.
 */
#include "chatd/transfer/fetch.h"
#include "chatd/transfer/private.h"

enum { MOST_JOBS = 10000, REQUEST_ROOM = 4096, LONGEST_PAUSE = 16 /* seconds */ };

typedef struct {
    StoreTransfer *transfer;
    Fetch *fetch;      /* NULL: between two attempts */
    int in_vain;       /* attempts in a row that brought nothing */
    gint64 next;       /* monotonic µs: when to try again */
    gboolean other_id; /* ask by the other reading of the file's number */
    guint waited;      /* times that the request could not be built yet */
} Job;

static void free_job(gpointer data)
{
    Job *job = data;
    fetch_free(job->fetch);
    store_transfer_free(job->transfer);
    g_free(job);
}

GHashTable *jobs_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_job);
}

static void settle(Transfers *transfers, Job *job, StoreTransferState state, const char *reason)
{
    g_autoptr(StoreTransfer) transfer = store_transfer_copy(job->transfer);
    transfer->state = state;
    g_free(transfer->reason);
    transfer->reason = g_strdup(reason);
    if (state == STORE_HERE) {
        transfer->size = spool_length(transfers->spool, transfer->id);
    }
    if (state != STORE_HERE) {
        g_message("files: %" G_GINT64_FORMAT " (“%s” from “%s”) %s: %s", transfer->id,
                  transfer->name, transfer->from, transfers_state_name(state), reason);
    }
    g_hash_table_remove(transfers->jobs, &job->transfer->id);
    transfers_settle(transfers, transfer);
}

static void ended(gpointer owner, gint64 id, FetchOutcome outcome, const char *reason)
{
    Transfers *transfers = owner;
    Job *job = g_hash_table_lookup(transfers->jobs, &id);
    g_autofree char *words = g_strdup(reason);
    if (job == NULL) {
        return;
    }
    gboolean moved = fetch_has_progress(job->fetch);
    gboolean answered = fetch_has_answer(job->fetch);
    g_clear_pointer(&job->fetch, fetch_free);
    if (outcome == FETCH_DONE) {
        settle(transfers, job, STORE_HERE, NULL);
        return;
    }
    if (outcome == FETCH_REFUSED) {
        settle(transfers, job, STORE_REFUSED, words);
        return;
    }
    job->in_vain = moved ? 1 : job->in_vain + 1;
    if (job->in_vain > transfers->config->files.tries) {
        settle(transfers, job, STORE_FAILED, words);
        return;
    }
    /* some list a file's number in hexadecimal, and close when they do not know the decimal one */
    job->other_id = !answered && job->in_vain % 2 == 1;
    job->next = g_get_monotonic_time() +
                (gint64)MIN(1 << (job->in_vain - 1), LONGEST_PAUSE) * G_USEC_PER_SEC / 2;
}

/* The file's number as it is read when what was listed as decimal was meant as hexadecimal. */
static guint32 other_reading(guint32 file)
{
    char digits[16];
    guint64 number;
    g_snprintf(digits, sizeof digits, "%u", file);
    return g_ascii_string_to_unsigned(digits, 16, 0, G_MAXUINT32, &number, NULL) ? (guint32)number
                                                                                 : file;
}

static gboolean find_address(Transfers *transfers, const StoreTransfer *transfer,
                             NodeAddress *address)
{
    return transfers->network->locate(transfers->side, transfer->from, address) ||
           node_address_read(address, transfer->address);
}

/* May one more connection to this address be opened? */
static gboolean has_slot(Transfers *transfers, const NodeAddress *address)
{
    GHashTableIter iterator;
    gpointer value;
    int all = 0;
    int same = 0;
    g_hash_table_iter_init(&iterator, transfers->jobs);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        const Job *job = value;
        if (job->fetch != NULL) {
            all++;
            same += node_address_same_host(fetch_address(job->fetch), address) ? 1 : 0;
        }
    }
    return all < transfers->config->files.connections &&
           same < transfers->config->files.connections_per_address;
}

/* Returns FALSE if the job is gone. */
static gboolean try_now(Transfers *transfers, Job *job)
{
    guint8 request[REQUEST_ROOM];
    StoreTransfer *transfer = job->transfer;
    gboolean is_folder = transfer->kind == STORE_FOLDER;
    g_autoptr(GError) error = NULL;
    FetchSettings settings = {.poller = transfers->poller,
                              .spool = transfers->spool,
                              .transfer = transfer,
                              .from = *transfers->network->own_address(transfers->side),
                              .request = request,
                              .entries = (guint)transfers->config->files.entries,
                              .most_bytes = (guint64)transfers->config->files.largest_mib << 20,
                              .ended = ended,
                              .owner = transfers};
    if (!find_address(transfers, transfer, &settings.to)) {
        settle(transfers, job, STORE_FAILED, "its sender's address is not known");
        return FALSE;
    }
    if (!has_slot(transfers, &settings.to)) {
        return TRUE;
    }
    if (!is_folder && transfer->size == 0) {
        (void)spool_cut(transfers->spool, transfer->id, 0, NULL);
        settle(transfers, job, STORE_HERE, NULL);
        return FALSE;
    }
    guint64 here = spool_length(transfers->spool, transfer->id);
    if (!is_folder && here >= transfer->size) {
        settle(transfers, job, STORE_HERE, NULL);
        return FALSE;
    }
    TransferRequest wanted = {.file =
                                  job->other_id ? other_reading(transfer->file) : transfer->file,
                              .waited = job->waited};
    /* the protocol cannot go on in the middle of a folder */
    if (!is_folder && transfers->network->resumes(transfers->side, transfer->from)) {
        wanted.offset = here;
    }
    ptrdiff_t length =
        transfers->network->request(transfers->side, transfer, &wanted, request, sizeof request);
    if (length == 0) {
        job->waited++;
        job->next = g_get_monotonic_time();
        return TRUE;
    }
    job->waited = 0;
    settings.offset = wanted.offset;
    settings.seal = wanted.seal;
    settings.writes_gbk = wanted.writes_gbk;
    settings.request_length = length > 0 ? (gsize)length : 0;
    job->fetch = length > 0 ? fetch_new(&settings, &error) : NULL;
    if (job->fetch == NULL) {
        settle(transfers, job, STORE_FAILED,
               error != NULL ? error->message : "it cannot be asked for");
        return FALSE;
    }
    return TRUE;
}

void jobs_add(Transfers *transfers, const StoreTransfer *transfer)
{
    if (g_hash_table_contains(transfers->jobs, &transfer->id) ||
        g_hash_table_size(transfers->jobs) >= MOST_JOBS) {
        return;
    }
    Job *job = g_new0(Job, 1);
    job->transfer = store_transfer_copy(transfer);
    g_hash_table_insert(transfers->jobs, &job->transfer->id, job);
    if (transfers->network != NULL) {
        (void)try_now(transfers, job);
    }
}

void jobs_load(Transfers *transfers)
{
    g_autoptr(GPtrArray) wanted =
        store_transfers_in(transfers->store, STORE_WANTED, MOST_JOBS, NULL);
    for (guint i = 0; wanted != NULL && i < wanted->len; i++) {
        jobs_add(transfers, g_ptr_array_index(wanted, i));
    }
}

void jobs_stop(Transfers *transfers, gint64 id)
{
    g_hash_table_remove(transfers->jobs, &id);
}

void jobs_tick(Transfers *transfers)
{
    gint64 now = g_get_monotonic_time();
    gint64 oldest = now - (gint64)transfers->config->files.stall_seconds * G_USEC_PER_SEC;
    g_autoptr(GList) ids = NULL;
    if (transfers->network == NULL || g_hash_table_size(transfers->jobs) == 0) {
        return;
    }
    ids = g_hash_table_get_values(transfers->jobs);
    for (const GList *link = ids; link != NULL; link = link->next) {
        Job *job = link->data;
        if (job->fetch != NULL) {
            fetch_check_age(job->fetch, oldest);
        } else if (job->next <= now) {
            (void)try_now(transfers, job);
        }
    }
}
