/* word97 - Word 97 to 2003 documents (.doc, MS-DOC) to lines.
 *
 * Main text, then text boxes. Cells and rows of tables, fields by their result, tick boxes of
 * legacy forms and of symbol fonts; what is struck out, hidden or marked as deleted is left out. */
#include <string.h>

#include "parsers/charset.h"
#include "parsers/formats/compound.h"
#include "parsers/formats/format.h"
#include "parsers/formats/package.h"
#include "parsers/formats/page.h"

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum {
  STREAM_MAX_BYTES = 32 << 20,
  PAGE_BYTES = 512, /* of a page of formatting */
  RUNS_MAX = 200000,
  PIECES_MAX = 50000,
  FIELDS_MAX = 30,
  INSTRUCTION_MAX_BYTES = 200
};

/* Property modifiers that are read (MS-DOC 2.6). */
enum {
  SPRM_DELETED = 0x0800,
  SPRM_DATA = 0x0806,
  SPRM_STRIKE = 0x0837,
  SPRM_HIDDEN = 0x083C,
  SPRM_PICTURE = 0x6A03,
  SPRM_SYMBOL = 0x6A09,
  SPRM_DOUBLE_STRIKE = 0x2A53,
  SPRM_IN_TABLE = 0x2416,
  SPRM_ROW_END = 0x2417,
  SPRM_HUGE = 0x6646,
  SPRM_HUGE_OLD = 0x6645
};

/* What a stretch of the file looks like. */
typedef struct {
  guint32 from, to; /* bytes of the WordDocument stream */
  gboolean left_out, data, in_table, row_end;
  gunichar symbol;
  guint32 place; /* of a form field's data, in the Data stream */
} Run;

typedef struct {
  guint32 first;  /* character that it begins with */
  guint32 offset; /* byte in the WordDocument stream */
  gboolean wide;  /* UTF-16, else windows-1252 */
} Piece;

typedef struct {
  gboolean in_result;
  GString *instruction;
} Field;

typedef struct {
  const guint8 *main, *table, *extra; /* streams: WordDocument, 0Table or 1Table, Data */
  gsize main_size, table_size, extra_size;
  GArray *pieces;                  /* Piece, and one behind the last */
  GArray *characters, *paragraphs; /* Run, by `from` */
  Page *page;
  GString *line;
  Field fields[FIELDS_MAX];
  guint n_fields;
  gboolean row_open, cell_open;
} Word;

static guint16 u16(const guint8 *p) {
  return (guint16)(p[0] | p[1] << 8);
}

static guint32 u32(const guint8 *p) {
  return (guint32)u16(p) | (guint32)u16(p + 2) << 16;
}

/* The place and length that the header tells of its n-th table; FALSE: outside of the stream. */
static gboolean table_part(const Word *word, guint n, const guint8 **ret_data, gsize *ret_size) {
  gsize at = 0x9A + (gsize)n * 8;
  if (at + 8 > word->main_size) return FALSE;
  gsize from = u32(word->main + at), size = u32(word->main + at + 4);
  if (size == 0 || from > word->table_size || size > word->table_size - from) return FALSE;
  *ret_data = word->table + from;
  *ret_size = size;
  return TRUE;
}

/* ---- formatting ---- */

/* Bytes of a modifier's operand, by its first bits. */
static gsize operand_size(guint16 sprm, const guint8 *operand, gsize room) {
  static const gsize sizes[] = {1, 1, 2, 4, 2, 2, 0, 3};
  guint kind = sprm >> 13;
  if (kind != 6) return sizes[kind];
  return room > 0 ? (gsize)operand[0] + 1 : 1;
}

static void apply(const Word *word, Run *run, const guint8 *list, gsize size, guint depth);

/* A list of modifiers too long for its page, as rows of many cells have, stands in the Data stream
 * (2.9.186: PrcData). */
static void apply_far(const Word *word, Run *run, guint32 place, guint depth) {
  if (depth > 0 || (gsize)place + 2 > word->extra_size) return;
  gsize size = u16(word->extra + place);
  if (size <= word->extra_size - place - 2)
    apply(word, run, word->extra + place + 2, size, depth + 1);
}

