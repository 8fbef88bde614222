/* columns - values that were lined up below each other by spaces, in plain text.
 *
 * "NOM DE L'ÉLU        Arnaudeau": where several lines of a block have their second column at one
 * place, the gap before it becomes a tab, as between the cells of a table. */
#pragma once
#include "parsers/text.h"

/* Look at the lines from `first` on. Linear in them. */
void columns_find(Text *text, guint first);
