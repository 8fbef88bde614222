/* prose_people - see prose_people.h. */
#include "parsers/prose_people.h"

#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/mention.h"
#include "parsers/nameblock.h"
#include "parsers/office.h"
#include "parsers/people.h"

enum { SENTENCE_CONFIDENCE = 80, PEOPLE_MAX = 60, CUE_REACH = 60 /* bytes before a name */ };

/* ---- what sentences are made of (folded words, a space at either end) ---- */

/* The sender speaks of himself. */
static const char *const of_self[] = {" viendrai ",
                                      " participerai ",
                                      " assisterai ",
                                      " serai ",
                                      " pourrai ",
                                      " representerai ",
                                      " peux ",
                                      " viens ",
                                      " je participe ",
                                      " ma presence ",
                                      " ma participation ",
                                      " ma venue ",
                                      " m inscrire ",
                                      " m excuser ",
                                      " mon absence ",
                                      " mon inscription ",
                                      " moi ",
                                      " moi meme ",
                                      " soussigne ",
                                      " soussignee ",
                                      " je suis ",
                                      " ferai ",
                                      " me rendrai ",
                                      " aurai ",
                                      " i will ",
                                      " i shall ",
                                      " i can ",
                                      " i am ",
                                      " i cannot ",
                                      " i ll ",
                                      " i m ",
                                      " i regret ",
                                      " my attendance ",
                                      " my participation ",
                                      " my presence ",
                                      " i look ",
                                      " i would ",
                                      " myself ",
                                      " m y rendrai ",
                                      " me liberer ",
                                      " me joindre a ",
                                      " i confirm my ",
                                      " count me in ",
                                      " i won t ",
                                      " i can t ",
                                      NULL};

/* Who is named behind these comes in the place of another. */
static const char *const replaced_by[] = {" represente par ",
                                          " representee par ",
                                          " representes par ",
                                          " representees par ",
                                          " remplace par ",
                                          " remplacee par ",
                                          " remplaces par ",
                                          " supplee par ",
                                          " represented by ",
                                          " replaced by ",
                                          " j ai designe ",
                                          " avons designe ",
                                          " a designe ",
                                          " designons ",
                                          " je designe ",
                                          " je delegue ",
                                          " j ai demande a ",
                                          " donne pouvoir a ",
                                          " mandate ",
                                          " ai mandate ",
                                          " confie a ",
                                          " nommons ",
                                          " c est ",
                                          " ce sera ",
                                          " representera par ",
                                          " have asked ",
                                          " nominated ",
                                          " delegating ",
                                          NULL};

/* Who is named somewhere before these takes the sender's, or somebody's, place. */
static const char *const replaces[] = {" me representera ",
                                       " nous representera ",
                                       " me remplacera ",
                                       " nous remplacera ",
                                       " a ma place ",
                                       " le representera ",
                                       " la representera ",
                                       " le remplacera ",
                                       " la remplacera ",
                                       " a sa place ",
                                       " en mon nom ",
                                       " will represent me ",
                                       " in my place ",
                                       " on my behalf ",
                                       " will replace me ",
                                       " instead of me ",
                                       " les representera ",
                                       " me suppleera ",
                                       " representera ",
                                       " remplacera ",
                                       " will represent ",
                                       " will replace ",
                                       " will stand in ",
                                       " en remplacement ",
                                       "代理",
                                       "代わりに",
                                       "代わって",
                                       NULL};

/* Who is named right behind these is spoken of, and is no participant. */
static const char *const objects[] = {" representera ",
                                      " representerai ",
                                      " remplacera ",
                                      " remplacerai ",
                                      " remplacement de ",
                                      " place de ",
                                      " nom de ",
                                      " compte de ",
                                      " part de ",
                                      " absence de ",
                                      " attention de ",
                                      " suppleera ",
                                      " representing ",
                                      " behalf of ",
                                      " instead of ",
                                      " place of ",
                                      " replace ",
                                      " represent ",
                                      " assistante de ",
                                      " assistant de ",
                                      " secretaire de ",
                                      " cabinet de ",
                                      " demande de ",
                                      " invitation de ",
                                      " courrier de ",
                                      " aupres de ",
                                      " remercie ",
                                      " accord de ",
                                      " message de ",
                                      " mail de ",
                                      " informer ",
                                      " remercions ",
                                      " absent de ",
                                      " successeur de ",
                                      " predecesseur de ",
                                      " to replace ",
                                      " represente ",
                                      " remplace ",
                                      " invitation to ",
                                      " assistant to ",
                                      " office of ",
                                      " bulletin de ",
                                      NULL};