static void apply(const Word *word, Run *run, const guint8 *list, gsize size, guint depth) {
  for (gsize at = 0; at + 3 <= size;) {
    guint16 sprm = u16(list + at);
    const guint8 *operand = list + at + 2;
    gsize room = size - at - 2, length = operand_size(sprm, operand, room);
    if (length > room) return;
    gboolean on = operand[0] == 1 || operand[0] == 0x81;
    if (sprm == SPRM_STRIKE || sprm == SPRM_DOUBLE_STRIKE || sprm == SPRM_HIDDEN ||
        sprm == SPRM_DELETED)
      run->left_out = run->left_out || on;
    if (sprm == SPRM_DATA) run->data = on;
    if ((sprm == SPRM_HUGE || sprm == SPRM_HUGE_OLD) && length == 4)
      apply_far(word, run, u32(operand), depth);
    if (sprm == SPRM_PICTURE && length == 4) run->place = u32(operand);
    if (sprm == SPRM_SYMBOL && length == 4) run->symbol = u16(operand + 2);
    if (sprm == SPRM_IN_TABLE) run->in_table = on;
    if (sprm == SPRM_ROW_END) run->row_end = on;
    at += 2 + length;
  }
}

/* One entry of a page of character formatting (2.9.33): where its modifiers are. */
static void character_run(const Word *word, const guint8 *page, guint n, guint i, Run *run) {
  guint at = (guint)page[(n + 1) * 4 + i] * 2;
  if (at == 0 || at >= PAGE_BYTES - 1) return;
  gsize size = page[at];
  if (at + 1 + size <= PAGE_BYTES) apply(word, run, page + at + 1, size, 0);
}

/* The same for paragraphs (2.9.192): a size in words, then the style. */
static void paragraph_run(const Word *word, const guint8 *page, guint n, guint i, Run *run) {
  guint at = (guint)page[(n + 1) * 4 + i * 13] * 2;
  if (at == 0 || at + 2 >= PAGE_BYTES) return;
  gsize size = page[at] ? (gsize)page[at] * 2 - 1 : (gsize)page[at + 1] * 2;
  gsize from = page[at] ? at + 1 : at + 2;
  if (size > 2 && from + size <= PAGE_BYTES) apply(word, run, page + from + 2, size - 2, 0);
}

/* All the pages of a kind of formatting; `entry` is its size behind the places on a page. */
static GArray *read_runs(const Word *word, guint part, guint entry,
                         void (*read)(const Word *, const guint8 *, guint, guint, Run *)) {
  GArray *runs = g_array_new(FALSE, TRUE, sizeof(Run));
  const guint8 *plex = NULL;
  gsize size = 0;
  if (!table_part(word, part, &plex, &size) || size < 4) return runs;
  gsize pages = (size - 4) / 8;
  for (gsize p = 0; p < pages; p++) {
    gsize at = ((gsize)u32(plex + (pages + 1) * 4 + p * 4) & 0x3FFFFF) * PAGE_BYTES;
    if (at + PAGE_BYTES > word->main_size) continue;
    const guint8 *page = word->main + at;
    guint n = page[PAGE_BYTES - 1];
    if ((n + 1) * 4 + n * entry > PAGE_BYTES - 1) continue;
    for (guint i = 0; i < n && runs->len < RUNS_MAX; i++) {
      Run run = {.from = u32(page + i * 4), .to = u32(page + (i + 1) * 4)};
      read(word, page, n, i, &run);
      g_array_append_val(runs, run);
    }
  }
  return runs;
}

/* The run that holds the byte; NULL: none does. */
static const Run *run_at(const GArray *runs, guint32 byte) {
  guint low = 0, high = runs->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    const Run *run = &g_array_index(runs, Run, middle);
    if (byte >= run->from && byte < run->to) return run;
    if (byte < run->from)
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}

/* ---- pieces (2.9.38) ---- */

