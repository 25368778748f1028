/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/build_message.h"

static bool holds_suffix(FsBytes text)
{
    static const char suffix[] = "{/font;";
    for (size_t i = 0; i + sizeof suffix - 1 <= text.length; i++) {
        if (memcmp(text.data + i, suffix, sizeof suffix - 1) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_face(FsBytes face)
{
    for (size_t i = 0; i < face.length; i++) {
        if (face.data[i] < 0x20) {
            return false;
        }
    }
    return face.length > 0 && face.data[0] != ' ' && face.data[face.length - 1] != ' ' &&
           !fs_contains(face, ';') && !fs_contains(face, '}');
}

static void put_font(FsBuilder *b, const FeiqFont *font, uint32_t word)
{
    const int32_t numbers[] = {font->height,        font->width,          font->escapement,
                               font->orientation,   font->weight,         font->italic,
                               font->underline,     font->strikeout,      font->charset,
                               font->out_precision, font->clip_precision, font->quality,
                               font->pitch_family};
    fs_put_string(b, "{/font;");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        int64_t number = numbers[i];
        if (number < 0) {
            fs_put_byte(b, '-');
            number = -number;
        }
        fs_put_decimal(b, (uint64_t)number, 1);
        fs_put_byte(b, ' ');
    }
    fs_refuse_if(b, !is_face(font->face));
    feiq_put_open_text(b, font->face, word);
    fs_put_byte(b, ' ');
    fs_put_decimal(b, font->color, 1);
    fs_put_string(b, ";}");
}

void feiq_put_message_text(FsBuilder *b, FsBytes text, const FeiqFont *font, uint32_t word)
{
    fs_refuse_if(b, holds_suffix(text));
    feiq_put_open_text(b, text, word);
    if (font != NULL) {
        put_font(b, font, word);
    }
}

ptrdiff_t feiq_build_text(uint8_t *out, size_t capacity, FsBytes text, const FeiqFont *font)
{
    FsBuilder b = fs_builder(out, capacity);
    feiq_put_message_text(&b, text, font, 0);
    fs_put_byte(&b, '\0');
    return fs_built(&b);
}

static uint32_t word_of(FsBuilder *b, uint32_t options, size_t file_count)
{
    bool checked = (options & FEIQ_OPT_SENDCHECK) != 0;
    bool unanswerable = (options & (FEIQ_OPT_BROADCAST | FEIQ_OPT_AUTORET)) != 0;
    bool announced = (options & FEIQ_OPT_FILEATTACH) != 0;
    fs_refuse_if(b, (options & 0xff) != 0 || (checked && unanswerable));
    fs_refuse_if(b, announced && file_count == 0);
    return options | FEIQ_CMD_SENDMSG | (file_count > 0 ? FEIQ_OPT_FILEATTACH : 0);
}

ptrdiff_t feiq_build_message(uint8_t *out, size_t capacity, const FeiqSender *sender,
                             uint64_t packet_number, uint32_t options, const FeiqMessage *message)
{
    FsBuilder b = fs_builder(out, capacity);
    uint32_t word = word_of(&b, options, message->file_count);
    fs_refuse_if(&b, (options & FEIQ_OPT_ENCRYPT) != 0);
    feiq_put_header(&b, sender, packet_number, word, 0);
    feiq_put_message_text(&b, message->text, message->font, word);
    fs_put_byte(&b, '\0');
    if (message->file_count > 0) {
        feiq_put_files(&b, message->files, message->file_count, word);
    }
    return fs_built(&b);
}

ptrdiff_t feiq_build_encrypted_message(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                       uint64_t packet_number, uint32_t options,
                                       const FeiqCipher *cipher, const FeiqFile *files,
                                       size_t file_count)
{
    FsBuilder b = fs_builder(out, capacity);
    bool inside = (options & FEIQ_OPT_ENCEXTMSG) != 0;
    uint32_t word = word_of(&b, options, inside ? 1 : file_count) | FEIQ_OPT_ENCRYPT;
    if (inside) { /* whether files are inside is the caller's to know */
        word = options | FEIQ_CMD_SENDMSG | FEIQ_OPT_ENCRYPT;
        fs_refuse_if(&b, file_count > 0);
    }
    feiq_put_header(&b, sender, packet_number, word, 0);
    feiq_put_cipher(&b, cipher);
    if (file_count > 0) {
        feiq_put_files(&b, files, file_count, word);
    }
    return fs_built(&b);
}