/* Who is named behind these comes along with the sender. */
static const char *const along[] = {" accompagne de ",
                                    " accompagnee de ",
                                    " accompagnes de ",
                                    " accompagne par ",
                                    " accompagnee par ",
                                    " avec ",
                                    " ainsi que ",
                                    " et ",
                                    " with ",
                                    " together with ",
                                    " accompanied by ",
                                    " and ",
                                    " de meme que ",
                                    " en compagnie de ",
                                    " plus ",
                                    " accompagnera",
                                    " accompagneront",
                                    NULL};

/* Whoever is named before these does not come, though another does. */
static const char *const kept_away[] = {
    " empeche",        " retenu",       " absent",        " indisponible",     " excuse",
    " en conge",       " ne pourra",    " ne sera pas",   " ne peut",          " n etant pas",
    " n est pas",      " unable ",      " cannot ",       " unavailable ",     " prevented ",
    " ne participera", " ne viendra",   " will not ",     " en deplacement",   " en mission",
    " attending no ",  " present non ", " presence non ", " participera non ", " presente non ",
    " attendance no ", " coming no ",   " regrets ",      " apologies ",       NULL};

static const char *const third_person[] = {" il ",       " elle ",     " ils ", " elles ",
                                           " celui ci ", " celle ci ", " he ",  " she ",
                                           " they ",     " l un ",     NULL};

typedef struct {
  Participant *person;
  char *name; /* as written; "" unnamed */
  gboolean sender;
  gboolean stays;
} One;

typedef struct {
  Reading *reading;
  const Sentences *sentences;
  GArray *ones;       /* One */
  Participant *block; /* the signature's values */
  char *sender;       /* the sender's name, "" unknown */
  gboolean replaced;  /* somebody comes in another's place */
} Prose;

static One *one_at(const Prose *prose, guint i) {
  return &g_array_index(prose->ones, One, i);
}

static char *spaced_words(const char *text, gsize length) {
  g_autofree char *part = g_strndup(text, length);
  g_autofree char *bare = fold_words(part);
  return g_strconcat(" ", bare, " ", NULL);
}

static const char *find_any(const char *words, const char *const *phrases) {
  const char *best = NULL;
  for (guint i = 0; phrases[i]; i++) {
    const char *hit = strstr(words, phrases[i]);
    if (hit && (!best || hit < best)) best = hit;
  }
  return best;
}

/* Do the words before the name end with one of the phrases, articles between? */
static gboolean ends_with(const char *words, const char *const *phrases) {
  static const char *const articles[] = {" le ",  " la ",    " l ",   " de ", " d ",
                                         " the ", " notre ", " mon ", " ma ", NULL};
  g_autofree char *left = g_strdup(words);
  for (guint n = 0; n < 3; n++) {
    for (guint i = 0; phrases[i]; i++)
      if (g_str_has_suffix(left, phrases[i])) return TRUE;
    gsize length = strlen(left), cut = length;
    for (guint i = 0; articles[i]; i++)
      if (g_str_has_suffix(left, articles[i])) cut = length - strlen(articles[i]) + 1;
    if (cut == length) return FALSE;
    left[cut] = '\0';
  }
  return FALSE;
}

/* ---- values ---- */

/* Where `raw` stands in the sentence's lines; where it goes over two of them, the first line. */
static guint locate(const Reading *reading, const Sentence *sentence, const char *raw,
                    guint *ret_start, guint *ret_end) {
  for (guint i = sentence->line; i < sentence->end_line; i++) {
    const TextLine *line = reading->text->lines->pdata[i];
    const char *at = *raw ? strstr(line->text, raw) : NULL;
    if (!at) continue;
    *ret_start = (guint)(at - line->text);
    *ret_end = *ret_start + (guint)strlen(raw);
    return i;
  }
  const TextLine *first = reading->text->lines->pdata[sentence->line];
  *ret_start = 0;
  *ret_end = (guint)strlen(first->text);
  return sentence->line;
}

