/* rules - see rules.h.
 *
 * Labels are compared as they are (alternatives.h), only where a word begins, with the letters that
 * a label begins with: hardly anywhere in a mail. A pattern is tried only where one of the words
 * stands that it requires (required.h). */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "parsers/rules.h"
#include "parsers/alternatives.h"
#include "parsers/near.h"
#include "parsers/needles.h"
#include "parsers/required.h"

#include <pcre2.h>
#include <string.h>

typedef struct {
  pcre2_code *code;
  Required *required; /* NULL: nothing is */
  const char *what;   /* name of the field or of the set of sentences that it belongs to */
  guint number;       /* counted from 1, as in "pattern:3" */
  guint line;         /* in the event's file; 0: none */
  const char *regex;
} Compiled;

enum { SET_BITS = 1 << 16, BEGIN_MAX = 8 };

typedef struct {
  gunichar letter; /* that they begin with */
  char begin[ALTERNATIVE_BEGIN_BYTES + 1];
  guint from, to; /* of `all` */
} Alike;

/* Labels, or the words of a field's choices. */
typedef struct {
  GPtrArray *all;               /* Alternative, sorted */
  GArray *alike;                /* Alike, by letter */
  pcre2_code *lead;             /* what may stand before each, anchored; NULL: nothing */
  guint8 led[256];              /* the bytes that begins with */
  guint8 pairs[SET_BITS / 8];   /* of bytes that the short ones begin with */
  guint8 shorts[SET_BITS / 8];  /* of bytes of words of two: no letter follows */
  guint8 triples[SET_BITS / 8]; /* of bytes, hashed, that the others begin with */
  guint8 begins[SET_BITS / 8];  /* of as many bytes, hashed, as the others are sure to have */
  guint lengths;                /* a bit for each number of bytes in `begins` */
} Words;

struct Rules {
  const Wire__Event *event;
  GArray *labels;                /* RuleLabel */
  Words *names;                  /* of the labels */
  Words **choices;               /* one a field; NULL: none */
  GHashTable *staff;             /* of the event, as fold_key writes them */
  GArray *sets[RULES_SET_COUNT]; /* Compiled */
  GArray *patterns;              /* Compiled, of fields */
  GPtrArray *asked;              /* char*: one stands where any of the patterns matches; NULL at the
                                    end */
  Needles asked_for;             /* the same */
  gboolean asks_nothing;         /* one may match anywhere */
  pcre2_match_context *context;
  pcre2_match_data *data;
  char *limited; /* names what ran into a limit, since rules_begin; NULL: nothing did */
};

/* ---- compiling ---- */

static void problem_add(GPtrArray *problems, const Wire__Event *event, const char *field,
                        const char *regex, guint line, gsize offset, const char *text) {
  if (!problems) return;
  Wire__Problem *problem = g_new0(Wire__Problem, 1);
  wire__problem__init(problem);
  problem->event = g_strdup(event->id);
  problem->field = g_strdup(field);
  problem->regex = g_strdup(regex);
  problem->line = line;
  problem->offset = (guint32)offset;
  problem->text = g_strdup(text);
  g_ptr_array_add(problems, problem);
}

static pcre2_code *compile(const char *regex, guint32 options, int *ret_error, gsize *ret_offset) {
  options |= PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C;
  pcre2_code *code =
      pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, options, ret_error, ret_offset, NULL);
  /* Without the JIT (systemd's MemoryDenyWriteExecute) the interpreter does the same, slower. */
  if (code) (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
  return code;
}

/* Says where in `regex` as written byte `offset` of its folded form stands. */
static gsize regex_offset(const char *regex, gsize offset) {
  gsize folded = 0;
  for (const char *p = regex; *p; p = g_utf8_next_char(p)) {
    if (folded >= offset) return (gsize)(p - regex);
    g_autofree char *one = g_strndup(p, (gsize)(g_utf8_next_char(p) - p));
    g_autofree char *as_folded = fold_regex(one);
    folded += strlen(as_folded);
  }
  return strlen(regex);
}

