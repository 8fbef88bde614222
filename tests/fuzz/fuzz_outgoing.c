/* fuzz_outgoing - any bytes as a mail, an address and a header's text on their way out: no bare CR
 * or LF, one end of data and it is ours, addresses in one line, words that are read back as
 * written. */
#include "daemon/encoded_word.h"
#include "daemon/flowed.h"
#include "daemon/mail/send_address.h"
#include "daemon/mail/send_dialogue.h"
#include "parsers/mime_header.h"
#include "tests/fuzz/target.h"

/* RFC 5321 4.5.2: as the server undoes it. */
static void check_stuffed(const uint8_t *data, size_t size) {
  g_autoptr(GString) out = g_string_new(NULL);
  send_dialogue_stuff(out, (const char *)data, size);
  g_assert_true(g_str_has_suffix(out->str + out->len - 3, ".\r\n"));
  for (gsize at = 0; at < out->len;) {
    const char *line = out->str + at, *line_end = memchr(line, '\n', out->len - at);
    g_assert_true(line_end && line_end > line && line_end[-1] == '\r');
    g_assert_null(memchr(line, '\r', (gsize)(line_end - line) - 1));
    at += (gsize)(line_end - line) + 1;
    g_assert_true((line_end - line == 2 && line[0] == '.') == (at == out->len));
    g_assert_true(line[0] != '.' || at == out->len || line[1] == '.');
  }
}

static void check_address(const char *text) {
  g_autofree char *path = send_address_path(text, FALSE);
  if (!path) return;
  target_utf8(path);
  g_assert_cmpuint(strlen(path), <=, ADDRESS_BYTES_MAX);
  for (const char *c = path; *c; c++) g_assert_false(g_ascii_iscntrl(*c));
  g_autofree char *again = send_address_path(path, FALSE);
  g_assert_cmpstr(again, ==, path);
}

static void check_word(const char *text) {
  g_autofree char *written = encoded_word_write(text, 9);
  g_assert_true(g_str_is_ascii(written));
  g_auto(GStrv) lines = g_strsplit(written, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    g_assert_cmpuint(strlen(lines[i]), <=, 76);
    g_assert_true(i == 0 || *lines[i] == ' ');
  }
  g_autofree char *unfolded = g_strjoinv("", lines);
  g_autofree char *read = mime_decode_text(unfolded);
  g_autofree char *as_read = mime_decode_text(text);
  if (!strstr(text, "=?")) g_assert_cmpstr(read, ==, as_read);
}

static void check_flowed(const char *text) {
  gboolean delsp = flowed_delsp(text);
  g_autofree char *written = flowed_write(text, delsp);
  target_utf8(written);
  g_assert_true(g_str_has_suffix(written, "\n"));
  g_auto(GStrv) lines = g_strsplit(written, "\n", -1);
  for (guint i = 0; lines[i]; i++) g_assert_false(g_str_has_prefix(lines[i], "From "));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  check_stuffed(data, size);
  g_autofree char *text = g_strndup((const char *)data, size);
  if (!g_utf8_validate(text, -1, NULL)) return 0;
  check_flowed(text);
  g_strdelimit(text, "\r\n", ' ');
  check_address(text);
  if (encoded_word_needed(text)) check_word(text);
  return 0;
}
