# Writes OUTPUT, a C file with the content of each of FILES (separated by commas) for review_templates.
string(REPLACE "," ";" FILES "${FILES}")
set(arrays "")
set(rows "")
set(number 0)
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "static const unsigned char file_${number}[] = {${bytes}0};\n")
  string(APPEND rows "    {\"${name}\", (const char *)file_${number}, sizeof file_${number} - 1},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUTPUT} "/* Made by daemon/desk/pages/embed.cmake. */
#include \"daemon/desk/review_templates.h\"
${arrays}const PageFile PAGE_FILES[] = {
${rows}};
const guint PAGE_FILES_COUNT = ${number};
")
