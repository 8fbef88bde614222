#include <glib.h> /* placeholder until its owner writes it */
