#include "parsers/bounce_report.h"

#include <string.h>

#include "parsers/fold.h"
#include "parsers/mime_header.h"

enum {
  PART_MAX_BYTES = 256 << 10, /* of a delivery-status part */
  GROUPS_MAX = 100,           /* recipients of one report that are looked at */
  LINES_MAX = 60,             /* of the words; what returns the mail stands further down */
  JOIN_LINES = 2,             /* lines that a wrapped diagnostic goes on for */
  LINE_MAX_BYTES = 2000,
  DIAGNOSTIC_MAX_BYTES = 300,
  ADDRESS_MAX_BYTES = 254 /* RFC 5321 4.5.3.1.3, without <> */
};

/* Folded words (fold_words). Each table speaks of what became of the mail. */
static const char *const gave_up_words[] = {
    "giving up",           "not going to try again", "in the queue too long",
    "will not be retried", "retry timeout exceeded", "permanent error",
    "permanent failure",   "permanent fatal errors", "erreur permanente",
    "message expired",     "delivery time expired",  NULL};
static const char *const delayed_words[] = {"warning message only",
                                            "a warning only",
                                            "will be retried",
                                            "being retried",
                                            "will retry",
                                            "will keep trying",
                                            "will continue to try",
                                            "attempts will continue",
                                            "will continue to be attempted",
                                            "is still trying",
                                            "is delayed",
                                            "been delayed",
                                            "not yet been delivered",
                                            "delivery incomplete",
                                            "remise retardee",
                                            "remise est retardee",
                                            "a ete retarde",
                                            "nouvelles tentatives",
                                            "nouvelle tentative",
                                            "遅延",
                                            "遅れて",
                                            "再送を試み",
                                            "再試行",
                                            NULL};
static const char *const failed_words[] = {"undeliver",
                                           "returned mail",
                                           "returned to sender",
                                           "returning message to sender",
                                           "failure",
                                           "failed",
                                           "could not be delivered",
                                           "couldn t be delivered",
                                           "wasn t delivered",
                                           "was not delivered",
                                           "not be delivered",
                                           "not deliverable",
                                           "wasn t able to deliver",
                                           "unable to deliver",
                                           "could not deliver",
                                           "did not reach",
                                           "has been rejected",
                                           "user unknown",
                                           "unknown user",
                                           "no such user",
                                           "mailbox is full",
                                           "mailbox full",
                                           "over quota",
                                           "does not exist",
                                           "non remis",
                                           "non distribue",
                                           "non delivre",
                                           "non remise",
                                           "non distribution",
                                           "pas pu etre",
                                           "n a pas ete",
                                           "echec",
                                           "introuvable",
                                           "destinataire inconnu",
                                           "boite aux lettres est pleine",
                                           "配信不能",
                                           "できません",
                                           "不達",
                                           "宛先不明",
                                           "見つかりません",
                                           "存在しません",
                                           "unzustellbar",
                                           "nicht zugestellt",
                                           "no se pudo entregar",
                                           "no se ha podido entregar",
                                           NULL};
static const char *const delayed_subjects[] = {"delay",  "delayed",  "warning", "retarde",
                                               "retard", "retardee", "遅延",    NULL};
/* Where the returned mail begins in a report of one part. */
static const char *const returned_words[] = {"below this line is a copy",
                                             "this is a copy of the message",
                                             "original message follows",
                                             "original message headers",
                                             "unsent message below",
                                             "message original",
                                             NULL};

typedef struct {
  const MimeMail *mail;
  char *const *addresses;
  char *from;
  GPtrArray *lines;  /* char*: what the mail system says */
  GPtrArray *folded; /* char*: the same as fold_words */
} Words;

/* ---- one line ---- */

/* At most `max` bytes of valid UTF-8; takes and returns `text`. */
static char *cut_bytes(char *text, gsize max) {
  if (strlen(text) > max) *g_utf8_find_prev_char(text, text + max + 1) = '\0';
  return text;
}

/* A stranger's words: one line of valid UTF-8, bounded. */
static char *clean_line(const char *text) {
  char *line = g_utf8_make_valid(text, -1);
  char *to = line;
  for (const char *at = line; *at; at++) {
    gboolean space = (guchar)*at <= ' ' || *at == 0x7f;
    if (!space)
      *to++ = *at;
    else if (to > line && to[-1] != ' ')
      *to++ = ' ';
  }
  if (to > line && to[-1] == ' ') to--;
  *to = '\0';
  return cut_bytes(line, DIAGNOSTIC_MAX_BYTES);
}

static void set(char **target, char *take) {
  if (!take) return;
  g_free(*target);
  *target = take;
}

static gsize digits(const char *at) {
  return strspn(at, "0123456789");
}

