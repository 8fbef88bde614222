/* xlsx_style - how the cells of an Excel workbook are shown (xl/styles.xml): number formats, fonts,
 * tick boxes. */
#pragma once
#include "parsers/formats/font.h"
#include "parsers/formats/office_xml.h"

typedef struct XlsxStyles XlsxStyles;

/* Never NULL; `bytes` may be NULL: everything as it is. */
XlsxStyles *xlsx_styles_read(GBytes *bytes);
void xlsx_styles_free(XlsxStyles *styles);

/* Of the cell style with the index (the s of a cell). */
gboolean xlsx_style_is_struck(const XlsxStyles *styles, guint style);
gboolean xlsx_style_is_tick_box(const XlsxStyles *styles, guint style);
Font xlsx_style_font(const XlsxStyles *styles, guint style);

/* A number as the style shows it: dates as 2019-07-03, times as 14:30, leading zeros and separators
 * of postal codes and phone numbers. `era_1904`: days count from 1904. The caller frees. */
char *xlsx_style_number(const XlsxStyles *styles, guint style, const char *number,
                        gboolean era_1904);

/* The same for a format code. The caller frees. */
char *xlsx_number(const char *format, const char *number, gboolean era_1904);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlsxStyles, xlsx_styles_free)
