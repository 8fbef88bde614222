/* classify_look - the mail as classify's tables see it: folded words, own lines, robot names.
 *
 * Linear in the text, bounded by the LOOK_ limits. Everything is compared folded. */
#include "parsers/classify_internal.h"
#include "parsers/fold.h"

#include <string.h>

/* ---- folding ---- */

/* ASCII that stays as it is; most of a text. */
static gboolean is_plain(char c) {
  return c > ' ' && c < 0x7F && c != '`' && !g_ascii_isupper(c);
}

static void append_folded(GString *out, gunichar c) {
  gunichar folded[2];
  if (c > ' ' && c < 0x7F && c != '`') {
    g_string_append_c(out, g_ascii_tolower((gchar)c));
    return;
  }
  if (g_unichar_isspace(c) || g_unichar_iscntrl(c)) {
    if (out->len && out->str[out->len - 1] != ' ') g_string_append_c(out, ' ');
    return;
  }
  guint count = fold_char(c, folded);
  for (guint i = 0; i < count; i++) g_string_append_unichar(out, folded[i]);
}

char *look_fold(const char *text) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *out = g_string_sized_new(strlen(valid));
  for (const char *p = valid; *p;) {
    const char *run = p;
    while (is_plain(*p)) p++;
    if (p > run) {
      g_string_append_len(out, run, p - run);
    } else {
      append_folded(out, g_utf8_get_char(p));
      p = g_utf8_next_char(p);
    }
  }
  g_strchomp(out->str);
  return g_string_free(out, FALSE);
}

/* ---- phrases ---- */

static gboolean starts_word(const char *text, const char *at, const char *needle) {
  if (at == text || !g_ascii_isalnum(*needle)) return TRUE;
  return !g_ascii_isalnum(at[-1]);
}

/* The first place of `needle` (length bytes) in text from `from` on, at the start of a word. */
static const char *find_piece(const char *text, const char *from, const char *needle,
                              gsize length) {
  gsize left = strlen(from);
  while (left >= length) {
    const char *at = memmem(from, left, needle, length);
    if (!at || starts_word(text, at, needle)) return at;
    left -= (gsize)(at + 1 - from);
    from = at + 1;
  }
  return NULL;
}

/* The pieces after a '*': each within the gap behind the one before. NULL: one is not there. */
static const char *match_rest(const char *text, const char *end, const char *pieces) {
  while (*pieces) {
    pieces++;
    gsize length = strcspn(pieces, "*$");
    const char *at = find_piece(text, end, pieces, length);
    if (!at || at - end > LOOK_GAP_MAX_BYTES) return NULL;
    end = at + length;
    pieces += length;
    if (*pieces == '$') return end;
  }
  return end;
}

gboolean look_matches(const char *text, const char *phrase) {
  gboolean anchored = *phrase == '^';
  if (anchored) phrase++;
  if (anchored && *phrase != *text && !strchr("*$", *phrase)) return FALSE;
  gsize length = strcspn(phrase, "*$");
  if (anchored && strncmp(text, phrase, length)) return FALSE;
  gboolean to_end = g_str_has_suffix(phrase, "$");
  for (const char *from = text; (from = find_piece(text, from, phrase, length)); from++) {
    const char *end = from + length;
    if (phrase[length] == '*') end = match_rest(text, end, phrase + length);
    if (end && (!to_end || !*end)) return TRUE;
    if (anchored || !*from) return FALSE;
  }
  return FALSE;
}

const char *look_find(const char *text, const char *const *phrases) {
  for (; *phrases; phrases++)
    if (look_matches(text, *phrases)) return *phrases;
  return NULL;
}

/* Which runs of four bytes stand anywhere in the lines, as a hashed set: nearly every phrase is
 * ruled out by it without a search. */
static guint run_of(const char *p) {
  guint32 run;
  memcpy(&run, p, sizeof run);
  return (run * 2654435761u) >> 18;
}

