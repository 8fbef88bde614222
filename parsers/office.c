/* office - see office.h. */
#include "parsers/office.h"

#include <string.h>

#include "parsers/words.h"

enum { BODY_WORDS_MAX = 14, OFFICE_WORDS_MAX = 6 /* of an English one */ };

/* Beginnings of words that an office has (folded). */
static const char *const offices[] = {
    "maire",      "adjoint",     "conseiller", "conseillere", "direct",       "charge",
    "chef",       "responsable", "president",  "vice",        "delegue",      "secretaire",
    "attache",    "coordinat",   "professeur", "depute",      "senat",        "consul",
    "officer",    "manager",     "mayor",      "head",        "councillor",   "assistant",
    "prefet",     "coordonnat",  "ingenieur",  "technicien",  "elu",          "elue",
    "referent",   "chairman",    "chair",      "advisor",     "adviser",      "deputy",
    "director",   "secretary",   "professor",  "ambassad",    "animat",       "gestionnaire",
    "redact",     "collabor",    "chercheu",   "administrat", "tresori",      "membre",
    "juriste",    "architect",   "urbaniste",  "coordinator", "representant", "enseignant",
    "interprete", "governor",    "counsellor", "researcher",  "lecturer",     "clerk",
    "premier",    "premiere",    "doyen",      "recteur",     "proviseur",    "treasur",
    "chief",      "executive",   "fellow",     "curator",     "translator",   "interpreter",
    "founder",    "partner",     "engineer",   "editor",      "gerant",       "fondat",
    "greffi",     "archiviste",  "conservat",  "bibliothec",  "commissaire",  "capitaine",
    "lieutenant", NULL};

/* Words that the name of a body, a service or their mailbox has. */
static const char *const bodies[] = {
    "ville",        "mairie",     "commune",       "conseil",      "departement", "region",
    "metropole",    "communaute", "agglomeration", "universite",   "syndicat",    "association",
    "city",         "council",    "university",    "prefecture",   "town",        "cabinet",
    "secretariat",  "service",    "accueil",       "direction",    "institut",    "fondation",
    "federation",   "ministere",  "ambassade",     "centre",       "office",      "agence",
    "comite",       "group",      "groupe",        "team",         "equipe",      "contact",
    "info",         "relations",  "eurometropole", "collectivite", "chambre",     "consulat",
    "embassy",      "institute",  "ministry",      "foundation",   "chamber",     "services",
    "municipalite", "courrier",   "protocole",     "bureau",       "society",     "societe",
    "union",        "pole",       "mission",       "ecole",        "college",     "lycee",
    "musee",        "maison",     "reseau",        "network",      NULL};

/* Of these, the ones that a body's own name begins with, or ends with in English. */
static const char *const named[] = {
    "ville",       "mairie",       "commune",       "conseil",       "departement",
    "region",      "metropole",    "communaute",    "agglomeration", "universite",
    "syndicat",    "association",  "city",          "council",       "university",
    "prefecture",  "town",         "institut",      "fondation",     "federation",
    "ministere",   "ambassade",    "agence",        "eurometropole", "collectivite",
    "chambre",     "consulat",     "embassy",       "institute",     "ministry",
    "foundation",  "chamber",      "municipalite",  "society",       "societe",
    "ecole",       "college",      "lycee",         "musee",         "maison",
    "reseau",      "network",      "office",        "centre",        "comite",
    "union",       "circle",       "cercle",        "club",          "alliance",
    "trust",       "league",       "ligue",         "academie",      "academy",
    "laboratoire", "laboratory",   "gmbh",          "sas",           "sarl",
    "museum",      "school",       "hospital",      "hopital",       "theatre",
    "orchestre",   "parc",         "port",          "aeroport",      "cooperative",
    "mutuelle",    "observatoire", "confederation", "amicale",       NULL};

/* What may stand between the words of such a name. */
static const char *const links[] = {"de", "du",  "des", "d",   "la",  "le",  "les",  "l",   "et",
                                    "en", "sur", "of",  "the", "and", "for", "pour", "aux", NULL};

/* Adjectives of bodies, written small. */
static const char *const kinds[] = {
    "departemental", "departementale", "regional",       "regionale",        "municipal",
    "municipale",    "general",        "generale",       "urbaine",          "d'agglomeration",
    "agglomeration", "communes",       "intercommunal",  "intercommunale",   "metropolitaine",
    "nationale",     "national",       "internationale", "international",    "economique",
    "territorial",   "territoriale",   "europeenne",     "franco-japonaise", NULL};

/* Do only a space, an apostrophe or nothing stand between word i - 1 and i? */
static gboolean adjoins(const char *text, const GArray *words, guint i) {
  const char *gap = NULL;
  gsize length = words_gap(text, words, i, &gap);
  if (length == 1) return *gap == ' ' || *gap == '\'';
  return length == 3 && g_utf8_get_char(gap) == 0x2019;
}

