/* prose - see prose.h.
 *
 * A sentence that asks or that leaves something open says neither yes nor no. */
#include "parsers/prose.h"

#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/people.h"
#include "parsers/prose_people.h"

typedef struct {
  Reading *reading;
  Sentences *sentences;
  guint attends, declines, cancels; /* sentences that say so */
  guint open;                       /* sentences that speak of it and decide nothing */
  gboolean asks;                    /* a question mark stands in them */
  gboolean signs;                   /* "Je soussigné" */
  gboolean company;                 /* others come along */
  const Sentence *first;            /* the first telling one */
} Prose;

static void count(Prose *prose) {
  for (guint i = 0; i < prose->sentences->all->len; i++) {
    const Sentence *sentence = prose->sentences->all->pdata[i];
    prose->asks = prose->asks || strchr(sentence->text, '?');
    prose->company = prose->company || sentence->company;
    prose->signs = prose->signs || sentence->signs;
    if (!sentence->cancels && !sentence->declines && !sentence->attends) continue;
    if (sentence->open) {
      prose->open++;
      continue;
    }
    prose->cancels += sentence->cancels ? 1 : 0;
    prose->declines += sentence->declines ? 1 : 0;
    prose->attends += sentence->attends && !sentence->cancels ? 1 : 0;
    if (!prose->first) prose->first = sentence;
  }
}

static GPtrArray *people_of(const Prose *prose) {
  return prose->reading->result->participants;
}

static const FieldValue *by_role(const Prose *prose, const Participant *person, const char *role) {
  int field = reading_role(prose->reading, role);
  return field < 0 ? NULL : participant_value(person, prose->reading->event->fields[field]->name);
}