gboolean prose_add(const Reading *reading, const Sentence *sentence, Participant *person,
                   guint field, const char *raw, const char *name) {
  const Wire__Field *f = reading->event->fields[field];
  if (raw[0] == '\0' || participant_value(person, f->name)) return FALSE;
  if (strlen(raw) > reading->limits->value_bytes) return FALSE;
  FieldContext context = {reading->rules, field, reading_country(reading, raw)};
  FieldResult result = field_parse(&context, raw);
  gboolean valid = result.status == FIELD_VALID;
  if (valid) {
    FieldValue *value = field_value_new(f->name, result.value);
    value->line = locate(reading, sentence, raw, &value->start, &value->end);
    const TextLine *line = reading->text->lines->pdata[value->line];
    value->part = line->part;
    value->confidence = SENTENCE_CONFIDENCE;
    g_free(value->raw);
    value->raw = g_strdup(raw);
    g_free(value->rule);
    value->rule = g_strconcat("sentence:", name, NULL);
    g_free(value->source);
    value->source = g_strdup(g_ptr_array_index(reading->text->sources, line->source));
    people_add(person, value);
  }
  field_result_clear(&result);
  return valid;
}

static void add_role(const Prose *prose, const Sentence *sentence, Participant *person,
                     const char *role, const char *raw) {
  int field = reading_role(prose->reading, role);
  if (field >= 0 && raw) prose_add(prose->reading, sentence, person, (guint)field, raw, "named");
}

static void add_title(const Prose *prose, const Sentence *sentence, Participant *person,
                      int choice) {
  int title = reading_role(prose->reading, "title");
  if (title < 0 || choice < 0) return;
  const Wire__Field *field = prose->reading->event->fields[title];
  add_role(prose, sentence, person, "title", field->choices[choice]->value);
}

/* The value of the attendance's choice; the event's own words for yes and no. */
static void add_attendance(const Prose *prose, const Sentence *sentence, Participant *person,
                           gboolean stays) {
  int field = reading_role(prose->reading, "attendance");
  if (field < 0 || (!sentence->attends && !sentence->declines)) return;
  const Wire__Field *f = prose->reading->event->fields[field];
  const char *wanted = stays ? "no" : "yes";
  const char *value = f->n_choices > 1 ? f->choices[stays ? 1 : 0]->value : NULL;
  for (gsize c = 0; c < f->n_choices; c++)
    if (strcmp(f->choices[c]->value, wanted) == 0) value = f->choices[c]->value;
  if (!value || participant_value(person, f->name)) return;
  FieldValue *v = field_value_new(f->name, value);
  const TextLine *line = prose->reading->text->lines->pdata[sentence->line];
  g_free(v->raw);
  v->raw = g_strdup(sentence->text); /* bounded by SENTENCE_MAX_BYTES */
  g_free(v->rule);
  v->rule = g_strdup(stays ? "sentence:attendance_no" : "sentence:attendance_yes");
  g_free(v->source);
  v->source = g_strdup(g_ptr_array_index(prose->reading->text->sources, line->source));
  v->part = line->part;
  v->line = sentence->line;
  v->end = (guint)strlen(line->text);
  v->confidence = SENTENCE_CONFIDENCE;
  people_add(person, v);
}

static void add_name(const Prose *prose, const Sentence *sentence, Participant *person,
                     const char *name) {
  g_autofree char *last = NULL, *first = NULL;
  const char *doubt = NULL;
  int given_first = field_is_japanese(name) ? 0 : 1;
  if (strchr(name, ' ') && field_split_name(name, given_first, prose->reading->result->from_name,
                                            &last, &first, &doubt)) {
    add_role(prose, sentence, person, "last_name", last);
    add_role(prose, sentence, person, "first_name", first);
  } else if (*name) {
    add_role(prose, sentence, person, "last_name", name);
  }
}

/* ---- people ---- */

static One *find_one(const Prose *prose, const char *name) {
  for (guint i = 0; i < prose->ones->len && *name; i++) {
    One *one = one_at(prose, i);
    if (mention_same_name(name, one->name) || mention_same_name(one->name, name)) return one;
  }
  return NULL;
}

static One *new_one(Prose *prose, const char *name, gboolean stays) {
  One one = {.person = participant_new(), .name = g_strdup(name), .stays = stays};
  g_array_append_val(prose->ones, one);
  return one_at(prose, prose->ones->len - 1);
}

