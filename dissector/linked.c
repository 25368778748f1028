/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/linked.h"
#include "dissector/statistics/tapped.h"

int linked_fields[LINKED_COUNT];
static expert_field linked_remarks[LINKED_COUNT];

typedef struct {
    LinkedProtocol protocol;
    Linked id;
    hf_register_info info;
} LinkedField;

typedef struct {
    LinkedProtocol protocol;
    Linked id;
    ei_register_info info;
} LinkedRemark;

static LinkedField fields[] = {
/* One more expansion, since a link's three arguments come from one macro. */
#define LINKED_FIELD(...) LINKED_EXPANDED(__VA_ARGS__)
#define LINKED_EXPANDED(proto, id, name, title, type, display, strings, blurb)                     \
    {LINKED_##proto,                                                                               \
     LINKED_##id,                                                                                  \
     {&linked_fields[LINKED_##id], {title, name, type, display, strings, 0, blurb, HFILL}}},
#define LINKED_REMARK(...)
#include "dissector/linked_fields.def"
#undef LINKED_FIELD
#undef LINKED_REMARK
#undef LINKED_EXPANDED
};

static LinkedRemark remarks[] = {
#define LINKED_FIELD(...)
#define LINKED_REMARK(proto, id, name, title, group, severity, blurb)                              \
    {LINKED_##proto,                                                                               \
     LINKED_##id,                                                                                  \
     {&linked_remarks[LINKED_##id],                                                                \
      {name,                                                                                       \
       group,                                                                                      \
       severity,                                                                                   \
       title,                                                                                      \
       0,                                                                                          \
       NULL,                                                                                       \
       0,                                                                                          \
       {0, {NULL, NULL, FT_NONE, BASE_NONE, NULL, 0, blurb, HFILL}}}}},
#include "dissector/linked_fields.def"
#undef LINKED_FIELD
#undef LINKED_REMARK
};

void linked_register(const RegisteredTable *table, LinkedProtocol protocol)
{
    int proto = table->proto;
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (fields[i].protocol == protocol) {
            linked_fields[fields[i].id] = -1;
            proto_register_field_array(proto, &fields[i].info, 1);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(remarks); i++) {
        if (remarks[i].protocol == protocol) {
            linked_fields[remarks[i].id] = -1;
            linked_remarks[remarks[i].id] = (expert_field)EI_INIT;
            expert_register_field_array(table->expert_module, &remarks[i].info, 1);
        }
    }
}

void linked_add_remark(proto_tree *tree, packet_info *pinfo, Linked remark, tvbuff_t *tvb, int at,
                       int length)
{
    proto_tree_add_expert(tree, pinfo, &linked_remarks[remark], tvb, at, length);
    for (size_t i = 0; i < G_N_ELEMENTS(remarks); i++) {
        if (remarks[i].id == remark) {
            const expert_field_info *info = &remarks[i].info.eiinfo;
            tapped_remark(pinfo, info->name, info->summary);
        }
    }
}

void linked_add_frame(proto_tree *tree, Linked field, tvbuff_t *tvb, uint32_t frame)
{
    proto_item_set_generated(proto_tree_add_uint(tree, linked_fields[field], tvb, 0, 0, frame));
}

void linked_add_number(proto_tree *tree, Linked field, tvbuff_t *tvb, uint64_t number)
{
    int id = linked_fields[field];
    proto_item *item = proto_registrar_get_ftype(id) == FT_UINT64
                           ? proto_tree_add_uint64(tree, id, tvb, 0, 0, number)
                           : proto_tree_add_uint(tree, id, tvb, 0, 0, (uint32_t)number);
    proto_item_set_generated(item);
}

void linked_add_text(proto_tree *tree, Linked field, tvbuff_t *tvb, const char *text)
{
    proto_item_set_generated(proto_tree_add_string(tree, linked_fields[field], tvb, 0, 0, text));
}

void linked_add_time(proto_tree *tree, Linked field, tvbuff_t *tvb, int64_t nanoseconds)
{
    nstime_t span =
        NSTIME_INIT_SECS_NSECS((time_t)(nanoseconds / 1000000000), (int)(nanoseconds % 1000000000));
    proto_item_set_generated(proto_tree_add_time(tree, linked_fields[field], tvb, 0, 0, &span));
}

int64_t linked_now(const packet_info *pinfo)
{
    return (int64_t)pinfo->abs_ts.secs * 1000000000 + pinfo->abs_ts.nsecs;
}