static gboolean begins_office(const char *folded) {
  for (guint i = 0; offices[i]; i++)
    if (g_str_has_prefix(folded, offices[i])) return TRUE;
  return FALSE;
}

gboolean office_begins(const char *text) {
  g_autoptr(GArray) words = words_split(text, FALSE);
  return words->len > 0 && begins_office(words_at(words, 0)->folded);
}

/* "First Secretary", "Youth Officer": an English office ends with the word. */
static gboolean office_ends(const char *text) {
  g_autoptr(GArray) words = words_split(text, FALSE);
  if (words->len < 2 || words->len > OFFICE_WORDS_MAX) return FALSE;
  const Word *last = words_at(words, words->len - 1);
  return words_at(words, 0)->capital && last->capital && begins_office(last->folded);
}

gboolean office_in(const char *text) {
  g_autoptr(GArray) words = words_split(text, FALSE);
  for (guint i = 0; i < words->len; i++)
    if (begins_office(words_at(words, i)->folded)) return TRUE;
  return FALSE;
}

gboolean office_is_body(const char *text) {
  g_autoptr(GArray) words = words_split(text, FALSE);
  for (guint i = 0; i < words->len; i++)
    if (words_among(bodies, words_at(words, i)->folded)) return TRUE;
  return FALSE;
}

gboolean office_is_service(const char *text) {
  static const char *const articles[] = {"le", "la", "les", "l", "the", "notre", NULL};
  static const char *const services[] = {
      "cabinet",  "secretariat", "service", "services",  "accueil",    "direction", "contact",
      "bureau",   "pole",        "mission", "protocole", "courrier",   "equipe",    "team",
      "division", "departement", "unite",   "section",   "department", "dept",      NULL};
  g_autoptr(GArray) words = words_split(text, FALSE);
  gsize start = 0, end = 0;
  guint i = words->len > 1 && words_among(articles, words_at(words, 0)->folded) ? 1 : 0;
  if (words->len == 0 || !words_among(services, words_at(words, i)->folded)) return FALSE;
  /* "Département du Finistère" has a name of its own */
  return strcmp(words_at(words, i)->folded, "departement") != 0 ||
         !office_find_body(text, &start, &end);
}

/* The end of the name that begins at word `i`, behind its last capital word; `i`: it has none. */
static guint name_end(const char *text, const GArray *words, guint i) {
  guint end = i;
  for (guint k = i + 1; k < words->len && k < i + BODY_WORDS_MAX; k++) {
    const Word *word = words_at(words, k);
    if (!adjoins(text, words, k)) break;
    if (word->capital)
      end = k + 1;
    else if (!words_among(links, word->folded) && !words_among(kinds, word->folded))
      break;
  }
  return end;
}

gboolean office_find_body(const char *text, gsize *ret_start, gsize *ret_end) {
  g_autoptr(GArray) words = words_split(text, FALSE);
  for (guint i = 0; i < words->len; i++) {
    if (!words_among(named, words_at(words, i)->folded)) continue;
    guint end = name_end(text, words, i), start = i;
    /* "Kyoto City", "Grand Lyon Métropole": the name stands before */
    if (end == i)
      while (start > 0 && words_at(words, start - 1)->capital && adjoins(text, words, start))
        start--;
    if (end == i && start == i) continue;
    *ret_start = words_at(words, start)->start;
    *ret_end = words_at(words, MAX(end, i + 1) - 1)->end;
    return TRUE;
  }
  return FALSE;
}

/* What links an office to the body behind it belongs to neither: " de la ", " du ", ", ", " - ". */
static gsize trim_link(const char *text, gsize length) {
  static const char *const joints[] = {
      " de la",         " de l'",      " de l\u2019",   " du",     " de",
      " des",           " à la",       " au",           " a la",   " d'",
      " à l'",          " pour la",    " pour",         " of the", " of",
      " at the",        " at",         " for the",      " for",    " in",
      " au sein de la", " au sein du", " auprès de la", NULL};
  const char *separators = " ,;:-(/|";
  while (length > 0 && strchr(separators, text[length - 1])) length--;
  gsize best = 0;
  for (guint i = 0; joints[i]; i++) {
    gsize size = strlen(joints[i]);
    if (size <= length && size > best && !strncmp(text + length - size, joints[i], size))
      best = size;
  }
  length -= best;
  while (length > 0 && strchr(separators, text[length - 1])) length--;
  return length;
}

void office_split(const char *text, char **ret_role, char **ret_body) {
  gsize start = 0, end = 0;
  *ret_body = NULL;
  if (office_find_body(text, &start, &end) && (start == 0 || office_begins(text))) {
    *ret_body = g_strndup(text + start, end - start);
    *ret_role = g_strndup(text, trim_link(text, start));
  } else {
    *ret_role = g_strdup(text);
  }
  if (!office_begins(*ret_role) && !office_ends(*ret_role)) (*ret_role)[0] = '\0';
  if (!*ret_body) *ret_body = g_strdup("");
}
