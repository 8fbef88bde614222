/* desk_export_xlsx - see desk_export.h.
 *
 * Rows go to the library one after the other and from there to temporary files (its constant memory
 * mode). Every text is written as a text: nothing that begins like a formula becomes one. The file
 * is the same for the same registrations: its date is that of the last change. */
#include "daemon/desk/desk_export_xlsx.h"

#include <string.h>
#include <xlsxwriter.h>

#include "daemon/desk/desk_sums.h"

enum {
  WIDTH_LEAST = 8,
  WIDTH_MOST = 48,        /* what is longer is wrapped */
  INTEGER_MAX_DIGITS = 15 /* a spreadsheet's numbers are no more exact */
};

/* --- words ------------------------------------------------------------------------------------ */

typedef enum { FR, EN, JA, LANGUAGES } Language;

typedef struct {
  const char *key;
  const char *texts[LANGUAGES];
} Word;

static const Word words[] = {
    {"sheet.people", {"Participants", "Participants", "参加者"}},
    {"sheet.suggestions", {"Suggestions", "Suggestions", "ご提案"}},
    {"sheet.statistics", {"Statistiques", "Statistics", "統計"}},
    {"id", {"N°", "No.", "番号"}},
    {"event", {"Événement", "Event", "イベント"}},
    {"status", {"État", "Status", "状態"}},
    {"missing", {"Informations manquantes", "Missing", "未記入の項目"}},
    {"message_id", {"Courriel (Message-ID)", "Mail (Message-ID)", "メール (Message-ID)"}},
    {"created", {"Inscrit le", "Registered on", "登録日時"}},
    {"updated", {"Modifié le", "Changed on", "更新日時"}},
    {"field", {"Rubrique", "Field", "項目"}},
    {"group", {"Idée", "Idea", "提案の分類"}},
    {"group.count", {"Nombre", "Count", "件数"}},
    {"suggestion", {"Suggestion", "Suggestion", "提案"}},
    {"organization", {"Organisme", "Organisation", "団体"}},
    {"registration", {"N° d'inscription", "Registration", "登録番号"}},
    {"figure", {"Indicateur", "Figure", "指標"}},
    {"value", {"Valeur", "Value", "値"}},
    {"total", {"Inscriptions reçues", "Registrations", "登録件数"}},
    {"attending", {"Participants attendus", "Attending", "参加予定者数"}},
    {"people", {"Personnes différentes", "Different people", "実人数"}},
    {"organizations", {"Organismes différents", "Different organisations", "団体数"}},
    {"partners", {"Partenaires différents", "Different partners", "提携先数"}},
    {"waiting", {"Courriels à traiter", "Mails that wait", "未処理のメール"}},
    {"outbox_open", {"Réponses en cours d'envoi", "Answers on their way", "送信中の返信"}},
    {"outbox_held", {"Réponses retenues", "Answers held", "保留中の返信"}},
    {"outbox_failed", {"Réponses en échec", "Answers that failed", "送信失敗の返信"}},
    {"bounced", {"Avis de non-remise", "Bounces", "不達通知"}},
    {"by_status", {"Par état", "By status", "状態別"}},
    {"by_organization", {"Par organisme", "By organisation", "団体別"}},
    {"by_partner", {"Par partenaire", "By partner", "提携先別"}},
    {"by_kind", {"Courriels par nature", "Mails by kind", "メールの種類別"}},
    {"by_day", {"Réponses par jour", "Answers by day", "日別回答数"}},
    {"status.registered", {"Inscrit", "Registered", "登録済み"}},
    {"status.incomplete", {"Incomplet", "Incomplete", "未完了"}},
    {"status.declined", {"Ne participe pas", "Declined", "欠席"}},
    {"status.cancelled", {"Annulé", "Cancelled", "取消"}},
    {"status.late", {"Hors délai", "Late", "期限後"}},
    {"status.review", {"À vérifier", "In review", "確認待ち"}},
    {"status.waiting", {"Liste d'attente", "Waiting list", "キャンセル待ち"}},
    {"kind.bulletin", {"Bulletin", "Bulletin", "申込書"}},
    {"kind.cancellation", {"Annulation", "Cancellation", "取消の連絡"}},
    {"kind.question", {"Question", "Question", "質問"}},
    {"kind.auto_reply", {"Réponse automatique", "Automatic reply", "自動返信"}},
    {"kind.bounce", {"Avis de non-remise", "Bounce", "不達通知"}},
    {"kind.bulk", {"Envoi en nombre", "Bulk mail", "一斉メール"}},
    {"kind.unreadable", {"Illisible", "Unreadable", "読取不能"}},
    {"format.moment", {"dd/mm/yyyy hh:mm", "yyyy-mm-dd hh:mm", "yyyy/mm/dd hh:mm"}},
    {"format.day", {"dd/mm/yyyy", "yyyy-mm-dd", "yyyy/mm/dd"}},
};