static gboolean is_sender(const Prose *prose, const char *name) {
  return *prose->sender && *name &&
         (mention_same_name(name, prose->sender) || mention_same_name(prose->sender, name));
}

static void add_sender(Prose *prose, const Sentence *sentence, gboolean stays) {
  for (guint i = 0; i < prose->ones->len; i++) {
    One *one = one_at(prose, i);
    if (!one->sender) continue;
    if (!stays) one->stays = FALSE;
    return;
  }
  One *one = new_one(prose, prose->sender, stays);
  one->sender = TRUE;
  add_attendance(prose, sentence, one->person, stays);
}

static void add_mention(Prose *prose, const Sentence *sentence, const Mention *mention,
                        gboolean stays) {
  One *one = find_one(prose, mention->name);
  if (!one) {
    if (prose->ones->len >= PEOPLE_MAX) return;
    one = new_one(prose, mention->name, stays);
  }
  if (strlen(mention->name) > strlen(one->name)) {
    g_free(one->name);
    one->name = g_strdup(mention->name);
  }
  if (is_sender(prose, mention->name)) one->sender = TRUE;
  one->stays = one->stays && stays;
  add_attendance(prose, sentence, one->person, stays);
  add_title(prose, sentence, one->person, mention->title);
  add_name(prose, sentence, one->person, mention->name);
  add_role(prose, sentence, one->person, "function", mention->role);
  add_role(prose, sentence, one->person, "organization", mention->body);
  add_role(prose, sentence, one->person, "email", mention->email);
  add_role(prose, sentence, one->person, "phone", mention->phone);
}

/* ---- one sentence ---- */

typedef enum { IS_OTHER, COMES, STAYS } Part;

typedef struct {
  const Sentence *sentence;
  GArray *mentions;
  char *words;    /* of the whole sentence */
  gboolean self;  /* the sender speaks of himself */
  gboolean us;    /* of himself and others */
  gboolean swaps; /* somebody comes in another's place */
} Scene;

static Part part_of(const Prose *prose, const Scene *scene, guint i) {
  const Sentence *sentence = scene->sentence;
  const Mention *mention = &g_array_index(scene->mentions, Mention, i);
  gsize next = i + 1 < scene->mentions->len ? g_array_index(scene->mentions, Mention, i + 1).start
                                            : strlen(sentence->text);
  g_autofree char *before = spaced_words(sentence->text, mention->start);
  g_autofree char *after = spaced_words(sentence->text + mention->end, next - mention->end);
  if (find_any(before, replaced_by)) return COMES;
  if (ends_with(before, objects) && !ends_with(before, (const char *const[]){" par ", NULL}))
    return IS_OTHER;
  if (find_any(scene->words, replaced_by) && i + 1 < scene->mentions->len) return IS_OTHER;
  if (scene->self && !is_sender(prose, mention->name) && !strstr(before, " soussigne")) {
    const char *close = before + (strlen(before) > CUE_REACH ? strlen(before) - CUE_REACH : 0);
    return find_any(close, along) && sentence->attends ? COMES : IS_OTHER;
  }
  if (find_any(after, kept_away)) return STAYS;
  if (sentence->declines) return find_any(after, replaces) ? COMES : STAYS;
  return COMES;
}

static gboolean is_telling(const Sentence *sentence) {
  gboolean tells = sentence->attends || sentence->declines || sentence->signs;
  return tells && !sentence->open && !sentence->cancels;
}

static void scene_init(Scene *scene, const Prose *prose, const Sentence *sentence) {
  *scene = (Scene){.sentence = sentence};
  scene->mentions = mention_find(prose->reading, sentence->text);
  scene->words = spaced_words(sentence->text, strlen(sentence->text));
  scene->self = find_any(scene->words, of_self) != NULL;
  scene->us = strstr(scene->words, " nous ") || strstr(scene->words, " we ");
  scene->swaps = find_any(scene->words, replaced_by) || find_any(scene->words, replaces);
}

static void scene_done(Scene *scene) {
  g_array_unref(scene->mentions);
  g_free(scene->words);
}

/* The last person named before sentence `s`, of whom "elle" speaks. */
static gboolean add_spoken_of(Prose *prose, const Scene *scene, guint s) {
  if (!find_any(scene->words, third_person)) return FALSE;
  while (s > 0) {
    const Sentence *before = prose->sentences->all->pdata[--s];
    GArray *mentions = mention_find(prose->reading, before->text);
    gboolean found = mentions->len > 0;
    if (found)
      add_mention(prose, scene->sentence, &g_array_index(mentions, Mention, mentions->len - 1),
                  scene->sentence->declines);
    g_array_unref(mentions);
    if (found) return TRUE;
  }
  return FALSE;
}

