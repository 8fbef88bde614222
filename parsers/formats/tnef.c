/* tnef - see tnef.h. */
#include "parsers/formats/tnef.h"

#include <string.h>

#include "parsers/charset.h"

enum {
  SIGNATURE = 0x223e9f78,
  HEAD_BYTES = 6,      /* signature and key */
  ATTRIBUTE_BYTES = 9, /* level, name, length */
  NAME_BYTES = 1024,   /* of a file name */
  PROPERTIES_MAX = 4096,
  VALUES_MAX = 4096, /* of a property with several */
  GUID_BYTES = 16,
};

/* Attributes ([MS-OXTNEF] 2.1.3.2). */
enum {
  ATTACH_TITLE = 0x00018010,
  ATTACH_DATA = 0x0006800f,
  ATTACH_START = 0x00069002, /* attAttachRendData */
  ATTACH_PROPERTIES = 0x00069005,
  BODY = 0x0002800c,
  CODE_PAGE = 0x00069007,
  MESSAGE_PROPERTIES = 0x00069003,
};

/* Properties ([MS-OXPROPS]). */
enum {
  P_BODY = 0x1000,
  P_RTF = 0x1009,
  P_HTML = 0x1013,
  P_DISPLAY_NAME = 0x3001,
  P_DATA = 0x3701,
  P_SHORT_NAME = 0x3704,
  P_LONG_NAME = 0x3707,
  P_MIME_TAG = 0x370e,
  P_CONTENT_ID = 0x3712,
  P_CODE_PAGE = 0x3fde, /* PidTagInternetCodepage: of the HTML body */
};

enum { T_I4 = 3, T_OBJECT = 0x0d, T_STRING = 0x1e, T_UNICODE = 0x1f, T_BINARY = 0x102 };

typedef struct {
  const guint8 *data;
  gsize size;
} Span;

typedef struct {
  Tnef *tnef;
  GBytes *content;
  const Wire__Limits *limits;
  guint code_page, html_page;
  Span body, html, rtf;
  gboolean body_unicode;
  TnefItem *open; /* the attachment that attributes tell of, borrowed; NULL: none yet */
} Reader;

static guint number(Span span, gsize at, guint bytes) {
  guint value = 0;
  if (at > span.size || span.size - at < bytes) return 0;
  for (guint i = bytes; i > 0; i--) value = value << 8 | span.data[at + i - 1];
  return value;
}

/* Cut `bytes` off the front. FALSE: there are fewer. */
static gboolean cut(Span *span, gsize bytes, Span *ret_front) {
  if (span->size < bytes) return FALSE;
  *ret_front = (Span){span->data, bytes};
  span->data += bytes;
  span->size -= bytes;
  return TRUE;
}

static gboolean cut_number(Span *span, guint *ret_value) {
  Span front;
  if (!cut(span, 4, &front)) return FALSE;
  *ret_value = number(front, 0, 4);
  return TRUE;
}

static void item_free(gpointer data) {
  TnefItem *item = data;
  g_free(item->name);
  g_free(item->type);
  g_free(item->charset);
  g_free(item->content_id);
  g_bytes_unref(item->content);
  g_free(item);
}

static TnefItem *add_item(Tnef *tnef, const char *type) {
  TnefItem *item = g_new0(TnefItem, 1);
  item->name = g_strdup("");
  item->type = g_strdup(type);
  item->charset = g_strdup("");
  item->content_id = g_strdup("");
  item->content = g_bytes_new_static("", 0);
  g_ptr_array_add(tnef->items, item);
  return item;
}

static void take(char **slot, char *value) {
  g_free(*slot);
  *slot = value;
}

/* A slice of the whole: nothing is copied. */
static void set_content(Reader *reader, TnefItem *item, Span span) {
  const guint8 *start = g_bytes_get_data(reader->content, NULL);
  g_bytes_unref(item->content);
  item->content = g_bytes_new_from_bytes(reader->content, (gsize)(span.data - start), span.size);
}

/* ---- texts ---- */

