/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/stream_table.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_STREAMS = STREAM_NONE - 1 };

const StreamSettings stream_default_settings = STREAM_DEFAULT_SETTINGS;

/* --- the table --- */

static bool possible(const StreamSettings *s)
{
    return s->streams >= 1 && s->streams <= MOST_STREAMS && s->partials >= 2 &&
           s->partials < STREAM_NONE && s->block <= ONEHASH_MESSAGE_LIMIT;
}

StreamTable *stream_table_new(const StreamSettings *settings)
{
    StreamTable *table = possible(settings) ? calloc(1, sizeof *table) : NULL;
    if (table == NULL) {
        return NULL;
    }
    table->settings = *settings;
    table->bucket_count = 16;
    while (table->bucket_count < settings->streams) {
        table->bucket_count *= 2;
    }
    table->streams = calloc(settings->streams, sizeof *table->streams);
    table->buckets = malloc(table->bucket_count * sizeof *table->buckets);
    table->buffers = calloc(settings->partials, sizeof *table->buffers);
    table->memory = malloc((size_t)settings->partials * STREAM_BUFFER_SIZE);
    table->together = malloc(STREAM_TOGETHER_SIZE);
    if (table->streams == NULL || table->buckets == NULL || table->buffers == NULL ||
        table->memory == NULL || table->together == NULL) {
        stream_table_free(table);
        return NULL;
    }
    memset(table->buckets, 0xff, table->bucket_count * sizeof *table->buckets);
    table->newest = table->oldest = table->kept = STREAM_NONE;
    return table;
}

void stream_table_free(StreamTable *table)
{
    if (table != NULL) {
        for (uint32_t i = 0; i < 2 * table->used; i++) {
            (void)early_forget(&table->early, &table->streams[i / 2].directions[i % 2].early);
        }
        free(table->streams);
        free(table->buckets);
        free(table->buffers);
        free(table->memory);
        free(table->together);
        free(table);
    }
}

StreamCounts stream_counts(const StreamTable *table)
{
    StreamCounts counts = table->counts;
    for (uint32_t i = 0; i < 2 * table->used; i++) {
        const StreamDirection *direction = &table->streams[i / 2].directions[i % 2];
        counts.unread_bytes += direction->early.bytes;
        counts.unread_segments += direction->early.count;
        counts.unfinished += direction->buffer != STREAM_NONE;
    }
    return counts;
}

FsSpan stream_reassembled(const StreamTable *table)
{
    return table->reassembled;
}

/* --- partial messages --- */

uint8_t *stream_buffer(const StreamTable *table, uint16_t buffer)
{
    return table->memory + (size_t)buffer * STREAM_BUFFER_SIZE;
}

void stream_drop_partial(StreamTable *table, StreamDirection *direction, uint64_t *count)
{
    if (direction->buffer != STREAM_NONE) {
        table->buffers[direction->buffer] = (StreamBuffer){0, NULL};
        direction->buffer = STREAM_NONE;
        direction->partial = 0;
        (*count)++;
    }
}

void stream_keep(StreamTable *table, StreamDirection *direction)
{
    table->kept = direction->buffer;
    table->buffers[table->kept].owner = NULL;
    direction->buffer = STREAM_NONE;
    direction->partial = 0;
}

void stream_release_kept(StreamTable *table)
{
    if (table->kept != STREAM_NONE) {
        table->buffers[table->kept] = (StreamBuffer){0, NULL};
        table->kept = STREAM_NONE;
    }
    table->reassembled = (FsSpan){NULL, 0, 0};
}

void stream_hold(StreamTable *table, StreamDirection *direction, FsSpan span)
{
    uint16_t chosen = STREAM_NONE;
    for (uint16_t i = 0; i < (uint16_t)table->settings.partials; i++) {
        if (i != table->kept &&
            (chosen == STREAM_NONE || table->buffers[i].used_at < table->buffers[chosen].used_at)) {
            chosen = i;
        }
    }
    if (table->buffers[chosen].owner != NULL) {
        stream_drop_partial(table, table->buffers[chosen].owner, &table->counts.partials);
    }
    table->buffers[chosen] = (StreamBuffer){++table->clock, direction};
    memcpy(stream_buffer(table, chosen), span.data, span.captured);
    direction->buffer = chosen;
    direction->partial = span.captured;
}

void stream_forget_direction(StreamTable *table, StreamDirection *direction, uint64_t *count)
{
    stream_drop_partial(table, direction, count);
    table->counts.unread_segments += direction->early.count;
    table->counts.unread_bytes += early_forget(&table->early, &direction->early);
}

/* --- finding streams --- */

static uint32_t hash(const StreamKey *key)
{
    uint32_t value = 2166136261U; /* FNV-1a */
    const uint8_t *bytes = (const uint8_t *)key;
    for (size_t i = 0; i < sizeof *key; i++) {
        value = (value ^ bytes[i]) * 16777619U;
    }
    return value;
}

static uint16_t *bucket_of(StreamTable *table, const StreamKey *key)
{
    return &table->buckets[hash(key) & (table->bucket_count - 1)];
}

static void unlink_age(StreamTable *table, uint16_t index)
{
    const Stream *s = &table->streams[index];
    *(s->newer != STREAM_NONE ? &table->streams[s->newer].older : &table->newest) = s->older;
    *(s->older != STREAM_NONE ? &table->streams[s->older].newer : &table->oldest) = s->newer;
}

static void link_newest(StreamTable *table, uint16_t index)
{
    Stream *s = &table->streams[index];
    s->newer = STREAM_NONE;
    s->older = table->newest;
    *(table->newest != STREAM_NONE ? &table->streams[table->newest].newer : &table->oldest) = index;
    table->newest = index;
}

static void unlink_hash(StreamTable *table, uint16_t index)
{
    uint16_t *at = bucket_of(table, &table->streams[index].key);
    while (*at != index) {
        at = &table->streams[*at].chain;
    }
    *at = table->streams[index].chain;
}

Stream *stream_find(StreamTable *table, const StreamKey *key)
{
    for (uint16_t i = *bucket_of(table, key); i != STREAM_NONE; i = table->streams[i].chain) {
        if (memcmp(&table->streams[i].key, key, sizeof *key) == 0) {
            unlink_age(table, i);
            link_newest(table, i);
            return &table->streams[i];
        }
    }
    return NULL;
}

Stream *stream_add(StreamTable *table, const StreamKey *key)
{
    uint16_t index = table->oldest;
    if (table->used < table->settings.streams) {
        index = (uint16_t)table->used++;
    } else {
        Stream *old = &table->streams[index];
        stream_forget_direction(table, &old->directions[0], &table->counts.partials);
        stream_forget_direction(table, &old->directions[1], &table->counts.partials);
        table->counts.streams++;
        unlink_age(table, index);
        unlink_hash(table, index);
    }
    Stream *stream = &table->streams[index];
    uint16_t *bucket = bucket_of(table, key);
    stream->key = *key;
    stream->chain = *bucket;
    *bucket = index;
    link_newest(table, index);
    stream->framing = table->settings.framing;
    stream->directions[0] = stream->directions[1] = (StreamDirection){.buffer = STREAM_NONE};
    return stream;
}