static void read_telling(Prose *prose, guint s) {
  const Sentence *sentence = prose->sentences->all->pdata[s];
  Scene scene;
  scene_init(&scene, prose, sentence);
  guint comes = 0;
  for (guint i = 0; i < scene.mentions->len; i++) {
    Part part = part_of(prose, &scene, i);
    if (part == IS_OTHER) continue;
    comes += part == COMES ? 1 : 0;
    add_mention(prose, sentence, &g_array_index(scene.mentions, Mention, i), part == STAYS);
  }
  if (scene.swaps && comes > 0) prose->replaced = TRUE;
  gboolean behind = find_any(scene.words, replaced_by) != NULL;
  if (scene.self && !(behind && comes > 0)) {
    gboolean told = FALSE;
    for (guint i = 0; i < prose->ones->len; i++) told = told || one_at(prose, i)->sender;
    if (!told) add_sender(prose, sentence, sentence->declines);
  } else if (scene.mentions->len == 0 && !add_spoken_of(prose, &scene, s)) {
    add_sender(prose, sentence, sentence->declines);
  }
  scene_done(&scene);
}

/* "Il sera accompagné de Mme Y": no more than that. */
static void read_company(Prose *prose, const Sentence *sentence) {
  Scene scene;
  scene_init(&scene, prose, sentence);
  for (guint i = 0; i < scene.mentions->len; i++) {
    const Mention *mention = &g_array_index(scene.mentions, Mention, i);
    g_autofree char *before = spaced_words(sentence->text, mention->start);
    if (find_any(before, along) && strchr(mention->name, ' '))
      add_mention(prose, sentence, mention, FALSE);
  }
  scene_done(&scene);
}

/* ---- all of it ---- */

/* The signature's name, else that of the From field. */
static char *sender_name(const Prose *prose) {
  static const char *const roles[] = {"first_name", "last_name"};
  GString *name = g_string_new(NULL);
  for (guint r = 0; r < G_N_ELEMENTS(roles); r++) {
    int field = reading_role(prose->reading, roles[r]);
    const FieldValue *value =
        field < 0 ? NULL
                  : participant_value(prose->block, prose->reading->event->fields[field]->name);
    if (value) g_string_append_printf(name, "%s%s", name->len ? " " : "", value->value);
  }
  const char *from = prose->reading->result->from_name;
  if (name->len == 0 && nameblock_is_person(from)) g_string_append(name, from);
  return g_string_free(name, FALSE);
}

static void begin(Prose *prose, Reading *reading, const Sentences *sentences) {
  *prose = (Prose){.reading = reading, .sentences = sentences};
  prose->ones = g_array_new(FALSE, TRUE, sizeof(One));
  prose->block = nameblock_read(reading);
  prose->sender = sender_name(prose);
}

/* The signature is the sender's; the body that it names is also that of those he writes for. */
static void add_signature(Prose *prose, One *one) {
  int body = reading_role(prose->reading, "organization");
  for (guint i = 0; i < prose->block->values->len; i++) {
    const FieldValue *value = prose->block->values->pdata[i];
    gboolean shared = body >= 0 && !strcmp(value->field, prose->reading->event->fields[body]->name);
    if ((one->sender || shared) && !participant_value(one->person, value->field))
      people_add(one->person, field_value_copy(value));
  }
  if (one->sender && nameblock_is_person(prose->reading->result->from_name))
    nameblock_add_name(prose->reading, one->person, prose->reading->result->from_name, G_MAXUINT,
                       "from-header");
}

static gboolean was_sent(const Reading *reading, const char *phrase) {
  g_autofree char *key = fold_words(phrase);
  for (gsize i = 0; i < reading->event->n_sent_texts; i++) {
    g_autofree char *text = fold_words(reading->event->sent_texts[i]);
    if (strstr(text, key)) return TRUE;
  }
  return FALSE;
}

