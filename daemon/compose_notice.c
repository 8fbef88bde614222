#include "daemon/compose_notice.h"

#include <gmime/gmime.h>
#include <string.h>

enum { HOUR_S = 3600 };

/* --- its words -------------------------------------------------------------------------------- */

typedef struct {
  const char *language, *subject_one, *subject_many, *text_one, *text_many, *where, *end, *moment;
} Words;

/* One text a language: {count}, {moment}, {where} and {hours} are put in. */
static const Words all_words[] = {
    {"fr", "bulletind : un message attend depuis plus de {hours} h",
     "bulletind : {count} messages attendent, le plus ancien depuis plus de {hours} h",
     "Bonjour,\n\nUn message attend que quelqu'un s'en occupe, depuis le {moment}.\n",
     "Bonjour,\n\n{count} messages attendent que quelqu'un s'en occupe ; le plus ancien est là "
     "depuis le {moment}.\n",
     "Pour les traiter :\n{where}\n",
     "\nCe message est automatique ; merci de ne pas y répondre. Le prochain ne partira pas avant "
     "{every} h.\n",
     "%d/%m/%Y à %H:%M"},
    {"en", "bulletind: a message has waited for more than {hours} h",
     "bulletind: {count} messages wait, the oldest for more than {hours} h",
     "Hello,\n\nA message has been waiting for a person since {moment}.\n",
     "Hello,\n\n{count} messages are waiting for a person; the oldest has been there since "
     "{moment}.\n",
     "To deal with them:\n{where}\n",
     "\nThis message is automatic; please do not reply. The next one will not be sent for {every} "
     "h.\n",
     "%Y-%m-%d %H:%M"},
    {"ja", "bulletind: 対応待ちのメールが1通あります（{hours}時間以上経過）",
     "bulletind: 対応待ちのメールが{count}通あります（最長{hours}時間以上経過）",
     "お世話になっております。\n\n{moment}から、担当者の対応を待っているメールが1通あります。\n",
     "お世話になっております。\n\n担当者の対応を待っているメールが{count}通あります。最も古いものは"
     "{moment}に届きました。\n",
     "対応はこちらから:\n{where}\n",
     "\nこのメールは自動送信です。ご返信には及びません。次のお知らせは{every}"
     "時間以上後になります。\n",
     "%Y年%m月%d日 %H時%M分"},
};

static const Words *words_in(const char *language) {
  for (guint i = 0; i < G_N_ELEMENTS(all_words); i++)
    if (!strcmp(all_words[i].language, language)) return &all_words[i];
  return &all_words[0];
}

static char *moment_text(const Words *words, gint64 moment) {
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_local(moment);
  return g_date_time_format(date, words->moment);
}

static char *fill(const Words *words, const char *pattern, const Config *config,
                  const Waiting *waiting, gint64 now) {
  GString *out = g_string_new(pattern);
  const ReviewConfig *review = &config->review;
  g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, waiting->count);
  g_autofree char *hours = g_strdup_printf("%" G_GINT64_FORMAT, (now - waiting->oldest) / HOUR_S);
  g_autofree char *every = g_strdup_printf("%u", config->notice.every_s / HOUR_S);
  g_autofree char *moment = moment_text(words, waiting->oldest);
  g_string_replace(out, "{count}", count, 0);
  g_string_replace(out, "{hours}", hours, 0);
  g_string_replace(out, "{every}", every, 0);
  g_string_replace(out, "{moment}", moment, 0);
  g_string_replace(out, "{where}", *review->url ? review->url : "bulletinctl queue", 0);
  return g_string_free(out, FALSE);
}

static char *write_text(const Words *words, const Config *config, const Waiting *waiting,
                        gint64 now) {
  g_autofree char *pattern = g_strconcat(waiting->count == 1 ? words->text_one : words->text_many,
                                         words->where, words->end, NULL);
  return fill(words, pattern, config, waiting, now);
}

/* --- the mail --------------------------------------------------------------------------------- */

static void set_header(GMimeMessage *mail, const Config *config, const char *subject,
                       const char *language, const char *message_id, gint64 now) {
  GMimeObject *object = GMIME_OBJECT(mail);
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_local(now);
  g_mime_message_add_mailbox(mail, GMIME_ADDRESS_TYPE_FROM, "bulletind",
                             config->submission.from_address);
  g_mime_message_add_mailbox(mail, GMIME_ADDRESS_TYPE_TO, NULL, config->notice.to);
  g_mime_message_set_subject(mail, subject, "utf-8");
  g_mime_message_set_date(mail, date);
  g_mime_message_set_message_id(mail, message_id);
  g_mime_object_set_header(object, "Auto-Submitted", "auto-generated", NULL); /* RFC 3834 5 */
  g_mime_object_set_header(object, "X-Auto-Response-Suppress", "All", NULL);  /* MS-OXCMAIL */
  g_mime_object_set_header(object, "Content-Language", language, NULL);
}

GBytes *compose_notice(const Config *config, const char *message_id, const Waiting *waiting,
                       gint64 now) {
  const Words *words = words_in(config->notice.language);
  g_autofree char *subject = fill(
      words, waiting->count == 1 ? words->subject_one : words->subject_many, config, waiting, now);
  g_autofree char *text = write_text(words, config, waiting, now);
  g_mime_init();
  GMimeMessage *mail = g_mime_message_new(TRUE);
  GMimeTextPart *part = g_mime_text_part_new_with_subtype("plain");
  GMimeFormatOptions *format = g_mime_format_options_new();
  set_header(mail, config, subject, words->language, message_id, now);
  g_mime_text_part_set_charset(part, "utf-8");
  g_mime_text_part_set_text(part, text);
  g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  g_mime_message_set_mime_part(mail, GMIME_OBJECT(part));
  g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
  char *written = g_mime_object_to_string(GMIME_OBJECT(mail), format);
  g_mime_format_options_free(format);
  g_object_unref(part);
  g_object_unref(mail);
  return g_bytes_new_take(written, strlen(written));
}
