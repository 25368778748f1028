/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The online list: names, announcements to both sides, messages from one side to the other.
 */
#include "chatd/store/roster.h"

#include <string.h>

/* What a side was told, as text. */
static void arrived(gpointer side, const RosterUser *user)
{
    g_string_append_printf(side, "+%s ", roster_user_name(user));
}

static void left(gpointer side, const RosterUser *user)
{
    g_string_append_printf(side, "-%s ", roster_user_name(user));
}

static void deliver(gpointer side, RosterUser *to, const RosterMessage *message)
{
    g_string_append_printf(side, "%s>%s:%s ", message->from, roster_user_name(to), message->text);
}

static guint deliver_all(gpointer side, const RosterUser *sender, const RosterMessage *message)
{
    g_string_append_printf(side, "%s>*:%s ", message->from, message->text);
    return sender == NULL ? 2 : 1;
}

static const RosterSide functions = {arrived, left, deliver, deliver_all, NULL};

static RosterUser *add(Roster *roster, RosterKind kind, const char *name)
{
    g_autoptr(GError) error = NULL;
    RosterUser *user = roster_add(roster, kind, name, NULL, &error);
    g_assert_no_error(error);
    return user;
}

static void test_both_sides(void)
{
    g_autoptr(Roster) roster = roster_new(10);
    g_autoptr(GString) feiq = g_string_new(NULL);
    g_autoptr(GString) chat = g_string_new(NULL);
    roster_set_side(roster, ROSTER_FEIQ, &functions, feiq);
    roster_set_side(roster, ROSTER_CHAT, &functions, chat);
    RosterUser *alice = add(roster, ROSTER_CHAT, "alice");
    RosterUser *wang = add(roster, ROSTER_FEIQ, "王五");
    RosterMessage message = {ROSTER_TEXT, 0, "alice", "hi"};
    roster_deliver(roster, wang, &message);
    g_assert_cmpuint(roster_deliver_all(roster, alice, &message), ==, 2);
    roster_remove(roster, alice);
    g_assert_null(roster_find(roster, "alice"));
    g_assert_true(roster_find(roster, "王五") == wang);
    g_assert_cmpstr(feiq->str, ==, "+alice +王五 alice>王五:hi alice>*:hi -alice ");
    g_assert_cmpstr(chat->str, ==, "+alice +王五 alice>*:hi -alice ");
    roster_set_side(roster, ROSTER_FEIQ, NULL, NULL);
    roster_deliver(roster, wang, &message);
    roster_remove(roster, wang);
    g_assert_cmpuint(roster_count(roster), ==, 0);
}

static void test_chat_names(void)
{
    static const char *const bad[] = {"",     "*",    "a#b",  " a",           "a ",
                                      "a\nb", "a\tb", "\xff", "b\xe2\x80\xae"};
    g_autoptr(Roster) roster = roster_new(10);
    g_autoptr(GError) error = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_null(roster_add(roster, ROSTER_CHAT, bad[i], NULL, &error));
        g_assert_error(error, ROSTER_ERROR, ROSTER_ERROR_BAD_NAME);
        g_clear_error(&error);
    }
    char *longest = g_strnfill(ROSTER_NAME_LIMIT, 'x');
    add(roster, ROSTER_CHAT, longest);
    g_free(longest);
    add(roster, ROSTER_CHAT, "** a");
    g_assert_null(roster_add(roster, ROSTER_CHAT, "** a", NULL, &error));
    g_assert_error(error, ROSTER_ERROR, ROSTER_ERROR_NAME_TAKEN);
}

static void test_feiq_names(void)
{
    static const char *const names[][2] = {{"张三", "张三"}, {"张三", "张三~2"}, {"a#b\n", "a_b_"},
                                           {"", "_"},        {"*", "_~2"},       {"  x ", "x"}};
    g_autoptr(Roster) roster = roster_new(10);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_assert_cmpstr(roster_user_name(add(roster, ROSTER_FEIQ, names[i][0])), ==, names[i][1]);
    }
    RosterUser *user = roster_find(roster, "张三~2");
    roster_rename(roster, user, "张三~2");
    g_assert_cmpstr(roster_user_name(user), ==, "张三~2");
    roster_rename(roster, user, "李四");
    g_assert_true(roster_find(roster, "李四") == user);
    g_assert_null(roster_find(roster, "张三~2"));
}

static void test_limit(void)
{
    g_autoptr(Roster) roster = roster_new(1);
    g_autoptr(GError) error = NULL;
    add(roster, ROSTER_FEIQ, "a");
    g_assert_null(roster_add(roster, ROSTER_FEIQ, "b", NULL, &error));
    g_assert_error(error, ROSTER_ERROR, ROSTER_ERROR_FULL);
}

/* Forged log-ins may all wish for one name: each costs the same, and none is longer than may be. */
static void test_one_name_for_thousands(void)
{
    enum { USERS = 30000 };
    g_autoptr(Roster) roster = roster_new(USERS);
    g_autofree char *name = g_strnfill(300, 'x');
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int i = 0; i < USERS; i++) {
        const RosterUser *user = add(roster, ROSTER_FEIQ, name);
        g_assert_cmpuint(strlen(roster_user_name(user)), <=, ROSTER_NAME_LIMIT);
        g_assert_true(g_hash_table_add(seen, g_strdup(roster_user_name(user))));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/roster/both-sides", test_both_sides);
    g_test_add_func("/roster/chat-names", test_chat_names);
    g_test_add_func("/roster/feiq-names", test_feiq_names);
    g_test_add_func("/roster/limit", test_limit);
    g_test_add_func("/roster/one-name-for-thousands", test_one_name_for_thousands);
    return g_test_run();
}