/* The name of a Windows code page as mail writes it; "" if unknown. The caller owns it. */
static char *page_charset(guint page) {
  static const struct {
    guint page;
    const char *charset;
  } others[] = {{932, "shift_jis"},     {936, "gb2312"},        {949, "ks_c_5601-1987"},
                {950, "big5"},          {20127, "us-ascii"},    {20932, "euc-jp"},
                {28591, "iso-8859-1"},  {28605, "iso-8859-15"}, {50220, "iso-2022-jp"},
                {50221, "iso-2022-jp"}, {50222, "iso-2022-jp"}, {51932, "euc-jp"},
                {65001, "utf-8"}};
  for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
    if (others[i].page == page) return g_strdup(others[i].charset);
  return page >= 1250 && page <= 1258 ? g_strdup_printf("windows-%u", page) : g_strdup("");
}

/* UTF-16LE; half a pair becomes U+FFFD. */
static char *from_utf16(Span span) {
  GString *out = g_string_new(NULL);
  for (gsize at = 0; at + 1 < span.size; at += 2) {
    gunichar c = number(span, at, 2), low = number(span, at + 2, 2);
    if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
      at += 2;
    }
    g_string_append_unichar(out, c == 0 || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c);
  }
  return g_string_free(out, FALSE);
}

/* A text as an attribute or a property holds it, without the NUL at its end. */
static Span trimmed(Span span, gboolean unicode) {
  if (unicode) span.size &= ~(gsize)1;
  gsize unit = unicode ? 2 : 1;
  while (span.size >= unit && number(span, span.size - unit, (guint)unit) == 0) span.size -= unit;
  return span;
}

static char *text_of(const Reader *reader, Span span, gboolean unicode) {
  span = trimmed(span, unicode);
  if (unicode) return from_utf16(span);
  g_autofree char *charset = page_charset(reader->code_page);
  return charset_to_utf8(span.data, span.size, charset, NULL, NULL);
}

static void set_name(Reader *reader, TnefItem *item, Span span, gboolean unicode) {
  span.size = MIN(span.size, NAME_BYTES);
  g_autofree char *name = text_of(reader, span, unicode);
  char *base = name;
  for (char *p = name; *p; p++)
    if (*p == '/' || *p == '\\') base = p + 1;
  g_strstrip(base);
  if (*base) take(&item->name, g_utf8_make_valid(base, -1));
}

/* ---- MAPI properties ---- */

typedef struct {
  guint id, type;
  Span value; /* of the first, where there are several */
} Property;

static gsize padded(gsize size) {
  return (size + 3) & ~(gsize)3;
}

/* Bytes of a value of fixed size in the stream; 0: the value brings its own length. */
static gsize fixed_size(guint type) {
  switch (type) {
  case 0x02: /* 16 bits are padded to 32 */
  case T_I4:
  case 0x04:
  case 0x0a:
  case 0x0b:
    return 4;
  case 0x05:
  case 0x06:
  case 0x07:
  case 0x14:
  case 0x40:
    return 8;
  case 0x48:
    return GUID_BYTES;
  default:
    return 0;
  }
}

/* Step over the name of a property that has one ([MS-OXTNEF] 2.1.3.4, NamedPropSpec). */
static gboolean skip_property_name(Span *left) {
  Span guid, name;
  guint kind, size;
  if (!cut(left, GUID_BYTES, &guid) || !cut_number(left, &kind) || !cut_number(left, &size))
    return FALSE;
  return kind == 0 || cut(left, padded(size), &name);
}

static gboolean cut_values(Span *left, Property *property) {
  gboolean many = property->type & 0x1000;
  property->type &= 0xefff;
  gsize fixed = fixed_size(property->type);
  guint count = 1, size = 0;
  if ((many || fixed == 0) && !cut_number(left, &count)) return FALSE;
  if (count > VALUES_MAX) return FALSE;
  property->value = (Span){left->data, 0};
  for (guint i = 0; i < count; i++) {
    Span value;
    if (fixed == 0 && !cut_number(left, &size)) return FALSE;
    if (!cut(left, fixed ? fixed : padded(size), &value)) return FALSE;
    if (fixed == 0) value.size = size;
    if (i == 0) property->value = value;
  }
  return TRUE;
}

static gboolean cut_property(Span *left, Property *property) {
  guint tag;
  if (!cut_number(left, &tag)) return FALSE;
  property->type = tag & 0xffff;
  property->id = tag >> 16;
  if (property->id >= 0x8000 && !skip_property_name(left)) return FALSE;
  return cut_values(left, property);
}

typedef void (*UseProperty)(Reader *reader, const Property *property);

static void read_properties(Reader *reader, Span left, UseProperty use) {
  guint count;
  if (!cut_number(&left, &count)) return;
  for (guint i = 0; i < MIN(count, PROPERTIES_MAX); i++) {
    Property property;
    if (!cut_property(&left, &property)) {
      reader->tnef->fault = "damaged";
      return;
    }
    use(reader, &property);
  }
}