static gboolean is_invalid(const Prose *prose, const Participant *person, const char *role) {
  int field = reading_role(prose->reading, role);
  for (guint i = 0; field >= 0 && i < person->invalid->len; i++)
    if (strcmp(((InvalidValue *)person->invalid->pdata[i])->field,
               prose->reading->event->fields[field]->name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean is_named(const Prose *prose, const Participant *person) {
  return by_role(prose, person, "last_name") || by_role(prose, person, "first_name");
}

/* What `from` has and `into` lacks. */
static void fill_in(Participant *into, const Participant *from) {
  for (guint i = 0; i < from->values->len; i++) {
    const FieldValue *value = from->values->pdata[i];
    if (!participant_value(into, value->field)) people_add(into, field_value_copy(value));
  }
}

/* ---- beside a form ---- */

/* A form without an answer takes that of the sentence; one with another answer is a doubt. */
static void compare_attendance(Prose *prose) {
  GPtrArray *people = people_of(prose);
  gboolean yes = prose->attends > 0, no = prose->declines > 0 || prose->cancels > 0;
  const char *said = prose->first ? prose->first->text : "";
  g_autoptr(GPtrArray) spoken = g_ptr_array_new_with_free_func((GDestroyNotify)participant_free);
  int field = reading_role(prose->reading, "attendance");
  for (guint i = 0; i < people->len; i++) {
    Participant *person = people->pdata[i];
    const FieldValue *given = by_role(prose, person, "attendance");
    if (given && people->len == 1 &&
        ((no && strcmp(given->value, "yes") == 0) ||
         (yes && !no && strcmp(given->value, "no") == 0)))
      reading_doubt(prose->reading, "a sentence says otherwise than the answer: %s", said);
    if (given || is_invalid(prose, person, "attendance") || (!yes && !no) || field < 0) continue;
    if (people->len > 1 && !no && prose->open == 0) /* "les personnes suivantes participeront" */
      reading_doubt(prose->reading, "one sentence speaks for several: %s", said);
    else if (people->len > 1 || (yes && no) || prose->open > 0) {
      reading_doubt(prose->reading, "attendance stands in a sentence alone: %s", said);
      continue;
    }
    if (spoken->len == 0) prose_people(prose->reading, prose->sentences, spoken);
    const FieldValue *value = spoken->len ? by_role(prose, spoken->pdata[0], "attendance") : NULL;
    if (value) people_add(person, field_value_copy(value));
  }
}

/* Others are named who come along with the one whose bulletin it is. */
static void add_companions(Prose *prose) {
  static const char *const shared[] = {"organization", "partner"};
  GPtrArray *people = people_of(prose);
  if (!prose->company || people->len != 1) return;
  reading_doubt(prose->reading, "others seem to come along");
  Participant *host = people->pdata[0];
  g_autoptr(GPtrArray) others = g_ptr_array_new();
  prose_companions(prose->reading, prose->sentences, others);
  for (guint i = 0; i < others->len; i++) {
    Participant *other = others->pdata[i];
    for (guint r = 0; r < G_N_ELEMENTS(shared); r++) {
      const FieldValue *value = by_role(prose, host, shared[r]);
      if (value && !participant_value(other, value->field))
        people_add(other, field_value_copy(value));
    }
    g_ptr_array_add(people, other);
  }
}

/* ---- a correction above a quoted bulletin ---- */

static void drop_value(Participant *person, const char *field) {
  for (guint i = person->values->len; i > 0; i--)
    if (strcmp(((FieldValue *)person->values->pdata[i - 1])->field, field) == 0)
      g_ptr_array_remove_index(person->values, i - 1);
}

static void correct(const Prose *prose, const Sentence *sentence, const char *role, char *found,
                    const char *second) {
  g_autofree char *raw = found;
  Participant *person = people_of(prose)->pdata[0];
  int field = reading_role(prose->reading, role);
  if (field < 0 || !raw || second) return; /* of two, which one is the new one? */
  drop_value(person, prose->reading->event->fields[field]->name);
  prose_add(prose->reading, sentence, person, (guint)field, raw, "correction");
}

/* "Une correction : mon numéro est le 06 …" above what was sent before: the new value counts. */
static void correct_quoted(const Prose *prose) {
  if (!prose->sentences->correction || !prose->reading->quoted_only) return;
  for (guint i = 0; people_of(prose)->len == 1 && i < prose->sentences->all->len; i++) {
    const Sentence *sentence = prose->sentences->all->pdata[i];
    gsize start = 0, end = 0;
    char *email = field_find_email(sentence->text, 0, &start, &end);
    g_autofree char *email2 = email ? field_find_email(sentence->text, end, &start, &end) : NULL;
    correct(prose, sentence, "email", email, email2);
    char *phone = field_find_phone(sentence->text, 0, &start, &end);
    g_autofree char *phone2 = phone ? field_find_phone(sentence->text, end, &start, &end) : NULL;
    correct(prose, sentence, "phone", phone, phone2);
  }
}

/* ---- without a form, or with a few labels among sentences ---- */

static void add_from_sentences(Prose *prose) {
  GPtrArray *people = people_of(prose);
  g_autoptr(Participant) labelled =
      people->len ? g_ptr_array_steal_index(people, 0) : participant_new();
  prose_people(prose->reading, prose->sentences, people);
  if (people->len == 0) {
    g_ptr_array_add(people, g_steal_pointer(&labelled));
  } else if (people->len == 1) {
    /* a label is surer than a sentence */
    Participant *spoken = people->pdata[0];
    people->pdata[0] = labelled;
    labelled = spoken;
    fill_in(people->pdata[0], labelled);
  } else if (labelled->values->len > 0) {
    reading_doubt(prose->reading, "values that belong to no person, or to all");
    const FieldValue *body = by_role(prose, labelled, "organization");
    for (guint i = 0; body && i < people->len; i++)
      if (!by_role(prose, people->pdata[i], "organization"))
        people_add(people->pdata[i], field_value_copy(body));
  }
  reading_doubt(prose->reading, "read from sentences, not from a bulletin");
}

/* ---- facts ---- */

typedef struct {
  const Sentence *sentence;
  guint field;
  gboolean free_text;
  char *raw;
} Fact;

static void fact_free(gpointer data) {
  g_free(((Fact *)data)->raw);
  g_free(data);
}

static GPtrArray *find_facts(const Prose *prose) {
  GPtrArray *facts = g_ptr_array_new_with_free_func(fact_free);
  g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(RuleHit));
  g_auto(Fold) fold = {0};
  fold_init(&fold);
  for (guint s = 0; s < prose->sentences->all->len; s++) {
    const Sentence *sentence = prose->sentences->all->pdata[s];
    fold_line(&fold, sentence->text, -1);
    g_array_set_size(hits, 0);
    rules_find_facts(prose->reading->rules, &fold, hits);
    for (guint h = 0; h < hits->len; h++) {
      const RuleHit *hit = &g_array_index(hits, RuleHit, h);
      gsize start = fold_origin(&fold, hit->start), end = fold_origin(&fold, hit->end);
      Fact *fact = g_new0(Fact, 1);
      fact->sentence = sentence;
      fact->field = hit->field;
      fact->free_text = !strcmp(prose->reading->event->fields[hit->field]->type, "lines");
      fact->raw = g_strstrip(g_strndup(sentence->text + start, end - start));
      g_ptr_array_add(facts, fact);
    }
  }
  return facts;
}

/* Is another value told for the field elsewhere ("jumelée avec Chemnitz", "et avec Sasayama")? Of
 * free text the first counts. */
static gboolean is_disputed(const GPtrArray *facts, const Fact *fact) {
  for (guint i = 0; i < facts->len && !fact->free_text; i++) {
    const Fact *other = facts->pdata[i];
    if (other->field == fact->field && strcmp(other->raw, fact->raw) != 0) return TRUE;
  }
  return FALSE;
}

/* The event's own sentences that hold values: "je suis végétarien". They are the only person's; of
 * several, what all have in common. Beside a bulletin they add free text alone, whose words the
 * sender sees again as he wrote them. */
static void add_facts(Prose *prose, gboolean beside) {
  GPtrArray *people = people_of(prose);
  int partner = reading_role(prose->reading, "partner");
  if (people->len == 0) return;
  g_autoptr(GPtrArray) facts = find_facts(prose);
  for (guint f = 0; f < facts->len; f++) {
    const Fact *fact = facts->pdata[f];
    if (people->len > 1 ? (int)fact->field != partner : beside && !fact->free_text) continue;
    for (guint i = 0; i < people->len && !is_disputed(facts, fact); i++)
      prose_add(prose->reading, fact->sentence, people->pdata[i], fact->field, fact->raw, "facts");
  }
}

ProseSaying prose_read(Reading *reading) {
  g_autoptr(Sentences) sentences = sentences_read(reading);
  Prose prose = {.reading = reading, .sentences = sentences};
  count(&prose);
  GPtrArray *people = reading->result->participants;
  ProseSaying saying = prose.cancels    ? PROSE_CANCELS
                       : prose.declines ? PROSE_DECLINES
                       : prose.attends  ? PROSE_ATTENDS
                       : prose.asks     ? PROSE_ASKS
                                        : PROSE_SILENT;
  gboolean signs = people->len > 0 && prose.signs;
  if (sentences->correction) reading->result->flags |= EXTRACTION_CORRECTION;
  gboolean nameless = people->len == 0 || (people->len == 1 && !is_named(&prose, people->pdata[0]));
  if (nameless && (saying == PROSE_ATTENDS || saying == PROSE_DECLINES || signs)) {
    add_from_sentences(&prose);
  } else if (people->len > 0) {
    compare_attendance(&prose);
    add_companions(&prose);
    prose_body(reading, sentences, people);
  }
  correct_quoted(&prose);
  add_facts(&prose, !nameless);
  return saying;
}