/* "5.1.1" at `at` (RFC 3463 2), its length; 0: none. Four numbers are an IP address. */
static gsize status_length(const char *at) {
  if (!strchr("245", *at) || !*at || at[1] != '.') return 0;
  gsize subject = digits(at + 2), detail = 0;
  if (subject < 1 || subject > 3 || at[2 + subject] != '.') return 0;
  detail = digits(at + 3 + subject);
  if (detail < 1 || detail > 3) return 0;
  gsize length = 3 + subject + detail;
  return at[length] == '.' && g_ascii_isdigit(at[length + 1]) ? 0 : length;
}

/* "550" at `at` (RFC 5321 4.2.1), its length; 0: none. */
static gsize reply_length(const char *at) {
  gboolean code = (*at == '4' || *at == '5') && at[1] >= '0' && at[1] <= '5' && digits(at) == 3;
  return code && (!at[3] || strchr(" -:;,)", at[3])) ? 3 : 0;
}

/* The first that `length` knows, where a word begins; NULL: none. The caller owns it. */
static char *find_code(const char *line, gsize (*length)(const char *)) {
  for (const char *at = line; *at; at++) {
    gboolean inside = at > line && (g_ascii_isalnum(at[-1]) || at[-1] == '.' || at[-1] == '-');
    gsize found = inside ? 0 : length(at);
    if (found) return g_strndup(at, found);
  }
  return NULL;
}

/* ---- message/delivery-status ---- */

static const char *field_of(const MimeHeaders *group, const char *name) {
  HeaderField *field = mime_headers_find(group, name, 0);
  return field ? mime_field_decoded(field) : NULL;
}

/* "smtp; 550 …" → "550 …": what stands behind the type (RFC 3464 2.1.2). */
static const char *untyped(const char *value) {
  gsize type = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ ");
  return type > 0 && value[type] == ';' ? value + type + 1 : value;
}

static char *recipient_of(const MimeHeaders *group, const char *name) {
  const char *value = field_of(group, name);
  if (!value) return NULL;
  g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  mime_addresses_parse(untyped(value), addresses, names);
  if (!addresses->len || strlen(addresses->pdata[0]) > ADDRESS_MAX_BYTES) return NULL;
  return clean_line(addresses->pdata[0]);
}

static BounceAction action_of(const char *value) {
  g_autofree char *word = value ? mime_value_token(value) : NULL;
  for (int action = BOUNCE_FAILED; word && action < BOUNCE_ACTION_COUNT; action++)
    if (!strcmp(word, bounce_action_name((BounceAction)action))) return (BounceAction)action;
  return BOUNCE_UNKNOWN;
}

static BounceReport *read_group(const MimeHeaders *group) {
  BounceReport *report = bounce_report_new();
  const char *status = field_of(group, "status"), *words = field_of(group, "diagnostic-code");
  report->action = action_of(field_of(group, "action"));
  if (status) set(&report->status, find_code(status, status_length));
  set(&report->final_recipient, recipient_of(group, "final-recipient"));
  set(&report->original_recipient, recipient_of(group, "original-recipient"));
  if (words) set(&report->diagnostic, clean_line(untyped(words)));
  return report;
}

/* What a person must know of comes first: a recipient who was not reached. */
static int weight_of(const BounceReport *report) {
  static const int weights[BOUNCE_ACTION_COUNT] = {[BOUNCE_FAILED] = 3, [BOUNCE_DELAYED] = 2};
  return weights[report->action];
}

static gboolean is_recipient_group(const MimeHeaders *group) {
  return field_of(group, "final-recipient") || field_of(group, "action");
}

/* Behind the block of fields that begins at `block`. */
static const char *block_end(const char *block, const char *end) {
  for (const char *at = block; at < end; at++) {
    at = memchr(at, '\n', (gsize)(end - at));
    if (!at) return end;
    const char *next = at + 1;
    if (next < end && *next == '\r') next++;
    if (next < end && *next == '\n') return next + 1;
  }
  return end;
}

static BounceReport *read_status_part(const MimePart *part, BounceReport *best) {
  gsize size = 0;
  const char *at = g_bytes_get_data(part->content, &size);
  if (!size) return best;
  const char *end = at + MIN(size, PART_MAX_BYTES);
  for (guint n = 0; at < end && n < GROUPS_MAX; n++) {
    while (at < end && (*at == '\r' || *at == '\n')) at++;
    const char *next = block_end(at, end);
    g_autoptr(MimeHeaders) group = mime_headers_new(at, (gsize)(next - at));
    at = next;
    if (!is_recipient_group(group)) continue;
    BounceReport *report = read_group(group), *worse = report;
    if (best && weight_of(best) >= weight_of(report)) worse = best;
    bounce_report_free(worse == report ? best : report);
    best = worse;
  }
  return best;
}

