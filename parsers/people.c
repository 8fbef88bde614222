/* people - see people.h.
 *
 * The entries are cut into blocks (a bulletin, a row, a column), the blocks that are the sender's
 * answers are chosen, each becomes a participant, and participants of one name become one. */
#include "parsers/people.h"

#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/people_values.h"

enum {
  BLOCKS_MAX = 400,   /* more bulletins in one mail are no bulletins */
  SENT_LINES_MIN = 3, /* of the invitation in a quote: a blank filled in there is an answer */
  OWN_VALUES_MIN = 2  /* own answers that make what is quoted somebody's earlier ones */
};

gboolean people_add(Participant *person, FieldValue *value) {
  const FieldValue *before = participant_value(person, value->field);
  if (!before) {
    g_ptr_array_add(person->values, value);
    return TRUE;
  }
  g_autofree char *a = fold_key(before->value), *b = fold_key(value->value);
  field_value_free(value);
  return strcmp(a, b) == 0;
}

/* ---- blocks ---- */

typedef struct {
  GPtrArray *entries; /* FormEntry*, borrowed */
  guint segment;      /* of its first answer */
  guint part;
  guint table, row, column;
  int number;
  gboolean *seen; /* by field: has a label, filled in or not */
  guint first;    /* field of its first label */
  guint answers;  /* entries that are filled in */
  guint own;      /* of them on lines that are not quoted */
  Participant *person;
} Block;

static void block_free(Block *block) {
  g_ptr_array_unref(block->entries);
  participant_free(block->person);
  g_free(block->seen);
  g_free(block);
}

typedef struct {
  Reading *reading;
  GPtrArray *blocks;  /* Block* */
  Block *current;     /* of entries that stand in no table */
  gboolean forward;   /* the subject says that the mail is handed on */
  gboolean *labelled; /* by line: an entry's label stands there */
} People;

static const TextLine *line_of(const People *people, guint line) {
  return people->reading->text->lines->pdata[line];
}

static Block *block_new(People *people, const FormEntry *entry) {
  Block *block = g_new0(Block, 1);
  block->entries = g_ptr_array_new();
  block->seen = g_new0(gboolean, people->reading->event->n_fields + 1);
  block->part = line_of(people, entry->label_line)->part;
  block->first = entry->label->fields[0];
  g_ptr_array_add(people->blocks, block);
  return block;
}

/* "Participant:" alone above "Family name: …" is a heading, and has asked for nothing yet. */
static void forget_heading(const Block *block, const FormEntry *entry) {
  const FormEntry *last =
      block->entries->len ? g_ptr_array_index(block->entries, block->entries->len - 1) : NULL;
  if (!last || last->raw[0] || last->label->n_fields <= entry->label->n_fields) return;
  for (guint i = 0; i < last->label->n_fields; i++) block->seen[last->label->fields[i]] = FALSE;
}

static void block_add(People *people, Block *block, const FormEntry *entry) {
  forget_heading(block, entry);
  g_ptr_array_add(block->entries, (gpointer)entry);
  for (guint i = 0; i < entry->label->n_fields; i++) block->seen[entry->label->fields[i]] = TRUE;
  if (!entry->answer) return;
  if (block->answers++ == 0) block->segment = people->reading->quote->line[entry->line];
  if (!line_of(people, entry->line)->quoted) block->own++;
}

/* Fields whose second label begins another bulletin. */
static gboolean begins_person(const People *people, const FormEntry *entry) {
  static const char *const roles[] = {"last_name", "first_name", "title", "organization", NULL};
  for (guint i = 0; i < entry->label->n_fields; i++) {
    const char *role = people->reading->event->fields[entry->label->fields[i]]->role;
    if (g_strv_contains(roles, role)) return TRUE;
  }
  return FALSE;
}

/* Does the label ask for a name? Two cells behind "Civilité" are the choices of one person. */
static gboolean names_person(const People *people, const FormEntry *entry) {
  const char *role = people->reading->event->fields[entry->label->fields[0]]->role;
  return strcmp(role, "last_name") == 0 || strcmp(role, "first_name") == 0;
}

static gboolean is_seen(const Block *block, const FormEntry *entry) {
  for (guint i = 0; i < entry->label->n_fields; i++)
    if (block->seen[entry->label->fields[i]]) return TRUE;
  return FALSE;
}

/* "Name" may be the whole name or the family name beside a "First name": the second label of a pair
 * begins nobody. */
static gboolean completes_name(const People *people, const Block *block, const FormEntry *entry) {
  if (block->entries->len == 0) return FALSE;
  const FormEntry *last = g_ptr_array_index(block->entries, block->entries->len - 1);
  return entry->label->n_fields != last->label->n_fields && begins_person(people, last);
}

