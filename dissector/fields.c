/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/fields.h"

#include <epan/tap.h>

/* From how many names on a lookup that bisects is worth its own table. */
enum { LONG_LIST = 20 };

static unsigned count_names(const FsName *names)
{
    unsigned count = 0;
    while (names[count].name != NULL) {
        count++;
    }
    return count;
}

static const value_string *value_strings(const FsName *names, unsigned count)
{
    value_string *strings = wmem_alloc0_array(wmem_epan_scope(), value_string, count + 1);
    for (unsigned i = 0; i < count; i++) {
        strings[i].value = names[i].value;
        strings[i].strptr = names[i].name;
    }
    return strings;
}

/* What VALUE_STRING_EXT_INIT makes of an array; the arguments of value_string_ext_new differ from
 * version to version, and so do the members. */
static value_string_ext *extended_value_strings(const FsField *field, unsigned count)
{
    value_string_ext *strings = wmem_new(wmem_epan_scope(), value_string_ext);
    *strings = (value_string_ext){
        ._vs_match2 = _try_val_to_str_ext_init,
        ._vs_num_entries = count,
        ._vs_p = value_strings(field->names, count),
        ._vs_name = field->name,
    };
    return strings;
}

static const val64_string *value_strings_64(const FsName *names, unsigned count)
{
    val64_string *strings = wmem_alloc0_array(wmem_epan_scope(), val64_string, count + 1);
    for (unsigned i = 0; i < count; i++) {
        strings[i].value = names[i].value;
        strings[i].strptr = names[i].name;
    }
    return strings;
}

static const true_false_string *flag_strings(const FsName *names)
{
    true_false_string *strings = wmem_alloc0_array(wmem_epan_scope(), true_false_string, 1);
    const char *set = fs_name(names, 1);
    const char *not_set = fs_name(names, 0);
    strings->true_string = set != NULL ? set : "Set";
    strings->false_string = not_set != NULL ? not_set : "Not set";
    return strings;
}

static enum ftenum number_type(const FsField *field)
{
    bool is_signed = field->type == FS_INT;
    switch (field->bits) {
    case 8:
        return is_signed ? FT_INT8 : FT_UINT8;
    case 16:
        return is_signed ? FT_INT16 : FT_UINT16;
    case 24:
        return is_signed ? FT_INT24 : FT_UINT24;
    case 32:
        return is_signed ? FT_INT32 : FT_UINT32;
    case 64:
        return is_signed ? FT_INT64 : FT_UINT64;
    default:
        g_error("%s: no header field of %u bits", field->name, (unsigned)field->bits);
    }
}

static int number_base(FsBase base)
{
    static const int bases[] = {
        [FS_DEC] = BASE_DEC,
        [FS_HEX] = BASE_HEX,
        [FS_DEC_HEX] = BASE_DEC_HEX,
        [FS_HEX_DEC] = BASE_HEX_DEC,
    };
    return bases[base];
}

static void describe_number(header_field_info *info, const FsField *field)
{
    info->type = number_type(field);
    info->display = number_base(field->base);
    if (field->names == NULL) {
        return;
    }
    unsigned count = count_names(field->names);
    if (field->bits > 32) {
        info->display |= BASE_VAL64_STRING;
        info->strings = value_strings_64(field->names, count);
    } else if (count > LONG_LIST) {
        info->display |= BASE_EXT_STRING;
        info->strings = extended_value_strings(field, count);
    } else {
        info->strings = value_strings(field->names, count);
    }
}

static void describe(header_field_info *info, const FsField *field)
{
    info->name = field->title;
    info->abbrev = field->name;
    info->blurb = field->blurb;
    info->bitmask = field->mask;
    info->display = BASE_NONE;
    switch (field->type) {
    case FS_UINT:
    case FS_INT:
        describe_number(info, field);
        break;
    case FS_BOOL:
        info->type = FT_BOOLEAN;
        info->display = field->mask != 0 ? field->bits : BASE_NONE;
        info->strings = flag_strings(field->names);
        break;
    case FS_TEXT:
        info->type = FT_STRING;
        break;
    case FS_BYTES:
        info->type = FT_BYTES;
        break;
    case FS_ETHER:
        info->type = FT_ETHER;
        break;
    case FS_IPV4:
        info->type = FT_IPv4;
        break;
    case FS_IPV6:
        info->type = FT_IPv6;
        break;
    case FS_TIME:
        info->type = FT_ABSOLUTE_TIME;
        info->display = ABSOLUTE_TIME_UTC;
        break;
    case FS_TIME_SPAN:
        info->type = FT_RELATIVE_TIME;
        break;
    case FS_GROUP:
    case FS_LAYER:
    case FS_REMARK:
        info->type = FT_NONE;
        break;
    }
}

