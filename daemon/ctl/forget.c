#include "daemon/ctl/ctl.h"
int ctl_forget(const Options *options, char **arguments) { (void)options, (void)arguments; return 0; }
int ctl_person(const Options *options, char **arguments) { (void)options, (void)arguments; return 0; }
