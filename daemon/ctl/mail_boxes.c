#include "daemon/ctl/mail_boxes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "daemon/ctl/ctl.h"

enum {
  CHUNK_BYTES = 64 << 10,
  HEADER_MAX_BYTES = 256 << 10, /* of a mail that is too large */
  DATE_MAX_BYTES = 200,
  NAME_MAX_BYTES = 8 << 10
};

struct MailBoxes {
  FILE *pipe;
  pid_t reader;
};

void box_mail_free(BoxMail *mail) {
  if (!mail) return;
  g_free(mail->name);
  if (mail->raw) g_bytes_unref(mail->raw);
  g_free(mail);
}

/* --- dates ------------------------------------------------------------------------------------ */

/* "+0200", "-0500"; the old names of zones are as good as none (RFC 5322 4.3): UTC. */
static gint64 zone_seconds(const char *text) {
  while (*text == ' ') text++;
  if ((*text != '+' && *text != '-') || strspn(text + 1, "0123456789") < 4) return 0;
  gint64 digits = (text[1] - '0') * 36000 + (text[2] - '0') * 3600 + (text[3] - '0') * 600 +
                  (text[4] - '0') * 60;
  return *text == '-' ? -digits : digits;
}

static gint64 date_as(const char *text, const char *format) {
  struct tm broken = {0};
  const char *rest = strptime(text, format, &broken);
  return rest ? (gint64)timegm(&broken) - zone_seconds(rest) : 0;
}

gint64 mail_boxes_date(const char *text) {
  static const char *const formats[] = {"%d %b %Y %H:%M:%S", "%d %b %Y %H:%M"};
  const char *comma = strchr(text, ',');
  if (comma) text = comma + 1;
  while (*text == ' ' || *text == '\t') text++;
  for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
    gint64 date = date_as(text, formats[i]);
    if (date > 0) return date;
  }
  return 0;
}

/* "From a@b.example Mon Jun  3 10:00:00 2019 [+0200]": the moment of delivery; 0: no such line. */
static gint64 from_line_date(const char *line) {
  for (const char *at = line + strlen("From "); (at = strchr(at, ' ')); at++) {
    gint64 date = date_as(at, " %a %b %d %H:%M:%S %Y");
    if (date > 0) return date;
  }
  return 0;
}

/* The date behind the last ";" of the first Received field, which the last server wrote. */
static gint64 received_date(const guint8 *data, gsize size) {
  g_autofree char *head = g_strndup((const char *)data, MIN(size, (gsize)HEADER_MAX_BYTES));
  for (char *line = head; line && *line && *line != '\n' && *line != '\r';) {
    char *end = strchr(line, '\n');
    while (end && (end[1] == ' ' || end[1] == '\t')) end = strchr(end + 1, '\n');
    if (!g_ascii_strncasecmp(line, "received:", strlen("received:"))) {
      if (end) *end = '\0';
      char *semicolon = strrchr(line, ';');
      return semicolon ? mail_boxes_date(g_strdelimit(semicolon + 1, "\r\n\t", ' ')) : 0;
    }
    line = end ? end + 1 : NULL;
  }
  return 0;
}

/* --- the pipe: one frame a mail --------------------------------------------------------------- */

typedef struct {
  guint32 name_bytes;
  guint32 flags;
  guint64 raw_bytes, size_bytes;
  gint64 received;
} Frame;
enum { FRAME_RAW = 1 << 0, FRAME_HEADER_ONLY = 1 << 1 };

static gboolean put_frame(FILE *pipe, const char *name, const Frame *frame, const void *raw) {
  Frame head = *frame;
  head.name_bytes = (guint32)MIN(strlen(name), (gsize)NAME_MAX_BYTES);
  return fwrite(&head, sizeof head, 1, pipe) == 1 &&
         fwrite(name, 1, head.name_bytes, pipe) == head.name_bytes &&
         fwrite(raw ? raw : "", 1, head.raw_bytes, pipe) == head.raw_bytes;
}

/* --- reading one file ------------------------------------------------------------------------- */

typedef struct {
  FILE *pipe, *file;
  const char *path;
  gsize max_bytes;
  gint64 file_time;
  /* the mail under way */
  GByteArray *raw;
  char last; /* byte of it */
  guint64 size_bytes;
  gint64 from_date;
  guint number; /* in the mbox; 0: the file is one mail */
  gboolean broken;
} Reader;

