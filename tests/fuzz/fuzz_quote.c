/* fuzz_quote - any bytes as the body of an answer (plain, or HTML where they begin with '<'): each
 * line has one voice of those that were found. */
#include "parsers/quote.h"
#include "tests/fuzz/target.h"
#include "tests/parsers/event_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char head[] = "From: Ana <ana@example.test>\nTo: fete@jardins.example\n"
                             "Content-Type: text/%s; charset=utf-8\nSubject: Re: x\n\n";
  static char *addresses[] = {(char *)"fete@jardins.example", NULL};
  g_autoptr(GString) whole = g_string_new(NULL);
  g_string_append_printf(whole, head, size > 0 && *data == '<' ? "html" : "plain");
  g_string_append_len(whole, (const char *)data, (gssize)size);
  g_autoptr(GBytes) raw = g_bytes_new(whole->str, whole->len);
  g_autoptr(MimeMail) mail = mime_read(raw, target_limits());
  g_autoptr(Text) text = text_read(mail, target_limits(), NULL);
  QuotePeople people = {"ana@example.test", "Ana", addresses, fixture_event(), NULL};
  g_autoptr(Quote) quote = quote_mark(text, mail, &people);
  g_assert_cmpuint(quote->segments->len, >, 0);
  for (guint i = 0; i < text->lines->len; i++) {
    g_assert_cmpuint(quote->line[i], <, quote->segments->len);
    g_assert_nonnull(quote_segment(quote, i));
    target_utf8(text_folded(text, i));
  }
  target_check_text(text, target_limits());
  return 0;
}
