/* bench_documents - what the bare libraries take for the files in mails, over some processes.
 *
 *   bench_documents FOLDER PROCESSES
 *
 * GMime takes the files out; libarchive and libxml2 read docx and odt, poppler the text of a pdf,
 * leptonica and Tesseract that of a picture. Prints "SECONDS PROCESSOR-SECONDS COUNT". */
#include <archive.h>
#include <archive_entry.h>
#include <gmime/gmime.h>
#include <leptonica/allheaders.h>
#include <libxml/parser.h>
#include <poppler.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <tesseract/capi.h>
#include <unistd.h>

static TessBaseAPI *tesseract; /* made when the first picture comes */

G_NORETURN static void die(const char *what) {
  fprintf(stderr, "bench_documents: %s\n", what);
  exit(1);
}

static void read_xml(struct archive *archive, struct archive_entry *entry) {
  gint64 size = archive_entry_size(entry);
  if (size <= 0) die("an archive tells no sizes");
  g_autofree char *data = g_malloc((gsize)size);
  if (archive_read_data(archive, data, (gsize)size) != size) die("an archive cannot be read");
  xmlDoc *document = xmlReadMemory(data, (int)size, NULL, NULL, XML_PARSE_NONET);
  if (!document) die("XML cannot be read");
  xmlChar *text = xmlNodeGetContent(xmlDocGetRootElement(document));
  xmlFree(text);
  xmlFreeDoc(document);
}

static void read_package(const void *data, gsize size) {
  struct archive *archive = archive_read_new();
  struct archive_entry *entry = NULL;
  archive_read_support_format_zip_seekable(archive);
  if (archive_read_open_memory(archive, data, size)) die("a package cannot be opened");
  while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
    const char *name = archive_entry_pathname(entry);
    if (!strcmp(name, "word/document.xml") || !strcmp(name, "content.xml"))
      read_xml(archive, entry);
  }
  archive_read_free(archive);
}

static void read_pdf(const void *data, gsize size) {
  g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
  PopplerDocument *document = poppler_document_new_from_bytes(bytes, NULL, NULL);
  if (!document) die("a PDF cannot be read");
  for (int i = 0; i < poppler_document_get_n_pages(document); i++) {
    PopplerPage *page = poppler_document_get_page(document, i);
    g_free(poppler_page_get_text(page));
    g_object_unref(page);
  }
  g_object_unref(document);
}

static void read_picture(const void *data, gsize size) {
  if (!tesseract) {
    tesseract = TessBaseAPICreate();
    if (TessBaseAPIInit2(tesseract, NULL, "fra+eng", OEM_LSTM_ONLY)) die("no Tesseract");
  }
  PIX *pix = pixReadMem(data, size);
  if (!pix) die("a picture cannot be read");
  TessBaseAPISetImage2(tesseract, pix);
  char *text = TessBaseAPIGetUTF8Text(tesseract);
  TessDeleteText(text);
  TessBaseAPIClear(tesseract);
  pixDestroy(&pix);
}

static void read_part(GMimeObject *parent, GMimeObject *part, gpointer context) {
  (void)parent, (void)context;
  if (!GMIME_IS_PART(part)) return;
  GMimeContentType *type = g_mime_object_get_content_type(part);
  GMimeStream *out = g_mime_stream_mem_new();
  g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), out);
  const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
  const char *subtype = g_mime_content_type_get_media_subtype(type);
  if (g_mime_content_type_is_type(type, "image", "*"))
    read_picture(bytes->data, bytes->len);
  else if (!g_strcmp0(subtype, "pdf"))
    read_pdf(bytes->data, bytes->len);
  else if (g_mime_content_type_is_type(type, "application", "*"))
    read_package(bytes->data, bytes->len);
  g_object_unref(out);
}

static void read_mail(const char *path) {
  g_autofree char *data = NULL;
  gsize size = 0;
  if (!g_file_get_contents(path, &data, &size, NULL)) die("a mail cannot be read");
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, size);
  GMimeParser *parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
  if (message) g_mime_message_foreach(message, read_part, NULL);
  if (message) g_object_unref(message);
  g_object_unref(parser);
  g_object_unref(stream);
}

static GPtrArray *paths_of(const char *folder) {
  GPtrArray *paths = g_ptr_array_new();
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name(dir));)
    if (g_str_has_suffix(name, ".eml"))
      g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
  return paths;
}

int main(int argc, char **argv) {
  if (argc != 3) die("usage: bench_documents FOLDER PROCESSES");
  g_autoptr(GPtrArray) paths = paths_of(argv[1]);
  guint processes = (guint)atoi(argv[2]);
  gint64 begin = g_get_monotonic_time();
  for (guint p = 0; p < processes; p++) {
    if (fork()) continue;
    g_mime_init();
    for (guint i = p; i < paths->len; i += processes) read_mail(paths->pdata[i]);
    _exit(0);
  }
  for (guint p = 0; p < processes; p++) {
    int status = 0;
    if (wait(&status) < 0 || status) die("a process failed");
  }
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  printf("%.6f %.6f %u\n", (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC,
         (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
             (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / G_USEC_PER_SEC,
         paths->len);
  return 0;
}