/* `field_name` is "" for the patterns of a set. */
static void compile_pattern(Rules *rules, GArray *into, const Wire__Pattern *pattern,
                            const char *what, const char *field_name, guint number,
                            GPtrArray *problems) {
  g_autofree char *folded = fold_regex(pattern->regex);
  int error = 0;
  gsize offset = 0;
  Compiled compiled = {
      .what = what, .number = number, .line = pattern->line, .regex = pattern->regex};
  compiled.code = compile(folded, 0, &error, &offset);
  if (compiled.code) {
    compiled.required = required_new(folded);
    g_array_append_val(into, compiled);
    return;
  }
  char text[200] = "";
  pcre2_get_error_message(error, (PCRE2_UCHAR *)text, sizeof text);
  problem_add(problems, rules->event, field_name, pattern->regex, pattern->line,
              regex_offset(pattern->regex, offset), text);
}

static void compiled_clear(gpointer data) {
  pcre2_code_free(((Compiled *)data)->code);
  required_free(((Compiled *)data)->required);
}

static GArray *compiled_array(void) {
  GArray *array = g_array_new(FALSE, TRUE, sizeof(Compiled));
  g_array_set_clear_func(array, compiled_clear);
  return array;
}

static void compile_sets(Rules *rules, GPtrArray *problems) {
  const Wire__Event *event = rules->event;
  const struct {
    const char *what; /* the key in the event's file */
    Wire__Pattern **patterns;
    gsize n;
  } sets[RULES_SET_COUNT] = {
      [RULES_CANCELLATION] = {"cancellation", event->cancellation, event->n_cancellation},
      [RULES_ATTENDANCE_NO] = {"attendance_no", event->attendance_no, event->n_attendance_no},
      [RULES_ATTENDANCE_YES] = {"attendance_yes", event->attendance_yes, event->n_attendance_yes},
      [RULES_FACTS] = {"facts", event->facts, event->n_facts},
      [RULES_MATCH_RECIPIENT] = {"recipient", event->match_recipient, event->n_match_recipient},
      [RULES_MATCH_SUBJECT] = {"subject", event->match_subject, event->n_match_subject},
  };
  for (guint s = 0; s < RULES_SET_COUNT; s++) {
    rules->sets[s] = compiled_array();
    for (gsize i = 0; i < sets[s].n; i++)
      compile_pattern(rules, rules->sets[s], sets[s].patterns[i], sets[s].what, "", (guint)i + 1,
                      problems);
  }
}

static void compile_field_patterns(Rules *rules, GPtrArray *problems) {
  guint number = 0;
  rules->patterns = compiled_array();
  for (gsize f = 0; f < rules->event->n_fields; f++) {
    const Wire__Field *field = rules->event->fields[f];
    for (gsize i = 0; i < field->n_patterns; i++)
      compile_pattern(rules, rules->patterns, field->patterns[i], field->name, field->name,
                      ++number, problems);
  }
  rules->asked = g_ptr_array_new();
  for (guint i = 0; i < rules->patterns->len; i++) {
    const Compiled *compiled = &g_array_index(rules->patterns, Compiled, i);
    if (!required_append(compiled->required, rules->asked)) rules->asks_nothing = TRUE;
  }
  g_ptr_array_add(rules->asked, NULL);
  needles_init(&rules->asked_for, (const char *const *)rules->asked->pdata);
}

/* ---- labels ---- */

/* The label's place in rules->labels, added if it is new; keys map a label's words to it. */
static RuleLabel *label_intern(Rules *rules, GHashTable *keys, const Wire__Label *label,
                               guint *ret_index) {
  char *words = alternatives_words(label->text);
  gpointer found = NULL;
  if (g_hash_table_lookup_extended(keys, words, NULL, &found)) {
    g_free(words);
    *ret_index = GPOINTER_TO_UINT(found);
  } else {
    RuleLabel fresh = {.text = label->text,
                       .language = label->language,
                       .ideographic = words[0] && !alternatives_is_latin(words),
                       .words = g_strdup(words)};
    *ret_index = rules->labels->len;
    g_array_append_val(rules->labels, fresh);
    g_hash_table_insert(keys, words, GUINT_TO_POINTER(*ret_index));
  }
  return &g_array_index(rules->labels, RuleLabel, *ret_index);
}