static Language language_of(const char *code) {
  static const char *const codes[] = {"fr", "en", "ja"};
  for (gsize i = 0; code && i < G_N_ELEMENTS(codes); i++)
    if (!strcmp(codes[i], code)) return (Language)i;
  return EN;
}

/* NULL: there is none. */
static const char *find_word(Language language, const char *group, const char *key) {
  g_autofree char *whole = g_strconcat(group, key, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    if (!strcmp(words[i].key, whole)) return words[i].texts[language];
  return NULL;
}

/* --- cells ------------------------------------------------------------------------------------ */

typedef struct {
  const Export *export;
  Language language;
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_format *head, *text, *day, *moment, *number;
  lxw_row_t row;
  lxw_col_t column;
  lxw_error failed; /* the first; LXW_NO_ERROR: none */
} Book;

static void note(Book *book, lxw_error error) {
  if (book->failed == LXW_NO_ERROR) book->failed = error;
}

static const char *word(const Book *book, const char *key) {
  const char *found = find_word(book->language, "", key);
  return found ? found : key;
}

/* Valid, and no longer than a cell may be, in units of UTF-16. */
static char *cell_text(const char *text) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  guint units = 0;
  char *at = valid;
  while (*at && units < EXPORT_CELL_MAX_CHARS - 1) {
    units += g_utf8_get_char(at) > 0xFFFF ? 2 : 1;
    at = g_utf8_next_char(at);
  }
  *at = '\0';
  return g_steal_pointer(&valid);
}

static void put_text(Book *book, const char *text, lxw_format *format) {
  g_autofree char *cell = cell_text(text ? text : "");
  if (*cell) note(book, worksheet_write_string(book->sheet, book->row, book->column, cell, format));
  book->column++;
}

static void put_number(Book *book, guint64 number) {
  note(book, worksheet_write_number(book->sheet, book->row, book->column++, (double)number,
                                    book->number));
}

static void put_moment(Book *book, const GDateTime *moment, lxw_format *format) {
  GDateTime *at = (GDateTime *)moment;
  lxw_datetime cell = {.year = g_date_time_get_year(at),
                       .month = g_date_time_get_month(at),
                       .day = g_date_time_get_day_of_month(at),
                       .hour = g_date_time_get_hour(at),
                       .min = g_date_time_get_minute(at),
                       .sec = g_date_time_get_second(at)};
  note(book, worksheet_write_datetime(book->sheet, book->row, book->column++, &cell, format));
}

/* By the event's clock; without one by the machine's. */
static void put_time(Book *book, const Event *event, gint64 seconds, lxw_format *format) {
  g_autoptr(GDateTime) utc = seconds > 0 ? g_date_time_new_from_unix_utc(seconds) : NULL;
  g_autoptr(GDateTime) moment = !utc    ? NULL
                                : event ? g_date_time_to_timezone(utc, event->zone)
                                        : g_date_time_to_local(utc);
  if (moment)
    put_moment(book, moment, format);
  else
    book->column++;
}

static void next_row(Book *book) {
  book->row++;
  book->column = 0;
}

/* --- values by type --------------------------------------------------------------------------- */

/* YYYY-MM-DD. */
static gboolean put_day(Book *book, const char *value) {
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
  g_autofree char *whole = g_strconcat(value, "T00:00:00", NULL);
  g_autoptr(GDateTime) day = strlen(value) == 10 ? g_date_time_new_from_iso8601(whole, utc) : NULL;
  if (!day || g_date_time_get_year(day) < 1900)
    return FALSE; /* no spreadsheet knows earlier ones */
  put_moment(book, day, book->day);
  return TRUE;
}

static gboolean put_integer(Book *book, const char *value) {
  gint64 number;
  if (strlen(value) > INTEGER_MAX_DIGITS ||
      !g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &number, NULL))
    return FALSE;
  note(book, worksheet_write_number(book->sheet, book->row, book->column++, (double)number,
                                    book->number));
  return TRUE;
}

static const char *code_of(const Book *book) {
  static const char *const codes[] = {[FR] = "fr", [EN] = "en", [JA] = "ja"};
  return codes[book->language];
}