static gboolean is_text(const Property *property) {
  return property->type == T_STRING || property->type == T_UNICODE;
}

static void use_message_property(Reader *reader, const Property *property) {
  gboolean unicode = property->type == T_UNICODE;
  if (property->id == P_HTML && (property->type == T_BINARY || property->type == T_STRING))
    reader->html = property->value;
  if (property->id == P_RTF && property->type == T_BINARY) reader->rtf = property->value;
  if (property->id == P_CODE_PAGE && property->type == T_I4)
    reader->html_page = number(property->value, 0, 4);
  if (property->id == P_BODY && is_text(property) && reader->body.size == 0) {
    reader->body = property->value;
    reader->body_unicode = unicode;
  }
}

/* An attached message is TNEF again, behind the identifier of its interface. */
static void use_data(Reader *reader, Span value, guint type) {
  if (type == T_OBJECT) {
    if (value.size < GUID_BYTES) return;
    value = (Span){value.data + GUID_BYTES, value.size - GUID_BYTES};
    if (number(value, 0, 4) == SIGNATURE)
      take(&reader->open->type, g_strdup("application/ms-tnef"));
  }
  if (g_bytes_get_size(reader->open->content) == 0) set_content(reader, reader->open, value);
}

static void use_attachment_property(Reader *reader, const Property *property) {
  TnefItem *item = reader->open;
  gboolean unicode = property->type == T_UNICODE;
  if (property->id == P_DATA && (property->type == T_OBJECT || property->type == T_BINARY))
    use_data(reader, property->value, property->type);
  if (!is_text(property)) return;
  if (property->id == P_LONG_NAME)
    set_name(reader, item, property->value, unicode);
  else if ((property->id == P_DISPLAY_NAME || property->id == P_SHORT_NAME) && !*item->name)
    set_name(reader, item, property->value, unicode);
  if (property->id == P_CONTENT_ID && property->value.size < NAME_BYTES)
    take(&item->content_id, text_of(reader, property->value, unicode));
  if (property->id == P_MIME_TAG && strcmp(item->type, "application/ms-tnef") != 0) {
    g_autofree char *type = text_of(reader, property->value, unicode);
    gchar *slash = strchr(type, '/');
    if (slash && slash > type && slash[1] && strlen(type) < NAME_BYTES)
      take(&item->type, g_ascii_strdown(type, -1));
  }
}

/* ---- the packed RTF body ([MS-OXRTFCP]) ---- */

enum {
  RTF_HEAD_BYTES = 16,
  RTF_PACKED = 0x75465a4c,
  RTF_PLAIN = 0x414c454d,
  RTF_WINDOW = 4096,
};

