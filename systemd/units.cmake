# bulletind_units(folder bindir sbindir libexecdir): writes the units with these places of the programs
# into `folder`.
#
# One template makes the unit of the machine's one daemon and that of several (bulletind@NAME): they
# differ in their configuration and their folders.
function(bulletind_units folder BINDIR SBINDIR LIBEXECDIR)
  set(from ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
  set(AT "")
  set(OF "")
  set(CONFIG bulletind)
  set(STATE bulletind)
  set(RUNTIME bulletind)
  # As it is installed the configuration is comments alone: then there is nothing to do yet.
  set(CONDITION "ExecCondition=/bin/grep -qs ^[^#] /etc/bulletind/bulletind.yaml\n")
  configure_file(${from}/bulletind.service.in ${folder}/bulletind.service @ONLY)
  configure_file(${from}/bulletind-backup.service.in ${folder}/bulletind-backup.service @ONLY)
  configure_file(${from}/bulletind-backup.timer.in ${folder}/bulletind-backup.timer @ONLY)
  set(AT "@%i")
  set(OF " (%i)")
  set(CONFIG %i)
  set(STATE bulletind/%i)
  set(RUNTIME bulletind-%i)
  set(CONDITION "")
  configure_file(${from}/bulletind.service.in ${folder}/bulletind@.service @ONLY)
  configure_file(${from}/bulletind-backup.service.in ${folder}/bulletind-backup@.service @ONLY)
  configure_file(${from}/bulletind-backup.timer.in ${folder}/bulletind-backup@.timer @ONLY)
endfunction()

set(BULLETIND_UNITS bulletind.service bulletind@.service bulletind-backup.service
    bulletind-backup.timer bulletind-backup@.service bulletind-backup@.timer)
