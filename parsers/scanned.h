/* scanned - what is different where letters were guessed from a picture: they may be wrong. */
#pragma once
#include "parsers/reading.h"

/* Before the form is read: signs that are taken for a letter where they stand before a printed
 * choice ("図 出席 ロ 欠席") are tick boxes. */
void scanned_boxes(Text *text, const Wire__Event *event);

/* After the values were read: each knows its place on its page, an address that is the sender's
 * but for a letter is the sender's, and a person is asked to compare. */
void scanned_settle(Reading *reading);
