/* pdf_read - PDF documents to lines, by Poppler: printed text, form fields, what was typed over it.
 *
 * A form field stands where it is on the page, with its value; what a program painted there for it
 * is left out. Struck-out text is left out. A page that is a picture is said to be one. */
#include <cairo.h>
#include <math.h>
#include <poppler.h>
#include <string.h>

#include "parsers/formats/font.h"
#include "parsers/formats/format.h"
#include "parsers/formats/package.h"
#include "parsers/formats/page_picture.h"
#include "parsers/formats/pdf_bare.h"
#include "parsers/formats/pdf_drawing.h"
#include "parsers/formats/picture.h"

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum {
  SCAN_SIDE = 3300, /* pixels of the longer side of a scan */
  RULE_GAP_POINTS = 1,
  CHOICE_MAX_BYTES = 24,
  AREAS_MAX = 5000,
  FIELD_TEXT_MAX_BYTES = 16 << 10
};

static const double tab_gap = 1.3; /* as in pdf_page: a gap within a line of Poppler's */

typedef struct {
  const MimePart *part;
  const Wire__Limits *limits;
  Text *text;
  guint number;  /* of the page, from 1 */
  double height; /* of the page */
  GArray *taken; /* PdfBox: what is painted there is a field's or was struck out */
  PdfPage *page;
  gboolean buttons;    /* it has boxes that are form fields: none is only drawn */
  gboolean bare;       /* the file draws nothing but letters */
  PdfDrawing *drawing; /* NULL: there is nothing to see, or the page is too large to be looked at */
} Pdf;

/* Poppler counts the height of fields and annotations from the bottom, that of text from the top.
 */
static PdfBox box_of(const Pdf *pdf, const PopplerRectangle *area) {
  return (PdfBox){MIN(area->x1, area->x2), pdf->height - MAX(area->y1, area->y2),
                  MAX(area->x1, area->x2), pdf->height - MIN(area->y1, area->y2)};
}

/* ---- form fields ---- */

/* One line: lines of a field are parted as those of an address are. */
static char *one_line(char *take) {
  g_autofree char *text = take;
  if (!text || !g_utf8_validate(text, -1, NULL)) return g_strdup("");
  g_strdelimit(text, "\r", '\n');
  g_auto(GStrv) lines = g_strsplit(g_strstrip(text), "\n", -1);
  GString *out = g_string_new(NULL);
  for (guint i = 0; lines[i] && out->len < FIELD_TEXT_MAX_BYTES; i++) {
    const char *line = g_strstrip(lines[i]);
    if (*line) g_string_append_printf(out, "%s%s", out->len ? ", " : "", line);
  }
  return g_string_free(out, FALSE);
}

static char *chosen_items(PopplerFormField *field) {
  int n = poppler_form_field_choice_get_n_items(field);
  GString *out = g_string_new(NULL);
  for (int i = 0; i < n && i < AREAS_MAX; i++) {
    if (!poppler_form_field_choice_is_item_selected(field, i)) continue;
    g_autofree char *item = poppler_form_field_choice_get_item(field, i);
    if (item) g_string_append_printf(out, "%s%s", out->len ? ", " : "", item);
  }
  if (out->len == 0) {
    g_autofree char *typed = poppler_form_field_choice_get_text(field);
    if (typed) g_string_append(out, typed);
  }
  return g_string_free(out, FALSE);
}

/* What the field shows, in one line; NULL: nothing that is read (a button to push, a signature). */
static char *field_text(PopplerFormField *field, gboolean *ret_sign) {
  *ret_sign = FALSE;
  switch (poppler_form_field_get_field_type(field)) {
  case POPPLER_FORM_FIELD_TEXT:
    return one_line(poppler_form_field_text_get_text(field));
  case POPPLER_FORM_FIELD_CHOICE:
    return one_line(chosen_items(field));
  case POPPLER_FORM_FIELD_BUTTON:
    if (poppler_form_field_button_get_button_type(field) == POPPLER_FORM_BUTTON_PUSH) return NULL;
    *ret_sign = TRUE;
    return g_strdup(poppler_form_field_button_get_state(field) ? TICKED : UNTICKED);
  case POPPLER_FORM_FIELD_UNKNOWN:
  case POPPLER_FORM_FIELD_SIGNATURE:
  default:
    return NULL;
  }
}

