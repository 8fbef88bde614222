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
  configure_file(${from}/bulletind.service.in ${folder}/bulletind.service @ONLY)
  configure_file(${from}/bulletind-backup.service.in ${folder}/bulletind-backup.service @ONLY)
  configure_file(${from}/bulletind-backup.timer.in ${folder}/bulletind-backup.timer @ONLY)
  set(AT "@%i")
  set(OF " (%i)")
  set(CONFIG %i)
  set(STATE bulletind/%i)
  set(RUNTIME bulletind-%i)
  configure_file(${from}/bulletind.service.in ${folder}/bulletind@.service @ONLY)
  configure_file(${from}/bulletind-backup.service.in ${folder}/bulletind-backup@.service @ONLY)
  configure_file(${from}/bulletind-backup.timer.in ${folder}/bulletind-backup@.timer @ONLY)
endfunction()

set(BULLETIND_UNITS bulletind.service bulletind@.service bulletind-backup.service
    bulletind-backup.timer bulletind-backup@.service bulletind-backup@.timer)