static void label_clear(gpointer data) {
  g_free(((RuleLabel *)data)->words);
}

const RuleLabel *rules_near_label(const Rules *rules, const char *words) {
  const RuleLabel *best = NULL;
  for (guint i = 0; i < rules->labels->len; i++) {
    const RuleLabel *label = &g_array_index(rules->labels, RuleLabel, i);
    if (!near_same(words, label->words)) continue;
    if (best && (best->n_fields != label->n_fields || best->fields[0] != label->fields[0]))
      return NULL;
    best = label;
  }
  return best;
}

static void label_add_field(RuleLabel *label, guint field) {
  for (guint i = 0; i < label->n_fields; i++)
    if (label->fields[i] == field) return;
  if (label->n_fields < RULES_LABEL_FIELDS) label->fields[label->n_fields++] = field;
}

static void collect_labels(Rules *rules, GPtrArray *alternatives) {
  g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (gsize f = 0; f < rules->event->n_fields; f++) {
    const Wire__Field *field = rules->event->fields[f];
    for (gsize i = 0; i < field->n_labels && rules->labels->len < RULES_LABELS_MAX; i++) {
      guint before = rules->labels->len, index = 0;
      label_add_field(label_intern(rules, keys, field->labels[i], &index), (guint)f);
      if (index < before) continue;
      Alternative *alternative = alternative_new(field->labels[i]->text, index);
      if (alternative) g_ptr_array_add(alternatives, alternative);
    }
  }
}

/* ---- where a word may begin ---- */

static guint pair_of(const char *p) {
  return (guint)(guchar)p[0] << 8 | (guchar)p[1];
}

static guint triple_of(const char *p) {
  guint triple = pair_of(p) << 8 | (guchar)p[2];
  return (triple * 2654435761u) >> 16;
}

/* FNV-1a, a byte at a time; its high bits are the place in a set. */
static guint32 hash_step(guint32 hash, guchar byte) {
  return (hash ^ byte) * 16777619u;
}

static void set_add(guint8 *set, guint at) {
  set[at / 8] = (guint8)(set[at / 8] | 1 << at % 8);
}

static gboolean set_has(const guint8 *set, guint at) {
  return set[at / 8] >> at % 8 & 1;
}

/* A word, or what may lead one. */
static void begins_add(Words *words, const char *word) {
  gsize letters = 0;
  guint32 hash = 0;
  for (; letters < BEGIN_MAX && word[letters]; letters++)
    hash = hash_step(hash, (guchar)word[letters]);
  if (letters >= 3) {
    set_add(words->triples, triple_of(word));
    set_add(words->begins, hash >> 16);
    words->lengths |= 1u << letters;
  }
  if (letters == 2) set_add(g_ascii_isalnum(word[1]) ? words->shorts : words->pairs, pair_of(word));
  for (guint second = 0; second < 256 && letters == 1; second++)
    if (!g_ascii_isalnum(second)) set_add(words->pairs, (guint)(guchar)word[0] << 8 | second);
}

static gboolean is_letter_before(const char *text, const char *p) {
  if (p == text) return FALSE;
  if ((guchar)p[-1] < 0x80) return g_ascii_isalnum(p[-1]);
  return g_unichar_isalnum(g_utf8_get_char(g_utf8_prev_char(p)));
}

/* Is `p` how one of the words of three bytes and more begins? */
static gboolean is_begin(const Words *words, const char *p) {
  guint32 hash = 0;
  if (!set_has(words->triples, triple_of(p))) return FALSE;
  for (guint i = 0; i < BEGIN_MAX && p[i]; i++) {
    hash = hash_step(hash, (guchar)p[i]);
    if (words->lengths >> (i + 1) & 1 && set_has(words->begins, hash >> 16)) return TRUE;
  }
  return FALSE;
}