static Block *sequential_block(People *people, const FormEntry *entry) {
  Block *block = people->current;
  guint part = line_of(people, entry->label_line)->part;
  gboolean anew = !block || block->part != part ||
                  (is_seen(block, entry) && !completes_name(people, block, entry) &&
                   (begins_person(people, entry) || entry->label->fields[0] == block->first));
  if (anew) block = people->current = block_new(people, entry);
  return block;
}

static Block *numbered_block(People *people, const FormEntry *entry) {
  guint part = line_of(people, entry->label_line)->part;
  for (guint i = people->blocks->len; i > 0; i--) {
    Block *block = people->blocks->pdata[i - 1];
    if (block->part == part && block->table == entry->table && block->row == entry->row &&
        block->column == entry->column && block->number == entry->number)
      return block;
  }
  Block *block = block_new(people, entry);
  block->table = entry->table;
  block->row = entry->row;
  block->column = entry->column;
  block->number = entry->number;
  return block;
}

/* Do names stand in more than one column? Then each column is a person. */
static gboolean is_in_columns(const People *people) {
  const Form *form = people->reading->form;
  for (guint i = 0; i < form->entries->len; i++) {
    const FormEntry *entry = &g_array_index(form->entries, FormEntry, i);
    if (entry->column > 1 && names_person(people, entry)) return TRUE;
  }
  return FALSE;
}

/* Cells of one label are one value where they are not several people's: "Oui<tab>X<tab>Non". */
static void join_cells(const Form *form) {
  for (guint i = form->entries->len; i > 1; i--) {
    FormEntry *entry = &g_array_index(form->entries, FormEntry, i - 1), *before = entry - 1;
    if (entry->column < 2 || before->label != entry->label ||
        before->label_line != entry->label_line || before->column + 1 != entry->column)
      continue;
    char *joined = g_strconcat(before->raw, "\t", entry->raw, NULL);
    g_free(before->raw);
    before->raw = joined;
    before->end = entry->end;
    g_array_remove_index(form->entries, i - 1);
  }
}

/* Numbers behind labels ("Nom 1", "Nom 2") tell people apart where two numbers are used. */
static gboolean is_numbered(const Form *form) {
  int first = 0;
  for (guint i = 0; i < form->entries->len; i++) {
    int number = g_array_index(form->entries, FormEntry, i).number;
    if (number && first && number != first) return TRUE;
    if (number && !first) first = number;
  }
  return FALSE;
}

static void cut_blocks(People *people) {
  const Form *form = people->reading->form;
  people->labelled = g_new0(gboolean, people->reading->text->lines->len + 1);
  if (form->cut) reading_doubt(people->reading, "more labels or boxes than are read");
  gboolean columns = is_in_columns(people), numbered = is_numbered(form);
  if (!columns) join_cells(form);
  for (guint i = 0; i < form->entries->len; i++) {
    FormEntry *entry = &g_array_index(form->entries, FormEntry, i);
    people->labelled[entry->label_line] = TRUE;
    if (entry->signature) continue;
    if (entry->list && begins_person(people, entry))
      reading_doubt(people->reading, "a list stands below %s", entry->label->text);
    if (people->blocks->len >= BLOCKS_MAX) {
      reading_doubt(people->reading, "too many bulletins in one mail");
      return;
    }
    if (!columns) entry->column = 0;
    if (!numbered) entry->number = 0;
    gboolean placed = entry->table || entry->column || entry->number;
    entry->answer = people_is_answer(people->reading, entry);
    Block *block = placed ? numbered_block(people, entry) : sequential_block(people, entry);
    block_add(people, block, entry);
  }
}

/* ---- which blocks are answers ---- */

typedef enum { WORTH_NONE, WORTH_DOUBTFUL, WORTH_FORWARDED, WORTH_FILLED_IN, WORTH_OWN } Worth;

/* Lines of the segment that repeat what was sent and are no labels: the invitation around the
 * blank. A confirmation repeats the labels alone. */
static guint printed_lines(const People *people, guint segment) {
  guint n = 0;
  for (guint i = 0; i < people->reading->text->lines->len; i++)
    if (people->reading->quote->line[i] == segment && line_of(people, i)->sent &&
        !people->labelled[i])
      n++;
  return n;
}

/* A bulletin that a person filled in has labels left empty; a confirmation names what it has. */
static gboolean is_blank_in_part(const People *people, const Block *block) {
  (void)people;
  return block->entries->len > block->answers;
}