static void note_runs(Look *look, const char *line, gsize length) {
  for (gsize i = 0; i + 4 <= length; i++) {
    guint run = run_of(line + i);
    look->runs[run / 64] |= G_GUINT64_CONSTANT(1) << (run % 64);
  }
}

/* Signs of phrases: a gap, the text's end. */
static gboolean is_sign(char c) {
  return c == '*' || c == '$';
}

static gboolean may_hold(const Look *look, const char *phrase) {
  if (*phrase == '^') phrase++;
  for (gsize i = 0, length = 0; i < 8; i++) {
    while (length < i + 4 && phrase[length] && !is_sign(phrase[length])) length++;
    if (length < i + 4) break;
    guint run = run_of(phrase + i);
    if (!(look->runs[run / 64] >> (run % 64) & 1)) return FALSE;
  }
  return TRUE;
}

static gboolean lines_hold(const Look *look, guint from, guint to, const char *phrase) {
  for (guint i = from; i < to && i < look->lines->len; i++)
    if (look_matches(look->lines->pdata[i], phrase)) return TRUE;
  return FALSE;
}

gboolean look_says(const Look *look, guint first, const char *const *phrases) {
  for (; *phrases; phrases++)
    if (may_hold(look, *phrases) && lines_hold(look, 0, first, *phrases)) return TRUE;
  return FALSE;
}

gboolean look_ends_with(const Look *look, guint last, const char *const *phrases) {
  guint from = look->lines->len > last ? look->lines->len - last : 0;
  for (; *phrases; phrases++)
    if (may_hold(look, *phrases) && lines_hold(look, from, look->lines->len, *phrases)) return TRUE;
  return FALSE;
}

/* ---- senders ---- */

static gboolean ends_token(char c) {
  return !c || strchr("@+-_.=", c) != NULL;
}

/* The local part without the marks between its words: "ne-pas_repondre" is "nepasrepondre". */
static char *squeezed_local(const char *address, gboolean *ret_starts, gsize size) {
  GString *out = g_string_new(NULL);
  gboolean start = TRUE;
  for (const char *p = address; *p && *p != '@' && out->len < size; p++) {
    if (strchr("-_.+=", *p)) {
      start = TRUE;
      continue;
    }
    ret_starts[out->len] = start;
    g_string_append_c(out, *p);
    start = FALSE;
  }
  return g_string_free(out, FALSE);
}

/* Does a word of the local part begin one of these? "dmarc-noreply", "no.reply+12". */
static gboolean has_no_answer_word(const char *address) {
  static const char *const words[] = {
      "noreply",      "donotreply",   "nepasrepondre", "noresponder", "noreponse", "nichtantworten",
      "keineantwort", "pasdereponse", "noanswer",      "unattended",  NULL};
  gboolean starts[128] = {FALSE};
  g_autofree char *local = squeezed_local(address, starts, G_N_ELEMENTS(starts) - 1);
  for (const char *const *word = words; *word; word++)
    for (const char *at = local; (at = strstr(at, *word)); at++)
      if (starts[at - local]) return TRUE;
  return FALSE;
}

gboolean look_is_daemon(const char *address) {
  static const char *const names[] = {"mailer-daemon", "mailerdaemon", "mailer_daemon",
                                      "mail-daemon", NULL};
  for (const char *const *name = names; *name; name++)
    if (g_str_has_prefix(address, *name) && ends_token(address[strlen(*name)])) return TRUE;
  return FALSE;
}

/* A bounce address that a forwarder made of a person's own (SRS, BATV) says nothing of a robot. */
static gboolean is_rewritten(const char *address) {
  return strstr(address, "srs=") || g_str_has_prefix(address, "srs0") ||
         g_str_has_prefix(address, "srs1") || g_str_has_prefix(address, "prvs=");
}