static gsize header_size(const guint8 *data, gsize size) {
  for (gsize i = 0; i + 1 < size; i++) {
    if (data[i] != '\n') continue;
    if (data[i + 1] == '\n') return i + 2;
    if (i + 2 < size && data[i + 1] == '\r' && data[i + 2] == '\n') return i + 3;
  }
  return MIN(size, (gsize)HEADER_MAX_BYTES);
}

/* The empty line before the next From line belongs to the mbox. */
static void drop_separator(Reader *reader) {
  const guint8 *data = reader->raw->data;
  guint size = reader->raw->len;
  if (reader->size_bytes != size || size < 2 || data[size - 1] != '\n') return;
  guint line_end = size > 2 && data[size - 2] == '\r' ? 2 : 1;
  if (size <= line_end || data[size - line_end - 1] != '\n') return;
  g_byte_array_set_size(reader->raw, size - line_end);
  reader->size_bytes = size - line_end;
}

static void end_mail(Reader *reader) {
  if (reader->number) drop_separator(reader);
  if (!reader->size_bytes) return;
  gboolean cut = reader->size_bytes > reader->max_bytes;
  gsize size = cut ? header_size(reader->raw->data, reader->raw->len) : reader->raw->len;
  gint64 received = reader->from_date;
  if (!received) received = received_date(reader->raw->data, reader->raw->len);
  Frame frame = {.flags = FRAME_RAW | (cut ? (guint32)FRAME_HEADER_ONLY : 0),
                 .raw_bytes = size,
                 .size_bytes = reader->size_bytes,
                 .received = received ? received : reader->file_time};
  g_autofree char *shown = g_filename_display_name(reader->path);
  g_autofree char *name =
      reader->number ? g_strdup_printf("%s#%u", shown, reader->number) : g_strdup(shown);
  reader->broken = !put_frame(reader->pipe, name, &frame, reader->raw->data);
  g_byte_array_set_size(reader->raw, 0);
  reader->size_bytes = 0;
  reader->from_date = 0;
  reader->last = 0;
}

/* What is over the bound is counted and dropped. */
static void add_piece(Reader *reader, const char *bytes, gsize size) {
  gsize room = reader->max_bytes + 1 - MIN((gsize)reader->raw->len, reader->max_bytes + 1);
  g_byte_array_append(reader->raw, (const guint8 *)bytes, (guint)MIN(size, room));
  reader->size_bytes += size;
  if (size) reader->last = bytes[size - 1];
}

/* Line ends become CRLF, as a server gives them out: then it is the same mail to the byte, and is
 * known by its content. */
static void add_bytes(Reader *reader, const char *bytes, gsize size) {
  for (const char *end = bytes + size; bytes < end;) {
    const char *line_end = memchr(bytes, '\n', (gsize)(end - bytes));
    add_piece(reader, bytes, (gsize)((line_end ? line_end : end) - bytes));
    if (!line_end) return;
    if (reader->last != '\r') add_piece(reader, "\r", 1);
    add_piece(reader, "\n", 1);
    bytes = line_end + 1;
  }
}

/* Up to a line end, or as much of a long line as there is room for. 0: the file's end. */
static gsize read_piece(FILE *file, char piece[CHUNK_BYTES]) {
  gsize size = 0;
  for (int c; size + 1 < CHUNK_BYTES && (c = getc_unlocked(file)) != EOF;) {
    piece[size++] = (char)c;
    if (c == '\n') break;
  }
  piece[size] = '\0';
  return size;
}

/* ">From ", ">>From ": one ">" goes (mboxrd; what mboxo quoted comes out the same). */
static gboolean is_quoted_from(const char *line) {
  gsize marks = strspn(line, ">");
  return marks > 0 && !strncmp(line + marks, "From ", strlen("From "));
}

static void read_mbox(Reader *reader, char *piece) {
  gboolean line_start = TRUE, after_empty = TRUE;
  for (gsize size; !reader->broken && (size = read_piece(reader->file, piece));) {
    gboolean begins = line_start && after_empty && !strncmp(piece, "From ", strlen("From "));
    if (begins) {
      end_mail(reader);
      reader->number++;
      reader->from_date = from_line_date(piece);
    } else {
      gsize skip = line_start && is_quoted_from(piece) ? 1 : 0;
      add_bytes(reader, piece + skip, size - skip);
    }
    after_empty = line_start && (!strcmp(piece, "\n") || !strcmp(piece, "\r\n"));
    line_start = piece[size - 1] == '\n';
  }
}

