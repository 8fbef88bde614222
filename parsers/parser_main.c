/* parser_main - bulletin-parser: text, Office documents, PDF. */
#include "parsers/worker.h"

int main(void) {
  return worker_run(&(WorkerKind){.name = "bulletin-parser"});
}