static gboolean is_list_manager(const char *address) {
  static const char *const heads[] = {
      "owner-",     "bounce-",  "bounces-",       "bounce+",  "bounces+",
      "bounce@",    "bounces@", "bounce=",        "bounces=", "listserv@",
      "majordomo@", "mailman@", "mailman-owner@", "sympa@",   NULL};
  static const char *const tails[] = {"-request@", "-owner@",  "-bounces@", "-bounces+",
                                      "-bounce@",  "-bounce-", "-return-",  NULL};
  for (const char *const *head = heads; *head; head++)
    if (g_str_has_prefix(address, *head)) return TRUE;
  for (const char *const *tail = tails; *tail; tail++)
    if (strstr(address, *tail)) return TRUE;
  return FALSE;
}

gboolean look_is_robot(const char *address) {
  static const char *const names[] = {
      "notification", "notifications", "notifier", "autoreply", "auto-reply",   "autoresponder",
      "robot",        "daemon",        "www-data", "cron",      "nobody",       "mdaemon",
      "anacron",      "mailer",        "alerts",   "nagios",    "feedbackloop", NULL};
  if (is_rewritten(address)) return FALSE;
  if (look_is_daemon(address) || is_list_manager(address)) return TRUE;
  const char *at = strchr(address, '@');
  gsize length = at ? (gsize)(at - address) : strlen(address);
  for (const char *const *name = names; *name; name++)
    if (strlen(*name) == length && !strncmp(address, *name, length)) return TRUE;
  return has_no_answer_word(address);
}

gboolean look_null_sender(const Look *look) {
  return look->return_path && !*look->return_path;
}

/* ---- the mail ---- */

const char *look_has_header(const Look *look, const char *const *names) {
  for (; *names; names++)
    if (mime_header_raw(look->mail, *names, 0)) return *names;
  return NULL;
}

/* The field's first address; where it holds none ("MAILER-DAEMON"), what stands in it. */
static char *sender_of(const MimeMail *mail, const char *field) {
  const char *raw = mime_header_raw(mail, field, 0);
  if (!raw) return NULL;
  g_autoptr(GPtrArray) found = mime_addresses(mail, field, NULL);
  if (found->len) return g_strdup(found->pdata[0]);
  g_autofree char *bare = g_strdelimit(g_strdup(raw), "<>\"", ' ');
  g_autofree char *valid = g_utf8_make_valid(g_strstrip(bare), -1);
  return g_utf8_strdown(valid, -1);
}

static char *name_of(const MimeMail *mail) {
  GPtrArray *names = NULL;
  g_autoptr(GPtrArray) found = mime_addresses(mail, "From", &names);
  g_autoptr(GPtrArray) owned = names;
  return look_fold(owned && owned->len ? owned->pdata[0] : "");
}

/* Cut "[list] " and answer prefixes off; says whether there was one of the latter. */
static char *bare_subject(const MimeMail *mail, gboolean *ret_answer) {
  static const char *const prefixes[] = {
      "re:",  "re :", "fw:",   "fwd:", "fw :", "fwd :", "tr:",   "tr :",  "aw:",   "wg:", "rv:",
      "ref:", "rif:", "antw:", "ynt:", "re;",  "res:",  "返信:", "转发:", "転送:", NULL};
  const char *value = mime_header(mail, "Subject", 0);
  g_autofree char *folded = look_fold(value ? value : "");
  const char *p = folded;
  for (gboolean cut = TRUE; cut;) {
    cut = FALSE;
    while (*p == ' ') p++;
    const char *end = *p == '[' ? strchr(p, ']') : NULL;
    if (end && end - p < 40) p = end + 1, cut = TRUE;
    for (const char *const *prefix = prefixes; *prefix && !cut; prefix++)
      if (g_str_has_prefix(p, *prefix)) p += strlen(*prefix), cut = *ret_answer = TRUE;
  }
  return g_strdup(p);
}