static gboolean read_pieces(Word *word) {
  const guint8 *clx = NULL;
  gsize size = 0, at = 0;
  if (!table_part(word, 33, &clx, &size)) return FALSE;
  while (at + 3 <= size && clx[at] == 1) at += 3 + (gsize)u16(clx + at + 1);
  if (at + 5 > size || clx[at] != 2) return FALSE;
  gsize length = u32(clx + at + 1);
  const guint8 *plex = clx + at + 5;
  if (length > size - at - 5 || length < 16) return FALSE;
  gsize n = MIN((length - 4) / 12, PIECES_MAX);
  for (gsize i = 0; i <= n; i++) {
    Piece piece = {.first = u32(plex + i * 4)};
    if (i < n) {
      guint32 place = u32(plex + ((length - 4) / 12 + 1) * 4 + i * 8 + 2);
      piece.wide = !(place & 0x40000000);
      piece.offset = piece.wide ? place : (place & 0x3FFFFFFF) / 2;
    }
    g_array_append_val(word->pieces, piece);
  }
  return TRUE;
}

/* ---- lines ---- */

static gboolean is_shown(const Word *word, const Run *run) {
  if (run && run->left_out) return FALSE;
  for (guint i = 0; i < word->n_fields && i < FIELDS_MAX; i++)
    if (!word->fields[i].in_result) return FALSE;
  return TRUE;
}

static void open_cell(Word *word) {
  if (!word->row_open) page_table_start(word->page);
  word->row_open = TRUE;
  if (!word->cell_open) page_cell_start(word->page);
  word->cell_open = TRUE;
}

static void end_line(Word *word) {
  page_line(word->page, word->line->str, word->line->len, 0);
  g_string_truncate(word->line, 0);
}

static void end_cell(Word *word, const Run *paragraph) {
  if (paragraph && paragraph->row_end) {
    if (word->cell_open) page_cell_end(word->page);
    if (word->row_open) {
      page_row_end(word->page);
      page_table_end(word->page);
    }
    word->row_open = word->cell_open = FALSE;
    g_string_truncate(word->line, 0);
    return;
  }
  open_cell(word);
  end_line(word);
  page_cell_end(word->page);
  word->cell_open = FALSE;
}

static void end_paragraph(Word *word, const Run *paragraph) {
  if (paragraph && paragraph->in_table) open_cell(word);
  end_line(word);
}

/* ---- fields ---- */

static void begin_field(Word *word) {
  if (word->n_fields < FIELDS_MAX)
    word->fields[word->n_fields] = (Field){FALSE, g_string_new(NULL)};
  word->n_fields++;
}

static void end_field(Word *word) {
  if (word->n_fields == 0) return;
  if (--word->n_fields < FIELDS_MAX) g_string_free(word->fields[word->n_fields].instruction, TRUE);
}

/* The state of a tick box whose data stands at `place` (2.9.78: FFData). */
static const char *tick_of(const Word *word, guint32 place) {
  if (place > word->extra_size || word->extra_size - place < 80) return NULL;
  const guint8 *data = word->extra + place;
  gsize header = u16(data + 4), room = word->extra_size - place;
  if (header + 12 > room || u32(data + header) != 0xFFFFFFFF) return NULL;
  guint bits = u16(data + header + 4), result = bits >> 2 & 31;
  if ((bits & 3) != 1) return NULL; /* no tick box */
  gsize name = header + 10, units = u16(data + name), rest = name + 2 + units * 2 + 2;
  guint standard = rest + 2 <= room ? u16(data + rest) : 0;
  return (result == 25 ? standard : result) == 1 ? TICKED : UNTICKED;
}

/* Character 1 with data: a form field's mark. It stands between the field's instruction and result,
 * but shows what the field shows. */
static void add_tick(Word *word, const Run *run) {
  const char *tick = run && run->data ? tick_of(word, run->place) : NULL;
  if (tick && !run->left_out) g_string_append(word->line, tick);
}

/* ---- characters ---- */

static void add_character(Word *word, gunichar ch, guint32 byte) {
  const Run *run = run_at(word->characters, byte);
  switch (ch) {
  case 0x0D:
    end_paragraph(word, run_at(word->paragraphs, byte));
    return;
  case 0x07:
    end_cell(word, run_at(word->paragraphs, byte));
    return;
  case 0x13:
    begin_field(word);
    return;
  case 0x14:
    if (word->n_fields > 0 && word->n_fields <= FIELDS_MAX)
      word->fields[word->n_fields - 1].in_result = TRUE;
    return;
  case 0x15:
    end_field(word);
    return;
  case 0x01:
    add_tick(word, run);
    return;
  case 0x0B:
  case 0x0C:
    if (is_shown(word, run)) end_paragraph(word, run_at(word->paragraphs, byte));
    return;
  case 0x1E:
    ch = '-';
    break;
  default:
    break;
  }
  if (!is_shown(word, run) || (ch < 0x20 && ch != '\t' && ch != 0x28)) return;
  if (run && run->symbol && ch == '(') ch = run->symbol; /* 0x28: stands for the symbol */
  if (g_unichar_validate(ch)) g_string_append_unichar(word->line, ch);
}