static Worth worth_of(const People *people, const Block *block) {
  if (block->answers == 0) return WORTH_NONE;
  if (block->own * 2 >= block->answers) return WORTH_OWN;
  const QuoteSegment *segment =
      &g_array_index(people->reading->quote->segments, QuoteSegment, block->segment);
  switch (segment->voice) {
  case VOICE_OWN:
    return WORTH_OWN;
  case VOICE_ORGANISER:
    if (printed_lines(people, block->segment) >= SENT_LINES_MIN) return WORTH_FILLED_IN;
    return is_blank_in_part(people, block) ? WORTH_DOUBTFUL : WORTH_NONE;
  case VOICE_UNKNOWN:
    return printed_lines(people, block->segment) >= SENT_LINES_MIN ? WORTH_FILLED_IN
                                                                   : WORTH_DOUBTFUL;
  case VOICE_OTHER:
    return segment->forwarded || people->forward ? WORTH_FORWARDED : WORTH_DOUBTFUL;
  case VOICE_SELF:
  default:
    return segment->forwarded ? WORTH_FORWARDED : WORTH_DOUBTFUL;
  }
}

/* Only the worthiest kind of answers counts; what is quoted below a sender's own bulletin is an
 * earlier one, or somebody else's. Own words that hold a value or two leave the rest standing. */
static void choose_blocks(People *people) {
  Worth best = WORTH_NONE;
  for (guint i = 0; i < people->blocks->len; i++) {
    const Block *block = people->blocks->pdata[i];
    Worth worth = worth_of(people, block);
    if (worth == WORTH_OWN && block->answers < OWN_VALUES_MIN) continue;
    best = MAX(best, worth);
  }
  for (guint i = people->blocks->len; i > 0; i--) {
    Worth worth = worth_of(people, people->blocks->pdata[i - 1]);
    gboolean kept = worth != WORTH_NONE && worth >= best;
    if (worth == WORTH_FILLED_IN && best == WORTH_OWN)
      reading_doubt(people->reading, "answers in the quoted bulletin besides the sender's own");
    if (!kept) g_ptr_array_remove_index(people->blocks, i - 1);
  }
  people->reading->quoted_only = best == WORTH_DOUBTFUL;
  if (best == WORTH_DOUBTFUL) reading_doubt(people->reading, "the answers stand in a quoted mail");
}

/* ---- blocks to participants ---- */

static const FieldValue *by_role(const People *people, const Participant *person,
                                 const char *role) {
  int field = reading_role(people->reading, role);
  return field < 0 ? NULL : participant_value(person, people->reading->event->fields[field]->name);
}

static char *name_key(const People *people, const Participant *person) {
  const FieldValue *last = by_role(people, person, "last_name");
  const FieldValue *first = by_role(people, person, "first_name");
  if (!last && !first) return NULL;
  g_autofree char *a = fold_key(last ? last->value : ""), *b = fold_key(first ? first->value : "");
  return g_strconcat(a, "\n", b, NULL);
}

static gboolean is_named(const People *people, const Participant *person) {
  g_autofree char *key = name_key(people, person);
  return key != NULL;
}

/* What `from` says besides goes to `into`; two answers to one question are a doubt. */
static void merge(const People *people, Participant *into, Participant *from) {
  for (guint i = 0; i < from->values->len; i++) {
    FieldValue *value = from->values->pdata[i];
    g_autofree char *field = g_strdup(value->field), *text = g_strdup(value->value);
    from->values->pdata[i] = NULL;
    if (!people_add(into, value))
      reading_doubt(people->reading, "two values for %s: %s and %s", field,
                    participant_value(into, field)->value, text);
  }
  g_ptr_array_set_size(from->values, 0);
  for (guint i = 0; i < from->invalid->len; i++) {
    const InvalidValue *invalid = from->invalid->pdata[i];
    if (participant_value(into, invalid->field))
      reading_doubt(people->reading, "two values for %s", invalid->field);
    else
      g_ptr_array_add(into->invalid,
                      invalid_value_new(invalid->field, invalid->value, invalid->reason));
  }
}

/* What holds for all that follow ("Collectivité : X" above the table of names). */
static const char *const shared_roles[] = {"organization", "street",  "postal_code",
                                           "city",         "partner", NULL};

/* Is the first label of the block that of a name? */
static gboolean begins_with_name(const People *people, const Block *block) {
  const char *role = people->reading->event->fields[block->first]->role;
  return strcmp(role, "last_name") == 0 || strcmp(role, "first_name") == 0 ||
         strcmp(role, "title") == 0;
}

static void share(const People *people, const Participant *from, Participant *into) {
  for (guint r = 0; shared_roles[r]; r++) {
    const FieldValue *value = by_role(people, from, shared_roles[r]);
    if (value && !by_role(people, into, shared_roles[r])) people_add(into, field_value_copy(value));
  }
}

/* What stood once before the first of several bulletins, and is asked for in none of the others:
 * "Organisme : X", then names. Whether it holds for all a person must say. */