/* What a field without anything printed beside it is called. The caller frees; NULL: nothing. */
static char *field_name(PopplerFormField *field) {
  char *name = poppler_form_field_get_alternate_ui_name(field);
  if (name && *name) return name;
  g_free(name);
  name = poppler_form_field_get_partial_name(field);
  if (!name) return NULL;
  g_strdelimit(name, "_", ' ');
  return name;
}

static void add_field(Pdf *pdf, const PopplerFormFieldMapping *mapping) {
  gboolean sign = FALSE;
  char *text = field_text(mapping->field, &sign);
  if (!text) return;
  PdfBox box = box_of(pdf, &mapping->area);
  pdf->buttons = pdf->buttons || sign;
  if (!*text) {
    g_free(text);
    return;
  }
  if (!sign && !pdf_page_has_label(pdf->page, &box)) {
    g_autofree char *name = field_name(mapping->field);
    char *named = name ? g_strconcat(name, "\t", text, NULL) : NULL;
    if (named) {
      g_free(text);
      text = named;
    }
  }
  pdf_page_add(pdf->page, pdf_page_aligned(pdf->page, box), text, sign);
}

/* ---- printed text ---- */

static gboolean is_taken(const Pdf *pdf, double x, double y) {
  for (guint i = 0; i < pdf->taken->len; i++)
    if (pdf_box_holds(&g_array_index(pdf->taken, PdfBox, i), x, y)) return TRUE;
  return FALSE;
}

/* "ABCDEF+Wingdings-Regular" is Wingdings. */
static Font font_of(const char *name) {
  const char *plus = name ? strchr(name, '+') : NULL;
  g_autofree char *family = g_strdup(plus ? plus + 1 : name ? name : "");
  family[strcspn(family, "-,")] = '\0';
  return font_named(family, FONT_TEXT);
}

typedef struct {
  Pdf *pdf;
  const PopplerRectangle *boxes;
  GString *text;   /* of the open piece */
  GArray *middles; /* double: of each of its letters */
  PdfBox box;
  Font font;
} Piece;

/* Take out the letters of the piece that are struck out. */
static void drop_struck(Piece *piece) {
  double x0 = 0, x1 = 0;
  if (!piece->pdf->drawing || !pdf_drawing_stroke(piece->pdf->drawing, &piece->box, &x0, &x1))
    return;
  GString *kept = g_string_new(NULL);
  guint i = 0;
  for (const char *p = piece->text->str; *p; p = g_utf8_next_char(p), i++) {
    double middle = g_array_index(piece->middles, double, i);
    if (middle < x0 || middle > x1) g_string_append_len(kept, p, g_utf8_next_char(p) - p);
  }
  if (piece->box.x0 >= x0) piece->box.x0 = MIN(x1, piece->box.x1);
  g_string_assign(piece->text, kept->str);
  g_string_free(kept, TRUE);
}

static void end_piece(Piece *piece) {
  if (piece->text->len) drop_struck(piece);
  const char *text = piece->text->str;
  if (text[strspn(text, " \t")]) {
    g_autofree char *copy = g_strstrip(g_strdup(text));
    GString *out = g_string_new(NULL);
    font_text(out, copy, strlen(copy), piece->font, FALSE);
    gboolean sign = strcmp(out->str, TICKED) == 0 || strcmp(out->str, UNTICKED) == 0;
    pdf_page_add(piece->pdf->page, piece->box, g_string_free(out, FALSE), sign);
  }
  g_string_truncate(piece->text, 0);
  g_array_set_size(piece->middles, 0);
}