static const char rtf_window[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

typedef struct {
  char window[RTF_WINDOW];
  gsize at; /* in the window */
  GString *out;
} Unpacking;

static void put(Unpacking *un, char c) {
  un->window[un->at] = c;
  un->at = (un->at + 1) % RTF_WINDOW;
  g_string_append_c(un->out, c);
}

/* One control byte and what its eight bits announce: a byte, or a place in the window and a
 * length. FALSE: the end. A pair of bytes makes at most 17. */
static gboolean unpack_run(Unpacking *un, Span *left, gsize most) {
  Span front;
  if (!cut(left, 1, &front)) return FALSE;
  guint control = front.data[0];
  for (guint bit = 0; bit < 8 && un->out->len < most; bit++, control >>= 1) {
    if (!cut(left, control & 1 ? 2 : 1, &front)) return FALSE;
    if (!(control & 1)) {
      put(un, (char)front.data[0]);
      continue;
    }
    guint offset = (guint)front.data[0] << 4 | front.data[1] >> 4;
    guint length = (front.data[1] & 0x0fu) + 2;
    if (offset == un->at) return FALSE;
    for (guint i = 0; i < length; i++) put(un, un->window[(offset + i) % RTF_WINDOW]);
  }
  return un->out->len < most;
}

/* The RTF of PidTagRtfCompressed; NULL: it is none. */
static GBytes *unpack_rtf(Span packed, gsize most) {
  guint kind = number(packed, 8, 4);
  gsize size = MIN(number(packed, 4, 4), most);
  if (packed.size < RTF_HEAD_BYTES || size == 0) return NULL;
  Span left = {packed.data + RTF_HEAD_BYTES, packed.size - RTF_HEAD_BYTES};
  if (kind == RTF_PLAIN) return g_bytes_new(left.data, MIN(left.size, size));
  if (kind != RTF_PACKED) return NULL;
  Unpacking un = {.at = sizeof rtf_window - 1, .out = g_string_new(NULL)};
  memcpy(un.window, rtf_window, sizeof rtf_window - 1);
  while (unpack_run(&un, &left, size)) continue;
  return g_string_free_to_bytes(un.out);
}

/* ---- the stream ---- */

static TnefItem *start_attachment(Reader *reader) {
  if (reader->tnef->items->len >= reader->limits->archive_entries) {
    reader->tnef->fault = "archive_entries";
    return NULL;
  }
  reader->open = add_item(reader->tnef, "application/octet-stream");
  return reader->open;
}

static void use_attribute(Reader *reader, guint id, Span value) {
  gboolean attaches = id == ATTACH_TITLE || id == ATTACH_DATA || id == ATTACH_PROPERTIES;
  if (id == ATTACH_START || (attaches && !reader->open))
    if (!start_attachment(reader)) return;
  switch (id) {
  case ATTACH_TITLE: /* the property has the long name */
    if (!*reader->open->name) set_name(reader, reader->open, value, FALSE);
    break;
  case ATTACH_DATA:
    set_content(reader, reader->open, value);
    break;
  case ATTACH_PROPERTIES:
    read_properties(reader, value, use_attachment_property);
    break;
  case MESSAGE_PROPERTIES:
    read_properties(reader, value, use_message_property);
    break;
  case CODE_PAGE:
    reader->code_page = number(value, 0, 4);
    break;
  case BODY:
    reader->body = value;
    reader->body_unicode = FALSE;
    break;
  default:
    break;
  }
}

static void read_attributes(Reader *reader, Span left) {
  Span front, value;
  while (!reader->tnef->fault && left.size > 0) {
    if (!cut(&left, ATTRIBUTE_BYTES, &front) || !cut(&left, number(front, 5, 4), &value)) {
      reader->tnef->fault = "damaged";
      return;
    }
    use_attribute(reader, number(front, 1, 4), value);
    if (!cut(&left, MIN(left.size, 2), &front)) return; /* the sum: many writers get it wrong */
  }
}

/* The richest body that is there, before the attachments. */
static void add_body(Reader *reader) {
  Span html = trimmed(reader->html, FALSE), plain = trimmed(reader->body, reader->body_unicode);
  GBytes *rtf = html.size > 0 ? NULL : unpack_rtf(reader->rtf, reader->limits->archive_bytes);
  if (html.size == 0 && !rtf && plain.size == 0) return;
  TnefItem *item = add_item(reader->tnef, "text/plain");
  item->body = TRUE;
  if (html.size > 0) {
    take(&item->type, g_strdup("text/html"));
    take(&item->charset, page_charset(reader->html_page));
    set_content(reader, item, html);
  } else if (rtf) {
    take(&item->type, g_strdup("application/rtf"));
    g_bytes_unref(item->content);
    item->content = rtf;
    reader->tnef->unpacked += g_bytes_get_size(rtf);
  } else {
    char *text = text_of(reader, plain, reader->body_unicode);
    take(&item->charset, g_strdup("utf-8"));
    g_bytes_unref(item->content);
    item->content = g_bytes_new_take(text, strlen(text));
  }
  gpointer last = g_ptr_array_steal_index(reader->tnef->items, reader->tnef->items->len - 1);
  g_ptr_array_insert(reader->tnef->items, 0, last);
}

Tnef *tnef_open(GBytes *content, const Wire__Limits *limits) {
  Tnef *tnef = g_new0(Tnef, 1);
  tnef->items = g_ptr_array_new_with_free_func(item_free);
  Reader reader = {.tnef = tnef, .content = content, .limits = limits};
  Span left = {0}, head;
  left.data = g_bytes_get_data(content, &left.size);
  if (cut(&left, HEAD_BYTES, &head) && number(head, 0, 4) == SIGNATURE)
    read_attributes(&reader, left);
  else
    tnef->fault = "damaged";
  add_body(&reader);
  return tnef;
}

void tnef_free(Tnef *tnef) {
  if (!tnef) return;
  g_ptr_array_unref(tnef->items);
  g_free(tnef);
}