static void put_value(Book *book, const Event *event, const char *name, const char *value) {
  const EventField *field = event ? event_field(event, name) : NULL;
  const char *type = field ? field->type : "text";
  if (!value) value = "";
  if (!strcmp(type, "integer") && put_integer(book, value)) return;
  if (!strcmp(type, "date") && put_day(book, value)) return;
  if (!strcmp(type, "choice") && *value) value = event_word(event, code_of(book), name, value);
  put_text(book, value, book->text);
}

/* --- sheets ----------------------------------------------------------------------------------- */

static void sheet_begin(Book *book, const char *name) {
  book->sheet = workbook_add_worksheet(book->book, word(book, name));
  book->row = 0;
  book->column = 0;
  worksheet_freeze_panes(book->sheet, 1, 0);
  worksheet_set_landscape(book->sheet);
  worksheet_fit_to_pages(book->sheet, 1, 0);
  worksheet_repeat_rows(book->sheet, 0, 0);
  worksheet_set_paper(book->sheet, 9); /* A4 */
}

static void put_head(Book *book, const char *title, guint width) {
  guint least = (guint)g_utf8_strlen(title, -1) + 3; /* and the filter's button */
  double shown = (double)CLAMP(MAX(width + 1, least), WIDTH_LEAST, WIDTH_MOST);
  note(book, worksheet_set_column(book->sheet, book->column, book->column, shown, NULL));
  put_text(book, title, book->head);
}

static void sheet_end(Book *book, lxw_col_t columns) {
  note(book,
       worksheet_autofilter(book->sheet, 0, 0, MAX(book->row, 1) - 1, (lxw_col_t)(columns - 1)));
}

static const Event *event_with(const Export *export, const char *field) {
  if (export->event) return export->event;
  for (guint i = 0; i < export->config->events->len; i++)
    if (event_field(export->config->events->pdata[i], field))
      return export->config->events->pdata[i];
  return NULL;
}

static const char *field_label(const Book *book, const Event *event, const char *name) {
  const char *label =
      event && event_field(event, name) ? event_label(event, code_of(book), name) : "";
  return *label ? label : name;
}

/* --- the participants ------------------------------------------------------------------------- */

static void people_head(Book *book) {
  const ExportColumns *columns = book->export->columns;
  put_head(book, word(book, "id"), 6);
  put_head(book, word(book, "event"), 12);
  put_head(book, word(book, "status"), 14);
  for (guint i = 0; i < columns->names->len; i++) {
    const char *name = columns->names->pdata[i];
    put_head(book, field_label(book, event_with(book->export, name), name),
             g_array_index(columns->widths, guint, i));
  }
  put_head(book, word(book, "missing"), 24);
  put_head(book, word(book, "message_id"), 24);
  put_head(book, word(book, "created"), 16);
  put_head(book, word(book, "updated"), 16);
}

static char *missing_labels(const Book *book, const Event *event, const Registration *row) {
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < row->missing->len; i++)
    g_string_append_printf(text, "%s%s", i ? ", " : "",
                           field_label(book, event, row->missing->pdata[i]));
  return g_string_free(text, FALSE);
}

static gboolean put_person(const Registration *row, void *context) {
  Book *book = context;
  const GPtrArray *names = book->export->columns->names;
  const Event *event = event_find(book->export->config->events, row->event);
  const char *status = find_word(book->language, "status.", row->status);
  g_autofree char *missing = missing_labels(book, event, row);
  put_number(book, row->id);
  put_text(book, row->event, book->text);
  put_text(book, status ? status : row->status, book->text);
  for (guint i = 0; i < names->len; i++)
    put_value(book, event, names->pdata[i], registration_value(row, names->pdata[i]));
  put_text(book, missing, book->text);
  put_text(book, row->message_id, book->text);
  put_time(book, event, row->created, book->moment);
  put_time(book, event, row->updated, book->moment);
  next_row(book);
  return book->failed == LXW_NO_ERROR;
}

static gboolean write_people(Book *book, GError **error) {
  const Export *export = book->export;
  sheet_begin(book, "sheet.people");
  people_head(book);
  lxw_col_t columns = book->column;
  next_row(book);
  const char *event = export->event ? export->event->id : NULL;
  if (!registration_foreach(export->txn, event, put_person, book, error)) return FALSE;
  sheet_end(book, columns);
  return TRUE;
}

/* --- what they suggest ------------------------------------------------------------------------ */

