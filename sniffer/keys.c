/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/keys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { LARGEST_KEY_FILE = 65536, COLUMNS = 3 };

static bool refuse(char *message, const char *reason)
{
    (void)snprintf(message, KEYS_MESSAGE, "%s", reason);
    return false;
}

/* All of a file, in memory that the caller frees. */
static char *read_whole(const char *name, size_t *length, char *message)
{
    struct stat about;
    FILE *file = fopen(name, "rbe");
    if (file == NULL || fstat(fileno(file), &about) != 0) {
        (void)refuse(message, strerror(errno));
        if (file != NULL) {
            (void)fclose(file);
        }
        return NULL;
    }
    char *text = NULL;
    if (S_ISDIR(about.st_mode)) {
        (void)refuse(message, "a folder, not a key file");
    } else {
        text = malloc(LARGEST_KEY_FILE + 1);
    }
    *length = text == NULL ? 0 : fread(text, 1, LARGEST_KEY_FILE + 1, file);
    (void)fclose(file);
    if (*length > LARGEST_KEY_FILE) {
        (void)refuse(message, "more than 65536 bytes are too many for a key");
        free(text);
        return NULL;
    }
    return text;
}

static CipherKey *read_key(const char *name, const char *password, char *message)
{
    size_t length;
    char *text = read_whole(name, &length, message);
    CipherKey *key = NULL;
    if (text == NULL) {
        return NULL;
    }
    CipherStatus status =
        cipher_key_read_pem((FsBytes){(const uint8_t *)text, length}, password, &key);
    if (status == CIPHER_IMPOSSIBLE) {
        (void)snprintf(message, KEYS_MESSAGE, "an RSA key has from %d to %d bits",
                       CIPHER_FEWEST_BITS, CIPHER_MOST_BITS);
    } else if (status != CIPHER_OK) {
        (void)refuse(message, cipher_status_text(status));
    }
    free(text);
    return key;
}

static bool add(CipherOpener **opener, FsBytes receiver, const char *file, const char *password,
                char *message)
{
    if (*opener == NULL) {
        *opener = cipher_opener_new();
    }
    if (*opener == NULL) {
        return refuse(message, cipher_status_text(CIPHER_FAILED));
    }
    CipherKey *key = read_key(file, password, message);
    if (key == NULL) {
        return false;
    }
    CipherStatus status = cipher_opener_add(*opener, receiver, key);
    if (status != CIPHER_OK) {
        cipher_key_free(key);
        return refuse(message, cipher_status_text(status));
    }
    return true;
}

bool keys_add_file(CipherOpener **opener, const char *file, char message[static KEYS_MESSAGE])
{
    return add(opener, (FsBytes){NULL, 0}, file, NULL, message);
}

/* One value in double quotes, within which a backslash takes the next character as it is; the text
 * is changed. NULL: there is none. */
static char *take_quoted(char **text)
{
    char *at = *text;
    if (*at != '"') {
        return NULL;
    }
    char *value = ++at;
    char *out = value;
    while (*at != '"') {
        at += *at == '\\' && at[1] != '\0';
        if (*at == '\0') {
            return NULL;
        }
        *out++ = *at++;
    }
    *text = at + 1;
    *out = '\0';
    return value;
}

/* Three values, separated by commas. */
static bool split_row(char *text, char *values[COLUMNS])
{
    for (int i = 0; i < COLUMNS; i++) {
        if (i > 0 && *text++ != ',') {
            return false;
        }
        values[i] = take_quoted(&text);
        if (values[i] == NULL) {
            return false;
        }
    }
    return *text == '\0';
}

static bool read_address(const char *text, uint8_t bytes[static 16], size_t *length)
{
    *length = 0;
    if (text[0] == '\0' || strcasecmp(text, "any") == 0) {
        return true;
    }
    if (inet_pton(AF_INET, text, bytes) == 1) {
        *length = 4;
        return true;
    }
    *length = 16;
    return inet_pton(AF_INET6, text, bytes) == 1;
}

static bool add_values(CipherOpener **opener, char *const values[COLUMNS], char *message)
{
    uint8_t bytes[16];
    size_t length;
    if (!read_address(values[0], bytes, &length)) {
        (void)snprintf(message, KEYS_MESSAGE, "%s: neither any nor an IPv4 or IPv6 address",
                       values[0]);
        return false;
    }
    char reason[KEYS_MESSAGE];
    const char *password = values[2][0] == '\0' ? NULL : values[2];
    if (!add(opener, (FsBytes){bytes, length}, values[1], password, reason)) {
        (void)snprintf(message, KEYS_MESSAGE, "%.200s: %.300s", values[1], reason);
        return false;
    }
    return true;
}

bool keys_add_row(CipherOpener **opener, const char *row, char message[static KEYS_MESSAGE])
{
    char *copy = strdup(row);
    char *values[COLUMNS];
    bool done = copy != NULL;
    if (done && !split_row(copy, values)) {
        done = refuse(message, "a key is \"receiver\",\"file\",\"password\"");
    }
    done = done && add_values(opener, values, message);
    free(copy);
    return done;
}