static void share_heads(People *people) {
  const Block *head = people->blocks->len > 1 ? people->blocks->pdata[0] : NULL;
  if (!head || !is_named(people, head->person) || begins_with_name(people, head)) return;
  for (guint i = 1; i < people->blocks->len; i++) {
    Block *block = people->blocks->pdata[i];
    if (block->part != head->part || !is_named(people, block->person)) continue;
    int field = reading_role(people->reading, shared_roles[0]);
    if (field < 0 || block->seen[field] || !by_role(people, head->person, shared_roles[0]))
      continue;
    share(people, head->person, block->person);
    reading_doubt(people->reading, "one organization for several people");
  }
}

/* A block without a name belongs to the person beside it, or to all of several. */
static void settle_nameless(People *people) {
  guint named = 0, last = 0;
  for (guint i = 0; i < people->blocks->len; i++) {
    named += is_named(people, ((Block *)people->blocks->pdata[i])->person) ? 1 : 0;
  }
  if (named == 0 && people->blocks->len < 2) return;
  for (guint i = 0; i < people->blocks->len; i++) {
    Block *block = people->blocks->pdata[i];
    if (is_named(people, block->person)) {
      last = i + 1;
      continue;
    }
    gboolean alone = named <= 1;
    for (guint k = 0; k < people->blocks->len; k++) {
      Block *other = people->blocks->pdata[k];
      if (k == i || (named > 0 && !is_named(people, other->person)) || (named == 0 && k > 0))
        continue;
      if (alone)
        merge(people, other->person, block->person);
      else
        share(people, block->person, other->person);
    }
    if (!alone && last > 0)
      reading_doubt(people->reading, "values that belong to no person, or to all");
  }
  for (guint i = people->blocks->len; i > 0; i--) {
    const Block *block = people->blocks->pdata[i - 1];
    if (named > 0 ? !is_named(people, block->person) : i > 1)
      g_ptr_array_remove_index(people->blocks, i - 1);
  }
}

/* A word of the same name twice: one participant. */
static void merge_namesakes(People *people) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < people->blocks->len;) {
    Block *block = people->blocks->pdata[i];
    char *key = name_key(people, block->person);
    Block *before = key ? g_hash_table_lookup(seen, key) : NULL;
    if (before) {
      merge(people, before->person, block->person);
      g_ptr_array_remove_index(people->blocks, i);
      g_free(key);
      continue;
    }
    if (key) g_hash_table_insert(seen, key, block);
    i++;
  }
}

static void remove_empty(People *people) {
  for (guint i = people->blocks->len; i > 0; i--) {
    const Block *block = people->blocks->pdata[i - 1];
    if (block->person->values->len == 0 && block->person->invalid->len == 0)
      g_ptr_array_remove_index(people->blocks, i - 1);
  }
}

static guint hand_over(People *people) {
  guint values = 0, most = people->reading->limits->participants;
  for (guint i = 0; i < people->blocks->len; i++) {
    Block *block = people->blocks->pdata[i];
    if (people->reading->result->participants->len >= most) {
      reading_doubt(people->reading, "more than %u participants", most);
      break;
    }
    values += block->person->values->len;
    g_ptr_array_add(people->reading->result->participants, g_steal_pointer(&block->person));
  }
  return values;
}

gboolean people_are_own(const Reading *reading) {
  const GPtrArray *lines = reading->text->lines;
  for (guint p = 0; p < reading->result->participants->len; p++) {
    const Participant *person = reading->result->participants->pdata[p];
    for (guint i = 0; i < person->values->len; i++) {
      const FieldValue *value = person->values->pdata[i];
      if (value->line < lines->len && !((const TextLine *)lines->pdata[value->line])->quoted)
        return TRUE;
    }
  }
  return FALSE;
}

/* "TR: …", "Fwd: …": Outlook forwards without any other sign. */
static gboolean is_forward(const char *subject) {
  static const char *const marks[] = {"tr ", "fwd ", "fw ", "wg ", "i ", "転送", NULL};
  g_autofree char *words = fold_words(subject);
  const char *colon = strpbrk(subject, ":：");
  if (!colon || colon - subject > 8) return FALSE;
  for (guint i = 0; marks[i]; i++)
    if (g_str_has_prefix(words, marks[i])) return TRUE;
  return FALSE;
}

guint people_read(Reading *reading) {
  People people = {.reading = reading, .forward = is_forward(reading->result->subject)};
  people.blocks = g_ptr_array_new_with_free_func((GDestroyNotify)block_free);
  cut_blocks(&people);
  choose_blocks(&people);
  for (guint i = 0; i < people.blocks->len; i++) {
    Block *block = people.blocks->pdata[i];
    block->person = participant_new();
    people_values(reading, block->entries, block->person);
  }
  remove_empty(&people);
  share_heads(&people);
  settle_nameless(&people);
  merge_namesakes(&people);
  guint values = hand_over(&people);
  g_ptr_array_unref(people.blocks);
  g_free(people.labelled);
  return values;
}