static gboolean is_own(const Text *text, const TextLine *line, const gboolean *inner, guint parts) {
  if (line->quote_depth || line->quoted || line->header || line->rule) return FALSE;
  if (line->part < parts && inner[line->part]) return FALSE;
  return line->source >= text->sources->len ||
         g_str_has_prefix(text->sources->pdata[line->source], "body:");
}

/* Which parts, by index, belong to a message within this one. */
static gboolean *inner_parts(const MimeMail *mail, guint *ret_count) {
  guint count = 0;
  for (guint i = 0; i < mail->parts->len; i++)
    count = MAX(count, ((MimePart *)mail->parts->pdata[i])->index + 1);
  gboolean *inner = g_new0(gboolean, count + 1);
  for (guint i = 0; i < mail->parts->len; i++) {
    const MimePart *part = mail->parts->pdata[i];
    inner[part->index] = part->message > 0 || g_str_has_suffix(part->type, "rfc822-headers");
  }
  *ret_count = count;
  return inner;
}

/* Where somebody else's words begin; quote marks them later and better, this is for phrases. */
static gboolean opens_quote(const char *folded) {
  static const char *const marks[] = {"^-----message d'origine",
                                      "^-----original message",
                                      "^----- original message",
                                      "^-------- message original",
                                      "^-------- original message",
                                      "^-------- message transfere",
                                      "^-------- forwarded message",
                                      "^---------- forwarded message",
                                      "^---------- message transmis",
                                      "^-----ursprungliche nachricht",
                                      "^debut du message transfere",
                                      "^begin forwarded message",
                                      "^le *a ecrit :$",
                                      "^le *a ecrit:$",
                                      "^on *wrote:$",
                                      "^am *schrieb",
                                      NULL};
  return look_find(folded, marks) != NULL;
}

/* The sender's own lines, borrowed, up to where a quote opens. */
static GPtrArray *own_text_lines(const MimeMail *mail, const Text *text) {
  guint parts;
  g_autofree gboolean *inner = inner_parts(mail, &parts);
  GPtrArray *own = g_ptr_array_new();
  for (guint i = 0; i < text->lines->len; i++) {
    TextLine *line = text->lines->pdata[i];
    if (is_own(text, line, inner, parts) && *line->text) g_ptr_array_add(own, line);
  }
  return own;
}

/* Fold the head and the foot: what lies between them tells nothing about the kind. */
static void fold_lines(Look *look, const Text *text) {
  g_autoptr(GPtrArray) own = own_text_lines(look->mail, text);
  look->lines = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < own->len; i++) {
    if (i == LOOK_HEAD_LINES && own->len > LOOK_HEAD_LINES + LOOK_FOOT_LINES)
      i = own->len - LOOK_FOOT_LINES;
    g_autofree char *cut = g_strndup(((TextLine *)own->pdata[i])->text, LOOK_LINE_MAX_BYTES);
    char *folded = look_fold(cut);
    g_ptr_array_add(look->lines, folded);
    note_runs(look, folded, strlen(folded));
    if (opens_quote(folded)) break;
  }
}

Look *look_new(const MimeMail *mail, const Text *text) {
  Look *look = g_new0(Look, 1);
  look->mail = mail;
  look->subject = bare_subject(mail, &look->answer);
  look->in_thread =
      mime_header_raw(mail, "In-Reply-To", 0) || mime_header_raw(mail, "References", 0);
  look->from = sender_of(mail, "From");
  if (!look->from) look->from = g_strdup("");
  look->robot = look_is_robot(look->from);
  look->from_name = name_of(mail);
  look->return_path = sender_of(mail, "Return-Path");
  fold_lines(look, text);
  return look;
}

void look_free(Look *look) {
  if (!look) return;
  g_free(look->subject);
  g_free(look->from);
  g_free(look->from_name);
  g_free(look->return_path);
  g_ptr_array_unref(look->lines);
  g_free(look);
}
