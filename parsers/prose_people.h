/* prose_people - the people of whom sentences say that they come or do not. Private to prose.
 *
 * "M. X, empêché, sera représenté par Mme Y": who is replaced is no participant, who replaces is
 * one. "Je" is the sender, with what the signature tells. */
#pragma once
#include "parsers/sentence.h"

/* Append the participants (Participant*) to `people`, each with its attendance. The caller owns
 * them. */
void prose_people(Reading *reading, const Sentences *sentences, GPtrArray *people);

/* Only those who are named as companions of the sender ("accompagnée de M. Jean DUPONT"). */
void prose_companions(Reading *reading, const Sentences *sentences, GPtrArray *people);

/* The body that a sentence of the sender names, for those whose bulletin names none; a doubt. */
void prose_body(Reading *reading, const Sentences *sentences, GPtrArray *people);

/* A value out of a sentence, rule "sentence:NAME"; its place is looked for in the lines. FALSE: it
 * is none, or the participant has one. */
gboolean prose_add(const Reading *reading, const Sentence *sentence, Participant *person,
                   guint field, const char *raw, const char *name);