static void add_character(Piece *piece, const char *p, const PopplerRectangle *at) {
  PdfBox box = {MIN(at->x1, at->x2), MIN(at->y1, at->y2), MAX(at->x1, at->x2), MAX(at->y1, at->y2)};
  if (is_taken(piece->pdf, (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)) {
    end_piece(piece);
    return;
  }
  gboolean space = *p == ' ' || g_unichar_isspace(g_utf8_get_char(p));
  double size = MAX(box.y1 - box.y0, 1);
  gboolean jumps = box.x0 - piece->box.x1 > size * tab_gap || box.x0 < piece->box.x1 - size ||
                   fabs(box.y0 + box.y1 - piece->box.y0 - piece->box.y1) > size;
  if (!space && piece->text->len && !jumps && piece->pdf->drawing &&
      box.x0 - piece->box.x1 > RULE_GAP_POINTS)
    jumps = pdf_drawing_parts(piece->pdf->drawing, piece->box.x1, box.x0, (box.y0 + box.y1) / 2);
  if (!space && piece->text->len && jumps) end_piece(piece);
  if (piece->text->len == 0 && space) return;
  if (piece->text->len == 0) piece->box = box;
  if (space) { /* each word is a piece: a stroke may go through one of them */
    end_piece(piece);
    return;
  }
  double middle = (box.x0 + box.x1) / 2;
  g_string_append_len(piece->text, p, g_utf8_next_char(p) - p);
  g_array_append_val(piece->middles, middle);
  piece->box.x1 = MAX(piece->box.x1, box.x1);
  piece->box.y0 = MIN(piece->box.y0, box.y0);
  piece->box.y1 = MAX(piece->box.y1, box.y1);
}

/* The font of the character, by Poppler's list of runs; `before` is that of the one before it. */
static Font font_at(GList **run, int index, Font before) {
  const GList *last = *run;
  while (*run && ((PopplerTextAttributes *)(*run)->data)->end_index < index) *run = (*run)->next;
  if (!*run) return FONT_TEXT;
  return index > 0 && *run == last ? before
                                   : font_of(((PopplerTextAttributes *)(*run)->data)->font_name);
}

static void read_printed(Pdf *pdf, PopplerPage *page, const char *text) {
  PopplerRectangle *boxes = NULL;
  guint n = 0;
  if (!text || !poppler_page_get_text_layout(page, &boxes, &n)) return;
  GList *runs = poppler_page_get_text_attributes(page), *run = runs;
  Piece piece = {.pdf = pdf,
                 .boxes = boxes,
                 .text = g_string_new(NULL),
                 .middles = g_array_new(FALSE, FALSE, sizeof(double))};
  int index = 0;
  for (const char *p = text; *p && (guint)index < n; p = g_utf8_next_char(p), index++) {
    Font font = font_at(&run, index, piece.font);
    if (*p == '\n' || font != piece.font) end_piece(&piece);
    piece.font = font;
    if (*p != '\n') add_character(&piece, p, &boxes[index]);
  }
  end_piece(&piece);
  g_string_free(piece.text, TRUE);
  g_array_unref(piece.middles);
  poppler_page_free_text_attributes(runs);
  g_free(boxes);
}

/* ---- annotations ---- */

static void take_area(Pdf *pdf, PdfBox box) {
  if (pdf->taken->len < AREAS_MAX) g_array_append_val(pdf->taken, box);
}

/* Was that text read on the page, in the box? A program may have painted what was typed. */
static gboolean is_painted(const PdfPage *page, const PdfBox *box, const char *text) {
  for (guint i = 0; i < page->pieces->len; i++) {
    const PdfPiece *piece = &g_array_index(page->pieces, PdfPiece, i);
    gboolean near = piece->box.x0 < box->x1 && piece->box.x1 > box->x0 && piece->box.y0 < box->y1 &&
                    piece->box.y1 > box->y0;
    if (near && *piece->text && (strstr(text, piece->text) || strstr(piece->text, text)))
      return TRUE;
  }
  return FALSE;
}

/* A mere cross or tick that was typed before a choice. */
static gboolean is_cross(const char *text) {
  static const char *const crosses[] = {"x", "X", "✗", "✘", "✓", "✔",
                                        "√", "☒", "☑", "v", "V", NULL};
  return g_strv_contains(crosses, text);
}

/* Text that was typed onto the page; where a program painted it, it was read with the rest. */
static void add_typed(Pdf *pdf, GList *annotations) {
  for (GList *l = annotations; l; l = l->next) {
    const PopplerAnnotMapping *mapping = l->data;
    if (poppler_annot_get_annot_type(mapping->annot) != POPPLER_ANNOT_FREE_TEXT) continue;
    PdfBox box = box_of(pdf, &mapping->area);
    char *text = one_line(poppler_annot_get_contents(mapping->annot));
    gboolean cross = is_cross(text), painted = is_painted(pdf->page, &box, text);
    if (*text && cross)
      pdf_page_add(pdf->page, pdf_page_aligned(pdf->page, box), g_strdup(TICKED), TRUE);
    else if (*text && !painted)
      pdf_page_add(pdf->page, pdf_page_aligned(pdf->page, box), g_strdup(text), FALSE);
    g_free(text);
  }
}

static void take_struck_out(Pdf *pdf, GList *annotations) {
  for (GList *l = annotations; l; l = l->next) {
    const PopplerAnnotMapping *mapping = l->data;
    if (poppler_annot_get_annot_type(mapping->annot) == POPPLER_ANNOT_STRIKE_OUT)
      take_area(pdf, box_of(pdf, &mapping->area));
  }
}

/* ---- pages ---- */

/* Does any text stand between the box and the text that it may belong to, or in it? */
static gboolean is_free(const PdfPage *page, const PdfBox *box, guint but) {
  for (guint i = 0; i < page->pieces->len; i++) {
    const PdfPiece *other = &g_array_index(page->pieces, PdfPiece, i);
    const PdfBox *piece = &other->box;
    if (i != but && !is_cross(other->text) && piece->x0 < box->x1 && piece->x1 > box->x0 &&
        piece->y0 < box->y1 && piece->y1 > box->y0)
      return FALSE;
  }
  return TRUE;
}

/* Take out the cross that was typed into the box; FALSE: none was. */
static gboolean drop_cross(PdfPage *page, const PdfBox *box) {
  for (guint i = 0; i < page->pieces->len; i++) {
    const PdfPiece *piece = &g_array_index(page->pieces, PdfPiece, i);
    if (!is_cross(piece->text) || !pdf_box_holds(box, (piece->box.x0 + piece->box.x1) / 2,
                                                 (piece->box.y0 + piece->box.y1) / 2))
      continue;
    g_array_remove_index(page->pieces, i);
    return TRUE;
  }
  return FALSE;
}

/* Tick boxes that are drawn, not written. */
static void add_drawn_boxes(Pdf *pdf) {
  for (guint i = 0; i < pdf->page->pieces->len && i < AREAS_MAX; i++) {
    const PdfPiece *piece = &g_array_index(pdf->page->pieces, PdfPiece, i);
    PdfBox text = piece->box, box;
    double size = text.y1 - text.y0;
    if (is_cross(piece->text)) continue; /* it may stand in a box itself */
    PdfBox before = {text.x0 - size * 1.2, text.y0 + size / 4, text.x0 - 0.5, text.y1 - size / 4};
    gboolean ticked = FALSE;
    if (piece->sign || strlen(piece->text) > CHOICE_MAX_BYTES || !is_free(pdf->page, &before, i))
      continue;
    if (!pdf_drawing_tick(pdf->drawing, &text, &box, &ticked)) continue;
    ticked = drop_cross(pdf->page, &box) || ticked;
    PdfBox within = {box.x0 + 1, box.y0 + size / 4, box.x1 - 1, box.y1 - size / 4};
    if (!is_free(pdf->page, &within, i)) continue; /* strokes of letters */
    pdf_drawing_forget(pdf->drawing, &box);
    box.y0 = text.y0;
    box.y1 = text.y1;
    pdf_page_add(pdf->page, box, g_strdup(ticked ? TICKED : UNTICKED), TRUE);
  }
}

static void find_cells(Pdf *pdf) {
  for (guint i = 0; i < pdf->page->pieces->len; i++) {
    PdfPiece *piece = &g_array_index(pdf->page->pieces, PdfPiece, i);
    piece->ruled = pdf_drawing_cell(pdf->drawing, &piece->box, &piece->cell);
  }
}

/* The page in pixels, `scale` of them a point. The caller destroys it. */
static cairo_surface_t *paint(PopplerPage *page, double width, double height, double scale) {
  cairo_surface_t *surface = cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, (int)(width * scale) + 1, (int)(height * scale) + 1);
  cairo_t *cairo = cairo_create(surface);
  cairo_set_source_rgb(cairo, 1, 1, 1);
  cairo_paint(cairo);
  cairo_scale(cairo, scale, scale);
  poppler_page_render(page, cairo);
  cairo_destroy(cairo);
  cairo_surface_flush(surface);
  return surface;
}