static gboolean add_to_sums(const Registration *row, void *context) {
  desk_sums_forget(desk_sums_add(context, row));
  return TRUE;
}

/* Nothing was taken away, so that the members stand in the order of the registrations. */
static gint by_size(gconstpointer a, gconstpointer b) {
  const Group *left = *(Group *const *)a, *right = *(Group *const *)b;
  if (left->members->len != right->members->len)
    return left->members->len > right->members->len ? -1 : 1;
  return desk_groups_compare(&left->members->pdata[0], &right->members->pdata[0]);
}

static void put_group(Book *book, const Event *event, const Group *group) {
  const char *title = ((const GroupMember *)group->members->pdata[0])->text;
  for (guint i = 0; i < group->members->len && book->row <= EXPORT_ROWS_MAX; i++) {
    const GroupMember *member = group->members->pdata[i];
    put_text(book, field_label(book, event, group->field), book->text);
    put_text(book, title, book->text);
    put_number(book, group->members->len);
    put_text(book, member->text, book->text);
    put_text(book, member->organization, book->text);
    put_number(book, member->registration);
    next_row(book);
  }
}

static gboolean put_suggestions(Book *book, const Event *event, GError **error) {
  EventSums *sums = desk_sums_new(event);
  gboolean done = registration_foreach(book->export->txn, event->id, add_to_sums, sums, error);
  const GPtrArray *groups = desk_groups_all(sums->suggestions);
  g_autoptr(GPtrArray) sorted = g_ptr_array_new();
  for (guint i = 0; i < groups->len; i++) g_ptr_array_add(sorted, groups->pdata[i]);
  g_ptr_array_sort(sorted, by_size);
  for (guint i = 0; i < sorted->len && done; i++) put_group(book, event, sorted->pdata[i]);
  desk_sums_free(sums);
  return done;
}

typedef gboolean (*EventWriter)(Book *book, const Event *event, GError **error);

/* For the one event, or for each. */
static gboolean each_event(Book *book, EventWriter write, GError **error) {
  if (book->export->event) return write(book, book->export->event, error);
  const GPtrArray *events = book->export->config->events;
  for (guint i = 0; i < events->len; i++)
    if (!write(book, events->pdata[i], error)) return FALSE;
  return TRUE;
}

static gboolean write_suggestions(Book *book, GError **error) {
  static const struct {
    const char *key;
    guint width;
  } heads[] = {{"field", 20},      {"group", 40},        {"group.count", 8},
               {"suggestion", 48}, {"organization", 30}, {"registration", 10}};
  sheet_begin(book, "sheet.suggestions");
  for (gsize i = 0; i < G_N_ELEMENTS(heads); i++)
    put_head(book, word(book, heads[i].key), heads[i].width);
  next_row(book);
  if (!each_event(book, put_suggestions, error)) return FALSE;
  sheet_end(book, G_N_ELEMENTS(heads));
  return TRUE;
}

/* --- the figures ------------------------------------------------------------------------------ */

static void put_figure(Book *book, const char *name, guint64 value) {
  put_text(book, name, book->text);
  put_number(book, value);
  next_row(book);
}

static void put_title(Book *book, const char *title) {
  next_row(book);
  put_text(book, title, book->head);
  put_text(book, word(book, "value"), book->head);
  next_row(book);
}

static void put_counts(Book *book, const char *title, const char *group, const GPtrArray *counts) {
  if (!counts->len) return;
  put_title(book, word(book, title));
  for (guint i = 0; i < counts->len; i++) {
    const StatsCount *count = counts->pdata[i];
    const char *name = group ? find_word(book->language, group, count->name) : NULL;
    put_figure(book, name ? name : count->name, count->count);
  }
}

static void put_days(Book *book, const Event *event, const GArray *days) {
  if (!days->len) return;
  put_title(book, word(book, "by_day"));
  for (guint i = 0; i < days->len; i++) {
    const StatsDay *day = &g_array_index(days, StatsDay, i);
    put_time(book, event, day->day, book->day);
    put_number(book, day->answers);
    next_row(book);
  }
}

