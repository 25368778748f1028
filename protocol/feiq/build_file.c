/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/build_file.h"
#include "protocol/feiq/names.h"

enum {
    BELL = 0x07,
    LONGEST_HEADER = 4096,
    FILE_KEY = 32,     /* octets, of AES-256 */
    LENGTH_DIGITS = 4, /* of a header's own length */
    SIZE_DIGITS = 9    /* as the official program writes sizes below 4 GiB */
};

/* Last second of the year 9999. */
static const uint64_t last_time = UINT64_C(253402300799);

static bool has_control(FsBytes bytes)
{
    for (size_t i = 0; i < bytes.length; i++) {
        if (bytes.data[i] < 0x20) {
            return true;
        }
    }
    return false;
}

/* --- requests --- */

static void put_request(FsBuilder *b, const FeiqSender *sender, uint64_t packet_number,
                        uint32_t word, uint64_t offer, uint32_t file)
{
    fs_refuse_if(b, (word & FEIQ_OPT_ENCRYPT) != 0);
    feiq_put_header(b, sender, packet_number, word, 0);
    fs_put_hex(b, offer, 1);
    fs_put_byte(b, ':');
    fs_put_hex(b, file, 1);
    fs_put_byte(b, ':');
}

ptrdiff_t feiq_build_getfiledata(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                 uint64_t packet_number, uint32_t options, uint64_t offer,
                                 uint32_t file, uint64_t offset)
{
    FsBuilder b = fs_builder(out, capacity);
    fs_refuse_if(&b, (options & 0xff) != 0);
    put_request(&b, sender, packet_number, options | FEIQ_CMD_GETFILEDATA, offer, file);
    fs_put_hex(&b, offset, 1);
    fs_put_byte(&b, ':');
    fs_put_byte(&b, '\0');
    return fs_built(&b);
}

ptrdiff_t feiq_build_getdirfiles(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                 uint64_t packet_number, uint32_t options, uint64_t offer,
                                 uint32_t file)
{
    FsBuilder b = fs_builder(out, capacity);
    fs_refuse_if(&b, (options & 0xff) != 0);
    put_request(&b, sender, packet_number, options | FEIQ_CMD_GETDIRFILES, offer, file);
    fs_put_byte(&b, '\0');
    return fs_built(&b);
}

static void refuse_command(FsBuilder *b, uint8_t command)
{
    fs_refuse_if(b, command != FEIQ_CMD_GETFILEDATA && command != FEIQ_CMD_GETDIRFILES);
}

static void put_number(FsBuilder *b, uint64_t number)
{
    fs_put_hex(b, number, 1);
    fs_put_byte(b, ':');
}

ptrdiff_t feiq_build_request_text(uint8_t *out, size_t capacity, const FeiqSealedRequest *request)
{
    FsBuilder b = fs_builder(out, capacity);
    refuse_command(&b, request->command);
    put_number(&b, request->offer);
    put_number(&b, request->file);
    if (request->command == FEIQ_CMD_GETFILEDATA) {
        put_number(&b, request->offset);
    }
    if (request->key.length == 0) {
        put_number(&b, FEIQ_CAPABILITY_NOENC_FILE);
    } else {
        fs_refuse_if(&b, request->key.length != FILE_KEY);
        put_number(&b, FEIQ_CAPABILITY_AES_256 | FEIQ_CAPABILITY_PACKETNO_IV);
        for (size_t i = 0; i < request->key.length; i++) {
            fs_put_hex(&b, request->key.data[i], 2);
        }
        fs_put_byte(&b, ':');
    }
    fs_put_hex(&b, request->file_number, 1);
    fs_put_byte(&b, '\0');
    return fs_built(&b);
}

ptrdiff_t feiq_build_sealed_request(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                    uint64_t packet_number, uint8_t command, uint32_t options,
                                    const FeiqCipher *cipher)
{
    FsBuilder b = fs_builder(out, capacity);
    refuse_command(&b, command);
    fs_refuse_if(&b, (options & 0xff) != 0);
    feiq_put_header(&b, sender, packet_number,
                    options | FEIQ_OPT_ENCRYPT | FEIQ_OPT_ENCFILE | command, 0);
    feiq_put_cipher(&b, cipher);
    return fs_built(&b);
}

/* --- what lists and streams share --- */

static void put_name(FsBuilder *b, FsBytes name)
{
    fs_refuse_if(b, name.length == 0 || has_control(name));
    for (size_t i = 0; i < name.length && b->error == 0; i++) {
        fs_put_byte(b, name.data[i]);
        if (name.data[i] == ':') {
            fs_put_byte(b, ':');
        }
    }
    fs_put_byte(b, ':');
}

static void put_attributes(FsBuilder *b, const FeiqFile *file)
{
    fs_refuse_if(b, fs_name(feiq_file_type_names, file->attributes & 0xff) == NULL);
    fs_put_hex(b, file->attributes, 1);
    fs_put_byte(b, ':');
    for (size_t i = 0; i < file->extra_count; i++) {
        FsBytes value = file->extras[i].value;
        fs_refuse_if(b, value.length == 0 || has_control(value) || fs_contains(value, ':') ||
                            fs_contains(value, '='));
        fs_put_hex(b, file->extras[i].key, 1);
        fs_put_byte(b, '=');
        fs_put(b, value);
        fs_put_byte(b, ':');
    }
}

/* --- lists --- */

void feiq_put_files(FsBuilder *b, const FeiqFile *files, size_t count, uint32_t word)
{
    size_t start = b->used;
    fs_refuse_if(b, count > FEIQ_MOST_FILES);
    for (size_t i = 0; i < count && b->error == 0; i++) {
        const FeiqFile *file = &files[i];
        fs_refuse_if(b, file->time > last_time || file->size > INT64_MAX);
        fs_put_decimal(b, file->id, 1);
        fs_put_byte(b, ':');
        put_name(b, file->name);
        fs_put_hex(b, file->size, 1);
        fs_put_byte(b, ':');
        fs_put_hex(b, file->time, 1);
        fs_put_byte(b, ':');
        put_attributes(b, file);
        fs_put_byte(b, BELL);
    }
    if (b->error == 0) {
        feiq_refuse_text(b, (FsBytes){b->out + start, b->used - start}, word);
    }
    fs_put_byte(b, '\0');
}

/* --- the stream of a folder --- */

ptrdiff_t feiq_build_directory_entry(uint8_t *out, size_t capacity, const FeiqFile *file)
{
    FsBuilder b = fs_builder(out, capacity);
    fs_refuse_if(&b, file->size > INT64_MAX);
    fs_put_fill(&b, '0', LENGTH_DIGITS);
    fs_put_byte(&b, ':');
    put_name(&b, file->name);
    fs_put_hex(&b, file->size, SIZE_DIGITS);
    fs_put_byte(&b, ':');
    put_attributes(&b, file);
    fs_refuse_if(&b, b.used > LONGEST_HEADER);
    if (b.error == 0) {
        FsBuilder length = fs_builder(out, LENGTH_DIGITS);
        fs_put_hex(&length, b.used, LENGTH_DIGITS);
    }
    return fs_built(&b);
}

ptrdiff_t feiq_build_directory_end(uint8_t *out, size_t capacity)
{
    FeiqFile parent = {.name = fs_bytes("."), .attributes = FEIQ_FILE_TYPE_PARENT};
    return feiq_build_directory_entry(out, capacity, &parent);
}