/* The page as it looks, for eyes. */
static void show_page(const Pdf *pdf, PopplerPage *page, double width, double height) {
  double scale = page_picture_scale(pdf->text, width, height);
  cairo_surface_t *surface = paint(page, width, height, scale);
  page_picture_keep(pdf->text, surface, width, height);
  cairo_surface_destroy(surface);
}

static const char *name_of(const MimePart *part) {
  return *part->name ? part->name : part->type;
}

/* A page that is a scan, painted with enough pixels that letters can be told. */
static gboolean read_as_picture(Pdf *pdf, PopplerPage *page) {
  Picture picture = {.page = pdf->number};
  if (!pdf->text->reader) return picture_read(pdf->part, &picture, pdf->limits, pdf->text);
  double width = 0, height = 0;
  poppler_page_get_size(page, &width, &height);
  double scale = SCAN_SIDE / MAX(MAX(width, height), 1);
  if (width * scale * height * scale > (double)pdf->limits->page_pixels) return FALSE;
  cairo_surface_t *surface = paint(page, width, height, scale);
  picture.pixels = cairo_image_surface_get_data(surface);
  picture.width = cairo_image_surface_get_width(surface);
  picture.height = cairo_image_surface_get_height(surface);
  picture.stride = cairo_image_surface_get_stride(surface);
  gboolean read = picture.pixels && picture_read(pdf->part, &picture, pdf->limits, pdf->text);
  cairo_surface_destroy(surface);
  return read;
}

