/* office_ja - see office_ja.h. */
#include "parsers/office_ja.h"

#include <string.h>

static gboolean ends_with_any(const char *text, const char *const *suffixes) {
  for (guint i = 0; suffixes[i]; i++)
    if (g_str_has_suffix(text, suffixes[i])) return TRUE;
  return FALSE;
}

/* What the names of Japanese bodies, of their parts, and of offices end with. */
static const char *const bodies_ja[] = {
    "市",       "県",     "府",   "都",   "町",   "村",   "区",   "道",     "会",   "所",
    "館",       "社",     "大学", "院",   "省",   "庁",   "協会", "機構",   "財団", "学校",
    "センター", "事務所", "組合", "法人", "連合", "公社", "学園", "研究所", NULL};
static const char *const parts_ja[] = {"部",       "課",     "室",     "局",   "係", "班",
                                       "グループ", "チーム", "担当課", "本部", "科", NULL};
static const char *const offices_ja[] = {
    "長",   "主事", "主査",   "主任", "主幹",   "補佐", "担当",   "参事",   "知事",
    "議員", "教授", "書記官", "理事", "代表",   "職員", "調整員", "交流員", "専務",
    "秘書", "領事", "大使",   "係",   "研究員", "講師", "専門員", "推進員", NULL};

gboolean office_ja_is_body(const char *word) {
  return ends_with_any(word, bodies_ja);
}

gboolean office_ja_is_part(const char *word) {
  return ends_with_any(word, parts_ja);
}

gboolean office_ja_is_office(const char *word) {
  return ends_with_any(word, offices_ja);
}

/* What a town or a prefecture is called by: the body ends there, whatever follows. */
static const char *const places[] = {"県", "府", "都", "市", "町", "村", "区", NULL};

void office_ja_split(const char *text, char **ret_role, char **ret_body) {
  const char *end = text;
  const char *space = strchr(text, ' ');
  if (space && *text) {
    g_autofree char *first = g_strndup(text, (gsize)(space - text));
    if (office_ja_is_body(first)) end = space;
  }
  for (const char *p = text; end == text && *p; p = g_utf8_next_char(p)) {
    gboolean place = FALSE;
    for (guint i = 0; places[i]; i++) place = place || g_str_has_prefix(p, places[i]);
    /* "市長", "都市計画課長": no name stands before, or another character belongs to the word */
    if (!place || p == text || g_str_has_prefix(g_utf8_next_char(p), "長")) continue;
    if (g_str_has_prefix(p, "都市")) continue;
    end = g_utf8_next_char(p);
  }
  *ret_body = g_strndup(text, (gsize)(end - text));
  while (*end == ' ') end++;
  *ret_role = g_strdup(office_ja_is_office(end) ? end : "");
}
