# The Debian package: cpack in a build folder that was configured with
#   cmake -S . -B build-deb -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr -DBUILD_TESTING=OFF
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME bulletind)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(BULLETIND_CONTACT "The bulletind team <bulletind@example.org>" CACHE STRING
    "Who answers for the package")
set(CPACK_PACKAGE_CONTACT "${BULLETIND_CONTACT}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "mail-driven registration daemon")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "People return a bulletin by e-mail, each in their own way: typed under the
quoted invitation, filled in with a word processor, as a PDF form, as a scan,
in a sentence, in French, English or Japanese. bulletind reads the mailbox by
IMAP, registers the participants, answers each once, and keeps what a machine
should not decide in a queue for a person, in the terminal (bulletinctl) or
on a page in the browser.")
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What is read at run time: roots of trust, time zones, CJK maps of PDF, the languages of scans.
set(CPACK_DEBIAN_PACKAGE_DEPENDS
    "ca-certificates, tzdata, poppler-data, tesseract-ocr-eng, tesseract-ocr-fra, tesseract-ocr-jpn, tesseract-ocr-osd, systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "nginx | apache2, prometheus-node-exporter")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_CURRENT_LIST_DIR}/postinst ${CMAKE_CURRENT_LIST_DIR}/prerm
    ${CMAKE_CURRENT_LIST_DIR}/postrm ${CMAKE_CURRENT_LIST_DIR}/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
    GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# Debian keeps manuals and changelogs packed, without a time in them.
function(install_packed file destination name)
  set(packed ${CMAKE_BINARY_DIR}/packed/${name}.gz)
  add_custom_command(OUTPUT ${packed}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/packed
    COMMAND gzip -9nc ${file} > ${packed}
    DEPENDS ${file} VERBATIM)
  set_property(GLOBAL APPEND PROPERTY BULLETIND_PACKED ${packed})
  install(FILES ${packed} DESTINATION ${destination})
endfunction()

string(TIMESTAMP CHANGELOG_DATE "%a, %d %b %Y 00:00:00 +0000" UTC)
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in ${CMAKE_BINARY_DIR}/changelog @ONLY)
install_packed(${CMAKE_BINARY_DIR}/changelog ${CMAKE_INSTALL_DOCDIR} changelog)
install(FILES CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES packaging/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES contrib/completion/bulletinctl.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME bulletinctl)
foreach(page ${PAGES_1} ${PAGES_5} ${PAGES_8})
  get_filename_component(name ${page} NAME)
  string(REGEX REPLACE ".*\\." "" section ${name})
  install_packed(${page} ${CMAKE_INSTALL_MANDIR}/man${section} ${name})
endforeach()
get_property(packed_files GLOBAL PROPERTY BULLETIND_PACKED)
add_custom_target(packed ALL DEPENDS ${packed_files})

# The configuration: comments alone, which the daemon takes for "not configured yet".
install(FILES packaging/bulletind.yaml DESTINATION /etc/bulletind)
include(CPack)