static void read_page(Pdf *pdf, PopplerPage *page) {
  double width = 0;
  poppler_page_get_size(page, &width, &pdf->height);
  gboolean wanted = page_picture_is(pdf->text, pdf->part->index, pdf->number);
  if (pdf->text->wanted && !wanted) return;
  pdf->buttons = FALSE;
  pdf->page = pdf_page_new();
  pdf->taken = g_array_new(FALSE, FALSE, sizeof(PdfBox));
  GList *fields = poppler_page_get_form_field_mapping(page);
  GList *annotations = poppler_page_get_annot_mapping(page);
  g_autofree char *printed = poppler_page_get_text(page);
  gboolean plain = pdf->bare && !fields && !annotations && printed && !pdf_letters_draw(printed);
  pdf->drawing = plain ? NULL : pdf_drawing_new(page, pdf->limits->page_pixels);
  take_struck_out(pdf, annotations);
  for (GList *l = fields; l; l = l->next)
    take_area(pdf, box_of(pdf, &((PopplerFormFieldMapping *)l->data)->area));
  read_printed(pdf, page, printed);
  add_typed(pdf, annotations);
  for (GList *l = fields; l; l = l->next) add_field(pdf, l->data);
  if (pdf->page->pieces->len == 0) {
    GList *pictures = poppler_page_get_image_mapping(page);
    if (pictures && !read_as_picture(pdf, page))
      g_ptr_array_add(pdf->text->review_reasons, g_strdup_printf("page %u of %s is a picture",
                                                                 pdf->number, name_of(pdf->part)));
    wanted = wanted && !pictures;
    poppler_page_free_image_mapping(pictures);
  }
  if (wanted) show_page(pdf, page, width, pdf->height);
  if (pdf->drawing) {
    if (!pdf->buttons) add_drawn_boxes(pdf);
    find_cells(pdf);
  }
  pdf_page_write(pdf->page, pdf->text, pdf->limits, pdf->part->index, pdf->number);
  pdf_drawing_free(pdf->drawing);
  poppler_page_free_form_field_mapping(fields);
  poppler_page_free_annot_mapping(annotations);
  g_array_unref(pdf->taken);
  pdf_page_free(pdf->page);
}