static gboolean is_status_part(const MimePart *part) {
  return part->message == 0 && (!strcmp(part->type, "message/delivery-status") ||
                                !strcmp(part->type, "message/global-delivery-status"));
}

/* NULL: no such part, or nothing in it. */
static BounceReport *read_status(const MimeMail *mail) {
  BounceReport *report = NULL;
  for (guint i = 0; i < mail->parts->len; i++)
    if (is_status_part(mail->parts->pdata[i]))
      report = read_status_part(mail->parts->pdata[i], report);
  return report;
}

/* ---- the words ---- */

static gboolean holds(const char *folded, const char *const *phrases) {
  for (; *phrases; phrases++) {
    const char *at = strstr(folded, *phrases);
    /* A Latin phrase begins at the start of a word. */
    for (; at; at = strstr(at + 1, *phrases))
      if ((guchar) * *phrases >= 0x80 || at == folded || at[-1] == ' ') return TRUE;
  }
  return FALSE;
}

static gboolean any_holds(const Words *words, const char *const *phrases) {
  for (guint i = 0; i < words->folded->len; i++)
    if (holds(words->folded->pdata[i], phrases)) return TRUE;
  return FALSE;
}

static gboolean is_own_text(const MimeMail *mail, const TextLine *line) {
  if (line->part >= mail->parts->len) return FALSE;
  const MimePart *part = mail->parts->pdata[line->part];
  return part->message == 0 && g_str_has_prefix(part->type, "text/");
}

static gboolean begins_returned_mail(const char *line, const char *folded) {
  return !g_ascii_strncasecmp(line, "Return-Path:", 12) ||
         !g_ascii_strncasecmp(line, "Received:", 9) || holds(folded, returned_words);
}

static void words_init(Words *words, const MimeMail *mail, const Text *text,
                       char *const *addresses) {
  g_autoptr(GPtrArray) from = mime_addresses(mail, "From", NULL);
  *words = (Words){.mail = mail,
                   .addresses = addresses,
                   .from = g_strdup(from->len ? from->pdata[0] : ""),
                   .lines = g_ptr_array_new_with_free_func(g_free),
                   .folded = g_ptr_array_new_with_free_func(g_free)};
  for (guint i = 0; i < text->lines->len && words->lines->len < LINES_MAX; i++) {
    const TextLine *line = text->lines->pdata[i];
    if (!is_own_text(mail, line)) continue;
    char *cut = cut_bytes(g_strdup(line->text), LINE_MAX_BYTES), *folded = fold_words(cut);
    g_ptr_array_add(words->lines, cut);
    g_ptr_array_add(words->folded, folded);
    if (begins_returned_mail(cut, folded)) break;
  }
}

static void words_done(Words *words) {
  g_free(words->from);
  g_ptr_array_unref(words->lines);
  g_ptr_array_unref(words->folded);
}

/* Neither the mail system's own address nor ours. */
static gboolean may_be_recipient(const Words *words, const char *address) {
  static const char *const systems[] = {"postmaster@", "mailer-daemon@"};
  for (guint i = 0; i < G_N_ELEMENTS(systems); i++)
    if (g_str_has_prefix(address, systems[i])) return FALSE;
  if (strlen(address) > ADDRESS_MAX_BYTES || !strcmp(address, words->from)) return FALSE;
  return !words->addresses || !g_strv_contains((const char *const *)words->addresses, address);
}

/* The addr-spec around `sign`, in lower case; NULL: none. */
static char *address_around(const char *line, const char *sign, gboolean angle) {
  static const char atext[] = "!#$%&'*+-/=?^_`{|}~.";
  const char *start = sign, *end = sign + 1;
  while (start > line && (g_ascii_isalnum(start[-1]) || strchr(atext, start[-1]))) start--;
  while (g_ascii_isalnum(*end) || (*end && strchr(".-", *end))) end++;
  while (end > sign + 1 && strchr(".-", end[-1])) end--;
  if (start == sign || end == sign + 1) return NULL;
  if (angle && (start == line || start[-1] != '<' || *end != '>')) return NULL;
  return g_ascii_strdown(start, end - start);
}

static char *recipient_in(const Words *words, gboolean angle) {
  for (guint i = 0; i < words->lines->len; i++) {
    const char *line = words->lines->pdata[i];
    if (strstr(words->folded->pdata[i], "message id")) continue;
    for (const char *sign = strchr(line, '@'); sign; sign = strchr(sign + 1, '@')) {
      g_autofree char *address = address_around(line, sign, angle);
      if (address && may_be_recipient(words, address)) return g_steal_pointer(&address);
    }
  }
  return NULL;
}

static char *recipient_by_words(const Words *words) {
  g_autoptr(GPtrArray) failed = mime_addresses(words->mail, "X-Failed-Recipients", NULL);
  if (failed->len && may_be_recipient(words, failed->pdata[0])) return clean_line(failed->pdata[0]);
  char *address = recipient_in(words, TRUE);
  return address ? address : recipient_in(words, FALSE);
}

