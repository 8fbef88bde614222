/* send_address, and what of a mail goes out: nothing that a mail holds becomes a command. */
#include <string.h>

#include "daemon/mail/send_address.h"
#include "daemon/mail/send_dialogue.h"

#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10
#define A63 A60 "aaa"
#define D63 A63 "."

static const struct {
  const char *address, *path; /* path NULL: refused */
} addresses[] = {
    {"a@b", "a@b"},
    {"marie.durand@example.org", "marie.durand@example.org"},
    {"o'neil+copil/2019=x@example.org", "o'neil+copil/2019=x@example.org"},
    {"\"marie durand\"@example.org", "\"marie durand\"@example.org"},
    {"\"a\\\"b@c>\"@example.org", "\"a\\\"b@c>\"@example.org"},
    {"a@[192.0.2.1]", "a@[192.0.2.1]"},
    {"a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"},
    {"a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
    {"a@b\xc3\xbc"
     "cher.example",
     "a@xn--bcher-kva.example"},
    {"h\xc3\xa9l\xc3\xa8ne@example.org", "h\xc3\xa9l\xc3\xa8ne@example.org"},
    {A63 "a@example.org", A63 "a@example.org"},
    {"a@" D63 D63 A60 ".org", "a@" D63 D63 A60 ".org"},
    /* a second command, a second recipient */
    {"a@b\r\nRCPT TO:<c@d>", NULL},
    {"a@b\nDATA", NULL},
    {"a@b\r", NULL},
    {"a\r\n@b", NULL},
    {"\"a\r\nb\"@c", NULL},
    {"a@b>", NULL},
    {"<a@b>", NULL},
    {"a@b> NOTIFY=SUCCESS <c@d", NULL},
    {"a@b, c@d", NULL},
    {"a@b@c", NULL},
    {"@relay:a@b", NULL},
    {"a b@c", NULL},
    {" a@b", NULL},
    {"a@b ", NULL},
    {"a\tb@c", NULL},
    {"a@b (comment)", NULL},
    {"Marie <a@b>", NULL},
    /* no addr-spec */
    {"", NULL},
    {"a", NULL},
    {"a@", NULL},
    {"@b", NULL},
    {".a@b", NULL},
    {"a.@b", NULL},
    {"a..b@c", NULL},
    {"a@b..c", NULL},
    {"a@.b", NULL},
    {"a@b.", NULL},
    {"a@-b.c", NULL},
    {"a@b-.c", NULL},
    {"a@b_c.d", NULL},
    {"a@[]", NULL},
    {"a@[192.0.2.1", NULL},
    {"a@[192.0.2]", NULL},
    {"a@[2001:db8::1]", NULL},
    {"a@[IPv6:fe80::1%eth0]", NULL},
    {"\"a@b", NULL},
    {"\"a\\", NULL},
    {"\"a\"b@c", NULL},
    {"a@b\x7f", NULL},
    {"a\x01@b", NULL},
    /* bytes that are no text; characters that turn a line about or look like another */
    {"a\xff@b", NULL},
    {"a@b\xc3", NULL},
    {"a\xe2\x80\xae"
     "b@c",
     NULL},
    {"a\xc2\xa0"
     "b@c",
     NULL},
    {"a@b\xe2\x84\x80.org", NULL},
    {"a\xef\xbc\xa0"
     "b",
     NULL},
    /* too long */
    {A63 "aa@example.org", NULL},
    {"a@" A63 "a.org", NULL},
    {"a@" D63 D63 D63 A60 ".org", NULL},
};

static void test_one_address(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
    g_autofree char *path = send_address_path(addresses[i].address, FALSE);
    g_autofree char *told = g_strescape(addresses[i].address, NULL);
    g_test_message("row %zu: %s", i, told);
    g_assert_cmpstr(path, ==, addresses[i].path);
    g_assert_cmpint(send_smtp_address_ok(addresses[i].address), ==, addresses[i].path != NULL);
  }
  g_assert_false(send_smtp_address_ok(NULL));
}