static void read_one_mail(Reader *reader, char *piece) {
  for (gsize size; (size = fread(piece, 1, CHUNK_BYTES, reader->file));)
    add_bytes(reader, piece, size);
}

static void tell_unreadable(Reader *reader, int number) {
  g_autofree char *shown = g_filename_display_name(reader->path);
  g_autofree char *told =
      g_strdup_printf("%s: cannot be read: %s", shown, g_strerror(number ? number : EIO));
  Frame frame = {0};
  reader->broken = !put_frame(reader->pipe, told, &frame, NULL);
}

static void read_file(Reader *reader, char *piece) {
  struct stat status;
  reader->number = 0;
  reader->file = fopen(reader->path, "re");
  if (!reader->file) {
    tell_unreadable(reader, errno);
    return;
  }
  reader->file_time = fstat(fileno(reader->file), &status) == 0 ? status.st_mtime : 0;
  char mark[5];
  gboolean mbox = fread(mark, 1, sizeof mark, reader->file) == sizeof mark &&
                  !memcmp(mark, "From ", sizeof mark);
  rewind(reader->file);
  (mbox ? read_mbox : read_one_mail)(reader, piece);
  if (ferror(reader->file))
    tell_unreadable(reader, errno);
  else
    end_mail(reader);
  g_byte_array_set_size(reader->raw, 0);
  reader->size_bytes = 0;
  fclose(reader->file);
}

/* The reading process. */
static int read_all(int fd, const GPtrArray *paths, gsize max_bytes) {
  Reader reader = {.pipe = fdopen(fd, "w"), .max_bytes = max_bytes, .raw = g_byte_array_new()};
  g_autofree char *piece = g_malloc(CHUNK_BYTES);
  for (guint i = 0; reader.pipe && i < paths->len && !reader.broken; i++) {
    reader.path = paths->pdata[i];
    read_file(&reader, piece);
  }
  return reader.pipe && fclose(reader.pipe) == 0 ? EX_OK : EX_IOERR;
}

/* --- our end of the pipe ---------------------------------------------------------------------- */

MailBoxes *mail_boxes_new(const GPtrArray *paths, gsize max_bytes, int *ret_code) {
  int ends[2];
  pid_t child = pipe2(ends, O_CLOEXEC) == 0 ? fork() : -1;
  if (child < 0) {
    *ret_code = ctl_fail(EX_OSERR, "no process to read the files: %s", g_strerror(errno));
    return NULL;
  }
  if (child == 0) {
    close(ends[0]);
    _exit(read_all(ends[1], paths, max_bytes));
  }
  close(ends[1]);
  MailBoxes *boxes = g_new0(MailBoxes, 1);
  boxes->pipe = fdopen(ends[0], "r");
  boxes->reader = child;
  return boxes;
}

BoxMail *mail_boxes_next(MailBoxes *boxes) {
  Frame frame;
  if (fread(&frame, sizeof frame, 1, boxes->pipe) != 1) return NULL;
  BoxMail *mail = g_new0(BoxMail, 1);
  mail->name = g_malloc0((gsize)frame.name_bytes + 1);
  guint8 *raw = g_malloc(frame.raw_bytes + 1);
  gboolean whole = fread(mail->name, 1, frame.name_bytes, boxes->pipe) == frame.name_bytes &&
                   fread(raw, 1, frame.raw_bytes, boxes->pipe) == frame.raw_bytes;
  GBytes *bytes = g_bytes_new_take(raw, frame.raw_bytes);
  if (frame.flags & FRAME_RAW) mail->raw = g_bytes_ref(bytes);
  g_bytes_unref(bytes);
  mail->received = frame.received;
  mail->size_bytes = frame.size_bytes;
  mail->header_only = (frame.flags & FRAME_HEADER_ONLY) != 0;
  if (whole) return mail;
  box_mail_free(mail);
  return NULL;
}

void mail_boxes_free(MailBoxes *boxes) {
  if (!boxes) return;
  fclose(boxes->pipe); /* a reader that is not through ends by that */
  while (waitpid(boxes->reader, NULL, 0) < 0 && errno == EINTR) {
  }
  g_free(boxes);
}