/* A body that a telling sentence names: "la Ville de Nantes sera représentée par …". */
static void add_body(Prose *prose) {
  for (guint s = 0; s < prose->sentences->all->len; s++) {
    const Sentence *sentence = prose->sentences->all->pdata[s];
    gsize start = 0, end = 0;
    if (!is_telling(sentence) || !office_find_body(sentence->text, &start, &end)) continue;
    g_autofree char *body = g_strndup(sentence->text + start, end - start);
    if (was_sent(prose->reading, body)) continue;
    for (guint i = 0; i < prose->ones->len; i++)
      add_role(prose, sentence, one_at(prose, i)->person, "organization", body);
    return;
  }
}

/* Does somebody lack a value of the field? */
static gboolean is_lacking(const Reading *reading, guint field, const GPtrArray *people) {
  for (guint i = 0; i < people->len; i++)
    if (!participant_value(people->pdata[i], reading->event->fields[field]->name)) return TRUE;
  return FALSE;
}

void prose_body(Reading *reading, const Sentences *sentences, GPtrArray *people) {
  int field = reading_role(reading, "organization");
  if (field < 0 || !is_lacking(reading, (guint)field, people)) return;
  for (guint s = 0; s < sentences->all->len; s++) {
    const Sentence *sentence = sentences->all->pdata[s];
    gsize start = 0, end = 0;
    if (!office_find_body(sentence->text, &start, &end)) continue;
    g_autofree char *body = g_strndup(sentence->text + start, end - start);
    gboolean added = FALSE;
    for (guint i = 0; !was_sent(reading, body) && i < people->len; i++)
      added = prose_add(reading, sentence, people->pdata[i], (guint)field, body, "named") || added;
    if (added) reading_doubt(reading, "organization stands in a sentence alone: %s", body);
    if (added) return;
  }
}

/* "Contact : …", "Mon numéro : …": what stands beside no name belongs to the only person, and what
 * the sender calls his own to the sender. */
static void add_numbers(Prose *prose) {
  if (prose->ones->len != 1) return;
  One *one = one_at(prose, 0);
  for (guint s = 0; s < prose->sentences->all->len; s++) {
    const Sentence *sentence = prose->sentences->all->pdata[s];
    g_autofree char *words = spaced_words(sentence->text, strlen(sentence->text));
    gboolean own = strstr(words, " mon ") || strstr(words, " me ") || strstr(words, " my ") ||
                   strstr(words, " ma ") || strstr(words, " m ");
    if (own && !one->sender) continue;
    gsize start = 0, end = 0;
    g_autofree char *email = field_find_email(sentence->text, 0, &start, &end);
    g_autofree char *phone = field_find_phone(sentence->text, 0, &start, &end);
    add_role(prose, sentence, one->person, "email", email);
    add_role(prose, sentence, one->person, "phone", phone);
  }
}

static void hand_over(Prose *prose, GPtrArray *people) {
  for (guint i = 0; i < prose->ones->len; i++) {
    One *one = one_at(prose, i);
    g_ptr_array_add(people, one->person);
    g_free(one->name);
  }
  g_array_unref(prose->ones);
  participant_free(prose->block);
  g_free(prose->sender);
}

void prose_people(Reading *reading, const Sentences *sentences, GPtrArray *people) {
  Prose prose;
  begin(&prose, reading, sentences);
  for (guint s = 0; s < sentences->all->len; s++) {
    const Sentence *sentence = sentences->all->pdata[s];
    if (is_telling(sentence))
      read_telling(&prose, s);
    else if (sentence->company && !sentence->open && prose.ones->len > 0)
      read_company(&prose, sentence);
  }
  for (guint i = prose.ones->len; prose.replaced && i > 0; i--) {
    One *one = one_at(&prose, i - 1);
    if (!one->stays) continue;
    participant_free(one->person);
    g_free(one->name);
    g_array_remove_index(prose.ones, i - 1);
  }
  add_body(&prose);
  for (guint i = 0; i < prose.ones->len; i++) add_signature(&prose, one_at(&prose, i));
  add_numbers(&prose);
  hand_over(&prose, people);
}

void prose_companions(Reading *reading, const Sentences *sentences, GPtrArray *people) {
  Prose prose;
  begin(&prose, reading, sentences);
  for (guint s = 0; s < sentences->all->len; s++) {
    const Sentence *sentence = sentences->all->pdata[s];
    if (sentence->company && !sentence->open) read_company(&prose, sentence);
  }
  hand_over(&prose, people);
}