static gboolean put_statistics(Book *book, const Event *event, GError **error) {
  g_autoptr(EventStats) stats = desk_stats(book->export->cache, book->export->txn, event, error);
  if (!stats) return FALSE;
  const struct {
    const char *key;
    guint value;
  } figures[] = {{"total", stats->total},
                 {"attending", stats->attending},
                 {"people", stats->people},
                 {"organizations", stats->organizations},
                 {"partners", stats->partners},
                 {"waiting", stats->waiting},
                 {"outbox_open", stats->outbox_open},
                 {"outbox_held", stats->outbox_held},
                 {"outbox_failed", stats->outbox_failed},
                 {"bounced", stats->bounced}};
  const char *name = event_text(event, code_of(book), "name");
  put_text(book, *name ? name : event->id, book->head);
  next_row(book);
  for (gsize i = 0; i < G_N_ELEMENTS(figures); i++)
    put_figure(book, word(book, figures[i].key), figures[i].value);
  put_counts(book, "by_status", "status.", stats->by_status);
  put_counts(book, "by_organization", NULL, stats->by_organization);
  put_counts(book, "by_partner", NULL, stats->by_partner);
  put_counts(book, "by_kind", "kind.", stats->by_kind_of_mail);
  put_days(book, event, stats->days);
  next_row(book);
  return TRUE;
}

static gboolean write_statistics(Book *book, GError **error) {
  sheet_begin(book, "sheet.statistics");
  put_head(book, word(book, "figure"), WIDTH_MOST);
  put_head(book, word(book, "value"), 10);
  next_row(book);
  return each_event(book, put_statistics, error);
}

/* --- the workbook ----------------------------------------------------------------------------- */

static lxw_format *format_new(Book *book, const char *number_format) {
  lxw_format *format = workbook_add_format(book->book);
  format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
  if (number_format) format_set_num_format(format, number_format);
  return format;
}

static void make_formats(Book *book) {
  book->text = format_new(book, "@");
  book->number = format_new(book, "0");
  book->day = format_new(book, word(book, "format.day"));
  book->moment = format_new(book, word(book, "format.moment"));
  book->head = format_new(book, NULL);
  format_set_text_wrap(book->text);
  format_set_text_wrap(book->head);
  format_set_bold(book->head);
  format_set_bg_color(book->head, 0xE8EDF3);
  format_set_bottom(book->head, LXW_BORDER_THIN);
  format_set_align(book->day, LXW_ALIGN_LEFT);
  format_set_align(book->moment, LXW_ALIGN_LEFT);
}

static gboolean take_latest(const Registration *row, void *context) {
  gint64 *latest = context;
  *latest = MAX(*latest, row->updated);
  return TRUE;
}

static gboolean set_date(Book *book, GError **error) {
  const Export *export = book->export;
  gint64 latest = 1; /* 0 would be now */
  const char *event = export->event ? export->event->id : NULL;
  if (!registration_foreach(export->txn, event, take_latest, &latest, error)) return FALSE;
  lxw_doc_properties properties = {.created = (time_t)latest};
  note(book, workbook_set_properties(book->book, &properties));
  return TRUE;
}

static gboolean fits(const Export *export, GError **error) {
  enum { FIXED_COLUMNS = 7 };
  guint64 rows = registration_count(export->txn);
  guint columns = export->columns->names->len + FIXED_COLUMNS;
  if (rows <= EXPORT_ROWS_MAX && columns <= EXPORT_COLUMNS_MAX) return TRUE;
  g_set_error(error, EXPORT_ERROR, EXPORT_ERROR_LIMIT,
              "%" G_GUINT64_FORMAT " registrations of %u columns are more than a sheet can hold "
              "(%d rows, %d columns); export them as CSV",
              rows, columns, EXPORT_ROWS_MAX, EXPORT_COLUMNS_MAX);
  return FALSE;
}

static gboolean write_sheets(Book *book, GError **error) {
  make_formats(book);
  return set_date(book, error) && write_people(book, error) && write_suggestions(book, error) &&
         write_statistics(book, error);
}

gboolean desk_export_xlsx(const Export *export, const char *path, GError **error) {
  if (!fits(export, error)) return FALSE;
  lxw_workbook_options options = {
      .constant_memory = LXW_TRUE, .tmpdir = (char *)g_get_tmp_dir(), .use_zip64 = LXW_FALSE};
  Book book = {.export = export,
               .language = language_of(export->language),
               .book = workbook_new_opt(path, &options),
               .failed = LXW_NO_ERROR};
  gboolean done = write_sheets(&book, error);
  note(&book, workbook_close(book.book));
  if (done && book.failed != LXW_NO_ERROR)
    g_set_error(error, EXPORT_ERROR, EXPORT_ERROR_WRITE, "%s: %s; is there room?", path,
                lxw_strerror(book.failed));
  return done && book.failed == LXW_NO_ERROR;
}