static gunichar character_at(const Word *word, const Piece *piece, guint32 n, guint32 *ret_byte) {
  *ret_byte = piece->offset + n * (piece->wide ? 2 : 1);
  if ((gsize)*ret_byte + 2 > word->main_size) return 0;
  if (piece->wide) return u16(word->main + *ret_byte);
  guint8 byte = word->main[*ret_byte];
  if (byte < 0x80) return byte;
  g_autofree char *text = charset_to_utf8(&byte, 1, "windows-1252", NULL, NULL);
  return g_utf8_get_char(text);
}

/* The characters from `from` to `to`. */
static void read_text(Word *word, guint32 from, guint32 to) {
  for (guint i = 0; i + 1 < word->pieces->len; i++) {
    const Piece *piece = &g_array_index(word->pieces, Piece, i);
    guint32 last = MIN((piece + 1)->first, to);
    for (guint32 c = MAX(piece->first, from); c < last && !page_full(word->page); c++) {
      guint32 byte = 0;
      gunichar ch = character_at(word, piece, c - piece->first, &byte);
      if (ch) add_character(word, ch, byte);
    }
  }
  while (word->n_fields > 0) end_field(word);
  if (word->line->len) end_line(word);
  if (word->row_open) end_cell(word, &(Run){.row_end = TRUE});
}

/* ---- the document ---- */

static void read_document(Word *word, const Wire__Limits *limits, const MimePart *part,
                          Text *text) {
  word->pieces = g_array_new(FALSE, TRUE, sizeof(Piece));
  gboolean whole = read_pieces(word);
  word->characters = read_runs(word, 12, 1, character_run);
  word->paragraphs = read_runs(word, 13, 13, paragraph_run);
  word->page = page_new(text, limits, part->index);
  word->line = g_string_new(NULL);
  guint32 lengths[8]; /* of main text, footnotes, heads, macros, remarks, endnotes, boxes */
  for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) lengths[i] = u32(word->main + 0x4C + i * 4);
  guint32 boxes = 0;
  for (guint i = 0; i < 6; i++) boxes += MIN(lengths[i], G_MAXINT32 / 8);
  read_text(word, 0, MIN(lengths[0], G_MAXINT32));
  read_text(word, boxes, boxes + MIN(lengths[6], G_MAXINT32 / 8));
  page_free(word->page);
  g_string_free(word->line, TRUE);
  g_array_unref(word->pieces);
  g_array_unref(word->characters);
  g_array_unref(word->paragraphs);
  if (!whole) package_report("damaged", part, text);
}

gboolean word97_read(const MimePart *part, const Wire__Limits *limits, Text *text) {
  g_autoptr(Compound) compound = compound_open(part->content);
  if (!compound) return FALSE;
  g_autoptr(GBytes) main = compound_stream(compound, "WordDocument", STREAM_MAX_BYTES);
  Word word = {0};
  if (main) word.main = g_bytes_get_data(main, &word.main_size);
  if (word.main_size < 0x200 || u16(word.main) != 0xA5EC) return FALSE;
  guint flags = u16(word.main + 0x0A);
  if (flags & 0x0100) {
    package_report("encrypted", part, text);
    return TRUE;
  }
  g_autoptr(GBytes) table =
      compound_stream(compound, flags & 0x0200 ? "1Table" : "0Table", STREAM_MAX_BYTES);
  g_autoptr(GBytes) extra = compound_stream(compound, "Data", STREAM_MAX_BYTES);
  if (table) word.table = g_bytes_get_data(table, &word.table_size);
  if (extra) word.extra = g_bytes_get_data(extra, &word.extra_size);
  read_document(&word, limits, part, text);
  return TRUE;
}