/* May one of the words begin at `p`? None is compared where none may. */
static gboolean may_begin(const Words *words, const char *text, const char *p) {
  guchar first = (guchar)p[0], second = (guchar)p[1], third = second ? (guchar)p[2] : 0;
  if ((first & 0xC0) == 0x80) return FALSE; /* within a character */
  gboolean ideograph = first >= 0xE3 && first <= 0xE9;
  gboolean other = !ideograph && (first | second | third) >= 0x80;
  gboolean known = other || set_has(words->pairs, pair_of(p)) ||
                   (set_has(words->shorts, pair_of(p)) && !g_ascii_isalnum(third)) ||
                   (third && is_begin(words, p));
  return known && !is_letter_before(text, p);
}

static void words_free(Words *words) {
  if (!words) return;
  g_ptr_array_unref(words->all);
  g_array_unref(words->alike);
  pcre2_code_free(words->lead);
  g_free(words);
}

static Alike alike_of(const Alternative *alternative) {
  Alike alike = {.letter = g_utf8_get_char(alternative->words[0].stem)};
  memcpy(alike.begin, alternative->begin, sizeof alike.begin);
  return alike;
}

/* Sorts `take`, of Alternative. `lead` may stand before each (NULL: nothing may), `leads` is what
 * that begins with. */
static Words *words_new(GPtrArray *take, const char *lead, const char *const *leads) {
  Words *words = g_new0(Words, 1);
  words->all = take;
  words->alike = g_array_new(FALSE, FALSE, sizeof(Alike));
  alternatives_sort(words->all);
  for (guint i = 0; i < words->all->len; i++) {
    Alike alike = alike_of(words->all->pdata[i]);
    Alike *last = i ? &g_array_index(words->alike, Alike, words->alike->len - 1) : NULL;
    gboolean same = last && last->letter == alike.letter && strcmp(last->begin, alike.begin) == 0;
    alike.from = i;
    if (!same) g_array_append_val(words->alike, alike);
    g_array_index(words->alike, Alike, words->alike->len - 1).to = i + 1;
    begins_add(words, ((const Alternative *)words->all->pdata[i])->words[0].stem);
  }
  int error = 0;
  gsize offset = 0;
  if (lead) words->lead = compile(lead, PCRE2_ANCHORED, &error, &offset);
  for (guint i = 0; leads && leads[i]; i++) {
    begins_add(words, leads[i]);
    words->led[(guchar)leads[i][0]] = TRUE;
  }
  return words;
}

static void collect_names(Rules *rules) {
  static const char *const leads[] = {"n ",  "no ", "no.", "num", "not", "vot",
                                      "vos", "you", "ご",  "お",  "貴",  NULL};
  static const char lead[] =
      "(?:(?:(?:n ?[o\u00b0\u00ba]\\.?|numeros?|num\\.?) (?:des? |d')?)|votre |vos |notre |your "
      "|\u3054|\u304a|\u8cb4)";
  GPtrArray *alternatives = g_ptr_array_new_with_free_func(alternative_free);
  rules->labels = g_array_new(FALSE, TRUE, sizeof(RuleLabel));
  g_array_set_clear_func(rules->labels, label_clear);
  collect_labels(rules, alternatives);
  rules->names = words_new(alternatives, lead, leads);
}

static Words *collect_choices(const Wire__Field *field) {
  g_autoptr(GPtrArray) alternatives = g_ptr_array_new_with_free_func(alternative_free);
  for (gsize c = 0; c < field->n_choices; c++) {
    Wire__Choice *choice = field->choices[c];
    for (gsize i = 0; i < choice->n_words; i++) {
      Alternative *alternative = alternative_new(choice->words[i]->text, (guint)c);
      if (alternative) g_ptr_array_add(alternatives, alternative);
    }
  }
  return alternatives->len ? words_new(g_steal_pointer(&alternatives), NULL, NULL) : NULL;
}