static void test_null_path_is_for_the_sender_alone(void) {
  g_autofree char *from = send_address_path("", TRUE);
  g_autofree char *to = send_address_path("", FALSE);
  g_assert_cmpstr(from, ==, "");
  g_assert_null(to);
}

static const struct {
  const char *mail, *wire;
} mails[] = {
    {"", ".\r\n"},
    {"a\r\n", "a\r\n.\r\n"},
    {"a", "a\r\n.\r\n"},
    {".", "..\r\n.\r\n"},
    {".\r\n", "..\r\n.\r\n"},
    {"..\r\n", "...\r\n.\r\n"},
    {"a\r\n.\r\nMAIL FROM:<>\r\n", "a\r\n..\r\nMAIL FROM:<>\r\n.\r\n"},
    {"a\r\n.b\r\nc.\r\n", "a\r\n..b\r\nc.\r\n.\r\n"},
    {"\r\n\r\n", "\r\n\r\n.\r\n"},
    /* what one server takes for the end of a mail and another does not */
    {"a\n.\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"},
    {"a\r.\rb\r\n", "a\r\n..\r\nb\r\n.\r\n"},
    {"a\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"},
    {"a\r\r\n.\r\n", "a\r\n\r\n..\r\n.\r\n"},
    {"a\n\r.\r\n", "a\r\n\r\n..\r\n.\r\n"},
    {"a\r", "a\r\n.\r\n"},
};

static void test_no_mail_ends_early(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
    g_autoptr(GString) wire = g_string_new(NULL);
    send_dialogue_stuff(wire, mails[i].mail, strlen(mails[i].mail));
    g_test_message("row %zu", i);
    g_assert_cmpstr(wire->str, ==, mails[i].wire);
  }
}

static const struct {
  guint offers;
  guint64 size_max;
  const char *from, *to, *mail;
  int code; /* 0: may be sent */
} possible[] = {
    {0, 0, "", "a@b.example", "text\r\n", 0},
    {0, 6, "", "a@b.example", "text\r\n", 0},
    {0, 5, "", "a@b.example", "text\r\n", 552},
    {0, 0, "", "\xc3\xa9@b.example", "text\r\n", 553},
    {0, 0, "\xc3\xa9@b.example", "a@b.example", "text\r\n", 553},
    {0, 0, "", "a@\xc3\xa9.example", "text\r\n", 0},
    {SEND_SMTPUTF8, 0, "", "\xc3\xa9@b.example", "text\r\n", 0},
    {0, 0, "", "a@b.example", "t\xc3\xa9xt\r\n", 554},
    {SEND_8BITMIME, 0, "", "a@b.example", "t\xc3\xa9xt\r\n", 0},
    {SEND_8BITMIME, 0, "", "", "text\r\n", 553},
    {SEND_8BITMIME, 0, "", "a@b\r\n", "text\r\n", 553},
    {SEND_8BITMIME, 0, "a@b\r\n", "a@b", "text\r\n", 553},
};

static void test_what_the_server_cannot_take_is_not_sent(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(possible); i++) {
    SendSession session = {.offers = possible[i].offers, .size_max = possible[i].size_max};
    SendOutcome outcome = {.code = 0};
    g_autoptr(GBytes) mail = g_bytes_new_static(possible[i].mail, strlen(possible[i].mail));
    SendItem *item = send_item_new(1, possible[i].from, possible[i].to, mail);
    gboolean may = send_dialogue_may(&session, item, &outcome);
    g_test_message("row %zu: %s", i, outcome.text);
    g_assert_cmpint(may, ==, possible[i].code == 0);
    g_assert_cmpint(outcome.code, ==, possible[i].code);
    g_assert_true(may || g_str_has_prefix(outcome.text, "not sent: "));
    send_outcome_done(&outcome);
    send_item_free(item);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/send_address/one", test_one_address);
  g_test_add_func("/send_address/null", test_null_path_is_for_the_sender_alone);
  g_test_add_func("/send_address/dots", test_no_mail_ends_early);
  g_test_add_func("/send_address/possible", test_what_the_server_cannot_take_is_not_sent);
  return g_test_run();
}