static int severity(FsSeverity severity)
{
    static const int severities[] = {
        [FS_CHAT] = PI_CHAT,
        [FS_NOTE] = PI_NOTE,
        [FS_WARN] = PI_WARN,
        [FS_ERROR] = PI_ERROR,
    };
    return severities[severity];
}

/* Wireshark has no group for encodings: text that cannot be read is data that is not decoded. */
static int group(FsGroup group)
{
    static const int groups[] = {
        [FS_GROUP_PROTOCOL] = PI_PROTOCOL,   [FS_GROUP_MALFORMED] = PI_MALFORMED,
        [FS_GROUP_UNDECODED] = PI_UNDECODED, [FS_GROUP_CHECKSUM] = PI_CHECKSUM,
        [FS_GROUP_ENCODING] = PI_UNDECODED,
    };
    return groups[group];
}

static void describe_remark(expert_field_info *info, const FsField *field)
{
    static const hf_register_info filled_by_wireshark = {
        0, {NULL, NULL, FT_NONE, BASE_NONE, NULL, 0, NULL, HFILL}};
    info->name = field->name;
    info->group = group(field->group);
    info->severity = severity(field->severity);
    info->summary = field->title;
    info->hf_info = filled_by_wireshark;
    info->hf_info.hfinfo.blurb = field->blurb;
}

static int register_protocol(const FsTable *table)
{
    return proto_register_protocol(table->long_name, table->short_name, table->filter);
}

RegisteredTable register_table(const FsTable *table)
{
    static const header_field_info filled_by_wireshark = {NULL, NULL, FT_NONE, BASE_NONE,
                                                          NULL, 0,    NULL,    HFILL};
    unsigned count = table->count;
    RegisteredTable registered = {
        .table = table,
        .proto = register_protocol(table),
        .header_fields = wmem_alloc_array(wmem_epan_scope(), int, count),
        .subtrees = wmem_alloc_array(wmem_epan_scope(), int, count),
        .experts = wmem_alloc_array(wmem_epan_scope(), expert_field, count),
        .tap = register_tap(table->filter),
    };
    hf_register_info *fields = wmem_alloc0_array(wmem_epan_scope(), hf_register_info, count);
    ei_register_info *remarks = wmem_alloc0_array(wmem_epan_scope(), ei_register_info, count);
    int **subtrees = wmem_alloc0_array(wmem_epan_scope(), int *, count);
    unsigned field_count = 0;
    unsigned remark_count = 0;
    unsigned subtree_count = 0;

    for (unsigned i = 0; i < count; i++) {
        const FsField *field = &table->fields[i];
        registered.header_fields[i] = -1;
        registered.subtrees[i] = -1;
        registered.experts[i] = (expert_field)EI_INIT;
        if (field->type == FS_REMARK) {
            ei_register_info *remark = &remarks[remark_count++];
            remark->ids = &registered.experts[i];
            describe_remark(&remark->eiinfo, field);
            continue;
        }
        subtrees[subtree_count++] = &registered.subtrees[i];
        if (field->type != FS_LAYER) {
            hf_register_info *header_field = &fields[field_count++];
            header_field->p_id = &registered.header_fields[i];
            header_field->hfinfo = filled_by_wireshark;
            describe(&header_field->hfinfo, field);
        }
    }

    proto_register_field_array(registered.proto, fields, (int)field_count);
    proto_register_subtree_array(subtrees, (int)subtree_count);
    registered.expert_module = expert_register_protocol(registered.proto);
    expert_register_field_array(registered.expert_module, remarks, (int)remark_count);
    return registered;
}

unsigned registered_index(const RegisteredTable *registered, const FsField *field)
{
    uintptr_t first = (uintptr_t)registered->table->fields;
    uintptr_t index = ((uintptr_t)field - first) / sizeof *field;
    return index < registered->table->count ? (unsigned)index : registered->table->count;
}