static void read_pages(Pdf *pdf, PopplerDocument *document) {
  int n = poppler_document_get_n_pages(document);
  for (int i = 0; i < n && !pdf->text->over_limit; i++) {
    if ((guint)i >= pdf->limits->pages) {
      package_report("pages", pdf->part, pdf->text);
      return;
    }
    pdf->number = (guint)i + 1;
    PopplerPage *page = poppler_document_get_page(document, i);
    if (!page) continue;
    if (i > 0) text_add(pdf->text, pdf->limits, "", 0, pdf->part->index, 0);
    read_page(pdf, page);
    g_object_unref(page);
  }
}

static gboolean has_words(const Text *text, guint first) {
  for (guint i = first; i < text->lines->len; i++)
    if (*((const TextLine *)text->lines->pdata[i])->text) return TRUE;
  return FALSE;
}

static gboolean is_pdf(GBytes *content) {
  gsize size = 0;
  const char *data = g_bytes_get_data(content, &size);
  return data && memmem(data, MIN(size, 1024), "%PDF-", 5);
}

void pdf_warm_up(void) {
  /* kept open, or the C library forgets the module, and Poppler where its character maps lie;
   * the letter makes fontconfig know the fonts that are installed */
  static GIConv strings;
  static PopplerDocument *document;
  static const char blank[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                              "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                              "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R"
                              "/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
                              "4 0 obj<</Length 24>>stream\nBT/F 9 Tf 1 1 Td(A)Tj ET\n"
                              "endstream endobj\n"
                              "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
                              "trailer<</Size 6/Root 1 0 R>>\n%%EOF\n";
  if (strings) return;
  strings = g_iconv_open("UTF-8", "UTF-16BE");
  g_autoptr(GBytes) bytes = g_bytes_new_static(blank, sizeof blank - 1);
  document = poppler_document_new_from_bytes(bytes, NULL, NULL);
  PopplerPage *page = document ? poppler_document_get_page(document, 0) : NULL;
  if (!page) return;
  pdf_drawing_free(pdf_drawing_new(page, LIMIT_PAGE_PIXELS));
  g_free(poppler_page_get_text(page));
  g_object_unref(page);
}

guint pdf_pages(GBytes *content, const Wire__Limits *limits) {
  PopplerDocument *document =
      is_pdf(content) ? poppler_document_new_from_bytes(content, NULL, NULL) : NULL;
  int pages = document ? poppler_document_get_n_pages(document) : 0;
  g_clear_object(&document);
  return MIN((guint)MAX(pages, 0), limits->pages);
}

gboolean pdf_read(const MimePart *part, const Wire__Limits *limits, Text *text) {
  if (!is_pdf(part->content)) return FALSE;
  g_autoptr(GError) error = NULL;
  PopplerDocument *document = poppler_document_new_from_bytes(part->content, NULL, &error);
  Pdf pdf = {.part = part, .limits = limits, .text = text};
  guint first = text->lines->len, reasons = text->review_reasons->len;
  pdf.bare = document && pdf_is_bare(part->content);
  if (document) read_pages(&pdf, document);
  if (document && !has_words(text, first) && text->review_reasons->len == reasons)
    g_ptr_array_add(text->review_reasons, g_strdup_printf("%s shows no text", name_of(part)));
  if (!document)
    package_report(g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED) ? "encrypted"
                                                                                  : "damaged",
                   part, text);
  g_clear_object(&document);
  return TRUE;
}