static GHashTable *staff_keys(const Wire__Event *event) {
  GHashTable *staff = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < event->n_staff; i++) g_hash_table_add(staff, fold_key(event->staff[i]));
  return staff;
}

Rules *rules_new(const Wire__Event *event, const Wire__Limits *limits, GPtrArray *problems) {
  Rules *rules = g_new0(Rules, 1);
  rules->event = event;
  rules->staff = staff_keys(event);
  collect_names(rules);
  compile_sets(rules, problems);
  compile_field_patterns(rules, problems);
  rules->choices = g_new0(Words *, event->n_fields + 1);
  for (gsize f = 0; f < event->n_fields; f++) rules->choices[f] = collect_choices(event->fields[f]);
  guint32 steps = limits && limits->match_steps ? limits->match_steps : LIMIT_MATCH_STEPS;
  rules->context = pcre2_match_context_create(NULL);
  pcre2_set_match_limit(rules->context, steps);
  pcre2_set_depth_limit(rules->context, steps);
  rules->data = pcre2_match_data_create(32, NULL);
  return rules;
}

void rules_free(Rules *rules) {
  if (!rules) return;
  words_free(rules->names);
  for (gsize f = 0; f < rules->event->n_fields; f++) words_free(rules->choices[f]);
  g_free(rules->choices);
  g_hash_table_unref(rules->staff);
  for (guint s = 0; s < RULES_SET_COUNT; s++) g_array_unref(rules->sets[s]);
  g_array_unref(rules->patterns);
  g_ptr_array_unref(rules->asked);
  g_array_unref(rules->labels);
  pcre2_match_context_free(rules->context);
  pcre2_match_data_free(rules->data);
  g_free(rules->limited);
  g_free(rules);
}

const Wire__Event *rules_event(const Rules *rules) {
  return rules->event;
}

/* ---- matching ---- */

void rules_begin(Rules *rules) {
  g_clear_pointer(&rules->limited, g_free);
}

const char *rules_limited(const Rules *rules) {
  return rules->limited;
}

static gboolean is_limit(int rc) {
  return rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT ||
         rc == PCRE2_ERROR_HEAPLIMIT || rc == PCRE2_ERROR_JIT_STACKLIMIT;
}

/* Whoever wrote the pattern finds it by this: event, field or set, number, line, text. */
static void name_limited(Rules *rules, const Compiled *compiled) {
  if (rules->limited) return;
  rules->limited =
      compiled->line
          ? g_strdup_printf("event %s, %s, pattern %u in line %u: %s", rules->event->id,
                            compiled->what, compiled->number, compiled->line, compiled->regex)
          : g_strdup_printf("event %s, %s, %s", rules->event->id, compiled->what, compiled->regex);
}

static gboolean run(Rules *rules, const Compiled *compiled, const char *subject, gsize length,
                    gsize from) {
  if (!compiled->code || from > length) return FALSE;
  int rc = pcre2_match(compiled->code, (PCRE2_SPTR)subject, length, from, PCRE2_NO_UTF_CHECK,
                       rules->data, rules->context);
  if (is_limit(rc)) name_limited(rules, compiled);
  return rc >= 0;
}