/* Line `first` and those that it was wrapped into. */
static char *join(const Words *words, guint first) {
  g_autoptr(GString) text = g_string_new(words->lines->pdata[first]);
  for (guint i = first + 1; i <= first + JOIN_LINES && i < words->lines->len; i++) {
    const char *line = words->lines->pdata[i];
    if (!*line || g_str_has_prefix(line, "--") ||
        begins_returned_mail(line, words->folded->pdata[i]))
      break;
    g_string_append_printf(text, " %s", line);
  }
  return clean_line(text->str);
}

/* The first line with a status, else with a reply code, else that says that it failed. */
static void diagnostic_by_words(const Words *words, BounceReport *report) {
  static gsize (*const lengths[])(const char *) = {status_length, reply_length};
  for (guint n = 0; n < G_N_ELEMENTS(lengths); n++)
    for (guint i = 0; i < words->lines->len; i++) {
      char *code = find_code(words->lines->pdata[i], lengths[n]);
      if (!code) continue;
      set(&report->status, code);
      set(&report->diagnostic, join(words, i));
      return;
    }
  for (guint i = 0; i < words->lines->len && !*report->diagnostic; i++)
    if (holds(words->folded->pdata[i], failed_words)) set(&report->diagnostic, join(words, i));
}

/* Warnings say "could not be delivered" as well, so what tells a warning is asked first; but who
 * gave up says for how long it was delayed. */
static BounceAction action_by_words(const Words *words, const char *status) {
  const char *header = mime_header(words->mail, "Subject", 0);
  g_autofree char *subject = fold_words(header ? header : "");
  if (any_holds(words, gave_up_words)) return BOUNCE_FAILED;
  if (holds(subject, delayed_subjects)) return BOUNCE_DELAYED;
  if (holds(subject, failed_words) || *status == '5') return BOUNCE_FAILED;
  if (any_holds(words, delayed_words)) return BOUNCE_DELAYED;
  if (any_holds(words, failed_words)) return BOUNCE_FAILED;
  return *status == '4' ? BOUNCE_DELAYED : BOUNCE_UNKNOWN;
}

/* ---- both ---- */

/* "5.0.0" says nothing (RFC 3463 3.1); the diagnostic may say more. */
static void sharpen_status(BounceReport *report) {
  if (*report->status && !g_str_has_suffix(report->status, ".0.0")) return;
  g_autofree char *code = find_code(report->diagnostic, status_length);
  if (!code && !*report->status) code = find_code(report->diagnostic, reply_length);
  if (code && (!*report->status || *code == *report->status))
    set(&report->status, g_steal_pointer(&code));
}

static void fill_by_words(const Words *words, BounceReport *report) {
  g_autoptr(BounceReport) said = bounce_report_new();
  diagnostic_by_words(words, said);
  if (!*report->diagnostic) set(&report->diagnostic, g_strdup(said->diagnostic));
  if (!*report->status) set(&report->status, g_strdup(said->status));
  if (!*report->final_recipient) set(&report->final_recipient, recipient_by_words(words));
  if (report->action == BOUNCE_UNKNOWN) report->action = action_by_words(words, report->status);
}

BounceReport *bounce_report_read(const MimeMail *mail, const Text *text, char *const *addresses) {
  BounceReport *report = read_status(mail);
  if (!report) report = bounce_report_new();
  sharpen_status(report);
  Words words;
  words_init(&words, mail, text, addresses);
  fill_by_words(&words, report);
  words_done(&words);
  return report;
}

char *bounce_report_note(const BounceReport *report) {
  static const char *const formats[BOUNCE_ACTION_COUNT] = {
      [BOUNCE_UNKNOWN] = "reports on the mail to %s",
      [BOUNCE_FAILED] = "reports that %s could not be reached",
      [BOUNCE_DELAYED] = "reports that the mail to %s is delayed",
      [BOUNCE_DELIVERED] = "reports that the mail to %s was delivered",
      [BOUNCE_RELAYED] = "reports that the mail to %s was passed on",
      [BOUNCE_EXPANDED] = "reports that the mail to %s was passed on to several"};
  const char *who = *report->original_recipient ? report->original_recipient
                    : *report->final_recipient  ? report->final_recipient
                                                : "somebody";
  GString *note = g_string_new(NULL);
  g_string_append(note, formats[report->action]);
  g_string_replace(note, "%s", who, 1);
  gboolean told = strstr(report->diagnostic, report->status) != NULL;
  if (*report->status && !told) g_string_append_printf(note, ": %s", report->status);
  if (*report->diagnostic)
    g_string_append_printf(note, "%s%s", *report->status && !told ? " " : ": ", report->diagnostic);
  return g_string_free(note, FALSE);
}