/* Where those of one first letter begin. */
static guint alike_find(const Words *words, gunichar letter) {
  guint low = 0, high = words->alike->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (g_array_index(words->alike, Alike, middle).letter < letter)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* May a word of that begin stand at `p`? Behind fewer letters than a begin may have it ends. */
static gboolean may_be_alike(const char *begin, const char *p) {
  guint i = 0;
  for (; begin[i]; i++)
    if (begin[i] != p[i]) return FALSE;
  return i == ALTERNATIVE_BEGIN_BYTES || !g_ascii_isalnum(p[i]);
}

/* The longest of `words` at byte `at` alone. FALSE: none. */
static gboolean match_words(const Words *words, const Fold *line, gsize at, guint *ret_mark,
                            gsize *ret_end) {
  const char *p = line->text->str + at, *end = NULL, *furthest = NULL;
  gunichar letter = g_utf8_get_char(p);
  for (guint i = alike_find(words, letter); i < words->alike->len; i++) {
    const Alike *alike = &g_array_index(words->alike, Alike, i);
    if (alike->letter != letter) break;
    if (!may_be_alike(alike->begin, p)) continue;
    const Alternative *found = alternatives_find(words->all, alike->from, alike->to, p, &end);
    if (!found || (furthest && end <= furthest)) continue;
    furthest = end;
    *ret_mark = found->mark;
  }
  if (furthest) *ret_end = (gsize)(furthest - line->text->str);
  return furthest != NULL;
}

/* The same behind what may lead them ("votre nom"); else without. */
static gboolean match_led(Rules *rules, const Words *words, const Fold *line, gsize at,
                          guint *ret_mark, gsize *ret_end) {
  const Compiled lead = {.code = words->lead, .what = "fields", .regex = "labels"};
  gsize length = line->text->len;
  if (words->led[(guchar)line->text->str[at]] && run(rules, &lead, line->text->str, length, at)) {
    gsize behind = pcre2_get_ovector_pointer(rules->data)[1];
    if (behind < length && match_words(words, line, behind, ret_mark, ret_end)) return TRUE;
  }
  return match_words(words, line, at, ret_mark, ret_end);
}

/* The first of `words` from byte `from` on. FALSE: none. */
static gboolean find_words(Rules *rules, const Words *words, const Fold *line, gsize from,
                           guint *ret_mark, gsize *ret_start, gsize *ret_end) {
  const char *text = line->text->str, *end = text + line->text->len;
  for (const char *p = text + from; p < end; p++) {
    if (p > text)
      while (p < end && g_ascii_isalnum(p[-1])) p++; /* in a word */
    /* of ASCII a letter or a digit begins it */
    if ((guchar)*p < 0x80 && !g_ascii_isalnum(*p)) continue;
    if (!may_begin(words, text, p)) continue;
    gsize at = (gsize)(p - text);
    if (!match_led(rules, words, line, at, ret_mark, ret_end)) continue;
    *ret_start = at;
    return TRUE;
  }
  return FALSE;
}

const RuleLabel *rules_find_label(Rules *rules, const Fold *line, gsize from, gsize *ret_start,
                                  gsize *ret_end) {
  guint index = 0;
  gboolean found = find_words(rules, rules->names, line, from, &index, ret_start, ret_end);
  return found && index < rules->labels->len ? &g_array_index(rules->labels, RuleLabel, index)
                                             : NULL;
}

int rules_find_choice(Rules *rules, guint field, const Fold *text, gsize from, gsize *ret_start,
                      gsize *ret_end) {
  guint index = 0;
  if (!rules->choices[field]) return -1;
  return find_words(rules, rules->choices[field], text, from, &index, ret_start, ret_end)
             ? (int)index
             : -1;
}

gboolean rules_matches(Rules *rules, RulesSet set, const Fold *text, guint *ret_index) {
  const GArray *patterns = rules->sets[set];
  gsize length = MIN(text->text->len, RULES_SENTENCE_MAX_BYTES);
  while (length > 0 && length < text->text->len && (text->text->str[length] & 0xC0) == 0x80)
    length--;
  Runs runs;
  if (patterns->len > 0) runs_note(&runs, text->text->str, length);
  for (guint i = 0; i < patterns->len; i++) {
    const Compiled *compiled = &g_array_index(patterns, Compiled, i);
    if (!required_may_stand(compiled->required, &runs)) continue;
    if (!run(rules, compiled, text->text->str, length, 0)) continue;
    if (ret_index) *ret_index = i;
    return TRUE;
  }
  return FALSE;
}

static void add_groups(Rules *rules, const Compiled *compiled, GArray *hits) {
  guint32 count = 0, size = 0;
  PCRE2_SPTR table = NULL;
  pcre2_pattern_info(compiled->code, PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(compiled->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
  pcre2_pattern_info(compiled->code, PCRE2_INFO_NAMETABLE, (void *)&table);
  const PCRE2_SIZE *spans = pcre2_get_ovector_pointer(rules->data);
  guint32 slots = pcre2_get_ovector_count(rules->data);
  for (guint32 i = 0; i < count; i++, table += size) {
    guint group = (guint)table[0] << 8 | table[1];
    int field = rules_field(rules, (const char *)table + 2);
    if (group >= slots || spans[2 * group] == PCRE2_UNSET || field < 0) continue;
    RuleHit hit = {(guint)field, compiled->number, spans[2 * group], spans[2 * group + 1]};
    g_array_append_val(hits, hit);
  }
}

static void find_groups(Rules *rules, const GArray *patterns, const Fold *text, GArray *hits) {
  if (text->text->len > RULES_SENTENCE_MAX_BYTES) return;
  Runs runs;
  if (patterns->len > 0) runs_note(&runs, text->text->str, text->text->len);
  for (guint i = 0; i < patterns->len; i++) {
    const Compiled *compiled = &g_array_index(patterns, Compiled, i);
    if (required_may_stand(compiled->required, &runs) &&
        run(rules, compiled, text->text->str, text->text->len, 0))
      add_groups(rules, compiled, hits);
  }
}

void rules_find_patterns(Rules *rules, const Fold *line, GArray *hits) {
  find_groups(rules, rules->patterns, line, hits);
}

gboolean rules_may_find_patterns(const Rules *rules, const char *folded) {
  return rules->asks_nothing || needles_stand(&rules->asked_for, folded);
}

void rules_find_facts(Rules *rules, const Fold *sentence, GArray *hits) {
  find_groups(rules, rules->sets[RULES_FACTS], sentence, hits);
}

gboolean rules_is_staff(const Rules *rules, const char *key) {
  return g_hash_table_contains(rules->staff, key);
}

int rules_role(const Rules *rules, const char *role) {
  for (gsize f = 0; f < rules->event->n_fields; f++) {
    const char *other = rules->event->fields[f]->role;
    if (*other == *role && strcmp(other, role) == 0) return (int)f;
  }
  return -1;
}

int rules_field(const Rules *rules, const char *name) {
  for (gsize f = 0; f < rules->event->n_fields; f++)
    if (strcmp(rules->event->fields[f]->name, name) == 0) return (int)f;
  return -1;
}

/* ---- the order of names in a label ---- */

/* Does a label of `field` alone hold `word`? */
static gboolean own_word(const Rules *rules, guint field, const char *word) {
  for (guint i = 0; i < rules->labels->len; i++) {
    const RuleLabel *label = &g_array_index(rules->labels, RuleLabel, i);
    if (label->n_fields != 1 || label->fields[0] != field) continue;
    g_autofree char *words = fold_words(label->text);
    g_auto(GStrv) split = g_strsplit(words, " ", -1);
    if (g_strv_contains((const char *const *)split, word)) return TRUE;
  }
  return FALSE;
}

int rules_label_given_first(const Rules *rules, const RuleLabel *label) {
  int last = rules_role(rules, "last_name"), first = rules_role(rules, "first_name");
  if (last < 0 || first < 0) return -1;
  g_autofree char *words = fold_words(label->text);
  g_auto(GStrv) split = g_strsplit(words, " ", -1);
  int at_last = -1, at_first = -1;
  for (int i = 0; split[i]; i++) {
    gboolean of_last = own_word(rules, (guint)last, split[i]);
    gboolean of_first = own_word(rules, (guint)first, split[i]);
    if (of_last && !of_first && at_last < 0) at_last = i;
    if (of_first && !of_last && at_first < 0) at_first = i;
  }
  if (at_last < 0 || at_first < 0) return -1;
  return at_first < at_last;
}
